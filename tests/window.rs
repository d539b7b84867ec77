//! The window from outside: the real program on a display of its own, driven by keyboard and mouse.
//!
//! Needs Xvfb, xdotool, ImageMagick and a Vulkan driver (software will do); `./test` installs them. Nothing is skipped
//! when one is missing: the test fails and says which.
#![cfg(all(feature = "window-tests", target_os = "linux"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::Mutex;
use std::thread::sleep;
use std::time::{Duration, Instant};

use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ClientMessageEvent, ConnectionExt, EventMask};
use x11rb::rust_connection::RustConnection;

/// The program under test.
const TWIN: &str = env!("CARGO_BIN_EXE_c2g-twin");

/// Software drivers draw four frames a second; a click must last longer than one.
const CLICK: Duration = Duration::from_millis(500);

/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(90);

/// Windows under test share two cores; one at a time.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Runs a tool and returns what it printed; fails with its name when it is missing or fails.
fn tool(command: &mut Command) -> String {
    let name = command.get_program().to_string_lossy().into_owned();
    let Output { status, stdout, stderr } =
        command.output().unwrap_or_else(|e| panic!("{name} cannot be started ({e}): ./test installs what the tests need"));
    assert!(status.success(), "{command:?} ended with {status}: {}", String::from_utf8_lossy(&stderr));
    String::from_utf8_lossy(&stdout).trim().to_owned()
}

/// Colours in a picture; a blank one has one.
fn colours(picture: &Path) -> u32 {
    tool(Command::new("identify").args(["-format", "%k"]).arg(picture)).parse().unwrap()
}

/// A process that is ended with the test, whatever happens.
struct Owned(Child);

impl Owned {
    /// Waits for the end.
    fn wait(&mut self) -> ExitStatus {
        let begin = Instant::now();
        while begin.elapsed() < PATIENCE {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status;
            }
            sleep(Duration::from_millis(50));
        }
        panic!("the process did not end within {PATIENCE:?}");
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A display of the test's own.
struct Display {
    name: String,
    _server: Owned,
}

impl Display {
    fn start() -> Self {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|e| panic!("Xvfb cannot be started ({e}): ./test installs what the tests need"));
        let mut number = String::new();
        BufReader::new(server.stdout.as_mut().unwrap()).read_line(&mut number).unwrap();
        let server = Owned(server);
        assert!(!number.trim().is_empty(), "Xvfb found no free display");
        Self { name: format!(":{}", number.trim()), _server: server }
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("DISPLAY", &self.name).env_remove("WAYLAND_DISPLAY").env_remove("WAYLAND_SOCKET");
        command
    }

    fn xdotool(&self, arguments: &[&str]) -> String {
        tool(self.command("xdotool").args(arguments))
    }

    /// Holds a key until a frame has seen it.
    fn key(&self, key: &str) {
        self.xdotool(&["keydown", key]);
        sleep(CLICK);
        self.xdotool(&["keyup", key]);
        sleep(CLICK);
    }

    fn click(&self, x: i32, y: i32) {
        self.xdotool(&["mousemove", &x.to_string(), &y.to_string()]);
        sleep(CLICK);
        self.xdotool(&["mousedown", "1"]);
        sleep(CLICK);
        self.xdotool(&["mouseup", "1"]);
        sleep(CLICK);
    }

    fn picture(&self, path: &Path) {
        tool(self.command("import").args(["-window", "root"]).arg(path));
    }
}

/// The window of the program.
struct Window<'d> {
    display: &'d Display,
    id: u32,
    process: Owned,
}

impl<'d> Window<'d> {
    /// Opens the program and waits until its window is drawn and has the keyboard.
    fn open(display: &'d Display, arguments: &[&str]) -> Self {
        let mut process = display.command(TWIN);
        let process = Owned(process.args(arguments).stderr(Stdio::piped()).spawn().unwrap());
        let mut window = Self { display, id: 0, process };
        window.id = window.until("a window", |window| {
            let found = window.display.command("xdotool").args(["search", "--onlyvisible", "--name", "^C2G Twin"]).output().unwrap();
            String::from_utf8_lossy(&found.stdout).lines().next().and_then(|id| id.parse().ok())
        });
        // There is no window manager to hand out the keyboard.
        display.xdotool(&["windowfocus", &window.id.to_string()]);
        let folder = tempfile::tempdir().unwrap();
        let picture = folder.path().join("drawn.png");
        window.until("the panels", |window| {
            window.display.picture(&picture);
            (colours(&picture) > 100).then_some(())
        });
        window
    }

    /// Waits for something, as long as the program lives.
    fn until<T>(&mut self, what: &str, mut there: impl FnMut(&mut Self) -> Option<T>) -> T {
        let begin = Instant::now();
        while begin.elapsed() < PATIENCE {
            if let Some(found) = there(self) {
                return found;
            }
            if let Some(status) = self.process.0.try_wait().unwrap() {
                panic!("the program ended with {status} before {what} came: {}", self.said());
            }
            sleep(Duration::from_millis(250));
        }
        panic!("{what} did not come within {PATIENCE:?}");
    }

    /// What the program wrote to the terminal.
    fn said(&mut self) -> String {
        let mut text = String::new();
        if let Some(mut stderr) = self.process.0.stderr.take() {
            let _ = stderr.read_to_string(&mut text);
        }
        text
    }

    /// Asks the window to close as a window manager does (`WM_DELETE_WINDOW`), and waits for the end of the program.
    fn close(mut self) -> (ExitStatus, String) {
        let (connection, screen) = RustConnection::connect(Some(&self.display.name)).unwrap();
        let atom = |name: &str| connection.intern_atom(false, name.as_bytes()).unwrap().reply().unwrap().atom;
        let data = [atom("WM_DELETE_WINDOW"), x11rb::CURRENT_TIME, 0, 0, 0];
        let message = ClientMessageEvent::new(32, self.id, atom("WM_PROTOCOLS"), data);
        connection.send_event(false, self.id, EventMask::NO_EVENT, message).unwrap().check().unwrap();
        connection.flush().unwrap();
        let _ = screen;
        let status = self.process.wait();
        (status, self.said())
    }
}
