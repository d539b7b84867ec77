//! Display servers and their libraries.

use std::env;
use std::ffi::OsString;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use x11rb::connection::{Connection, RequestConnection};
use x11rb::rust_connection::RustConnection;

use crate::config::{Error, Place, Result};

/// Libraries that are loaded when an X11 window opens, with the Debian package of each.
const X11_LIBRARIES: [(&str, &str); 6] = [
    ("libX11.so.6", "libx11-6"),
    ("libX11-xcb.so.1", "libx11-xcb1"),
    ("libXcursor.so.1", "libxcursor1"),
    ("libXi.so.6", "libxi6"),
    ("libxkbcommon.so.0", "libxkbcommon0"),
    ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
];

/// The same for Wayland.
const WAYLAND_LIBRARIES: [(&str, &str); 2] =
    [("libwayland-client.so.0", "libwayland-client0"), ("libxkbcommon.so.0", "libxkbcommon0")];

/// Looks for a display that answers and for the libraries to talk to it.
pub(super) fn has_display() -> Result<()> {
    // The same order as the window library: Wayland wins, empty means not set.
    let set = |name: &str| env::var_os(name).filter(|v| !v.is_empty());
    if let Some(socket) = set("WAYLAND_DISPLAY") {
        wayland_answers(&socket)?;
        return Libraries::of_this_machine().need("Wayland", &WAYLAND_LIBRARIES);
    }
    if set("WAYLAND_SOCKET").is_some() {
        return Libraries::of_this_machine().need("Wayland", &WAYLAND_LIBRARIES);
    }
    if set("DISPLAY").is_some() {
        x11_answers()?;
        return Libraries::of_this_machine().need("X11", &X11_LIBRARIES);
    }
    Err(Error::invalid(
        Place::source("display"),
        "there is no display: neither DISPLAY nor WAYLAND_DISPLAY is set",
        "Start it from a desktop, through `ssh -X`, or under `xvfb-run`. Without a display, `c2g-twin run` plays the day and `c2g-twin shot` draws pictures.",
    ))
}

fn wayland_answers(socket: &OsString) -> Result<()> {
    // An absolute name stands for itself.
    let path = PathBuf::from(env::var_os("XDG_RUNTIME_DIR").unwrap_or_default()).join(socket);
    UnixStream::connect(&path).map(drop).map_err(|e| {
        Error::invalid(
            Place::source("WAYLAND_DISPLAY"),
            format!("no Wayland server answers at {}: {e}", path.display()),
            "Log in to the desktop again, or unset WAYLAND_DISPLAY to use X11.",
        )
    })
}

fn x11_answers() -> Result<()> {
    let name = env::var("DISPLAY").unwrap_or_default();
    let wrong = |what: String, cure: &str| Error::invalid(Place::source("DISPLAY"), what, cure);
    let (connection, _) = RustConnection::connect(None).map_err(|e| {
        wrong(
            format!("no X server answers at {name}: {e}"),
            "Check DISPLAY and XAUTHORITY, or start it from a terminal of the desktop.",
        )
    })?;
    for extension in ["XInputExtension", "XKEYBOARD", "RANDR"] {
        if !matches!(connection.extension_information(extension), Ok(Some(_))) {
            return Err(wrong(
                format!("the X server at {name} lacks {extension}"),
                "Use another X server, such as Xorg, Xwayland or Xvfb.",
            ));
        }
    }
    connection.flush().map_err(|e| wrong(format!("the X server at {name} went away: {e}"), "Try again."))
}

/// Where the loader finds libraries: its cache, and folders.
struct Libraries {
    /// Contents of the loader's cache; names stand in it as plain text.
    cache: Vec<u8>,
    folders: Vec<PathBuf>,
}

impl Libraries {
    fn of_this_machine() -> Self {
        let mut folders: Vec<PathBuf> =
            env::var_os("LD_LIBRARY_PATH").map(|v| env::split_paths(&v).collect()).unwrap_or_default();
        for root in ["/lib", "/usr/lib", "/usr/local/lib", "/lib64", "/usr/lib64", "/run/current-system/sw/lib"] {
            folders.push(PathBuf::from(root));
            folders.push(Path::new(root).join(format!("{}-linux-gnu", env::consts::ARCH)));
        }
        Self { cache: std::fs::read("/etc/ld.so.cache").unwrap_or_default(), folders }
    }

    fn has(&self, file: &str) -> bool {
        let name = [b"/", file.as_bytes(), b"\0"].concat();
        self.folders.iter().any(|f| f.join(file).exists()) || self.cache.windows(name.len()).any(|w| w == name)
    }

    /// Checks that every library is there.
    fn need(&self, display: &str, wanted: &[(&str, &str)]) -> Result<()> {
        let missing: Vec<_> = wanted.iter().filter(|(file, _)| !self.has(file)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let files: Vec<&str> = missing.iter().map(|(file, _)| *file).collect();
        let packages: Vec<&str> = missing.iter().map(|(_, package)| *package).collect();
        Err(Error::invalid(
            Place::source("libraries"),
            format!("a window on {display} needs {}", files.join(", ")),
            format!("Install: sudo apt-get install {}", packages.join(" ")),
        ))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn missing_libraries_are_named_with_their_packages() {
        let folder = tempfile::tempdir().unwrap();
        let mut libraries =
            Libraries { cache: b"\0/opt/x/libX11.so.6\0".to_vec(), folders: vec![folder.path().to_path_buf()] };
        for (file, _) in &X11_LIBRARIES[1..4] {
            std::fs::write(folder.path().join(file), "").unwrap();
        }
        let error = libraries.need("X11", &X11_LIBRARIES).unwrap_err();
        assert_eq!(error.to_string(), "libraries: a window on X11 needs libxkbcommon.so.0, libxkbcommon-x11.so.0");
        assert_eq!(error.cure(), "Install: sudo apt-get install libxkbcommon0 libxkbcommon-x11-0");
        libraries.cache.extend(b"/lib/libxkbcommon.so.0\0/lib/libxkbcommon-x11.so.0\0");
        libraries.need("X11", &X11_LIBRARIES).unwrap();
    }

    #[test]
    fn a_wayland_server_that_is_not_there_is_an_error() {
        let error = wayland_answers(&OsString::from("/nowhere/wayland-9")).unwrap_err();
        assert!(error.to_string().contains("/nowhere/wayland-9"), "{error}");
    }
}
