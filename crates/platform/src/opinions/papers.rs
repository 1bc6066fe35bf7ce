//! The papers of an opinion: the opinion document and the review that is filed beside it.
//!
//! **Invariant:** the opinion document has no place for a reviewer (上海市司法鉴定管理条例 art. 30: only appraisers who
//! took part sign). Dates come formatted ([`paper::zh_date`]).

use jiff::civil::Date;
use paper::{Picture, printed};
use serde::Serialize;
use std::sync::Arc;

/// 司法鉴定意见书, format 2.
#[derive(Serialize, Clone, Debug)]
pub struct OpinionDocument {
    pub number: String,
    pub case_code: String,
    pub institution: OpinionInstitution,
    pub verification: Verification,
    pub client: String,
    pub matters: Vec<String>,
    pub accepted_on: String,
    pub materials: Vec<String>,
    pub examined_on: String,
    pub place: String,
    /// 在场人员.
    pub present: Vec<String>,
    pub examinee: String,
    pub case_facts: String,
    pub data_abstract: String,
    pub process: Vec<ProcessStep>,
    pub analysis: String,
    pub opinion: String,
    /// A dissenting opinion is noted (通则 37); empty if there is none.
    pub dissent: String,
    pub annexes: Vec<String>,
    pub annex_images: Vec<AnnexImage>,
    pub appraisers: Vec<AppraiserLine>,
    pub dated: String,
    #[serde(skip)]
    pub printed_on: Date,
}

#[derive(Serialize, Clone, Debug, Default)]
pub struct OpinionInstitution {
    pub name: String,
    pub licence: String,
    pub address: String,
    pub postcode: String,
    pub phone: String,
}

/// What the cover prints so that anybody can check the document.
#[derive(Serialize, Clone, Debug, Default)]
pub struct Verification {
    pub address: String,
    pub check_code: String,
    qr: String,
}

impl Verification {
    /// `payload`: the upper-case address with number and check code, drawn as the QR code. `address`: the page where
    /// somebody without a telephone types the number and `check_code`.
    pub fn new(payload: &str, address: &str, check_code: &str) -> Self {
        Self { address: address.to_owned(), check_code: check_code.to_owned(), qr: paper::qr_svg(payload) }
    }
}

/// A part of 四、鉴定过程: methods, instruments, findings; with a table where there are measurements.
#[derive(Serialize, Clone, Debug, Default)]
pub struct ProcessStep {
    pub heading: String,
    pub text: String,
    pub columns: Vec<String>,
    /// Each row has as many cells as there are columns.
    pub rows: Vec<Vec<String>>,
}

/// A PNG or JPEG of the annex.
#[derive(Serialize, Clone, Debug)]
pub struct AnnexImage {
    /// A name of its own within the document.
    pub name: String,
    pub caption: String,
    #[serde(skip)]
    pub bytes: Arc<[u8]>,
}

#[derive(Serialize, Clone, Debug, Default)]
pub struct AppraiserLine {
    pub name: String,
    pub licence: String,
    /// When the appraiser confirmed the signature on the platform; empty prints nothing.
    pub signed: String,
}

/// 司法鉴定复核意见, format 5.
#[derive(Serialize, Clone, Debug)]
pub struct ReviewOpinion {
    pub number: String,
    pub case_code: String,
    pub institution: String,
    pub client: String,
    pub matters: Vec<String>,
    pub appraisers: Vec<String>,
    pub submitted_on: String,
    /// Which draft was reviewed, e.g. `第2稿`.
    pub draft: String,
    pub procedure: String,
    pub opinion: String,
    /// What is to be changed, when the draft goes back.
    pub requests: Vec<String>,
    pub passed: bool,
    pub reviewers: Vec<ReviewerLine>,
    pub dated: String,
    #[serde(skip)]
    pub printed_on: Date,
}

#[derive(Serialize, Clone, Debug, Default)]
pub struct ReviewerLine {
    pub name: String,
    pub title: String,
    pub licence: String,
}

printed!(
    OpinionDocument,
    "opinion_document.typ",
    "司法鉴定意见书",
    |paper| paper.institution.name,
    pictures = pictures
);
printed!(ReviewOpinion, "review_opinion.typ", "司法鉴定复核意见", |paper| paper.institution);

fn pictures(paper: &OpinionDocument) -> Vec<Picture> {
    let picture = |image: &AnnexImage| Picture { name: image.name.clone(), bytes: image.bytes.clone() };
    paper.annex_images.iter().map(picture).collect()
}

/// Fictional opinions: an ordinary one of six pages, one with rare characters and pictures, a minimal one, an overfull
/// one. Tests render them all.
#[path = "papers/samples.rs"]
mod samples;
