//! Figures: PNG, SVG and numbers of each.

use super::*;

/// Names of the files of a kind, without their ends, sorted.
fn names(folder: &Path, end: &str) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .filter_map(|n| n.strip_suffix(end).map(str::to_owned))
        .collect();
    names.sort();
    names
}

#[test]
fn every_figure_comes_as_picture_vectors_and_numbers() {
    let dir = bench();
    twin_in(dir.path(), &["evaluate", "short_episodes.csv", "--figures", "pics"])
        .ended(0)
        .says(&["figures (PNG, SVG, CSV) in pics"]);
    let folder = dir.path().join("pics");
    let expected = [
        "metric_bars",
        "pareto_all",
        "pareto_default",
        "pareto_scenario_b",
        "radar_default",
        "radar_scenario_b",
        "reward_heatmap",
        "violin_mean_reward",
        "violin_tracking_rmse",
    ];
    for end in [".png", ".svg", ".csv"] {
        assert_eq!(names(&folder, end), expected, "{end}");
    }
    for name in expected {
        let picture = std::fs::read(folder.join(format!("{name}.png"))).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(picture)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        let inked = pixels.chunks(3).filter(|p| p != &[255, 255, 255]).count();
        assert!(inked > pixels.len() / 3 / 100, "{name} is empty");
        let vectors = std::fs::read_to_string(folder.join(format!("{name}.svg"))).unwrap();
        assert!(vectors.starts_with("<svg ") && vectors.contains("bang_bang"), "{name}");
        let numbers = cells(&std::fs::read_to_string(folder.join(format!("{name}.csv"))).unwrap());
        assert!(numbers.len() > 3 && numbers.iter().all(|r| r.len() == numbers[0].len()), "{name}");
    }
    // The numbers beside the bars are the means of the episodes.
    let bars = cells(&std::fs::read_to_string(folder.join("metric_bars.csv")).unwrap());
    let pid = bars.iter().find(|r| r[0] == "tracking_rmse" && r[1] == "default" && r[2] == "pid").unwrap();
    let given = cells(episodes());
    let rmse = at(&given[0], "tracking_rmse");
    let own = given.iter().skip(1).filter(|r| r[0] == "default" && r[1] == "pid");
    let mean = own.map(|r| r[rmse].parse::<f64>().unwrap()).sum::<f64>() / 5.0;
    assert!((pid[4].parse::<f64>().unwrap() / mean - 1.0).abs() < 1e-12);
}

#[test]
fn traces_are_drawn_from_transition_logs_and_pinned_episodes_apart() {
    let dir = bench();
    recorded(dir.path(), 3);
    twin_in(dir.path(), &["evaluate", "--algoname", "pid", "--scenario", "default", "--agent-type", "hardware"])
        .ended(0)
        .says(&["1 figure (PNG, SVG, CSV) in figures"]);
    let folder = dir.path().join("figures");
    let vectors = std::fs::read_to_string(folder.join("pid_default_hardware.svg")).unwrap();
    for words in ["Mean ± 99% CI across all episodes", "temp_A_norm", "total reward", "backlog", "3 episodes"] {
        assert!(vectors.contains(words), "{words}");
    }
    let numbers = cells(&std::fs::read_to_string(folder.join("pid_default_hardware.csv")).unwrap());
    assert_eq!(numbers.len() as u64, TICKS + 1);
    // 18 states and 8 rewards with mean and interval, behind the time step.
    assert_eq!(numbers[0].len(), 1 + 2 * 26);
    // The total reward at the end is the mean of the episodes' own sums.
    let sums = (0..3).map(|episode| {
        let path = dir.path().join(format!("runs/pid_default_hardware/episode{episode}.csv"));
        let rows = cells(std::fs::read_to_string(path).unwrap().trim_end());
        let r = at(&rows[0], "r");
        rows.iter().skip(1).map(|row| row[r].parse::<f64>().unwrap()).sum::<f64>()
    });
    let mean = sums.sum::<f64>() / 3.0;
    let last: f64 = numbers.last().unwrap()[at(&numbers[0], "r_cumulated_mean")].parse().unwrap();
    assert!((last - mean).abs() < 1e-4 * mean.abs(), "{last}, {mean}");
    // The pinned episode stands alone, so it has no band.
    let args = ["evaluate", "runs/pid_default_hardware", "--fixed-action", "pump_speed_A=0.25", "--figures", "pinned"];
    twin_in(dir.path(), &args).ended(0);
    let path = dir.path().join("pinned/pid_default_hardware__PUMP_0.25.svg");
    assert!(std::fs::read_to_string(path).unwrap().contains("one episode, so no band"));
}
