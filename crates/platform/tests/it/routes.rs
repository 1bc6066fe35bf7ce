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
    /// The client who typed the draft, and nobody else.
    OwnDraft,
    /// Whoever is signed in, for a session of the own account.
    OwnSession,
    /// Only in the demo.
    Nobody,
}

pub struct Route {
    pub method: &'static str,
    pub path: &'static str,
    pub whose: Whose,
}

const CLIENT: &[Role] = &[Role::Client];
const IMPORTERS: &[Role] = &[Role::FrontDesk, Role::Head, Role::LicensingOfficer];
const SYSTEM: &[Role] = &[Role::SystemAdministrator];
const SECURITY: &[Role] = &[Role::SecurityAdministrator];
const MANAGERS: &[Role] = &[Role::SystemAdministrator, Role::SecurityAdministrator];
const AUDIT: &[Role] = &[Role::AuditAdministrator];

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
    // registry
    get("/institutions", Whose::Everybody),
    get("/institutions/{id}", Whose::Everybody),
    // custody
    //
    // fees
    //
    // cases
    get("/work", Whose::Case),
    post("/work", Whose::Case),
    get("/cases/{id}", Whose::Case),
    get("/cases/{id}/do/{action}", Whose::Case),
    post("/cases/{id}/do/{action}", Whose::Case),
    get("/cases/{id}/papers/{paper}", Whose::Case),
    post("/cases/{id}/files", Whose::Case),
    get("/cases/{id}/files/{file}", Whose::Case),
    get("/entrust", Whose::Of(CLIENT)),
    post("/entrust", Whose::Of(CLIENT)),
    get("/entrust/{id}", Whose::OwnDraft),
    post("/entrust/{id}", Whose::OwnDraft),
    post("/entrust/{id}/discard", Whose::OwnDraft),
    // opinions
    get("/cases/{id}/opinion", Whose::CaseInside),
    post("/cases/{id}/opinion", Whose::CaseInside),
    get("/cases/{id}/opinion/preview", Whose::CaseInside),
    get("/cases/{id}/do/approve", Whose::Case),
    post("/cases/{id}/do/approve", Whose::Case),
    get("/cases/{id}/do/issue", Whose::Case),
    post("/cases/{id}/do/issue", Whose::Case),
    get("/verify", Whose::Everybody),
    get("/verify/{code}", Whose::Everybody),
    get("/V/{code}", Whose::Everybody),
    get("/v/{code}", Whose::Everybody),
    // archive
    //
    // tracking
    //
    // notices
    //
    // imports
    get("/imports", Whose::Of(IMPORTERS)),
    post("/imports", Whose::Of(IMPORTERS)),
    get("/imports/{id}", Whose::Of(IMPORTERS)),
    post("/imports/{id}/check", Whose::Of(IMPORTERS)),
    post("/imports/{id}/import", Whose::Of(IMPORTERS)),
    get("/imports/{id}/faults", Whose::Of(IMPORTERS)),
    // api
    //
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
