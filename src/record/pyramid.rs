//! Sealed chunks, and above them what every sixteen of them come to.
//!
//! The pyramid is built while chunks arrive: the sixteenth chunk closes a node, the sixteenth node the node above it.
//! Chunks and nodes are shared and never change, so a picture of the pyramid is a copy of the few that no node holds
//! yet: fewer than sixteen on each level, however long the run is.

use std::sync::Arc;

use super::chunk::{CHUNK_ROWS, Chunk};
use super::digest::{Digest, Lanes, Span};

/// Sealed chunks in the order in which they came.
#[derive(Debug, Clone, Default)]
pub(super) struct Pyramid {
    /// By height: what no node above holds yet, oldest first. What stands higher is older.
    levels: Vec<Vec<Part>>,
}

/// A chunk, or many of them.
#[derive(Debug, Clone)]
enum Part {
    Chunk(Arc<Chunk>),
    Node(Arc<Node>),
}

/// Sixteen neighbours of one level.
#[derive(Debug)]
struct Node {
    parts: Vec<Part>,
    /// Rows of each part.
    rows_each: usize,
    /// By column: what each part comes to.
    lanes: Vec<Lanes>,
}

/// Rows that are answered for at once.
enum Piece<'a> {
    /// Neighbours `from..to`, told by what they come to.
    Told(&'a Lanes, usize, usize),
    /// Rows `from..to` of a chunk.
    Rows(&'a Chunk, usize, usize),
}

/// Rows of a part that stands so high.
fn rows_at(height: usize) -> usize {
    CHUNK_ROWS * Lanes::WIDTH.pow(height as u32)
}

impl Pyramid {
    /// Takes in a sealed chunk.
    pub fn push(&mut self, chunk: Chunk) {
        let mut part = Part::Chunk(Arc::new(chunk));
        let mut height = 0;
        loop {
            if self.levels.len() == height {
                self.levels.push(Vec::with_capacity(Lanes::WIDTH));
            }
            let Some(level) = self.levels.get_mut(height) else { return };
            level.push(part);
            if level.len() < Lanes::WIDTH {
                return;
            }
            part = Part::Node(Arc::new(Node::of(level.drain(..).collect(), rows_at(height))));
            height += 1;
        }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.lists().map(|(_, rows_each, parts)| rows_each * parts.len()).sum()
    }

    /// What stands on each level, oldest first: first row, rows of each part, parts.
    fn lists(&self) -> impl Iterator<Item = (usize, usize, &[Part])> {
        let mut next = 0;
        self.levels.iter().enumerate().rev().map(move |(height, parts)| {
            let (begin, rows_each) = (next, rows_at(height));
            next += parts.len() * rows_each;
            (begin, rows_each, parts.as_slice())
        })
    }

    /// The part that stands highest above a row, and which row of it that is.
    fn part(&self, row: usize) -> Option<(&Part, usize)> {
        self.lists().find_map(|(begin, rows_each, parts)| {
            let row = row - begin;
            Some((parts.get(row / rows_each)?, row % rows_each))
        })
    }

    /// The chunk of a row, and which of its rows that is.
    pub fn chunk(&self, row: usize) -> Option<(&Chunk, usize)> {
        let (mut part, mut row) = self.part(row)?;
        loop {
            match part {
                Part::Chunk(chunk) => return Some((chunk, row)),
                Part::Node(node) => (part, row) = (node.parts.get(row / node.rows_each)?, row % node.rows_each),
            }
        }
    }

    /// One value; NaN outside.
    pub fn value(&self, row: usize, column: usize) -> f64 {
        self.part(row).map_or(f64::NAN, |(part, row)| part.value(row, column))
    }

    /// Extremes of a column over rows `from..to`.
    pub fn span(&self, column: usize, from: usize, to: usize) -> Span {
        let mut span = Span::NOTHING;
        self.cover(column, from, to, &mut |piece| match piece {
            Piece::Told(lanes, from, to) => span.join(lanes.span(from, to)),
            Piece::Rows(chunk, from, to) => span.join(chunk.span(column, from, to)),
        });
        span
    }

    /// Sum of a column over rows `from..to`, oldest first.
    pub fn sum(&self, column: usize, from: usize, to: usize) -> f64 {
        let mut sum = 0.0;
        self.cover(column, from, to, &mut |piece| match piece {
            Piece::Told(lanes, from, to) => sum += lanes.sum(from, to),
            Piece::Rows(chunk, from, to) => sum += chunk.sum(column, from, to),
        });
        sum
    }

    /// Hands on rows `from..to` in as few pieces as there are, oldest first.
    fn cover<'a>(&'a self, column: usize, from: usize, to: usize, take: &mut impl FnMut(Piece<'a>)) {
        for (begin, rows_each, parts) in self.lists() {
            let (from, to) = (from.max(begin) - begin, to.max(begin) - begin);
            for (k, part) in parts.iter().enumerate().skip(from / rows_each).take_while(|(k, _)| k * rows_each < to) {
                let begin = k * rows_each;
                part.cover(column, from.max(begin) - begin, (to - begin).min(rows_each), take);
            }
        }
    }

    /// Forgets the chunk that holds a row and all that came later; returns that chunk.
    pub fn cut(&mut self, row: usize) -> Option<Chunk> {
        let cut = self.chunk(row)?.0.clone();
        let (rows, mut left) = (row / CHUNK_ROWS * CHUNK_ROWS, self.rows());
        while left > rows {
            // What stands lowest came last.
            let lowest = self.levels.iter_mut().enumerate().find(|(_, parts)| !parts.is_empty());
            let Some((height, part)) = lowest.and_then(|(h, parts)| Some((h, parts.pop()?))) else { break };
            left -= rows_at(height);
            // A node that is cut comes apart on the level below, which is empty.
            if let (Part::Node(node), Some(below)) = (part, height.checked_sub(1))
                && left < rows
                && let Some(level) = self.levels.get_mut(below)
            {
                level.extend_from_slice(&node.parts);
                left += rows_at(height);
            }
        }
        Some(cut)
    }
}

impl Part {
    fn value(&self, row: usize, column: usize) -> f64 {
        match self {
            Self::Chunk(chunk) => chunk.value(row, column),
            Self::Node(node) => node.value(row, column),
        }
    }

    fn columns(&self) -> usize {
        match self {
            Self::Chunk(chunk) => chunk.columns(),
            Self::Node(node) => node.lanes.len(),
        }
    }

    fn digest(&self, column: usize) -> Option<Digest> {
        match self {
            Self::Chunk(chunk) => Some(chunk.digest(column)),
            Self::Node(node) => node.lanes.get(column).map(Lanes::digest),
        }
    }

    fn cover<'a>(&'a self, column: usize, from: usize, to: usize, take: &mut impl FnMut(Piece<'a>)) {
        match self {
            Self::Chunk(chunk) => take(Piece::Rows(chunk, from, to)),
            Self::Node(node) => node.cover(column, from, to, take),
        }
    }
}

impl Node {
    fn of(parts: Vec<Part>, rows_each: usize) -> Self {
        let columns = parts.first().map_or(0, Part::columns);
        let lanes = (0..columns).map(|c| Lanes::of(parts.iter().filter_map(|part| part.digest(c)))).collect();
        Self { parts, rows_each, lanes }
    }

    fn value(&self, row: usize, column: usize) -> f64 {
        let (index, row) = (row / self.rows_each, row % self.rows_each);
        // A chart whose stretches are whole chunks asks for these two only and never touches a chunk.
        if row == 0 {
            return self.lanes.get(column).map_or(f64::NAN, |lanes| lanes.first(index));
        }
        if row + 1 == self.rows_each {
            return self.lanes.get(column).map_or(f64::NAN, |lanes| lanes.last(index));
        }
        self.parts.get(index).map_or(f64::NAN, |part| part.value(row, column))
    }

    fn cover<'a>(&'a self, column: usize, from: usize, to: usize, take: &mut impl FnMut(Piece<'a>)) {
        let each = self.rows_each;
        // Parts `first..last` are covered wholly, their neighbours perhaps in part.
        let (first, last) = (from.div_ceil(each), to / each);
        if first > last {
            self.cover_part(last, column, (from - last * each, to - last * each), take);
            return;
        }
        if let Some(before) = first.checked_sub(1) {
            self.cover_part(before, column, (from - before * each, each), take);
        }
        if let Some(lanes) = self.lanes.get(column).filter(|_| first < last) {
            take(Piece::Told(lanes, first, last));
        }
        self.cover_part(last, column, (0, to - last * each), take);
    }

    fn cover_part<'a>(
        &'a self,
        index: usize,
        column: usize,
        (from, to): (usize, usize),
        take: &mut impl FnMut(Piece<'a>),
    ) {
        if let Some(part) = self.parts.get(index).filter(|_| from < to) {
            part.cover(column, from, to, take);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(index: usize) -> Chunk {
        let mut chunk = Chunk::new(1);
        for row in 0..CHUNK_ROWS {
            assert!(chunk.push(&[(index * CHUNK_ROWS + row) as f64]));
        }
        chunk
    }

    fn pyramid(chunks: usize) -> Pyramid {
        let mut pyramid = Pyramid::default();
        (0..chunks).for_each(|index| pyramid.push(chunk(index)));
        pyramid
    }

    /// Parts on each level.
    fn shape(pyramid: &Pyramid) -> Vec<usize> {
        pyramid.levels.iter().map(Vec::len).collect()
    }

    #[test]
    fn sixteen_parts_make_one() {
        for (chunks, levels) in [(0, vec![]), (15, vec![15]), (16, vec![0, 1]), (300, vec![12, 2, 1])] {
            let pyramid = pyramid(chunks);
            assert_eq!((shape(&pyramid), pyramid.rows()), (levels, chunks * CHUNK_ROWS));
        }
    }

    #[test]
    fn rows_are_found_and_told_at_any_height() {
        let pyramid = pyramid(300);
        let rows = pyramid.rows();
        for row in (0..rows).step_by(97).chain([255, 256, 4_095, 4_096, 65_535, 65_536, rows - 1]) {
            assert_eq!(pyramid.value(row, 0), row as f64);
            assert_eq!(pyramid.chunk(row).map(|(chunk, row)| chunk.value(row, 0)), Some(row as f64));
        }
        assert!(pyramid.value(rows, 0).is_nan() && pyramid.value(0, 1).is_nan() && pyramid.chunk(rows).is_none());
        let ends = [0, 1, 255, 256, 700, 4_095, 4_096, 8_192, 65_536, 65_537, 69_632, 73_000, rows];
        for (k, from) in ends.into_iter().enumerate() {
            for to in ends.into_iter().skip(k + 1) {
                assert_eq!(pyramid.span(0, from, to).get(), Some((from as f64, (to - 1) as f64)), "{from}..{to}");
                let sum: usize = (from..to).sum();
                assert_eq!(pyramid.sum(0, from, to), sum as f64, "{from}..{to}");
            }
            assert_eq!((pyramid.span(0, from, from).get(), pyramid.span(1, 0, from).get()), (None, None));
        }
    }

    #[test]
    fn a_million_rows_are_few_pieces() {
        let pyramid = pyramid(1_000);
        let pieces = |from: usize, to: usize| {
            let mut count = 0;
            pyramid.cover(0, from, to, &mut |_| count += 1);
            count
        };
        assert_eq!(pieces(300, 301), 1);
        assert!(pieces(1, pyramid.rows() - 1) < 40);
        let kept: usize = shape(&pyramid).into_iter().sum();
        assert!(kept < 3 * Lanes::WIDTH, "a picture copies {kept} pointers");
    }

    #[test]
    fn cutting_leaves_what_fewer_chunks_would_have_made() {
        for (chunks, row) in [(1, 0), (16, 100), (16, 4_095), (17, 4_096), (300, 65_536), (300, 65_535), (300, 70_000)]
        {
            let mut pyramid = pyramid(chunks);
            let before = pyramid.clone();
            let (whole, rest) = (row / CHUNK_ROWS, row % CHUNK_ROWS);
            assert_eq!(pyramid.cut(row).map(|chunk| chunk.value(rest, 0)), Some(row as f64));
            let fresh = self::pyramid(whole);
            let used = shape(&pyramid).into_iter().rev().skip_while(|parts| *parts == 0).collect::<Vec<_>>();
            assert_eq!(used, shape(&fresh).into_iter().rev().collect::<Vec<_>>(), "{chunks} chunks cut at {row}");
            assert_eq!(pyramid.sum(0, 0, row).to_bits(), fresh.sum(0, 0, row).to_bits());
            assert_eq!(before.rows(), chunks * CHUNK_ROWS, "a picture stays");
        }
        assert!(pyramid(2).cut(2 * CHUNK_ROWS).is_none(), "that row is in no chunk");
    }
}
