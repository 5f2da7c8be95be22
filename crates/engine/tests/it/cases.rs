//! Small canvases, step by step.

use tutti_engine::run::{Error, ErrorClass, Event, FailurePolicy, OnFailure, RunState, TaskState};

use crate::world::{World, completed, graph, held, resume};

fn failed(activity: &str, class: ErrorClass, then: OnFailure) -> Event {
    let policy = FailurePolicy { attempts: 2, backoff_us: 10, backoff_us_max: 100, then };
    Event::TaskFailed { activity: activity.into(), class, policy }
}

/// Claims and completes an activity; answers what became ready and what was skipped, by words.
fn complete(world: &mut World, event: &Event) -> String {
    let Event::TaskCompleted { activity, .. } = event else { panic!("{event:?}") };
    world.claim(activity);
    let decision = world.meet(event, 0);
    let state = decision.run_state.map(|state| format!(" run {state}")).unwrap_or_default();
    format!("ready [{}] skipped [{}]{state}", decision.ready.join(" "), decision.skipped.join(" "))
}

fn started(nodes: &[&str], edges: &[&str]) -> World {
    let mut world = World::new(graph(nodes, edges));
    world.meet(&Event::Started, 0);
    world
}

fn stopped(activity: &str) -> Event {
    Event::TaskCompleted { activity: activity.into(), stop_branch: true, empty_ports_to_skip: vec![] }
}

fn without(activity: &str, port: &str) -> Event {
    let empty_ports_to_skip = vec![port.to_owned()];
    Event::TaskCompleted { activity: activity.into(), stop_branch: false, empty_ports_to_skip }
}

#[test]
fn a_join_waits_for_all() {
    let mut world = started(&["a", "b", "join", "end"], &["a join", "b join", "join end"]);
    assert_eq!(world.in_state(TaskState::Ready), ["a", "b"]);
    assert_eq!(complete(&mut world, &completed("a")), "ready [] skipped []");
    assert_eq!(complete(&mut world, &completed("b")), "ready [join] skipped []");
    assert_eq!(complete(&mut world, &completed("join")), "ready [end] skipped []");
    assert_eq!(complete(&mut world, &completed("end")), "ready [] skipped [] run completed");
}

#[test]
fn a_stopped_branch_is_skipped_but_not_the_join_that_others_reach() {
    let nodes = ["a", "mail_a", "b", "join", "end"];
    let edges = ["a mail_a", "mail_a join", "b join", "a end"];
    let mut world = started(&nodes, &edges);
    assert_eq!(complete(&mut world, &stopped("a")), "ready [] skipped [mail_a end]");
    assert_eq!(complete(&mut world, &completed("b")), "ready [join] skipped []");
    let mut world = started(&nodes, &edges);
    assert_eq!(complete(&mut world, &completed("b")), "ready [] skipped []");
    assert_eq!(complete(&mut world, &stopped("a")), "ready [join] skipped [mail_a end]");
    let mut world = started(&nodes, &edges);
    assert_eq!(complete(&mut world, &stopped("b")), "ready [] skipped []");
    assert_eq!(complete(&mut world, &stopped("a")), "ready [] skipped [mail_a join end] run completed");
}

#[test]
fn ports_close_one_by_one() {
    let mut world = started(&["split", "a", "b", "help"], &["split.a a", "split.b b", "split.error help"]);
    assert_eq!(complete(&mut world, &without("split", "b")), "ready [a] skipped [b help]");
    assert_eq!(complete(&mut world, &completed("a")), "ready [] skipped [] run completed");
}

#[test]
fn two_transitions_between_the_same_activities_count_each() {
    let mut world = started(&["split", "join"], &["split.a join", "split.b join"]);
    assert_eq!(complete(&mut world, &without("split", "b")), "ready [join] skipped []");
}

#[test]
fn disabled_activities_and_what_only_they_lead_to_are_skipped() {
    let mut world = World::new(graph(&["a", "-b", "c", "join"], &["a b", "b c", "c join", "a join"]));
    assert_eq!(world.meet(&Event::Started, 0).skipped, ["b", "c"]);
    assert_eq!(complete(&mut world, &completed("a")), "ready [join] skipped []");
    let mut world = World::new(graph(&["-a", "b"], &["a b"]));
    let decision = world.meet(&Event::Started, 0);
    assert_eq!((decision.skipped.len(), decision.run_state), (2, Some(RunState::Completed)));
    let empty = World::new(graph(&[], &[])).meet(&Event::Started, 0);
    assert_eq!(empty.run_state, Some(RunState::Completed));
}

#[test]
fn a_failure_is_tried_again_then_pauses_and_resuming_tries_it_again() {
    let mut world = started(&["a", "b"], &["a b"]);
    world.claim("a");
    let external = failed("a", ErrorClass::External, OnFailure::Pause);
    let decision = world.meet(&external, 100);
    assert_eq!((decision.retry_at_us, decision.run_state), (Some(110), None));
    world.claim("a");
    let decision = world.meet(&external, 200);
    assert_eq!((decision.retry_at_us, decision.run_state), (None, Some(RunState::Paused)));
    assert_eq!(world.meet(&external, 201).run_state, None, "met again");
    let decision = world.meet(&resume(), 300);
    assert_eq!((decision.ready, decision.run_state), (vec!["a".to_owned()], Some(RunState::Running)));
    assert_eq!(world.view.tasks["a"].attempts, 0);
    assert_eq!(complete(&mut world, &completed("a")), "ready [b] skipped []");
    world.claim("b");
    let decision = world.meet(&failed("b", ErrorClass::User, OnFailure::Pause), 400);
    assert_eq!((decision.retry_at_us, decision.run_state), (None, Some(RunState::Paused)), "it would not pass");
}

#[test]
fn the_policies_after_the_last_attempt() {
    let nodes = ["a", "b", "help", "c", "d"];
    let edges = ["a b", "a.error help", "c d"];
    for (then, ready, skipped, run) in [
        (OnFailure::Pause, "", "", Some(RunState::Paused)),
        (OnFailure::Ignore, "", "b help", None),
        (OnFailure::Abort, "", "b c d help", Some(RunState::Failed)),
        (OnFailure::ErrorPort, "help", "b", None),
    ] {
        let mut world = started(&nodes, &edges);
        world.claim("a");
        let mut decision = world.meet(&failed("a", ErrorClass::User, then), 0);
        decision.skipped.sort();
        assert_eq!(decision.ready.join(" "), ready, "{then:?}");
        assert_eq!(decision.skipped.join(" "), skipped, "{then:?}");
        assert_eq!(decision.run_state, run, "{then:?}");
    }
    let mut world = started(&["a"], &[]);
    world.claim("a");
    let decision = world.meet(&failed("a", ErrorClass::User, OnFailure::Ignore), 0);
    assert_eq!(decision.run_state, Some(RunState::Completed), "an ignored failure does not hold the run");
}

#[test]
fn resuming_leaves_ignored_failures_alone() {
    let mut world = started(&["a", "b"], &[]);
    world.claim("a");
    world.meet(&failed("a", ErrorClass::User, OnFailure::Ignore), 0);
    world.meet(&Event::Pause, 1);
    assert_eq!(world.meet(&resume(), 2).ready, [""; 0]);
    assert_eq!(world.in_state(TaskState::Failed), ["a"]);
}

#[test]
fn pausing_lets_what_is_at_work_end() {
    let mut world = started(&["a", "b"], &["a b"]);
    world.claim("a");
    assert_eq!(world.meet(&Event::Pause, 0).run_state, Some(RunState::Paused));
    assert_eq!(world.meet(&Event::Pause, 0).run_state, None, "once more");
    let decision = world.meet(&completed("a"), 1);
    assert_eq!((decision.ready, decision.run_state), (vec!["b".to_owned()], None));
    assert_eq!(world.meet(&resume(), 2).run_state, Some(RunState::Running));
    assert_eq!(complete(&mut world, &completed("b")), "ready [] skipped [] run completed");
}

#[test]
fn stopping_skips_what_has_not_begun() {
    let mut world = started(&["a", "b", "c"], &["a b"]);
    world.claim("a");
    let decision = world.meet(&Event::Stop, 0);
    assert_eq!((decision.skipped.len(), decision.run_state), (2, Some(RunState::Stopped)));
    let late = world.meet(&completed("a"), 1);
    assert_eq!((late.ready.len(), late.run_state), (0, None), "a late result is recorded and leads nowhere");
    assert_eq!(world.meet(&Event::Stop, 2).run_state, None);
}

#[test]
fn what_does_not_fit_is_refused_with_what_to_do() {
    let world = started(&["a", "b"], &["a b"]);
    let refused = |world: &World, event: &Event| world.graph.decide(&world.view, event, 0).unwrap_err().to_string();
    for (event, text) in [
        (completed("a"), "the activity `a` is ready and cannot become completed; a worker must claim it first"),
        (completed("b"), "the activity `b` is waiting and cannot become completed; what leads to it must end first"),
        (completed("z"), "the run has no activity `z`; it stays on the version of the campaign that it began with"),
    ] {
        assert_eq!(refused(&world, &event), text);
    }
    let mut world = started(&["a"], &[]);
    world.meet(&Event::Stop, 0);
    for event in [Event::Pause, resume(), Event::Started] {
        let refusal = world.graph.decide(&world.view, &event, 0);
        assert!(matches!(refusal, Err(Error::Run { from: RunState::Stopped, .. })), "{event:?}: {refusal:?}");
    }
}

#[test]
fn a_held_task_holds_the_run_when_nothing_else_can_go_on() {
    let mut world = started(&["a", "ask", "b", "c"], &["a b", "ask c"]);
    world.claim("ask");
    assert_eq!(world.meet(&held("ask"), 0).run_state, None, "`a` can go on");
    assert_eq!(complete(&mut world, &completed("a")), "ready [b] skipped []");
    assert_eq!(complete(&mut world, &completed("b")), "ready [] skipped [] run held");
    let released = world.meet(&Event::Released { activities: vec!["ask".into()] }, 1);
    assert_eq!((released.ready, released.run_state), (vec!["ask".to_owned()], Some(RunState::Running)));
    let again = world.graph.decide(&world.view, &Event::Released { activities: vec!["ask".into()] }, 1).unwrap();
    assert_eq!((again.ready.len(), again.run_state), (0, None), "once more");
    assert_eq!(complete(&mut world, &completed("ask")), "ready [c] skipped []");
    assert_eq!(complete(&mut world, &completed("c")), "ready [] skipped [] run completed");
}

#[test]
fn a_deadline_claims_what_is_held() {
    let mut world = started(&["ask", "c"], &["ask.rejected c"]);
    world.claim("ask");
    assert_eq!(world.meet(&held("ask"), 0).run_state, Some(RunState::Held));
    assert_eq!(complete(&mut world, &completed("ask")), "ready [c] skipped [] run running");
}

#[test]
fn pausing_and_resuming_answers_only_what_it_is_told_to() {
    let mut world = started(&["stop_here", "ask"], &[]);
    for activity in ["stop_here", "ask"] {
        world.claim(activity);
        world.meet(&held(activity), 0);
    }
    assert_eq!(world.view.state, RunState::Held);
    assert_eq!(world.meet(&Event::Pause, 1).run_state, Some(RunState::Paused));
    assert_eq!(world.meet(&resume(), 2).run_state, Some(RunState::Held), "both wait still");
    let decision = world.meet(&Event::Resume { release: vec!["stop_here".into()] }, 3);
    assert_eq!((decision.ready, decision.run_state), (vec!["stop_here".to_owned()], Some(RunState::Running)));
    assert_eq!(complete(&mut world, &completed("stop_here")), "ready [] skipped [] run held");
    assert_eq!(world.meet(&Event::Stop, 4).skipped, ["ask"]);
}

#[test]
fn failed_activities_are_tried_again_or_given_up_one_by_one() {
    let mut world = started(&["a", "b", "after_a", "after_b"], &["a after_a", "b after_b"]);
    for activity in ["a", "b"] {
        world.claim(activity);
    }
    for activity in ["a", "b"] {
        world.meet(&failed(activity, ErrorClass::User, OnFailure::Pause), 0);
    }
    let retry = Event::Retry { activity: "a".into() };
    let decision = world.meet(&retry, 1);
    assert_eq!((decision.ready, decision.run_state), (vec!["a".to_owned()], Some(RunState::Running)));
    assert_eq!(complete(&mut world, &completed("a")), "ready [after_a] skipped []");
    assert_eq!(complete(&mut world, &completed("after_a")), "ready [] skipped [] run paused");
    let decision = world.meet(&Event::Skip { activity: "b".into() }, 2);
    assert_eq!((decision.skipped.join(" "), decision.run_state), ("b after_b".into(), Some(RunState::Completed)));
    for event in [retry, Event::Skip { activity: "b".into() }] {
        assert!(matches!(world.graph.decide(&world.view, &event, 3), Err(Error::Run { .. })), "{event:?}");
    }
}

#[test]
fn what_has_settled_cannot_be_skipped_or_released() {
    let mut world = started(&["a", "b", "c"], &[]);
    world.claim("a");
    world.meet(&failed("a", ErrorClass::User, OnFailure::Ignore), 0);
    world.claim("b");
    for event in [
        Event::Skip { activity: "a".into() },
        Event::Retry { activity: "a".into() },
        Event::Skip { activity: "b".into() },
        Event::Released { activities: vec!["b".into()] },
    ] {
        assert!(matches!(world.graph.decide(&world.view, &event, 1), Err(Error::Task { .. })), "{event:?}");
    }
}
