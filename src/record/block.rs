//! Sixteen rows of a column: one number where it stands still, the values side by side where it changes.

use super::digest::{Span, summand, total};

/// Rows of a block.
pub(super) const BLOCK_ROWS: usize = 16;

/// A column of a block.
#[derive(Debug, Clone, Copy)]
pub(super) enum Run<'a> {
    /// Every row has this value.
    Still(f64),
    /// The values.
    Changing(&'a [f64; BLOCK_ROWS]),
}

impl Run<'_> {
    /// Value on a row; NaN outside.
    #[inline]
    pub fn value(self, row: usize) -> f64 {
        match self {
            Self::Still(value) => value,
            Self::Changing(run) => run.get(row).copied().unwrap_or(f64::NAN),
        }
    }

    /// Takes the values on rows `from..to` into their extremes.
    #[inline]
    pub fn widen(self, span: &mut Span, (from, to): (usize, usize)) {
        match self {
            Self::Still(value) => span.widen(value),
            Self::Changing(run) => span.widen_by(run.get(from..to).unwrap_or(&[])),
        }
    }

    /// Sum over rows `from..to`; gaps add nothing.
    #[inline]
    pub fn sum(self, (from, to): (usize, usize)) -> f64 {
        match self {
            Self::Still(value) => summand(value) * (to - from) as f64,
            Self::Changing(run) => total(run.get(from..to).unwrap_or(&[])),
        }
    }
}

/// The blocks that hold rows `from..to`, each with the rows of it.
pub(super) fn blocks(from: usize, to: usize) -> impl Iterator<Item = (usize, (usize, usize))> {
    (from / BLOCK_ROWS..to.max(from).div_ceil(BLOCK_ROWS)).map(move |block| {
        let begin = block * BLOCK_ROWS;
        (block, (from.max(begin) - begin, (to - begin).min(BLOCK_ROWS)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_lie_in_blocks() {
        assert_eq!(blocks(3, 40).collect::<Vec<_>>(), [(0, (3, 16)), (1, (0, 16)), (2, (0, 8))]);
        assert_eq!(blocks(16, 17).collect::<Vec<_>>(), [(1, (0, 1))]);
        assert_eq!(blocks(16, 16).count() + blocks(0, 0).count(), 0);
    }
}
