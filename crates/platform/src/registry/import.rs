//! `sijian import`: the register from CSV files, all or nothing, every fault with its line.

use super::{Appraiser, Institution, ItemCode, Licence, Organisation, Title, store};
use crate::app::App;
use crate::db::Conn;
use crate::perform::new_id;
use crate::values;
use anyhow::Context;
use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Files are UTF-8 with a header line; scopes are codes with spaces between, e.g. `FY-02 WZ-0101`.
#[derive(Args, Clone, Debug)]
pub struct ImportArgs {
    /// Columns: kind,name,district,address,phone (kind: court, police, procuratorate, supervision, law_firm, insurer, …)
    #[arg(long)]
    pub organisations: Option<PathBuf>,
    /// Columns: name,short_name,district,address,phone,head_name,licence_number,valid_from,valid_to,scope
    #[arg(long)]
    pub institutions: Option<PathBuf>,
    /// Columns: institution,name,title,licence_number,valid_from,valid_to,scope,login (title: senior, associate_senior,
    /// intermediate, other; login: an existing account, or empty)
    #[arg(long)]
    pub appraisers: Option<PathBuf>,
}

#[derive(Deserialize)]
struct OrganisationRow {
    kind: String,
    name: String,
    district: String,
    address: String,
    phone: String,
}

#[derive(Deserialize)]
struct InstitutionRow {
    name: String,
    short_name: String,
    district: String,
    address: String,
    phone: String,
    head_name: String,

    licence_number: String,
    valid_from: Date,
    valid_to: Date,
    scope: String,
}

#[derive(Deserialize)]
struct AppraiserRow {
    institution: String,
    name: String,
    title: String,
    licence_number: String,
    valid_from: Date,
    valid_to: Date,
    scope: String,
    #[serde(default)]
    login: String,
}

/// Faults of the files, one a line.
#[derive(Default)]
struct Faults(String);

impl Faults {
    fn add(&mut self, file: &Path, line: usize, what: impl std::fmt::Display) {
        let _ = writeln!(self.0, "{}:{line}: {what}", file.display());
    }
}

/// Reads the files and writes the register in one transaction; what is there already (by name, by licence number) stays,
/// but an appraiser's account is linked anew.
///
/// # Errors
/// Every fault of every file, with its line; nothing is written then.
pub async fn run(app: &App, args: &ImportArgs) -> anyhow::Result<String> {
    let mut faults = Faults::default();
    let mut conn = app.db.write().await?;
    let now = app.clock.now();
    let mut told = Vec::new();
    if let Some(file) = &args.organisations {
        told.push(format!("organisations: {} new", organisations(&mut conn, file, now, &mut faults).await?));
    }
    if let Some(file) = &args.institutions {
        told.push(format!("institutions: {} new", institutions(&mut conn, file, now, &mut faults).await?));
    }
    if let Some(file) = &args.appraisers {
        let (new, linked) = appraisers(&mut conn, file, now, &mut faults).await?;
        told.push(format!("appraisers: {new} new, {linked} linked to an account"));
    }
    anyhow::ensure!(faults.0.is_empty(), "nothing was imported:\n{}", faults.0.trim_end());
    anyhow::ensure!(!told.is_empty(), "give at least one of --organisations, --institutions, --appraisers");
    conn.commit().await?;
    Ok(told.join("\n"))
}

/// The rows that can be read, with their lines.
fn rows<T: DeserializeOwned>(file: &Path, faults: &mut Faults) -> anyhow::Result<Vec<(usize, T)>> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_path(file)
        .with_context(|| format!("{} cannot be read", file.display()))?;
    let mut found = Vec::new();
    for (line, row) in (2..).zip(reader.deserialize()) {
        match row {
            Ok(row) => found.push((line, row)),
            Err(error) => faults.add(file, line, error),
        }
    }
    Ok(found)
}

fn licence(file: &Path, line: usize, number: &str, days: (Date, Date), scope: &str, faults: &mut Faults) -> Licence {
    let mut items = Vec::new();
    for code in scope.split_whitespace() {
        match code.parse::<ItemCode>() {
            Ok(item) if super::Categories::get().find(&item).is_some() => items.push(item),
            _ => faults.add(file, line, format_args!("{code} is no category; write codes like FY-02 or FY-0201")),
        }
    }
    if items.is_empty() {
        faults.add(file, line, "the scope is empty");
    }
    if days.0 > days.1 {
        faults.add(file, line, "valid_from is after valid_to");
    }
    Licence { number: number.to_owned(), valid_from: days.0, valid_to: days.1, scope: items, interruptions: Vec::new() }
}

async fn organisations(conn: &mut Conn, file: &Path, now: Timestamp, faults: &mut Faults) -> anyhow::Result<usize> {
    const KINDS: [&str; 10] = [
        "court",
        "procuratorate",
        "police",
        "supervision",
        "law_firm",
        "insurer",
        "citizen",
        "bureau",
        "association",
        "other",
    ];
    let mut new = 0;
    for (line, row) in rows::<OrganisationRow>(file, faults)? {
        if !KINDS.contains(&row.kind.as_str()) {
            faults.add(file, line, format_args!("kind {:?} is none of {}", row.kind, KINDS.join(", ")));
            continue;
        }
        let there = conn
            .count("select count(*) from organisation where kind = $1 and name = $2", values![&row.kind, &row.name])
            .await?;
        if there == 0 {
            let OrganisationRow { kind, name, district, address, phone } = row;
            let one = Organisation { id: new_id(now), kind, name, district, address, phone };
            store::create_organisation(conn, &one).await?;
            new += 1;
        }
    }
    Ok(new)
}

async fn institutions(conn: &mut Conn, file: &Path, now: Timestamp, faults: &mut Faults) -> anyhow::Result<usize> {
    let mut new = 0;
    for (line, row) in rows::<InstitutionRow>(file, faults)? {
        let licence = licence(file, line, &row.licence_number, (row.valid_from, row.valid_to), &row.scope, faults);
        if institution_id(conn, &row.name).await?.is_some() {
            continue;
        }
        if is_taken(conn, "institution", &row.licence_number).await? {
            faults.add(file, line, format_args!("licence {} belongs to another institution", row.licence_number));
            continue;
        }
        let one = Institution {
            id: new_id(now),
            name: row.name,
            short_name: row.short_name,
            head_name: row.head_name,

            region: "shanghai".into(),
            district: row.district,
            address: row.address,
            phone: row.phone,
            licence: Some(licence),
        };
        store::create_institution(conn, &one).await?;
        new += 1;
    }
    Ok(new)
}

async fn appraisers(
    conn: &mut Conn,
    file: &Path,
    now: Timestamp,
    faults: &mut Faults,
) -> anyhow::Result<(usize, usize)> {
    let (mut new, mut linked) = (0, 0);
    for (line, row) in rows::<AppraiserRow>(file, faults)? {
        let licence = licence(file, line, &row.licence_number, (row.valid_from, row.valid_to), &row.scope, faults);
        let Some(institution_id) = institution_id(conn, &row.institution).await? else {
            faults.add(file, line, format_args!("there is no institution {:?}", row.institution));
            continue;
        };
        let title = row.title.parse::<Title>().map_err(|fault| faults.add(file, line, fault));
        let account_id = account_id(conn, &row.login).await?;
        if account_id.is_none() && !row.login.is_empty() {
            faults.add(
                file,
                line,
                format_args!("there is no account {:?}; make it first, or leave login empty", row.login),
            );
        }
        if !is_taken(conn, "appraiser", &row.licence_number).await? {
            let title = title.unwrap_or(Title::Other);
            let one = Appraiser {
                id: new_id(now),
                institution_id,
                account_id: None,
                name: row.name,
                title,
                licence: Some(licence),
            };
            store::create_appraiser(conn, &one).await?;
            new += 1;
        }
        if let Some(account) = account_id {
            let sql = "update appraiser set account_id = $1 where id = (select holder_id from licence where holder_kind = 'appraiser' and number = $2)";
            conn.run(sql, values![account, &row.licence_number]).await?;
            linked += 1;
        }
    }
    Ok((new, linked))
}

async fn institution_id(conn: &mut Conn, name: &str) -> anyhow::Result<Option<String>> {
    let row = conn.first("select id from organisation where kind = 'institution' and name = $1", values![name]).await?;
    Ok(row.map(|row| row.get("id")).transpose()?)
}

async fn account_id(conn: &mut Conn, login: &str) -> anyhow::Result<Option<String>> {
    let row = conn.first("select id from account where login = $1", values![login.to_lowercase()]).await?;
    Ok(row.map(|row| row.get("id")).transpose()?)
}

async fn is_taken(conn: &mut Conn, kind: &str, number: &str) -> anyhow::Result<bool> {
    let sql = "select count(*) from licence where holder_kind = $1 and number = $2";
    Ok(conn.count(sql, values![kind, number]).await? > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Config;
    use crate::clock::Clock;
    use crate::db::test_database;

    fn file(dir: &Path, name: &str, text: &str) -> Option<PathBuf> {
        let path = dir.join(name);
        std::fs::write(&path, text).unwrap();
        Some(path)
    }

    const INSTITUTIONS: &str = "name,short_name,district,address,phone,head_name,licence_number,valid_from,valid_to,scope\n\
         示例司法鉴定中心,示例,310101,示例路1号,021-00000000,甲某,990000001,2024-01-01,2028-12-31,FY-02 WZ-01\n";

    #[tokio::test]
    async fn a_register_comes_in_whole_or_not_at_all() {
        let home = test_database().await.unwrap();
        let app = App::new(Config::under(&home.folder), home.database.clone(), Clock::default()).unwrap();
        let appraisers = "institution,name,title,licence_number,valid_from,valid_to,scope,login\n\
             示例司法鉴定中心,乙某,senior,990000000001,2024-01-01,2028-12-31,FY-0201,\n";
        let faulty = format!("{appraisers}别处,丙某,boss,990000000002,2024-01-01,2028-12-31,XX-99,nobody\n");
        let mut args = ImportArgs {
            organisations: file(
                &home.folder,
                "o.csv",
                "kind,name,district,address,phone\ncourt,示例人民法院,310101,示例路2号,021-1\n",
            ),
            institutions: file(&home.folder, "i.csv", INSTITUTIONS),
            appraisers: file(&home.folder, "a.csv", &faulty),
        };
        let said = run(&app, &args).await.unwrap_err().to_string();
        assert!(said.contains("a.csv:3: XX-99") && said.contains("there is no institution \"别处\""), "{said}");
        assert_eq!(app.db.read().await.unwrap().count("select count(*) from organisation", &[]).await.unwrap(), 0);
        args.appraisers = file(&home.folder, "a.csv", appraisers);
        assert_eq!(
            run(&app, &args).await.unwrap(),
            "organisations: 1 new\ninstitutions: 1 new\nappraisers: 1 new, 0 linked to an account"
        );
        assert!(run(&app, &args).await.unwrap().contains("institutions: 0 new"), "a second time adds nothing");
    }
}
