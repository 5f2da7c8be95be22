//! The commands, one file each or one for those alike.

mod audience;
mod bundle;
mod calendar;
mod catcher;
mod comment;
mod content;
mod doctor;
mod documents;
mod file;
mod filters;
mod functions;
mod import;
mod inspect;
mod life;
mod marks;
mod people;
mod query;
mod report;
mod run;
mod schedule;
mod serve;
mod template;
mod test;
mod trace;

use std::io::IsTerminal;
use std::path::PathBuf;

use tracing_subscriber::EnvFilter;

use crate::cli::{Cli, Command, Global};
use crate::client::Client;
use crate::failure::Done;
use crate::output::Output;
use crate::settings::{Secret, Settings};

pub use run::{Followed, ended, follow, labels_of, summary_table};
pub use serve::remove_left_uploads;

/// What is logged unless asked otherwise. The kernel of Delta reports as errors what its callers handle, such as a table
/// that is not there yet.
const QUIET: &str = "warn,buoyant_kernel=off,delta_kernel=off";

/// What each command is given.
pub struct Context {
    pub settings: Settings,
    pub output: Output,
}

impl Context {
    pub async fn client(&self) -> Done<Client> {
        Client::open(&self.settings).await
    }
}

/// Carries a command line out.
pub async fn run(cli: Cli) -> Done {
    log(&cli.global);
    let context = context(&cli.global)?;
    match cli.command {
        Command::Demo(arguments) => crate::demo::run(&context, &arguments).await,
        Command::Serve(arguments) => serve::run(&context, &arguments).await,
        Command::Apply(arguments) => documents::apply(&context, &arguments).await,
        Command::Diff(arguments) => documents::diff(&context, &arguments).await,
        Command::Validate(arguments) => documents::validate(&context, &arguments).await,
        Command::Get(arguments) => documents::get(&context, &arguments).await,
        Command::Delete(arguments) => documents::delete(&context, &arguments).await,
        Command::Import(arguments) => import::run(&context, &arguments).await,
        Command::Audiences => audience::list(&context).await,
        Command::Audience(arguments) => audience::show(&context, &arguments).await,
        Command::AudienceImport(arguments) => audience::import(&context, &arguments).await,
        Command::Files(arguments) => file::list(&context, &arguments).await,
        Command::File(command) => file::run(&context, &command).await,
        Command::Table(command) => import::table(&context, &command).await,
        Command::Count(arguments) => query::count(&context, &arguments).await,
        Command::Preview(arguments) => query::preview(&context, &arguments).await,
        Command::Explain(arguments) => query::explain(&context, &arguments).await,
        Command::Check(arguments) => query::check(&context, &arguments).await,
        Command::Functions(arguments) => functions::run(&context, &arguments).await,
        Command::Filters(arguments) => filters::list(&context, &arguments).await,
        Command::Distribution(arguments) => query::distribution(&context, &arguments).await,
        Command::Suggest(arguments) => query::suggest(&context, &arguments).await,
        Command::Render(arguments) => content::render(&context, &arguments).await,
        Command::Proof(arguments) => content::proof(&context, &arguments).await,
        Command::Fields(arguments) => content::fields(&context, &arguments).await,
        Command::Run(arguments) => run::run(&context, &arguments).await,
        Command::Test(arguments) => test::run(&context, &arguments).await,
        Command::DryRun(arguments) => run::dry_run(&context, &arguments).await,
        Command::Runs(arguments) => inspect::runs(&context, &arguments).await,
        Command::Show(arguments) => inspect::show(&context, &arguments).await,
        Command::Population(arguments) => inspect::population(&context, &arguments).await,
        Command::Ledger(arguments) => inspect::ledger(&context, &arguments).await,
        Command::Logs(arguments) => inspect::logs(&context, &arguments).await,
        Command::Tasks(arguments) => inspect::tasks(&context, &arguments).await,
        Command::Marks(arguments) => marks::run(&context, &arguments).await,
        Command::Report(arguments) => report::run(&context, &arguments).await,
        Command::People(arguments) => people::search(&context, &arguments).await,
        Command::Person(arguments) => people::show(&context, &arguments).await,
        Command::Register(command) => people::register(&context, &command).await,
        Command::Channel(command) => report::channel(&context, &command).await,
        Command::Trace(arguments) => trace::trace(&context, &arguments).await,
        Command::Pause(arguments) => run::control(&context, "pause", &arguments.run).await,
        Command::Resume(arguments) => run::resume(&context, &arguments).await,
        Command::Approve(arguments) => run::answer(&context, "approve", &arguments).await,
        Command::Reject(arguments) => run::answer(&context, "reject", &arguments).await,
        Command::Restart(arguments) => run::restart(&context, &arguments).await,
        Command::Retry(arguments) => {
            let edited = arguments.edited.then(|| "true".to_owned());
            run::move_activity(&context, "retry", &arguments.of, &[("edited", edited)]).await
        }
        Command::Skip(arguments) => run::move_activity(&context, "skip", &arguments, &[]).await,
        Command::GoOn(arguments) => run::move_activity(&context, "go-on", &arguments, &[]).await,
        Command::Alerts(arguments) => inspect::alerts(&context, &arguments).await,
        Command::Stop(arguments) => life::stop(&context, &arguments).await,
        Command::Campaigns(arguments) => life::campaigns(&context, &arguments).await,
        Command::Bulk(arguments) => life::bulk(&context, &arguments).await,
        Command::Calendar(arguments) => calendar::run(&context, &arguments).await,
        Command::Comments(arguments) => comment::list(&context, &arguments).await,
        Command::Comment(command) => comment::run(&context, &command).await,
        Command::Export(arguments) => bundle::export(&context, &arguments).await,
        Command::ImportCampaign(arguments) => bundle::import(&context, &arguments).await,
        Command::Publish(arguments) => life::change(&context, "publish", &arguments.campaign).await,
        Command::Unpublish(arguments) => life::change(&context, "unpublish", &arguments.campaign).await,
        Command::Suspend(arguments) => life::change(&context, "suspend", &arguments.campaign).await,
        Command::Continue(arguments) => life::change(&context, "continue", &arguments.campaign).await,
        Command::Close(arguments) => life::change(&context, "close", &arguments.campaign).await,
        Command::Archive(arguments) => life::change(&context, "archive", &arguments.campaign).await,
        Command::Unarchive(arguments) => life::change(&context, "restore", &arguments.campaign).await,
        Command::Duplicate(arguments) => life::duplicate(&context, &arguments).await,
        Command::Templates => template::list(&context).await,
        Command::Template(arguments) => template::show(&context, &arguments).await,
        Command::Create(arguments) => template::create(&context, &arguments).await,
        Command::CopyAsTemplate(arguments) => template::copy(&context, &arguments).await,
        Command::Signal(arguments) => life::signal(&context, &arguments).await,
        Command::Launches(arguments) => life::launches(&context, &arguments).await,
        Command::Versions(arguments) => life::versions(&context, &arguments).await,
        Command::Rollback(arguments) => life::rollback(&context, &arguments).await,
        Command::Compare(arguments) => life::compare(&context, &arguments).await,
        Command::Audit(arguments) => life::audit(&context, &arguments).await,
        Command::Schedule(arguments) => schedule::run(&context, &arguments).await,
        Command::Catcher(arguments) => catcher::run(&context, &arguments).await,
        Command::Doctor(arguments) => doctor::run(&context, &arguments).await,
        Command::Version => context.output.print_with(&version(), |_| format!("tutti {}\n", env!("CARGO_PKG_VERSION"))),
    }
}

fn version() -> serde_json::Value {
    serde_json::json!({"version": env!("CARGO_PKG_VERSION")})
}

fn context(global: &Global) -> Done<Context> {
    let file = global.config.clone().or_else(|| std::env::var_os("TUTTI_CONFIG").map(PathBuf::from));
    let variables =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let mut settings = Settings::load(file.as_deref(), variables)?;
    if let Some(data) = &global.data {
        settings.data.clone_from(data);
        // Naming a data directory is naming no server.
        settings.client.server = None;
    }
    if let Some(server) = &global.server {
        settings.client.server = Some(server.clone());
    }
    if let Some(token) = &global.token {
        settings.client.token = Some(Secret::new(token.clone()));
    }
    Ok(Context { settings, output: Output::new(global.output) })
}

fn log(global: &Global) {
    let filter = global.log.clone().or_else(|| std::env::var("RUST_LOG").ok()).unwrap_or_else(|| QUIET.to_owned());
    let filter = EnvFilter::try_new(&filter).unwrap_or_else(|error| {
        eprintln!("the log filter `{filter}` cannot be read, so that only warnings are logged: {error}");
        EnvFilter::new(QUIET)
    });
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours).init();
}
