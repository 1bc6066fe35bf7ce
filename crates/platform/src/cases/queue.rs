//! Work queues and lists of cases: what is mine, what is overdue, what is soon due; old ones first.

use super::search::Why;
use super::steps::{Action, Case, State};
use super::store::Scope;
use super::view::is_detour;
use crate::actor::{Actor, Role};
use crate::db::{Conn, DbError, Row, Value};
use crate::registry::ItemCode;
use crate::web::Paging;
use crate::web::form::PAGE_ROWS;
use jiff::civil::Date;
use procedure::{Opening, Procedure};
use std::collections::HashMap;
use worktime::Calendar;

/// 超期: the last day has passed and the clock is running. The one place that says so in SQL; [`Urgency::of`] is the one
/// place that says so in Rust, and a test holds the two together.
pub const OVERDUE: &str = "c.clock = 'running' and c.due_on < $2";
const SOON: &str = "c.clock = 'running' and c.due_on >= $2 and c.due_on <= $3";
/// Working days before a due date from which a case is shown as due soon.
pub const SOON_WORKDAYS: u32 = 3;

/// How pressing a case is; shown in colour and in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    Overdue {
        workdays: u32,
    },
    Soon {
        workdays: u32,
    },
    Ahead {
        workdays: u32,
    },
    /// Nothing is running.
    None,
}

impl Urgency {
    pub fn of(due_on: Option<Date>, running: bool, today: Date, calendar: &Calendar) -> Self {
        match due_on {
            Some(due) if running && due < today => Self::Overdue { workdays: calendar.workdays_between(due, today) },
            Some(due) if running => {
                let workdays = calendar.workdays_between(today, due);
                if workdays <= SOON_WORKDAYS { Self::Soon { workdays } } else { Self::Ahead { workdays } }
            }
            _ => Self::None,
        }
    }

    /// The stylesheet's class.
    pub fn class(self) -> &'static str {
        match self {
            Self::Overdue { .. } => "overdue",
            Self::Soon { .. } => "soon",
            Self::Ahead { .. } => "ahead",
            Self::None => "calm",
        }
    }
}

/// The last day that counts as soon: 3 working days from today.
pub fn soon_until(today: Date, calendar: &Calendar) -> Date {
    calendar.due(today, worktime::Term::Workdays(SOON_WORKDAYS as u16)).date
}

/// A line of a list.
#[derive(Clone, Debug)]
pub struct Line {
    pub id: String,
    pub state: State,
    pub code: Option<String>,
    pub opinion_number: Option<String>,
    pub item: ItemCode,
    pub examinee_name: String,
    pub client_name: String,
    pub institution_name: String,
    pub received_on: Date,
    pub due_on: Option<Date>,
    pub provisional: bool,
    pub urgency: Urgency,
    /// The next steps, by their names.
    pub next: Vec<&'static str>,
    /// Why a search found it, where that cannot be seen in the line.
    pub why: Vec<Why>,
}

/// Which cases of the scope.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    /// Those in which a step is open to this person.
    #[default]
    Mine,
    Overdue,
    Soon,
    All,
}

impl Show {
    pub const ALL: [(&'static str, &'static str, Show); 4] = [
        ("mine", "待我办理", Show::Mine),
        ("overdue", "已超期", Show::Overdue),
        ("soon", "即将到期", Show::Soon),
        ("all", "全部案件", Show::All),
    ];

    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _, _)| *known == word).map(|(_, _, show)| *show)
    }
}

/// What a list is asked for. For names, numbers and texts see [`super::search`].
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub show: Show,
    pub state: Option<State>,
}

/// The days that the words "overdue" and "soon" hang on.
#[derive(Clone, Copy, Debug)]
pub struct Days {
    pub today: Date,
    pub soon: Date,
}

struct Condition {
    sql: String,
    values: Vec<Value>,
}

fn condition(scope: &Scope, actor: &Actor, asked: &Asked, days: Days) -> Condition {
    let (in_scope, who) = scope.sql();
    let mut sql = format!("{in_scope} and $2 <> '' and $3 <> ''");
    let mut values = vec![who, Value::from(days.today), Value::from(days.soon)];
    match asked.show {
        Show::Mine => sql += &mine(actor, &mut values),
        Show::Overdue => sql += &format!(" and {OVERDUE}"),
        Show::Soon => sql += &format!(" and {SOON}"),
        Show::All => {}
    }
    if let Some(state) = asked.state {
        values.push(Value::from(state.word()));
        sql += &format!(" and c.state = ${}", values.len());
    }
    Condition { sql, values }
}

/// The states in which one of the person's roles has a step, read from the step table.
fn mine(actor: &Actor, values: &mut Vec<Value>) -> String {
    let others: Vec<Role> = actor.roles.iter().copied().filter(|role| *role != Role::Appraiser).collect();
    let mut parts = Vec::new();
    let states = states_for(&others);
    if !states.is_empty() {
        parts.push(format!("c.state in ({})", quoted(&states)));
    }
    if let (true, Some(id)) = (actor.is(Role::Appraiser), &actor.appraiser_id) {
        values.push(Value::from(id));
        // What waits for this appraiser: not what was declared, signed, or is the lead's to do.
        parts.push(format!(
            "(c.state in ({}) and exists (select 1 from case_appraiser w where w.case_id = c.id and w.appraiser_id = ${}
               and (c.state <> 'assigned' or w.declared_at is null or w.position = 1) and (c.state <> 'approved' or w.signed_at is null)))",
            quoted(&states_for(&[Role::Appraiser])),
            values.len()
        ));
    }
    if parts.is_empty() { " and 1 = 0".into() } else { format!(" and ({})", parts.join(" or ")) }
}

/// States that wait for one of the roles: what merely may be done (a withdrawal, an extension) makes no case wait.
fn states_for(roles: &[Role]) -> Vec<State> {
    let waits = |state: &State| procedure::open::<Case>(Some(*state), roles).any(|row| !is_detour(row.action));
    State::ALL.iter().copied().filter(waits).collect()
}

/// Stored words are constants of ours, never what somebody typed.
fn quoted(states: &[State]) -> String {
    states.iter().map(|state| format!("'{}'", state.word())).collect::<Vec<_>>().join(", ")
}

/// How many there are of what is asked, in all.
pub async fn count(conn: &mut Conn, scope: &Scope, actor: &Actor, asked: &Asked, days: Days) -> Result<i64, DbError> {
    let condition = condition(scope, actor, asked, days);
    conn.count(format!("select count(*) from appraisal_case c where {}", condition.sql), &condition.values).await
}

/// A page of the list, the most pressing first, then the oldest; and how many there are in all. `page` counts from 1.
pub async fn list(
    conn: &mut Conn,
    scope: &Scope,
    actor: &Actor,
    asked: &Asked,
    days: Days,
    page: i64,
    calendar: &Calendar,
) -> Result<(Vec<Line>, Paging), DbError> {
    let condition = condition(scope, actor, asked, days);
    let total =
        conn.count(format!("select count(*) from appraisal_case c where {}", condition.sql), &condition.values).await?;
    let paging = Paging::new(page, total);
    let rows = rows(conn, &condition, (paging.offset(), PAGE_ROWS)).await?;
    Ok((lines(&rows, actor, days.today, calendar)?, paging))
}

/// Many rows of the list at once, in its order: for an export.
#[expect(clippy::too_many_arguments, reason = "the same list as the page's, and where in it")]
pub async fn export(
    conn: &mut Conn,
    scope: &Scope,
    actor: &Actor,
    asked: &Asked,
    days: Days,
    offset: i64,
    most: i64,
    calendar: &Calendar,
) -> Result<Vec<Line>, DbError> {
    let rows = rows(conn, &condition(scope, actor, asked, days), (offset, most)).await?;
    lines(&rows, actor, days.today, calendar)
}

/// The lines of cases that a search found, in the order given; once more asked whether each is in scope.
pub async fn lines_of(
    conn: &mut Conn,
    scope: &Scope,
    actor: &Actor,
    found: Vec<(String, Vec<Why>)>,
    today: Date,
    calendar: &Calendar,
) -> Result<Vec<Line>, DbError> {
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let (in_scope, who) = scope.sql();
    let places: Vec<String> = (2..found.len() + 2).map(|at| format!("${at}")).collect();
    let mut values = vec![who];
    values.extend(found.iter().map(|(id, _)| Value::from(id)));
    let rows = conn.all(
        format!(
            "select {LINE} from appraisal_case c join organisation o on o.id = c.institution_id where {in_scope} and c.id in ({})",
            places.join(", ")
        ),
        &values,
    );
    let mut by_id: HashMap<String, Line> =
        lines(&rows.await?, actor, today, calendar)?.into_iter().map(|line| (line.id.clone(), line)).collect();
    Ok(found.into_iter().filter_map(|(id, why)| Some(Line { why, ..by_id.remove(&id)? })).collect())
}

const LINE: &str =
    "c.id, c.state, c.code, c.opinion_number, c.item, c.examinee_name, c.client_name, o.name as institution_name,
     c.received_on, c.due_on, c.due_provisional, c.clock";

/// The inner query finds the page in an index alone; only the rows shown are read.
async fn rows(conn: &mut Conn, condition: &Condition, (offset, most): (i64, i64)) -> Result<Vec<Row>, DbError> {
    let mut values = condition.values.clone();
    values.extend([Value::from(most), Value::from(offset)]);
    let n = values.len();
    conn.all(
        format!(
            "select {LINE}
             from (select c.id from appraisal_case c where {}
                   order by c.due_sort, c.received_on, c.id limit ${} offset ${n}) page
             join appraisal_case c on c.id = page.id join organisation o on o.id = c.institution_id
             order by c.due_sort, c.received_on, c.id",
            condition.sql,
            n - 1
        ),
        &values,
    )
    .await
}

fn lines(rows: &[Row], actor: &Actor, today: Date, calendar: &Calendar) -> Result<Vec<Line>, DbError> {
    rows.iter().map(|row| line(row, actor, today, calendar)).collect()
}

fn line(row: &Row, actor: &Actor, today: Date, calendar: &Calendar) -> Result<Line, DbError> {
    let state: State = row.get("state")?;
    let due_on: Option<Date> = row.get("due_on")?;
    let clock: String = row.get("clock")?;
    Ok(Line {
        id: row.get("id")?,
        state,
        code: row.get("code")?,
        opinion_number: row.get("opinion_number")?,
        item: row.get("item")?,
        examinee_name: row.get("examinee_name")?,
        client_name: row.get("client_name")?,
        institution_name: row.get("institution_name")?,
        received_on: row.get("received_on")?,
        due_on,
        provisional: row.get("due_provisional")?,
        urgency: Urgency::of(due_on, clock == "running", today, calendar),
        next: next_steps(state, &actor.roles),
        why: Vec::new(),
    })
}

/// The names of the steps open to these roles; for others what the case waits for.
fn next_steps(state: State, roles: &[Role]) -> Vec<&'static str> {
    let mut labels: Vec<&'static str> = procedure::open::<Case>(Some(state), roles)
        .filter(|row| !is_detour(row.action))
        .map(|row| Action::label(row.action))
        .collect();
    if labels.is_empty() {
        labels = Case::STEPS
            .iter()
            .filter(|row| row.from.contains(&state) && row.opening == Opening::Open && !is_detour(row.action))
            .map(|row| Action::label(row.action))
            .collect();
    }
    labels.dedup();
    labels
}
