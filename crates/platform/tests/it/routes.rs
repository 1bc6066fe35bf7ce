//! Every address of the program and whose it is: one list, held to the sources.

use platform::actor::Role;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Whose an address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    Everybody,
    /// Whoever is signed in.
    Signed,
    /// Those with one of the roles; others are told who may.
    Of(&'static [Role]),
    /// Those who may see the case; for the rest of the case's world it is not there.
    Case,
    /// The same without the client: what stays inside the house until it is issued.
    CaseInside,
    /// Those who may see a material: its institution, its client's organisation, the bureau.
    Material,
    /// Those who may see the case and have one of the roles; other people of its house are told who may.
    CaseOf(&'static [Role]),
    /// The same, and for the client it is not there.
    VolumeOf(&'static [Role]),
    /// The client who typed the draft, and nobody else.
    OwnDraft,
    /// Whoever is signed in, for a session of the own account.
    OwnSession,
    /// Programs that bring a token, whose permissions are the owner's (tests/it/api.rs); a cookie counts for nothing there.
    Token,
    /// The head of the institution that a lead was put to; for other heads it is not there.
    AskedHead,
    /// Only in the demo.
    Nobody,
}

pub struct Route {
    pub method: &'static str,
    pub path: &'static str,
    pub whose: Whose,
}

const HOUSE_STAFF: &[Role] = &[Role::FrontDesk, Role::Head, Role::Appraiser, Role::Reviewer, Role::Archivist];
const ARRANGERS: &[Role] = &[Role::FrontDesk, Role::Head];
const DRAW_OFFICERS: &[Role] = &[Role::LicensingOfficer, Role::Supervisor, Role::AssociationOfficer];
const DRAWERS: &[Role] = &[Role::LicensingOfficer, Role::Supervisor, Role::AssociationOfficer, Role::Client];
const SUPERVISOR: &[Role] = &[Role::Supervisor];
const CLIENT: &[Role] = &[Role::Client];
const HOOKS: &[Role] = &[Role::Head, Role::Client];
const IMPORTERS: &[Role] = &[Role::FrontDesk, Role::Head, Role::LicensingOfficer];
const LOG_AUDITORS: &[Role] = &[Role::Supervisor, Role::AuditAdministrator];
const HINT_READERS: &[Role] = &[Role::Supervisor, Role::ComplaintOfficer];
const SYSTEM: &[Role] = &[Role::SystemAdministrator];
const SECURITY: &[Role] = &[Role::SecurityAdministrator];
const MANAGERS: &[Role] = &[Role::SystemAdministrator, Role::SecurityAdministrator];
const AUDIT: &[Role] = &[Role::AuditAdministrator];

const HOLDERS: &[Role] = &[Role::Head, Role::Supervisor];
const ARCHIVIST: &[Role] = &[Role::Archivist];
const ARCHIVE: &[Role] = &[
    Role::Archivist,
    Role::Head,
    Role::LicensingOfficer,
    Role::Supervisor,
    Role::ComplaintOfficer,
    Role::Statistician,
];

/// Everybody but the three administrators.
const TOKEN_HOLDERS: &[Role] = &[
    Role::Client,
    Role::FrontDesk,
    Role::Appraiser,
    Role::Reviewer,
    Role::Head,
    Role::Archivist,
    Role::LicensingOfficer,
    Role::Supervisor,
    Role::ComplaintOfficer,
    Role::Statistician,
    Role::AssociationOfficer,
    Role::Expert,
];
const HEAD: &[Role] = &[Role::Head];
const KEEPERS: &[Role] = &[Role::FrontDesk, Role::Head];
const ASK_RELIEF: &[Role] = &[Role::Client, Role::FrontDesk, Role::Head];
const SEE_FEES: &[Role] = &[
    Role::Client,
    Role::FrontDesk,
    Role::Head,
    Role::Archivist,
    Role::LicensingOfficer,
    Role::Supervisor,
    Role::ComplaintOfficer,
    Role::Statistician,
];

const fn get(path: &'static str, whose: Whose) -> Route {
    Route { method: "GET", path, whose }
}

const fn post(path: &'static str, whose: Whose) -> Route {
    Route { method: "POST", path, whose }
}

/// Every address. A new `.route(…)` is a new row here.
pub const ROUTES: &[Route] = &[
    // web
    get("/assets/{name}", Whose::Everybody),
    get("/favicon.ico", Whose::Everybody),
    // accounts
    get("/sign-in", Whose::Everybody),
    post("/sign-in", Whose::Everybody),
    get("/sign-in/second", Whose::Signed),
    post("/sign-in/second", Whose::Signed),
    post("/sign-out", Whose::Everybody),
    post("/sign-out-everywhere", Whose::Signed),
    post("/language", Whose::Everybody),
    get("/set-up/{token}", Whose::Everybody),
    post("/set-up/{token}", Whose::Everybody),
    get("/account", Whose::Signed),
    post("/account/sessions/{id}/end", Whose::OwnSession),
    get("/account/password", Whose::Signed),
    post("/account/password", Whose::Signed),
    get("/account/second-factor", Whose::Signed),
    post("/account/second-factor", Whose::Signed),
    post("/account/second-factor/off", Whose::Signed),
    get("/admin/accounts", Whose::Of(MANAGERS)),
    get("/admin/accounts/new", Whose::Of(SYSTEM)),
    post("/admin/accounts/new", Whose::Of(SYSTEM)),
    get("/admin/accounts/{id}", Whose::Of(MANAGERS)),
    post("/admin/accounts/{id}/disable", Whose::Of(SYSTEM)),
    post("/admin/accounts/{id}/enable", Whose::Of(SYSTEM)),
    post("/admin/accounts/{id}/second-factor/reset", Whose::Of(SYSTEM)),
    post("/admin/accounts/{id}/roles", Whose::Of(SECURITY)),
    post("/admin/accounts/{id}/link", Whose::Of(SECURITY)),
    get("/admin/sign-ins", Whose::Of(AUDIT)),
    get("/admin/account-events", Whose::Of(AUDIT)),
    get("/admin/exports", Whose::Of(AUDIT)),
    // registry
    get("/institutions", Whose::Everybody),
    get("/institutions/{id}", Whose::Everybody),
    // custody
    get("/custody", Whose::Case),
    post("/custody", Whose::Case),
    get("/custody/places", Whose::Of(HOUSE_STAFF)),
    post("/custody/places", Whose::Of(ARRANGERS)),
    get("/m/{code}", Whose::Material),
    post("/m/{code}", Whose::Material),
    get("/M/{code}", Whose::Everybody),
    post("/m/{code}/files", Whose::Material),
    get("/m/{code}/files/{file}", Whose::Material),
    get("/cases/{id}/materials", Whose::Case),
    post("/cases/{id}/materials", Whose::Case),
    get("/cases/{id}/materials/labels", Whose::Case),
    // fees
    get("/fees", Whose::Of(KEEPERS)),
    post("/fees/statement", Whose::Of(KEEPERS)),
    get("/fees/tariff", Whose::Everybody),
    get("/cases/{id}/fees", Whose::CaseOf(SEE_FEES)),
    post("/cases/{id}/fees/quote", Whose::CaseOf(KEEPERS)),
    post("/cases/{id}/fees/agreement", Whose::CaseOf(KEEPERS)),
    post("/cases/{id}/fees/receipts", Whose::CaseOf(KEEPERS)),
    post("/cases/{id}/fees/relief", Whose::CaseOf(ASK_RELIEF)),
    post("/cases/{id}/fees/relief/decision", Whose::CaseOf(HEAD)),
    post("/cases/{id}/fees/write-off", Whose::CaseOf(HEAD)),
    post("/cases/{id}/fees/refund", Whose::CaseOf(HEAD)),
    // cases
    get("/work", Whose::Case),
    post("/work", Whose::Case),
    get("/cases/{id}", Whose::Case),
    get("/cases/{id}/do/{action}", Whose::Case),
    post("/cases/{id}/do/{action}", Whose::Case),
    get("/cases/{id}/papers/{paper}", Whose::Case),
    post("/cases/{id}/files", Whose::Case),
    get("/cases/{id}/files/{file}", Whose::Case),
    get("/cases/{id}/records", Whose::CaseInside),
    get("/cases/{id}/records/new", Whose::CaseInside),
    post("/cases/{id}/records/new", Whose::CaseInside),
    get("/cases/{id}/records/{record}", Whose::CaseInside),
    get("/cases/{id}/records/{record}/edit", Whose::CaseInside),
    post("/cases/{id}/records/{record}/edit", Whose::CaseInside),
    post("/cases/{id}/records/{record}/confirm", Whose::CaseInside),
    get("/cases/{id}/records/{record}/versions", Whose::CaseInside),
    post("/cases/{id}/records/{record}/files", Whose::CaseInside),
    get("/cases/{id}/records/{record}/files/{item}", Whose::CaseInside),
    get("/entrust", Whose::Of(CLIENT)),
    post("/entrust", Whose::Of(CLIENT)),
    get("/entrust/{id}", Whose::OwnDraft),
    post("/entrust/{id}", Whose::OwnDraft),
    post("/entrust/{id}/discard", Whose::OwnDraft),
    // opinions
    get("/cases/{id}/opinion", Whose::CaseInside),
    post("/cases/{id}/opinion", Whose::CaseInside),
    get("/cases/{id}/opinion/preview", Whose::CaseInside),
    get("/cases/{id}/do/correct", Whose::Case),
    post("/cases/{id}/do/correct", Whose::Case),
    get("/cases/{id}/do/withdraw_opinion", Whose::Case),
    post("/cases/{id}/do/withdraw_opinion", Whose::Case),
    post("/cases/{id}/opinion/autosave", Whose::CaseInside),
    get("/cases/{id}/opinion/versions", Whose::CaseInside),
    post("/cases/{id}/opinion/comments", Whose::CaseInside),
    post("/cases/{id}/opinion/comments/{comment}", Whose::CaseInside),
    get("/cases/{id}/opinion/check", Whose::CaseInside),
    get("/cases/{id}/do/approve", Whose::Case),
    post("/cases/{id}/do/approve", Whose::Case),
    get("/cases/{id}/do/issue", Whose::Case),
    post("/cases/{id}/do/issue", Whose::Case),
    get("/verify", Whose::Everybody),
    get("/verify/{code}", Whose::Everybody),
    get("/V/{code}", Whose::Everybody),
    get("/v/{code}", Whose::Everybody),
    // archive
    get("/archive", Whose::Of(ARCHIVE)),
    get("/cases/{id}/volume", Whose::CaseInside),
    post("/cases/{id}/volume.pdf", Whose::CaseInside),
    post("/cases/{id}/volume.zip", Whose::CaseInside),
    post("/cases/{id}/volume/hold", Whose::VolumeOf(HOLDERS)),
    post("/cases/{id}/volume/filing", Whose::VolumeOf(ARCHIVIST)),
    // analysis
    get("/analysis", Whose::Of(SUPERVISOR)),
    get("/analysis/groups", Whose::Of(SUPERVISOR)),
    get("/analysis/market", Whose::Of(SUPERVISOR)),
    get("/analysis/workload", Whose::Of(SUPERVISOR)),
    get("/analysis/rates", Whose::Of(SUPERVISOR)),
    get("/analysis/precision", Whose::Of(SUPERVISOR)),
    get("/analysis/precision/{detector}", Whose::Of(SUPERVISOR)),
    get("/analysis/runs", Whose::Of(SUPERVISOR)),
    post("/analysis/runs", Whose::Of(SUPERVISOR)),
    get("/analysis/runs/{id}", Whose::Of(SUPERVISOR)),
    post("/analysis/runs/{id}/cancel", Whose::Of(SUPERVISOR)),
    post("/analysis/runs/{id}/repeat", Whose::Of(SUPERVISOR)),
    get("/analysis/runs/{id}/extract", Whose::Of(SUPERVISOR)),
    get("/analysis/runs/{id}/findings", Whose::Of(SUPERVISOR)),
    get("/analysis/leads/{id}", Whose::Of(SUPERVISOR)),
    post("/analysis/leads/{id}/do/{action}", Whose::Of(SUPERVISOR)),
    get("/analysis/leads/{id}/papers/{paper}", Whose::Of(SUPERVISOR)),
    get("/analysis/leads/{id}/files/{file}", Whose::Of(SUPERVISOR)),
    get("/asked", Whose::Of(HEAD)),
    get("/asked/{id}", Whose::AskedHead),
    post("/asked/{id}", Whose::AskedHead),
    post("/asked/{id}/files", Whose::AskedHead),
    get("/asked/{id}/files/{file}", Whose::AskedHead),
    // tracking
    get("/track", Whose::Everybody),
    post("/track", Whose::Everybody),
    get("/track/{number}", Whose::Everybody),
    get("/T/{number}", Whose::Everybody),
    get("/cases/{id}/tracking", Whose::Case),
    get("/cases/{id}/tracking/slip", Whose::Case),
    // draws
    get("/draws", Whose::Of(DRAWERS)),
    get("/draws/new", Whose::Of(DRAW_OFFICERS)),
    post("/draws/new", Whose::Of(DRAW_OFFICERS)),
    get("/draws/quick", Whose::Of(CLIENT)),
    post("/draws/quick", Whose::Of(CLIENT)),
    get("/draws/{id}", Whose::Everybody),
    get("/draws/{id}/transcript", Whose::Everybody),
    post("/draws/{id}/do/{action}", Whose::Of(DRAWERS)),
    post("/draws/{id}/entrust", Whose::Of(CLIENT)),
    // supervision
    get("/supervision/hints", Whose::Of(HINT_READERS)),
    // transparency
    get("/log", Whose::Everybody),
    get("/log/policy.txt", Whose::Everybody),
    get("/log/public/{*path}", Whose::Everybody),
    get("/log/audit/checkpoint", Whose::Everybody),
    get("/log/audit/tile/{*path}", Whose::Of(LOG_AUDITORS)),
    get("/verify/{code}/proof", Whose::Everybody),
    // notices
    get("/notices", Whose::Signed),
    post("/notices", Whose::Signed),
    get("/account/notices", Whose::Signed),
    post("/account/notices", Whose::Signed),
    get("/account/notices/confirm/{token}", Whose::Signed),
    post("/account/notices/confirm/{token}", Whose::Signed),
    get("/notices/webhooks", Whose::Of(HOOKS)),
    post("/notices/webhooks", Whose::Of(HOOKS)),
    get("/cases/{id}/notices", Whose::CaseInside),
    get("/admin/jobs", Whose::Of(SYSTEM)),
    post("/admin/jobs", Whose::Of(SYSTEM)),
    // imports
    get("/imports", Whose::Of(IMPORTERS)),
    post("/imports", Whose::Of(IMPORTERS)),
    get("/imports/{id}", Whose::Of(IMPORTERS)),
    post("/imports/{id}/check", Whose::Of(IMPORTERS)),
    post("/imports/{id}/import", Whose::Of(IMPORTERS)),
    get("/imports/{id}/faults", Whose::Of(IMPORTERS)),
    // api
    get("/api", Whose::Everybody),
    get("/api/openapi.json", Whose::Everybody),
    get("/account/tokens", Whose::Of(TOKEN_HOLDERS)),
    post("/account/tokens", Whose::Of(TOKEN_HOLDERS)),
    get("/api/v1/cases", Whose::Token),
    post("/api/v1/cases", Whose::Token),
    get("/api/v1/cases/{id}", Whose::Token),
    get("/api/v1/cases/{id}/events", Whose::Token),
    get("/api/v1/cases/{id}/terms", Whose::Token),
    get("/api/v1/cases/{id}/papers", Whose::Token),
    get("/api/v1/cases/{id}/papers/{paper}", Whose::Token),
    get("/api/v1/cases/{id}/files", Whose::Token),
    get("/api/v1/cases/{id}/files/{file}", Whose::Token),
    get("/api/v1/cases/{id}/materials", Whose::Token),
    get("/api/v1/cases/{id}/fees", Whose::Token),
    get("/api/v1/cases/{id}/records", Whose::Token),
    post("/api/v1/cases/{id}/steps/{action}", Whose::Token),
    get("/api/v1/institutions", Whose::Token),
    get("/api/v1/institutions/{id}", Whose::Token),
    get("/api/v1/notices", Whose::Token),
    get("/api/v1/verify/{code}", Whose::Token),
    post("/api/v1/cases/{id}/materials", Whose::Token),
    post("/api/v1/cases/{id}/materials/receive", Whose::Token),
    post("/api/v1/materials/{code}/deeds/{deed}", Whose::Token),
    get("/api/v1/cases/{id}/draft", Whose::Token),
    post("/api/v1/cases/{id}/draft", Whose::Token),
    post("/api/v1/cases/{id}/files", Whose::Token),
    post("/api/v1/cases/{id}/records", Whose::Token),
    post("/api/v1/cases/{id}/records/{record}", Whose::Token),
    post("/api/v1/cases/{id}/records/{record}/confirm", Whose::Token),
    post("/api/v1/cases/{id}/fees/{act}", Whose::Token),
    get("/api/v1/cases/{id}/volume", Whose::Token),
    get("/api/v1/cases/{id}/volume.pdf", Whose::Token),
    get("/api/v1/cases/{id}/volume.zip", Whose::Token),
    get("/api/v1/materials", Whose::Token),
    get("/api/v1/materials/{code}", Whose::Token),
    get("/api/v1/places", Whose::Token),
    get("/api/v1/hints", Whose::Token),
    get("/api/v1/cases/{id}/records/{record}", Whose::Token),
    post("/api/v1/cases/{id}/records/{record}/files", Whose::Token),
    get("/api/v1/cases/{id}/records/{record}/files/{file}", Whose::Token),
    post("/api/v1/cases/{id}/volume/hold", Whose::Token),
    post("/api/v1/cases/{id}/volume/filing", Whose::Token),
    get("/api/v1/volumes", Whose::Token),
    get("/api/v1/fees", Whose::Token),
    post("/api/v1/fees/statement", Whose::Token),
    get("/api/v1/tariff", Whose::Token),
    get("/api/v1/imports", Whose::Token),
    post("/api/v1/imports", Whose::Token),
    get("/api/v1/imports/{id}", Whose::Token),
    post("/api/v1/imports/{id}/check", Whose::Token),
    post("/api/v1/imports/{id}/import", Whose::Token),
    get("/api/v1/imports/{id}/faults", Whose::Token),
    get("/api/v1/cases/{id}/draft.pdf", Whose::Token),
    get("/api/v1/cases/{id}/draft/findings", Whose::Token),
    get("/api/v1/cases/{id}/draft/comments", Whose::Token),
    post("/api/v1/cases/{id}/draft/comments", Whose::Token),
    post("/api/v1/cases/{id}/draft/comments/{comment}", Whose::Token),
    post("/api/v1/materials/{code}/photos", Whose::Token),
    get("/api/v1/materials/{code}/photos/{file}", Whose::Token),
    get("/api/v1/cases/{id}/labels.pdf", Whose::Token),
    post("/api/v1/places", Whose::Token),
    post("/api/v1/notices/read", Whose::Token),
    get("/api/v1/cases/{id}/notices", Whose::Token),
    get("/api/v1/cases/{id}/tracking", Whose::Token),
    post("/api/v1/track", Whose::Token),
    // portal
    get("/", Whose::Everybody),
    // demo
    get("/demo/clock", Whose::Nobody),
    post("/demo/clock", Whose::Nobody),
];

/// The address with its parameters filled in from `(name, value)`.
pub fn filled(path: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(path.to_owned(), |path, (name, value)| path.replace(&format!("{{{name}}}"), value))
}

/// Every Rust file of the program.
pub fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "rs", &mut found);
    found
}

/// Every file below the folder with that ending.
pub fn collect(folder: &Path, ending: &str, found: &mut Vec<(PathBuf, String)>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, ending, found);
        } else if path.extension().is_some_and(|one| one == ending) {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
}

/// Method and address of every `.route("…", get(…).post(…))` in the sources.
pub fn in_sources() -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for (file, source) in sources() {
        for rest in source.split(".route(\"").skip(1) {
            let (path, rest) = rest.split_once('"').unwrap();
            let handlers = arguments(rest);
            let before = found.len();
            for method in ["get", "post", "put", "patch", "delete", "any", "head"] {
                let called = format!("{method}(");
                for (at, _) in handlers.match_indices(&called) {
                    if !handlers[..at].ends_with(|sign: char| sign.is_alphanumeric() || sign == '_') {
                        found.insert((method.to_uppercase(), path.to_owned()));
                    }
                }
            }
            assert!(found.len() > before, "{}: no method is seen for {path} in {handlers}", file.display());
        }
    }
    found
}

/// The text up to the parenthesis that closes the call.
fn arguments(rest: &str) -> &str {
    let mut depth = 1;
    for (at, sign) in rest.char_indices() {
        match sign {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &rest[..at];
        }
    }
    rest
}

#[test]
fn every_address_has_its_row() {
    let listed: BTreeSet<_> = ROUTES.iter().map(|route| (route.method.to_owned(), route.path.to_owned())).collect();
    assert_eq!(listed.len(), ROUTES.len(), "a row is written twice");
    let sources = in_sources();
    let (missing, stale): (Vec<_>, Vec<_>) =
        (sources.difference(&listed).collect(), listed.difference(&sources).collect());
    assert!(missing.is_empty(), "tests/it/routes.rs does not say whose these are: {missing:?}");
    assert!(stale.is_empty(), "tests/it/routes.rs lists what is not there any more: {stale:?}");
}
