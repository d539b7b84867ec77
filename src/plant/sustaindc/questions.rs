//! What is worth asking of a week of the data centre.

use crate::plant::{Asked, Condition, Question};

use super::signals::Col;

/// The data centre's own questions, most telling first.
pub(super) fn questions() -> Vec<Question> {
    let id = |col: Col| col as usize;
    let flag = |col: Col| Asked::Time(vec![Condition::flag(id(col))]);
    let rise = |col: Col| Asked::LargestRise { signal: id(col), seconds: 3_600 };
    vec![
        Question::new("co2", "Carbon dioxide", Asked::Last(id(Col::Co2Total)), "Of the energy from the grid, so far."),
        Question::new("dirtiest_hour", "Dirtiest hour", rise(Col::Co2Total), "Most carbon dioxide in an hour."),
        Question::new("energy", "Energy from the grid", Asked::Last(id(Col::EGridTotal)), "So far."),
        Question::new("water", "Water", Asked::Last(id(Col::WaterTotal)), "Evaporated by the tower, so far."),
        Question::new("lowest_pue", "Lowest PUE", Asked::Lowest(id(Col::Pue)), "Total over IT power of a tick."),
        Question::new("highest_pue", "Highest PUE", Asked::Highest(id(Col::Pue)), "Total over IT power of a tick."),
        Question::new("hottest_outlet", "Hottest outlet", Asked::Highest(id(Col::TOutletMax)), "Of all racks."),
        Question::new("largest_draw", "Largest draw", Asked::Highest(id(Col::PGrid)), "Power from the grid."),
        Question::new("longest_queue", "Longest queue", Asked::Highest(id(Col::TasksInQueue)), "Tasks that wait."),
        Question::new("oldest_task", "Oldest task", Asked::Highest(id(Col::OldestAge)), "Age of a waiting task."),
        Question::new("time_overdue", "Tasks overdue", flag(Col::Overdue), "Tasks waited longer than 24 hours."),
        Question::new("time_tower", "Tower at its limit", flag(Col::Saturated), "It wanted more air than it has."),
        Question::new("time_stop", "Set point at its stop", flag(Col::AtStop), "A move of the set point was cut off."),
        Question::new("battery_idle", "Battery at rest", flag(Col::BatteryIdle), "No energy moved."),
    ]
}
