//! Signs PDFs with a demonstration authority and lays beside each what outside verifiers are given; `scripts/check-signatures`
//! drives it. `cargo run -p seal --example sign_samples -- OUT_DIR FILE.pdf …`

#[path = "../tests/it/house.rs"]
mod house;

use house::House;
use seal::{Report, SmKey, signature_parts, verify_pdf};
use std::error::Error;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let Some(out) = arguments.next() else { return Err("OUT_DIR FILE.pdf …".into()) };
    std::fs::create_dir_all(&out)?;
    let house = House::new()?;
    std::fs::write(out.join("root.der"), house.authority.root().as_der())?;
    std::fs::write(out.join("sm2.der"), SmKey::from_random(&[9; 32]).public_key().to_der()?)?;
    let (mut all, mut sound) = (0, 0);
    for file in arguments {
        all += 1;
        sound += usize::from(sign(&house, &out, &file)?);
    }
    println!("ours: {sound} of {all} signed and sound");
    Ok(())
}

/// With two approvals, and with the institution's certification alone.
fn sign(house: &House, out: &Path, file: &Path) -> Result<bool, Box<dyn Error>> {
    let pdf = std::fs::read(file)?;
    let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mut is_sound = true;
    for (kind, approvals) in [("signed", 2), ("certified", 0)] {
        let signed = house.sign(&pdf, approvals)?;
        let name = format!("{stem}.{kind}");
        std::fs::write(out.join(format!("{name}.pdf")), &signed)?;
        for (at, parts) in signature_parts(&signed)?.into_iter().enumerate() {
            let [first, second] = parts.pieces;
            let content = [&signed[first.0..first.1], &signed[second.0..second.1]].concat();
            std::fs::write(out.join(format!("{name}.{at}.p7s")), parts.cms)?;
            std::fs::write(out.join(format!("{name}.{at}.content")), content)?;
            std::fs::write(out.join(format!("{name}.{at}.value")), parts.value)?;
            std::fs::write(out.join(format!("{name}.{at}.token")), parts.token.unwrap_or_default())?;
        }
        std::fs::write(out.join(format!("{name}.sm2")), SmKey::from_random(&[9; 32]).sign(&signed)?)?;
        let report: Report = verify_pdf(&signed, &house.trust());
        is_sound &= report.is_sound();
        for sentence in report.sentences() {
            println!("{name}: {sentence}");
        }
    }
    Ok(is_sound)
}
