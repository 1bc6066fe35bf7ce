//! The register in the database. It is public, so nothing here takes a scope.

use super::{Interruption, ItemCode, Licence};
use crate::db::{Conn, DbError, Row, Value, dialect};
use crate::values;
use jiff::civil::Date;
use std::collections::{HashMap, HashSet};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    pub id: String,
    pub kind: String,
    pub name: String,
    pub district: String,
    pub address: String,
    pub phone: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Institution {
    pub id: String,
    pub name: String,
    pub short_name: String,
    pub head_name: String,
    pub district: String,
    /// The rule pack that binds it (`rulebook`), e.g. `shanghai`.
    pub region: String,
    pub address: String,
    pub phone: String,
    pub licence: Option<Licence>,
}

/// 专业技术职称, as far as the law asks for it (通则 32).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Title {
    Senior,
    AssociateSenior,
    Intermediate,
    Other,
}

impl Title {
    pub fn word(self) -> &'static str {
        match self {
            Self::Senior => "senior",
            Self::AssociateSenior => "associate_senior",
            Self::Intermediate => "intermediate",
            Self::Other => "other",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Senior => "正高级",
            Self::AssociateSenior => "副高级",
            Self::Intermediate => "中级",
            Self::Other => "其他",
        }
    }

    /// 高级职称 takes in both grades.
    pub fn is_senior(self) -> bool {
        matches!(self, Self::Senior | Self::AssociateSenior)
    }
}

impl std::str::FromStr for Title {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Senior, Self::AssociateSenior, Self::Intermediate, Self::Other]
            .into_iter()
            .find(|one| one.word() == text)
            .ok_or_else(|| format!("{text:?} is no title"))
    }
}

crate::text_columns!(Title);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appraiser {
    pub id: String,
    pub institution_id: String,
    pub account_id: Option<String>,
    pub name: String,
    pub title: Title,
    pub licence: Option<Licence>,
}

/// Licences asked for at once; each holder is a value of the statement.
const HOLDERS_AT_ONCE: usize = 1_000;

const INSTITUTION: &str = "select o.id, o.name, i.short_name, i.head_name, i.region, o.district, o.address, o.phone
     from institution i join organisation o on o.id = i.id";

/// What the directory is narrowed to; empty texts narrow nothing.
#[derive(Clone, Debug, Default)]
pub struct Narrowed {
    pub name: String,
    pub district: String,
    /// A field or item code; institutions whose scope covers it.
    pub item: Option<ItemCode>,
}

impl Narrowed {
    fn sql(&self) -> (String, Vec<Value>) {
        let mut values = vec![Value::from(dialect::contains(&self.name)), Value::from(self.district.as_str())];
        let mut sql = " where o.name like $1 escape '\\' and ($2 = '' or o.district = $2)".to_owned();
        if let Some(item) = &self.item {
            // A scope given as a field covers its items, and a field asked for is met by any item in it.
            values.push(Value::from(item.to_string()));
            values.push(Value::from(item.field().to_string()));
            values.push(Value::from(format!("{item}%")));
            sql += " and exists (select 1 from licence l join licence_scope s on s.licence_id = l.id
                     where l.holder_id = o.id and (s.item = $3 or s.item = $4 or s.item like $5))";
        }
        (sql, values)
    }
}

/// A page of the directory, by name, and how many there are in all.
pub async fn list_institutions(
    conn: &mut Conn,
    narrowed: &Narrowed,
    offset: i64,
    rows: i64,
) -> Result<(Vec<Institution>, i64), DbError> {
    let (filter, mut values) = narrowed.sql();
    let total = conn
        .count(format!("select count(*) from institution i join organisation o on o.id = i.id{filter}"), &values)
        .await?;
    values.extend([Value::from(rows), Value::from(offset)]);
    let n = values.len();
    let found =
        conn.all(format!("{INSTITUTION}{filter} order by o.name, o.id limit ${} offset ${n}", n - 1), &values).await?;
    let mut institutions = found.iter().map(institution).collect::<Result<Vec<_>, _>>()?;
    for one in &mut institutions {
        one.licence = licences(conn, &[&one.id]).await?.remove(&one.id);
    }
    Ok((institutions, total))
}

pub async fn find_institution(conn: &mut Conn, id: &str) -> Result<Option<Institution>, DbError> {
    let Some(row) = conn.first(format!("{INSTITUTION} where o.id = $1"), values![id]).await? else { return Ok(None) };
    let mut found = institution(&row)?;
    found.licence = licences(conn, &[id]).await?.remove(id);
    Ok(Some(found))
}

/// Every institution's id and name, by name; for the entrustment form's choice.
pub async fn institution_names(conn: &mut Conn) -> Result<Vec<(String, String)>, DbError> {
    let rows = conn
        .all("select o.id, o.name from institution i join organisation o on o.id = i.id order by o.name, o.id", &[])
        .await?;
    rows.iter().map(|row| Ok((row.get("id")?, row.get("name")?))).collect()
}

/// Id and name, by name, of the institutions whose licence is good on the day and covers the item.
pub async fn institutions_for(conn: &mut Conn, item: &ItemCode, today: Date) -> Result<Vec<(String, String)>, DbError> {
    let mut all = institution_names(conn).await?;
    let mut fit = HashSet::new();
    for some in all.chunks(HOLDERS_AT_ONCE) {
        let ids: Vec<&str> = some.iter().map(|(id, _)| id.as_str()).collect();
        let licences = licences(conn, &ids).await?;
        fit.extend(licences.into_iter().filter(|(_, one)| one.is_valid(today) && one.covers(item)).map(|(id, _)| id));
    }
    all.retain(|(id, _)| fit.contains(id));
    Ok(all)
}

fn institution(row: &Row) -> Result<Institution, DbError> {
    Ok(Institution {
        id: row.get("id")?,
        name: row.get("name")?,
        short_name: row.get("short_name")?,
        head_name: row.get("head_name")?,
        region: row.get("region")?,
        district: row.get("district")?,
        address: row.get("address")?,
        phone: row.get("phone")?,
        licence: None,
    })
}

pub async fn find_organisation(conn: &mut Conn, id: &str) -> Result<Option<Organisation>, DbError> {
    let row = conn
        .first("select id, kind, name, district, address, phone from organisation where id = $1", values![id])
        .await?;
    row.map(|row| {
        Ok(Organisation {
            id: row.get("id")?,
            kind: row.get("kind")?,
            name: row.get("name")?,
            district: row.get("district")?,
            address: row.get("address")?,
            phone: row.get("phone")?,
        })
    })
    .transpose()
}

/// The institution's appraisers by name, with their licences.
pub async fn appraisers_of(conn: &mut Conn, institution_id: &str) -> Result<Vec<Appraiser>, DbError> {
    let rows = conn
        .all(
            "select id, institution_id, account_id, name, title from appraiser where institution_id = $1 order by name, id",
            values![institution_id],
        )
        .await?;
    with_licences(conn, &rows).await
}

/// The appraisers of a case in their order there.
pub async fn appraisers_by_case(conn: &mut Conn, case_id: &str) -> Result<Vec<Appraiser>, DbError> {
    let rows = conn
        .all(
            "select a.id, a.institution_id, a.account_id, a.name, a.title from appraiser a
             join case_appraiser c on c.appraiser_id = a.id where c.case_id = $1 order by c.position",
            values![case_id],
        )
        .await?;
    with_licences(conn, &rows).await
}

async fn with_licences(conn: &mut Conn, rows: &[Row]) -> Result<Vec<Appraiser>, DbError> {
    let mut appraisers = rows.iter().map(appraiser).collect::<Result<Vec<_>, _>>()?;
    let ids: Vec<&str> = appraisers.iter().map(|one| one.id.as_str()).collect();
    let mut found = licences(conn, &ids).await?;
    for one in &mut appraisers {
        one.licence = found.remove(&one.id);
    }
    Ok(appraisers)
}

fn appraiser(row: &Row) -> Result<Appraiser, DbError> {
    Ok(Appraiser {
        id: row.get("id")?,
        institution_id: row.get("institution_id")?,
        account_id: row.get("account_id")?,
        name: row.get("name")?,
        title: row.get("title")?,
        licence: None,
    })
}

/// The newest licence of each holder.
async fn licences(conn: &mut Conn, holders: &[&str]) -> Result<HashMap<String, Licence>, DbError> {
    if holders.is_empty() {
        return Ok(HashMap::new());
    }
    let places: Vec<String> = (1..=holders.len()).map(|n| format!("${n}")).collect();
    let places = places.join(", ");
    let values: Vec<Value> = holders.iter().map(|id| Value::from(*id)).collect();
    let rows = conn
        .all(format!("select id, holder_id, number, valid_from, valid_to from licence where holder_id in ({places}) order by valid_from"), &values)
        .await?;
    let mut found = HashMap::new();
    let mut holder_of = HashMap::new();
    for row in &rows {
        let licence = Licence {
            number: row.get("number")?,
            valid_from: row.get("valid_from")?,
            valid_to: row.get("valid_to")?,
            scope: Vec::new(),
            interruptions: Vec::new(),
        };
        let (id, holder): (String, String) = (row.get("id")?, row.get("holder_id")?);
        found.insert(holder.clone(), (id.clone(), licence));
        holder_of.insert(id, holder);
    }
    let of = format!("licence_id in (select id from licence where holder_id in ({places}))");
    for row in conn.all(format!("select licence_id, item from licence_scope where {of} order by item"), &values).await?
    {
        if let Some((_, licence)) = newest(&mut found, &holder_of, &row)? {
            licence.scope.push(row.get("item")?);
        }
    }
    for row in
        conn.all(format!("select licence_id, from_on, to_on from licence_interruption where {of}"), &values).await?
    {
        if let Some((_, licence)) = newest(&mut found, &holder_of, &row)? {
            licence.interruptions.push(Interruption { from: row.get("from_on")?, to: row.get("to_on")? });
        }
    }
    Ok(found.into_iter().map(|(holder, (_, licence))| (holder, licence)).collect())
}

/// The holder's newest licence, if this row belongs to it and not to an older one.
fn newest<'f>(
    found: &'f mut HashMap<String, (String, Licence)>,
    holder_of: &HashMap<String, String>,
    row: &Row,
) -> Result<Option<&'f mut (String, Licence)>, DbError> {
    let licence_id: String = row.get("licence_id")?;
    Ok(holder_of.get(&licence_id).and_then(|holder| found.get_mut(holder)).filter(|(id, _)| *id == licence_id))
}

/// Writes an organisation; for the register's own intake (demo, import, licensing).
pub async fn create_organisation(conn: &mut Conn, one: &Organisation) -> Result<(), DbError> {
    conn.run(
        "insert into organisation (id, kind, name, district, address, phone) values ($1, $2, $3, $4, $5, $6)",
        values![&one.id, &one.kind, &one.name, &one.district, &one.address, &one.phone],
    )
    .await?;
    Ok(())
}

/// Writes an institution with its organisation and licence.
pub async fn create_institution(conn: &mut Conn, one: &Institution) -> Result<(), DbError> {
    create_organisation(
        conn,
        &Organisation {
            id: one.id.clone(),
            kind: "institution".into(),
            name: one.name.clone(),
            district: one.district.clone(),
            address: one.address.clone(),
            phone: one.phone.clone(),
        },
    )
    .await?;
    conn.run(
        "insert into institution (id, short_name, head_name, region) values ($1, $2, $3, $4)",
        values![&one.id, &one.short_name, &one.head_name, &one.region],
    )
    .await?;
    create_licence(conn, "institution", &one.id, one.licence.as_ref()).await
}

/// Writes an appraiser with the licence.
pub async fn create_appraiser(conn: &mut Conn, one: &Appraiser) -> Result<(), DbError> {
    conn.run(
        "insert into appraiser (id, institution_id, account_id, name, title) values ($1, $2, $3, $4, $5)",
        values![&one.id, &one.institution_id, one.account_id.clone(), &one.name, one.title.word()],
    )
    .await?;
    create_licence(conn, "appraiser", &one.id, one.licence.as_ref()).await
}

async fn create_licence(conn: &mut Conn, kind: &str, holder: &str, licence: Option<&Licence>) -> Result<(), DbError> {
    let Some(licence) = licence else { return Ok(()) };
    let id = format!("{kind}-{}", licence.number);
    conn.run(
        "insert into licence (id, holder_kind, holder_id, number, valid_from, valid_to) values ($1, $2, $3, $4, $5, $6)",
        values![&id, kind, holder, &licence.number, licence.valid_from, licence.valid_to],
    )
    .await?;
    for item in &licence.scope {
        conn.run("insert into licence_scope (licence_id, item) values ($1, $2)", values![&id, item.to_string()])
            .await?;
    }
    for gap in &licence.interruptions {
        let kind = if gap.to.is_some() { "suspended" } else { "deregistered" };
        conn.run(
            "insert into licence_interruption (licence_id, kind, from_on, to_on) values ($1, $2, $3, $4)",
            values![&id, kind, gap.from, gap.to],
        )
        .await?;
    }
    Ok(())
}
