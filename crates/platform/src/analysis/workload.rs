//! 工作量异常日: days on which an appraiser, by the records, examined two people at once, could not have been where the next one was, or
//! examined more than a day holds.
//!
//! **Invariant:** a day has its cases beside it and the reasons it may be honest above it; it is no lead, and nobody is told of it.

use super::facts::Known;
use super::figures::{self, in_address, slots};
use super::pages::OFFICERS;
use super::runs::Run;
use super::{store, told};
use crate::app::App;
use crate::db::{Conn, DbError, Value};
use crate::fail::Fail;
use crate::web::export::{Export, Format, Wanted};
use crate::web::form::PAGE_ROWS;
use crate::web::{Page, Paging, Signed, Ui, html};
use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use screening::dates;
use screening::described::clock;
use screening::detectors::Description;
use screening::detectors::workload::{EXAMS_MAX, MINUTES_MAX, WorkDay, workload};
use screening::sector::Sector;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};

/// Days kept of a run, the worst: more than a bureau looks at in a year.
const DAYS_MAX: usize = 5_000;
/// Cases named of one day. A ledger that gives every case the same time has days of thousands.
const CASES_MAX: usize = 60;
/// Cases named in one statement.
const CASES_AT_ONCE: usize = 500;
/// Days of an export whose cases are named at a time.
const DAYS_AT_ONCE: usize = 200;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/analysis/workload", get(show))
}

/// What is kept of a run.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Kept {
    institutions: Vec<String>,
    /// Id, and place of the institution in the list above.
    appraisers: Vec<(String, usize)>,
    /// Appraisers' days with an examination, examinations with a time, with a place.
    days_in_all: usize,
    timed: usize,
    placed: usize,
    /// Impossible days in all, and by kind, before any was left out.
    impossible: usize,
    by_kind: [usize; 4],
    days: Vec<Day>,
}

#[derive(Serialize, Deserialize)]
struct Day {
    appraiser: usize,
    on: String,
    exams: usize,
    minutes: f64,
    overlapping: usize,
    doubled: f64,
    unreachable: usize,
    cases: Vec<Examined>,
}

/// A case of a day by its id here.
#[derive(Serialize, Deserialize)]
struct Examined {
    id: String,
    start: f64,
    end: f64,
    overlaps: bool,
    unreachable: bool,
}

/// Why a day is listed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Overlap,
    Journey,
    Many,
    Long,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Overlap, Self::Journey, Self::Many, Self::Long];

    fn word(self) -> &'static str {
        match self {
            Self::Overlap => "overlap",
            Self::Journey => "journey",
            Self::Many => "many",
            Self::Long => "long",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Overlap => "检查时间重叠",
            Self::Journey => "来不及到达",
            Self::Many => "件数过多",
            Self::Long => "时间过长",
        }
    }

    fn is_of(self, overlapping: usize, unreachable: usize, exams: usize, minutes: f64) -> bool {
        match self {
            Self::Overlap => overlapping > 0,
            Self::Journey => unreachable > 0,
            Self::Many => exams > EXAMS_MAX,
            Self::Long => minutes > MINUTES_MAX,
        }
    }
}

impl Day {
    fn is(&self, kind: Kind) -> bool {
        kind.is_of(self.overlapping, self.unreachable, self.exams, self.minutes)
    }
}

pub(super) fn made(sector: &Sector, known: &Known) -> Kept {
    let found = workload(sector, EXAMS_MAX, MINUTES_MAX);
    let is = |kind: Kind, day: &WorkDay| kind.is_of(day.overlapping, day.unreachable, day.cases.len(), day.minutes);
    let case_id = |n: u32| known.cases.get(&*sector.cases[n as usize].id).cloned().unwrap_or_default();
    let appraiser = |n: u32| known.appraisers.get(sector.appraiser_ids.name(n)).cloned().unwrap_or_default();
    let day = |one: &WorkDay| Day {
        appraiser: one.appraiser as usize,
        on: dates::format(one.day),
        exams: one.cases.len(),
        minutes: one.minutes,
        overlapping: one.overlapping,
        doubled: one.doubled,
        unreachable: one.unreachable,
        cases: one
            .cases
            .iter()
            .take(CASES_MAX)
            .map(|of| Examined {
                id: case_id(of.case),
                start: of.start,
                end: of.end,
                overlaps: of.overlaps,
                unreachable: of.unreachable,
            })
            .collect(),
    };
    Kept {
        institutions: figures::institutions(sector, known),
        appraisers: (0..).zip(&sector.appraiser_home).map(|(n, home)| (appraiser(n), *home as usize)).collect(),
        days_in_all: found.days,
        timed: found.timed,
        placed: found.placed,
        impossible: found.impossible.len(),
        by_kind: Kind::ALL.map(|kind| found.impossible.iter().filter(|day| is(kind, day)).count()),
        days: found.impossible.iter().take(DAYS_MAX).map(day).collect(),
    }
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    institution: String,
    #[serde(default)]
    page: String,
    #[serde(default)]
    format: String,
}

/// A day as it is shown.
struct Shown<'k> {
    day: &'k Day,
    appraiser: String,
    institution_id: String,
    institution: String,
    /// The case's name beside it.
    cases: Vec<(&'k Examined, String)>,
}

impl Shown<'_> {
    fn minutes(&self) -> String {
        format!("{:.0}", self.day.minutes)
    }

    /// What is odd about it, in words.
    fn odd(&self, ui: &Ui) -> Vec<String> {
        let day = self.day;
        let mut told = Vec::new();
        if day.is(Kind::Overlap) {
            let said = "重叠%{n}对，共%{m}分钟";
            told.push(ui.lang.f2(said, ("n", day.overlapping), ("m", format!("{:.0}", day.doubled))));
        }
        if day.is(Kind::Journey) {
            told.push(ui.f1("%{n}处来不及到达", "n", day.unreachable));
        }
        if day.is(Kind::Many) {
            told.push(ui.f1("超过%{n}件", "n", EXAMS_MAX));
        }
        if day.is(Kind::Long) {
            told.push(ui.f1("超过%{n}分钟", "n", MINUTES_MAX));
        }
        told
    }

    fn is_folded(&self) -> bool {
        self.cases.len() > FOLDED
    }

    /// Cases that are not named.
    fn left_out(&self) -> usize {
        self.day.exams - self.cases.len()
    }

    fn cells(&self, ui: &Ui) -> [String; 9] {
        let named = |(one, name): &(&Examined, String)| format!("{name} {}", one.time());
        let mut cases: Vec<String> = self.cases.iter().map(named).collect();
        if self.left_out() > 0 {
            cases.push(ui.f1("另有%{n}件没有列出", "n", self.left_out()));
        }
        [
            self.day.on.clone(),
            self.appraiser.clone(),
            self.institution.clone(),
            self.day.exams.to_string(),
            self.minutes(),
            self.day.overlapping.to_string(),
            format!("{:.0}", self.day.doubled),
            self.day.unreachable.to_string(),
            cases.join("; "),
        ]
    }
}

/// Cases of a day shown without unfolding.
const FOLDED: usize = 8;

impl Examined {
    fn time(&self) -> String {
        format!("{}–{}", clock(self.start), clock(self.end))
    }
}

const HEADER: [(&str, f64); 9] = [
    ("日期", 12.0),
    ("鉴定人", 14.0),
    ("鉴定机构", 28.0),
    ("检查件数", 10.0),
    ("检查分钟", 10.0),
    ("重叠对数", 10.0),
    ("重叠分钟", 10.0),
    ("来不及到达处数", 12.0),
    ("当日案件", 60.0),
];

#[derive(Template)]
#[template(path = "analysis/workload.html")]
struct WorkloadPage<'k> {
    ui: Ui,
    run: Option<Run>,
    kept: Option<&'k Kept>,
    kind: Option<Kind>,
    institution: String,
    institutions: Vec<(String, String)>,
    days: Vec<Shown<'k>>,
    paging: Paging,
}

impl WorkloadPage<'_> {
    fn at(&self, kind: &str, more: &str) -> String {
        format!("/analysis/workload?kind={kind}&institution={}{more}", in_address(&self.institution))
    }

    fn at_page(&self, page: &i64) -> String {
        self.at(self.kind.map_or("", Kind::word), &format!("&page={page}"))
    }

    fn file(&self, format: &str) -> String {
        self.at(self.kind.map_or("", Kind::word), &format!("&format={format}"))
    }

    fn kinds(&self) -> [(&'static str, &'static str, bool); 4] {
        Kind::ALL.map(|kind| (kind.word(), kind.label(), self.kind == Some(kind)))
    }

    /// How many days there are in the extract, and how many of them are impossible and why.
    fn counted(&self, kept: &&Kept) -> String {
        let said = crate::text::say(
            "分析的案件中%{timed}件记录了检查的起止时间，合%{days}个鉴定人检查日；其中%{n}个异常：时间重叠%{overlap}，来不及到达%{journey}，超过%{most}件%{many}，超过%{minutes}分钟%{long}（一日可有几种）。",
        );
        let [overlap, journey, many, long] = kept.by_kind;
        let said = said.with("timed", kept.timed).with("days", kept.days_in_all).with("n", kept.impossible);
        let said = said.with("overlap", overlap).with("journey", journey).with("many", many).with("long", long);
        self.ui.say(&said.with("most", EXAMS_MAX).with("minutes", MINUTES_MAX))
    }

    /// Impossible days that are not kept.
    fn left_out(&self, kept: &&Kept) -> usize {
        kept.impossible - kept.days.len()
    }

    fn about(&self) -> Option<&'static Description> {
        told::detector("workload")
    }

    fn both(&self, text: &screening::detectors::Both) -> &'static str {
        told::both(self.ui.lang, text)
    }
}

async fn show(State(app): State<App>, who: Signed, Query(asked): Query<Asked>) -> Result<Response, Fail> {
    who.must_be(OFFICERS)?;
    let mut conn = app.db.read().await?;
    let (run, kept) = figures::newest::<Kept>(&app, &mut conn, |figures| &figures.workload).await?;
    let names = figures::institution_names(&mut conn).await?;
    let ui = who.ui();
    let kind = Kind::ALL.into_iter().find(|kind| kind.word() == asked.kind);
    let institution = asked.institution.trim().to_owned();
    let none = Kept::default();
    let all = kept.as_ref().unwrap_or(&none);
    let home = |day: &Day| all.appraisers.get(day.appraiser).and_then(|(_, n)| all.institutions.get(*n));
    let fits = |day: &&Day| {
        kind.is_none_or(|kind| day.is(kind)) && (institution.is_empty() || home(day) == Some(&institution))
    };
    let days: Vec<&Day> = all.days.iter().filter(fits).collect();
    if let Some(format) = Format::of(&asked.format) {
        let wanted = Wanted::new(&app, &who.visitor, format, "工作量异常日")
            .by("kind", kind.map_or("", Kind::word))
            .by("institution", &institution);
        let mut export = Export::new(wanted, &HEADER, days.len() as i64)?;
        for some in days.chunks(DAYS_AT_ONCE) {
            for one in shown(&mut conn, all, &names, some).await? {
                export.row(&one.cells(&ui))?;
            }
        }
        drop(conn);
        return export.answer().await;
    }
    let paging = Paging::new(asked.page.parse().unwrap_or(1), days.len() as i64);
    let part: Vec<&Day> = days.into_iter().skip(paging.offset().max(0) as usize).take(PAGE_ROWS as usize).collect();
    let days = shown(&mut conn, all, &names, &part).await?;
    drop(conn);
    let used: BTreeSet<&String> = all.days.iter().filter_map(home).collect();
    let mut institutions: Vec<(String, String)> =
        used.into_iter().filter_map(|id| Some((id.clone(), names.get(id)?.clone()))).collect();
    institutions.sort_by(|a, b| a.1.cmp(&b.1));
    let page: Page =
        html(&WorkloadPage { ui, run, kept: kept.as_ref(), kind, institution, institutions, days, paging });
    Ok(page?.into_response())
}

/// Days with the names of who they are about.
async fn shown<'k>(
    conn: &mut Conn,
    kept: &'k Kept,
    institutions: &HashMap<String, String>,
    days: &[&'k Day],
) -> Result<Vec<Shown<'k>>, DbError> {
    let who = |day: &Day| kept.appraisers.get(day.appraiser);
    let people: BTreeSet<&str> = days.iter().filter_map(|day| Some(who(day)?.0.as_str())).collect();
    let people = figures::appraiser_names(conn, &people.into_iter().collect::<Vec<_>>()).await?;
    let cases: BTreeSet<&str> = days.iter().flat_map(|day| day.cases.iter().map(|one| one.id.as_str())).collect();
    let mut named = HashMap::new();
    for some in cases.into_iter().collect::<Vec<_>>().chunks(CASES_AT_ONCE) {
        let bound: Vec<Value> = some.iter().map(|id| Value::from(*id)).collect();
        named.extend(store::case_names(conn, &slots(some.len()), &bound).await?);
    }
    let day = |day: &&'k Day| {
        let home = who(day).and_then(|(_, n)| kept.institutions.get(*n)).cloned().unwrap_or_default();
        Shown {
            day,
            appraiser: who(day).and_then(|(id, _)| people.get(id)).cloned().unwrap_or_default(),
            institution: institutions.get(&home).cloned().unwrap_or_default(),
            institution_id: home,
            cases: day.cases.iter().map(|one| (one, named.get(&one.id).cloned().unwrap_or_default())).collect(),
        }
    };
    Ok(days.iter().map(day).collect())
}
