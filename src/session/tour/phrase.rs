//! Words with numbers in them that are asked of the run when they are shown: `Zone A is at {t_zone_a_degc}`.

use crate::config::{Error, Result};

use super::super::view::RunView;
use super::player::Span;
use super::quantity::{Quantity, Tables};

/// Words and quantities, one after the other.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Phrase {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Words(String),
    Clock,
    Value(Quantity),
}

impl Phrase {
    /// Reads a text; `{{` and `}}` are braces.
    pub(super) fn read(text: &str, tables: &Tables<'_>) -> Result<Self> {
        let mut pieces = Vec::new();
        let mut words = String::new();
        let mut letters = text.trim().chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '{' | '}' if letters.peek() == Some(&letter) => {
                    letters.next();
                    words.push(letter);
                }
                '{' => {
                    let mut inner = String::new();
                    let closed = loop {
                        match letters.next() {
                            Some('}') => break true,
                            Some(letter) => inner.push(letter),
                            None => break false,
                        }
                    };
                    if !closed {
                        let what = format!("the brace before `{}` is not closed", shortened(&inner));
                        return Err(Error::invalid(tables.place.clone(), what, "Close it, or write {{ for a brace."));
                    }
                    if !words.is_empty() {
                        pieces.push(Piece::Words(std::mem::take(&mut words)));
                    }
                    pieces.push(match inner.trim() {
                        "clock" => Piece::Clock,
                        inner => Piece::Value(Quantity::read(inner, tables)?),
                    });
                }
                '}' => {
                    let what = "a brace is closed that was not opened".to_owned();
                    return Err(Error::invalid(tables.place.clone(), what, "Open it, or write }} for a brace."));
                }
                // A folded text keeps the breaks of its paragraphs.
                letter => words.push(letter),
            }
        }
        if !words.is_empty() {
            pieces.push(Piece::Words(words));
        }
        Ok(Self { pieces })
    }

    /// The words with the numbers of a run, over the ticks of a scene.
    pub fn words(&self, view: &RunView, span: Span) -> String {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Words(words) => out.push_str(words),
                Piece::Clock => out.push_str(&view.clock.strftime("%H:%M").to_string()),
                Piece::Value(quantity) => out.push_str(&quantity.words(view, span)),
            }
        }
        out
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(20).collect()
}
