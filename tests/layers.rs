//! The house rules of `src/`, read from the source itself: who may use whom, what a plant may not touch, how long a
//! file may be. Every path that names a room counts: in `use`, in code, in attributes and inside macros.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// Rooms, ground floor first. A room uses only rooms above it in this list.
const ROOMS: [&str; 13] = [
    "config", "signal", "noise", "trace", "plant", "control", "safety", "rollout", "record", "evaluate", "session",
    "app", "cli",
];

/// Longest file, lines.
const MOST_LINES: usize = 700;

/// What a part of the house must not name, and why.
struct Ban {
    /// Module that the ban holds for, with everything inside it.
    inside: &'static str,
    /// Paths that may not be named; a trailing `*` bans every first segment that begins so.
    names: &'static [&'static str],
    /// The reason, as it stands in the failure.
    why: &'static str,
}

const BANS: [Ban; 5] = [
    Ban {
        inside: "plant",
        names: &[
            "std::fs",
            "std::io",
            "std::net",
            "std::thread",
            "std::time",
            "std::env",
            "std::process",
            "core::time",
        ],
        why: "plants are pure computation: no I/O, threads or clocks",
    },
    Ban { inside: "app::panel", names: &["bevy*", "wgpu*", "winit*"], why: "panels draw with egui only" },
    Ban {
        inside: "app::panel",
        names: &["crate::app::shell", "crate::app::scene"],
        why: "panels do not know who shows them",
    },
    Ban { inside: "app::command", names: &["bevy*", "crate::app::shell"], why: "the command table knows no window" },
    Ban { inside: "app::scene", names: &["egui*", "bevy_egui"], why: "the scene draws with Bevy only" },
];

/// A path as it stands in the source.
#[derive(Debug)]
struct Named {
    segments: Vec<String>,
    /// Inline modules around it, outermost first.
    inline: Vec<String>,
    line: usize,
    /// `path::*`, or the path itself gets another name.
    opens: bool,
}

/// Collects every path of a file.
#[derive(Default)]
struct Paths {
    found: Vec<Named>,
    inline: Vec<String>,
    rules: Vec<(usize, String)>,
}

impl Paths {
    fn push(&mut self, segments: Vec<String>, line: usize, opens: bool) {
        self.found.push(Named { segments, inline: self.inline.clone(), line, opens });
    }

    fn use_tree(&mut self, tree: &syn::UseTree, before: &[String]) {
        let line = tree.span().start().line;
        let with = |name: &syn::Ident| {
            // `use a::{self}` names `a`; `use self::a` names `self::a`.
            let mut path = before.to_vec();
            if name != "self" || before.is_empty() {
                path.push(name.to_string());
            }
            path
        };
        match tree {
            syn::UseTree::Path(path) => self.use_tree(&path.tree, &with(&path.ident)),
            syn::UseTree::Name(name) => self.push(with(&name.ident), line, false),
            syn::UseTree::Rename(name) => self.push(with(&name.ident), line, true),
            syn::UseTree::Glob(_) => self.push(before.to_vec(), line, true),
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.use_tree(tree, before)),
        }
    }

    /// Finds paths in tokens that `syn` leaves alone: bodies of macros and arguments of attributes.
    fn tokens(&mut self, stream: TokenStream) {
        let tokens: Vec<TokenTree> = stream.into_iter().collect();
        let mut i = 0;
        while let Some(token) = tokens.get(i) {
            match token {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Ident(first) => {
                    let line = first.span().start().line;
                    let mut segments = vec![first.to_string()];
                    while joins(&tokens, i + 1) {
                        match tokens.get(i + 3) {
                            Some(TokenTree::Ident(next)) => segments.push(next.to_string()),
                            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                                if let Ok(tree) = syn::parse2::<syn::UseTree>(TokenTree::Group(group.clone()).into()) {
                                    self.use_tree(&tree, &segments);
                                }
                                break;
                            }
                            _ => break,
                        }
                        i += 3;
                    }
                    self.push(segments, line, false);
                }
                TokenTree::Literal(literal) => self.literal(&literal.to_string(), literal.span().start().line),
                TokenTree::Punct(_) => {}
            }
            i += 1;
        }
    }

    /// `#[serde(with = "crate::room::x")]` names a path in a text.
    fn literal(&mut self, text: &str, line: usize) {
        let inner = text.trim_matches('"');
        if (inner.starts_with("crate::") || inner.starts_with("super::"))
            && let Ok(path) = syn::parse_str::<syn::Path>(inner)
        {
            self.push(path.segments.iter().map(|s| s.ident.to_string()).collect(), line, false);
        }
    }
}

/// Whether `::` stands at `at`.
fn joins(tokens: &[TokenTree], at: usize) -> bool {
    matches!((tokens.get(at), tokens.get(at + 1)), (Some(TokenTree::Punct(a)), Some(TokenTree::Punct(b)))
        if a.as_char() == ':' && a.spacing() == Spacing::Joint && b.as_char() == ':')
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments = path.segments.iter().map(|s| s.ident.to_string()).collect();
        self.push(segments, path.span().start().line, false);
        visit::visit_path(self, path);
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.use_tree(&item.tree, &[]);
        item.attrs.iter().for_each(|a| self.visit_attribute(a));
    }

    fn visit_item_extern_crate(&mut self, item: &'ast syn::ItemExternCrate) {
        self.push(vec![item.ident.to_string()], item.span().start().line, false);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if item.attrs.iter().any(|a| a.path().is_ident("path")) {
            self.rules.push((item.span().start().line, "`#[path]` hides where a module stands".to_owned()));
        }
        self.inline.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.inline.pop();
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        if call.path.is_ident("include") {
            self.rules.push((call.span().start().line, "`include!` hides where code stands".to_owned()));
        }
        self.tokens(call.tokens.clone());
        visit::visit_macro(self, call);
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        match &attribute.meta {
            // Doc comments may link anywhere.
            meta if meta.path().is_ident("doc") => {}
            syn::Meta::List(list) => self.tokens(list.tokens.clone()),
            syn::Meta::NameValue(pair) => self.visit_expr(&pair.value),
            syn::Meta::Path(path) => self.visit_path(path),
        }
    }
}

/// The module that a file below `src/` is: `plant/c2g/mod.rs` is `plant::c2g`, `lib.rs` and `main.rs` are the root.
fn module_of(file: &str) -> Vec<String> {
    let mut parts: Vec<String> = file.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if parts.last().is_some_and(|last| last == "mod" || (parts.len() == 1 && (last == "lib" || last == "main"))) {
        parts.pop();
    }
    parts
}

/// Writes a path from the root (`crate::room::x`), or as it stands when it leads out of the crate.
fn from_root(named: &Named, module: &[String]) -> Vec<String> {
    let mut here: Vec<&str> = module.iter().chain(&named.inline).map(String::as_str).collect();
    let mut rest = named.segments.iter().map(String::as_str).peekable();
    match rest.peek().copied() {
        Some("crate" | "c2g_twin") => {
            rest.next();
            here.clear();
        }
        Some("self" | "super") => {
            while let Some(step) = rest.next_if(|s| *s == "self" || *s == "super") {
                if step == "super" {
                    here.pop();
                }
            }
        }
        // The root file names rooms without a prefix.
        Some(first) if here.is_empty() && ROOMS.contains(&first) => {}
        _ => return named.segments.clone(),
    }
    std::iter::once("crate").chain(here).chain(rest).map(str::to_owned).collect()
}

/// What a path in one place breaks, if anything.
fn verdict(named: &Named, module: &[String], file: &str) -> Option<String> {
    let path = from_root(named, module);
    let text = path.join("::");
    if let [root, inner @ ..] = path.as_slice()
        && root == "crate"
        && file != "lib.rs"
    {
        let own = module.first().map(String::as_str);
        match inner.first().map(String::as_str) {
            None if named.opens => return Some("opens the whole house under another name".to_owned()),
            None => {}
            Some(other) if Some(other) == own => {}
            Some(other) => {
                let Some(theirs) = ROOMS.iter().position(|r| *r == other) else {
                    return Some(format!("`{text}` goes around the rooms: name the room it lives in"));
                };
                let ours = own.and_then(|own| ROOMS.iter().position(|r| *r == own)).unwrap_or(ROOMS.len());
                if theirs >= ours {
                    return Some(format!("room `{}` may not use `{other}` (`{text}`)", own.unwrap_or("main")));
                }
            }
        }
    }
    let place = module.join("::");
    let inside = |room: &str| place == room || place.starts_with(&format!("{room}::"));
    let hit = |name: &str| match name.strip_suffix('*') {
        Some(start) => path.first().is_some_and(|first| first.starts_with(start)),
        None => text == name || text.starts_with(&format!("{name}::")),
    };
    BANS.iter()
        .filter(|ban| inside(ban.inside))
        .find(|ban| ban.names.iter().any(|name| hit(name)))
        .map(|ban| format!("`{}` may not name `{text}`: {}", ban.inside, ban.why))
}

/// Everything that is wrong with one file, as `file:line: what`.
fn check(file: &str, source: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let module = module_of(file);
    if let Some(room) = module.first()
        && !ROOMS.contains(&room.as_str())
    {
        wrong.push(format!("{file}:1: `{room}` is no room of this house"));
    }
    if !source.starts_with("//!") {
        wrong.push(format!("{file}:1: a file begins with `//!` and what it is for"));
    }
    let lines = source.lines().count();
    if lines > MOST_LINES {
        wrong.push(format!("{file}:{lines}: longer than {MOST_LINES} lines: split it"));
    }
    let parsed = match syn::parse_file(source) {
        Ok(parsed) => parsed,
        Err(error) => {
            wrong.push(format!("{file}:{}: does not parse: {error}", error.span().start().line));
            return wrong;
        }
    };
    let mut paths = Paths::default();
    paths.visit_file(&parsed);
    wrong.extend(paths.rules.iter().map(|(line, what)| format!("{file}:{line}: {what}")));
    for named in &paths.found {
        if let Some(what) = verdict(named, &module, file) {
            wrong.push(format!("{file}:{}: {what}", named.line));
        }
    }
    wrong.dedup();
    wrong
}

/// All Rust files below a folder, with `/` between the parts of their names.
fn rust_files(root: &Path) -> Vec<(String, PathBuf)> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let parts = path.strip_prefix(root).unwrap().components();
                let name = parts.map(|c| c.as_os_str().to_string_lossy().into_owned()).collect::<Vec<_>>().join("/");
                files.push((name, path));
            }
        }
    }
    files.sort();
    files
}

#[test]
fn the_house_keeps_its_rules() {
    let files = rust_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    assert!(files.len() > 50, "only {} files found", files.len());
    let wrong: Vec<String> =
        files.iter().flat_map(|(name, path)| check(name, &fs::read_to_string(path).unwrap())).collect();
    assert!(wrong.is_empty(), "{} breaches:\n  src/{}", wrong.len(), wrong.join("\n  src/"));
}

/// `./test` links only those tests with the window that need it; one that asks for a feature and is not named there would
/// never be run.
#[test]
fn every_test_that_needs_a_feature_is_run_with_the_window() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let script = fs::read_to_string(root.join("test")).unwrap();
    let named: Vec<&str> = script.split("--test ").skip(1).filter_map(|rest| rest.split_whitespace().next()).collect();
    let asks = |text: &str| {
        ["app", "onnx", "window-tests"].iter().any(|feature| text.contains(&format!("feature = \"{feature}\"")))
    };
    let mut needed: Vec<String> = rust_files(&root.join("tests"))
        .into_iter()
        .filter(|(name, path)| name != "layers.rs" && asks(&fs::read_to_string(path).unwrap()))
        .map(|(name, _)| name.split(['/', '.']).next().unwrap_or_default().to_owned())
        .collect();
    needed.dedup();
    assert!(needed.len() > 4, "only {needed:?} ask for a feature");
    for test in needed {
        assert!(named.contains(&test.as_str()), "./test does not run tests/{test} with the window: it names {named:?}");
    }
}

/// Checks a snippet as if it stood in `file`, and returns the lines that were found fault with.
fn breaches(file: &str, source: &str) -> Vec<usize> {
    let found = check(file, &format!("//! Doc.\n{source}"));
    found.iter().map(|text| text.split(':').nth(1).unwrap().parse().unwrap()).collect()
}

#[test]
fn a_room_uses_rooms_above_it_only() {
    assert_eq!(breaches("plant/mod.rs", "use crate::signal::Signal;\nuse crate::session::Session;"), [3]);
    assert_eq!(breaches("config/mod.rs", "fn f() { crate::plant::build(); }"), [2]);
    assert_eq!(breaches("config/mod.rs", "fn f(x: &crate::cli::Args) {}"), [2]);
    assert_eq!(breaches("cli/run.rs", "use crate::{config, session, app::shell};"), []);
    assert_eq!(breaches("app/shell/mod.rs", "use crate::cli::window;"), [2]);
    assert_eq!(breaches("main.rs", "fn main() { c2g_twin::cli::main() }"), []);
    assert_eq!(breaches("lib.rs", "pub mod config;\npub mod cli;"), []);
    assert_eq!(breaches("kitchen/mod.rs", ""), [1]);
}

#[test]
fn groups_globs_and_other_names_are_seen_through() {
    assert_eq!(breaches("plant/mod.rs", "use crate::{\n    config::{self, Error},\n    app,\n};"), [4]);
    assert_eq!(breaches("plant/mod.rs", "use crate as house;"), [2]);
    assert_eq!(breaches("plant/mod.rs", "use super::*;"), [2]);
    assert_eq!(breaches("plant/c2g/mod.rs", "use super::*;"), []);
    assert_eq!(breaches("plant/mod.rs", "use crate::Session;"), [2], "a re-export at the root hides the room");
}

#[test]
fn super_climbs_out_of_inline_modules_and_rooms() {
    assert_eq!(breaches("plant/c2g/bess.rs", "use super::super::super::session::Session;"), [2]);
    assert_eq!(breaches("plant/c2g/bess.rs", "use super::super::session::X;"), [], "plant::session is not the room");
    assert_eq!(breaches("plant/mod.rs", "mod tests {\n use super::super::session::X;\n}"), [3]);
    assert_eq!(breaches("plant/mod.rs", "mod tests {\n use super::session::X;\n}"), []);
    assert_eq!(breaches("plant/mod.rs", "fn f() { self::super::app::run() }"), [2]);
}

#[test]
fn macros_and_attributes_are_read() {
    assert_eq!(breaches("plant/mod.rs", "fn f() { assert_eq!(1, crate::app::one()); }"), [2]);
    assert_eq!(breaches("plant/mod.rs", "macro_rules! m { () => { $crate::cli::run() } }"), [2]);
    assert_eq!(breaches("plant/mod.rs", "macro_rules! m { () => { use crate::{config::A, cli::B}; } }"), [2]);
    assert_eq!(breaches("plant/mod.rs", "#[serde(with = \"crate::record::text\")]\nstruct S;"), [2]);
    assert_eq!(breaches("plant/mod.rs", "/// See [`crate::cli`].\nstruct S;"), [], "docs may link anywhere");
    assert_eq!(breaches("plant/mod.rs", "fn f() { println!(\"crate::cli is a word\") }"), []);
}

#[test]
fn bans_hold_where_they_are_said_and_only_there() {
    assert_eq!(breaches("plant/c2g/mod.rs", "use std::{fmt, fs};\nfn f() { std::thread::yield_now() }"), [2, 3]);
    assert_eq!(breaches("record/mod.rs", "use std::fs::File;"), []);
    assert_eq!(breaches("app/panel/mod.rs", "use bevy_egui::egui;\nuse egui::Ui;"), [2]);
    assert_eq!(breaches("app/panel/lever.rs", "fn f(v: bevy::math::Vec2) {}"), [2]);
    assert_eq!(breaches("app/panel/lever.rs", "use crate::app::shell::run;"), [2]);
    assert_eq!(breaches("app/panels.rs", "use bevy::prelude::*;"), [], "another module with a similar name");
    assert_eq!(breaches("app/scene/mod.rs", "use bevy::prelude::*;\nuse egui::Color32;"), [3]);
}

#[test]
fn long_and_unexplained_files_are_found() {
    assert!(check("plant/x.rs", "fn f() {}").iter().any(|w| w.contains("begins with")));
    let long = format!("//! Doc.\n{}", "// Line.\n".repeat(MOST_LINES));
    assert!(check("plant/x.rs", &long).iter().any(|w| w.contains("longer than")));
    assert!(check("plant/x.rs", "//! Doc.\nfn {").iter().any(|w| w.contains("does not parse")));
    assert_eq!(breaches("plant/mod.rs", "#[path = \"far.rs\"]\nmod near;").len(), 1);
}
