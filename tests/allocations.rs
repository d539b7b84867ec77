//! The stepping loop asks for no memory: what it needs is made when the run is built.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
// A counting allocator cannot be written without `unsafe`: the trait demands it. It only counts and hands on.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::str::FromStr;

use c2g_twin::noise::{self, NoiseKind};
use c2g_twin::plant::{BuildRequest, InputBus, SlotActions, StepContext};
use c2g_twin::rollout::{Rollout, Setup, Step, World};
use c2g_twin::trace::{Embedded, Start};

thread_local! {
    /// Times that this thread asked for memory. Tests run on threads of their own and do not see each other.
    static REQUESTS: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

fn count() {
    // While a thread ends its own counter is gone already; nobody reads it then.
    let _ = REQUESTS.try_with(|n| n.set(n.get() + 1));
}

// SAFETY: every call goes to the system's allocator with the same arguments.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const WARM_UP: u64 = 200;
const TICKS: u64 = 10_000;

/// Requests for memory while `work` runs.
fn requests(work: impl FnOnce()) -> u64 {
    let before = REQUESTS.get();
    work();
    REQUESTS.get() - before
}

fn run(rollout: &mut Rollout, ticks: u64) {
    for _ in 0..ticks {
        assert_eq!(rollout.step().unwrap(), Step::Ran);
    }
}

#[test]
fn the_counter_counts() {
    assert_eq!(requests(|| drop(std::hint::black_box(vec![1_u8; 100]))), 1);
    assert_eq!(requests(|| ()), 0);
}

#[test]
fn controlled_ticks_ask_for_no_memory() {
    for noise in ["counter", "numpy"] {
        let day = Setup { noise: noise.to_owned(), ..Setup::default_day().unwrap() };
        assert_eq!((day.policy("macro"), day.policy("hardware")), (Some("rule_macro"), Some("rule_based")));
        let mut rollout = World::default().build(&day).unwrap();
        run(&mut rollout, WARM_UP);
        assert_eq!(requests(|| run(&mut rollout, TICKS)), 0, "{noise} noise");
    }
}

#[test]
fn other_controllers_ask_for_no_memory() {
    for hardware in ["bang_bang", "pid", "random", "hold", "manual"] {
        let mut day = Setup::default_day().unwrap();
        day.policies.insert("hardware".to_owned(), hardware.to_owned());
        day.policies.insert("macro".to_owned(), "random_macro".to_owned());
        day.on_trip = c2g_twin::rollout::OnTrip::RideThrough;
        let mut rollout = World::default().build(&day).unwrap();
        run(&mut rollout, WARM_UP);
        assert_eq!(requests(|| run(&mut rollout, 2_000)), 0, "{hardware}");
    }
}

#[test]
fn the_second_plant_asks_for_no_memory() {
    for policies in [["hold", "hold", "hold"], ["carbon_shift", "trim_and_respond", "rbc_battery"], ["random"; 3]] {
        let slots = ["agent_ls", "agent_dc", "agent_bat"];
        let policies = slots.iter().zip(policies).map(|(s, p)| ((*s).to_owned(), p.to_owned())).collect();
        let setup = Setup { plant: "sustaindc".to_owned(), policies, continuous: true, ..Setup::default() };
        let mut rollout = World::default().build(&setup).unwrap();
        run(&mut rollout, WARM_UP);
        assert_eq!(requests(|| run(&mut rollout, 2_000)), 0);
    }
}

#[test]
fn bare_ticks_ask_for_no_memory() {
    let (world, day) = (World::default(), Setup::default_day().unwrap());
    let config = world.configuration(&day).unwrap();
    let start = day.start.as_deref().map(Start::from_str).transpose().unwrap();
    let request = BuildRequest { config: &config, axes: &day.axes, traces: &Embedded, start, seed: day.seed };
    let mut plant = world.factory(&day.plant).unwrap().build(&request).unwrap();
    let spec = std::sync::Arc::clone(plant.spec());
    let mut noise = noise::build(&NoiseKind::Counter, day.seed, &spec.streams).unwrap();
    let mut inputs = InputBus::new(spec.inputs.iter().map(|i| i.range));
    let mut row = vec![0.0; spec.signals.len()];
    let actions: Vec<SlotActions> = spec
        .slots
        .iter()
        .map(|s| SlotActions { values: s.actions.iter().map(|a| a.default).collect(), active: true, due: true })
        .collect();
    plant.reset(&mut inputs, &mut *noise, &mut row);
    let mut run = |from: u64, to: u64| {
        for tick in from..to {
            let context = StepContext { tick, actions: &actions, inputs: &mut inputs, noise: &mut *noise };
            assert!(!plant.step(context, &mut row).terminated);
        }
    };
    run(0, WARM_UP);
    assert_eq!(requests(|| run(WARM_UP, WARM_UP + TICKS)), 0);
}
