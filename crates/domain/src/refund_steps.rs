//! The steps of a refund, and how it takes in what the gateway says. Pure, as those of a charge.

use crate::decline;
use crate::evidence::{Conflict, EvidenceSource, RefundFinding};
use crate::refund::{
    Refund, RefundAttempt, RefundEvidence, RefundFolded, RefundProgress, RefundState,
};
use crate::time::Moment;
use crate::yen::Yen;

impl Refund {
    /// A person approves; key and charge are frozen. Store the result before it is sent.
    ///
    /// # Errors
    ///
    /// Hands itself back when it does not wait for anybody.
    pub fn approve(self, by: String, attempt: RefundAttempt) -> Result<Self, Self> {
        if self.state() != RefundState::Requested {
            return Err(self);
        }
        let progress = RefundProgress::Intended(attempt);
        Ok(Self { approved_by: Some(by), progress, ..self })
    }

    /// Takes a request back that nobody has approved.
    ///
    /// # Errors
    ///
    /// Hands itself back when it is approved or over.
    pub fn drop_request(self) -> Result<Self, Self> {
        if self.state() == RefundState::Requested {
            Ok(Self { progress: RefundProgress::Dropped, ..self })
        } else {
            Err(self)
        }
    }

    /// Marks the attempt as sent. Store the result before the gateway hears of it.
    ///
    /// # Errors
    ///
    /// Hands itself back when there is none to be sent.
    pub fn send(self, now: Moment) -> Result<Self, Self> {
        if let RefundProgress::Intended(attempt) = &self.progress {
            let progress = RefundProgress::Sent { attempt: attempt.clone(), sent_at: now };
            return Ok(Self { progress, ..self });
        }
        Err(self)
    }

    /// Folds one word of the gateway into the refund. Money that moved outweighs every other word, and
    /// money that came back outweighs that.
    #[must_use]
    pub fn fold(self, evidence: &RefundEvidence) -> RefundFolded {
        let generation = evidence.generation;
        match &evidence.finding {
            RefundFinding::Done { reference, amount, refunded_at } => {
                self.fold_done(generation, reference, *amount, *refunded_at)
            }
            RefundFinding::Failed { reference, code } => match self.state() {
                RefundState::Failed | RefundState::Requested | RefundState::Dropped => {
                    RefundFolded::Kept(self)
                }
                RefundState::Intended
                | RefundState::Sent
                | RefundState::Unknown
                | RefundState::Pending
                | RefundState::Done
                | RefundState::Refused => {
                    let (reference, code) = (reference.clone(), code.clone());
                    self.moved(RefundProgress::Failed { generation, reference, code })
                }
            },
            RefundFinding::Pending { reference } => self.fold_pending(generation, reference),
            RefundFinding::Refused { code } => {
                if self.is_under_way(generation) {
                    self.moved(RefundProgress::Refused { generation, code: code.clone() })
                } else {
                    RefundFolded::Kept(self)
                }
            }
            RefundFinding::Busy { .. } => self.fold_busy(evidence),
            RefundFinding::Unclear { .. } => self.fold_unclear(generation),
            RefundFinding::Absent => self.fold_absent(evidence),
        }
    }

    fn moved(self, progress: RefundProgress) -> RefundFolded {
        RefundFolded::Moved(Self { progress, ..self })
    }

    /// Whether this attempt was sent and is not clearly answered.
    fn is_under_way(&self, generation: i64) -> bool {
        matches!(&self.progress, RefundProgress::Sent { attempt, .. }
            | RefundProgress::Unknown { attempt, .. } if attempt.generation == generation)
    }

    fn fold_done(
        self,
        generation: i64,
        reference: &str,
        amount: Yen,
        refunded_at: Moment,
    ) -> RefundFolded {
        if amount != self.terms.amount {
            return RefundFolded::Contradicted(self, Conflict::RefundAmountDiffers);
        }
        match &self.progress {
            RefundProgress::Done { reference: known, .. } if known == reference => {
                RefundFolded::Kept(self)
            }
            RefundProgress::Done { .. } => {
                RefundFolded::Contradicted(self, Conflict::RefundedTooMuch)
            }
            RefundProgress::Failed { .. } => RefundFolded::Kept(self),
            RefundProgress::Requested | RefundProgress::Dropped => {
                RefundFolded::Contradicted(self, Conflict::RefundNotOurs)
            }
            RefundProgress::Intended(_)
            | RefundProgress::Sent { .. }
            | RefundProgress::Unknown { .. }
            | RefundProgress::Pending { .. }
            | RefundProgress::Refused { .. } => {
                let reference = reference.to_owned();
                self.moved(RefundProgress::Done { generation, reference, refunded_at })
            }
        }
    }

    fn fold_pending(self, generation: i64, reference: &str) -> RefundFolded {
        let known = self.attempt().filter(|attempt| attempt.generation == generation).cloned();
        let Some(attempt) = known else { return RefundFolded::Kept(self) };
        let mut enquiries = 0_i64;
        if let RefundProgress::Pending { enquiries: before, .. } = &self.progress {
            enquiries = before.saturating_add(1);
        }
        let reference = reference.to_owned();
        self.moved(RefundProgress::Pending { attempt, reference, enquiries })
    }

    fn fold_busy(self, evidence: &RefundEvidence) -> RefundFolded {
        if evidence.source != EvidenceSource::Response {
            return self.fold_unclear(evidence.generation);
        }
        if let RefundProgress::Sent { attempt, .. } = &self.progress
            && attempt.generation == evidence.generation
        {
            let attempt = attempt.clone();
            return self.moved(RefundProgress::Intended(attempt));
        }
        RefundFolded::Kept(self)
    }

    fn fold_unclear(self, generation: i64) -> RefundFolded {
        if self.attempt().is_none_or(|attempt| attempt.generation != generation) {
            return RefundFolded::Kept(self);
        }
        let progress = match self.progress.clone() {
            RefundProgress::Sent { attempt, sent_at } => {
                RefundProgress::Unknown { attempt, sent_at, enquiries: 0 }
            }
            RefundProgress::Unknown { attempt, sent_at, enquiries } => {
                let enquiries = enquiries.saturating_add(1);
                RefundProgress::Unknown { attempt, sent_at, enquiries }
            }
            RefundProgress::Pending { attempt, reference, enquiries } => {
                let enquiries = enquiries.saturating_add(1);
                RefundProgress::Pending { attempt, reference, enquiries }
            }
            RefundProgress::Requested
            | RefundProgress::Intended(_)
            | RefundProgress::Done { .. }
            | RefundProgress::Refused { .. }
            | RefundProgress::Failed { .. }
            | RefundProgress::Dropped => return RefundFolded::Kept(self),
        };
        self.moved(progress)
    }

    /// As for charges: after long enough it is sent again, under the same key as long as the gateway
    /// surely remembers it. Later, a person looks: a refund is never sent twice on a guess.
    fn fold_absent(self, evidence: &RefundEvidence) -> RefundFolded {
        let (RefundProgress::Sent { attempt, sent_at }
        | RefundProgress::Unknown { attempt, sent_at, .. }) = &self.progress
        else {
            return RefundFolded::Kept(self);
        };
        if attempt.generation != evidence.generation {
            return RefundFolded::Kept(self);
        }
        let proves_from = sent_at.plus_seconds(decline::ABSENCE_PROVES_AFTER_S);
        let key_dies = attempt.intended_at.plus_seconds(decline::KEY_LIVES_S);
        if evidence.seen_at < proves_from {
            return self.fold_unclear(evidence.generation);
        }
        if evidence.seen_at < key_dies {
            let attempt = attempt.clone();
            return self.moved(RefundProgress::Intended(attempt));
        }
        let generation = attempt.generation;
        self.moved(RefundProgress::Refused { generation, code: "absent".to_owned() })
    }
}
