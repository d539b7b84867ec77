//! Layers, `--set`, places, files.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use serde::Deserialize;
use std::io::Write;

use super::*;

const PRESET: &str = "\
thermal:
  k_liq: 30
  k_air: 12.5
scenario:
  name: normal
  hours: [1, 2, 3]
";

fn preset() -> Document {
    let mut document = Document::new();
    document.layer_text("preset", PRESET).unwrap();
    document
}

fn value<'a>(document: &'a Document, path: &str) -> &'a Value {
    &document.get(path).unwrap_or_else(|| panic!("nothing at {path}")).value
}

fn set_error(argument: &str) -> String {
    let mut document = preset();
    let error = document.set(argument).unwrap_err();
    assert_eq!(document, preset(), "a refused argument changes nothing");
    assert!(!error.cure().is_empty());
    error.to_string()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct Thermal {
    k_liq: f64,
    k_air: f64,
}

#[test]
fn later_layers_win_key_by_key() {
    let mut document = preset();
    document.layer_text("user", "thermal:\n  k_liq: 31\nscenario:\n  hours: [9]\nseed: 7\n").unwrap();
    assert_eq!(*value(&document, "thermal.k_liq"), Value::Int(31));
    assert_eq!(*value(&document, "thermal.k_air"), Value::Float(12.5));
    assert_eq!(document.get("scenario.hours.0").unwrap().value, Value::Int(9));
    assert!(document.get("scenario.hours.1").is_none(), "lists replace");
    assert_eq!(document.keys(""), ["thermal", "scenario", "seed"]);
    assert_eq!(document.keys("thermal"), ["k_liq", "k_air"]);
    assert!(document.keys("thermal.k_liq").is_empty());
}

#[test]
fn every_value_keeps_the_place_of_its_layer() {
    let mut document = preset();
    document.layer_text("user", "thermal:\n  k_liq: 31\n").unwrap();
    document.set("scenario.name=flood").unwrap();
    assert_eq!(document.place("thermal.k_liq").to_string(), "user:2:10");
    assert_eq!(document.place("thermal.k_air").to_string(), "preset:3:10");
    assert_eq!(document.place("scenario.name").to_string(), "--set scenario.name");
    assert_eq!(document.place("scenario.hours.2").to_string(), "preset:6:17");
    assert_eq!(document.place("thermal.nothing.here").to_string(), "user:2:3", "the nearest place around");
    assert_eq!(document.place("").to_string(), "user:1:1");
    assert_eq!(Document::new().place("x.y").to_string(), "configuration");
}

#[test]
fn the_same_fault_is_told_in_whatever_layer_it_stands() {
    for (layer, place) in [("preset", "preset:3:3"), ("user", "user:2:3")] {
        let mut document = Document::new();
        let text = |name: &str, text: &str| {
            if layer == name { text.replace("k_air", "k_aire") } else { text.to_owned() }
        };
        document.layer_text("preset", &text("preset", PRESET)).unwrap();
        document.layer_text("user", &text("user", "thermal:\n  k_air: 1\n")).unwrap();
        let error = document.fill::<Thermal>("thermal").unwrap_err();
        assert_eq!(error.to_string(), format!("{place}: unknown key `k_aire`"));
        assert_eq!(error.cure(), "Did you mean `k_air`? Known: k_liq, k_air.");
    }
    let mut document = preset();
    document.set("thermal.k_lik=3").unwrap();
    let error = document.fill::<Thermal>("thermal").unwrap_err();
    assert_eq!(error.to_string(), "--set thermal.k_lik: unknown key `k_lik`");
    let mut document = preset();
    document.set("thermal.k_liq=warm").unwrap();
    let error = document.fill::<Thermal>("thermal").unwrap_err();
    assert_eq!(error.to_string(), "--set thermal.k_liq: `thermal.k_liq`: expected a number, found the text `warm`");
}

#[test]
fn an_emptied_section_keeps_its_preset_and_null_clears_it() {
    let mut document = preset();
    document.layer_text("user", "thermal:\n  # k_liq: 31\n").unwrap();
    assert_eq!(document, preset());
    document.layer_text("user", "# nothing at all\n").unwrap();
    document.layer_text("user", "").unwrap();
    assert_eq!(document, preset());
    document.layer_text("user", "thermal: null\n").unwrap();
    assert_eq!(*value(&document, "thermal"), Value::Null);
}

#[test]
fn a_layer_must_be_a_map() {
    for (text, found) in [("- 1\n", "a list of 1 entry"), ("hello\n", "the text `hello`"), ("null\n", "nothing")] {
        let error = Document::new().layer_text("user", text).unwrap_err();
        assert!(error.to_string().contains(&format!("expected a map of keys and values, found {found}")), "{error}");
        assert!(error.to_string().starts_with("user:1:"), "{error}");
    }
}

#[test]
fn a_refused_layer_changes_nothing() {
    let mut document = preset();
    assert!(document.layer_text("user", "thermal: {k_liq: 1}\nthermal: {k_liq: 2}\n").is_err());
    assert_eq!(document, preset());
}

#[test]
fn set_takes_yaml_values() {
    let mut document = preset();
    let arguments = [
        "thermal.k_liq=34",
        "scenario.cooling_fault=true",
        "scenario.hours=[4, 5]",
        "scenario.name=\"a=b\"",
        "new.deep.key=~",
        "new.text=07-01",
        "thermal={k_gas: 1.5}",
        " spaced = 2 ",
    ];
    document.set_all(arguments).unwrap();
    assert_eq!(*value(&document, "thermal.k_liq"), Value::Int(34));
    assert_eq!(*value(&document, "thermal.k_gas"), Value::Float(1.5));
    assert_eq!(*value(&document, "thermal.k_air"), Value::Float(12.5), "maps merge");
    assert_eq!(*value(&document, "scenario.cooling_fault"), Value::Bool(true));
    assert_eq!(*value(&document, "scenario.hours.1"), Value::Int(5));
    assert_eq!(*value(&document, "scenario.name"), Value::Str("a=b".to_owned()));
    assert_eq!(*value(&document, "new.deep.key"), Value::Null);
    assert_eq!(*value(&document, "new.text"), Value::Str("07-01".to_owned()));
    assert_eq!(*value(&document, "spaced"), Value::Int(2));
}

#[test]
fn set_folds_hyphens_only_where_needed() {
    let mut document = preset();
    document.layer_text("user", "slots: {rack-a: 1, rack_b: 2}\n").unwrap();
    document
        .set_all(["thermal.k-liq=1", "slots.rack-a=3", "slots.rack_a=4", "slots.rack-b=5", "slots.rack-c=6"])
        .unwrap();
    assert_eq!(document.keys("thermal"), ["k_liq", "k_air"]);
    assert_eq!(document.keys("slots"), ["rack-a", "rack_b", "rack_c"]);
    assert_eq!(*value(&document, "slots.rack-a"), Value::Int(4));
    assert_eq!(*value(&document, "slots.rack_b"), Value::Int(5));
}

#[test]
fn set_reaches_into_lists() {
    let mut document = preset();
    document.set("scenario.hours.1=8").unwrap();
    assert_eq!(*value(&document, "scenario.hours.1"), Value::Int(8));
    assert_eq!(set_error("scenario.hours.3=8"), "--set scenario.hours.3: `3` is not an entry of this list of 3");
    assert_eq!(set_error("scenario.hours.x.y=8"), "--set scenario.hours.x.y: `x` is not an entry of this list of 3");
}

#[test]
fn set_through_a_scalar_is_told_by_the_type() {
    let mut document = preset();
    document.set("thermal.k_liq.x=1").unwrap();
    let error = document.fill::<Thermal>("thermal").unwrap_err();
    let expected = "`thermal.k_liq`: expected a number, found a map of keys and values";
    assert_eq!(error.to_string(), format!("--set thermal.k_liq.x: {expected}"));
}

#[test]
fn malformed_arguments_are_refused() {
    assert_eq!(set_error("thermal.k_liq"), "--set thermal.k_liq: there is no `=` in it");
    assert_eq!(set_error("thermal.k_liq="), "--set thermal.k_liq: there is no value after `=`");
    assert_eq!(set_error("thermal.k_liq= # 3"), "--set thermal.k_liq: there is no value after `=`");
    for argument in ["=3", ".a=3", "a..b=3", "a.=3", "a b=3", "--set=3"] {
        assert!(set_error(argument).contains("a step that cannot be a key"), "{argument}");
    }
    let deep = vec!["a"; 17].join(".");
    assert!(set_error(&format!("{deep}=1")).ends_with("the path has more than 16 steps"));
    assert_eq!(set_error("a=.nan"), "--set a (column 3): expected a finite number, found `.nan`");
    assert_eq!(set_error("list=[1, {b: 1, b: 2}]"), "--set list (column 17): the key `b` stands here a second time");
    let error = preset().set("list=[1, 2").unwrap_err();
    assert!(error.to_string().starts_with("--set list (column "), "{error}");
    assert!(error.snippet().unwrap().starts_with("1 | list=[1, 2\n"), "{error:?}");
}

#[test]
fn places_inside_an_argument_are_columns() {
    let mut document = Document::new();
    document.set("list=[1, abc]").unwrap();
    let error = document.fill::<Vec<f64>>("list").unwrap_err();
    assert_eq!(error.to_string(), "--set list (column 10): `list.1`: expected a number, found the text `abc`");
}

#[test]
fn a_section_keeps_places_and_full_names() {
    let document = preset();
    let section = document.section("thermal");
    assert_eq!(section.keys(""), ["k_liq", "k_air"]);
    assert_eq!(section.place("k_air").to_string(), "preset:3:10");
    assert_eq!(section.full_path("k_air"), "thermal.k_air");
    let error = section.fill::<String>("k_air").unwrap_err();
    assert_eq!(error.to_string(), "preset:3:10: `thermal.k_air`: expected a text, found the number 12.5");
    let none = document.section("thermal.none");
    assert!(none.keys("").is_empty());
    assert_eq!(none.full_path(""), "thermal.none");
    assert_eq!(none.place("x").to_string(), "preset:2:3");
}

#[test]
fn an_absent_section_is_an_empty_one() {
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Extras {
        level: f64,
    }
    impl Default for Extras {
        fn default() -> Self {
            Self { level: 0.5 }
        }
    }
    let document = preset();
    assert_eq!(document.fill::<Extras>("extras").unwrap(), Extras { level: 0.5 });
    assert_eq!(document.fill::<Option<Extras>>("extras").unwrap(), None);
    let error = document.fill::<Thermal>("extras").unwrap_err();
    assert_eq!(error.to_string(), "preset:1:1: `extras`: the key `k_liq` is missing");
}

#[test]
fn files_are_layers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("site.yaml");
    std::fs::write(&path, "\u{feff}thermal:\r\n  k_liq: x\r\n").unwrap();
    let mut document = preset();
    document.layer_file(&path).unwrap();
    let error = document.fill::<Thermal>("thermal").unwrap_err();
    let expected = "`thermal.k_liq`: expected a number, found the text `x`";
    assert_eq!(error.to_string(), format!("{}:2:10: {expected}", path.display()));
}

#[test]
fn files_that_cannot_be_read_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |path: &Path| Document::new().layer_file(path).unwrap_err();

    let missing = folder.path().join("none.yaml");
    let error = refused(&missing);
    assert!(matches!(&error, Error::Io { path, action: "read", .. } if *path == missing));
    assert!(error.cure().starts_with("Check the path"), "{}", error.cure());
    assert!(matches!(refused(folder.path()), Error::Io { .. }), "a folder is no file");

    let latin1 = folder.path().join("latin1.yaml");
    std::fs::write(&latin1, b"a: 1\nb: caf\xe9\n").unwrap();
    let error = refused(&latin1);
    assert_eq!(error.to_string(), format!("{}:2:7: the byte 0xe9 is not UTF-8 text", latin1.display()));
    assert_eq!(error.cure(), "Save the file as UTF-8.");

    let large = folder.path().join("large.yaml");
    let mut file = std::fs::File::create(&large).unwrap();
    file.write_all(&vec![b'#'; MAX_DOCUMENT_BYTES + 1]).unwrap();
    assert_eq!(refused(&large).to_string(), format!("{}: the document is larger than 4 MiB", large.display()));
}
