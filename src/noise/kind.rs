//! The noise setting as a text: `counter`, `numpy` or `recorded=FILE+FILE`.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::config::{Error, Place, Result};

/// Which source of noise a rollout uses.
///
/// As a text it is `counter`, `numpy`, or `recorded=` with the files joined by `+`. A plus sign inside a path is
/// written twice; a later path that begins with one is printed with `./` before it.
///
/// ```
/// use c2g_twin::noise::NoiseKind;
///
/// let kind: NoiseKind = "recorded=noise.csv+noise_macro.csv".parse().unwrap();
/// assert_eq!(kind, NoiseKind::Recorded(vec!["noise.csv".into(), "noise_macro.csv".into()]));
/// assert_eq!(kind.to_string(), "recorded=noise.csv+noise_macro.csv");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoiseKind {
    /// A draw depends only on seed, stream and index.
    Counter,
    /// Sequential draws of NumPy's `default_rng`.
    Numpy,
    /// Columns of these CSV files, looked up in this order.
    Recorded(Vec<PathBuf>),
}

/// The forms a person can write.
const FORMS: [&str; 3] = ["counter", "numpy", "recorded=FILE"];

impl FromStr for NoiseKind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.trim().split_once('=') {
            None if text.trim() == "counter" => Ok(Self::Counter),
            None if text.trim() == "numpy" => Ok(Self::Numpy),
            Some(("recorded", list)) => parse_files(list).map(Self::Recorded),
            None if text.trim() == "recorded" => parse_files("").map(Self::Recorded),
            _ => Err(Error::unknown(Place::source("noise"), "noise source", text.trim(), FORMS)),
        }
    }
}

/// The paths of a list in which `+` separates and `++` stands for a plus sign.
fn parse_files(list: &str) -> Result<Vec<PathBuf>> {
    let mut files = vec![String::new()];
    let mut chars = list.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '+' && chars.next_if_eq(&'+').is_none() {
            files.push(String::new());
        } else if let Some(file) = files.last_mut() {
            file.push(c);
        }
    }
    if files.iter().any(|file| file.trim().is_empty()) {
        return Err(Error::invalid(
            Place::source("noise"),
            format!("`recorded={list}` lacks a file name"),
            "Write recorded=FILE, or recorded=FILE+FILE for several files.",
        ));
    }
    Ok(files.into_iter().map(PathBuf::from).collect())
}

impl fmt::Display for NoiseKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Counter => f.write_str("counter"),
            Self::Numpy => f.write_str("numpy"),
            Self::Recorded(files) => {
                f.write_str("recorded=")?;
                for (i, file) in files.iter().enumerate() {
                    let path = file.display().to_string().replace('+', "++");
                    // After a separator a leading plus sign would read as part of the path before.
                    let guard = if i > 0 && path.starts_with('+') { "./" } else { "" };
                    let separator = if i > 0 { "+" } else { "" };
                    write!(f, "{separator}{guard}{path}")?;
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_plain_names_are_read_and_printed() {
        for (text, kind) in [("counter", NoiseKind::Counter), ("numpy", NoiseKind::Numpy)] {
            assert_eq!(text.parse::<NoiseKind>().unwrap(), kind);
            assert_eq!(kind.to_string(), text);
        }
    }

    #[test]
    fn a_path_may_hold_a_plus_sign() {
        let kind = NoiseKind::Recorded(vec!["c++/a+".into(), "b.csv".into(), "+c".into()]);
        assert_eq!(kind.to_string(), "recorded=c++++/a+++b.csv+./++c");
        let back = NoiseKind::Recorded(vec!["c++/a+".into(), "b.csv".into(), "./+c".into()]);
        assert_eq!(kind.to_string().parse::<NoiseKind>().unwrap(), back);
    }

    #[test]
    fn a_wrong_name_gets_the_right_ones() {
        let error = "conter".parse::<NoiseKind>().unwrap_err();
        assert!(error.cure().contains("Did you mean `counter`?"), "{}", error.cure());
        for text in ["", "seeded", "recorder=a.csv", "counter=1"] {
            let error = text.parse::<NoiseKind>().unwrap_err();
            assert!(error.cure().contains("recorded=FILE"), "{text}: {}", error.cure());
        }
    }

    #[test]
    fn a_missing_file_name_is_told() {
        for text in ["recorded", "recorded=", "recorded=a.csv+", "recorded=+a.csv", "recorded=a.csv+ +b.csv"] {
            let error = text.parse::<NoiseKind>().unwrap_err();
            assert!(error.to_string().contains("lacks a file name"), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(files in prop::collection::vec("[a-z][a-z+=/]{0,6}", 1..5)) {
            let kind = NoiseKind::Recorded(files.into_iter().map(PathBuf::from).collect());
            prop_assert_eq!(kind.to_string().parse::<NoiseKind>().unwrap(), kind);
        }
    }
}
