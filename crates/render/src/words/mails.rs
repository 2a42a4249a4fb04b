//! The words of the mails. Short sentences, no department, no diagnosis, no points (`domain.md` 13).

use crate::format;
use crate::mails::ChangedItem;
use domain::card::Expiry;
use domain::time::{Day, Moment};

/// What the mails say.
pub struct MailWords {
    /// Behind a person's name.
    pub honorific: &'static str,
    /// Between a label and its value.
    pub colon: &'static str,
    pub contact: &'static str,
    pub sent_only: &'static str,
    pub application: ApplicationWords,
    pub already: AlreadyWords,
    pub completed: CompletedWords,
    pub recovery: RecoveryWords,
    pub not_registered: NotRegisteredWords,
    pub changed: ChangedWords,
    pub expiring: ExpiringWords,
    pub paid: PaidWords,
    pub failed: FailedWords,
    pub returned: ReturnedWords,
    pub announced: AnnouncedWords,
    pub consent: ConsentWords,
    pub refund: RefundWords,
}

/// P1: the address at which the registration goes on.
pub struct ApplicationWords {
    pub subject: &'static str,
    pub thanks: &'static str,
    pub open_url: &'static str,
    pub button: &'static str,
    /// Hours that the URL works.
    pub ends: fn(i64) -> String,
    pub notes: &'static [&'static str],
}

/// The answer to somebody whose address is registered already.
pub struct AlreadyWords {
    pub subject: &'static str,
    pub lead: &'static str,
    pub sign_in: &'static str,
    pub button: &'static str,
    pub notes: &'static [&'static str],
}

/// P2: registered.
pub struct CompletedWords {
    pub subject: &'static str,
    pub lead: &'static str,
    pub user_id: &'static str,
    pub user_id_note: &'static str,
    pub usable_from: &'static str,
    /// The moment from which the kiosk takes the card.
    pub from: fn(Moment) -> String,
    pub hospitals: &'static str,
    pub on_the_day: &'static str,
    pub button: &'static str,
    pub steps: &'static [&'static str],
    pub notes: &'static [&'static str],
}

/// P9 with the way to a new password.
pub struct RecoveryWords {
    pub subject: &'static str,
    pub lead: &'static str,
    pub user_id: &'static str,
    pub user_id_note: &'static str,
    pub password: &'static str,
    /// Minutes that link and code work.
    pub open_url: fn(i64) -> String,
    pub button: &'static str,
    pub or_code: &'static str,
    pub code: &'static str,
    pub notes: &'static [&'static str],
}

/// The same for an address that has no account.
pub struct NotRegisteredWords {
    pub subject: &'static str,
    pub lead: &'static str,
    pub another: &'static str,
    pub register: &'static str,
    pub button: &'static str,
    pub notes: &'static [&'static str],
}

/// P8: something was changed.
pub struct ChangedWords {
    pub subject: &'static str,
    pub lead: &'static str,
    pub what: &'static str,
    pub item: fn(ChangedItem) -> &'static str,
    pub when: &'static str,
    pub not_you: &'static str,
    pub button: &'static str,
}

/// P6: the card is about to expire.
pub struct ExpiringWords {
    pub subject: &'static str,
    pub lead: fn(Expiry) -> String,
    pub card: &'static str,
    pub please: &'static str,
    pub button: &'static str,
    pub done: &'static str,
}

/// P3: the card was charged.
pub struct PaidWords {
    pub subject: &'static str,
    pub lead: &'static str,
    pub hospital: &'static str,
    pub visit_day: &'static str,
    pub amount: &'static str,
    pub paid_on: &'static str,
    pub receipt_date: &'static str,
    pub card: &'static str,
    /// Brand and last four digits.
    pub card_value: fn(&str, &str) -> String,
    pub receipts: &'static str,
    /// Hours of the receipt machine.
    pub machine: fn(&str) -> String,
    pub on_the_page: &'static str,
    pub button: &'static str,
    pub tax: &'static str,
}

/// P5: the card could not be charged.
pub struct FailedWords {
    pub subject: &'static str,
    pub lead: fn(Day) -> String,
    pub reason: &'static str,
    /// Until when one of two things is asked for, where another card helps.
    pub either: fn(Day) -> String,
    /// Those two; names the hospital.
    pub ways: fn(&str) -> [String; 2],
    /// Where the desk collects: names the hospital.
    pub please: fn(Day, &str) -> String,
    pub button: &'static str,
    pub again: fn(Day) -> String,
}

/// P5b: the desk collects.
pub struct ReturnedWords {
    pub subject: &'static str,
    pub lead: fn(Day) -> String,
    /// Names the hospital.
    pub please: fn(&str) -> String,
    pub stopped: &'static str,
}

/// The amount, told before it is charged.
pub struct AnnouncedWords {
    pub subject: &'static str,
    pub lead: &'static str,
    /// A further amount for a visit that was paid.
    pub further: &'static str,
    pub amount: &'static str,
    pub charged_on: &'static str,
    pub object: &'static str,
    pub replaces: &'static str,
}

/// The amount is above the payer's ceiling.
pub struct ConsentWords {
    pub subject: &'static str,
    pub lead: &'static str,
    /// Until when, and at which hospital's desk it is paid otherwise.
    pub please: fn(Day, &str) -> String,
    pub not_yet: &'static str,
    pub button: &'static str,
}

/// P7: money went back to the card.
pub struct RefundWords {
    pub subject: &'static str,
    pub lead: fn(Day) -> String,
    pub paid: &'static str,
    pub back: &'static str,
    pub card: &'static str,
    pub receipt: &'static str,
    pub no_receipt: &'static str,
}

/// Japanese.
pub(super) const JA: MailWords = MailWords {
    honorific: "様",
    colon: ": ",
    contact: "お問い合わせ",
    sent_only: "このメールは送信専用です。返信いただいてもお答えできません。",
    application: ApplicationWords {
        subject: "【後払いサービス】新規登録のお手続き",
        thanks: "後払いサービスへのお申し込みありがとうございます。",
        open_url: "次のURLを開き、登録を続けてください。",
        button: "登録を続ける",
        ends: |hours| format!("このURLは{hours}時間で使えなくなります。"),
        notes: &[
            "お心当たりがない場合は、このメールを削除してください。登録はされません。",
            "このメールでカード番号やパスワードをお尋ねすることはありません。",
        ],
    },
    already: AlreadyWords {
        subject: "【後払いサービス】このメールアドレスは登録済みです",
        lead: "新規登録のお手続きがありましたが、このメールアドレスは、すでに登録されています。",
        sign_in: "次のページから、ユーザーIDとパスワードでログインしてください。ユーザーIDは、登録完了メールでお知らせした英数字です。",
        button: "ログインする",
        notes: &[
            "お心当たりがない場合は、このメールを削除してください。登録の内容は変わりません。",
            "このメールでカード番号やパスワードをお尋ねすることはありません。",
        ],
    },
    completed: CompletedWords {
        subject: "【後払いサービス】登録が完了しました",
        lead: "登録が完了しました。",
        user_id: "ユーザーID",
        user_id_note: "診察券の番号ではありません。大文字と小文字を区別します。",
        usable_from: "ご利用開始",
        from: |moment| format!("{}から", format::moment(moment)),
        hospitals: "利用できる病院",
        on_the_day: "受診の日",
        button: "ログインする",
        steps: &[
            "受付窓口または自動再来受付機で、診療の受付をします。",
            "後払い受付機に診察券を通し、後払い利用票を受け取ります。",
            "診察のあと、利用票と受付ファイルを計算窓口へ出します。",
        ],
        notes: &[
            "受付機を使わない日は、これまでどおり会計窓口でお支払いいただけます。",
            "登録の内容とお支払いの予定は、次のページで確認できます。",
        ],
    },
    recovery: RecoveryWords {
        subject: "【後払いサービス】ユーザーIDとパスワードのご案内",
        lead: "お問い合わせのありましたユーザーIDをお知らせします。",
        user_id: "ユーザーID",
        user_id_note: "大文字と小文字を区別します。",
        password: "パスワードをお忘れの方",
        open_url: |minutes| {
            format!("{minutes}分以内に次のURLを開き、新しいパスワードを決めてください。")
        },
        button: "新しいパスワードを決める",
        or_code: "お手続きの画面に、次の確認コードを入力しても進めます。",
        code: "確認コード",
        notes: &[
            "お心当たりがない場合は、このメールを削除してください。パスワードは変わりません。",
            "確認コードを人に教えないでください。病院の職員がお尋ねすることはありません。",
        ],
    },
    not_registered: NotRegisteredWords {
        subject: "【後払いサービス】登録のないメールアドレスです",
        lead: "ユーザーIDとパスワードのご案内のお手続きがありましたが、このメールアドレスでの登録は見つかりませんでした。",
        another: "別のメールアドレスで登録していないか、ご確認ください。",
        register: "まだ登録していない方は、次のページから登録できます。",
        button: "新規登録をする",
        notes: &["お心当たりがない場合は、このメールを削除してください。"],
    },
    changed: ChangedWords {
        subject: "【後払いサービス】登録内容の変更のお知らせ",
        lead: "次の登録内容が変更されました。",
        what: "変更された項目",
        item: |item| match item {
            ChangedItem::Password => "パスワード",
            ChangedItem::Card => "お支払いのカード",
            ChangedItem::Name => "お名前",
            ChangedItem::Phone => "お電話番号",
            ChangedItem::Address => "ご住所",
        },
        when: "変更した日時",
        not_you: "お心当たりがない場合は、すぐにパスワードを変更し、下の番号へお電話ください。",
        button: "ログインする",
    },
    expiring: ExpiringWords {
        subject: "【後払いサービス】カードの有効期限のお知らせ",
        lead: |expiry| {
            format!(
                "登録されたカードの有効期限が、{}年{}月で終わります。",
                expiry.year, expiry.month
            )
        },
        card: "カード",
        please: "引き続きご利用になる場合は、次のページからログインして、新しいカードに変更してください。",
        button: "ログインする",
        done: "すでにカードを変更された場合は、お手続きは必要ありません。",
    },
    paid: PaidWords {
        subject: "【後払いサービス】お支払い完了のお知らせ",
        lead: "次の医療費をクレジットカードでお支払いいただきました。",
        hospital: "病院",
        visit_day: "受診日",
        amount: "お支払い額",
        paid_on: "お支払い日",
        receipt_date: "領収書の日付は、お支払い日です。",
        card: "カード",
        card_value: |brand, last_four| format!("{brand} 末尾{last_four}"),
        receipts: "領収書と明細書は、院内の発行機で診察券を使って発行できます。",
        machine: |hours| format!("発行機: {hours}"),
        on_the_page: "次のページにログインしても受け取れます。",
        button: "領収書を受け取る",
        tax: "医療費控除は、受診日ではなくお支払い日の年に申告します。",
    },
    failed: FailedWords {
        subject: "【後払いサービス】お支払いを確認できませんでした",
        lead: |visit| {
            format!(
                "登録されたカードで、{}の医療費のお支払いができませんでした。",
                format::day(visit)
            )
        },
        reason: "理由はカード会社からお知らせされないことがあります。",
        either: |deadline| format!("{}までに、次のどちらかをお願いします。", format::day(deadline)),
        ways: |hospital| {
            [
                "次のページからログインして、別のカードに変更する".to_owned(),
                format!("{hospital}の会計窓口でお支払いになる"),
            ]
        },
        please: |deadline, hospital| {
            format!(
                "{}までに、{hospital}の会計窓口でお支払いをお願いします。",
                format::day(deadline)
            )
        },
        button: "ログインする",
        again: |day| format!("{}にもう一度、カードでお支払いの手続きをします。", format::day(day)),
    },
    returned: ReturnedWords {
        subject: "【後払いサービス】会計窓口でのお支払いのお願い",
        lead: |visit| {
            format!("{}の医療費は、カードでのお支払いが完了しませんでした。", format::day(visit))
        },
        please: |hospital| format!("{hospital}の会計窓口でお支払いをお願いします。"),
        stopped: "お支払いが確認できるまで、後払いはご利用いただけません。",
    },
    announced: AnnouncedWords {
        subject: "【後払いサービス】お支払い予定のお知らせ",
        lead: "次の医療費を、登録されたカードでお支払いいただく予定です。",
        further: "医療費に訂正がありました。お支払い済みの額との差額を、登録されたカードでお支払いいただく予定です。",
        amount: "お支払い予定額",
        charged_on: "お支払い予定日",
        object: "金額にお心当たりがない場合は、お支払い予定日の前日までにお電話ください。",
        replaces: "同じ受診日のお知らせを前にお送りしている場合は、このお知らせが新しいものです。",
    },
    consent: ConsentWords {
        subject: "【後払いサービス】お支払いの確認のお願い",
        lead: "次の医療費は、設定された上限額をこえています。ご確認いただくまで、カードでのお支払いは行いません。",
        please: |until, hospital| {
            format!(
                "{}までにログインして、お支払いを承認してください。承認されない場合は、{hospital}の会計窓口でお支払いをお願いします。",
                format::day(until)
            )
        },
        not_yet: "まだお支払いは行われていません。",
        button: "ログインして確認する",
    },
    refund: RefundWords {
        subject: "【後払いサービス】カードへの返金のお知らせ",
        lead: |visit| {
            format!("{}の医療費について、カードへ返金の手続きをしました。", format::day(visit))
        },
        paid: "お支払い済みの額",
        back: "お返しする額",
        card: "返金の時期は、カード会社によって異なります。",
        receipt: "訂正後の領収書は、院内の発行機またはログイン後のページで受け取れます。先にお渡しした領収書は、新しいものと引き換えになります。",
        no_receipt: "先にお渡しした領収書は、お使いいただけません。",
    },
};
