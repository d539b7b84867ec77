//! Which engine runs the networks: tract, built in, or a given `libonnxruntime`. One engine a process.
//!
//! The choice is made by the first network that is opened, because `ort` keeps one table of functions for the whole
//! process; a later wish for another engine is refused.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ort::environment::Environment;

use crate::config::{Error, Place, Result};

use super::library;

/// The engine in force.
#[derive(Clone)]
pub(super) struct Engine {
    /// The library; `None` is tract.
    runtime: Option<PathBuf>,
    /// Name and version, for cards.
    pub(super) name: String,
    pub(super) environment: Environment,
}

impl Engine {
    /// Whether it is tract, which knows fewer options.
    pub(super) fn is_builtin(&self) -> bool {
        self.runtime.is_none()
    }
}

static ENGINE: Mutex<Option<Engine>> = Mutex::new(None);

/// The engine that is asked for; the first call starts it.
///
/// # Errors
/// A library that cannot be loaded or is too old, an engine that does not start, and a wish for another engine than the
/// one in force.
pub(super) fn engine(runtime: Option<&Path>) -> Result<Engine> {
    let mut chosen = ENGINE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(engine) = &*chosen {
        if engine.runtime.as_deref() == runtime {
            return Ok(engine.clone());
        }
        return Err(Error::invalid(
            Place::source("--onnxruntime"),
            format!("policies of this process already run on {}", engine.name),
            "Close the program and start it again with the other engine: a process runs all its policies on one.",
        ));
    }
    let (api, name) = match runtime {
        None => (ort_tract::api(), "tract (built in)".to_owned()),
        Some(path) => {
            let (api, version) = library::open(path)?;
            (api, format!("onnxruntime {version}"))
        }
    };
    ort::set_api(api);
    let environment = ort::init().build().map_err(|e| {
        Error::invalid(
            Place::source("--onnxruntime"),
            format!("{name} does not start: {e}"),
            "Leave the option out: policies then run on tract, which is built in.",
        )
    })?;
    Ok(chosen.insert(Engine { runtime: runtime.map(Path::to_path_buf), name, environment }).clone())
}
