//! What is written must be true: the files that the documents name exist, the sentences of the FAQ are proved by
//! tests that carry their numbers, and the commands of the README are there.

use std::fs;

use super::assert_none;
use super::source::{File, Finding, files, numbered, read, root};

/// The sentences of the FAQ that the service makes true so far; the list grows with it.
const PROVED: [u8; 32] = [
    1, 2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27,
    28, 29, 30, 31, 32, 33, 34,
];

/// Endings of names that are meant as files of the repository.
const FILE_ENDINGS: [&str; 7] = [".rs", ".typ", ".html", ".toml", ".sql", ".mjs", ".md"];

/// What stands between single backticks in a line.
fn quoted(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// Whether a word is meant as a path of the repository, and its parts: the path and, after `::`, a function.
fn as_path(word: &str) -> Option<(&str, Option<&str>)> {
    let (path, function) = match word.split_once("::") {
        Some((path, function)) => (path, Some(function)),
        None => (word, None),
    };
    let plain = path.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
    let names_file = path.contains('/') && FILE_ENDINGS.iter().any(|ending| path.ends_with(ending));
    let first = path.split('/').next().unwrap_or(path);
    let names_folder =
        path.contains('/') && ["crates", "docs", "e2e", "bench", "scripts", ".ci"].contains(&first);
    (plain && !path.starts_with('/') && (names_file || names_folder)).then_some((path, function))
}

/// Paths may begin at the root or, shorter, at `crates`.
fn missing_paths(path: &str, text: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut fenced = false;
    for (number, line) in numbered(text) {
        fenced ^= line.trim_start().starts_with("```");
        let words = quoted(line).filter(|_| !fenced).filter_map(as_path);
        for (named, function) in words {
            let places = [root().join(named), root().join("crates").join(named)];
            let Some(place) = places.iter().find(|place| place.exists()) else {
                found.push(Finding::new(path, number, format!("`{named}` does not exist")));
                continue;
            };
            if let Some(function) = function {
                let source = fs::read_to_string(place).unwrap_or_default();
                let kinds = ["fn", "struct", "enum", "const", "type", "mod", "trait"];
                let defines =
                    kinds.iter().any(|kind| defines(&source, &format!("{kind} {function}")));
                if !defines {
                    found.push(Finding::new(
                        path,
                        number,
                        format!("`{named}` has no `{function}`"),
                    ));
                }
            }
        }
    }
    found
}

fn defines(source: &str, item: &str) -> bool {
    source.match_indices(item).any(|(at, _)| {
        !source[at + item.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
    })
}

/// Relative links of a page that lead nowhere.
fn broken_links(file: &File) -> Vec<Finding> {
    let folder = root().join(&file.path);
    let folder = folder.parent().unwrap_or(&folder);
    let mut found = Vec::new();
    for (number, line) in numbered(&file.text) {
        for (at, _) in line.match_indices("](") {
            let target = line[at + 2..].split([')', ' ']).next().unwrap_or("");
            let file_part = target.split('#').next().unwrap_or("");
            if !file_part.is_empty() && !target.contains(':') && !folder.join(file_part).exists() {
                found.push(Finding::new(
                    &file.path,
                    number,
                    format!("the link to {target} leads nowhere"),
                ));
            }
        }
    }
    found
}

/// Whether a file has a test whose name carries the number: `fn q05_…` or a title with the word `q05` in it.
fn proves(file: &File, number: u8) -> bool {
    let name = format!("q{number:02}");
    if file.path.ends_with(".rs") {
        return is_rust_test(&file.text, &format!("fn {name}_"));
    }
    let titled = |line: &&str| {
        ["test(", "it(", "describe(", ".step("].iter().any(|call| line.contains(call))
    };
    file.path.starts_with("e2e/")
        && file.path.ends_with(".mjs")
        && file.text.lines().filter(titled).any(|line| has_number(line, &name))
}

/// The function must be a test: an attribute with `test` in it stands in the lines above it.
fn is_rust_test(text: &str, function: &str) -> bool {
    let lines: Vec<&str> = text.lines().collect();
    lines.iter().enumerate().any(|(index, line)| {
        let attributes = lines[..index]
            .iter()
            .rev()
            .take_while(|above| above.trim_start().starts_with(['#', '/']));
        line.contains(function)
            && attributes
                .into_iter()
                .any(|above| above.contains("test]") || above.contains("test("))
    })
}

fn has_number(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + name.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

#[test]
fn the_map_and_the_page_on_testing_name_what_exists() {
    for page in ["docs/architecture.md", "docs/testing.md"] {
        assert_none(&missing_paths(page, &read(page)));
    }
}

#[test]
fn links_between_documents_lead_somewhere() {
    let pages = files().iter().filter(|file| file.path.ends_with(".md"));
    assert_none(&pages.flat_map(broken_links).collect::<Vec<_>>());
}

#[test]
fn the_sentences_of_the_faq_are_proved() {
    let files = files();
    let unproved = PROVED.iter().filter(|number| !files.iter().any(|file| proves(file, **number)));
    let found: Vec<Finding> = unproved
        .map(|number| Finding::new("FAQ", 0, format!("no test carries q{number:02} in its name")))
        .collect();
    assert_none(&found);
}

#[test]
fn the_commands_of_the_readme_exist() {
    let readme = read("README.md");
    for command in ["cargo run --release -- demo", "scripts/test"] {
        assert!(
            readme
                .lines()
                .any(|line| line.trim() == command || line.trim() == format!("./{command}")),
            "README.md: no line `{command}`"
        );
    }
    let makes_default = read("Cargo.toml")
        .lines()
        .any(|line| line.replace(' ', "") == "default-members=[\"crates/atobarai\"]");
    assert!(makes_default, "Cargo.toml: `cargo run` in the root must mean the product");
}

#[cfg(unix)]
#[test]
fn scripts_can_be_run() {
    use std::os::unix::fs::PermissionsExt;
    for script in [
        "scripts/test",
        "scripts/install",
        "scripts/tidy",
        "scripts/with-postgres",
        ".ci/run",
        "e2e/run",
    ] {
        let about =
            fs::metadata(root().join(script)).unwrap_or_else(|error| panic!("{script}: {error}"));
        assert!(about.permissions().mode() & 0o111 == 0o111, "{script} cannot be run");
        assert!(
            read(script).starts_with("#!/usr/bin/env bash\n"),
            "{script} does not say what runs it"
        );
    }
}

/// Where a package comes from is the machine's setting, not ours.
#[test]
fn the_lock_of_the_browser_tests_names_no_registry() {
    let lock = read("e2e/package-lock.json");
    let addresses =
        numbered(&lock).filter(|(_, line)| line.contains("\"resolved\"") || line.contains("http"));
    let found: Vec<Finding> = addresses
        .map(|(number, line)| Finding::new("e2e/package-lock.json", number, line.trim()))
        .collect();
    assert_none(&found);
}

#[test]
fn what_is_missing_is_found() {
    let missing = |text: &str| missing_paths("a.md", text).len();
    assert_eq!(
        missing("see `crates/domain/src/yen.rs`, `domain/src/yen.rs::Yen` and `crates/domain`"),
        0
    );
    assert_eq!(missing("see `crates/domain/src/zen.rs`"), 1);
    assert_eq!(missing("see `domain/src/yen.rs::Yenn`"), 1);
    assert_eq!(missing("`tokio::fs`, `/{group}/new/`, `application/json` and `a/b`"), 0);
    let page = |text: &str| File { path: "docs/x.md".to_owned(), text: text.to_owned() };
    assert_eq!(
        broken_links(&page(
            "[a](../Cargo.toml) [b](nowhere.md) [c](https://example.jp/x.md) [d](#e)"
        ))
        .len(),
        1
    );
    let rust = |text: &str| File { path: "crates/x/src/a.rs".to_owned(), text: text.to_owned() };
    assert!(proves(&rust("#[test]\nfn q05_the_fourth_day() {}"), 5));
    assert!(!proves(&rust("fn q05_the_fourth_day() {}"), 5));
    assert!(!proves(&rust("#[test]\nfn q50_x() {}"), 5));
    let story = |text: &str| File { path: "e2e/story.test.mjs".to_owned(), text: text.to_owned() };
    assert!(proves(&story("test('q21 q22: the kiosk', async () => {"), 22));
    assert!(!proves(&story("// q22"), 22));
}
