//! Reading the repository: which files there are, and Rust text split into code, comments and strings.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Folders that hold what was made or fetched, not what was written.
const NOT_OURS: [&str; 6] = [".git", "target", "node_modules", "shots", "test-results", "results"];

/// Endings of the files that are read as text.
const TEXT: [&str; 21] = [
    "rs",
    "toml",
    "md",
    "sql",
    "html",
    "typ",
    "mjs",
    "js",
    "css",
    "json",
    "txt",
    "csv",
    "yaml",
    "yml",
    "service",
    "conf",
    "svg",
    "snap",
    "npmrc",
    "gitignore",
    "sh",
];

/// Something that breaks a rule, and where.
pub struct Finding {
    path: String,
    line: usize,
    what: String,
}

impl Finding {
    /// `line` counts from one; zero means the file as a whole.
    pub fn new(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.what),
            line => write!(f, "{}:{line}: {}", self.path, self.what),
        }
    }
}

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Reads a file of the repository; a missing file ends the test with its name.
pub fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// One text file. `path` is relative to the root and has `/` between its parts.
pub struct File {
    pub path: String,
    pub text: String,
}

/// All text files of the repository, in the order of their paths.
pub fn files() -> &'static [File] {
    static FILES: OnceLock<Vec<File>> = OnceLock::new();
    FILES.get_or_init(|| {
        let mut found = Vec::new();
        walk(&root(), "", &mut found);
        found.sort_by(|a: &File, b: &File| a.path.cmp(&b.path));
        assert!(found.len() > 20, "only {} files: this is not the repository", found.len());
        found
    })
}

fn walk(folder: &Path, prefix: &str, found: &mut Vec<File>) {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let entry = entry.unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        let kind = entry.file_type().unwrap_or_else(|error| panic!("{path}: {error}"));
        if kind.is_dir() {
            if !NOT_OURS.contains(&name.as_str()) {
                walk(&entry.path(), &format!("{path}/"), found);
            }
        } else if kind.is_file() && is_text(&name) {
            // What is not UTF-8 is a sample in another encoding, and no rule here reads it.
            if let Ok(text) = fs::read_to_string(entry.path()) {
                found.push(File { path, text });
            }
        }
    }
}

/// Scripts have no ending.
fn is_text(name: &str) -> bool {
    match name.rsplit_once('.') {
        Some((_, ending)) => TEXT.contains(&ending),
        None => true,
    }
}

/// A Rust file in three layers. Each has the lines and columns of the file, with blanks for what is in the
/// other two, so that a rule about code never trips over a word in a comment.
pub struct Rust {
    pub path: String,
    pub text: String,
    pub code: String,
    pub comments: String,
    pub strings: String,
}

impl Rust {
    pub fn new(path: &str, text: &str) -> Self {
        let mut layers = Layers::default();
        layers.split(&text.chars().collect::<Vec<_>>());
        let Layers { code, comments, strings } = layers;
        Self { path: path.to_owned(), text: text.to_owned(), code, comments, strings }
    }

    /// How many lines at the head of the file are shipped code: up to `#[cfg(test)] mod …`, none in a test file.
    pub fn shipped_lines(&self) -> usize {
        if is_test_path(&self.path) {
            return 0;
        }
        let lines: Vec<&str> = self.code.lines().collect();
        let test_module = lines.iter().enumerate().position(|(index, line)| {
            line.trim() == "#[cfg(test)]"
                && lines[index + 1..]
                    .iter()
                    .find(|next| !is_attribute(next))
                    .is_some_and(opens_module)
        });
        test_module.unwrap_or(lines.len())
    }

    /// The lines of shipped code with their numbers, comments and strings blanked.
    pub fn shipped_code(&self) -> impl Iterator<Item = (usize, &str)> {
        numbered(&self.code).take(self.shipped_lines())
    }

    /// The name after `crates/`, or the top folder.
    pub fn package(&self) -> &str {
        let inner = self.path.strip_prefix("crates/").unwrap_or(&self.path);
        inner.split('/').next().unwrap_or(inner)
    }
}

fn is_attribute(line: &&&str) -> bool {
    line.trim().is_empty() || line.trim_start().starts_with("#[")
}

fn opens_module(line: &&str) -> bool {
    let line = line.trim_start();
    line.starts_with("mod ") && line.ends_with('{')
}

/// Whether everything in the file is test code.
pub fn is_test_path(path: &str) -> bool {
    path.contains("/tests/")
        || path.ends_with("/tests.rs")
        || path.starts_with("e2e/")
        || path.starts_with("crates/testkit/")
}

/// Lines with their numbers from one.
pub fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(index, line)| (index + 1, line))
}

/// All Rust files.
pub fn rust_files() -> &'static [Rust] {
    static FILES: OnceLock<Vec<Rust>> = OnceLock::new();
    FILES.get_or_init(|| {
        let sources = files().iter().filter(|file| file.path.ends_with(".rs"));
        sources.map(|file| Rust::new(&file.path, &file.text)).collect()
    })
}

#[derive(Default)]
struct Layers {
    code: String,
    comments: String,
    strings: String,
}

#[derive(Clone, Copy)]
enum Layer {
    Code,
    Comment,
    Text,
}

impl Layers {
    fn put(&mut self, layer: Layer, characters: &[char]) {
        for &character in characters {
            let blank = if character == '\n' { '\n' } else { ' ' };
            let (mut code, mut comment, mut text) = (blank, blank, blank);
            match layer {
                Layer::Code => code = character,
                Layer::Comment => comment = character,
                Layer::Text => text = character,
            }
            self.code.push(code);
            self.comments.push(comment);
            self.strings.push(text);
        }
    }

    fn split(&mut self, all: &[char]) {
        let mut at = 0;
        while at < all.len() {
            let rest = &all[at..];
            let in_word = at > 0 && (all[at - 1].is_alphanumeric() || all[at - 1] == '_');
            let (layer, length) = next_piece(rest, in_word);
            self.put(layer, &rest[..length]);
            at += length;
        }
    }
}

/// The layer of the piece at the head of `rest` and its length. `in_word`: the character before it belongs to a word.
fn next_piece(rest: &[char], in_word: bool) -> (Layer, usize) {
    match rest {
        ['/', '/', ..] => {
            (Layer::Comment, rest.iter().position(|&c| c == '\n').unwrap_or(rest.len()))
        }
        ['/', '*', ..] => (Layer::Comment, block_comment(rest)),
        ['"', ..] => (Layer::Text, quoted(rest, '"')),
        ['\'', '\\', ..] | ['\'', _, '\'', ..] => (Layer::Text, quoted(rest, '\'')),
        ['r', '"' | '#', ..] if !in_word => raw_string(rest, 1),
        ['b' | 'c', 'r', '"' | '#', ..] if !in_word => raw_string(rest, 2),
        _ => (Layer::Code, 1),
    }
}

fn block_comment(rest: &[char]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        match &rest[at..] {
            ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
            ['*', '/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn quoted(rest: &[char], quote: char) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            '\\' => at += 2,
            character if character == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// A raw string whose hashes begin at `start`, or a raw identifier (`r#type`), which is code.
fn raw_string(rest: &[char], start: usize) -> (Layer, usize) {
    let hashes = rest[start..].iter().take_while(|&&c| c == '#').count();
    if rest.get(start + hashes) != Some(&'"') {
        return (Layer::Code, 1);
    }
    let mut at = start + hashes + 1;
    while at < rest.len() {
        if rest[at] == '"'
            && rest[at + 1..].iter().take(hashes).filter(|&&c| c == '#').count() == hashes
        {
            return (Layer::Text, at + 1 + hashes);
        }
        at += 1;
    }
    (Layer::Text, rest.len())
}

#[test]
fn the_layers_part_code_from_words() {
    let file = Rust::new(
        "crates/x/src/lib.rs",
        "fn f<'a>(x: &'a str) { g(\"// \\\" a\", 'c', '\\'', r#\"b \" c\"#) } // d \"e\"\n/* f /* g */ h */ let r#type = br\"i\";\n",
    );
    let squeeze = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(squeeze(&file.code), "fn f<'a>(x: &'a str) { g( , , , ) } let r#type = ;");
    assert_eq!(squeeze(&file.comments), "// d \"e\" /* f /* g */ h */");
    assert_eq!(squeeze(&file.strings), "\"// \\\" a\" 'c' '\\'' r#\"b \" c\"# br\"i\"");
    assert_eq!(file.code.chars().count(), file.text.chars().count());
}

#[test]
fn shipped_code_ends_where_the_test_module_begins() {
    let lines = |path, text| Rust::new(path, text).shipped_lines();
    assert_eq!(lines("crates/x/src/a.rs", "fn a() {}\n\n#[cfg(test)]\nmod tests {\n}\n"), 2);
    assert_eq!(lines("crates/x/src/a.rs", "#[cfg(test)]\nmod tests;\nfn a() {}\n"), 3);
    assert_eq!(lines("crates/x/src/a.rs", "//! #[cfg(test)]\nfn a() {}\n"), 2);
    assert_eq!(lines("crates/x/tests/a.rs", "fn a() {}\n"), 0);
}
