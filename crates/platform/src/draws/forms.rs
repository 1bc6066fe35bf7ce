//! What an officer types to prepare a draw, as lists.
//!
//! **Invariant:** every fault of every line is told at once, with the line's number.

use crate::fail::Fault;
use crate::registry::{Categories, ItemCode};
use crate::text::say;
use crate::web::Form;
use crate::web::form::Reader;
use draws::{BeaconRule, CANDIDATES_MAX, Candidate, Method, Quota, SEATS_MAX, WEIGHT_MAX};
use std::collections::BTreeMap;

/// What a draw is for.
pub const PURPOSES: &[(&str, &str, &str)] = &[
    ("institution", "选择鉴定机构", "institution"),
    ("panel", "组成专家组", "panel"),
    ("inspection", "检查对象和检查人员", "inspection"),
    ("sample", "抽样", "sample"),
];

/// How the drawn are drawn, as a form offers it.
pub const METHODS: &[(&str, &str, Method)] = &[
    ("uniform", "机会均等", Method::Uniform),
    ("weighted", "按权重", Method::Weighted),
    ("stratified", "按名额分层", Method::Stratified),
];

/// Where the seed comes from.
pub const SOURCES: &[(&str, &str, (bool, bool))] = &[
    ("log", "日志的后续检查点", (true, false)),
    ("beacon", "公开信标", (false, true)),
    ("both", "两者都用", (true, true)),
];

/// A title's characters: a line on a page.
const TITLE_MAX: usize = 60;
/// Characters of a pasted list: ten thousand lines of sixty.
const LIST_MAX: usize = 600_000;
/// Days until the announced moment, in minutes: a month.
const MINUTES_MAX: i64 = 31 * 24 * 60;
/// Parties at one draw: a hearing's room.
const PARTIES_MAX: usize = 20;
/// Characters of a name, a reason, a feature.
const NAME_MAX: usize = 120;

/// What was typed, read.
#[derive(Clone, Debug)]
pub struct Typed {
    pub purpose: &'static str,
    pub title: String,
    pub item: Option<ItemCode>,
    /// Empty: from the register.
    pub candidates: Vec<Candidate>,
    /// Id or name, and the reason.
    pub exclusions: Vec<(String, String)>,
    pub method: Method,
    pub seats: u32,
    pub quotas: Vec<Quota>,
    pub uses_log: bool,
    pub beacon: Option<BeaconRule>,
    pub minutes: i64,
    pub parties: Vec<String>,
}

/// Reads the form.
///
/// # Errors
/// Every fault, by field.
pub fn typed(form: &Form) -> Result<Typed, Vec<Fault>> {
    let mut reader = Reader::new(form);
    let purposes: Vec<(&str, &'static str)> = PURPOSES.iter().map(|(word, _, stored)| (*word, *stored)).collect();
    let purpose = reader.choice("purpose", &purposes).unwrap_or_default();
    let title = reader.required("title", TITLE_MAX);
    let item = form.text("item").parse::<ItemCode>().ok().filter(|code| Categories::get().find(code).is_some());
    if item.is_none() && !form.text("item").is_empty() {
        reader.fault("item", say("请选择一项。"));
    }
    let methods: Vec<(&str, Method)> = METHODS.iter().map(|(word, _, method)| (*word, *method)).collect();
    let method = reader.choice("method", &methods).unwrap_or(Method::Uniform);
    let sources: Vec<(&str, (bool, bool))> = SOURCES.iter().map(|(word, _, source)| (*word, *source)).collect();
    let (uses_log, uses_beacon) = reader.choice("source", &sources).unwrap_or((true, false));
    let seats = u32::try_from(reader.number("seats", 1, i64::from(SEATS_MAX))).unwrap_or(1);
    let minutes = reader.number("minutes", 0, MINUTES_MAX);
    let candidates = candidates(&mut reader, form.text("candidates"));
    let is_from_register = matches!(purpose, "institution" | "inspection");
    if candidates.is_empty() && !is_from_register {
        reader.fault("candidates", say("没有候选者。请每行填写一个。"));
    }
    let exclusions = exclusions(&mut reader, form.text("exclusions"));
    let quotas = quotas(&mut reader, form.text("quotas"));
    if (method == Method::Stratified) == quotas.is_empty() {
        reader.fault("quotas", say("按名额分层的，要填写名额；其他方法不填。"));
    }
    let beacon = uses_beacon.then(|| BeaconRule {
        name: reader.required("beacon_name", NAME_MAX),
        round: reader.required("beacon_round", NAME_MAX),
    });
    let parties = lines(form.text("parties")).map(|(_, line)| line.to_owned()).collect::<Vec<_>>();
    let longest = parties.iter().map(|party| party.chars().count()).max().unwrap_or(0);
    if parties.len() > PARTIES_MAX || longest > NAME_MAX {
        reader.fault("parties", say("最多%{n}方，每方一行。").with("n", PARTIES_MAX));
    }
    let read = Typed {
        purpose,
        title,
        item,
        candidates,
        exclusions,
        method,
        seats,
        quotas,
        uses_log,
        beacon,
        minutes,
        parties,
    };
    reader.finish(read)
}

/// Lines that say something, with their numbers.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(at, line)| (at + 1, line.trim())).filter(|(_, line)| !line.is_empty())
}

fn fields(line: &str) -> Vec<&str> {
    line.split([',', '，', '\t']).map(str::trim).filter(|field| !field.is_empty()).collect()
}

/// `名称, 编号, 权重, 特征=值, …`: all but the name may be left out.
fn candidates(reader: &mut Reader, text: &str) -> Vec<Candidate> {
    let mut all = Vec::new();
    if text.chars().count() > LIST_MAX || lines(text).count() > CANDIDATES_MAX {
        reader.fault("candidates", say("候选者最多%{n}个。").with("n", CANDIDATES_MAX));
        return all;
    }
    for (at, line) in lines(text) {
        let fields = fields(line);
        let traits: BTreeMap<String, String> = fields
            .iter()
            .filter_map(|field| field.split_once(['=', '＝']))
            .map(|(feature, value)| (feature.trim().to_owned(), value.trim().to_owned()))
            .collect();
        let plain: Vec<&str> = fields.into_iter().filter(|field| !field.contains(['=', '＝'])).collect();
        let weight =
            plain.get(2).map_or(Some(1), |text| text.parse().ok()).filter(|weight| (1..=WEIGHT_MAX).contains(weight));
        match (plain.first(), weight) {
            (Some(name), Some(weight)) if plain.len() <= 3 && line.chars().count() <= 4 * NAME_MAX => {
                all.push(Candidate {
                    id: plain.get(1).map_or_else(|| at.to_string(), |id| (*id).to_owned()),
                    name: (*name).to_owned(),
                    weight,
                    traits,
                })
            }
            _ => {
                reader.fault("candidates", say("第%{n}行看不懂，请写作“名称,编号,权重,特征=值”的样子。").with("n", at))
            }
        }
    }
    all
}

fn exclusions(reader: &mut Reader, text: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for (at, line) in lines(text) {
        match line.split_once([',', '，', '\t']) {
            Some((who, why)) if !why.trim().is_empty() => all.push((who.trim().to_owned(), why.trim().to_owned())),
            _ => reader.fault("exclusions", say("第%{n}行没有理由，请写作“名称,理由”的样子。").with("n", at)),
        }
    }
    all
}

fn quotas(reader: &mut Reader, text: &str) -> Vec<Quota> {
    let mut all = Vec::new();
    for (at, line) in lines(text) {
        let read = match fields(line)[..] {
            [feature, value, min, max] => min
                .parse::<u32>()
                .ok()
                .zip(max.parse::<u32>().ok())
                .map(|(min, max)| Quota { feature: feature.into(), value: value.into(), min, max }),
            _ => None,
        };
        match read {
            Some(quota) => all.push(quota),
            None => reader.fault("quotas", say("第%{n}行看不懂，请写作“特征,值,最少,最多”的样子。").with("n", at)),
        }
    }
    all
}
