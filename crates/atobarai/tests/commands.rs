//! The program at the command line, as an operator meets it: a SQLite file, a key, real processes.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// One installation in a folder that removes itself.
struct Installation {
    folder: tempfile::TempDir,
}

impl Installation {
    fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let settings = format!(
            "environment = \"test\"\n[database]\naddress = \"sqlite:{}\"\nkey_file = \"{}\"\n\
             [mail]\nkind = \"folder\"\n[mail.folder]\npath = \"{}\"\n",
            at("atobarai.db").display(),
            at("key").display(),
            at("mail").display()
        );
        std::fs::write(at("atobarai.toml"), settings).unwrap();
        Self { folder }
    }

    /// With key, tables and the group of the fixtures.
    fn ready() -> Self {
        let house = Self::empty();
        let key = house.at("key");
        house.must(&["key", "new", key.to_str().unwrap()]);
        house.must(&["migrate", "--create"]);
        house.must(&["import", "group", fixture("okayama.toml").to_str().unwrap()]);
        house
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_atobarai"));
        command.args(arguments).arg("--config").arg(self.at("atobarai.toml"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("ATOBARAI_")) {
            command.env_remove(name);
        }
        command.env("ATOBARAI_NOW", "2026-11-25T09:00");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn must(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", told(&output));
        told(&output)
    }

    fn must_fail(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(!output.status.success(), "{arguments:?}: {}", told(&output));
        told(&output)
    }
}

fn told(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(name)
}

fn bills() -> String {
    fixture("bills/2026-11-24/shimin.csv").to_str().unwrap().to_owned()
}

/// A number out of the one JSON object that `--json` prints.
fn number(json: &str, name: &str) -> i64 {
    let object: serde_json::Value = serde_json::from_str(json.trim()).unwrap();
    object[name].as_i64().unwrap_or_else(|| panic!("no {name} in {json}"))
}

#[test]
fn every_command_explains_itself_with_an_example() {
    let house = Installation::empty();
    for command in [
        &["demo"][..],
        &["serve"],
        &["migrate"],
        &["import", "bills"],
        &["import", "group"],
        &["settle"],
        &["backup"],
        &["key", "new"],
        &["account", "cancel"],
        &["machine", "enrol"],
        &["machine", "list"],
        &["machine", "revoke"],
        &["fixture", "bills"],
        &["audit", "verify"],
        &["import", "deposits"],
        &["reconcile"],
        &["closing"],
        &["report", "never-twice"],
        &["exception", "list"],
        &["exception", "close"],
        &["export", "journal"],
        &["sandbox-gateway"],
    ] {
        let help = house.must(&[command, &["--help"]].concat());
        assert!(help.contains("Example: atobarai "), "{command:?}: {help}");
    }
}

#[test]
fn a_missing_database_is_an_error_and_not_a_new_database() {
    let house = Installation::empty();
    house.must(&["key", "new", house.at("key").to_str().unwrap()]);
    for command in [&["settle", "--once"][..], &["backup", "copy.db"], &["migrate"]] {
        let told = house.must_fail(command);
        assert!(told.contains("atobarai.db"), "{command:?}: {told}");
    }
    assert!(!house.at("atobarai.db").exists());
}

#[test]
fn an_error_names_the_setting() {
    let house = Installation::empty();
    std::fs::write(
        house.at("atobarai.toml"),
        "environment = \"test\"\n[databse]\naddress = \"x\"\n",
    )
    .unwrap();
    let told = house.must_fail(&["settle", "--once"]);
    assert!(
        told.contains("line 2") && told.contains("databse") && told.contains("database"),
        "{told}"
    );
    std::fs::write(house.at("atobarai.toml"), "environment = \"test\"\n").unwrap();
    assert!(house.must_fail(&["settle", "--once"]).contains("database.address is not set"));
    std::fs::write(
        house.at("atobarai.toml"),
        "environment = \"test\"\n[database]\naddress = \"mysql://x\"\n",
    )
    .unwrap();
    assert!(house.must_fail(&["settle", "--once"]).contains("database.address is not right"));
}

#[test]
fn the_key_of_another_database_is_noticed() {
    let house = Installation::ready();
    std::fs::remove_file(house.at("key")).unwrap();
    house.must(&["key", "new", house.at("key").to_str().unwrap()]);
    assert!(house.must_fail(&["settle", "--once"]).contains("key"));
    assert!(
        house
            .must_fail(&["key", "new", house.at("key").to_str().unwrap()])
            .contains("cannot be made")
    );
}

#[test]
fn a_file_of_bills_is_taken_once_and_told_about() {
    let house = Installation::ready();
    let file = bills();
    let import = ["import", "bills", file.as_str(), "--hospital", "shimin", "--json"];
    let dry = house.must(&[&import[..], &["--dry-run"]].concat());
    assert_eq!((number(&dry, "rows"), number(&dry, "new")), (2_000, 2_000));
    let first = house.must(&import);
    assert_eq!(
        (number(&first, "new"), number(&first, "same")),
        (2_000, 0),
        "the dry run changed nothing"
    );
    let second = house.must(&import);
    assert_eq!((number(&second, "new"), number(&second, "same")), (0, 2_000));
    let elsewhere = house.must_fail(&["import", "bills", file.as_str(), "--hospital", "senoo"]);
    assert!(elsewhere.contains("hospital_code"), "{elsewhere}");
    let nowhere = house.must_fail(&["import", "bills", file.as_str(), "--hospital", "nowhere"]);
    assert!(nowhere.contains("import group"), "{nowhere}");
    assert!(house.must(&["audit", "verify"]).contains("the chains are whole"));
    let copy = house.at("copy.db");
    house.must(&["backup", copy.to_str().unwrap()]);
    assert!(copy.metadata().unwrap().len() > 100_000);
    assert_eq!(
        number(&house.must(&["settle", "--once", "--json"]), "claimed"),
        0,
        "no entry, no charge"
    );
}

/// All or nothing, also when the process is killed while it writes. Mutation: a transaction for each row.
#[test]
fn a_process_killed_during_an_import_leaves_all_or_nothing() {
    let house = Installation::ready();
    let file = bills();
    let import = ["import", "bills", file.as_str(), "--hospital", "shimin", "--json"];
    let log = house.at("atobarai.db-wal");
    let began = |bytes: u64| log.metadata().is_ok_and(|log| log.len() > bytes);
    for bytes in [1, 100_000, 1_000_000] {
        let mut child = house.command(&import).spawn().unwrap();
        wait_until(&mut child, || began(bytes));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let after = house.must(&import);
    let (new, same) = (number(&after, "new"), number(&after, "same"));
    assert!((new, same) == (2_000, 0) || (new, same) == (0, 2_000), "{after}");
    let again = house.must(&import);
    assert_eq!((number(&again, "new"), number(&again, "same")), (0, 2_000));
    assert!(house.must(&["audit", "verify"]).contains("the chains are whole"));
}

/// Looks again and again until something is so, or the process has ended.
fn wait_until(child: &mut Child, is_so: impl Fn() -> bool) {
    while !is_so() {
        if child.try_wait().unwrap().is_some() {
            return;
        }
        std::thread::yield_now();
    }
}

/// Each error of the accountant's commands says what to do.
#[test]
fn the_books_say_what_is_missing() {
    let house = Installation::ready();
    let bank = house.at("bank.csv");
    let bring = |text: &str| std::fs::write(&bank, text).unwrap();
    let deposits = ["import", "deposits", bank.to_str().unwrap()];
    bring("入金日,入金額,振込人\n2026-11-24,12x,カ)ケツサイ\n");
    let told = house.must_fail(&deposits);
    assert!(told.contains("line 2: column 入金額: \"12x\"") && told.contains("nothing was taken"));
    bring("入金日,入金額,振込人\n2026-11-24,\"1,200\",カ)ケツサイ\n");
    assert!(house.must(&deposits).contains("1 new, 0 known"));
    assert!(house.must(&deposits).contains("0 new, 1 known"));

    let told = house.must_fail(&["reconcile", "--date", "2026-11-26"]);
    assert!(told.contains("2026-11-26 is still to come"), "{told}");
    let pdf = house.at("closing.pdf");
    let closing = ["closing", "--date", "2026-11-24", "--pdf", pdf.to_str().unwrap()];
    let told = house.must_fail(&closing);
    assert!(told.contains("run: atobarai reconcile --date 2026-11-24") && !pdf.exists(), "{told}");
    let told = house.must_fail(&[
        "report",
        "never-twice",
        "--from",
        "2026-11-23",
        "--until",
        "2026-11-24",
    ]);
    assert!(told.contains("not reconciled yet: 2026-11-23, 2026-11-24"), "{told}");

    assert!(house.must(&["audit", "verify"]).contains("I16: every charge rests on an entry"));
    assert_eq!(house.must(&["exception", "list"]), "");
    let none = ["exception", "close", "journal_only", "chg_1", "--note", "x"];
    assert!(house.must_fail(&none).contains("no such exception is open"));
    let journal =
        house.must(&["export", "journal", "--from", "2026-11-24", "--until", "2026-11-24"]);
    assert_eq!(journal, "entry_id,booked_on,hospital,kind,debit,credit,amount,reference,charge\n");
}
