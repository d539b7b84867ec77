//! Units of a table's columns, guessed from their names.

use crate::signal::Carrier;

/// Endings of names, the unit as it is printed, and the form of energy that it is mostly of. Longer endings first.
const ENDINGS: [(&str, &str, Carrier); 44] = [
    ("usd_per_mwh", "$/MWh", Carrier::Market),
    ("usd_per_kwh", "$/kWh", Carrier::Market),
    ("eur_per_kwh", "€/kWh", Carrier::Market),
    ("usd_mwh", "$/MWh", Carrier::Market),
    ("usd_kwh", "$/kWh", Carrier::Market),
    ("eur_mwh", "€/MWh", Carrier::Market),
    ("eur_kwh", "€/kWh", Carrier::Market),
    ("g_kwh", "g/kWh", Carrier::Market),
    ("w_m2", "W/m²", Carrier::Aux),
    ("m_s", "m/s", Carrier::Aux),
    ("celsius", "°C", Carrier::Cooling),
    ("degc", "°C", Carrier::Cooling),
    ("degf", "°F", Carrier::Cooling),
    ("percent", "%", Carrier::Aux),
    ("ticks", "ticks", Carrier::Aux),
    ("mvar", "MVAr", Carrier::Grid),
    ("kvar", "kVAr", Carrier::Grid),
    ("mva", "MVA", Carrier::Grid),
    ("kva", "kVA", Carrier::Grid),
    ("mwh", "MWh", Carrier::Grid),
    ("kwh", "kWh", Carrier::Grid),
    ("frac", "", Carrier::Aux),
    ("norm", "", Carrier::Aux),
    ("usd", "$", Carrier::Market),
    ("eur", "€", Carrier::Market),
    ("pct", "%", Carrier::Aux),
    ("rpm", "1/min", Carrier::Aux),
    ("kpa", "kPa", Carrier::Aux),
    ("bar", "bar", Carrier::Aux),
    ("min", "min", Carrier::Aux),
    ("soc", "", Carrier::Battery),
    ("mw", "MW", Carrier::Grid),
    ("kw", "kW", Carrier::Grid),
    ("wh", "Wh", Carrier::Grid),
    ("hz", "Hz", Carrier::Grid),
    ("pu", "pu", Carrier::Grid),
    ("kg", "kg", Carrier::Aux),
    ("pa", "Pa", Carrier::Aux),
    ("ms", "ms", Carrier::Aux),
    ("kv", "kV", Carrier::Grid),
    ("w", "W", Carrier::Grid),
    ("v", "V", Carrier::Grid),
    ("s", "s", Carrier::Aux),
    ("h", "h", Carrier::Aux),
];

/// Unit and form of energy of a column: what stands in brackets at the name's end, else what the name ends with.
/// `total_kW` is kilowatts, and so is `load [kW]`. Without either it is a pure number.
pub(super) fn guess(name: &str) -> (String, Carrier) {
    let name = name.trim();
    let bracket = [('[', ']'), ('(', ')')].into_iter().find_map(|(open, close)| {
        let (_, unit) = name.strip_suffix(close)?.rsplit_once(open)?;
        Some(unit.trim())
    });
    let plain = |text: &str| -> String {
        let letters = text.to_lowercase();
        letters.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect()
    };
    if let Some(unit) = bracket.filter(|unit| !unit.is_empty() && unit.chars().count() <= 16) {
        let key = plain(unit);
        if key == "c" || key == "_c" {
            return ("°C".to_owned(), Carrier::Cooling);
        }
        let known = ENDINGS.iter().find(|(ending, _, _)| *ending == key);
        return known
            .map_or_else(|| (unit.to_owned(), Carrier::Aux), |(_, unit, carrier)| ((*unit).to_owned(), *carrier));
    }
    let key = plain(name);
    let ends = |ending: &str| key == ending && ending.len() > 1 || key.ends_with(&format!("_{ending}"));
    let known = ENDINGS.iter().find(|(ending, _, _)| ends(ending));
    known.map_or_else(|| (String::new(), Carrier::Aux), |(_, unit, carrier)| ((*unit).to_owned(), *carrier))
}

/// A name in snake case that stands for a column in predicates: letters, digits and `_`.
pub(super) fn snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for letter in name.trim().chars().flat_map(char::to_lowercase) {
        match letter {
            '%' => out.push_str("pct"),
            '°' => out.push_str("deg"),
            c if c.is_ascii_alphanumeric() => out.push(c),
            _ if out.ends_with('_') || out.is_empty() => {}
            _ => out.push('_'),
        }
    }
    let mut out = out.trim_end_matches('_').chars().take(80).collect::<String>();
    if out.is_empty() || out.starts_with(|c: char| c.is_ascii_digit()) {
        out.insert_str(0, "column_");
    }
    out.trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_stand_at_the_end_or_in_brackets() {
        for (name, unit) in [
            ("p_total_mw", "MW"),
            ("t_zone_degc", "°C"),
            ("price_usd", "$"),
            ("lmp_usd_mwh", "$/MWh"),
            ("total_power_kW", "kW"),
            ("Indoor Temperature (C)", "°C"),
            ("Equipment Electric Power [kWh]", "kWh"),
            ("Diffuse Solar Radiation (W/m2)", "W/m²"),
            ("flow [m3/h]", "m3/h"),
            ("Relative Humidity (%)", "%"),
            ("soc_frac", ""),
            ("reward", ""),
            ("w", ""),
            ("bus", ""),
        ] {
            assert_eq!(guess(name).0, unit, "{name}");
        }
    }

    #[test]
    fn names_become_words_for_predicates() {
        for (name, wanted) in [
            ("Indoor Temperature (C)", "indoor_temperature_c"),
            ("load", "load"),
            ("", "column"),
            ("7 day", "column_7_day"),
            ("% used", "pct_used"),
            ("Ünï", "n"),
        ] {
            assert_eq!(snake(name), wanted, "{name}");
        }
    }
}
