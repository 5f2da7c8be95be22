//! Imports that are cut short change nothing; readers beside an import see one version whole.

use std::io::Read;
use std::sync::mpsc;

use tutti_lake::{Error, Format, ImportOptions, Lake, Source};
use tutti_query::{Session, SessionOptions};

use super::{Fixture, versioned};

/// Gives some rows, then waits until the other end is dropped or speaks.
struct Stalling {
    text: std::io::Cursor<Vec<u8>>,
    go: mpsc::Receiver<()>,
    reached: mpsc::Sender<()>,
}

impl Read for Stalling {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.text.read(buffer)?;
        if read == 0 {
            let _ = self.reached.send(());
            let _ = self.go.recv();
        }
        Ok(read)
    }
}

fn stalling(rows: usize) -> (Stalling, mpsc::Sender<()>, mpsc::Receiver<()>) {
    let (go_sender, go) = mpsc::channel();
    let (reached, reached_receiver) = mpsc::channel();
    let mut text = b"id,value\n".to_vec();
    for i in 0..rows {
        text.extend_from_slice(format!("k{i},2\n").as_bytes());
    }
    (Stalling { text: std::io::Cursor::new(text), go, reached }, go_sender, reached_receiver)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_import_changes_nothing() {
    let f = Fixture::new();
    f.upsert(&versioned(), "id,value\nk1,1\n").await;
    let (source, go, reached) = stalling(50_000);
    let lake = f.lake.clone();
    let import = tokio::spawn(async move {
        let sources = vec![Source::reader("slow", source, Format::Csv)];
        lake.import(&versioned(), sources, &ImportOptions::default(), |_| ()).await
    });
    tokio::task::spawn_blocking(move || reached.recv().unwrap()).await.unwrap();
    // In the middle: the old version is there, whole.
    assert_eq!(f.rows("people").await, ["k1|1|-"]);
    import.abort();
    assert!(import.await.unwrap_err().is_cancelled());
    drop(go);
    assert_eq!(f.rows("people").await, ["k1|1|-"]);
    assert_eq!(f.lake.snapshot("people").await.unwrap().version, 1);
    assert_eq!(std::fs::read_dir(f.folder.path().join("data/tmp/import")).unwrap().count(), 0);
    // The table can be written again.
    f.upsert(&versioned(), "id,value\nk2,1\n").await;
    assert_eq!(f.rows("people").await.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_see_whole_versions_and_writers_take_turns() {
    let f = Fixture::new();
    let t = versioned();
    let all = |value: usize| (0..5_000).fold("id,value\n".to_owned(), |text, i| text + &format!("k{i},{value}\n"));
    f.upsert(&t, &all(0)).await;
    let mut imports = Vec::new();
    for value in 1..=4 {
        let (lake, t, path) = (f.lake.clone(), t.clone(), f.write(&format!("{value}.csv"), all(value)));
        imports.push(tokio::spawn(async move {
            lake.import(&t, vec![Source::file(path)], &ImportOptions::default(), |_| ()).await.unwrap()
        }));
    }
    while imports.iter().any(|import| !import.is_finished()) {
        let context = f.session.context();
        let provider = f.lake.snapshot("people").await.unwrap().provider;
        let name = "now";
        context.deregister_table(name).unwrap();
        context.register_table(name, provider).unwrap();
        let answer =
            context.sql("select count(*), count(distinct value) from now").await.unwrap().collect().await.unwrap();
        assert_eq!(super::shown(&answer), ["5000|1"]);
    }
    let mut versions = Vec::new();
    for import in imports {
        let report = import.await.unwrap();
        assert_eq!(report.updated, 5_000);
        versions.push(report.version);
    }
    versions.sort_unstable();
    assert_eq!(versions, [2, 3, 4, 5]);
}

#[tokio::test]
async fn leftovers_of_a_killed_process_do_no_harm() {
    let f = Fixture::new();
    f.upsert(&versioned(), "id,value\na,1\n").await;
    let data = f.folder.path().join("data");
    std::fs::write(data.join("tables/people/part-half.parquet"), b"PAR1 half").unwrap();
    std::fs::create_dir_all(data.join("tmp/import/old")).unwrap();
    std::fs::write(data.join("tmp/import/old/000000.arrow"), b"half").unwrap();
    let table = data.join("tables/people");
    let half =
        [table.join("part-2-01ARZ3NDEKTSV4RRFFQ69G5FAV.parquet"), table.join("_delta_log/00000000000000000002.json#1")];
    for path in &half {
        std::fs::write(path, b"half").unwrap();
    }
    let lake = Lake::open(&data, f.session.clone()).unwrap();
    assert!(!data.join("tmp/import/old").exists());
    assert!(half.iter().all(|path| !path.exists()));
    assert_eq!(f.read(lake.snapshot("people").await.unwrap().provider).await, ["a|1|-"]);
}

struct Panicking(bool);

impl Read for Panicking {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        assert!(!std::mem::replace(&mut self.0, true), "a reader that breaks down");
        let text = b"id,value\nk1,1\n";
        buffer[..text.len()].copy_from_slice(text);
        Ok(text.len())
    }
}

#[tokio::test]
async fn half_of_a_file_never_passes_for_the_whole() {
    let f = Fixture::new();
    let sources = vec![Source::reader("broken", Panicking(false), Format::Csv)];
    let error = f.lake.import(&versioned(), sources, &ImportOptions::default(), |_| ()).await.unwrap_err();
    assert!(matches!(error, Error::Task(_)), "{error:?}");
    assert_eq!(f.lake.snapshot("people").await.unwrap().version, 0);
}

#[tokio::test]
async fn rejects_that_cannot_be_written_change_nothing() {
    let f = Fixture::new();
    let path = f.write("own.csv", "id,value\na,x\nb,1\n");
    let options = ImportOptions { rejects: Some(path.clone()), ..super::lenient(9) };
    let error = f.lake.import(&versioned(), vec![Source::file(&path)], &options, |_| ()).await.unwrap_err();
    assert!(matches!(error, Error::Rejects { .. }), "{error}");
    assert_eq!(std::fs::read_to_string(path).unwrap(), "id,value\na,x\nb,1\n");
    if std::path::Path::new("/dev/full").exists() {
        let options = ImportOptions { rejects: Some("/dev/full".into()), ..super::lenient(9) };
        let error = f.import(&versioned(), "a.csv", "id,value\na,x\nb,1\n", options).await.unwrap_err();
        assert!(matches!(error, Error::DiskFull { .. }), "{error}");
        assert_eq!(f.lake.snapshot("people").await.unwrap().version, 0);
    }
}

/// On a file system of one megabyte. Needs the right to mount; without it a full `/dev/full` stands in for the rejects.
#[tokio::test]
async fn a_full_disk_leaves_the_old_version() {
    let f = Fixture::new();
    let small = f.folder.path().join("small");
    std::fs::create_dir_all(&small).unwrap();
    let mounted = std::process::Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"])
        .arg(&small)
        .status()
        .is_ok_and(|status| status.success());
    if !mounted {
        let options = ImportOptions { rejects: Some("/dev/full".into()), ..super::lenient(9) };
        let error = f.import(&versioned(), "a.csv", "id,value\na,x\n", options).await.unwrap_err();
        assert!(matches!(error, Error::DiskFull { .. }), "{error}");
        return;
    }
    let _unmount = Unmount(small.clone());
    let spill = f.folder.path().join("spill");
    let session = Session::new(&SessionOptions { memory_limit_bytes: 64 << 20, spill_dir: spill, threads: 2 }).unwrap();
    let lake = Lake::open(&small, session).unwrap();
    let path = f.write("a.csv", "id,value\na,1\n");
    lake.import(&versioned(), vec![Source::file(path)], &ImportOptions::default(), |_| ()).await.unwrap();
    // Text that does not compress.
    let mut state = 1u64;
    let mut text = "id,value\n".to_owned();
    for _ in 0..200_000 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        text.push_str(&format!("{:016x},{}\n", state.rotate_left(17) ^ (state >> 7), state >> 3));
    }
    let path = f.write("b.csv", text);
    let error =
        lake.import(&versioned(), vec![Source::file(path)], &ImportOptions::default(), |_| ()).await.unwrap_err();
    assert!(matches!(error, Error::DiskFull { .. }), "{error:?}");
    let snapshot = lake.snapshot("people").await.unwrap();
    assert_eq!((snapshot.version, f.read(snapshot.provider).await), (1, vec!["a|1|-".to_owned()]));
    let files = std::fs::read_dir(small.join("tables/people")).unwrap();
    assert_eq!(files.filter(|e| e.as_ref().unwrap().path().is_file()).count(), 1);
}

struct Unmount(std::path::PathBuf);

impl Drop for Unmount {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg("-l").arg(&self.0).status();
    }
}
