// How people register: from the terms to the completion page, as far as each test wants to go.
import { follow, onward, press } from './browser.mjs';
import { openMail, urlInMail } from './demo.mjs';

export const hanako = {
  familyName: '山田',
  givenName: '花子',
  familyKana: 'やまだ',
  givenKana: 'はなこ',
  birthYear: '昭和25',
  birthMonth: '4',
  birthDay: '1',
  phone: '090-1234-5678',
  postalCode: '700-8557',
  address: '岡山市北区北長瀬表町 1-2-3',
  relation: 'ご本人',
  hospital: '岡山市立市民病院',
  patientNumber: '12345',
  password: 'umi to yama 7',
};

export const taro = {
  ...hanako,
  mail: 'taro@example.jp',
  familyName: '佐藤',
  givenName: '太郎',
  familyKana: 'サトウ',
  givenKana: 'タロウ',
  birthYear: '1948',
  phone: '086-123-4567',
  patientNumber: '00054321',
  password: 'yama to kawa 8',
};

export const jiro = {
  ...taro,
  mail: 'jiro@example.jp',
  familyName: '鈴木',
  givenName: '次郎',
  familyKana: 'すずき',
  givenKana: 'じろう',
  birthYear: '1971',
  phone: '08012345678',
  patientNumber: '67890',
  password: 'hoshi no yoru 9',
};

// Agrees to the terms, asks for the mail and opens its URL; `page` ends at the form.
export async function reachForm(page, staff, mail) {
  await page.goto('/okayama/new/');
  await page.getByRole('checkbox').check();
  await press(page, '次へ進む');
  await page.getByLabel('メールアドレス').fill(mail);
  await press(page, '登録用のメールを送る');
  await openMail(staff, mail, '新規登録のお手続き');
  await page.goto(await urlInMail(staff));
  await press(page, '登録を続ける');
}

export async function fillIn(page, person) {
  const typed = [
    ['family_name', person.familyName], ['given_name', person.givenName],
    ['family_kana', person.familyKana], ['given_kana', person.givenKana],
    ['birth_year', person.birthYear], ['birth_month', person.birthMonth], ['birth_day', person.birthDay],
    ['phone', person.phone], ['postal_code', person.postalCode], ['address', person.address],
    ['patient_number', person.patientNumber],
  ];
  for (const [field, text] of typed) await page.locator(`#${field}`).fill(text);
  await page.getByRole('radio', { name: person.relation }).check();
  await page.getByRole('radio', { name: person.hospital }).check();
  await choosePassword(page, person.password);
}

export async function choosePassword(page, password) {
  await page.locator('#password').fill(password);
  await page.locator('#password_again').fill(password);
}

// From the page of the card step: chooses a test card by its last digits at the card network's page.
export async function chooseCard(page, lastFour, button = 'カード会社のページへ進む') {
  await press(page, button);
  await page.getByRole('radio', { name: lastFour }).check();
  await press(page, 'このカードを登録する');
}

// The whole way; gives the user ID.
export async function register(page, staff, person, lastFour) {
  await reachForm(page, staff, person.mail);
  await fillIn(page, person);
  await press(page, '確認へ進む');
  await follow(page, 'カードの登録へ進む');
  await chooseCard(page, lastFour);
  return page.locator('.big.id').innerText();
}

export async function signIn(page, userId, password) {
  await page.goto('/okayama/login/');
  await page.getByLabel('ユーザーID').fill(userId);
  await page.getByLabel('パスワード').fill(password);
  await onward(page, () => page.getByRole('button', { name: 'ログインする' }).click());
}
