//! A witness as a server of its own (C2SP tlog-witness): for a court, an association, another province.
//!
//! **Invariant:** what was cosigned last is on the disk before a cosignature leaves; one request is decided at a time.

use super::command::WitnessArgs;
use crate::secret_file;
use anyhow::{Context, ensure};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use ledger::witness::{Answer, Request, Seen, decide};
use ledger::{Directory, Hash, Kind, Signer, Tiles, VerifierKey};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

pub struct Witness {
    logs: Vec<VerifierKey>,
    signer: Signer,
    files: Mutex<Directory>,
    clock: crate::clock::Clock,
}

pub async fn run(args: WitnessArgs) -> anyhow::Result<String> {
    let witness = Arc::new(Witness::open(&args.logs, &args.data, &args.name)?);
    println!("witness {}", witness.key());
    let listener = tokio::net::TcpListener::bind(args.listen).await.context("--listen")?;
    axum::serve(listener, service(witness)).await?;
    Ok("stopped".to_owned())
}

pub fn service(witness: Arc<Witness>) -> axum::Router {
    axum::Router::new()
        .fallback(answer)
        .layer(axum::extract::DefaultBodyLimit::max(ledger::witness::REQUEST_BYTES_MAX + 1))
        .with_state(witness)
}

/// Its one address is a POST; whatever else is asked is answered with its key. No address of the platform's.
async fn answer(State(witness): State<Arc<Witness>>, method: Method, address: Uri, body: Bytes) -> Response {
    if method != Method::POST || address.path() != "/add-checkpoint" {
        return witness.key().into_response();
    }
    match tokio::task::spawn_blocking(move || witness.answer(&body)).await {
        Ok(Ok((status, kind, body))) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, [(header::CONTENT_TYPE, kind)], body).into_response()
        }
        failed => {
            tracing::error!("a request was not answered: {failed:?}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

impl Witness {
    pub fn open(logs: &[String], data: &Path, name: &str) -> anyhow::Result<Self> {
        let logs = logs.iter().map(|key| VerifierKey::parse(key)).collect::<Result<Vec<_>, _>>().context("--log")?;
        let path = data.join("witness.key");
        if !path.exists() {
            secret_file::make(&path, hex::encode(secret_file::random()?).as_bytes())?;
        }
        let seed = hex::decode(std::fs::read_to_string(&path)?.trim()).ok().and_then(|bytes| bytes.try_into().ok());
        let seed: Option<[u8; 32]> = seed;
        ensure!(seed.is_some(), "{} holds no key", path.display());
        let signer = Signer::from_seed(name, Kind::Witness, &seed.unwrap_or_default())?;
        Ok(Self {
            logs,
            signer,
            files: Mutex::new(Directory::new(data.join("seen"))),
            clock: crate::clock::Clock::default(),
        })
    }

    pub fn key(&self) -> String {
        self.signer.verifier().to_string()
    }

    /// Status, content type and body.
    pub fn answer(&self, body: &[u8]) -> anyhow::Result<(u16, &'static str, String)> {
        let request = match Request::parse(body) {
            Ok(request) => request,
            Err(error) => {
                let answer = Answer::Bad(error);
                return Ok((answer.status(), answer.content_type(), answer.to_string()));
            }
        };
        let origin = request.origin().unwrap_or_default();
        let keys: Vec<VerifierKey> = self.logs.iter().filter(|key| key.name() == origin).cloned().collect();
        // Held from the reading to the storing: of two requests the second is decided on what the first stored.
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let place = hex::encode(Sha256::digest(origin.as_bytes()));
        let seen = files.read(&place)?.map(|bytes| read(&bytes)).transpose()?;
        let answer = decide(&request, &keys, seen);
        let (status, kind) = (answer.status(), answer.content_type());
        match answer {
            Answer::Accept(accepted) => {
                files.write(&place, format!("{} {}\n", accepted.to.size, accepted.to.root).as_bytes())?;
                files.write(&format!("{place}-{}", accepted.to.size), accepted.head().to_string().as_bytes())?;
                files.sync()?;
                let time = u64::try_from(self.clock.unmoved().as_second())?;
                Ok((status, kind, accepted.cosign(&self.signer, time)?))
            }
            Answer::Inconsistent { head, why } => {
                files.write(&format!("evidence-{place}-{}", head.checkpoint().size), head.to_string().as_bytes())?;
                files.sync()?;
                Ok((status, kind, Answer::Inconsistent { head, why }.to_string()))
            }
            other => Ok((status, kind, other.to_string())),
        }
    }
}

fn read(bytes: &[u8]) -> anyhow::Result<Seen> {
    let text = std::str::from_utf8(bytes)?;
    let (size, root) = text.trim().split_once(' ').context("what was seen last cannot be read")?;
    Ok(Seen { size: size.parse()?, root: Hash::from_base64(root).context("what was seen last cannot be read")? })
}
