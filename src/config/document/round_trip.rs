//! What is written as YAML and read again is the same tree, floats bit for bit.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use super::*;

/// Reads what `document` writes and compares the trees, floats by their bits.
fn assert_round_trip(document: &Document) {
    let text = document.to_yaml();
    let mut again = Document::new();
    again.layer_text("again", &text).unwrap_or_else(|error| panic!("{}\n{text}", error.report()));
    assert_eq!(*document, again, "{text}");
    assert_eq!(again.to_yaml(), text);
    same_bits(&document.root, &again.root);
}

fn same_bits(a: &Node, b: &Node) {
    match (&a.value, &b.value) {
        (Value::Float(a), Value::Float(b)) => assert_eq!(a.to_bits(), b.to_bits()),
        (Value::Seq(a), Value::Seq(b)) => a.iter().zip(b).for_each(|(a, b)| same_bits(a, b)),
        (Value::Map(a), Value::Map(b)) => a.iter().zip(b).for_each(|(a, b)| same_bits(&a.1, &b.1)),
        (a, b) => assert_eq!(a, b),
    }
}

fn of(values: Vec<(String, Value)>) -> Document {
    let place = || Place::source("made");
    let entries =
        values.into_iter().map(|(name, value)| (Key { name, place: place() }, Node::new(place(), value))).collect();
    Document { root: Node::new(place(), Value::Map(entries)), prefix: String::new() }
}

#[test]
fn awkward_texts_and_keys_survive_yaml() {
    let texts = [
        "",
        " ",
        "~",
        "null",
        "true",
        "No",
        "on",
        "y",
        "34",
        "3.0",
        "1e3",
        "0x1F",
        "007",
        "1_000",
        "-",
        "- a",
        "?",
        ": ",
        "a: b",
        "a #b",
        "#",
        "&a",
        "*a",
        "!t",
        "|",
        ">",
        "%",
        "@",
        "`",
        "'",
        "\"",
        "it's \"so\"",
        "\\",
        "<<",
        "=",
        ".inf",
        ".nan",
        "---",
        "...",
        "--- x",
        "a\nb",
        "a\n",
        "\n",
        "\n\n a\n\n",
        "a\r\nb",
        "\t",
        " lead",
        "trail ",
        "tab\there",
        "\u{0}",
        "\u{7f}",
        "\u{85}",
        "\u{2028}",
        "\u{feff}",
        "\u{feff}x",
        "é ü 日本 🚀",
        "2024-01-01",
        "12:30:45",
        "[1]",
        "{a}",
        "a,b",
        "x: |",
        "ends:",
        "+1",
        "0b1",
        "0o7",
        "1.",
        ".5",
        "-.5",
        "[",
        "]",
        "{",
        "}",
        ",",
    ];
    let long = "a long text with spaces ".repeat(50);
    let values = texts.iter().copied().chain([long.as_str()]);
    assert_round_trip(&of(values
        .enumerate()
        .map(|(i, text)| (format!("k{i}"), Value::Str(text.to_owned())))
        .collect()));
    assert_round_trip(&of(texts.iter().map(|text| ((*text).to_owned(), Value::Int(1))).collect()));
}

#[test]
fn numbers_survive_yaml_bit_for_bit() {
    let mut bits: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut values = vec![0.0, -0.0, 34.0, 1e15, 1e16, 1e17, 123456789.125, 1e-7, 5e-324, f64::MAX, f64::MIN_POSITIVE];
    while values.len() < 2_000 {
        bits = bits.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        values.extend(Some(f64::from_bits(bits)).filter(|value| value.is_finite()));
    }
    assert_round_trip(&of(values.into_iter().enumerate().map(|(i, v)| (format!("k{i}"), Value::Float(v))).collect()));
    let whole = [0, -1, i128::from(i64::MIN), u64::MAX.into()];
    assert_round_trip(&of(whole.into_iter().map(|v| (format!("i{v}"), Value::Int(v))).collect()));
}

#[test]
fn random_texts_survive_yaml() {
    const ALPHABET: &[char] = &[
        'a', '1', ' ', '\n', '\t', '\r', ':', '#', '-', '\'', '"', '\\', '[', ']', '{', '}', ',', '&', '*', '!', '|',
        '>', '%', '@', '?', '.', '~', 'é', '\u{0}', '\u{85}', '\u{feff}', '\u{2029}', '🚀', '0', 'e', '+', '=', '<',
        '_',
    ];
    let mut state: u64 = 42;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as usize % below
    };
    let mut text = || (0..next(9)).map(|_| ALPHABET[next(ALPHABET.len())]).collect::<String>();
    for _ in 0..300 {
        let mut values: Vec<(String, Value)> = (0..8).map(|_| (text(), Value::Str(text()))).collect();
        values.sort_by(|a, b| a.0.cmp(&b.0));
        values.dedup_by(|a, b| a.0 == b.0);
        assert_round_trip(&of(values));
    }
}

#[test]
fn nested_documents_survive_yaml() {
    let mut document = Document::new();
    let nested = "a: &a {b: [], c: {}, d: [[1, [2]], {e: ~, f: [{g: 1}, {h: []}]}]}\ni: {<<: *a, j: true}\nk:\n";
    document.layer_text("user", nested).unwrap();
    document.set_all(["l.m.n=[{o: p}]", "q=''"]).unwrap();
    assert_round_trip(&document);
    assert_round_trip(&document.section("a"));
    assert_round_trip(&Document::new());
}

#[test]
fn yaml_is_written_for_people() {
    let mut document = Document::new();
    document.layer_text("user", "a: {b: 30, c: [1, 2.50], d: normal}\n").unwrap();
    assert_eq!(document.to_yaml(), "a:\n  b: 30\n  c:\n  - 1\n  - 2.5\n  d: normal\n");
    assert_eq!(Document::new().to_yaml(), "{}\n");
}

#[test]
fn the_deepest_document_survives_yaml() {
    let deepest = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
    let mut document = Document::new();
    document.layer_text("user", &format!("a: {}", deepest(31))).unwrap();
    assert_round_trip(&document);
    let path = vec!["p"; 16].join(".");
    document.set(&format!("{path}={}", deepest(16))).unwrap();
    assert_round_trip(&document);
    assert!(document.set(&format!("{path}={}", deepest(17))).is_err());
}
