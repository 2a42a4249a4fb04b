//! Style sheet and pictures, compiled in. Each is served at an address that holds a hash of its
//! bytes ([`Asset::href`]), so that a browser may keep it for ever: a changed file has a new address.

/// A file that pages load.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    /// The last segment of its address.
    pub name: &'static str,
    /// For the header `Content-Type`.
    pub content_type: &'static str,
    /// The file.
    pub bytes: &'static [u8],
    hash: u64,
}

impl Asset {
    const fn new(name: &'static str, content_type: &'static str, bytes: &'static [u8]) -> Self {
        Self { name, content_type, bytes, hash: fnv1a(bytes) }
    }

    /// Sixteen hexadecimal digits that change with the file.
    #[must_use]
    pub fn hash(&self) -> String {
        format!("{:016x}", self.hash)
    }

    /// Where pages load it from: `/assets/0123456789abcdef/atobarai.css`.
    #[must_use]
    pub fn href(&self) -> String {
        format!("/assets/{}/{}", self.hash(), self.name)
    }
}

/// The style sheet of every surface.
pub static STYLE: Asset =
    Asset::new("atobarai.css", "text/css; charset=utf-8", include_bytes!("../assets/atobarai.css"));
/// The mark in the page's head and in the browser's tab.
pub static MARK: Asset =
    Asset::new("mark.svg", "image/svg+xml", include_bytes!("../assets/mark.svg"));
/// The mark for home screens of phones.
pub static TOUCH_ICON: Asset =
    Asset::new("touch-icon.png", "image/png", include_bytes!("../assets/touch-icon.png"));
/// From the hospital straight home: the picture of the first page.
pub static VISIT: Asset =
    Asset::new("visit.svg", "image/svg+xml", include_bytes!("../assets/visit.svg"));
/// What the screens of machines have beyond [`STYLE`].
pub static MACHINE_STYLE: Asset =
    Asset::new("machine.css", "text/css; charset=utf-8", include_bytes!("../assets/machine.css"));
/// Tells a card reader from fingers; the one script there is.
pub static MACHINE_SCRIPT: Asset = Asset::new(
    "machine.js",
    "text/javascript; charset=utf-8",
    include_bytes!("../assets/machine.js"),
);

/// What the pages of the demo have beyond [`STYLE`].
pub static DEMO_STYLE: Asset =
    Asset::new("demo.css", "text/css; charset=utf-8", include_bytes!("../assets/demo.css"));

/// Every file that is served.
pub static ALL: [&Asset; 7] =
    [&STYLE, &MARK, &TOUCH_ICON, &VISIT, &MACHINE_STYLE, &MACHINE_SCRIPT, &DEMO_STYLE];

/// The file at an address; nothing where name or hash is not one of ours.
#[must_use]
pub fn find(hash: &str, name: &str) -> Option<&'static Asset> {
    ALL.into_iter().find(|asset| asset.name == name && asset.hash() == hash)
}

/// FNV-1a of 64 bits. It tells versions of our own files apart; nobody is to be kept from forging it.
const fn fnv1a(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut rest = bytes;
    while let [byte, tail @ ..] = rest {
        // `u64::from` is no const function yet; a cast from `u8` loses nothing.
        hash = (hash ^ *byte as u64).wrapping_mul(0x0000_0100_0000_01b3);
        rest = tail;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_found_by_its_own_address_only() {
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8, "the published test value");
        assert!(find(&STYLE.hash(), "atobarai.css").is_some());
        assert!(find(&MARK.hash(), "atobarai.css").is_none());
        assert!(find("0000000000000000", "atobarai.css").is_none());
    }

    #[test]
    fn what_a_first_visit_loads_is_small() {
        let portal = [&STYLE, &MARK, &TOUCH_ICON, &VISIT];
        let sum: usize = portal.iter().map(|asset| asset.bytes.len()).sum();
        assert!(sum < 40_000, "{sum} bytes");
    }
}
