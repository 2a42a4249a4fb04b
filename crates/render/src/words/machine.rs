//! Words of the kiosk's screens. They are read standing, at arm's length, by people who are ill: one
//! instruction first, in large type, and nothing on the screen that a neighbour may not read.

/// A screen that refuses: what is, and what to do.
pub struct RefusalWords {
    pub title: &'static str,
    pub advice: &'static str,
}

/// What the kiosk says.
pub struct MachineWords {
    /// What the machine is, as on its sign.
    pub name: &'static str,
    pub hours: &'static str,
    /// At the foot of each screen.
    pub help: &'static str,
    /// Label of the field into which the reader types; only screen readers hear it.
    pub card_field: &'static str,
    /// Label of the button that goes back to the first screen.
    pub done: &'static str,

    pub idle: &'static str,
    pub idle_who: &'static str,
    /// On the drawn card.
    pub drawn_card: &'static str,
    /// On the drawn sign over the desk.
    pub drawn_desk: &'static str,
    pub busy: &'static str,
    pub typed: &'static str,
    pub typed_advice: &'static str,

    pub accepted: &'static str,
    pub reprinted: &'static str,
    pub take_slip: &'static str,
    pub hand_in: &'static str,
    pub reception: &'static str,
    pub entry_number: &'static str,
    /// The day of the charge.
    pub charged_on: fn(&str) -> String,
    /// The year of the tax deduction.
    pub tax_year: fn(i16) -> String,
    /// The same, where the charge falls into the year after the visit's.
    pub next_tax_year: fn(i16) -> String,
    pub by_hand: &'static str,

    pub again: &'static str,
    pub again_question: &'static str,
    pub print_again: &'static str,
    pub no_paper: &'static str,
    pub no_paper_advice: &'static str,

    pub pending: &'static str,
    pub pending_from: fn(&str) -> String,
    pub not_found: RefusalWords,
    pub ask_desk: RefusalWords,
    pub not_a_card: RefusalWords,
    pub closed: &'static str,
    pub opens: fn(&str) -> String,
    pub opens_unknown: &'static str,
    pub fault: RefusalWords,
    pub fault_reference: &'static str,
    pub code: &'static str,

    pub enrol: EnrolWords,
}

/// What staff read at a machine that is not known yet.
pub struct EnrolWords {
    pub title: &'static str,
    pub lead: &'static str,
    pub field: &'static str,
    pub field_hint: &'static str,
    pub button: &'static str,
    pub missing: &'static str,
    pub wrong: &'static str,
    pub too_many: &'static str,
    /// The machine's name.
    pub wrong_kind: fn(&str) -> String,
    pub wrong_kind_advice: &'static str,
    pub patients: &'static str,
}

/// Japanese.
pub(super) const JA: MachineWords = MachineWords {
    name: "後払い受付機",
    hours: "ご利用時間",
    help: "お困りのときは、近くの係員にお声がけください。",
    card_field: "診察券の読み取り",
    done: "終わる",

    idle: "診察券を通してください",
    idle_who: "※診療の受付がお済みの方",
    drawn_card: "診察券",
    drawn_desk: "窓口",
    busy: "確認しています",
    typed: "診察券を通してください",
    typed_advice: "番号の入力では、受付できません。",

    accepted: "受付しました",
    reprinted: "印刷しました",
    take_slip: "後払い利用票をお取りください",
    hand_in: "診察のあと、受付ファイルと一緒に計算窓口へお出しください",
    reception: "診療の受付は、別に必要です。まだの方は、受付窓口か自動再来受付機へお越しください。",
    entry_number: "受付番号",
    charged_on: |day| format!("本日の医療費は、{day}ごろに登録カードでお支払いいただきます。"),
    tax_year: |year| format!("領収書の日付もその日です。医療費控除では{year}年分です。"),
    next_tax_year: |year| {
        format!("お支払いは年明けです。領収書の日付と医療費控除は{year}年分です。")
    },
    by_hand: "利用票を開いて印刷する",

    again: "本日はすでに受付しています",
    again_question: "利用票をもう一度印刷しますか",
    print_again: "もう一度印刷する",
    no_paper: "利用票を印刷できませんでした",
    no_paper_advice: "受付は済んでいます。係員をお呼びください。",

    pending: "登録の手続き中です",
    pending_from: |moment| format!("{moment}からご利用いただけます。"),
    not_found: RefusalWords {
        title: "登録を確認できませんでした",
        advice: "登録完了メールをご確認いただくか、窓口へお越しください。",
    },
    ask_desk: RefusalWords {
        title: "窓口へお越しください",
        advice: "お手数ですが、窓口で係員が確認いたします。",
    },
    not_a_card: RefusalWords {
        title: "診察券を読み取れませんでした",
        advice: "この病院の診察券を、もう一度通してください。",
    },
    closed: "ただいまの時間は利用できません",
    opens: |moment| format!("{moment}からご利用いただけます。"),
    opens_unknown: "次にご利用いただける日は、窓口でおたずねください。",
    fault: RefusalWords {
        title: "機械の不具合です", advice: "係員をお呼びください。"
    },
    fault_reference: "係員の方へ: 次の番号で記録を調べられます。",
    code: "窓口でこの文字をお伝えください",

    enrol: EnrolWords {
        title: "この機械を登録します",
        lead: "管理者が発行した登録コード(英字8文字)を入力してください。",
        field: "登録コード",
        field_hint: "例: ACDE-FGHJ 発行から10分間、1回だけ使えます。",
        button: "登録する",
        missing: "登録コードを入力してください。",
        wrong: "このコードは使えません。文字をご確認ください。10分を過ぎたものと、一度使ったものは使えません。",
        too_many: "何度も入力がありました。10分ほど待ってから、もう一度お試しください。",
        wrong_kind: |name| {
            format!(
                "「{name}」は、領収書発行機として登録されています。この画面は後払い受付機のものです。"
            )
        },
        wrong_kind_advice: "後払い受付機として使うときは、管理者に新しい登録コードを発行してもらい、ここで登録しなおしてください。",
        patients: "患者さんへ: この機械は準備中です。窓口へお越しください。",
    },
};
