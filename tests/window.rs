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

use c2g_twin::app::panel::{PanelState, workspace};
use c2g_twin::rollout::{Setup, World};
use c2g_twin::session::{Session, SessionOptions};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
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
    let Output { status, stdout, stderr } = command
        .output()
        .unwrap_or_else(|e| panic!("{name} cannot be started ({e}): ./test installs what the tests need"));
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
            let found = window
                .display
                .command("xdotool")
                .args(["search", "--onlyvisible", "--name", "^C2G Twin"])
                .output()
                .unwrap();
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

/// The lines of a log that say what a person did.
fn inputs(log: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    text.lines().filter(|line| line.starts_with("#input ")).map(str::to_owned).collect()
}

/// Rows that a log has so far.
fn rows(log: &Path) -> usize {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    text.lines().filter(|line| !line.starts_with('#')).count().saturating_sub(1)
}

fn path_text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// What `verify` thinks of a log.
fn assert_valid(log: &Path) {
    let verdict = Command::new(TWIN).arg("verify").arg(log).output().unwrap();
    assert!(
        verdict.status.success(),
        "{}{}",
        String::from_utf8_lossy(&verdict.stdout),
        String::from_utf8_lossy(&verdict.stderr)
    );
}

/// Where a control stands in a window of the default day, as a test of the panels finds it by its name.
fn place_of(control: &str) -> (i32, i32) {
    let session = Session::start(World::default(), Setup::default_day().unwrap(), SessionOptions::default()).unwrap();
    let view = session.view();
    let mut panel = PanelState::default();
    let mut harness = Harness::builder().with_size((1280.0, 800.0)).with_max_steps(12).build_ui(move |ui| {
        // The harness leaves a margin; a window has none.
        let whole = ui.ctx().content_rect();
        let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(whole));
        workspace(&mut ui, &mut panel, &view, &mut Vec::new());
    });
    harness.run_steps(4);
    let middle = harness.get_by_label(control).rect().center();
    (middle.x as i32, middle.y as i32)
}

#[test]
fn a_person_swaps_pins_pauses_and_closes_and_the_log_holds() {
    let _turn = ONE_AT_A_TIME.lock();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("day.csv");
    let display = Display::start();
    let mut window = Window::open(&display, &["--paused", "--speed", "1000", "--log", path_text(&log)]);

    display.key("space");
    window.until("time that passes", |_| (rows(&log) > 0).then_some(()));

    display.key("ctrl+p");
    display.xdotool(&["type", "--delay", "200", "hardware: pid"]);
    sleep(CLICK);
    display.key("Return");
    window.until("the other controller", |_| {
        inputs(&log).iter().any(|line| line.contains("controller") && line.contains("\"pid\"")).then_some(())
    });

    let (x, y) = place_of("Battery: Pin");
    display.click(x, y);
    window.until("the pin", |_| {
        inputs(&log).iter().any(|line| line.contains("hardware.bess_dispatch") && line.contains("pinned")).then_some(())
    });

    display.key("space");
    let mut before = rows(&log);
    window.until("time that stands", |_| {
        sleep(Duration::from_millis(1_500));
        let stands = rows(&log) == before;
        before = rows(&log);
        stands.then_some(())
    });
    assert!(before > 100, "only {before} ticks were played");

    let picture = folder.path().join("window.png");
    display.picture(&picture);
    assert!(colours(&picture) > 300, "only {} colours in the picture", colours(&picture));
    if let Some(keep) = std::env::var_os("C2G_KEEP_PICTURES") {
        std::fs::copy(&picture, PathBuf::from(keep).join("window.png")).unwrap();
    }

    let (status, said) = window.close();
    assert_eq!(status.code(), Some(0), "the window ended with {status}: {said}");
    assert!(!said.contains("panicked"), "{said}");
    assert!(rows(&log) >= before);
    assert_valid(&log);
}

#[test]
fn ctrl_c_closes_a_sleeping_window_and_leaves_a_valid_log() {
    let _turn = ONE_AT_A_TIME.lock();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("day.csv");
    let display = Display::start();
    let mut window = Window::open(&display, &["--paused", "--log", path_text(&log)]);
    display.key("Right");
    tool(Command::new("kill").args(["-INT", &window.process.0.id().to_string()]));
    let status = window.process.wait();
    assert_eq!(status.code(), Some(130), "{status}: {}", window.said());
    assert_valid(&log);
}

#[test]
fn a_window_takes_its_own_picture_and_closes() {
    let _turn = ONE_AT_A_TIME.lock();
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("new/shot.png");
    let display = Display::start();
    let mut process = display.command(TWIN);
    let mut process =
        Owned(process.args(["--paused", "--theme", "light", "--shot", path_text(&picture)]).spawn().unwrap());
    assert_eq!(process.wait().code(), Some(0));
    assert!(colours(&picture) > 300, "only {} colours in the picture", colours(&picture));
}

#[test]
fn pictures_are_drawn_without_a_display() {
    let _turn = ONE_AT_A_TIME.lock();
    let folder = tempfile::tempdir().unwrap();
    let mut shot = Command::new(TWIN);
    shot.env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .args(["shot", "--at", "200,400", "--size", "960x600", "--out"]);
    let printed = tool(shot.arg(folder.path()));
    let pictures: Vec<&Path> = printed.lines().map(Path::new).collect();
    assert_eq!(pictures.len(), 2, "{printed}");
    for picture in pictures {
        assert_eq!(tool(Command::new("identify").args(["-format", "%wx%h"]).arg(picture)), "960x600");
        assert!(colours(picture) > 300, "only {} colours in {}", colours(picture), picture.display());
    }
}

#[test]
fn without_a_display_the_window_says_so_and_what_to_do() {
    for (name, value, cure) in [
        ("DISPLAY", "", "c2g-twin shot"),
        ("DISPLAY", ":9999", "Check DISPLAY"),
        ("WAYLAND_DISPLAY", "none-7", "unset WAYLAND_DISPLAY"),
    ] {
        let mut program = Command::new(TWIN);
        program.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env_remove("WAYLAND_SOCKET").env(name, value);
        let Output { status, stderr, .. } = program.output().unwrap();
        let said = String::from_utf8_lossy(&stderr);
        assert_eq!(status.code(), Some(2), "{name}={value}: {said}");
        assert!(said.contains(cure) && !said.contains("panicked"), "{name}={value}: {said}");
    }
}

#[test]
fn without_a_graphics_driver_the_cure_is_named() {
    let mut shot = Command::new(TWIN);
    let Output { status, stderr, .. } =
        shot.env("VK_DRIVER_FILES", "/none.json").env("VK_ICD_FILENAMES", "/none.json").arg("shot").output().unwrap();
    let said = String::from_utf8_lossy(&stderr);
    assert_eq!(status.code(), Some(2), "{said}");
    assert!(said.contains("apt-get install mesa-vulkan-drivers") && !said.contains("panicked"), "{said}");
}
