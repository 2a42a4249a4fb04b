//! The form, and the page on which it is checked.

use super::super::Portal;
use super::{ask_desk, no_session};
use crate::error::while_doing;
use crate::form::{Asked, Fields};
use crate::session::{Cookie, Cookies};
use crate::{Reply, Web, page};
use app::register::{self, Draft, FieldFault, FilledIn, FormPage, FormTyped};
use axum::extract::State;
use axum::http::StatusCode;
use domain::account::{OtherPatient, OwnDetails};
use domain::mail_address::MailAddress;
use domain::patient::BirthDate;
use render::pages::portal::{CheckPage, DetailsPage, DetailsTyped, Fault, Field, PatientTyped};
use render::words::JA;

/// `GET /{group}/new/form`
pub async fn form(State(web): State<Web>, portal: Portal, cookies: Cookies) -> Reply {
    let Some(token) = cookies.get(Cookie::Registration) else { return no_session(&portal) };
    let found = register::form(&web.app, token).await.map_err(while_doing("show the form"))?;
    match found {
        FormPage::NoSession => no_session(&portal),
        FormPage::AlreadyCompleted(_) => Ok(page::go_to(&portal.at("new/done"))),
        FormPage::AskDesk(hospitals) => ask_desk(&portal, &hospitals),
        FormPage::Form { front, mail: _, draft } => {
            if front.group.slug != *portal.slug() {
                return no_session(&portal);
            }
            let typed = draft.map(|draft| as_typed(&draft)).unwrap_or_default();
            let view =
                DetailsPage { words: &JA, frame: portal.frame(), typed, mistakes: Vec::new() };
            page::show(StatusCode::OK, &view)
        }
    }
}

/// `POST /{group}/new/form`
pub async fn fill_in(
    State(web): State<Web>,
    portal: Portal,
    cookies: Cookies,
    fields: Fields,
) -> Reply {
    let Some(token) = cookies.get(Cookie::Registration) else { return no_session(&portal) };
    let outcome = register::fill_in(&web.app, token, &form_typed(&fields)).await;
    match outcome.map_err(while_doing("take the form"))? {
        FilledIn::NoSession => no_session(&portal),
        FilledIn::AlreadyCompleted(_) => Ok(page::go_to(&portal.at("new/done"))),
        FilledIn::AskDesk(hospitals) => ask_desk(&portal, &hospitals),
        FilledIn::CardNext { edge_blanks: false } => Ok(page::go_to(&portal.at("new/check"))),
        FilledIn::CardNext { edge_blanks: true } => {
            Ok(page::go_to(&portal.at("new/check?blanks=yes")))
        }
        FilledIn::Mistakes(mistakes) => {
            let mistakes =
                mistakes.into_iter().map(|(field, why)| (at(field), fault(why))).collect();
            let view = DetailsPage {
                words: &JA,
                frame: portal.frame(),
                typed: typed_again(&fields),
                mistakes,
            };
            page::show(StatusCode::UNPROCESSABLE_ENTITY, &view)
        }
    }
}

/// `GET /{group}/new/check`
pub async fn check(
    State(web): State<Web>,
    portal: Portal,
    cookies: Cookies,
    asked: Asked,
) -> Reply {
    let Some(token) = cookies.get(Cookie::Registration) else { return no_session(&portal) };
    let found =
        register::form(&web.app, token).await.map_err(while_doing("show what was filled in"))?;
    match found {
        FormPage::NoSession => no_session(&portal),
        FormPage::AlreadyCompleted(_) => Ok(page::go_to(&portal.at("new/done"))),
        FormPage::AskDesk(hospitals) => ask_desk(&portal, &hospitals),
        FormPage::Form { draft: None, .. } => Ok(page::go_to(&portal.at("new/form"))),
        FormPage::Form { front, mail, draft: Some(draft) } => {
            if front.group.slug != *portal.slug() {
                return no_session(&portal);
            }
            page::show(
                StatusCode::OK,
                &check_page(&portal, &mail, *draft, asked.says_yes("blanks")),
            )
        }
    }
}

fn check_page(portal: &Portal, mail: &MailAddress, draft: Draft, edge_blanks: bool) -> CheckPage {
    let hospitals = &portal.0.hospitals;
    let hospital = hospitals.iter().find(|(hospital, _)| hospital.code == draft.hospital);
    CheckPage {
        words: &JA,
        frame: portal.frame(),
        mail: mail.to_string(),
        hospital: hospital
            .map_or_else(|| draft.hospital.to_string(), |(hospital, _)| hospital.name.clone()),
        patient_number: draft.patient_number.to_string(),
        relation: draft.relation,
        patient: draft.patient,
        person: draft.person,
        edge_blanks,
    }
}

pub(in crate::portal) fn form_typed(fields: &Fields) -> FormTyped {
    FormTyped {
        family_name: fields.owned("family_name"),
        given_name: fields.owned("given_name"),
        family_kana: fields.owned("family_kana"),
        given_kana: fields.owned("given_kana"),
        birth_year: fields.owned("birth_year"),
        birth_month: fields.owned("birth_month"),
        birth_day: fields.owned("birth_day"),
        phone: fields.owned("phone"),
        postal_code: fields.owned("postal_code"),
        address: fields.owned("address"),
        hospital: fields.owned("hospital"),
        patient_number: fields.owned("patient_number"),
        relation: fields.owned("relation"),
        patient: register::PatientTyped {
            family_name: fields.owned("patient_family_name"),
            given_name: fields.owned("patient_given_name"),
            family_kana: fields.owned("patient_family_kana"),
            given_kana: fields.owned("patient_given_kana"),
            birth_year: fields.owned("patient_birth_year"),
            birth_month: fields.owned("patient_birth_month"),
            birth_day: fields.owned("patient_birth_day"),
        },
        password: fields.owned("password"),
        password_again: fields.owned("password_again"),
    }
}

/// What is shown again: everything but the passwords.
pub(in crate::portal) fn typed_again(fields: &Fields) -> DetailsTyped {
    DetailsTyped {
        family_name: fields.owned("family_name"),
        given_name: fields.owned("given_name"),
        family_kana: fields.owned("family_kana"),
        given_kana: fields.owned("given_kana"),
        birth_year: fields.owned("birth_year"),
        birth_month: fields.owned("birth_month"),
        birth_day: fields.owned("birth_day"),
        phone: fields.owned("phone"),
        postal_code: fields.owned("postal_code"),
        address: fields.owned("address"),
        hospital: fields.owned("hospital"),
        patient_number: fields.owned("patient_number"),
        relation: fields.owned("relation"),
        patient: PatientTyped {
            family_name: fields.owned("patient_family_name"),
            given_name: fields.owned("patient_given_name"),
            family_kana: fields.owned("patient_family_kana"),
            given_kana: fields.owned("patient_given_kana"),
            birth_year: fields.owned("patient_birth_year"),
            birth_month: fields.owned("patient_birth_month"),
            birth_day: fields.owned("patient_birth_day"),
        },
    }
}

/// What was kept before, as if it were typed.
fn as_typed(draft: &Draft) -> DetailsTyped {
    let [birth_year, birth_month, birth_day] = parts_of_day(draft.person.birth_date);
    DetailsTyped {
        birth_year,
        birth_month,
        birth_day,
        patient: draft.patient.as_ref().map(patient_as_typed).unwrap_or_default(),
        hospital: draft.hospital.to_string(),
        patient_number: draft.patient_number.to_string(),
        relation: draft.relation.as_str().to_owned(),
        ..own_as_typed(&draft.person.own())
    }
}

/// The same for what a person may change later.
pub(in crate::portal) fn own_as_typed(own: &OwnDetails) -> DetailsTyped {
    let (family_name, given_name) = halves(own.name.as_str());
    let (family_kana, given_kana) = halves(own.kana.as_str());
    DetailsTyped {
        family_name,
        given_name,
        family_kana,
        given_kana,
        phone: own.phone.as_str().to_owned(),
        postal_code: render::format::postal_code(own.address.postal_code()),
        address: own.address.lines().to_owned(),
        ..DetailsTyped::default()
    }
}

fn patient_as_typed(patient: &OtherPatient) -> PatientTyped {
    let (family_name, given_name) = halves(patient.name.as_str());
    let (family_kana, given_kana) = halves(patient.kana.as_str());
    let [birth_year, birth_month, birth_day] = parts_of_day(patient.birth_date);
    PatientTyped {
        family_name,
        given_name,
        family_kana,
        given_kana,
        birth_year,
        birth_month,
        birth_day,
    }
}

fn halves(whole: &str) -> (String, String) {
    let (family, given) = whole.split_once(' ').unwrap_or((whole, ""));
    (family.to_owned(), given.to_owned())
}

fn parts_of_day(born: BirthDate) -> [String; 3] {
    [born.0.year().to_string(), born.0.month().to_string(), born.0.day_of_month().to_string()]
}

pub(in crate::portal) const fn at(field: register::Field) -> Field {
    match field {
        register::Field::FamilyName => Field::FamilyName,
        register::Field::GivenName => Field::GivenName,
        register::Field::FamilyKana => Field::FamilyKana,
        register::Field::GivenKana => Field::GivenKana,
        register::Field::BirthDate => Field::BirthDate,
        register::Field::Phone => Field::Phone,
        register::Field::PostalCode => Field::PostalCode,
        register::Field::Address => Field::Address,
        register::Field::Hospital => Field::Hospital,
        register::Field::PatientNumber => Field::PatientNumber,
        register::Field::Relation => Field::Relation,
        register::Field::PatientFamilyName => Field::PatientFamilyName,
        register::Field::PatientGivenName => Field::PatientGivenName,
        register::Field::PatientFamilyKana => Field::PatientFamilyKana,
        register::Field::PatientGivenKana => Field::PatientGivenKana,
        register::Field::PatientBirthDate => Field::PatientBirthDate,
        register::Field::Password => Field::Password,
        register::Field::PasswordAgain => Field::PasswordAgain,
    }
}

pub(in crate::portal) const fn fault(why: FieldFault) -> Fault {
    match why {
        FieldFault::Person(why) => Fault::Person(why),
        FieldFault::PatientNumber(why) => Fault::PatientNumber(why),
        FieldFault::Password(why) => Fault::Password(why),
        FieldFault::NoHospital | FieldFault::NoRelation => Fault::NothingChosen,
    }
}
