//! 进度查询单: number, short code and a QR code, to hand to a party. No personal data.

use jiff::civil::Date;
use paper::{Printed, Template};
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
    pub const TEMPLATE: Template = Template { name: "tracking_slip.typ", source: include_str!("tracking_slip.typ") };

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

impl Printed for TrackingSlip {
    fn template() -> Template {
        Self::TEMPLATE
    }

    fn title() -> &'static str {
        "进度查询单"
    }

    fn author(&self) -> String {
        "智慧司鉴".to_owned()
    }

    fn date(&self) -> Date {
        self.printed_on
    }
}
