//! Time stamps of the data files: `2024-01-01 00:05:00`, `2024-01-01T01:00:00+00:00` and their relatives.
//!
//! A load file has 105,000 of them, so they are read from bytes and without a general parser. Days are counted in the
//! proleptic Gregorian calendar; a test compares the arithmetic with `jiff`.
#![deny(clippy::indexing_slicing)]

/// Seconds of a day.
pub const DAY_S: i64 = 86_400;

/// A time stamp as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Seconds since 1970-01-01 00:00 of the written clock time, as if it were UTC.
    pub clock_s: i64,
    /// Written offset from UTC in seconds, if any.
    pub offset_s: Option<i64>,
}

impl Stamp {
    /// The moment in UTC seconds; a stamp without an offset counts as UTC.
    pub fn utc_s(self) -> i64 {
        self.clock_s - self.offset_s.unwrap_or(0)
    }
}

/// Reads `YYYY-MM-DD[T| ]HH:MM[:SS[.fraction]][Z|±HH:MM]`; `None` for anything else. A fraction is dropped.
pub fn parse(text: &[u8]) -> Option<Stamp> {
    let mut rest = text.trim_ascii();
    let year = digits(&mut rest, 4)?;
    expect(&mut rest, b'-')?;
    let month = digits(&mut rest, 2)?;
    expect(&mut rest, b'-')?;
    let day = digits(&mut rest, 2)?;
    expect(&mut rest, b'T').or_else(|| expect(&mut rest, b' '))?;
    let hour = digits(&mut rest, 2)?;
    expect(&mut rest, b':')?;
    let minute = digits(&mut rest, 2)?;
    let mut second = 0;
    if expect(&mut rest, b':').is_some() {
        second = digits(&mut rest, 2)?;
        if expect(&mut rest, b'.').is_some() {
            digits(&mut rest, 1)?;
            while digits(&mut rest, 1).is_some() {}
        }
    }
    let valid = (1..=12).contains(&month) && day >= 1 && day <= days_in_month(year, month);
    if !valid || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let offset_s = offset(&mut rest)?;
    let clock_s = days_from_civil(year, month, day) * DAY_S + hour * 3600 + minute * 60 + second;
    rest.is_empty().then_some(Stamp { clock_s, offset_s })
}

/// `Some(None)` for no offset at all, `None` for one that cannot be read.
fn offset(rest: &mut &[u8]) -> Option<Option<i64>> {
    if rest.is_empty() {
        return Some(None);
    }
    if expect(rest, b'Z').is_some() {
        return Some(Some(0));
    }
    let sign = if expect(rest, b'+').is_some() { 1 } else { expect(rest, b'-').map(|()| -1)? };
    let hours = digits(rest, 2)?;
    // `+00:00`, `+0000` and `+00` are all met in exports of pandas and of databases.
    let _ = expect(rest, b':');
    let minutes = if rest.is_empty() { 0 } else { digits(rest, 2)? };
    (hours <= 23 && minutes <= 59).then_some(Some(sign * (hours * 3600 + minutes * 60)))
}

/// Takes one given byte off the front.
fn expect<'a>(rest: &mut &'a [u8], byte: u8) -> Option<()> {
    let bytes: &'a [u8] = rest;
    let (first, tail) = bytes.split_first()?;
    (*first == byte).then(|| *rest = tail)
}

/// Takes exactly `count` digits off the front.
fn digits<'a>(rest: &mut &'a [u8], count: usize) -> Option<i64> {
    let bytes: &'a [u8] = rest;
    let (head, tail) = bytes.split_at_checked(count)?;
    let mut value = 0;
    for byte in head {
        value = value * 10 + i64::from(byte.is_ascii_digit().then(|| byte - b'0')?);
    }
    *rest = tail;
    Some(value)
}

/// Whether a year has a 29 February.
pub fn is_leap(year: i64) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

/// Length of a month (1–12) in days.
pub fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a date. March begins the counted year, so that the leap day is its last one.
pub fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let months_since_march = (month + 9) % 12;
    let day_of_year = (153 * months_since_march + 2) / 5 + day - 1;
    365 * y + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400) + day_of_year - 719_468
}

/// Year, month and day of a number of days since 1970-01-01.
pub fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let months_since_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * months_since_march + 2) / 5 + 1;
    let month = if months_since_march < 10 { months_since_march + 3 } else { months_since_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

/// `YYYY-MM-DD?HH:MM:SS` with the given separator between date and time.
pub fn format(clock_s: i64, separator: char) -> String {
    let (year, month, day) = civil_from_days(clock_s.div_euclid(DAY_S));
    let second = clock_s.rem_euclid(DAY_S);
    let (h, m, s) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}{separator}{h:02}:{m:02}:{s:02}")
}

/// Civil year in which a clock time falls.
pub fn year_of(clock_s: i64) -> i64 {
    civil_from_days(clock_s.div_euclid(DAY_S)).0
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use jiff::civil;

    #[test]
    fn day_arithmetic_agrees_with_jiff() {
        let epoch = civil::date(1970, 1, 1);
        for (y, m, d) in [(2023, 1, 1), (2024, 2, 29), (2024, 12, 31), (1999, 3, 1), (1969, 12, 31), (2000, 2, 28)] {
            let days = days_from_civil(y, m, d);
            let date = civil::date(i16::try_from(y).unwrap(), i8::try_from(m).unwrap(), i8::try_from(d).unwrap());
            assert_eq!(days, i64::from((date - epoch).get_days()), "{date}");
            assert_eq!(civil_from_days(days), (y, m, d));
        }
        for days in -200_000..200_000 {
            let (y, m, d) = civil_from_days(days);
            assert_eq!(days_from_civil(y, m, d), days);
        }
    }

    #[test]
    fn the_written_forms_of_the_files_are_read() {
        let naive = parse(b"2023-01-01 00:05:00").unwrap();
        assert_eq!(naive, Stamp { clock_s: 1_672_531_500, offset_s: None });
        let iso = parse(b"2024-01-01T01:00:00+00:00").unwrap();
        assert_eq!((iso.clock_s, iso.offset_s), (1_704_070_800, Some(0)));
        assert_eq!(parse(b"2024-01-01 01:00:00+00:00"), Some(iso));
        assert_eq!(parse(b"2024-01-01T01:00:00.000Z"), Some(iso));
        assert_eq!(parse(b" 2024-01-01 02:00+01 ").unwrap().utc_s(), 1_704_070_800);
        assert_eq!(parse(b"2023-12-31T20:30-0430").unwrap().utc_s(), 1_704_070_800);
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "2023-02-29 00:00",
            "2023-13-01 00:00",
            "01/02/2023 00:00",
            "2023-01-01",
            "2023-01-01 24:00",
            "2023-01-01 00:00:00 EST",
            "2023-01-01 00:00:0",
            "2023-01-01 00:00:00+xx",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn a_stamp_survives_writing_and_reading() {
        for s in [0, 1_672_531_500, 1_709_164_799, -1] {
            assert_eq!(parse(format(s, ' ').as_bytes()).unwrap().clock_s, s);
        }
        assert_eq!(format(1_704_070_800, 'T'), "2024-01-01T01:00:00");
    }
}
