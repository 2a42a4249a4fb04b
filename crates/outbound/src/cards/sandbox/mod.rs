//! A card network with books of its own: the gateway of the demo and of tests.
//!
//! It answers as a real one does (`rules`): an idempotency key gives its saved answer again, another
//! request under the key is an error, a second one at the same time is a conflict. Its books ([`Books`])
//! are what tests compare ours with. [`router`] serves its API and its card page, which is where
//! a card number is typed; the number never goes any further.

mod api;
mod books;
mod card_form;
mod clearing;
mod events;
mod fault;
mod journal;
mod pages;
mod refunds;
mod rules;
mod serving;
pub mod stripe_dialect;
mod test_cards;

pub use super::wire::{
    BookedCharge, BookedDispute, BookedRefund, ChargeParameters, ChargeStatus, EventBody,
    RefundParameters, RefundStatus,
};
pub use api::router;
pub use books::{
    Books, CardFace, Customer, SavedCard, Setup, SetupState, UsedKey, UsedRefundKey, WhenCharged,
};
pub use clearing::Misbooked;
pub use events::signature;
pub use fault::{Call, Fault};
pub use journal::JournalFault;
pub use test_cards::{TEST_CARDS, TestCard, WhenSaved};

use super::wire::SetupParameters;
use books::Record;
use domain::time::Moment;
use journal::Journal;
use rules::{Answer, Ruling};
use std::collections::{BTreeSet, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Where the books are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BooksAt {
    /// Nowhere: they are gone with the process.
    Memory,
    /// In `card-network.jsonl` in this folder, durable before anybody is answered.
    Folder(PathBuf),
}

/// What the card network in this process signs its calls with. Known to everybody: it moves no money.
pub const WEBHOOK_SECRET: &str = "whsec_sandbox";

/// What time it is, as the one who runs the card network says.
pub type Now = Arc<dyn Fn() -> Moment + Send + Sync>;

/// The card network.
pub struct Sandbox {
    desk: Mutex<Desk>,
    /// Keys whose request is being carried out at this moment.
    in_use: Mutex<BTreeSet<String>>,
    faults: Mutex<VecDeque<(Call, Fault)>>,
    /// Nothing arrives and nothing is answered until then.
    down_until: Mutex<Option<Moment>>,
    page_base: String,
    now: Now,
    on_disk: bool,
}

/// The books and the pen.
struct Desk {
    books: Books,
    journal: Option<Journal>,
}

/// What reaches the one who asked.
pub(super) enum Delivery {
    Answered(Answer),
    /// Nothing ever.
    Lost,
}

impl Sandbox {
    /// Opens the books. `page_base` is the origin, with a path prefix if any, under which browsers
    /// reach [`router`].
    pub fn new(books: &BooksAt, page_base: &str, now: Now) -> Result<Self, JournalFault> {
        let desk = match books {
            BooksAt::Memory => Desk { books: Books::default(), journal: None },
            BooksAt::Folder(folder) => {
                let (journal, books) = Journal::open(folder)?;
                Desk { books, journal: Some(journal) }
            }
        };
        Ok(Self {
            on_disk: desk.journal.is_some(),
            desk: Mutex::new(desk),
            in_use: Mutex::new(BTreeSet::new()),
            faults: Mutex::new(VecDeque::new()),
            down_until: Mutex::new(None),
            page_base: page_base.trim_end_matches('/').to_owned(),
            now,
        })
    }

    /// Everything in the books, as it is now.
    #[must_use]
    pub fn books(&self) -> Books {
        lock(&self.desk).books.clone()
    }

    fn setup(&self, id: &str) -> Option<Setup> {
        lock(&self.desk).books.setups.get(id).cloned()
    }

    /// Lets the next call of this kind go wrong; further orders queue up.
    pub fn misbehave(&self, call: Call, fault: Fault) {
        lock(&self.faults).push_back((call, fault));
    }

    /// Saves a test card as if its owner had typed it into the card page of this setup and passed
    /// every check: for tests that are not about pages. `None` when the setup waits for no card.
    #[must_use]
    pub fn save_card(&self, setup_id: &str, card: &TestCard) -> Option<String> {
        let now = (self.now)();
        let mut desk = lock(&self.desk);
        let setup =
            desk.books.setups.get(setup_id).filter(|setup| setup.state == SetupState::Open)?;
        let face = card_form::face(card, card_form::usual_expiry(now.day()));
        let (id, records) = rules::save_card(&desk.books, setup, face, now);
        desk.keep(records).then_some(id)
    }

    pub(super) async fn post_setup(self: &Arc<Self>, asked: SetupParameters) -> Delivery {
        let (now, page_base) = ((self.now)(), self.page_base.clone());
        self.serve(Call::Setup, move |desk, _| {
            let ruling = rules::start_setup(&desk.books, &asked, &page_base, now);
            desk.rule(ruling)
        })
        .await
    }

    pub(super) async fn get_setup(self: &Arc<Self>, id: String) -> Delivery {
        let page_base = self.page_base.clone();
        self.serve(Call::Setup, move |desk, _| {
            rules::find_setup(&desk.books, &id, &page_base).answer
        })
        .await
    }

    pub(super) async fn post_charge(
        self: &Arc<Self>,
        key: String,
        asked: ChargeParameters,
    ) -> Delivery {
        let Some(in_use) = InUse::take(self, &key) else {
            return Delivery::Answered(rules::key_in_use());
        };
        let now = Arc::clone(&self.now);
        self.serve(Call::Charge, move |desk, how| {
            let ruling = match how {
                How::Well | How::StaysPending => rules::charge(&desk.books, &key, &asked, now()),
                How::TakesOtherAmount(amount) => {
                    rules::charge_other_amount(&desk.books, &key, &asked, amount, now())
                }
                How::WithSavedServerError { booked } => {
                    rules::charge_with_saved_server_error(&desk.books, &key, &asked, booked, now())
                }
            };
            let answer = desk.rule(ruling);
            drop(in_use);
            answer
        })
        .await
    }

    pub(super) async fn get_charges(
        self: &Arc<Self>,
        reference: String,
        generation: Option<i64>,
    ) -> Delivery {
        self.list_charges(Call::Enquiry, move |charge| {
            charge.reference == reference && generation.is_none_or(|g| g == charge.generation)
        })
        .await
    }

    pub(super) async fn delete_card(self: &Arc<Self>, id: String) -> Delivery {
        self.serve(Call::Forget, move |desk, _| {
            let ruling = rules::forget_card(&desk.books, &id);
            desk.rule(ruling)
        })
        .await
    }

    /// Carries one request out, with whatever has been ordered to go wrong.
    async fn serve<F>(self: &Arc<Self>, call: Call, work: F) -> Delivery
    where
        F: FnOnce(&mut Desk, How) -> Answer + Send + 'static,
    {
        if self.is_down() {
            return Delivery::Lost;
        }
        let answer = match self.next_fault(call) {
            Some(Fault::TakesOtherAmount(amount)) => {
                self.answer(move |desk| work(desk, How::TakesOtherAmount(amount))).await
            }
            Some(Fault::StaysPending) => self.answer(|desk| work(desk, How::StaysPending)).await,
            None => self.answer(|desk| work(desk, How::Well)).await,
            Some(Fault::LoseRequest) => return Delivery::Lost,
            Some(Fault::LoseResponse) => {
                self.answer(|desk| work(desk, How::Well)).await;
                return Delivery::Lost;
            }
            Some(Fault::RateLimited) => rules::rate_limited(),
            Some(Fault::ServerError { booked, saved: true }) => {
                self.answer(move |desk| work(desk, How::WithSavedServerError { booked })).await;
                rules::server_error()
            }
            Some(Fault::ServerError { booked: true, saved: false }) => {
                self.answer(|desk| work(desk, How::Well)).await;
                rules::server_error()
            }
            Some(Fault::ServerError { booked: false, saved: false }) => rules::server_error(),
            Some(Fault::Delay(delay)) => {
                let me = Arc::clone(self);
                // A task of its own: it happens even when who asked has given up meanwhile.
                let later = tokio::spawn(async move {
                    tokio::time::sleep(delay).await;
                    me.answer(|desk| work(desk, How::Well)).await
                });
                match later.await {
                    Ok(answer) => answer,
                    Err(_stopped) => return Delivery::Lost,
                }
            }
        };
        Delivery::Answered(answer)
    }

    /// Carries a request out; a runtime that stops meanwhile is a failure of the server.
    async fn answer<F>(self: &Arc<Self>, work: F) -> Answer
    where
        F: FnOnce(&mut Desk) -> Answer + Send + 'static,
    {
        self.at_desk(work).await.unwrap_or_else(rules::server_error)
    }

    /// Works with the books, one at a time; off the runtime's threads where that waits for a disk.
    /// `None` when the runtime stops meanwhile.
    async fn at_desk<T, F>(self: &Arc<Self>, work: F) -> Option<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Desk) -> T + Send + 'static,
    {
        if !self.on_disk {
            return Some(work(&mut lock(&self.desk)));
        }
        let me = Arc::clone(self);
        tokio::task::spawn_blocking(move || work(&mut lock(&me.desk))).await.ok()
    }

    fn next_fault(&self, call: Call) -> Option<Fault> {
        let mut faults = lock(&self.faults);
        let at = faults.iter().position(|(of, _)| *of == call)?;
        faults.remove(at).map(|(_, fault)| fault)
    }
}

/// How a request is carried out.
#[derive(Clone, Copy)]
enum How {
    Well,
    WithSavedServerError { booked: bool },
    TakesOtherAmount(i64),
    StaysPending,
}

impl Desk {
    /// Keeps what a ruling says, then lets its answer go out.
    fn rule(&mut self, ruling: Ruling) -> Answer {
        if self.keep(ruling.records) { ruling.answer } else { rules::server_error() }
    }

    /// Whether the records are kept; if not, the books are as before.
    fn keep(&mut self, records: Vec<Record>) -> bool {
        if records.is_empty() {
            return true;
        }
        let entry = self.books.next_entry(records);
        if let Some(Err(fault)) = self.journal.as_mut().map(|journal| journal.append(&entry)) {
            tracing::error!(%fault, "the card network could not write its journal");
            return false;
        }
        self.books.put(entry);
        true
    }
}

/// A key is in use as long as this lives.
struct InUse {
    sandbox: Arc<Sandbox>,
    key: String,
}

impl InUse {
    fn take(sandbox: &Arc<Sandbox>, key: &str) -> Option<Self> {
        lock(&sandbox.in_use)
            .insert(key.to_owned())
            .then(|| Self { sandbox: Arc::clone(sandbox), key: key.to_owned() })
    }
}

impl Drop for InUse {
    fn drop(&mut self) {
        lock(&self.sandbox.in_use).remove(&self.key);
    }
}

/// A panic elsewhere leaves the books whole, since they change only after all is decided.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fails when the books change, or the answer goes out, before the journal has the entry.
    #[test]
    fn what_the_journal_cannot_keep_is_not_done_and_not_answered() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::unwritable(&folder.path().join("journal"));
        let mut desk = Desk { books: Books::default(), journal: Some(journal) };
        let asked = SetupParameters {
            reference: "r".to_owned(),
            return_url: "https://portal.example/".to_owned(),
        };
        for _ in 0..2 {
            let ruling = rules::start_setup(
                &desk.books,
                &asked,
                "https://cards.example",
                Moment::from_ms(0),
            );
            assert_eq!(ruling.answer.status, 200);
            let answer = desk.rule(ruling);
            assert_eq!(answer.status, 500);
            assert!(answer.body.contains("api_error"), "{}", answer.body);
            assert_eq!(desk.books, Books::default());
        }
    }

    #[test]
    fn a_setup_must_lead_back_to_a_web_page() {
        for bad in ["javascript:alert(1)", "/relative", "data:text/html,x", ""] {
            let asked = SetupParameters { reference: "r".to_owned(), return_url: bad.to_owned() };
            let ruling = rules::start_setup(&Books::default(), &asked, "", Moment::from_ms(0));
            assert_eq!((ruling.answer.status, ruling.records.len()), (400, 0), "{bad}");
        }
    }
}
