//! Signs PDFs with a demonstration authority and lays beside each what outside verifiers are given; `scripts/check-signatures`
//! drives it. `cargo run -p seal --example sign_samples -- OUT_DIR FILE.pdf …`

use jiff::Timestamp;
use seal::{
    Signer, Signing, SmKey, SoftwareSigner, Subject, TestAuthority, TestStampAuthority, Trust, Validity, sign_pdf,
    signature_values, verify_pdf,
};
use std::error::Error;
use std::path::{Path, PathBuf};

type Done = Result<(), Box<dyn Error>>;

fn main() -> Done {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let Some(out) = arguments.next() else { return Err("OUT_DIR FILE.pdf …".into()) };
    std::fs::create_dir_all(&out)?;
    let house = House::new()?;
    std::fs::write(out.join("root.der"), house.authority.root().as_der())?;
    std::fs::write(out.join("stamper.der"), house.stamps.signer().certificate().as_der())?;
    std::fs::write(out.join("sm2.der"), SmKey::from_random(&[9; 32]).public_key().to_der()?)?;
    let mut sound = 0;
    let mut all = 0;
    for file in arguments {
        all += 1;
        sound += usize::from(house.sign(&out, &file)?);
    }
    println!("{sound} of {all} signed and sound by our own verifier");
    Ok(())
}

struct House {
    authority: TestAuthority,
    stamps: TestStampAuthority,
    appraisers: [SoftwareSigner; 2],
    institution: SoftwareSigner,
    at: Timestamp,
}

impl House {
    fn new() -> Result<Self, Box<dyn Error>> {
        let validity = Validity { from: "2026-01-01T00:00:00Z".parse()?, until: "2036-01-01T00:00:00Z".parse()? };
        let authority = TestAuthority::new("示例电子认证", &[1; 32], validity)?;
        let subject = |name: &str, organisation: &str, licence: &str| Subject {
            name: name.to_owned(),
            organisation: organisation.to_owned(),
            licence: licence.to_owned(),
        };
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
            at: "2026-03-30T08:00:00Z".parse()?,
        })
    }

    fn sign(&self, out: &Path, file: &Path) -> Result<bool, Box<dyn Error>> {
        let pdf = std::fs::read(file)?;
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let approvals: Vec<Signing<'_>> = self
            .appraisers
            .iter()
            .map(|signer| Signing { signer, reason: "司法鉴定人签名", at: self.at })
            .collect();
        let closing = Signing { signer: &self.institution, reason: "司法鉴定机构签发", at: self.at };
        let stamper = self.stamps.stamper(self.at, 1);
        let signed = sign_pdf(&pdf, &approvals, &closing, &stamper)?;
        std::fs::write(out.join(format!("{stem}.signed.pdf")), &signed)?;
        let certified = sign_pdf(&pdf, &[], &closing, &stamper)?;
        std::fs::write(out.join(format!("{stem}.certified.pdf")), &certified)?;
        for (at, (value, [first, second])) in signature_values(&signed)?.into_iter().enumerate() {
            let content = [&signed[first.0..first.1], &signed[second.0..second.1]].concat();
            std::fs::write(out.join(format!("{stem}.{at}.p7s")), value)?;
            std::fs::write(out.join(format!("{stem}.{at}.content")), content)?;
        }
        std::fs::write(out.join(format!("{stem}.sm2")), SmKey::from_random(&[9; 32]).sign(&signed)?)?;
        let trust = Trust {
            roots: vec![self.authority.root().clone()],
            stamp_roots: vec![self.authority.root().clone()],
            revoked: Vec::new(),
        };
        let reports = [verify_pdf(&signed, &trust), verify_pdf(&certified, &trust)];
        for sentence in reports.iter().flat_map(seal::Report::sentences) {
            println!("{stem}: {sentence}");
        }
        Ok(reports.iter().all(seal::Report::is_sound))
    }
}
