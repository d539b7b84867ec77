//! Dates and times in the spellings that tables have them in.

/// Order of day, month and year in a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// 2024-07-31.
    Year,
    /// 31/07/2024.
    Day,
    /// 07/31/2024.
    Month,
}

/// Seconds between 1970-01-01 and a civil time, both in the same zone.
pub(super) fn seconds(time: jiff::civil::DateTime) -> f64 {
    let begin = jiff::civil::datetime(1970, 1, 1, 0, 0, 0, 0);
    time.duration_since(begin).as_secs_f64()
}

/// The civil time so many seconds after 1970-01-01, to the second; saturates at the ends of the calendar.
pub(super) fn civil(seconds: f64) -> jiff::civil::DateTime {
    let begin = jiff::civil::datetime(1970, 1, 1, 0, 0, 0, 0);
    begin.saturating_add(jiff::SignedDuration::from_secs(if seconds.is_finite() { seconds.round() as i64 } else { 0 }))
}

/// A run of digits and what follows it.
fn digits(text: &str) -> Option<(i64, usize, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, rest) = text.split_at_checked(end)?;
    if number.is_empty() || number.len() > 9 {
        return None;
    }
    Some((number.parse().ok()?, number.len(), rest))
}

/// Reads a date, with or without a time of day, as seconds since 1970-01-01 of the same zone. What names a zone is left
/// out: ticks count plain seconds.
pub(super) fn read(text: &str, order: Order) -> Option<f64> {
    let text = text.trim();
    let (first, length, rest) = digits(text)?;
    let separator = rest.chars().next().filter(|c| matches!(c, '-' | '/' | '.'))?;
    let (second, _, rest) = digits(rest.get(1..)?)?;
    let (third, length_of_last, rest) = digits(rest.strip_prefix(separator)?)?;
    let (year, month, day) = match order {
        Order::Year if length == 4 => (first, second, third),
        Order::Day if length < 3 && length_of_last == 4 => (third, second, first),
        Order::Month if length < 3 && length_of_last == 4 => (third, first, second),
        _ => return None,
    };
    let rest = rest.trim_start_matches(['T', ' ', ',']).trim();
    let mut of_day = 0.0;
    // A second that is a leap second, or an hour 24, is the next one.
    if !rest.is_empty() {
        let (hour, _, rest) = digits(rest)?;
        let (minute, _, rest) = digits(rest.strip_prefix(':')?)?;
        let (second, rest) = match rest.strip_prefix(':') {
            Some(rest) => {
                let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
                let (number, rest) = rest.split_at_checked(end)?;
                (number.parse::<f64>().ok()?, rest)
            }
            None => (0.0, rest),
        };
        if hour > 24 || minute > 59 || !(0.0..=60.0).contains(&second) {
            return None;
        }
        let half = rest.trim().to_ascii_lowercase();
        let hour = match half.as_str() {
            "am" if (1..=12).contains(&hour) => hour % 12,
            "pm" if (1..=12).contains(&hour) => hour % 12 + 12,
            "am" | "pm" => return None,
            zone if zone.is_empty() || zone == "z" || zone == "utc" || zone.starts_with(['+', '-']) => hour,
            _ => return None,
        };
        of_day = (hour * 3600 + minute * 60) as f64 + second;
    }
    let (year, month, day) = (i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    let date = jiff::civil::Date::new(year, month, day).ok()?;
    Some(seconds(date.to_datetime(jiff::civil::Time::midnight())) + of_day)
}

/// The order that fits all of some dates, and most likely; `None` where they are no dates.
pub(super) fn order<'a>(cells: impl Iterator<Item = &'a str> + Clone) -> Option<Order> {
    let fits = |order: Order| cells.clone().all(|cell| read(cell, order).is_some());
    // 03/04 may be either: what makes time go forward, and in smaller steps, is meant.
    let span = |order: &Order| {
        let (mut before, mut span) = (f64::NAN, 0.0);
        for now in cells.clone().filter_map(|cell| read(cell, *order)) {
            span += if now < before {
                f64::INFINITY
            } else if before.is_nan() {
                0.0
            } else {
                now - before
            };
            before = now;
        }
        span
    };
    cells.clone().next()?;
    let all = [Order::Year, Order::Month, Order::Day];
    all.into_iter().filter(|o| fits(*o)).min_by(|a, b| span(a).total_cmp(&span(b)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn dates_are_read_in_many_spellings() {
        let noon = read("2024-07-31 12:00:00", Order::Year).unwrap();
        assert_eq!(noon, 1_722_427_200.0);
        for (text, order) in [
            ("2024-07-31T12:00", Order::Year),
            ("2024/07/31 12:00:00.000", Order::Year),
            ("2024-07-31T12:00:00Z", Order::Year),
            ("2024-07-31T12:00:00+02:00", Order::Year),
            ("31.07.2024 12:00", Order::Day),
            ("7/31/2024 12:00:00 PM", Order::Month),
            ("07/31/2024, 12:00", Order::Month),
        ] {
            assert_eq!(read(text, order), Some(noon), "{text}");
        }
        assert_eq!(read("7/31/2024 12:05 AM", Order::Month), Some(noon - 43_200.0 + 300.0));
        assert_eq!(read("2024-07-31 24:00", Order::Year), Some(noon + 43_200.0));
        for text in
            ["2024-13-01", "2024-02-30", "2024-07-31 25:00", "2024", "12:00", "2024-07-31 noon", "1-2-3", "", "–"]
        {
            assert_eq!(read(text, Order::Year), None, "{text}");
        }
        assert_eq!(civil(noon).to_string(), "2024-07-31T12:00:00");
    }

    #[test]
    fn the_order_that_lets_time_go_on_is_meant() {
        assert_eq!(order(["01/02/2024", "02/02/2024", "03/02/2024"].into_iter()), Some(Order::Day));
        assert_eq!(order(["01/02/2024", "01/03/2024", "01/04/2024"].into_iter()), Some(Order::Month));
        assert_eq!(order(["12/02/2024", "13/02/2024"].into_iter()), Some(Order::Day));
        assert_eq!(order(["11/03/2024 23:00", "12/03/2024 00:00", "01/04/2024 00:00"].into_iter()), Some(Order::Day));
        assert_eq!(order(["2024-01-01", "2024-01-02"].into_iter()), Some(Order::Year));
        assert_eq!(order(["2024-01-01", "soon"].into_iter()), None);
        assert_eq!(order(std::iter::empty()), None);
    }
}
