//! Where label boxes stand so that none lies over another, over a button or over the legend.

use egui::{Pos2, Rect, Vec2, pos2, vec2};

/// Air around a box.
const AIR: f32 = 5.0;

/// Longest way from a thing to its box.
const REACH: f32 = 170.0;

/// A box to place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Wanted {
    /// The point that it names.
    pub at: Pos2,
    /// Its size.
    pub size: Vec2,
    /// Where it would like to begin, from the point.
    pub lean: Vec2,
}

/// Places boxes within `canvas`, the first ones first; `None` for one that finds no room.
pub(super) fn place(canvas: Rect, blocked: &[Rect], boxes: &[Wanted]) -> Vec<Option<Rect>> {
    let mut taken: Vec<Rect> = blocked.to_vec();
    let mut out = Vec::with_capacity(boxes.len());
    let points: Vec<Pos2> = boxes.iter().map(|b| b.at).collect();
    for (index, wanted) in boxes.iter().enumerate() {
        let best = candidates(canvas, wanted)
            .filter(|rect| canvas.contains_rect(*rect) && free(*rect, &taken))
            .map(|rect| (cost(rect, wanted, index, &points, &out), rect))
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, rect)| rect);
        taken.extend(best);
        out.push(best);
    }
    out
}

fn free(rect: Rect, taken: &[Rect]) -> bool {
    let wide = rect.expand(AIR);
    !taken.iter().any(|t| t.intersects(wide))
}

/// Places to try: the one it leans to, then all around its point, nearer ones and farther ones.
fn candidates(canvas: Rect, wanted: &Wanted) -> impl Iterator<Item = Rect> {
    let Wanted { at, size, lean } = *wanted;
    let inside = move |min: Pos2| {
        let most = (canvas.max - size).max(canvas.min);
        Rect::from_min_size(min.clamp(canvas.min, most).round(), size)
    };
    let around = [18.0_f32, 34.0, 56.0, 84.0, 116.0, 150.0].into_iter().flat_map(move |far| {
        (0..24).map(move |k| {
            let way = Vec2::angled(k as f32 / 24.0 * std::f32::consts::TAU);
            // The nearest edge of the box stands so far away, whatever the direction.
            let middle = at + vec2(way.x * (far + size.x / 2.0), way.y * (far + size.y / 2.0));
            inside(middle - size / 2.0)
        })
    });
    std::iter::once(inside(at + lean)).chain(around)
}

/// How little a place is liked.
fn cost(rect: Rect, wanted: &Wanted, index: usize, points: &[Pos2], placed: &[Option<Rect>]) -> f32 {
    let strays = (rect.min - (wanted.at + wanted.lean)).length();
    let leader = way(wanted.at, rect);
    let far = (leader - REACH).max(0.0) * 4.0;
    let on_itself = if rect.expand(4.0).contains(wanted.at) { 220.0 } else { 0.0 };
    let hides = points.iter().enumerate().filter(|(k, p)| *k != index && rect.expand(3.0).contains(**p)).count();
    let foot = foot(wanted.at, rect);
    let crosses = placed.iter().flatten().filter(|other| crosses(wanted.at, foot, other.expand(1.0))).count();
    strays + leader * 0.25 + far + on_itself + hides as f32 * 90.0 + crosses as f32 * 120.0
}

/// Distance from a point to a box.
fn way(at: Pos2, rect: Rect) -> f32 {
    (foot(at, rect) - at).length()
}

/// Where a leader meets its box.
pub(super) fn foot(at: Pos2, rect: Rect) -> Pos2 {
    let x = at.x.clamp(rect.left() + 8.0, (rect.right() - 8.0).max(rect.left() + 8.0));
    let y = at.y.clamp(rect.top(), rect.bottom());
    if at.x < rect.left() || at.x > rect.right() {
        if at.y >= rect.top() && at.y <= rect.bottom() {
            return pos2(at.x.clamp(rect.left(), rect.right()), y);
        }
    }
    pos2(x, y)
}

/// Whether a segment touches a box.
fn crosses(a: Pos2, b: Pos2, rect: Rect) -> bool {
    let (mut enter, mut leave) = (0.0_f32, 1.0_f32);
    for (from, to, low, high) in [(a.x, b.x, rect.left(), rect.right()), (a.y, b.y, rect.top(), rect.bottom())] {
        let along = to - from;
        if along.abs() < 1e-6 {
            if from < low || from > high {
                return false;
            }
            continue;
        }
        let (s, t) = ((low - from) / along, (high - from) / along);
        enter = enter.max(s.min(t));
        leave = leave.min(s.max(t));
    }
    enter < leave
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canvas() -> Rect {
        Rect::from_min_size(pos2(0.0, 0.0), vec2(600.0, 400.0))
    }

    fn wanted(x: f32, y: f32) -> Wanted {
        Wanted { at: pos2(x, y), size: vec2(120.0, 40.0), lean: vec2(-30.0, -80.0) }
    }

    #[test]
    fn a_box_stands_where_it_leans_when_there_is_room() {
        let placed = place(canvas(), &[], &[wanted(300.0, 200.0)]);
        assert_eq!(placed, [Some(Rect::from_min_size(pos2(270.0, 120.0), vec2(120.0, 40.0)))]);
    }

    #[test]
    fn boxes_never_overlap_each_other_nor_what_is_blocked() {
        let blocked = [Rect::from_min_size(pos2(300.0, 0.0), vec2(300.0, 60.0))];
        let boxes: Vec<Wanted> =
            (0..14).map(|k| wanted(220.0 + (k * 37 % 160) as f32, 90.0 + (k * 53 % 220) as f32)).collect();
        let placed: Vec<Rect> = place(canvas(), &blocked, &boxes).into_iter().flatten().collect();
        assert!(placed.len() >= 8, "only {} found room", placed.len());
        for (i, a) in placed.iter().enumerate() {
            assert!(canvas().contains_rect(*a) && !a.intersects(blocked[0]));
            assert!(placed.iter().skip(i + 1).all(|b| !a.intersects(*b)), "box {i} lies over another");
        }
    }

    #[test]
    fn the_first_keep_their_place_and_the_last_fold_away() {
        let small = Rect::from_min_size(pos2(0.0, 0.0), vec2(150.0, 100.0));
        let placed =
            place(small, &[], &[wanted(70.0, 90.0), wanted(75.0, 80.0), wanted(60.0, 60.0), wanted(50.0, 70.0)]);
        assert!(placed[0].is_some() && placed[3].is_none(), "{placed:?}");
        assert_eq!(place(Rect::NOTHING, &[], &[wanted(0.0, 0.0)]), [None]);
        assert_eq!(place(canvas(), &[], &[wanted(f32::NAN, 0.0)]).len(), 1);
    }

    #[test]
    fn leaders_cross_boxes_that_lie_between() {
        let rect = Rect::from_min_size(pos2(40.0, 40.0), vec2(20.0, 20.0));
        assert!(crosses(pos2(0.0, 50.0), pos2(100.0, 50.0), rect));
        assert!(!crosses(pos2(0.0, 50.0), pos2(30.0, 50.0), rect));
        assert!(!crosses(pos2(0.0, 0.0), pos2(100.0, 10.0), rect));
    }
}
