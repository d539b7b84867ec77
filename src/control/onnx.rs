//! Policies as ONNX files, run by ort on the pure-Rust tract backend: no download, no system library.
//!
//! A policy is opened, its inputs and outputs are read, and it is run on vectors. Driving a slot with it is not part
//! of this version.

use std::path::{Path, PathBuf};

use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;
use ort::value::{Tensor, ValueType};

use crate::config::{Error, Place, Result};

/// An input or output of a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// Its name.
    pub name: String,
    /// Its shape; −1 stands for a size that is free, as the batch usually is. Empty for what is not a tensor.
    pub shape: Vec<i64>,
    /// Element type as the file says it.
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

    /// Size of the last dimension: the width of a vector.
    pub fn width(&self) -> Option<usize> {
        self.shape.last().and_then(|&n| usize::try_from(n).ok())
    }
}

/// A network that maps one observation vector to one or more output vectors.
pub struct Policy {
    path: PathBuf,
    session: Session,
    inputs: Vec<Port>,
    outputs: Vec<Port>,
}

impl Policy {
    /// Loads a network.
    ///
    /// # Errors
    /// A file that is missing or no ONNX network, or one whose operators the backend does not have.
    pub fn open(path: &Path) -> Result<Self> {
        std::fs::metadata(path).map_err(|e| Error::io(path, "read", e))?;
        let wrong = |what: String| {
            Error::invalid(
                Place::file(path),
                what,
                "Export the network again as ONNX, opset 14 to 17, operators in float32.",
            )
        };
        // One backend a process; a second call changes nothing.
        ort::set_api(ort_tract::api());
        let environment = ort::init().build().map_err(|e| wrong(format!("the ONNX runtime does not start: {e}")))?;
        let session = Session::builder(&environment)
            .map_err(|e| wrong(e.to_string()))?
            .with_optimization_level(GraphOptimizationLevel::Level3)
            .map_err(|e| wrong(e.to_string()))?
            .commit_from_file(path)
            .map_err(|e| wrong(format!("this network cannot be loaded: {e}")))?;
        let inputs = session.inputs().iter().map(|o| Port::of(o.name(), o.dtype())).collect();
        let outputs = session.outputs().iter().map(|o| Port::of(o.name(), o.dtype())).collect();
        Ok(Self { path: path.to_path_buf(), session, inputs, outputs })
    }

    /// Its inputs.
    pub fn inputs(&self) -> &[Port] {
        &self.inputs
    }

    /// Its outputs.
    pub fn outputs(&self) -> &[Port] {
        &self.outputs
    }

    /// Runs one observation through it and returns every output, flattened, in the file's order.
    ///
    /// # Errors
    /// A vector that does not fit, or a network that fails.
    pub fn run(&mut self, observation: &[f32]) -> Result<Vec<Vec<f32>>> {
        let wrong = |what: String| {
            Error::invalid(Place::file(&self.path), what, "Give a vector as wide as the network's input.")
        };
        let input = self.inputs.first().ok_or_else(|| wrong("the network has no input".to_owned()))?;
        if input.width().is_some_and(|w| w != observation.len()) {
            return Err(wrong(format!(
                "input `{}` has shape {:?}, the vector has {} entries",
                input.name,
                input.shape,
                observation.len()
            )));
        }
        let batched = input.shape.len() > 1;
        let shape: Vec<usize> = if batched { vec![1, observation.len()] } else { vec![observation.len()] };
        let tensor = Tensor::from_array((shape, observation.to_vec())).map_err(|e| wrong(e.to_string()))?;
        let outputs = self.session.run(ort::inputs![tensor]).map_err(|e| {
            Error::invalid(Place::file(&self.path), format!("the network fails: {e}"), "Export the network again.")
        })?;
        let mut all = Vec::with_capacity(self.outputs.len());
        for (port, (_, value)) in self.outputs.iter().zip(outputs.iter()) {
            let (_, values) = value.try_extract_tensor::<f32>().map_err(|e| {
                Error::invalid(
                    Place::file(&self.path),
                    format!("output `{}`: {e}", port.name),
                    "Export outputs as float32.",
                )
            })?;
            all.push(values.to_vec());
        }
        Ok(all)
    }
}
