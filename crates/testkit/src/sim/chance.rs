//! The only chance in a simulated world: a seeded sequence of numbers (splitmix64).

/// Numbers that follow from a seed.
#[derive(Clone, Debug)]
pub struct Chance {
    state: u64,
}

impl Chance {
    /// The sequence of a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next number.
    pub const fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`, which must not be 0.
    pub const fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// True once in so many times.
    pub const fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// One of a list; `None` of an empty one.
    pub fn pick<'t, T>(&mut self, from: &'t [T]) -> Option<&'t T> {
        let length = u64::try_from(from.len()).unwrap_or(0);
        if length == 0 {
            return None;
        }
        from.get(usize::try_from(self.below(length)).unwrap_or(0))
    }

    /// A number of yen from 1 to a few ten thousand; sometimes very small ones.
    pub fn amount(&mut self) -> i64 {
        let most = if self.one_in(12) { 60 } else { 20_000 };
        i64::try_from(self.below(most)).unwrap_or(0).saturating_add(1)
    }
}
