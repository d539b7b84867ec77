//! Runs are explained: numbers come from the rows, the saving of a paired run adds up, run folders are read, and every plant
//! and kind of log can be told of.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};

use c2g_twin::evaluate::explain::{self, Wanted, Whole};
use c2g_twin::record::{LogHeader, LogWriter};
use c2g_twin::rollout::{Setup, Step, World};

/// A full log of a run.
fn log(dir: &Path, setup: &Setup) -> PathBuf {
    let world = World::default();
    let mut rollout = world.build(setup).unwrap();
    let path = dir.join("run.csv");
    let mut writer = LogWriter::create(&path, &LogHeader::of(&rollout)).unwrap();
    let mut tick = 0;
    while rollout.step().unwrap() == Step::Ran {
        writer.row(tick, rollout.row()).unwrap();
        tick += 1;
    }
    writer.finish().unwrap();
    path
}

fn sustaindc(ticks: u64) -> Setup {
    let policies = [("agent_ls", "carbon_shift"), ("agent_dc", "trim_and_respond"), ("agent_bat", "rbc_battery")];
    Setup {
        plant: "sustaindc".to_owned(),
        policies: policies.map(|(slot, name)| (slot.to_owned(), name.to_owned())).into_iter().collect(),
        ticks: Some(ticks),
        ..Setup::default()
    }
}

fn explained(path: &Path) -> Whole {
    let wanted = Wanted { path: path.to_path_buf(), ..Wanted::default() };
    explain::explain(&World::default(), &wanted, &mut |_, _| true).unwrap().unwrap()
}

#[test]
fn a_saving_is_split_without_a_rest() {
    let dir = tempfile::tempdir().unwrap();
    let whole = explained(&log(dir.path(), &sustaindc(192)));
    let paired = whole.told.paired.as_ref().expect("the run can be made again");
    assert!(paired.off.is_empty(), "a full log is made again exactly: {:?}", paired.off);
    assert_eq!((paired.players.len(), paired.splits.len()), (3, 3));
    for split in &paired.splits {
        let parts: f64 = split.parts.iter().sum();
        let size = split.baseline.abs();
        assert!((parts - split.saving()).abs() <= 1e-9 * size, "{}: {parts} of {}", split.amount.name, split.saving());
        assert_eq!(split.combinations.len(), 8);
        // Everybody as recorded is the run itself.
        let total = whole.told.totals.iter().find(|t| t.amount.signal == split.amount.signal).unwrap();
        assert!((split.policy - total.sum).abs() <= 1e-9 * size);
    }
    // Cooling to its stop costs energy here, so that somebody has a part.
    assert!(paired.splits.iter().any(|s| s.parts.iter().any(|p| p.abs() > 1.0)));
    let sizes = whole.told.sizes.as_ref().expect("sizes are tried");
    assert_eq!(sizes.uses.len(), 3);
    let present = sizes.sizes_mwh.iter().position(|s| *s == sizes.present_mwh).unwrap();
    let (asis, rule) = (&sizes.uses[0].saved, &sizes.uses[1].saved);
    assert!((asis[present] - rule[present]).abs() < 1e-6 * sizes.at_rest, "that controller drove: the same again");
}

#[test]
fn what_became_of_tasks_adds_up() {
    let dir = tempfile::tempdir().unwrap();
    let wanted = Wanted { path: log(dir.path(), &sustaindc(672)), as_recorded: true, ..Wanted::default() };
    let whole = explain::explain(&World::default(), &wanted, &mut |_, _| true).unwrap().unwrap();
    let queue = whole.told.queue.unwrap();
    let of = |v: Option<f64>| v.unwrap();
    assert!(of(queue.deferred) > 0.0 && of(queue.shiftable) >= of(queue.deferred));
    let left = of(queue.deferred) - of(queue.taken_up) - of(queue.forced);
    assert_eq!(left, of(queue.left), "put off less run later and forced is what still waits");
    let ages: f64 = queue.ages.iter().map(|a| a.1).sum();
    assert!((ages - queue.waiting.unwrap().0).abs() < 1e-9, "every waiting task has an age");
}

#[test]
fn every_plant_and_kind_of_log_is_told_of() {
    let dir = tempfile::tempdir().unwrap();
    let mut setup = Setup::default_day().unwrap();
    setup.ticks = Some(900);
    let whole = explained(&log(dir.path(), &setup));
    assert_eq!(whole.told.levers.len(), 6, "two bids and four levers");
    let bid = &whole.told.levers[0];
    assert_eq!(bid.decisions, 5, "the macro agent decides every 180 ticks");
    let throttle = whole.told.levers.iter().find(|l| l.name.starts_with("hardware")).unwrap();
    assert_eq!((throttle.decisions, throttle.classes.len()), (900, 3));
    let share: f64 = throttle.shares.iter().map(|s| s.share).sum();
    assert!((share - 1.0).abs() < 1e-12);
    assert!(whole.told.efficiency.is_some() && whole.told.terms.len() == 2);
    assert!(whole.told.paired.is_none(), "this plant has no such story");
    // A table has columns and nobody who drives.
    let table = dir.path().join("table.csv");
    std::fs::write(&table, "time_s,a,b\n0,1,2\n60,2,3\n120,3,5\n").unwrap();
    let whole = explained(&table);
    assert!(whole.told.levers.is_empty() && whole.told.notes.iter().any(|n| n.starts_with("No lever")));
}

/// Gives every rule a chance: the battery follows the hour, the others do not move.
#[test]
fn a_rule_is_found_where_there_is_one_and_none_where_there_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::default();
    let setup = Setup { policies: Default::default(), ..sustaindc(672) };
    let mut rollout = world.build(&setup).unwrap();
    let path = dir.path().join("run.csv");
    let mut writer = LogWriter::create(&path, &LogHeader::of(&rollout)).unwrap();
    let mut coin = 7_u64;
    for tick in 0..672_u64 {
        let hour = (rollout.spec().calendar.civil(tick).hour()) as u64;
        coin = coin.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        rollout.command(0, &[((coin >> 33) % 3) as f64]);
        rollout.command(1, &[1.0]);
        rollout.command(2, &[if hour < 5 { 0.0 } else { 2.0 }]);
        rollout.step().unwrap();
        writer.row(tick, rollout.row()).unwrap();
    }
    writer.finish().unwrap();
    let wanted = Wanted { path, as_recorded: true, ..Wanted::default() };
    let whole = explain::explain(&world, &wanted, &mut |_, _| true).unwrap().unwrap();
    let lever = |name: &str| whole.told.levers.iter().find(|l| l.name.starts_with(name)).unwrap();
    assert!(lever("agent_ls").rules.is_empty(), "chance has no rule: {:?}", lever("agent_ls").rules);
    let always = &lever("agent_dc").rules;
    assert!(always.len() == 1 && always[0].when.is_empty() && always[0].all.n == 672);
    let charges: Vec<_> = lever("agent_bat").rules.iter().filter(|r| r.class == 0).collect();
    let hour = charges.iter().find(|r| r.when.iter().any(|w| w.driver == explain::Driver::Hour)).expect("the hour");
    assert!(hour.held_out.confidence > 0.7 && hour.held_out.n >= 12 && hour.found.n >= 12);
    let text = explain::rules_text(&whole.frame, &whole.told);
    assert!(text.contains("Load shifting: no rule found"), "{text}");
    assert!(
        lever("agent_dc").correlations.iter().all(|(_, r)| r.is_none()),
        "what never changes goes along with nothing"
    );
}

#[test]
fn files_have_the_names_that_people_know() {
    let dir = tempfile::tempdir().unwrap();
    let whole = explained(&log(dir.path(), &sustaindc(96)));
    let out = dir.path().join("out");
    explain::write(&out, &whole.frame, &whole.told, &whole.exhibits, &whole.findings).unwrap();
    for name in [
        "action_distribution.png",
        "actions_timeline.png",
        "action_correlations.html",
        "power_co2_analysis.png",
        "policy_rules.txt",
        "action_distribution.csv",
        "explain.json",
        "explain.txt",
    ] {
        assert!(out.join(name).metadata().is_ok_and(|m| m.len() > 100), "{name}");
    }
    let page = std::fs::read_to_string(out.join("action_correlations.html")).unwrap();
    assert!(!page.contains("http") && !page.contains("/*DATA*/") && page.contains("\"levers\":["));
    let json: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(out.join("explain.json")).unwrap()).unwrap();
    assert_eq!(json["rows"], 96);
    assert!(json["findings"].as_array().unwrap().len() > 5);
}

#[test]
fn a_run_folder_is_explained_and_its_log_made_again() {
    let dir = tempfile::tempdir().unwrap();
    let run = dir.path().join("sustaindc/ny/happo/first/seed-00007-2025-11-05-09-00-00");
    for sub in ["models", "evaluation_data"] {
        std::fs::create_dir_all(run.join(sub)).unwrap();
    }
    std::fs::write(run.join("config.json"), r#"{"env_args": {"location": "ny", "month": 5, "flexible_load": 0.6}}"#)
        .unwrap();
    std::fs::write(run.join("progress.txt"), "672,-1.5\n1344,-0.5\n").unwrap();
    std::fs::write(run.join("models/actor_agent0.pt"), "weights").unwrap();
    let golden =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/sustaindc/ny_june_pattern.all_agents_episode_1.csv");
    std::fs::copy(golden, run.join("evaluation_data/all_agents_episode_1.csv")).unwrap();
    let whole = explained(&run);
    let folder = whole.told.folder.as_ref().unwrap();
    assert_eq!((folder.models.len(), folder.best().unwrap().0), (1, 1));
    assert_eq!(folder.setup.as_ref().unwrap().axes["month"], "june");
    assert!(whole.exhibits.iter().any(|e| e.name == "training"));
    let paired = whole.told.paired.as_ref().expect("the evaluation log is made again");
    let carbon = &paired.splits[0];
    assert!((carbon.policy - 65_033.867).abs() < 0.002 * carbon.policy, "{}", carbon.policy);
    let parts: f64 = carbon.parts.iter().sum();
    assert!((parts - carbon.saving()).abs() < 1e-9 * carbon.baseline);
    assert!(whole.told.queue.as_ref().is_some_and(|q| q.shiftable.is_some() && !q.from_queue));
    assert_eq!(whole.told.episodes.len(), 1);
    // Without a log the folder alone is told of; a folder of nothing is an error with its cure.
    std::fs::remove_dir_all(run.join("evaluation_data")).unwrap();
    let whole = explained(&run);
    assert!(whole.told.rows == 0 && whole.told.folder.is_some());
    let empty = tempfile::tempdir().unwrap();
    let wanted = Wanted { path: empty.path().to_path_buf(), ..Wanted::default() };
    let error = explain::explain(&World::default(), &wanted, &mut |_, _| true).err().unwrap();
    assert!(error.to_string().contains("no CSV file") && !error.cure().is_empty(), "{error}");
}

#[test]
fn it_can_be_stopped() {
    let dir = tempfile::tempdir().unwrap();
    let path = log(dir.path(), &sustaindc(96));
    let wanted = Wanted { path, ..Wanted::default() };
    let mut last = 0.0;
    let stopped = explain::explain(&World::default(), &wanted, &mut |share, _| {
        assert!(share >= last - 1e-9 && share <= 1.0, "{last} to {share}");
        last = share;
        share < 0.6
    });
    assert!(stopped.unwrap().is_none());
}
