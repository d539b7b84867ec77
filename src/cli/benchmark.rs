//! `benchmark`: agents times scenarios times seeds, as tables. Flags are those of the source document.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::PathBuf;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use crate::config::Error;
use crate::evaluate::agents::{AgentOptions, LanguageModel};
use crate::evaluate::matrix::{self, Plan, Progress, Report, Request};
use crate::rollout::{Setup, World};

use super::run::interrupt_flag;
use super::{Exit, Outcome, SetupArgs, complain, say};

/// Folder of transition logs, as in the source.
const RUNS: &str = "runs";

/// Flags of `benchmark`. The axes of the plant stand beside them, each with any number of choices.
#[derive(Debug, Args)]
pub struct BenchmarkArgs {
    /// Plant
    #[arg(long, value_name = "NAME")]
    plant: Option<String>,
    /// Agents: a hardware agent, a macro agent, or MACRO+HARDWARE [default: rule_based bang_bang pid random]
    #[arg(long, value_name = "NAME", num_args = 1.., value_delimiter = ',')]
    agents: Vec<String>,
    /// Episodes of each agent on each combination of choices
    #[arg(long, value_name = "N", default_value_t = 5)]
    n_episodes: u64,
    /// Seed of episode 0; episode i has seed + i
    #[arg(long, default_value_t = 100)]
    seed: u64,
    /// Folder of the network that drives the hardware
    #[arg(long, value_name = "DIR")]
    hw_model_dir: Option<PathBuf>,
    /// Folder of the network that bids
    #[arg(long, value_name = "DIR")]
    macro_model_dir: Option<PathBuf>,
    /// Pins a lever in all episodes; out of range it is clipped
    #[arg(long, visible_alias = "pin", value_name = "ACTION=VALUE", allow_hyphen_values = true)]
    fixed_action: Vec<String>,
    /// Noise: counter, numpy, recorded=FILE[+FILE]
    #[arg(long, value_name = "MODE")]
    noise: Option<String>,
    /// Gain of rule_based; without it the scenario's own [published tables: 6]
    #[arg(long, value_name = "GAIN")]
    rule_gain: Option<f64>,
    /// Controllers keep their memory from one episode to the next, as in the source
    #[arg(long)]
    carry_state: bool,
    /// Begin of the episodes in local site time
    #[arg(long, value_name = "MM-DD HH:MM")]
    start: Option<String>,
    /// Folder of real data
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Recorded regulation signal (CSV, last column −1 to 1) in place of the market's own
    #[arg(long, value_name = "FILE")]
    regd: Option<PathBuf>,
    /// Seconds between two values of --regd; 2 without it
    #[arg(long, value_name = "S", requires = "regd")]
    regd_step: Option<f64>,
    /// Configuration file (YAML) on top of the built-in one
    #[arg(long, value_name = "FILE")]
    config: Vec<PathBuf>,
    /// Changes one value of the configuration
    #[arg(long, value_name = "PATH=VALUE", allow_hyphen_values = true)]
    set: Vec<String>,
    /// Episodes played at the same time; 0 is one a core
    #[arg(long, value_name = "N", default_value_t = 0)]
    jobs: usize,
    /// Prints the rows that would be played, and plays none
    #[arg(long)]
    dry_run: bool,
    /// Result file [default: evaluation/results/{algo}_{scenario}_{type}_{ablation}.csv]
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
    /// Goes on with the result files: what stands in them is not played again
    #[arg(long, help_heading = "Output")]
    append: bool,
    /// Writes transition logs to runs/<agent>_<scenario>_<type>/episode<N>.csv
    #[arg(long, overrides_with = "no_record_transitions", help_heading = "Output")]
    record_transitions: bool,
    /// Writes no transition logs (the default)
    #[arg(long, overrides_with = "record_transitions", help_heading = "Output")]
    no_record_transitions: bool,
    /// Writes <output>_scores.csv: the performance score of every interval and hour
    #[arg(long, help_heading = "Output")]
    scores: bool,
    /// No progress bar and no table
    #[arg(long, help_heading = "Output")]
    quiet: bool,
    #[command(flatten)]
    llm: LlmArgs,
}

/// How a language model is asked.
#[derive(Debug, Args)]
#[command(next_help_heading = "Language models")]
struct LlmArgs {
    /// Address of an OpenAI-compatible server [default: http://localhost:8000/v1]
    #[arg(long, value_name = "URL")]
    llm_api_base: Option<String>,
    /// YAML file with the prompts; without it built-in rules with context
    #[arg(long, value_name = "FILE")]
    llm_template_path: Option<PathBuf>,
    /// Longest answer, tokens [default: 8192]
    #[arg(long, value_name = "N")]
    llm_max_new_tokens: Option<u32>,
    /// Sampling temperature; 0 is greedy [default: 0]
    #[arg(long, value_name = "T")]
    llm_temperature: Option<f64>,
    /// No thinking aloud before the answer
    #[arg(long)]
    llm_no_thinking: bool,
    /// Past steps shown to the model; 0 shows none [default: 10]
    #[arg(long, value_name = "N")]
    llm_context_num_steps: Option<u32>,
    /// Every K-th step is remembered [default: 1]
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..))]
    llm_context_stride: Option<u32>,
    /// How the past is used [default: autonomous]
    #[arg(long, value_name = "MODE", value_parser = ["autonomous", "preset", "exploit"])]
    llm_icrl_mode: Option<String>,
}

impl BenchmarkArgs {
    /// What these flags ask for.
    fn to_request(&self, axes: BTreeMap<String, Vec<String>>) -> Result<Request, Error> {
        let shared = SetupArgs {
            plant: self.plant.clone(),
            fixed_action: self.fixed_action.clone(),
            seed: Some(self.seed),
            noise: self.noise.clone(),
            start: self.start.clone(),
            data: self.data.clone(),
            regd: self.regd.clone(),
            regd_step: self.regd_step,
            config: self.config.clone(),
            set: self.set.clone(),
            ..SetupArgs::default()
        };
        let mut base = shared.to_setup(Setup::default(), &BTreeMap::new())?;
        if let Some(gain) = self.rule_gain {
            base.set.push(format!("control.rule_based.gain={gain:?}"));
        }
        let llm = LanguageModel {
            api_base: self.llm.llm_api_base.clone(),
            template_path: self.llm.llm_template_path.clone(),
            max_new_tokens: self.llm.llm_max_new_tokens,
            temperature: self.llm.llm_temperature,
            thinking: self.llm.llm_no_thinking.then_some(false),
            context_num_steps: self.llm.llm_context_num_steps,
            context_stride: self.llm.llm_context_stride,
            icrl_mode: self.llm.llm_icrl_mode.clone(),
        };
        Ok(Request {
            base,
            agents: self.agents.clone(),
            options: AgentOptions {
                hw_model_dir: self.hw_model_dir.clone(),
                macro_model_dir: self.macro_model_dir.clone(),
                llm,
            },
            axes,
            episodes: self.n_episodes,
            carry_state: self.carry_state,
            jobs: self.jobs,
            output: self.output.clone(),
            append: self.append,
            transitions: self.record_transitions.then(|| RUNS.into()),
            scores: self.scores,
        })
    }
}

/// Plays a benchmark.
pub fn run(args: &BenchmarkArgs, world: &World, axes: BTreeMap<String, Vec<String>>) -> Outcome {
    let plan = Plan::new(world, args.to_request(axes)?)?;
    for warning in &plan.warnings {
        complain(&format!("warning: {warning}"));
    }
    if args.dry_run {
        for line in plan.describe() {
            say(&line)?;
        }
        let (rows, episodes, jobs) = (plan.rows.len(), plan.episodes(), plan.jobs());
        let paths = [plan.paths.macro_table.as_ref(), Some(&plan.paths.table), Some(&plan.paths.episodes)];
        let paths: Vec<String> = paths.into_iter().flatten().map(|p| p.display().to_string()).collect();
        say(&format!("{rows} rows, {episodes} episodes, {jobs} at a time, into {}", paths.join(", ")))?;
        return Ok(Exit::Good);
    }
    let cancel = interrupt_flag()?;
    let bar = bar(args, plan.episodes());
    let tell = |progress: &Progress<'_>| {
        bar.set_position(progress.done);
        bar.set_message(format!("{} · {}", progress.row.agent.name, progress.row.lead()));
    };
    let report = matrix::run(&plan, &tell, &cancel);
    bar.finish_and_clear();
    let report = report?;
    for warning in &report.warnings {
        complain(&format!("warning: {warning}"));
    }
    if !args.quiet {
        say(&table(&plan, &report))?;
    }
    if report.cancelled {
        let done = report.found + report.played;
        complain(&format!(
            "interrupted after {done} of {} episodes; the same flags and --append go on",
            plan.episodes()
        ));
        return Ok(Exit::Interrupted);
    }
    Ok(Exit::Good)
}

fn bar(args: &BenchmarkArgs, episodes: u64) -> ProgressBar {
    if args.quiet || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} episodes  {per_sec}  {eta} left  {msg}");
    ProgressBar::new(episodes).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// The figures that say most, as a table for people.
fn table(plan: &Plan, report: &Report) -> String {
    const MOST_TELLING: [&str; 10] = [
        "mean_reward",
        "total_reward",
        "tracking_rmse",
        "total_reg_revenue",
        "co2_kg",
        "energy_kwh",
        "pue",
        "water_l",
        "tasks_dropped",
        "tasks_overdue",
    ];
    let several = |name: &str| plan.request.axes.get(name).is_some_and(|values| values.len() > 1);
    let mut columns: Vec<&str> = vec![plan.lead_axis()];
    columns.extend(plan.spec().axes.iter().skip(1).map(|a| a.name.as_str()).filter(|name| several(name)));
    columns.push("agent");
    let rows = || report.summaries.iter().filter(|s| !s.inner);
    columns.extend(MOST_TELLING.iter().filter(|c| rows().any(|s| !s.cell(c).is_empty())));
    columns.extend(rows().any(|s| !s.cell("survival_rate").is_empty()).then_some("survival_rate"));
    let words = 1 + columns.iter().position(|c| *c == "agent").unwrap_or(0);
    let mut lines = vec![columns.iter().map(|c| (*c).to_owned()).collect::<Vec<String>>()];
    lines.extend(rows().map(|s| columns.iter().map(|c| s.cell(c).to_owned()).collect()));
    let width = |k: usize| lines.iter().filter_map(|l| l.get(k)).map(|c| c.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let mut text = String::new();
    for line in &lines {
        let cell = |(k, (cell, width)): (usize, (&String, &usize))| {
            if k < words { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
        };
        let cells: Vec<String> = line.iter().zip(&widths).enumerate().map(cell).collect();
        text += cells.join("  ").trim_end();
        text.push('\n');
    }
    for file in &report.files {
        text += &format!("{}\n", file.display());
    }
    text.trim_end().to_owned()
}
