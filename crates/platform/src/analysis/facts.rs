//! 数据提取: the platform's cases as the detectors read them, without a name in it.
//!
//! Who is who is told by a keyed hash: equal people have equal pseudonyms, and without `keys/analysis.key` no pseudonym
//! leads to anybody. What the platform does not know (coordinates of an examination, complaints) stays empty, and
//! [`Coverage`] says for each detector how many cases it could look at.
//!
//! **Invariant:** rows are put in order by day and pseudonym, never by the database: the same cases give the same extract
//! on both engines. No name, number or address of a person is in it; texts are those that appraisers wrote.

use super::reading;
use crate::app::App;
use crate::cases::content::Content;
use crate::cases::draft::Draft;
use crate::cases::elsewhere::key;
use crate::clock;
use crate::db::{Conn, DbError};
use crate::fail::Fail;
use crate::registry::{Categories, ItemCode};
use crate::values;
use jiff::Timestamp;
use jiff::civil::Date;
use matching::Secret;
use screening::sector::{Case, DAY_MINUTES, Institution, Minute, NONE, Sector};
use std::collections::{BTreeMap, HashMap};

/// The form of the extract; raised when what is read, or how, changes.
/// 2: telephone, hospital, address, times of writing, as Parquet.
pub(super) const FORMAT: u32 = 2;
/// Cases read at a time, with their texts.
const CASES_AT_ONCE: i64 = 2_000;
/// Cases of one extract: a city's ten years. More is a nation's, read by other means.
pub(super) const CASES_MAX: usize = 1_500_000;

/// An extract: what is screened, and what leads back to the platform's rows. Only the first is kept and downloaded.
#[derive(Debug, Default)]
pub struct Extract {
    pub sector: Sector,
    pub known: Known,
    /// Cases that are not in it: nothing decided yet, or nobody assigned yet.
    pub left_out: usize,
}

/// What each pseudonym stands for.
#[derive(Debug, Default)]
pub struct Known {
    pub institutions: HashMap<String, String>,
    pub appraisers: HashMap<String, String>,
    pub cases: HashMap<String, String>,
    /// The organisation behind a lawyer's pseudonym; none where a telephone number is all that is known.
    pub lawyers: HashMap<String, String>,
}

/// A row as read, before it has its numbers.
struct Raw {
    id: String,
    pseudonym: String,
    institution_id: String,
    client_id: String,
    client_kind: String,
    district: String,
    item: ItemCode,
    received_on: Date,
    number: Option<String>,
    issued_on: Option<Date>,
    fee_fen: i64,
    content: Content,
    appraisers: Vec<String>,
    opinion: Draft,
    examined: Option<(Timestamp, Timestamp)>,
    /// When that record was first written, when the last test was over, when the first appraiser signed.
    recorded: Option<Timestamp>,
    tested: Option<Timestamp>,
    signed: Option<Timestamp>,
}

/// Reads the cases received from `from` on.
///
/// # Errors
/// The database's; a key file that cannot be read; more cases than one extract holds.
pub async fn extract(app: &App, from: Option<Date>) -> Result<Extract, Fail> {
    let secret = key::load(&app.config.data, "analysis").map_err(|error| Fail::Internal(error.into()))?;
    let mut conn = app.db.read().await?;
    let institutions = institutions(&mut conn, &secret).await?;
    let appraisers = appraisers(&mut conn, &secret).await?;
    let mut raw = Vec::new();
    let (mut after, mut left_out) = (String::new(), 0);
    loop {
        let some = page(&mut conn, &secret, &after, from).await?;
        let Some(last) = some.last() else { break };
        after = last.id.clone();
        let before = raw.len() + left_out;
        let many = some.len();
        raw.extend(some.into_iter().filter(is_ready));
        left_out = before + many - raw.len();
        if raw.len() > CASES_MAX {
            let said = crate::text::say("一次最多分析%{n}宗案件，请缩短期间。").with("n", CASES_MAX);
            return Err(Fail::TooLarge(said));
        }
    }
    drop(conn);
    tokio::task::spawn_blocking(move || Ok(build(&secret, institutions, appraisers, raw, left_out)))
        .await
        .map_err(|error| Fail::Internal(error.into()))?
}

/// Decided upon, and if accepted, with an appraiser.
fn is_ready(raw: &Raw) -> bool {
    raw.content.refusal.is_some() || !raw.appraisers.is_empty()
}

/// The pseudonym of something of this kind.
pub(super) fn pseudonym(secret: &Secret, kind: &'static str, id: &str) -> String {
    let digest = secret.digest(kind, id);
    format!("{}{}", &kind[..1].to_uppercase(), hex::encode(&digest[..8]))
}

struct Registered {
    id: String,
    pseudonym: String,
    district: String,
}

async fn institutions(conn: &mut Conn, secret: &Secret) -> Result<Vec<Registered>, DbError> {
    let rows = conn
        .all("select i.id, o.district from institution i join organisation o on o.id = i.id order by i.id", &[])
        .await?;
    let mut all = Vec::new();
    for row in rows {
        let id: String = row.get("id")?;
        all.push(Registered { pseudonym: pseudonym(secret, "institution", &id), id, district: row.get("district")? });
    }
    all.sort_by(|a, b| a.pseudonym.cmp(&b.pseudonym));
    Ok(all)
}

async fn appraisers(conn: &mut Conn, secret: &Secret) -> Result<Vec<(String, String, String)>, DbError> {
    let rows = conn.all("select id, institution_id from appraiser order by id", &[]).await?;
    let mut all = Vec::new();
    for row in rows {
        let id: String = row.get("id")?;
        all.push((pseudonym(secret, "appraiser", &id), id, row.get("institution_id")?));
    }
    all.sort();
    Ok(all)
}

/// The next cases after an id, with everything that belongs to them.
async fn page(conn: &mut Conn, secret: &Secret, after: &str, from: Option<Date>) -> Result<Vec<Raw>, DbError> {
    let from = from.map_or_else(String::new, |day| day.to_string());
    let rows = conn
        .all(
            "select c.id, c.institution_id, c.client_organisation_id, c.item, c.received_on, c.opinion_number, c.content,
                 o.kind, o.district, p.issued_on, f.agreed_fen
             from appraisal_case c join organisation o on o.id = c.client_organisation_id
                 left join opinion p on p.case_id = c.id left join fee_account f on f.subject_id = c.id
             where c.id > $1 and c.received_on >= $2 order by c.id limit $3",
            values![after, from, CASES_AT_ONCE],
        )
        .await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in &rows {
        let id: String = row.get("id")?;
        let content: String = row.get("content")?;
        let content: Content = serde_json::from_str(&content)
            .map_err(|error| DbError::unreadable("appraisal_case.content", &error.to_string()))?;
        let item: String = row.get("item")?;
        let agreed = content.check.as_ref().map_or(0, |check| check.agreement.fee_fen);
        let fee_fen = row.get::<Option<i64>>("agreed_fen")?.filter(|fen| *fen > 0).unwrap_or(agreed);
        all.push(Raw {
            pseudonym: pseudonym(secret, "case", &id),
            id,
            institution_id: row.get("institution_id")?,
            client_id: row.get("client_organisation_id")?,
            client_kind: row.get("kind")?,
            district: row.get("district")?,
            item: item.parse().map_err(|_| DbError::unreadable("item", &item))?,
            received_on: row.get("received_on")?,
            number: row.get("opinion_number")?,
            issued_on: row.get("issued_on")?,
            fee_fen: content.history.as_ref().and_then(|one| one.fee_fen).unwrap_or(fee_fen),
            content,
            appraisers: Vec::new(),
            opinion: Draft::default(),
            examined: None,
            recorded: None,
            tested: None,
            signed: None,
        });
    }
    if let (Some(first), Some(last)) = (all.first(), all.last()) {
        let (first, last) = (first.id.clone(), last.id.clone());
        belongings(conn, &first, &last, &mut all).await?;
    }
    Ok(all)
}

/// Appraisers, texts and times of examination of the cases between two ids.
async fn belongings(conn: &mut Conn, first: &str, last: &str, all: &mut [Raw]) -> Result<(), DbError> {
    let place: HashMap<String, usize> = all.iter().enumerate().map(|(at, raw)| (raw.id.clone(), at)).collect();
    let team = conn
        .all(
            "select case_id, appraiser_id, signed_at from case_appraiser where case_id >= $1 and case_id <= $2 order by case_id, position",
            values![first, last],
        )
        .await?;
    for row in team {
        if let Some(at) = place.get(&row.get::<String>("case_id")?) {
            if all[*at].appraisers.is_empty() {
                all[*at].signed = row.get("signed_at")?;
            }
            all[*at].appraisers.push(row.get("appraiser_id")?);
        }
    }
    // In order of versions: the last one stays.
    let drafts = conn
        .all(
            "select case_id, content from opinion_draft where case_id >= $1 and case_id <= $2 order by case_id, version",
            values![first, last],
        )
        .await?;
    for row in drafts {
        if let Some(at) = place.get(&row.get::<String>("case_id")?) {
            let content: String = row.get("content")?;
            all[*at].opinion = serde_json::from_str(&content)
                .map_err(|error| DbError::unreadable("opinion_draft.content", &error.to_string()))?;
        }
    }
    // The first examination of the person or thing itself, as last written; and the last test.
    let records = conn
        .all(
            "select r.case_id, r.created_at, v.kind, v.started_at, v.ended_at from examination_record r
                 join examination_record_version v on v.record_id = r.id
             where r.case_id >= $1 and r.case_id <= $2 and v.kind in ('body', 'psychiatric', 'autopsy', 'inspection', 'test')
                 and v.version = (select max(w.version) from examination_record_version w where w.record_id = r.id)
             order by r.case_id, r.number desc",
            values![first, last],
        )
        .await?;
    for row in records {
        let Some(at) = place.get(&row.get::<String>("case_id")?) else { continue };
        let (one, ended): (&mut Raw, Timestamp) = (&mut all[*at], row.get("ended_at")?);
        if row.get::<String>("kind")? == "test" {
            one.tested = one.tested.max(Some(ended));
        } else {
            one.examined = Some((row.get("started_at")?, ended));
            one.recorded = Some(row.get("created_at")?);
        }
    }
    Ok(())
}

/// Kinds of clients in the detectors' words: who is assigned by law, who comes by choice.
fn client_type(kind: &str) -> &'static str {
    match kind {
        "court" => "court",
        "police" | "procuratorate" | "supervision" => "police",
        "insurer" => "insurer",
        "law_firm" => "lawfirm",
        "citizen" => "person",
        _ => "organ",
    }
}

fn build(
    secret: &Secret,
    institutions: Vec<Registered>,
    appraisers: Vec<(String, String, String)>,
    mut raw: Vec<Raw>,
    left_out: usize,
) -> Extract {
    raw.sort_by(|a, b| a.received_on.cmp(&b.received_on).then_with(|| a.pseudonym.cmp(&b.pseudonym)));
    let mut out = Extract { left_out, ..Extract::default() };
    let mut place = HashMap::new();
    for one in institutions {
        let number = out.sector.institution_ids.number(&one.pseudonym);
        let district = out.sector.districts.number(&one.district);
        // Nobody keeps coordinates yet: without those of an examination there is no distance, wherever the origin lies.
        let kind = String::new();
        out.sector.institutions.push(Institution { district, x: 0.0, y: 0.0, kind });
        place.insert(one.id.clone(), number);
        out.known.institutions.insert(one.pseudonym, one.id);
    }
    let mut people = HashMap::new();
    for (pseudonym, id, home) in appraisers {
        let Some(home) = place.get(&home) else { continue };
        people.insert(id.clone(), out.sector.appraiser_ids.number(&pseudonym));
        out.sector.appraiser_home.push(*home);
        out.known.appraisers.insert(pseudonym, id);
    }
    let standard = usual_fees(&raw);
    let series = series(&raw);
    let followed = followed(&raw);
    for one in &raw {
        let Some(institution) = place.get(&one.institution_id) else { continue };
        let case =
            Builder { secret, raw: one, people: &people, standard: &standard, series: &series, followed: &followed };
        let case = case.case(*institution, &mut out);
        out.sector.cases.push(case);
        out.known.cases.insert(one.pseudonym.clone(), one.id.clone());
    }
    out
}

/// The city's usual fee of an item in yuan: the median. Where the tariff leaves prices to the market there is no other.
fn usual_fees(raw: &[Raw]) -> HashMap<ItemCode, f64> {
    let mut fees: BTreeMap<ItemCode, Vec<i64>> = BTreeMap::new();
    for one in raw.iter().filter(|one| one.fee_fen > 0) {
        fees.entry(one.item).or_default().push(one.fee_fen);
    }
    let median = |mut list: Vec<i64>| {
        list.sort_unstable();
        list[list.len() / 2] as f64 / 100.0
    };
    fees.into_iter().map(|(item, list)| (item, median(list))).collect()
}

/// The commonest series of numbers of each institution's old ledger; only within one series is there an order.
///
/// Numbers that the platform raised need no such test: they are raised in the act of issue.
fn series(raw: &[Raw]) -> HashMap<(String, i16), String> {
    let mut counts: BTreeMap<(String, i16, String), usize> = BTreeMap::new();
    for one in raw.iter().filter(|one| one.content.history.is_some()) {
        if let Some((series, _)) = one.number.as_deref().and_then(reading::serial) {
            *counts.entry((one.institution_id.clone(), one.received_on.year(), series.to_owned())).or_default() += 1;
        }
    }
    let mut best: HashMap<(String, i16), (usize, String)> = HashMap::new();
    for ((institution, year, series), n) in counts {
        let entry = best.entry((institution, year)).or_insert((0, String::new()));
        if n > entry.0 {
            *entry = (n, series);
        }
    }
    best.into_iter().map(|(of, (_, series))| (of, series)).collect()
}

/// For each case that a re-appraisal followed: the severity that this one found, if it found one.
fn followed(raw: &[Raw]) -> HashMap<String, Option<u8>> {
    let later = raw.iter().filter_map(|one| {
        let first = one.content.entrustment.reappraisal.as_ref()?.case_id.clone()?;
        Some((first, reading::severity(&one.opinion.opinion)))
    });
    later.collect()
}

struct Builder<'a> {
    secret: &'a Secret,
    raw: &'a Raw,
    people: &'a HashMap<String, u32>,
    standard: &'a HashMap<ItemCode, f64>,
    series: &'a HashMap<(String, i16), String>,
    followed: &'a HashMap<String, Option<u8>>,
}

impl Builder<'_> {
    fn case(&self, institution: u32, out: &mut Extract) -> Case {
        let (raw, content) = (self.raw, &self.raw.content);
        let accepted = content.refusal.is_none();
        let appraiser = |n: usize| raw.appraisers.get(n).and_then(|id| self.people.get(id)).copied().unwrap_or(NONE);
        let field = Categories::get().find(&raw.item.field()).map_or("", |field| field.name);
        let severity = reading::severity(&raw.opinion.opinion);
        let after = self.followed.get(&raw.id);
        let text = if raw.opinion.analysis.is_empty() {
            NONE
        } else {
            out.sector.texts.push(self.without_names(&raw.opinion.analysis).into());
            (out.sector.texts.len() - 1) as u32
        };
        let exam_date =
            raw.examined.map(|(start, _)| clock::day_of(start)).or(content.examination.as_ref().map(|one| one.from));
        let lawyer = self.lawyer(out);
        let sector = &mut out.sector;
        let [phone, hospital, address] = self.traces();
        let client = pseudonym(self.secret, "organisation", &raw.client_id);
        let insurer = if raw.client_kind == "insurer" { sector.insurers.number(&client) } else { NONE };
        Case {
            id: raw.pseudonym.as_str().into(),
            received: day(raw.received_on),
            institution,
            category: sector.categories.number(field),
            client_type: sector.client_types.number(client_type(&raw.client_kind)),
            client: sector.clients.number(&client),
            lawyer,
            insurer,
            district: sector.districts.number(&raw.district),
            accepted,
            accept_date: accepted.then(|| day(content.check.as_ref().map_or(raw.received_on, |check| check.on))),
            exam_date: exam_date.map(day),
            exam_start: raw.examined.map_or(f32::NAN, |(start, _)| minutes_of_day(start)),
            exam_minutes: raw.examined.map_or(f32::NAN, |(start, end)| minutes_between(start, end)),
            exam_x: f32::NAN,
            exam_y: f32::NAN,
            appraiser1: appraiser(0),
            appraiser2: appraiser(1),
            issue_date: raw.issued_on.or(content.history.as_ref().and_then(|one| one.issued_on)).map(day),
            opinion_no: self.serial(),
            fee: if raw.fee_fen > 0 { raw.fee_fen as f64 / 100.0 } else { f64::NAN },
            fee_standard: self.standard.get(&raw.item).copied().unwrap_or(f64::NAN),
            injury: reading::injury(&raw.opinion.opinion).map_or(NONE, |name| sector.injuries.number(name)),
            age: age(content.entrustment.examinee.birth, raw.received_on),
            severity,
            bac: reading::alcohol(&raw.opinion.opinion).map_or(f32::NAN, |value| value as f32),
            suspended_days: suspended(content),
            reappraised: after.is_some(),
            overturned: matches!((after, severity), (Some(Some(later)), Some(first)) if *later != first),
            complaint: false,
            text,
            phone: sector.phones.number(&phone),
            hospital: sector.hospitals.number(&hospital),
            address: sector.addresses.number(&address),
            recorded: raw.recorded.map(minute),
            instrument: raw.tested.map(minute),
            signed: raw.signed.map(minute),
        }
    }

    /// Who brought the case: the law firm, or whoever answers the telephone for a citizen who has another number.
    fn lawyer(&self, out: &mut Extract) -> u32 {
        let raw = self.raw;
        let entrustment = &raw.content.entrustment;
        if raw.client_kind == "law_firm" {
            let name = pseudonym(self.secret, "lawyer", &raw.client_id);
            out.known.lawyers.insert(name.clone(), raw.client_id.clone());
            return out.sector.lawyers.number(&name);
        }
        let phone = matching::phone(&entrustment.client.phone);
        let is_agent =
            raw.client_kind == "citizen" && !phone.is_empty() && phone != matching::phone(&entrustment.examinee.phone);
        if is_agent { out.sector.lawyers.number(&pseudonym(self.secret, "lawyer", &phone)) } else { NONE }
    }

    /// Pseudonyms of the telephone of whoever speaks for the client, of the hospital whose papers are among the materials, and of a
    /// citizen's or a law firm's address. A telephone that is the examinee's own is nobody's broker.
    fn traces(&self) -> [String; 3] {
        let entrustment = &self.raw.content.entrustment;
        let of = |kind: &'static str, value: &str| match value {
            "" => String::new(),
            _ => pseudonym(self.secret, kind, value),
        };
        let phone = matching::phone(&entrustment.client.phone);
        let is_own = phone == matching::phone(&entrustment.examinee.phone);
        let hospital = self.raw.content.materials().find_map(|one| reading::hospital(&one.name));
        let is_private = matches!(self.raw.client_kind.as_str(), "citizen" | "law_firm");
        let address = if is_private { reading::address(&entrustment.client.address) } else { String::new() };
        [
            of("phone", if is_own { "" } else { &phone }),
            of("hospital", &hospital.unwrap_or_default()),
            of("address", &address),
        ]
    }

    /// The text without the names that the case knows, and without numbers that lead to somebody.
    fn without_names(&self, text: &str) -> String {
        let entrustment = &self.raw.content.entrustment;
        let (examinee, client) = (&entrustment.examinee, &entrustment.client);
        let names =
            [&examinee.name, &examinee.address, &client.name, &client.contact, &client.officer, &client.address];
        reading::without_names(text, &names.map(String::as_str))
    }

    fn serial(&self) -> Option<i64> {
        self.raw.content.history.as_ref()?;
        let (series, serial) = reading::serial(self.raw.number.as_deref()?)?;
        let year = self.raw.received_on.year();
        let own = self.series.get(&(self.raw.institution_id.clone(), year))?;
        (own == series).then_some(i64::from(year) * 1_000_000 + serial)
    }
}

/// Days since 1970-01-01.
pub fn day(date: Date) -> i32 {
    screening::dates::day(i32::from(date.year()), date.month().unsigned_abs().into(), date.day().unsigned_abs().into())
}

fn minutes_of_day(at: Timestamp) -> f32 {
    let at = at.to_zoned_datetime(clock::zone());
    f32::from(at.hour()) * 60.0 + f32::from(at.minute())
}

/// Minutes since 1970-01-01 00:00 here.
fn minute(at: Timestamp) -> Minute {
    day(clock::day_of(at)) * DAY_MINUTES + minutes_of_day(at) as Minute
}

fn minutes_between(start: Timestamp, end: Timestamp) -> f32 {
    ((end.as_second() - start.as_second()).max(0) as f32) / 60.0
}

fn age(birth: Option<Date>, on: Date) -> f32 {
    birth.map_or(f32::NAN, |birth| f32::from((on.year() - birth.year()).max(0)))
}

/// Days on which the clock stood still.
fn suspended(content: &Content) -> f32 {
    let days = content.pauses.iter().filter_map(|pause| Some(day(pause.through?) - day(pause.from)));
    days.map(|days| days.max(0) as f32).sum()
}

/// How much of an extract a detector could look at.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Coverage {
    pub detector: String,
    /// Accepted cases with everything that the detector needs.
    pub usable: usize,
    pub accepted: usize,
}

/// For each detector, the accepted cases with what it needs. Zero means: not computable, which is no clean bill.
pub(super) fn coverage(sector: &Sector) -> Vec<Coverage> {
    type Has = fn(&Case) -> bool;
    let needs: [(&str, Has); 20] = [
        ("ring", |case| case.severity.is_some()),
        ("copy", |case| case.text != NONE),
        ("ghost", |case| !case.exam_start.is_nan() && !case.exam_minutes.is_nan()),
        ("offsite", |case| !case.exam_x.is_nan()),
        ("dump", |case| case.fee > 0.0 && case.fee_standard > 0.0),
        ("delay", |case| case.issue_date.is_some()),
        ("batch", |case| case.opinion_no.is_some() && case.issue_date.is_some()),
        ("heap", |case| !case.bac.is_nan()),
        ("kickback", |case| case.lawyer != NONE),
        ("burst", |_| true),
        ("grades", |case| case.severity.is_some()),
        ("turnaround", |case| case.issue_date.is_some()),
        ("fees", |case| case.fee > 0.0 && case.fee_standard > 0.0),
        ("refused", |_| true),
        ("complaint", |case| case.complaint),
        ("reappraised", |_| true),
        ("overturned", |case| case.reappraised),
        ("network", |case| {
            case.severity.is_some()
                && [case.phone, case.hospital, case.insurer, case.address].iter().any(|one| *one != NONE)
        }),
        ("records", |case| case.recorded.is_some() && case.exam_date.is_some()),
        ("signed", |case| case.signed.is_some() && (case.instrument.is_some() || !case.exam_start.is_nan())),
    ];
    let accepted = sector.accepted().count();
    let count = |need: fn(&Case) -> bool| sector.accepted().filter(|(_, case)| need(case)).count();
    needs.into_iter().map(|(name, need)| Coverage { detector: name.into(), usable: count(need), accepted }).collect()
}
