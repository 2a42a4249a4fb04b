//! The file in which a group of hospitals writes down who it is and what it has decided: TOML, one file
//! for each group. A key that is left out of a policy has the value of the FAQ; a key that is not known is
//! a fault, since a misspelt rule would silently not hold.

mod fault;
mod policy;
mod value;
mod walk;

pub use fault::{GroupFault, GroupFileFaults, GroupReason};

use domain::group::{Group, GroupSlug, Hospital};
use domain::policy::Policy;
use domain::time::Day;
use toml::de::{DeTable, DeValue};
use walk::{Part, Walk};

/// What a group file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupFile {
    /// The group.
    pub group: Group,
    /// Its hospitals, each with its policy and the day from which that holds.
    pub hospitals: Vec<(Hospital, Policy, Day)>,
}

/// Reads a group file. An institution code with a wrong check digit is taken; see
/// [`domain::group::institution_code_checks`].
///
/// # Errors
///
/// Every fault with its line and key, in the order of the lines.
pub fn read(text: &str) -> Result<GroupFile, GroupFileFaults> {
    let mut walk = Walk::new(text);
    let document = match DeTable::parse(text) {
        Ok(document) => document,
        Err(error) => {
            walk.syntax(&error);
            return Err(walk.into_faults());
        }
    };
    let root = Part::root(document.get_ref());
    walk.known_keys(&root, &["group", "hospital"]);
    let group = read_group(&mut walk, &root);
    let slug = group.as_ref().map(|group| group.slug.clone());
    let hospitals = read_hospitals(&mut walk, &root, slug.as_ref());
    match (group, hospitals) {
        (Some(group), Some(hospitals)) if walk.is_clean() => Ok(GroupFile { group, hospitals }),
        _ => Err(walk.into_faults()),
    }
}

fn read_group(walk: &mut Walk<'_>, root: &Part<'_, '_>) -> Option<Group> {
    let part = walk.part(root, "group");
    walk.known_keys(&part, &["slug", "name", "sender_domain", "terms_version"]);
    let slug = walk.required(&part, "slug", value::SLUG, value::slug);
    let name = walk.required(&part, "name", value::LINE, value::line);
    let sender_domain = walk.required(&part, "sender_domain", value::DOMAIN, value::mail_domain);
    let terms_version = walk.required(&part, "terms_version", value::LINE, value::line);
    Some(Group {
        slug: slug?,
        name: name?,
        sender_domain: sender_domain?,
        terms_version: terms_version?,
    })
}

fn read_hospitals(
    walk: &mut Walk<'_>,
    root: &Part<'_, '_>,
    group: Option<&GroupSlug>,
) -> Option<Vec<(Hospital, Policy, Day)>> {
    let parts = walk.parts(root, "hospital")?;
    let mut hospitals: Vec<(Hospital, Policy, Day)> = Vec::new();
    let mut all_read = true;
    for part in &parts {
        let Some(read) = read_hospital(walk, part, group) else {
            all_read = false;
            continue;
        };
        if hospitals.iter().any(|(other, ..)| other.code == read.0.code) {
            walk.fault(part, "code", GroupReason::CodeTwice { code: read.0.code.to_string() });
            all_read = false;
        }
        hospitals.push(read);
    }
    all_read.then_some(hospitals)
}

fn read_hospital(
    walk: &mut Walk<'_>,
    part: &Part<'_, '_>,
    group: Option<&GroupSlug>,
) -> Option<(Hospital, Policy, Day)> {
    const KEYS: &[&str] = &[
        "code",
        "name",
        "institution_code",
        "postal_code",
        "address",
        "phone",
        "phone_hours",
        "invoice_registration_number",
        "policy",
    ];
    walk.known_keys(part, KEYS);
    let code = walk.required(part, "code", value::CODE, value::hospital_code);
    let name = walk.required(part, "name", value::LINE, value::line);
    let institution_code =
        walk.required(part, "institution_code", "ten digits", |value| value::digits(value, 10));
    let postal_code =
        walk.required(part, "postal_code", "seven digits", |value| value::digits(value, 7));
    let address = walk.required(part, "address", value::LINE, value::line);
    let phone = walk.required(part, "phone", value::PHONE, value::phone);
    let phone_hours = walk.required(part, "phone_hours", value::LINE, value::line);
    let number = |value: &DeValue<'_>| value::invoice_number(value).map(Some);
    let invoice_registration_number =
        walk.or(part, "invoice_registration_number", "T and thirteen digits", number, None);
    let (policy, valid_from) = policy::read(walk, part);
    let hospital = Hospital {
        code: code?,
        group: group?.clone(),
        name: name?,
        institution_code: institution_code?,
        postal_code: postal_code?,
        address: address?,
        phone: phone?,
        phone_hours: phone_hours?,
        invoice_registration_number: invoice_registration_number?,
    };
    Some((hospital, policy?, valid_from?))
}
