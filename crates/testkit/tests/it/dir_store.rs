//! Mails in a folder survive crashes, and the folder stays bounded.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use tutti_testkit::mail::{DirMailStore, DirOptions, Envelope, MailId, MailStore, Search};

fn open(dir: &Path, mails_max: usize, segment_bytes: u64) -> DirMailStore {
    DirMailStore::open(dir, DirOptions { mails_max, segment_bytes }).unwrap()
}

fn mail(nr: u64) -> String {
    format!("Subject: mail {nr}\r\nX-Tutti-Key: c{nr}\r\n\r\n{}\r\n", "text ".repeat(40))
}

fn fill(store: &DirMailStore, numbers: std::ops::RangeInclusive<u64>) {
    for nr in numbers {
        let envelope = Envelope {
            from: "shop@example.com".into(),
            to: vec![format!("p{nr}@example.com"), "q@example.com".into()],
        };
        let at = Timestamp::from_second(nr as i64).unwrap();
        assert_eq!(store.append(&envelope, at, mail(nr).into()).unwrap(), MailId(nr));
    }
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn ids(store: &DirMailStore) -> Vec<u64> {
    store.list(&Search::default(), 1_000, 0).unwrap().1.iter().map(|mail| mail.id.0).collect()
}

#[test]
fn a_reopened_store_has_everything() {
    let dir = tempfile::tempdir().unwrap();
    fill(&open(dir.path(), 100, 1_000), 1..=20);
    assert!(files(dir.path()).len() > 4);
    let store = open(dir.path(), 100, 1_000);
    assert_eq!(ids(&store), (1..=20).rev().collect::<Vec<_>>());
    assert_eq!(store.get(MailId(7)).unwrap().unwrap(), mail(7).as_bytes());
    let found = store.summary(MailId(7)).unwrap().unwrap();
    assert_eq!((found.subject.as_str(), found.key.as_deref()), ("mail 7", Some("c7")));
    assert_eq!(found.to, ["p7@example.com", "q@example.com"]);
    assert_eq!(found.received_at, Timestamp::from_second(7).unwrap());
    fill(&store, 21..=22);
}

#[test]
fn a_torn_tail_is_dropped_wherever_it_was_torn() {
    let whole = {
        let dir = tempfile::tempdir().unwrap();
        fill(&open(dir.path(), 100, 1 << 20), 1..=3);
        fs::read(&files(dir.path())[0]).unwrap()
    };
    let frame = whole.len() / 3;
    for length in (0..whole.len()).step_by(7) {
        let dir = tempfile::tempdir().unwrap();
        fill(&open(dir.path(), 100, 1 << 20), 1..=3);
        let file = OpenOptions::new().write(true).open(&files(dir.path())[0]).unwrap();
        file.set_len(length as u64).unwrap();
        let store = open(dir.path(), 100, 1 << 20);
        let kept = (length / frame) as u64;
        assert_eq!(ids(&store), (1..=kept).rev().collect::<Vec<_>>(), "cut at {length}");
        // What comes next is whole again.
        fill(&store, kept + 1..=kept + 2);
        drop(store);
        assert_eq!(ids(&open(dir.path(), 100, 1 << 20)).len() as u64, kept + 2);
    }
}

#[test]
fn a_tail_of_garbage_is_dropped() {
    let dir = tempfile::tempdir().unwrap();
    fill(&open(dir.path(), 100, 1 << 20), 1..=3);
    let path = &files(dir.path())[0];
    let mut bytes = fs::read(path).unwrap();
    let last = bytes.len() - 5;
    bytes[last] ^= 1;
    fs::write(path, bytes).unwrap();
    assert_eq!(ids(&open(dir.path(), 100, 1 << 20)), [2, 1]);
}

#[test]
fn the_folder_stays_bounded() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path(), 10, 1_000);
    fill(&store, 1..=200);
    assert_eq!(ids(&store), (191..=200).rev().collect::<Vec<_>>());
    assert_eq!(store.get(MailId(190)).unwrap(), None);
    let bytes: u64 = files(dir.path()).iter().map(|file| fs::metadata(file).unwrap().len()).sum();
    assert!(bytes < 6_000, "{bytes}");
    drop(store);
    let store = open(dir.path(), 10, 1_000);
    assert_eq!(store.count(), 10);
    fill(&store, 201..=201);
}
