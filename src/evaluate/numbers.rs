//! Numbers for people: as many digits as tell something, a true minus.

/// A number with four digits or so; an en dash where there is none.
pub fn short(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let size = value.abs();
    let text = match size {
        0.0 => "0".to_owned(),
        s if !(1e-4..1e7).contains(&s) => {
            let text = format!("{value:.2e}");
            text.replace("e", "·10^")
        }
        s if s >= 1000.0 => format!("{value:.0}"),
        s if s >= 100.0 => format!("{value:.1}"),
        s if s >= 10.0 => format!("{value:.2}"),
        s if s >= 1.0 => format!("{value:.3}"),
        _ => format!("{value:.4}"),
    };
    text.replace('-', "−")
}

/// Mean and deviation with the same number of digits.
pub fn plus_minus(mean: f64, std: f64) -> String {
    if !mean.is_finite() {
        return "–".to_owned();
    }
    if !std.is_finite() {
        return short(mean);
    }
    let decimals = match mean.abs().max(std) {
        s if s >= 10_000.0 => 0,
        s if s >= 1000.0 => 1,
        s if s >= 10.0 => 2,
        s if s >= 1.0 => 3,
        _ => 4,
    };
    format!("{mean:.decimals$} ± {std:.decimals$}").replace('-', "−")
}

/// A p-value: three digits, or a bound.
pub fn p_value(p: f64) -> String {
    match p {
        p if p.is_nan() => "–".to_owned(),
        p if p < 0.0001 => "<0.0001".to_owned(),
        p if p < 0.001 => format!("{p:.4}"),
        p => format!("{p:.3}"),
    }
}

/// A share as a percentage without useless decimals ("95 %", "99.5 %").
pub fn percent(share: f64) -> String {
    let text = format!("{:.2}", share * 100.0);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

/// Rounded to a number of decimals, with a true minus and no negative zero.
pub fn fixed(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let text = format!("{value:.decimals$}");
    let zero = text.chars().all(|c| matches!(c, '-' | '0' | '.'));
    if zero { text.trim_start_matches('-').to_owned() } else { text.replace('-', "−") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_digits_that_tell() {
        assert_eq!(
            [0.80636, -1_256_793.9, 477.8665, 0.0, 14121.5].map(short),
            ["0.8064", "−1256794", "477.9", "0", "14122"]
        );
        assert_eq!(short(f64::NAN), "–");
        assert_eq!(plus_minus(0.8172, 0.017), "0.8172 ± 0.0170");
        assert_eq!(plus_minus(-477.8665, 66.5533), "−477.87 ± 66.55");
        assert_eq!([0.0431, 0.00042, 1e-9, f64::NAN].map(p_value), ["0.043", "0.0004", "<0.0001", "–"]);
        assert_eq!([0.95, 0.995].map(percent), ["95 %", "99.5 %"]);
        assert_eq!([-0.04, 1.25, -3.0].map(|v| fixed(v, 1)), ["0.0", "1.2", "−3.0"]);
    }
}
