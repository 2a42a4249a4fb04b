//! What every movement of money leaves behind, in its own transaction: a posting for the hospital's accounting,
//! and an entry of the journal.

use crate::AppError;
use crate::charge::Means;
use domain::id::JournalEntryId;
use domain::journal::{JournalEntry, JournalKind};
use domain::posting::Posting;
use store::Tx;

/// Promises the posting and books it, once for each kind and subject.
pub(crate) fn post(tx: &mut Tx<'_>, means: Means<'_>, posting: &Posting) -> Result<(), AppError> {
    if !store::postings::promise(tx, posting)? {
        return Ok(());
    }
    let id: JournalEntryId = means.ids.id(means.now);
    let kind = JournalKind::of_posting(posting.kind);
    let (debit, credit) = kind.sides();
    let entry = JournalEntry {
        id,
        hospital: Some(posting.hospital.clone()),
        kind,
        subject: posting.subject.clone(),
        charge: Some(posting.charge),
        debit,
        credit,
        amount: posting.amount,
        booked_on: posting.posted_on,
        recorded_at: means.now,
    };
    store::journal::book(tx, &entry)?;
    Ok(())
}
