//! Outlines of pieces, so that neighbours stand as close as their texts allow at every height.
//!
//! A piece and all that hangs on it is cut into bands: the gap above its first stage, the stage, the next gap and so on.
//! Columns share the heights of their bands, and so two of them only need to keep their distance band by band: a label
//! beside the wire of one may stand above the wide list of the next.

/// How far something reaches to the left (negative) and to the right of its own wire.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Span {
    /// Left end.
    pub left: f32,
    /// Right end.
    pub right: f32,
}

impl Span {
    /// So far to both sides.
    pub const fn both(half: f32) -> Self {
        Self { left: -half, right: half }
    }

    /// Both together.
    pub fn with(self, other: Self) -> Self {
        Self { left: self.left.min(other.left), right: self.right.max(other.right) }
    }

    /// The same further to the right.
    pub fn moved(self, by: f32) -> Self {
        Self { left: self.left + by, right: self.right + by }
    }
}

/// The bands from top to bottom; below the last one it goes on like this.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Contour(Vec<Span>);

impl Contour {
    /// An outline of these bands.
    pub const fn new(bands: Vec<Span>) -> Self {
        Self(bands)
    }

    /// The first band.
    pub fn top(&self) -> Option<Span> {
        self.0.first().copied()
    }

    fn band(&self, index: usize) -> Option<Span> {
        self.0.get(index).or(self.0.last()).copied()
    }

    /// Joins an outline that stands so far to the right, and so many bands lower.
    pub fn join(&mut self, other: &Self, by: f32, lower: usize) {
        let count = self.0.len().max(lower + other.0.len());
        let joined = (0..count).filter_map(|index| {
            let below = index.checked_sub(lower).and_then(|i| other.band(i)).map(|span| span.moved(by));
            // Above what hangs on it a piece has bands of its own; it does not reach below them.
            let own = if lower == 0 { self.band(index) } else { self.0.get(index).copied() };
            match (own, below) {
                (Some(own), Some(below)) => Some(own.with(below)),
                (own, below) => own.or(below),
            }
        });
        self.0 = joined.collect();
    }

    /// What it covers over all bands.
    pub fn whole(&self) -> Span {
        self.0.iter().copied().reduce(Span::with).unwrap_or(Span::both(0.0))
    }
}

/// Where the wires of neighbours stand, the first one at 0, with at least a distance between what they cover; and the
/// outline of all of them.
pub(super) fn pack<'a>(contours: impl Iterator<Item = &'a Contour>, distance: f32) -> (Vec<f32>, Contour) {
    let mut all = Contour::default();
    let mut places: Vec<f32> = Vec::new();
    for contour in contours {
        let bands = all.0.len().max(contour.0.len());
        let needed = (0..bands).filter_map(|b| Some(all.band(b)?.right - contour.band(b)?.left + distance));
        let at = needed.reduce(f32::max).unwrap_or(0.0).max(places.last().copied().unwrap_or(0.0));
        all.join(contour, at, 0);
        places.push(at);
    }
    (places, all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(left: f32, right: f32) -> Span {
        Span { left, right }
    }

    #[test]
    fn neighbours_interlock() {
        let flag = Contour::new(vec![span(-2.0, 40.0), span(-10.0, 10.0)]);
        let list = Contour::new(vec![span(-2.0, 2.0), span(-20.0, 60.0)]);
        let (places, all) = pack([&flag, &list].into_iter(), 5.0);
        assert_eq!(places, [0.0, 47.0], "the flag passes above the list");
        assert_eq!(all.whole(), span(-10.0, 107.0));
    }

    #[test]
    fn what_ends_early_goes_on_below() {
        let short = Contour::new(vec![span(-30.0, 30.0)]);
        let mut tall = Contour::new(vec![span(-1.0, 1.0); 2]);
        tall.join(&Contour::new(vec![span(-9.0, 9.0)]), 0.0, 2);
        let (places, _) = pack([&short, &tall].into_iter(), 1.0);
        assert_eq!(places, [0.0, 40.0]);
        assert_eq!(tall.whole(), span(-9.0, 9.0));
        assert_eq!(pack(std::iter::empty(), 8.0), (Vec::new(), Contour::default()));
    }

    #[test]
    fn a_narrow_piece_does_not_hide_the_wide_one_before_it() {
        let wide = Contour::new(vec![span(-5.0, 5.0), span(-50.0, 50.0)]);
        let thin = Contour::new(vec![span(-5.0, 5.0), span(-1.0, 1.0)]);
        let (places, _) = pack([&wide, &thin, &wide].into_iter(), 2.0);
        assert_eq!(places, [0.0, 53.0, 106.0]);
    }
}
