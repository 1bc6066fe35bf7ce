//! A demonstration house: an authority, a time-stamp authority, two appraisers and their institution. For tests and examples.
#![allow(dead_code, reason = "each of those who include this uses a part")]

use jiff::Timestamp;
use seal::{Fault, Signing, SoftwareSigner, Subject, TestAuthority, TestStampAuthority, Trust, Validity, sign_pdf};

pub struct House {
    pub authority: TestAuthority,
    pub stamps: TestStampAuthority,
    pub appraisers: [SoftwareSigner; 2],
    pub institution: SoftwareSigner,
    pub at: Timestamp,
}

pub fn instant(text: &str) -> Timestamp {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

pub fn subject(name: &str, organisation: &str, licence: &str) -> Subject {
    Subject { name: name.to_owned(), organisation: organisation.to_owned(), licence: licence.to_owned() }
}

pub fn ten_years() -> Validity {
    Validity { from: instant("2026-01-01T00:00:00Z"), until: instant("2036-01-01T00:00:00Z") }
}

impl House {
    pub fn new() -> Result<Self, Fault> {
        let validity = ten_years();
        let authority = TestAuthority::new("示例电子认证", &[1; 32], validity)?;
        let stamper = authority.stamper(&subject("示例时间戳", "", ""), &[2; 32], &[2], validity)?;
        let one = subject("乙某", "示例司法鉴定中心", "310000000001");
        let other = subject("戊某", "示例司法鉴定中心", "310000000002");
        let institution = subject("示例司法鉴定中心", "", "310000000");
        Ok(Self {
            appraisers: [
                authority.signer(&one, &[3; 32], &[3], validity)?,
                authority.signer(&other, &[4; 32], &[4], validity)?,
            ],
            institution: authority.signer(&institution, &[5; 32], &[5], validity)?,
            stamps: TestStampAuthority::new(stamper),
            authority,
            at: instant("2026-03-30T08:00:00Z"),
        })
    }

    pub fn trust(&self) -> Trust {
        let root = vec![self.authority.root().clone()];
        Trust { roots: root.clone(), stamp_roots: root, revoked: Vec::new() }
    }

    pub fn approvals(&self, many: usize) -> Vec<Signing<'_>> {
        let first = self.appraisers.iter().take(many);
        first.map(|signer| Signing { signer, reason: "司法鉴定人签名", at: self.at }).collect()
    }

    pub fn closing(&self) -> Signing<'_> {
        Signing { signer: &self.institution, reason: "司法鉴定机构签发", at: self.at }
    }

    pub fn sign(&self, pdf: &[u8], approvals: usize) -> Result<Vec<u8>, Fault> {
        sign_pdf(pdf, &self.approvals(approvals), &self.closing(), &self.stamps.stamper(self.at, 1))
    }
}
