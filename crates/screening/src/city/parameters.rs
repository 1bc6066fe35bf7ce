//! 参数表: every number of the synthetic city, dated 2026-11-25, with its source: "seen" is a public fact, "assumed" is ours.
//!
//! No public table of cases by category, injury or weekday was found; those shares are assumed and only their order of size is meant.
//!
//! **Invariant:** a number of the city stands here, nowhere else.

/// A category of appraisal.
#[derive(Debug, Clone, Copy)]
pub struct Category {
    /// As the tables write it.
    pub name: &'static str,
    /// Share of cases (assumed; environment seen: about 21,000 of some two million a year, white paper 2024).
    pub share: f64,
    /// Share of institutions that offer it (seen: national counts of 2014: clinical 1,951, pathology 783, … of 2,473).
    pub offered: f64,
    /// Median working days (assumed) and the spread of their logarithm.
    pub days: f64,
    pub days_sd: f64,
    /// Mean minutes of the examination of a person or place; 0 without one (assumed).
    pub minutes: f64,
    /// Tariff in yuan (autopsy seen: Shanghai 2024; the rest assumed).
    pub fee: f64,
    /// Shares of court, insurer, law firm, person, police (assumed).
    pub clients: [f64; 5],
    /// Re-appraised share (assumed: 3 % × 2.5 where findings are judged, else 1.2 %).
    pub reappraised: f64,
}

const fn category(
    name: &'static str,
    share: f64,
    offered: f64,
    work: (f64, f64, f64),
    fee: f64,
    clients: [f64; 5],
    reappraised: f64,
) -> Category {
    Category { name, share, offered, days: work.0, days_sd: work.1, minutes: work.2, fee, clients, reappraised }
}

/// The category all clinical detectors speak of.
pub const CLINICAL: usize = 0;
/// Toxicology: blood alcohol.
pub const TOXICOLOGY: usize = 1;

/// All categories.
pub const CATEGORIES: [Category; 9] = [
    category("clinical", 0.44, 0.789, (16.0, 0.40, 33.0), 1_500.0, [0.14, 0.10, 0.30, 0.22, 0.24], 0.075),
    category("tox", 0.18, 0.164, (4.0, 0.45, 0.0), 400.0, [0.01, 0.0, 0.0, 0.01, 0.98], 0.012),
    category("dna", 0.12, 0.131, (6.0, 0.35, 8.0), 2_400.0, [0.10, 0.0, 0.02, 0.68, 0.20], 0.012),
    category("trace", 0.08, 0.110, (14.0, 0.40, 58.0), 2_600.0, [0.10, 0.06, 0.02, 0.02, 0.80], 0.012),
    category("psych", 0.06, 0.126, (24.0, 0.35, 86.0), 3_200.0, [0.30, 0.02, 0.08, 0.15, 0.45], 0.075),
    category("docs", 0.055, 0.099, (14.0, 0.45, 0.0), 3_000.0, [0.70, 0.01, 0.10, 0.07, 0.12], 0.072),
    category("path", 0.03, 0.317, (32.0, 0.40, 145.0), 5_200.0, [0.10, 0.02, 0.03, 0.10, 0.75], 0.012),
    category("av", 0.025, 0.08, (18.0, 0.50, 0.0), 3_500.0, [0.45, 0.02, 0.10, 0.08, 0.35], 0.011),
    category("env", 0.01, 0.05, (60.0, 0.50, 0.0), 60_000.0, [0.35, 0.0, 0.15, 0.20, 0.30], 0.010),
];

/// An injury: name, share, latent severity (assumed).
pub const INJURIES: [(&str, f64, f64); 12] = [
    ("肋骨骨折", 0.200, -0.20),
    ("胫腓骨骨折", 0.138, -0.02),
    ("锁骨骨折", 0.100, -0.42),
    ("颅脑损伤", 0.091, 0.46),
    ("腰椎压缩性骨折", 0.099, 0.67),
    ("股骨骨折", 0.071, 0.27),
    ("桡骨远端骨折", 0.100, -0.23),
    ("踝关节骨折", 0.079, 0.03),
    ("骨盆骨折", 0.040, 0.34),
    ("脾破裂", 0.031, -0.32),
    ("脊髓损伤", 0.020, 1.02),
    ("软组织挫伤", 0.031, -1.72),
];
/// Cuts of the latent severity into no grade, 10, 9, 8, 7 (assumed: about 40, 49, 9, 1.8, .5 %).
pub const CUTS: [f64; 4] = [-0.25, 1.17, 1.90, 2.47];
/// Noise of the latent severity, its slope per ten years over 48, and the spreads between institutions, appraisers and lawyers (assumed).
pub const LATENT_NOISE: f64 = 0.85;
pub const LATENT_AGE: f64 = 0.06;
pub const LENIENCY_INSTITUTION: f64 = 0.08;
pub const LENIENCY_APPRAISER: f64 = 0.22;
pub const SEVERITY_LAWYER: f64 = 0.25;

/// Growth a year (seen: 6.66 % from 2016 to 2017, nation).
pub const GROWTH: f64 = 0.0666;
/// Weekdays from Monday (assumed).
pub const WEEKDAYS: [f64; 7] = [1.0, 1.03, 1.0, 0.99, 0.97, 0.21, 0.075];
/// Months from January (assumed).
pub const MONTHS: [f64; 12] = [0.98, 0.72, 1.0, 1.02, 0.99, 1.0, 1.07, 1.03, 1.05, 0.98, 1.07, 1.1];
/// Demand on holidays (assumed).
pub const HOLIDAY: f64 = 0.03;

/// Institutions: spread of log size, of speed, of fee, appraisers by size to this power (assumed).
pub const SIZE_SD: f64 = 0.9;
pub const SPEED_SD: f64 = 0.13;
pub const FEE_SD: f64 = 0.028;
pub const APPRAISERS_POWER: f64 = 0.7;
/// Appraisers: spread of log productivity; shares of fast examiners and of users of templates (assumed).
pub const PRODUCTIVITY_SD: f64 = 0.5;
pub const FAST_SHARE: f64 = 0.08;
pub const FAST_FACTOR: f64 = 0.38;
pub const TEMPLATE_SHARE: f64 = 0.06;
/// Lawyers: Pareto exponent of volume, concentration of their habits (assumed).
pub const LAWYER_PARETO: f64 = 1.3;
pub const HABIT: f64 = 5.0;
/// Founders (seen: Shanghai 2017: 22 % backed by health, education or research).
pub const FOUNDERS: [(&str, f64); 4] = [("高校", 0.10), ("医院", 0.09), ("科研", 0.03), ("企业", 0.78)];
/// Refused (assumed), complaints (assumed), overturned of the re-appraised (assumed).
pub const REFUSED: f64 = 0.045;
pub const COMPLAINT: f64 = 0.0085;
pub const OVERTURNED: f64 = 0.25;
/// Cases with a few suspended days, and how many (assumed).
pub const SUSPENDED: f64 = 0.10;
pub const SUSPENDED_DAYS: f64 = 2.0;

/// Honest look-alikes: typed wrong, visits elsewhere, reductions, wrong numbers (assumed).
pub const CLOCK_TYPOS: f64 = 0.006;
pub const SCATTERED_VISITS: f64 = 0.06;
pub const LEGAL_AID: f64 = 0.015;
pub const NUMBER_NOISE: f64 = 0.01;
/// Institutions of each look-alike: weekly contract sites, published discounts, slow laboratories, month-end habit (assumed, of 60).
pub const CONTRACT_SITES: f64 = 3.0;
pub const DISCOUNTERS: f64 = 4.0;
pub const SLOW: f64 = 5.0;
pub const MONTH_END: f64 = 6.0;
/// Traces (assumed): hospitals of a district, share of the injured who are treated in another; persons whom a legal-aid office of the district
/// speaks for; persons who live in a works' dormitory, and how many there are.
pub const HOSPITALS: usize = 3;
pub const TREATED_ELSEWHERE: f64 = 0.2;
pub const AIDED: f64 = 0.03;
pub const DORMITORY: f64 = 0.05;
pub const DORMITORIES: usize = 100;
/// Share of appraisers who have always written their records up at the month's end; records written the next working day; wrong times of instruments.
pub const WRITES_UP: f64 = 0.04;
pub const NEXT_DAY: f64 = 0.15;
pub const INSTRUMENT_TYPOS: f64 = 0.006;
/// Of a ring's cases: those its telephone is given for, without and with a lawyer's name; those from its hospital; those from its address.
pub const RING_PHONE: (f64, f64) = (0.9, 0.4);
pub const RING_HOSPITAL: f64 = 0.7;
pub const RING_ADDRESS: f64 = 0.7;
