//! Words of the first steps of a registration: terms, mail address, the mail, its URL.

use super::home::Point;
use domain::mail_address::MailAddressFault;

/// What the first steps say.
pub struct RegisterWords {
    /// Names of the steps, in order.
    pub steps: [&'static str; 5],
    pub terms: TermsWords,
    pub address: AddressWords,
    pub sent: SentWords,
    pub open: OpenWords,
}

/// The terms.
pub struct TermsWords {
    pub title: &'static str,
    pub lead: &'static str,
    pub prepare: &'static str,
    pub things: &'static [&'static str],
    pub lump_sum: Point,
    pub charge_title: &'static str,
    /// Days from the visit to the charge.
    pub charge: fn(u16) -> String,
    pub cards: Point,
    pub three_d_secure: Point,
    pub shared_title: &'static str,
    /// Names of the hospitals.
    pub shared: fn(&str) -> String,
    pub correction: Point,
    pub privacy: Point,
    pub cancel: Point,
    /// Version of the terms.
    pub version: fn(&str) -> String,
    pub agree: &'static str,
    pub not_agreed: &'static str,
    pub button: &'static str,
}

/// The mail address.
pub struct AddressWords {
    pub title: &'static str,
    pub lead: &'static str,
    pub allow_title: &'static str,
    pub allow_text: &'static str,
    pub copy_hint: &'static str,
    pub carrier: &'static str,
    pub carrier_details: &'static str,
    pub carrier_steps: &'static [Point],
    pub label: &'static str,
    pub hint: &'static str,
    pub button: &'static str,
    pub fault: fn(MailAddressFault) -> &'static str,
    pub question_title: &'static str,
    pub question: &'static str,
    pub typed: &'static str,
    pub suggested: &'static str,
    pub use_suggested: &'static str,
    pub use_typed: &'static str,
    pub retype: &'static str,
    pub too_many: fn(i64) -> String,
}

/// The mail is on its way.
pub struct SentWords {
    pub title: &'static str,
    pub lead: &'static str,
    pub to: &'static str,
    pub hours: fn(i64) -> String,
    pub legacy: &'static str,
    pub not_come: &'static str,
    pub causes: &'static [Point],
    pub domain: &'static str,
    pub resend: &'static str,
    pub resent: &'static str,
    pub other_address: &'static str,
    pub too_many: fn(i64) -> String,
}

/// Behind the URL.
pub struct OpenWords {
    pub title: &'static str,
    pub lead: &'static str,
    pub for_address: &'static str,
    pub prepare: &'static str,
    pub button: &'static str,
}

fn wait(seconds: i64) -> String {
    let minutes = seconds.max(1).saturating_add(59).div_euclid(60);
    format!("{minutes}分ほど")
}

fn fault(fault: MailAddressFault) -> &'static str {
    match fault {
        MailAddressFault::Missing => "メールアドレスを入力してください。",
        MailAddressFault::NoAt => {
            "メールアドレスには、@(アットマーク)が1つ必要です。例: taro@example.jp"
        }
        MailAddressFault::BadCharacter => {
            "メールアドレスに使えない文字が入っています。空白や日本語が入っていないか、ご確認ください。"
        }
        MailAddressFault::BadDomain => "@のあとをご確認ください。例: taro@example.jp",
        MailAddressFault::TooLong => "メールアドレスが長すぎます。ご確認ください。",
    }
}

/// Japanese.
pub(super) const JA: RegisterWords = RegisterWords {
    steps: ["規約", "メール", "入力", "確認", "カード"],
    terms: TermsWords {
        title: "後払いサービスの登録",
        lead: "次の内容をお読みになり、同意のうえお進みください。",
        prepare: "お手元にご用意ください",
        things: &["診察券", "クレジットカード", "メールを受け取れる携帯電話またはパソコン"],
        lump_sum: Point {
            title: "お支払い方法",
            text: "クレジットカードの一括払いのみです。分割払い・リボ払いはできません。",
        },
        charge_title: "お支払いの時期",
        charge: |days| {
            format!(
                "後払い受付機で受付をした受診について、受診日の約{days}日後に、病院が計算した医療費を登録のカードでお支払いいただきます。完了はメールでお知らせします。領収書の日付は、お支払い日です。"
            )
        },
        cards: Point {
            title: "使えないカード",
            text: "デビットカードとプリペイドカード(チャージ型)は使えません。",
        },
        three_d_secure: Point {
            title: "カードの本人認証",
            text: "カードの登録では、カード会社による本人認証(3Dセキュア)を行います。そのために、お名前、メールアドレス、電話番号、ご利用の端末の情報を、カード会社へお送りします。カード番号が病院や当サービスに保存されることはありません。",
        },
        shared_title: "共通でご利用いただける病院",
        shared: |hospitals| {
            format!(
                "{hospitals}で共通の登録です。いずれか一方で登録すると、どの病院でも後払いをご利用いただけます。登録の内容は、これらの病院が共同で使います。"
            )
        },
        correction: Point {
            title: "金額の訂正",
            text: "お支払いのあとで医療費に訂正があった場合は、メールでお知らせします。多くお支払いいただいた分は、カードへお返しします。",
        },
        privacy: Point {
            title: "個人情報の取り扱い",
            text: "お預かりした情報は、医療費のお支払い、領収書の発行、お問い合わせへの対応だけに使います。法令による場合を除き、ほかの目的には使いません。",
        },
        cancel: Point {
            title: "登録をやめるとき",
            text: "病院の窓口へお申し出ください。いつでもやめることができます。",
        },
        version: |version| format!("規約 {version} 版"),
        agree: "内容を読み、同意します",
        not_agreed: "「同意します」にチェックを入れると、次へ進めます。",
        button: "次へ進む",
    },
    address: AddressWords {
        title: "メールアドレスの入力",
        lead: "入力したアドレスに、登録を続けるためのURLをお送りします。お支払いのお知らせも、このアドレスに届きます。",
        allow_title: "先に、受信の設定をご確認ください",
        allow_text: "迷惑メールの設定をしている方は、次のドメインからのメールを受信できるようにしてください。",
        copy_hint: "長押しするとコピーできます",
        carrier: "携帯電話では、ご自身で設定していなくても、携帯電話以外からのメールを受信しない設定になっていることがあります。",
        carrier_details: "携帯電話会社ごとの設定の場所",
        carrier_steps: &[
            Point {
                title: "ドコモ",
                text: "「My docomo」の「メール設定」で、「受信リスト設定」に上のドメインを登録します。",
            },
            Point {
                title: "au・UQモバイル",
                text: "「迷惑メールフィルター設定」の「受信リストに登録/アドレス帳受信設定」に、上のドメインを登録します。",
            },
            Point {
                title: "ソフトバンク・ワイモバイル",
                text: "「My SoftBank」の「迷惑メール対策」で、「許可するメールの登録」に上のドメインを登録します。",
            },
        ],
        label: "メールアドレス",
        hint: "例: taro@example.jp",
        button: "登録用のメールを送る",
        fault,
        question_title: "メールアドレスをご確認ください",
        question: "もしかして、次のアドレスですか。",
        typed: "入力したアドレス",
        suggested: "もしかして",
        use_suggested: "このアドレスに送る",
        use_typed: "入力したアドレスに送る",
        retype: "入力しなおす",
        too_many: |seconds| {
            format!(
                "短い時間に何度もお手続きがありました。{}待ってから、もう一度お試しください。",
                wait(seconds)
            )
        },
    },
    sent: SentWords {
        title: "メールを送りました",
        lead: "届いたメールのURLを開き、登録を続けてください。",
        to: "送り先",
        hours: |hours| format!("URLは{hours}時間で使えなくなります。"),
        legacy: "このアドレスは「..」があるか、「.」で始まるか終わる形のため、メールが届かないことがあります。届かない場合は、別のアドレスでお手続きください。",
        not_come: "メールが届かないとき",
        causes: &[
            Point {
                title: "アドレスがまちがっている",
                text: "上の送り先をご確認ください。まちがっていたら、もう一度入力しなおしてください。",
            },
            Point {
                title: "迷惑メールの設定で止まっている",
                text: "迷惑メールのフォルダをご確認ください。見つからないときは、次のドメインを受信できるように設定して、もう一度送ってください。",
            },
        ],
        domain: "受信できるようにするドメイン",
        resend: "もう一度メールを送る",
        resent: "もう一度メールを送りました。",
        other_address: "メールアドレスを入力しなおす",
        too_many: |seconds| {
            format!(
                "続けてお送りすることはできません。{}待ってから、もう一度お試しください。",
                wait(seconds)
            )
        },
    },
    open: OpenWords {
        title: "登録を続けます",
        lead: "メールアドレスの確認ができました。",
        for_address: "メールアドレス",
        prepare: "診察券とクレジットカードをお手元にご用意ください。入力は5分ほどです。",
        button: "登録を続ける",
    },
};
