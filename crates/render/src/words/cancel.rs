//! Words of the page and the mail on cancelling a registration (FAQ Q32).

/// What they say.
pub struct CancelWords {
    /// Leads there.
    pub to_cancel: &'static str,
    pub title: &'static str,
    /// Where only the desk cancels.
    pub at_desk: &'static [&'static str],
    /// What follows from it, where it is done online.
    pub consequences: &'static [&'static str],
    pub open_visits: fn(usize) -> String,
    pub receipts_first: &'static str,
    pub password: &'static str,
    pub password_hint: &'static str,
    pub password_wrong: &'static str,
    pub button: &'static str,
    pub done_title: &'static str,
    pub done: &'static [&'static str],
    pub mail: CancelMailWords,
}

/// The mail.
pub struct CancelMailWords {
    pub subject: &'static str,
    pub lead: &'static str,
    pub when: &'static str,
    pub from_now: &'static str,
    pub open_visits: fn(usize) -> String,
    pub again: &'static str,
    pub button: &'static str,
    pub notes: &'static [&'static str],
}

/// Japanese.
pub(super) const JA: CancelWords = CancelWords {
    to_cancel: "登録をやめる",
    title: "登録をやめる",
    at_desk: &[
        "登録をやめるときは、病院での手続きが必要です。窓口へお申し出ください。",
        "お電話でのご相談は、下の番号で承ります。",
    ],
    consequences: &[
        "すぐに、後払い受付機は使えなくなります。次の受診からは、会計窓口でお支払いください。",
        "このページへは、ログインできなくなります。",
        "またお使いになるときは、はじめから登録していただきます。",
    ],
    open_visits: |count| {
        format!(
            "お支払いがまだ終わっていない受診が{count}件あります。予定の日に、登録のカードでお支払いの手続きをします。"
        )
    },
    receipts_first: "領収書が必要な方は、やめる前に「お支払いの状況」から受け取ってください。",
    password: "パスワード",
    password_hint: "ご本人であることを確かめます。",
    password_wrong: "パスワードが違います。もう一度入力してください。",
    button: "登録をやめる",
    done_title: "登録をやめる手続きが終わりました",
    done: &[
        "ご利用ありがとうございました。手続きが終わったことを、メールでもお知らせします。",
        "次の受診からは、会計窓口でお支払いください。",
    ],
    mail: CancelMailWords {
        subject: "【後払いサービス】登録をやめる手続きが終わりました",
        lead: "後払いサービスの登録をやめる手続きが終わりました。",
        when: "手続きの日時",
        from_now: "次の受診からは、会計窓口でお支払いください。",
        open_visits: |count| {
            format!(
                "お支払いがまだ終わっていない受診が{count}件あります。予定の日に、登録されていたカードでお支払いの手続きをします。"
            )
        },
        again: "またお使いになるときは、次のページから登録できます。",
        button: "新規登録をする",
        notes: &["お心当たりがない場合は、すぐに下の番号へお電話ください。"],
    },
};
