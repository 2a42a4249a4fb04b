//! Words of the page on which a payer changes name, telephone and address.

/// What it says.
pub struct OwnDetailsWords {
    /// Leads there.
    pub to_change: &'static str,
    pub title: &'static str,
    pub lead: &'static str,
    /// Where any change asks for the card.
    pub card_lead: &'static [&'static str],
    pub card_button: &'static str,
    /// Where it asks for the password.
    pub password: &'static str,
    pub password_hint: &'static str,
    pub password_wrong: &'static str,
    pub button: &'static str,
    /// What the desk must change.
    pub at_desk: &'static str,
    pub saved: &'static str,
    pub nothing: &'static str,
    pub not_finished: &'static str,
}

/// Japanese.
pub(super) const JA: OwnDetailsWords = OwnDetailsWords {
    to_change: "お名前・電話番号・住所を変更する",
    title: "登録内容の変更",
    lead: "変わったところを書き直してください。",
    card_lead: &[
        "変更には、クレジットカードの入力が必要です。カードをお手元にご用意ください。",
        "次に、決済会社の画面でカードを入力します。入力が終わると、変更が完了します。",
    ],
    card_button: "カードの入力へ進む",
    password: "いまのパスワード",
    password_hint: "ご本人であることを確かめます。",
    password_wrong: "パスワードが違います。もう一度入力してください。",
    button: "変更する",
    at_desk: "生年月日と診察券の番号の変更は、病院の窓口へお申し出ください。",
    saved: "登録内容を変更しました。変更のお知らせを、メールでお送りします。",
    nothing: "変わったところがありませんでした。登録はそのままです。",
    not_finished: "カードの入力が終わっていないため、変更はまだ完了していません。",
};
