//! Properties, differentials against the definition, and the commands' answers to bad input.

use proptest::prelude::*;
use screening::city::{City, Kind, Plan, tables};
use screening::communities::{Edge, Graph, Quality, leiden, quality};
use screening::detectors::{DESCRIPTIONS, DETECTORS, Entity, FURTHER};
use screening::near_duplicates::{Digits, NoPairs, Shingled, jaccard, similar_pairs};
use screening::progress::Unwatched;
use screening::sector::{Sources, read};
use screening::stats::{fdr, special, tails};
use screening::{groups, screen, sector};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The join finds exactly the pairs the definition finds.
    #[test]
    fn the_join_is_exact(texts in prop::collection::vec("[甲乙丙丁1-3]{0,14}", 0..40), threshold in 0.2f64..1.0) {
        let shingled = Shingled::new(texts.iter().map(|t| &**t), Digits::Alike);
        let found = similar_pairs(&shingled, threshold, 1_000_000, &Unwatched).unwrap();
        let mut truth = Vec::new();
        for a in 0..texts.len() {
            for b in a + 1..texts.len() {
                let similarity = jaccard(&texts[a], &texts[b], Digits::Alike);
                if similarity >= threshold && !texts[a].is_empty() {
                    truth.push((a as u32, b as u32, similarity));
                }
            }
        }
        prop_assert_eq!(found.iter().map(|p| (p.a, p.b, p.similarity)).collect::<Vec<_>>(), truth);
    }

    /// The binomial tail is the sum of its terms.
    #[test]
    fn the_binomial_tail_is_a_sum(n in 1u64..60, k in 0u64..60, p in 0.01f64..0.99) {
        let sum: f64 = (k..=n).map(|x| (special::ln_choose(n as f64, x as f64) + x as f64 * p.ln() + (n - x) as f64 * (1.0 - p).ln()).exp()).sum();
        let tail = if k > n { 0.0 } else { sum };
        prop_assert!((tails::binomial_upper(k, n, p) - tail).abs() <= 1e-11 * tail.max(1e-3));
    }

    /// The hypergeometric tail is the sum of its terms.
    #[test]
    fn the_hypergeometric_tail_is_a_sum(whole in 1u64..60, marked in 0u64..60, drawn in 0u64..60, k in 0u64..60) {
        let (marked, drawn) = (marked.min(whole), drawn.min(whole));
        let c = |n: u64, k: u64| if k > n { f64::NEG_INFINITY } else { special::ln_choose(n as f64, k as f64) };
        let sum: f64 = (k..=drawn.min(marked)).filter(|x| drawn - x <= whole - marked)
            .map(|x| (c(marked, x) + c(whole - marked, drawn - x) - c(whole, drawn)).exp()).sum();
        prop_assert!((tails::ln_hypergeometric_upper(k, whole, marked, drawn).exp() - sum.min(1.0)).abs() < 1e-9);
    }

    /// q-values are at least their p-values and keep their order.
    #[test]
    fn q_values_keep_their_order(p in prop::collection::vec(0.0f64..1.0, 1..50)) {
        let q = fdr::benjamini_hochberg(&p);
        for i in 0..p.len() {
            prop_assert!(q[i] >= p[i] - 1e-15 && q[i] <= 1.0);
            for j in 0..p.len() {
                prop_assert!(p[i] > p[j] || q[i] <= q[j]);
            }
        }
    }

    /// Every community hangs together, and no membership is worse than leaving all alone.
    #[test]
    fn communities_are_connected(edges in prop::collection::vec((0u32..30, 0u32..30, 0.1f32..5.0), 0..90), seed in 0u64..5) {
        let list: Vec<Edge> = edges.iter().map(|e| Edge { a: e.0, b: e.1, weight: e.2 }).collect();
        let graph = Graph::new(30, &list);
        let found = leiden(&graph, Quality::Modularity(1.0), seed, &Unwatched).unwrap();
        prop_assert_eq!(&found, &leiden(&graph, Quality::Modularity(1.0), seed, &Unwatched).unwrap());
        let alone: Vec<u32> = (0..30).collect();
        prop_assert!(quality(&graph, &found, Quality::Modularity(1.0)) >= quality(&graph, &alone, Quality::Modularity(1.0)) - 1e-9);
        for community in 0..=*found.iter().max().unwrap() {
            let members: Vec<usize> = (0..30).filter(|v| found[*v] == community).collect();
            let mut reached = vec![members[0]];
            let mut at = 0;
            while at < reached.len() {
                for (next, _) in graph.neighbours(reached[at]) {
                    if found[next as usize] == community && !reached.contains(&(next as usize)) {
                        reached.push(next as usize);
                    }
                }
                at += 1;
            }
            prop_assert_eq!(reached.len(), members.len(), "community {} is in pieces", community);
        }
    }
}

/// Values of R: pbinom, ppois, pnorm with lower.tail = FALSE, log.p = TRUE.
#[test]
fn far_tails_do_not_vanish() {
    for (found, known, why) in [
        (special::ln_normal_upper(40.0), -804.608_442, "forty standard deviations"),
        (special::normal_upper(1.959_963_984_540_054), 0.025, "the usual two-sided five per cent"),
        (tails::ln_binomial_upper(100, 100, 1e-4), 100.0 * 1e-4f64.ln(), "all of a hundred"),
        (tails::poisson_upper(1, 2.0), 1.0 - (-2.0f64).exp(), "one or more of two"),
    ] {
        assert!((found - known).abs() < 1e-6 * known.abs(), "{why}: {found} is not {known}");
    }
}

#[test]
fn a_million_copies_are_a_clear_error_and_a_long_text_is_no_trouble() {
    let same = vec!["本院经审理查明的事实如下"; 2_000];
    let shingled = Shingled::new(same, Digits::Kept);
    assert_eq!(similar_pairs(&shingled, 0.8, 10_000, &Unwatched), Err(NoPairs::TooMany { limit: 10_000 }));
    let long: String = (0..700_000u32)
        .map(|n| char::from_u32(0x4e00 + n.wrapping_mul(2_654_435_761) % 20_000).unwrap_or('一'))
        .collect();
    let shingled = Shingled::new([long.as_str(), long.as_str(), "短"], Digits::Kept);
    let found = similar_pairs(&shingled, 0.8, 10, &Unwatched).unwrap();
    assert_eq!(found.iter().map(|p| (p.a, p.b, p.similarity)).collect::<Vec<_>>(), [(0, 1, 1.0)]);
}

fn small(misconduct: Vec<(Kind, usize)>, seed: u64) -> sector::Sector {
    let plan = Plan {
        institutions: 15,
        appraisers: 120,
        cases_per_year: 12_000,
        lawyers: 300,
        seed,
        misconduct,
        ..Default::default()
    };
    let (tables, _) = tables(&City::draw(&plan, &Unwatched).unwrap());
    read(Sources {
        institutions: tables.institutions.as_bytes(),
        appraisers: tables.appraisers.as_bytes(),
        cases: tables.cases.as_bytes(),
        texts: tables.texts.as_bytes(),
    })
    .unwrap()
}

#[test]
fn a_screen_is_the_same_on_one_thread_and_on_many() {
    let sector = small(Kind::ALL.iter().map(|k| (*k, 1)).collect(), 7);
    let one = screen::table(&sector, &screen::screen(&sector, 1, &Unwatched).unwrap());
    let again = small(Kind::ALL.iter().map(|k| (*k, 1)).collect(), 7);
    let many = screen::table(&again, &screen::screen(&again, 2, &Unwatched).unwrap());
    assert_eq!(one, many);
    for (name, _) in DETECTORS {
        assert!(one.contains(&format!("\n{name},")), "{name} scored nobody");
    }
}

#[test]
fn the_further_detectors_are_quiet_on_a_clean_city_and_see_a_ring() {
    let clean = small(Vec::new(), 11);
    let found = screen::screen_with(&clean, &FURTHER, 2, &Unwatched).unwrap();
    let leads: Vec<_> = found.iter().filter(|f| f.q <= 0.05).map(|f| (f.detector, f.entity)).collect();
    assert!(leads.len() <= 1, "on a clean city: {leads:?}");
    let sector = small(vec![(Kind::Ring, 3)], 11);
    let found = screen::screen_with(&sector, &FURTHER, 2, &Unwatched).unwrap();
    for (name, _) in FURTHER {
        assert!(found.iter().any(|f| f.detector == name), "{name} scored nobody");
    }
    let kickback = found.iter().find(|f| f.detector == "kickback" && f.entity == Entity::Lawyer).unwrap();
    assert!(kickback.p <= 0.01 && !kickback.evidence.rows.is_empty(), "{kickback:?}");
}

#[test]
fn groups_hold_or_are_not_given() {
    let sector = small(Vec::new(), 3);
    let found = groups::groups(&sector, 1, &Unwatched).unwrap();
    assert_eq!(found, groups::groups(&sector, 1, &Unwatched).unwrap(), "the same seed, the same groups");
    assert_eq!(found.hold(), found.stability.is_some_and(|s| s >= 0.6) && found.groups.len() > 1);
    let many: usize = found.groups.iter().map(|g| g.institutions.len()).sum();
    assert_eq!(many + found.left_out.len(), sector.institutions.len(), "everybody is in a group or left out");
    for row in &found.rows {
        assert!(found.groups[row.group].institutions.contains(&row.institution));
        assert!(row.values.len() == groups::FEATURES.len() && row.values.iter().all(|v| v.is_finite()));
    }
    for feature in groups::FEATURES {
        assert!(!groups::feature_name(feature).0.is_empty(), "{feature} has no name");
    }
    assert_eq!(found.map(&sector, Some(0)).unwrap().points.len(), found.rows.len());
    let empty = groups::groups(&sector::Sector::default(), 1, &Unwatched).unwrap();
    assert!(empty.groups.is_empty() && !empty.hold());
}

#[test]
fn every_detector_explains_itself() {
    for (name, _) in DETECTORS.into_iter().chain(FURTHER) {
        let of = DESCRIPTIONS.iter().find(|d| d.name == name).unwrap_or_else(|| panic!("{name} has no description"));
        for both in [of.title, of.looks_for, of.features, of.method, of.threshold, of.honest, of.check] {
            assert!(!both.chinese.is_empty() && both.english.is_ascii(), "{name}: {both:?}");
        }
    }
}

#[test]
fn an_empty_extract_and_a_bad_one() {
    let header = "case_id,received,institution,category,client_type,client,lawyer,insurer,district,accepted,accept_date,exam_date,exam_start_min,\
                  exam_minutes,exam_x,exam_y,appraiser1,appraiser2,issue_date,opinion_no,fee,fee_standard,injury,age,grade,bac,suspended_days,\
                  reappraised,overturned,complaint,text_id\n";
    let row = |received: &str, institution: &str, fee: &str| {
        format!(
            "c1,{received},{institution},clinical,court,C1,,,3,1,2024-01-03,,,,,,a1,,2024-02-01,1,{fee},100,,,,,0,0,0,0,\n"
        )
    };
    let try_it = |cases: String| {
        read(Sources {
            institutions: "institution,district,x,y,type,categories\ni1,3,1.0,2.0,企业,clinical\n".as_bytes(),
            appraisers: "appraiser,institution,categories\na1,i1,clinical\n".as_bytes(),
            cases: cases.as_bytes(),
            texts: "text_id\ttext\n".as_bytes(),
        })
    };
    let empty = try_it(header.to_owned()).unwrap();
    assert!(screen::screen(&empty, 2, &Unwatched).unwrap().is_empty());
    let one = try_it(format!("{header}{}", row("2024-01-02", "i1", "120"))).unwrap();
    screen::screen(&one, 1, &Unwatched).unwrap();
    for (rows, told) in [
        (row("2024-02-30", "i1", "1"), "cases.csv, row 2, column received: a real date"),
        (row("2024-01-02", "i9", "1"), "cases.csv, row 2, column institution: “i9” is not in institutions"),
        (row("2024-01-02", "i1", "NaN"), "cases.csv, row 2, column fee: a finite number"),
        (row("2024-01-02", "i1", "inf"), "cases.csv, row 2, column fee: a finite number"),
        (row("2024-01-02", "i1", "-3"), "cases.csv, row 2, column fee: must not be below 0"),
        (
            format!("{}{}", row("2024-01-02", "i1", "1"), row("2024-01-02", "i1", "1")),
            "cases.csv, row 3, column case_id: “c1” is there twice",
        ),
        ("c1,2024-01-02\n".to_owned(), "cases.csv, row 2: has 2 fields where the header has 31"),
    ] {
        let fault = try_it(format!("{header}{rows}")).unwrap_err().to_string();
        assert!(fault.starts_with(told), "{fault}\nwas to begin: {told}");
    }
    let fault = try_it("case_id,received\n".to_owned()).unwrap_err().to_string();
    assert!(fault.starts_with("cases.csv, column institution: this column is missing"), "{fault}");
}
