//! Words of a group's first page.

/// A heading with a sentence.
pub struct Point {
    pub title: &'static str,
    pub text: &'static str,
}

/// What the first page says.
pub struct HomeWords {
    pub title: &'static str,
    pub headline: &'static str,
    pub lead: &'static str,
    pub first_time: &'static str,
    pub registered: &'static str,
    pub before: &'static str,
    pub lump_sum: Point,
    pub cards: Point,
    pub consent: Point,
    pub due: Point,
    pub due_text: fn(u16) -> String,
    pub flow: &'static str,
    pub steps: &'static [Point],
    pub same_day: fn(u16) -> String,
    pub inpatient: &'static str,
    pub hospitals: &'static str,
    pub hospitals_lead: &'static str,
    pub machine_hours: &'static str,
    pub phone: &'static str,
    pub qr_title: &'static str,
    pub qr_text: &'static str,
    pub qr_alt: &'static str,
}

/// Japanese.
pub(super) const JA: HomeWords = HomeWords {
    title: "ご案内",
    headline: "診察のあと、会計を待たずに、お帰りいただけます。",
    lead: "医療費は後日、登録したクレジットカードでお支払いいただきます。金額とお支払いの完了は、メールでお知らせします。",
    first_time: "はじめての方",
    registered: "登録がお済みの方",
    before: "お申し込みの前に",
    lump_sum: Point {
        title: "一括払いのみです", text: "分割払い・リボ払いはできません。"
    },
    cards: Point {
        title: "クレジットカードが必要です",
        text: "デビットカードとプリペイドカード(チャージ型)は使えません。",
    },
    consent: Point {
        title: "使う日は、自分で選べます",
        text: "受付機に診察券を通した日だけ、後払いになります。通さなければ、これまでどおり会計窓口でのお支払いです。",
    },
    due: Point { title: "お支払いは後日です", text: "" },
    due_text: |days| {
        format!(
            "受診日の約{days}日後に、カードでお支払いの手続きをします。土曜・日曜・祝日も同じです。"
        )
    },
    flow: "ご利用の流れ",
    steps: &[
        Point {
            title: "登録する",
            text: "このページから、携帯電話やパソコンで登録します。登録は一度だけです。",
        },
        Point {
            title: "受付をする",
            text: "受診の日は、まず受付窓口か自動再来受付機で、診療の受付をします。",
        },
        Point {
            title: "診察券を通す",
            text: "後払い受付機に診察券を通し、「後払い利用票」を受け取ります。",
        },
        Point {
            title: "利用票を出して、帰る",
            text: "診察のあと、利用票と受付ファイルを計算窓口へ出します。お支払いの列に並ぶ必要はありません。",
        },
    ],
    same_day: |minutes| {
        if minutes == 0 {
            "登録が終わると、すぐにご利用いただけます。".to_owned()
        } else {
            format!("当日に登録した場合、ご利用開始まで{minutes}分ほどかかります。")
        }
    },
    inpatient: "入院の方は、入院窓口へお申し出ください。",
    hospitals: "ご利用いただける病院",
    hospitals_lead: "いずれかの病院で登録すると、すべての病院でご利用いただけます。",
    machine_hours: "受付機と領収書発行機",
    phone: "電話",
    qr_title: "携帯電話で登録する",
    qr_text: "携帯電話のカメラで読み取ると、登録のページが開きます。",
    qr_alt: "登録ページのQRコード",
};
