//! Room that a pyramid takes, which of its rows are gone, and how chunks lose their values and get them back.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use crate::record::chunk::{CHUNK_ROWS, Chunk, QUARTER_ROWS};

use super::{FAN, Node, Part, Pyramid, Tables, Told};

impl Pyramid {
    /// Room that it takes, bytes.
    pub fn bytes(&self) -> u64 {
        self.levels.iter().flatten().map(Part::bytes).sum()
    }

    /// Counts chunks that lost their values or got them back.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Whether any row is gone.
    pub fn lacks(&self) -> bool {
        self.levels.iter().flatten().any(|part| part.gone() > 0)
    }

    /// Rows of `from..to` that are gone, in whole stretches, oldest first.
    pub fn missing(&self, from: usize, to: usize) -> Vec<Range<usize>> {
        let mut all: Vec<Range<usize>> = Vec::new();
        let within = |begin: usize, part: &Part| part.gone() > 0 && begin < to && begin + part.rows() > from;
        self.walk(&within, &mut |index, _| {
            let begin = index * CHUNK_ROWS;
            let (begin, end) = (begin.max(from), (begin + CHUNK_ROWS).min(to));
            match all.last_mut() {
                Some(last) if last.end == begin => last.end = end,
                _ => all.push(begin..end),
            }
        });
        all
    }

    /// Chunks that have their values, by number, oldest first.
    pub fn present(&self) -> Vec<(usize, Arc<Chunk>)> {
        let mut all = Vec::new();
        let any = |_: usize, part: &Part| part.gone() * CHUNK_ROWS < part.rows();
        self.walk(&any, &mut |index, chunk| {
            if !chunk.is_gone() {
                all.push((index, Arc::clone(chunk)));
            }
        });
        all
    }

    /// Hands on the chunks of all parts that are wanted, told by first row.
    fn walk<'a>(&'a self, wanted: &impl Fn(usize, &Part) -> bool, take: &mut impl FnMut(usize, &'a Arc<Chunk>)) {
        for (begin, scale, parts) in self.lists() {
            for (index, part) in parts.iter().enumerate() {
                part.walk(begin + index * scale.rows(), wanted, take);
            }
        }
    }

    /// Adds up the room of what is not in `seen` yet: several pyramids share what they have in common.
    pub fn weigh(&self, seen: &mut HashSet<usize>) -> u64 {
        self.levels.iter().flatten().map(|part| part.weigh(seen)).sum()
    }

    /// The chunk of this number.
    pub fn chunk_at(&self, index: usize) -> Option<&Chunk> {
        self.chunk(index * CHUNK_ROWS).map(|(chunk, _)| chunk)
    }

    /// Puts another chunk in the place of one: the same rows, with or without values. Pictures keep the one they have.
    pub fn replace(&mut self, index: usize, chunk: Arc<Chunk>) {
        let row = index * CHUNK_ROWS;
        let place = self.lists().find_map(|(begin, scale, parts)| {
            let (index, row) = scale.split(row.checked_sub(begin)?);
            (index < parts.len()).then_some((scale, index, row))
        });
        let Some((scale, index, row)) = place else { return };
        let part = self.levels.get_mut(scale.height()).and_then(|parts| parts.get_mut(index));
        if let Some(part) = part {
            part.replace(row, chunk);
            self.changes += 1;
        }
    }
}

impl Part {
    /// Number of rows.
    fn rows(&self) -> usize {
        match self {
            Self::Chunk(_) => CHUNK_ROWS,
            Self::Node(node) => node.scale.rows() * FAN,
        }
    }

    /// Room that it takes, bytes.
    pub(super) fn bytes(&self) -> u64 {
        match self {
            Self::Chunk(chunk) => chunk.bytes(),
            Self::Node(node) => node.parts_bytes + node.own_bytes() + node.tables.bytes(),
        }
    }

    /// Chunks in it that lost their values.
    pub(super) fn gone(&self) -> usize {
        match self {
            Self::Chunk(chunk) => usize::from(chunk.is_gone()),
            Self::Node(node) => node.gone,
        }
    }

    fn walk<'a>(
        &'a self,
        begin: usize,
        wanted: &impl Fn(usize, &Self) -> bool,
        take: &mut impl FnMut(usize, &'a Arc<Chunk>),
    ) {
        if !wanted(begin, self) {
            return;
        }
        match self {
            Self::Chunk(chunk) => take(begin / CHUNK_ROWS, chunk),
            Self::Node(node) => {
                for (index, part) in node.parts.iter().enumerate() {
                    part.walk(begin + index * node.scale.rows(), wanted, take);
                }
            }
        }
    }

    fn weigh(&self, seen: &mut HashSet<usize>) -> u64 {
        match self {
            Self::Chunk(chunk) => {
                let new = seen.insert(Arc::as_ptr(chunk).addr());
                if new { chunk.bytes() } else { 0 }
            }
            Self::Node(node) => {
                // Who shares the node shares all below it.
                if !seen.insert(Arc::as_ptr(node).addr()) {
                    return 0;
                }
                let tables = if seen.insert(Arc::as_ptr(&node.tables).addr()) { node.tables.bytes() } else { 0 };
                node.own_bytes() + tables + node.parts.iter().map(|part| part.weigh(seen)).sum::<u64>()
            }
        }
    }

    fn replace(&mut self, row: usize, chunk: Arc<Chunk>) {
        match self {
            Self::Chunk(place) => *place = chunk,
            Self::Node(node) => {
                // Whoever shares the node keeps it as it is.
                let node = Arc::make_mut(node);
                let (index, row) = node.scale.split(row);
                if let Some(part) = node.parts.get_mut(index) {
                    let (gone, bytes) = (part.gone(), part.bytes());
                    part.replace(row, chunk);
                    node.gone = node.gone + part.gone() - gone;
                    node.parts_bytes = node.parts_bytes + part.bytes() - bytes;
                }
            }
        }
    }
}

impl Node {
    fn own_bytes(&self) -> u64 {
        (size_of::<Self>() + self.parts.capacity() * size_of::<Part>()) as u64
    }
}

impl Tables {
    fn bytes(&self) -> u64 {
        let told = self.parts_told.iter().flatten().count() * size_of::<Told<FAN>>();
        let lists = size_of_val(self.told.as_slice()) + size_of_val(self.parts_told.as_slice());
        (size_of::<Self>() + lists + told) as u64
    }
}

/// Whether stretches of so many rows are told without their rows.
pub(in crate::record) fn is_told(length: u64) -> bool {
    length.is_multiple_of(QUARTER_ROWS as u64)
}
