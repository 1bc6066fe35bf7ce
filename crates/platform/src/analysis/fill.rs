//! An extract written into a database as closed cases of the time before the platform: for trying the analysis on a city.
//!
//! Cases enter by the row T00 like those of an old ledger, in few statements. What the platform has no place for is left out:
//! coordinates of examinations and institutions, complaints, insurers named beside another client. A re-appraisal becomes a
//! case of its own, at the next institution and for a court, because the platform knows re-appraisals only as cases.
//!
//! **Invariant:** ids follow from the seed and the days, so the same extract makes the same rows in either database.

use super::drawn::{GRADES, conclusion, district, item};
use crate::accounts::{self, Doer, NewAccount};
use crate::actor::{Actor, Role};
use crate::app::App;
use crate::cases::content::*;
use crate::cases::draft::Draft;
use crate::cases::facts::Record;
use crate::cases::{Action, Case, acts, store};
use crate::custody;
use crate::db::{Value, dialect};
use crate::fail::Fail;
use crate::perform::{Act, Subject, Tx, id_from};
use crate::registry::{self, Appraiser, Institution, ItemCode, Licence, Organisation, Title};
use crate::text::Lang;
use crate::values;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use procedure::Procedure;
use rand::SeedableRng;
use rand::rngs::StdRng;
use screening::sector::{Case as Drawn, DAY_MINUTES, NONE, Sector};
use serde_json::json;
use std::collections::HashMap;

/// Cases written in one transaction.
const CASES_A_COMMIT: usize = 1_000;
/// Rows of one statement of up to nine values.
const ROWS_AT_ONCE: usize = 500;

/// An institution that cases are written for.
#[derive(Clone, Debug)]
pub struct House {
    pub id: String,
    pub short_name: String,
    /// Id and name, in their order.
    pub appraisers: Vec<(String, String)>,
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filled {
    pub institutions: usize,
    pub appraisers: usize,
    pub cases: usize,
    pub reappraisals: usize,
}

/// Writes everything under names of its own.
///
/// # Errors
/// The database's; a name that is taken: a city is generated once.
pub async fn city(app: &App, sector: &Sector, seed: u64, told: impl Fn(usize, usize)) -> Result<Filled, Fail> {
    let mut random = StdRng::seed_from_u64(seed);
    let houses = houses(app, sector, &mut random).await?;
    let appraisers = houses.iter().map(|house| house.appraisers.len()).sum();
    let filled = cases(app, sector, &houses, "模拟·", random, told).await?;
    Ok(Filled { institutions: houses.len(), appraisers, ..filled })
}

/// Who writes: nobody can sign in as it.
fn machine(account_id: String) -> Actor {
    Actor {
        account_id,
        login: "generated".into(),
        name: "模拟数据".into(),
        roles: vec![Role::FrontDesk],
        organisation_id: None,
        organisation_name: String::new(),
        appraiser_id: None,
        language: Lang::Zh,
    }
}

fn date(day: i32) -> Date {
    Date::constant(1970, 1, 1).saturating_add(i64::from(day).days())
}

fn instant(day: i32, minutes: f32) -> Timestamp {
    let at =
        date(day).at(0, 0, 0, 0).to_zoned_datetime(crate::clock::zone()).map(|at| at.timestamp()).unwrap_or_default();
    at.checked_add(i64::from(minutes.max(0.0) as i32).minutes()).unwrap_or(at)
}

/// Institutions and appraisers of the extract, licensed for everything for its whole time.
async fn houses(app: &App, sector: &Sector, random: &mut StdRng) -> Result<Vec<House>, Fail> {
    let Some((first, last)) = sector.span() else { return Ok(Vec::new()) };
    let mut tx = app.write(&machine(String::new()), "generate").await?;
    let licence = |number: String| Licence {
        number,
        valid_from: date(first).saturating_sub(1.years()),
        valid_to: date(last).saturating_add(5.years()),
        scope: ["FY-01", "FY-02", "FY-03", "FY-04", "FY-05", "WZ-01", "WZ-02", "SX-01", "HJ-01"]
            .iter()
            .filter_map(|code| code.parse().ok())
            .collect(),
        interruptions: Vec::new(),
    };
    let at = instant(first, 0.0);
    let mut houses = Vec::new();
    for (n, one) in sector.institutions.iter().enumerate() {
        let house = House { id: id_from(at, random), short_name: format!("模拟{}", n + 1), appraisers: Vec::new() };
        let institution = Institution {
            id: house.id.clone(),
            name: format!("模拟·第{}司法鉴定中心", n + 1),
            short_name: house.short_name.clone(),
            head_name: "模拟负责人".into(),
            region: "shanghai".into(),
            district: district(sector, one.district),
            address: "模拟路1号".into(),
            phone: "021-00000000".into(),
            licence: Some(licence(format!("99{n:07}"))),
        };
        registry::store::create_institution(&mut tx.conn, &institution).await?;
        houses.push(house);
    }
    for (n, home) in sector.appraiser_home.iter().enumerate() {
        let house = &mut houses[*home as usize];
        let appraiser = Appraiser {
            id: id_from(at, random),
            institution_id: house.id.clone(),
            account_id: None,
            name: format!("模拟鉴定人{}", n + 1),
            title: if n % 2 == 0 { Title::Senior } else { Title::Intermediate },
            licence: Some(licence(format!("99{n:010}"))),
        };
        registry::store::create_appraiser(&mut tx.conn, &appraiser).await?;
        house.appraisers.push((appraiser.id, appraiser.name));
    }
    tx.conn.commit().await?;
    Ok(houses)
}

/// Writes the cases for houses that are there: the sector's institutions in their order, and of each its appraisers in theirs.
///
/// # Errors
/// The database's; fewer houses than the extract has institutions.
pub async fn cases(
    app: &App,
    sector: &Sector,
    houses: &[House],
    prefix: &str,
    mut random: StdRng,
    told: impl Fn(usize, usize),
) -> Result<Filled, Fail> {
    if houses.len() < sector.institutions.len() || houses.iter().any(|house| house.appraisers.len() < 2) {
        return Err(Fail::Internal(anyhow::anyhow!(
            "an institution of the extract has no house, or no two appraisers"
        )));
    }
    let account = account(app).await?;
    let at = instant(sector.span().map_or(0, |(first, _)| first), 0.0);
    let people = people(sector, houses);
    let mut writer = Writer { sector, houses, prefix, at, account, people, clients: HashMap::new() };
    let mut filled = Filled::default();
    let whole = sector.cases.len();
    for (n, some) in sector.cases.chunks(CASES_A_COMMIT).enumerate() {
        let mut tx = app.write(&machine(writer.account.clone()), "generate").await?;
        tx.random = random;
        tx.is_history = true;
        let mut batch = Batch::default();
        for case in some {
            writer.case(&mut tx, case, &mut batch).await?;
        }
        filled.cases += some.len();
        filled.reappraisals += batch.records.len() - some.len();
        batch.write(&mut tx).await?;
        random = tx.random.clone();
        tx.conn.commit().await?;
        told((n * CASES_A_COMMIT + some.len()).min(whole), whole);
    }
    Ok(filled)
}

/// The account that stands for every generated client; it has no password.
async fn account(app: &App) -> Result<String, Fail> {
    let mut conn = app.db.write().await?;
    let known = conn.first("select id from account where login = 'generated'", &[]).await?;
    if let Some(row) = known {
        return Ok(row.get("id")?);
    }
    let new = NewAccount {
        login: "generated".into(),
        name: "模拟数据".into(),
        roles: Vec::new(),
        organisation_id: None,
        language: Lang::Zh,
        password_hash: None,
    };
    let id = accounts::create_account(&mut conn, &new, &Doer::machine("generate"), app.clock.now()).await?;
    conn.commit().await?;
    Ok(id)
}

/// Each appraiser of the extract: id and name of somebody of the same house.
fn people(sector: &Sector, houses: &[House]) -> Vec<(String, String)> {
    let mut taken = vec![0; houses.len()];
    let own = sector.appraiser_home.iter().map(|home| {
        let house = &houses[*home as usize];
        let at = taken[*home as usize];
        taken[*home as usize] += 1;
        house.appraisers[at % house.appraisers.len()].clone()
    });
    own.collect()
}

struct Writer<'a> {
    sector: &'a Sector,
    houses: &'a [House],
    prefix: &'a str,
    /// The day that ids of organisations are made from: not today's, or no two databases would agree.
    at: Timestamp,
    account: String,
    people: Vec<(String, String)>,
    /// Organisations that entrusted, by kind and number.
    clients: HashMap<(String, String), (String, String)>,
}

/// What waits for few statements.
#[derive(Default)]
struct Batch {
    records: Vec<Record>,
    acts: Vec<(Subject, Act)>,
    team: Vec<Value>,
    drafts: Vec<Value>,
    examinations: Vec<Value>,
    versions: Vec<Value>,
}

impl Writer<'_> {
    async fn client(&mut self, tx: &mut Tx, case: &Drawn) -> Result<(String, String), Fail> {
        let sector = self.sector;
        let (kind, number) = match sector.client_types.name(case.client_type) {
            _ if case.lawyer != NONE => ("law_firm", sector.lawyers.name(case.lawyer)),
            "court" => ("court", sector.clients.name(case.client)),
            "police" => ("police", sector.clients.name(case.client)),
            "insurer" => ("insurer", sector.clients.name(case.client)),
            "lawfirm" => ("law_firm", sector.clients.name(case.client)),
            // Citizens have one organisation a district: where they live is all that is drawn of them.
            _ => ("citizen", sector.districts.name(case.district)),
        };
        self.organisation(tx, kind, number, case.district).await
    }

    /// An organisation and its name, made when its first case comes; its seat is that case's district.
    async fn organisation(
        &mut self,
        tx: &mut Tx,
        kind: &str,
        number: &str,
        seat: u32,
    ) -> Result<(String, String), Fail> {
        let key = (kind.to_owned(), number.to_owned());
        if let Some(known) = self.clients.get(&key) {
            return Ok(known.clone());
        }
        let what = match kind {
            "court" => "人民法院",
            "police" => "公安分局",
            "insurer" => "保险公司",
            "law_firm" => "律师事务所",
            _ => "公民委托人",
        };
        let name = format!("{}{}{what}", self.prefix, self.clients.len() + 1);
        let id = id_from(self.at, &mut tx.random);
        let one = Organisation {
            id: id.clone(),
            kind: kind.into(),
            name: name.clone(),
            district: district(self.sector, seat),
            address: "模拟路2号".into(),
            phone: "021-00000000".into(),
        };
        registry::store::create_organisation(&mut tx.conn, &one).await?;
        self.clients.insert(key, (id.clone(), name.clone()));
        Ok((id, name))
    }

    async fn case(&mut self, tx: &mut Tx, case: &Drawn, batch: &mut Batch) -> Result<(), Fail> {
        let client = self.client(tx, case).await?;
        let first = self.write(tx, case, client, None, batch)?;
        if !case.reappraised {
            return Ok(());
        }
        // The next institution, for a court, two months later; half a year at most after what was drawn.
        let court = self.organisation(tx, "court", "reappraisal", NONE).await?;
        let sector = self.sector;
        let institution = (case.institution + 1) % sector.institutions.len().max(1) as u32;
        let appraiser =
            (0..sector.appraiser_home.len() as u32).find(|one| sector.appraiser_home[*one as usize] == institution);
        let severity =
            case.severity.map(|severity| if case.overturned { severity.saturating_sub(2) } else { severity });
        let later = Drawn {
            received: case.issue_date.unwrap_or(case.received) + 5,
            accept_date: case.issue_date.map(|day| day + 6),
            exam_date: case.issue_date.map(|day| day + 8),
            // Of its day nothing was drawn: a time of ours would overlap with what else its appraiser did.
            exam_start: f32::NAN,
            exam_minutes: f32::NAN,
            issue_date: case.issue_date.map(|day| day + 15),
            institution,
            appraiser1: appraiser.unwrap_or(NONE),
            appraiser2: appraiser.unwrap_or(NONE),
            lawyer: NONE,
            severity,
            text: NONE,
            opinion_no: None,
            suspended_days: 0.0,
            phone: NONE,
            address: NONE,
            recorded: None,
            signed: None,
            ..case.clone()
        };
        self.write(tx, &later, court, Some((&first, case.institution)), batch)?;
        Ok(())
    }

    /// Puts one case into the batch; its id.
    fn write(
        &self,
        tx: &mut Tx,
        case: &Drawn,
        client: (String, String),
        earlier: Option<(&str, u32)>,
        batch: &mut Batch,
    ) -> Result<String, Fail> {
        let house = &self.houses[case.institution as usize];
        let id = id_from(instant(case.received, 540.0), &mut tx.random);
        let item = item(self.sector.categories.name(case.category), case.severity.is_some());
        let item: ItemCode = item.parse().map_err(|error| Fail::Internal(anyhow::Error::new(error)))?;
        let number = case.opinion_no.map(|no| {
            let year = case.issue_date.map_or(0, |day| date(day).year());
            format!("沪{}司鉴〔{year}〕模鉴字第{no}号", house.short_name)
        });
        let team: Vec<&(String, String)> = [case.appraiser1, case.appraiser2]
            .iter()
            .filter_map(|one| self.people.get(*one as usize))
            .fold(Vec::new(), |mut team, one| {
                if !team.contains(&one) {
                    team.push(one);
                }
                team
            });
        let record = Record {
            id: id.clone(),
            version: 1,
            state: crate::cases::State::Archived,
            institution_id: house.id.clone(),
            client_organisation_id: client.0,
            client_account_id: self.account.clone(),
            code: None,
            opinion_number: number.clone(),
            received_on: date(case.received),
            due_on: None,
            due_provisional: false,
            content: self.content(case, house, item, client.1, earlier, batch.records.len()),
        };
        let signed = case.signed.map(|at| instant(at.div_euclid(DAY_MINUTES), at.rem_euclid(DAY_MINUTES) as f32));
        for (position, (appraiser, _)) in (1_i64..).zip(&team) {
            batch.team.extend_from_slice(values![&id, appraiser, position, signed]);
        }
        if case.accepted {
            self.examined(tx, case, &id, &team, batch);
        }
        batch.acts.push((Subject { procedure: Case::NAME, id: id.clone(), version: 0 }, act(&record)?));
        batch.records.push(record);
        Ok(id)
    }

    fn examined(&self, tx: &mut Tx, case: &Drawn, id: &str, team: &[&(String, String)], batch: &mut Batch) {
        let sector = self.sector;
        let draft = Draft {
            analysis: sector.texts.get(case.text as usize).map(ToString::to_string).unwrap_or_default(),
            opinion: conclusion(sector, case),
            ..Draft::default()
        };
        let kept = serde_json::to_string(&draft).unwrap_or_default();
        let entered = instant(case.issue_date.unwrap_or(case.received), 600.0);
        batch.drafts.extend_from_slice(values![id, 1_i64, kept, &self.account, entered]);
        let (Some(day), true) = (case.exam_date, case.exam_start.is_finite() && case.exam_minutes.is_finite()) else {
            return;
        };
        let (start, end) = (instant(day, case.exam_start), instant(day, case.exam_start + case.exam_minutes));
        let record = id_from(start, &mut tx.random);
        let author = team.first().map(|one| one.1.clone()).unwrap_or_default();
        // Records were written when the extract says so; without it, when the examination was over.
        let written =
            case.recorded.map_or(end, |at| instant(at.div_euclid(DAY_MINUTES), at.rem_euclid(DAY_MINUTES) as f32));
        batch.examinations.extend_from_slice(values![&record, id, 1_i64, &self.account, written]);
        let content = json!({
            "kind": "body", "started_at": start, "ended_at": end, "place": "本机构", "capability": "none", "tier": "industry",
            "method": "历史案件，见原件", "method_reason": "", "consent": false, "instrument": null, "people": [],
            "text": "历史案件的检查时间。", "measurements": [],
        });
        batch.versions.extend_from_slice(values![
            &record,
            1_i64,
            "body",
            start,
            end,
            false,
            "",
            "",
            &self.account,
            author,
            written,
            content.to_string()
        ]);
    }

    fn content(
        &self,
        case: &Drawn,
        house: &House,
        item: ItemCode,
        client: String,
        earlier: Option<(&str, u32)>,
        row: usize,
    ) -> Content {
        let age = if case.age.is_finite() { case.age as i16 } else { 40 };
        let birth = date(case.received).saturating_sub(i64::from(age).years());
        let entrustment = Entrustment {
            institution_id: house.id.clone(),
            item,
            matter: "历史案件".into(),
            purpose: Purpose::Civil,
            reappraisal: earlier.map(|(id, institution)| Earlier {
                institution: self.houses[institution as usize].short_name.clone(),
                appraisers: String::new(),
                ground: "对原鉴定意见有异议。".into(),
                case_id: Some(id.to_owned()),
                special_reason: String::new(),
            }),
            case_facts: String::new(),
            client: ClientContact {
                name: client,
                address: if case.address == NONE {
                    String::new()
                } else {
                    format!("模拟区模拟路{}号", case.address + 1)
                },
                contact: String::new(),
                phone: phone(case.phone),
                officer: String::new(),
                letter: String::new(),
            },
            examinee: Examinee {
                name: format!("{}被鉴定人", self.prefix),
                sex: None,
                birth: case.age.is_finite().then_some(birth),
                id_number: String::new(),
                phone: String::new(),
                address: String::new(),
            },
            materials: materials(case),
            materials_confirmed: false,
            injury: None,
            recusal_wish: String::new(),
            delivery: DeliveryWay::Collect,
            supplements: None,
        };
        let fee_fen = if case.fee.is_finite() { (case.fee * 100.0).round() as i64 } else { 0 };
        let history = History {
            ledger_number: format!("{}旧案{}", self.prefix, case.id),
            outcome: if case.accepted { "已出具意见书" } else { "不予受理" }.into(),
            issued_on: case.issue_date.map(date),
            appraisers: String::new(),
            fee_fen: (fee_fen > 0).then_some(fee_fen),
            remarks: String::new(),
            file: "generated".into(),
            row: u32::try_from(row).unwrap_or_default(),
        };
        let refusal = (!case.accepted).then(|| Refusal {
            grounds: vec![Ground::Other],
            explanation: "历史案件，理由见原件。".into(),
            returned: String::new(),
        });
        let pauses = pause(case).into_iter().collect();
        Content { history: Some(history), refusal, pauses, ..Content::new(entrustment) }
    }
}

/// A telephone that no operator gives out, for a number of the extract.
fn phone(number: u32) -> String {
    if number == NONE { String::new() } else { format!("990{number:08}") }
}

/// A hospital's name without a digit, as hospitals have it.
fn hospital(number: u32) -> String {
    let digits = number.to_string();
    digits.chars().filter_map(|digit| GRADES.get(digit.to_digit(10)? as usize + 1)).copied().collect::<String>() + "号"
}

/// The papers of the hospital that treated.
fn materials(case: &Drawn) -> Vec<Material> {
    let one = (case.hospital != NONE).then(|| Material {
        name: format!("模拟{}医院出院小结", hospital(case.hospital)),
        kind: "病历".into(),
        quantity: "1份".into(),
        properties: String::new(),
    });
    one.into_iter().collect()
}

/// The days on which the clock stood still, as one pause after the acceptance.
fn pause(case: &Drawn) -> Option<PauseRecord> {
    let from = case.accept_date.filter(|_| case.suspended_days >= 1.0)?;
    Some(PauseRecord {
        ground: PauseGround::Supplement,
        detail: "历史案件".into(),
        from: date(from),
        approved_by: Some("历史案件".into()),
        through: Some(date(from + case.suspended_days as i32)),
        suspends: true,
    })
}

fn act(record: &Record) -> Result<Act, Fail> {
    let step = procedure::step::<Case>(None, Action::ImportLedger, &[Role::FrontDesk])
        .map_err(|_| Fail::Internal(anyhow::anyhow!("the table has no row for old cases")))?;
    Ok(Act {
        step: step.number,
        action: step.action.word().into(),
        article: step.article,
        role: Role::FrontDesk,
        from: None,
        to: step.to.word().into(),
        terms: Vec::new(),
        detail: json!({ "item": record.content.entrustment.item, "file": "generated" }),
    })
}

impl Batch {
    async fn write(self, tx: &mut Tx) -> Result<(), Fail> {
        tx.perform_many(&self.acts).await?;
        store::create_many(tx, &self.records).await?;
        let owners: Vec<custody::Owners> = self.records.iter().map(acts::material_owners).collect();
        let subjects: Vec<_> =
            owners.iter().zip(&self.records).map(|(owners, record)| (owners, record.received_on)).collect();
        custody::open(&mut tx.conn, &subjects).await?;
        let tables: [(&str, usize, Vec<Value>); 4] = [
            ("case_appraiser (case_id, appraiser_id, position, signed_at)", 4, self.team),
            ("opinion_draft (case_id, version, content, saved_by, saved_at)", 5, self.drafts),
            ("examination_record (id, case_id, number, created_by, created_at)", 5, self.examinations),
            (
                "examination_record_version (record_id, version, kind, started_at, ended_at, late, late_reason, reason, author_id,
                     author_name, entered_at, content)",
                12,
                self.versions,
            ),
        ];
        for (table, columns, values) in tables {
            for some in values.chunks(ROWS_AT_ONCE * columns) {
                let places = dialect::rows(&tx.conn, some.len() / columns, columns);
                tx.conn.run(format!("insert into {table} values {places}"), some).await?;
            }
        }
        Ok(())
    }
}
