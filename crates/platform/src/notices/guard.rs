//! Where a webhook may lead: out into the world, never into the house's own network (SSRF).
//!
//! **Invariant:** the address that is connected to is the one that was judged: names are resolved here, once, and what is
//! not public is dropped before the connection is made. Redirects are not followed, and no proxy is asked.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use ureq::Agent;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

/// From the name to the last byte of the answer's head.
const TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT: Duration = Duration::from_secs(5);
/// Of the answer only the status is read; a head is no longer than this.
const HEAD_MOST: usize = 16 << 10;

/// Whether an address is out in the world. What is not known to be public is not.
pub(super) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let is_reserved = matches!(
        (a, b, c),
        (0 | 10 | 127 | 224..=255, _, _)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 168, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    );
    !is_reserved
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    if let Some(inner) = ip.to_ipv4_mapped() {
        return is_public_v4(inner);
    }
    let parts = ip.segments();
    match parts {
        // 64:ff9b::/96 and 2002::/16 carry an older address that they lead to.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            is_public_v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)))
        }
        // 2001::/23 (Teredo and the like), documentation.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, ..] => false,
        // Global unicast, and nothing else.
        [first, ..] => (0x2000..=0x3fff).contains(&first),
    }
}

fn may_reach(ip: IpAddr, loopback: bool) -> bool {
    is_public(ip) || (loopback && ip.is_loopback())
}

/// Whether an address may be registered at all: https, or this machine where that is allowed. What its name resolves to is
/// judged at every sending.
pub(super) fn is_allowed(url: &str, loopback: bool) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return false };
    let Some(authority) = uri.authority() else { return false };
    if authority.as_str().contains('@') {
        return false;
    }
    let host = authority.host();
    let ip = host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
    let is_here = ip.is_some_and(|ip| ip.is_loopback());
    match uri.scheme_str() {
        Some("https") => ip.is_none_or(|ip| may_reach(ip, loopback)) && host != "localhost",
        Some("http") => loopback && is_here,
        _ => false,
    }
}

#[derive(Debug)]
struct Guarded {
    inner: DefaultResolver,
    loopback: bool,
}

impl Resolver for Guarded {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        let mut kept = self.empty();
        let allowed: Vec<SocketAddr> = found.iter().filter(|one| may_reach(one.ip(), self.loopback)).copied().collect();
        for one in &allowed {
            kept.push(*one);
        }
        if allowed.is_empty() { Err(ureq::Error::HostNotFound) } else { Ok(kept) }
    }
}

/// The client that every webhook is sent with.
pub(super) fn agent(loopback: bool) -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .https_only(!loopback)
        .max_redirects(0)
        .proxy(None)
        .timeout_global(Some(TIMEOUT))
        .timeout_connect(Some(CONNECT))
        .max_response_header_size(HEAD_MOST)
        .max_idle_connections(0)
        .user_agent("Sijian-Webhook/1")
        .build();
    Agent::with_parts(config, DefaultConnector::default(), Guarded { inner: DefaultResolver::default(), loopback })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_world_is_public() {
        for (ip, public, why) in [
            ("8.8.8.8", true, "a public address"),
            ("2400:3200::1", true, "a public address of the newer kind"),
            ("127.0.0.1", false, "this machine"),
            ("0.0.0.0", false, "this machine, on Linux"),
            ("10.1.2.3", false, "private"),
            ("172.31.255.255", false, "private, at its end"),
            ("172.32.0.1", true, "past the end"),
            ("192.168.1.1", false, "private"),
            ("169.254.169.254", false, "the cloud's own data"),
            ("100.64.0.1", false, "a provider's network"),
            ("100.128.0.1", true, "past it"),
            ("224.0.0.1", false, "many at once"),
            ("255.255.255.255", false, "all at once"),
            ("::1", false, "this machine"),
            ("::", false, "nowhere"),
            ("fe80::1", false, "the link"),
            ("fd00::1", false, "private"),
            ("::ffff:127.0.0.1", false, "this machine in other clothes"),
            ("::ffff:8.8.8.8", true, "a public one in other clothes"),
            ("64:ff9b::a00:1", false, "10.0.0.1 behind a translator"),
            ("2002:7f00:1::", false, "127.0.0.1 behind a tunnel"),
            ("2001:db8::1", false, "documentation"),
        ] {
            assert_eq!(is_public(ip.parse().unwrap()), public, "{ip}: {why}");
        }
    }

    #[test]
    fn an_endpoint_is_https_out_in_the_world() {
        for (url, loopback, allowed, why) in [
            ("https://court.example.org/hook", false, true, "as it should be"),
            ("https://court.example.org:8443/hook?a=1", false, true, "another port"),
            ("http://court.example.org/hook", false, false, "to be read by anybody"),
            ("http://court.example.org/hook", true, false, "also in the demo"),
            ("https://10.0.0.1/hook", false, false, "private"),
            ("https://[::1]/hook", false, false, "this machine"),
            ("https://localhost/hook", false, false, "this machine"),
            ("http://127.0.0.1:9000/", true, true, "this machine in the demo"),
            ("http://127.0.0.1:9000/", false, false, "this machine otherwise"),
            ("https://user:word@court.example.org/", false, false, "a password in an address"),
            ("ftp://court.example.org/", false, false, "another protocol"),
            ("/hook", true, false, "no host"),
            ("", false, false, "nothing"),
        ] {
            assert_eq!(is_allowed(url, loopback), allowed, "{url}: {why}");
        }
    }
}
