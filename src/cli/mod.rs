//! Commands for people: run the bot, and look after it.

mod ads;
mod check;
mod export;
mod keep;
mod learn;
pub mod outlook;
mod plan;
mod rehearse;
mod taught;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use clap::{CommandFactory, Parser, Subcommand, ValueEnum};

use crate::app;
use crate::config::{Loaded, Problem, Process, load, reference, schema};
use crate::features::{Settings, Shared};
use crate::store::in_words;
use crate::telegram::emulator::{self, Emulator};

/// A Telegram bot that runs the daily life of a community.
#[derive(Parser)]
#[command(
    name = "steward",
    version,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = "\
Examples:
  steward rehearse                      play a month of the example community, without a token
  steward check                         tell every mistake in the settings
  TELOXIDE_TOKEN=123:AAE… steward run   run the bot
  steward backup steward-backup.db      copy the database while the bot runs

Exit codes: 0 all is well, 1 problems were found, 2 the command is wrong, 3 it cannot be carried out."
)]
struct Cli {
    /// The process file [default: config/steward.toml, which may be missing]
    #[arg(long, short, global = true, value_name = "FILE", env = "STEWARD_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the bot until SIGTERM or Ctrl-C
    ///
    /// The token comes from the environment variable TELOXIDE_TOKEN, or from the file that `token_file` names. Changed
    /// settings files are taken in by themselves; SIGHUP asks for it.
    Run,
    /// Tell every mistake in the settings, or what they come to
    #[command(
        after_help = "Examples:\n  steward check\n  steward check --json | jq .problems\n  steward check --texts en"
    )]
    Check {
        /// Write JSON
        #[arg(long)]
        json: bool,
        /// List the built-in texts instead, as they would stand in a community's file
        #[arg(long, value_name = "LANGUAGE", num_args = 0..=1, default_missing_value = "zh-cn", ignore_case = true)]
        texts: Option<Language>,
    },
    /// Show what will be posted when, in local time, with what is odd about it
    #[command(after_help = "Examples:\n  steward plan\n  steward plan --days 3 --community moms --json")]
    Plan {
        /// How far ahead
        #[arg(long, default_value_t = 14, value_parser = clap::value_parser!(u32).range(1..=366))]
        days: u32,
        /// Only this community, by the name of its file
        #[arg(long, value_name = "NAME")]
        community: Option<String>,
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Play a community's life with the bot in it, on a virtual clock and without any token or network
    ///
    /// Everything is real but Telegram, the clock and the people: settings, engine, database. The same seed gives the same
    /// transcript. Ends with exit code 1 when anything failed that must not.
    #[command(
        after_help = "Examples:\n  steward rehearse\n  steward rehearse --days 7 --members 50 --seed 3 --community book-club"
    )]
    Rehearse {
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=366))]
        days: u32,
        /// People who take part
        #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u16).range(5..=5000))]
        members: u16,
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The community, by the name of its file [default: moms, or the first]
        #[arg(long, value_name = "NAME")]
        community: Option<String>,
        /// Only the figures, no transcript
        #[arg(long)]
        summary: bool,
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Play Telegram: a Bot API server on this machine, without any network
    ///
    /// People act, and failures happen, through its paths below `/_sim`: docs/EMULATOR.md describes each with an example.
    #[command(after_help = "Example:\n  steward emulate --port 8081 &\n  TELOXIDE_TOKEN=1:x \
                            TELOXIDE_API_URL=http://127.0.0.1:8081 steward run &\n  curl -H 'content-type: \
                            application/json' http://127.0.0.1:8081/_sim/act -d '{\"do\": \"add_user\", \"user\": 501, \
                            \"name\": \"Ann\"}'")]
    Emulate {
        /// The port to listen on, on this machine only
        #[arg(long, default_value_t = 8081)]
        port: u16,
        /// The only token to take; without it any is taken
        #[arg(long)]
        token: Option<String>,
    },
    /// List events that failed, or handle them again; the bot must be stopped for that
    ///
    /// Neither the token nor the network is needed, unless the bot has never run with this database: then Telegram is
    /// asked who it is. What comes of the events is sent at the next start.
    #[command(
        after_help = "Examples:\n  steward replay            list them\n  steward replay --id 3\n  steward replay --all\n  \
                      steward replay --discard 3"
    )]
    Replay {
        /// Handle this one again
        #[arg(long, value_name = "NUMBER", conflicts_with = "all")]
        id: Option<i64>,
        /// Handle all of them again, in order
        #[arg(long)]
        all: bool,
        /// Forget this one, or all of them, without handling them
        #[arg(long, value_name = "NUMBER|all", conflicts_with_all = ["id", "all"])]
        discard: Option<Which>,
        /// Write the list as JSON
        #[arg(long, conflicts_with_all = ["id", "all", "discard"])]
        json: bool,
    },
    /// Copy the database into a new file while the bot runs, and check the copy
    Backup {
        /// The file to be made
        file: PathBuf,
    },
    /// Write a table for spreadsheets (CSV) or programs (JSON lines)
    #[command(
        after_help = "Examples:\n  steward export members --out members.csv\n  steward export activity --json | gzip > activity.jsonl.gz"
    )]
    Export {
        table: export::Table,
        /// Write JSON, an object a line
        #[arg(long)]
        json: bool,
        /// Write to this file instead of standard output; CSV then begins with the mark by which spreadsheets know UTF-8
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Write the JSON schema of a settings file, by which editors complete and check it
    Schema {
        #[arg(default_value = "community")]
        of: File,
    },
    /// Write the page on every setting that is docs/CONFIG.md
    Reference,
    /// Judge messages, measure the judgement of ads, try settings on a group's history
    #[command(subcommand)]
    Ads(ads::Ads),
    /// Train the model of how ads are worded, and tell how good it is on messages it has not seen
    #[command(after_help = "Example:\n  steward learn ours.jsonl others.jsonl --yardstick ours --out ads.model")]
    Learn(learn::Learn),
    /// Write what the staff of a community taught about ads, or take such a file in
    #[command(
        subcommand,
        after_help = "Examples:\n  steward taught export moms > taught.jsonl\n  steward taught import moms taught.jsonl"
    )]
    Taught(taught::Taught),
    /// Ask the running bot whether it is well
    ///
    /// With `listen = "off"` there is nobody to ask. Then the database tells whether the bot has been alive in the last
    /// minutes, and nothing of Telegram.
    Health {
        /// Where it listens [default: `listen` of the process file]
        #[arg(long, value_name = "ADDRESS:PORT")]
        at: Option<std::net::SocketAddr>,
    },
    /// Write completions for a shell
    #[command(after_help = "Example:\n  steward completions bash > /etc/bash_completion.d/steward")]
    Completions { shell: clap_complete::Shell },
}

#[derive(Clone, Copy, ValueEnum)]
enum File {
    /// config/steward.toml
    Process,
    /// config/communities/*.toml
    Community,
}

impl File {
    fn schema(self) -> serde_json::Value {
        match self {
            Self::Process => schema::json_schema::<Process>(),
            Self::Community => schema::json_schema::<Settings>(),
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum Language {
    ZhCn,
    En,
}

/// How a command ended.
enum Ended {
    Well,
    /// Something is not as it should be; it was said.
    Problems,
}

/// Why a command could not be carried out.
enum Failed {
    /// The settings have mistakes.
    Settings(Vec<Problem>),
    /// The command asks for what there is not.
    Usage(String),
    Other(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Failed {
    fn from(error: E) -> Self {
        Self::Other(error.into())
    }
}

type Outcome = Result<Ended, Failed>;

/// Carries out the command line.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    // Two threads: one for the writer, one for everything else. More only cost memory.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(obey(cli)),
        Err(error) => Err(error.into()),
    };
    match outcome {
        Ok(Ended::Well) => ExitCode::SUCCESS,
        Ok(Ended::Problems) => ExitCode::from(1),
        Err(Failed::Settings(problems)) => {
            check::tell(&problems);
            ExitCode::from(1)
        }
        Err(Failed::Usage(reason)) => {
            eprintln!("steward: {reason}");
            ExitCode::from(2)
        }
        Err(Failed::Other(error)) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(Failed::Other(error)) => {
            eprintln!("steward: {}", in_words(&error));
            ExitCode::from(3)
        }
    }
}

async fn obey(cli: Cli) -> Outcome {
    let config = cli.config.as_deref();
    let process = || load::process(config).map_err(Failed::Settings);
    match cli.command {
        Command::Run => {
            let loaded = load(config).map_err(Failed::Settings)?;
            app::telemetry::log(&loaded.process.log)?;
            for warning in &loaded.warnings {
                tracing::warn!("{warning}");
            }
            app::serve(loaded, cli.config.clone()).await?;
        }
        Command::Check { json: _, texts: Some(language) } => {
            let lang = match language {
                Language::ZhCn => crate::model::Lang::Zh,
                Language::En => crate::model::Lang::En,
            };
            print(&reference::texts(lang))?;
        }
        Command::Check { json, texts: None } => return check::check(load(config), json),
        Command::Plan { days, community, json } => {
            let loaded = load(config).map_err(Failed::Settings)?;
            return plan::plan(&loaded, days, community.as_deref(), json).await;
        }
        Command::Rehearse { days, members, seed, community, summary, json } => {
            let loaded = load(config).map_err(Failed::Settings)?;
            let members = usize::from(members);
            let wanted = rehearse::Wanted { days, members, seed, community, summary, json };
            return rehearse::rehearse(&loaded, wanted).await;
        }
        Command::Emulate { port, token } => emulate(port, token).await?,
        Command::Replay { discard: Some(which), .. } => keep::discard(&process()?.0.database(), which).await?,
        Command::Replay { id, all, json, .. } if id.is_none() && !all => {
            return keep::list(&process()?.0.database(), json).await;
        }
        Command::Replay { id, .. } => return keep::replay(load(config).map_err(Failed::Settings)?, id).await,
        Command::Backup { file } => keep::backup(&process()?.0.database(), &file).await?,
        Command::Export { table, json, out } => {
            export::export(&process()?.0.database(), table, json, out.as_deref()).await?;
        }
        Command::Schema { of } => {
            print(&(serde_json::to_string_pretty(&of.schema())? + "\n"))?;
        }
        Command::Ads(command) => return ads::ads(&command, config),
        Command::Learn(wanted) => return learn::train(&wanted),
        Command::Taught(wanted) => return taught::taught(&process()?.0.database(), wanted).await,
        Command::Reference => print(&reference::page())?,
        Command::Health { at } => {
            if let Some(at) = at {
                return keep::health(at).await;
            }
            let process = process()?.0;
            return match process.listen() {
                Some(at) => keep::health(at).await,
                None => keep::signs_of_life(&process.database()).await,
            };
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "steward", &mut script);
            std::io::stdout().write_all(&script)?;
        }
    }
    Ok(Ended::Well)
}

/// The communities a command is about: the one of that name, or without a name all.
fn chosen<'l>(loaded: &'l Loaded, name: Option<&str>) -> Result<Vec<&'l (String, Shared)>, Failed> {
    let all = &loaded.communities;
    let chosen: Vec<_> = all.iter().filter(|(slug, _)| name.is_none_or(|name| name == slug)).collect();
    match name {
        Some(name) if chosen.is_empty() => {
            let names: Vec<_> = all.iter().map(|(slug, _)| slug.as_str()).collect();
            Err(Failed::Usage(format!("there is no community `{name}`; there are: {}", names.join(", "))))
        }
        _ => Ok(chosen),
    }
}

/// One failed event, or all.
#[derive(Clone, Copy)]
enum Which {
    One(i64),
    All,
}

impl std::str::FromStr for Which {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "all" { Ok(Self::All) } else { text.parse().map(Self::One) }
    }
}

/// Serves the model of Telegram until it is interrupted.
async fn emulate(port: u16, token: Option<String>) -> Result<()> {
    let settings = emulator::Settings { token, ..emulator::Settings::default() };
    let emulator = Emulator::with_clock(settings, Arc::new(app::now));
    let address = std::net::SocketAddr::from(([127, 0, 0, 1], port));
    let listener = crate::web::bind(address).await?;
    let address = listener.local_addr()?;
    print(&format!("A model of Telegram listens. Run the bot with TELOXIDE_API_URL=http://{address}\n"))?;
    let stop = tokio_util::sync::CancellationToken::new();
    let stopped = stop.clone();
    tokio::spawn(async move {
        let _ = tokio::signal::ctrl_c().await;
        stopped.cancel();
    });
    crate::web::serve(listener, emulator::router(emulator), stop).await
}

/// Writes to standard output; `println!` would panic when nobody reads it.
fn print(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Whoever read the output has seen enough.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.chain().find_map(|cause| cause.downcast_ref::<std::io::Error>());
    io.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
