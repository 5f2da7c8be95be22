//! Chance that is a pure function of (seed, topic, index), so that any row can be made at any time on any thread.

/// A short sequence of draws that belongs to one row.
pub(super) struct Chance(u64);

/// What the draws are for; rows of different topics are independent.
#[derive(Clone, Copy)]
pub(super) enum Topic {
    Person = 1,
    Contact,
    Account,
    Pair,
    Block,
    Taste,
    Address,
    Subscription,
    Product,
    Order,
    Visit,
}

impl Chance {
    pub(super) fn of(seed: u64, topic: Topic, index: u64) -> Self {
        let start = mix(seed ^ mix(topic as u64));
        Self(mix(start ^ index.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
    }

    /// SplitMix64 (Steele, Lea, Flood 2014).
    pub(super) fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// A number under `n`; 0 when `n` is 0.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.draw()) * u128::from(n)) >> 64) as u64
    }

    /// A number from 0 (included) to 1 (not included).
    pub(super) fn unit(&mut self) -> f64 {
        (self.draw() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True at a rate given in ten-thousandths (100 = 1 %).
    pub(super) fn hits(&mut self, rate: u64) -> bool {
        self.below(10_000) < rate
    }

    pub(super) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len() as u64) as usize]
    }

    /// Picks by weight in hundredths; the weights add up to 100.
    pub(super) fn weighted<T: Copy>(&mut self, items: &[(T, u64)]) -> T {
        let mut roll = self.below(100);
        for (item, weight) in items {
            if roll < *weight {
                return *item;
            }
            roll -= weight;
        }
        items[0].0
    }
}

fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}
