//! OpenSSL 3 agrees: SM2/SM3 both ways, CMS, time stamps both ways. Without OpenSSL these say so and check nothing.

use crate::house::House;
use crate::pages::{Form, pdf};
use seal::{Certificate, Fault, SmKey, SmPublicKey, StampRequest, Trust, signature_parts, sm3};
use std::path::{Path, PathBuf};
use std::process::Command;

const CONFIG: &str = "\
[ca]\nbasicConstraints = critical, CA:true\nkeyUsage = critical, keyCertSign\n\
[tsa]\nkeyUsage = critical, digitalSignature\nextendedKeyUsage = critical, timeStamping\n\
[stamps]\nserial = serial\nsigner_cert = tsa.crt\nsigner_key = tsa.key\nsigner_digest = sha256\n\
default_policy = 1.2.3.4\ndigests = sha256\ness_cert_id_alg = sha256\nordering = yes\ntsa_name = yes\n\
accuracy = secs:1, millisecs:500\n\
[req]\ndistinguished_name = name\nprompt = no\n[name]\nCN = example\n";

struct Shell(PathBuf);

impl Shell {
    /// A folder to work in, if OpenSSL 3 is there.
    fn open(name: &str) -> Option<Self> {
        let version = Command::new("openssl").arg("version").output().ok();
        let version = version.map(|out| String::from_utf8_lossy(&out.stdout).into_owned()).unwrap_or_default();
        if !version.starts_with("OpenSSL 3") {
            eprintln!("\n*** SKIPPED: no OpenSSL 3 (apt-get install openssl); {name} checks NOTHING ***\n");
            return None;
        }
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("openssl.cnf"), CONFIG).unwrap();
        Some(Self(folder))
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.0.join(name), bytes).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.0.join(name)).unwrap()
    }

    /// Whether it succeeds, and what it says.
    fn says(&self, arguments: &str) -> (bool, String) {
        let command = Command::new("openssl").args(arguments.split_whitespace()).current_dir(&self.0).output().unwrap();
        let said = [command.stdout, command.stderr].concat();
        (command.status.success(), String::from_utf8_lossy(&said).into_owned())
    }

    fn must(&self, arguments: &str) -> String {
        let (done, said) = self.says(arguments);
        assert!(done, "openssl {arguments}: {said}");
        said
    }
}

#[test]
fn openssl_verifies_our_sm2_seal_and_we_verify_its() {
    let Some(shell) = Shell::open("sm2") else { return };
    let file = pdf(Form::Plain, 1);
    shell.write("file.pdf", &file);
    let key = SmKey::from_random(&[9; 32]);
    shell.write("ours.der", &key.public_key().to_der().unwrap());
    shell.write("ours.sig", &key.sign(&file).unwrap());
    shell.must("pkey -pubin -inform DER -in ours.der -out ours.pem");
    let id = "-sigopt distid:1234567812345678";
    let verify = format!("dgst -sm3 -verify ours.pem {id} -signature ours.sig");
    assert!(shell.must(&format!("{verify} file.pdf")).contains("Verified OK"));
    shell.write("other.pdf", &[file.as_slice(), b" "].concat());
    assert!(!shell.says(&format!("{verify} other.pdf")).0, "one byte more");

    shell.must("ecparam -name SM2 -genkey -noout -out theirs.key");
    shell.must("pkey -in theirs.key -pubout -outform DER -out theirs.der");
    shell.must(&format!("dgst -sm3 -sign theirs.key {id} -out theirs.sig file.pdf"));
    let public = SmPublicKey::from_der(&shell.read("theirs.der")).unwrap();
    assert_eq!(public.verify(&file, &shell.read("theirs.sig")), Ok(()));
    assert_eq!(public.verify(&shell.read("other.pdf"), &shell.read("theirs.sig")), Err(Fault::SealWrong));

    let ours: String = sm3(&file).iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(shell.must("dgst -sm3 file.pdf").trim().ends_with(&ours), "the same digest");
}

#[test]
fn openssl_verifies_our_signatures_and_stamps() {
    let Some(shell) = Shell::open("cms") else { return };
    let house = House::new().unwrap();
    let signed = house.sign(&pdf(Form::Modern, 2), 2).unwrap();
    shell.write("root.der", house.authority.root().as_der());
    shell.must("x509 -inform DER -in root.der -out root.crt");
    let parts = signature_parts(&signed).unwrap();
    assert_eq!(parts.len(), 3);
    for one in parts {
        let [first, second] = one.pieces;
        shell.write("content", &[&signed[first.0..first.1], &signed[second.0..second.1]].concat());
        shell.write("p7s", &one.cms);
        let said = shell.must(
            "cms -verify -binary -inform DER -in p7s -content content -CAfile root.crt -purpose any -cades -out out",
        );
        assert!(said.contains("CAdES Verification successful"), "{said}");
        shell.write("value", &one.value);
        shell.write("token", &one.token.unwrap());
        let verify = "ts -verify -token_in -in token -CAfile root.crt -data";
        assert!(shell.must(&format!("{verify} value")).contains("Verification: OK"));
        assert!(!shell.says(&format!("{verify} content")).0, "something else");
    }
}

/// RSA authorities sign in PKCS#1 v1.5 with each hash, under certificates signed in PKCS#1 and in PSS.
#[test]
fn we_accept_the_stamps_of_rsa_authorities() {
    let Some(shell) = Shell::open("ts-rsa") else { return };
    let stamps = |bits: u32, digest: &str, pss: bool| {
        let padding = if pss { "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest" } else { "" };
        shell.must(&format!("genrsa -out ca.key {bits}"));
        shell.must(&format!("genrsa -out tsa.key {bits}"));
        shell.must(&format!("req -config openssl.cnf -new -x509 -{digest} {padding} -key ca.key -subj /CN=ca -extensions ca -days 30 -out ca.crt"));
        shell.must("req -config openssl.cnf -new -key tsa.key -subj /CN=tsa -out tsa.csr");
        shell.must(&format!("x509 -req -{digest} {padding} -in tsa.csr -CA ca.crt -CAkey ca.key -set_serial 2 -extfile openssl.cnf -extensions tsa -days 30 -out tsa.crt"));
        shell.must("x509 -in ca.crt -outform DER -out ca.der");
        shell.write("serial", b"8A01\n");
        let config = CONFIG.replace("signer_digest = sha256", &format!("signer_digest = {digest}"));
        shell.write(
            "openssl.cnf",
            config.replace("ess_cert_id_alg = sha256", &format!("ess_cert_id_alg = {digest}")).as_bytes(),
        );
        let root = Certificate::from_der(&shell.read("ca.der")).unwrap();
        let trust = Trust { stamp_roots: vec![root], ..Trust::default() };
        let request = StampRequest::new(&[5; 32], &[0x80; 16]);
        shell.write("q.tsq", &request.to_der().unwrap());
        shell.must("ts -reply -config openssl.cnf -section stamps -queryfile q.tsq -out r.tsr");
        (request.accept(&shell.read("r.tsr"), &trust), trust)
    };
    for (digest, pss) in [("sha256", false), ("sha384", false), ("sha512", false), ("sha256", true), ("sha512", true)] {
        let (token, trust) = stamps(2048, digest, pss);
        let token = token.unwrap_or_else(|faults| panic!("{digest} {pss}: {faults:?}"));
        assert!(seal::verify_stamp(&token, &[5; 32], &trust).is_ok(), "{digest} {pss}");
        assert!(seal::verify_stamp(&token, &[6; 32], &trust).is_err(), "another digest");
        assert!(seal::verify_stamp(&token, &[5; 32], &Trust::default()).is_err(), "nobody is believed");
        // One bit of the signature, which ends the token.
        let mut spoilt = token.clone();
        *spoilt.last_mut().unwrap() ^= 1;
        assert!(seal::verify_stamp(&spoilt, &[5; 32], &trust).is_err(), "{digest} {pss}: a flipped bit");
    }
    let (short, _) = stamps(1024, "sha256", false);
    assert!(short.is_err(), "1024 bits are too short");
    let (weak, _) = stamps(2048, "sha1", false);
    assert!(weak.is_err(), "SHA-1");
}

#[test]
fn we_accept_the_stamp_of_openssl_and_it_accepts_our_answer() {
    let Some(shell) = Shell::open("ts") else { return };
    shell.must("ecparam -name prime256v1 -genkey -noout -out ca.key");
    shell.must("ecparam -name prime256v1 -genkey -noout -out tsa.key");
    shell.must("req -config openssl.cnf -new -x509 -key ca.key -subj /CN=ca -extensions ca -days 30 -out ca.crt");
    shell.must("req -config openssl.cnf -new -key tsa.key -subj /CN=tsa -out tsa.csr");
    shell.must("x509 -req -in tsa.csr -CA ca.crt -CAkey ca.key -set_serial 2 -extfile openssl.cnf -extensions tsa -days 30 -out tsa.crt");
    shell.must("x509 -in ca.crt -outform DER -out ca.der");
    shell.write("serial", b"8A01\n");
    let trust = Trust { stamp_roots: vec![Certificate::from_der(&shell.read("ca.der")).unwrap()], ..Trust::default() };
    let request = StampRequest::new(&[5; 32], &[0x80; 16]);
    shell.write("q.tsq", &request.to_der().unwrap());
    shell.must("ts -reply -config openssl.cnf -section stamps -queryfile q.tsq -out r.tsr");
    let token = request.accept(&shell.read("r.tsr"), &trust).unwrap();
    let stamp = seal::verify_stamp(&token, &[5; 32], &trust).unwrap();
    assert_eq!((stamp.serial.as_str(), stamp.policy.as_str()), ("008a02", "1.2.3.4"));

    let house = House::new().unwrap();
    shell.write("root.der", house.authority.root().as_der());
    shell.must("x509 -inform DER -in root.der -out root.crt");
    shell.write("data", b"a file");
    shell.must("ts -query -data data -sha256 -cert -out theirs.tsq");
    shell.write("ours.tsr", &house.stamps.answer(&shell.read("theirs.tsq"), house.at, u64::MAX).unwrap());
    assert!(shell.must("ts -verify -queryfile theirs.tsq -in ours.tsr -CAfile root.crt").contains("Verification: OK"));
    shell.must("ts -query -data data -sha512 -out other.tsq");
    shell.write("refusal.tsr", &house.stamps.answer(&shell.read("other.tsq"), house.at, 1).unwrap());
    assert!(shell.must("ts -reply -in refusal.tsr -text").contains("unrecognized or unsupported algorithm identifier"));
}
