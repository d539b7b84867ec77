//! What the reader takes and refuses, with positions.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use super::{MAX_DOCUMENT_BYTES, Source, excerpt};
use crate::config::{Error, Node, Place, Value};

fn read(text: &str) -> Node {
    Source::document("t", text).read().unwrap_or_else(|error| panic!("{}", error.report()))
}

fn refused(text: &str) -> Error {
    Source::document("t", text).read().unwrap_err()
}

/// The error message for `text`, place first.
fn message(text: &str) -> String {
    refused(text).to_string()
}

fn at(line: u64, column: u64) -> Place {
    Place::source("t").at_line(line).at_column(column)
}

fn value(text: &str) -> Value {
    read(&format!("x: {text}\n")).child("x").unwrap().value.clone()
}

#[test]
fn scalars_follow_yaml_1_2() {
    for (text, expected) in [
        ("34", Value::Int(34)),
        ("-7", Value::Int(-7)),
        ("0x1F", Value::Int(31)),
        ("250_000", Value::Int(250_000)),
        ("18446744073709551615", Value::Int(u64::MAX.into())),
        ("34.0", Value::Float(34.0)),
        ("-1.5e-3", Value::Float(-0.0015)),
        ("1e3", Value::Float(1000.0)),
        (".5", Value::Float(0.5)),
        ("true", Value::Bool(true)),
        ("null", Value::Null),
        ("~", Value::Null),
        ("", Value::Null),
    ] {
        assert_eq!(value(text), expected, "{text}");
    }
    for text in ["yes", "no", "on", "off", "007", "07-01", "12:30", "2024-01-01", "nan", "inf", "1.2.3"] {
        assert_eq!(value(text), Value::Str(text.to_owned()));
    }
}

#[test]
fn quoted_and_tagged_scalars_are_texts() {
    for text in ["'34'", "\"34\"", "!!str 34"] {
        assert_eq!(value(text), Value::Str("34".to_owned()), "{text}");
    }
    assert_eq!(value("\"true\""), Value::Str("true".to_owned()));
    assert_eq!(value("|\n  a\n  b\n"), Value::Str("a\nb\n".to_owned()));
    assert_eq!(value("''"), Value::Str(String::new()));
}

#[test]
fn every_node_knows_its_place() {
    let tree = read("a: 1\nb:\n  c: 2.5\n  d: [1, two]\n  \"ü\": {e: ~}\n");
    let Value::Map(entries) = &tree.value else { panic!("not a map") };
    assert_eq!(entries[1].0.place, at(2, 1));
    let b = &entries[1].1;
    assert_eq!(b.place, at(3, 3));
    let Value::Map(entries) = &b.value else { panic!("not a map") };
    assert_eq!((&entries[0].0.place, &entries[0].1.place), (&at(3, 3), &at(3, 6)));
    assert_eq!(entries[1].1.place, at(4, 6));
    assert_eq!(entries[1].1.child("1").unwrap().place, at(4, 10));
    assert_eq!(entries[2].1.child("e").unwrap().place, at(5, 12), "columns count characters");
}

#[test]
fn byte_order_mark_and_carriage_returns_do_not_shift_places() {
    let tree = read("\u{feff}a: 1\r\nb:\r\n  c: two\r\n");
    assert_eq!(tree, read("a: 1\nb:\n  c: two\n"));
    assert_eq!(tree.child("b").unwrap().child("c").unwrap().place, at(3, 6));
    assert_eq!(message("\u{feff}a: 1\r\na: 2\r\n"), "t:2:1: the key `a` stands here a second time");
}

#[test]
fn tabs_are_fine_between_but_not_before() {
    assert_eq!(read("a:\t1\t# one\n"), read("a: 1\n"));
    let error = refused("a:\n\tb: 1\n");
    assert!(error.to_string().starts_with("t:2:2: tabs "), "{error}");
    assert_eq!(error.cure(), "Indent with spaces; YAML does not allow tabs there.");
    assert_eq!(error.snippet(), Some("1 | a:\n2 |  b: 1\n  |  ^\n"));
}

#[test]
fn duplicate_keys_are_refused_at_the_second() {
    let error = refused("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n");
    assert_eq!(error.to_string(), "t:5:3: the key `c` stands here a second time");
    assert_eq!(error.cure(), "Keep one of the two lines and remove the other.");
    assert_eq!(error.snippet(), Some("3 |   c: 1\n4 |   d: 2\n5 |   c: 3\n  |   ^\n"));
    assert_eq!(message("{a: 1, a: 1}"), "t:1:8: the key `a` stands here a second time");
    assert_eq!(message("1: a\n'1': b\n"), "t:2:1: the key `1` stands here a second time");
}

#[test]
fn anchors_and_merge_keys_keep_the_place_of_the_definition() {
    let tree = read("base: &b\n  x: 1\n  y: 2\none:\n  <<: *b\n  x: 5\ntwo: *b\n");
    let one = tree.child("one").unwrap();
    assert_eq!(*one, read("x: 5\ny: 2\n"));
    assert_eq!(one.child("y").unwrap().place, at(3, 6));
    assert_eq!(one.child("x").unwrap().place, at(6, 6));
    assert_eq!(tree.child("two"), tree.child("base"));
    assert_eq!(message("<<: 1\n"), "t:1:5: YAML merge value must be mapping or sequence of mappings");
    assert_eq!(message("a: *b\n"), "t:1:4: this alias has no anchor");
    assert_eq!(message("a: &a [*a]\n"), "t:1:8: this alias stands inside its own anchor");
}

#[test]
fn numbers_that_are_not_finite_are_refused() {
    for text in [".inf", "-.inf", ".nan", "1e999"] {
        let error = refused(&format!("a:\n  b: {text}\n"));
        assert_eq!(error.to_string(), format!("t:2:6: expected a finite number, found `{text}`"));
        assert!(matches!(error, Error::Invalid { .. }));
    }
    assert_eq!(value("'.inf'"), Value::Str(".inf".to_owned()));
}

#[test]
fn other_faults_are_told_in_plain_words() {
    assert_eq!(message("a: 1\n---\nb: 2\n"), "t:3:1: a second document begins here");
    assert_eq!(message("a: !speed 5\n"), "t:1:11: unsupported tag `!speed`");
    assert_eq!(message("null: 5\n"), "t:1:1: expected a key, found nothing");
    assert_eq!(message("a: b: c\n"), "t:1:5: mapping values are not allowed in this context");
    assert_eq!(message("a: \"x\nb: 1\n"), "t:2:1: invalid indentation in multiline quoted scalar");
    assert!(message("a: [1, 2\nb: 3\n").starts_with("t:2:2: "));
    assert!(message("a: 1\n\u{0}").starts_with("t:2:1: unexpected character"));
    assert!(message("a: \u{7}\n").chars().all(|c| !c.is_control()));
    assert_eq!(message("[a]: 1\n"), "t:1:1: expected a key, found a list or a map");
    assert_eq!(message("a: !!int x\n"), "t:1:10: this value does not fit its tag");
    for text in ["a: b: c\n", "a: !speed 5\n", "[a]: 1\n"] {
        assert!(!refused(text).cure().is_empty());
    }
    let long = format!("{}: 1\n", "k".repeat(129));
    assert_eq!(message(&long), format!("t:1:1: the key `{}…` is longer than 128 bytes", "k".repeat(40)));
}

#[test]
fn hostile_documents_are_refused() {
    let mut laughs = "a: &a [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (name, before) in ('b'..='k').zip('a'..) {
        laughs += &format!("{name}: &{name} [{}]\n", vec![format!("*{before}"); 10].join(", "));
    }
    let merges = (1..40).fold("m0: &m0 {x: 1}\n".to_owned(), |text, i| {
        text + &format!("m{i}: &m{i} {{<<: [*m{0}, *m{0}], k{i}: {{<<: *m{0}}}}}\n", i - 1)
    });
    let fat = format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), vec!["*a"; 90].join(", "));
    let wide = "- 1\n".repeat(200_000);
    let brackets = "[".repeat(100_000);
    let braces = "{a: ".repeat(100_000);
    let deep: String = (0..500).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    for text in [laughs, merges, fat, wide, brackets, braces, deep] {
        let error = refused(&text);
        let head: String = text.chars().take(30).collect();
        assert!(matches!(error, Error::Syntax { .. }), "{head}: {error}");
        assert!(error.report().len() < 2_000, "{head}");
    }
}

#[test]
fn a_huge_text_is_refused_before_it_is_parsed() {
    let text = "#".repeat(MAX_DOCUMENT_BYTES + 1);
    assert_eq!(message(&text), "t: the document is larger than 4 MiB");
    assert!(Source::document("t", &text[1..]).read().unwrap().is_blank());
}

#[test]
fn an_excerpt_is_cropped_around_the_column() {
    let text = format!("short\n{}X{}\nafter", "a".repeat(500), "b".repeat(500));
    let shown = excerpt(&text, 2, 501);
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(lines.iter().all(|line| line.chars().count() <= 100), "{shown}");
    let caret = lines[2].chars().position(|c| c == '^').unwrap();
    assert_eq!(lines[1].chars().nth(caret), Some('X'));
    assert_eq!(excerpt(&text, 0, 0), "");
    assert_eq!(excerpt(&text, 9, 1), "");
    assert_eq!(excerpt("a: 'x\n", 2, 1), "1 | a: 'x\n2 | \n  | ^\n", "the end counts as a line");
    assert_eq!(excerpt("\u{feff}a\rb", 2, 1), "1 | a\n2 | b\n  | ^\n");
}
