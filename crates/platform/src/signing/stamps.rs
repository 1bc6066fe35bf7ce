//! The time-stamp authority: asked over HTTP (RFC 3161, section 3.4), or the demo's own.
//!
//! **Invariant:** a token is used only if it answers our request and comes from an authority that is believed.

use super::demo::House;
use jiff::Timestamp;
use seal::{NONCE_BYTES, StampRequest, Stamper, Trust};
use std::time::Duration;
use ureq::Agent;

/// From the name to the last byte of one stamp. The act's transaction waits so long at most for each signature.
const TIMEOUT: Duration = Duration::from_secs(5);
const CONNECT: Duration = Duration::from_secs(3);
/// Tokens with long chains are below 10 KB.
const ANSWER_MOST: u64 = 64 << 10;

pub(super) enum Stamps {
    Remote { url: String, trust: Trust },
    Demo { house: Box<House>, at: Timestamp, serial: u64 },
}

impl Stamps {
    /// The stamper of one document.
    pub fn stamper(&self) -> Box<dyn Stamper + '_> {
        match self {
            Self::Remote { url, trust } => Box::new(Remote { agent: agent(), url, trust }),
            Self::Demo { house, at, serial } => Box::new(house.stamps.stamper(*at, *serial)),
        }
    }
}

/// The operator names the authority, which may well be inside the house's network: no address is refused here.
fn agent() -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(true)
        .max_redirects(0)
        .proxy(None)
        .timeout_global(Some(TIMEOUT))
        .timeout_connect(Some(CONNECT))
        .user_agent("Sijian-Timestamp/1")
        .build();
    Agent::new_with_config(config)
}

struct Remote<'a> {
    agent: Agent,
    url: &'a str,
    trust: &'a Trust,
}

impl Stamper for Remote<'_> {
    fn stamp(&self, digest: &[u8; 32]) -> Result<Vec<u8>, String> {
        let request = StampRequest::new(digest, &rand::random::<[u8; NONCE_BYTES]>());
        let body = request.to_der().map_err(|fault| fault.to_string())?;
        let mut answer = self
            .agent
            .post(self.url)
            .header("content-type", "application/timestamp-query")
            .header("accept", "application/timestamp-reply")
            .send(&body)
            .map_err(|error| error.to_string())?;
        let bytes = answer.body_mut().with_config().limit(ANSWER_MOST).read_to_vec();
        let bytes = bytes.map_err(|error| error.to_string())?;
        request
            .accept(&bytes, self.trust)
            .map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
    }
}
