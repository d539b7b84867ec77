//! What some rows of a column come to: extremes, first and last value, sum. Gaps (NaN) count as nothing.

/// Minimum and maximum of some values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    low: f64,
    high: f64,
}

impl Span {
    /// Extremes of nothing: the minimum is above the maximum.
    pub const NOTHING: Self = Self { low: f64::INFINITY, high: f64::NEG_INFINITY };

    /// Extremes of values that nobody knows: they may be anything, and nothing that is joined to them changes that.
    pub const ANYTHING: Self = Self { low: f64::NEG_INFINITY, high: f64::INFINITY };

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

    /// Whether it tells nothing: unknown values are among them, or infinite ones of both signs.
    pub fn is_anything(self) -> bool {
        self.low == f64::NEG_INFINITY && self.high == f64::INFINITY
    }

    /// Whether two have the same bits.
    fn is(self, other: Self) -> bool {
        self.low.to_bits() == other.low.to_bits() && self.high.to_bits() == other.high.to_bits()
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

/// How a column goes over some rows: what a chart draws of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Course {
    /// Its extremes.
    pub span: Span,
    /// Value on the first row.
    pub first: f64,
    /// Value on the last row.
    pub last: f64,
}

impl Course {
    /// A column without a number.
    pub const NOTHING: Self = Self { span: Span::NOTHING, first: f64::NAN, last: f64::NAN };

    /// A column that stands still.
    pub fn still(value: f64) -> Self {
        let mut span = Span::NOTHING;
        span.widen(value);
        Self { span, first: value, last: value }
    }

    /// A column of which nobody knows how it goes, from and to these values.
    pub fn unknown(first: f64, last: f64) -> Self {
        Self { span: Span::ANYTHING, first, last }
    }

    /// Goes on with what comes after `before`.
    #[inline]
    pub fn after(self, before: Option<Self>) -> Self {
        let Some(mut all) = before else { return self };
        all.span.join(self.span);
        all.last = self.last;
        all
    }
}

/// What a column comes to over the rows of several neighbours, oldest first: a chart reads along their courses.
#[derive(Debug, Clone)]
pub(super) struct Told<const PARTS: usize> {
    courses: [Course; PARTS],
    sums: [f64; PARTS],
}

impl<const PARTS: usize> Told<PARTS> {
    /// Neighbours without a number.
    pub const NOTHING: Self = Self { courses: [Course::NOTHING; PARTS], sums: [0.0; PARTS] };

    /// Takes in a neighbour.
    #[inline]
    pub fn set(&mut self, index: usize, course: Course, sum: f64) {
        if let (Some(to), Some(total)) = (self.courses.get_mut(index), self.sums.get_mut(index)) {
            (*to, *total) = (course, sum);
        }
    }

    /// Course over the neighbours `from..to`.
    #[inline]
    pub fn course(&self, from: usize, to: usize) -> Course {
        match self.courses.get(from..to) {
            Some([first, others @ ..]) => others.iter().fold(*first, |before, course| course.after(Some(before))),
            _ => Course::NOTHING,
        }
    }

    /// Sum over the neighbours `from..to`, oldest first.
    #[inline]
    pub fn sum(&self, from: usize, to: usize) -> f64 {
        self.sums.get(from..to).unwrap_or(&[]).iter().sum()
    }

    /// Whether another one tells the same, to the bit.
    pub fn is(&self, other: &Self) -> bool {
        let courses = self.courses.iter().zip(&other.courses).all(|(a, b)| {
            let ends = [a.first, a.last].map(f64::to_bits) == [b.first, b.last].map(f64::to_bits);
            ends && a.span.is(b.span)
        });
        courses && self.sums.iter().zip(&other.sums).all(|(a, b)| a.to_bits() == b.to_bits())
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
    fn what_may_be_anything_stays_so() {
        let mut before = Course::still(2.0).span;
        before.join(Span::ANYTHING);
        let after = Course::still(2.0).after(Some(Course::unknown(f64::NAN, f64::NAN)));
        assert!(before.is_anything() && after.span.is_anything());
        assert_eq!((after.first.is_nan(), after.last), (true, 2.0));
        assert!(!Course::still(f64::INFINITY).span.is_anything() && !Span::NOTHING.is_anything());
    }

    #[test]
    fn infinities_are_numbers() {
        let mut span = Span::NOTHING;
        span.widen_by(&[f64::INFINITY; 5]);
        assert_eq!(span.get(), Some((f64::INFINITY, f64::INFINITY)));
    }

    #[test]
    fn one_course_follows_another() {
        let both = Course::still(3.0).after(Some(Course::still(f64::NAN))).after(Some(Course::still(5.0)));
        assert_eq!((both.span.get(), both.first, both.last), (Some((3.0, 5.0)), 5.0, 3.0));
    }

    #[test]
    fn neighbours_are_read_in_part_and_together() {
        let of = |k: u32| {
            let mut span = Span::NOTHING;
            span.widen_by(&[f64::from(k), -f64::from(k)]);
            (Course { span, first: f64::from(k), last: -f64::from(k) }, f64::from(k))
        };
        let mut told = Told::<16>::NOTHING;
        (0..16).map(of).enumerate().for_each(|(index, (course, sum))| told.set(index, course, sum));
        assert_eq!(told.course(3, 6).span.get(), Some((-5.0, 5.0)));
        assert_eq!((told.course(6, 3).span.get(), told.course(3, 3).span.get()), (None, None));
        assert_eq!((told.sum(3, 6), told.course(7, 9).first, told.course(7, 9).last), (12.0, 7.0, -8.0));
        let all = told.course(0, 16);
        assert_eq!((all.span.get(), all.first, all.last), (Some((-15.0, 15.0)), 0.0, -15.0));
        assert_eq!(told.sum(0, 16), 120.0);
    }
}
