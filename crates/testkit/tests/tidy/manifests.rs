//! The direction of the arrows between our crates, and what each may bring in from outside. The lists stand in
//! `docs/architecture.md`, in the blocks ```` ```arrows ```` and ```` ```outside ````; the manifests must say the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::assert_none;
use super::source::{Finding, numbered, read, root, rust_files};

const MAP: &str = "docs/architecture.md";
const CRATES: [&str; 9] =
    ["app", "atobarai", "domain", "exchange", "outbound", "render", "store", "testkit", "web"];

/// Arrows that the map may never gain, whoever edits it: who, whom not, why.
const NEVER: [(&str, &[&str], &str); 6] = [
    ("domain", &CRATES, "the rules depend on nothing"),
    (
        "store",
        &["outbound", "render", "exchange", "app", "web"],
        "the lower crates know the domain only",
    ),
    (
        "outbound",
        &["store", "render", "exchange", "app", "web"],
        "the lower crates know the domain only",
    ),
    (
        "render",
        &["store", "outbound", "exchange", "app", "web"],
        "the lower crates know the domain only",
    ),
    (
        "exchange",
        &["store", "outbound", "render", "app", "web"],
        "the lower crates know the domain only",
    ),
    ("web", &["store", "outbound", "exchange"], "a page asks app, which decides"),
];

/// Dependencies that no source file names, each with its reason.
const UNNAMED: [(&str, &str, &str); 0] = [];

type Lists = BTreeMap<String, BTreeSet<String>>;

/// One line `name …` of a manifest's dependency table.
struct Dependency {
    name: String,
    line: usize,
    development: bool,
}

struct Manifest {
    path: String,
    package: String,
    dependencies: Vec<Dependency>,
    inherits_lints: bool,
}

fn manifest(package: &str, path: &str, text: &str) -> Manifest {
    let mut table = String::new();
    let mut dependencies = Vec::new();
    let mut inherits_lints = false;
    for (number, line) in numbered(text) {
        let line = line.trim();
        if line.starts_with('[') {
            table = line.trim_matches(['[', ']']).to_owned();
        } else if table == "lints" && line.replace(' ', "") == "workspace=true" {
            inherits_lints = true;
        } else if table.ends_with("dependencies") && !line.is_empty() && !line.starts_with('#') {
            let name =
                line.split(['.', '=', ' ']).next().unwrap_or(line).trim_matches('"').to_owned();
            dependencies.push(Dependency {
                name,
                line: number,
                development: table == "dev-dependencies",
            });
        }
    }
    Manifest { path: path.to_owned(), package: package.to_owned(), dependencies, inherits_lints }
}

fn manifests() -> Vec<Manifest> {
    let crates =
        CRATES.iter().map(|name| ((*name).to_owned(), format!("crates/{name}/Cargo.toml")));
    let bench = ("bench".to_owned(), "bench/Cargo.toml".to_owned());
    crates.chain([bench]).map(|(package, path)| manifest(&package, &path, &read(&path))).collect()
}

/// The lines `from -> to to` or `from: to to` of a fenced block.
fn block(text: &str, name: &str) -> Lists {
    let fence = format!("```{name}");
    let lines = text
        .lines()
        .skip_while(|line| line.trim() != fence)
        .skip(1)
        .take_while(|line| line.trim() != "```");
    let pairs = lines.filter_map(|line| line.split_once("->").or_else(|| line.split_once(':')));
    let list = |to: &str| to.split_whitespace().map(str::to_owned).collect();
    pairs.map(|(from, to)| (from.trim().to_owned(), list(to))).collect()
}

fn lists_of(name: &str) -> Lists {
    let lists = block(&read(MAP), name);
    assert!(!lists.is_empty(), "{MAP}: there is no block ```{name} with lines in it");
    lists
}

/// What the manifest has and the list has not, and the other way round.
fn compare(
    manifest: &Manifest,
    listed: Option<&BTreeSet<String>>,
    counts: impl Fn(&Dependency) -> bool,
    what: &str,
) -> Vec<Finding> {
    let Some(listed) = listed else {
        return vec![Finding::new(
            MAP,
            0,
            format!("no line for `{}` among the {what}", manifest.package),
        )];
    };
    let shipped: Vec<&Dependency> =
        manifest.dependencies.iter().filter(|d| !d.development && counts(d)).collect();
    let unlisted = shipped.iter().filter(|d| !listed.contains(&d.name));
    let mut found: Vec<Finding> = unlisted
        .map(|d| {
            Finding::new(
                &manifest.path,
                d.line,
                format!("`{}` is not among the {what} of `{}` in {MAP}", d.name, manifest.package),
            )
        })
        .collect();
    let unused = listed.iter().filter(|name| !shipped.iter().any(|d| d.name == **name));
    found.extend(unused.map(|name| {
        Finding::new(
            MAP,
            0,
            format!("`{}` no longer uses `{name}`: take it off the {what}", manifest.package),
        )
    }));
    found
}

fn is_ours(dependency: &Dependency) -> bool {
    CRATES.contains(&dependency.name.as_str())
}

fn against_the_direction(arrows: &Lists) -> Vec<Finding> {
    let mut found = Vec::new();
    for (from, to) in arrows {
        for name in to {
            let never =
                NEVER.iter().find(|(who, whom, _)| who == from && whom.contains(&name.as_str()));
            if let Some((_, _, why)) = never {
                found.push(Finding::new(MAP, 0, format!("{from} -> {name}: {why}")));
            }
            if name == "atobarai" || name == from {
                found.push(Finding::new(
                    MAP,
                    0,
                    format!("{from} -> {name}: nothing stands above the binary"),
                ));
            }
            if name == "testkit" && from != "bench" {
                found.push(Finding::new(
                    MAP,
                    0,
                    format!("{from} -> testkit: it is for development only"),
                ));
            }
        }
    }
    found
}

fn lacks_comment(text: &str) -> Vec<Finding> {
    let mut inside = false;
    let mut found = Vec::new();
    for (number, line) in numbered(text) {
        if line.starts_with('[') {
            inside = line.trim() == "[workspace.dependencies]";
        } else if inside
            && line.contains('=')
            && !line.starts_with('#')
            && !line.contains("path =")
            && !line.contains("# ")
        {
            found.push(Finding::new(
                "Cargo.toml",
                number,
                "a dependency says in a comment what it is for",
            ));
        }
    }
    found
}

#[test]
fn there_are_nine_crates() {
    let folder = root().join("crates");
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("crates: {error}"));
    let mut names: Vec<String> =
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    assert_eq!(names, CRATES, "a tenth crate needs a page in docs/decisions");
}

#[test]
fn arrows_are_those_of_the_map() {
    let arrows = lists_of("arrows");
    let mut found = against_the_direction(&arrows);
    for manifest in manifests() {
        found.extend(compare(&manifest, arrows.get(&manifest.package), is_ours, "arrows"));
    }
    assert_none(&found);
}

#[test]
fn the_testkit_stays_in_development() {
    let mut found = Vec::new();
    for manifest in manifests().iter().filter(|manifest| manifest.package != "bench") {
        let shipped =
            manifest.dependencies.iter().filter(|d| d.name == "testkit" && !d.development);
        found.extend(
            shipped.map(|d| {
                Finding::new(&manifest.path, d.line, "the testkit is for development only")
            }),
        );
    }
    assert_none(&found);
}

#[test]
fn the_pure_crates_bring_in_only_what_the_map_lists() {
    let outside = lists_of("outside");
    for pure in ["domain", "exchange", "render"] {
        assert!(outside.contains_key(pure), "{MAP}: the block ```outside has no line for {pure}");
    }
    let mut found = Vec::new();
    for manifest in manifests().iter().filter(|manifest| outside.contains_key(&manifest.package)) {
        found.extend(compare(
            manifest,
            outside.get(&manifest.package),
            |d| !is_ours(d),
            "outside crates",
        ));
    }
    assert_none(&found);
}

#[test]
fn every_crate_keeps_the_lints() {
    let without = manifests().into_iter().filter(|manifest| !manifest.inherits_lints);
    let found: Vec<Finding> = without
        .map(|manifest| Finding::new(&manifest.path, 0, "`[lints] workspace = true` is missing"))
        .collect();
    assert_none(&found);
}

#[test]
fn every_dependency_says_what_it_is_for() {
    assert_none(&lacks_comment(&read("Cargo.toml")));
}

#[test]
fn every_dependency_is_used() {
    let sources = rust_files();
    let mut found = Vec::new();
    for manifest in manifests() {
        let folder = manifest.path.trim_end_matches("Cargo.toml").to_owned();
        let text: String = sources
            .iter()
            .filter(|file| file.path.starts_with(&folder))
            .map(|file| file.code.as_str())
            .collect();
        for dependency in &manifest.dependencies {
            // A crate that brings in itself switches on a feature of its own for its tests.
            let itself = dependency.name == format!("atobarai-{}", manifest.package);
            let name = dependency.name.replace('-', "_");
            let excused = UNNAMED.iter().any(|(package, unnamed, _)| {
                *package == manifest.package && *unnamed == dependency.name
            });
            if !itself && !excused && !names(&text, &name) {
                found.push(Finding::new(
                    &manifest.path,
                    dependency.line,
                    format!("nothing in {folder} names `{name}`"),
                ));
            }
        }
    }
    assert_none(&found);
}

/// Whether code names a crate: `name::…` or `use name`.
fn names(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = &code[at + name.len()..];
        let whole = !before.is_some_and(|c| c.is_alphanumeric() || c == '_');
        whole
            && (after.starts_with("::")
                || code[..at].ends_with("use ") && after.starts_with([';', ' ']))
    })
}

#[test]
fn a_wrong_arrow_is_found() {
    let text = "[dependencies]\ndomain.workspace = true\nstore = { path = \"x\" }\naxum.workspace = true\n\n[dev-dependencies]\ntestkit.workspace = true\n\n[lints]\nworkspace = true\n";
    let web = manifest("web", "crates/web/Cargo.toml", text);
    assert!(web.inherits_lints);
    let arrows = block("# x\n```arrows\nweb -> domain app\n```\nweb -> store\n", "arrows");
    let lines: Vec<String> = compare(&web, arrows.get("web"), is_ours, "arrows")
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        lines,
        [
            "crates/web/Cargo.toml:3: `store` is not among the arrows of `web` in docs/architecture.md",
            "docs/architecture.md: `web` no longer uses `app`: take it off the arrows",
        ]
    );
    for wrong in ["web -> store", "domain -> app", "app -> testkit", "store -> atobarai"] {
        let arrows = block(&format!("```arrows\n{wrong}\n```"), "arrows");
        assert_eq!(against_the_direction(&arrows).len(), 1, "{wrong}");
    }
    assert_eq!(
        lacks_comment("[workspace.dependencies]\na = \"1\" # x\nb = \"1\"\n[x]\nc = \"1\"\n").len(),
        1
    );
    assert!(
        names("use csv;", "csv") && names("a(csv::x)", "csv") && !names("my_csv::x csv", "csv")
    );
}
