//! Rows of `customers`, `addresses` and `subscriptions`, which go by customer.

use std::ops::Range;

use arrow::array::{ArrayRef, BooleanBuilder, Date32Builder, RecordBatch};
use arrow::datatypes::{Float64Type, Int64Type, SchemaRef};
use arrow::error::ArrowError;

use super::builders::{DAY_MICROS, Id, Type, batch, columns, customer_id, money, numbers, schema, texts, timestamps};
use super::chance::{Chance, Topic};
use super::people::{Habit, Person};
use super::{CONSENT_UNKNOWN, MISSING_BIRTH_DATE, MISSING_CITY, MISSING_PHONE, OPTED_OUT, Shop};

pub(super) fn schemas() -> Vec<SchemaRef> {
    use Type::{Boolean, Date, Integer, Money, Number, Text, Timestamp};
    let customers = [
        ("customer_id", Text, false),
        ("email", Text, true),
        ("first_name", Text, false),
        ("last_name", Text, false),
        ("phone", Text, true),
        ("city", Text, true),
        ("country", Text, false),
        ("language", Text, false),
        ("birth_date", Date, true),
        ("gender", Text, true),
        ("tier", Text, false),
        ("email_opt_in", Boolean, true),
        ("sms_opt_in", Boolean, true),
        ("time_zone", Text, false),
        ("created_at", Timestamp, false),
        ("updated_at", Timestamp, false),
        ("loyalty_points", Integer, false),
        ("marketing_score", Number, true),
    ];
    let addresses = [
        ("address_id", Text, false),
        ("customer_id", Text, false),
        ("kind", Text, false),
        ("street", Text, false),
        ("postal_code", Text, false),
        ("city", Text, false),
        ("country", Text, false),
        ("primary", Boolean, false),
    ];
    let subscriptions = [
        ("subscription_id", Text, false),
        ("customer_id", Text, false),
        ("plan", Text, false),
        ("started_on", Date, false),
        ("renews_on", Date, true),
        ("status", Text, false),
        ("monthly_fee", Money, false),
    ];
    vec![schema(&customers), schema(&addresses), schema(&subscriptions)]
}

/// The rows that belong to a range of customers, one batch per table.
pub(super) fn make(shop: &Shop, schemas: &[SchemaRef], range: Range<u64>) -> Result<Vec<RecordBatch>, ArrowError> {
    let people: Vec<Person> = range.clone().map(|index| shop.person(index)).collect();
    let columns = [
        customer_columns(shop, range.clone(), &people),
        address_columns(shop, range.clone(), &people),
        subscription_columns(shop, range),
    ];
    schemas.iter().zip(columns).map(|(schema, columns)| batch(schema.clone(), columns)).collect()
}

fn customer_columns(shop: &Shop, range: Range<u64>, people: &[Person]) -> Vec<ArrayRef> {
    let rows = people.len();
    let (mut id, mut email) = (texts(rows, 8), texts(rows, 30));
    let (mut first, mut last) = (texts(rows, 7), texts(rows, 8));
    let (mut phone, mut city) = (texts(rows, 13), texts(rows, 8));
    let (mut country, mut language, mut gender, mut tier, mut zone) =
        (texts(rows, 2), texts(rows, 2), texts(rows, 1), texts(rows, 5), texts(rows, 14));
    let mut birth = Date32Builder::with_capacity(rows);
    let (mut email_consent, mut sms_consent) =
        (BooleanBuilder::with_capacity(rows), BooleanBuilder::with_capacity(rows));
    let (mut created, mut updated) = (timestamps(rows), timestamps(rows));
    let (mut points, mut score) = (numbers::<Int64Type>(rows), numbers::<Float64Type>(rows));
    for (index, person) in range.zip(people) {
        let mut chance = Chance::of(shop.seed, Topic::Account, index);
        let registered = shop.registered_at(index);
        // The first draw is the registration's.
        chance.draw();
        id.append_value(customer_id(index).as_str());
        email.append_option(shop.email(index, person));
        first.append_value(person.first_name);
        last.append_value(person.last_name);
        let number = Id::new(b' ', chance.below(100_000), 5);
        let no_phone = chance.hits(MISSING_PHONE);
        phone.append_option((!no_phone).then(|| person.country.phone.to_owned() + number.as_str().trim_start()));
        city.append_option((!chance.hits(MISSING_CITY)).then_some(person.place.0));
        country.append_value(person.country.code);
        language.append_value(person.country.language);
        gender.append_option(person.gender);
        zone.append_value(person.place.2);
        birth.append_option((!chance.hits(MISSING_BIRTH_DATE)).then(|| birth_day(shop.as_of, &mut chance)));
        let habit = shop.habit(index);
        tier.append_value(tier_of(habit, &mut chance));
        email_consent.append_option(consent(OPTED_OUT, CONSENT_UNKNOWN, &mut chance));
        sms_consent.append_option(consent(5_000, 1_000, &mut chance));
        created.append_value(registered);
        let since = shop.as_of * DAY_MICROS - registered;
        updated.append_value(registered + (since as f64 * chance.unit()) as i64);
        points.append_value(loyalty_points(habit, &mut chance));
        score.append_option((!chance.hits(500)).then(|| (chance.unit() * 1_000.0).round() / 1_000.0));
    }
    columns![
        id,
        email,
        first,
        last,
        phone,
        city,
        country,
        language,
        birth,
        gender,
        tier,
        email_consent,
        sms_consent,
        zone,
        created,
        updated,
        points,
        score,
    ]
}

/// 18 to 85 years before, but for the few who left a form's default.
fn birth_day(as_of: i64, chance: &mut Chance) -> i32 {
    const DAY_1900: i32 = -25_567;
    if chance.hits(20) {
        return DAY_1900;
    }
    let age = 18 * 365 + chance.below(67 * 365) as i64 / 2 + chance.below(67 * 365) as i64 / 2;
    i32::try_from(as_of - age).unwrap_or(DAY_1900)
}

fn tier_of(habit: Habit, chance: &mut Chance) -> &'static str {
    chance.weighted(&match habit {
        Habit::Heavy => [("gold", 32), ("silver", 40), ("bronze", 20), ("none", 8)],
        Habit::Regular => [("gold", 2), ("silver", 13), ("bronze", 35), ("none", 50)],
        Habit::Lapsing => [("gold", 1), ("silver", 4), ("bronze", 25), ("none", 70)],
        Habit::Never => [("gold", 0), ("silver", 0), ("bronze", 2), ("none", 98)],
    })
}

fn loyalty_points(habit: Habit, chance: &mut Chance) -> i64 {
    let most = match habit {
        Habit::Heavy => 4_000,
        Habit::Regular => 900,
        Habit::Lapsing => 300,
        Habit::Never => 1,
    };
    chance.below(most) as i64
}

fn consent(no: u64, unknown: u64, chance: &mut Chance) -> Option<bool> {
    let roll = chance.below(10_000);
    (roll >= unknown).then_some(roll >= unknown + no)
}

fn address_columns(shop: &Shop, range: Range<u64>, people: &[Person]) -> Vec<ArrayRef> {
    let rows = people.len() * 5 / 4;
    let (mut id, mut customer, mut kind) = (texts(rows, 10), texts(rows, 8), texts(rows, 4));
    let (mut street, mut code, mut city, mut country) =
        (texts(rows, 22), texts(rows, 5), texts(rows, 8), texts(rows, 2));
    let mut primary = BooleanBuilder::with_capacity(rows);
    for (index, person) in range.zip(people) {
        let mut chance = Chance::of(shop.seed, Topic::Address, index);
        let works = chance.hits(2_500);
        for (nr, what) in ["home", "work"].into_iter().enumerate().take(1 + usize::from(works)) {
            let customer_key = customer_id(index);
            id.append_value(format!("a{}-{}", &customer_key.as_str()[1..], nr + 1));
            customer.append_value(customer_key.as_str());
            kind.append_value(what);
            let place = if nr == 0 { person.place } else { chance.pick(person.country.places) };
            let (name, number) = (chance.pick(person.country.streets), 1 + chance.below(180));
            street.append_value(match person.country.number_first {
                true => format!("{number} {name}"),
                false => format!("{name} {number}"),
            });
            code.append_value(format!(
                "{}{:0width$}",
                place.1,
                chance.below(90) + 10,
                width = 5_usize.saturating_sub(place.1.len()).max(2)
            ));
            city.append_value(place.0);
            country.append_value(person.country.code);
            primary.append_value(nr == 0);
        }
    }
    columns![id, customer, kind, street, code, city, country, primary]
}

fn subscription_columns(shop: &Shop, range: Range<u64>) -> Vec<ArrayRef> {
    let rows = (range.end - range.start) as usize / 4;
    let (mut id, mut customer, mut plan, mut status) = (texts(rows, 8), texts(rows, 8), texts(rows, 6), texts(rows, 6));
    let (mut started, mut renews) = (Date32Builder::with_capacity(rows), Date32Builder::with_capacity(rows));
    let mut fee = money(rows);
    for index in range {
        let mut chance = Chance::of(shop.seed, Topic::Subscription, index);
        if !chance.hits(2_000) {
            continue;
        }
        id.append_value(Id::new(b's', index + 1, 7).as_str());
        customer.append_value(customer_id(index).as_str());
        let (name, cents) = chance.weighted(&[(("basic", 990), 55), (("plus", 1_490), 32), (("family", 2_490), 13)]);
        plan.append_value(name);
        let registered = shop.registered_at(index).div_euclid(DAY_MICROS);
        let age = chance.below((shop.as_of - registered).max(1) as u64) as i64;
        started.append_value(day32(shop.as_of - age));
        let (state, next) = match chance.below(100) {
            0..82 => ("active", Some(shop.as_of + chance.below(92) as i64)),
            82..87 => ("paused", None),
            _ => ("cancelled", None),
        };
        status.append_value(state);
        renews.append_option(next.map(day32));
        // Some kept the price of former years.
        fee.append_value(if age > 730 { cents - 200 } else { cents });
    }
    columns![id, customer, plan, started, renews, status, fee]
}

/// Days since 1970 as Arrow has them; a day too far away becomes the last one.
pub(super) fn day32(day: i64) -> i32 {
    i32::try_from(day).unwrap_or(i32::MAX)
}
