//! The demo: a sample shop, a campaign on it, a mail catcher, and the web app, from nothing.
//!
//! Every step can be done again: a demo that was interrupted goes on, one that is finished serves at once.

mod documents;
mod report;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tutti_api::{Catcher, LocalImport};
use tutti_runner::{ImportFile, RunHead, RunSummary, Workspace};
use tutti_testkit::mail::{DirMailStore, DirOptions};
use tutti_testkit::shop::{Shop, TABLES};
use tutti_testkit::smtp::{SmtpOptions, SmtpServer};

use crate::cli::Demo;
use crate::client::{Client, Worker, decode, open_workspace, public_url};
use crate::commands::{Context, Followed, ended, follow, labels_of, remove_left_uploads};
use crate::failure::{Done, Failure};
use crate::output::{Format, thousands};
use crate::progress;
use crate::server::{self, Server};

/// The campaign that is run.
const CAMPAIGN: &str = "spring_winback";

/// The shop's seed: everyone sees the same people.
const SEED: u64 = 20_260_321;

/// Where the catcher listens if it can.
const SMTP_PORT: u16 = 2525;

/// What a finished demo leaves behind, in the file `demo/finished.json`.
#[derive(Debug, Serialize, Deserialize)]
struct Finished {
    customers: u64,
    run: String,
}

/// Makes the demo, or what is missing of it, and serves it.
pub async fn run(context: &Context, arguments: &Demo) -> Done {
    let mut settings = context.settings.clone();
    settings.client.server = None;
    let server = if arguments.once { None } else { Some(bind(context, arguments).await?) };
    let url = settings.server.public_url.clone().or_else(|| server.as_ref().map(Server::url));
    let workspace = open_workspace(&settings, url.unwrap_or_else(|| public_url(&settings))).await?;
    let folder = settings.data.join("demo");
    let mut client = Client::local(Arc::clone(&workspace));
    let finished = finished(&client, &folder, &settings.data).await?;
    let (catcher, smtp) = catch(&settings.data).await?;
    match &finished {
        None => {
            tokio::select! {
                prepared = prepare(&client, &folder, arguments.customers, smtp.addr()) => prepared?,
                () = server::interrupted() => {
                    return Err(Failure::new("interrupted", "the demo was interrupted").hint("start it again: it goes on where it can"));
                }
            }
            let (summary, value) = run_campaign(&mut client, &workspace).await?;
            write_finished(&folder, &Finished { customers: arguments.customers, run: summary.run.clone() })?;
            show(context, &client, &catcher, &summary, &value).await?;
        }
        Some(finished) => {
            client.post("/documents/apply", &json!({"files": documents::channels(smtp.addr().port())})).await?;
            say(&format!(
                "the demo in {} is ready: {} customers",
                settings.data.display(),
                grouped(finished.customers)
            ));
            if arguments.once {
                let value = client.get(&format!("/runs/{}", finished.run)).await?;
                let summary: RunSummary = decode(value.clone())?;
                show(context, &client, &catcher, &summary, &value).await?;
            }
        }
    }
    let Some(server) = server else {
        smtp.stop().await;
        return Ok(());
    };
    serve(context, server, workspace, catcher, smtp).await
}

/// The usual address, or any free port when that is taken and none was asked for.
async fn bind(context: &Context, arguments: &Demo) -> Done<Server> {
    let settings = &context.settings;
    if let Some(listen) = &arguments.listen {
        return Server::bind(listen, settings).await;
    }
    match Server::bind(&settings.server.listen, settings).await {
        Err(failure) if failure.code() == "listen" => Server::bind("127.0.0.1:0", settings).await,
        bound => bound,
    }
}

/// Whether the demo is there already; a data directory that holds something else is left alone.
async fn finished(client: &Client, folder: &Path, data: &Path) -> Done<Option<Finished>> {
    let path = folder.join("finished.json");
    if let Ok(text) = std::fs::read(&path) {
        return Ok(serde_json::from_slice(&text).ok());
    }
    let status = client.get("/status").await?;
    let documents: u64 =
        status["documents"].as_object().into_iter().flatten().filter_map(|(_, count)| count.as_u64()).sum();
    if documents > 0 && !folder.exists() {
        let failure = Failure::new(
            "not_a_demo",
            format!("the data directory `{}` has documents that are not the demo's", data.display()),
        );
        return Err(failure.hint("give the demo a folder of its own with `--data`"));
    }
    Ok(None)
}

fn write_finished(folder: &Path, finished: &Finished) -> Done {
    let text = serde_json::to_vec(finished).map_err(|error| Failure::new("demo", error.to_string()))?;
    std::fs::write(folder.join("finished.json"), text)
        .map_err(|error| Failure::new("data_dir", format!("`{}` could not be written: {error}", folder.display())))
}

/// Starts the mail catcher, on its usual port if that is free.
async fn catch(data: &Path) -> Done<(Catcher, SmtpServer)> {
    let failed =
        |error: &dyn std::fmt::Display| Failure::new("catcher", format!("the mail catcher could not start: {error}"));
    let store =
        Arc::new(DirMailStore::open(&data.join("catcher"), DirOptions::default()).map_err(|error| failed(&error))?);
    let start = |port: u16| {
        let mut options = SmtpOptions::new(store.clone());
        options.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        SmtpServer::start(options)
    };
    let smtp = match start(SMTP_PORT).await {
        Ok(smtp) => smtp,
        Err(_) => start(0).await.map_err(|error| failed(&error))?,
    };
    Ok((Catcher { smtp: smtp.addr().to_string(), store }, smtp))
}

/// Makes the shop, applies the documents and imports the tables.
async fn prepare(client: &Client, folder: &Path, customers: u64, smtp: SocketAddr) -> Done {
    std::fs::create_dir_all(folder)
        .map_err(|error| Failure::new("data_dir", format!("`{}` could not be made: {error}", folder.display())))?;
    let started = Instant::now();
    let tables = make_shop(folder, customers).await?;
    done(
        &format!("a shop with {} customers, {} rows in {} tables", grouped(customers), grouped(tables.1), tables.0),
        started,
    );

    let started = Instant::now();
    let applied = client.post("/documents/apply", &json!({"files": documents::all(smtp.port())})).await?;
    let applied = applied["changes"].as_array().map_or(0, Vec::len);
    done(&format!("{applied} documents: tables and links, dimensions, filters, channels, campaigns"), started);

    let started = Instant::now();
    let mut rows = 0;
    for table in TABLES {
        rows += import(client, folder, table).await?;
    }
    done(&format!("{} rows imported, each checked against its table", grouped(rows)), started);
    done(&format!("a mail catcher at {smtp}: nothing leaves this machine"), Instant::now());
    Ok(())
}

/// Writes the shop as Parquet. Answers how many tables and rows there are.
async fn make_shop(folder: &Path, customers: u64) -> Done<(usize, u64)> {
    let bar = progress::bar("making a shop", 1);
    let (shown, folder) = (bar.clone(), PathBuf::from(folder));
    let today = jiff::tz::TimeZone::UTC.to_datetime(tutti_runner::Clock::now(&crate::system::SystemClock)).date();
    let made = tokio::task::spawn_blocking(move || {
        Shop::new(customers, today, SEED).write_parquet(&folder, |progress| {
            shown.set_length(progress.total);
            shown.set_position(progress.done);
        })
    });
    let made = made.await;
    bar.finish_and_clear();
    let failed =
        |error: &dyn std::fmt::Display| Failure::new("demo", format!("the sample shop could not be made: {error}"));
    let summary = made.map_err(|error| failed(&error))?.map_err(|error| failed(&error))?;
    Ok((summary.tables.len(), summary.tables.iter().map(|table| table.rows).sum()))
}

async fn import(client: &Client, folder: &Path, table: &str) -> Done<u64> {
    let bar = progress::spinner(format!("importing {table}"));
    let (shown, name) = (bar.clone(), table.to_owned());
    let import = LocalImport {
        files: vec![ImportFile { name: format!("{table}.parquet"), path: folder.join(format!("{table}.parquet")) }],
        rejects: None,
        progress: Arc::new(move |progress| {
            shown.set_message(format!("importing {name}: {} rows", grouped(progress.read)));
        }),
    };
    let report = client.import_here(&format!("/tables/{table}/import?mode=replace"), import).await;
    bar.finish_and_clear();
    Ok(report?["read"].as_u64().unwrap_or_default())
}

/// Runs the campaign, or goes on with a run that was interrupted.
async fn run_campaign(client: &mut Client, workspace: &Arc<Workspace>) -> Done<(Box<RunSummary>, Value)> {
    let labels = labels_of(client, CAMPAIGN).await?;
    let runs: Vec<RunHead> = decode(client.get(&format!("/runs?campaign={CAMPAIGN}")).await?)?;
    let run =
        match runs.into_iter().find(|run| matches!(run.state.as_str(), "running" | "paused" | "held" | "completed")) {
            Some(found) => {
                if matches!(found.state.as_str(), "paused" | "held") {
                    client.post(&format!("/runs/{}/resume", found.run), &json!({})).await?;
                }
                found.run
            }
            None => {
                let body = json!({"mode": "live", "confirm": true});
                let started = client.post(&format!("/campaigns/{CAMPAIGN}/run"), &body).await?;
                started["run"].as_str().unwrap_or_default().to_owned()
            }
        };
    let started = Instant::now();
    say(&format!("  the campaign `{CAMPAIGN}` runs"));
    let worker = Worker::start(workspace);
    let followed = follow(client, &run, labels).await;
    worker.stop().await;
    match followed? {
        Followed::Rested(summary, value) => {
            ended(&summary)?;
            done(&format!("the campaign `{CAMPAIGN}`: {} mails sent", grouped(sent(&summary))), started);
            Ok((summary, value))
        }
        Followed::Interrupted => {
            let failure =
                Failure::new("interrupted", "the demo was interrupted while its campaign ran; nothing is lost");
            Err(failure.hint("start it again: the run goes on where it is"))
        }
    }
}

fn sent(summary: &RunSummary) -> u64 {
    summary.deliveries.iter().map(|delivery| delivery.sent.unsigned_abs()).sum()
}

/// Prints the report: data to stdout in the form that was asked for, and what a person reads besides.
async fn show(context: &Context, client: &Client, catcher: &Catcher, summary: &RunSummary, value: &Value) -> Done {
    let campaign = client.get(&format!("/campaigns/{CAMPAIGN}")).await?;
    let report = report::write(&campaign, summary, catcher);
    if context.output.format() == Format::Table {
        return crate::output::write(&report);
    }
    eprint!("{report}");
    context.output.print(value)
}

async fn serve(
    context: &Context,
    server: Server,
    workspace: Arc<Workspace>,
    catcher: Catcher,
    smtp: SmtpServer,
) -> Done {
    let url = server.url();
    remove_left_uploads(context)?;
    workspace.announce(&url)?;
    let shutdown = CancellationToken::new();
    let end = shutdown.clone();
    tokio::spawn(async move {
        server::interrupted().await;
        end.cancel();
    });
    eprint!("{}", report::where_to_go(&url, &catcher.smtp));
    let worker = Worker::with_launcher(&workspace);
    let served = server.serve(workspace, Some(catcher), &context.settings, shutdown).await;
    worker.stop().await;
    smtp.stop().await;
    served
}

/// Tells a step that is done.
fn done(what: &str, started: Instant) {
    let ms = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);
    let time = if ms < 100 { String::new() } else { format!("  {}", progress::dim(&progress::duration(ms))) };
    say(&format!("{} {what}{time}", progress::tick()));
}

fn say(line: &str) {
    eprintln!("{line}");
}

fn grouped(number: u64) -> String {
    thousands(i64::try_from(number).unwrap_or(i64::MAX))
}
