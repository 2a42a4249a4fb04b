//! A card was swiped (FAQ Q21), or the slip is to come out again.
//!
//! What the reader typed is read, judged and forgotten: it stands in no answer, no cookie, no log.

use super::shown::{Paper, Shown};
use super::{Asking, HOME};
use crate::error::{WebError, while_doing};
use crate::form::Fields;
use crate::session::{self, Cookie};
use crate::{Reply, Web, page};
use app::enter::{SlipFacts, Swiped};
use app::slips::SlipPrinted;
use axum::extract::State;
use domain::eligibility::PublicAnswer;
use domain::id::EntryId;
use domain::machine::Machine;

/// Where the screen about a swipe is.
const RESULT: &str = "/machine/result";

/// `POST /machine/swipe`
pub async fn swipe(State(web): State<Web>, asking: Asking, fields: Fields) -> Reply {
    let Some(machine) = asking.kiosk() else { return Ok(page::go_to(HOME)) };
    let swiped = app::enter::swipe(&web.app, &machine, fields.get("card")).await;
    let shown = match swiped.map_err(while_doing("enter a visit"))? {
        Swiped::Entered { slip, first: _ } => {
            Shown::Accepted { entry: slip.entry, paper: print(&web, &machine, &slip).await? }
        }
        Swiped::Already { slip } => Shown::Again { entry: slip.entry },
        Swiped::Refused { answer, code } => refused(answer, code),
        Swiped::NotACard { code } => Shown::NotACard { code: code.to_owned() },
    };
    tell(&web, &shown)
}

/// `POST /machine/reprint`
pub async fn reprint(State(web): State<Web>, asking: Asking, fields: Fields) -> Reply {
    let Some(machine) = asking.kiosk() else { return Ok(page::go_to(HOME)) };
    let Ok(entry) = fields.get("entry").parse::<EntryId>() else { return Ok(page::go_to(HOME)) };
    let printed = app::slips::reprint(&web.app, &machine, entry).await;
    let Some(printed) = printed.map_err(while_doing("print a slip again"))? else {
        return Ok(page::go_to(HOME));
    };
    tell(&web, &Shown::Reprinted { entry, paper: paper(printed) })
}

fn refused(answer: PublicAnswer, code: &'static str) -> Shown {
    let code = code.to_owned();
    match answer {
        PublicAnswer::NotFound => Shown::NotFound { code },
        PublicAnswer::Pending { usable_from } => Shown::Pending { usable_from, code },
        PublicAnswer::AskDesk => Shown::AskDesk { code },
        PublicAnswer::Closed { opens_at: _ } => Shown::Closed { code },
    }
}

/// The entry is stored by now and stands, whatever becomes of the paper.
async fn print(web: &Web, machine: &Machine, slip: &SlipFacts) -> Result<Paper, WebError> {
    let printed = app::slips::print(&web.app, machine, slip).await;
    printed.map(paper).map_err(while_doing("print a slip"))
}

const fn paper(printed: SlipPrinted) -> Paper {
    match printed {
        SlipPrinted::AtPrinter => Paper::Out,
        SlipPrinted::ByBrowser => Paper::ToPrint,
        SlipPrinted::PrinterAway => Paper::Away,
    }
}

fn tell(web: &Web, shown: &Shown) -> Reply {
    session::give(web, page::go_to(RESULT), Cookie::MachineShown, &shown.write())
}
