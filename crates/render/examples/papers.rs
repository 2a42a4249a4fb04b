//! Writes every sample paper into a folder, to be looked at: `cargo run --example papers FOLDER`.

use render::papers::{self, Paper, PosterPaper, ReceiptPaper, SlipPaper};
use std::error::Error;
use std::fs;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("say which folder")?;
    let folder = Path::new(&folder);
    fs::create_dir_all(folder)?;
    for (at, paper) in ReceiptPaper::samples().iter().enumerate() {
        write(folder, &format!("receipt-{at}"), &papers::receipt_with_statement(paper)?)?;
    }
    for (at, paper) in SlipPaper::samples().iter().enumerate() {
        write(folder, &format!("slip-{at}"), &papers::slip_pdf(paper)?)?;
        fs::write(folder.join(format!("slip-{at}.png")), papers::slip_png(paper)?)?;
        fs::write(folder.join(format!("slip-{at}.escpos")), papers::slip_escpos(paper)?)?;
    }
    for (at, paper) in PosterPaper::samples().iter().enumerate() {
        write(folder, &format!("poster-{at}"), &papers::poster(paper)?)?;
        fs::write(folder.join(format!("address-{at}.png")), papers::qr_png(&paper.url)?)?;
        fs::write(folder.join(format!("address-{at}.svg")), papers::qr_svg(&paper.url)?)?;
    }
    Ok(())
}

fn write(folder: &Path, name: &str, paper: &Paper) -> Result<(), Box<dyn Error>> {
    println!("{name}.pdf: {:?}", paper.fidelity);
    Ok(fs::write(folder.join(format!("{name}.pdf")), &paper.pdf)?)
}
