//! The planted mistakes still fit the code: one that no longer applies plants nothing. `scripts/planted` plants
//! each and sees the simulator find it.

use std::path::Path;
use std::process::Command;

#[test]
fn every_planted_mistake_still_applies() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut patches: Vec<_> = std::fs::read_dir(here.join("planted"))
        .expect("the folder of planted mistakes")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    patches.sort();
    assert!(patches.len() >= 18, "mistakes were thrown away: {} are left", patches.len());
    for patch in patches {
        let said = Command::new("git")
            .args(["apply", "--check"])
            .arg(&patch)
            .current_dir(here.join("../.."))
            .output()
            .expect("git runs");
        let why = String::from_utf8_lossy(&said.stderr).into_owned();
        assert!(said.status.success(), "{}: {why}", patch.display());
    }
}
