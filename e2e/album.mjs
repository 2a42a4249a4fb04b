// Every look of every page, as a picture: each sample that `render` has, on a phone and on a desk (a machine's on a
// kiosk), looked at like a page of a story. `scripts/album` writes the samples and starts this with their folder.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { look, openBrowser, person, shots } from './lib/browser.mjs';

const folder = process.argv[2];
const names = readdirSync(folder).filter((name) => name.endsWith('.html')).map((name) => name.slice(0, -5)).sort();
if (names.length === 0) throw new Error(`no samples in ${folder}`);

const kinds = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.svg': 'image/svg+xml', '.js': 'text/javascript' };
const server = createServer((asked, answer) => {
  const path = normalize(new URL(asked.url, 'http://localhost').pathname);
  try {
    const bytes = readFileSync(join(folder, path));
    answer.writeHead(200, { 'content-type': kinds[extname(path)] ?? 'application/octet-stream' }).end(bytes);
  } catch {
    answer.writeHead(404).end();
  }
});
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const at = `http://127.0.0.1:${server.address().port}`;

const browser = await openBrowser();
const wrong = [];
const pictures = [];
for (const size of ['phone', 'desk', 'kiosk']) {
  const page = await person(browser, size);
  for (const name of names.filter((name) => name.startsWith('machine-') === (size === 'kiosk'))) {
    await page.goto(`${at}/${name}.html`);
    await look(page, name).catch((error) => wrong.push(error.message));
    pictures.push(`${name}-${size}.png`);
  }
  await page.context().close();
}
await browser.close();
server.close();

const figures = pictures.sort().map((name) => `<figure><img src="${name}" loading="lazy" alt=""><figcaption>${name}</figcaption></figure>`);
writeFileSync(join(shots, 'index.html'), `<!doctype html><meta charset="utf-8"><title>Album</title>
<style>body{display:flex;flex-wrap:wrap;gap:1rem;font:14px sans-serif}figure{margin:0;width:300px}img{width:100%;border:1px solid #999}</style>
${figures.join('\n')}\n`);
console.log(wrong.join('\n\n'));
console.log(`${pictures.length} pictures of ${names.length} looks of pages: ${join(shots, 'index.html')}`);
process.exit(wrong.length === 0 ? 0 : 1);
