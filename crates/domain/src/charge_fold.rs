//! How a charge takes in what the gateway says. Every order and every repetition of the same words
//! ends in the same state.

use crate::charge::{
    ActionRequired, AttemptOrder, Charge, Due, Intended, Obligation, Paid, ReturnedToDesk, Sent,
    Unknown,
};
use crate::charge_state::ReturnReason;
use crate::decline::{self, Decline};
use crate::evidence::{Conflict, DisputeFinding, DisputeStage, Evidence, EvidenceSource, Finding};
use crate::time::Moment;
use crate::yen::Yen;

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

impl Charge {
    /// Folds one word of the gateway into the charge. Every order and every repetition of the same
    /// words ends in the same state.
    #[must_use]
    pub fn fold(self, evidence: &Evidence) -> Folded {
        match &evidence.finding {
            Finding::Paid { reference, amount, paid_at } => {
                self.fold_paid(evidence, reference, *amount, *paid_at)
            }
            Finding::Declined(decline) => self.fold_declined(evidence, decline),
            Finding::ActionRequired => match self.in_flight(evidence.generation) {
                Ok(flight) => Folded::Moved(Self::ActionRequired(ActionRequired {
                    generation: flight.attempt.generation,
                    declines: flight.declines,
                    obligation: flight.obligation,
                    until: evidence.seen_at.day().plus_days(decline::ACT_WITHIN_DAYS).begins(),
                })),
                Err(charge) => Folded::Kept(charge),
            },
            Finding::Unclear { .. } => self.fold_unclear(evidence.generation),
            Finding::Busy { .. } => self.fold_busy(evidence),
            Finding::Absent => self.fold_absent(evidence),
        }
    }

    /// "Not now" to our request proves that this request did nothing: the same key may be sent again,
    /// and no attempt is counted. "Not now" to a question says nothing about the money.
    fn fold_busy(self, evidence: &Evidence) -> Folded {
        if evidence.source != EvidenceSource::Response {
            return self.fold_unclear(evidence.generation);
        }
        if let Self::Sent(Sent { obligation, attempt, declines, .. }) = &self
            && attempt.generation == evidence.generation
        {
            return Folded::Moved(Self::Intended(Intended {
                obligation: obligation.clone(),
                attempt: attempt.clone(),
                declines: *declines,
            }));
        }
        Folded::Kept(self)
    }

    fn fold_paid(
        self,
        evidence: &Evidence,
        reference: &str,
        amount: Yen,
        paid_at: Moment,
    ) -> Folded {
        let generation = evidence.generation;
        match &self {
            Self::Paid(paid) if paid.reference != reference => {
                return Folded::Contradicted(self, Conflict::PaidTwice);
            }
            Self::Paid(paid) if paid.obligation.amount == amount => return Folded::Kept(self),
            Self::Paid(_) => return Folded::Contradicted(self, Conflict::AmountDiffers),
            // After a restore the gateway's list knows more than we do (F34); nothing else may say so.
            Self::Scheduled(_) if evidence.source == EvidenceSource::Report => {}
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
            | Self::AwaitingConsent(_)
            | Self::ActionRequired(_)
            | Self::ReturnedToDesk(_) => {}
        }
        if amount != self.obligation().amount {
            return Folded::Contradicted(self, Conflict::AmountDiffers);
        }
        let obligation = self.obligation().clone();
        let reference = reference.to_owned();
        Folded::Moved(Self::Paid(Paid {
            obligation,
            generation,
            reference,
            paid_at,
            refunded: Yen::ZERO,
            dispute: None,
        }))
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
            | Self::AwaitingConsent(_)
            | Self::ActionRequired(_)
            | Self::Paid(_)
            | Self::ReturnedToDesk(_)
            | Self::Withdrawn(_)
            | Self::SettledZero(_)) => Folded::Kept(other),
        }
    }

    /// "The gateway knows of no such attempt" proves something only once it must have known, and
    /// only from the road that asks by our own reference. Before that it is one more unclear answer.
    ///
    /// Then it is sent again under the same key, so that a worker of ours who wakes up late with the
    /// old request in hand changes nothing. A gateway that may have forgotten the key gets a new one.
    fn fold_absent(self, evidence: &Evidence) -> Folded {
        let flight = match self.in_flight(evidence.generation) {
            Ok(flight) => flight,
            Err(charge) => return Folded::Kept(charge),
        };
        let proves_from = flight.sent_at.plus_seconds(decline::ABSENCE_PROVES_AFTER_S);
        if evidence.seen_at < proves_from {
            return flight.back().fold_unclear(evidence.generation);
        }
        let key_dies = flight.attempt.intended_at.plus_seconds(decline::KEY_LIVES_S);
        Folded::Moved(if evidence.seen_at < key_dies {
            Self::Intended(Intended {
                obligation: flight.obligation,
                attempt: flight.attempt,
                declines: flight.declines,
            })
        } else {
            Self::Due(Due {
                generation: flight.attempt.generation,
                declines: flight.declines,
                not_before: evidence.seen_at,
                obligation: flight.obligation,
            })
        })
    }

    /// Takes in where a dispute stands. An older stage never moves a newer one back.
    #[must_use]
    pub fn fold_dispute(self, finding: &DisputeFinding) -> Folded {
        let Self::Paid(paid) = self else {
            return Folded::Contradicted(self, Conflict::DisputeWithoutPayment);
        };
        let rank = |stage: DisputeStage| match stage {
            DisputeStage::Inquiry => 1,
            DisputeStage::Opened => 2,
            DisputeStage::Won | DisputeStage::Lost => 3,
        };
        match paid.dispute {
            Some(known) if known == finding.stage => Folded::Kept(Self::Paid(paid)),
            Some(known) if rank(known) == 3 && rank(finding.stage) == 3 => {
                Folded::Contradicted(Self::Paid(paid), Conflict::DisputeEndsDiffer)
            }
            Some(known) if rank(known) > rank(finding.stage) => Folded::Kept(Self::Paid(paid)),
            Some(_) | None => {
                Folded::Moved(Self::Paid(Paid { dispute: Some(finding.stage), ..paid }))
            }
        }
    }

    /// Takes in what has gone back to the card by now, over all refunds. More than was taken is a
    /// contradiction, and stays out.
    #[must_use]
    pub fn fold_refunded(self, refunded: Yen) -> Folded {
        let Self::Paid(paid) = self else {
            return Folded::Contradicted(self, Conflict::RefundWithoutPayment);
        };
        if refunded > paid.obligation.amount {
            return Folded::Contradicted(Self::Paid(paid), Conflict::RefundedTooMuch);
        }
        if refunded == paid.refunded {
            return Folded::Kept(Self::Paid(paid));
        }
        Folded::Moved(Self::Paid(Paid { refunded, ..paid }))
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
            | Self::AwaitingConsent(_)
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
