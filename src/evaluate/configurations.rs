//! The effective configurations of results: one YAML file beside their tables, with an entry for each hash of the column
//! `config_hash`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::config::{Document, Error, Result, yaml_string};
use crate::rollout::Setup;

/// Ends of the names of tables that share a file of configurations.
const TABLES: [&str; 4] = ["_episodes", "_macro", "_hardware", "_scores"];

/// What stands above the entries.
const HEAD: &str = "# What the results beside this file were made with, by their column config_hash. Agents and seeds stand in the\n\
                    # tables; the seed here is that of the first episode.\n";

/// Configurations by hash.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Configurations {
    entries: BTreeMap<String, String>,
}

impl Configurations {
    /// The file that belongs to a table of results.
    pub fn beside(table: &Path) -> PathBuf {
        let stem = table.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
        let stem = TABLES.iter().find_map(|tail| stem.strip_suffix(tail)).unwrap_or(&stem);
        table.with_file_name(format!("{stem}_configurations.yaml"))
    }

    /// Reads a file; one that does not exist holds nothing.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn read(path: &Path) -> Result<Self> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(Error::io(path, "read the configurations", error)),
        };
        let mut entries: BTreeMap<String, String> = BTreeMap::new();
        let mut entry = None;
        for line in text.lines() {
            if let Some(hash) = line.strip_prefix('"').and_then(|l| l.strip_suffix("\":")) {
                entry = Some(entries.entry(hash.to_owned()).or_default());
            } else if let Some(text) = &mut entry {
                text.push_str(line.strip_prefix("  ").unwrap_or(line));
                text.push('\n');
            }
        }
        Ok(Self { entries })
    }

    /// Takes in what a row of results was made with.
    ///
    /// # Errors
    /// When the setup cannot be written as YAML.
    pub fn add(&mut self, hash: &str, setup: &Setup, config: &Document) -> Result<()> {
        if self.entries.contains_key(hash) {
            return Ok(());
        }
        // Agents stand in the tables; files and changes stand in the configuration, where they are in force.
        let own = Setup { policies: BTreeMap::new(), layers: Vec::new(), set: Vec::new(), ..setup.clone() };
        let text = format!(
            "setup:\n{}configuration:\n{}",
            indented(&yaml_string(&own)?, "  "),
            indented(&config.to_yaml(), "  ")
        );
        self.entries.insert(hash.to_owned(), text);
        Ok(())
    }

    /// Takes in what another file holds.
    pub fn join(&mut self, other: Self) {
        self.entries.extend(other.entries);
    }

    /// The YAML of an entry.
    pub fn get(&self, hash: &str) -> Option<&str> {
        self.entries.get(hash).map(String::as_str)
    }

    /// Writes the file.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn write(&self, path: &Path) -> Result<()> {
        let entry = |(hash, text): (&String, &String)| format!("\"{hash}\":\n{}", indented(text, "  "));
        let entries: String = self.entries.iter().map(entry).collect();
        std::fs::write(path, format!("{HEAD}{entries}")).map_err(|e| Error::io(path, "write the configurations", e))
    }
}

fn indented(text: &str, by: &str) -> String {
    text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("{by}{line}\n") }).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::rollout::World;

    #[test]
    fn entries_are_read_back_and_are_yaml() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x_configurations.yaml");
        assert_eq!(Configurations::read(&path).unwrap(), Configurations::default());
        let setup = Setup { set: vec!["control.pid.kp=2".to_owned()], ..Setup::default() };
        let config = World::default().configuration(&setup).unwrap();
        let mut all = Configurations::default();
        for hash in ["00000000000000ff", "1e23456789012345"] {
            all.add(hash, &setup, &config).unwrap();
        }
        all.write(&path).unwrap();
        let read = Configurations::read(&path).unwrap();
        assert_eq!(read, all);
        let mut document = Document::new();
        document.layer_text("entry", read.get("1e23456789012345").unwrap()).unwrap();
        assert_eq!(document.fill::<f64>("configuration.control.pid.kp").unwrap(), 2.0);
        assert_eq!(document.fill::<String>("setup.plant").unwrap(), "c2g");
        let mut file = Document::new();
        file.layer_file(&path).unwrap();
        assert_eq!(file.keys("").len(), 2);
    }

    #[test]
    fn all_tables_of_a_benchmark_share_a_file() {
        for table in ["a/x.csv", "a/x_macro.csv", "a/x_hardware.csv", "a/x_episodes.csv"] {
            assert_eq!(Configurations::beside(Path::new(table)), Path::new("a/x_configurations.yaml"), "{table}");
        }
    }
}
