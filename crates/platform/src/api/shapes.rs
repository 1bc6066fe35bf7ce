//! Cases and what belongs to them as JSON: what the pages show, masked as there.

use super::input::Window;
use crate::actor::RoleKind;
use crate::archive::{self, Loaded, Retention};
use crate::cases::draft::Draft;
use crate::cases::facts::{Declared, Facts};
use crate::cases::queue::{self, Line};
use crate::cases::records::files::RecordFile;
use crate::cases::records::store::{Record, Version};
use crate::cases::{self, Event};
use crate::custody::{self, Holder, Material, Recorded};
use crate::fail::Objection;
use crate::fees::FeeAccount;
use crate::flags::Flag;
use crate::imports::store::Run;
use crate::imports::work;
use crate::papers::Paper;
use crate::perform::TermRow;
use crate::registry::{Categories, Institution, ItemCode, Licence};
use crate::supervision;
use crate::text::Lang;
use crate::web::Signed;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use serde_json::{Value as Json, json};

/// A page of a list: how many there are in all, and where the other pages are.
pub(super) fn page(path: &str, window: Window, total: i64, items: Vec<Json>) -> Response {
    let pages = window.pages(total);
    let body =
        json!({ "total": total, "page": window.page, "pages": pages, "per_page": window.per_page, "items": items });
    let others = [("first", 1), ("prev", window.page - 1), ("next", window.page + 1), ("last", pages)];
    let links: Vec<String> = others
        .into_iter()
        .filter(|(_, page)| (1..=pages).contains(page))
        .map(|(name, page)| format!("<{}>; rel=\"{name}\"", with_page(path, page)))
        .collect();
    let mut response = axum::Json(body).into_response();
    if let Ok(links) = HeaderValue::from_str(&links.join(", ")) {
        response.headers_mut().insert(header::LINK, links);
    }
    response
}

/// The same address, asking for another page.
fn with_page(path: &str, page: i64) -> String {
    let (address, query) = path.split_once('?').unwrap_or((path, ""));
    let others: Vec<&str> = query.split('&').filter(|one| !one.is_empty() && !one.starts_with("page=")).collect();
    let query = others.into_iter().map(str::to_owned).chain([format!("page={page}")]).collect::<Vec<_>>().join("&");
    format!("{address}?{query}")
}

/// Everything of something, which is never many.
pub(super) fn whole(items: Vec<Json>) -> Response {
    axum::Json(json!({ "total": items.len(), "items": items })).into_response()
}

pub(super) fn objections(lang: Lang, all: &[Objection]) -> Vec<Json> {
    let one = |one: &Objection| json!({ "what": lang.say(&one.what), "article": lang.t(one.article), "remedy": lang.say(&one.remedy) });
    all.iter().map(one).collect()
}

pub(super) fn item(lang: Lang, code: &ItemCode) -> Json {
    let name = match Categories::get().find(code) {
        Some(one) if lang == Lang::En => one.english.to_owned(),
        Some(one) => one.name.to_owned(),
        None => code.to_string(),
    };
    json!({ "code": code.to_string(), "name": name })
}

pub(super) fn line(lang: Lang, one: &Line) -> Json {
    json!({
        "id": one.id, "state": one.state.word(), "state_name": lang.t(one.state.label()),
        "code": one.code, "opinion_number": one.opinion_number, "item": item(lang, &one.item),
        "examinee_name": one.examinee_name, "client_name": one.client_name, "institution_name": one.institution_name,
        "received_on": one.received_on, "due_on": one.due_on, "due_provisional": one.provisional,
        "urgency": one.urgency.class(), "due": cases::due_words(lang, one.urgency),
    })
}

/// A case with what can be done now.
pub(super) fn case(facts: &Facts, who: &Signed, today: Date, calendar: &worktime::Calendar) -> Json {
    let (lang, case, asked) = (who.visitor.lang, &facts.case, facts.entrustment());
    let running = facts.terms.iter().any(|term| term.is_open() && term.paused_from.is_none());
    let urgency = queue::Urgency::of(case.due_on, running, today, calendar);
    let team: Vec<Json> = facts
        .team
        .iter()
        .map(|one| {
            let declared = one.declared.as_ref().map(|declared| match declared {
                Declared::Clear => "clear",
                Declared::Conflicted => "conflicted",
            });
            json!({
                "id": one.appraiser.id, "name": one.appraiser.name, "title": lang.t(one.appraiser.title.label()),
                "is_lead": one.position == 1, "declared": declared, "signed_at": one.signed_at,
            })
        })
        .collect();
    let steps: Vec<Json> = cases::options(facts, &who.actor, today)
        .iter()
        .map(|one| {
            json!({
                "action": one.action.word(), "name": lang.t(one.action.label()), "article": lang.t(one.article),
                "by": one.by.iter().map(|role| lang.t(role)).collect::<Vec<_>>(), "mine": one.mine, "may": one.may,
                "objections": objections(lang, &one.objections),
            })
        })
        .collect();
    let mut shown = json!({
        "id": case.id, "version": case.version, "state": case.state.word(), "state_name": lang.t(case.state.label()),
        "code": case.code, "opinion_number": case.opinion_number,
        "received_on": case.received_on, "due_on": case.due_on, "due_provisional": case.due_provisional,
        "urgency": urgency.class(), "due": cases::due_words(lang, urgency),
        "institution": { "id": facts.institution.id, "name": facts.institution.name },
        "client": {
            "organisation_id": case.client_organisation_id, "name": asked.client.name, "officer": asked.client.officer,
            "phone": asked.client.phone, "letter": asked.client.letter,
        },
        "item": item(lang, &asked.item), "matter": asked.matter, "purpose": asked.purpose.word(),
        "case_facts": asked.case_facts,
        "examinee": {
            "name": asked.examinee.name, "sex": asked.examinee.sex.map(|sex| sex.word()), "birth": asked.examinee.birth,
            "id_number": cases::masked(&asked.examinee.id_number), "phone": cases::masked_phone(&asked.examinee.phone),
        },
        "team": team, "steps": steps,
    });
    // Another institution's case is not for this one, as on the page.
    if !who.actor.has(RoleKind::Institution) {
        shown["follow_ups"] = json!(case.content.follow_ups);
    }
    shown
}

pub(super) fn event(lang: Lang, one: &Event) -> Json {
    let detail: Vec<Json> =
        one.detail.iter().map(|(label, text)| json!({ "label": lang.t(label), "text": text })).collect();
    json!({
        "action": one.action.word(), "name": lang.t(one.action.label()), "actor_name": one.actor_name,
        "actor_role": one.actor_role.word(), "at": one.at, "detail": detail,
    })
}

pub(super) fn term(lang: Lang, one: &TermRow, outcome: &str) -> Json {
    let lines: Vec<&str> =
        one.explanation.iter().map(|(zh, en)| if lang == Lang::En { en.as_str() } else { zh.as_str() }).collect();
    json!({
        "rule": one.rule, "name": lang.t(cases::term_label(&one.rule)), "article": lang.t(&one.article),
        "starts": one.starts, "length": if lang == Lang::En { one.length.en() } else { one.length.zh() },
        "due_on": one.due_on, "provisional": one.provisional, "paused_from": one.paused_from,
        "stopped_on": one.stopped_on, "outcome": lang.t(outcome), "explanation": lines,
    })
}

pub(super) fn paper(lang: Lang, one: &Paper) -> Json {
    json!({
        "id": one.id, "kind": one.kind, "title": lang.t(&one.title), "file_name": one.file_name, "sha256": one.sha256,
        "pages": one.pages, "made_at": one.made_at,
    })
}

pub(super) fn material(one: &Material) -> Json {
    let (holder, name) = match &one.holder {
        Holder::Client => ("client", None),
        Holder::Person(party) => ("person", Some(&party.name)),
        Holder::Place(party) => ("place", Some(&party.name)),
        Holder::Lost => ("lost", None),
        Holder::Gone(_) => ("gone", None),
    };
    json!({
        "code": one.code, "version": one.version, "name": one.name, "kind": one.kind, "quantity": one.quantity, "properties": one.properties,
        "state": one.state, "holder": holder, "holder_name": name, "since": one.since, "seal": one.seal,
        "left": one.left, "unit": one.unit, "irregularities": one.irregular,
    })
}

pub(super) fn custody_event(lang: Lang, one: &Recorded) -> Json {
    let event = &one.event;
    let held = |holder: &Option<Holder>| holder.as_ref().map(|one| custody::holder_text(lang, one));
    json!({
        "kind": event.kind.word(), "name": lang.t(event.kind.label()), "at": event.at, "recorded_at": one.recorded_at,
        "by": event.by.name, "from": held(&event.from), "to": held(&event.to),
        "awaits": event.awaits.as_ref().map(|one| &one.name), "amount": event.amount, "seal": event.seal,
        "note": event.note,
    })
}

pub(super) fn record(one: &Record) -> Json {
    json!({
        "id": one.id, "number": one.number, "version": one.newest.version, "entry": one.newest.entry,
        "late": one.newest.late, "author_name": one.newest.author_name, "entered_at": one.newest.entered_at,
        "is_confirmed": one.is_confirmed(), "files": one.files.len(),
    })
}

pub(super) fn record_version(one: &Version) -> Json {
    json!({
        "version": one.version, "entry": one.entry, "late": one.late, "late_reason": one.late_reason,
        "reason": one.reason, "author_name": one.author_name, "entered_at": one.entered_at,
    })
}

pub(super) fn record_file(one: &RecordFile) -> Json {
    json!({
        "id": one.id, "name": one.name, "sha256": one.sha256, "size": one.size, "media_type": one.media_type,
        "note": one.note, "added_by": one.added_by, "added_at": one.added_at,
    })
}

pub(super) fn place(one: &custody::Place) -> Json {
    json!({
        "id": one.id, "parent_id": one.parent_id, "kind": one.kind.word(), "name": one.name, "path": one.path,
        "capacity": one.capacity, "held": one.held,
    })
}

/// An import as it stands, with the columns of its file and the faults that are told of it.
pub(super) fn import(lang: Lang, run: &Run) -> Json {
    let columns = run.shape.columns.iter().map(|(at, name)| json!({ "at": at, "name": name }));
    let fields = run.kind.fields().iter().map(|(field, label, required)| {
        json!({ "field": field, "name": lang.t(label), "required": required, "at": run.mapping.get(*field) })
    });
    let faults = run
        .faults
        .iter()
        .map(|one| json!({ "row": one.row, "field": one.field, "value": one.value, "what": one.what }));
    let (done, of) = work::progress(&run.id).filter(|_| run.state.is_running()).unzip();
    json!({
        "id": run.id, "kind": run.kind.word(), "file_name": run.file_name, "sha256": run.sha256,
        "state": run.state.word(), "state_name": lang.t(run.state.label()), "columns": columns.collect::<Json>(),
        "fields": fields.collect::<Json>(), "skip_unfinished": run.skip_unfinished,
        "rows": {
            "total": run.counts.total, "good": run.counts.good, "bad": run.counts.bad, "skipped": run.counts.skipped,
            "done": done, "of": of,
        },
        "faults": faults.collect::<Json>(), "has_fault_sheet": run.faults_sha256.is_some(),
        "made_by": run.made_by_name, "made_at": run.made_at, "changed_at": run.changed_at,
    })
}

/// A row of the archivist's list, with the days that follow from it.
pub(super) fn volume_line(
    lang: Lang,
    (line, file_by, kept): &(archive::Line, Option<Date>, Option<Retention>),
) -> Json {
    let is_filed = line.filed_on.is_some();
    json!({
        "case_id": line.id, "number": line.number, "institution_name": line.institution, "examinee_name": line.examinee,
        "item": item(lang, &line.item), "state": line.state.word(), "state_name": lang.t(line.state.label()),
        "ended_on": line.ended_on, "file_by": file_by.filter(|_| !is_filed), "filed_on": line.filed_on,
        "kept_until": kept.as_ref().and_then(|kept| kept.until),
        "is_kept_for_good": kept.as_ref().is_some_and(|kept| kept.until.is_none()), "is_held": line.is_held,
    })
}

pub(super) fn hint(lang: Lang, one: &Flag) -> Json {
    json!({
        "kind": one.kind.word(), "name": lang.t(one.kind.label()), "institution_name": one.institution_name,
        "facts": supervision::facts(lang, one), "article": lang.t(&one.article), "case_id": one.subject_id,
        "at": one.raised_at,
    })
}

pub(super) fn volume(lang: Lang, one: &Loaded, (kept, file_by): (Option<Retention>, Option<Date>)) -> Json {
    let items: Vec<Json> = one
        .volume
        .items
        .iter()
        .map(|placed| {
            json!({
                "number": placed.number, "section": lang.t(placed.section.label()), "title": lang.t(&placed.item.title),
                "kind": placed.item.kind, "made_at": placed.item.made_at, "pages": placed.item.pages,
            })
        })
        .collect();
    let missing: Vec<Json> = one
        .volume
        .missing
        .iter()
        .map(|missing| json!({ "title": lang.t(missing.title), "remedy": lang.t(missing.remedy) }))
        .collect();
    json!({
        "ended_on": one.ended_on, "file_by": file_by, "filed_on": one.filed_on, "shelf": one.shelf,
        "is_held": one.is_held(), "is_kept_for_good": kept.as_ref().is_some_and(|kept| kept.until.is_none()),
        "kept_until": kept.as_ref().and_then(|kept| kept.until), "article": kept.map(|kept| lang.t(kept.article).into_owned()),
        "items": items, "missing": missing,
    })
}

/// The draft under the names of its form, with the version to send along when it is saved again.
pub(super) fn draft(version: i64, sha256: &str, one: &Draft) -> Json {
    let mut fields: serde_json::Map<String, Json> =
        one.parts().into_iter().map(|(name, _, text)| (name.to_owned(), json!(text))).collect();
    fields.insert("version".into(), json!(version));
    fields.insert("sha256".into(), json!(sha256));
    fields.insert("dissenter".into(), json!(one.dissenter));
    fields.insert("annex".into(), one.annex_refs.iter().map(|annex| json!(annex.source)).collect());
    Json::Object(fields)
}

pub(super) fn fees(one: &FeeAccount) -> Json {
    let balance = &one.balance;
    let entries: Vec<Json> =
        one.history.iter().map(|row| json!({ "at": row.at, "by": row.by, "entry": row.entry })).collect();
    json!({
        "payment_code": one.payment_code, "version": one.version,
        "balance": {
            "quoted_fen": balance.quoted_fen, "agreed_fen": balance.agreed_fen, "remitted_fen": balance.remitted_fen,
            "charge_fen": balance.charge_fen, "received_fen": balance.received_fen,
            "refunded_fen": balance.refunded_fen, "held_fen": balance.held_fen(),
            "outstanding_fen": balance.outstanding_fen(), "is_settled": balance.is_settled,
        },
        "entries": entries,
    })
}

pub(super) fn institution(one: &Institution, today: Date) -> Json {
    json!({
        "id": one.id, "name": one.name, "district": one.district, "address": one.address, "phone": one.phone,
        "licence": one.licence.as_ref().map(|licence| self::licence(licence, today)),
    })
}

pub(super) fn licence(one: &Licence, today: Date) -> Json {
    json!({
        "number": one.number, "valid_from": one.valid_from, "valid_to": one.valid_to, "is_valid": one.is_valid(today),
        "scope": one.scope.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}
