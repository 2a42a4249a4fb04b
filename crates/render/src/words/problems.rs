//! Words of pages that say what did not work, and what to do.

/// A page of one message.
pub struct ProblemWords {
    pub title: &'static str,
    pub text: &'static str,
    pub advice: &'static str,
}

/// What such pages say.
pub struct ProblemsWords {
    pub not_found: ProblemWords,
    pub unknown_url: ProblemWords,
    pub expired_url: ProblemWords,
    pub used_url: ProblemWords,
    pub no_session: ProblemWords,
    pub recovery_over: ProblemWords,
    pub recovery_used: ProblemWords,
    pub ask_desk: ProblemWords,
    pub already_registered: ProblemWords,
    pub too_many: ProblemWords,
    pub too_many_wait: fn(i64) -> String,
    pub no_receipt: ProblemWords,
    pub refused: ProblemWords,
    pub too_large: ProblemWords,
    pub too_slow: ProblemWords,
    pub broken: ProblemWords,
    pub reference: &'static str,
    pub register_again: &'static str,
    pub mail_again: &'static str,
}

/// Japanese.
pub(super) const JA: ProblemsWords = ProblemsWords {
    not_found: ProblemWords {
        title: "ページが見つかりません",
        text: "アドレスがまちがっているか、ページがなくなっています。",
        advice: "病院の案内やメールに書かれたアドレスを、もう一度ご確認ください。",
    },
    unknown_url: ProblemWords {
        title: "このURLは確認できませんでした",
        text: "メールのURLが、途中で切れているかもしれません。",
        advice: "メールに書かれたURLの最初から最後までをコピーして開くか、新規登録を最初からお手続きください。",
    },
    expired_url: ProblemWords {
        title: "このURLは使えなくなりました",
        text: "メールをお送りしてから時間がたったため、使えなくなっています。",
        advice: "お手数ですが、新規登録を最初からお手続きください。",
    },
    used_url: ProblemWords {
        title: "このURLはすでに使われています",
        text: "このURLは、一度だけ使えます。別の画面で登録を続けている場合は、その画面にもどってください。",
        advice: "登録が終わっている方は、ログインしてください。画面を閉じてしまった場合は、新規登録を最初からお手続きください。",
    },
    no_session: ProblemWords {
        title: "登録の手続きが見つかりません",
        text: "時間がたったか、別のブラウザで開いています。",
        advice: "お手数ですが、新規登録を最初からお手続きください。",
    },
    recovery_over: ProblemWords {
        title: "お手続きの時間が過ぎました",
        text: "時間がたったか、別のブラウザで開いています。パスワードは変わっていません。",
        advice: "お手数ですが、もう一度メールを送ってください。",
    },
    recovery_used: ProblemWords {
        title: "このURLはすでに使われています",
        text: "このURLは、一度だけ使えます。",
        advice: "新しいパスワードを決めた方は、そのパスワードでログインしてください。まだの方は、もう一度メールを送ってください。",
    },
    ask_desk: ProblemWords {
        title: "窓口で確認いたします",
        text: "この内容では、登録を続けることができません。",
        advice: "お手数ですが、病院の窓口へお越しいただくか、お電話でお問い合わせください。",
    },
    already_registered: ProblemWords {
        title: "このメールアドレスは登録済みです",
        text: "すでに登録が完了しています。",
        advice: "登録完了メールに書かれたユーザーIDで、ログインしてください。",
    },
    too_many: ProblemWords {
        title: "しばらくお待ちください",
        text: "短い時間に何度もお手続きがありました。",
        advice: "時間をおいて、もう一度お試しください。",
    },
    too_many_wait: |seconds| {
        let minutes = seconds.max(1).saturating_add(59).div_euclid(60);
        format!("{minutes}分ほど待ってから、もう一度お試しください。")
    },
    no_receipt: ProblemWords {
        title: "領収書が見つかりません",
        text: "まだ発行できる領収書がないか、新しい領収書に変わっています。",
        advice: "お支払い完了のメールが届いてから、もう一度お試しください。",
    },
    refused: ProblemWords {
        title: "この操作は受け付けられませんでした",
        text: "安全のため、ほかのサイトからの操作は受け付けていません。",
        advice: "最初のページから、もう一度お試しください。",
    },
    too_large: ProblemWords {
        title: "送られた内容が大きすぎます",
        text: "入力した文字が多すぎるため、受け取れませんでした。",
        advice: "前のページにもどり、短くしてお試しください。",
    },
    too_slow: ProblemWords {
        title: "時間がかかりすぎています",
        text: "混み合っているため、途中で止めました。",
        advice: "少し待ってから、もう一度お試しください。",
    },
    broken: ProblemWords {
        title: "ただいまご利用いただけません",
        text: "システムに問題が起きました。ご迷惑をおかけします。",
        advice: "少し待ってから、もう一度お試しください。続くときは、次の番号をお電話でお知らせください。",
    },
    reference: "お問い合わせ番号",
    register_again: "新規登録を最初から行う",
    mail_again: "もう一度メールを送る",
};
