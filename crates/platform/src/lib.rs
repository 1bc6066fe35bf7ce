//! Sijian (智慧司鉴): the platform on which a city runs its forensic-appraisal sector.
//!
//! The kernel (`app`, `db`, `web`, `files`, `perform`, …) knows no feature. Features are folders, listed in
//! [`FEATURES`] in reading order; each uses earlier ones through their doors only (tests/it/architecture.rs).

rust_i18n::i18n!("locales", fallback = "zh");

pub mod access_log;
pub mod accounts;
pub mod actor;
pub mod analysis;
pub mod answers;
pub mod api;
pub mod app;
pub mod archive;
pub mod cases;
pub mod clock;
pub mod custody;
pub mod db;
pub mod deadline;
pub mod demo;
pub mod doctor;
pub mod draws;
pub mod fail;
pub mod fees;
pub mod files;
pub mod flags;
pub mod imports;
pub mod jobs;
pub mod log;
pub mod master_key;
pub mod notices;
pub mod opinions;
pub mod owned;
pub mod papers;
pub mod perform;
pub mod portal;
pub mod registry;
pub mod rulebook;
pub mod secret_file;
pub mod signing;
pub mod supervision;
pub mod text;
pub mod tracking;
pub mod transparency;
pub mod web;
pub mod words;

use app::App;
use axum::Router;
use jobs::{JobKind, Regular, When};
use web::{CaseTab, NavItem};

/// One capability of the platform: its folder's name, its routes, its links in the navigation.
pub struct Feature {
    pub name: &'static str,
    pub routes: fn() -> Router<App>,
    pub navigation: &'static [NavItem],
    /// Its pages of one case, as tabs beside the case itself.
    pub case_tabs: &'static [CaseTab],
}

/// Every feature, in reading order: a feature may use those above it.
pub const FEATURES: &[Feature] = &[
    accounts::FEATURE,
    registry::FEATURE,
    signing::FEATURE,
    custody::FEATURE,
    fees::FEATURE,
    cases::FEATURE,
    opinions::FEATURE,
    archive::FEATURE,
    supervision::FEATURE,
    transparency::FEATURE,
    draws::FEATURE,
    analysis::FEATURE,
    tracking::FEATURE,
    notices::FEATURE,
    imports::FEATURE,
    api::FEATURE,
    portal::FEATURE,
    demo::FEATURE,
];

/// Every paper that can be printed, by its template.
pub(crate) const TEMPLATES: &[paper::Template] = &[
    custody::papers::MaterialsRegister::TEMPLATE,
    custody::papers::MaterialReceipt::TEMPLATE,
    custody::papers::MaterialLabels::TEMPLATE,
    fees::papers::FeeReceipt::TEMPLATE,
    fees::papers::RefundSheet::TEMPLATE,
    cases::papers::CommissionAgreement::TEMPLATE,
    cases::papers::AcceptanceCheck::TEMPLATE,
    cases::papers::NoticeToClient::TEMPLATE,
    cases::papers::RefusalNotice::TEMPLATE,
    opinions::papers::ReviewOpinion::TEMPLATE,
    opinions::papers::OpinionDocument::TEMPLATE,
    archive::papers::VolumeCover::TEMPLATE,
    archive::papers::VolumeSheet::TEMPLATE,
    archive::papers::VolumePicture::TEMPLATE,
    analysis::papers::FindingDossier::TEMPLATE,
    tracking::papers::TrackingSlip::TEMPLATE,
];

/// The template of a kind of paper.
pub(crate) fn template(kind: &str) -> Option<paper::Template> {
    let all = TEMPLATES.iter().chain(cases::papers::notices::TEMPLATES);
    all.copied().find(|template| template.name.trim_end_matches(".typ") == kind)
}
/// Every kind of job a worker can do.
pub const JOBS: &[JobKind] = &[
    jobs::TIDY,
    cases::settle::SETTLE_TERMS,
    analysis::RUN,
    analysis::NIGHTLY,
    notices::TELL,
    notices::REMIND,
    notices::MAIL,
    notices::SWEEP,
    notices::CONFIRM,
    notices::WEBHOOK,
];

/// What runs by the clock, China's.
pub const SCHEDULE: &[Regular] = &[
    Regular { name: "analysis.nightly", when: When::Daily { hour: 2, minute: 0 } },
    Regular { name: "jobs.tidy", when: When::Daily { hour: 3, minute: 0 } },
    Regular { name: "cases.settle_terms", when: When::Daily { hour: 4, minute: 0 } },
    Regular { name: "notices.remind", when: When::Daily { hour: 8, minute: 30 } },
    Regular { name: "notices.sweep", when: When::Hourly },
];

/// The whole application as a service.
pub fn service(app: App) -> Router {
    let routes = FEATURES.iter().fold(Router::new(), |all, feature| all.merge((feature.routes)()));
    let routes = notices::count_unread(routes, &app);
    web::dress(app, routes, accounts::recognise)
}

/// What a server or a worker sees to before it begins: the master key fits, and no secret lies in the clear.
///
/// # Errors
/// What is missing, as a sentence for the operator.
pub async fn make_ready(app: &App) -> anyhow::Result<()> {
    signing::check_start(app).await?;
    master_key::check_start(app).await?;
    accounts::lock_secrets(app).await?;
    notices::lock_secrets(app).await
}

/// Where a day's work begins.
const WORK: &str = "/work";

pub(crate) fn navigation() -> impl Iterator<Item = &'static NavItem> {
    let links = || FEATURES.iter().flat_map(|feature| feature.navigation);
    // The work queue first, then the rest of one's own work, what everybody sees after it.
    let rank = |item: &&'static NavItem| (item.path != WORK, (item.shown)(None));
    let mut all: Vec<&'static NavItem> = links().collect();
    all.sort_by_key(rank);
    all.into_iter()
}

/// The pages of one case, in the order of the features.
pub(crate) fn case_tabs() -> impl Iterator<Item = &'static CaseTab> {
    // The case itself first.
    let tabs = || FEATURES.iter().flat_map(|feature| feature.case_tabs);
    tabs().filter(|tab| tab.path.is_empty()).chain(tabs().filter(|tab| !tab.path.is_empty()))
}

/// The English text of a Chinese key, if the catalogue has it.
pub(crate) fn translate(key: &str) -> Option<String> {
    crate::_rust_i18n_try_translate("en", key).map(Into::into)
}
