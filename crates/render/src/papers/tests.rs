//! What holds for every paper: no glyph missing, nothing odd to the typesetter, same data same bytes.

use super::world::{Form, Typeset, typeset};
use super::*;

/// A paper's name, and how it is set.
type Sample = (String, Box<dyn Fn() -> Typeset>);

fn every_paper() -> Vec<Sample> {
    let mut papers: Vec<Sample> = Vec::new();
    for (at, paper) in ReceiptPaper::samples().into_iter().enumerate() {
        let set = move || receipt::with_statement(&paper).unwrap();
        papers.push((format!("receipt-{at}"), Box::new(set)));
    }
    for (at, paper) in SlipPaper::samples().iter().enumerate() {
        let data = slip::json(paper).unwrap();
        let set = move || typeset(Form::Slip, &data).unwrap();
        papers.push((format!("slip-{at}"), Box::new(set)));
    }
    for (at, paper) in PosterPaper::samples().iter().enumerate() {
        let data = poster::json(paper).unwrap();
        let set = move || typeset(Form::Poster, &data).unwrap();
        papers.push((format!("poster-{at}"), Box::new(set)));
    }
    papers
}

/// Rare kanji (髙 﨑 𠮷) stand in the samples: without the fallback font this fails.
#[test]
fn every_sample_is_complete_accessible_and_without_a_warning() {
    for (name, set) in every_paper() {
        let typeset = set();
        assert_eq!(typeset.warnings, Vec::<String>::new(), "{name}");
        assert_eq!(typeset.pdf().unwrap().fidelity, Fidelity::Complete, "{name}");
    }
}

/// Nothing remembered from the first time may help the second.
#[test]
fn the_same_data_gives_the_same_bytes() {
    for (name, set) in every_paper() {
        let [first, second] = [(); 2].map(|()| {
            typst::comemo::evict(0);
            set().pdf().unwrap()
        });
        assert!(first == second, "{name}");
    }
}

#[test]
fn a_character_that_no_font_has_is_flagged_and_the_paper_printed() {
    let mut paper = ReceiptPaper::samples().remove(0);
    paper.patient.name = "岡山 \u{13000}".into();
    let printed = receipt(&paper).unwrap();
    let Fidelity::Flawed { reason } = printed.fidelity else { panic!("not flagged") };
    assert!(reason.contains("could not be displayed"), "{reason}");
    assert!(printed.pdf.starts_with(b"%PDF-"));
}
