//! `export`: drawings, reports and tables of runs and of logs, and what is refused.

use super::{arg, folder, twin_in};

/// A short run's log.
fn log(dir: &std::path::Path) -> std::path::PathBuf {
    let log = dir.join("log.csv");
    twin_in(dir, &["run", "--quiet", "--ticks=400", "--macro=rule_macro", "--log", arg(&log)]).ended(0);
    log
}

#[test]
fn a_chart_of_every_kind_becomes_an_svg_of_the_same_bytes() {
    let dir = folder();
    let log = log(dir.path());
    for kind in ["lines", "xy", "histogram", "duration", "carpet", "stacked"] {
        let draw = |name: &str| {
            let signals = "--signals=t_zone_a_degc,p_facility_mw,soc_frac";
            let kind = format!("--kind={kind}");
            let args = ["export", "svg", "--replay", arg(&log), signals, &kind, "--size=700x300", "--out", name];
            let done = twin_in(dir.path(), &args).ended(0);
            assert_eq!(done.out.trim(), name);
            std::fs::read_to_string(dir.path().join(name)).unwrap()
        };
        let svg = draw("a.svg");
        assert!(svg.starts_with("<svg width=\"700\" height=\"300\"") && svg.trim_end().ends_with("</svg>"), "{kind}");
        assert!(svg.contains("°C") && svg.contains("Zone A"), "{kind} has no words");
        assert_eq!(svg, draw("b.svg"), "{kind}");
        parses(&svg);
    }
    let left: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "nothing half is left: {left:?}");
}

/// Every element is closed, every attribute quoted.
fn parses(xml: &str) {
    let mut open: Vec<String> = Vec::new();
    for tag in xml.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').expect("a tag that does not end");
        let name = tag.trim_start_matches('/').split([' ', '/', '\n']).next().unwrap().to_owned();
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') && !tag.starts_with(['?', '!']) {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn a_report_holds_the_values_of_the_summary_and_says_how_to_run_it_again() {
    let dir = folder();
    let run = ["--ticks=400", "--macro=rule_macro", "--hardware=pid", "--seed=7"];
    // Exports begin with the default day, as pictures do.
    let day = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("configs/default_day.yaml");
    let all: Vec<&str> = ["run", "--quiet", "--summary", "--setup", arg(&day)].into_iter().chain(run).collect();
    let summary = twin_in(dir.path(), &all).ended(0).json();
    let all: Vec<&str> = ["export", "report", "--out", "r.html"].into_iter().chain(run).collect();
    twin_in(dir.path(), &all).ended(0);
    let page = std::fs::read_to_string(dir.path().join("r.html")).unwrap();
    let mut told = 0;
    for (name, value) in summary["metrics"]["hardware"].as_object().unwrap() {
        let number = c2g_twin::evaluate::numbers::short(value.as_f64().unwrap());
        // Counters of the loop itself are no metrics of the plant.
        if page.contains(&format!("<td>{name}</td>")) {
            assert!(page.contains(&format!("<td>{name}</td><td>{number}</td>")), "{name} is not {number}");
            told += 1;
        }
    }
    assert!(told > 8, "only {told} metrics");
    for word in
        ["mean_reward", "pid", "seed: 7", "<svg role=\"img\"", "How to run it again", "Ticks</td><td>400 of 5 s"]
    {
        assert!(page.contains(word), "`{word}` is missing");
    }
    for outside in ["http://", "https://", "<script", "src="] {
        let found = page.replace("http://www.w3.org/2000/svg", "").contains(outside);
        assert!(!found, "the page loads something: {outside}");
    }
    let again: Vec<&str> = ["export", "report", "--out", "again.html"].into_iter().chain(run).collect();
    twin_in(dir.path(), &again).ended(0);
    assert_eq!(page, std::fs::read_to_string(dir.path().join("again.html")).unwrap());
}

#[test]
fn rows_of_a_log_become_a_table() {
    let dir = folder();
    let log = log(dir.path());
    let args = ["export", "csv", "--replay", arg(&log), "--signals=soc_frac", "--from=10", "--to=20", "--out=t.csv"];
    twin_in(dir.path(), &args).ended(0);
    let text = std::fs::read_to_string(dir.path().join("t.csv")).unwrap();
    assert_eq!(text.lines().filter(|l| !l.starts_with('#')).count(), 11);
    assert!(text.contains("tick,site_time,soc_frac"));
}

#[test]
fn what_cannot_be_exported_is_refused_with_a_cure() {
    let dir = folder();
    let short = ["--ticks=40", "--out=x"];
    let told = |args: &[&str]| {
        let all: Vec<&str> = ["export"].into_iter().chain(args.iter().copied()).chain(short).collect();
        twin_in(dir.path(), &all).ended(2).err
    };
    assert!(told(&["svg", "--kind=pie"]).contains("histogram"));
    assert!(told(&["svg", "--signals=t_zone_a_degcc"]).contains("t_zone_a_degc"));
    assert!(told(&["svg", "--chart=thermla"]).contains("Did you mean"));
    assert!(told(&["svg", "--size=3"]).contains("1280x800"));
    assert!(told(&["svg", "--from=90"]).contains("no row"));
    assert!(told(&["svg", "--kind=xy", "--signals=soc_frac"]).contains("two signals"));
    assert!(told(&["report", "--replay=none.csv"]).contains("none.csv"));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "nothing was written");
}

#[test]
fn a_place_that_cannot_be_written_is_told_and_nothing_half_is_left() {
    let dir = folder();
    std::fs::write(dir.path().join("file"), "").unwrap();
    let done = twin_in(dir.path(), &["export", "svg", "--ticks=40", "--out=file/x.svg"]).ended(2);
    assert!(done.err.contains("file"), "{}", done.err);
    std::fs::create_dir(dir.path().join("folder.svg")).unwrap();
    let done = twin_in(dir.path(), &["export", "svg", "--ticks=40", "--out=folder.svg"]).ended(2);
    assert!(done.err.contains("folder"), "{}", done.err);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2);
}
