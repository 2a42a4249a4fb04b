//! What every page of a group's portal shows: who runs it, and the conditions that hold today.

use crate::{App, AppError, policy};
use domain::card::Funding;
use domain::group::{Group, GroupSlug, Hospital, RESERVED_SLUGS};
use domain::policy::{Cancellation, Policy};

/// A group as its portal shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portal {
    /// Name, sender domain, version of the terms.
    pub group: Group,
    /// In the order in which they are shown, each with its policy of today where it has one yet.
    pub hospitals: Vec<(Hospital, Option<Policy>)>,
}

impl Portal {
    /// Days from a visit to the charge: the most that any hospital of the group takes.
    #[must_use]
    pub fn settle_after_days(&self) -> u16 {
        self.policies().map(|policy| policy.settle_after_days).max().unwrap_or(0)
    }

    /// Minutes from the end of a registration to its first use: the most at any hospital.
    #[must_use]
    pub fn activation_delay_minutes(&self) -> u16 {
        self.policies().map(|policy| policy.activation_delay_minutes).max().unwrap_or(0)
    }

    /// Calendar days between telling an amount in advance and charging it: the fewest at any hospital.
    #[must_use]
    pub fn advance_notice_days(&self) -> u16 {
        self.policies().map(|policy| policy.advance_notice_days).min().unwrap_or(0)
    }

    /// Whether every hospital lets a registration be cancelled online.
    #[must_use]
    pub fn cancels_online(&self) -> bool {
        self.policies().all(|policy| policy.cancellation == Cancellation::Online)
    }

    /// Whether every hospital refuses cards of this kind.
    #[must_use]
    pub fn refuses(&self, funding: Funding) -> bool {
        self.policies().all(|policy| policy.funding.refused.contains(&funding))
    }

    fn policies(&self) -> impl Iterator<Item = &Policy> {
        self.hospitals.iter().filter_map(|(_, policy)| policy.as_ref())
    }
}

/// The group at the first segment of an address; `None`: there is none, or the segment is reserved.
pub async fn portal(app: &App, segment: &str) -> Result<Option<Portal>, AppError> {
    if RESERVED_SLUGS.contains(&segment) {
        return Ok(None);
    }
    let Ok(slug) = GroupSlug::parse(segment) else { return Ok(None) };
    let today = app.now().day();
    app.store()
        .read(move |reader| {
            let Some(group) = store::groups::by_slug(reader, &slug)? else { return Ok(None) };
            let mut hospitals = Vec::new();
            for hospital in store::groups::hospitals_of(reader, &slug)? {
                let policy = policy::in_force(reader, &hospital.code, today)?;
                hospitals.push((hospital, policy));
            }
            Ok(Some(Portal { group, hospitals }))
        })
        .await
}

/// Whether the database answers.
pub async fn ready(app: &App) -> Result<(), AppError> {
    app.store()
        .read(|reader| store::groups::all_groups(reader).map(drop))
        .await
        .map_err(AppError::Store)
}
