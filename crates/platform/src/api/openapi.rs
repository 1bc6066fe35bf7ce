//! The OpenAPI 3.1 document, made from the operations, the step table and the forms; and the page that explains the interface.

use super::schemas;
use super::scopes::SCOPES;
use super::table::{Operation, operations};
use super::writing::is_step;
use crate::actor::RoleKind;
use crate::app::App;
use crate::cases::described;
use crate::cases::records::saving;
use crate::cases::{Action, Case, State};
use crate::text::Lang;
use crate::web::described::{Described, Field, describing};
use crate::web::{Form, Page, Ui, Visitor, html};
use crate::{archive, custody, fees, imports};
use askama::Template;
use axum::Router;
use axum::extract::State as Extract;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::civil::Date;
use procedure::{Opening, Procedure};
use serde_json::{Map, Value as Json, json};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/api", get(explain)).route("/api/openapi.json", get(document))
}

#[derive(Template)]
#[template(path = "api/docs.html")]
struct Docs {
    ui: Ui,
    base: String,
    scopes: &'static [(&'static str, &'static str, &'static str)],
    operations: Vec<&'static Operation>,
    steps: Vec<(&'static str, &'static str)>,
    /// Administrators hold none.
    may_hold_tokens: bool,
}

async fn explain(Extract(app): Extract<App>, visitor: Visitor) -> Page {
    html(&Docs {
        ui: visitor.ui(),
        may_hold_tokens: visitor.actor.as_ref().is_none_or(|who| !who.has(RoleKind::Administrator)),
        base: app.config.base_url.clone(),
        scopes: SCOPES,
        operations: operations(),
        steps: steps().map(|action| (action.word(), action.label())).collect(),
    })
}

/// Every action that a program can take on a case.
fn steps() -> impl Iterator<Item = Action> {
    Action::ALL.iter().copied().filter(|action| is_step(*action))
}

async fn document(Extract(app): Extract<App>, visitor: Visitor) -> Response {
    axum::Json(made(visitor.lang, visitor.today, &app.config.base_url)).into_response()
}

fn made(lang: Lang, today: Date, base: &str) -> Json {
    let mut paths: Map<String, Json> = Map::new();
    let mut components = schemas::answers();
    for one in operations() {
        let mut said = operation(one);
        if one.method == "post" {
            said["requestBody"] = if one.body.is_empty() { bytes() } else { body(one.body) };
        }
        put(&mut paths, one.path, one.method, said);
    }
    components.insert("Entrustment".into(), schemas::form(&described::entrustment(today), lang, false));
    for (name, form, has_version) in other_forms(today) {
        components.insert(name.into(), schemas::form(&form, lang, has_version));
    }
    for action in steps() {
        let form = described::step(action, today).unwrap_or(Described { fields: Vec::new(), together: Vec::new() });
        let name = format!("Step_{}", action.word());
        let mut said = step(action, lang);
        said["requestBody"] = body(&name);
        components.insert(name, schemas::form(&form, lang, true));
        put(&mut paths, &format!("/api/v1/cases/{{id}}/steps/{}", action.word()), "post", said);
    }
    let scopes: Vec<String> = SCOPES.iter().map(|(word, label, _)| format!("`{word}`: {}", lang.t(label))).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": lang.t("智慧司鉴"), "version": "1",
            "description": format!("{ABOUT}\n\n{}", scopes.join("\n")),
        },
        "servers": [{ "url": base }],
        "security": [{ "token": [] }],
        "paths": paths,
        "webhooks": { "notice": { "post": webhook() } },
        "components": {
            "schemas": components,
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer", "description": "sjn_…, made at /account/tokens." } },
        },
    })
}

/// What holds for every operation.
const ABOUT: &str = "A token acts as its owner, with the owner's roles at the moment of the request. \
    Dates are days in China; sums named *_fen are fen. Failures are RFC 9457 problem details in the language of \
    Accept-Language (zh, en). A POST with an Idempotency-Key is done once; the same answer is given for 24 hours.";

fn put(paths: &mut Map<String, Json>, path: &str, method: &str, said: Json) {
    let at = paths.entry(path.to_owned()).or_insert_with(|| json!({}));
    at[method] = said;
}

fn body(schema: &str) -> Json {
    let schema = json!({ "$ref": format!("#/components/schemas/{schema}") });
    json!({ "required": true, "content": { "application/json": { "schema": schema } } })
}

fn bytes() -> Json {
    json!({ "required": true, "content": { "application/octet-stream": {} } })
}

/// What the forms beside the steps ask for, and whether they name the version that was seen. Those of all deeds, of all acts
/// on fees and of all kinds of imports stand together: each reads its own fields.
fn other_forms(today: Date) -> Vec<(&'static str, Described, bool)> {
    let custody::Described { another, receipt, deeds } = custody::described(today);
    let [hold, filing] = archive::described();
    let alone = |fields| Described { fields, together: Vec::new() };
    vec![
        ("AnotherMaterial", another, false),
        ("Receipt", receipt, false),
        ("Deed", alone(deeds), true),
        ("FeeAct", alone(fees::described(today)), true),
        // Of a correction, the version too.
        ("Record_entry", saving::described(), false),
        ("Seen", alone(Vec::new()), true),
        ("Nothing", alone(Vec::new()), false),
        ("Hold", hold, false),
        ("Filing", filing, false),
        ("PlaceChange", alone(custody::places_described()), false),
        ("Columns", alone(columns()), false),
        ("NewComment", alone(texts(&["part", "quote", "weight", "body"])), true),
        ("Reply", alone(texts(&["do", "body"])), false),
        ("Read", alone(texts(&["id", "all"])), false),
        ("Track", alone(texts(&["number", "code"])), false),
    ]
}

/// Fields that are read as plain texts.
fn texts(names: &[&str]) -> Vec<Field> {
    describing(|| names.iter().map(|name| Form::default().text(name).len()).sum::<usize>()).1
}

/// The fields of every kind of import; each names a column by its place.
fn columns() -> Vec<Field> {
    let mut fields: Vec<&str> = Vec::new();
    for (field, _, _) in imports::Kind::ALL.iter().flat_map(|kind| kind.fields()) {
        if !fields.contains(field) {
            fields.push(field);
        }
    }
    let mut found = texts(&fields);
    found.extend(describing(|| Form::default().is_checked("skip_unfinished")).1);
    found
}

fn answered(schema: Json) -> Json {
    json!({ "description": "Done.", "content": { "application/json": { "schema": schema } } })
}

/// The failures that any operation may answer with; `more` are those of this one.
fn failures(more: &[(&str, &str)]) -> Map<String, Json> {
    let common = [
        ("401", "No token, or one that is not good any more."),
        ("403", "The token or its owner may not."),
        ("404", "Not there, or not in scope: the two look the same."),
        ("429", "Too many requests; see Retry-After."),
    ];
    let problem = json!({ "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } });
    let all = common.iter().chain(more);
    all.map(|(status, about)| ((*status).to_owned(), json!({ "description": about, "content": problem }))).collect()
}

fn parameters(path: &str) -> Vec<Json> {
    let names = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    names.map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } })).collect()
}

fn key_parameter() -> Json {
    json!({ "name": "Idempotency-Key", "in": "header", "schema": { "type": "string", "maxLength": 200 } })
}

fn operation(one: &Operation) -> Json {
    let reference = json!({ "$ref": format!("#/components/schemas/{}", one.answer) });
    let mut parameters = parameters(one.path);
    for asks in one.asks {
        parameters.push(
            json!({ "name": asks.name, "in": "query", "description": asks.about, "schema": { "type": "string" } }),
        );
    }
    let done = match (one.answer, one.is_list) {
        ("", _) => json!({ "description": "The bytes.", "content": { "application/octet-stream": {} } }),
        (_, true) => answered(json!({
            "type": "object", "required": ["total", "items"],
            "properties": {
                "total": { "type": "integer" }, "page": { "type": "integer" }, "pages": { "type": "integer" },
                "per_page": { "type": "integer" }, "items": { "type": "array", "items": reference },
            },
        })),
        (_, false) => answered(reference),
    };
    let is_post = one.method == "post";
    let mut responses = match is_post {
        true => failures(&[("409", "Refused, with every objection."), ("422", "Every fault, by field.")]),
        false if one.asks.is_empty() => failures(&[]),
        false => failures(&[("422", "Every fault, by field.")]),
    };
    responses.insert(one.status.into(), done);
    if one.takes_key() {
        parameters.push(key_parameter());
    }
    json!({
        "operationId": one.id, "summary": one.about, "description": format!("Scope: `{}`.", one.scope),
        "parameters": parameters, "responses": responses,
    })
}

/// A step as its rows of the table say: who, from where to where, on which article.
fn step(action: Action, lang: Lang) -> Json {
    let rows = Case::STEPS.iter().filter(|row| row.action == action && row.opening == Opening::Open);
    let told: Vec<String> = rows
        .map(|row| {
            let from: Vec<&str> = row.from.iter().map(|state| State::word(*state)).collect();
            let by: Vec<&str> = row.by.iter().map(|role| role.word()).collect();
            let (from, to) = (from.join(", "), row.to.word());
            format!("{}: {from} → {to}; by {}; {}", row.number, by.join(", "), lang.t(row.article))
        })
        .collect();
    let mut responses = failures(&[
        ("409", "Refused, with every objection; or the case has changed since the version that was given."),
        ("422", "Every fault, by field."),
    ]);
    responses.insert("200".into(), answered(json!({ "$ref": "#/components/schemas/Case" })));
    let mut parameters = parameters("/{id}");
    parameters.push(key_parameter());
    json!({
        "operationId": format!("step_{}", action.word()), "summary": lang.t(action.label()),
        "description": format!("Scope: `cases:write`.\n\n{}", told.join("\n")),
        "parameters": parameters, "responses": responses,
    })
}

/// What the platform sends to an endpoint that an organisation registered.
fn webhook() -> Json {
    let about = "Sent to the address registered at /notices/webhooks, again and again for three days until it answers 2xx. \
        The header sijian-signature says t=<seconds>,v1=<hex>: HMAC-SHA256 of \"<t>.<body>\" with the secret shown at registration.";
    let text = json!({ "type": "string" });
    let header = |name: &str| json!({ "name": name, "in": "header", "required": true, "schema": text });
    let headers = ["sijian-delivery", "sijian-event", "sijian-signature"].map(header);
    let day = json!({ "type": "string", "format": "date" });
    let instant = json!({ "type": "string", "format": "date-time" });
    let of = |kind: &str, fields: Json| json!({ "type": "object", "title": kind, "required": ["kind", "at"], "properties": fields });
    let step = of(
        "step",
        json!({
            "kind": { "const": "step" }, "event": text, "case": text, "case_code": { "type": ["string", "null"] },
            "sequence": { "type": "integer" }, "step": text, "action": text, "from": { "type": ["string", "null"] },
            "to": text, "at": instant,
        }),
    );
    let reminder = of(
        "reminder",
        json!({
            "kind": { "const": "reminder" }, "case": text, "case_code": { "type": ["string", "null"] }, "rule": text,
            "stage": text, "due_on": day, "at": instant,
        }),
    );
    let test = of("test", json!({ "kind": { "const": "test" }, "at": instant }));
    json!({
        "operationId": "receiveNotice", "summary": "A step was taken, or a term comes near.", "description": about,
        "security": [],
        "parameters": headers,
        "requestBody": { "content": { "application/json": { "schema": { "oneOf": [step, reminder, test] } } } },
        "responses": { "200": { "description": "Received." } },
    })
}
