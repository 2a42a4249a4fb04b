//! The addresses that mails and the gateway are given; `web` serves each of them.

use crate::settings::AppSettings;
use domain::group::GroupSlug;

/// Where an application URL from a mail leads: `/{group}/new/open/{token}`.
#[must_use]
pub fn application(settings: &AppSettings, group: &GroupSlug, token: &str) -> String {
    format!("{}/{group}/new/open/{token}", settings.public_url)
}

/// The same for the card page of an account: `/{group}/me/card/back`.
#[must_use]
pub fn card_change_back(settings: &AppSettings, group: &GroupSlug) -> String {
    format!("{}/{group}/me/card/back", settings.public_url)
}

/// The same for a card that is typed again for a change of details: `/{group}/me/details/back`.
#[must_use]
pub fn details_back(settings: &AppSettings, group: &GroupSlug) -> String {
    format!("{}/{group}/me/details/back", settings.public_url)
}

/// Where the link of a recovery mail leads: `/{group}/forgotten/open/{token}`.
#[must_use]
pub fn recovery(settings: &AppSettings, group: &GroupSlug, token: &str) -> String {
    format!("{}/{group}/forgotten/open/{token}", settings.public_url)
}

/// Where a registration begins.
#[must_use]
pub fn register(settings: &AppSettings, group: &GroupSlug) -> String {
    format!("{}/{group}/new/", settings.public_url)
}

/// Where the gateway sends the browser from its card page: `/{group}/new/card/back`, with
/// `setup={setup id}` in the query.
#[must_use]
pub fn card_back(settings: &AppSettings, group: &GroupSlug) -> String {
    format!("{}/{group}/new/card/back", settings.public_url)
}
