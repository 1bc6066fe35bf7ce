//! 进度查询单: number, short code and a QR code, to hand to a party. No personal data.

use jiff::civil::Date;
use paper::printed;
use serde::Serialize;

#[derive(Serialize, Clone, Debug)]
pub struct TrackingSlip {
    pub number: String,
    pub code: String,
    pub address: String,
    /// An SVG picture.
    pub qr: String,
    #[serde(skip)]
    pub printed_on: Date,
}

impl TrackingSlip {
    /// What the tests print.
    pub fn samples() -> Vec<Self> {
        vec![Self {
            number: "7KQ2M-9XA0B".into(),
            code: "ABCD-1234".into(),
            address: "https://example.org/track".into(),
            qr: paper::qr_svg("HTTPS://EXAMPLE.ORG/T/7KQ2M9XA0B"),
            printed_on: Date::constant(2026, 3, 2),
        }]
    }
}

printed!(TrackingSlip, "tracking_slip.typ", "进度查询单", |_paper| "智慧司鉴");
