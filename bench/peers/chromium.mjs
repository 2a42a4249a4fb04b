// A browser kept open that prints pages: for each line `PAGE<tab>PDF` it writes the file and answers with
// the nanoseconds that it took. One page object is used again and again, the fastest way there is.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const require = createRequire(new URL('../../e2e/package.json', import.meta.url));
const { chromium } = require('playwright-core');

const browser = await chromium.launch({
  executablePath: process.env.ATOBARAI_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking'],
});
const page = await browser.newPage();

for await (const line of createInterface({ input: process.stdin })) {
  const [from, to] = line.split('\t');
  const begun = process.hrtime.bigint();
  await page.goto(pathToFileURL(from).href, { waitUntil: 'load' });
  await page.evaluate(() => document.fonts.ready);
  await page.pdf({ path: to, format: 'A4', preferCSSPageSize: true });
  console.log(String(process.hrtime.bigint() - begun));
}
await browser.close();
