//! Words of the page where one signs in.

/// What the page says.
pub struct SignInWords {
    pub title: &'static str,
    pub user_id: &'static str,
    pub user_id_hint: &'static str,
    pub password: &'static str,
    pub password_hint: &'static str,
    pub button: &'static str,
    pub user_id_missing: &'static str,
    pub password_missing: &'static str,
    pub looks_like_patient_number: &'static str,
    pub refused: &'static str,
    pub edge_blanks: &'static str,
    pub too_many: fn(i64) -> String,
    pub trouble: &'static str,
    pub advice: &'static [&'static str],
    pub not_registered: &'static str,
    pub signed_out: &'static str,
    pub sign_in_first: &'static str,
    pub password_set: &'static str,
    pub password_set_with_blanks: &'static str,
}

/// Japanese.
pub(super) const JA: SignInWords = SignInWords {
    title: "ログイン",
    user_id: "ユーザーID",
    user_id_hint: "登録完了メールに書かれた英数字です。診察券の番号ではありません。",
    password: "パスワード",
    password_hint: "登録のときに、ご自身で決めたものです。",
    button: "ログインする",
    user_id_missing: "ユーザーIDを入力してください。",
    password_missing: "パスワードを入力してください。",
    looks_like_patient_number: "診察券の番号は、ユーザーIDではありません。登録完了メールに書かれた英数字を入力してください。",
    refused: "ユーザーIDとパスワードの組み合わせを確認できませんでした。もう一度入力してください。",
    edge_blanks: "パスワードの前か後ろに、空白が入っています。コピーや入力候補から入れた場合は、空白を消してお試しください。",
    too_many: |seconds| {
        let minutes = seconds.max(1).saturating_add(59).div_euclid(60);
        format!(
            "続けて入力されたため、いったん止めています。{minutes}分ほど待ってから、もう一度お試しください。"
        )
    },
    trouble: "ログインできないとき",
    advice: &[
        "大文字と小文字を区別します。正確に入力してください。",
        "コピーや入力候補から入れると、前や後ろに空白が入ることがあります。",
        "ユーザーIDは、登録完了メールでお知らせした英数字です。",
    ],
    not_registered: "まだ登録していない方",
    signed_out: "ログアウトしました。",
    sign_in_first: "続けるには、ログインしてください。",
    password_set: "新しいパスワードを設定しました。新しいパスワードでログインしてください。",
    password_set_with_blanks: "新しいパスワードを設定しました。パスワードの前か後ろに空白が入っています。ログインのときも、空白を入れて入力してください。",
};
