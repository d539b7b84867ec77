//! Where the tiles stand at a given size of the window.

use egui::{Rect, pos2};

use crate::app::theme::Theme;

/// From this width on, columns show two tiles instead of tabs, and the bars are higher.
pub(super) const WIDE: f32 = 1_500.0;

/// Below this width the right column joins the left one as tabs.
const NARROW: f32 = 960.0;

/// Below this height the bars are at their lowest and columns keep to tabs.
const HIGH: f32 = 860.0;

/// Side columns never grow past this.
const WIDEST_SIDE: f32 = 480.0;

/// The rectangles of all tiles. They never overlap and never leave the window.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Areas {
    /// Top bar.
    pub top: Rect,
    /// Left column, or its upper tile.
    pub left: Rect,
    /// Lower tile of the left column.
    pub left_below: Option<Rect>,
    /// Charts.
    pub centre: Rect,
    /// Right column, or its upper tile; none in a narrow window.
    pub right: Option<Rect>,
    /// Lower tile of the right column.
    pub right_below: Option<Rect>,
    /// Timeline.
    pub timeline: Rect,
}

impl Areas {
    /// Divides a window. `levers` is the height that the plant's levers would like.
    pub fn of(whole: Rect, theme: &Theme, levers: f32) -> Self {
        let (header, gap) = (theme.tokens.header, theme.tokens.space.tile_gap);
        let wide = whole.width() >= WIDE && whole.height() >= HIGH;
        let (bar, line) =
            if wide { (header.top_bar, header.timeline) } else { (header.top_bar_compact, header.timeline_compact) };
        let top = Rect::from_min_max(whole.min, pos2(whole.right(), (whole.top() + bar).min(whole.bottom())));
        let timeline = Rect::from_min_max(
            pos2(whole.left() + gap, (whole.bottom() - gap - line).max(top.bottom())),
            pos2((whole.right() - gap).max(whole.left() + gap), (whole.bottom() - gap).max(top.bottom())),
        );
        let (upper, lower) = (top.bottom() + gap, (timeline.top() - gap).max(top.bottom() + gap));
        let left_width = side(whole.width(), 0.175, 256.0);
        let right_width = if whole.width() < NARROW { 0.0 } else { side(whole.width(), 0.19, 248.0) };
        let column = |x: f32, width: f32| Rect::from_min_max(pos2(x, upper), pos2(x + width.max(1.0), lower));
        let left = column(whole.left() + gap, left_width);
        let right = (right_width > 0.0).then(|| column(whole.right() - gap - right_width, right_width));
        let centre_end = right.map_or(whole.right() - gap, |r| r.left() - gap);
        let centre = column(left.right() + gap, centre_end - left.right() - gap);
        let mut areas = Self { top, left, left_below: None, centre, right, right_below: None, timeline };
        if wide {
            areas.divide_columns(header.tile + levers + 2.0, gap);
        }
        areas
    }

    fn divide_columns(&mut self, levers: f32, gap: f32) {
        // Control keeps room for two slots; levers take what they need of the rest.
        let left = levers.min(self.left.height() - 250.0).max(self.left.height() * 0.4);
        let (upper, lower) = split(self.left, left, gap);
        (self.left, self.left_below) = (upper, Some(lower));
        if let Some(right) = self.right {
            let (upper, lower) = split(right, right.height() * 0.62, gap);
            (self.right, self.right_below) = (Some(upper), Some(lower));
        }
    }
}

fn side(width: f32, share: f32, least: f32) -> f32 {
    (width * share).round().clamp(least, WIDEST_SIDE).min(width * 0.45)
}

fn split(rect: Rect, upper: f32, gap: f32) -> (Rect, Rect) {
    let y = rect.top() + upper;
    (Rect::from_min_max(rect.min, pos2(rect.right(), y)), Rect::from_min_max(pos2(rect.left(), y + gap), rect.max))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::theme::ThemeName;

    fn tiles(areas: &Areas) -> Vec<Rect> {
        let some = [areas.left_below, areas.right, areas.right_below];
        let mut all = vec![areas.top, areas.left, areas.centre, areas.timeline];
        all.extend(some.into_iter().flatten());
        all
    }

    #[test]
    fn tiles_neither_overlap_nor_leave_the_window() {
        let theme = Theme::of(ThemeName::Dark);
        for (width, height) in
            [(640.0, 480.0), (960.0, 640.0), (1280.0, 800.0), (1500.0, 860.0), (1920.0, 1080.0), (3840.0, 2160.0)]
        {
            let window = Rect::from_min_size(pos2(0.0, 0.0), egui::vec2(width, height));
            let areas = Areas::of(window, &theme, 600.0);
            let all = tiles(&areas);
            for (i, a) in all.iter().enumerate() {
                assert!(window.contains_rect(*a) && a.width() > 0.0 && a.height() > 0.0, "{width} × {height}: {a:?}");
                for b in all.iter().skip(i + 1) {
                    assert!(!a.shrink(0.5).intersects(*b), "{width} × {height}: {a:?} {b:?}");
                }
            }
        }
    }

    #[test]
    fn a_window_of_almost_no_size_still_divides() {
        let theme = Theme::of(ThemeName::Dark);
        let areas = Areas::of(Rect::from_min_size(pos2(0.0, 0.0), egui::vec2(1.0, 1.0)), &theme, 600.0);
        assert!(tiles(&areas).iter().all(|r| r.is_finite()));
    }
}
