//! Forms of a material's page and of a subject's materials, read into inputs; every fault at once.

use super::amount;
use super::rules::{Deed, Input, Part};
use crate::fail::Fault;
use crate::text::{Say, say};
use crate::web::Form;
use crate::web::form::Reader;
use jiff::civil::Date;

/// Characters of a name, a kind or a quantity.
const NAME_MAX: usize = 100;
/// Characters of a remark; a longer story belongs to the record of the appraisal.
const NOTE_MAX: usize = 500;
/// Characters of a seal's number.
const SEAL_MAX: usize = 40;
/// Name and amount of each sub-sample that one division makes: four rows of its form.
pub const PART_FIELDS: [(&str, &str); 4] = [
    ("part_name_1", "part_amount_1"),
    ("part_name_2", "part_amount_2"),
    ("part_name_3", "part_amount_3"),
    ("part_name_4", "part_amount_4"),
];

/// Reads what the form of a deed says; amounts are in the material's `unit`.
pub fn input(deed: Deed, form: &Form, unit: &str) -> Result<Input, Vec<Fault>> {
    let mut reader = Reader::new(form);
    let chosen = |name: &str| (!form.text(name).is_empty()).then(|| form.text(name).to_owned());
    let input = match deed {
        Deed::Confirm => Input::Confirm,
        Deed::Refuse => Input::Refuse { reason: reader.required("refuse_reason", NOTE_MAX) },
        Deed::Withdraw => Input::Withdraw,
        Deed::Offer => Input::Offer {
            to: choose(&mut reader, form, "offer_to", say("请选择接收的同事。")),
            note: reader.optional("offer_note", NOTE_MAX),
        },
        Deed::Place => Input::Place {
            place: choose(&mut reader, form, "place_id", say("请选择存放位置。")),
            witness: chosen("place_witness"),
        },
        Deed::Take => Input::Take { witness: chosen("take_witness") },
        Deed::Seal => Input::Seal { number: reader.required("seal_number", SEAL_MAX) },
        Deed::Unseal => Input::Unseal { reason: reader.required("unseal_reason", NOTE_MAX) },
        Deed::Consume => Input::Consume {
            amount: measured(&mut reader, form, "consume_amount", unit),
            purpose: reader.required("consume_purpose", NOTE_MAX),
        },
        Deed::Divide => Input::Divide { parts: parts(&mut reader, form, unit) },
        Deed::Return => Input::Return {
            receiver: reader.required("return_receiver", NAME_MAX),
            note: reader.optional("return_note", NOTE_MAX),
        },
        Deed::Destroy => Input::Destroy {
            method: reader.required("destroy_method", NOTE_MAX),
            witness: choose(&mut reader, form, "destroy_witness", say("请选择见证人。")),
        },
        Deed::Find => Input::Find { place: reader.required("find_place", NOTE_MAX) },
        Deed::Explain => Input::Explain { text: reader.required("explain_text", NOTE_MAX) },
        Deed::Lose => Input::Lose { text: reader.required("lose_text", NOTE_MAX) },
    };
    reader.finish(input)
}

fn choose(reader: &mut Reader, form: &Form, field: &str, what: Say) -> String {
    let text = form.text(field).to_owned();
    if text.is_empty() {
        reader.fault(field, what);
    }
    text
}

fn measured(reader: &mut Reader, form: &Form, field: &str, unit: &str) -> i64 {
    amount::parse_in(form.text(field), unit).unwrap_or_else(|| {
        reader.fault(field, say("请填写大于零的数量，单位%{unit}，最多三位小数。").with("unit", unit));
        0
    })
}

fn parts(reader: &mut Reader, form: &Form, unit: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    for (name, amount) in PART_FIELDS {
        if form.text(name).is_empty() && form.text(amount).is_empty() {
            continue;
        }
        let part = Part { name: reader.required(name, NAME_MAX), amount: measured(reader, form, amount, unit) };
        parts.push(part);
    }
    if parts.is_empty() {
        reader.fault("part_name_1", say("请至少填写一份分样的名称和数量。"));
    }
    parts
}

/// Materials that are received together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub on: Date,
    pub lines: Vec<ReceiptLine>,
}

/// One of them: which, in what state, under which seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptLine {
    pub code: String,
    pub state: String,
    pub seal: String,
}

/// A day on which something can have come in: not before its subject, not after today.
fn received_on(reader: &mut Reader, field: &str, opened_on: Date, today: Date) -> Date {
    let on = reader.date(field).unwrap_or(today);
    if on < opened_on {
        reader.fault(field, say("接收日期不能早于收到委托之日（%{date}）。").with("date", opened_on));
    }
    if on > today {
        reader.fault(field, say("接收日期不能晚于今天（%{date}）。").with("date", today));
    }
    on
}

pub fn receipt(form: &Form, opened_on: Date, today: Date) -> Result<Receipt, Vec<Fault>> {
    let mut reader = Reader::new(form);
    let on = received_on(&mut reader, "on", opened_on, today);
    let codes = form.all("code");
    if codes.is_empty() {
        reader.fault("code", say("请勾选已经收到的材料。"));
    }
    let mut lines: Vec<ReceiptLine> = Vec::new();
    for code in codes {
        if lines.iter().any(|line| line.code == code) {
            reader.fault("code", say("%{code}选了两次，请每件只选一次。").with("code", code));
            continue;
        }
        let state = reader.required(&format!("state_{code}"), NOTE_MAX);
        let seal = reader.optional(&format!("seal_{code}"), SEAL_MAX);
        lines.push(ReceiptLine { code: code.to_owned(), state, seal });
    }
    reader.finish(Receipt { on, lines })
}

/// A material that came later and stood in no entrustment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Another {
    pub name: String,
    pub kind: String,
    pub quantity: String,
    pub properties: String,
    pub state: String,
    pub seal: String,
    pub on: Date,
}

pub fn another(form: &Form, opened_on: Date, today: Date) -> Result<Another, Vec<Fault>> {
    let mut reader = Reader::new(form);
    let another = Another {
        name: reader.required("name", NAME_MAX),
        kind: reader.required("kind", NAME_MAX),
        quantity: reader.required("quantity", NAME_MAX),
        properties: reader.required("properties", NOTE_MAX),
        state: reader.required("state", NOTE_MAX),
        seal: reader.optional("seal", SEAL_MAX),
        on: received_on(&mut reader, "received_on", opened_on, today),
    };
    if another.quantity.starts_with(['-', '－', '−', '0', '０'])
        && amount::parse(&another.quantity).is_none_or(|(n, _)| n == 0)
    {
        reader.fault("quantity", say("数量应当大于零，例如1份、5ml。"));
    }
    reader.finish(another)
}
