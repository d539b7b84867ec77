//! The rows of a full log as a Parquet file: typed columns for other programs, the header as key-value metadata.
//!
//! Columns are those of the log: `tick` as a 64-bit integer, every signal as a binary64 that is null where the log has an
//! empty cell. Rows are gathered into groups of at most [`GROUP_CELLS`] cells, so that the memory is bounded. The format
//! has its table of contents at the end: until then the file is called `FILE.part`, and a run that is killed leaves one
//! that cannot be read. Whoever wants to be safe writes the full log besides.

#![deny(clippy::indexing_slicing)]

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::basic::{Compression, Repetition, Type as Physical};
use parquet::data_type::{DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use crate::config::{Error, Place, Result, yaml_string};
use crate::rollout::Intervention;

use super::full_log::LogHeader;

/// Most cells of a row group: 16 MiB of values.
const GROUP_CELLS: usize = 1 << 21;

/// Fewest and most rows of a group, whatever its columns.
const GROUP_ROWS: (usize, usize) = (180, 17_280);

/// Writes the rows of a run as a Parquet file.
pub struct ParquetWriter {
    path: PathBuf,
    /// Name until the file is whole; the same for devices and pipes.
    part: PathBuf,
    out: SerializedFileWriter<File>,
    group_rows: usize,
    ticks: Vec<i64>,
    columns: Vec<Vec<f64>>,
    /// What was done, as the log writes it after `#input`, a line each.
    inputs: String,
    /// Room for the values of a column that are there, and for which of them are.
    values: Vec<f64>,
    levels: Vec<i16>,
}

impl ParquetWriter {
    /// Creates `FILE.part` and its folder.
    ///
    /// # Errors
    /// When the file cannot be created or written.
    pub fn create(path: &Path, header: &LogHeader) -> Result<Self> {
        if let Some(dir) = path.parent().filter(|d| !d.as_os_str().is_empty()) {
            std::fs::create_dir_all(dir).map_err(|e| Error::io(dir, "create the folder", e))?;
        }
        let mut part = path.to_path_buf();
        match std::fs::metadata(path) {
            Ok(there) if there.is_dir() => {
                // The rename at the end would fail, when the run is over.
                let folder = std::io::Error::from(std::io::ErrorKind::IsADirectory);
                return Err(Error::io(path, "create the Parquet file", folder));
            }
            Ok(there) if !there.is_file() => {}
            _ => part.as_mut_os_string().push(".part"),
        }
        let file = File::create(&part).map_err(|e| Error::io(&part, "create the Parquet file", e))?;
        let of = |e| failed(&part, e);
        let schema = Arc::new(schema(header).map_err(of)?);
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_created_by(format!("c2g-twin {}", header.version))
            .set_key_value_metadata(Some(metadata(header)?));
        let out = SerializedFileWriter::new(file, schema, Arc::new(properties.build())).map_err(of)?;
        let width = header.signals.len();
        Ok(Self {
            path: path.to_path_buf(),
            part,
            out,
            group_rows: (GROUP_CELLS / width.max(1)).clamp(GROUP_ROWS.0, GROUP_ROWS.1),
            ticks: Vec::new(),
            columns: vec![Vec::new(); width],
            inputs: String::new(),
            values: Vec::new(),
            levels: Vec::new(),
        })
    }

    /// The file, as it will be called.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Notes an intervention that is applied before the next row.
    ///
    /// # Errors
    /// Numbers in it that cannot be written.
    pub fn input(&mut self, tick: u64, what: &Intervention) -> Result<()> {
        let json = serde_json::to_string(what).map_err(|e| {
            Error::invalid(Place::file(&self.path), e.to_string(), "Use finite numbers in interventions.")
        })?;
        self.inputs.push_str(&format!("{tick} {json}\n"));
        Ok(())
    }

    /// Takes in the row of a tick.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn row(&mut self, tick: u64, row: &[f64]) -> Result<()> {
        self.ticks.push(i64::try_from(tick).unwrap_or(i64::MAX));
        for (k, column) in self.columns.iter_mut().enumerate() {
            column.push(row.get(k).copied().unwrap_or(f64::NAN));
        }
        if self.ticks.len() >= self.group_rows {
            self.write_group()?;
        }
        Ok(())
    }

    fn write_group(&mut self) -> Result<()> {
        let Self { out, ticks, columns, values, levels, part, .. } = self;
        let mut write = || -> std::result::Result<(), ParquetError> {
            let mut group = out.next_row_group()?;
            if let Some(mut column) = group.next_column()? {
                column.typed::<Int64Type>().write_batch(ticks, None, None)?;
                column.close()?;
            }
            for cells in columns.iter() {
                let Some(mut column) = group.next_column()? else { break };
                values.clear();
                values.extend(cells.iter().filter(|v| !v.is_nan()));
                levels.clear();
                levels.extend(cells.iter().map(|v| i16::from(!v.is_nan())));
                column.typed::<DoubleType>().write_batch(values, Some(levels), None)?;
                column.close()?;
            }
            group.close()?;
            Ok(())
        };
        write().map_err(|e| failed(part, e))?;
        ticks.clear();
        columns.iter_mut().for_each(Vec::clear);
        self.out.flush().map_err(|e| Error::io(&self.part, WRITE, e))
    }

    /// Writes the rows that wait and the table of contents, and gives the file its name.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn finish(mut self) -> Result<()> {
        if !self.ticks.is_empty() {
            self.write_group()?;
        }
        let inputs = std::mem::take(&mut self.inputs);
        self.out.append_key_value_metadata(KeyValue::new("inputs".to_owned(), inputs));
        self.out.finish().map_err(|e| failed(&self.part, e))?;
        self.out.inner().flush().map_err(|e| Error::io(&self.part, WRITE, e))?;
        if self.part == self.path {
            return Ok(());
        }
        self.out.inner().sync_data().map_err(|e| Error::io(&self.part, WRITE, e))?;
        std::fs::rename(&self.part, &self.path).map_err(|e| Error::io(&self.path, WRITE, e))
    }
}

const WRITE: &str = "write the Parquet file";

/// What the writer met: mostly the disk.
fn failed(path: &Path, error: ParquetError) -> Error {
    let cure = "Choose another file, or leave --parquet out.";
    match error {
        ParquetError::External(inner) => match inner.downcast::<std::io::Error>() {
            Ok(io) => Error::io(path, WRITE, *io),
            Err(other) => Error::invalid(Place::file(path), other.to_string(), cure),
        },
        other => Error::invalid(Place::file(path), other.to_string(), cure),
    }
}

fn schema(header: &LogHeader) -> std::result::Result<Type, ParquetError> {
    let column = |name: &str, physical, repetition| {
        Type::primitive_type_builder(name, physical).with_repetition(repetition).build().map(Arc::new)
    };
    let mut fields = vec![column("tick", Physical::INT64, Repetition::REQUIRED)?];
    for signal in &header.signals {
        fields.push(column(&signal.name, Physical::DOUBLE, Repetition::OPTIONAL)?);
    }
    Type::group_type_builder("log").with_fields(fields).build()
}

/// What stands above the rows of a full log; units once more by column, for programs that read no YAML.
fn metadata(header: &LogHeader) -> Result<Vec<KeyValue>> {
    let units: serde_json::Map<String, serde_json::Value> =
        header.signals.iter().map(|s| (s.name.clone(), s.unit.clone().into())).collect();
    let setup = &header.setup;
    let pairs = [
        ("c2g-log", "1".to_owned()),
        ("version", header.version.clone()),
        ("plant", setup.plant.clone()),
        ("seed", setup.seed.to_string()),
        ("noise", setup.noise.clone()),
        ("start", header.start.clone()),
        ("tick_s", header.tick_s.to_string()),
        ("setup", yaml_string(setup)?),
        ("configuration", header.configuration.clone()),
        ("signals", yaml_string(&header.signals)?),
        ("units", serde_json::Value::Object(units).to_string()),
    ];
    Ok(pairs.into_iter().map(|(key, value)| KeyValue::new(key.to_owned(), value)).collect())
}
