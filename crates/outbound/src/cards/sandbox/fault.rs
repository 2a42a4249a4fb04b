//! What can go wrong between us and the gateway, ordered by tests and by the simulator.

use std::time::Duration;

/// Which kind of request it happens to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// Starting a card page or asking what became of it.
    Setup,
    /// Taking money.
    Charge,
    /// Asking what became of a charge.
    Enquiry,
    /// Giving money back.
    Refund,
    /// Asking what became of a refund.
    RefundEnquiry,
    /// Reading lists and accounts.
    List,
    /// Deleting a card.
    Forget,
}

/// What goes wrong, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The request never arrives.
    LoseRequest,
    /// The request is carried out; its answer never arrives.
    LoseResponse,
    /// 429: too many requests. Nothing is done, and no key remembers it.
    RateLimited,
    /// 500.
    ServerError {
        /// Whether the request is carried out all the same.
        booked: bool,
        /// Whether the 500 becomes the answer of the key for good, as at the real gateway. Otherwise
        /// asking again tells the truth. Only charges have keys.
        saved: bool,
    },
    /// Another amount is taken than was asked for, in yen.
    TakesOtherAmount(i64),
    /// A refund is taken in and stays open.
    StaysPending,
    /// Everything happens, so much later; also when nobody listens any more.
    Delay(Duration),
}
