//! What a kept file says of who signed it, for the public page: names that are on its cover, nothing of the parties.

use super::{store, trust};
use crate::app::App;
use crate::db::Conn;
use crate::fail::Fail;
use jiff::Timestamp;
use seal::{Certificate, Fault, SignatureKind, verify_pdf};
use serde::{Deserialize, Serialize};

/// One signature of a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Seen {
    pub is_closing: bool,
    pub signer: String,
    /// SHA-256 of the certificate.
    pub fingerprint: String,
    /// The register knows the certificate as a signer's of this platform.
    pub is_registered: bool,
    pub stamped_at: Option<Timestamp>,
    pub authority: String,
    pub is_sound: bool,
}

/// The signatures of a kept file in their order, and everything that is wrong with it, each a sentence. An unsigned file has
/// neither. Judged once a minute at most, however often the page is opened, and at once after a revocation.
///
/// # Errors
/// A file that is not there, or the database's.
pub async fn seen(app: &App, sha256: &str) -> Result<(Vec<Seen>, Vec<String>), Fail> {
    let mut conn = app.db.read().await?;
    let revoked = conn.count("select count(*) from signing_key_revocation", &[]).await?;
    let asked = format!("signatures {sha256} {revoked}");
    let now = app.clock.now();
    if let Some(kept) = app.answers.find(&asked, now) {
        return serde_json::from_str(&kept).map_err(|error| Fail::Internal(error.into()));
    }
    let found = judged(app, &mut conn, sha256).await?;
    let answer = serde_json::to_string(&found).map_err(|error| Fail::Internal(error.into()))?;
    app.answers.keep(asked, answer, now);
    Ok(found)
}

async fn judged(app: &App, conn: &mut Conn, sha256: &str) -> Result<(Vec<Seen>, Vec<String>), Fail> {
    let bytes = app.files.bytes(sha256).await?;
    let trust = trust::load(app, conn).await.map_err(Fail::Internal)?;
    let judged = tokio::task::spawn_blocking(move || verify_pdf(&bytes, &trust)).await;
    let report = judged.map_err(|error| Fail::Internal(error.into()))?;
    if report.faults == [Fault::NoSignature] {
        return Ok((Vec::new(), Vec::new()));
    }
    let mut all = Vec::new();
    for one in &report.signatures {
        let fingerprint = one.certificate.as_ref().map(Certificate::fingerprint).unwrap_or_default();
        all.push(Seen {
            is_closing: one.kind == SignatureKind::Closing,
            signer: one.certificate.as_ref().map(Certificate::subject).unwrap_or_default(),
            is_registered: store::is_registered(conn, &fingerprint).await?,
            fingerprint,
            stamped_at: one.stamp.as_ref().map(|stamp| stamp.at),
            authority: one.stamp.as_ref().map(|stamp| stamp.authority.subject()).unwrap_or_default(),
            is_sound: one.faults.is_empty(),
        });
    }
    Ok((all, report.sentences()))
}

impl Seen {
    /// When it was stamped, for people in China.
    pub fn stamped(&self) -> String {
        self.stamped_at.map(crate::clock::minute_of).unwrap_or_default()
    }
}
