//! T1: the 518 vectors of transparency-dev/merkle, each with whether it must be refused.
//!
//! They lie beside the checkout (`SIJIAN_SHARED`, else `../shared`), not in it; where they are not, this says so, and the
//! table in [`crate::tree`] still holds.

use base64_lite::decode;
use ledger::Hash;
use ledger::tree::{verify_consistency, verify_inclusion, verify_subtree_consistency, verify_subtree_inclusion};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A base64 reader of the tests' own: the vectors hold values that are no hashes.
mod base64_lite {
    pub fn decode(text: &str) -> Vec<u8> {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let (mut bits, mut count, mut out) = (0_u32, 0, Vec::new());
        for sign in text.bytes().filter(|sign| *sign != b'=') {
            bits = bits << 6 | alphabet.iter().position(|known| *known == sign).unwrap() as u32;
            count += 6;
            if count >= 8 {
                count -= 8;
                out.push((bits >> count) as u8);
            }
        }
        out
    }
}

fn archive() -> PathBuf {
    let shared = std::env::var_os("SIJIAN_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    shared.join("security/merkle_testdata.tar.gz")
}

/// A root or leaf of a vector. Where the vectors do not care for a value they hold a text ("dont care 1"), which has no 32
/// bytes: equal texts become equal hashes. An empty value is none.
fn hash(value: &Value) -> Option<Hash> {
    let bytes = decode(value.as_str()?);
    match <[u8; 32]>::try_from(bytes.as_slice()) {
        Ok(bytes) => Some(Hash(bytes)),
        Err(_) if bytes.starts_with(b"don") => Some(Hash::of(&bytes)),
        Err(_) => None,
    }
}

fn number(vector: &Value, name: &str) -> u64 {
    vector[name].as_u64().unwrap()
}

/// Whether we accept the vector; one with a value that is no hash is refused as our parsers refuse it.
fn accepts(kind: &str, vector: &Value) -> bool {
    let proof: Option<Vec<Hash>> =
        vector["proof"].as_array().map_or(Some(Vec::new()), |all| all.iter().map(hash).collect());
    let of = |name: &str| hash(&vector[name]);
    let Some(proof) = proof else { return false };
    match kind {
        "inclusion" | "subtreeinclusion" => {
            let (Some(leaf), Some(root)) = (of("leafHash"), of("root")) else { return false };
            let index = number(vector, "leafIdx");
            if kind == "inclusion" {
                return verify_inclusion(index, number(vector, "treeSize"), &leaf, &proof, &root).is_ok();
            }
            verify_subtree_inclusion(index, number(vector, "start"), number(vector, "end"), &leaf, &proof, &root)
                .is_ok()
        }
        _ => {
            let (Some(old), Some(new)) = (of("root1"), of("root2")) else { return false };
            if kind == "consistency" {
                return verify_consistency(number(vector, "size1"), number(vector, "size2"), &proof, &old, &new)
                    .is_ok();
            }
            let (start, end) = (number(vector, "start"), number(vector, "end"));
            verify_subtree_consistency(start, end, number(vector, "size"), &proof, &old, &new).is_ok()
        }
    }
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "json") {
            found.push(path);
        }
    }
}

#[test]
fn every_vector_of_transparency_dev_is_answered_as_it_wants() {
    let archive = archive();
    if !archive.exists() {
        println!("SKIPPED: {} is not there, so the 518 vectors were NOT checked", archive.display());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let status = Command::new("tar").arg("xzf").arg(&archive).arg("-C").arg(folder.path()).status().unwrap();
    assert!(status.success(), "tar cannot read {}", archive.display());
    let (mut checked, mut wrong) = (0, Vec::new());
    for kind in ["inclusion", "consistency", "subtreeinclusion", "subtreeconsistency"] {
        let mut paths = Vec::new();
        collect(&folder.path().join("testdata").join(kind), &mut paths);
        for path in paths {
            let vector: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            checked += 1;
            if accepts(kind, &vector) == vector["wantErr"].as_bool().unwrap() {
                wrong.push(path.strip_prefix(folder.path()).unwrap().display().to_string());
            }
        }
    }
    assert!(wrong.is_empty(), "answered otherwise than the vectors want:\n{}", wrong.join("\n"));
    assert_eq!(checked, 518);
    println!("518 of 518 vectors answered as they want");
}
