//! The national algorithms: an SM2 signature with SM3 over the whole file, kept beside it (GB/T 32918.2, GB/T 32905).
//!
//! It stands beside the PAdES signature and not inside it: neither pdfsig nor pyHanko can check SM2. Anybody with OpenSSL 3
//! can: `openssl dgst -sm3 -verify KEY -sigopt distid:1234567812345678 -signature SEAL FILE`.
//!
//! **Invariant:** signer and verifier use the same distinguishing identifier, the standard's default.

use crate::asn1::{AlgorithmId, CURVE_SM2, EC_KEY};
use crate::fault::Fault;
use der::asn1::{Any, BitString, ObjectIdentifier};
use der::{Decode, Encode};
use sm2::dsa::signature::{Signer as _, Verifier as _};
use sm2::dsa::{DerSignature, Signature, SigningKey, VerifyingKey};
use sm3::{Digest, Sm3};
use x509_cert::spki::SubjectPublicKeyInfoOwned;

/// The signer's distinguishing identifier where none was agreed (GB/T 32918.2 A, GM/T 0009 10).
pub const SM2_ID: &str = "1234567812345678";

/// An SM2 signature in DER is at most 72 bytes.
const SIGNATURE_BYTES_MAX: usize = 80;

/// A private SM2 key in memory. Real seals come from an approved device; this is for demo, tests and the time before.
pub struct SmKey(SigningKey);

/// A public SM2 key.
#[derive(Clone, Debug)]
pub struct SmPublicKey(VerifyingKey);

impl SmKey {
    /// A key from 32 random bytes; bytes that are none (one in 2^32) are hashed until they are.
    pub fn from_random(random: &[u8; 32]) -> Self {
        let mut bytes = *random;
        loop {
            match SigningKey::from_slice(SM2_ID, &bytes) {
                Ok(key) => return Self(key),
                Err(_) => bytes = sm3(&bytes),
            }
        }
    }

    /// # Errors
    /// Bytes that are no SM2 key.
    pub fn from_secret(secret: &[u8; 32]) -> Result<Self, Fault> {
        SigningKey::from_slice(SM2_ID, secret).map(Self).map_err(Fault::malformed)
    }

    pub fn public_key(&self) -> SmPublicKey {
        SmPublicKey(self.0.verifying_key().clone())
    }

    /// Signs a file: `SEQUENCE { r, s }` in DER, as OpenSSL and GM/T 0009 write it.
    ///
    /// # Errors
    /// A key for which the signature does not exist; does not happen in practice.
    pub fn sign(&self, file: &[u8]) -> Result<Vec<u8>, Fault> {
        let signature: Signature = self.0.try_sign(file).map_err(|error| Fault::Signer { why: error.to_string() })?;
        Ok(DerSignature::from(signature).as_ref().to_vec())
    }
}

impl SmPublicKey {
    /// From `SubjectPublicKeyInfo` (DER), as `openssl pkey -pubout -outform DER` writes it.
    ///
    /// # Errors
    /// Another kind of key, or bytes that are none.
    pub fn from_der(der: &[u8]) -> Result<Self, Fault> {
        let info = SubjectPublicKeyInfoOwned::from_der(der).map_err(Fault::malformed)?;
        let curve = info.algorithm.parameters.as_ref().and_then(|one| one.decode_as::<ObjectIdentifier>().ok());
        if info.algorithm.oid != EC_KEY || curve != Some(CURVE_SM2) {
            return Err(Fault::malformed("不是 SM2 公钥"));
        }
        let point = info.subject_public_key.as_bytes().unwrap_or_default();
        VerifyingKey::from_sec1_bytes(SM2_ID, point).map(Self).map_err(Fault::malformed)
    }

    /// `SubjectPublicKeyInfo` in DER.
    ///
    /// # Errors
    /// None in practice: the parts are of fixed length.
    pub fn to_der(&self) -> Result<Vec<u8>, Fault> {
        let algorithm = AlgorithmId { oid: EC_KEY, parameters: Some(Any::encode_from(&CURVE_SM2)?) };
        let point = BitString::from_bytes(&self.0.to_sec1_bytes())?;
        Ok(SubjectPublicKeyInfoOwned { algorithm, subject_public_key: point }.to_der()?)
    }

    /// # Errors
    /// [`Fault::SealWrong`]: another file, another key, or no signature at all.
    pub fn verify(&self, file: &[u8], seal: &[u8]) -> Result<(), Fault> {
        if seal.len() > SIGNATURE_BYTES_MAX {
            return Err(Fault::SealWrong);
        }
        let signature = DerSignature::try_from(seal).map_err(|_| Fault::SealWrong)?;
        let signature = Signature::try_from(signature).map_err(|_| Fault::SealWrong)?;
        self.0.verify(file, &signature).map_err(|_| Fault::SealWrong)
    }
}

/// SM3 of the bytes.
pub fn sm3(bytes: &[u8]) -> [u8; 32] {
    Sm3::digest(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// GB/T 32905 annex A.
    #[test]
    fn sm3_gives_the_standard_s_values() {
        let hex = |bytes: [u8; 32]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let first = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
        let second = "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732";
        assert_eq!(hex(sm3(b"abc")), first, "A.1");
        assert_eq!(hex(sm3(&b"abcd".repeat(16))), second, "A.2");
    }

    /// GB/T 32918.5 annex A: the key, its public point and a signature of "message digest".
    #[test]
    fn sm2_takes_the_standard_s_signature() {
        let bytes = |hex: &str| -> Vec<u8> {
            (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
        };
        let secret = bytes("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8");
        let public = SmKey::from_secret(secret.as_slice().try_into().unwrap()).unwrap().public_key();
        let point = "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020\
                     ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
        assert!(public.to_der().unwrap().ends_with(&bytes(point)), "the point of A.2");
        let signature = "30460221\
                         00f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b30221\
                         00b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa";
        assert_eq!(public.verify(b"message digest", &bytes(signature)), Ok(()), "the signature of A.2");
        assert_eq!(public.verify(b"message digesT", &bytes(signature)), Err(Fault::SealWrong));
    }

    #[test]
    fn a_seal_is_of_one_file_and_one_key() {
        let key = SmKey::from_random(&[7; 32]);
        let seal = key.sign(b"opinion").unwrap();
        let public = SmPublicKey::from_der(&key.public_key().to_der().unwrap()).unwrap();
        assert_eq!(public.verify(b"opinion", &seal), Ok(()));
        assert_eq!(public.verify(b"opinioN", &seal), Err(Fault::SealWrong), "another file");
        let other = SmKey::from_random(&[8; 32]).public_key();
        assert_eq!(other.verify(b"opinion", &seal), Err(Fault::SealWrong), "another key");
        for bit in 0..seal.len() * 8 {
            let mut changed = seal.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(public.verify(b"opinion", &changed), Err(Fault::SealWrong), "bit {bit}");
        }
        assert_eq!(
            SmKey::from_random(&[0; 32]).sign(b"x").map(|one| one.len() > 60),
            Ok(true),
            "no key, hashed to one"
        );
        assert!(SmKey::from_secret(&[0; 32]).is_err());
    }
}
