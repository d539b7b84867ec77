//! Sealed chunks, and above them what every sixty-four of them come to.
//!
//! The pyramid is built while chunks arrive: the last of sixty-four chunks closes a node, the last of sixty-four nodes
//! the node above it. Chunks and nodes are shared and never change, so a picture of the pyramid is a copy of the few that
//! no node holds yet: fewer than sixty-four on each level, however long the run is.
//!
//! Sixty-four is wide so that what a chart reads of a column is long enough for the processor to read ahead.
//!
//! A chunk may lose its values and get them back: another one takes its place. What nodes tell stays, and pictures that
//! were taken before keep the chunk that they have.

mod room;

pub(super) use room::is_told;

use std::sync::Arc;

use super::chunk::{CHUNK_ROWS, Chunk, Strip};
use super::digest::{Course, Told, summand};

/// Parts of a node: two to this.
const FAN_BITS: u32 = 6;

/// Parts of a node.
const FAN: usize = 1 << FAN_BITS;

/// Sealed chunks in the order in which they came.
#[derive(Debug, Clone, Default)]
pub(super) struct Pyramid {
    /// By height: what no node above holds yet, oldest first. What stands higher is older.
    levels: Vec<Vec<Part>>,
    /// Counts chunks that lost their values or got them back.
    changes: u64,
}

/// A chunk, or many of them.
#[derive(Debug, Clone)]
enum Part {
    Chunk(Arc<Chunk>),
    Node(Arc<Node>),
}

/// Neighbours of one level.
#[derive(Debug, Clone)]
pub(super) struct Node {
    parts: Vec<Part>,
    scale: Scale,
    /// Chunks in it that lost their values.
    gone: usize,
    /// Room that its parts take, bytes.
    parts_bytes: u64,
    tables: Arc<Tables>,
}

/// What a node tells. It stays when chunks below lose their values.
#[derive(Debug)]
struct Tables {
    /// By column: what all parts come to.
    told: Vec<(Course, f64)>,
    /// By column: what each part comes to; `None` of a column that stands still, which is told already.
    parts_told: Vec<Option<Box<Told<FAN>>>>,
}

/// A column of a chunk or of a node, to be asked about rows of it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reach<'a> {
    /// Rows of a chunk.
    Chunk(Strip<'a>),
    /// Rows of a node, with the number of the column.
    Node(&'a Node, usize),
}

impl Reach<'_> {
    /// How the column goes over rows `from..to`, of which there is at least one.
    #[inline]
    pub fn course(&self, from: usize, to: usize) -> Course {
        match *self {
            Self::Chunk(strip) => strip.course(from, to),
            Self::Node(node, column) => node.course(column, from, to),
        }
    }
}

/// Rows that are answered for at once.
enum Piece<'a> {
    /// All of a node.
    Whole(&'a (Course, f64)),
    /// So many rows of this value.
    Still(f64, usize),
    /// Neighbours `from..to`, told by what they come to.
    Parts(&'a Told<FAN>, usize, usize),
    /// Rows `from..to` of a chunk.
    Rows(&'a Chunk, usize, usize),
}

impl Piece<'_> {
    fn course(&self, column: usize) -> Course {
        match *self {
            Self::Whole((course, _)) => *course,
            Self::Still(value, _) => Course::still(value),
            Self::Parts(told, from, to) => told.course(from, to),
            Self::Rows(chunk, from, to) => chunk.strip(column).course(from, to),
        }
    }

    fn sum(&self, column: usize) -> f64 {
        match *self {
            Self::Whole((_, sum)) => *sum,
            Self::Still(value, rows) => summand(value) * rows as f64,
            Self::Parts(told, from, to) => told.sum(from, to),
            Self::Rows(chunk, from, to) => chunk.strip(column).sum(from, to),
        }
    }
}

/// Rows of every part of a level. All are powers of two, and shifting is what makes looking up rows quick.
#[derive(Debug, Clone, Copy)]
struct Scale {
    bits: u32,
}

impl Scale {
    fn at(height: usize) -> Self {
        Self { bits: CHUNK_ROWS.ilog2() + FAN_BITS * height as u32 }
    }

    /// The height.
    fn height(self) -> usize {
        ((self.bits - CHUNK_ROWS.ilog2()) / FAN_BITS) as usize
    }

    /// Rows of a part.
    fn rows(self) -> usize {
        1 << self.bits
    }

    /// The part that holds a row, and which of its rows that is.
    fn split(self, row: usize) -> (usize, usize) {
        (row >> self.bits, row & (self.rows() - 1))
    }
}

impl Pyramid {
    /// Takes in a sealed chunk.
    pub fn push(&mut self, chunk: Chunk) {
        let mut part = Part::Chunk(Arc::new(chunk));
        let mut height = 0;
        loop {
            if self.levels.len() == height {
                self.levels.push(Vec::with_capacity(FAN));
            }
            let Some(level) = self.levels.get_mut(height) else { return };
            level.push(part);
            if level.len() < FAN {
                return;
            }
            part = Part::Node(Arc::new(Node::of(std::mem::take(level), Scale::at(height))));
            height += 1;
        }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.lists().map(|(_, scale, parts)| scale.rows() * parts.len()).sum()
    }

    /// What stands on each level, oldest first: first row, rows of each part, parts.
    fn lists(&self) -> impl Iterator<Item = (usize, Scale, &[Part])> {
        let mut next = 0;
        self.levels.iter().enumerate().rev().map(move |(height, parts)| {
            let (begin, scale) = (next, Scale::at(height));
            next += parts.len() * scale.rows();
            (begin, scale, parts.as_slice())
        })
    }

    /// The part that stands highest above a row, and which row of it that is.
    fn part(&self, row: usize) -> Option<(&Part, usize)> {
        self.lists().find_map(|(begin, scale, parts)| {
            let (index, row) = scale.split(row - begin);
            Some((parts.get(index)?, row))
        })
    }

    /// The chunk of a row, and which of its rows that is.
    pub fn chunk(&self, row: usize) -> Option<(&Chunk, usize)> {
        let (mut part, mut row) = self.part(row)?;
        loop {
            match part {
                Part::Chunk(chunk) => return Some((chunk, row)),
                Part::Node(node) => {
                    let (index, within) = node.scale.split(row);
                    (part, row) = (node.parts.get(index)?, within);
                }
            }
        }
    }

    /// What is asked about a column from a row on, in stretches of so many rows; and where it begins and ends.
    ///
    /// Stretches shorter than a chunk are read along chunks, longer ones along what nodes tell about their chunks.
    pub fn reach(&self, column: usize, row: usize, length: usize) -> Option<(Reach<'_>, usize, usize)> {
        let (mut part, mut within) = self.part(row)?;
        loop {
            match part {
                Part::Chunk(chunk) => return Some((Reach::Chunk(chunk.strip(column)), row - within, CHUNK_ROWS)),
                Part::Node(node) if node.scale.rows() == CHUNK_ROWS && length >= CHUNK_ROWS => {
                    return Some((Reach::Node(node, column), row - within, FAN * CHUNK_ROWS));
                }
                Part::Node(node) => {
                    let (index, row) = node.scale.split(within);
                    (part, within) = (node.parts.get(index)?, row);
                }
            }
        }
    }

    /// One value; NaN outside.
    pub fn value(&self, row: usize, column: usize) -> f64 {
        self.part(row).map_or(f64::NAN, |(part, row)| part.value(row, column))
    }

    /// How a column goes over rows `from..to`; `None` when there are none.
    pub fn course(&self, column: usize, from: usize, to: usize) -> Option<Course> {
        let mut course = None;
        self.cover(column, from, to, &mut |piece| course = Some(piece.course(column).after(course)));
        course
    }

    /// Sum of a column over rows `from..to`, oldest first.
    pub fn sum(&self, column: usize, from: usize, to: usize) -> f64 {
        let mut sum = 0.0;
        self.cover(column, from, to, &mut |piece| sum += piece.sum(column));
        sum
    }

    /// Hands on rows `from..to` in as few pieces as there are, oldest first.
    fn cover<'a>(&'a self, column: usize, from: usize, to: usize, take: &mut impl FnMut(Piece<'a>)) {
        for (begin, scale, parts) in self.lists() {
            let (from, to) = (from.max(begin) - begin, to.max(begin) - begin);
            if from >= to {
                continue;
            }
            let (first, last) = (scale.split(from).0, scale.split(to - 1).0 + 1);
            let within = parts.get(first..last.min(parts.len())).unwrap_or(&[]);
            for (index, part) in (first..).zip(within) {
                let begin = index * scale.rows();
                part.cover(column, from.max(begin) - begin, (to - begin).min(scale.rows()), take);
            }
        }
    }

    /// Forgets the chunk that holds a row and all that came later; returns that chunk.
    pub fn cut(&mut self, row: usize) -> Option<Arc<Chunk>> {
        let keep = row / CHUNK_ROWS * CHUNK_ROWS;
        let mut cut = None;
        while self.rows() > keep {
            // What stands lowest came last.
            let lowest = self.levels.iter_mut().enumerate().find_map(|(height, parts)| Some((height, parts.pop()?)));
            match lowest {
                Some((_, Part::Chunk(chunk))) => cut = Some(chunk),
                // A node comes apart on the level below, which is empty.
                Some((height, Part::Node(node))) if self.rows() < keep + CHUNK_ROWS => {
                    let below = height.checked_sub(1).and_then(|below| self.levels.get_mut(below));
                    below.into_iter().for_each(|level| level.extend_from_slice(&node.parts));
                }
                Some(_) => {}
                None => break,
            }
        }
        cut
    }
}

impl Part {
    fn value(&self, row: usize, column: usize) -> f64 {
        match self {
            Self::Chunk(chunk) => chunk.strip(column).value(row),
            Self::Node(node) => node.value(row, column),
        }
    }

    fn columns(&self) -> usize {
        match self {
            Self::Chunk(chunk) => chunk.columns(),
            Self::Node(node) => node.tables.told.len(),
        }
    }

    /// The value of a column that stands still.
    fn still(&self, column: usize) -> Option<f64> {
        match self {
            Self::Chunk(chunk) => match chunk.strip(column) {
                Strip::Still(value) => Some(value),
                Strip::Changing { .. } | Strip::Told(_) => None,
            },
            Self::Node(node) => node.still(column),
        }
    }

    /// What a column comes to.
    fn told(&self, column: usize) -> (Course, f64) {
        match self {
            Self::Chunk(chunk) => {
                let strip = chunk.strip(column);
                (strip.course(0, CHUNK_ROWS), strip.sum(0, CHUNK_ROWS))
            }
            Self::Node(node) => node.tables.told.get(column).copied().unwrap_or((Course::NOTHING, 0.0)),
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
    fn of(parts: Vec<Part>, scale: Scale) -> Self {
        let columns = parts.first().map_or(0, Part::columns);
        let still = |column: usize| {
            let mut values = parts.iter().map(|part| part.still(column).map(f64::to_bits));
            let first = values.next().flatten();
            first.is_some() && values.all(|value| value == first)
        };
        let mut parts_told: Vec<_> =
            (0..columns).map(|column| (!still(column)).then(|| Box::new(Told::NOTHING))).collect();
        // Part after part, because that is how they lie in memory.
        for (index, part) in parts.iter().enumerate() {
            for (column, told) in parts_told.iter_mut().enumerate() {
                if let Some(told) = told {
                    let (course, sum) = part.told(column);
                    told.set(index, course, sum);
                }
            }
        }
        let rows = (parts.len() * scale.rows()) as f64;
        let all = |(column, told): (usize, &Option<Box<Told<FAN>>>)| match told {
            Some(told) => (told.course(0, FAN), told.sum(0, FAN)),
            None => {
                let value = parts.first().and_then(|part| part.still(column)).unwrap_or(f64::NAN);
                (Course::still(value), summand(value) * rows)
            }
        };
        let told = parts_told.iter().enumerate().map(all).collect();
        let gone = parts.iter().map(Part::gone).sum();
        let parts_bytes = parts.iter().map(Part::bytes).sum();
        Self { parts, scale, gone, parts_bytes, tables: Arc::new(Tables { told, parts_told }) }
    }

    fn value(&self, row: usize, column: usize) -> f64 {
        let (index, row) = self.scale.split(row);
        self.parts.get(index).map_or(f64::NAN, |part| part.value(row, column))
    }

    /// The value of a column that stands still.
    fn still(&self, column: usize) -> Option<f64> {
        let told = self.tables.parts_told.get(column)?;
        self.tables.told.get(column).filter(|_| told.is_none()).map(|(course, _)| course.first)
    }

    /// How a column goes over rows `from..to`, of which there is at least one.
    #[inline]
    fn course(&self, column: usize, from: usize, to: usize) -> Course {
        let ((first, before), (last, after)) = (self.scale.split(from), self.scale.split(to));
        if before == 0 && after == 0 {
            return match self.tables.parts_told.get(column) {
                Some(Some(told)) => told.course(first, last),
                Some(None) => self.tables.told.get(column).map_or(Course::NOTHING, |(course, _)| *course),
                None => Course::NOTHING,
            };
        }
        let mut course = None;
        self.cover(column, from, to, &mut |piece| course = Some(piece.course(column).after(course)));
        course.unwrap_or(Course::NOTHING)
    }

    fn cover<'a>(&'a self, column: usize, from: usize, to: usize, take: &mut impl FnMut(Piece<'a>)) {
        let each = self.scale.rows();
        if let Some(told) = self.tables.told.get(column).filter(|_| from == 0 && to == FAN * each) {
            take(Piece::Whole(told));
            return;
        }
        if let Some(value) = self.still(column) {
            take(Piece::Still(value, to - from));
            return;
        }
        // Parts `first..last` are covered wholly, their neighbours perhaps in part.
        let (first, last) = (self.scale.split(from + each - 1).0, self.scale.split(to).0);
        if first > last {
            self.cover_part(last, column, (from - last * each, to - last * each), take);
            return;
        }
        if let Some(before) = first.checked_sub(1) {
            self.cover_part(before, column, (from - before * each, each), take);
        }
        if let Some(Some(told)) = self.tables.parts_told.get(column).filter(|_| first < last) {
            take(Piece::Parts(told, first, last));
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
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::record::open::Open;

    /// A column that counts rows and one that stands still.
    fn chunk(index: usize) -> Chunk {
        let mut open = Open::new(2);
        (0..CHUNK_ROWS).find_map(|row| open.push(&[(index * CHUNK_ROWS + row) as f64, 0.5])).unwrap()
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

    const NODE: usize = FAN * CHUNK_ROWS;

    #[test]
    fn many_parts_make_one() {
        for (chunks, levels) in [(0, vec![]), (63, vec![63]), (64, vec![0, 1]), (4_170, vec![10, 1, 1])] {
            let pyramid = pyramid(chunks);
            assert_eq!((shape(&pyramid), pyramid.rows()), (levels, chunks * CHUNK_ROWS));
        }
    }

    #[test]
    fn rows_are_found_and_told_at_any_height() {
        let pyramid = pyramid(4_170);
        let (rows, high) = (pyramid.rows(), FAN * NODE);
        for row in (0..rows).step_by(9_973).chain([255, 256, NODE - 1, NODE, high - 1, high, rows - 1]) {
            assert_eq!(pyramid.value(row, 0), row as f64);
            assert_eq!(pyramid.chunk(row).map(|(chunk, row)| chunk.strip(0).value(row)), Some(row as f64));
        }
        assert!(pyramid.value(rows, 0).is_nan() && pyramid.value(0, 2).is_nan() && pyramid.chunk(rows).is_none());
        let ends =
            [0, 1, 255, 256, 700, NODE - 1, NODE, 2 * NODE, high - 1, high, high + NODE, high + NODE + 777, rows];
        for (k, from) in ends.into_iter().enumerate() {
            for to in ends.into_iter().skip(k + 1) {
                let course = pyramid.course(0, from, to).unwrap();
                let (a, b) = (from as f64, (to - 1) as f64);
                assert_eq!((course.span.get(), course.first, course.last), (Some((a, b)), a, b), "{from}..{to}");
                let sum: usize = (from..to).sum();
                assert_eq!(pyramid.sum(0, from, to), sum as f64, "{from}..{to}");
                let still = pyramid.course(1, from, to).unwrap();
                assert_eq!((still.span.get(), still.first, still.last), (Some((0.5, 0.5)), 0.5, 0.5));
                assert_eq!(pyramid.sum(1, from, to), 0.5 * (to - from) as f64, "{from}..{to}");
            }
            assert!(pyramid.course(0, from, from).is_none());
            assert!(pyramid.course(2, 0, from).and_then(|course| course.span.get()).is_none());
        }
    }

    #[test]
    fn a_million_rows_are_few_pieces() {
        let pyramid = pyramid(3_906);
        let pieces = |from: usize, to: usize| {
            let mut count = 0;
            pyramid.cover(0, from, to, &mut |_| count += 1);
            count
        };
        assert_eq!(pieces(300, 301), 1);
        assert!(pieces(1, pyramid.rows() - 1) < 2 * FAN);
        let kept: usize = shape(&pyramid).into_iter().sum();
        assert!(kept < 2 * FAN, "a picture copies {kept} pointers");
    }

    #[test]
    fn cutting_leaves_what_fewer_chunks_would_have_made() {
        let high = FAN * NODE;
        for (chunks, row) in
            [(1, 0), (64, 100), (64, NODE - 1), (65, NODE), (200, 2 * NODE + 70), (4_100, high), (4_100, high - 1)]
        {
            let mut pyramid = pyramid(chunks);
            let before = pyramid.clone();
            let (whole, rest) = (row / CHUNK_ROWS, row % CHUNK_ROWS);
            assert_eq!(pyramid.cut(row).map(|chunk| chunk.strip(0).value(rest)), Some(row as f64));
            let fresh = self::pyramid(whole);
            let used = shape(&pyramid).into_iter().rev().skip_while(|parts| *parts == 0).collect::<Vec<_>>();
            assert_eq!(used, shape(&fresh).into_iter().rev().collect::<Vec<_>>(), "{chunks} chunks cut at {row}");
            assert_eq!(pyramid.sum(0, 0, row).to_bits(), fresh.sum(0, 0, row).to_bits());
            assert_eq!(before.rows(), chunks * CHUNK_ROWS, "a picture stays");
        }
        assert!(pyramid(2).cut(2 * CHUNK_ROWS).is_none(), "that row is in no chunk");
    }
}
