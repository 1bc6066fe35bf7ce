//! What the drawn city's numbers and words stand for here: items, districts, the sentence of an opinion.
//!
//! **Invariant:** what is written is read back as what was drawn (`reading`): grade, injury, alcohol.

use crate::registry;
use screening::city::parameters::INJURIES;
use screening::sector::{Case as Drawn, NONE, Sector};

/// The item that a drawn category stands for.
pub(super) fn item(category: &str, has_grade: bool) -> &'static str {
    match category {
        "clinical" if has_grade => "FY-0202",
        "clinical" => "FY-0201",
        "tox" => "FY-0502",
        "dna" => "FY-0402",
        "trace" => "WZ-0205",
        "psych" => "FY-0302",
        "docs" => "WZ-0101",
        "path" => "FY-0101",
        "av" => "SX-0102",
        _ => "HJ-0101",
    }
}

/// A drawn district as a real one's code: the city is drawn with numbers for districts, as many as Shanghai has.
pub(super) fn district(sector: &Sector, number: u32) -> String {
    let known = registry::district_code(sector.districts.name(number));
    let codes: Vec<&str> = registry::district_codes().collect();
    let drawn = if number == NONE { 0 } else { number as usize };
    known.or_else(|| codes.get(drawn % codes.len().max(1)).copied()).unwrap_or_default().to_owned()
}

pub(super) const GRADES: [&str; 11] = ["", "十", "九", "八", "七", "六", "五", "四", "三", "二", "一"];

/// The opinion's sentence, from which grade, injury and alcohol are read again.
pub(super) fn conclusion(sector: &Sector, case: &Drawn) -> String {
    if case.bac.is_finite() {
        return format!("送检血液中检出乙醇成分，其含量为{:.1}mg/100mL。", case.bac);
    }
    let injury = sector.injuries.name(case.injury).parse::<usize>().ok().and_then(|n| INJURIES.get(n));
    let injury = injury.map_or("外伤", |(name, ..)| name);
    match case.severity {
        Some(0) => format!("被鉴定人因外伤致{injury}，目前后果不构成伤残等级。"),
        Some(severity) => {
            format!("被鉴定人因外伤致{injury}，其遗留后果构成{}级伤残。", GRADES[usize::from(severity.min(10))])
        }
        None => "鉴定意见见原件。".to_owned(),
    }
}
