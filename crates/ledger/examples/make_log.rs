//! Makes a log for outside clients: `make_log DIR SIZE [SALT]` writes `DIR` with `SIZE` entries, the keys beside it
//! (`DIR.vkey`, `DIR.witness`), and the policy (`DIR.policy`). The keys follow from fixed seeds: for checks only.
//!
//! With a salt of 1 entry 100 is another: the same log with a rewritten history, freshly signed by the right key.

use ledger::{Directory, Kind, Signer, append, begin, publish};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, size, salt @ ..] = arguments.as_slice() else { return Err("make_log DIR SIZE [SALT]".into()) };
    let (size, salt): (u64, u64) = (size.parse()?, salt.first().map_or(Ok(0), |salt| salt.parse())?);
    let log = Signer::from_seed("log.example/public", Kind::Log, &[1; 32])?;
    let witness = Signer::from_seed("witness.example/court", Kind::Witness, &[2; 32])?;
    let mut store = Directory::new(folder);
    let mut head = begin(&mut store, &log)?;
    let mut at = 0;
    while at < size {
        // Uneven growths, as in life.
        let to = size.min(at + 20_011);
        let entries: Vec<Vec<u8>> = (at..to)
            .map(|index| {
                let salt = if index == 100 { salt } else { 0 };
                format!("sijian-leaf/v1\ncheck\n{{\"entry\":{index},\"salt\":{salt}}}\n").into_bytes()
            })
            .collect();
        let entries: Vec<&[u8]> = entries.iter().map(Vec::as_slice).collect();
        let signed = append(&mut store, &log, &entries)?;
        let line = format!("{}\n", witness.cosign(signed.body(), 1_770_000_000 + to)?);
        let signed = signed.with_cosignatures(&line, std::slice::from_ref(witness.verifier()))?;
        head = publish(&mut store, &signed, log.verifier())?;
        at = to;
    }
    std::fs::write(format!("{folder}.vkey"), format!("{}\n", log.verifier()))?;
    std::fs::write(format!("{folder}.witness"), format!("{}\n", witness.verifier()))?;
    let policy = format!("log {}\nwitness court {}\nquorum court\n", log.verifier(), witness.verifier());
    std::fs::write(format!("{folder}.policy"), policy)?;
    println!("{folder}: {} entries, root {}", head.checkpoint().size, head.checkpoint().root);
    Ok(())
}
