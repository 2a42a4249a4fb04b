//! Sign-in with user ID and password, and the sessions that follow (FAQ Q14-Q20; S-07, S-09, S-10, S-13).

use crate::ids::token_hash;
use crate::limits::{ClientAddress, Limited};
use crate::passwords::Verdict;
use crate::{App, AppError, record};
use domain::audit::{Act, Actor};
use domain::group::GroupSlug;
use domain::id::{AccountId, SessionId};
use domain::text;
use domain::time::Moment;
use domain::user_id::{UserId, UserIdTyped};
use store::StoreError;
use store::accounts::Credentials;
use store::sessions::{self, NewSession, Session};

/// What a visitor typed, and from where.
#[derive(Clone, Copy, Debug)]
pub struct SignInTyped<'a> {
    /// The user ID; blanks around it are cut, widths folded, case kept.
    pub user_id: &'a str,
    /// The password, exactly as typed.
    pub password: &'a str,
    /// The network that the request comes from.
    pub from: &'a ClientAddress,
    /// What the browser calls itself; shown to the account's owner in a list of sessions.
    pub user_agent: &'a str,
}

/// What came of signing in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// There is no such group.
    UnknownGroup,
    /// No user ID was typed.
    MissingUserId,
    /// No password was typed.
    MissingPassword,
    /// Only digits: the number of the patient card, which is no user ID (FAQ Q16).
    LooksLikePatientNumber,
    /// ID and password do not belong together. Nothing tells which of the two is wrong.
    Refused {
        /// The password as typed begins or ends with a blank: the page says so (FAQ Q20).
        password_has_edge_blanks: bool,
    },
    /// Too many tries.
    TooMany {
        /// Seconds until another try may succeed.
        try_again_s: i64,
    },
    /// Signed in.
    Ok {
        /// For the cookie. Always a new one.
        session_token: String,
    },
}

/// A signed-in account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The session.
    pub session: SessionId,
    /// The account.
    pub account: AccountId,
    /// Its group: a portal of another group shows nothing of it.
    pub group: GroupSlug,
    /// Its user ID.
    pub user_id: UserId,
}

/// Characters that are kept of what a browser calls itself.
const USER_AGENT_MAX: usize = 200;

/// How long a network counts as the owner's after they signed in from it, in days.
const KNOWN_NETWORK_DAYS: i64 = 180;

/// Signs in. An unknown ID takes the same time as a wrong password, and the same is written.
///
/// The cookie that the browser had before is not taken over: each sign-in has a token of its own.
pub async fn sign_in(
    app: &App,
    group: &GroupSlug,
    typed: &SignInTyped<'_>,
) -> Result<SignIn, AppError> {
    let user_id = match UserIdTyped::read(typed.user_id) {
        UserIdTyped::Missing => return Ok(SignIn::MissingUserId),
        UserIdTyped::LooksLikePatientNumber => return Ok(SignIn::LooksLikePatientNumber),
        UserIdTyped::Id(user_id) => user_id,
    };
    if typed.password.is_empty() {
        return Ok(SignIn::MissingPassword);
    }
    let now = app.now();
    let network = typed.from.as_str();
    if let Err(try_again_s) = app.limiter().take(Limited::SignInFromNetwork, network, now) {
        return Ok(SignIn::TooMany { try_again_s });
    }
    let Some(found) = look_up(app, group, &user_id, network).await? else {
        return Ok(SignIn::UnknownGroup);
    };
    let budget = Budget::new(group, &user_id, network, found.network);
    if let Err(try_again_s) = budget.take(app, now) {
        return Ok(SignIn::TooMany { try_again_s });
    }
    let kept = found.credentials.as_ref().map(|kept| kept.password_hash.as_str());
    let verdict = app.passwords().verify(typed.password, kept).await?;
    let (Some(credentials), Verdict::Right | Verdict::RightButOld) = (found.credentials, verdict)
    else {
        return refuse(app, group, found.account, typed.password).await;
    };
    budget.give_back(app);
    let renewed = match verdict {
        Verdict::RightButOld => {
            Some(app.passwords().hash(typed.password, app.ids().bytes()).await?)
        }
        Verdict::Right | Verdict::Wrong => None,
    };
    let session_token = begin(app, group, typed, credentials, renewed).await?;
    Ok(SignIn::Ok { session_token })
}

/// Whether an account was signed in to from this network before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Network {
    Known,
    Strange,
}

struct Found {
    credentials: Option<Credentials>,
    account: Option<AccountId>,
    network: Network,
}

async fn look_up(
    app: &App,
    group: &GroupSlug,
    user_id: &UserId,
    network: &str,
) -> Result<Option<Found>, AppError> {
    let (slug, user_id, network) = (group.clone(), user_id.clone(), network.to_owned());
    let since = app.now().plus_minutes(-KNOWN_NETWORK_DAYS * 24 * 60);
    app.store()
        .read(move |reader| {
            if store::groups::by_slug(reader, &slug)?.is_none() {
                return Ok(None);
            }
            let credentials = store::accounts::credentials(reader, &slug, &user_id)?;
            let account = credentials.as_ref().map(|kept| kept.account);
            // Asked for nobody as well, so that the work is the same.
            let asked = account.unwrap_or(AccountId::from_number(0));
            let known = sessions::was_from_network(reader, asked, &network, since)?;
            let network = if known { Network::Known } else { Network::Strange };
            Ok(Some(Found { credentials, account, network }))
        })
        .await
}

/// The tries that one user ID has from one network. They are counted by what was typed, whether or
/// not an account has that ID.
struct Budget {
    here: String,
    everywhere: String,
    network: Network,
}

impl Budget {
    fn new(group: &GroupSlug, user_id: &UserId, from: &str, network: Network) -> Self {
        // What was typed may be of any length; the key of a bucket may not.
        let everywhere = token_hash(&format!("{group}/{user_id}"));
        Self { here: format!("{everywhere}/{from}"), everywhere, network }
    }

    /// Taken before the password is looked at, so that tries at the same moment count, too.
    fn take(&self, app: &App, now: Moment) -> Result<(), i64> {
        app.limiter().take(Limited::AccountFromNetwork, &self.here, now)?;
        match self.network {
            Network::Known => Ok(()),
            Network::Strange => {
                app.limiter().take(Limited::AccountFromStrangers, &self.everywhere, now)
            }
        }
    }

    fn give_back(&self, app: &App) {
        app.limiter().give_back(Limited::AccountFromNetwork, &self.here);
        match self.network {
            Network::Known => {}
            Network::Strange => {
                app.limiter().give_back(Limited::AccountFromStrangers, &self.everywhere)
            }
        }
    }
}

async fn refuse(
    app: &App,
    group: &GroupSlug,
    account: Option<AccountId>,
    password: &str,
) -> Result<SignIn, AppError> {
    let (slug, now) = (group.clone(), app.now());
    app.store()
        .write(move |tx| {
            let about = account.map_or_else(|| "nobody".to_owned(), |account| account.to_string());
            record::act(tx, &slug, &Actor::Visitor, Act::SignInRefused, (&about, now));
            Ok::<_, StoreError>(())
        })
        .await?;
    Ok(SignIn::Refused { password_has_edge_blanks: text::has_edge_blanks(password) })
}

async fn begin(
    app: &App,
    group: &GroupSlug,
    typed: &SignInTyped<'_>,
    credentials: Credentials,
    renewed: Option<String>,
) -> Result<String, AppError> {
    let (now, slug) = (app.now(), group.clone());
    let session_token = app.ids().token();
    let id: SessionId = app.ids().id(now);
    let hash = token_hash(&session_token);
    let network = typed.from.as_str().to_owned();
    let user_agent: String = typed.user_agent.chars().take(USER_AGENT_MAX).collect();
    let ends_at = now.plus_minutes(app.settings().session_hours.saturating_mul(60));
    app.store()
        .write(move |tx| {
            let account = credentials.account;
            let new = NewSession {
                id,
                account,
                token_hash: &hash,
                network: &network,
                user_agent: &user_agent,
                now,
                ends_at,
            };
            sessions::insert(tx, &new)?;
            if let Some(renewed) = renewed {
                store::accounts::rehash(tx, account, &credentials.password_hash, &renewed)?;
            }
            record::act(tx, &slug, &Actor::Account(account), Act::SignedIn, (&id.to_string(), now));
            Ok::<_, StoreError>(())
        })
        .await?;
    Ok(session_token)
}

/// Whose session a cookie names; `None`: none, or it is over. Using it keeps it from falling idle.
pub async fn session(app: &App, session_token: &str) -> Result<Option<SignedIn>, AppError> {
    let (hash, now) = (token_hash(session_token), app.now());
    let found = app.store().read(move |reader| sessions::by_token(reader, &hash)).await?;
    let idle = app.settings().session_idle_minutes;
    let alive = |kept: &Session| now < kept.ends_at && now < kept.touched_at.plus_minutes(idle);
    let Some(kept) = found.filter(alive) else { return Ok(None) };
    if now >= kept.touched_at.plus_minutes(1) {
        let id = kept.id;
        app.store().write(move |tx| sessions::touch(tx, id, now)).await?;
    }
    Ok(Some(SignedIn {
        session: kept.id,
        account: kept.account,
        group: kept.group,
        user_id: kept.user_id,
    }))
}

/// Ends a session. A token that is none is no error.
pub async fn sign_out(app: &App, session_token: &str) -> Result<(), AppError> {
    let (hash, now) = (token_hash(session_token), app.now());
    app.store()
        .write(move |tx| {
            let Some(kept) = sessions::by_token(tx, &hash)? else { return Ok(()) };
            if sessions::end(tx, &hash, now)? {
                let (actor, about) = (Actor::Account(kept.account), kept.id.to_string());
                record::act(tx, &kept.group, &actor, Act::SignedOut, (&about, now));
            }
            Ok::<_, StoreError>(())
        })
        .await?;
    Ok(())
}
