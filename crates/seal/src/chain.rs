//! From a certificate to a trusted root, and whether it held at the stamped time.
//!
//! **Invariant:** trust comes from what is handed in: no root is built in, and none is read from the document.

use crate::asn1::KEY_PURPOSE_STAMPING;
use crate::certificate::Certificate;
use crate::fault::Fault;
use jiff::Timestamp;

/// Authorities between a certificate and its root; China's electronic certification services have one or two.
const AUTHORITIES_MAX: usize = 5;

/// Whom the verifier believes.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// Roots of those who sign documents.
    pub roots: Vec<Certificate>,
    /// Roots of time-stamp authorities.
    pub stamp_roots: Vec<Certificate>,
    /// Certificates that no longer count, from when on.
    pub revoked: Vec<Revocation>,
}

/// A certificate does not count for what was stamped at `from` or later; what was stamped before stays good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// As [`Certificate::fingerprint`] gives it.
    pub fingerprint: String,
    pub from: Timestamp,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Document,
    Stamp,
}

/// Everything that is wrong with the certificate at that time; nothing if it may be believed.
pub(crate) fn faults(
    trust: &Trust,
    leaf: &Certificate,
    others: &[Certificate],
    purpose: Purpose,
    at: Timestamp,
) -> Vec<Fault> {
    let mut found = purpose_faults(leaf, purpose);
    let roots = match purpose {
        Purpose::Document => &trust.roots,
        Purpose::Stamp => &trust.stamp_roots,
    };
    let Some(path) = path(leaf, others, roots) else {
        found.push(Fault::Untrusted { subject: leaf.subject() });
        found.extend(time_faults(trust, leaf, at));
        return found;
    };
    for one in &path {
        found.extend(time_faults(trust, one, at));
        if one.has_unknown_demand() {
            found.push(Fault::WrongPurpose { subject: one.subject(), why: "证书含有无法识别的关键扩展" });
        }
    }
    found
}

/// The certificate first, the root last: at each step the first whose name fits and whose signature holds.
fn path<'a>(
    leaf: &'a Certificate,
    others: &'a [Certificate],
    roots: &'a [Certificate],
) -> Option<Vec<&'a Certificate>> {
    let mut path = vec![leaf];
    loop {
        let last = *path.last()?;
        // The leaf itself may be pinned as a root.
        if roots.contains(last) {
            return Some(path);
        }
        let below = path.len() - 1;
        let may_issue = |issuer: &Certificate| {
            issuer.subject_name() == last.issuer_name()
                && issuer.authority().is_some_and(|limit| limit.is_none_or(|limit| below <= usize::from(limit)))
                && last.is_signed_by(issuer)
        };
        if let Some(root) = roots.iter().find(|one| may_issue(one)) {
            path.push(root);
            return Some(path);
        }
        if path.len() > AUTHORITIES_MAX {
            return None;
        }
        let next = others.iter().find(|one| !path.contains(one) && may_issue(one))?;
        path.push(next);
    }
}

fn time_faults(trust: &Trust, one: &Certificate, at: Timestamp) -> Vec<Fault> {
    let mut found = Vec::new();
    let subject = one.subject();
    if !one.is_valid_at(at) {
        let (from, until) = one.validity();
        found.push(Fault::NotValidAt { subject: subject.clone(), at, from, until });
    }
    let fingerprint = one.fingerprint();
    let revoked = trust.revoked.iter().filter(|row| row.fingerprint == fingerprint && row.from <= at);
    if let Some(first) = revoked.map(|row| row.from).min() {
        found.push(Fault::Revoked { subject, from: first });
    }
    found
}

fn purpose_faults(leaf: &Certificate, purpose: Purpose) -> Vec<Fault> {
    let wrong = |why| vec![Fault::WrongPurpose { subject: leaf.subject(), why }];
    let may_sign = leaf.usage().is_some_and(|usage| usage.digital_signature() || usage.non_repudiation());
    if !may_sign {
        return wrong("证书没有“数字签名”或“不可抵赖”的用途");
    }
    match (purpose, leaf.purposes()) {
        // RFC 3161 2.3: critical, and nothing else.
        (Purpose::Stamp, Some((true, purposes))) if purposes == [KEY_PURPOSE_STAMPING] => Vec::new(),
        (Purpose::Stamp, _) => wrong("证书不是时间戳专用证书"),
        (Purpose::Document, Some((_, purposes))) if purposes.contains(&KEY_PURPOSE_STAMPING) => {
            wrong("时间戳证书不能签署文书")
        }
        (Purpose::Document, _) => Vec::new(),
    }
}
