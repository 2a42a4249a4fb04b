//! The tables `hospital_groups`, `hospitals` and `policies`: who runs the service, and under which
//! conditions from which day on.
//!
//! A policy is kept as the text that `exchange` makes of it; this crate does not look inside. Whoever
//! wants a policy as a value asks `app::policy::in_force`.

use domain::group::{Group, GroupSlug, Hospital, HospitalCode};
use domain::time::Day;

use crate::columns;
use crate::error::StoreError;
use crate::statement::{Row, Statement, Value};
use crate::transaction::{Reader, Tx};

const GROUP: Statement = Statement::new(
    "groups.by_slug",
    "SELECT slug, name, sender_domain, terms_version FROM hospital_groups WHERE slug = $1",
);
const GROUPS: Statement = Statement::new(
    "groups.all",
    "SELECT slug, name, sender_domain, terms_version FROM hospital_groups",
);
const HOSPITAL: Statement = Statement::new(
    "groups.hospital",
    "SELECT code, hospital_group, name, institution_code, postal_code, address, phone, phone_hours,
            invoice_registration_number
     FROM hospitals WHERE code = $1",
);
const HOSPITALS: Statement = Statement::new(
    "groups.hospitals_of",
    "SELECT code, hospital_group, name, institution_code, postal_code, address, phone, phone_hours,
            invoice_registration_number
     FROM hospitals WHERE hospital_group = $1 ORDER BY position, code",
);
const POLICY: Statement = Statement::new(
    "groups.policy_json_in_force",
    "SELECT content FROM policies WHERE hospital = $1 AND valid_from <= $2 ORDER BY valid_from DESC LIMIT 1",
);
const SAVE_GROUP: Statement = Statement::new(
    "groups.save_group",
    "INSERT INTO hospital_groups (slug, name, sender_domain, terms_version) VALUES ($1, $2, $3, $4)
     ON CONFLICT (slug) DO UPDATE SET name = excluded.name, sender_domain = excluded.sender_domain,
         terms_version = excluded.terms_version",
);
// A hospital never moves to another group: its patients registered with the group that they saw.
const SAVE_HOSPITAL: Statement = Statement::new(
    "groups.save_hospital",
    "INSERT INTO hospitals (code, hospital_group, name, institution_code, postal_code, address, phone,
                            phone_hours, invoice_registration_number, position)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     ON CONFLICT (code) DO UPDATE SET name = excluded.name, position = excluded.position, institution_code = excluded.institution_code,
         postal_code = excluded.postal_code, address = excluded.address, phone = excluded.phone,
         phone_hours = excluded.phone_hours, invoice_registration_number = excluded.invoice_registration_number
     WHERE hospitals.hospital_group = excluded.hospital_group",
);
const SAVE_POLICY: Statement = Statement::new(
    "groups.save_policy",
    "INSERT INTO policies (hospital, valid_from, content) VALUES ($1, $2, $3)
     ON CONFLICT (hospital, valid_from) DO UPDATE SET content = excluded.content",
);

/// Every statement of this module.
pub const ALL: &[&Statement] =
    &[&GROUP, &GROUPS, &HOSPITAL, &HOSPITALS, &POLICY, &SAVE_GROUP, &SAVE_HOSPITAL, &SAVE_POLICY];

/// The group of an address.
pub fn by_slug(reader: &mut Reader<'_>, slug: &GroupSlug) -> Result<Option<Group>, StoreError> {
    reader.query_opt(&GROUP, &[slug.as_str().into()])?.as_ref().map(group).transpose()
}

/// Every group, by slug.
pub fn all_groups(reader: &mut Reader<'_>) -> Result<Vec<Group>, StoreError> {
    let rows = reader.query(&GROUPS, &[])?;
    let mut groups = rows.iter().map(group).collect::<Result<Vec<_>, _>>()?;
    groups.sort_by(|one, other| one.slug.cmp(&other.slug));
    Ok(groups)
}

/// The hospitals of a group, in the order in which its file names them.
pub fn hospitals_of(
    reader: &mut Reader<'_>,
    group: &GroupSlug,
) -> Result<Vec<Hospital>, StoreError> {
    let rows = reader.query(&HOSPITALS, &[group.as_str().into()])?;
    rows.iter().map(hospital_in).collect()
}

/// One hospital.
pub fn hospital(
    reader: &mut Reader<'_>,
    code: &HospitalCode,
) -> Result<Option<Hospital>, StoreError> {
    reader.query_opt(&HOSPITAL, &[code.as_str().into()])?.as_ref().map(hospital_in).transpose()
}

/// The text of the policy that is in force on a day, if the hospital had one by then.
///
/// As a value: `app::policy::in_force`, which is what callers above this crate want.
pub fn policy_json_in_force(
    reader: &mut Reader<'_>,
    hospital: &HospitalCode,
    day: Day,
) -> Result<Option<String>, StoreError> {
    let row = reader.query_opt(&POLICY, &[hospital.as_str().into(), (&day.to_string()).into()])?;
    row.map(|row| row.text(0).map(str::to_owned)).transpose()
}

/// Writes a group, new or changed.
pub fn save_group(tx: &mut Tx<'_>, group: &Group) -> Result<(), StoreError> {
    let values: [Value<'_>; 4] = [
        group.slug.as_str().into(),
        (&group.name).into(),
        (&group.sender_domain).into(),
        (&group.terms_version).into(),
    ];
    tx.execute_one(&SAVE_GROUP, &values)
}

/// Writes a hospital, new or changed, at its place among those of its group; its group must be there.
///
/// # Errors
///
/// [`StoreError::RowCount`] when the code is another group's hospital.
pub fn save_hospital(
    tx: &mut Tx<'_>,
    hospital: &Hospital,
    position: i64,
) -> Result<(), StoreError> {
    let values: [Value<'_>; 10] = [
        hospital.code.as_str().into(),
        hospital.group.as_str().into(),
        (&hospital.name).into(),
        (&hospital.institution_code).into(),
        (&hospital.postal_code).into(),
        (&hospital.address).into(),
        (&hospital.phone).into(),
        (&hospital.phone_hours).into(),
        hospital.invoice_registration_number.as_deref().into(),
        position.into(),
    ];
    tx.execute_one(&SAVE_HOSPITAL, &values)
}

/// Writes the policy that is in force from a day on, as the text that `exchange` made of it.
pub fn save_policy(
    tx: &mut Tx<'_>,
    hospital: &HospitalCode,
    valid_from: Day,
    policy_json: &str,
) -> Result<(), StoreError> {
    let valid_from = valid_from.to_string();
    let values: [Value<'_>; 3] =
        [hospital.as_str().into(), (&valid_from).into(), policy_json.into()];
    tx.execute_one(&SAVE_POLICY, &values)
}

fn group(row: &Row) -> Result<Group, StoreError> {
    Ok(Group {
        slug: columns::group(row, 0)?,
        name: row.text(1)?.to_owned(),
        sender_domain: row.text(2)?.to_owned(),
        terms_version: row.text(3)?.to_owned(),
    })
}

fn hospital_in(row: &Row) -> Result<Hospital, StoreError> {
    Ok(Hospital {
        code: columns::hospital(row, 0)?,
        group: columns::group(row, 1)?,
        name: row.text(2)?.to_owned(),
        institution_code: row.text(3)?.to_owned(),
        postal_code: row.text(4)?.to_owned(),
        address: row.text(5)?.to_owned(),
        phone: row.text(6)?.to_owned(),
        phone_hours: row.text(7)?.to_owned(),
        invoice_registration_number: row.opt_text(8)?.map(str::to_owned),
    })
}
