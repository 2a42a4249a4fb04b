//! The rules of the house that no compiler holds. `scripts/tidy` runs them without building anything else,
//! which is why this program uses the standard library only. Every finding names its file and line.

mod docs;
mod manifests;
mod rules;
mod source;

use source::Finding;

/// Fails with one line for each finding.
fn assert_none(findings: &[Finding]) {
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "{} found:\n{}\n", lines.len(), lines.join("\n"));
}
