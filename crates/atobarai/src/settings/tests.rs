//! Settings: the order of sources, and errors that name the key.

use super::*;

fn with(file: &str, variables: &[(&str, &str)]) -> anyhow::Result<Settings> {
    let mut table = merge::defaults()?;
    merge::file(&mut table, file)?;
    let variables = variables.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    merge::environment(&mut table, variables)?;
    let settings = toml::Value::Table(table).try_into()?;
    check(&settings)?;
    Ok(settings)
}

fn error(file: &str, variables: &[(&str, &str)]) -> String {
    format!("{:#}", with(file, variables).unwrap_err())
}

const TEST: &str = "environment = \"test\"\n";

#[test]
fn the_file_that_is_compiled_in_is_the_defaults() {
    let settings = with(TEST, &[]).unwrap();
    assert_eq!(settings.web.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.patients.application_url_hours, 24);
}

#[test]
fn the_environment_comes_over_the_file_over_the_defaults() {
    let file =
        format!("{TEST}[web]\nlisten = \"127.0.0.1:1\"\n[imports.folders]\nshimin = \"/srv/a\"\n");
    assert_eq!(with(&file, &[]).unwrap().web.listen.port(), 1);
    let settings = with(&file, &[("ATOBARAI_WEB_LISTEN", "127.0.0.1:2")]).unwrap();
    assert_eq!(settings.web.listen.port(), 2);
    assert_eq!(settings.imports.folders.len(), 1);
}

#[test]
fn an_unknown_key_is_named_with_its_line_and_the_nearest_one() {
    let told = error(&format!("{TEST}[web]\nlistn = \"127.0.0.1:1\"\n"), &[]);
    assert_eq!(told, "line 3: there is no setting web.listn; did you mean listen?");
    let told = error(TEST, &[("ATOBARAI_WEB_LISTN", "x")]);
    assert!(told.contains("ATOBARAI_WEB_LISTN is no setting; did you mean web.listen?"), "{told}");
    assert!(error("a = 1\na = 2", &[]).contains("duplicate key"));
}

#[test]
fn a_value_of_another_kind_is_named() {
    let told = error(&format!("{TEST}[mail.smtp]\nport = \"25\"\n"), &[]);
    assert_eq!(told, "line 3: mail.smtp.port is a text in quotes and must be a whole number");
    let told = error(TEST, &[("ATOBARAI_MAIL_SMTP_PORT", "many")]);
    assert_eq!(told, "ATOBARAI_MAIL_SMTP_PORT is \"many\" and must be a whole number");
}

#[test]
fn real_money_needs_an_encrypted_address() {
    let told = error("", &[]);
    assert!(told.contains("web.public_url must begin with https://"), "{told}");
    assert!(with("[web]\npublic_url = \"https://pay.example.jp\"\n", &[]).is_ok());
}

#[test]
fn one_newline_at_the_end_of_a_secret_is_cut() {
    let file = tempfile::NamedTempFile::new().unwrap();
    for (held, read) in [
        ("secret\n", "secret"),
        ("secret\r\n", "secret"),
        ("secret", "secret"),
        (" a \n\n", " a \n"),
    ] {
        std::fs::write(file.path(), held).unwrap();
        assert_eq!(secret("mail.smtp.password_file", file.path()).unwrap(), read);
    }
    let told =
        format!("{:#}", secret("mail.smtp.password_file", Path::new("/nowhere/x")).unwrap_err());
    assert!(
        told.starts_with("mail.smtp.password_file: the file /nowhere/x cannot be read"),
        "{told}"
    );
}

/// Mutation: taking any key anywhere: a trial would charge real cards, or production nobody.
#[test]
fn a_live_key_is_for_production_and_for_nothing_else() {
    let fits = |environment, key| check_stripe_key(environment, key).is_ok();
    for (key, is_live) in [("sk_live_1", true), ("rk_live_1", true), ("sk_test_1", false)] {
        assert_eq!(fits(Environment::Production, key), is_live, "{key}");
        assert_eq!(fits(Environment::Test, key), !is_live, "{key}");
        assert_eq!(fits(Environment::Demo, key), !is_live, "{key}");
    }
}
