//! One network: its inputs and outputs, and running a vector through it.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;
use ort::value::{DynValue, Tensor, TensorElementType, ValueType};

use crate::config::{Error, Place, Result};

use super::backend::{Engine, engine};
use super::contract::shape as words;
use super::header::{Header, without_weights_as_inputs};

/// Largest file that is read, bytes. A policy of a few layers has less than a hundredth of it.
const MOST_BYTES: u64 = 512 << 20;

/// An input or output of a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// Its name.
    pub name: String,
    /// Its shape; −1 stands for a size that is free, as the batch usually is. Empty for what is not a tensor.
    pub shape: Vec<i64>,
    /// Element type as the file says it (`f32`).
    pub kind: String,
}

impl Port {
    fn of(name: &str, kind: &ValueType) -> Self {
        match kind {
            ValueType::Tensor { ty, shape, .. } => {
                Self { name: name.to_owned(), shape: shape.to_vec(), kind: ty.to_string() }
            }
            other => Self { name: name.to_owned(), shape: Vec::new(), kind: other.to_string() },
        }
    }

    /// Size of the last dimension: the width of a vector. `None` when it is free or there is none.
    pub fn width(&self) -> Option<usize> {
        self.shape.last().and_then(|&n| usize::try_from(n).ok())
    }

    /// Whether its elements are numbers with a fraction, of 32 or 64 bits.
    pub fn is_float(&self) -> bool {
        self.kind == TensorElementType::Float32.to_string() || self.is_double()
    }

    /// Whether its elements are whole numbers.
    pub fn is_whole(&self) -> bool {
        use TensorElementType::{Int8, Int16, Int32, Int64, Uint8};
        [Int64, Int32, Int16, Int8, Uint8].iter().any(|kind| self.kind == kind.to_string())
    }

    fn is_double(&self) -> bool {
        self.kind == TensorElementType::Float64.to_string()
    }

    /// Whether one vector has this shape: rank 1, or rank 2 with a batch that is 1 or free.
    pub fn is_vector(&self) -> bool {
        matches!(self.shape.as_slice(), [_] | [-1 | 1, _])
    }
}

/// A network that maps one observation vector to one or more output vectors.
pub struct Network {
    path: PathBuf,
    session: Session,
    header: Header,
    engine: String,
    inputs: Vec<Port>,
    outputs: Vec<Port>,
}

impl Network {
    /// Loads a network; `runtime` is a `libonnxruntime`, `None` is tract.
    ///
    /// # Errors
    /// A file that is missing or no ONNX network, one whose operators the engine does not have, and an engine that does
    /// not start.
    pub fn open(path: &Path, runtime: Option<&Path>) -> Result<Self> {
        let wrong = |what: String| {
            Error::invalid(
                Place::file(path),
                what,
                "Export the network again as ONNX, opset 14 to 17, operators in float32: `c2g-twin policy export-help sb3` and `harl` print scripts that do.",
            )
        };
        let facts = std::fs::metadata(path).map_err(|e| Error::io(path, "read", e))?;
        if facts.len() > MOST_BYTES {
            return Err(wrong(format!("this file of {} MB is larger than any policy", facts.len() >> 20)));
        }
        let bytes = std::fs::read(path).map_err(|e| Error::io(path, "read", e))?;
        if let Some(what) = foreign(&bytes) {
            return Err(wrong(what.to_owned()));
        }
        let engine = engine(runtime)?;
        let session = match without_weights_as_inputs(&bytes) {
            // By its path, so that weights in a file beside it are found.
            Cow::Borrowed(_) => builder(&engine).and_then(|mut b| b.commit_from_file(path)),
            Cow::Owned(own) => builder(&engine).and_then(|mut b| b.commit_from_memory(&own)),
        };
        let session = session.map_err(|e| {
            let reason = e.to_string();
            wrong(format!(
                "this network cannot be loaded: {}",
                reason.lines().map(str::trim).collect::<Vec<_>>().join("; ")
            ))
        })?;
        let inputs = session.inputs().iter().map(|o| Port::of(o.name(), o.dtype())).collect();
        let outputs = session.outputs().iter().map(|o| Port::of(o.name(), o.dtype())).collect();
        let header = Header::of(&bytes);
        Ok(Self { path: path.to_path_buf(), session, header, engine: engine.name, inputs, outputs })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the file says about itself.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The engine that runs it.
    pub fn engine(&self) -> &str {
        &self.engine
    }

    /// Its inputs.
    pub fn inputs(&self) -> &[Port] {
        &self.inputs
    }

    /// Its outputs.
    pub fn outputs(&self) -> &[Port] {
        &self.outputs
    }

    /// Whether several observations go through it at once.
    pub fn batches(&self) -> bool {
        matches!(self.inputs.as_slice(), [input] if matches!(input.shape.as_slice(), [-1, _]))
    }

    /// Runs one observation through it and returns every output, flattened, in the file's order, cast to binary32.
    /// An output that holds no numbers is empty.
    ///
    /// # Errors
    /// A network with several inputs, a vector that does not fit, or a network that fails.
    pub fn run(&mut self, observation: &[f32]) -> Result<Vec<Vec<f32>>> {
        self.run_batch(1, observation)
    }

    /// Runs several observations at once, one after another in `observations`; outputs stand in the same order.
    ///
    /// # Errors
    /// As [`Network::run`], and more than one observation for a network that takes one at a time.
    pub fn run_batch(&mut self, rows: usize, observations: &[f32]) -> Result<Vec<Vec<f32>>> {
        let wrong = |what: String| {
            Error::invalid(Place::file(&self.path), what, "Give a vector as wide as the network's input.")
        };
        let [input] = self.inputs.as_slice() else {
            return Err(wrong(format!("the network has {} inputs, not one", self.inputs.len())));
        };
        let width = observations.len().checked_div(rows).unwrap_or(0);
        if width == 0 || width * rows != observations.len() || input.width().is_some_and(|w| w != width) {
            return Err(wrong(format!(
                "input `{}` has shape {}, the vector has {width} entries",
                input.name,
                words(&input.shape)
            )));
        }
        if rows != 1 && !self.batches() {
            return Err(wrong(format!("the network takes one observation at a time, not {rows}")));
        }
        // Leading dimensions are the batch.
        let mut shape = vec![1; input.shape.len().max(1)];
        if let Some(first) = shape.first_mut() {
            *first = rows;
        }
        if let Some(last) = shape.last_mut() {
            *last = width;
        }
        let path = &self.path;
        let failed =
            |e: ort::Error| Error::invalid(Place::file(path), format!("the network fails: {e}"), "Export it again.");
        let outputs = if input.is_double() {
            let values: Vec<f64> = observations.iter().map(|&x| f64::from(x)).collect();
            let tensor = Tensor::from_array((shape, values)).map_err(failed)?;
            self.session.run(ort::inputs![tensor])
        } else {
            let tensor = Tensor::from_array((shape, observations.to_vec())).map_err(failed)?;
            self.session.run(ort::inputs![tensor])
        };
        Ok(outputs.map_err(failed)?.iter().map(|(_, value)| numbers(&value)).collect())
    }
}

/// Options of every session.
fn builder(engine: &Engine) -> ort::Result<ort::session::builder::SessionBuilder> {
    // Without optimisation tract is twenty times slower.
    let builder = Session::builder(&engine.environment)?.with_optimization_level(GraphOptimizationLevel::Level3)?;
    if engine.is_builtin() {
        return Ok(builder);
    }
    // One thread: sums are then made in one order, and a policy of a few layers is no faster with more.
    Ok(builder.with_intra_threads(1)?.with_inter_threads(1)?)
}

/// What a file is that is no ONNX network.
fn foreign(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"PK\x03\x04") {
        return Some("this is a zip archive (a model of stable-baselines3 or a PyTorch file), not an ONNX network");
    }
    if bytes.starts_with(&[0x80, 0x02]) {
        return Some("this is a Python pickle (an old PyTorch file), not an ONNX network");
    }
    if bytes.starts_with(b"version https://git-lfs") {
        return Some("this is a pointer of Git LFS: the network itself was not downloaded (`git lfs pull`)");
    }
    bytes.is_empty().then_some("this file is empty")
}

/// Numbers of a tensor, flattened, as binary32.
fn numbers(value: &DynValue) -> Vec<f32> {
    if let Ok((_, values)) = value.try_extract_tensor::<f32>() {
        return values.to_vec();
    }
    if let Ok((_, values)) = value.try_extract_tensor::<f64>() {
        return values.iter().map(|&x| x as f32).collect();
    }
    if let Ok((_, values)) = value.try_extract_tensor::<i64>() {
        return values.iter().map(|&x| x as f32).collect();
    }
    if let Ok((_, values)) = value.try_extract_tensor::<i32>() {
        return values.iter().map(|&x| x as f32).collect();
    }
    match value.try_extract_tensor::<bool>() {
        Ok((_, values)) => values.iter().map(|&x| f32::from(u8::from(x))).collect(),
        Err(_) => Vec::new(),
    }
}
