//! What was worked out, as files: exhibits under the names that people know, rules, page, summary, and the setup that a run
//! folder stands for.

use std::path::{Path, PathBuf};

use super::{Explained, Frame};
use crate::config::{Error, Result};
use crate::evaluate::exhibit::Exhibit;
use crate::evaluate::film::write_whole;
use crate::evaluate::study::Finding;

/// Writes everything into a folder, which is created; tells where. `exhibits` and `findings` are those of [`super::exhibits`]
/// and [`super::findings`].
///
/// # Errors
/// When the disk refuses.
pub fn write(
    folder: &Path,
    frame: &Frame,
    told: &Explained,
    exhibits: &[Exhibit],
    findings: &[Finding],
) -> Result<Vec<PathBuf>> {
    std::fs::create_dir_all(folder).map_err(|e| Error::io(folder, "create the folder", e))?;
    let mut paths = Vec::new();
    for exhibit in exhibits {
        paths.extend(exhibit.save(folder)?);
    }
    let mut put = |name: &str, text: String| -> Result<()> {
        let path = folder.join(name);
        write_whole(&path, text.as_bytes())?;
        paths.push(path);
        Ok(())
    };
    if !told.levers.is_empty() {
        put("policy_rules.txt", super::rules_text(frame, told))?;
        put("action_correlations.html", super::page(frame, told))?;
    }
    put("explain.txt", summary(told, findings))?;
    let mut json = super::json::json(frame, told);
    if let Some(all) = json.as_object_mut() {
        let of = |f: &Finding| {
            let value = if f.value.is_finite() { serde_json::json!(f.value) } else { serde_json::Value::Null };
            serde_json::json!({ "name": f.name, "words": f.words, "value": value, "unit": f.unit })
        };
        all.insert("findings".to_owned(), findings.iter().map(of).collect());
    }
    put("explain.json", format!("{}\n", serde_json::to_string_pretty(&json).unwrap_or_default()))?;
    if let Some(setup) = told.folder.as_ref().and_then(|f| f.setup.as_ref()) {
        let config = crate::config::yaml_string(setup)?;
        put("setup.yaml", config)?;
    }
    Ok(paths)
}

/// The summary in words.
pub fn summary(told: &Explained, findings: &[Finding]) -> String {
    let mut out = format!("{}\n{}\n\n", told.source, "=".repeat(told.source.chars().count().min(100)));
    let several = if told.episodes.len() > 1 { format!(" in {} episodes", told.episodes.len()) } else { String::new() };
    out.push_str(&format!("{} rows{several}.\n\n", told.rows));
    for finding in findings {
        out.push_str(&format!("- {}\n", finding.words));
    }
    if let Some(folder) = &told.folder {
        out.push_str(&format!("\nRun folder {}\n", folder.path.display()));
        for (what, name) in &folder.names {
            out.push_str(&format!("  {what}: {name}\n"));
        }
        for model in &folder.models {
            let name = model.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            out.push_str(&format!("  models/{name} ({} kB): {}\n", model.bytes.div_ceil(1000), model.about));
        }
        for path in &folder.evaluations {
            out.push_str(&format!("  evaluation log {}\n", path.display()));
        }
        for note in &folder.notes {
            out.push_str(&format!("  note: {note}\n"));
        }
    }
    if !told.notes.is_empty() {
        out.push_str("\nNotes\n");
        told.notes.iter().for_each(|note| out.push_str(&format!("- {note}\n")));
    }
    out
}
