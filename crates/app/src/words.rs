//! Small pieces that mails, slips and pages share: whom to call, when machines work, where to sign in.

use crate::settings::AppSettings;
use domain::group::{GroupSlug, Hospital};
use domain::policy::Policy;
use render::mails::Contact;

/// Whom to call at a hospital.
#[must_use]
pub fn contact(hospital: &Hospital) -> Contact {
    Contact {
        hospital: hospital.name.clone(),
        phone: hospital.phone.clone(),
        hours: hospital.phone_hours.clone(),
    }
}

/// When kiosks and receipt machines work: `平日 7:45〜17:00 (土曜・日曜・祝日・年末年始を除く)`.
#[must_use]
pub fn machine_hours(policy: &Policy) -> String {
    let (opens, closes) = (policy.hours.opens.in_japanese(), policy.hours.closes.in_japanese());
    let closures = &policy.closures;
    let days = if closures.weekends { "平日" } else { "毎日" };
    let mut except = Vec::new();
    if closures.weekends {
        except.extend(["土曜", "日曜"]);
    }
    if closures.national_holidays {
        except.push("祝日");
    }
    if closures.year_end.is_some() {
        except.push("年末年始");
    }
    if except.is_empty() {
        return format!("{days} {opens}〜{closes}");
    }
    format!("{days} {opens}〜{closes} ({}を除く)", except.join("・"))
}

/// Where a group's patients sign in.
#[must_use]
pub fn login_url(settings: &AppSettings, group: &GroupSlug) -> String {
    format!("{}/{group}/login/", settings.public_url)
}
