//! The QR code printed on a paper, as a picture Typst can place.

use qrcode::render::svg;
use qrcode::types::QrError;
use qrcode::{EcLevel, QrCode};

/// The SVG of a QR code at level Q (a quarter of it may be spoilt, by the seal for example), with its quiet zone.
/// Write the payload in upper case (`HTTPS://HOST/V/…`): that mode makes a smaller, coarser code.
///
/// An empty string comes back for a text that fits no QR code (more than about 1,600 bytes); a paper draws no code then.
pub fn qr_svg(text: &str) -> String {
    draw(text).unwrap_or_default()
}

fn draw(text: &str) -> Result<String, QrError> {
    let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::Q)?;
    Ok(code.render::<svg::Color>().quiet_zone(true).module_dimensions(1, 1).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upper_case_makes_a_smaller_code() {
        let upper = qr_svg("HTTPS://EXAMPLE.ORG/V/SLSJ-2026-LC-12?C=ABCDEFGH23456789");
        let lower = qr_svg("https://example.org/v/slsj-2026-lc-12?c=abcdefgh23456789");
        assert!(upper.starts_with("<?xml"));
        assert!(upper.len() < lower.len());
    }

    #[test]
    fn a_text_too_long_for_a_code_is_no_panic() {
        assert_eq!(qr_svg(&"A".repeat(10_000)), "");
    }
}
