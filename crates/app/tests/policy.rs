//! Groups, hospitals and policies come from a file, dated, and are asked for by day.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, too")]

mod files;

use app::policy::{Loaded, in_force, load_group_file};
use app::{App, AppError};
use domain::audit::{Act, Actor};
use domain::policy::Policy;
use domain::time::Day;
use files::day;
use store::testing::both;
use testkit::house::{House, OKAYAMA, okayama, shimin};

async fn policy_on(app: &App, day: Day) -> Option<Policy> {
    app.store().read(move |reader| in_force(reader, &shimin(), day)).await.unwrap()
}

async fn acts(app: &App) -> usize {
    let entries = app
        .store()
        .read(|reader| {
            Ok::<_, AppError>(store::audit::after(reader, okayama().as_str(), 0, 1_000)?)
        })
        .await
        .unwrap();
    entries.iter().filter(|entry| entry.act == Act::PolicyLoaded.as_str()).count()
}

#[tokio::test]
async fn the_same_file_again_changes_nothing() {
    for database in both() {
        let house = House::on(database).await;
        assert_eq!(acts(&house.app).await, 1);
        let Loaded::Done(report) =
            load_group_file(&house.app, OKAYAMA, Actor::System).await.unwrap()
        else {
            panic!("not loaded")
        };
        assert!(report.is_unchanged(), "{report:?}");
        assert_eq!(acts(&house.app).await, 1, "nothing happened, so nothing is on record");
    }
}

#[tokio::test]
async fn the_demos_policy_is_the_faqs() {
    let house = House::on(store::testing::sqlite()).await;
    assert_eq!(policy_on(&house.app, day("2026-11-24")).await, Some(Policy::of_the_faq()));
    let elsewhere = files::hospital("elsewhere");
    let found =
        house.app.store().read(move |reader| in_force(reader, &elsewhere, day("2026-11-24"))).await;
    assert_eq!(found.unwrap(), None);
}

#[tokio::test]
async fn a_policy_holds_from_its_day_on() {
    for database in both() {
        let house = House::on(database).await;
        let new = Policy { activation_delay_minutes: 0, ..Policy::of_the_faq() };
        let text = exchange::policy_json::to_json(&new);
        let saved = house
            .app
            .store()
            .write(move |tx| store::groups::save_policy(tx, &shimin(), day("2027-01-01"), &text));
        saved.await.unwrap();
        assert_eq!(policy_on(&house.app, day("2026-12-31")).await, Some(Policy::of_the_faq()));
        assert_eq!(policy_on(&house.app, day("2027-01-01")).await, Some(new.clone()));
        assert_eq!(policy_on(&house.app, day("2028-06-01")).await, Some(new));
        assert_eq!(policy_on(&house.app, day("1999-01-01")).await, None);
    }
}

#[tokio::test]
async fn a_file_with_a_fault_or_with_another_groups_hospital_leaves_nothing() {
    for database in both() {
        let house = House::on(database).await;
        let faulty =
            load_group_file(&house.app, "[group]\nslug = 7\n", Actor::System).await.unwrap();
        assert!(matches!(faulty, Loaded::Faulty(_)), "{faulty:?}");
        let stolen = OKAYAMA.replace("\"okayama\"", "\"osaka\"");
        let elsewhere = load_group_file(&house.app, &stolen, Actor::System).await.unwrap();
        assert!(matches!(elsewhere, Loaded::HospitalElsewhere(_)), "{elsewhere:?}");
        let groups = house.app.store().read(store::groups::all_groups).await.unwrap();
        assert_eq!(groups.len(), 1, "{groups:?}");
    }
}
