// People at their screens: a phone, a kiosk and a desk, all in Japan, and how a story looks at a page.
// Looking at a page proves more than the story says: no accessibility violation, nothing that scrolls
// sideways, no error in the console, no request that leaves this machine. (A person without JavaScript gets
// all but the accessibility check, which is a script itself: the story also visits those pages with it.)
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
export const shots = join(here, '..', 'shots', process.env.ATOBARAI_DB ?? 'sqlite');

// Where the demo is, without a slash at the end.
export const address = process.env.ATOBARAI_URL ?? '';

export const sizes = {
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  kiosk: { viewport: { width: 1080, height: 1920 }, hasTouch: true },
  desk: { viewport: { width: 1440, height: 900 } },
};

// How long a page may take to become what the story waits for.
const waitMs = 20_000;

// Success criteria of WCAG 2.2 up to level AA.
const criteria = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'];

export function openBrowser() {
  return chromium.launch({
    executablePath: process.env.ATOBARAI_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      // Only our own pages are opened, and containers often forbid the sandbox, root always does.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

// One person with a clean browser of the given size ('phone', 'kiosk' or 'desk'). Returns the page.
// `options` are Playwright's, such as `javaScriptEnabled: false` or another `locale`. The time of a kiosk's
// page can be stopped and moved, since its screens go by time.
export async function person(browser, size, options = {}) {
  assert.ok(sizes[size], `no such size: ${size}`);
  const context = await browser.newContext({
    ...sizes[size],
    locale: 'ja-JP',
    timezoneId: 'Asia/Tokyo',
    reducedMotion: 'reduce',
    baseURL: address || undefined,
    ...options,
  });
  context.setDefaultTimeout(waitMs);
  if (size === 'kiosk') await context.clock.install();
  const page = await context.newPage();
  const state = { size, problems: [], scripts: options.javaScriptEnabled !== false };
  watched.set(context, state);
  context.on('page', (opened) => watch(opened, state));
  watch(page, state);
  await context.route((url) => !isHere(url), (route) => {
    state.problems.push(`a request leaves this machine: ${route.request().url()}`);
    return route.abort();
  });
  return page;
}

const watched = new Map();

function isHere(url) {
  return !['http:', 'https:'].includes(url.protocol) || ['127.0.0.1', 'localhost'].includes(url.hostname);
}

function watch(page, state) {
  page.on('pageerror', (error) => state.problems.push(`script error at ${page.url()}: ${error.message}`));
  page.on('console', (message) => {
    // Chromium also reports every 4xx and 5xx here. Whether a refusal is right is the story's to say.
    const isStatus = message.text().startsWith('Failed to load resource: the server responded');
    if (message.type() === 'error' && !isStatus) {
      state.problems.push(`console at ${page.url()}: ${message.text()}`);
    }
  });
}

// Goes to an address and looks at the page. Gives the response. `status` is the expected one.
export async function visit(page, url, name, { status = 200, also = [] } = {}) {
  const response = await page.goto(url);
  assert.equal(response.status(), status, `status of ${url}`);
  await look(page, name, { also });
  return response;
}

// Keeps a picture of the whole page as `shots/<database>/<name>-<size>.png` and fails when the page is not
// fit for everybody. Call it on every page and every state of a page that the story reaches. `also` names
// other sizes of screen in which the page is to be looked at.
export async function look(page, name, { also = [] } = {}) {
  const state = watched.get(page.context());
  assert.ok(state, 'the page comes from person()');
  await page.waitForLoadState('load');
  await lookAt(page, name, state.size);
  for (const size of also) {
    await page.setViewportSize(sizes[size].viewport);
    await lookAt(page, name, size);
  }
  if (also.length > 0) await page.setViewportSize(sizes[state.size].viewport);
}

async function lookAt(page, name, size) {
  const state = watched.get(page.context());
  const title = `${name}-${size}`;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${title}.png`), fullPage: true, animations: 'disabled' });

  const found = [...state.problems];
  state.problems.length = 0;
  const { tall, wide } = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    tall: document.documentElement.scrollHeight - document.documentElement.clientHeight,
  }));
  if (wide > 0) found.push(`the page is ${wide} pixels wider than the screen`);
  if (size === 'kiosk' && tall > 0) found.push(`nobody scrolls at a kiosk: ${tall} pixels are below the screen`);

  const { violations } = state.scripts
    ? await new AxeBuilder({ page }).withTags(criteria).analyze()
    : { violations: [] };
  for (const violation of violations) {
    for (const node of violation.nodes) {
      found.push(`${violation.id}: ${violation.help}: ${node.target.join(' ')}\n    ${node.failureSummary.replaceAll('\n', '\n    ')}`);
    }
  }
  assert.equal(found.length, 0, `${title} (${page.url()}):\n  ${found.join('\n  ')}`);
}

// Does something that leads to another page, or to the same one anew, and waits until it is there.
export async function onward(page, act) {
  const arrived = page.waitForEvent('load');
  await Promise.all([arrived, act()]);
}

export function press(page, name) {
  return onward(page, () => page.getByRole('button', { name, exact: true }).click());
}

export function follow(page, name) {
  return onward(page, () => page.getByRole('link', { name, exact: true }).click());
}

// A button pressed twice by somebody impatient: the service has done what was asked, its answer does not reach
// the browser (which stays where it is, as after a 204), and the button is pressed again.
export async function pressTwice(page, name) {
  const button = page.getByRole('button', { name, exact: true });
  const done = new Promise((resolve, reject) => {
    page.route(() => true, async (route) => {
      try {
        await route.fetch({ maxRedirects: 0 });
        await route.fulfill({ status: 204 });
        resolve();
      } catch (error) {
        reject(error);
      }
    }, { times: 1 });
  });
  await Promise.all([done, button.click()]);
  await onward(page, () => button.click());
}

// Fails unless the page shows these words.
export async function says(page, ...words) {
  const text = await wordsOf(page);
  for (const word of words) assert.ok(text.includes(word), `"${word}" is not on ${page.url()}:\n${text}`);
}

export async function saysNot(page, ...words) {
  const text = await wordsOf(page);
  for (const word of words) assert.ok(!text.includes(word), `"${word}" is on ${page.url()}:\n${text}`);
}

// As read by people: without the word joiners that keep a line from breaking.
async function wordsOf(page) {
  return (await page.locator('body').innerText()).replaceAll('\u2060', '');
}

// The card reader: a keyboard that is faster than any person and ends with Enter. The page's time stands
// still meanwhile, so that a busy machine makes no person of it.
export async function swipe(page, number) {
  await stop(page);
  await onward(page, async () => {
    await page.keyboard.type(number);
    await page.keyboard.press('Enter');
  });
  await page.clock.resume();
}

// A person at the keyboard of a kiosk, who must not pass as a card.
export async function typeByHand(page, number) {
  await stop(page);
  for (const key of number) {
    await page.keyboard.press(key);
    await page.clock.runFor(120);
  }
  await page.keyboard.press('Enter');
  await page.clock.resume();
}

async function stop(page) {
  await page.clock.pauseAt(await page.evaluate(() => Date.now() + 1_500));
}
