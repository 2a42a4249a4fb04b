// One story, told from the registration on a phone to the receipt. Each test is a scene and goes on where the
// one before it ended; its title names the rows of the FAQ that it shows.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  follow, look, onward, openBrowser, person, press, pressTwice, says, saysNot, swipe, typeByHand, visit,
} from './lib/browser.mjs';
import { book, demoClock, demoMinutes, later, mailsWith, openMail, pdfBehind, urlInMail } from './lib/demo.mjs';
import {
  chooseCard, choosePassword, fillIn, hanako, jiro, reachForm, register, signIn, taro,
} from './lib/registration.mjs';

const desk = { also: ['desk'] };
const phone = { also: ['phone'] };

let browser;
let patient; // Hanako's phone
let elderly; // Taro's computer, without JavaScript
let third; // Jiro's phone
let staff; // the demo's own pages
let kiosk;

// What one scene learns and a later one needs.
const known = {};

before(async () => {
  browser = await openBrowser();
  patient = await person(browser, 'phone');
  elderly = await person(browser, 'desk', { javaScriptEnabled: false });
  third = await person(browser, 'phone');
  staff = await person(browser, 'desk');
  kiosk = await person(browser, 'kiosk');
});

after(() => browser?.close());

// Once a scene has failed, those after it would only tell the same again.
let failed = '';
function scene(tell) {
  return async (context) => {
    if (failed) return context.skip(`after "${failed}" failed`);
    try {
      await tell();
    } catch (error) {
      failed = context.name;
      for (const page of browser.contexts().flatMap((one) => one.pages())) console.error(`  open: ${page.url()}`);
      throw error;
    }
  };
}

test('a new demo is empty, and explains itself on desk and phone', scene(async () => {
  await visit(staff, '/demo/', 'demo-story', phone);
  assert.match(await demoClock(staff), / 9:0\d$/);
  await visit(staff, '/demo/mail/', 'demo-mail-empty', phone);
  await visit(staff, '/demo/slips/', 'demo-slips-empty', phone);
  await visit(staff, '/demo/hospital/', 'demo-hospital-empty', phone);
  await visit(staff, '/demo/card-network/', 'demo-book-empty', phone);
  await visit(staff, '/demo/kiosk/', 'demo-kiosk', phone);
}));

test('q02: the first page leads to the registration, by URL and by QR code', scene(async () => {
  await visit(staff, '/okayama/', 'home');
  const qr = await staff.getByRole('img', { name: '登録ページのQRコード' }).evaluate((img) => img.naturalWidth);
  assert.ok(qr > 0, 'the QR code is no picture');
  await visit(patient, '/okayama/', 'home');
  await follow(patient, '新規登録');
  assert.equal(new URL(patient.url()).pathname, '/okayama/new/');
}));

test('q03: before anything is asked, the terms say that payment is in full', scene(async () => {
  await look(patient, 'terms', desk);
  await says(patient, '一括払いのみ', '分割払い・リボ払いはできません', 'デビットカードとプリペイドカード(チャージ型)は使えません');
  await press(patient, '次へ進む');
  await look(patient, 'terms-not-agreed', desk);
  await says(patient, '「同意します」にチェックを入れると');
  await patient.getByRole('checkbox').check();
  await press(patient, '次へ進む');
}));

test('q10 q11 q12: a mistyped address is asked about; the sender is named before the mail is sent', scene(async () => {
  await patient.locator('summary').click();
  await look(patient, 'address', desk);
  await says(patient, 's7.medicalpay.jp', '携帯電話以外からのメールを受信しない設定');
  await press(patient, '登録用のメールを送る');
  await look(patient, 'address-missing', desk);
  await says(patient, 'メールアドレスを入力してください。');

  const [meant, typed] = ['docomo.ne.jp', 'docomo.co.jp'];
  await patient.getByLabel('メールアドレス').fill(`hanako.yamada@${typed}`);
  await press(patient, '登録用のメールを送る');
  await look(patient, 'address-question', desk);
  await says(patient, `hanako.yamada@${meant}`, `hanako.yamada@${typed}`);
  await press(patient, 'このアドレスに送る');
  known.mail = `hanako.yamada@${meant}`;
  await look(patient, 'sent', desk);
  await says(patient, known.mail, '24時間', 's7.medicalpay.jp');
  await press(patient, 'もう一度メールを送る');
  await look(patient, 'sent-again', desk);

  await openMail(staff, known.mail, '新規登録のお手続き');
  await look(staff, 'demo-mail-url', phone);
  known.url = await urlInMail(staff);
  await visit(staff, '/demo/mail/', 'demo-mail', phone);
}));

test('the URL of the mail may be looked at, and is opened by its button', scene(async () => {
  await visit(patient, known.url, 'open', desk);
  await visit(patient, known.url, 'open', desk);
  await says(patient, known.mail);
  await pressTwice(patient, '登録を続ける');
  assert.equal(new URL(patient.url()).pathname, '/okayama/new/form', 'a button pressed twice is pressed once');
}));

test('a form with mistakes names each of them and keeps what was typed', scene(async () => {
  await look(patient, 'form', desk);
  await fillIn(patient, hanako);
  assert.ok(await patient.locator('#patient_given_name').isHidden(), 'for oneself there is nothing more to tell');
  await patient.getByRole('radio', { name: 'お子さま' }).check();
  await patient.locator('#patient_given_name').fill('一郎');
  await look(patient, 'form-for-a-child', desk);
  await patient.getByRole('radio', { name: 'ご本人' }).check();
  await patient.locator('#birth_month').fill('13');
  await patient.locator('#postal_code').fill('70');
  await patient.locator('#patient_number').fill('123456789');
  await patient.locator('#password_again').fill('umi to yama 8');
  await press(patient, '確認へ進む');
  await look(patient, 'form-mistakes', desk);
  assert.match(await patient.title(), /^エラー: /);
  const summary = patient.getByRole('alert');
  assert.equal(await summary.getByRole('link').count(), 4);
  assert.equal(await patient.locator('#family_name').inputValue(), '山田');
  assert.equal(await patient.locator('#postal_code').inputValue(), '70');
  assert.equal(await patient.locator('#password').inputValue(), '', 'a password is never sent back');
  assert.ok(await patient.getByRole('radio', { name: 'ご本人' }).isChecked());
  await summary.getByRole('link').nth(1).click();
  assert.equal(await patient.evaluate(() => document.activeElement.id), 'postal_code');
}));

test('q17 q20: the patient decides the password; blanks at its edge are pointed out, never cut', scene(async () => {
  await fillIn(patient, { ...hanako, password: `${hanako.password} ` });
  await press(patient, '確認へ進む');
  await look(patient, 'check-blanks', desk);
  await says(patient, 'パスワードの前か後ろに、空白が入っています');
  await follow(patient, '入力内容をなおす');
  assert.equal(await patient.locator('#given_kana').inputValue(), 'ハナコ');
  await choosePassword(patient, hanako.password);
  await pressTwice(patient, '確認へ進む');
  await saysNot(patient, '空白が入っています', hanako.password);
  await look(patient, 'check', desk);
  await says(patient, '00012345', '山田 花子', '1950年4月1日');
}));

test('q13: a debit card is refused with the reason, and nothing has to be typed again', scene(async () => {
  await follow(patient, 'カードの登録へ進む');
  await look(patient, 'card', desk);
  await press(patient, 'カード会社のページへ進む');
  await look(patient, 'gateway-card', desk);
  await press(patient, 'このカードを登録する');
  await look(patient, 'gateway-card-mistakes', desk);
  await press(patient, '登録せずに戻る');
  await look(patient, 'card-not-finished', desk);
  await says(patient, 'カードの登録がまだ終わっていません');
  await chooseCard(patient, '5556');
  await look(patient, 'card-refused', desk);
  await says(patient, 'デビットカードやプリペイドカードは使えません', '入力した内容は残っています');
}));

test('two tabs, the back button and a second press lead to one card', scene(async () => {
  const tab = await patient.context().newPage();
  await tab.goto('/okayama/new/card');
  await press(patient, '別のカードを登録する');
  await press(tab, 'カード会社のページへ進む');
  assert.equal(tab.url(), patient.url(), 'a second tab is led to the same page of the card network');

  await patient.getByRole('radio', { name: '3184' }).check();
  await pressTwice(patient, 'このカードを登録する');
  await look(patient, 'gateway-challenge', desk);
  await says(patient, '末尾 3184');
  await onward(patient, () => patient.goBack());
  await says(patient, '本人認証');
  known.earliest = await demoMinutes(staff) + 15;
  await pressTwice(patient, 'OK（本人です）');

  await tab.getByRole('radio', { name: '4242 4242' }).check();
  await press(tab, 'このカードを登録する');
  await says(tab, '登録が完了しました');
  await tab.close();
  const inUse = (await book(staff)).cards.filter((card) => card[3] === '使用中');
  assert.deepEqual(inUse.map((card) => card[0]), ['VISA 末尾3184']);
}));

test('q14 q24: page and mail tell the user ID and from when the kiosk works', scene(async () => {
  await look(patient, 'done', desk);
  known.userId = await patient.locator('.big.id').innerText();
  assert.match(known.userId, /^[a-z]{4}[2-9]{4}$/);
  await says(patient, known.mail, '受付を先にお願いします');
  const [time, hours, minutes] = /(\d+)時(\d+)分ごろから/.exec(await patient.locator('dl.facts').innerText());
  const latest = await demoMinutes(staff) + 16;
  known.usableFrom = time.replace('から', '');
  const usable = Number(hours) * 60 + Number(minutes);
  assert.ok(known.earliest <= usable && usable <= latest, `usable from ${time}`);
  await onward(patient, () => patient.reload());
  await says(patient, known.userId);

  await openMail(staff, known.mail, '登録が完了しました');
  await look(staff, 'demo-mail-completed', phone);
  await says(staff, known.userId, known.usableFrom, '診察券の番号ではありません');
  assert.equal(await mailsWith(staff, '登録が完了しました'), 1, 'one registration, one mail');
}));

test('going back after the end repeats nothing', scene(async () => {
  for (const step of ['/okayama/new/form', '/okayama/new/check', '/okayama/new/card', known.url]) {
    await patient.goto(step);
    await says(patient, '登録が完了しました', known.userId);
  }
  await patient.goto('/demo/');
  await onward(patient, () => patient.goBack());
  await says(patient, known.userId);
}));

test('the registration works without JavaScript', scene(async () => {
  known.taro = await register(elderly, staff, taro, '4242 4242');
  await look(elderly, 'done-without-javascript');
  await says(elderly, 'taro@example.jp');
  known.jiro = await register(third, staff, jiro, '9987');
}));

test('a used, a cut and an unknown address say what to do', scene(async () => {
  const stranger = await person(browser, 'phone');
  await visit(stranger, known.url, 'url-used', { status: 410, ...desk });
  await says(stranger, 'このURLはすでに使われています', 'ログイン');
  await visit(stranger, known.url.slice(0, -9), 'url-unknown', { status: 404, ...desk });
  await visit(stranger, '/okayama/new/form', 'no-registration', { status: 410, ...desk });
  await visit(stranger, '/okayama/nothing', 'not-found', { status: 404, ...desk });
  await says(stranger, 'ページが見つかりません', '086-737-3000');
  await visit(stranger, '/nobody/', 'not-found-outside', { status: 404, ...desk });
  await stranger.context().close();

  known.late = await person(browser, 'phone');
  await known.late.goto('/okayama/new/mail?agreed=yes');
  await known.late.getByLabel('メールアドレス').fill('saburo@example.jp');
  await press(known.late, '登録用のメールを送る');
  await openMail(staff, 'saburo@example.jp', '新規登録のお手続き');
  known.lateUrl = await urlInMail(staff);
}));

test('a browser becomes a kiosk by a code that works once', scene(async () => {
  await visit(kiosk, '/machine/', 'machine-enrol');
  await kiosk.getByLabel('登録コード').fill('ABCD-EFGH');
  await press(kiosk, '登録する');
  await look(kiosk, 'machine-enrol-wrong');
  await staff.goto('/demo/kiosk/');
  await press(staff, '岡山市立市民病院 のコードを出す');
  await look(staff, 'demo-kiosk-code', phone);
  const code = await staff.locator('#code').innerText();
  await kiosk.getByLabel('登録コード').fill(code);
  await press(kiosk, '登録する');
  await look(kiosk, 'machine-idle');
  await says(kiosk, '岡山市立市民病院', '診察券を通してください');

  const other = await person(browser, 'kiosk');
  await other.goto('/machine/');
  await other.getByLabel('登録コード').fill(code);
  await press(other, '登録する');
  await says(other, 'このコードは使えません');
  await other.context().close();
}));

test('q01 q26: who is not registered is told so, with a code for the desk', scene(async () => {
  await swipe(kiosk, 'A00099999A');
  await look(kiosk, 'machine-not-found');
  await says(kiosk, '登録を確認できませんでした', '登録完了メールをご確認', 'HANA');
  await saysNot(kiosk, '99999');
}));

test('q24 q26: right after the registration the kiosk names the time', scene(async () => {
  await swipe(kiosk, 'A00012345A');
  await look(kiosk, 'machine-pending');
  await says(kiosk, '登録の手続き中です', known.usableFrom, 'ASAH');
}));

test('another card, and a number typed by hand, enter nothing', scene(async () => {
  await swipe(kiosk, '4242424242424242');
  await look(kiosk, 'machine-not-a-card');
  await says(kiosk, '診察券を読み取れませんでした');
  await saysNot(kiosk, '4242');
  await follow(kiosk, '終わる');
  await says(kiosk, '診察券を通してください');
  await typeByHand(kiosk, 'A00012345A');
  await kiosk.locator('#typed').waitFor();
  await look(kiosk, 'machine-typed');
  await says(kiosk, '番号の入力では、受付できません');
  await kiosk.clock.runFor(6_500);
  await kiosk.locator('#typed').waitFor({ state: 'hidden' });
  await staff.goto('/demo/slips/');
  assert.equal(await staff.locator('figure').count(), 0, 'nobody has been entered');
}));

test('q21 q22 q25: the card enters the visit, and screen and slip say what to do with it', scene(async () => {
  await later(staff, '30分すすめる');
  await kiosk.goto('/machine/');
  await says(kiosk, '診療の受付がお済みの方');
  await swipe(kiosk, 'A00012345A');
  await look(kiosk, 'machine-accepted');
  await says(kiosk, '受付しました', '後払い利用票をお取りください', '受付ファイルと一緒に計算窓口へ', '診療の受付は、別に必要です');
  await saysNot(kiosk, '12345', '山田');
  known.number = await kiosk.locator('.number b').innerText();
  await kiosk.clock.runFor(31_000);
  await kiosk.getByText('※診療の受付がお済みの方').waitFor();

  await visit(staff, '/demo/slips/', 'demo-slips', phone);
  const slip = staff.getByRole('img', { name: `後払い利用票 受付番号 ${known.number}` });
  assert.ok(await slip.evaluate((img) => img.naturalWidth > 0 && img.naturalHeight > 0), 'the slip is no picture');
}));

test('q26: the same card again is the same visit, and its slip comes out again when asked for', scene(async () => {
  await swipe(kiosk, 'A00012345A');
  await look(kiosk, 'machine-again');
  await says(kiosk, '本日はすでに受付しています', known.number);
  await press(kiosk, 'もう一度印刷する');
  await look(kiosk, 'machine-reprinted');
  await says(kiosk, '印刷しました', known.number);
  await staff.goto('/demo/slips/');
  assert.equal(await staff.locator('figure').count(), 1, 'one visit, one slip');
  await kiosk.goBack();
  await kiosk.goto('/machine/');
  await swipe(kiosk, 'A00067890A');
  await says(kiosk, '受付しました');
  await saysNot(kiosk, known.number);
}));

test('q23: the hospital sends the bill and corrects it; after five the kiosk says when it opens again', scene(async () => {
  const entry = () => staff.locator('section').filter({ hasText: known.number });
  const sends = (name) => onward(staff, () => entry().getByRole('button', { name }).click());
  await visit(staff, '/demo/hospital/', 'demo-hospital-entered', phone);
  await sends('請求を送る');
  await look(staff, 'demo-hospital-billed', phone);
  const first = await entry().locator('strong').innerText();
  await sends('訂正して送りなおす');
  await look(staff, 'demo-hospital-corrected', phone);
  known.amount = await entry().locator('strong').innerText();
  assert.notEqual(known.amount, first);
  const other = staff.locator('section').filter({ hasNotText: known.number });
  await onward(staff, () => other.getByRole('button', { name: '請求を送る' }).click());

  while (!/ 1[7-9]:/.test(await demoClock(staff))) await press(staff, '30分すすめる');
  await visit(kiosk, '/machine/', 'machine-closed');
  await says(kiosk, 'ただいまの時間は利用できません', '7時45分');
  await swipe(kiosk, 'A00054321A');
  await look(kiosk, 'machine-closed-swiped');
  await says(kiosk, 'YORU');
  await staff.goto('/demo/slips/');
  assert.equal(await staff.locator('figure').count(), 2, 'nobody is entered after hours');
}));

test('q16 q19 q20: the page of signing in helps without telling what was wrong', scene(async () => {
  await visit(patient, '/okayama/login/', 'sign-in', desk);
  await says(patient, '大文字と小文字を区別します');
  await press(patient, 'ログインする');
  await look(patient, 'sign-in-empty', desk);
  await says(patient, 'ユーザーIDを入力してください。', 'パスワードを入力してください。');
  await signIn(patient, '00012345', hanako.password);
  await look(patient, 'sign-in-patient-number', desk);
  await says(patient, '診察券の番号は、ユーザーIDではありません');
  const refused = 'ユーザーIDとパスワードの組み合わせを確認できませんでした';
  await signIn(patient, known.userId.toUpperCase(), hanako.password);
  await says(patient, refused);
  await signIn(patient, known.userId, hanako.password.toUpperCase());
  await says(patient, refused);
  await saysNot(patient, '空白が入っています');
  await signIn(patient, known.userId, `${hanako.password} `);
  await look(patient, 'sign-in-blanks', desk);
  await says(patient, refused, 'パスワードの前か後ろに、空白が入っています');
}));

test('q15 q18: one mail tells the user ID, and its code or link leads to a new password', scene(async () => {
  await follow(patient, 'ユーザーIDやパスワードをお忘れの方');
  await look(patient, 'forgotten', desk);
  await press(patient, 'メールを送る');
  await look(patient, 'forgotten-missing', desk);
  await patient.locator('#mail').fill(known.mail);
  await press(patient, 'メールを送る');
  await look(patient, 'forgotten-sent', desk);
  await says(patient, known.mail, '10分で使えなくなります', 's7.medicalpay.jp');
  await openMail(staff, known.mail, 'ユーザーIDとパスワードのご案内');
  await look(staff, 'demo-mail-forgotten', phone);
  await says(staff, known.userId);
  const code = /確認コード: (\d{6})/.exec(await staff.locator('.letter').innerText())[1];
  await patient.locator('#code').fill(code === '123456' ? '654321' : '123456');
  await press(patient, '次へ進む');
  await look(patient, 'forgotten-wrong-code', desk);
  await says(patient, '確認コードが違います。');
  await visit(elderly, await urlInMail(staff), 'forgotten-link');
  await patient.locator('#code').fill(code);
  await press(patient, '次へ進む');
  await look(patient, 'new-password', desk);
  await choosePassword(patient, hanako.password.slice(0, 4));
  await press(patient, 'このパスワードにする');
  await look(patient, 'new-password-short', desk);
  known.password = 'kawa to sora 5';
  await choosePassword(patient, known.password);
  await press(patient, 'このパスワードにする');
  await look(patient, 'sign-in-new-password', desk);
  await says(patient, '新しいパスワードを設定しました。');
  await visit(elderly, await urlInMail(staff), 'forgotten-link-used', { status: 410 });
  await openMail(staff, known.mail, '登録内容の変更のお知らせ');
  await look(staff, 'demo-mail-changed', phone);
  await signIn(patient, known.userId, hanako.password);
  await says(patient, 'ユーザーIDとパスワードの組み合わせを確認できませんでした');
}));

test('q14 q17 q28: signed in, the patient sees the planned payment, and no receipt before it', scene(async () => {
  await signIn(patient, `　${known.userId} `, known.password);
  await look(patient, 'me-planned', desk);
  await says(patient, '山田 花子 様', known.amount, 'お支払い予定', 'VISA 末尾3184');
  await saysNot(patient, '領収書・明細書(PDF)');
  await follow(patient, '上限額を変える');
  await look(patient, 'ceiling', desk);
  await patient.locator('#amount').fill('三万円');
  await press(patient, 'この金額を上限にする');
  await look(patient, 'ceiling-mistake', desk);
  await says(patient, '1円から9,999,999円までの金額を、数字で入力してください。');
  await patient.locator('#amount').fill('５０，０００円');
  await press(patient, 'この金額を上限にする');
  await look(patient, 'ceiling-set', desk);
  await says(patient, '上限額を変更しました。', 'いまの上限額は、50,000円です。');
  await follow(patient, 'お支払いの状況へもどる');
  await says(patient, '50,000円');
  await follow(patient, 'カードを変更する');
  await look(patient, 'change-card', desk);
  await says(patient, 'VISA 末尾3184');
  await chooseCard(patient, '5556');
  await look(patient, 'change-card-refused', desk);
  await says(patient, 'デビットカードやプリペイドカードは使えません。', 'いままでのカードを、そのまま使います。');
  await chooseCard(patient, 'JCB');
  await look(patient, 'change-card-saved', desk);
  await says(patient, 'カードを変更しました。', 'JCB 末尾0000');
  await openMail(staff, known.mail, '登録内容の変更のお知らせ');
  await says(staff, 'お支払いのカード');
  await visit(patient, '/okayama/me/card', 'change-card-again');
  await visit(patient, '/okayama/me/password', 'change-password', desk);
  await follow(patient, 'お支払いの状況へもどる');
  await press(patient, 'ログアウト');
  await look(patient, 'signed-out', desk);
  await onward(patient, () => patient.goBack());
  await saysNot(patient, '山田');
  await visit(patient, '/okayama/me/', 'sign-in-first', desk);
  await says(patient, '続けるには、ログインしてください。');
}));

test('q05 q23: nothing is charged before the fourth day, then once; kiosks rest on Saturdays', scene(async () => {
  let saturday = false;
  for (let day = 1; day <= 6; day += 1) {
    const clock = await later(staff, '次の日の9時へ');
    if (clock.includes('(土)')) {
      await visit(kiosk, '/machine/', 'machine-closed-saturday');
      await says(kiosk, 'ただいまの時間は利用できません');
      saturday = true;
    }
    if (day < 4) assert.deepEqual((await book(staff)).charges, [], `charged on day ${day}`);
    if (day === 2) {
      await visit(known.late, known.lateUrl, 'url-expired', { status: 410, ...desk });
      await says(known.late, 'このURLは使えなくなりました', '新規登録を最初から');
    }
    if (day === 4) {
      await openMail(staff, known.mail, 'お支払い完了');
      await openMail(staff, jiro.mail, 'お支払いを確認できませんでした');
      await look(staff, 'demo-mail-failed', phone);
    }
  }
  assert.ok(saturday, 'no Saturday in six days');
  await visit(staff, '/demo/card-network/', 'demo-book', phone);
  const { charges, total } = await book(staff);
  const paid = charges.filter((charge) => charge[2] === '受け取り済み');
  assert.deepEqual(paid.map((charge) => charge[1]), [known.amount]);
  assert.equal(total, known.amount);
}));

test('q04 q05 q29: one mail tells hospital, amount, days and card, and where receipts come from', scene(async () => {
  assert.equal(await mailsWith(staff, 'お支払い完了'), 1);
  await openMail(staff, known.mail, 'お支払い完了');
  await look(staff, 'demo-mail-paid', phone);
  await says(staff, '岡山市立市民病院', `お支払い額: ${known.amount}`, 'JCB 末尾0000', '院内の発行機で診察券を使って発行できます');
  const letter = await staff.locator('.letter').innerText();
  const day = (name) => {
    const [year, month, date] = new RegExp(`${name}: (\\d+)年(\\d+)月(\\d+)日`).exec(letter).slice(1).map(Number);
    return Date.UTC(year, month - 1, date) / 86_400_000;
  };
  assert.equal(day('お支払い日') - day('受診日'), 4);
  await visit(staff, '/demo/', 'demo-story-told', phone);
}));

test('q06: who has not used the kiosk pays at the counter: no visit, no charge, no mail', scene(async () => {
  await signIn(elderly, known.taro, taro.password);
  await look(elderly, 'me-without-javascript');
  await says(elderly, 'まだ後払いのご利用はありません。');
  await staff.goto('/demo/mail/');
  const toTaro = staff.getByRole('listitem').filter({ hasText: taro.mail });
  assert.equal(await toTaro.count(), 2, 'the application URL and the end of the registration, nothing more');
}));

test('q28: the receipt is there once paid: the original once, then marked as printed again', scene(async () => {
  await signIn(patient, known.userId, known.password);
  await look(patient, 'me-paid', desk);
  await says(patient, 'お支払い済み', known.amount, '院内の発行機でも診察券を使って');
  const receipt = patient.getByRole('button', { name: '領収書・明細書(PDF)' });
  const original = await pdfBehind(patient, receipt);
  assert.ok(original.text.includes('領収証'), original.text);
  assert.ok(!original.text.includes('再発行'), original.text);
  const again = await pdfBehind(patient, receipt);
  assert.ok(again.text.includes('再発行'), again.text);
  assert.equal(again.name, original.name);
  assert.equal(new URL(patient.url()).pathname, '/okayama/me/');

  const other = await person(browser, 'phone');
  await signIn(other, known.taro, taro.password);
  const form = await receipt.locator('xpath=ancestor::form').getAttribute('action');
  const answer = await other.request.post(form, { headers: { origin: new URL(other.url()).origin } });
  assert.equal(answer.status(), 404, 'a receipt is for its owner');
  await other.context().close();
}));

test('q30 q31: a new telephone number asks for the card again, and holds once the card was typed', scene(async () => {
  await follow(patient, 'お名前・電話番号・住所を変更する');
  await look(patient, 'own-details', desk);
  await says(patient, '変更には、クレジットカードの入力が必要です。');
  await patient.locator('#phone').fill('12345');
  await press(patient, 'カードの入力へ進む');
  await look(patient, 'own-details-mistake', desk);
  await patient.locator('#phone').fill('086-222-3333');
  await press(patient, 'カードの入力へ進む');
  await patient.goto('/okayama/me/details');
  assert.equal(await patient.locator('#phone').inputValue(), '09012345678', 'not before the card');
  await patient.locator('#phone').fill('086-222-3333');
  await chooseCard(patient, 'JCB', 'カードの入力へ進む');
  await look(patient, 'own-details-saved', desk);
  await says(patient, '登録内容を変更しました。');
  assert.equal(await patient.locator('#phone').inputValue(), '0862223333');
  await openMail(staff, known.mail, '登録内容の変更のお知らせ');
  await says(staff, 'お支払いのカード', 'お電話番号');
  await saysNot(staff, '0862223333');
}));

test('what was paid in a year is there for the tax return, as a page and as files', scene(async () => {
  await patient.goto('/okayama/me/');
  await follow(patient, '1年分の医療費(医療費控除)');
  await look(patient, 'tax-year', desk);
  await says(patient, 'にお支払いの医療費', known.amount, '山田 花子', '岡山市立市民病院');
  for (const [name, begins] of [['エクセルの表を受け取る', 'PK'], ['CSVの表を受け取る', '\u{FEFF}No,医療を受けた人']]) {
    const link = await patient.getByRole('link', { name }).getAttribute('href');
    const answer = await patient.request.get(link);
    assert.equal(answer.status(), 200);
    assert.ok((await answer.text()).startsWith(begins), name);
  }
}));

test('q32 q33: who wants to end the registration is told to whom to turn', scene(async () => {
  await patient.goto('/okayama/me/');
  await follow(patient, '登録をやめる');
  await look(patient, 'cancel-at-the-desk', desk);
  await says(patient, '窓口へお申し出ください', '086-737-3000', '平日 8:30〜17:00');
  await follow(patient, 'よくあるご質問');
  await look(patient, 'help', desk);
  await says(patient, '受診日の約4日後', '@s7.medicalpay.jp', '15分ほど', '登録をやめたいのですが。');
  await follow(patient, '個人情報の取り扱い');
  await look(patient, 'privacy', desk);
}));

test('q27: who may not pay later is asked to the desk, by a code that says nothing', scene(async () => {
  await signIn(third, known.jiro, jiro.password);
  await look(third, 'me-card-failed', desk);
  while (await closed(kiosk)) await later(staff, '次の日の9時へ');
  await swipe(kiosk, 'A00067890A');
  await look(kiosk, 'machine-ask-desk');
  await says(kiosk, '窓口へお越しください', 'HOSH');
  await saysNot(kiosk, 'カード会社', '未払い');
}));

async function closed(page) {
  await page.goto('/machine/');
  return (await page.locator('body').innerText()).includes('ただいまの時間は利用できません');
}

test('what is charged once stays charged once, whatever the clock does', scene(async () => {
  await later(staff, '4日すすめる');
  const { charges } = await book(staff);
  assert.equal(charges.filter((charge) => charge[2] === '受け取り済み').length, 1);
  await look(staff, 'demo-book-later', phone);
}));
