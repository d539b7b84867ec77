//! How parts share a tile: heights down a column, widths across a row. Pure numbers.

/// What a row asks of the height.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Want {
    /// Heights at which it says more and more, ascending, points: the first is the least, the last shows all of it.
    pub levels: Vec<f32>,
    /// The level that says what matters.
    pub wish: usize,
    /// Whether it leaves before any other row goes without its wish.
    pub expendable: bool,
    /// Share of the height that is left; 0 = one of its levels.
    pub share: f32,
    /// Distance to the row above, points.
    pub gap: f32,
}

impl Want {
    /// A row with these levels, of which one says what matters.
    pub fn of(levels: Vec<f32>, wish: usize) -> Self {
        Self { levels, wish, ..Self::default() }
    }

    /// The least height.
    pub fn least(&self) -> f32 {
        self.levels.first().copied().unwrap_or(0.0)
    }

    /// The height that shows all of it.
    pub fn natural(&self) -> f32 {
        self.levels.last().copied().unwrap_or(0.0)
    }

    /// The height that says what matters.
    pub fn wished(&self) -> f32 {
        self.levels.get(self.wish).copied().unwrap_or_else(|| self.least())
    }

    /// The highest level up to some height.
    fn best_below(&self, height: f32) -> f32 {
        self.levels.iter().copied().take_while(|l| *l <= height + 0.5).last().unwrap_or_else(|| self.least())
    }
}

/// Where rows stand: top and height of each, `None` for rows that are left out.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Heights {
    /// The rows.
    pub rows: Vec<Option<(f32, f32)>>,
    /// Height of all of it; above the height that was given only where the one row that is left has to be scrolled.
    pub total: f32,
}

/// Divides a height. Rows with a natural height come first, the others share what is left. Where it is too short for
/// what matters, expendable rows leave; where it is too short for the least, rows with a natural height leave from the
/// bottom, then the others.
pub(super) fn heights(wants: &[Want], height: f32) -> Heights {
    let nothing = Want::default();
    let want = |index: usize| wants.get(index).unwrap_or(&nothing);
    let mut kept: Vec<usize> = (0..wants.len()).collect();
    let needed = |kept: &[usize], size: fn(&Want) -> f32| {
        let gaps: f32 = kept.iter().skip(1).map(|i| want(*i).gap).sum();
        gaps + kept.iter().map(|i| size(want(*i))).sum::<f32>()
    };
    while kept.len() > 1 && needed(&kept, Want::wished) > height + 0.5 {
        let Some(at) = kept.iter().rposition(|i| want(*i).expendable) else { break };
        kept.remove(at);
    }
    while kept.len() > 1 && needed(&kept, Want::least) > height + 0.5 {
        match kept.iter().rposition(|i| want(*i).share <= 0.0) {
            Some(at) => kept.remove(at),
            None => kept.remove(kept.len() - 1),
        };
    }
    let mut left = (height - needed(&kept, Want::least)).max(0.0);
    let mut sizes: Vec<f32> = kept.iter().map(|i| want(*i).least()).collect();
    // First what matters, from the top down, then all the rest; never a height that says nothing more.
    for cap in [Want::wished, Want::natural] {
        for (size, index) in sizes.iter_mut().zip(&kept).filter(|(_, i)| want(**i).share <= 0.0) {
            let more = (want(*index).best_below((*size + left).min(cap(want(*index)))) - *size).clamp(0.0, left);
            *size += more;
            left -= more;
        }
    }
    share(&mut sizes, &kept, &want, left);
    if let ([only], [size]) = (kept.as_slice(), sizes.as_mut_slice())
        && want(*only).least() > height
    {
        // Alone and still too high: a stretching part makes do, another one is scrolled.
        *size = if want(*only).share > 0.0 { height } else { want(*only).natural() };
    }
    let mut out = Heights { rows: vec![None; wants.len()], total: 0.0 };
    for (n, (index, size)) in kept.iter().zip(sizes).enumerate() {
        if n > 0 {
            out.total += want(*index).gap;
        }
        if let Some(row) = out.rows.get_mut(*index) {
            *row = Some((out.total, size));
        }
        out.total += size;
    }
    out
}

/// Gives what is left to the stretching rows so that heights stand in proportion to shares, none below its least.
fn share<'a>(sizes: &mut [f32], kept: &[usize], want: &dyn Fn(usize) -> &'a Want, left: f32) {
    let mut open: Vec<usize> = (0..kept.len()).filter(|n| kept.get(*n).is_some_and(|i| want(*i).share > 0.0)).collect();
    let share_of = |n: usize| kept.get(n).map_or(0.0, |i| want(*i).share);
    let mut pool = left + open.iter().filter_map(|n| sizes.get(*n)).sum::<f32>();
    loop {
        let total: f32 = open.iter().map(|n| share_of(*n)).sum();
        let fair = |n: usize| pool * share_of(n) / total.max(1e-6);
        // A row whose fair share is below its least keeps its least and leaves the division.
        let Some(at) = open.iter().position(|n| sizes.get(*n).is_some_and(|s| fair(*n) < *s - 0.01)) else {
            for n in &open {
                if let Some(size) = sizes.get_mut(*n) {
                    *size = fair(*n);
                }
            }
            return;
        };
        let n = open.remove(at);
        pool -= sizes.get(n).copied().unwrap_or(0.0);
    }
}

/// Widths of columns of `(share, least)`; the last ones fold away where they do not fit.
pub(super) fn widths(columns: &[(f32, f32)], width: f32) -> Vec<f32> {
    let mut count = columns.len();
    let least = |count: usize| columns.iter().take(count).map(|c| c.1.max(0.0)).sum::<f32>();
    while count > 1 && least(count) > width + 0.5 {
        count -= 1;
    }
    let wants: Vec<Want> = columns
        .iter()
        .take(count)
        .map(|(share, least)| Want { share: share.max(1e-3), ..Want::of(vec![least.max(0.0)], 0) })
        .collect();
    heights(&wants, width).rows.into_iter().map(|r| r.map_or(0.0, |(_, w)| w)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn natural(least: f32, natural: f32) -> Want {
        Want::of(vec![least, natural], 0)
    }

    fn stretch(least: f32, share: f32) -> Want {
        Want { share, ..Want::of(vec![least], 0) }
    }

    #[test]
    fn natural_heights_come_first_and_shares_divide_the_rest() {
        let rows = heights(&[natural(20.0, 40.0), stretch(50.0, 2.0), stretch(10.0, 1.0)], 340.0).rows;
        assert_eq!(rows, [Some((0.0, 40.0)), Some((40.0, 200.0)), Some((240.0, 100.0))]);
    }

    #[test]
    fn a_share_below_its_least_takes_its_least() {
        let rows = heights(&[stretch(50.0, 9.0), stretch(50.0, 1.0)], 200.0).rows;
        assert_eq!(rows, [Some((0.0, 150.0)), Some((150.0, 50.0))]);
    }

    #[test]
    fn natural_rows_leave_from_the_bottom_before_any_other() {
        let wants = [natural(30.0, 30.0), stretch(60.0, 1.0), natural(30.0, 60.0), natural(20.0, 20.0)];
        let kept = |height: f32| heights(&wants, height).rows.iter().map(Option::is_some).collect::<Vec<_>>();
        assert_eq!(kept(140.0), [true; 4]);
        assert_eq!(kept(130.0), [true, true, true, false]);
        assert_eq!(kept(100.0), [true, true, false, false]);
        assert_eq!(kept(70.0), [false, true, false, false]);
        assert_eq!(heights(&wants, 20.0).rows, [None, Some((0.0, 20.0)), None, None], "a chart makes do");
    }

    #[test]
    fn what_matters_comes_before_everything_that_is_merely_nice() {
        let score = Want::of(vec![37.0, 52.0, 95.0, 110.0], 2);
        let note = Want { expendable: true, ..natural(15.0, 15.0) };
        let wants = [natural(34.0, 42.0), score, note];
        let sizes = |height: f32| -> Vec<f32> {
            heights(&wants, height).rows.iter().map(|r| r.map_or(0.0, |(_, size)| size)).collect()
        };
        assert_eq!(sizes(200.0), [42.0, 110.0, 15.0]);
        assert_eq!(sizes(150.0), [34.0, 95.0, 15.0]);
        assert_eq!(sizes(138.0), [42.0, 95.0, 0.0], "the note leaves for the bars");
        assert_eq!(sizes(110.0), [42.0, 52.0, 0.0], "no height between two levels");
        assert_eq!(sizes(75.0), [34.0, 37.0, 0.0]);
    }

    #[test]
    fn only_a_last_natural_row_is_scrolled() {
        let alone = heights(&[natural(50.0, 90.0)], 30.0);
        assert_eq!((alone.rows, alone.total), (vec![Some((0.0, 90.0))], 90.0));
    }

    #[test]
    fn nothing_ever_overlaps_or_leaves() {
        for height in (0..400).step_by(7) {
            let mut wants = [natural(20.0, 44.0), stretch(40.0, 3.0), natural(18.0, 90.0), stretch(30.0, 1.0)];
            wants.iter_mut().for_each(|w| w.gap = 6.0);
            let out = heights(&wants, height as f32);
            let mut end = 0.0;
            for (top, size) in out.rows.iter().flatten() {
                assert!(*top >= end - 0.01 && *size >= 0.0, "{height}: {out:?}");
                end = top + size;
            }
            assert!(end <= height as f32 + 0.6, "{height}: {out:?}");
        }
        assert_eq!(heights(&[], 100.0), Heights::default());
    }

    #[test]
    fn columns_fold_from_the_last() {
        let columns = [(3.0, 200.0), (1.0, 100.0), (1.0, 100.0)];
        assert_eq!(widths(&columns, 500.0), [300.0, 100.0, 100.0]);
        assert_eq!(widths(&columns, 390.0), [290.0, 100.0]);
        assert_eq!(widths(&columns, 120.0), [120.0]);
        assert!(widths(&[], 100.0).is_empty());
    }
}
