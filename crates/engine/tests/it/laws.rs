//! Laws on random canvases, orders, failures and repetitions.

use std::collections::BTreeMap;

use proptest::prelude::*;
use tutti_engine::run::{
    Decision, Edge, ErrorClass, Event, FailurePolicy, Graph, Node, OnFailure, RunState, TaskState,
};

use crate::world::{World, held, resume};

const PORTS: [&str; 3] = ["out", "other", "error"];

/// What an activity does whenever it runs, whatever the order.
#[derive(Debug, Clone)]
enum Fate {
    Completes {
        stop: bool,
        skip: bool,
    },
    FailsThenCompletes {
        times: u32,
    },
    Fails(OnFailure),
    /// Asks a person first. Without an answer it goes on by itself.
    Asks {
        answered: bool,
        then: Box<Fate>,
    },
    /// Waits for a time first: it is given back and claimed again.
    Waits {
        then: Box<Fate>,
    },
}

impl Fate {
    /// What becomes of it after all that it waits for.
    fn end(&self) -> &Fate {
        match self {
            Fate::Asks { then, .. } | Fate::Waits { then } => then,
            fate => fate,
        }
    }
}

#[derive(Debug, Clone)]
struct Canvas {
    enabled: Vec<bool>,
    edges: Vec<(usize, usize, usize)>,
    fates: Vec<Fate>,
}

impl Canvas {
    fn graph(&self) -> Graph {
        let node = |(n, &enabled): (usize, &bool)| Node { id: id(n), kind: "any".into(), enabled };
        let edge =
            |&(from, port, to): &(usize, usize, usize)| Edge { from: id(from), port: PORTS[port].into(), to: id(to) };
        Graph::new(self.enabled.iter().enumerate().map(node).collect(), self.edges.iter().map(edge).collect()).unwrap()
    }
}

fn id(number: usize) -> String {
    format!("a{number:02}")
}

fn fate() -> impl Strategy<Value = Fate> {
    plain_fate().prop_flat_map(|plain| {
        prop_oneof![
            3 => Just(plain.clone()),
            1 => Just(Fate::Waits { then: Box::new(plain.clone()) }),
            1 => any::<bool>().prop_map(move |answered| Fate::Asks { answered, then: Box::new(plain.clone()) }),
        ]
    })
}

fn plain_fate() -> impl Strategy<Value = Fate> {
    let then = prop_oneof![Just(OnFailure::Ignore), Just(OnFailure::ErrorPort), Just(OnFailure::Pause)];
    prop_oneof![
        6 => (prop::bool::weighted(0.2), prop::bool::weighted(0.2)).prop_map(|(stop, skip)| Fate::Completes { stop, skip }),
        1 => (1..3_u32).prop_map(|times| Fate::FailsThenCompletes { times }),
        1 => then.prop_map(Fate::Fails),
    ]
}

fn canvas() -> impl Strategy<Value = Canvas> {
    (1..14_usize).prop_flat_map(|size| {
        let edges = prop::collection::vec((0..size, 0..PORTS.len(), 0..size), 0..size * 2);
        let forward = edges.prop_map(|edges| {
            let apart = edges.into_iter().filter(|(a, _, b)| a != b);
            apart.map(|(a, port, b)| (a.min(b), port, a.max(b))).collect()
        });
        let enabled = prop::collection::vec(prop::bool::weighted(0.9), size);
        (enabled, forward, prop::collection::vec(fate(), size)).prop_map(|(enabled, edges, fates)| Canvas {
            enabled,
            edges,
            fates,
        })
    })
}

/// The event that ends an activity's attempt. A pausing activity fails once and succeeds after the run was resumed.
fn ending(canvas: &Canvas, activity: &str, tries: u32) -> Event {
    let number: usize = activity[1..].parse().unwrap();
    let policy = |then| FailurePolicy { attempts: 3, backoff_us: 5, backoff_us_max: 50, then };
    let fail = |class, then| Event::TaskFailed { activity: activity.into(), class, policy: policy(then) };
    let complete = |stop_branch, skip: bool| Event::TaskCompleted {
        activity: activity.into(),
        stop_branch,
        empty_ports_to_skip: if skip { vec!["other".into()] } else { vec![] },
    };
    let (fate, tries) = match &canvas.fates[number] {
        Fate::Asks { then, .. } | Fate::Waits { then } => (&**then, tries - 1),
        fate => (fate, tries),
    };
    match fate {
        Fate::Completes { stop, skip } => complete(*stop, *skip),
        Fate::FailsThenCompletes { times } if tries <= *times => fail(ErrorClass::External, OnFailure::Abort),
        Fate::Fails(OnFailure::Pause) if tries > 1 => complete(false, false),
        Fate::Fails(then) => fail(ErrorClass::User, *then),
        Fate::FailsThenCompletes { .. } | Fate::Asks { .. } | Fate::Waits { .. } => complete(false, false),
    }
}

/// Lets a held task go on: by an answer, or because its time has come.
fn answer(world: &mut World, canvas: &Canvas, activity: &str, tries: &mut BTreeMap<String, u32>) {
    match canvas.fates[activity[1..].parse::<usize>().unwrap()] {
        Fate::Asks { answered: true, .. } => {
            let event = Event::Released { activities: vec![activity.to_owned()] };
            world.meet(&event, 0);
            again_changes_nothing(world, &event);
        }
        _ => {
            world.claim(activity);
            *tries.entry(activity.to_owned()).or_default() += 1;
        }
    }
}

/// After an event is written, meeting it again changes nothing: it is refused, or the decision is empty.
fn again_changes_nothing(world: &World, event: &Event) {
    if let Ok(decision) = world.graph.decide(&world.view, event, 999) {
        assert_eq!(decision, Decision::default(), "{event:?} met twice in {:?}", world.view);
    }
}

/// What a run came to: its state, and the state of each of its tasks.
type End = (RunState, BTreeMap<String, TaskState>);

/// Runs a canvas to its end in the order that `choices` says, with everything checked on the way.
fn play(canvas: &Canvas, choices: &[u8]) -> End {
    let mut world = World::new(canvas.graph());
    let mut tries: BTreeMap<String, u32> = BTreeMap::new();
    let mut choices = choices.iter().copied().cycle();
    world.meet(&Event::Started, 0);
    again_changes_nothing(&world, &Event::Started);
    for _ in 0..10_000 {
        if world.view.state.ended() {
            let tasks = world.view.tasks.iter().map(|(id, task)| (id.clone(), task.state)).collect();
            return (world.view.state, tasks);
        }
        if world.view.state == RunState::Running {
            let ready = world.in_state(TaskState::Ready);
            let number = usize::from(choices.next().unwrap_or(0));
            if let Some(activity) = (!ready.is_empty()).then(|| ready[number % ready.len()].clone()) {
                may_run(&world, &activity);
                world.claim(&activity);
                *tries.entry(activity).or_default() += 1;
                if number % 3 != 0 {
                    continue;
                }
            }
        }
        let number = usize::from(choices.next().unwrap_or(0));
        let waiting = world.in_state(TaskState::Held);
        if !waiting.is_empty() && world.view.state != RunState::Paused && number % 2 == 0 {
            answer(&mut world, canvas, &waiting[number % waiting.len()], &mut tries);
            continue;
        }
        let running = world.in_state(TaskState::Running);
        if running.is_empty() {
            match world.view.state {
                RunState::Paused => drop(world.meet(&resume(), 0)),
                RunState::Held => answer(&mut world, canvas, &waiting[number % waiting.len()], &mut tries),
                _ => assert!(!world.in_state(TaskState::Ready).is_empty(), "the run hangs: {:?}", world.view),
            }
            continue;
        }
        let activity = running[number % running.len()].clone();
        let fate = &canvas.fates[activity[1..].parse::<usize>().unwrap()];
        if matches!(fate, Fate::Waits { .. }) && tries[&activity] == 1 {
            let task = world.view.tasks.get_mut(&activity).unwrap();
            (task.state, task.attempts) = (TaskState::Ready, task.attempts - 1);
            continue;
        }
        let asks = matches!(fate, Fate::Asks { .. }) && tries[&activity] == 1;
        let event = if asks { held(&activity) } else { ending(canvas, &activity, tries[&activity]) };
        // A crash between the decision and its writing: it is decided again, and alike.
        let first = world.graph.decide(&world.view, &event, 7).unwrap();
        assert_eq!(first, world.meet(&event, 7));
        again_changes_nothing(&world, &event);
    }
    panic!("the run does not end: {:?}", world.view);
}

/// Nothing runs before what leads to it.
fn may_run(world: &World, activity: &str) {
    for (from, _) in world.graph.inbound(activity) {
        let task = &world.view.tasks[from];
        let settled = match task.state {
            TaskState::Completed | TaskState::Skipped => true,
            TaskState::Failed => task.closed_ports.is_some(),
            TaskState::Waiting | TaskState::Ready | TaskState::Running | TaskState::Held => false,
        };
        assert!(settled, "`{activity}` runs before `{from}`");
    }
}

/// Which activities run, computed from the fates alone.
fn expected(canvas: &Canvas) -> BTreeMap<String, TaskState> {
    let mut states: Vec<TaskState> = Vec::new();
    for number in 0..canvas.enabled.len() {
        let mut inbound = canvas.edges.iter().filter(|edge| edge.2 == number).peekable();
        let reached = inbound.peek().is_none()
            || inbound.any(|&(from, port, _)| match (canvas.fates[from].end(), states[from]) {
                (_, TaskState::Skipped) => false,
                (Fate::Completes { stop, skip }, _) => !stop && port != 2 && !(*skip && port == 1),
                (Fate::Fails(OnFailure::Ignore), _) => false,
                (Fate::Fails(OnFailure::ErrorPort), _) => port == 2,
                _ => port != 2,
            });
        states.push(match canvas.fates[number].end() {
            _ if !reached || !canvas.enabled[number] => TaskState::Skipped,
            Fate::Fails(OnFailure::Ignore | OnFailure::ErrorPort) => TaskState::Failed,
            _ => TaskState::Completed,
        });
    }
    states.into_iter().enumerate().map(|(number, state)| (id(number), state)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every run ends, in the states that the canvas alone determines, in whatever order its tasks end.
    #[test]
    fn every_order_comes_to_the_same_end(
        canvas in canvas(),
        one in prop::collection::vec(any::<u8>(), 1..60),
        other in prop::collection::vec(any::<u8>(), 1..60),
    ) {
        let end = play(&canvas, &one);
        prop_assert_eq!(&end, &(RunState::Completed, expected(&canvas)));
        prop_assert_eq!(end, play(&canvas, &other));
    }

    /// Whatever is given up at any moment, the rest of the run still ends.
    #[test]
    fn a_run_with_activities_given_up_ends(canvas in canvas(), choices in prop::collection::vec(any::<u8>(), 40)) {
        let mut world = World::new(canvas.graph());
        world.meet(&Event::Started, 0);
        let mut tries = BTreeMap::new();
        for (step, &choice) in choices.iter().cycle().take(4_000).enumerate() {
            if world.view.state.ended() {
                break;
            }
            let all: Vec<String> = world.view.tasks.keys().cloned().collect();
            let activity = all[(usize::from(choice) + step + step / choices.len()) % all.len()].clone();
            let skip = Event::Skip { activity: activity.clone() };
            match world.view.tasks[&activity].state {
                _ if choice % 5 == 0 && world.graph.decide(&world.view, &skip, 0).is_ok() => {
                    world.meet(&skip, 0);
                    again_changes_nothing(&world, &skip);
                }
                TaskState::Ready if world.view.state == RunState::Running => {
                    world.claim(&activity);
                    *tries.entry(activity).or_default() += 1;
                }
                TaskState::Held if world.view.state != RunState::Paused => answer(&mut world, &canvas, &activity, &mut tries),
                TaskState::Running => {
                    let fate = &canvas.fates[activity[1..].parse::<usize>().unwrap()];
                    let asks = matches!(fate, Fate::Asks { .. }) && tries[&activity] == 1;
                    world.meet(&if asks { held(&activity) } else { ending(&canvas, &activity, 2 + tries[&activity]) }, 0);
                }
                _ if world.view.state == RunState::Paused => drop(world.meet(&resume(), 0)),
                _ => {}
            }
        }
        prop_assert!(world.view.state.ended(), "{:?}", world.view);
    }

    /// A stop at any moment ends the run; nothing that has not begun runs afterwards.
    #[test]
    fn a_stop_is_final(canvas in canvas(), steps in 0..20_usize) {
        let mut world = World::new(canvas.graph());
        world.meet(&Event::Started, 0);
        for _ in 0..steps {
            let Some(activity) = world.in_state(TaskState::Ready).pop() else { break };
            if world.view.state != RunState::Running {
                break;
            }
            world.claim(&activity);
            let event = Event::TaskCompleted { activity, stop_branch: false, empty_ports_to_skip: vec![] };
            world.meet(&event, 0);
        }
        let over = world.view.state.ended();
        prop_assert_eq!(world.graph.decide(&world.view, &Event::Stop, 0).is_err(), over);
        if !over {
            world.meet(&Event::Stop, 0);
            again_changes_nothing(&world, &Event::Stop);
            prop_assert!(world.in_state(TaskState::Ready).is_empty() && world.in_state(TaskState::Waiting).is_empty());
        }
    }
}
