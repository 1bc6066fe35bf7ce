//! Accounts and their roles in the database.

use super::log::{self, Action, Doer};
use super::roles::{home_fits, roles_fit};
use crate::actor::{Actor, Role};
use crate::db::{Conn, DbError, Row, Value, dialect};
use crate::fail::{Fail, Objection};
use crate::perform::new_id;
use crate::text::{Lang, say};
use crate::values;
use jiff::Timestamp;
use serde_json::json;
use unicode_normalization::UnicodeNormalization;

/// An account with all that decides who may come in.
#[derive(Clone, Debug)]
pub(super) struct Account {
    pub id: String,
    pub login: String,
    pub name: String,
    pub organisation_id: Option<String>,
    pub organisation_name: String,
    pub organisation_kind: Option<String>,
    pub language: Lang,
    pub password_hash: Option<String>,
    pub password_set_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub created_by: Option<String>,
    pub disabled_at: Option<Timestamp>,
    pub has_factor: bool,
    pub roles: Vec<Role>,
}

impl Account {
    /// How the account stands, as the translator's key.
    pub fn standing(&self) -> &'static str {
        if self.disabled_at.is_some() {
            "已停用"
        } else if self.password_hash.is_none() {
            "尚未设置密码"
        } else {
            "使用中"
        }
    }
}

/// A person who is to get an account.
#[derive(Clone, Debug)]
pub struct NewAccount {
    pub login: String,
    pub name: String,
    pub roles: Vec<Role>,
    pub organisation_id: Option<String>,
    pub language: Lang,
    /// From [`super::hash_once`]; none where the person chooses the password over a set-up link.
    pub password_hash: Option<String>,
}

const LOGIN_LONGEST: usize = 60;

/// A login as it is stored and looked for: one spelling, whatever the keyboard made of it.
pub(super) fn clean_login(typed: &str) -> String {
    typed.trim().nfkc().collect::<String>().to_lowercase()
}

pub(super) fn login_reads_well(login: &str) -> bool {
    let length = login.chars().count();
    (2..=LOGIN_LONGEST).contains(&length)
        && login.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@'))
}

/// Writes an account with its roles, and the row of the log that says so. Roles that do not fit refuse the whole.
///
/// # Errors
/// [`Fail::Refused`] with every reason: roles, organisation, a login that is taken or unreadable.
pub async fn create_account(
    conn: &mut Conn,
    new: &NewAccount,
    doer: &Doer<'_>,
    now: Timestamp,
) -> Result<String, Fail> {
    let login = clean_login(&new.login);
    let mut objections = roles_fit(&new.roles);
    objections.extend(home_fits(&new.roles, organisation_kind(conn, new.organisation_id.as_deref()).await?.as_deref()));
    if !login_reads_well(&login) {
        objections.push(Objection {
            what: say("登录名由2至60个字母、数字或“. - _ @”组成。"),
            article: "",
            remedy: say("请换一个登录名。"),
        });
    } else if find_by_login(conn, &login).await?.is_some() {
        objections.push(login_taken());
    }
    if !objections.is_empty() {
        return Err(Fail::Refused(objections));
    }
    let id = new_id(now);
    let set_at = new.password_hash.as_ref().map(|_| now);
    conn.run(
        "insert into account (id, login, name, organisation_id, language, password_hash, created_at, password_set_at, created_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        values![
            &id, &login, &new.name, new.organisation_id.clone(), new.language.word(), new.password_hash.clone(), now,
            set_at, doer.id,
        ],
    )
    .await
    .map_err(|error| match error {
        DbError::Constraint(name) if name.contains("login") => Fail::Refused(vec![login_taken()]),
        other => other.into(),
    })?;
    write_roles(conn, &id, &new.roles).await?;
    let detail = json!({ "roles": words(&new.roles) });
    log::write(conn, doer, (&id, &login), Action::Created, true, &detail, now).await?;
    Ok(id)
}

fn login_taken() -> Objection {
    Objection { what: say("此登录名已被使用。"), article: "", remedy: say("请换一个登录名。") }
}

/// Replaces an account's roles; the caller has the row locked and has asked [`roles_fit`] and [`home_fits`].
pub(super) async fn write_roles(conn: &mut Conn, account_id: &str, roles: &[Role]) -> Result<(), DbError> {
    conn.run("delete from account_role where account_id = $1", values![account_id]).await?;
    for role in roles {
        conn.run("insert into account_role (account_id, role) values ($1, $2)", values![account_id, role.word()])
            .await?;
    }
    Ok(())
}

pub(super) fn words(roles: &[Role]) -> Vec<&'static str> {
    roles.iter().map(|role| role.word()).collect()
}

async fn organisation_kind(conn: &mut Conn, id: Option<&str>) -> Result<Option<String>, DbError> {
    let Some(id) = id else { return Ok(None) };
    let row = conn.first("select kind from organisation where id = $1", values![id]).await?;
    row.map(|row| row.get("kind")).transpose()
}

const ACCOUNT: &str = "select a.id, a.login, a.name, a.organisation_id, a.language, a.password_hash, a.password_set_at,
         a.created_at, a.created_by, a.disabled_at, coalesce(o.name, '') as organisation_name, o.kind as organisation_kind,
         (select count(*) from second_factor f where f.account_id = a.id) as has_factor
     from account a left join organisation o on o.id = a.organisation_id";

pub(super) async fn find_by_login(conn: &mut Conn, login: &str) -> Result<Option<Account>, DbError> {
    let row = conn.first(format!("{ACCOUNT} where a.login = $1"), values![login]).await?;
    with_roles(conn, row).await
}

pub(super) async fn find(conn: &mut Conn, id: &str) -> Result<Option<Account>, DbError> {
    let row = conn.first(format!("{ACCOUNT} where a.id = $1"), values![id]).await?;
    with_roles(conn, row).await
}

/// The account as it stands, its row held until the transaction ends: whoever else writes about it waits.
pub(super) async fn lock(conn: &mut Conn, id: &str) -> Result<Option<Account>, DbError> {
    conn.run("update account set login = login where id = $1", values![id]).await?;
    find(conn, id).await
}

async fn with_roles(conn: &mut Conn, row: Option<Row>) -> Result<Option<Account>, DbError> {
    let Some(row) = row else { return Ok(None) };
    let mut account = account(&row)?;
    let rows = conn.all("select role from account_role where account_id = $1", values![&account.id]).await?;
    account.roles = rows.iter().map(|row| row.get("role")).collect::<Result<_, _>>()?;
    account.roles.sort();
    Ok(Some(account))
}

fn account(row: &Row) -> Result<Account, DbError> {
    Ok(Account {
        id: row.get("id")?,
        login: row.get("login")?,
        name: row.get("name")?,
        organisation_id: row.get("organisation_id")?,
        organisation_name: row.get("organisation_name")?,
        organisation_kind: row.get("organisation_kind")?,
        language: row.get("language")?,
        password_hash: row.get("password_hash")?,
        password_set_at: row.get("password_set_at")?,
        created_at: row.get("created_at")?,
        created_by: row.get("created_by")?,
        disabled_at: row.get("disabled_at")?,
        has_factor: row.get("has_factor")?,
        roles: Vec::new(),
    })
}

const MATCHING: &str =
    " where (a.login like $1 escape '\\' or a.name like $1 escape '\\' or o.name like $1 escape '\\')";

pub(super) async fn count(conn: &mut Conn, sought: &str) -> Result<i64, DbError> {
    let from = "select count(*) from account a left join organisation o on o.id = a.organisation_id";
    conn.count(format!("{from}{MATCHING}"), values![dialect::contains(sought)]).await
}

/// One page of the accounts whose login, name or organisation contains the text, by login.
pub(super) async fn list(conn: &mut Conn, sought: &str, offset: i64, rows: i64) -> Result<Vec<Account>, DbError> {
    let found = conn
        .all(
            format!("{ACCOUNT}{MATCHING} order by a.login limit $2 offset $3"),
            values![dialect::contains(sought), rows, offset],
        )
        .await?;
    let mut accounts = found.iter().map(account).collect::<Result<Vec<_>, _>>()?;
    if accounts.is_empty() {
        return Ok(accounts);
    }
    let places: Vec<String> = (1..=accounts.len()).map(|n| format!("${n}")).collect();
    let ids: Vec<Value> = accounts.iter().map(|one| Value::from(&one.id)).collect();
    let sql = format!("select account_id, role from account_role where account_id in ({})", places.join(", "));
    for row in conn.all(sql, &ids).await? {
        let id: String = row.get("account_id")?;
        if let Some(one) = accounts.iter_mut().find(|one| one.id == id) {
            one.roles.push(row.get("role")?);
        }
    }
    for one in &mut accounts {
        one.roles.sort();
    }
    Ok(accounts)
}

/// Every organisation for the choice on a form: id, kind, name.
pub(super) async fn organisations(conn: &mut Conn) -> Result<Vec<(String, String)>, DbError> {
    let rows = conn.all("select id, name from organisation where kind <> 'citizen' order by name, id", &[]).await?;
    rows.iter().map(|row| Ok((row.get("id")?, row.get("name")?))).collect()
}

/// Sets a password that has passed the rules, and remembers it for the rule about former ones.
pub(super) async fn set_password(conn: &mut Conn, account_id: &str, hash: &str, now: Timestamp) -> Result<(), DbError> {
    conn.run(
        "update account set password_hash = $1, password_set_at = $2 where id = $3",
        values![hash, now, account_id],
    )
    .await?;
    conn.run(
        "insert into password_history (account_id, password_hash, set_at) values ($1, $2, $3)",
        values![account_id, hash, now],
    )
    .await?;
    Ok(())
}

/// The newest password hashes of an account, its present one among them.
pub(super) async fn former_passwords(conn: &mut Conn, account: &Account, many: usize) -> Result<Vec<String>, DbError> {
    let rows = conn
        .all(
            "select password_hash from password_history where account_id = $1 order by set_at desc limit $2",
            values![&account.id, i64::try_from(many).unwrap_or(0)],
        )
        .await?;
    let mut hashes: Vec<String> = rows.iter().map(|row| row.get("password_hash")).collect::<Result<_, _>>()?;
    if let Some(present) = account.password_hash.clone().filter(|present| many > 0 && !hashes.contains(present)) {
        hashes.push(present);
    }
    Ok(hashes)
}

pub(super) async fn set_disabled(conn: &mut Conn, id: &str, at: Option<Timestamp>) -> Result<(), DbError> {
    conn.run("update account set disabled_at = $1 where id = $2", values![at, id]).await?;
    Ok(())
}

pub(super) async fn set_language(conn: &mut Conn, id: &str, language: Lang) -> Result<(), DbError> {
    conn.run("update account set language = $1 where id = $2", values![language.word(), id]).await?;
    Ok(())
}

/// The actor that an account is, for transactions that the demo, a benchmark or a test does in its name. A request's actor
/// comes from its session.
///
/// # Errors
/// The database's.
pub async fn actor_of(conn: &mut Conn, login: &str) -> Result<Option<Actor>, DbError> {
    let Some(account) = find_by_login(conn, &clean_login(login)).await? else { return Ok(None) };
    Ok(Some(actor(conn, account).await?))
}

/// The person of an account as it stands now, by its id; none where the account is disabled. For a token, which acts as its
/// owner.
///
/// # Errors
/// The database's.
pub async fn active_actor(conn: &mut Conn, id: &str) -> Result<Option<Actor>, DbError> {
    match find(conn, id).await?.filter(|account| account.disabled_at.is_none()) {
        Some(account) => Ok(Some(actor(conn, account).await?)),
        None => Ok(None),
    }
}

async fn actor(conn: &mut Conn, account: Account) -> Result<Actor, DbError> {
    let row = conn.first("select id from appraiser where account_id = $1", values![&account.id]).await?;
    Ok(Actor {
        account_id: account.id,
        login: account.login,
        name: account.name,
        roles: account.roles,
        organisation_id: account.organisation_id,
        organisation_name: account.organisation_name,
        appraiser_id: row.map(|row| row.get("id")).transpose()?,
        language: account.language,
    })
}
