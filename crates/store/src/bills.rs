//! The tables `bills` and `bill_revisions`: what hospitals ask for. A bill's row says how it stands; each
//! thing that the hospital ever said of it is a revision, which is never changed.

mod put;

pub use put::{BillRow, Revision, add_revisions, put};

use std::collections::HashMap;

use domain::bill::{BillKey, BillState, SlipNumber};
use domain::entry::CareSetting;
use domain::group::HospitalCode;
use domain::id::{BillId, EntryId};
use domain::patient::PatientNumber;
use domain::time::{Day, Moment};
use domain::yen::Yen;

use crate::columns;
use crate::entries::{Visit, setting};
use crate::error::StoreError;
use crate::keyring::Keyring;
use crate::many::{CHUNK, as_json, for_each_given};
use crate::sealing::Place;
use crate::statement::{Row, Statement, Value};
use crate::transaction::{Reader, Tx};

/// A bill of an entry, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrentBill {
    /// Which bill.
    pub bill: BillId,
    /// Its newest revision, counted by us from 1.
    pub revision: i64,
    /// What the visit costs, whatever has been received; nothing for a cancelled bill.
    pub due: Yen,
    /// What the hospital says it has received, also what we posted back.
    pub received: Yen,
    /// Whether it is still asked for.
    pub state: BillState,
    /// On the slip.
    pub slip_number: SlipNumber,
    /// First day of service.
    pub service_day: Day,
}

/// What is known of a bill before a file is taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownBill {
    /// Which bill.
    pub bill: BillId,
    /// Its newest revision, counted by us from 1.
    pub revision: i64,
    /// The hospital's own count.
    pub hospital_revision: i64,
    /// Keyed digest of what that revision says.
    pub content_digest: String,
    /// The entry that it belongs to.
    pub entry: Option<EntryId>,
}

/// A bill that belongs to no entry: the cashier's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LooseBill {
    /// Which bill.
    pub bill: BillId,
    /// Outpatient or inpatient.
    pub setting: CareSetting,
    /// On the slip.
    pub slip_number: SlipNumber,
    /// Whose.
    pub patient_number: PatientNumber,
    /// First day of service.
    pub service_day: Day,
    /// What is still to be paid.
    pub outstanding: Yen,
    /// When it came.
    pub received_at: Moment,
}

const BY_KEYS: Statement = for_each_given!(
    "bills.by_keys",
    "SELECT bills.id, bills.setting, bills.year, bills.slip_number, bills.revision, bills.hospital_revision,
            bills.content_digest, bills.entry FROM ",
    join "bills ON bills.hospital = $2 AND bills.setting = given.value ->> 0
         AND bills.year = CAST(given.value ->> 1 AS BIGINT) AND bills.slip_number = given.value ->> 2"
);
const ATTACH: Statement = Statement::new(
    "bills.attach",
    "UPDATE bills SET entry = $5
     WHERE hospital = $1 AND service_day = $2 AND patient_number_blind = $3 AND setting = $4 AND entry IS NULL",
);
const CURRENT_OF_ENTRY: Statement = Statement::new(
    "bills.current_of_entry",
    "SELECT id, revision, amount_due, state, slip_number, service_day, received FROM bills
     WHERE entry = $1 ORDER BY id",
);
const CURRENT_OF_ENTRIES: Statement = for_each_given!(
    "bills.current_of_entries",
    "SELECT bills.id, bills.revision, bills.amount_due, bills.state, bills.slip_number, bills.service_day,
            bills.received, bills.entry FROM ",
    join "bills ON bills.entry = given.value ->> 0 ORDER BY bills.id"
);
const SLIPS_OF_CHARGES: Statement = Statement::new(
    "bills.slips_of_charges",
    "SELECT charge_bills.charge_id, bills.slip_number FROM charge_bills
     JOIN bills ON bills.id = charge_bills.bill_id ORDER BY charge_bills.charge_id, bills.slip_number",
);
const WITHOUT_ENTRY: Statement = Statement::new(
    "bills.without_entry",
    "SELECT id, setting, slip_number, patient_number_sealed, service_day, amount_due - received, received_at_ms FROM bills
     WHERE hospital = $1 AND entry IS NULL AND state = 'billed' AND amount_due > received
     ORDER BY service_day DESC, id DESC LIMIT $2",
);
const DIGESTS: Statement = for_each_given!(
    "bills.digests",
    "SELECT bill_revisions.bill, bill_revisions.content_digest FROM ",
    join "bill_revisions ON bill_revisions.bill = given.value ->> 0"
);
const CONTENT: Statement = Statement::new(
    "bills.content",
    "SELECT content_sealed FROM bill_revisions WHERE bill = $1 AND revision = $2",
);

/// Every statement of this module.
pub const ALL: &[&Statement] = &[
    &BY_KEYS,
    &ATTACH,
    &CURRENT_OF_ENTRY,
    &CURRENT_OF_ENTRIES,
    &SLIPS_OF_CHARGES,
    &WITHOUT_ENTRY,
    &DIGESTS,
    &CONTENT,
    &put::INSERT,
    &put::CHANGE,
    &put::INSERT_REVISIONS,
];

/// The keyed digest by which two contents are known to be the same. Not a plain hash: amounts and days
/// could be guessed from one.
#[must_use]
pub fn content_digest(keyring: &Keyring, canonical_json: &str) -> String {
    keyring.blind("bill_revisions.content", canonical_json)
}

/// Seals what a revision says, for its row.
pub fn seal_content(
    keyring: &Keyring,
    bill: BillId,
    revision: i64,
    canonical_json: &str,
) -> Result<String, StoreError> {
    keyring.seal(
        &Place::new("bill_revisions", "content", &content_row(bill, revision)),
        canonical_json,
    )
}

/// Seals a bill's patient number, for its row.
pub fn seal_patient_number(
    keyring: &Keyring,
    bill: BillId,
    number: &PatientNumber,
) -> Result<String, StoreError> {
    keyring.seal(&Place::new("bills", "patient_number", &bill.to_string()), number.as_str())
}

/// Of many bills, those that are known.
pub fn by_keys(
    reader: &mut Reader<'_>,
    hospital: &HospitalCode,
    keys: &[&BillKey],
) -> Result<HashMap<BillKey, KnownBill>, StoreError> {
    let mut known = HashMap::with_capacity(keys.len());
    for keys in keys.chunks(CHUNK) {
        let given: Vec<_> = keys
            .iter()
            .map(|key| (key.setting.as_str(), key.year, key.slip_number.as_str()))
            .collect();
        let rows =
            reader.query(&BY_KEYS, &[(&as_json(&given)?).into(), hospital.as_str().into()])?;
        for row in &rows {
            let key = BillKey {
                hospital: hospital.clone(),
                setting: setting(row, 1)?,
                slip_number: slip_number(row, 3)?,
                year: i16::try_from(row.int(2)?).map_err(|_range| row.corrupt(2, "no year"))?,
            };
            let bill = KnownBill {
                bill: columns::id(row, 0)?,
                revision: row.int(4)?,
                hospital_revision: row.int(5)?,
                content_digest: row.text(6)?.to_owned(),
                entry: columns::opt_id(row, 7)?,
            };
            known.insert(key, bill);
        }
    }
    Ok(known)
}

/// Of bills, the digests of everything that was ever said of them.
pub fn digests(
    reader: &mut Reader<'_>,
    bills: &[BillId],
) -> Result<HashMap<BillId, Vec<String>>, StoreError> {
    let mut digests: HashMap<BillId, Vec<String>> = HashMap::with_capacity(bills.len());
    for bills in bills.chunks(CHUNK) {
        let given: Vec<_> = bills.iter().map(|bill| (bill.to_string(),)).collect();
        for row in &reader.query(&DIGESTS, &[(&as_json(&given)?).into()])? {
            digests.entry(columns::id(row, 0)?).or_default().push(row.text(1)?.to_owned());
        }
    }
    Ok(digests)
}

/// Gives bills that came before their entry to it. Returns how many.
pub fn attach(
    tx: &mut Tx<'_>,
    hospital: &HospitalCode,
    visit: &Visit,
    entry: EntryId,
) -> Result<u64, StoreError> {
    let (day, entry) = (visit.day.to_string(), entry.to_string());
    let values: [Value<'_>; 5] = [
        hospital.as_str().into(),
        (&day).into(),
        (&visit.patient_number_blind).into(),
        visit.setting.as_str().into(),
        (&entry).into(),
    ];
    tx.execute(&ATTACH, &values)
}

/// The bills of an entry as they stand now, cancelled ones too.
pub fn current_of_entry(
    reader: &mut Reader<'_>,
    entry: EntryId,
) -> Result<Vec<CurrentBill>, StoreError> {
    let rows = reader.query(&CURRENT_OF_ENTRY, &[(&entry.to_string()).into()])?;
    rows.iter().map(current).collect()
}

/// The same for many entries. An entry without a bill is not among them.
pub fn current_of_entries(
    reader: &mut Reader<'_>,
    entries: &[EntryId],
) -> Result<HashMap<EntryId, Vec<CurrentBill>>, StoreError> {
    let mut bills: HashMap<EntryId, Vec<CurrentBill>> = HashMap::with_capacity(entries.len());
    for entries in entries.chunks(CHUNK) {
        let given: Vec<_> = entries.iter().map(|entry| (entry.to_string(),)).collect();
        for row in &reader.query(&CURRENT_OF_ENTRIES, &[(&as_json(&given)?).into()])? {
            bills.entry(columns::id(row, 7)?).or_default().push(current(row)?);
        }
    }
    Ok(bills)
}

fn current(row: &Row) -> Result<CurrentBill, StoreError> {
    Ok(CurrentBill {
        bill: columns::id(row, 0)?,
        revision: row.int(1)?,
        due: columns::yen(row, 2)?,
        state: columns::word(row, 3, BillState::parse, "state of a bill")?,
        slip_number: slip_number(row, 4)?,
        service_day: columns::day(row, 5)?,
        received: columns::yen(row, 6)?,
    })
}

/// Which slips each charge pays for, over all charges: for exports.
pub fn slips_of_charges(reader: &mut Reader<'_>) -> Result<Vec<(String, String)>, StoreError> {
    let rows = reader.query(&SLIPS_OF_CHARGES, &[])?;
    rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned()))).collect()
}

/// Bills that belong to no entry and are still to be paid, the newest visit first.
pub fn without_entry(
    reader: &mut Reader<'_>,
    hospital: &HospitalCode,
    limit: i64,
) -> Result<Vec<LooseBill>, StoreError> {
    let rows = reader.query(&WITHOUT_ENTRY, &[hospital.as_str().into(), limit.into()])?;
    rows.iter()
        .map(|row| {
            let place = Place::new("bills", "patient_number", row.text(0)?);
            let number = reader.keyring().open(&place, row.text(3)?)?;
            Ok(LooseBill {
                bill: columns::id(row, 0)?,
                setting: setting(row, 1)?,
                slip_number: slip_number(row, 2)?,
                patient_number: PatientNumber::from_stored(number),
                service_day: columns::day(row, 4)?,
                outstanding: columns::yen(row, 5)?,
                received_at: columns::moment(row, 6)?,
            })
        })
        .collect()
}

/// What a revision says, as the JSON text that `exchange::bill_json` made and reads.
pub fn content(
    reader: &mut Reader<'_>,
    bill: BillId,
    revision: i64,
) -> Result<Option<String>, StoreError> {
    let row = reader.query_opt(&CONTENT, &[(&bill.to_string()).into(), revision.into()])?;
    row.map(|row| {
        let at = content_row(bill, revision);
        reader.keyring().open(&Place::new("bill_revisions", "content", &at), row.text(0)?)
    })
    .transpose()
}

fn content_row(bill: BillId, revision: i64) -> String {
    format!("{bill}/{revision}")
}

fn slip_number(row: &Row, column: usize) -> Result<SlipNumber, StoreError> {
    columns::word(row, column, SlipNumber::parse, "slip number")
}
