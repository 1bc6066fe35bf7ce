//! Step-up: whoever signs a document gives the password, and the code of the second factor, once more.
//!
//! **Invariant:** a wrong try counts towards the same waits as one at the sign-in page, and is kept although nothing else is;
//! a code that proved a signature is used up in the transaction of that signature.

use super::log::{self, Action, Doer, Outcome};
use super::second_factor::Code;
use super::store::{self, Account};
use super::{gate, hashing, instant, must_enrol};
use crate::app::App;
use crate::db::Conn;
use crate::fail::{Fail, Fault};
use crate::text::say;
use crate::web::Signed;
use jiff::Timestamp;
use serde_json::Value as Json;
use std::net::IpAddr;

/// A password that was judged before the act's transaction began, for that takes a while, and a code that was not.
#[derive(Clone)]
pub struct StepUp {
    account: Account,
    is_right: bool,
    code: String,
    ip: IpAddr,
    now: Timestamp,
    request_id: String,
    must_enrol: bool,
    app: App,
}

/// What the proof rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proven {
    PasswordAndCode,
    PasswordAndRecoveryCode,
    /// Only where the account need not have a second factor: the demo.
    Password,
}

impl Proven {
    /// As it is kept with the signature.
    pub fn word(self) -> &'static str {
        match self {
            Self::PasswordAndCode => "password+totp",
            Self::PasswordAndRecoveryCode => "password+recovery_code",
            Self::Password => "password",
        }
    }
}

impl StepUp {
    /// Judges the password of who is signed in. What came of it is told, and counts, in [`StepUp::confirm`] only.
    ///
    /// # Errors
    /// [`Fail::Busy`] when too many passwords are being judged; [`Fail::SignIn`] without an account.
    pub async fn judge(app: &App, who: &Signed, password: &str, code: &str) -> Result<Self, Fail> {
        let found = store::find(&mut app.db.read().await?, &who.actor.account_id).await?;
        let account = found.filter(|one| one.disabled_at.is_none()).ok_or(Fail::SignIn)?;
        let is_right = hashing::matches(password, account.password_hash.as_deref()).await?;
        Ok(Self {
            app: app.clone(),
            is_right,
            code: code.to_owned(),
            ip: who.visitor.ip,
            now: instant(app),
            request_id: who.visitor.request_id.clone(),
            must_enrol: must_enrol(app, &account.roles),
            account,
        })
    }

    /// Confirms it in the act's transaction. On faults a row says that somebody tried: the caller has written nothing yet,
    /// commits that row, and does not act.
    ///
    /// # Errors
    /// The database's, or an account that was disabled meanwhile.
    pub async fn confirm(self, conn: &mut Conn) -> Result<Result<Proven, Vec<Fault>>, Fail> {
        let locked = store::lock(conn, &self.account.id).await?;
        let locked = locked.filter(|one| one.disabled_at.is_none()).ok_or(Fail::SignIn)?;
        let address = self.ip.to_string();
        let outcome = if gate::is_closed(conn, &locked, &address, self.now).await? {
            Some(Outcome::Closed)
        } else if !self.is_right || locked.password_hash != self.account.password_hash {
            Some(Outcome::WrongPassword)
        } else {
            None
        };
        if let Some(outcome) = outcome {
            log::write_attempt(conn, Some(&locked), "", &address, outcome, self.now).await?;
            return fault("password", say("密码不正确。连续输错5次的，须等待1至30分钟。"));
        }
        if !locked.has_factor {
            if self.must_enrol {
                return fault("code", say("签名须用动态验证码。请先在“我的账户”中启用动态验证码。"));
            }
            return Ok(Ok(Proven::Password));
        }
        if self.code.is_empty() {
            return fault("code", say("请填写手机上的动态验证码。"));
        }
        match gate::code(&self.app, conn, &locked, &self.code, self.ip, self.now).await? {
            Code::Digits => Ok(Ok(Proven::PasswordAndCode)),
            Code::Recovery => {
                let doer = Doer::owner(&locked, &self.request_id);
                let whose = (locked.id.as_str(), locked.login.as_str());
                log::write(conn, &doer, whose, Action::RecoveryCodeUsed, true, &Json::Null, self.now).await?;
                Ok(Ok(Proven::PasswordAndRecoveryCode))
            }
            Code::Wrong => fault("code", say("验证码不正确或已用过。请等下一个验证码出现后再输入。")),
        }
    }
}

fn fault(field: &str, what: crate::text::Say) -> Result<Result<Proven, Vec<Fault>>, Fail> {
    Ok(Err(vec![Fault::new(field, what)]))
}
