//! `docs/questions.md` is checked, not trusted: every command on it runs, in its order and in one folder, and every line
//! that the page shows below a command stands in what the command says.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::Command;

const PAGE: &str = include_str!("../docs/questions.md");

/// A command of the page, with the lines that it shows below.
struct Shown {
    line: usize,
    command: String,
    output: Vec<String>,
}

/// The commands in blocks of ```` ```console ````: `$ ` begins one, `…` stands for lines that are left out.
fn shown() -> Vec<Shown> {
    let (mut all, mut inside): (Vec<Shown>, bool) = (Vec::new(), false);
    for (number, line) in PAGE.lines().enumerate() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if inside {
            match line.strip_prefix("$ ") {
                Some(command) => {
                    all.push(Shown { line: number + 1, command: command.to_owned(), output: Vec::new() });
                }
                None if line.trim() == "…" => {}
                None => all.last_mut().unwrap().output.push(line.to_owned()),
            }
        }
    }
    all
}

/// Words of a command, quotes kept together.
fn words(command: &str) -> Vec<String> {
    let (mut all, mut word, mut quoted, mut any) = (Vec::new(), String::new(), false, false);
    for letter in command.chars() {
        match letter {
            '"' | '\'' => (quoted, any) = (!quoted, true),
            ' ' if !quoted => {
                if any {
                    all.push(std::mem::take(&mut word));
                }
                any = false;
            }
            _ => {
                word.push(letter);
                any = true;
            }
        }
    }
    if any {
        all.push(word);
    }
    all
}

/// Words apart from their spacing, so that the width of a table's column does not matter.
fn bare(line: &str) -> String {
    line.replace(['\u{A0}', '\u{2009}'], " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn folder() -> PathBuf {
    let dir = std::env::temp_dir().join(format!("c2g-questions-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir).unwrap();
    dir
}

fn run(command: &str, at: &Path) -> String {
    let mut words = words(command).into_iter();
    assert_eq!(words.next().as_deref(), Some("c2g-twin"), "{command}");
    let out = Command::new(env!("CARGO_BIN_EXE_c2g-twin")).args(words).current_dir(at).output().unwrap();
    let [told, complained] = [&out.stdout, &out.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    assert!(out.status.success(), "{command}\n{told}\n{complained}");
    told
}

#[test]
fn every_command_says_what_the_page_shows() {
    let dir = folder();
    let all = shown();
    for one in &all {
        let told = run(&one.command, &dir);
        let lines: Vec<String> = told.lines().map(bare).collect();
        for line in &one.output {
            let wanted = bare(line);
            assert!(
                lines.iter().any(|l| l.contains(&wanted)),
                "docs/questions.md:{}: `{}` does not say\n  {wanted}\nbut\n{told}",
                one.line,
                one.command
            );
        }
    }
    assert!(all.iter().filter(|one| !one.output.is_empty()).count() >= 12, "each question is answered");
    let _ = std::fs::remove_dir_all(dir);
}

#[test]
fn the_page_answers_twelve_questions_and_says_where_in_the_window() {
    let sections: Vec<&str> = PAGE.split("\n## ").skip(1).collect();
    assert_eq!(sections.len(), 12);
    for section in sections {
        let title = section.lines().next().unwrap();
        assert!(title.ends_with('?'), "{title}");
        assert!(section.contains("```console"), "{title}: no command");
        assert!(section.contains("\n**Answer:** "), "{title}: no answer");
        assert!(section.contains("\n**In the window:** "), "{title}: nothing about the window");
    }
}
