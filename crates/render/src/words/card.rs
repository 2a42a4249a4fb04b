//! Words of the card step and of the end of a registration.

use crate::format;
use domain::card::Funding;
use domain::time::Moment;

/// Why a card is not taken, as far as the page tells it apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardRefusal {
    /// Debit, prepaid, or of a kind that is not taken (FAQ Q13).
    Kind,
    /// The cardholder was not authenticated.
    NotAuthenticated,
    /// The card company refused, without a reason that we may tell.
    Declined,
    /// Its last month is over.
    Expired,
}

/// What the card step says.
pub struct CardWords {
    pub title: &'static str,
    pub lead: &'static str,
    pub leaving: fn(&str) -> String,
    pub points: &'static [&'static str],
    pub not_usable: &'static str,
    /// A kind of card, as the poster names it.
    pub kind: fn(Funding) -> &'static str,
    pub button: &'static str,
    pub not_finished: &'static str,
    pub away_title: &'static str,
    pub away: &'static str,
    pub look_again: &'static str,
    pub refused_title: &'static str,
    pub refused: fn(CardRefusal) -> &'static str,
    pub refused_kept: &'static str,
    pub another: &'static str,
    pub change: ChangeWords,
    pub done: DoneWords,
}

/// What the page of an account says on which another card is saved.
pub struct ChangeWords {
    /// Leads there.
    pub to_change: &'static str,
    pub title: &'static str,
    pub now: &'static str,
    pub saved: &'static str,
    pub not_finished: &'static str,
    pub stays: &'static str,
    pub gateway: fn(&str) -> String,
    pub points: &'static [&'static str],
}

/// What the last page says.
pub struct DoneWords {
    pub title: &'static str,
    pub user_id: &'static str,
    pub user_id_note: &'static str,
    pub mailed: &'static str,
    pub usable_from: &'static str,
    pub from: fn(Moment) -> String,
    pub on_the_day: &'static str,
    pub steps: &'static [&'static str],
    pub reception: &'static str,
    pub cash: &'static str,
    pub keep: &'static str,
    pub sign_in: &'static str,
}

/// Japanese.
pub(super) const JA: CardWords = CardWords {
    title: "カードの登録",
    lead: "ここから先は、カード会社の安全なページで入力します。",
    leaving: |gateway| {
        format!("次のページは「{gateway}」のページです。登録が終わると、このサービスにもどります。")
    },
    points: &[
        "カード番号は、病院にもこのサービスにも保存されません。",
        "カード会社の本人認証(3Dセキュア)の画面が出ることがあります。画面の案内にそって進めてください。",
        "登録の手続きで、お金が引き落とされることはありません。",
    ],
    not_usable: "デビットカードとプリペイドカード(チャージ型)は使えません。クレジットカードをご用意ください。",
    kind: |funding| match funding {
        Funding::Credit => "クレジットカード",
        Funding::Debit => "デビットカード",
        Funding::Prepaid => "プリペイドカード(チャージ型)",
        Funding::Unknown => "種類を確認できないカード",
    },
    button: "カード会社のページへ進む",
    not_finished: "カードの登録がまだ終わっていません。もう一度お進みください。",
    away_title: "カード会社の返事を待っています",
    away: "カード会社から、まだ返事がありません。入力した内容は残っています。少し待ってから、もう一度お確かめください。",
    look_again: "もう一度確かめる",
    refused_title: "このカードは登録できませんでした",
    refused: |refusal| match refusal {
        CardRefusal::Kind => {
            "デビットカードやプリペイドカードは使えません。クレジットカードで、もう一度お試しください。"
        }
        CardRefusal::NotAuthenticated => {
            "カード会社の本人認証が完了しませんでした。もう一度お試しいただくか、別のクレジットカードをお使いください。"
        }
        CardRefusal::Declined => {
            "カード会社の確認がとれませんでした。理由はカード会社からお知らせされないことがあります。別のクレジットカードで、もう一度お試しください。"
        }
        CardRefusal::Expired => {
            "カードの有効期限が切れています。別のクレジットカードで、もう一度お試しください。"
        }
    },
    refused_kept: "入力した内容は残っています。最初からやりなおす必要はありません。",
    another: "別のカードを登録する",
    change: ChangeWords {
        to_change: "カードを変更する",
        title: "カードの変更",
        now: "いまのカード",
        saved: "カードを変更しました。これからのお支払いには、このカードを使います。",
        not_finished: "カードは変更されていません。もう一度お進みください。",
        stays: "カードは変更されていません。いままでのカードを、そのまま使います。",
        gateway: |gateway| {
            format!(
                "次のページは「{gateway}」のページです。手続きが終わると、このサービスにもどります。"
            )
        },
        points: &[
            "カード番号は、病院にもこのサービスにも保存されません。",
            "カード会社の本人認証(3Dセキュア)の画面が出ることがあります。画面の案内にそって進めてください。",
            "これからのお支払いは、新しいカードで行います。手続き中のお支払いには、いままでのカードを使うことがあります。",
        ],
    },
    done: DoneWords {
        title: "登録が完了しました",
        user_id: "ユーザーID",
        user_id_note: "診察券の番号ではありません。大文字と小文字を区別します。",
        mailed: "同じ内容を、次のアドレスにメールでもお送りしました。",
        usable_from: "ご利用開始",
        from: |moment| format!("{}から", format::moment(moment)),
        on_the_day: "受診の日にすること",
        steps: &[
            "受付窓口または自動再来受付機で、診療の受付をします。",
            "後払い受付機に診察券を通し、「後払い利用票」を受け取ります。",
            "診察のあと、利用票と受付ファイルを計算窓口へ出して、お帰りください。",
        ],
        reception: "後払い受付機を通しただけでは、診療の受付になりません。受付を先にお願いします。",
        cash: "その日に現金で払いたいときは、後払い受付機を使わず、診察のあとに会計窓口へお申し出ください。",
        keep: "このページは、印刷して保管できます。パスワードは表示していません。",
        sign_in: "ログインする",
    },
};
