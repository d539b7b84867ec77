//! Policies that are files: which names mean one, how they are shown, and which file of a model's folder is meant.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::config::{Document, Error, Place, Result, Value};

use super::{Card, Controller, ControllerRequest};

/// Ending of a policy's file.
const ENDING: &str = ".onnx";

/// Card of the policies that are named by their file.
pub(super) const CARD: &str = "onnx";

/// Parameter of a card that names the network.
const MODEL: &str = "model";

impl Card {
    /// Whether it drives by a network that somebody must give.
    pub fn takes_model(&self) -> bool {
        self.parameters.contains_key(MODEL)
    }

    /// Configuration key of the network.
    pub fn model_key(&self) -> String {
        format!("{}.{MODEL}", self.section())
    }

    /// Whether its network is still missing in a configuration: it cannot drive then.
    pub fn lacks_model(&self, config: &Document) -> bool {
        let given =
            || config.get(&self.model_key()).is_some_and(|n| matches!(&n.value, Value::Str(t) if !t.is_empty()));
        self.takes_model() && !given()
    }
}

/// Builds the policy `name` for a slot. The network is `file`, or the one in the parameters of the card `name`.
///
/// # Errors
/// No network is named, or it cannot drive the slot.
pub(super) fn build(name: &str, file: Option<&str>, request: &ControllerRequest<'_>) -> Result<Box<dyn Controller>> {
    let parameters: Parameters = request.config.fill(&format!("control.{name}"))?;
    let model = file.unwrap_or(&parameters.model);
    if model.is_empty() {
        return Err(Error::invalid(
            request.config.place(&format!("control.{name}.{MODEL}")),
            format!("controller `{name}` has no network"),
            format!(
                "Give its folder (--hw-model-dir DIR, --macro-model-dir DIR) or its file (--set control.{name}.{MODEL}=FILE.onnx)."
            ),
        ));
    }
    open(Path::new(model), &parameters, request)
}

/// Parameters of every policy.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(not(feature = "onnx"), allow(dead_code))]
struct Parameters {
    #[serde(default)]
    model: String,
    /// Outputs lie in −1 to 1 and are to be spread over the actions' bounds.
    #[serde(default)]
    rescale: bool,
    /// Log of transitions that inputs are held against; empty takes the network's metadata.
    #[serde(default)]
    reference: String,
    /// A `libonnxruntime`; empty is tract. Only `control.onnx` has it: one engine serves all.
    #[serde(default)]
    runtime: String,
}

#[cfg(feature = "onnx")]
fn open(model: &Path, parameters: &Parameters, request: &ControllerRequest<'_>) -> Result<Box<dyn Controller>> {
    use super::onnx::{Options, Policy};
    let shared: Parameters = request.config.fill(&format!("control.{CARD}"))?;
    let path = |text: &str| (!text.is_empty()).then(|| PathBuf::from(text));
    let (runtime, reference) = (path(&shared.runtime), path(&parameters.reference));
    let options = Options { runtime: runtime.as_deref(), rescale: parameters.rescale, reference: reference.as_deref() };
    let Some(slot) = request.spec.slots.get(request.slot) else {
        let what = format!("the plant has no slot {}", request.slot);
        return Err(Error::invalid(Place::file(model), what, "Name an existing slot."));
    };
    Ok(Box::new(Policy::open(model, request.spec, slot, &options)?))
}

#[cfg(not(feature = "onnx"))]
fn open(model: &Path, _: &Parameters, _: &ControllerRequest<'_>) -> Result<Box<dyn Controller>> {
    Err(Error::invalid(
        Place::file(model),
        "this build runs no ONNX networks",
        "Build with the feature `onnx`, which is on by default.",
    ))
}

/// Whether a controller's name is the path of a policy.
pub fn is_policy_file(name: &str) -> bool {
    name.len() > ENDING.len()
        && name.get(name.len() - ENDING.len()..).is_some_and(|end| end.eq_ignore_ascii_case(ENDING))
}

/// A controller's name as people read it: a policy's file by its stem.
pub fn shown_name(name: &str) -> &str {
    if !is_policy_file(name) {
        return name;
    }
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    file.get(..file.len() - ENDING.len()).filter(|stem| !stem.is_empty()).unwrap_or(name)
}

/// The policy in a model's folder: `final_model.onnx`, else the only `*.onnx`. `flag` and `slot` stand in errors.
///
/// # Errors
/// A folder that cannot be read, that holds no network or several, or only models that must be exported first: the cure
/// is then the exact command.
pub fn model_in(dir: &Path, flag: &str, slot: &str) -> Result<PathBuf> {
    let place = || Place::source(format!("{flag} {}", dir.display()));
    let entries = std::fs::read_dir(dir).map_err(|e| Error::io(dir, "read the folder", e))?;
    let mut files: Vec<PathBuf> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|p| p.is_file()).collect();
    files.sort();
    let ending = |path: &Path, wanted: &str| path.extension().is_some_and(|e| e.eq_ignore_ascii_case(wanted));
    let stem = |path: &Path| path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let of = |wanted: &str| -> Vec<&PathBuf> { files.iter().filter(|p| ending(p, wanted)).collect() };
    let networks = of("onnx");
    if let Some(path) = networks.iter().find(|p| stem(p) == "final_model") {
        return Ok((*path).clone());
    }
    match networks.as_slice() {
        [only] => return Ok((*only).clone()),
        [] => {}
        several => {
            let names: Vec<String> = several.iter().map(|p| stem(p) + ENDING).collect();
            return Err(Error::invalid(
                place(),
                format!("there are {} networks and none is final_model.onnx: {}", several.len(), names.join(", ")),
                format!(
                    "Name the one you mean: --policy {slot}={}",
                    several.first().map_or_else(String::new, |p| p.display().to_string())
                ),
            ));
        }
    }
    // VecNormalize is kept beside a model of stable-baselines3 as a pickle; it is no model.
    let archives = of("zip");
    let states = of("pt").into_iter().chain(of("pth")).collect::<Vec<_>>();
    let preferred =
        |list: &[&PathBuf]| list.iter().find(|p| stem(p) == "final_model").or(list.first()).map(|p| (*p).clone());
    let (model, kind) = match (preferred(&archives), preferred(&states)) {
        (Some(model), _) => (model, "sb3"),
        (None, Some(model)) => (model, "harl"),
        (None, None) => {
            return Err(Error::invalid(
                place(),
                "there is no ONNX network in this folder",
                "Put final_model.onnx there; `c2g-twin policy export-help sb3` and `harl` print scripts that write one.",
            ));
        }
    };
    Err(Error::invalid(
        place(),
        format!("there is only {}, which holds Python objects and cannot be run here", model.display()),
        export_command(&model, kind, slot),
    ))
}

/// The commands that turn a model into a network.
fn export_command(model: &Path, kind: &str, slot: &str) -> String {
    let out = model.with_extension("onnx");
    let script = format!("export_{kind}.py");
    let last = if kind == "sb3" { format!(" --slot {slot}") } else { String::new() };
    format!(
        "Export it where Python has its libraries:\n    c2g-twin policy export-help {kind} > {script}\n    python {script} {} {}{last}",
        quoted(model),
        quoted(&out)
    )
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "/._-+=:,".contains(c));
    if plain { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn files_are_shown_by_their_stem() {
        for (name, shown) in [
            ("pid", "pid"),
            ("models/sac_actor.onnx", "sac_actor"),
            ("C:\\nets\\A.B.ONNX", "A.B"),
            ("./x.onnx", "x"),
            (".onnx", ".onnx"),
            ("dir/.onnx", "dir/.onnx"),
            ("onnx", "onnx"),
        ] {
            assert_eq!(shown_name(name), shown);
        }
        assert!(!is_policy_file(".onnx") && !is_policy_file("onnx") && is_policy_file("é.onnx"));
    }

    #[test]
    fn the_final_model_comes_first_and_an_only_one_will_do() {
        let dir = tempfile::tempdir().unwrap();
        let put = |name: &str| std::fs::write(dir.path().join(name), b"x").unwrap();
        let found = || model_in(dir.path(), "--hw-model-dir", "hardware");
        put("notes.txt");
        assert!(found().unwrap_err().to_string().ends_with("there is no ONNX network in this folder"));
        put("best.onnx");
        assert_eq!(found().unwrap(), dir.path().join("best.onnx"));
        put("last.onnx");
        let error = found().unwrap_err();
        assert!(error.to_string().ends_with("there are 2 networks and none is final_model.onnx: best.onnx, last.onnx"));
        assert!(error.cure().starts_with("Name the one you mean: --policy hardware="));
        put("final_model.onnx");
        put("final_model.zip");
        assert_eq!(found().unwrap(), dir.path().join("final_model.onnx"));
    }

    #[test]
    fn a_model_that_must_be_exported_names_the_command() {
        let dir = tempfile::tempdir().unwrap();
        let put = |name: &str| std::fs::write(dir.path().join(name), b"x").unwrap();
        put("actor_agent0.pt");
        let cure = model_in(dir.path(), "--macro-model-dir", "macro").unwrap_err().cure();
        assert!(cure.contains("c2g-twin policy export-help harl > export_harl.py\n"), "{cure}");
        put("ckpt_390000_steps.zip");
        put("final_model.zip");
        put("vec_normalize.pkl");
        let error = model_in(dir.path(), "--macro-model-dir", "macro").unwrap_err();
        let at = dir.path().display();
        assert!(error.to_string().starts_with(&format!("--macro-model-dir {at}: there is only {at}/final_model.zip")));
        let command = format!("python export_sb3.py {at}/final_model.zip {at}/final_model.onnx --slot macro");
        assert!(error.cure().ends_with(&command), "{}", error.cure());
    }

    #[test]
    fn paths_with_spaces_are_quoted() {
        assert_eq!(quoted(Path::new("/a b/c'd.zip")), "'/a b/c'\\''d.zip'");
        assert_eq!(quoted(Path::new("models/final_model.zip")), "models/final_model.zip");
    }
}
