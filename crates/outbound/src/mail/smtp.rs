//! Mail through a mail server: TLS, sign-in, DKIM, and what the server's answers mean.
//!
//! With DKIM the library stamps its own signing time (`t=`) from the system's clock into the
//! signature; everything else in a message comes from the mail itself.

use super::{MailAnswer, OutgoingMail, message};
use lettre::message::dkim::{
    DkimCanonicalization, DkimCanonicalizationType, DkimConfig, DkimSigningAlgorithm,
    DkimSigningKey, DkimSigningKeyError,
};
use lettre::message::header::HeaderName;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use std::error::Error;
use std::fmt::{self, Write};
use std::sync::Arc;
use std::time::Duration;

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpTls {
    /// Not at all: for a mail server on the same machine.
    None,
    /// Begins in the open and must change to TLS before anything is said (usually port 587).
    StartTls,
    /// TLS from the first byte (usually port 465).
    Implicit,
}

/// How we sign in at the mail server.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpLogin {
    /// The user.
    pub user: String,
    /// Its password; never printed.
    pub password: String,
}

impl fmt::Debug for SmtpLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpLogin").field("user", &self.user).finish_non_exhaustive()
    }
}

/// How messages are signed (DKIM, RSA).
#[derive(Clone, PartialEq, Eq)]
pub struct DkimSettings {
    /// `selector._domainkey.domain` is where the public key stands in DNS.
    pub selector: String,
    /// The domain that signs.
    pub domain: String,
    /// The text of the key file, `BEGIN RSA PRIVATE KEY` (PKCS#1); never printed.
    pub key_pem: String,
}

impl fmt::Debug for DkimSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DkimSettings")
            .field("selector", &self.selector)
            .field("domain", &self.domain)
            .finish_non_exhaustive()
    }
}

/// Everything needed to hand mail to a mail server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmtpSettings {
    /// The server's name, which its certificate must bear.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: SmtpTls,
    /// A certificate authority to trust besides the public ones, as PEM: for a server inside the hospital.
    pub extra_root_pem: Option<String>,
    /// How we sign in, if the server wants it. Without TLS a password travels in the open.
    pub login: Option<SmtpLogin>,
    /// The name we greet with; `None` is the machine's name.
    pub hello_name: Option<String>,
    /// How long one step may take.
    pub timeout: Duration,
    /// How messages are signed, if they are.
    pub dkim: Option<DkimSettings>,
}

/// Settings that no mail can leave by.
#[derive(Debug, thiserror::Error)]
pub enum SmtpSettingsFault {
    /// The certificate authority cannot be read, or TLS cannot be set up for this host name.
    #[error(
        "TLS for the mail server {host} cannot be set up: check host and certificate authority"
    )]
    Tls {
        /// Which server.
        host: String,
        /// Why.
        #[source]
        source: lettre::transport::smtp::Error,
    },
    /// The DKIM key cannot be read.
    #[error(
        "the DKIM key for {selector}._domainkey.{domain} is not an RSA key in PKCS#1 form \
         (BEGIN RSA PRIVATE KEY; openssl genrsa -traditional makes one)"
    )]
    DkimKey {
        /// Its selector.
        selector: String,
        /// Its domain.
        domain: String,
        /// Why.
        #[source]
        source: DkimSigningKeyError,
    },
}

/// A mail server. Clones share its connections.
#[derive(Clone)]
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    dkim: Option<Arc<DkimConfig>>,
}

impl SmtpMailer {
    /// Takes the settings; says nothing to the server yet.
    pub fn new(settings: &SmtpSettings) -> Result<Self, SmtpSettingsFault> {
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host)
            .port(settings.port)
            .tls(tls(settings)?)
            .timeout(Some(settings.timeout));
        if let Some(login) = &settings.login {
            builder =
                builder.credentials(Credentials::new(login.user.clone(), login.password.clone()));
        }
        if let Some(name) = &settings.hello_name {
            builder = builder.hello_name(ClientId::Domain(name.clone()));
        }
        let dkim = settings.dkim.as_ref().map(dkim).transpose()?.map(Arc::new);
        Ok(Self { transport: builder.build(), dkim })
    }

    pub(super) async fn send(&self, mail: &OutgoingMail) -> MailAnswer {
        let mut message = match message::build(mail) {
            Ok(message) => message,
            Err(fault) => return MailAnswer::Refused { why: with_causes(&fault) },
        };
        if let Some(dkim) = &self.dkim {
            message.sign(dkim);
        }
        match self.transport.send(message).await {
            Ok(response) => MailAnswer::Accepted {
                response: format!(
                    "{} {}",
                    response.code(),
                    response.message().collect::<Vec<_>>().join(" ")
                ),
            },
            Err(fault) => meaning(&fault),
        }
    }
}

/// A 5xx is about this message and final, except where it is about us: a server that wants another
/// sign-in would otherwise turn every notice into an undeliverable one.
fn meaning(fault: &lettre::transport::smtp::Error) -> MailAnswer {
    let why = with_causes(fault);
    let about_us =
        fault.status().is_some_and(|code| matches!(u16::from(code), 521 | 530 | 534 | 535 | 538));
    if fault.is_permanent() && !about_us {
        MailAnswer::Refused { why }
    } else {
        MailAnswer::Deferred { why }
    }
}

fn with_causes(fault: &dyn Error) -> String {
    let mut text = fault.to_string();
    let mut cause = fault.source();
    while let Some(inner) = cause {
        // Writing into a string cannot fail.
        let _infallible = write!(text, ": {inner}");
        cause = inner.source();
    }
    text
}

fn tls(settings: &SmtpSettings) -> Result<Tls, SmtpSettingsFault> {
    let parameters = || {
        let fault = |source| SmtpSettingsFault::Tls { host: settings.host.clone(), source };
        let mut builder = TlsParameters::builder(settings.host.clone());
        if let Some(pem) = &settings.extra_root_pem {
            builder =
                builder.add_root_certificate(Certificate::from_pem(pem.as_bytes()).map_err(fault)?);
        }
        builder.build().map_err(fault)
    };
    Ok(match settings.tls {
        SmtpTls::None => Tls::None,
        SmtpTls::StartTls => Tls::Required(parameters()?),
        SmtpTls::Implicit => Tls::Wrapper(parameters()?),
    })
}

fn dkim(settings: &DkimSettings) -> Result<DkimConfig, SmtpSettingsFault> {
    let key =
        DkimSigningKey::new(&settings.key_pem, DkimSigningAlgorithm::Rsa).map_err(|source| {
            SmtpSettingsFault::DkimKey {
                selector: settings.selector.clone(),
                domain: settings.domain.clone(),
                source,
            }
        })?;
    // Everything that a reader's program shows or acts upon. Not Content-Type: the library keeps it
    // with the body and would sign it as missing.
    let headers = ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Auto-Submitted"];
    Ok(DkimConfig::new(
        settings.selector.clone(),
        settings.domain.clone(),
        key,
        headers.into_iter().map(HeaderName::new_from_ascii_str).collect(),
        // Servers on the way fold lines and trim blanks; relaxed signatures survive that.
        DkimCanonicalization {
            header: DkimCanonicalizationType::Relaxed,
            body: DkimCanonicalizationType::Relaxed,
        },
    ))
}
