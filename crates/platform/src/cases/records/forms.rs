//! The form of a record, into an [`Entry`]; and back.

use super::content::{Capability, Capacity, Entry, Instrument, Kind, Measurement, Present};
use crate::cases::content::MethodTier;
use crate::fail::Fault;
use crate::text::say;
use crate::web::Form;
use crate::web::form::Reader;
use jiff::Timestamp;
use jiff::civil::DateTime;

/// Characters of a name, a number, a place.
const SHORT: usize = 200;
/// Characters of what was found: some twenty pages.
const LONG: usize = 20_000;
/// People at one activity; a crowd is described in the text.
pub const PEOPLE_MAX: usize = 40;
/// Lines of measurements; longer series are a file.
pub const MEASUREMENTS_MAX: usize = 200;

/// What was typed, with the reasons that belong to the version and not to the entry.
pub struct Typed {
    pub entry: Entry,
    pub late_reason: String,
    /// Why the version before was not right.
    pub reason: String,
}

/// # Errors
/// Every fault, by field.
pub fn read(form: &Form) -> Result<Typed, Vec<Fault>> {
    let mut reader = Reader::new(form);
    let choosable: Vec<_> = words(Kind::CHOICES).into_iter().filter(|(_, kind)| *kind != Kind::Summary).collect();
    let kind = reader.choice("kind", &choosable).unwrap_or(Kind::Other);
    let started_at = instant(&mut reader, form, "started");
    let ended_at = instant(&mut reader, form, "ended");
    let has_method = !matches!(kind, Kind::Absence | Kind::Interview | Kind::Consultation);
    let entry = Entry {
        kind,
        started_at,
        ended_at,
        place: reader.required("place", SHORT),
        capability: reader.choice("capability", &words(Capability::CHOICES)).unwrap_or(Capability::None),
        tier: reader.choice("tier", &words(MethodTier::CHOICES)).unwrap_or(MethodTier::National),
        method: if has_method { reader.required("method", SHORT) } else { reader.optional("method", SHORT) },
        method_reason: reader.optional("method_reason", LONG),
        consent: form.is_checked("consent"),
        instrument: instrument(&mut reader),
        people: people(&mut reader, form),
        text: reader.required("text", LONG),
        measurements: measurements(&mut reader, form),
    };
    let (late_reason, reason) = (reader.optional("late_reason", LONG), reader.optional("reason", LONG));
    reader.finish(Typed { entry, late_reason, reason })
}

fn words<T: Copy>(choices: &[(&'static str, &'static str, T)]) -> Vec<(&'static str, T)> {
    choices.iter().map(|(word, _, one)| (*word, *one)).collect()
}

/// A minute in China, as `<input type="datetime-local">` sends it.
fn instant(reader: &mut Reader, form: &Form, field: &str) -> Timestamp {
    let text = form.text(field);
    let read =
        text.parse::<DateTime>().ok().filter(|at| text.contains(['T', ' ']) && (1850..=2200).contains(&at.year()));
    let read = read.and_then(|at| at.to_zoned_datetime(crate::clock::zone()).ok());
    if read.is_none() {
        reader.fault(field, say("时间写作2026-03-02T09:30的样子。"));
    }
    read.map_or(Timestamp::UNIX_EPOCH, |at| at.timestamp())
}

fn instrument(reader: &mut Reader) -> Option<Instrument> {
    let name = reader.optional("instrument", SHORT);
    let serial = reader.optional("instrument_serial", SHORT);
    let calibrated_until = reader.optional_date("calibrated_until");
    if name.is_empty() {
        if !serial.is_empty() || calibrated_until.is_some() {
            reader.fault("instrument", say("请写明仪器设备的名称。"));
        }
        return None;
    }
    Some(Instrument { name, serial, calibrated_until })
}

fn people(reader: &mut Reader, form: &Form) -> Vec<Present> {
    let (capacities, signed) = (form.all("person_capacity"), form.all("person_signed"));
    let mut found = Vec::new();
    for (row, name) in form.all("person_name").into_iter().enumerate().filter(|(_, name)| !name.is_empty()) {
        match capacities.get(row).and_then(|word| Capacity::of(word)) {
            Some(capacity) => found.push(Present {
                name: name.to_owned(),
                capacity,
                signed: signed.get(row).is_some_and(|word| *word == "yes"),
            }),
            None => reader.fault("people", say("请为%{name}选择在场身份。").with("name", name)),
        }
    }
    if found.len() > PEOPLE_MAX || found.iter().any(|one| one.name.chars().count() > SHORT) {
        reader.fault("people", say("最多登记%{n}项，其余请列成清单作为附件。").with("n", PEOPLE_MAX));
    }
    found
}

fn measurements(reader: &mut Reader, form: &Form) -> Vec<Measurement> {
    let column = |field: &str, row: usize| form.all(field).get(row).copied().unwrap_or_default().to_owned();
    let names = form.all("measured");
    let rows = names.iter().enumerate().filter(|(_, name)| !name.is_empty());
    let found: Vec<_> = rows
        .map(|(row, name)| Measurement {
            what: (*name).to_owned(),
            value: column("measured_value", row),
            unit: column("measured_unit", row),
            note: column("measured_note", row),
        })
        .collect();
    let is_long = |one: &Measurement| {
        [&one.what, &one.value, &one.unit, &one.note].iter().any(|text| text.chars().count() > SHORT)
    };
    if found.len() > MEASUREMENTS_MAX {
        reader.fault("measurements", say("最多登记%{n}项，其余请列成清单作为附件。").with("n", MEASUREMENTS_MAX));
    } else if found.iter().any(is_long) {
        reader.fault("measurements", say("最多%{n}个字。").with("n", SHORT));
    }
    found
}

/// The fields that an entry was typed in.
pub fn typed(entry: &Entry) -> Form {
    let local = |at: Timestamp| at.to_zoned_datetime(crate::clock::zone()).strftime("%Y-%m-%dT%H:%M").to_string();
    let mut fields = std::collections::BTreeMap::<String, Vec<String>>::new();
    let mut add = |name: &str, text: String| fields.entry(name.to_owned()).or_default().push(text);
    add("kind", entry.kind.word().into());
    add("started", local(entry.started_at));
    add("ended", local(entry.ended_at));
    add("place", entry.place.clone());
    add("capability", entry.capability.word().into());
    add("tier", entry.tier.word().into());
    add("method", entry.method.clone());
    add("method_reason", entry.method_reason.clone());
    add("consent", if entry.consent { "yes" } else { "" }.into());
    if let Some(one) = &entry.instrument {
        add("instrument", one.name.clone());
        add("instrument_serial", one.serial.clone());
        add("calibrated_until", one.calibrated_until.map(|date| date.to_string()).unwrap_or_default());
    }
    for one in &entry.people {
        add("person_name", one.name.clone());
        add("person_capacity", one.capacity.word().into());
        add("person_signed", if one.signed { "yes" } else { "no" }.into());
    }
    for one in &entry.measurements {
        add("measured", one.what.clone());
        add("measured_value", one.value.clone());
        add("measured_unit", one.unit.clone());
        add("measured_note", one.note.clone());
    }
    add("text", entry.text.clone());
    Form::from_fields(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_record_tells_every_fault() {
        let faults = read(&Form::default()).err().unwrap();
        let fields: Vec<_> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["kind", "started", "ended", "place", "capability", "tier", "method", "text"]);
    }

    #[test]
    fn what_was_typed_comes_back() {
        let form = Form::of([
            ("kind", "test"),
            ("started", "2026-03-02T09:30"),
            ("ended", "2026-03-02T10:00"),
            ("place", "检查室"),
            ("capability", "none"),
            ("tier", "industry"),
            ("method", "SF/T 0111-2021"),
            ("method_reason", "没有国家标准"),
            ("instrument", "天平"),
            ("calibrated_until", "2026-12-31"),
            ("person_name", "甲某"),
            ("person_capacity", "appraiser"),
            ("person_signed", "yes"),
            ("measured", "长度"),
            ("measured_value", "3.2"),
            ("measured_unit", "cm"),
            ("text", "见疤痕。"),
        ]);
        let entry = read(&form).ok().unwrap().entry;
        assert_eq!(entry.started_at.to_string(), "2026-03-02T01:30:00Z", "typed in China");
        assert_eq!(read(&typed(&entry)).ok().unwrap().entry, entry);
    }

    #[test]
    fn a_summary_is_not_to_be_chosen() {
        let faults = read(&Form::of([("kind", "summary")])).err().unwrap();
        assert!(faults.iter().any(|fault| fault.field == "kind"));
    }
}
