//! How much the drawing tells: what gives way first where room is short.

/// How branches are drawn together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Merge {
    /// Each by itself.
    None,
    /// Branches of one class of things together.
    Class,
    /// Branches of one form of energy together.
    Carrier,
    /// All together.
    All,
    /// None: only sources and bus.
    Hidden,
}

/// How loads on one bus are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lists {
    /// Every load has its line.
    Full,
    /// As many lines as there is room for.
    Short,
    /// A box for all.
    Folded,
}

/// Most columns of a list.
const MOST_COLUMNS: usize = 3;

/// How much the drawing tells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Detail {
    /// The flow between two stages of a chain.
    pub stage_flows: bool,
    /// Loss labels.
    pub losses: bool,
    /// Efficiencies in boxes.
    pub efficiencies: bool,
    /// Widest label, points; longer ones are shortened.
    pub label_pt: f32,
    /// Lists of loads.
    pub lists: Lists,
    /// Columns that long lists break into where they are too tall.
    pub list_columns: usize,
    /// The stages between source and bus.
    pub trunk: bool,
    /// Stages below the bus; deeper ones fold into the last.
    pub depth: usize,
    /// Branches drawn together.
    pub merge: Merge,
}

impl Detail {
    /// Everything.
    pub const FULL: Self = Self {
        stage_flows: true,
        losses: true,
        efficiencies: true,
        label_pt: 120.0,
        lists: Lists::Full,
        list_columns: 1,
        trunk: true,
        depth: usize::MAX,
        merge: Merge::None,
    };

    /// Gives up what helps most against a drawing of `deep` stages that is too wide or too tall; false when nothing is
    /// left to give up.
    pub fn save(&mut self, too_tall: bool, deep: usize) -> bool {
        if too_tall { self.lower(deep) } else { self.narrower(deep) }
    }

    fn lower(&mut self, deep: usize) -> bool {
        if self.losses || self.stage_flows {
            (self.losses, self.stage_flows) = (false, false);
        } else if self.lists == Lists::Full && self.list_columns < MOST_COLUMNS {
            self.list_columns += 1;
        } else if self.lists == Lists::Full {
            (self.lists, self.list_columns) = (Lists::Short, 1);
        } else if self.trunk {
            self.trunk = false;
        } else if deep.min(self.depth) > 1 {
            self.depth = deep.min(self.depth) - 1;
        } else if self.merge < Merge::Hidden {
            self.merge = Merge::Hidden;
        } else {
            return false;
        }
        true
    }

    fn narrower(&mut self, deep: usize) -> bool {
        if self.list_columns > 1 {
            // Side by side they have no room either.
            (self.lists, self.list_columns) = (Lists::Short, 1);
        } else if self.stage_flows {
            self.stage_flows = false;
        } else if self.efficiencies {
            self.efficiencies = false;
        } else if self.label_pt > 72.0 {
            self.label_pt = 72.0;
        } else if self.losses {
            self.losses = false;
        } else if self.lists != Lists::Folded {
            self.lists = Lists::Folded;
        } else if self.merge == Merge::None {
            self.merge = Merge::Class;
        } else if self.merge == Merge::Class {
            self.merge = Merge::Carrier;
        } else if deep.min(self.depth) > 1 {
            self.depth = 1;
        } else if self.merge == Merge::Carrier {
            self.merge = Merge::All;
        } else if self.merge == Merge::All {
            self.merge = Merge::Hidden;
        } else {
            return false;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_breaks_into_columns_before_it_is_cut_short() {
        let mut detail = Detail { losses: false, stage_flows: false, ..Detail::FULL };
        assert!(detail.save(true, 2));
        assert_eq!((detail.lists, detail.list_columns), (Lists::Full, 2));
        assert!(detail.save(false, 2), "no width for two columns");
        assert_eq!((detail.lists, detail.list_columns), (Lists::Short, 1));
    }

    #[test]
    fn losses_go_before_loads_and_giving_up_ends() {
        let mut detail = Detail::FULL;
        assert!(detail.save(true, 3) && !detail.losses && detail.lists == Lists::Full);
        for too_tall in [true, false] {
            let mut detail = Detail::FULL;
            let mut steps = 0;
            while detail.save(too_tall, 5) {
                steps += 1;
                assert!(steps < 40);
            }
            assert_eq!(detail.merge, Merge::Hidden);
        }
    }
}
