//! What the audit administrator reads: tries to sign in, and what was done with accounts. Both tables only grow.
//!
//! **Invariant:** a change of an account and its row here are one transaction; what was refused has a row too.

use super::store::Account;
use crate::actor::{Actor, Role};
use crate::db::{Conn, DbError, Row};
use crate::text::Lang;
use crate::values;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value as Json;

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($variant:ident, $stored:literal, $chinese:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($variant),* }

        impl $name {
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $stored),* }
            }

            /// The Chinese name, which is the translator's key.
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $chinese),* }
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                [$(Self::$variant),*].into_iter().find(|one| one.word() == text).ok_or_else(|| format!("{text:?} is not known"))
            }
        }

        crate::text_columns!($name);
    };
}

named! {
    /// How a try to sign in ended.
    Outcome {
        SignedIn, "signed_in", "已登录";
        HalfWay, "half_way", "密码正确，待完成后续步骤";
        WrongPassword, "wrong_password", "密码错误";
        WrongCode, "wrong_code", "验证码错误";
        UnknownLogin, "unknown_login", "登录名不存在";
        Disabled, "disabled", "账户已停用";
        Closed, "closed", "多次输错后暂停登录";
    }
}

named! {
    /// What was done with an account.
    Action {
        Created, "created", "建立账户";
        Disabled, "disabled", "停用账户";
        Enabled, "enabled", "启用账户";
        RolesSet, "roles_set", "授予角色";
        LinkIssued, "link_issued", "发放设置链接";
        PasswordSet, "password_set", "设置密码";
        PasswordChanged, "password_changed", "更改密码";
        FactorOn, "factor_on", "启用动态验证码";
        FactorOff, "factor_off", "关闭动态验证码";
        FactorReset, "factor_reset", "重置动态验证码";
        RecoveryCodeUsed, "recovery_code_used", "使用恢复码";
        SignedOutEverywhere, "signed_out_everywhere", "退出全部登录";
    }
}

/// Who does something with an account: a person signed in, the owner on the way in, or the command line.
#[derive(Clone, Copy, Debug)]
pub struct Doer<'a> {
    pub(super) id: Option<&'a str>,
    pub(super) name: &'a str,
    pub(super) request_id: &'a str,
}

impl<'a> Doer<'a> {
    pub fn person(actor: &'a Actor, request_id: &'a str) -> Self {
        Self { id: Some(&actor.account_id), name: &actor.name, request_id }
    }

    /// Somebody with access to the machine: `sijian admin`, the demo.
    pub fn machine(name: &'a str) -> Self {
        Self { id: None, name, request_id: "" }
    }

    pub(super) fn owner(account: &'a Account, request_id: &'a str) -> Self {
        Self { id: Some(&account.id), name: &account.name, request_id }
    }
}

/// Writes what was done, or refused, with the account `(id, login)`.
pub(super) async fn write(
    conn: &mut Conn,
    doer: &Doer<'_>,
    (account_id, login): (&str, &str),
    action: Action,
    done: bool,
    detail: &Json,
    now: Timestamp,
) -> Result<(), DbError> {
    conn.run(
        "insert into account_event (happened_at, actor_id, actor_name, account_id, account_login, action, result, detail, request_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        values![
            now, doer.id, doer.name, account_id, login, action.word(), if done { "done" } else { "refused" },
            detail.to_string(), doer.request_id,
        ],
    )
    .await?;
    Ok(())
}

/// A row of the log of accounts.
pub(super) struct Event {
    pub happened_at: Timestamp,
    pub actor_name: String,
    pub account_login: String,
    pub action: Action,
    pub is_done: bool,
    pub request_id: String,
    detail: Json,
}

impl Event {
    /// The roles in the row, as `before → after` or the ones given, in the reader's language.
    pub fn detail(&self, lang: &Lang) -> String {
        let names = |field: &str| -> Option<String> {
            let words = self.detail.get(field)?.as_array()?;
            let roles = words.iter().filter_map(|word| word.as_str()?.parse::<Role>().ok());
            Some(roles.map(|role| lang.t(role.label()).into_owned()).collect::<Vec<_>>().join(if *lang == Lang::Zh {
                "、"
            } else {
                ", "
            }))
        };
        match (names("before"), names("roles")) {
            (Some(before), Some(after)) => format!("{before} → {after}"),
            (_, Some(roles)) => roles,
            _ => String::new(),
        }
    }
}

pub(super) async fn count_events(conn: &mut Conn, login: &str) -> Result<i64, DbError> {
    conn.count("select count(*) from account_event where $1 = '' or account_login = $1", values![login]).await
}

/// One page of the log, newest first; of one account's login, or of all when it is empty.
pub(super) async fn list_events(conn: &mut Conn, login: &str, offset: i64, rows: i64) -> Result<Vec<Event>, DbError> {
    let found = conn
        .all(
            "select happened_at, actor_name, account_login, action, result, detail, request_id from account_event
             where $1 = '' or account_login = $1 order by sequence desc limit $2 offset $3",
            values![login, rows, offset],
        )
        .await?;
    found.iter().map(event).collect()
}

fn event(row: &Row) -> Result<Event, DbError> {
    let (result, detail): (String, String) = (row.get("result")?, row.get("detail")?);
    Ok(Event {
        happened_at: row.get("happened_at")?,
        actor_name: row.get("actor_name")?,
        account_login: row.get("account_login")?,
        action: row.get("action")?,
        is_done: result == "done",
        request_id: row.get("request_id")?,
        detail: serde_json::from_str(&detail).unwrap_or_default(),
    })
}

/// Writes a try to sign in. The login of an account is kept as it is; of any other, only its first signs, for what is
/// typed there by mistake is often a password.
pub(super) async fn write_attempt(
    conn: &mut Conn,
    account: Option<&Account>,
    typed: &str,
    ip: &str,
    outcome: Outcome,
    now: Timestamp,
) -> Result<(), DbError> {
    let login = account.map_or_else(|| masked(typed), |account| account.login.clone());
    conn.run(
        "insert into sign_in_attempt (happened_at, account_id, login, ip, result) values ($1, $2, $3, $4, $5)",
        values![now, account.map(|account| account.id.as_str()), login, ip, outcome.word()],
    )
    .await?;
    Ok(())
}

fn masked(typed: &str) -> String {
    let head: String = typed.chars().take(2).collect();
    format!("{head}…")
}

/// A try to sign in, as listed.
pub(super) struct Attempt {
    pub happened_at: Timestamp,
    pub login: String,
    pub ip: String,
    pub outcome: Outcome,
}

pub(super) async fn count_attempts(conn: &mut Conn, login: &str) -> Result<i64, DbError> {
    conn.count("select count(*) from sign_in_attempt where $1 = '' or login = $1", values![login]).await
}

/// One page of the tries, newest first; of one login, or of all when it is empty.
pub(super) async fn list_attempts(
    conn: &mut Conn,
    login: &str,
    offset: i64,
    rows: i64,
) -> Result<Vec<Attempt>, DbError> {
    let found = conn
        .all(
            "select happened_at, login, ip, result from sign_in_attempt where $1 = '' or login = $1
             order by sequence desc limit $2 offset $3",
            values![login, rows, offset],
        )
        .await?;
    found
        .iter()
        .map(|row| {
            Ok(Attempt {
                happened_at: row.get("happened_at")?,
                login: row.get("login")?,
                ip: row.get("ip")?,
                outcome: row.get("result")?,
            })
        })
        .collect()
}

const WRONG: &str = "result in ('wrong_password', 'wrong_code')";

/// Wrong tries since the account was last signed in to, oldest first; only those from `from` when it is given.
pub(super) async fn wrong_tries(
    conn: &mut Conn,
    account_id: &str,
    from: Option<&str>,
    now: Timestamp,
) -> Result<Vec<Timestamp>, DbError> {
    let since = now - super::lockout::FORGOTTEN_AFTER;
    let rows = conn
        .all(
            format!(
                "select happened_at from sign_in_attempt where account_id = $1 and {WRONG} and happened_at > $2
                     and ($3 = '' or ip = $3) and sequence > (select coalesce(max(sequence), 0) from sign_in_attempt
                         where account_id = $1 and result = 'signed_in' and ($3 = '' or ip = $3))
                 order by sequence desc limit $4"
            ),
            values![account_id, since, from.unwrap_or_default(), super::lockout::TRIES_READ],
        )
        .await?;
    let mut tries: Vec<Timestamp> = rows.iter().map(|row| row.get("happened_at")).collect::<Result<_, _>>()?;
    tries.reverse();
    Ok(tries)
}

/// Whether the account was signed in to from that address not long ago.
pub(super) async fn is_known_address(
    conn: &mut Conn,
    account_id: &str,
    ip: &str,
    now: Timestamp,
) -> Result<bool, DbError> {
    let since = now - super::lockout::KNOWN_FOR;
    let found = conn
        .first(
            "select sequence from sign_in_attempt
             where account_id = $1 and ip = $2 and result = 'signed_in' and happened_at > $3 limit 1",
            values![account_id, ip, since],
        )
        .await?;
    Ok(found.is_some())
}

/// Wrong tries of one address on any account within `window`.
pub(super) async fn wrong_from(
    conn: &mut Conn,
    ip: &str,
    window: SignedDuration,
    now: Timestamp,
) -> Result<i64, DbError> {
    conn.count(
        format!(
            "select count(*) from sign_in_attempt where ip = $1 and happened_at > $2
                 and ({WRONG} or result = 'unknown_login')"
        ),
        values![ip, now - window],
    )
    .await
}
