//! Drawing on demand: one thread wakes the event loop, at once for news and later for what panels asked to see later.

use std::time::{Duration, Instant};

use bevy::app::{App, Plugin, PostUpdate};
use bevy::ecs::message::Messages;
use bevy::ecs::prelude::{IntoScheduleConfigs, ResMut, Resource};
use bevy::window::RequestRedraw;
use bevy::winit::{EventLoopProxy, WinitUserEvent};
use bevy_egui::EguiPostUpdateSet;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

/// Shortest time between two wakes. Bevy's loop draws twice for each, once for the wake and once for the redraw that it
/// asks the window for: 60 frames a second.
const BEAT: Duration = Duration::from_millis(33);

/// Delays from here on mean "never" (egui asks for `Duration::MAX`).
const NEVER: Duration = Duration::from_secs(3_600);

/// Wakes the event loop, at most once a [`BEAT`]. Cheap to copy; the thread behind it ends with the last copy.
#[derive(Clone, Resource)]
pub(super) struct Waker {
    due: Sender<Instant>,
}

impl Waker {
    /// Starts the thread.
    pub fn start(window: EventLoopProxy<WinitUserEvent>) -> Self {
        Self::with(move || window.send_event(WinitUserEvent::WakeUp).is_ok())
    }

    /// `wake` says whether there is still somebody to wake.
    fn with(wake: impl Fn() -> bool + Send + 'static) -> Self {
        let (due, asked) = bounded(256);
        let waker = std::thread::Builder::new().name("c2g-waker".to_owned()).spawn(move || beat(&asked, wake));
        // Without the thread the window still answers to the person; only news of the run come late.
        drop(waker);
        Self { due }
    }

    /// Asks for a frame at once.
    pub fn now(&self) {
        self.at(Instant::now());
    }

    /// Asks for a frame after a while.
    pub fn after(&self, delay: Duration) {
        if delay < NEVER {
            self.at(Instant::now() + delay);
        }
    }

    fn at(&self, when: Instant) {
        // A full queue holds an earlier request already.
        let _ = self.due.try_send(when);
    }
}

/// Wakes at the earliest instant that was asked for, then waits for the next request.
fn beat(asked: &Receiver<Instant>, wake: impl Fn() -> bool) {
    let mut last = Instant::now();
    let mut due: Option<Instant> = None;
    loop {
        let message = match due.map(|when| when.max(last + BEAT)) {
            None => asked.recv().map_err(|_| RecvTimeoutError::Disconnected),
            // Requests that keep coming must not put off what is due.
            Some(when) if Instant::now() >= when => Err(RecvTimeoutError::Timeout),
            Some(when) => asked.recv_deadline(when),
        };
        match message {
            Ok(when) => due = Some(due.map_or(when, |earlier| earlier.min(when))),
            Err(RecvTimeoutError::Timeout) => {
                due = None;
                last = Instant::now();
                if !wake() {
                    return;
                }
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// Leaves all waking to the [`Waker`].
pub(super) struct RedrawPlugin;

impl Plugin for RedrawPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(PostUpdate, quieten.after(EguiPostUpdateSet::ProcessOutput));
    }
}

/// bevy_egui asks for the next frame at once whenever egui wants one at any later time (a blinking cursor, a tooltip);
/// the waker knows the time.
fn quieten(mut requests: ResMut<Messages<RequestRedraw>>) {
    requests.clear();
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn counting() -> (Waker, Arc<AtomicUsize>) {
        let count = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&count);
        let waker = Waker::with(move || {
            seen.fetch_add(1, Ordering::SeqCst);
            true
        });
        (waker, count)
    }

    #[test]
    fn a_burst_of_requests_wakes_once_a_beat() {
        let (waker, count) = counting();
        let begin = Instant::now();
        while begin.elapsed() < BEAT * 10 {
            waker.now();
            std::thread::sleep(Duration::from_millis(1));
        }
        let woken = count.load(Ordering::SeqCst);
        let most = (begin.elapsed().as_secs_f64() / BEAT.as_secs_f64()).ceil() as usize;
        assert!((2..=most).contains(&woken), "{woken} wakes, at most {most} allowed");
    }

    #[test]
    fn a_later_request_waits_and_an_earlier_one_goes_first() {
        let (waker, count) = counting();
        waker.after(Duration::from_secs(3_000));
        waker.after(Duration::MAX);
        std::thread::sleep(BEAT * 3);
        assert_eq!(count.load(Ordering::SeqCst), 0);
        waker.now();
        let begin = Instant::now();
        while count.load(Ordering::SeqCst) == 0 && begin.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(count.load(Ordering::SeqCst), 1);
    }
}
