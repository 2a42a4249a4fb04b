//! The watched folder: whole files are taken and moved with a report, others are left in peace.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, too")]

mod files;

use app::bills::{Outcome, newest_imports, watch_once};
use files::{BILL, Bill, file};
use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};
use store::testing::both;
use testkit::house::{House, shimin};

/// Writes a file that was last touched so many seconds before the house's clock.
fn put(house: &House, folder: &Path, name: &str, bytes: &[u8], seconds_ago: i64) {
    fs::create_dir_all(folder.join("in")).unwrap();
    let path = folder.join("in").join(name);
    fs::write(&path, bytes).unwrap();
    let touched = u64::try_from(house.app.now().plus_seconds(-seconds_ago).ms()).unwrap();
    let file = File::options().write(true).open(path).unwrap();
    file.set_modified(UNIX_EPOCH + Duration::from_millis(touched)).unwrap();
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|f| f.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_whole_file_is_taken_and_moved_with_a_report() {
    for database in both() {
        let house = House::on(database).await;
        let folder = tempfile::tempdir().unwrap();
        put(&house, folder.path(), "20261124.csv", &file(&shimin(), &[BILL]), 0);
        let looked = watch_once(&house.app, folder.path(), &shimin()).await.unwrap();
        assert_eq!(looked.len(), 1);
        assert_eq!(looked[0].report.outcome, Outcome::Applied);
        assert_eq!(names(&folder.path().join("in")), [""; 0]);
        assert_eq!(names(&folder.path().join("done")), ["20261124.csv", "20261124.csv.report.txt"]);
        let report =
            fs::read_to_string(folder.path().join("done/20261124.csv.report.txt")).unwrap();
        assert!(report.contains("取り込みました") && report.contains("新規: 1件"), "{report}");
        assert_eq!(watch_once(&house.app, folder.path(), &shimin()).await.unwrap(), []);
    }
}

#[tokio::test]
async fn a_file_that_is_still_being_written_is_left() {
    let house = House::on(store::testing::sqlite()).await;
    let folder = tempfile::tempdir().unwrap();
    let whole = file(&shimin(), &[BILL, Bill { slip: 2, ..BILL }]);
    // Cut anywhere, also within the trailer's numbers.
    for length in [0, 1, whole.len() / 2, whole.len() - 12, whole.len() - 4] {
        put(&house, folder.path(), "now.csv", &whole[..length], 59);
        assert_eq!(
            watch_once(&house.app, folder.path(), &shimin()).await.unwrap(),
            [],
            "{length} bytes"
        );
    }
    assert_eq!(names(&folder.path().join("in")), ["now.csv"]);
    assert_eq!(newest_imports(&house.app, &shimin(), 10).await.unwrap(), []);
    put(&house, folder.path(), "now.csv", &whole, 0);
    assert_eq!(watch_once(&house.app, folder.path(), &shimin()).await.unwrap()[0].report.new, 2);
}

#[tokio::test]
async fn a_faulty_file_is_refused_once_it_is_left_alone() {
    let house = House::on(store::testing::sqlite()).await;
    let folder = tempfile::tempdir().unwrap();
    let wrong = String::from_utf8(file(&shimin(), &[BILL]))
        .unwrap()
        .replace("#trailer,1,3700", "#trailer,1,3701");
    put(&house, folder.path(), "wrong.csv", wrong.as_bytes(), 61);
    put(&house, folder.path(), "cut.csv", b"hospital_code\r\nshimin\r\n", 599);
    let looked = watch_once(&house.app, folder.path(), &shimin()).await.unwrap();
    assert_eq!(looked.iter().map(|l| l.file_name.as_str()).collect::<Vec<_>>(), ["wrong.csv"]);
    assert_eq!(
        names(&folder.path().join("in")),
        ["cut.csv"],
        "one without a trailer is given longer"
    );
    put(&house, folder.path(), "cut.csv", b"hospital_code\r\nshimin\r\n", 601);
    watch_once(&house.app, folder.path(), &shimin()).await.unwrap();
    let refused = names(&folder.path().join("refused"));
    assert_eq!(refused, ["cut.csv", "cut.csv.report.txt", "wrong.csv", "wrong.csv.report.txt"]);
    let report = fs::read_to_string(folder.path().join("refused/wrong.csv.report.txt")).unwrap();
    assert!(report.contains("取り込めませんでした"), "{report}");
}

/// Killed between taking a file and moving it: it is there again, as it was.
#[tokio::test]
async fn a_file_that_was_taken_and_not_moved_is_moved_later() {
    for database in both() {
        let house = House::on(database).await;
        let folder = tempfile::tempdir().unwrap();
        let bytes = file(&shimin(), &[BILL]);
        files::import(&house.app, &shimin(), &bytes).await;
        put(&house, folder.path(), "again.csv", &bytes, 0);
        let looked = watch_once(&house.app, folder.path(), &shimin()).await.unwrap();
        assert!(matches!(looked[0].report.outcome, Outcome::KnownFile { .. }), "{looked:?}");
        assert_eq!(names(&folder.path().join("done")), ["again.csv", "again.csv.report.txt"]);
    }
}

#[tokio::test]
async fn no_file_is_overwritten_and_strange_ones_are_left() {
    let house = House::on(store::testing::sqlite()).await;
    let folder = tempfile::tempdir().unwrap();
    for due in [100, 200, 300] {
        put(
            &house,
            folder.path(),
            "daily.csv",
            &file(&shimin(), &[Bill { slip: 9, due, ..BILL }]),
            0,
        );
        watch_once(&house.app, folder.path(), &shimin()).await.unwrap();
    }
    let done = names(&folder.path().join("done"));
    let kept: Vec<_> = done.iter().filter(|name| !name.ends_with(".txt")).collect();
    assert_eq!(kept, ["daily.csv", "daily.csv.2", "daily.csv.3"]);
    put(&house, folder.path(), ".hidden.csv", b"x", 9_999);
    fs::create_dir(folder.path().join("in/folder")).unwrap();
    assert_eq!(watch_once(&house.app, folder.path(), &shimin()).await.unwrap(), []);
    assert_eq!(names(&folder.path().join("in")), [".hidden.csv", "folder"]);
}

#[tokio::test]
async fn files_for_an_unknown_hospital_stay_where_they_are() {
    let house = House::on(store::testing::sqlite()).await;
    let folder = tempfile::tempdir().unwrap();
    let nowhere = files::hospital("nowhere");
    put(&house, folder.path(), "x.csv", &file(&nowhere, &[BILL]), 9_999);
    assert!(watch_once(&house.app, folder.path(), &nowhere).await.is_err());
    assert_eq!(names(&folder.path().join("in")), ["x.csv"]);
}
