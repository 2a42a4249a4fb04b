//! What the operator has set, as the use cases need it.

/// Settings of the use cases.
#[derive(Clone, Debug)]
pub struct AppSettings {
    /// Where patients reach us, without a slash at the end: `https://s7.medicalpay.jp`.
    pub public_url: String,
    /// Local part of the sender: mails come from `{this}@{the group's sender domain}`.
    pub sender_local_part: String,
    /// Hours until an application URL ends.
    pub application_url_hours: i64,
    /// Minutes without a request until a session ends.
    pub session_idle_minutes: i64,
    /// Hours after which a session ends in any case.
    pub session_hours: i64,
    /// How many password hashes may be computed at once; each takes 19 MiB.
    pub password_hashes_at_once: usize,
    /// How many calls of the card gateway may be under way at once.
    pub gateway_calls_at_once: usize,
    /// Whether limits on attempts are in force (off only where a test must try a thousand times).
    pub limits: bool,
}

impl Default for AppSettings {
    fn default() -> Self {
        Self {
            public_url: "http://localhost:8080".to_owned(),
            sender_local_part: "no-reply".to_owned(),
            application_url_hours: 24,
            session_idle_minutes: 30,
            session_hours: 12,
            password_hashes_at_once: 2,
            gateway_calls_at_once: 32,
            limits: true,
        }
    }
}
