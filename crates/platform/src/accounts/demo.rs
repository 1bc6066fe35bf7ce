//! The demo city's accounts on the sign-in page. The password is the same for all and shown there.

use crate::actor::Role;
use crate::app::App;
use crate::db::{Conn, DbError};
use crate::fail::Fail;
use crate::values;
use serde::{Deserialize, Serialize};

const SETTING: &str = "demo_accounts";
/// Rows on the sign-in page: one for each kind of work, not the whole city.
const SHOWN: usize = 40;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DemoAccounts {
    pub password: String,
    pub accounts: Vec<DemoAccount>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DemoAccount {
    pub login: String,
    pub name: String,
    /// The role's word, `front_desk`.
    pub role: String,
    pub organisation: String,
}

impl DemoAccount {
    /// The translator's key of the role.
    pub fn role_label(&self) -> &'static str {
        self.role.parse::<Role>().map_or("", Role::label)
    }
}

/// Puts the accounts on the sign-in page of a demo; in other installations nothing is shown.
///
/// # Errors
/// The database's.
pub async fn show_demo_accounts(conn: &mut Conn, accounts: &DemoAccounts) -> Result<(), Fail> {
    let text = serde_json::to_string(accounts).map_err(|error| Fail::Internal(error.into()))?;
    conn.run(
        "insert into setting (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value",
        values![SETTING, text],
    )
    .await?;
    Ok(())
}

/// Prints the accounts where the demo was started.
///
/// # Errors
/// The database's.
pub async fn print_demo_accounts(app: &App) -> anyhow::Result<()> {
    let Some(DemoAccounts { password, accounts }) = shown(app).await? else { return Ok(()) };
    println!("演示账户，密码均为 Demo accounts, all with the password  {password}");
    for one in accounts {
        println!("  {:<24} {} {} ({})", one.login, one.organisation, one.name, one.role_label());
    }
    Ok(())
}

/// What the sign-in page shows, in a demo.
pub async fn shown(app: &App) -> Result<Option<DemoAccounts>, DbError> {
    if !app.config.demo {
        return Ok(None);
    }
    let row = app.db.read().await?.first("select value from setting where name = $1", values![SETTING]).await?;
    let Some(row) = row else { return Ok(None) };
    let text: String = row.get("value")?;
    let mut found: Option<DemoAccounts> = serde_json::from_str(&text).ok();
    if let Some(found) = &mut found {
        found.accounts.truncate(SHOWN);
    }
    Ok(found)
}
