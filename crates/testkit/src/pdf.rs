//! Papers as somebody else's program reads them: poppler's `pdftotext`.

use std::io::Write as _;
use std::process::{Command, Stdio};

/// The text of a PDF without blanks.
///
/// # Panics
///
/// When it is none, or the program is not there.
#[must_use]
pub fn text_of(pdf: &[u8]) -> String {
    let mut reader = Command::new("pdftotext")
        .args(["-raw", "-enc", "UTF-8", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("pdftotext of poppler-utils");
    let mut stdin = reader.stdin.take().expect("a pipe in");
    let pdf = pdf.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&pdf));
    let output = reader.wait_with_output().expect("a pipe out");
    writer.join().expect("no panic").expect("the whole paper is read");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.chars().filter(|c| !c.is_whitespace()).collect()
}
