//! What must hold of all rows whatever happened (`anchors.md` A4), each as one question that finds the rows
//! which break it. They go through whole tables: for the auditor, not for a page.

use crate::error::StoreError;
use crate::statement::Statement;
use crate::transaction::Reader;

/// No more rows that break a rule than this are told one by one.
pub const BROKEN_MAX: usize = 20;

/// One rule.
#[derive(Debug)]
pub struct Invariant {
    /// As `I7`, the number of the rule in the reference.
    pub number: &'static str,
    /// The rule in an accountant's words.
    pub in_japanese: &'static str,
    /// The rule for an engineer.
    pub in_english: &'static str,
    examined: &'static Statement,
    broken: &'static Statement,
}

/// What a rule found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// How many rows were looked at.
    pub examined: u64,
    /// The ids of rows that break the rule, [`BROKEN_MAX`] at most.
    pub broken: Vec<String>,
}

const CHARGES: Statement = Statement::new("invariants.charges", "SELECT count(*) FROM charges");
const ATTEMPTS: Statement = Statement::new("invariants.attempts", "SELECT count(*) FROM attempts");
const REFUNDS: Statement = Statement::new("invariants.refunds", "SELECT count(*) FROM refunds");
const POSTINGS: Statement = Statement::new("invariants.postings", "SELECT count(*) FROM postings");
const RECEIPTS: Statement = Statement::new("invariants.receipts", "SELECT count(*) FROM receipts");
const BILLS: Statement = Statement::new("invariants.bills", "SELECT count(*) FROM bills");
const EVIDENCE: Statement = Statement::new("invariants.evidence", "SELECT count(*) FROM evidence");
const ENTRIES: Statement = Statement::new("invariants.entries", "SELECT count(*) FROM entries");

const CAPTURED_FOR_TWO: Statement = Statement::new(
    "invariants.captured_for_two",
    "SELECT reference FROM charges WHERE reference IS NOT NULL
     GROUP BY reference HAVING count(*) > 1 ORDER BY reference LIMIT 20",
);
const KEPT_TOO_MUCH: Statement = Statement::new(
    "invariants.kept_too_much",
    "SELECT kept.entry_id
     FROM (SELECT entry_id, sum(amount - refunded) AS yen FROM charges WHERE reference IS NOT NULL
        GROUP BY entry_id) AS kept
     LEFT JOIN (SELECT entry, sum(amount_due) AS yen FROM bills WHERE entry IS NOT NULL AND state = 'billed'
        GROUP BY entry) AS due ON due.entry = kept.entry_id
     WHERE kept.yen > COALESCE(due.yen, 0)
        AND NOT EXISTS (SELECT 1 FROM refunds WHERE refunds.entry_id = kept.entry_id AND refunds.state <> 'done')
        AND NOT EXISTS (SELECT 1 FROM exceptions JOIN charges ON charges.id = exceptions.charge_id
            WHERE charges.entry_id = kept.entry_id)
     ORDER BY kept.entry_id LIMIT 20",
);
const SENT_WITHOUT_ATTEMPT: Statement = Statement::new(
    "invariants.sent_without_attempt",
    "SELECT charges.id FROM charges
     LEFT JOIN attempts ON attempts.charge_id = charges.id AND attempts.generation = charges.generation
     WHERE (charges.generation > 0 OR charges.reference IS NOT NULL) AND attempts.id IS NULL
     ORDER BY charges.id LIMIT 20",
);
const OTHER_AMOUNT_SENT: Statement = Statement::new(
    "invariants.other_amount_sent",
    "SELECT charges.id FROM charges
     JOIN attempts ON attempts.charge_id = charges.id AND attempts.generation = charges.generation
     WHERE charges.reference IS NOT NULL AND attempts.amount <> charges.amount
     ORDER BY charges.id LIMIT 20",
);
const OLD_WORD_MOVED: Statement = Statement::new(
    "invariants.old_word_moved",
    "SELECT DISTINCT evidence.charge_id FROM evidence
     JOIN attempts ON attempts.charge_id = evidence.charge_id
        AND attempts.generation > evidence.generation AND attempts.intended_at_ms <= evidence.seen_at_ms
     WHERE evidence.effect = 'moved' AND evidence.finding LIKE 'declined %'
     ORDER BY evidence.charge_id LIMIT 20",
);
const JOURNAL_DIFFERS: Statement = Statement::new(
    "invariants.journal_differs",
    "SELECT charges.id FROM charges
     LEFT JOIN (SELECT charge_id, sum(CASE WHEN kind = 'refund' THEN -amount ELSE amount END) AS yen FROM journal
        WHERE kind IN ('payment', 'refund', 'refund_failed') GROUP BY charge_id) AS booked
        ON booked.charge_id = charges.id
     WHERE COALESCE(booked.yen, 0)
        <> CASE WHEN charges.reference IS NULL THEN 0 ELSE charges.amount - charges.refunded END
     ORDER BY charges.id LIMIT 20",
);
const POSTING_NOT_BOOKED: Statement = Statement::new(
    "invariants.posting_not_booked",
    "SELECT postings.id FROM postings
     LEFT JOIN journal ON journal.kind = postings.kind AND journal.subject = postings.subject
     WHERE journal.id IS NULL OR journal.amount <> postings.amount
     ORDER BY postings.id LIMIT 20",
);
const REFUNDED_TOO_MUCH: Statement = Statement::new(
    "invariants.refunded_too_much",
    "SELECT charges.id FROM charges
     JOIN (SELECT charge_id, sum(amount) AS yen FROM refunds
        WHERE state IN ('intended', 'sent', 'unknown', 'pending', 'done') GROUP BY charge_id) AS back
        ON back.charge_id = charges.id
     WHERE back.yen > charges.amount OR charges.reference IS NULL
     ORDER BY charges.id LIMIT 20",
);
const RECEIPT_DIFFERS: Statement = Statement::new(
    "invariants.receipt_differs",
    "SELECT charges.id FROM charges
     LEFT JOIN (SELECT charge_id, count(*) AS papers, sum(amount) AS yen FROM receipts
        WHERE voided_at_ms IS NULL GROUP BY charge_id) AS valid ON valid.charge_id = charges.id
     WHERE COALESCE(valid.yen, 0)
        <> CASE WHEN charges.reference IS NULL THEN 0 ELSE charges.amount - charges.refunded END
        OR COALESCE(valid.papers, 0) > 1
     ORDER BY charges.id LIMIT 20",
);
const NOBODY_ENTERED: Statement = Statement::new(
    "invariants.nobody_entered",
    "SELECT charges.id FROM charges LEFT JOIN entries ON entries.id = charges.entry_id
     WHERE entries.id IS NULL OR entries.account <> charges.account_id
     ORDER BY charges.id LIMIT 20",
);
const BILL_LOST: Statement = Statement::new(
    "invariants.bill_lost",
    "SELECT bills.id FROM bills JOIN entries ON entries.id = bills.entry
     LEFT JOIN charges ON charges.entry_id = bills.entry
     WHERE bills.state = 'billed' AND bills.amount_due > bills.received AND entries.state = 'entered'
        AND charges.id IS NULL
     ORDER BY bills.id LIMIT 20",
);
const STANDS_STILL: Statement = Statement::new(
    "invariants.stands_still",
    "SELECT id FROM charges WHERE state IN ('scheduled', 'due', 'intended', 'sent', 'unknown')
        AND next_action_at_ms IS NULL
     ORDER BY id LIMIT 20",
);

/// Every rule, in the order of the reference.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        number: "I1",
        in_japanese: "決済会社の一つの売上は、一つの請求だけのものです",
        in_english: "one capture of the gateway pays for one charge",
        examined: &CHARGES,
        broken: &CAPTURED_FOR_TWO,
    },
    Invariant {
        number: "I1",
        in_japanese: "一回の受診から、請求書の合計を超えて受け取っていません（超えた分は返金の手続きか、担当者の確認に回っています）",
        in_english: "no visit's cards have paid more than its bills, unless a refund or exception exists",
        examined: &ENTRIES,
        broken: &KEPT_TOO_MUCH,
    },
    Invariant {
        number: "I2",
        in_japanese: "終わっていない請求には、次に行う時刻が決まっています",
        in_english: "every charge that has not ended knows when it acts next",
        examined: &CHARGES,
        broken: &STANDS_STILL,
    },
    Invariant {
        number: "I2",
        in_japanese: "後払いの受診の請求書で、請求に入っていないものはありません",
        in_english: "every bill of an entry has a charge",
        examined: &BILLS,
        broken: &BILL_LOST,
    },
    Invariant {
        number: "I3",
        in_japanese: "カードへの請求は、送る前に番号を付けて記録しています",
        in_english: "whatever was sent has its attempt with its key",
        examined: &ATTEMPTS,
        broken: &SENT_WITHOUT_ATTEMPT,
    },
    Invariant {
        number: "I6",
        in_japanese: "終わった請求についての古い知らせで、進行中の請求を動かしていません",
        in_english: "no word about an attempt that had ended has moved the one after it",
        examined: &EVIDENCE,
        broken: &OLD_WORD_MOVED,
    },
    Invariant {
        number: "I13",
        in_japanese: "カードに請求した額は、お知らせした請求の額と同じです",
        in_english: "the amount that was sent is the amount of the charge",
        examined: &ATTEMPTS,
        broken: &OTHER_AMOUNT_SENT,
    },
    Invariant {
        number: "I7",
        in_japanese: "仕訳帳の残高は、請求ごとの受取額と同じです",
        in_english: "what the journal booked on a charge is what the charge has kept",
        examined: &CHARGES,
        broken: &JOURNAL_DIFFERS,
    },
    Invariant {
        number: "I7",
        in_japanese: "病院の会計に知らせた入金と返金は、すべて仕訳帳にあります",
        in_english: "every posting is booked with its amount",
        examined: &POSTINGS,
        broken: &POSTING_NOT_BOOKED,
    },
    Invariant {
        number: "I9",
        in_japanese: "受け取った額を超えて返金していません",
        in_english: "refunds are at most what was taken",
        examined: &REFUNDS,
        broken: &REFUNDED_TOO_MUCH,
    },
    Invariant {
        number: "I11",
        in_japanese: "領収証は受け取った請求に一枚だけあり、額が同じです",
        in_english: "a valid receipt exists once for what is kept, with its amount",
        examined: &RECEIPTS,
        broken: &RECEIPT_DIFFERS,
    },
    Invariant {
        number: "I16",
        in_japanese: "後払いの受付をしていない方には請求していません",
        in_english: "every charge rests on an entry of the same account",
        examined: &CHARGES,
        broken: &NOBODY_ENTERED,
    },
];

/// Every statement of this module.
pub const ALL: &[&Statement] = &[
    &CHARGES,
    &ATTEMPTS,
    &REFUNDS,
    &POSTINGS,
    &RECEIPTS,
    &BILLS,
    &ENTRIES,
    &EVIDENCE,
    &CAPTURED_FOR_TWO,
    &KEPT_TOO_MUCH,
    &SENT_WITHOUT_ATTEMPT,
    &OTHER_AMOUNT_SENT,
    &OLD_WORD_MOVED,
    &JOURNAL_DIFFERS,
    &POSTING_NOT_BOOKED,
    &REFUNDED_TOO_MUCH,
    &RECEIPT_DIFFERS,
    &NOBODY_ENTERED,
    &BILL_LOST,
    &STANDS_STILL,
];

/// Asks all rows.
pub fn held(reader: &mut Reader<'_>, rule: &Invariant) -> Result<Held, StoreError> {
    let count = reader.query(rule.examined, &[])?;
    let examined = count.first().map_or(Ok(0), |row| row.int(0))?;
    let broken = reader.query(rule.broken, &[])?;
    let broken = broken.iter().map(|row| row.text(0).map(str::to_owned));
    Ok(Held {
        examined: u64::try_from(examined).unwrap_or(0),
        broken: broken.collect::<Result<_, _>>()?,
    })
}
