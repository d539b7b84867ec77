//! The page and the tables for papers.

use super::*;

#[test]
fn a_page_holds_everything_and_loads_nothing() {
    let dir = bench();
    recorded(dir.path(), 2);
    let args =
        ["report", "short_episodes.csv", "runs/pid_default_hardware", "--out", "page.html", "--baseline", "rule_based"];
    twin_in(dir.path(), &args).ended(0).says(&["page.html"]);
    let page = std::fs::read_to_string(dir.path().join("page.html")).unwrap();
    for words in [
        "How the numbers came about",
        "What they do not mean",
        "Documentation and program",
        "against rule_based",
        "short_episodes.csv",
        "00ffdefault",
        "100 to 104",
        "Mean ± 99% CI across all episodes",
        "Thermal Squeeze",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(page.matches("<svg ").count() >= 10, "figures stand in the page");
    for outside in ["<script", "<link", "<img", "@import", "url(", "src="] {
        assert!(!page.contains(outside), "the page loads something: {outside}");
    }
    for (open, close) in
        [("<table", "</table>"), ("<figure", "</figure>"), ("<ul", "</ul>"), ("<svg ", "</svg>"), ("<tr", "</tr>")]
    {
        assert_eq!(page.matches(open).count(), page.matches(close).count(), "{open}");
    }
    assert!(page.trim_end().ends_with("</html>"));
}

#[test]
fn tables_for_papers_hold_mean_and_deviation() {
    let dir = bench();
    let args = [
        "report",
        "short_episodes.csv",
        "--latex",
        "t.tex",
        "--markdown",
        "t.md",
        "--metric",
        "mean_reward",
        "tracking_rmse",
    ];
    twin_in(dir.path(), &args).ended(0).says(&["t.tex", "t.md"]);
    assert!(!dir.path().join("report.html").exists(), "tables were asked for, no page");
    let tex = std::fs::read_to_string(dir.path().join("t.tex")).unwrap();
    assert_eq!(tex.matches("\\begin{table}").count(), tex.matches("\\end{table}").count());
    assert!(tex.contains("bang\\_bang") && tex.contains("$\\pm$") && tex.contains("mean\\_reward $\\uparrow$"));
    let columns: Vec<usize> = tex.lines().filter(|l| l.ends_with("\\\\")).map(|l| l.matches('&').count()).collect();
    assert_eq!(columns, [4; 7], "a header and six rows of five cells");
    let md = std::fs::read_to_string(dir.path().join("t.md")).unwrap();
    assert_eq!(md.lines().filter(|l| l.starts_with("| ") && l.contains(" ± ")).count(), 6);
    assert!(md.contains("| scenario | agent | n | mean_reward ↑ | tracking_rmse ↓ |"));
}

#[test]
fn without_flags_the_page_is_report_html() {
    let dir = bench();
    twin_in(dir.path(), &["report", "short_episodes.csv"]).ended(0).says(&["report.html"]);
    assert!(dir.path().join("report.html").exists());
}

#[test]
fn names_cannot_break_the_page() {
    let dir = bench();
    let text = episodes().replace(",pid,", ",<b>pid</b> & co,");
    std::fs::write(dir.path().join("odd.csv"), text).unwrap();
    twin_in(dir.path(), &["report", "odd.csv", "--out", "odd.html"]).ended(0);
    let page = std::fs::read_to_string(dir.path().join("odd.html")).unwrap();
    assert!(!page.contains("<b>") && page.contains("&lt;b&gt;pid"));
}
