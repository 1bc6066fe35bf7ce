//! 写出: the tables of the extract as the detectors read them, and the truth apart.
//!
//! **Invariant:** the truth is written to a folder of its own; nothing in the tables gives it away but the misconduct itself.

use std::io;
use std::path::Path;

use super::extract::extract;
use super::parameters as p;
use super::texts::grade;
use super::{City, Client, Drawn};
use crate::dates;
use crate::sector::write_parquet;

/// The four tables.
pub struct Tables {
    pub cases: String,
    pub institutions: String,
    pub appraisers: String,
    pub texts: String,
}

/// The truth about entities and cases.
pub struct Labels {
    pub entities: String,
    pub cases: String,
}

/// The tables and the truth of a city, as text.
pub fn tables(city: &City) -> (Tables, Labels) {
    let mut institutions = String::from("institution,district,x,y,type,categories\n");
    for (i, x) in city.world.institutions.iter().enumerate() {
        let names: Vec<&str> = x.categories.iter().map(|c| p::CATEGORIES[*c].name).collect();
        institutions += &format!(
            "{i},{},{:.2},{:.2},{},{}\n",
            x.district,
            x.at.0,
            x.at.1,
            p::FOUNDERS[x.founder].0,
            names.join("|")
        );
    }
    let mut appraisers = String::from("appraiser,institution,categories\n");
    for (i, a) in city.world.appraisers.iter().enumerate() {
        let names: Vec<&str> = a.categories.iter().map(|c| p::CATEGORIES[*c].name).collect();
        appraisers += &format!("{i},{},{}\n", a.institution, names.join("|"));
    }
    let mut cases = String::with_capacity(city.cases.len() * 140);
    cases += "case_id,received,institution,category,client_type,client,lawyer,insurer,district,accepted,accept_date,exam_date,exam_start_min,\
              exam_minutes,exam_x,exam_y,appraiser1,appraiser2,issue_date,opinion_no,fee,fee_standard,injury,age,grade,bac,suspended_days,\
              reappraised,overturned,complaint,text_id,phone,hospital,address,record_min,instrument_min,signed_min\n";
    let mut texts = String::from("text_id\ttext\n");
    let mut text = 0;
    for (i, case) in city.cases.iter().enumerate() {
        let text_id = case.text.as_ref().map(|facts| {
            texts += &format!("{text}\t{}\n", facts.paragraph());
            text += 1;
            text - 1
        });
        row(&mut cases, i, case, text_id);
    }
    (Tables { cases, institutions, appraisers, texts }, truth(city))
}

/// The truth of a city.
pub fn truth(city: &City) -> Labels {
    let mut cases = String::from("case_id,kind,group\n");
    for (i, case) in city.cases.iter().enumerate() {
        if let Some((kind, ring)) = case.truth.filter(|_| case.accepted) {
            cases += &format!("{i},{},{}\n", kind.name(), ring.map_or(String::new(), |r| format!("R{r}")));
        }
    }
    Labels { entities: entities(city), cases }
}

/// The kind and the id of a client, as the tables write them.
pub(super) fn client(client: Client) -> (&'static str, String) {
    match client {
        Client::Court(d) => ("court", format!("C{d}")),
        Client::Police(d, unit) => ("police", format!("P{d}_{unit}")),
        Client::Insurer(i) => ("insurer", format!("I{i}")),
        Client::LawFirm(l) => ("lawfirm", format!("L{l}")),
        Client::Firm(f) => ("lawfirm", format!("F{f}")),
        Client::Person => ("person", "N".to_owned()),
    }
}

fn row(out: &mut String, id: usize, case: &Drawn, text: Option<usize>) {
    use std::fmt::Write;
    let (kind, client) = client(case.client);
    let maybe = |n: Option<usize>| n.map_or(String::new(), |n| n.to_string());
    let category = &p::CATEGORIES[case.category];
    // Writing to a String cannot fail.
    let _ = write!(
        out,
        "{id},{},{},{},{kind},{client},{},{},{},{}",
        dates::format(case.received),
        case.institution,
        category.name,
        maybe(case.lawyer),
        maybe(case.insurer),
        case.district,
        u8::from(case.accepted)
    );
    if !case.accepted {
        let _ = writeln!(out, ",,,,,,,,,,,,,,,,,,,,,,{}", traces(case));
        return;
    }
    let _ = write!(out, ",{}", dates::format(case.accept));
    match case.exam {
        Some(exam) => {
            let _ = write!(out, ",{},{},{}", dates::format(exam), case.start, case.minutes);
        }
        None => out.push_str(",,,"),
    }
    let _ = write!(
        out,
        ",{:.2},{:.2},{},{},{},{},{:.0},{:.0}",
        case.at.0,
        case.at.1,
        case.appraiser,
        case.second,
        dates::format(case.issue),
        case.number,
        case.fee,
        category.fee
    );
    match case.injury {
        Some(injury) => {
            let grade = match grade(case.latent) {
                0 => 0,
                g => 11 - g,
            };
            let _ = write!(out, ",{injury},{},{grade}", case.age);
        }
        None => out.push_str(",,,"),
    }
    let _ = writeln!(
        out,
        ",{},{},{},{},{},{},{}",
        case.bac.map_or(String::new(), |b| format!("{b:.1}")),
        case.suspended,
        u8::from(case.reappraised),
        u8::from(case.overturned),
        u8::from(case.complaint),
        maybe(text),
        traces(case)
    );
}

/// The last six columns.
fn traces(case: &Drawn) -> String {
    let trace = &case.trace;
    let minute = |n: Option<i32>| n.map_or(String::new(), |n| n.to_string());
    let [recorded, instrument, signed] = [trace.recorded, trace.instrument, trace.signed].map(minute);
    format!("{},{},{},{recorded},{instrument},{signed}", trace.phone, trace.hospital(), trace.address)
}

fn entities(city: &City) -> String {
    let mut rows: Vec<(&str, String, &str, String, String)> = Vec::new();
    for plant in &city.plants {
        let group = plant.ring.map_or(String::new(), |r| format!("R{r}"));
        let start = dates::format(plant.start);
        let mut push =
            |entity, id: usize| rows.push((entity, id.to_string(), plant.kind.name(), start.clone(), group.clone()));
        plant.appraisers.iter().for_each(|a| push("appraiser", *a));
        plant.lawyers.iter().for_each(|l| push("lawyer", *l));
        if plant.appraisers.is_empty() || plant.kind == super::Kind::Ring {
            push("institution", plant.institution);
        }
        let brokers = super::traces::brokers(plant).into_iter();
        rows.extend(brokers.map(|(entity, id)| (entity, id, "network", start.clone(), group.clone())));
    }
    rows.sort();
    let mut out = String::from("entity,id,kind,start,group\n");
    for (entity, id, kind, start, group) in rows {
        out += &format!("{entity},{id},{kind},{start},{group}\n");
    }
    out
}

/// How the tables are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Csv,
    Parquet,
}

/// Writes the tables to `folder` and the truth to `folder/truth`. Tables of the other format, left there by an earlier run, are taken away:
/// a folder holds one extract.
///
/// # Errors
/// What the disk says.
pub fn write_folder(city: &City, folder: &Path, format: Format) -> io::Result<()> {
    const NAMES: [(&str, &str); 4] =
        [("cases", "csv"), ("institutions", "csv"), ("appraisers", "csv"), ("texts", "tsv")];
    let truth_folder = folder.join("truth");
    std::fs::create_dir_all(&truth_folder)?;
    let labels = match format {
        Format::Csv => {
            let (tables, labels) = tables(city);
            let texts = [&tables.cases, &tables.institutions, &tables.appraisers, &tables.texts];
            for ((name, end), text) in NAMES.iter().zip(texts) {
                std::fs::write(folder.join(format!("{name}.{end}")), text)?;
            }
            labels
        }
        Format::Parquet => {
            write_parquet(&extract(city).map_err(io::Error::other)?, folder)?;
            truth(city)
        }
    };
    for (name, end) in NAMES {
        let other = if format == Format::Csv { "parquet" } else { end };
        match std::fs::remove_file(folder.join(format!("{name}.{other}"))) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
    }
    std::fs::write(truth_folder.join("labels_entity.csv"), labels.entities)?;
    std::fs::write(truth_folder.join("labels_case.csv"), labels.cases)
}
