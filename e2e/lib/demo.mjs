// The demo's own pages as a story uses them: the mailbox, the clock, the hospital, the card network's book.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { onward, press } from './browser.mjs';

const mailFolder = join(process.env.ATOBARAI_DATA ?? '', 'mail');

// Nothing that the demo does by itself takes longer.
const mailWithinMs = 30_000;

// Opens the newest mail with this subject to this address, as soon as it has arrived: whatever is written into
// the folder of the mails is a reason to look again.
export async function openMail(page, to, subject) {
  const watcher = watch(mailFolder);
  const tooLate = AbortSignal.timeout(mailWithinMs);
  try {
    for (;;) {
      const written = once(watcher, 'change', { signal: tooLate });
      written.catch(() => {}); // when the mail is there already, nobody waits for the next one
      await page.goto('/demo/mail/');
      const mail = page.getByRole('listitem').filter({ hasText: to }).filter({ hasText: subject });
      if (await mail.count() > 0) {
        await onward(page, () => mail.first().getByRole('link').click());
        return;
      }
      await written;
    }
  } catch (error) {
    throw new Error(`the mail "${subject}" to ${to} could not be opened`, { cause: error });
  } finally {
    watcher.close();
  }
}

// The address in the mail that is open.
export function urlInMail(page) {
  return page.locator('.letter a').first().getAttribute('href');
}

export async function mailsWith(page, subject) {
  await page.goto('/demo/mail/');
  return page.getByRole('listitem').filter({ hasText: subject }).count();
}

export async function demoClock(page) {
  return (await page.locator('.demo-clock p').innerText()).replace('デモの時計:', '').trim();
}

// The time of the demo, in minutes since midnight.
export async function demoMinutes(page) {
  await page.goto('/demo/');
  const [hours, minutes] = (await demoClock(page)).split(' ').at(-1).split(':').map(Number);
  return hours * 60 + minutes;
}

// Presses a button of the clock; what was due by then has happened when this returns.
export async function later(page, button) {
  await page.goto('/demo/');
  await press(page, button);
  return demoClock(page);
}

// What the card network's own book says: cards as [face, kind, authenticated, state], charges as
// [when, amount, result, number, key].
export async function book(page) {
  await page.goto('/demo/card-network/');
  const rows = async (name) => {
    const found = await page.getByRole('region', { name, exact: true }).locator('tbody tr').all();
    return Promise.all(found.map((row) => row.locator('td').allInnerTexts()));
  };
  return {
    cards: await rows('登録されたカード'),
    charges: await rows('引き落とし'),
    total: await page.locator('strong.big').innerText(),
  };
}

// Presses a button that gives a PDF, and gives its text.
export async function pdfBehind(page, button) {
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
  const file = await download.path();
  const bytes = readFileSync(file);
  assert.equal(bytes.subarray(0, 5).toString('latin1'), '%PDF-', download.suggestedFilename());
  const read = spawnSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
  assert.equal(read.status, 0, read.stderr || read.error?.message);
  return { name: download.suggestedFilename(), text: read.stdout.normalize('NFKC') };
}
