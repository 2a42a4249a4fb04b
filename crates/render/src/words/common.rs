//! Words of every page: frame, buttons, errors in general.

/// What the frame around each page says.
pub struct CommonWords {
    /// The name of what we offer; behind the group's name in titles.
    pub service: &'static str,
    pub skip_to_content: &'static str,
    pub contact: &'static str,
    pub contact_lead: &'static str,
    /// Before the title of a page with mistakes.
    pub error_prefix: &'static str,
    /// Above the list of mistakes.
    pub please_check: &'static str,
    pub to_home: &'static str,
    pub back: &'static str,
    pub next: &'static str,
    pub sign_in: &'static str,
    pub sign_out: &'static str,
    pub register: &'static str,
    /// Behind the label of a field that may stay empty.
    pub optional: &'static str,
    /// For screen readers, before the number of the step: step so many of so many.
    pub step_of: fn(usize, usize) -> String,
    pub minutes: fn(i64) -> String,
}

/// Japanese.
pub(super) const JA: CommonWords = CommonWords {
    service: "医療費後払いサービス",
    skip_to_content: "本文へ進む",
    contact: "お問い合わせ",
    contact_lead: "ご不明な点は、お電話でおたずねください。",
    error_prefix: "エラー: ",
    please_check: "次の項目をご確認ください",
    to_home: "最初のページへ",
    back: "前のページへもどる",
    next: "次へ進む",
    sign_in: "ログイン",
    sign_out: "ログアウト",
    register: "新規登録",
    optional: "(なくてもかまいません)",
    step_of: |step, of| format!("全{of}ステップ中の{step}番目"),
    minutes: |minutes| format!("{minutes}分"),
};
