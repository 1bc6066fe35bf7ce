//! The desk of custody, the tree of places, and the page of one material, which a telephone opens from the label.

use super::chain::{End, Happening, Holder, Holding, Irregularity, Party, Pending};
use super::exported;
use super::forms::{self, PART_FIELDS};
use super::photos::{self, Photo};
use super::places::{self, Place, PlaceKind};
use super::rules::{self, Deed, Facts};
use super::store::{self, Material, Recorded, Scope, Show};
use super::{acts, amount, subject};
use crate::actor::{Role, RoleKind};
use crate::app::App;
use crate::db::Conn;
use crate::fail::{Fail, Fault, Objection};
use crate::perform::Tx;
use crate::text::{Lang, Say, say};
use crate::web::export::Format;
use crate::web::form::{Filled, PAGE_ROWS};
use crate::web::{Form, Page, Paging, Signed, Ui, done, html};
use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/custody", get(desk).post(scan))
        .route("/custody/places", get(show_places).post(change_places))
        .route("/m/{code}", get(show).post(act))
        // What the label holds, in capitals so that its QR code stays small.
        .route("/M/{code}", get(from_label))
        .merge(subject::routes())
        .merge(photos::routes())
}

/// A code as it is stored, whatever was typed or scanned: the address on the label, small letters, gaps, letters taken for
/// digits.
pub fn normalised(typed: &str) -> String {
    let last = typed.trim().rsplit('/').next().unwrap_or_default();
    last.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|sign| match sign.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .take(64)
        .collect()
}

/// In whose hand, in words.
pub fn holder_text(lang: Lang, holder: &Holder) -> String {
    let key = match holder {
        Holder::Person(one) | Holder::Place(one) => return one.name.clone(),
        Holder::Client => "委托人处，尚未接收",
        Holder::Lost => "下落不明",
        Holder::Gone(End::Returned) => "已退还",
        Holder::Gone(End::Destroyed) => "已销毁",
        Holder::Gone(End::UsedUp) => "已用尽",
        Holder::Gone(End::NotBrought) => "没有送来",
    };
    lang.t(key).into_owned()
}

/// No list is longer; keeps a made-up page number from overflowing.
const PAGES_MAX: i64 = 1_000_000;

#[derive(Template)]
#[template(path = "custody/desk.html")]
struct Desk {
    ui: Ui,
    show: Show,
    counts: Vec<(&'static str, &'static str, Show, i64)>,
    materials: Vec<Material>,
    paging: Paging,
    filled: Filled,
    is_staff: bool,
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    show: String,
    #[serde(default)]
    page: String,
    #[serde(default)]
    format: String,
}

async fn desk(State(app): State<App>, who: Signed, Query(asked): Query<Asked>) -> Result<Response, Fail> {
    match Format::of(&asked.format) {
        Some(format) => exported::desk(&app, &who, &asked.show, format).await,
        None => Ok(desk_page(&app, &who, &asked, Filled::default()).await?.into_response()),
    }
}

async fn desk_page(app: &App, who: &Signed, asked: &Asked, filled: Filled) -> Page {
    let scope = store::scope_of(&who.actor)?;
    let is_staff = matches!(scope, Scope::Institution(_));
    let me = &who.actor.account_id;
    let mut conn = app.db.read().await?;
    let mut counts = Vec::new();
    for (word, label, show) in Show::ALL {
        if is_staff || !matches!(show, Show::Mine | Show::Waiting) {
            counts.push((word, label, show, store::count(&mut conn, &scope, show, me).await?));
        }
    }
    // What waits for this person comes first, where anything does.
    let asked_for = counts.iter().find(|(word, ..)| *word == asked.show);
    let waits = counts.iter().find(|(_, _, show, n)| *show == Show::Waiting && *n > 0);
    let Some(&(_, _, show, total)) = asked_for.or(waits).or(counts.first()) else { return Err(Fail::NotFound) };
    let paging = Paging::new(asked.page.parse::<i64>().unwrap_or(1).clamp(1, PAGES_MAX), total);
    let materials = store::page(&mut conn, &scope, show, me, paging.offset(), PAGE_ROWS).await?;
    html(&Desk { ui: who.ui(), show, counts, materials, paging, filled, is_staff })
}

impl Desk {
    fn holder(&self, one: &Material) -> String {
        holder_text(self.ui.lang, &one.holder)
    }

    fn at(&self, page: &i64) -> String {
        let word = Show::ALL.iter().find(|(_, _, show)| *show == self.show).map_or("all", |(word, ..)| *word);
        format!("/custody?show={word}&page={page}")
    }

    fn address(&self) -> String {
        self.at(&1).replace("page=1", "")
    }
}

/// A code typed, or sent by a handheld scanner as if typed.
async fn scan(State(app): State<App>, who: Signed, form: Form) -> Result<Response, Fail> {
    let scope = store::scope_of(&who.actor)?;
    let code = normalised(form.text("code"));
    let what = if code.is_empty() {
        say("请扫描标签，或者输入标签上的编号。")
    } else {
        let mut conn = app.db.read().await?;
        match store::find(&mut conn, &scope, &code).await {
            Ok(found) => return Ok(Redirect::to(&format!("/m/{}", found.code)).into_response()),
            Err(Fail::NotFound) => say("没有编号为%{code}的材料，请核对标签。").with("code", &code),
            Err(fail) => return Err(fail),
        }
    };
    let asked = Asked { show: String::new(), page: String::new(), format: String::new() };
    let page = desk_page(&app, &who, &asked, Filled::new(form, vec![Fault::new("code", what)])).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn from_label(Path(code): Path<String>) -> Redirect {
    Redirect::to(&format!("/m/{}", normalised(&code)))
}

/// Those who work where materials are kept.
const HOUSE: [Role; 5] = [Role::FrontDesk, Role::Head, Role::Appraiser, Role::Reviewer, Role::Archivist];
/// Those who arrange the places.
const ARRANGERS: [Role; 2] = [Role::FrontDesk, Role::Head];

#[derive(Template)]
#[template(path = "custody/places.html")]
struct PlacesPage {
    ui: Ui,
    places: Vec<Place>,
    needs_witness: bool,
    may_change: bool,
    filled: Filled,
}

async fn show_places(State(app): State<App>, who: Signed, Query(asked): Query<Asked>) -> Result<Response, Fail> {
    who.must_be(&HOUSE)?;
    if let Some(format) = Format::of(&asked.format) {
        return exported::tree(&app, &who, format).await;
    }
    let mut conn = app.db.read().await?;
    Ok(places_page(&mut conn, &who, Filled::default()).await?.into_response())
}

async fn places_page(conn: &mut Conn, who: &Signed, filled: Filled) -> Page {
    let institution = who.actor.organisation_id.clone().unwrap_or_default();
    html(&PlacesPage {
        ui: who.ui(),
        places: places::list(conn, &institution).await?,
        needs_witness: places::needs_witness(conn, &institution).await?,
        may_change: ARRANGERS.iter().any(|role| who.actor.is(*role)),
        filled,
    })
}

async fn change_places(State(app): State<App>, who: Signed, form: Form) -> Result<Response, Fail> {
    match arrange(&app, &who, &form).await? {
        Ok(tx) => {
            tx.conn.commit().await?;
            Ok(done("/custody/places", "存放位置已保存。"))
        }
        Err(faults) => {
            let page = places_page(&mut app.db.read().await?, &who, Filled::new(form, faults)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// Changes the places of the person's own institution; faults where the form makes no tree. The caller commits.
///
/// # Errors
/// Who may not.
pub async fn arrange(app: &App, who: &Signed, form: &Form) -> Result<Result<Tx, Vec<Fault>>, Fail> {
    who.must_be(&ARRANGERS)?;
    let institution = who.actor.organisation_id.clone().unwrap_or_default();
    let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
    let there = places::list(&mut tx.conn, &institution).await?;
    let change = match places::change(form, &there) {
        Ok(change) => change,
        Err(faults) => return Ok(Err(faults)),
    };
    // Who guards the guard: whether moves are witnessed is the head's to say.
    if matches!(change, places::Change::Witness(_)) {
        who.must_be(&[Role::Head])?;
    }
    places::save(&mut tx, &institution, &change).await?;
    Ok(Ok(tx))
}

impl PlacesPage {
    /// What was typed into the form of a new place; what was typed elsewhere stays there.
    fn typed(&self) -> Filled {
        if self.filled.value("do") == "set" { Filled::default() } else { self.filled.clone() }
    }

    fn kinds(&self) -> &'static [PlaceKind] {
        PlaceKind::ALL
    }

    fn is_head(&self) -> bool {
        self.ui.who.as_ref().is_some_and(|who| who.is(Role::Head))
    }

    /// Places in which another can stand.
    fn wide(&self) -> Vec<&Place> {
        self.places.iter().filter(|one| one.kind != PlaceKind::Shelf).collect()
    }

    fn fill(&self, one: &Place) -> String {
        match one.capacity {
            Some(capacity) => format!("{} / {capacity}", one.held),
            None => one.held.to_string(),
        }
    }

    /// A path as a list of choices shows it: set in by its depth.
    fn indent(&self, one: &Place) -> String {
        "\u{2003}".repeat(one.depth)
    }
}

/// One event as the timeline shows it.
struct Line<'i> {
    recorded: &'i Recorded,
    breaks: Vec<&'i Irregularity>,
}

#[derive(Template)]
#[template(path = "custody/item.html")]
struct Item {
    ui: Ui,
    facts: Facts,
    known: Vec<Recorded>,
    photos: Vec<Photo>,
    /// What this person may do now.
    deeds: Vec<Deed>,
    /// Sub-samples of it, and what it was split off from.
    kin: Vec<Material>,
    filled: Filled,
    objections: Vec<Objection>,
    open: Option<Deed>,
    is_of_the_house: bool,
    me: String,
}

async fn show(State(app): State<App>, who: Signed, Path(code): Path<String>) -> Result<Response, Fail> {
    let scope = store::scope_of(&who.actor)?;
    let plain = normalised(&code);
    let mut conn = app.db.read().await?;
    let material = store::find(&mut conn, &scope, &plain).await?;
    if plain != code {
        return Ok(Redirect::to(&format!("/m/{plain}")).into_response());
    }
    Ok(item_page(&mut conn, &who, material, Filled::default(), Vec::new(), None).await?.into_response())
}

async fn item_page(
    conn: &mut Conn,
    who: &Signed,
    material: Material,
    filled: Filled,
    objections: Vec<Objection>,
    open: Option<Deed>,
) -> Page {
    let photos = photos::list(conn, &material.id).await?;
    let mut kin = store::of_subject(conn, &material.owners.subject_id).await?;
    kin.retain(|one| one.parent_id.as_ref() == Some(&material.id) || material.parent_id.as_ref() == Some(&one.id));
    let (facts, known) = acts::facts(conn, material).await?;
    let deeds =
        Deed::ALL.iter().copied().filter(|deed| rules::obstacles(&facts, *deed, &who.actor).is_empty()).collect();
    let is_of_the_house = rules::is_of_the_house(&facts.material, &who.actor);
    let me = who.actor.account_id.clone();
    html(&Item { ui: who.ui(), facts, known, photos, deeds, kin, filled, objections, open, is_of_the_house, me })
}

async fn act(State(app): State<App>, who: Signed, Path(code): Path<String>, form: Form) -> Result<Response, Fail> {
    let scope = store::scope_of(&who.actor)?;
    let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
    let material = store::find(&mut tx.conn, &scope, &normalised(&code)).await?;
    let code = material.code.clone();
    let deed: Deed = form.text("do").parse().map_err(|_| Fail::Bad(say("没有这种办理，请返回材料页面重新选择。")))?;
    let refusal = match attempt(&app, &mut tx, material, deed, &form).await {
        Ok(Ok(kind)) => {
            tx.conn.commit().await?;
            return Ok(done(&format!("/m/{code}"), done_word(kind)));
        }
        Ok(Err(refusal)) => refusal,
        Err(Fail::Refused(objections)) => Refusal::Objections(objections),
        Err(fail) => return Err(fail),
    };
    drop(tx);
    again(&app, &who, &code, deed, form, refusal).await
}

/// A deed on the material with this code, as its form would do it: the material after it, in the transaction.
///
/// # Errors
/// Every fault of the form, every objection, or that the material is not in sight.
pub async fn act_on(app: &App, tx: &mut Tx, code: &str, deed: Deed, form: &Form) -> Result<Material, Fail> {
    let scope = store::scope_of(&tx.actor)?;
    let material = store::find(&mut tx.conn, &scope, &normalised(code)).await?;
    let code = material.code.clone();
    match attempt(app, tx, material, deed, form).await? {
        Ok(_) => store::find(&mut tx.conn, &scope, &code).await,
        Err(Refusal::Faults(faults)) => Err(Fail::Faults(faults)),
        Err(Refusal::Objections(objections)) => Err(Fail::Refused(objections)),
    }
}

/// The deed, decided and carried out in the transaction; or why not.
async fn attempt(
    app: &App,
    tx: &mut Tx,
    material: Material,
    deed: Deed,
    form: &Form,
) -> Result<Result<Happening, Refusal>, Fail> {
    let (facts, known) = acts::facts(&mut tx.conn, material).await?;
    // A form that does not say which version it was opened at is not one that was opened now.
    if form.text("version").parse::<i64>() != Ok(facts.material.version) {
        return Ok(Err(Refusal::Objections(vec![overtaken(&facts, &known)])));
    }
    let input = match forms::input(deed, form, &facts.material.unit) {
        Ok(input) => input,
        Err(faults) => return Ok(Err(Refusal::Faults(faults))),
    };
    let decision = match rules::decide(&facts, input, &tx.actor, tx.now) {
        Ok(decision) => decision,
        Err(objections) => return Ok(Err(Refusal::Objections(objections))),
    };
    acts::carry_out(app, tx, &facts, &known, &decision).await?;
    Ok(Ok(decision.event.kind))
}

enum Refusal {
    Faults(Vec<Fault>),
    Objections(Vec<Objection>),
}

/// What happened between the opening of a form and its sending.
fn overtaken(facts: &Facts, known: &[Recorded]) -> Objection {
    let last = known.last().map(|one| &one.event);
    Objection {
        what: say("在您打开此页之后，%{who}已登记“%{what}”，此次办理没有执行。")
            .with("who", last.map(|one| one.by.name.clone()).unwrap_or_default())
            .word("what", last.map_or("", |one| one.kind.label())),
        article: super::T22,
        remedy: say("材料%{code}的现况见下，请核对后再办理。").with("code", &facts.material.code),
    }
}

/// The page again, with everything that was typed and what is wrong; nothing was changed.
async fn again(
    app: &App,
    who: &Signed,
    code: &str,
    deed: Deed,
    form: Form,
    refusal: Refusal,
) -> Result<Response, Fail> {
    let mut conn = app.db.read().await?;
    let material = store::find(&mut conn, &store::scope_of(&who.actor)?, code).await?;
    let (status, faults, objections) = match refusal {
        Refusal::Faults(faults) => (StatusCode::UNPROCESSABLE_ENTITY, faults, Vec::new()),
        Refusal::Objections(objections) => (StatusCode::CONFLICT, Vec::new(), objections),
    };
    let page = item_page(&mut conn, who, material, Filled::new(form, faults), objections, Some(deed)).await?;
    Ok((status, page).into_response())
}

fn done_word(kind: Happening) -> &'static str {
    match kind {
        Happening::Offered => "已提出，等待对方确认。",
        Happening::Confirmed => "交接已确认。",
        Happening::Refused => "已拒绝接收。",
        Happening::Withdrawn => "交接已撤回。",
        Happening::Returned => "已登记退还，凭证已生成。",
        _ => "流转记录已登记。",
    }
}

impl Item {
    fn holder(&self, holder: &Holder) -> String {
        holder_text(self.ui.lang, holder)
    }

    fn left(&self) -> String {
        let material = &self.facts.material;
        self.facts.holding.left.map(|left| amount::text(left, &material.unit)).unwrap_or_default()
    }

    /// Less is left than came.
    fn is_used(&self) -> bool {
        self.facts.holding.left.is_some()
            && amount::parse(&self.facts.material.quantity).map(|(came, _)| came) != self.facts.holding.left
    }

    /// The colleague in whose hand it is, when nothing waits for anybody: he is the one to begin.
    fn elsewhere(&self) -> Option<&str> {
        match &self.facts.holding.holder {
            Holder::Person(one)
                if self.is_of_the_house && one.id != self.me && self.facts.holding.pending.is_none() =>
            {
                Some(&one.name)
            }
            _ => None,
        }
    }

    fn amount(&self, amount: &i64) -> String {
        amount::text(*amount, &self.facts.material.unit)
    }

    fn is_open(&self, deed: &Deed) -> bool {
        self.open == Some(*deed)
    }

    /// Colleagues other than oneself.
    fn others(&self) -> Vec<&Party> {
        self.facts.colleagues.iter().filter(|one| one.id != self.me).collect()
    }

    /// The first thing to do stands open.
    fn is_first(&self, deed: &Deed) -> bool {
        self.open.is_none() && self.deeds.first() == Some(deed) && *deed == Deed::Confirm
    }

    fn witness_hint(&self) -> &'static str {
        if self.facts.needs_witness {
            "本机构规定须有见证人，见证人登录确认后生效"
        } else {
            "有见证人的，由见证人登录确认后生效"
        }
    }

    fn pending_text(&self, pending: &Pending) -> String {
        let said = say("%{by}于%{time}提出转到“%{to}”，等待%{who}确认。")
            .with("by", &pending.by.name)
            .with("time", self.ui.minute(&pending.since))
            .with("to", self.holder(&pending.to))
            .with("who", &pending.awaits.name);
        self.ui.say(&said)
    }

    fn part_name(&self, n: &usize) -> &'static str {
        PART_FIELDS.get(n - 1).map_or("", |(name, _)| name)
    }

    fn part_amount(&self, n: &usize) -> &'static str {
        PART_FIELDS.get(n - 1).map_or("", |(_, amount)| amount)
    }

    fn rows(&self) -> std::ops::RangeInclusive<usize> {
        1..=PART_FIELDS.len()
    }

    /// Newest first.
    fn lines(&self) -> Vec<Line<'_>> {
        let breaks = |n: usize| self.facts.holding.irregularities.iter().filter(|one| one.event == n).collect();
        self.known.iter().enumerate().rev().map(|(n, recorded)| Line { recorded, breaks: breaks(n) }).collect()
    }

    fn holding(&self) -> &Holding {
        &self.facts.holding
    }

    /// Whether it was written down later than it happened.
    fn is_late(&self, one: &Recorded) -> bool {
        one.recorded_at.as_second() - one.event.at.as_second() > 60
    }

    fn unexplained(&self) -> Vec<Say> {
        let open = self.facts.holding.irregularities.iter().filter(|one| !one.is_explained);
        open.map(|one| say("%{what}").word("what", one.what.label())).collect()
    }

    fn may_photograph(&self) -> bool {
        self.is_of_the_house && self.ui.who.as_ref().is_some_and(|who| who.has(RoleKind::Institution))
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_code_is_understood_however_it_comes() {
        for (typed, code) in [
            ("7KQ2M9XA01", "7KQ2M9XA01"),
            (" 7kq2-m9xa 01 ", "7KQ2M9XA01"),
            ("HTTPS://SIJIAN.EXAMPLE.ORG/M/7KQ2M9XA01", "7KQ2M9XA01"),
            ("oil", "011"),
            ("'; --", ""),
        ] {
            assert_eq!(super::normalised(typed), code, "{typed}");
        }
    }
}
