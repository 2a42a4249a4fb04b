//! The kiosk's screens: the first one, and the one about a swipe.

use super::shown::{Paper, Shown};
use super::{Asking, HOME, shown_place};
use crate::error::{WebError, while_doing};
use crate::session::{self, Cookie, Cookies};
use crate::{Reply, Web, page};
use app::machines::{Place, place};
use axum::extract::State;
use axum::http::StatusCode;
use domain::id::EntryId;
use domain::machine::Machine;
use domain::opening::Opening;
use render::pages::Page;
use render::pages::machine::{
    AcceptedPage, AgainPage, ClosedPage, EnrolNotice, EnrolPage, IdlePage, NoPaperPage, Printing,
    Refusal, RefusedPage, SlipOnScreen,
};
use render::words::JA;

/// `GET /machine/`. The machine's cookie is given anew each time, so that it never ends while the
/// machine is in use; what the screen before has told is forgotten.
pub async fn home(State(web): State<Web>, asking: Asking) -> Reply {
    let (machine, token) = match asking {
        Asking::Kiosk(machine, token) => (machine, token),
        Asking::OtherKind(machine) => {
            return enrol(Some(EnrolNotice::WrongKind { name: machine.name }));
        }
        Asking::Nobody => return enrol(None),
    };
    let place = place_of(&web, &machine).await?;
    let shown = match place.opening {
        Opening::Open => {
            page::show(StatusCode::OK, &IdlePage { words: &JA, place: Some(shown_place(&place)) })
        }
        Opening::Closed { .. } => closed(&web, &place, None),
    }?;
    let shown = session::give(&web, shown, Cookie::Machine, &token)?;
    session::take_away(&web, shown, Cookie::MachineShown)
}

/// `GET /machine/result`
pub async fn result(State(web): State<Web>, asking: Asking, cookies: Cookies) -> Reply {
    let Some(machine) = asking.kiosk() else { return Ok(page::go_to(HOME)) };
    let Some(told) = cookies.get(Cookie::MachineShown).and_then(Shown::read) else {
        return Ok(page::go_to(HOME));
    };
    let place = place_of(&web, &machine).await?;
    let screen = Screen { web: &web, machine: &machine, place: &place };
    let shown = screen.about(&told).await?;
    match told.once_shown() {
        Some(after) => session::give(&web, shown, Cookie::MachineShown, &after.write()),
        None => Ok(shown),
    }
}

/// Chooses the screen about a swipe.
struct Screen<'a> {
    web: &'a Web,
    machine: &'a Machine,
    place: &'a Place,
}

impl Screen<'_> {
    async fn about(&self, told: &Shown) -> Reply {
        match told {
            Shown::Accepted { entry, paper } => self.slip(*entry, *paper, false).await,
            Shown::Reprinted { entry, paper } => self.slip(*entry, *paper, true).await,
            Shown::Again { entry } => match self.found(*entry).await? {
                Some(slip) => self.show(&AgainPage { words: &JA, place: self.around(), slip }),
                None => Ok(page::go_to(HOME)),
            },
            Shown::NotFound { code } => self.refused(Refusal::NotFound, code),
            Shown::Pending { usable_from, code } => {
                self.refused(Refusal::Pending { usable_from: *usable_from }, code)
            }
            Shown::AskDesk { code } => self.refused(Refusal::AskDesk, code),
            Shown::NotACard { code } => self.refused(Refusal::NotACard, code),
            Shown::Closed { code } => closed(self.web, self.place, Some(code.clone())),
        }
    }

    async fn slip(&self, entry: EntryId, paper: Paper, reprint: bool) -> Reply {
        let Some(slip) = self.found(entry).await? else { return Ok(page::go_to(HOME)) };
        let printing = match paper {
            Paper::Out => Printing::Done,
            Paper::ToPrint => Printing::ByThisScreen,
            Paper::Away => {
                return self.show(&NoPaperPage { words: &JA, place: self.around(), slip });
            }
        };
        self.show(&AcceptedPage { words: &JA, place: self.around(), slip, printing, reprint })
    }

    /// `None`: the entry was withdrawn meanwhile, or the cookie is forged.
    async fn found(&self, entry: EntryId) -> Result<Option<SlipOnScreen>, WebError> {
        let found = app::slips::of_today(&self.web.app, self.machine, entry).await;
        Ok(found.map_err(while_doing("look up a slip"))?.map(|slip| SlipOnScreen {
            entry: slip.entry,
            number: slip.number,
            visit_day: slip.visit_day,
            charge_day: slip.due_on,
        }))
    }

    fn refused(&self, refusal: Refusal, code: &str) -> Reply {
        let (today, code) = (self.web.app.now().day(), code.to_owned());
        self.show(&RefusedPage { words: &JA, place: self.around(), refusal, today, code })
    }

    fn show(&self, page: &impl Page) -> Reply {
        page::show(StatusCode::OK, page)
    }

    fn around(&self) -> Option<render::pages::machine::Place> {
        Some(shown_place(self.place))
    }
}

fn closed(web: &Web, place: &Place, code: Option<String>) -> Reply {
    let opens_at = match place.opening {
        Opening::Open => None,
        Opening::Closed { opens_at, .. } => opens_at,
    };
    let today = web.app.now().day();
    page::show(
        StatusCode::OK,
        &ClosedPage { words: &JA, place: Some(shown_place(place)), opens_at, today, code },
    )
}

fn enrol(notice: Option<EnrolNotice>) -> Reply {
    page::show(StatusCode::OK, &EnrolPage { words: &JA, place: None, typed: String::new(), notice })
}

async fn place_of(web: &Web, machine: &Machine) -> Result<Place, WebError> {
    place(&web.app, machine).await.map_err(while_doing("look up where a machine stands"))
}
