//! A display of the test's own, the program's window on it, and hands to drive it.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
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
pub const TWIN: &str = env!("CARGO_BIN_EXE_c2g-twin");

/// Software drivers draw four frames a second; a click must last longer than one.
pub const CLICK: Duration = Duration::from_millis(500);

/// Longest wait for anything.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// Windows under test share two cores; one at a time.
pub static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Runs a tool and returns what it printed; fails with its name when it is missing or fails.
pub fn tool(command: &mut Command) -> String {
    let name = command.get_program().to_string_lossy().into_owned();
    let Output { status, stdout, stderr } = command
        .output()
        .unwrap_or_else(|e| panic!("{name} cannot be started ({e}): ./test installs what the tests need"));
    assert!(status.success(), "{command:?} ended with {status}: {}", String::from_utf8_lossy(&stderr));
    String::from_utf8_lossy(&stdout).trim().to_owned()
}

/// Colours in a picture; a blank one has one.
pub fn colours(picture: &Path) -> u32 {
    tool(Command::new("identify").args(["-format", "%k"]).arg(picture)).parse().unwrap()
}

/// A process that is ended with the test, whatever happens.
pub struct Owned(pub Child);

impl Owned {
    /// Waits for the end.
    pub fn wait(&mut self) -> ExitStatus {
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
pub struct Display {
    name: String,
    /// Folder that settings would be kept in: nobody's own are touched.
    config: tempfile::TempDir,
    _server: Owned,
}

impl Display {
    pub fn start() -> Self {
        Self::of_size(1280, 800)
    }

    /// A display of so many pixels.
    pub fn of_size(width: u32, height: u32) -> Self {
        let screen = format!("{width}x{height}x24");
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", &screen, "-nolisten", "tcp", "-noreset"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|e| panic!("Xvfb cannot be started ({e}): ./test installs what the tests need"));
        let mut number = String::new();
        BufReader::new(server.stdout.as_mut().unwrap()).read_line(&mut number).unwrap();
        let server = Owned(server);
        assert!(!number.trim().is_empty(), "Xvfb found no free display");
        Self { name: format!(":{}", number.trim()), config: tempfile::tempdir().unwrap(), _server: server }
    }

    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("DISPLAY", &self.name).env_remove("WAYLAND_DISPLAY").env_remove("WAYLAND_SOCKET");
        command.env("XDG_CONFIG_HOME", self.config.path());
        command
    }

    pub fn xdotool(&self, arguments: &[&str]) -> String {
        tool(self.command("xdotool").args(arguments))
    }

    /// Holds a key until a frame has seen it.
    pub fn key(&self, key: &str) {
        self.xdotool(&["keydown", key]);
        sleep(CLICK);
        self.xdotool(&["keyup", key]);
        sleep(CLICK);
    }

    pub fn click(&self, x: i32, y: i32) {
        self.xdotool(&["mousemove", &x.to_string(), &y.to_string()]);
        sleep(CLICK);
        self.xdotool(&["mousedown", "1"]);
        sleep(CLICK);
        self.xdotool(&["mouseup", "1"]);
        sleep(CLICK);
    }

    pub fn picture(&self, path: &Path) {
        tool(self.command("import").args(["-window", "root"]).arg(path));
    }
}

/// The window of the program.
pub struct Window<'d> {
    display: &'d Display,
    id: u32,
    pub process: Owned,
}

impl<'d> Window<'d> {
    /// Opens the program and waits until its window is drawn and has the keyboard.
    pub fn open(display: &'d Display, arguments: &[&str]) -> Self {
        let mut process = display.command(TWIN);
        // The first page is opened by those who test it.
        let plain = if arguments.contains(&"--tour") { &[][..] } else { &["--no-welcome"][..] };
        let process = Owned(process.args(arguments).args(plain).stderr(Stdio::piped()).spawn().unwrap());
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
    pub fn until<T>(&mut self, what: &str, mut there: impl FnMut(&mut Self) -> Option<T>) -> T {
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
    pub fn said(&mut self) -> String {
        let mut text = String::new();
        if let Some(mut stderr) = self.process.0.stderr.take() {
            let _ = stderr.read_to_string(&mut text);
        }
        text
    }

    /// Asks the window to close as a window manager does (`WM_DELETE_WINDOW`), and waits for the end of the program.
    pub fn close(mut self) -> (ExitStatus, String) {
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
pub fn inputs(log: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    text.lines().filter(|line| line.starts_with("#input ")).map(str::to_owned).collect()
}

/// Rows that a log has so far.
pub fn rows(log: &Path) -> usize {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    text.lines().filter(|line| !line.starts_with('#')).count().saturating_sub(1)
}

pub fn path_text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// What `verify` thinks of a log.
pub fn assert_valid(log: &Path) {
    let verdict = Command::new(TWIN).arg("verify").arg(log).output().unwrap();
    assert!(
        verdict.status.success(),
        "{}{}",
        String::from_utf8_lossy(&verdict.stdout),
        String::from_utf8_lossy(&verdict.stderr)
    );
}

/// Where a control stands in a window of the default day, as a test of the panels finds it by its name.
pub fn place_of(control: &str) -> (i32, i32) {
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
