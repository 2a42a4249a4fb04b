//! The steps of a charge. Pure: whoever calls stores the result before anybody outside hears of it.

use crate::charge::{
    ActionRequired, AttemptOrder, AwaitingConsent, Charge, Closed, Due, FrozenBill, Intended,
    Obligation, ReturnedToDesk, Scheduled, Sent, Unknown,
};
use crate::charge_state::ReturnReason;
use crate::time::Moment;
use crate::yen::{AmountOutOfRange, Yen};

/// What a correction, a withdrawal or a step on the way out made of a charge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replanned {
    /// It was not sent yet and follows.
    Changed(Charge),
    /// Nothing is different.
    Same(Charge),
    /// Money is moving or has moved: nothing is edited (rule R8).
    TooLate(Charge),
}

impl Scheduled {
    /// Becomes due when its day has come in Asia/Tokyo and the notice period is over.
    ///
    /// # Errors
    ///
    /// Hands itself back when it is too early.
    pub fn become_due(self, now: Moment) -> Result<Due, Self> {
        if now.day() < self.obligation.due_on || now < self.not_before {
            return Err(self);
        }
        Ok(Due { obligation: self.obligation, generation: 0, declines: 0, not_before: now })
    }
}

impl Due {
    /// Freezes key, amount and card. Store the result before it is sent.
    ///
    /// # Errors
    ///
    /// Hands itself back when its time has not come, or when the order is not for the next
    /// generation and the full amount: such an order was made from an older state.
    pub fn intend(self, attempt: AttemptOrder, now: Moment) -> Result<Intended, Self> {
        let next = self.generation.saturating_add(1);
        let fits = attempt.generation == next && attempt.amount == self.obligation.amount;
        if now < self.not_before || now.day() < self.obligation.due_on || !fits {
            return Err(self);
        }
        Ok(Intended { obligation: self.obligation, attempt, declines: self.declines })
    }

    /// Waits for the payer, because the amount is above their ceiling.
    #[must_use]
    pub fn await_consent(self, until: Moment) -> AwaitingConsent {
        AwaitingConsent {
            obligation: self.obligation,
            generation: self.generation,
            declines: self.declines,
            until,
        }
    }

    /// Gives the charge to the desk because it cannot be sent at all.
    #[must_use]
    pub fn return_to_desk(self, reason: ReturnReason) -> ReturnedToDesk {
        ReturnedToDesk { obligation: self.obligation, generation: self.generation, reason }
    }
}

impl Intended {
    /// Marks the attempt as sent. Store the result before the gateway hears of it.
    #[must_use]
    pub fn send(self, now: Moment) -> Sent {
        Sent {
            obligation: self.obligation,
            attempt: self.attempt,
            declines: self.declines,
            sent_at: now,
        }
    }
}

impl AwaitingConsent {
    /// The payer agrees to this amount.
    #[must_use]
    pub fn consent(self, now: Moment) -> Due {
        let Self { obligation, generation, declines, .. } = self;
        Due { obligation, generation, declines, not_before: now }
    }
}

impl ActionRequired {
    /// The cardholder has authenticated, or there is another card: one more attempt.
    #[must_use]
    pub fn resume(self, now: Moment) -> Due {
        let Self { obligation, generation, declines, .. } = self;
        Due { obligation, generation, declines, not_before: now }
    }
}

impl Charge {
    /// Plans a charge for its due day, or for the end of the notice period if that is later; closes
    /// it at once when there is nothing to pay.
    #[must_use]
    pub fn plan(obligation: Obligation, notice_ends: Option<Moment>) -> Self {
        if obligation.amount.is_zero() {
            return Self::SettledZero(Closed { obligation, generation: 0, declines: 0 });
        }
        let due = obligation.due_on.begins();
        let not_before = notice_ends.map_or(due, |notice| notice.max(due));
        Self::Scheduled(Scheduled { obligation, not_before })
    }

    /// Gives a charge to the desk for whose payer we have waited long enough. Nothing is under way
    /// while we wait for a person, so here a clock may decide.
    #[must_use]
    pub fn waited_long_enough(self, now: Moment) -> Replanned {
        let (owed, generation, until, reason) = match &self {
            Self::AwaitingConsent(AwaitingConsent { obligation, generation, until, .. }) => {
                (obligation, *generation, *until, ReturnReason::NoConsent)
            }
            Self::ActionRequired(ActionRequired { obligation, generation, until, .. }) => {
                (obligation, *generation, *until, ReturnReason::NotAuthenticated)
            }
            Self::Scheduled(_)
            | Self::Due(_)
            | Self::Intended(_)
            | Self::Sent(_)
            | Self::Unknown(_)
            | Self::Paid(_)
            | Self::ReturnedToDesk(_)
            | Self::Withdrawn(_)
            | Self::SettledZero(_) => return Replanned::Same(self),
        };
        if now < until {
            return Replanned::Same(self);
        }
        let obligation = owed.clone();
        let returned = ReturnedToDesk { obligation, generation, reason };
        Replanned::Changed(Self::ReturnedToDesk(returned))
    }

    /// What may be sent now; `None` when its time has not come, or it is on its way, or over.
    #[must_use]
    pub fn due_now(self, now: Moment) -> Option<Due> {
        match self {
            Self::Scheduled(scheduled) => scheduled.become_due(now).ok(),
            Self::Due(due) => (due.not_before <= now).then_some(due),
            Self::Intended(_)
            | Self::Sent(_)
            | Self::Unknown(_)
            | Self::AwaitingConsent(_)
            | Self::ActionRequired(_)
            | Self::Paid(_)
            | Self::ReturnedToDesk(_)
            | Self::Withdrawn(_)
            | Self::SettledZero(_) => None,
        }
    }

    /// The attempt whose fate the gateway knows better than we do, as it was sent.
    #[must_use]
    pub fn sent(self) -> Option<Sent> {
        match self {
            Self::Sent(sent) => Some(sent),
            Self::Unknown(Unknown { obligation, attempt, declines, sent_at, .. }) => {
                Some(Sent { obligation, attempt, declines, sent_at })
            }
            Self::Scheduled(_)
            | Self::Due(_)
            | Self::Intended(_)
            | Self::AwaitingConsent(_)
            | Self::ActionRequired(_)
            | Self::Paid(_)
            | Self::ReturnedToDesk(_)
            | Self::Withdrawn(_)
            | Self::SettledZero(_) => None,
        }
    }

    /// Takes in corrected bills, and what earlier charges have covered of them, while nothing has
    /// been sent. A changed amount waits for its own notice.
    ///
    /// # Errors
    ///
    /// The bills add up to more than an amount can be.
    pub fn refreeze(
        self,
        bills: Vec<FrozenBill>,
        covered: Yen,
        notice_ends: Option<Moment>,
    ) -> Result<Replanned, AmountOutOfRange> {
        let amount = Obligation::sum_of(&bills)?.minus(covered).unwrap_or(Yen::ZERO);
        let before = self.obligation();
        if before.bills == bills && before.covered == covered {
            return Ok(Replanned::Same(self));
        }
        let notice = notice_ends.filter(|_| before.amount != amount);
        let frozen = |owed: Obligation| Obligation { bills, covered, amount, ..owed };
        let later = |planned: Moment| notice.map_or(planned, |notice| notice.max(planned));
        Ok(Replanned::Changed(match self {
            Self::Scheduled(Scheduled { obligation, not_before }) => {
                Self::plan(frozen(obligation), Some(later(not_before)))
            }
            Self::SettledZero(Closed { obligation, generation: 0, .. }) => {
                Self::plan(frozen(obligation), notice)
            }
            Self::SettledZero(closed) if amount.is_zero() => {
                let obligation = frozen(closed.obligation);
                Self::SettledZero(Closed { obligation, ..closed })
            }
            Self::SettledZero(Closed { obligation, generation, declines }) => {
                let not_before = later(obligation.due_on.begins());
                Self::Due(Due { obligation: frozen(obligation), generation, declines, not_before })
            }
            Self::Due(Due { obligation, generation, declines, .. })
            | Self::AwaitingConsent(AwaitingConsent { obligation, generation, declines, .. })
            | Self::ActionRequired(ActionRequired { obligation, generation, declines, .. })
                if amount.is_zero() =>
            {
                let obligation = frozen(obligation);
                Self::SettledZero(Closed { obligation, generation, declines })
            }
            Self::Due(due) => Self::Due(Due {
                obligation: frozen(due.obligation),
                not_before: later(due.not_before),
                ..due
            }),
            // Whether the new amount is above the ceiling is looked at when it is due again.
            Self::AwaitingConsent(AwaitingConsent { obligation, generation, declines, .. }) => {
                let not_before = later(obligation.due_on.begins());
                Self::Due(Due { obligation: frozen(obligation), generation, declines, not_before })
            }
            Self::ActionRequired(waiting) => Self::ActionRequired(ActionRequired {
                obligation: frozen(waiting.obligation),
                ..waiting
            }),
            other @ (Self::Intended(_)
            | Self::Sent(_)
            | Self::Unknown(_)
            | Self::Paid(_)
            | Self::ReturnedToDesk(_)
            | Self::Withdrawn(_)) => return Ok(Replanned::TooLate(other)),
        }))
    }

    /// Withdraws the charge: paid at the counter, or the visit was cancelled. An intended attempt goes
    /// too: nobody has been told of it.
    #[must_use]
    pub fn withdraw(self) -> Replanned {
        let (obligation, generation, declines) = match self {
            Self::Scheduled(Scheduled { obligation, .. }) => (obligation, 0, 0),
            Self::Due(Due { obligation, generation, declines, .. })
            | Self::AwaitingConsent(AwaitingConsent { obligation, generation, declines, .. })
            | Self::ActionRequired(ActionRequired { obligation, generation, declines, .. })
            | Self::SettledZero(Closed { obligation, generation, declines }) => {
                (obligation, generation, declines)
            }
            Self::Intended(Intended { obligation, attempt, declines }) => {
                (obligation, attempt.generation, declines)
            }
            Self::ReturnedToDesk(ReturnedToDesk { obligation, generation, .. }) => {
                (obligation, generation, 0)
            }
            other @ Self::Withdrawn(_) => return Replanned::Same(other),
            other @ (Self::Sent(_) | Self::Unknown(_) | Self::Paid(_)) => {
                return Replanned::TooLate(other);
            }
        };
        Replanned::Changed(Self::Withdrawn(Closed { obligation, generation, declines }))
    }
}
