//! Sealed columns and key files.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, too")]

use std::path::Path;

use store::{KeyId, Keyring, Place, StoreError, key_line};

fn keys(keys: &[(&str, u8)]) -> Keyring {
    Keyring::from_keys(
        keys.iter().map(|(id, byte)| (KeyId::new(id).unwrap(), [*byte; 32])).collect(),
    )
    .unwrap()
}

const NAME: Place<'_> = Place::new("accounts", "name", "acc_1");

#[test]
fn what_is_sealed_opens_in_its_place_and_does_not_show() {
    let keyring = keys(&[("k1", 1)]);
    for plain in ["岡山 花子", "", "a.b.c", &"長".repeat(10_000)] {
        let sealed = keyring.seal(&NAME, plain).unwrap();
        assert!(sealed.starts_with("k1."), "{sealed}");
        assert!(plain.is_empty() || !sealed.contains(plain));
        assert_eq!(keyring.open(&NAME, &sealed).unwrap(), plain);
    }
}

#[test]
fn a_value_moved_to_another_row_column_or_table_does_not_open() {
    let keyring = keys(&[("k1", 1)]);
    let sealed = keyring.seal(&NAME, "岡山 花子").unwrap();
    for elsewhere in [
        Place::new("accounts", "name", "acc_2"),
        Place::new("accounts", "kana", "acc_1"),
        Place::new("patients", "name", "acc_1"),
        // The same letters, divided otherwise.
        Place::new("accountsn", "ame", "acc_1"),
    ] {
        let error = keyring.open(&elsewhere, &sealed).unwrap_err();
        assert!(matches!(error, StoreError::UnsealFailed { .. }), "{error}");
        let named = format!("{}.{} of row {}", elsewhere.table, elsewhere.column, elsewhere.row);
        assert!(error.to_string().contains(&named), "{error}");
    }
}

#[test]
fn every_changed_byte_is_noticed() {
    let keyring = keys(&[("k1", 1)]);
    let sealed = keyring.seal(&NAME, "岡山").unwrap();
    for at in 3..sealed.len() {
        let mut changed = sealed.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert!(keyring.open(&NAME, &changed).is_err(), "byte {at}");
        assert!(keyring.open(&NAME, &sealed[..at]).is_err(), "cut at {at}");
    }
    for bad in ["", "k1", "k1.", "k1.AAAA", "k1.!"] {
        assert!(matches!(keyring.open(&NAME, bad), Err(StoreError::UnsealFailed { .. })), "{bad}");
    }
}

#[test]
fn a_key_that_is_not_there_is_named() {
    let sealed = keys(&[("k1", 1)]).seal(&NAME, "岡山").unwrap();
    let error = keys(&[("k2", 1)]).open(&NAME, &sealed).unwrap_err();
    assert!(matches!(&error, StoreError::UnknownKey { key_id, .. } if key_id == "k1"), "{error}");
    // The right name and another key.
    assert!(matches!(
        keys(&[("k1", 2)]).open(&NAME, &sealed),
        Err(StoreError::UnsealFailed { .. })
    ));
    // The name is bound in: renaming it does not help, even with the same key.
    let renamed = sealed.replace("k1.", "k2.");
    assert!(matches!(
        keys(&[("k2", 1)]).open(&NAME, &renamed),
        Err(StoreError::UnsealFailed { .. })
    ));
    // What stood there is not repeated: it may have been a name in the clear.
    let error = keys(&[("k2", 1)]).open(&NAME, "岡山花子.x").unwrap_err();
    assert!(!error.to_string().contains("花子"), "{error}");
}

#[test]
fn after_a_change_of_keys_old_values_open_and_new_ones_use_the_new_key() {
    let old = keys(&[("k1", 1)]);
    let both = keys(&[("k2", 2), ("k1", 1)]);
    let sealed = old.seal(&NAME, "岡山").unwrap();
    assert_eq!(both.open(&NAME, &sealed).unwrap(), "岡山");
    assert!(both.seal(&NAME, "岡山").unwrap().starts_with("k2."));
    let renewed = both.reseal(&NAME, &sealed).unwrap().unwrap();
    assert!(renewed.starts_with("k2."));
    assert_eq!(both.open(&NAME, &renewed).unwrap(), "岡山");
    assert_eq!(both.reseal(&NAME, &renewed).unwrap(), None, "sealed with the current key already");
}

#[test]
fn nonces_differ_with_value_place_and_key() {
    let keyring = keys(&[("k1", 1)]);
    let nonce = |keyring: &Keyring, place: &Place<'_>, plain: &str| {
        keyring.seal(place, plain).unwrap()[3..35].to_owned()
    };
    let first = nonce(&keyring, &NAME, "岡山");
    assert_eq!(first, nonce(&keyring, &NAME, "岡山"), "no chance is needed");
    assert_ne!(first, nonce(&keyring, &NAME, "岡川"));
    assert_ne!(first, nonce(&keyring, &Place::new("accounts", "name", "acc_2"), "岡山"));
    assert_ne!(first, nonce(&keys(&[("k1", 2)]), &NAME, "岡山"));
}

#[test]
fn blind_indexes_outlive_a_change_of_keys_and_differ_by_purpose() {
    let old = keys(&[("k1", 1)]);
    let both = keys(&[("k2", 2), ("k1", 1)]);
    let blind = old.blind("accounts.email", "hanako@example.jp");
    assert_eq!(blind.len(), 64);
    assert_eq!(both.blind("accounts.email", "hanako@example.jp"), blind);
    assert_ne!(old.blind("accounts.phone", "hanako@example.jp"), blind);
    assert_ne!(old.blind("accounts.email", "taro@example.jp"), blind);
    assert_ne!(old.blind("accounts.emailh", "anako@example.jp"), blind);
    assert_ne!(keys(&[("k1", 2)]).blind("accounts.email", "hanako@example.jp"), blind);
}

#[test]
fn key_files_are_read_back_and_faults_name_file_and_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let line = |id: &str, byte: u8| key_line(&KeyId::new(id).unwrap(), &[byte; 32]).to_string();
    let sealed = keys(&[("2026-11", 1)]).seal(&NAME, "岡山").unwrap();

    let old = file("old", &line("2026-11", 1));
    let one = file("one", &format!("{}\n{}", line("2027-01", 2), line("2026-11", 1)));
    let new = file("new", &line("2027-01", 2));
    for keyring in [
        Keyring::from_files(&old, &[]).unwrap(),
        Keyring::from_files(&one, &[]).unwrap(),
        Keyring::from_files(&new, std::slice::from_ref(&old)).unwrap(),
    ] {
        assert_eq!(keyring.open(&NAME, &sealed).unwrap(), "岡山");
        assert_eq!(keyring.blind("p", "v"), keys(&[("2026-11", 1)]).blind("p", "v"));
        assert!(!format!("{keyring:?}").contains("AQEB"));
    }

    let twice = file("twice", &format!("{}{}", line("a", 1), line("a", 2)));
    assert!(Keyring::from_files(&twice, &[]).unwrap_err().to_string().contains("twice"));
    let good = line("2026-11", 1);
    for (bad, wanted) in [
        (String::new(), "line 0"),
        (format!("{good}\nsomething else\n"), "line 3"),
        (good.replace("key-1", "key-2"), "line 1"),
        (good.replace("2026-11", "November"), "name"),
        (good.replace('=', "!"), "base64"),
        ("atobarai-key-1 short AQEB\n".to_owned(), "32 bytes"),
    ] {
        let error = Keyring::from_files(&file("bad", &bad), &[]).unwrap_err().to_string();
        assert!(error.contains(wanted) && error.contains("bad"), "{error}");
        assert!(!error.contains("AQEB"), "the key itself is shown: {error}");
    }
    assert!(
        Keyring::from_files(Path::new("/nowhere/key"), &[])
            .unwrap_err()
            .to_string()
            .contains("/nowhere/key")
    );
}
