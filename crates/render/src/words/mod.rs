//! Every word a visitor reads. A language is one static of [`Words`]: a word that is missing does
//! not compile, and the languages of one page stand in one file, where a change to one is seen
//! beside the others. A sentence with something in it is a function, so that each language orders
//! it in its own way.

pub mod cancel;
pub mod card;
pub mod common;
pub mod details;
pub mod help;
pub mod home;
pub mod limits;
pub mod machine;
pub mod mails;
pub mod me;
pub mod own_details;
pub mod problems;
pub mod recover;
pub mod register;
pub mod sign_in;
pub mod tax_year;

/// Every word a visitor reads, in one language.
pub struct Words {
    /// The language's code, for the attribute `lang`.
    pub lang: &'static str,
    pub common: common::CommonWords,
    pub home: home::HomeWords,
    pub help: help::HelpWords,
    pub register: register::RegisterWords,
    pub details: details::DetailsWords,
    pub card: card::CardWords,
    pub sign_in: sign_in::SignInWords,
    pub me: me::MeWords,
    pub limits: limits::LimitWords,
    pub own_details: own_details::OwnDetailsWords,
    pub recover: recover::RecoverWords,
    pub cancel: cancel::CancelWords,
    pub tax_year: tax_year::TaxYearWords,
    pub problems: problems::ProblemsWords,
    pub mails: mails::MailWords,
    pub machine: machine::MachineWords,
}

/// Japanese.
pub static JA: Words = Words {
    lang: "ja",
    common: common::JA,
    home: home::JA,
    help: help::JA,
    register: register::JA,
    details: details::JA,
    card: card::JA,
    sign_in: sign_in::JA,
    me: me::JA,
    limits: limits::JA,
    own_details: own_details::JA,
    recover: recover::JA,
    cancel: cancel::JA,
    tax_year: tax_year::JA,
    problems: problems::JA,
    mails: mails::JA,
    machine: machine::JA,
};
