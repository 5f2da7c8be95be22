//! Four days: launches, work, and what people do meanwhile.

use std::sync::Arc;

use jiff::Timestamp;
use tutti_runner::{AnswerRequest, Clock, Error, SignalRequest, Workspace};
use tutti_testkit::mail::{MailStore, Search, parse_mail};

use super::place::{INTAKE, PUBLIC_URL, Place, people, purchases};
use super::world::{World, look};

/// How often a process is looked at for more to do at one moment.
pub const ROUNDS_MAX: usize = 1_000;

/// When it ends.
const END: &str = "2026-06-04T12:00:00Z";

/// What people do, and when.
const SCENES: [(&str, Scene); 5] = [
    ("2026-06-01T08:45:00Z", Scene::TakeIn),
    ("2026-06-01T10:00:00Z", Scene::Approve),
    ("2026-06-02T08:00:00Z", Scene::Import),
    ("2026-06-02T12:00:00Z", Scene::Signal),
    ("2026-06-02T13:00:00Z", Scene::Open),
];

#[derive(Clone, Copy)]
enum Scene {
    TakeIn,
    Approve,
    Import,
    Signal,
    Open,
}

/// Lives the whole story, with as many processes as it takes, and tells what the world looks like at its end.
pub async fn live(place: &Place) -> World {
    let workspace = place.open().await;
    place.furnish(&workspace).await;
    leave(place, workspace).await;
    let mut scene = 0;
    loop {
        let workspace = place.open().await;
        place.death.arm(true);
        let mut alone = Alone;
        let is_over = tokio::select! {
            biased;
            () = place.death.died() => false,
            () = pass(place, &workspace, &mut scene, &mut alone) => true,
        };
        place.death.arm(false);
        if is_over {
            let world = look(place, &workspace).await;
            leave(place, workspace).await;
            return world;
        }
        leave(place, workspace).await;
    }
}

/// The process is gone: nothing of it is at work any more when the next one begins.
async fn leave(place: &Place, workspace: Arc<Workspace>) {
    workspace.close().await.unwrap();
    drop(workspace);
    place.death.begin_life();
}

/// Who does the work of the story.
pub trait Hands {
    /// Does all that is due now.
    async fn settle(&mut self, place: &Place, workspace: &Arc<Workspace>);

    /// When somebody wakes for what is due at `due_us`, not after `until_us`, both UTC microseconds.
    fn wake_at(&mut self, due_us: i64, until_us: i64) -> i64;
}

/// One worker, who wakes in time.
struct Alone;

impl Hands for Alone {
    async fn settle(&mut self, _: &Place, workspace: &Arc<Workspace>) {
        for _ in 0..ROUNDS_MAX {
            workspace.tick(true).await.unwrap();
            if workspace.work_through().await.unwrap() == 0 {
                return;
            }
        }
        panic!("the campaigns do not come to rest");
    }

    fn wake_at(&mut self, due_us: i64, _: i64) -> i64 {
        due_us
    }
}

/// Does what is due, and sets the clock forward to what is due next, until the end.
pub async fn pass(place: &Place, workspace: &Arc<Workspace>, scene: &mut usize, hands: &mut impl Hands) {
    let instant = |text: &str| text.parse::<Timestamp>().unwrap().as_microsecond();
    let end = instant(END);
    loop {
        hands.settle(place, workspace).await;
        while let Some((at, what)) = SCENES.get(*scene)
            && instant(at) <= place.clock.now_us()
        {
            play(place, workspace, *what).await;
            *scene += 1;
            hands.settle(place, workspace).await;
        }
        let next = workspace.next_due().await.unwrap();
        let until = SCENES.get(*scene).map_or(end, |(at, _)| instant(at));
        match next {
            Some(next) if next < until => place.clock.forward(hands.wake_at(next, until - 1)),
            _ if *scene < SCENES.len() => place.clock.forward(until),
            _ => return place.clock.forward(end),
        }
    }
}

async fn play(place: &Place, workspace: &Workspace, scene: Scene) {
    match scene {
        Scene::TakeIn => {
            place.death.arm(false);
            place.publish(workspace, INTAKE).await;
            place.death.arm(true);
        }
        Scene::Approve => {
            let runs = workspace.list_runs(Some("journey"), 1).await.unwrap();
            let answer = AnswerRequest { by: Some("marta".to_owned()), comment: None, answer: None };
            match workspace.approve(&runs[0].run, "ask", &answer).await {
                // The answer may have been kept although the one who gave it never heard so.
                Ok(()) | Err(Error::Refused { .. }) => {}
                Err(error) => panic!("{}", tutti_runner::chain(&error)),
            }
        }
        Scene::Signal => {
            for _ in 0..2 {
                let variables = serde_json::json!({"city": "Lyon"}).as_object().unwrap().clone();
                let request = SignalRequest { variables, idempotency_key: Some("once".to_owned()) };
                workspace.signal_campaign("follow_up", &request).await.unwrap();
            }
        }
        Scene::Import => {
            place.death.arm(false);
            place.import(workspace, "people", &people(25..=30)).await;
            place.import(workspace, "purchases", &purchases(31..=36)).await;
            place.death.arm(true);
        }
        Scene::Open => {
            place.death.arm(false);
            let (_, mails) = place.mails.list(&Search::default(), usize::MAX, 0).unwrap();
            let mut seen = std::collections::BTreeSet::new();
            // Of a mail that came twice, one is opened.
            for mail in mails.iter().filter(|mail| seen.insert(mail.message_id.clone())) {
                let bytes = place.mails.get(mail.id).unwrap().unwrap();
                let html = parse_mail(&bytes).html.unwrap_or_default();
                let Some((_, after)) = html.split_once(&format!("{PUBLIC_URL}/t/o/")) else { continue };
                let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
                let token = &after[..after.find(|letter| !is_part(letter)).unwrap_or(after.len())];
                assert!(workspace.track_open(token, None).await.unwrap());
            }
            place.death.arm(true);
        }
    }
}
