//! Configuration: YAML layers merged into one document, every value remembering where it was written.
//!
//! This room knows no plant. A room that has settings owns a `serde` struct with `#[serde(deny_unknown_fields)]`;
//! this room fills it and says, for whatever is wrong, in which layer, line and column it stands and what to do:
//!
//! ```
//! use c2g_twin::config::{Checker, Document};
//!
//! #[derive(serde::Deserialize)]
//! #[serde(deny_unknown_fields)]
//! struct Thermal {
//!     k_liq_mw_per_k: f64,
//! }
//!
//! # fn main() -> c2g_twin::config::Result<()> {
//! let mut document = Document::new();
//! document.layer_text("built-in preset", "thermal:\n  k_liq_mw_per_k: 30\n")?;
//! document.set("thermal.k-liq-mw-per-k=34.5")?;
//!
//! let thermal: Thermal = document.fill("thermal")?;
//! let mut check = Checker::new(&document, "thermal");
//! check.range("k_liq_mw_per_k", thermal.k_liq_mw_per_k, 1.0, 100.0, "MW/K");
//! check.finish()?;
//! assert_eq!(thermal.k_liq_mw_per_k, 34.5);
//! # Ok(())
//! # }
//! ```
//!
//! * [`Document`]: layers in order of precedence (built-in text, files, `--set path=value`), merged key by key.
//! * [`Node`] and [`Value`]: the tree behind it; a [`Place`] for every key and value.
//! * [`Checker`]: ranges and choices that `serde` cannot express, all problems at once.
//! * [`Error`]: the one error type for whatever a person gives to the program.

mod check;
mod document;
mod error;
mod fault;
mod fill;
mod node;
mod raw;
mod read;

pub use check::Checker;
pub use document::Document;
pub use error::{Error, Place, Result};
pub use node::{Key, Node, Value};
pub use read::MAX_DOCUMENT_BYTES;

/// Writes any serialisable value as YAML text that [`Document::layer_text`] reads back to the same values.
///
/// Floats are written with the fewest digits that give the same `f64` again and always with a decimal point, so that
/// they stay floats; texts that another reader could take for a number or a truth value are quoted.
///
/// # Errors
/// [`Error::Invalid`] where the value refuses to be serialised.
pub fn yaml_string<T: serde::Serialize>(value: &T) -> Result<String> {
    // Block scalars would be easier on the eye, but a quoted text is one line whatever it holds.
    let options = serde_saphyr::ser_options! { prefer_block_scalars: false };
    serde_saphyr::to_string_with_options(value, options).map_err(|error| {
        Error::invalid(
            Place::source("YAML output"),
            format!("cannot be written as YAML: {error}"),
            "Use texts, numbers, lists and maps with simple keys only.",
        )
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[derive(serde::Serialize, serde::Deserialize, PartialEq, Debug)]
    #[serde(deny_unknown_fields)]
    struct Header {
        name: String,
        seed: u64,
        gains: Vec<f64>,
        note: Option<String>,
    }

    #[test]
    fn a_struct_survives_the_way_out_and_in() {
        let header = Header {
            name: "yes: #1".to_owned(),
            seed: u64::MAX,
            gains: vec![0.1 + 0.2, 1e-300, -0.0, 5e-324, f64::MAX, 3.0],
            note: None,
        };
        let text = yaml_string(&header).unwrap();
        let mut document = Document::new();
        document.layer_text("header", &text).unwrap();
        let back: Header = document.fill("").unwrap();
        assert_eq!(back, header);
        let bits = |gains: &[f64]| gains.iter().map(|gain| gain.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&back.gains), bits(&header.gains));
    }

    #[test]
    fn what_cannot_be_serialised_is_said() {
        struct Stubborn;
        impl serde::Serialize for Stubborn {
            fn serialize<S: serde::Serializer>(&self, _: S) -> std::result::Result<S::Ok, S::Error> {
                Err(serde::ser::Error::custom("no"))
            }
        }
        let error = yaml_string(&Stubborn).unwrap_err();
        assert!(error.to_string().starts_with("YAML output: cannot be written as YAML: "), "{error}");
    }
}
