//! 描述: markets, impossible days and funnels of rates as tables for analysts; the platform has pages of them.
//!
//! **Invariant:** whole tables, nothing cut; the same extract gives the same bytes.

use std::fmt::Write as _;

use crate::dates;
use crate::detectors::concentration::markets;
use crate::detectors::funnels::{Rate, Standing, rate_funnel};
use crate::detectors::workload::{EXAMS_MAX, MINUTES_MAX, workload};
use crate::screen::quoted;
use crate::sector::Sector;

/// The files' names and their text.
pub fn tables(sector: &Sector) -> [(&'static str, String); 3] {
    [("market.csv", market(sector)), ("workload.csv", days(sector)), ("rates.csv", rates(sector))]
}

fn market(sector: &Sector) -> String {
    let mut out = String::from("category,district,year,cases,institutions,hhi,level,top3,largest,largest_cases\n");
    for one in markets(sector) {
        let (largest, cases) = one.largest.first().copied().unwrap_or_default();
        let _ = writeln!(
            out,
            "{},{},{},{},{},{:.1},{},{:.4},{},{cases}",
            quoted(sector.categories.name(one.category)),
            quoted(one.district.map_or("", |district| sector.districts.name(district))),
            one.year,
            one.cases,
            one.institutions,
            one.hhi,
            one.level().name(),
            one.top3,
            quoted(sector.institution_ids.name(largest)),
        );
    }
    out
}

fn days(sector: &Sector) -> String {
    let mut out =
        String::from("appraiser,institution,day,examinations,minutes,overlapping,doubled_minutes,unreachable,cases\n");
    for one in workload(sector, EXAMS_MAX, MINUTES_MAX).impossible {
        let home = sector.appraiser_home.get(one.appraiser as usize).copied().unwrap_or_default();
        let case = |n: u32| &*sector.cases[n as usize].id;
        let told = one.cases.iter().map(|e| format!("{} {}-{}", case(e.case), clock(e.start), clock(e.end)));
        let _ = writeln!(
            out,
            "{},{},{},{},{:.0},{},{:.0},{},{}",
            quoted(sector.appraiser_ids.name(one.appraiser)),
            quoted(sector.institution_ids.name(home)),
            dates::format(one.day),
            one.cases.len(),
            one.minutes,
            one.overlapping,
            one.doubled,
            one.unreachable,
            quoted(&told.collect::<Vec<_>>().join("; ")),
        );
    }
    out
}

/// A minute of the day, past midnight too.
pub fn clock(minutes: f64) -> String {
    let minutes = minutes.max(0.0) as u32;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

fn rates(sector: &Sector) -> String {
    let mut out = String::from("rate,institution,cases,observed,expected,ratio,z,standing\n");
    for rate in Rate::ALL {
        let found = rate_funnel(sector, rate);
        for (n, point) in found.points.iter().enumerate().filter(|(n, _)| found.cases[*n] > 0.0) {
            let z = found.funnel.z[n];
            let ratio =
                if point.expected > 0.0 { format!("{:.3}", point.observed / point.expected) } else { "".into() };
            let _ = writeln!(
                out,
                "{},{},{:.0},{:.0},{:.2},{ratio},{z:.3},{}",
                rate.name(),
                quoted(sector.institution_ids.name(n as u32)),
                found.cases[n],
                point.observed,
                point.expected,
                Standing::of(found.cases[n], point.expected, z).name(),
            );
        }
    }
    out
}
