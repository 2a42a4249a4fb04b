//! Rules about single files: their heads, their length, words that must not stay, doors that only some may use.

use super::assert_none;
use super::source::{self, File, Finding, Rust, files, is_test_path, numbered, rust_files};

const SHIPPED_LINES: usize = 400;
const LINES: usize = 600;
const COLUMNS: usize = 120;
/// Japanese text is counted by the character, and a character is as wide as two.
const COLUMNS_WITH_JAPANESE: usize = 140;
/// Each makes many alike: ids, codes, faults, statements over lists. A fifth needs a better reason.
const MACROS: usize = 4;

/// Files that may be longer, each with its reason.
const LONG_FILES: [(&str, &str); 0] = [];

/// Files of `app` and `web` that may hold a trait object, each with its reason.
const TRAIT_OBJECTS: [(&str, &str); 3] = [
    ("crates/app/src/error.rs", "causes of errors come from many crates and are only printed"),
    ("crates/web/src/error.rs", "causes of errors come from many crates and are only printed"),
    (
        "crates/app/src/bills/chunks.rs",
        "progress is told to whoever watches, a closure of the caller",
    ),
];

/// Files of `app`, `store` and `web` that may turn a `Result` into an `Option`, each with its reason.
const DROPPED_ERRORS: [(&str, &str); 4] = [
    (
        "crates/store/src/registrations.rs",
        "a draft that cannot be read becomes an error that names the row",
    ),
    ("crates/app/src/bills/watch.rs", "a file system that keeps no times is not an error"),
    (
        "crates/app/src/enter.rs",
        "a number out of range becomes an error of its own in the same expression",
    ),
    (
        "crates/app/src/register/form.rs",
        "the fault was noted for the visitor in the same expression",
    ),
];

/// Files that need addresses at real carriers, each with its reason.
const CARRIER_ADDRESSES: [(&str, &str); 4] = [
    ("crates/domain/src/mail_address.rs", "mistyped domains of carriers are what it corrects"),
    (
        "crates/outbound/src/mail/message.rs",
        "old carrier addresses break the rules of mail and must still be reached",
    ),
    (
        "crates/outbound/tests/mail.rs",
        "old carrier addresses break the rules of mail and must still be reached",
    ),
    ("crates/testkit/tests/tidy/rules.rs", "the example of the rule itself"),
];

/// What only some files may name: the words, where the rule holds, who may, and why.
struct Door {
    words: &'static [&'static str],
    holds_in: &'static [&'static str],
    open_to: &'static [&'static str],
    why: &'static str,
}

const DOORS: [Door; 9] = [
    Door {
        words: &["rusqlite", "postgres", "store", "outbound"],
        holds_in: &["crates/web/src/"],
        open_to: &[],
        why: "web knows app, render and domain only",
    },
    Door {
        words: &["rusqlite", "postgres", "axum"],
        holds_in: &["crates/app/src/"],
        open_to: &[],
        why: "app knows no driver and no HTTP",
    },
    Door {
        words: &["outbound"],
        holds_in: &["crates/app/src/"],
        // tell.rs calls, lib.rs holds what it calls with, the others take its answers apart.
        open_to: &[
            "crates/app/src/tell.rs",
            "crates/app/src/lib.rs",
            "crates/app/src/charge/steps.rs",
            "crates/app/src/refunds/steps.rs",
            "crates/app/src/adopt.rs",
            "crates/app/src/webhooks.rs",
            "crates/app/src/card_page.rs",
            "crates/app/src/slips.rs",
        ],
        why: "only tell.rs knows the outside; the list of those that know its types is short",
    },
    Door {
        words: &["outbound()"],
        holds_in: &["crates/app/src/"],
        open_to: &["crates/app/src/tell.rs"],
        why: "only tell.rs calls the outside, with what is committed",
    },
    Door {
        words: &["SystemTime::now", "Instant::now", "Zoned::now", "Timestamp::now", "Utc::now"],
        holds_in: &["crates/"],
        // pace.rs has a stopwatch: what it does with the time decides nothing.
        open_to: &["crates/app/src/clock.rs", "crates/outbound/src/cards/pace.rs"],
        why: "the clock is read in app/src/clock.rs and passed on",
    },
    Door {
        words: &["OsRng", "rand::rng", "rand::random", "thread_rng", "getrandom"],
        holds_in: &["crates/"],
        open_to: &["crates/app/src/ids.rs"],
        why: "chance is read in app/src/ids.rs and passed on",
    },
    Door {
        words: &["std::fs", "std::net", "std::process", "std::env", "tokio"],
        holds_in: &["crates/domain/src/", "crates/exchange/src/", "crates/render/src/"],
        open_to: &[],
        why: "domain, exchange and render do no I/O",
    },
    Door {
        words: &["std::thread"],
        holds_in: &["crates/domain/src/", "crates/exchange/src/", "crates/render/src/"],
        open_to: &["crates/exchange/src/bills_csv.rs"],
        why: "only the rows of a long file are shared out among processors, and put in order again",
    },
    Door {
        words: &["0.0.0.0", "UNSPECIFIED"],
        holds_in: &["crates/"],
        open_to: &[],
        why: "nothing listens to the whole world unless a setting says so",
    },
];

// ---- the rules, each over one file ------------------------------------------------------------

fn has_a_head(file: &Rust) -> Vec<Finding> {
    let mut found = Vec::new();
    if !file.text.starts_with("//! ") {
        found.push(Finding::new(&file.path, 1, "a file starts with `//!`: what lives here"));
    }
    found
}

fn is_short(file: &Rust) -> Vec<Finding> {
    let shipped = file.shipped_lines();
    let all = file.text.lines().count();
    let excused = LONG_FILES.iter().any(|(path, _)| *path == file.path);
    let mut found = Vec::new();
    if !excused && shipped > SHIPPED_LINES {
        found.push(Finding::new(
            &file.path,
            0,
            format!("{shipped} lines of shipped code, at most {SHIPPED_LINES}"),
        ));
    }
    if !excused && all > LINES {
        found.push(Finding::new(&file.path, 0, format!("{all} lines with tests, at most {LINES}")));
    }
    found
}

fn is_narrow(file: &Rust) -> Vec<Finding> {
    let strings: Vec<&str> = file.strings.lines().collect();
    let too_wide = |&(number, line): &(usize, &str)| {
        let limit = if line.is_ascii() { COLUMNS } else { COLUMNS_WITH_JAPANESE };
        let has_string = strings.get(number - 1).is_some_and(|text| !text.trim().is_empty());
        line.chars().count() > limit && !has_string && !line.contains("://")
    };
    numbered(&file.text)
        .filter(too_wide)
        .map(|(number, line)| {
            Finding::new(&file.path, number, format!("{} columns", line.chars().count()))
        })
        .collect()
}

/// Spelled in parts, or this file would break its own rule.
fn leftovers() -> [String; 4] {
    [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X"), concat!("HA", "CK")]
        .map(str::to_owned)
}

fn is_finished(path: &str, text: &str) -> Vec<Finding> {
    let words = leftovers();
    let has_leftover = |line: &str| words.iter().any(|word| has_word(line, word));
    numbered(text)
        .filter(|(_, line)| has_leftover(line))
        .map(|(number, _)| {
            Finding::new(path, number, "a note of unfinished work: finish it, or file it")
        })
        .collect()
}

fn has_no_dead_code(file: &Rust) -> Vec<Finding> {
    numbered(&file.comments)
        .filter(|(_, line)| is_code(line))
        .map(|(number, _)| Finding::new(&file.path, number, "commented-out code"))
        .collect()
}

/// Whether a comment line reads like code. Examples in documentation comments are meant to be code.
fn is_code(comment: &str) -> bool {
    let Some(text) = comment.trim_start().strip_prefix("// ") else { return false };
    let text = text.trim();
    let starts = |words: &[&str]| words.iter().any(|word| text.starts_with(word));
    let ends = |marks: &[char]| text.ends_with(marks);
    let is_let = starts(&["let ", "fn ", "pub fn ", "#["]) && ends(&[';', '{', '}', ']', ',', '(']);
    let is_item = starts(&[
        "use ", "pub ", "impl ", "struct ", "enum ", "match ", "return ", "mod ", "if ", "for ",
    ]) && ends(&[';', '{']);
    let is_call = text.ends_with(");") || text == "}" || text == "};";
    is_let || is_item || is_call
}

fn has_no_trait_object(file: &Rust) -> Vec<Finding> {
    if !matches!(file.package(), "app" | "web")
        || TRAIT_OBJECTS.iter().any(|(path, _)| *path == file.path)
    {
        return Vec::new();
    }
    file.shipped_code()
        .filter(|(_, line)| has_word(line, "dyn"))
        .map(|(number, _)| {
            Finding::new(&file.path, number, "a trait object: closed sets are enums here")
        })
        .collect()
}

fn drops_no_error(file: &Rust) -> Vec<Finding> {
    if !matches!(file.package(), "app" | "store" | "web")
        || DROPPED_ERRORS.iter().any(|(path, _)| *path == file.path)
    {
        return Vec::new();
    }
    file.shipped_code()
        .filter(|(_, line)| line.contains(".ok()"))
        .map(|(number, _)| {
            Finding::new(
                &file.path,
                number,
                "`.ok()` drops an error: match it, or write the reason into the list",
            )
        })
        .collect()
}

fn uses_the_right_door(file: &Rust) -> Vec<Finding> {
    let mut found = Vec::new();
    for door in &DOORS {
        let holds = door.holds_in.iter().any(|folder| file.path.starts_with(folder));
        if !holds || door.open_to.contains(&file.path.as_str()) {
            continue;
        }
        for (number, line) in file.shipped_code() {
            for word in door.words.iter().filter(|word| has_path(line, word)) {
                found.push(Finding::new(&file.path, number, format!("`{word}`: {}", door.why)));
            }
        }
    }
    found
}

fn waits_for_no_clock(path: &str, code: &str) -> Vec<Finding> {
    let waits = ["thread::sleep", "time::sleep", "sleep(Duration", concat!("waitForTime", "out")];
    numbered(code)
        .filter(|(_, line)| waits.iter().any(|wait| line.contains(wait)))
        .map(|(number, _)| Finding::new(path, number, "a test waits for events, never for time"))
        .collect()
}

fn skips_no_test(file: &Rust) -> Vec<Finding> {
    numbered(&file.code)
        .filter(|(_, line)| line.contains("#[ignore"))
        .map(|(number, _)| Finding::new(&file.path, number, "a skipped test proves nothing"))
        .collect()
}

fn names_no_machine(file: &File) -> Vec<Finding> {
    // A test may make up any path; scripts need a folder that every user can reach.
    let makes_up = is_test_path(&file.path) || file.path.starts_with("scripts/");
    let folders: &[&str] =
        if makes_up { &["/work/", "/root/"] } else { &["/work/", "/root/", "/tmp/", "/home/"] };
    let rules_themselves = file.path.starts_with("crates/testkit/tests/tidy/");
    let names = |line: &str| folders.iter().any(|folder| starts_path(line, folder));
    numbered(&file.text)
        .filter(|(_, line)| !rules_themselves && names(line))
        .map(|(number, _)| Finding::new(&file.path, number, "a path of one machine"))
        .collect()
}

fn names_nobody(file: &File) -> Vec<Finding> {
    let locks = ["package-lock.json", "Cargo.lock"].iter().any(|name| file.path.ends_with(name));
    let exempt = locks || CARRIER_ADDRESSES.iter().any(|(path, _)| *path == file.path);
    let mut found = Vec::new();
    for (number, line) in numbered(&file.text).filter(|_| !exempt) {
        for address in mail_addresses(line).filter(|address| !is_reserved(address)) {
            found.push(Finding::new(
                &file.path,
                number,
                format!("{address}: examples use reserved domains (example.jp, .test, …)"),
            ));
        }
    }
    found
}

/// Whether the domain belongs to nobody, or the part before the `@` is plainly a placeholder.
fn is_reserved(address: &str) -> bool {
    let (local, domain) = address.split_once('@').unwrap_or(("", address));
    let domain = domain.to_ascii_lowercase();
    let reserved_end = domain
        .rsplit('.')
        .next()
        .is_some_and(|end| ["test", "invalid", "localhost", "local"].contains(&end));
    reserved_end
        || domain.split('.').any(|label| label == "example")
        || ["user", "name"].contains(&local)
}

fn mail_addresses(line: &str) -> impl Iterator<Item = String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._%+-".contains(c);
    line.match_indices('@').filter_map(move |(at, _)| {
        let local: Vec<char> = line[..at].chars().rev().take_while(|&c| allowed(c)).collect();
        let domain: String = line[at + 1..]
            .chars()
            .take_while(|&c| c.is_ascii_alphanumeric() || c == '.' || c == '-')
            .collect();
        let domain = domain.trim_end_matches(['.', '-']).to_owned();
        let end = domain.rsplit_once('.').map_or("", |(_, end)| end);
        let is_address =
            !local.is_empty() && end.len() >= 2 && end.chars().all(|c| c.is_ascii_alphabetic());
        is_address.then(|| format!("{}@{domain}", local.iter().rev().collect::<String>()))
    })
}

// ---- words in lines -----------------------------------------------------------------------------

fn is_word_character(character: Option<char>) -> bool {
    character.is_some_and(|c| c.is_alphanumeric() || c == '_')
}

fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        !is_word_character(line[..at].chars().next_back())
            && !is_word_character(line[at + word.len()..].chars().next())
    })
}

/// Whether code names a crate or a path: a single word counts only before `::` or after `use `,
/// so that a variable may be called `store`.
fn has_path(line: &str, path: &str) -> bool {
    if path.contains([':', '.', '(']) || path.chars().next().is_some_and(char::is_uppercase) {
        return has_word(line, path);
    }
    line.match_indices(path).any(|(at, _)| {
        let before = &line[..at];
        let after = &line[at + path.len()..];
        let whole = !is_word_character(before.chars().next_back())
            && !before.ends_with("::")
            && !before.ends_with('.');
        whole
            && (after.starts_with("::")
                || before.trim_end().ends_with("use") && !is_word_character(after.chars().next()))
    })
}

/// Whether a path begins with this folder here: not `crates/tmp/` and not `https://host/work/`.
fn starts_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !is_word_character(before) && !before.is_some_and(|c| ".-)}]*$/".contains(c))
    })
}

fn over_rust(rule: fn(&Rust) -> Vec<Finding>) -> Vec<Finding> {
    rust_files().iter().flat_map(rule).collect()
}

// ---- the repository keeps them ------------------------------------------------------------------

#[test]
fn every_file_says_what_lives_in_it() {
    assert_none(&over_rust(has_a_head));
}

#[test]
fn files_are_short() {
    assert_none(&over_rust(is_short));
}

#[test]
fn lines_are_narrow() {
    assert_none(&over_rust(is_narrow));
}

#[test]
fn nothing_is_left_unfinished() {
    let by_hand = files()
        .iter()
        .filter(|file| !file.path.ends_with(".csv") && !file.path.ends_with("lock.json"));
    assert_none(&by_hand.flat_map(|file| is_finished(&file.path, &file.text)).collect::<Vec<_>>());
}

#[test]
fn no_code_sleeps_in_a_comment() {
    assert_none(&over_rust(has_no_dead_code));
}

#[test]
fn app_and_web_hold_no_trait_objects() {
    assert_none(&over_rust(has_no_trait_object));
}

#[test]
fn no_error_is_dropped() {
    assert_none(&over_rust(drops_no_error));
}

#[test]
fn only_some_may_open_a_door() {
    assert_none(&over_rust(uses_the_right_door));
}

#[test]
fn tests_do_not_wait_for_time() {
    let mut findings = Vec::new();
    for file in rust_files() {
        // Blank lines in place of the shipped ones, so that the numbers stay right.
        let shipped = file.shipped_lines();
        let tests: Vec<&str> = file.code.lines().skip(shipped).collect();
        let tests = format!("{}{}", "\n".repeat(shipped), tests.join("\n"));
        findings.extend(waits_for_no_clock(&file.path, &tests));
    }
    for file in files().iter().filter(|file| file.path.starts_with("e2e/")) {
        findings.extend(waits_for_no_clock(&file.path, &file.text));
    }
    assert_none(&findings);
}

#[test]
fn no_test_is_skipped() {
    assert_none(&over_rust(skips_no_test));
}

#[test]
fn no_file_names_a_machine() {
    assert_none(&files().iter().flat_map(names_no_machine).collect::<Vec<_>>());
}

#[test]
fn no_file_names_a_person() {
    assert_none(&files().iter().flat_map(names_nobody).collect::<Vec<_>>());
}

#[test]
fn macros_are_few() {
    let macros: Vec<Finding> = rust_files()
        .iter()
        .flat_map(|file| {
            let lines = numbered(&file.code).filter(|(_, line)| line.contains("macro_rules!"));
            lines
                .map(|(number, _)| {
                    Finding::new(&file.path, number, format!("a macro of ours, at most {MACROS}"))
                })
                .collect::<Vec<_>>()
        })
        .collect();
    if macros.len() > MACROS {
        assert_none(&macros);
    }
}

#[test]
fn the_lists_of_exceptions_name_files_that_need_them() {
    for (path, reason) in
        LONG_FILES.iter().chain(&TRAIT_OBJECTS).chain(&DROPPED_ERRORS).chain(&CARRIER_ADDRESSES)
    {
        assert!(source::root().join(path).is_file(), "{path} is gone: take it off the list");
        assert!(reason.len() > 20, "{path}: the reason is missing");
    }
}

// ---- and the rules see what they are for ----------------------------------------------------------

#[test]
fn each_rule_finds_its_own_example() {
    let app = |text: &str| Rust::new("crates/app/src/x.rs", text);
    let web = |text: &str| Rust::new("crates/web/src/x.rs", text);
    let cases: [(&str, Vec<Finding>); 17] = [
        ("head", has_a_head(&app("use a;\n"))),
        ("long", is_short(&app(&"\n".repeat(SHIPPED_LINES + 1)))),
        ("long test", is_short(&Rust::new("crates/app/tests/x.rs", &"\n".repeat(LINES + 1)))),
        ("wide", is_narrow(&app(&"a".repeat(COLUMNS + 1)))),
        ("wide Japanese", is_narrow(&app(&format!("// {}", "あ".repeat(COLUMNS_WITH_JAPANESE))))),
        ("unfinished", is_finished("a.sql", &format!("-- {}: later", leftovers()[0]))),
        ("dead", has_no_dead_code(&app("    // let x = 1;\n"))),
        ("dead call", has_no_dead_code(&app("    // store.write(x);\n"))),
        ("object", has_no_trait_object(&web("fn a(x: &dyn B) {}\n"))),
        ("ok", drops_no_error(&app("let x = read().ok();\n"))),
        ("clock", uses_the_right_door(&app("let now = std::time::SystemTime::now();\n"))),
        ("outbound", uses_the_right_door(&app("use outbound::cards;\n"))),
        ("call", uses_the_right_door(&app("app.outbound().mailer.send();\n"))),
        ("driver", uses_the_right_door(&web("let x = postgres::connect();\n"))),
        ("waiting", waits_for_no_clock("crates/app/tests/x.rs", "std::thread::sleep(x);")),
        ("ignored", skips_no_test(&app("#[ignore]\nfn a() {}\n"))),
        (
            "machine",
            names_no_machine(&File { path: "docs/a.md".to_owned(), text: "see /tmp/x".to_owned() }),
        ),
    ];
    for (name, findings) in &cases {
        assert_eq!(findings.len(), 1, "the rule `{name}` did not find its example");
    }
    let person = |text: &str| {
        names_nobody(&File { path: "docs/a.md".to_owned(), text: text.to_owned() }).len()
    };
    assert_eq!(person("write to someone@hospital.or.jp."), 1);
}

#[test]
fn the_rules_leave_honest_lines_alone() {
    let app = |text: &str| Rust::new("crates/app/src/x.rs", text);
    let quiet = [
        is_narrow(&app(&format!("let x = \"{}\";", "a".repeat(COLUMNS)))),
        has_no_dead_code(&app(
            "// let the writer finish before the reader looks.\n/// let x = 1;\n",
        )),
        has_no_trait_object(&app("// dyn\nlet x = \"dyn \";\n")),
        drops_no_error(&app("fn a() {}\n#[cfg(test)]\nmod tests {\nfn b() { c().ok(); }\n}\n")),
        uses_the_right_door(&app("let x = self.outbound; // outbound::x\n")),
        uses_the_right_door(&Rust::new(
            "crates/web/src/x.rs",
            "let store = state.store; app::store::x();\n",
        )),
        is_finished("a.rs", "mktemp abc.XXXXXX\n"),
        names_no_machine(&File {
            path: "docs/a.md".to_owned(),
            text: "https://example.jp/work/ and crates/home/x".to_owned(),
        }),
        names_nobody(&File {
            path: "docs/a.md".to_owned(),
            text: "hanako@mail.example.jp a@example.co.jp npm i @axe-core/x playwright@1.2.3"
                .to_owned(),
        }),
    ];
    for findings in &quiet {
        assert_none(findings);
    }
}
