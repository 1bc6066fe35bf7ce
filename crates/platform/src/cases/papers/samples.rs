//! Clearly fictional samples of every paper, for tests and for looking at.

use super::*;
use jiff::civil::date;
use paper::zh_date;

/// Names with characters of Extensions A, B, F and G, which ordinary fonts lack.
pub const RARE_NAME: &str = "𠮷㛃𬎆𫍯𰀀";

fn long(text: &str, times: usize) -> String {
    text.repeat(times)
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

impl Institution {
    fn sample() -> Self {
        Self {
            name: "示例司法鉴定中心".to_owned(),
            licence: "310000000".to_owned(),
            address: "示例市示例区示例路1号".to_owned(),
            postcode: "000000".to_owned(),
            contact: "某丁".to_owned(),
            phone: "000-00000000".to_owned(),
        }
    }
}

impl CommissionAgreement {
    pub fn samples() -> Vec<Self> {
        let ordinary = Self::ordinary();
        let mut rare = ordinary.clone();
        rare.client.handling_officer = RARE_NAME.to_owned();
        rare.parties =
            vec![Party { role: "被鉴定人".to_owned(), name: RARE_NAME.to_owned(), details: String::new() }];
        rare.reappraisal = true;
        rare.earlier_opinion = "虚构司鉴〔2025〕临鉴字第7号".to_owned();
        rare.delivery = Delivery::Collect;
        vec![ordinary, rare, Self::minimal(), Self::overfull()]
    }

    fn ordinary() -> Self {
        let day = zh_date(date(2026, 3, 2));
        let material = |name: &str, quantity: &str, properties: &str| MaterialLine {
            name: name.to_owned(),
            kind: "书证复印件".to_owned(),
            quantity: quantity.to_owned(),
            properties: properties.to_owned(),
            state: "完好".to_owned(),
            received_on: day.clone(),
        };
        Self {
            number: "示例司鉴委〔2026〕第12号".to_owned(),
            case_code: "SLSJ-2026-000012".to_owned(),
            client: Client {
                name: "示例市示例区人民法院".to_owned(),
                contact: "甲某（000-00000001）".to_owned(),
                address: "示例市示例区示例大道2号".to_owned(),
                handling_officer: "乙某".to_owned(),
            },
            institution: Institution::sample(),
            parties: vec![
                Party {
                    role: "原告\n（被鉴定人）".to_owned(),
                    name: "甲某".to_owned(),
                    details: "男，1980年1月1日出生，身份证件号码：（虚构）".to_owned(),
                },
                Party {
                    role: "被告".to_owned(), name: "丙某".to_owned(), details: "女，1985年5月5日出生".to_owned()
                },
            ],
            matters: strings(&["甲某因道路交通事故致残等级", "甲某的休息期、护理期、营养期"]),
            requirement: "依据《人体损伤致残程度分级》作出评定，并说明损伤与事故的因果关系。".to_owned(),
            reappraisal: false,
            earlier_opinion: String::new(),
            purpose: "机动车交通事故责任纠纷案件审理".to_owned(),
            case_facts: "2025年9月1日，甲某驾驶电动自行车行至示例路口时与丙某驾驶的小型轿车相撞受伤，经示例医院诊断为\
                         右胫骨平台骨折。现双方就赔偿发生争议，诉至本院。"
                .to_owned(),
            materials: vec![
                material("示例医院住院病历", "1份23页", "纸质"),
                material("CT影像资料", "2张", "胶片"),
                material("道路交通事故认定书", "1份2页", "纸质"),
            ],
            consumption: "本次鉴定不消耗检材。".to_owned(),
            fee: Fee::of(
                &[
                    ("伤残等级评定", "政府指导价，每例（虚构）", 120_000),
                    ("休息期、护理期、营养期评定", "政府指导价，每例（虚构）", 90_000),
                    ("影像资料审阅", "市场调节价（虚构）", 15_050),
                ],
                "由原告预交，银行转账",
                "出具意见书前按实际发生项目结算，多退少补",
            ),
            delivery: Delivery::Post {
                address: "示例市示例区示例大道2号　示例区人民法院　乙某收".to_owned()
            },
            copies_to_client: 3,
            agreement: Agreement {
                materials: MaterialReturn::ReturnWhole,
                special_keeping: String::new(),
                leftover: Leftover::ClientCollects { weeks: "2".to_owned() },
                time_limit: TimeLimit::Workdays { days: 30 },
            },
            recusals: Vec::new(),
            other_agreements: "鉴定人出庭费用由提出申请的一方垫付。".to_owned(),
            other_matters: String::new(),
            client_signed_on: day.clone(),
            institution_signed_on: day,
            printed_on: date(2026, 3, 2),
        }
    }

    fn minimal() -> Self {
        Self {
            number: String::new(),
            case_code: String::new(),
            client: Client::default(),
            institution: Institution { name: "示例司法鉴定中心".to_owned(), ..Institution::default() },
            parties: Vec::new(),
            matters: Vec::new(),
            requirement: String::new(),
            purpose: String::new(),
            case_facts: String::new(),
            materials: Vec::new(),
            consumption: String::new(),
            fee: Fee::of(&[], "", ""),
            delivery: Delivery::Other { how: String::new() },
            agreement: Agreement {
                materials: MaterialReturn::MayBeUsedUp,
                special_keeping: String::new(),
                leftover: Leftover::InstitutionDisposes { fee: String::new() },
                time_limit: TimeLimit::ByDate { date: String::new() },
            },
            other_agreements: String::new(),
            client_signed_on: String::new(),
            institution_signed_on: String::new(),
            ..Self::ordinary()
        }
    }

    fn overfull() -> Self {
        let mut full = Self::ordinary();
        full.client.name = long("示例市示例区名称特别长的虚构单位", 6);
        full.client.address = format!("示例市{}", long("示例路12345678901234567890号", 6));
        full.case_facts = long("虚构案情，仅用于检验版面。\n", 60);
        full.materials = (0..60)
            .map(|n| MaterialLine {
                name: format!("虚构材料（{n}）名称较长以致换行"), ..full.materials[0].clone()
            })
            .collect();
        full.agreement.special_keeping = "冷藏保存，不得冷冻".repeat(5);
        full.agreement.leftover = Leftover::Other { how: "由办案机关指定的第三方保管".repeat(3) };
        full.recusals = vec![RecusalLine { name: "戊某".to_owned(), reason: "系当事人近亲属".to_owned() }];
        full.other_matters = long("说明事项。", 40);
        full
    }
}

impl AcceptanceCheck {
    pub fn samples() -> Vec<Self> {
        let check =
            |answer| move |question: &&str| CheckLine { question: (*question).to_owned(), answer, note: String::new() };
        let ordinary = Self {
            number: "示例司鉴收〔2026〕第12号".to_owned(),
            case_code: "SLSJ-2026-000012".to_owned(),
            client: "示例市示例区人民法院".to_owned(),
            institution: "示例司法鉴定中心".to_owned(),
            received_on: zh_date(date(2026, 2, 24)),
            due_on: zh_date(date(2026, 3, 5)),
            matters: strings(&["甲某因道路交通事故致残等级"]),
            purpose: "机动车交通事故责任纠纷案件审理".to_owned(),
            materials: "示例医院住院病历1份、CT影像资料2张、道路交通事故认定书1份".to_owned(),
            checks: ACCEPTANCE_QUESTIONS.iter().map(check(Answer::Yes)).collect(),
            verdict: Verdict::Accept,
            remark: "符合《司法鉴定程序通则》第十四条规定，建议受理。".to_owned(),
            checked_on: zh_date(date(2026, 3, 2)),
            head_opinion: "同意受理。".to_owned(),
            decided_on: zh_date(date(2026, 3, 2)),
            printed_on: date(2026, 3, 2),
        };
        let mut declined = Self { verdict: Verdict::Decline, client: RARE_NAME.to_owned(), ..ordinary.clone() };
        declined.checks[4] = CheckLine {
            answer: Answer::No,
            note: "本机构不具备骨龄鉴定所需设备。".to_owned(),
            ..declined.checks[4].clone()
        };
        let open = Self {
            checks: ACCEPTANCE_QUESTIONS.iter().map(check(Answer::Open)).collect(),
            verdict: Verdict::Open,
            remark: String::new(),
            head_opinion: String::new(),
            checked_on: String::new(),
            decided_on: String::new(),
            ..ordinary.clone()
        };
        let full = Self {
            materials: long("虚构材料一份、", 300), remark: long("审查意见。", 200), ..ordinary.clone()
        };
        vec![ordinary, declined, open, full]
    }
}

impl NoticeToClient {
    pub fn samples() -> Vec<Self> {
        let ordinary = Self {
            number: "示例司鉴告〔2026〕第12号".to_owned(),
            case_code: "SLSJ-2026-000012".to_owned(),
            told_to: "甲某".to_owned(),
            relation: "被鉴定人".to_owned(),
            institution: "示例司法鉴定中心".to_owned(),
            matters: strings(&["甲某因道路交通事故致残等级", "甲某的休息期、护理期、营养期"]),
            told_on: zh_date(date(2026, 3, 2)),
            printed_on: date(2026, 3, 2),
        };
        let rare = Self { told_to: RARE_NAME.to_owned(), relation: String::new(), ..ordinary.clone() };
        let minimal = Self { matters: Vec::new(), told_on: String::new(), number: String::new(), ..rare.clone() };
        let full = Self { told_to: long("名称特别长的虚构单位", 12), ..ordinary.clone() };
        vec![ordinary, rare, minimal, full]
    }
}

impl RefusalNotice {
    pub fn samples() -> Vec<Self> {
        let material = ReturnedMaterial {
            name: "示例医院住院病历".to_owned(),
            quantity: "1份23页".to_owned(),
            state: "完好".to_owned(),
        };
        let reason = RefusalReason {
            ground: "鉴定要求超出本机构技术条件或者鉴定能力。".to_owned(),
            explanation: "本机构现有设备不能完成所需的骨龄影像检查。".to_owned(),
            article: "《司法鉴定程序通则》第十五条第五项".to_owned(),
        };
        let ordinary = Self {
            number: "示例司鉴不受〔2026〕第3号".to_owned(),
            case_code: "SLSJ-2026-000013".to_owned(),
            client: "示例市示例区人民法院".to_owned(),
            institution: "示例司法鉴定中心".to_owned(),
            commissioned_on: zh_date(date(2026, 2, 24)),
            matters: strings(&["乙某的骨龄"]),
            reasons: vec![reason.clone()],
            advice: "你（单位）可以另行委托具备相应技术条件的司法鉴定机构。".to_owned(),
            materials: vec![material.clone()],
            dated: zh_date(date(2026, 3, 2)),
            printed_on: date(2026, 3, 2),
        };
        let rare = Self {
            client: RARE_NAME.to_owned(),
            reasons: vec![
                reason,
                RefusalReason {
                    ground: "鉴定材料不完整、不充分。".to_owned(),
                    explanation: "缺少伤后首次影像资料。".to_owned(),
                    article: "《司法鉴定程序通则》第十五条第二项".to_owned(),
                },
            ],
            ..ordinary.clone()
        };
        let minimal = Self { materials: Vec::new(), advice: String::new(), dated: String::new(), ..ordinary.clone() };
        let full = Self { materials: vec![material; 80], ..ordinary.clone() };
        vec![ordinary, rare, minimal, full]
    }
}

/// Ordinary, with rare characters, with as little as possible, with too much of everything.
pub fn ordinary_notices() -> Vec<notices::Notice> {
    use notices::{Notice, NoticeRow};
    let row = |label: &str, value: String| NoticeRow { label: label.to_owned(), value };
    let material = ReturnedMaterial {
        name: "病历复印件".to_owned(),
        quantity: "1份".to_owned(),
        state: "全部原样退还".to_owned(),
    };
    let ordinary = Notice {
        number: "示例司鉴委〔2026〕第12号".to_owned(),
        case_code: "SLSJ-2026-000012".to_owned(),
        addressee: "示例市示例区人民法院".to_owned(),
        institution: "示例司法鉴定中心".to_owned(),
        opening: vec!["你（单位）于2026年3月2日委托本机构进行的司法鉴定，现告知如下：".to_owned()],
        rows: vec![row("理由", "需要补充鉴定材料".to_owned()), row("具体情况", "缺少伤后首次影像资料。".to_owned())],
        materials_title: "现将下列鉴定材料退还：".to_owned(),
        materials: vec![material.clone()],
        basis: "《司法鉴定程序通则》第二十八条".to_owned(),
        closing: vec!["特此告知。".to_owned()],
        signatures: vec!["机构负责人".to_owned()],
        seal: "（机构印章）".to_owned(),
        receipt: true,
        dated: zh_date(date(2026, 3, 16)),
        printed_on: date(2026, 3, 16),
        ..Notice::default()
    };
    let rare = Notice { addressee: RARE_NAME.to_owned(), receipt: false, ..ordinary.clone() };
    let minimal =
        Notice {
            institution: "示例司法鉴定中心".to_owned(), printed_on: date(2026, 3, 16), ..Notice::default()
        };
    let full = Notice {
        rows: vec![row("具体情况", long("材料不全，请逐项补充。", 300)); 3],
        materials: vec![material; 80],
        ..ordinary.clone()
    };
    vec![ordinary, rare, minimal, full]
}
