//! Who a customer is: name, origin, contact, habits. One pure function per aspect.

use super::builders::DAY_MICROS;
use super::chance::{Chance, Topic};
use super::names::{COUNTRIES, Country, Place, forms};
use super::{MALFORMED_EMAIL, MISSING_EMAIL, SHARED_EMAIL_PAIRS, Shop, done_share, time_share};

/// Days over which customers registered.
const REGISTRATION_DAYS: i64 = 1_825;
/// Customers come in blocks; within each, some are of every kind of buyer.
const BLOCK: u64 = 32;

/// A customer's name and origin.
pub(super) struct Person {
    pub(super) country: &'static Country,
    pub(super) place: Place,
    pub(super) first_name: &'static str,
    pub(super) last_name: &'static str,
    /// None where nothing was said.
    pub(super) gender: Option<&'static str>,
    mailbox: String,
}

/// How someone buys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Habit {
    Heavy,
    Regular,
    /// Buys in the first months only.
    Lapsing,
    Never,
}

impl Shop {
    pub(super) fn person(&self, index: u64) -> Person {
        let mut chance = Chance::of(self.seed, Topic::Person, index);
        let mut roll = chance.below(100);
        let country = COUNTRIES.iter().find(|country| {
            let found = roll < country.weight;
            roll = roll.saturating_sub(country.weight);
            found
        });
        let country = country.unwrap_or(&COUNTRIES[0]);
        let (gender, names) = match chance.below(100) {
            0..46 => (Some("f"), country.women),
            46..92 => (Some("m"), country.men),
            92..94 => (Some("x"), country.women),
            94..97 => (None, country.men),
            _ => (None, country.women),
        };
        let (first_name, first) = forms(chance.pick(names));
        let (last_name, last) = forms(chance.pick(country.families));
        let domain = chance.weighted(&[
            ("example.com", 50),
            ("example.org", 25),
            ("mail.example", 15),
            ("post.example", 7),
            ("uni.example", 3),
        ]);
        let mailbox = format!("{first}.{last}{}@{domain}", index + 1);
        Person { country, place: chance.pick(country.places), first_name, last_name, gender, mailbox }
    }

    /// The address on record, with its dirt.
    pub(super) fn email(&self, index: u64, person: &Person) -> Option<String> {
        let mut chance = Chance::of(self.seed, Topic::Contact, index);
        if index | 1 < self.customers {
            let mut pair = Chance::of(self.seed, Topic::Pair, index / 2);
            if pair.hits(SHARED_EMAIL_PAIRS) {
                return Some(match (index % 2, pair.below(4)) {
                    (0, _) => person.mailbox.clone(),
                    (_, 0) => self.person(index - 1).mailbox.to_uppercase(),
                    (_, 1) => capitalized(&self.person(index - 1).mailbox),
                    _ => self.person(index - 1).mailbox,
                });
            }
        }
        if chance.hits(MISSING_EMAIL) {
            return None;
        }
        if chance.hits(MALFORMED_EMAIL) {
            return Some(malformed(&person.mailbox, chance.below(6)));
        }
        Some(person.mailbox.clone())
    }

    /// When a customer registered, in microseconds; grows with the index, never on the day `as_of` or later.
    pub(super) fn registered_at(&self, index: u64) -> i64 {
        let done = index as f64 / self.customers.max(1) as f64;
        let day = (time_share(done) * REGISTRATION_DAYS as f64) as i64;
        let mut chance = Chance::of(self.seed, Topic::Account, index);
        let second = 25_200 + chance.below(57_600) as i64;
        (self.as_of - REGISTRATION_DAYS + day) * DAY_MICROS + second * 1_000_000
    }

    /// How many customers had registered before a day (days since 1970); those are the lowest indexes.
    pub(super) fn registered_before(&self, day: i64) -> u64 {
        let time = (day - (self.as_of - REGISTRATION_DAYS)) as f64 / REGISTRATION_DAYS as f64;
        // A little fewer than the inverse says, so that rounding never lets one in too early.
        let count = done_share(time.clamp(0.0, 1.0)) * self.customers as f64;
        (count * (1.0 - 1e-9)) as u64
    }

    /// How a customer buys.
    pub(super) fn habit(&self, index: u64) -> Habit {
        match (index % BLOCK) ^ self.block_shift(index / BLOCK) {
            0..4 => Habit::Heavy,
            4..21 => Habit::Regular,
            21..27 => Habit::Lapsing,
            _ => Habit::Never,
        }
    }

    /// A customer who may place an order when `registered` customers are there: heavy buyers place 45 %, regular ones
    /// 43 %, those who will lapse 12 %, all of these within the time in which the last tenth registered.
    pub(super) fn buyer(&self, registered: u64, chance: &mut Chance) -> u64 {
        let blocks = registered / BLOCK;
        if blocks == 0 {
            return chance.below(registered.max(1));
        }
        let (block, slot) = match chance.below(100) {
            0..45 => (chance.below(blocks), chance.below(4)),
            45..88 => (chance.below(blocks), 4 + chance.below(17)),
            _ => (blocks - 1 - chance.below(blocks / 10 + 1).min(blocks - 1), 21 + chance.below(6)),
        };
        block * BLOCK + (slot ^ self.block_shift(block))
    }

    fn block_shift(&self, block: u64) -> u64 {
        Chance::of(self.seed, Topic::Block, block).below(BLOCK)
    }
}

fn capitalized(address: &str) -> String {
    let mut capitalized = address.to_owned();
    if let Some(first) = capitalized.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    capitalized
}

/// Ways in which people get their address wrong; none is a deliverable address.
fn malformed(address: &str, way: u64) -> String {
    let (local, domain) = address.split_once('@').unwrap_or((address, ""));
    match way {
        0 => format!("{local}.{domain}"),
        1 => format!("{local}@"),
        2 => format!("@{domain}"),
        3 => format!("{local}@@{domain}"),
        4 => format!("{local} @{domain}"),
        _ => format!("{local}@{}", domain.replace('.', "..")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn buyers_are_registered_and_of_the_habits_that_buy() {
        let shop = Shop::new(5_000, date(2026, 11, 1), 7);
        for day in (shop.as_of - 1_825..shop.as_of).step_by(50) {
            let registered = shop.registered_before(day);
            let mut chance = Chance::of(1, Topic::Order, day as u64);
            for _ in 0..50 {
                let buyer = shop.buyer(registered, &mut chance);
                assert!(buyer < registered.max(1));
                assert!(registered < BLOCK || shop.habit(buyer) != Habit::Never);
                assert!(registered == 0 || shop.registered_at(buyer) < day * DAY_MICROS, "{day} {buyer}");
            }
        }
    }
}
