//! PEM, the text in which certificates and requests travel (RFC 7468).

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const LINE: usize = 64;

/// DER as PEM.
pub(super) fn encode(label: &str, der: &[u8]) -> String {
    let mut text = String::new();
    for three in der.chunks(3) {
        let bits = three.iter().fold(0_u32, |all, byte| all << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for place in 0..4 {
            let sign = ALPHABET.get((bits >> (18 - 6 * place) & 63) as usize).copied().unwrap_or(b'A');
            text.push(if place > three.len() { '=' } else { char::from(sign) });
        }
    }
    let lines: Vec<&str> = (0..text.len()).step_by(LINE).map(|at| &text[at..text.len().min(at + LINE)]).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// Every block of a file with that label; a file that is no PEM is taken as DER.
pub(super) fn blocks(bytes: &[u8], label: &str) -> Vec<Vec<u8>> {
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
    match std::str::from_utf8(bytes) {
        Ok(text) if text.contains("-----BEGIN ") => text
            .split(&begin)
            .skip(1)
            .filter_map(|rest| rest.split_once(&end))
            .filter_map(|(body, _)| decode(body))
            .collect(),
        _ => vec![bytes.to_vec()],
    }
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let (mut out, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for sign in text.bytes().filter(|sign| !sign.is_ascii_whitespace() && *sign != b'=') {
        let value = ALPHABET.iter().position(|one| *one == sign)?;
        bits = bits << 6 | u32::try_from(value).ok()?;
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from(bits >> held & 0xFF).ok()?);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for length in [0, 1, 2, 3, 47, 48, 49, 200] {
            let bytes: Vec<u8> = (0..length).map(|n| u8::try_from(n % 251).unwrap()).collect();
            let text = encode("CERTIFICATE", &bytes);
            assert_eq!(blocks(text.as_bytes(), "CERTIFICATE"), vec![bytes.clone()], "{length}");
            assert!(length == 0 || blocks(text.as_bytes(), "PRIVATE KEY").is_empty());
        }
        // RFC 4648, section 10.
        assert!(encode("X", b"foob").contains("\nZm9vYg==\n"));
        assert_eq!(blocks(&[0x30, 0], "CERTIFICATE"), vec![vec![0x30, 0]], "DER as it is");
    }
}
