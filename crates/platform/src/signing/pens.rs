//! Who signs a document, in what order, with which key: first the appraisers, then the institution, which closes it.
//!
//! **Invariant:** what is kept was judged sound by our own verifier a moment before; otherwise nothing is kept.

use super::demo::{self, House};
use super::stamps::Stamps;
use super::store::{self, Owner, OwnerKind};
use super::trust;
use crate::app::{App, SigningRule};
use crate::fail::{Fail, Objection};
use crate::master_key::{self, Master};
use crate::papers::Finish;
use crate::perform::Tx;
use crate::registry::{Appraiser, Institution, Licence};
use crate::text::{Say, say};
use jiff::Timestamp;
use rand::RngCore;
use seal::{Algorithm, Fault, KeyStore, Signer, Signing, Subject, Trust, sign_pdf, verify_pdf};

/// An appraiser's signature: whose, and when it was given.
pub struct Approval {
    pub appraiser: Appraiser,
    pub at: Timestamp,
}

/// A signer with what is shown beside the signature. Behind the trait stands a key in memory; a PKCS#11 device or a seal
/// server comes in at [`open`].
struct Pen {
    signer: Box<dyn Signer + Send>,
    reason: &'static str,
    at: Timestamp,
}

/// What makes a printed file a signed one; `None` where the institution never had a key and may issue without.
///
/// # Errors
/// A refusal that says which key, file or setting is missing.
pub async fn finish(
    app: &App,
    tx: &mut Tx,
    institution: &Institution,
    approvals: &[Approval],
    reason: &'static str,
) -> Result<Option<Finish>, Fail> {
    let house = demo::owner(OwnerKind::Institution, &institution.id);
    let has_keys = store::of(&mut tx.conn, &house).await?.iter().any(|one| !one.record.certificates.is_empty());
    if !has_keys && !app.config.demo {
        return match app.config.signing.rule {
            SigningRule::WhereKeys => Ok(None),
            SigningRule::Required => Err(refused(
                say("%{name}还没有签名证书，不能签发。").with("name", &institution.name),
                say("请系统管理员为其制作密钥并导入证书（sijian keys）。"),
            )),
        };
    }
    let master = match master_key::load(&app.config).map_err(Fail::Internal)? {
        Some(master) => master,
        None => return Err(refused(say("签名密钥无法打开：服务器缺少主密钥。"), administrator())),
    };
    let authority = match app.config.demo {
        true => Some(House::of(&master).map_err(internal)?),
        false => None,
    };
    let mut pens = Vec::new();
    for one in approvals {
        let owner = demo::owner(OwnerKind::Appraiser, &one.appraiser.id);
        let subject = subject(&one.appraiser.name, &institution.name, one.appraiser.licence.as_ref());
        let signer = open(tx, &master, authority.as_ref(), &owner, &subject).await?;
        pens.push(Pen { signer, reason: "司法鉴定人签名", at: one.at });
    }
    let subject = subject(&institution.name, "", institution.licence.as_ref());
    let signer = open(tx, &master, authority.as_ref(), &house, &subject).await?;
    let closing = Pen { signer, reason, at: tx.now };
    let trust = trust::load(app, &mut tx.conn).await.map_err(Fail::Internal)?;
    let stamps = stamps(app, tx, authority, &trust)?;
    Ok(Some(Box::new(move |pdf| sign(&pdf, &pens, &closing, &stamps, &trust))))
}

fn stamps(app: &App, tx: &mut Tx, authority: Option<House>, trust: &Trust) -> Result<Stamps, Fail> {
    match (&app.config.signing.tsa_url, authority) {
        (Some(url), _) => Ok(Stamps::Remote { url: url.clone(), trust: trust.clone() }),
        (None, Some(house)) => {
            let serial = tx.random.next_u64() >> 1;
            Ok(Stamps::Demo { house: Box::new(house), at: tx.now, serial })
        }
        (None, None) => Err(refused(say("待时间戳：没有设置时间戳服务，不能签发。"), administrator())),
    }
}

/// The signer of an owner today.
async fn open(
    tx: &mut Tx,
    master: &Master,
    authority: Option<&House>,
    owner: &Owner,
    subject: &Subject,
) -> Result<Box<dyn Signer + Send>, Fail> {
    let mut kept = store::of(&mut tx.conn, owner).await?;
    if let (true, Some(authority)) = (kept.is_empty(), authority) {
        demo::make_key(tx, master, authority, owner, subject).await?;
        kept = store::of(&mut tx.conn, owner).await?;
    }
    let mut keys = KeyStore::default();
    for one in kept.into_iter().filter(|one| !one.record.certificates.is_empty()) {
        keys.add(one.record).map_err(internal)?;
    }
    let now = tx.now;
    let revoked = keys.records().iter().filter_map(|one| one.revoked.as_ref()).any(|one| one.from <= now);
    let record = keys.current(&owner.id, Algorithm::P256, now).map_err(|_| {
        let name = &subject.name;
        let what = match (keys.records().is_empty(), revoked) {
            (true, _) => say("%{name}还没有签名证书，不能签发。").with("name", name),
            (false, true) => say("%{name}的签名证书已被吊销，不能签发。").with("name", name),
            (false, false) => say("%{name}没有现在可用的签名证书，不能签发。").with("name", name),
        };
        refused(what, say("请系统管理员为其制作密钥并导入证书（sijian keys）。"))
    })?;
    let valid = record.certificates.first().map(seal::Certificate::validity);
    if valid.is_some_and(|(from, until)| now < from || until < now) {
        return Err(refused(
            say("%{name}没有现在可用的签名证书，不能签发。").with("name", &subject.name),
            say("请系统管理员为其制作密钥并导入证书（sijian keys）。"),
        ));
    }
    match record.signer(&master.key, now) {
        Ok(signer) => Ok(Box::new(signer)),
        Err(Fault::KeyLocked { .. }) => {
            Err(refused(say("签名密钥无法打开：服务器的主密钥不是锁定它的那一把。"), administrator()))
        }
        Err(other) => Err(internal(other)),
    }
}

fn sign(pdf: &[u8], approvals: &[Pen], closing: &Pen, stamps: &Stamps, trust: &Trust) -> Result<Vec<u8>, Fail> {
    let with = |pen: &Pen| -> (Timestamp, &'static str) { (pen.at, pen.reason) };
    let signing = |pen| {
        let (at, reason) = with(pen);
        Signing { signer: &*pen.signer, reason, at }
    };
    let approvals: Vec<Signing<'_>> = approvals.iter().map(signing).collect();
    let signed = sign_pdf(pdf, &approvals, &signing(closing), &*stamps.stamper()).map_err(|fault| match fault {
        Fault::Stamper { why } => refused(
            say("待时间戳：没有取得时间戳（%{why}），文书没有签发。").with("why", why),
            say("案件没有变动。请稍后重试；一直不成的，请系统管理员检查时间戳服务。"),
        ),
        other => refused(
            say("文书没有签成：%{why}").with("why", other),
            say("案件没有变动。请系统管理员检查签名密钥和时间戳服务。"),
        ),
    })?;
    let report = verify_pdf(&signed, trust);
    if report.is_sound() {
        return Ok(signed);
    }
    let objection = |why: String| Objection {
        what: say("文书没有签成：%{why}").with("why", why),
        article: "",
        remedy: say("案件没有变动。请系统管理员检查签名密钥和时间戳服务。"),
    };
    Err(Fail::Refused(report.sentences().into_iter().map(objection).collect()))
}

/// A certificate's licence number is printable ASCII (RFC 5280); one that is not stays out.
fn subject(name: &str, organisation: &str, licence: Option<&Licence>) -> Subject {
    let licence =
        licence.map(|one| one.number.clone()).filter(|number| number.bytes().all(|b| b.is_ascii_alphanumeric()));
    Subject { name: name.to_owned(), organisation: organisation.to_owned(), licence: licence.unwrap_or_default() }
}

fn administrator() -> Say {
    say("案件没有变动。请系统管理员检查签名密钥和时间戳服务。")
}

fn refused(what: Say, remedy: Say) -> Fail {
    Fail::refused(what, "", remedy)
}

fn internal(fault: Fault) -> Fail {
    Fail::Internal(anyhow::Error::new(fault))
}
