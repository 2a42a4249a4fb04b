//! Sealed columns: encrypted, and bound to their table, column and row, so that a value copied elsewhere
//! does not open.
//!
//! Stored as `<key id>.<base64 of nonce and ciphertext>`: XChaCha20-Poly1305. The nonce is derived from the
//! place and the value, so no chance is needed: the same value in the same place gives the same text, and
//! two different values never share a nonce.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::error::{SealedAt, StoreError};
use crate::keyring::{Keyring, SealKey, mac};

const NONCE_BYTES: usize = 24;

/// Where a value stands. All three parts are bound into the seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// The table.
    pub table: &'a str,
    /// The column.
    pub column: &'a str,
    /// The row's key.
    pub row: &'a str,
}

impl<'a> Place<'a> {
    /// Table, column, key of the row.
    #[must_use]
    pub const fn new(table: &'a str, column: &'a str, row: &'a str) -> Self {
        Self { table, column, row }
    }

    fn named(&self) -> SealedAt {
        SealedAt {
            table: self.table.to_owned(),
            column: self.column.to_owned(),
            row: self.row.to_owned(),
        }
    }

    /// Each part with its length before it, so that no two places give the same bytes.
    fn bound_to(&self, key_id: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        for part in [self.table, self.column, self.row, key_id] {
            bytes.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        bytes
    }
}

impl Keyring {
    /// Seals a value for its place, with the current key.
    pub fn seal(&self, place: &Place<'_>, plain: &str) -> Result<String, StoreError> {
        let failed = |why| StoreError::UnsealFailed { place: place.named(), why };
        let key = self.current().ok_or_else(|| failed("there is no key"))?;
        let bound = place.bound_to(key.id.as_str());
        let digest = mac(&key.nonce, &[&bound, plain.as_bytes()]);
        let mut sealed = digest.get(..NONCE_BYTES).unwrap_or_default().to_vec();
        let payload = Payload { msg: plain.as_bytes(), aad: &bound };
        let text = cipher(key).encrypt(XNonce::from_slice(&sealed), payload);
        sealed.extend(text.map_err(|_opaque| failed("the value is too long"))?);
        Ok(format!("{}.{}", key.id, STANDARD_NO_PAD.encode(sealed)))
    }

    /// Opens a value that was sealed for this place, with whichever key it names.
    pub fn open(&self, place: &Place<'_>, sealed: &str) -> Result<String, StoreError> {
        let failed = |why| StoreError::UnsealFailed { place: place.named(), why };
        let (key_id, body) = sealed.split_once('.').ok_or_else(|| failed("it names no key"))?;
        let key = self.key(key_id).ok_or_else(|| StoreError::UnknownKey {
            place: place.named(),
            key_id: shown(key_id),
        })?;
        let body = STANDARD_NO_PAD.decode(body).map_err(|_contents| failed("it is not base64"))?;
        let (nonce, text) =
            body.split_at_checked(NONCE_BYTES).ok_or_else(|| failed("it is too short"))?;
        let payload = Payload { msg: text, aad: &place.bound_to(key_id) };
        let plain = cipher(key)
            .decrypt(XNonce::from_slice(nonce), payload)
            .map_err(|_opaque| failed("it was changed or moved here from elsewhere"))?;
        String::from_utf8(plain).map_err(|_contents| failed("it is not UTF-8"))
    }

    /// Seals a value anew with the current key. `None`: it is sealed with that already.
    pub fn reseal(&self, place: &Place<'_>, sealed: &str) -> Result<Option<String>, StoreError> {
        let plain = Zeroizing::new(self.open(place, sealed)?);
        let renewed = self.seal(place, &plain)?;
        Ok((renewed != sealed).then_some(renewed))
    }
}

fn cipher(key: &SealKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.seal.as_slice().into())
}

/// A name that stood in the database may be anything; an error shows only what can be a name.
fn shown(key_id: &str) -> String {
    crate::keyring::KeyId::new(key_id)
        .map_or_else(|| "(no name of a key)".to_owned(), |id| id.to_string())
}
