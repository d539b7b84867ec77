//! What some rows of a column come to: extremes, sum, first and last value. Gaps (NaN) count as nothing.

/// Minimum and maximum of some values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    low: f64,
    high: f64,
}

impl Span {
    /// Extremes of nothing: the minimum is above the maximum.
    pub const NOTHING: Self = Self { low: f64::INFINITY, high: f64::NEG_INFINITY };

    /// Takes in a value; NaN is neither smaller nor larger than anything.
    #[inline]
    pub fn widen(&mut self, value: f64) {
        // Written out because it is one instruction each; `f64::min` is three.
        self.low = if value < self.low { value } else { self.low };
        self.high = if value > self.high { value } else { self.high };
    }

    /// Takes in what others came to; nothing adds nothing.
    #[inline]
    pub fn join(&mut self, other: Self) {
        self.low = if other.low < self.low { other.low } else { self.low };
        self.high = if other.high > self.high { other.high } else { self.high };
    }

    /// Takes in many values. Four at a time do not wait for each other.
    #[inline]
    pub fn widen_by(&mut self, values: &[f64]) {
        let mut lanes = [*self; 4];
        let (quads, rest) = values.as_chunks::<4>();
        for quad in quads {
            lanes.iter_mut().zip(quad).for_each(|(lane, &value)| lane.widen(value));
        }
        lanes.into_iter().for_each(|lane| self.join(lane));
        rest.iter().for_each(|&value| self.widen(value));
    }

    /// The two extremes; `None` when there was no number.
    pub fn get(self) -> Option<(f64, f64)> {
        (self.low <= self.high).then_some((self.low, self.high))
    }
}

/// The value as a summand: a gap adds nothing.
#[inline]
pub(super) fn summand(value: f64) -> f64 {
    if value.is_nan() { 0.0 } else { value }
}

/// Sum of some values, always in the same order: four sums side by side, then what is left over.
#[inline]
pub(super) fn total(values: &[f64]) -> f64 {
    let mut lanes = [0.0; 4];
    let (quads, rest) = values.as_chunks::<4>();
    for quad in quads {
        lanes.iter_mut().zip(quad).for_each(|(lane, &value)| *lane += summand(value));
    }
    let [a, b, c, d] = lanes;
    rest.iter().fold((a + b) + (c + d), |sum, &value| sum + summand(value))
}

/// What a column comes to over many rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Digest {
    /// Its extremes.
    pub span: Span,
    /// Its sum.
    pub sum: f64,
    /// Value on the first row.
    pub first: f64,
    /// Value on the last row.
    pub last: f64,
}

/// Digests of sixteen neighbours, each kind of number side by side: a chart reads along them.
#[derive(Debug, Clone)]
pub(super) struct Lanes {
    low: [f64; Self::WIDTH],
    high: [f64; Self::WIDTH],
    first: [f64; Self::WIDTH],
    last: [f64; Self::WIDTH],
    sum: [f64; Self::WIDTH],
}

impl Lanes {
    /// Number of neighbours.
    pub const WIDTH: usize = 16;

    /// The digests side by side; what is missing counts as nothing.
    pub fn of(digests: impl Iterator<Item = Digest>) -> Self {
        let Span { low, high } = Span::NOTHING;
        let mut lanes = Self {
            low: [low; Self::WIDTH],
            high: [high; Self::WIDTH],
            first: [f64::NAN; Self::WIDTH],
            last: [f64::NAN; Self::WIDTH],
            sum: [0.0; Self::WIDTH],
        };
        let numbers = lanes.low.iter_mut().zip(&mut lanes.high).zip(&mut lanes.first).zip(&mut lanes.last);
        for (((((low, high), first), last), sum), digest) in numbers.zip(&mut lanes.sum).zip(digests) {
            (*low, *high, *first, *last) = (digest.span.low, digest.span.high, digest.first, digest.last);
            *sum = digest.sum;
        }
        lanes
    }

    /// Extremes over the neighbours `from..to`.
    #[inline]
    pub fn span(&self, from: usize, to: usize) -> Span {
        let mut span = Span::NOTHING;
        let (low, high) = (self.low.get(from..to).unwrap_or(&[]), self.high.get(from..to).unwrap_or(&[]));
        low.iter().zip(high).for_each(|(&low, &high)| span.join(Span { low, high }));
        span
    }

    /// Sum over the neighbours `from..to`, oldest first.
    #[inline]
    pub fn sum(&self, from: usize, to: usize) -> f64 {
        self.sum.get(from..to).unwrap_or(&[]).iter().sum()
    }

    /// Value on the first row of a neighbour.
    pub fn first(&self, index: usize) -> f64 {
        self.first.get(index).copied().unwrap_or(f64::NAN)
    }

    /// Value on the last row of a neighbour.
    pub fn last(&self, index: usize) -> f64 {
        self.last.get(index).copied().unwrap_or(f64::NAN)
    }

    /// What all of them come to together.
    pub fn digest(&self) -> Digest {
        Digest {
            span: self.span(0, Self::WIDTH),
            sum: self.sum(0, Self::WIDTH),
            first: self.first(0),
            last: self.last(Self::WIDTH - 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_count_as_nothing() {
        let values = [f64::NAN, 2.0, f64::NAN, -1.0, 4.0, f64::NAN, 0.5];
        let mut span = Span::NOTHING;
        span.widen_by(&values);
        assert_eq!(span.get(), Some((-1.0, 4.0)));
        assert_eq!(total(&values), 5.5);
        let mut nothing = Span::NOTHING;
        nothing.widen_by(&[f64::NAN; 9]);
        assert_eq!((nothing.get(), total(&[f64::NAN; 9])), (None, 0.0));
    }

    #[test]
    fn infinities_are_numbers() {
        let mut span = Span::NOTHING;
        span.widen_by(&[f64::INFINITY; 5]);
        assert_eq!(span.get(), Some((f64::INFINITY, f64::INFINITY)));
    }

    #[test]
    fn neighbours_are_read_in_part_and_together() {
        let of = |k: u32| {
            let mut span = Span::NOTHING;
            span.widen_by(&[f64::from(k), -f64::from(k)]);
            Digest { span, sum: f64::from(k), first: f64::from(k), last: -f64::from(k) }
        };
        let lanes = Lanes::of((0..16).map(of));
        assert_eq!(lanes.span(3, 6).get(), Some((-5.0, 5.0)));
        assert_eq!(lanes.span(6, 3).get(), None);
        assert_eq!((lanes.sum(3, 6), lanes.first(7), lanes.last(7)), (12.0, 7.0, -7.0));
        let all = lanes.digest();
        assert_eq!((all.span.get(), all.sum, all.first, all.last), (Some((-15.0, 15.0)), 120.0, 0.0, -15.0));
    }
}
