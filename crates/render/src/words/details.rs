//! Words of the form and of the page on which it is checked.

use domain::password::PasswordFault;
use domain::patient::{PatientNumberFault, PersonFault, Relation};

/// A field: its label, and what helps to fill it in.
pub struct FieldWords {
    pub label: &'static str,
    pub hint: &'static str,
    /// What to do where nothing was typed.
    pub missing: &'static str,
    /// What to do where it was not understood.
    pub bad: &'static str,
}

/// What the form says.
pub struct DetailsWords {
    pub title: &'static str,
    pub lead: &'static str,
    pub payer: &'static str,
    pub patient: &'static str,
    pub password_section: &'static str,
    pub name: &'static str,
    pub kana: &'static str,
    pub family_name: FieldWords,
    pub given_name: FieldWords,
    pub family_kana: FieldWords,
    pub given_kana: FieldWords,
    pub birth_date: FieldWords,
    pub year: &'static str,
    pub month: &'static str,
    pub day: &'static str,
    pub phone: FieldWords,
    pub postal_code: FieldWords,
    pub address: FieldWords,
    pub hospital: FieldWords,
    pub patient_number: FieldWords,
    pub card_picture: &'static str,
    pub card_label: &'static str,
    pub relation: FieldWords,
    pub relation_name: fn(Relation) -> &'static str,
    /// Above the fields about a patient who is not the payer.
    pub other_patient: &'static str,
    pub other_patient_hint: &'static str,
    pub patient_name: &'static str,
    pub patient_kana: &'static str,
    pub patient_birth_date: &'static str,
    pub password: FieldWords,
    pub password_rules: &'static [&'static str],
    pub password_again: FieldWords,
    pub password_retype: &'static str,
    pub too_long: &'static str,
    pub number_fault: fn(PatientNumberFault) -> &'static str,
    pub password_fault: fn(PasswordFault) -> &'static str,
    pub button: &'static str,
    pub check: CheckWords,
}

/// What the page says on which the form is checked.
pub struct CheckWords {
    pub title: &'static str,
    pub lead: &'static str,
    pub mail: &'static str,
    pub change: &'static str,
    pub password_set: &'static str,
    pub edge_blanks: &'static str,
    pub button: &'static str,
}

impl DetailsWords {
    /// What to do about a field of a person.
    #[must_use]
    pub fn person_fault(&self, field: &FieldWords, fault: PersonFault) -> &'static str {
        match fault {
            PersonFault::Missing => field.missing,
            PersonFault::TooLong => self.too_long,
            PersonFault::BadCharacter
            | PersonFault::NotABirthDate
            | PersonFault::NotAPhone
            | PersonFault::NotAPostalCode => field.bad,
        }
    }
}

const NAME_BAD: &str = "使えない文字が入っています。入力しなおしてください。";
const KANA_BAD: &str = "ひらがなかカタカナで入力してください。";

/// Japanese.
pub(super) const JA: DetailsWords = DetailsWords {
    title: "お客様情報の入力",
    lead: "お支払いをする方のことを入力してください。",
    payer: "お支払いをする方",
    patient: "受診する方",
    password_section: "パスワード",
    name: "お名前",
    kana: "ふりがな",
    family_name: FieldWords {
        label: "姓",
        hint: "例: 山田",
        missing: "姓を入力してください。",
        bad: NAME_BAD,
    },
    given_name: FieldWords {
        label: "名",
        hint: "例: 太郎",
        missing: "名を入力してください。",
        bad: NAME_BAD,
    },
    family_kana: FieldWords {
        label: "せい",
        hint: "例: やまだ",
        missing: "姓のふりがなを入力してください。",
        bad: KANA_BAD,
    },
    given_kana: FieldWords {
        label: "めい",
        hint: "例: たろう",
        missing: "名のふりがなを入力してください。",
        bad: KANA_BAD,
    },
    birth_date: FieldWords {
        label: "生年月日",
        hint: "年は、西暦でも元号でもかまいません。例: 1950、昭和25、S25",
        missing: "生年月日の年・月・日をすべて入力してください。",
        bad: "生年月日を確認できませんでした。例: 1950年 4月 1日、昭和25年 4月 1日",
    },
    year: "年",
    month: "月",
    day: "日",
    phone: FieldWords {
        label: "電話番号",
        hint: "例: 090-1234-5678 (ハイフンはなくてもかまいません)",
        missing: "電話番号を入力してください。",
        bad: "電話番号は、0から始まる10けたか11けたの数字で入力してください。例: 090-1234-5678",
    },
    postal_code: FieldWords {
        label: "郵便番号",
        hint: "例: 700-0000",
        missing: "郵便番号を入力してください。",
        bad: "郵便番号は7けたの数字で入力してください。例: 700-0000",
    },
    address: FieldWords {
        label: "住所",
        hint: "都道府県から、建物の名前と部屋番号まで",
        missing: "住所を入力してください。",
        bad: NAME_BAD,
    },
    hospital: FieldWords {
        label: "診察券をお持ちの病院",
        hint: "いくつかお持ちの方は、どれか一つを選んでください。",
        missing: "病院を選んでください。",
        bad: "病院を選んでください。",
    },
    patient_number: FieldWords {
        label: "診察券の番号",
        hint: "診察券に書かれている数字です。先頭の0は、なくてもかまいません。",
        missing: "診察券の番号を入力してください。",
        bad: "診察券の番号は数字で入力してください。",
    },
    card_picture: "診察券の絵。番号は、お名前の上に書かれた数字です。",
    card_label: "診察券",
    relation: FieldWords {
        label: "受診する方は、どなたですか",
        hint: "お支払いをする方から見た間がらです。",
        missing: "受診する方を選んでください。",
        bad: "受診する方を選んでください。",
    },
    relation_name: |relation| match relation {
        Relation::Myself => "ご本人",
        Relation::Child => "お子さま",
        Relation::Parent => "親",
        Relation::Spouse => "配偶者",
        Relation::Other => "その他のご家族など",
    },
    other_patient: "受診する方のお名前と生年月日",
    other_patient_hint: "「ご本人」のときは、入力しないでください。領収書には、受診する方のお名前が印刷されます。",
    patient_name: "受診する方のお名前",
    patient_kana: "受診する方のふりがな",
    patient_birth_date: "受診する方の生年月日",
    password: FieldWords {
        label: "パスワード",
        hint: "ログインのときに使います。ご自身で決めてください。",
        missing: "パスワードを決めて入力してください。",
        bad: "",
    },
    password_rules: &[
        "8文字以上。日本語や空白も使えます。",
        "大文字と小文字を区別します。",
        "電話番号、生年月日、診察券の番号は使えません。",
    ],
    password_again: FieldWords {
        label: "パスワード(もう一度)",
        hint: "確認のため、同じものを入力してください。",
        missing: "パスワードをもう一度入力してください。",
        bad: "",
    },
    password_retype: "安全のため、パスワードはもう一度入力してください。",
    too_long: "長すぎます。短くして入力してください。",
    number_fault: |fault| match fault {
        PatientNumberFault::Missing => "診察券の番号を入力してください。",
        PatientNumberFault::BadCharacter => "診察券の番号は数字で入力してください。",
        PatientNumberFault::TooLong => "番号のけたが多すぎます。診察券の番号をご確認ください。",
        PatientNumberFault::ForeignCard => {
            "この病院の番号ではないようです。病院と番号をご確認ください。"
        }
    },
    password_fault: |fault| match fault {
        PasswordFault::Missing => "パスワードを決めて入力してください。",
        PasswordFault::TooShort => "パスワードは8文字以上にしてください。",
        PasswordFault::TooLong => "パスワードは128文字までにしてください。",
        PasswordFault::TooCommon => "よく使われるパスワードです。別のものにしてください。",
        PasswordFault::TooPersonal => {
            "メールアドレス、電話番号、生年月日、診察券の番号が入らないものにしてください。"
        }
        PasswordFault::RepeatedDifferently => {
            "2つのパスワードが同じになるように、もう一度入力してください。"
        }
    },
    button: "確認へ進む",
    check: CheckWords {
        title: "入力内容の確認",
        lead: "まちがいがなければ、カードの登録へお進みください。",
        mail: "メールアドレス",
        change: "入力内容をなおす",
        password_set: "設定しました(表示しません)",
        edge_blanks: "パスワードの前か後ろに、空白が入っています。このまま使えますが、ログインのときも同じ空白が必要です。心当たりがない場合は「入力内容をなおす」から決めなおしてください。",
        button: "カードの登録へ進む",
    },
};
