//! Opens a `libonnxruntime` at run time. The one place of the crate that calls foreign functions.
//!
//! What is relied on: a library that exports `OrtGetApiBase` is ONNX Runtime and keeps its C interface, whose tables
//! are `'static` inside the library and only ever grow at their end. The library is never closed, so the functions in
//! the table stay where they are.
#![allow(unsafe_code)]

use std::ffi::CStr;
use std::path::Path;

use libloading::{Library, Symbol};
use ort::sys::{ORT_API_VERSION, OrtApi, OrtApiBase};

use crate::config::{Error, Place, Result};

type GetApiBase = unsafe extern "system" fn() -> *const OrtApiBase;

/// Functions and version of the library.
///
/// # Errors
/// A file that is no library of this machine, no ONNX Runtime, or one that is too old.
pub(super) fn open(path: &Path) -> Result<(OrtApi, String)> {
    let wrong = |what: String| {
        Error::invalid(
            Place::file(path),
            what,
            format!(
                "Give the libonnxruntime of version 1.{ORT_API_VERSION} or later for this machine, or leave the option out: tract is built in."
            ),
        )
    };
    std::fs::metadata(path).map_err(|e| Error::io(path, "read", e))?;
    // SAFETY: the person named this file as ONNX Runtime; its initialisers are those of a shared library in good order.
    let library = unsafe { Library::new(path) }.map_err(|e| wrong(format!("this library cannot be loaded: {e}")))?;
    // SAFETY: the symbol has this signature in every release of ONNX Runtime (onnxruntime_c_api.h).
    let base: Symbol<'_, GetApiBase> =
        unsafe { library.get(b"OrtGetApiBase\0") }.map_err(|_| wrong("this library is not ONNX Runtime".to_owned()))?;
    // SAFETY: takes nothing, returns a pointer to a static table or null.
    let Some(base) = (unsafe { base().as_ref() }) else {
        return Err(wrong("this library gives no interface".to_owned()));
    };
    // SAFETY: both functions are set in every release; the version is a static text that ends in zero.
    let (version, api) = unsafe {
        let text = (base.GetVersionString)();
        let version = if text.is_null() { String::new() } else { CStr::from_ptr(text).to_string_lossy().into_owned() };
        (version, (base.GetApi)(ORT_API_VERSION))
    };
    if api.is_null() {
        return Err(wrong(format!("this is ONNX Runtime {version}, older than 1.{ORT_API_VERSION}")));
    }
    // SAFETY: not null, and the library filled a table of at least this version; it holds nothing but functions.
    let api = unsafe { api.read() };
    // Closing it would leave the table pointing nowhere.
    std::mem::forget(library);
    Ok((api, version))
}
