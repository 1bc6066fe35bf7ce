//! `sijian admin`: the first accounts of an installation, and a way back in, for whoever has access to the machine.

use super::log::{self, Action, Doer};
use super::store::{self, NewAccount, clean_login};
use super::{create_account, instant, links};
use crate::actor::Role;
use crate::app::App;
use crate::db::Conn;
use crate::text::Lang;
use crate::values;
use anyhow::{Context, bail};
use serde_json::Value as Json;

/// Manage accounts from the machine the platform runs on.
#[derive(clap::Args, Clone, Debug)]
pub struct AdminArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand, Clone, Debug)]
enum Command {
    /// Create an account and print the link over which its owner chooses a password.
    CreateUser(CreateUser),
    /// Print a new set-up link for an account; older ones stop working.
    SetUpLink {
        #[arg(long)]
        login: String,
    },
}

#[derive(clap::Args, Clone, Debug)]
struct CreateUser {
    #[arg(long)]
    login: String,
    /// The person's name as it appears on papers.
    #[arg(long)]
    name: String,
    /// What the person does here; may be given more than once.
    #[arg(long = "role", required = true)]
    roles: Vec<Role>,
    /// Id or exact name of the institution, client or bureau the person belongs to.
    #[arg(long)]
    organisation: Option<String>,
    /// The language of the pages: zh or en.
    #[arg(long, default_value = "zh")]
    lang: Lang,
}

const WHO: &str = "sijian admin";

/// Does what was asked for; the text to print.
///
/// # Errors
/// Everything that speaks against it, as a sentence.
pub async fn run(app: &App, args: AdminArgs) -> anyhow::Result<String> {
    let mut conn = app.db.write().await?;
    let (doer, now) = (Doer::machine(WHO), instant(app));
    let (id, login) = match args.command {
        Command::CreateUser(user) => {
            let organisation_id = match &user.organisation {
                Some(sought) => Some(organisation(&mut conn, sought).await?),
                None => None,
            };
            let login = clean_login(&user.login);
            let mut roles = user.roles;
            roles.sort();
            roles.dedup();
            let new = NewAccount {
                login: user.login,
                name: user.name,
                roles,
                organisation_id,
                language: user.lang,
                password_hash: None,
            };
            let id = create_account(&mut conn, &new, &doer, now).await.map_err(|fail| anyhow::anyhow!("{fail}"))?;
            (id, login)
        }
        Command::SetUpLink { login } => {
            let login = clean_login(&login);
            let found = store::find_by_login(&mut conn, &login).await?;
            let account = found.with_context(|| format!("there is no account with the login {login}"))?;
            if account.disabled_at.is_some() {
                bail!("the account {login} is disabled; a system administrator can enable it");
            }
            (account.id, login)
        }
    };
    let link = links::issue(&mut conn, app, &id, now).await?;
    log::write(&mut conn, &doer, (&id, &login), Action::LinkIssued, true, &Json::Null, now).await?;
    conn.commit().await?;
    Ok(format!("{login}: set-up link, valid for 24 hours and one use\n{link}\n"))
}

async fn organisation(conn: &mut Conn, sought: &str) -> anyhow::Result<String> {
    let rows = conn.all("select id from organisation where id = $1 or name = $1", values![sought]).await?;
    match rows.as_slice() {
        [row] => Ok(row.get("id")?),
        [] => bail!("there is no organisation with the id or name {sought:?}"),
        _ => bail!("{} organisations are named {sought:?}: give the id", rows.len()),
    }
}
