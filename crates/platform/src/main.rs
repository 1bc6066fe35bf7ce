//! `sijian`: the command line. `sijian --help` is the manual.

use anyhow::Context;
use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use clap::{Parser, Subcommand};
use platform::accounts;
use platform::app::{App, CaseCodeFormat, Config, MailServer, SigningConfig, SigningRule, Witness};
use platform::clock::Clock;
use platform::db::Database;
use platform::jobs::Workers;
use platform::log::Sequencer;
use platform::{analysis, cases, deadline, demo, draws, imports, registry, signing, transparency};
use screening::command::{Command as AnalystCommand, Generate};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(name = "sijian", version, about = "智慧司鉴 Sijian: the platform of a city's forensic-appraisal sector")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a fictional city and serve it on 127.0.0.1
    Demo(demo::DemoArgs),
    /// Serve an installation
    Serve(ServeArgs),
    /// Do what is due later: reminders, mail, webhooks. Several may run; `serve` does it too unless told not to
    Work(WorkArgs),
    /// Accounts of an installation
    Admin(AdminCommand),
    /// Institutions, appraisers and organisations from CSV files
    Import(ImportCommand),
    /// Closed cases of an institution's ledger, or a register, from a spreadsheet
    ImportLedger(ImportLedgerCommand),
    /// Reckon a statutory term, with an explanation to check by hand
    Deadline(deadline::DeadlineArgs),
    /// Check offline the signatures of an opinion, and by its proof file that it was logged
    Verify(transparency::command::VerifyArgs),
    /// The transparency logs: verify, drill, mirror, witness
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Groups of alike rows in a table of numbers (HDBSCAN, DBSCAN, k-means, Ward)
    Cluster(clustering::command::ClusterArgs),
    /// Scores of outlying rows in a table of numbers
    Outliers(clustering::command::OutliersArgs),
    /// Communities, near-duplicate texts, the screen of an extract, a synthetic city
    #[command(flatten)]
    Analyse(AnalystCommand),
    /// Build the search index anew from the cases
    Reindex(PlaceArgs),
    /// Check the transcript of a draw
    Draw(draws::DrawArgs),
    /// Check fonts, calendar, files, keys and database of an installation
    Doctor(PlaceArgs),
    /// Signing keys of institutions and appraisers
    Keys(KeysCommand),
}

/// Where an installation is.
#[derive(clap::Args)]
struct PlaceArgs {
    /// Folder of the files, and of the SQLite database unless --database-url is given
    #[arg(long, env = "SIJIAN_DATA", default_value = "data")]
    data: PathBuf,
    /// PostgreSQL, e.g. postgres://user@host/sijian
    #[arg(long, env = "SIJIAN_DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
    /// The address people and QR codes use
    #[arg(long, env = "SIJIAN_BASE_URL", default_value = "http://127.0.0.1:8080")]
    base_url: String,
    /// Address of a proxy whose X-Forwarded-For is believed; may be given several times
    #[arg(long = "trusted-proxy", env = "SIJIAN_TRUSTED_PROXIES", value_delimiter = ',')]
    trusted_proxies: Vec<IpAddr>,
    /// Region at the head of every unified case code
    #[arg(long, env = "SIJIAN_CASE_CODE_REGION", default_value = "310000")]
    case_code_region: String,
    /// Random signs in a unified case code
    #[arg(long, env = "SIJIAN_CASE_CODE_LENGTH", default_value_t = 8, value_parser = clap::value_parser!(u8).range(6..=16))]
    case_code_length: u8,
    /// Rules for passwords: asvs or dengbao3
    #[arg(long, env = "SIJIAN_PASSWORDS", default_value = "dengbao3")]
    passwords: accounts::Passwords,
    /// The mail server, e.g. smtps://user:password@host; without it no mail is sent
    #[arg(long, env = "SIJIAN_SMTP_URL", hide_env_values = true, requires = "mail_from")]
    smtp_url: Option<String>,
    /// A witness of the public log as URL=KEY; may be given several times
    #[arg(long = "witness", env = "SIJIAN_WITNESSES", value_delimiter = ',', value_parser = witness)]
    witnesses: Vec<Witness>,
    /// The sender of mail, e.g. "智慧司鉴 <sijian@example.org>"
    #[arg(long, env = "SIJIAN_MAIL_FROM")]
    mail_from: Option<String>,
    /// The file with the key that opens the signing keys; master.key in the data folder if not given
    #[arg(long, env = "SIJIAN_MASTER_KEY_FILE")]
    master_key_file: Option<PathBuf>,
    /// Folder with the certificates of the authorities that are believed; trust in the data folder if not given
    #[arg(long, env = "SIJIAN_TRUST_DIR")]
    trust_dir: Option<PathBuf>,
    /// The time-stamp authority (RFC 3161), e.g. https://tsa.example.org
    #[arg(long, env = "SIJIAN_TSA_URL")]
    tsa_url: Option<String>,
    /// Whether opinions must be signed: where-keys (as soon as the institution has a certificate) or required (always)
    #[arg(long, env = "SIJIAN_SIGNATURES", default_value = "where-keys")]
    signatures: SigningRule,
}

#[derive(clap::Args)]
struct KeysCommand {
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    what: signing::command::KeysArgs,
}

fn witness(text: &str) -> Result<Witness, String> {
    let (url, key) = text.split_once('=').ok_or("a witness is given as URL=KEY")?;
    ledger::VerifierKey::parse(key).map_err(|error| error.to_string())?;
    Ok(Witness { url: url.to_owned(), key: key.to_owned() })
}

#[derive(Subcommand)]
enum LedgerCommand {
    /// Hold the database and the logs' files against each other
    Verify(PlaceArgs),
    /// Tamper with a copy, many times, and show that each change is found
    Drill {
        #[command(flatten)]
        place: PlaceArgs,
        #[command(flatten)]
        args: transparency::command::DrillArgs,
    },
    /// Print the policy file: the public log's key and its witnesses
    Policy(PlaceArgs),
    /// Keep a copy of a log, and shout when it forks or shrinks
    Mirror(transparency::command::MirrorArgs),
    /// Run a witness: cosign a log's checkpoints while they grow consistently
    Witness(transparency::command::WitnessArgs),
}

#[derive(clap::Args)]
struct ServeArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// Address and port to listen on
    #[arg(long, env = "SIJIAN_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Leave reminders, mail and webhooks to `sijian work`
    #[arg(long)]
    no_work: bool,
}

#[derive(clap::Args)]
struct WorkArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// Jobs at a time; one of them is kept for those that wait for nobody
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u8).range(2..=32))]
    workers: u8,
}

/// Workers inside a server: enough that a receiver that hangs does not hold up the mail.
const WORKERS_OF_A_SERVER: usize = 4;

#[derive(clap::Args)]
struct AdminCommand {
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    what: accounts::AdminArgs,
}

#[derive(clap::Args)]
struct ImportCommand {
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    what: registry::import::ImportArgs,
}

#[derive(clap::Args)]
struct ImportLedgerCommand {
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    what: imports::command::LedgerArgs,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_env("SIJIAN_LOG").unwrap_or_else(|_| "warn".into()))
        .with_writer(std::io::stderr)
        .init();
    match Cli::parse().command {
        Command::Demo(args) => {
            let app = demo::prepare(&args).await?;
            if args.no_serve {
                app.db.close().await;
                return Ok(());
            }
            accounts::print_demo_accounts(&app).await?;
            serve(app, SocketAddr::from(([127, 0, 0, 1], args.port)), true).await
        }
        Command::Work(args) => {
            let app = open(&args.place).await?;
            platform::make_ready(&app).await?;
            let workers = Workers::start(&app, platform::JOBS, platform::SCHEDULE, args.workers.into());
            let sequencer = Sequencer::start(&app)?;
            stopped().await;
            workers.stop().await;
            sequencer.stop().await;
            app.db.close().await;
            Ok(())
        }
        Command::Serve(args) => {
            let app = open(&args.place).await?;
            // Cases from before fingerprints and tracking numbers were kept.
            cases::elsewhere::catch_up(&app).await.map_err(|fail| anyhow::anyhow!("fingerprints: {fail}"))?;
            cases::progress::number_all(&app).await?;
            serve(app, args.listen, !args.no_work).await
        }
        Command::Admin(args) => {
            let app = open(&args.place).await?;
            println!("{}", accounts::run(&app, args.what).await?);
            app.db.close().await;
            Ok(())
        }
        Command::Import(args) => {
            let app = open(&args.place).await?;
            println!("{}", registry::import::run(&app, &args.what).await?);
            app.db.close().await;
            Ok(())
        }
        Command::ImportLedger(args) => {
            let app = open(&args.place).await?;
            let told = imports::command::run(&app, &args.what).await;
            app.db.close().await;
            println!("{}", told?);
            Ok(())
        }
        Command::Deadline(args) => {
            println!("{}", deadline::run(&args, &deadline::decreed_calendar()?)?);
            Ok(())
        }
        Command::Draw(args) => {
            println!("{}", draws::run(&args)?);
            Ok(())
        }
        Command::Verify(args) => {
            let (text, is_sound) = transparency::command::verify(&args)?;
            println!("{text}");
            if is_sound { Ok(()) } else { std::process::exit(1) }
        }
        Command::Ledger(what) => ledger_command(what).await,
        Command::Cluster(args) => args.run().map_err(anyhow::Error::msg),
        Command::Outliers(args) => args.run().map_err(anyhow::Error::msg),
        Command::Analyse(AnalystCommand::Generate(Generate::City(args)))
            if args.database.is_some() || args.data.is_some() =>
        {
            println!("{}", analysis::command::generate(&args, &Bar::new()).await?);
            Ok(())
        }
        Command::Analyse(command) => {
            println!("{}", screening::command::run(&command, &Bar::new()).map_err(anyhow::Error::msg)?);
            Ok(())
        }
        Command::Reindex(place) => {
            let app = open(&place).await?;
            let bar = indicatif::ProgressBar::new(0);
            let done = cases::search::reindex(&app.db, |done, total| {
                bar.set_length(total as u64);
                bar.set_position(done as u64);
            })
            .await?;
            bar.finish_and_clear();
            println!("search: {done} cases are in the index");
            app.db.close().await;
            Ok(())
        }
        Command::Doctor(place) => {
            let app = open(&place).await?;
            println!("{}", platform::doctor::report(&app).await?);
            // Several servers on one database need the same keys: compare these lines.
            for name in ["matching", "tracking", "analysis"] {
                let secret = cases::elsewhere::key::load(&app.config.data, name)?;
                println!("key {name}: check value {}", cases::elsewhere::key::check_value(&secret));
            }
            println!("{}", cases::search::report(&app).await?);
            println!("{}", signing::report(&app).await?);
            Ok(())
        }
        Command::Keys(args) => {
            let app = open(&args.place).await?;
            let told = signing::command::run(&app, &args.what).await;
            app.db.close().await;
            println!("{}", told?);
            Ok(())
        }
    }
}

/// Progress of an analysis, on a terminal only.
struct Bar(indicatif::ProgressBar);

impl Bar {
    fn new() -> Self {
        Self(indicatif::ProgressBar::new(0))
    }
}

impl screening::progress::Watcher for Bar {
    fn progress(&self, step: &'static str, done: usize, whole: usize) {
        self.0.set_message(step);
        self.0.set_length(whole as u64);
        self.0.set_position(done as u64);
        if done >= whole {
            self.0.reset();
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

async fn ledger_command(what: LedgerCommand) -> anyhow::Result<()> {
    use transparency::command;
    let place = match &what {
        LedgerCommand::Mirror(_) | LedgerCommand::Witness(_) => None,
        LedgerCommand::Verify(place) | LedgerCommand::Policy(place) | LedgerCommand::Drill { place, .. } => Some(place),
    };
    let app = match place {
        Some(place) => Some(open(place).await?),
        None => None,
    };
    let told = match (what, &app) {
        (LedgerCommand::Mirror(args), _) => command::mirror(args).await,
        (LedgerCommand::Witness(args), _) => command::witness(args).await,
        (LedgerCommand::Verify(_), Some(app)) => command::reconcile(app).await,
        (LedgerCommand::Policy(_), Some(app)) => command::policy(app),
        (LedgerCommand::Drill { args, .. }, Some(app)) => command::drill(app, &args).await,
        (_, None) => Err(anyhow::anyhow!("the installation is not open")),
    };
    if let Some(app) = app {
        app.db.close().await;
    }
    println!("{}", told?);
    Ok(())
}

async fn open(place: &PlaceArgs) -> anyhow::Result<App> {
    std::fs::create_dir_all(&place.data)
        .with_context(|| format!("the folder {} cannot be made", place.data.display()))?;
    let database = match &place.database_url {
        Some(url) => Database::postgres(url).await.context("the PostgreSQL database cannot be opened")?,
        None => {
            Database::sqlite(&place.data.join("sijian.db")).await.context("the SQLite database cannot be opened")?
        }
    };
    let base_url = place.base_url.trim_end_matches('/').to_owned();
    // The QR code on a paper holds the address in capitals, which only a bare host survives.
    let host = base_url.strip_prefix("https://").or_else(|| base_url.strip_prefix("http://"));
    anyhow::ensure!(
        host.is_some_and(|host| !host.is_empty() && !host.contains('/')),
        "--base-url must be http(s)://host[:port] without a path, not {base_url}"
    );
    let mail = match (&place.smtp_url, &place.mail_from) {
        (Some(url), Some(from)) => {
            let server = MailServer { url: url.clone(), from: from.clone() };
            platform::notices::check_mail(&server).context("--smtp-url or --mail-from")?;
            Some(server)
        }
        _ => None,
    };
    let config = Config {
        base_url,
        passwords: place.passwords,
        trusted_proxies: place.trusted_proxies.clone(),
        case_code: CaseCodeFormat {
            region: place.case_code_region.clone(),
            body_length: place.case_code_length.into(),
        },
        mail,
        witnesses: place.witnesses.clone(),
        signing: SigningConfig {
            master_key_file: place.master_key_file.clone(),
            trust_dir: place.trust_dir.clone(),
            tsa_url: place.tsa_url.clone(),
            rule: place.signatures,
        },
        ..Config::under(&place.data)
    };
    App::new(config, database, Clock::default())
}

async fn serve(app: App, address: SocketAddr, works: bool) -> anyhow::Result<()> {
    platform::make_ready(&app).await?;
    let listener = tokio::net::TcpListener::bind(address).await.with_context(|| {
        format!(
            "port {} is taken: stop the other program, or choose another port (demo: --port, serve: --listen)",
            address.port()
        )
    })?;
    let service: IntoMakeServiceWithConnectInfo<_, SocketAddr> =
        platform::service(app.clone()).into_make_service_with_connect_info();
    println!("智慧司鉴 Sijian: {}", app.config.base_url);
    let workers = works.then(|| Workers::start(&app, platform::JOBS, platform::SCHEDULE, WORKERS_OF_A_SERVER));
    let sequencer = works.then(|| Sequencer::start(&app)).transpose()?;
    cases::search::catch_up(&app);
    axum::serve(listener, service).with_graceful_shutdown(stopped()).await?;
    if let Some(workers) = workers {
        workers.stop().await;
    }
    if let Some(sequencer) = sequencer {
        sequencer.stop().await;
    }
    app.db.close().await;
    Ok(())
}

/// Ends on Ctrl-C or on the service manager's request; requests that are running finish first.
async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
        let _ = interrupt.await;
        return;
    };
    tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
}
