//! Market, impossible days and rates of a run, over HTTP, against figures counted by hand in a city made for it.

use crate::analysis::{placed, screened};
use crate::support::City;
use axum::http::StatusCode;
use jiff::civil::{Date, date};
use platform::analysis::{facts, fill, plant, runs};
use screening::sector::{Case, NONE, Sector};

const HUANGPU: &str = "310101";
const XUHUI: &str = "310104";

/// What is said of a case here; the rest is the same for all.
#[derive(Clone, Copy)]
struct Told {
    on: Date,
    institution: u32,
    category: &'static str,
    district: &'static str,
    accepted: bool,
    /// Start and minutes of its examination.
    exam: Option<(f32, f32)>,
}

fn add(sector: &mut Sector, told: Told) {
    let template = sector.cases.first().cloned();
    let n = sector.cases.len();
    let category = sector.categories.number(told.category);
    let client = sector.clients.number(&format!("court-{}", told.district));
    let client_type = sector.client_types.number("court");
    let district = sector.districts.number(told.district);
    let appraiser = sector.appraiser_home.iter().position(|home| *home == told.institution).unwrap() as u32;
    let received = facts::day(told.on);
    let exam = told.exam.unwrap_or((f32::NAN, f32::NAN));
    sector.cases.push(Case {
        id: format!("H{n}").into(),
        received,
        institution: told.institution,
        category,
        client_type,
        client,
        district,
        accepted: told.accepted,
        accept_date: told.accepted.then_some(received),
        exam_date: told.exam.map(|_| received),
        exam_start: exam.0,
        exam_minutes: exam.1,
        appraiser1: appraiser,
        appraiser2: NONE,
        issue_date: told.accepted.then_some(received + 10),
        lawyer: NONE,
        insurer: NONE,
        severity: None,
        reappraised: false,
        overturned: false,
        suspended_days: 0.0,
        phone: NONE,
        hospital: NONE,
        address: NONE,
        recorded: None,
        instrument: None,
        signed: None,
        text: NONE,
        opinion_no: None,
        ..template.unwrap()
    });
}

/// DNA: 60, 25, 10 and 5 cases of four institutions, every tenth of a client in the second district, and 20 refusals of the first.
/// Clinical: a day of four examinations of which two pairs overlap, an honest day, and a day of 21.
fn made_for_it(last: Date) -> Sector {
    let mut sector = plant::ring(5, facts::day(last)).unwrap();
    // The ring's city lends its houses, and the shape of a case.
    sector.cases.truncate(1);
    let dna =
        Told { on: date(2025, 6, 3), institution: 0, category: "dna", district: HUANGPU, accepted: true, exam: None };
    for (institution, many) in [(0, 60), (1, 25), (2, 10), (3, 5)] {
        for n in 0..many {
            add(&mut sector, Told { institution, district: if n % 10 == 9 { XUHUI } else { HUANGPU }, ..dna });
        }
    }
    (0..20).for_each(|_| add(&mut sector, Told { accepted: false, ..dna }));
    let clinical = Told { category: "clinical", institution: 4, on: date(2025, 7, 1), ..dna };
    for exam in [(540.0, 180.0), (600.0, 30.0), (690.0, 60.0), (840.0, 30.0)] {
        add(&mut sector, Told { exam: Some(exam), ..clinical });
    }
    add(&mut sector, Told { on: date(2025, 7, 2), exam: Some((540.0, 30.0)), ..clinical });
    for n in 0..21_u8 {
        let exam = Some((480.0 + 20.0 * f32::from(n), 20.0));
        add(&mut sector, Told { institution: 5, on: date(2025, 7, 3), exam, ..clinical });
    }
    sector.cases.remove(0);
    sector
}

async fn filled() -> City {
    let city = City::new().await;
    let sector = made_for_it(city.today());
    let filled = fill::city(&city.app, &sector, 5, |_, _| {}).await.unwrap();
    assert_eq!((filled.cases, filled.reappraisals), (146, 0));
    city
}

const PAGES: [&str; 3] = ["/analysis/market", "/analysis/workload", "/analysis/rates"];

#[tokio::test]
async fn figures_of_a_run_are_as_counted_by_hand() {
    let city = filled().await;
    for page in PAGES {
        let said = city.get("supervisor", page).await.said();
        assert!(said.contains("还没有完成的分析") && said.contains("分析记录"), "{page}: {said}");
    }
    let run = screened(&city, "5").await;

    // 60² + 25² + 10² + 5² of a hundred cases: 4,350; clinical cases are too few for an index.
    let said = city.get("supervisor", "/analysis/market").await.said();
    for word in ["4350", "95.0%", "高度集中", "案件太少", "模拟·第1司法鉴定中心", "《合并指南》", "共 2 条"]
    {
        assert!(said.contains(word), "{word}: {said}");
    }
    let csv = city.get("supervisor", "/analysis/market?area=all&year=all&format=csv").await.text();
    let rows: Vec<&str> = csv.lines().skip(1).collect();
    // In Huangpu 54, 23, 9 and 5 of 91: 3,551 / 8,281 = 4,288.1; in Xuhui there are nine.
    let first = "模拟·第1司法鉴定中心";
    assert_eq!(
        rows,
        [
            format!("法医物证鉴定,全市,2025,100,4,4350,高度集中,95.0%,–,{first},60.0%"),
            format!("法医物证鉴定,黄浦区,2025,91,4,4288,高度集中,94.5%,–,{first},59.3%"),
            "法医临床鉴定,全市,2025,26,2,–,案件太少,–,–,,".to_owned(),
            "法医临床鉴定,黄浦区,2025,26,2,–,案件太少,–,–,,".to_owned(),
            "法医物证鉴定,徐汇区,2025,9,3,–,案件太少,–,–,,".to_owned(),
        ]
    );
    let one = city.get("supervisor", "/analysis/market?category=FY-04&area=310101&year=2025").await.said();
    assert!(one.contains("59.3%") && one.contains("25.3%") && one.contains("市场份额"), "54 and 23 of 91: {one}");
    let none = city.get("supervisor", "/analysis/market?category=FY-99&year=1999").await.said();
    assert!(none.contains("没有这样的市场") && none.contains("查看全部市场"), "{none}");

    let csv = city.get("supervisor", "/analysis/workload?format=csv").await.text();
    let rows: Vec<Vec<&str>> = csv.lines().skip(1).map(|row| row.split(',').collect()).collect();
    let told: Vec<_> = rows.iter().map(|row| (row[0], row[2], &row[3..8])).collect();
    assert_eq!(
        told,
        [
            ("2025-07-01", "模拟·第5司法鉴定中心", &["4", "300", "2", "60", "0"][..]),
            ("2025-07-03", "模拟·第6司法鉴定中心", &["21", "420", "0", "0", "0"][..]),
        ]
    );
    assert!(rows[0][8].contains("09:00–12:00") && rows[0][8].matches('–').count() == 4, "{:?}", rows[0]);
    let said = city.get("supervisor", "/analysis/workload").await;
    let page = said.text();
    let said = said.said();
    for word in
        ["合3个鉴定人检查日", "其中2个异常", "重叠2对，共60分钟", "超过20件", "共 2 条", "几个人一起检查", "坐标"]
    {
        assert!(said.contains(word), "{word}: {said}");
    }
    let case = page.split("href=\"/cases/").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    assert_eq!(city.get("supervisor", &format!("/cases/{case}")).await.status, StatusCode::OK);
    let many = city.get("supervisor", "/analysis/workload?kind=many").await.said();
    assert!(many.contains("共 1 条") && many.contains("2025-07-03") && !many.contains("2025-07-01"), "{many}");
    let none = city.get("supervisor", "/analysis/workload?kind=journey").await.said();
    assert!(none.contains("没有这样的日子"), "{none}");

    // 20 of 120 DNA cases were refused: 13.3 of the first institution's 80 are expected, 1.5 times as many there were.
    let csv = city.get("supervisor", "/analysis/rates?format=csv").await.text();
    let row = csv.lines().find(|row| row.starts_with(&format!("不予受理率,{first},"))).unwrap();
    assert!(row.starts_with(&format!("不予受理率,{first},80,20,13.3,1.50,20.5%,")), "20 of 146 is 13.7 %: {row}");
    // Six institutions with cases in three rates; nothing was re-appraised, so nothing could be overturned.
    assert_eq!(csv.lines().count(), 1 + 3 * 6, "{csv}");
    let said = city.get("supervisor", "/analysis/rates?rate=refused").await.said();
    assert!(said.contains("全市13.7%；6家机构中") && said.contains("案件太少"), "{said}");
    let said = city.get("supervisor", "/analysis/rates?rate=complaint").await.said();
    assert!(said.contains("平台还不登记投诉"), "{said}");

    // A repetition agrees as before and hides nothing.
    let again = city.post("supervisor", &format!("{run}/repeat"), &[]).await.leads_on();
    platform::jobs::run_due(&city.app, platform::JOBS).await.unwrap();
    assert!(city.get("supervisor", &again).await.said().contains("逐字节一致"));
    assert!(city.get("supervisor", "/analysis/market").await.said().contains("4350"));
    for page in PAGES {
        assert_eq!(city.get("head", page).await.status, StatusCode::FORBIDDEN, "{page}");
    }
}

/// Figures came later than runs: what was kept before is read, and the page says what to do.
#[tokio::test]
async fn a_run_of_before_has_empty_pages_that_say_so() {
    let old = r#"{"cases":1,"left_out":0,"institutions":1,"appraisers":1,"findings":0,"new_leads":0,"seen_again":0,"coverage":[],"agrees":null}"#;
    let summary: runs::Summary = serde_json::from_str(old).unwrap();
    assert_eq!((summary.groups, summary.figures), (None, None));
    let city = City::new().await;
    placed(&city).await;
    for page in PAGES {
        let said = city.get("supervisor", page).await.said();
        assert!(said.contains("的分析还没有这些指标") && said.contains("重新分析"), "{page}: {said}");
    }
}
