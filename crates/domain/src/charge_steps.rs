//! The steps of a charge. Pure: whoever calls stores the result before anybody outside hears of it.

use crate::charge::{
    ActionRequired, AttemptOrder, Charge, Closed, Due, FrozenBill, Intended, Obligation, Paid,
    ReturnReason, ReturnedToDesk, Scheduled, Sent, Unknown,
};
use crate::decline::{self, Decline};
use crate::evidence::{Conflict, Evidence, Finding};
use crate::time::Moment;
use crate::yen::{AmountOutOfRange, Yen};

/// What evidence did to a charge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Folded {
    /// It moved.
    Moved(Charge),
    /// It stays: the evidence is old, repeated, or says nothing new.
    Kept(Charge),
    /// It stays, and staff must look.
    Contradicted(Charge, Conflict),
}

impl Folded {
    /// The charge as it is now.
    #[must_use]
    pub fn charge(&self) -> &Charge {
        match self {
            Self::Moved(charge) | Self::Kept(charge) | Self::Contradicted(charge, _) => charge,
        }
    }
}

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
    /// Becomes due when its day has come in Asia/Tokyo.
    ///
    /// # Errors
    ///
    /// Hands itself back when the day has not come.
    pub fn become_due(self, now: Moment) -> Result<Due, Self> {
        if now.day() < self.obligation.due_on {
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

impl Charge {
    /// Plans a charge, or closes it at once when there is nothing to pay.
    #[must_use]
    pub fn plan(obligation: Obligation) -> Self {
        if obligation.amount.is_zero() {
            Self::SettledZero(Closed { obligation })
        } else {
            Self::Scheduled(Scheduled { obligation })
        }
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
            | Self::ActionRequired(_)
            | Self::Paid(_)
            | Self::ReturnedToDesk(_)
            | Self::Withdrawn(_)
            | Self::SettledZero(_) => None,
        }
    }

    /// Takes in corrected bills while nothing has been sent.
    ///
    /// # Errors
    ///
    /// The bills add up to more than an amount can be.
    pub fn refreeze(self, bills: Vec<FrozenBill>) -> Result<Replanned, AmountOutOfRange> {
        let amount = Obligation::sum_of(&bills)?;
        if self.obligation().bills == bills {
            return Ok(Replanned::Same(self));
        }
        Ok(match self {
            Self::Scheduled(Scheduled { obligation })
            | Self::SettledZero(Closed { obligation }) => {
                Replanned::Changed(Self::plan(Obligation { bills, amount, ..obligation }))
            }
            Self::Due(due) if amount.is_zero() => {
                let obligation = Obligation { bills, amount, ..due.obligation };
                Replanned::Changed(Self::SettledZero(Closed { obligation }))
            }
            Self::Due(due) => {
                let obligation = Obligation { bills, amount, ..due.obligation };
                Replanned::Changed(Self::Due(Due { obligation, ..due }))
            }
            other @ (Self::Intended(_)
            | Self::Sent(_)
            | Self::Unknown(_)
            | Self::ActionRequired(_)
            | Self::Paid(_)
            | Self::ReturnedToDesk(_)
            | Self::Withdrawn(_)) => Replanned::TooLate(other),
        })
    }

    /// Withdraws the charge: paid at the counter, or the visit was cancelled.
    #[must_use]
    pub fn withdraw(self) -> Replanned {
        match self {
            Self::Scheduled(Scheduled { obligation })
            | Self::Due(Due { obligation, .. })
            | Self::ActionRequired(ActionRequired { obligation, .. })
            | Self::ReturnedToDesk(ReturnedToDesk { obligation, .. })
            | Self::SettledZero(Closed { obligation }) => {
                Replanned::Changed(Self::Withdrawn(Closed { obligation }))
            }
            other @ Self::Withdrawn(_) => Replanned::Same(other),
            other @ (Self::Intended(_) | Self::Sent(_) | Self::Unknown(_) | Self::Paid(_)) => {
                Replanned::TooLate(other)
            }
        }
    }

    /// Folds one word of the gateway into the charge. Every order and every repetition of the same
    /// words ends in the same state.
    #[must_use]
    pub fn fold(self, evidence: &Evidence) -> Folded {
        match &evidence.finding {
            Finding::Paid { reference, amount, paid_at } => {
                self.fold_paid(evidence.generation, reference, *amount, *paid_at)
            }
            Finding::Declined(decline) => self.fold_declined(evidence, decline),
            Finding::ActionRequired => match self.in_flight(evidence.generation) {
                Ok(flight) => Folded::Moved(Self::ActionRequired(ActionRequired {
                    generation: flight.attempt.generation,
                    declines: flight.declines,
                    obligation: flight.obligation,
                })),
                Err(charge) => Folded::Kept(charge),
            },
            Finding::Unclear { .. } => self.fold_unclear(evidence.generation),
            Finding::Absent => self.fold_absent(evidence),
        }
    }

    fn fold_paid(self, generation: i64, reference: &str, amount: Yen, paid_at: Moment) -> Folded {
        match &self {
            Self::Paid(paid) if paid.reference != reference => {
                return Folded::Contradicted(self, Conflict::PaidTwice);
            }
            Self::Paid(paid) if paid.obligation.amount == amount => return Folded::Kept(self),
            Self::Paid(_) => return Folded::Contradicted(self, Conflict::AmountDiffers),
            Self::Withdrawn(_) | Self::SettledZero(_) | Self::Scheduled(_) => {
                return Folded::Contradicted(self, Conflict::PaidWithoutCharge);
            }
            Self::Sent(Sent { attempt, .. }) | Self::Unknown(Unknown { attempt, .. })
                if attempt.generation != generation =>
            {
                return Folded::Contradicted(self, Conflict::PaidByEndedAttempt);
            }
            Self::Sent(_)
            | Self::Unknown(_)
            | Self::Due(_)
            | Self::Intended(_)
            | Self::ActionRequired(_)
            | Self::ReturnedToDesk(_) => {}
        }
        if amount != self.obligation().amount {
            return Folded::Contradicted(self, Conflict::AmountDiffers);
        }
        let obligation = self.obligation().clone();
        let reference = reference.to_owned();
        Folded::Moved(Self::Paid(Paid { obligation, generation, reference, paid_at }))
    }

    fn fold_declined(self, evidence: &Evidence, decline: &Decline) -> Folded {
        let flight = match self.in_flight(evidence.generation) {
            Ok(flight) => flight,
            Err(charge) => return Folded::Kept(charge),
        };
        let generation = flight.attempt.generation;
        let declines = flight.declines.saturating_add(1);
        let wait = match decline.class {
            decline::DeclineClass::Soft => decline::retry_after_days(declines),
            decline::DeclineClass::Hard | decline::DeclineClass::FixData => None,
        };
        let obligation = flight.obligation;
        Folded::Moved(match wait {
            Some(days) => Self::Due(Due {
                not_before: evidence.seen_at.day().plus_days(days).begins(),
                obligation,
                generation,
                declines,
            }),
            None => Self::ReturnedToDesk(ReturnedToDesk {
                obligation,
                generation,
                reason: ReturnReason::Declined(decline.class),
            }),
        })
    }

    fn fold_unclear(self, generation: i64) -> Folded {
        match self {
            Self::Sent(sent) if sent.attempt.generation == generation => {
                Folded::Moved(Self::Unknown(Unknown {
                    obligation: sent.obligation,
                    attempt: sent.attempt,
                    declines: sent.declines,
                    sent_at: sent.sent_at,
                    enquiries: 0,
                }))
            }
            Self::Unknown(unknown) if unknown.attempt.generation == generation => {
                let enquiries = unknown.enquiries.saturating_add(1);
                Folded::Moved(Self::Unknown(Unknown { enquiries, ..unknown }))
            }
            other @ (Self::Scheduled(_)
            | Self::Due(_)
            | Self::Intended(_)
            | Self::Sent(_)
            | Self::Unknown(_)
            | Self::ActionRequired(_)
            | Self::Paid(_)
            | Self::ReturnedToDesk(_)
            | Self::Withdrawn(_)
            | Self::SettledZero(_)) => Folded::Kept(other),
        }
    }

    /// "The gateway knows of no such attempt" proves something only once it must have known, and
    /// only from the road that asks by our own reference. Before that it is one more unclear answer.
    fn fold_absent(self, evidence: &Evidence) -> Folded {
        let flight = match self.in_flight(evidence.generation) {
            Ok(flight) => flight,
            Err(charge) => return Folded::Kept(charge),
        };
        let proves_from = flight.sent_at.plus_seconds(decline::ABSENCE_PROVES_AFTER_S);
        if evidence.seen_at < proves_from {
            return flight.back().fold_unclear(evidence.generation);
        }
        Folded::Moved(Self::Due(Due {
            generation: flight.attempt.generation,
            declines: flight.declines,
            not_before: evidence.seen_at,
            obligation: flight.obligation,
        }))
    }

    /// What is under way in this generation; the charge itself when nothing is.
    fn in_flight(self, generation: i64) -> Result<Flight, Self> {
        match self {
            Self::Sent(Sent { obligation, attempt, declines, sent_at })
                if attempt.generation == generation =>
            {
                Ok(Flight { obligation, attempt, declines, sent_at, enquiries: None })
            }
            Self::Unknown(Unknown { obligation, attempt, declines, sent_at, enquiries })
                if attempt.generation == generation =>
            {
                Ok(Flight { obligation, attempt, declines, sent_at, enquiries: Some(enquiries) })
            }
            other @ (Self::Scheduled(_)
            | Self::Due(_)
            | Self::Intended(_)
            | Self::Sent(_)
            | Self::Unknown(_)
            | Self::ActionRequired(_)
            | Self::Paid(_)
            | Self::ReturnedToDesk(_)
            | Self::Withdrawn(_)
            | Self::SettledZero(_)) => Err(other),
        }
    }
}

/// An attempt whose fate the gateway knows better than we do.
struct Flight {
    obligation: Obligation,
    attempt: AttemptOrder,
    declines: i64,
    sent_at: Moment,
    enquiries: Option<i64>,
}

impl Flight {
    /// The state that it was taken from.
    fn back(self) -> Charge {
        let Self { obligation, attempt, declines, sent_at, enquiries } = self;
        match enquiries {
            None => Charge::Sent(Sent { obligation, attempt, declines, sent_at }),
            Some(enquiries) => {
                Charge::Unknown(Unknown { obligation, attempt, declines, sent_at, enquiries })
            }
        }
    }
}
