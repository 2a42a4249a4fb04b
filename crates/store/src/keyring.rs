//! The keys that seal columns, and where they come from.
//!
//! A key file has one line for each key, the current one first:
//!
//! ```text
//! atobarai-key-1 2026-11 q83vEjRWeJq83vEjRWeJq83vEjRWeJq83vEjRWeJq80=
//! ```
//!
//! Changing keys means putting a new line on top: new values are sealed with it, old ones open with the
//! lines below. The **last** line is the oldest key. Blind indexes are keyed from it, because an index
//! must find what was written years ago; so the last line stays for as long as the database lives.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::{Zeroize, Zeroizing};

use crate::error::StoreError;

/// The first word of a line in a key file.
const WORD: &str = "atobarai-key-1";

/// The name of a key, as it stands before each value sealed with it: `2026-11`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KeyId(String);

impl KeyId {
    /// One to 32 small letters, digits and hyphens.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        ((1..=32).contains(&text.len()) && text.bytes().all(fits)).then(|| Self(text.to_owned()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is derived from one key. Wiped from memory when dropped.
pub(crate) struct SealKey {
    pub(crate) id: KeyId,
    pub(crate) seal: Zeroizing<[u8; 32]>,
    pub(crate) nonce: Zeroizing<[u8; 32]>,
    pub(crate) proof: String,
}

struct Keys {
    /// The current key first.
    seal: Vec<SealKey>,
    blind: Zeroizing<[u8; 32]>,
    blind_proof: String,
}

impl Keys {
    fn derive(keys: &[(KeyId, [u8; 32])]) -> Result<Self, String> {
        let mut seal: Vec<SealKey> = Vec::with_capacity(keys.len());
        for (id, master) in keys {
            if seal.iter().any(|known| known.id == *id) {
                return Err(format!("the key {id} is there twice"));
            }
            seal.push(SealKey {
                id: id.clone(),
                seal: Zeroizing::new(mac(master, &[b"atobarai seal 1"])),
                nonce: Zeroizing::new(mac(master, &[b"atobarai nonce 1"])),
                proof: hex::encode(mac(master, &[b"atobarai proof 1", id.as_str().as_bytes()])),
            });
        }
        let (_, oldest) = keys.last().ok_or_else(|| "there is no key".to_owned())?;
        Ok(Self {
            seal,
            blind: Zeroizing::new(mac(oldest, &[b"atobarai blind index 1"])),
            blind_proof: hex::encode(mac(oldest, &[b"atobarai blind proof 1"])),
        })
    }
}

/// All keys of an installation. Cloning shares them.
#[derive(Clone)]
pub struct Keyring(Arc<Keys>);

/// Names, never keys.
impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.seal.iter().map(|key| key.id.as_str())).finish()
    }
}

impl Keyring {
    /// Reads the file with the current key, then files with older ones.
    pub fn from_files(current: &Path, older: &[PathBuf]) -> Result<Self, StoreError> {
        let mut keys = Vec::new();
        for path in std::iter::once(current).chain(older.iter().map(PathBuf::as_path)) {
            let fault = |line, why| StoreError::KeyFile { path: path.to_owned(), line, why };
            let text =
                std::fs::read_to_string(path).map_err(|error| fault(0, error.to_string()))?;
            let text = Zeroizing::new(text);
            let found = keys_in(&text).map_err(|(line, why)| fault(line, why.to_owned()))?;
            if found.is_empty() {
                return Err(fault(0, "there is no key in it".to_owned()));
            }
            keys.extend(found);
        }
        Self::from_keys(keys).map_err(|why| StoreError::KeyFile {
            path: current.to_owned(),
            line: 0,
            why,
        })
    }

    /// From keys in memory, the current one first and the oldest last. `Err`: none, or a name twice.
    pub fn from_keys(mut keys: Vec<(KeyId, [u8; 32])>) -> Result<Self, String> {
        let derived = Keys::derive(&keys);
        keys.iter_mut().for_each(|(_, master)| master.zeroize());
        Ok(Self(Arc::new(derived?)))
    }

    /// The key that new values are sealed with.
    pub(crate) fn current(&self) -> Option<&SealKey> {
        self.0.seal.first()
    }

    pub(crate) fn key(&self, id: &str) -> Option<&SealKey> {
        self.0.seal.iter().find(|key| key.id.as_str() == id)
    }

    /// What the database remembers of each key, so that a wrong one is noticed at once.
    pub(crate) fn proofs(&self) -> impl Iterator<Item = (&str, &str)> {
        let blind = std::iter::once(("(blind index)", self.0.blind_proof.as_str()));
        self.0.seal.iter().map(|key| (key.id.as_str(), key.proof.as_str())).chain(blind)
    }

    /// A keyed digest of a normalised value, in hexadecimal: the same for the same value, telling nothing
    /// of it without the key. `purpose` keeps the indexes of different columns apart. It does not change
    /// when keys do (see the head of this module).
    #[must_use]
    pub fn blind(&self, purpose: &str, normalised: &str) -> String {
        hex::encode(mac(&self.0.blind, &[purpose.as_bytes(), normalised.as_bytes()]))
    }
}

/// One line for a key file. The chance is given: this crate has no source of it.
#[must_use]
pub fn key_line(id: &KeyId, random: &[u8; 32]) -> Zeroizing<String> {
    let key = Zeroizing::new(STANDARD.encode(random));
    Zeroizing::new(format!("{WORD} {id} {}\n", *key))
}

type NumberedFault = (usize, &'static str);

fn keys_in(text: &str) -> Result<Vec<(KeyId, [u8; 32])>, NumberedFault> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(index, line)| key_in(line).map_err(|why| (index.saturating_add(1), why))).collect()
}

fn key_in(line: &str) -> Result<(KeyId, [u8; 32]), &'static str> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [WORD, id, key] = words.as_slice() else {
        return Err("a line is: atobarai-key-1, the key's name, and the key");
    };
    let id = KeyId::new(id).ok_or("a key's name has up to 32 small letters, digits and hyphens")?;
    let bytes =
        STANDARD.decode(key).map(Zeroizing::new).map_err(|_contents| "the key is not base64")?;
    match <[u8; 32]>::try_from(bytes.as_slice()) {
        Ok(key) => Ok((id, key)),
        Err(_length) => Err("the key has not 32 bytes"),
    }
}

/// HMAC-SHA256 over parts, each with its length before it.
pub(crate) fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC fills a short key up with zeros; done here, because with a whole block nothing can fail.
    let mut block = Zeroizing::new([0; 64]);
    block[..key.len()].copy_from_slice(key);
    let mut mac = <Hmac<Sha256> as Mac>::new((&*block).into());
    for part in parts {
        mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}
