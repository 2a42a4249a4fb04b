//! Settings: `default.toml` is compiled in and is the defaults; a file, the environment and the command
//! line come on top of it, in this order, and nothing else ever does.

mod merge;
#[cfg(test)]
mod tests;

use anyhow::Context as _;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The defaults, and the reference of every setting.
pub(crate) const DEFAULTS: &str = include_str!("../../../default.toml");

/// What kind of installation this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Environment {
    /// Real money.
    Production,
    /// For trying out; the clock may be set.
    Test,
    /// The demo's; the clock may be set.
    Demo,
}

impl Environment {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Test => "test",
            Self::Demo => "demo",
        }
    }
}

/// All settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    pub(crate) environment: Environment,
    pub(crate) database: Database,
    pub(crate) web: Web,
    pub(crate) patients: Patients,
    pub(crate) gateway: Gateway,
    pub(crate) mail: Mail,
    pub(crate) settlement: Settlement,
    pub(crate) imports: Imports,
    pub(crate) printers: BTreeMap<String, String>,
    pub(crate) log: Log,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Database {
    pub(crate) address: String,
    pub(crate) key_file: PathBuf,
    pub(crate) old_key_files: Vec<PathBuf>,
    pub(crate) connections: usize,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Web {
    pub(crate) listen: std::net::SocketAddr,
    pub(crate) public_url: String,
    pub(crate) trusted_proxy: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Patients {
    pub(crate) application_url_hours: i64,
    pub(crate) session_idle_minutes: i64,
    pub(crate) session_hours: i64,
    pub(crate) password_hashes_at_once: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum GatewayKind {
    Sandbox,
    Stripe,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Gateway {
    pub(crate) kind: GatewayKind,
    pub(crate) calls_at_once: usize,
    pub(crate) requests_a_second: u32,
    pub(crate) sandbox: SandboxGateway,
    pub(crate) stripe: StripeGateway,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SandboxGateway {
    pub(crate) base_url: String,
    pub(crate) connect_timeout_s: u64,
    pub(crate) request_timeout_s: u64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StripeGateway {
    pub(crate) api_base: String,
    pub(crate) page_origin: String,
    pub(crate) secret_key_file: PathBuf,
    pub(crate) webhook_secret_files: Vec<PathBuf>,
    pub(crate) connect_timeout_s: u64,
    pub(crate) request_timeout_s: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MailKind {
    Smtp,
    Folder,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mail {
    pub(crate) kind: MailKind,
    pub(crate) sender_local_part: String,
    pub(crate) folder: MailFolder,
    pub(crate) smtp: Smtp,
    pub(crate) dkim: Dkim,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MailFolder {
    pub(crate) path: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Tls {
    None,
    Starttls,
    Implicit,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Smtp {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) tls: Tls,
    pub(crate) user: String,
    pub(crate) password_file: PathBuf,
    pub(crate) timeout_s: u64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Dkim {
    pub(crate) selector: String,
    pub(crate) domain: String,
    pub(crate) key_file: PathBuf,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settlement {
    pub(crate) enabled: bool,
    pub(crate) every_s: u64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Imports {
    pub(crate) every_s: u64,
    pub(crate) folders: BTreeMap<String, PathBuf>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Log {
    pub(crate) level: String,
    pub(crate) json: bool,
}

/// Reads the settings: defaults, then the file, then the environment.
pub(crate) fn load(
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (String, String)>,
) -> anyhow::Result<Settings> {
    let mut table = merge::defaults()?;
    if let Some(path) = file {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("the settings file {} cannot be read", path.display()))?;
        merge::file(&mut table, &text)
            .with_context(|| format!("the settings file {} is not right", path.display()))?;
    }
    merge::environment(&mut table, environment)?;
    let settings: Settings = toml::Value::Table(table)
        .try_into()
        .context("a setting has a value that it cannot have")?;
    check(&settings)?;
    Ok(settings)
}

/// What a type cannot say.
fn check(settings: &Settings) -> anyhow::Result<()> {
    let url = &settings.web.public_url;
    anyhow::ensure!(
        (url.starts_with("http://") || url.starts_with("https://")) && !url.ends_with('/'),
        "web.public_url must begin with http:// or https:// and have no slash at the end; it is {url:?}"
    );
    anyhow::ensure!(
        settings.environment != Environment::Production || url.starts_with("https://"),
        "web.public_url must begin with https:// where environment is \"production\"; for trying out, \
         set environment = \"test\""
    );
    for (name, number) in [
        ("patients.password_hashes_at_once", settings.patients.password_hashes_at_once),
        ("gateway.calls_at_once", settings.gateway.calls_at_once),
        ("database.connections", settings.database.connections),
    ] {
        anyhow::ensure!(number > 0, "{name} must be at least 1");
    }
    anyhow::ensure!(
        settings.gateway.requests_a_second > 0,
        "gateway.requests_a_second must be at least 1"
    );
    for (name, seconds) in [
        ("settlement.every_s", settings.settlement.every_s),
        ("imports.every_s", settings.imports.every_s),
        ("gateway.sandbox.request_timeout_s", settings.gateway.sandbox.request_timeout_s),
        ("gateway.stripe.request_timeout_s", settings.gateway.stripe.request_timeout_s),
    ] {
        anyhow::ensure!(seconds > 0, "{name} must be at least 1 second");
    }
    check_stripe(settings)
}

/// Real cards are charged with a live key, over HTTPS, and only then: a test key in production would let every
/// patient go home without paying, and a live key anywhere else would charge them for a trial.
fn check_stripe(settings: &Settings) -> anyhow::Result<()> {
    let stripe = &settings.gateway.stripe;
    if settings.gateway.kind != GatewayKind::Stripe {
        return Ok(());
    }
    anyhow::ensure!(
        !stripe.secret_key_file.as_os_str().is_empty(),
        "gateway.kind is \"stripe\", so gateway.stripe.secret_key_file must name a file with the key"
    );
    anyhow::ensure!(
        !stripe.webhook_secret_files.is_empty(),
        "gateway.kind is \"stripe\", so gateway.stripe.webhook_secret_files must name the file of the \
         signing secret of {}/webhooks/stripe",
        settings.web.public_url
    );
    anyhow::ensure!(
        settings.environment != Environment::Production || stripe.api_base.starts_with("https://"),
        "gateway.stripe.api_base must begin with https:// where environment is \"production\"; it is {:?}",
        stripe.api_base
    );
    Ok(())
}

/// Whether the key of Stripe fits the environment.
pub(crate) fn check_stripe_key(environment: Environment, key: &str) -> anyhow::Result<()> {
    let is_live = key.starts_with("sk_live_") || key.starts_with("rk_live_");
    anyhow::ensure!(
        is_live == (environment == Environment::Production),
        "gateway.stripe.secret_key_file holds a {} key and environment is \"{}\"; live keys (sk_live_, \
         rk_live_) belong to \"production\" and to nothing else",
        if is_live { "live" } else { "test" },
        environment.as_str()
    );
    Ok(())
}

/// The one line of a secret file; one newline at its end is cut.
pub(crate) fn secret(setting: &str, path: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("{setting}: the file {} cannot be read", path.display()))?;
    Ok(text
        .strip_suffix('\n')
        .map_or(text.as_str(), |t| t.strip_suffix('\r').unwrap_or(t))
        .to_owned())
}
