//! Puts the parts together by the settings.

use crate::settings::{self, Environment, GatewayKind, MailKind, Settings, Tls};
use anyhow::Context as _;
use app::clock::Clock;
use app::ids::Ids;
use app::settings::AppSettings;
use app::{App, Outbound};
use domain::time::{Day, Moment, TimeOfDay};
use outbound::cards::sandbox::WEBHOOK_SECRET;
use outbound::cards::{CardGateway, RemoteSandbox, RemoteSettings, Stripe, StripeSettings};
use outbound::mail::{
    DkimSettings, FolderMailer, Mailer, SmtpLogin, SmtpMailer, SmtpSettings, SmtpTls,
};
use outbound::printers::{PrinterTimeouts, SlipPrinter, TcpPrinter};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
use store::{DatabaseAddress, Keyring, OpenOptions, Store};

/// Reads the settings by the command line and the environment.
pub(crate) fn settings(config: Option<&Path>) -> anyhow::Result<Settings> {
    settings::load(config, std::env::vars())
}

/// The database's address.
pub(crate) fn address(settings: &Settings) -> anyhow::Result<DatabaseAddress> {
    let text = &settings.database.address;
    anyhow::ensure!(
        !text.is_empty(),
        "database.address is not set: where shall everything be kept? For example \
         \"sqlite:/var/lib/atobarai/atobarai.db\" or \"postgres://atobarai@localhost/atobarai\""
    );
    DatabaseAddress::parse(text).context("database.address is not right")
}

/// The keys for sealed columns.
pub(crate) fn keyring(settings: &Settings) -> anyhow::Result<Keyring> {
    let file = &settings.database.key_file;
    anyhow::ensure!(
        !file.as_os_str().is_empty(),
        "database.key_file is not set: make a key with `atobarai key new FILE` and keep a copy of it \
         apart from the back-ups"
    );
    Ok(Keyring::from_files(file, &settings.database.old_key_files)?)
}

/// How the database is opened.
pub(crate) fn options(settings: &Settings) -> OpenOptions {
    OpenOptions { connections: settings.database.connections, ..OpenOptions::default() }
}

/// The database as it is.
pub(crate) fn store(settings: &Settings) -> anyhow::Result<Store> {
    Ok(Store::open(&address(settings)?, keyring(settings)?, options(settings))?)
}

/// Everything that a use case needs.
pub(crate) async fn app(settings: &Settings) -> anyhow::Result<App> {
    let outbound = Outbound {
        gateway: gateway(settings)?,
        mailer: mailer(settings).await?,
        slip_printers: slip_printers(settings),
    };
    Ok(App::new(store(settings)?, outbound, clock(settings)?, Ids::System, app_settings(settings)))
}

fn app_settings(settings: &Settings) -> AppSettings {
    AppSettings {
        public_url: settings.web.public_url.clone(),
        sender_local_part: settings.mail.sender_local_part.clone(),
        application_url_hours: settings.patients.application_url_hours,
        session_idle_minutes: settings.patients.session_idle_minutes,
        session_hours: settings.patients.session_hours,
        password_hashes_at_once: settings.patients.password_hashes_at_once,
        gateway_calls_at_once: settings.gateway.calls_at_once,
        ..AppSettings::default()
    }
}

/// The machine's clock; outside production `ATOBARAI_NOW` starts it at another moment
/// (`2026-11-28T09:00`, in Asia/Tokyo).
pub(crate) fn clock(settings: &Settings) -> anyhow::Result<Clock> {
    anyhow::ensure!(
        std::env::var_os("ATOBARAI_NOW").is_none()
            || settings.environment != Environment::Production,
        "ATOBARAI_NOW is set, and environment is \"production\": the clock is not moved where money is real"
    );
    moved_clock()
}

/// The same where no money is real whatever the settings say: at the sandbox card network.
pub(crate) fn moved_clock() -> anyhow::Result<Clock> {
    let Ok(text) = std::env::var("ATOBARAI_NOW") else { return Ok(Clock::System) };
    let start = moment(&text)
        .with_context(|| format!("ATOBARAI_NOW is {text:?} and must be like 2026-11-28T09:00"))?;
    Ok(Clock::ahead_by_ms(start.ms().saturating_sub(Clock::System.now().ms())))
}

/// A moment on the command line.
pub(crate) fn moment_of(text: &str) -> Result<Moment, String> {
    moment(text).ok_or_else(|| format!("{text:?} must be like 2026-11-28T09:00"))
}

fn moment(text: &str) -> Option<Moment> {
    let (day, time) = text.split_once('T')?;
    Some(Day::parse(day).ok()?.at(TimeOfDay::parse(time)?))
}

/// The card gateway.
pub(crate) fn gateway(settings: &Settings) -> anyhow::Result<CardGateway> {
    match settings.gateway.kind {
        GatewayKind::Sandbox => {
            let sandbox = &settings.gateway.sandbox;
            let remote = RemoteSettings {
                requests_a_second: settings.gateway.requests_a_second,
                base_url: sandbox.base_url.clone(),
                connect_timeout: Duration::from_secs(sandbox.connect_timeout_s),
                request_timeout: Duration::from_secs(sandbox.request_timeout_s),
                // The sandbox moves no money, so its secret is none.
                webhook_secrets: vec![WEBHOOK_SECRET.to_owned()],
            };
            let remote = RemoteSandbox::new(&remote).context("gateway.sandbox is not right")?;
            Ok(CardGateway::Remote(remote))
        }
        GatewayKind::Stripe => {
            let stripe = stripe(settings)?;
            Ok(CardGateway::Stripe(Stripe::new(&stripe).context("gateway.stripe is not right")?))
        }
    }
}

fn stripe(settings: &Settings) -> anyhow::Result<StripeSettings> {
    let stripe = &settings.gateway.stripe;
    let secret_key = settings::secret("gateway.stripe.secret_key_file", &stripe.secret_key_file)?;
    settings::check_stripe_key(settings.environment, &secret_key)?;
    let webhook_secrets = stripe
        .webhook_secret_files
        .iter()
        .map(|file| settings::secret("gateway.stripe.webhook_secret_files", file))
        .collect::<anyhow::Result<Vec<_>>>()?;
    Ok(StripeSettings {
        requests_a_second: settings.gateway.requests_a_second,
        api_base: stripe.api_base.clone(),
        secret_key,
        webhook_secrets,
        connect_timeout: Duration::from_secs(stripe.connect_timeout_s),
        request_timeout: Duration::from_secs(stripe.request_timeout_s),
    })
}

async fn mailer(settings: &Settings) -> anyhow::Result<Mailer> {
    match settings.mail.kind {
        MailKind::Folder => {
            let path = &settings.mail.folder.path;
            anyhow::ensure!(!path.as_os_str().is_empty(), "mail.folder.path is not set");
            Ok(Mailer::Folder(
                FolderMailer::open(path).await.context("mail.folder.path is not right")?,
            ))
        }
        MailKind::Smtp => {
            let smtp = SmtpMailer::new(&smtp(settings)?).context("mail.smtp is not right")?;
            Ok(Mailer::Smtp(smtp))
        }
    }
}

fn smtp(settings: &Settings) -> anyhow::Result<SmtpSettings> {
    let (smtp, dkim) = (&settings.mail.smtp, &settings.mail.dkim);
    let login = if smtp.user.is_empty() {
        None
    } else {
        let password = settings::secret("mail.smtp.password_file", &smtp.password_file)?;
        Some(SmtpLogin { user: smtp.user.clone(), password })
    };
    let dkim = if dkim.key_file.as_os_str().is_empty() {
        None
    } else {
        anyhow::ensure!(
            !dkim.selector.is_empty() && !dkim.domain.is_empty(),
            "mail.dkim.key_file is set, so mail.dkim.selector and mail.dkim.domain must be set too"
        );
        let key_pem = std::fs::read_to_string(&dkim.key_file).with_context(|| {
            format!("mail.dkim.key_file: {} cannot be read", dkim.key_file.display())
        })?;
        Some(DkimSettings { selector: dkim.selector.clone(), domain: dkim.domain.clone(), key_pem })
    };
    Ok(SmtpSettings {
        host: smtp.host.clone(),
        port: smtp.port,
        tls: match smtp.tls {
            Tls::None => SmtpTls::None,
            Tls::Starttls => SmtpTls::StartTls,
            Tls::Implicit => SmtpTls::Implicit,
        },
        extra_root_pem: None,
        login,
        hello_name: None,
        timeout: Duration::from_secs(smtp.timeout_s),
        dkim,
    })
}

fn slip_printers(settings: &Settings) -> BTreeMap<String, SlipPrinter> {
    let printer = |address: &String| {
        SlipPrinter::Tcp(TcpPrinter {
            address: address.clone(),
            timeouts: PrinterTimeouts::default(),
        })
    };
    settings.printers.iter().map(|(machine, address)| (machine.clone(), printer(address))).collect()
}

/// Settings of the pages.
pub(crate) fn web_settings(settings: &Settings) -> anyhow::Result<web::WebSettings> {
    let proxy = &settings.web.trusted_proxy;
    let trusted_proxies =
        if proxy.is_empty() {
            Vec::new()
        } else {
            vec![proxy.parse().with_context(|| {
                format!("web.trusted_proxy is {proxy:?} and must be an address")
            })?]
        };
    let pages_at = match settings.gateway.kind {
        GatewayKind::Sandbox => &settings.gateway.sandbox.base_url,
        GatewayKind::Stripe => &settings.gateway.stripe.page_origin,
    };
    Ok(web::WebSettings {
        gateway_origin: Some(origin(pages_at)),
        trusted_proxies,
        ..web::WebSettings::default()
    })
}

/// Scheme, host and port of an address.
fn origin(url: &str) -> String {
    let after_scheme = url.find("://").map_or(0, |at| at.saturating_add(3));
    let rest = url.get(after_scheme..).unwrap_or_default();
    let host_ends = rest.find('/').map_or(url.len(), |at| after_scheme.saturating_add(at));
    url.get(..host_ends).unwrap_or(url).to_owned()
}

/// Starts the log.
pub(crate) fn log(settings: &Settings) -> anyhow::Result<()> {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_new(&settings.log.level)
        .with_context(|| format!("log.level is {:?}", settings.log.level))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = if settings.log.json { log.json().try_init() } else { log.try_init() };
    started.map_err(|error| anyhow::anyhow!("the log cannot be started: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_origin_of_an_address_leaves_its_path_out() {
        assert_eq!(origin("http://127.0.0.1:8090/prefix/x"), "http://127.0.0.1:8090");
        assert_eq!(origin("https://pay.example"), "https://pay.example");
    }

    #[test]
    fn a_moment_is_read_in_tokyo() {
        assert_eq!(
            moment("2026-11-28T09:00").map(|at| at.to_string()).as_deref(),
            Some("2026-11-28T09:00:00+09:00")
        );
        assert_eq!(moment("2026-11-28 09:00"), None);
    }
}
