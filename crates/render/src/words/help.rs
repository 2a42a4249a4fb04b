//! Words of the help pages: every question of the hospital's FAQ, the privacy notice, the statement on accessibility.

use super::home::Point;

/// A question and its answer, a paragraph each.
pub struct Answer {
    /// In the address of the question, after `#`.
    pub id: &'static str,
    pub question: &'static str,
    pub paragraphs: Vec<String>,
    /// Behind the answer: the page that helps, below the group's own address, and its name.
    pub way: Option<(&'static str, &'static str)>,
}

/// What the answers say of the group's conditions: policy, never fixed words.
pub struct Conditions<'a> {
    /// Calendar days from a visit to the charge.
    pub settle_after_days: u16,
    /// Minutes from the end of a registration to its first use.
    pub activation_delay_minutes: u16,
    /// Calendar days between telling an amount in advance and charging it; 0: it is not told in advance.
    pub advance_notice_days: u16,
    /// Whether debit and prepaid cards are refused at all hospitals.
    pub refuses_debit: bool,
    /// Whether a registration can be cancelled online at all hospitals.
    pub cancels_online: bool,
    /// Comes after the @ of our mails.
    pub sender_domain: &'a str,
    /// Names of the hospitals, one after another.
    pub hospitals: &'a str,
    /// Whether there are several.
    pub is_shared: bool,
    /// When kiosks and receipt machines work, hospital by hospital.
    pub machine_hours: Vec<String>,
}

/// Questions of one kind.
pub struct Chapter {
    /// In the address of the chapter, after `#`.
    pub id: &'static str,
    pub title: &'static str,
    pub answers: fn(&Conditions<'_>) -> Vec<Answer>,
}

/// A page of headings with a paragraph each.
pub struct Statement {
    pub title: &'static str,
    pub lead: &'static str,
    pub points: &'static [Point],
}

/// What the help pages say.
pub struct HelpWords {
    pub title: &'static str,
    pub lead: &'static str,
    /// Above the list of chapters.
    pub contents: &'static str,
    pub chapters: &'static [Chapter],
    pub still_unclear: &'static str,
    pub still_unclear_text: &'static str,
    pub privacy: Statement,
    pub accessibility: Statement,
}

fn answer(id: &'static str, question: &'static str, paragraphs: &[&str]) -> Answer {
    let paragraphs = paragraphs.iter().map(|&paragraph| paragraph.to_owned()).collect();
    Answer { id, question, paragraphs, way: None }
}

impl Answer {
    fn and(mut self, paragraph: String) -> Self {
        self.paragraphs.push(paragraph);
        self
    }

    fn way(self, to: &'static str, name: &'static str) -> Self {
        Self { way: Some((to, name)), ..self }
    }
}

/// Japanese.
pub(super) const JA: HelpWords = HelpWords {
    title: "よくあるご質問",
    lead: "お調べになりたいことを、お選びください。",
    contents: "目次",
    chapters: &[
        Chapter { id: "service", title: "サービスについて", answers: service },
        Chapter { id: "registration", title: "登録とログイン", answers: registration },
        Chapter { id: "use", title: "ご利用の方法", answers: usage },
        Chapter { id: "papers", title: "領収書・明細書", answers: papers },
        Chapter { id: "changes", title: "登録内容の変更", answers: changes },
    ],
    still_unclear: "解決しないときは",
    still_unclear_text: "このページの下にある番号へ、お電話でおたずねください。病院の窓口でもご案内します。",
    privacy: PRIVACY,
    accessibility: ACCESSIBILITY,
};

fn service(holds: &Conditions<'_>) -> Vec<Answer> {
    let mut answers = vec![
        answer("start", "後払いを使うには、どうすればよいですか。", &[
            "はじめに登録が必要です。病院のQRコードを携帯電話で読み取るか、このサイトの「新規登録」からお申し込みください。パソコンからも登録できます。",
        ])
        .way("new/", "新規登録へ進む"),
        answer("instalments", "分割で払えますか。", &[
            "お支払いは一括払いのみです。分割払い・リボ払いはできません。",
        ]),
        answer("amount", "医療費の金額は、どうすればわかりますか。", &[
            "お支払いが完了したときに、登録のメールアドレスへ、金額とお支払いの完了をお知らせします。",
        ])
        .and(format!("お知らせは、受診日の約{}日後です。土曜・日曜・祝日も同じです。", holds.settle_after_days))
        .and(match holds.advance_notice_days {
            0 => "ログインすると、お支払いの前でも、決まった金額をご覧いただけます。".to_owned(),
            days => format!("その{days}日前にも、お支払いの予定をメールでお知らせします。ログインしてもご覧いただけます。"),
        })
        .way("me/", "お支払いの状況を見る"),
        answer("cash", "今日は現金で払いたいときは、どうすればよいですか。", &[
            "後払い受付機に診察券を通さないで、診察のあと、会計窓口でお支払いください。カードへの請求はありません。",
            "受付機に通したあとでも、その日のうちに会計窓口へお申し出になれば、現金でお支払いいただけます。",
        ]),
        answer("inpatient", "入院の費用にも使えますか。", &[
            "お使いいただけます。入院窓口へお申し出ください。",
            "ご利用の条件により、お使いいただけない場合があります。くわしくは、入院窓口でおたずねください。",
        ]),
    ];
    if holds.is_shared {
        answers.push(answer("hospitals", "ほかの病院でも使えますか。", &[]).and(format!(
            "{}のどちらでもお使いいただけます。いずれか一方で登録すると、同じカードでお支払いいただけます。",
            holds.hospitals
        )));
    }
    answers
}

fn registration(holds: &Conditions<'_>) -> Vec<Answer> {
    let cards = if holds.refuses_debit {
        "お使いいただけません。デビットカードとプリペイドカード(チャージ型)は、登録のときに確認しています。クレジットカードをご用意ください。"
    } else {
        "病院によって、お使いいただける場合があります。登録のときにご確認いただけます。"
    };
    vec![
        answer("no-mail", "申し込みのメールが届きません。", &[
            "メールアドレスをお確かめください。まちがいがあったときは、正しいアドレスで、もう一度お申し込みください。",
        ])
        .and(format!(
            "迷惑メールに入っていないか、お確かめください。受信の設定で「@{}」からのメールを受け取れるようにして、もう一度お申し込みください。",
            holds.sender_domain
        ))
        .and("携帯電話では、ご自分で設定していなくても、パソコンからのメールやURLのついたメールを受け取らないことがあります。くわしくは、携帯電話の会社へおたずねください。".to_owned())
        .way("new/", "もう一度申し込む"),
        answer("cards", "デビットカードやチャージ型のカードは使えますか。", &[cards]),
        answer("sign-in", "ログインできません。", &[
            "ユーザーIDは、登録完了のメールに書いてある、英字と数字の組み合わせです。診察券の番号ではありません。",
            "パスワードは、登録のときにご自分で決めたものです。大文字と小文字は区別されます。",
            "コピーして貼り付けたときは、前後に空白が入っていないか、お確かめください。",
            "お忘れのときは、登録のメールアドレスへご案内を送ります。",
        ])
        .way("forgotten/", "ユーザーID・パスワードをお忘れの方"),
    ]
}

fn usage(holds: &Conditions<'_>) -> Vec<Answer> {
    let same_day = match holds.activation_delay_minutes {
        0 => "登録が終わると、その日からすぐにお使いいただけます。".to_owned(),
        minutes => {
            format!("登録した日に使うときは、登録が終わってから{minutes}分ほどお待ちください。")
        }
    };
    let mut machines = answer("hours", "受付機と領収書発行機は、いつ使えますか。", &[]);
    machines.paragraphs.clone_from(&holds.machine_hours);
    vec![
        answer("how", "使い方を教えてください。", &[
            "外来の方は、まず受付窓口か自動再来受付機で、診療の受付をします。後払いの受付だけでは、診療の受付になりません。",
            "次に、後払い受付機に診察券を通し、「後払い利用票」を受け取ります。",
            "診察のあと、後払い利用票と受付ファイルを、計算窓口へお出しください。お支払いの列に並ぶ必要はありません。",
            "入院の方は、入院窓口へお申し出ください。",
        ])
        .and(same_day),
        machines,
        answer("no-slip", "後払い利用票が出てきません。", &[
            "登録はお済みですか。登録完了のメールをお確かめください。メールに、お使いいただける日時が書いてあります。",
            "登録がお済みでも、ご利用の条件により、お使いいただけない場合があります。くわしくは、窓口でおたずねください。画面に4文字の記号が出たときは、お伝えください。",
        ]),
    ]
}

fn papers(_holds: &Conditions<'_>) -> Vec<Answer> {
    vec![
        answer("receipt", "領収書・明細書がほしいのですが。", &[
            "お支払い完了のメールが届いたあとに、院内の領収書・明細書発行機で発行できます。診察券を通してください。",
            "ログインして、いつでもPDFで受け取ることもできます。ご自宅のプリンターやコンビニエンスストアで印刷できます。",
            "2回目からの発行には「再発行」と表示されます。",
        ])
        .way("me/", "領収書・明細書を受け取る"),
    ]
}

fn changes(holds: &Conditions<'_>) -> Vec<Answer> {
    let how = if holds.cancels_online {
        "ログインして、「登録をやめる」から手続きできます。病院の窓口でも承ります。"
    } else {
        "病院での手続きが必要です。窓口へお申し出ください。"
    };
    vec![
        answer(
            "change",
            "登録した内容を変えたいのですが。",
            &["ログインして、いつでも変更できます。"],
        )
        .way("me/", "ログインして変更する"),
        answer(
            "withdraw",
            "登録をやめたいのですが。",
            &[how, "やめるまでに受診した分のお支払いは、予定の日に行います。"],
        ),
    ]
}

const PRIVACY: Statement = Statement {
    title: "個人情報の取り扱い",
    lead: "後払いサービスでは、次のように個人情報を取り扱います。",
    points: &[
        Point {
            title: "お預かりするもの",
            text: "お名前、生年月日、ご住所、お電話番号、メールアドレス、診察券の番号、受診した日、お支払いの金額です。",
        },
        Point {
            title: "クレジットカードの番号",
            text: "カードの番号とセキュリティコードは、決済会社の画面へ直接お送りいただきます。病院と、このサイトには残りません。残るのは、ブランド、末尾4けた、有効期限だけです。",
        },
        Point {
            title: "使い道",
            text: "医療費のお支払い、領収書・明細書の発行、お知らせのメール、お問い合わせへの対応だけに使います。",
        },
        Point {
            title: "受診したことについて",
            text: "受診した日や病院は、とくに配慮が必要な情報です。メールには、診療科や病名を書きません。ご家族がお支払いになる場合も、ご家族にわかるのは、病院、受診日、金額だけです。",
        },
        Point {
            title: "ほかへお渡しするとき",
            text: "カードでお支払いいただくために、金額を決済会社へお渡しします。法令による場合を除き、ほかへお渡しすることはありません。",
        },
        Point {
            title: "守り方",
            text: "お預かりした情報は、暗号にして保管します。病院の職員が見たときは、だれが、いつ見たかを記録します。",
        },
        Point {
            title: "ご本人からのお申し出",
            text: "ログインすると、登録の内容をご覧いただけます。訂正や、登録をやめるお申し出、そのほかのご相談は、病院の窓口で承ります。",
        },
    ],
};

const ACCESSIBILITY: Statement = Statement {
    title: "アクセシビリティについて",
    lead: "どなたにも使いやすいサイトを目指しています。",
    points: &[
        Point {
            title: "目標",
            text: "日本産業規格 JIS X 8341-3:2016 のレベルAAに配慮しています。WCAG 2.2 のレベルAAも目標にしています。",
        },
        Point {
            title: "できること",
            text: "文字を2倍に大きくしても読めます。キーボードだけで操作できます。読み上げソフト、見やすい配色(ハイコントラスト)、暗い画面に対応しています。領収書のPDFも読み上げられます。",
        },
        Point {
            title: "確かめ方",
            text: "すべてのページを、検査のプログラムと、実際の画面で確かめています。",
        },
        Point {
            title: "まだできないこと",
            text: "ページは日本語だけです。カードの番号を入力する画面は、決済会社のものです。お困りのときは、窓口やお電話でお手伝いします。",
        },
        Point {
            title: "お気づきの点",
            text: "使いにくいところがありましたら、下のお問い合わせ先へお知らせください。",
        },
    ],
};
