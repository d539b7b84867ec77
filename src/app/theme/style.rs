//! What egui itself draws (menus, text fields, scroll bars, tooltips) in the colours of a theme.

use egui::epaint::FontColorTransferFunction;
use egui::style::{ScrollStyle, Selection, WidgetVisuals, Widgets};
use egui::{Color32, Context, Margin, Shadow, Stroke, Style, TextStyle, vec2};

use super::{Face, Theme, corners};

/// Gives egui the colours and measures of a theme.
pub(super) fn apply(ctx: &Context, theme: &Theme) {
    let style = style(theme);
    // Both of egui's own themes get ours, so that a change of the desktop's preference changes nothing here.
    ctx.set_style_of(egui::Theme::Dark, style.clone());
    ctx.set_style_of(egui::Theme::Light, style);
    ctx.options_mut(|options| options.zoom_with_keyboard = false);
}

fn style(theme: &Theme) -> Style {
    let tokens = theme.tokens;
    let text_styles = [
        (TextStyle::Small, Face::Caption),
        (TextStyle::Body, Face::Body),
        (TextStyle::Button, Face::Label),
        (TextStyle::Heading, Face::Title),
        (TextStyle::Monospace, Face::NumberLabel),
    ]
    .map(|(name, face)| (name, theme.font(face)));
    let animation_time = tokens.duration_ms.state / 1000.0;
    let mut style = Style { text_styles: text_styles.into(), animation_time, ..Style::default() };
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.4;
    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(tokens.space.unit, tokens.space.half);
    spacing.button_padding = vec2(tokens.space.unit, 3.0);
    spacing.interact_size = vec2(tokens.control.hit_min, tokens.control.button_h);
    spacing.menu_margin = Margin::same(6);
    spacing.window_margin = Margin::same(12);
    spacing.tooltip_width = 340.0;
    spacing.scroll = ScrollStyle { bar_width: 6.0, floating_width: 3.0, ..ScrollStyle::floating() };
    // The last line of a list is to be read, and nothing in the window is a gradient.
    spacing.scroll.fade.strength = 0.0;
    colours(theme, &mut style.visuals);
    style
}

fn colours(theme: &Theme, visuals: &mut egui::Visuals) {
    let tokens = theme.tokens;
    *visuals = if theme.is_dark() { egui::Visuals::dark() } else { egui::Visuals::light() };
    // The proportional face is a light one, and some renderers thin dark text on a bright ground: every theme fills its
    // letters as egui otherwise does on dark ground only.
    visuals.text_options.color_transfer_function = FontColorTransferFunction::TwoCoverageMinusCoverageSq;
    visuals.panel_fill = *theme.bg;
    visuals.window_fill = *theme.raised;
    visuals.window_stroke = theme.outline();
    visuals.window_corner_radius = corners(tokens.radius.menu);
    visuals.menu_corner_radius = corners(tokens.radius.menu);
    visuals.window_shadow = Shadow::NONE;
    visuals.popup_shadow = Shadow::NONE;
    visuals.extreme_bg_color = *theme.sunken;
    visuals.text_edit_bg_color = Some(*theme.sunken);
    visuals.faint_bg_color = *theme.header;
    visuals.code_bg_color = *theme.sunken;
    visuals.hyperlink_color = *theme.accent.grid;
    visuals.warn_fg_color = *theme.alarm.warn;
    visuals.error_fg_color = *theme.alarm.trip;
    visuals.weak_text_color = Some(*theme.text3);
    visuals.selection = Selection { bg_fill: *theme.select_bg, stroke: Stroke::new(1.0, theme.text) };
    visuals.disabled_alpha = tokens.opacity.disabled;
    visuals.striped = false;
    visuals.widgets = widgets(theme);
}

fn widgets(theme: &Theme) -> Widgets {
    let radius = corners(theme.tokens.radius.control);
    let state = |fill: Color32, outline: Color32, words: Color32| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(theme.tokens.stroke.hairline, outline),
        corner_radius: radius,
        fg_stroke: Stroke::new(1.0, words),
        expansion: 0.0,
    };
    Widgets {
        noninteractive: state(*theme.surface, *theme.line_strong, *theme.text2),
        inactive: state(*theme.raised, *theme.line_strong, *theme.text),
        hovered: state(*theme.hover, *theme.line_strong, *theme.text),
        active: state(*theme.select_bg, *theme.focus, *theme.text),
        open: state(*theme.hover, *theme.line_strong, *theme.text),
    }
}
