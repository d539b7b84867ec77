//! What `serde` types get from a document, and where the faults are told.
#![allow(clippy::unwrap_used, clippy::panic)]

use serde::Deserialize;
use std::collections::BTreeMap;

use crate::config::{Document, Error, Result};

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Site {
    name: String,
    thermal: Thermal,
    #[serde(default)]
    lights_on: bool,
    limits_mw: Option<(f64, f64)>,
    #[serde(default)]
    racks: Vec<Rack>,
    #[serde(default)]
    slots: BTreeMap<String, Controller>,
    #[serde(default)]
    by_hour: BTreeMap<u8, f64>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Thermal {
    k_liq: f64,
    #[serde(default = "two")]
    zones: u8,
}

fn two() -> u8 {
    2
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rack {
    id: Id,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(transparent)]
struct Id(i32);

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Controller {
    RuleBased,
    Constant(f64),
    Clip(f64, f64),
    Pid {
        #[serde(default)]
        k_p: f64,
    },
}

const GOOD: &str = "\
name: east
thermal:
  k_liq: 34
lights_on: true
limits_mw: [0, 2.5]
racks:
- id: -3
slots:
  a: rule_based
  b: {constant: 1}
  c: {clip: [0, 1]}
  d: pid
  e: {pid: {k_p: 0.5}}
by_hour: {7: 0.25, 23: 1}
";

fn read(text: &str) -> Result<Site> {
    Document::new().layer_text("site.yaml", text)?.fill("")
}

/// The error for `text` as "place: message" and cure.
fn refused(text: &str) -> (String, String) {
    let error = read(text).unwrap_err();
    (error.to_string(), error.cure())
}

/// The error where one line of [`GOOD`] is written otherwise.
fn refused_with(line: &str, instead: &str) -> (String, String) {
    assert!(GOOD.contains(line), "{line}");
    refused(&GOOD.replacen(line, instead, 1))
}

#[test]
fn every_shape_is_filled() {
    let site = read(GOOD).unwrap();
    assert_eq!(site.thermal, Thermal { k_liq: 34.0, zones: 2 });
    assert_eq!((site.name.as_str(), site.lights_on, site.limits_mw), ("east", true, Some((0.0, 2.5))));
    assert_eq!(site.racks, [Rack { id: Id(-3) }]);
    let slots: Vec<Controller> = site.slots.into_values().collect();
    let expected = [
        Controller::RuleBased,
        Controller::Constant(1.0),
        Controller::Clip(0.0, 1.0),
        Controller::Pid { k_p: 0.0 },
        Controller::Pid { k_p: 0.5 },
    ];
    assert_eq!(slots, expected);
    assert_eq!(site.by_hour, BTreeMap::from([(7, 0.25), (23, 1.0)]));
}

#[test]
fn absent_and_null_options_are_none() {
    assert_eq!(read("name: a\nthermal: {k_liq: 1}\n").unwrap().limits_mw, None);
    assert_eq!(read("name: a\nthermal: {k_liq: 1}\nlimits_mw: ~\n").unwrap().limits_mw, None);
}

#[test]
fn an_unknown_key_is_told_at_the_key() {
    let (message, cure) = refused_with("  k_liq: 34", "  k_liq: 34\n  k_lik: 35");
    assert_eq!(message, "site.yaml:4:3: unknown key `k_lik`");
    assert_eq!(cure, "Did you mean `k_liq`? Known: k_liq, zones.");
}

#[test]
fn a_text_for_a_number_is_told_at_the_value() {
    let (message, cure) = refused_with("k_liq: 34", "k_liq: abc");
    assert_eq!(message, "site.yaml:3:10: `thermal.k_liq`: expected a number, found the text `abc`");
    assert_eq!(cure, "Write a plain number such as 2.5, without quotes and unit.");
    let (message, _) = refused_with("k_liq: 34", "k_liq: '34'");
    assert_eq!(message, "site.yaml:3:10: `thermal.k_liq`: expected a number, found the text `34`");
}

#[test]
fn nothing_for_a_number_has_its_own_cure() {
    let (message, cure) = refused_with("k_liq: 34", "k_liq:");
    assert_eq!(message, "site.yaml:3:8: `thermal.k_liq`: expected a number, found nothing");
    assert_eq!(cure, "Give it a value, or remove the line to keep the default.");
}

#[test]
fn nothing_is_converted_in_silence() {
    for (line, instead, message) in [
        ("name: east", "name: 5", "site.yaml:1:7: `name`: expected a text, found the number 5"),
        ("lights_on: true", "lights_on: yes", "4:12: `lights_on`: expected `true` or `false`, found the text `yes`"),
        ("lights_on: true", "lights_on: 1", "4:12: `lights_on`: expected `true` or `false`, found the number 1"),
        (
            "id: -3",
            "id: 3.0",
            "7:7: `racks.0.id`: expected a whole number from -2147483648 to 2147483647, found the number 3.0",
        ),
        ("k_liq: 34", "k_liq: true", "3:10: `thermal.k_liq`: expected a number, found `true`"),
        ("k_liq: 34", "k_liq: [34]", "3:10: `thermal.k_liq`: expected a number, found a list of 1 entry"),
        ("k_liq: 34", "k_liq: {a: 1}", "3:10: `thermal.k_liq`: expected a number, found a map of keys and values"),
        ("k_liq: 34", "k_liq: 007", "3:10: `thermal.k_liq`: expected a number, found the text `007`"),
    ] {
        let (found, _) = refused_with(line, instead);
        assert!(found.ends_with(message), "{found}");
    }
}

#[test]
fn a_number_outside_its_type_is_told_with_the_range() {
    let (message, _) = refused_with("k_liq: 34", "k_liq: 34\n  zones: 300");
    assert_eq!(message, "site.yaml:4:10: `thermal.zones`: expected a whole number from 0 to 255, found the number 300");
    let small = Document::new().layer_text("t", "x: 1e300").unwrap().fill::<f32>("x").unwrap_err();
    assert_eq!(small.to_string(), "t:1:4: `x`: expected a number of ordinary size, found the number 1e300");
}

#[test]
fn lists_and_maps_are_told_apart() {
    let (message, _) = refused_with("limits_mw: [0, 2.5]", "limits_mw: [0, 2.5, 3]");
    assert_eq!(message, "site.yaml:5:12: `limits_mw`: expected a list of 2 entries, found a list of 3 entries");
    let (message, _) = refused_with("limits_mw: [0, 2.5]", "limits_mw: [0, x]");
    assert_eq!(message, "site.yaml:5:16: `limits_mw.1`: expected a number, found the text `x`");
    let (message, cure) = refused_with("  k_liq: 34", "  - 34");
    assert_eq!(message, "site.yaml:3:3: `thermal`: expected a map of keys and values, found a list of 1 entry");
    assert_eq!(cure, "Write `key: value` lines, one level deeper.");
}

#[test]
fn a_missing_key_is_told_at_the_map_around_it() {
    let (message, cure) = refused("name: a\nthermal:\n  zones: 3\n");
    assert_eq!(message, "site.yaml:3:3: `thermal`: the key `k_liq` is missing");
    assert_eq!(cure, "Add a line `k_liq: …` below `thermal`.");
    let (message, cure) = refused("name: a\n");
    assert_eq!(message, "site.yaml:1:1: the key `thermal` is missing");
    assert_eq!(cure, "Add a line `thermal: …`.");
    let (message, _) = refused("name: a\nthermal:\n");
    assert_eq!(message, "site.yaml:2:8: `thermal`: the key `k_liq` is missing");
}

#[test]
fn an_unknown_choice_names_the_known_ones() {
    let known = "rule_based, constant, clip, pid";
    let (message, cure) = refused_with("a: rule_based", "a: rulebased");
    assert_eq!(message, "site.yaml:9:6: unknown choice `rulebased`");
    assert_eq!(cure, format!("Did you mean `rule_based`? Known: {known}."));
    let (message, cure) = refused_with("{constant: 1}", "{fuzzy: 1}");
    assert_eq!(message, "site.yaml:10:7: unknown choice `fuzzy`");
    assert_eq!(cure, format!("Known: {known}."));
    let (message, _) = refused_with("a: rule_based", "a: 3");
    let choices = "`rule_based`, `constant`, `clip`, `pid`";
    assert_eq!(message, format!("site.yaml:9:6: `slots.a`: expected one of {choices}, found the number 3"));
}

#[test]
fn settings_of_a_choice_are_checked() {
    for (line, instead, message) in [
        ("{constant: 1}", "constant", "10:6: `slots.b.constant`: expected a number, found nothing"),
        ("{constant: 1}", "{constant: x}", "10:17: `slots.b.constant`: expected a number, found the text `x`"),
        (
            "{clip: [0, 1]}",
            "{clip: [0]}",
            "11:13: `slots.c.clip`: expected a list of 2 entries, found a list of 1 entry",
        ),
        ("{pid: {k_p: 0.5}}", "{pid: {k_d: 0.5}}", "13:13: unknown key `k_d`"),
        ("a: rule_based", "a: {rule_based: 1}", "9:19: `slots.a.rule_based`: expected nothing, found the number 1"),
        (
            "{constant: 1}",
            "{constant: 1, pid: 2}",
            "10:6: `slots.b`: expected one of `rule_based`, `constant`, `clip`, `pid`, found a map of keys and values",
        ),
    ] {
        let (found, _) = refused_with(line, instead);
        assert!(found.ends_with(message), "{found}");
    }
}

#[test]
fn keys_of_another_type_are_told_at_the_key() {
    let (message, _) = refused_with("{7: 0.25,", "{dawn: 0.25,");
    assert_eq!(message, "site.yaml:14:11: `by_hour`: expected a whole number from 0 to 255, found the key `dawn`");
}

#[test]
fn faults_of_types_of_their_own_are_told_at_the_value() {
    #[derive(Debug, Deserialize)]
    #[serde(try_from = "f64")]
    struct Share;
    impl TryFrom<f64> for Share {
        type Error = String;
        fn try_from(value: f64) -> std::result::Result<Self, String> {
            if (0.0..=1.0).contains(&value) { Ok(Self) } else { Err(format!("{value} is not a share")) }
        }
    }
    let mut document = Document::new();
    document.layer_text("t", "a:\n  good: 0.5\n  bad: 2.0\n").unwrap();
    let _: Share = document.fill("a.good").unwrap();
    let error = document.fill::<Share>("a.bad").unwrap_err();
    assert_eq!(error.to_string(), "t:3:8: `a.bad`: 2 is not a share");
    let error = document.fill::<BTreeMap<String, Share>>("a").unwrap_err();
    assert_eq!(error.to_string(), "t:3:8: `a.bad`: 2 is not a share");
}

#[test]
fn tagged_enums_work_with_the_place_of_the_whole() {
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
    enum Source {
        Counter { seed: u64 },
        Ramp { mw_per_h: f64 },
    }
    let mut document = Document::new();
    document.layer_text("t", "a: {kind: counter, seed: 18446744073709551615}\nb: {kind: ramp, mw_per_h: 3}\n").unwrap();
    document.layer_text("t", "c:\n  kind: ramp\n  mw_per_h: x\n").unwrap();
    assert_eq!(document.fill::<Source>("a").unwrap(), Source::Counter { seed: u64::MAX });
    assert_eq!(document.fill::<Source>("b").unwrap(), Source::Ramp { mw_per_h: 3.0 });
    let error = document.fill::<Source>("c").unwrap_err();
    assert_eq!(error.to_string(), "t:2:3: `c`: expected a number, found the text `x`");
}

#[test]
fn the_whole_range_of_integers_arrives() {
    let mut document = Document::new();
    document
        .layer_text("t", "low: -9223372036854775808\nhigh: 18446744073709551615\nover: 18446744073709551616\n")
        .unwrap();
    assert_eq!(document.fill::<i64>("low").unwrap(), i64::MIN);
    assert_eq!(document.fill::<u64>("high").unwrap(), u64::MAX);
    assert!(matches!(document.fill::<u64>("over"), Err(Error::Invalid { .. })));
    assert!(matches!(document.fill::<u64>("low"), Err(Error::Invalid { .. })));
}
