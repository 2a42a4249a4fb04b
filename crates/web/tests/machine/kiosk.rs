//! A kiosk: a browser that was enrolled, and the cards that go through its reader.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use crate::world::{Browser, Seen, World};
use app::machines::{Offered, enrol_code, of_hospital};
use axum::body::Body;
use axum::http::Method;
use domain::audit::Actor;
use domain::entry::EntryNumber;
use domain::group::HospitalCode;
use domain::id::EntryId;
use domain::machine::{Machine, MachineKind};
use testkit::house::{GOOD_CARD, shimin};

/// The kiosk of this name has a slip printer of its own.
pub const WITH_PRINTER: &str = "1F-1";
/// This one prints by its browser.
pub const WITHOUT_PRINTER: &str = "2F-1";
/// The patient number of [`registered`], as it stands on the card.
pub const NUMBER: &str = "00010001";

pub fn senoo() -> HospitalCode {
    HospitalCode::parse("senoo").unwrap()
}

/// A world at 9:30 whose patient [`NUMBER`] registered at 9:00.
pub async fn registered(world: &World) {
    world.house.payer(&shimin(), NUMBER, GOOD_CARD).await;
    world.house.go_to("2026-11-24 09:30");
}

/// A code for a machine.
pub async fn code(world: &World, hospital: &HospitalCode, kind: MachineKind, name: &str) -> String {
    match enrol_code(&world.house.app, hospital, kind, name, Actor::System).await.unwrap() {
        Offered::Code(code) => code.in_groups(),
        Offered::UnknownHospital => panic!("no hospital {hospital}"),
    }
}

/// An enrolled kiosk.
pub async fn kiosk(world: &World, hospital: &HospitalCode, name: &str) -> Browser {
    let code = code(world, hospital, MachineKind::EntryKiosk, name).await;
    let mut browser = world.browser();
    let enrolled = browser.post("/machine/enrol", &[("code", &code)]).await;
    assert_eq!(enrolled.to(), "/machine/", "{}", enrolled.body);
    browser
}

/// The only machine of the first hospital.
pub async fn machine(world: &World) -> Machine {
    of_hospital(&world.house.app, &shimin()).await.unwrap().remove(0)
}

/// What a card shows on the screen, without what keeps lines together.
pub async fn swipe(kiosk: &mut Browser, card: &str) -> Seen {
    let answer = kiosk.post("/machine/swipe", &[("card", card)]).await;
    assert_eq!((answer.status.as_u16(), answer.to()), (303, "/machine/result"), "{}", answer.body);
    result(kiosk).await
}

pub async fn result(kiosk: &mut Browser) -> Seen {
    let mut seen = kiosk.get("/machine/result").await;
    seen.body = seen.body.replace('\u{2060}', "");
    seen
}

/// What a swipe of another site's page would be answered.
pub async fn forged_swipe(kiosk: &mut Browser, card: &str) -> Seen {
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("sec-fetch-site", "cross-site"),
        ("origin", "http://elsewhere.test"),
    ];
    let body = Body::from(format!("card={card}"));
    kiosk.send(Method::POST, "/machine/swipe", &headers, body).await
}

/// The headline of a screen.
pub fn headline(seen: &Seen) -> String {
    let (_, rest) = seen.body.split_once("class=\"headline\">").unwrap();
    let (inside, _) = rest.split_once("</h1>").unwrap();
    inside.rsplit('>').next().unwrap().to_owned()
}

/// The code for the desk.
pub fn desk_code(seen: &Seen) -> &str {
    let code =
        seen.body.split("<p class=\"code\">").nth(1).and_then(|rest| rest.split("<b>").nth(1));
    code.and_then(|rest| rest.split('<').next()).unwrap_or_default()
}

/// The entry number on the screen.
pub fn number(seen: &Seen) -> EntryNumber {
    let shown =
        seen.body.split("<p class=\"number\">").nth(1).and_then(|rest| rest.split("<b>").nth(1));
    EntryNumber::parse(shown.and_then(|rest| rest.split('<').next()).unwrap()).unwrap()
}

/// The entry of a number.
pub async fn entry(world: &World, number: &EntryNumber) -> EntryId {
    app::enter::by_number(&world.house.app, &shimin(), number).await.unwrap().unwrap().id
}

/// How many visits were entered on the day of the world.
pub async fn entries(world: &World, hospital: &HospitalCode) -> usize {
    app::enter::without_bill(&world.house.app, hospital, 0).await.unwrap().len()
}
