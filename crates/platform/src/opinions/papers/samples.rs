//! Clearly fictional samples of every paper, for tests and for looking at.

use super::*;
use jiff::civil::date;
use paper::zh_date;

/// Names with characters of Extensions A, B, F and G, which ordinary fonts lack.
pub const RARE_NAME: &str = "𠮷㛃𬎆𫍯𰀀";

/// A picture of one grey point, enough to test that pictures arrive.
const PNG: &[u8] = &[
    0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0x0D, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0, 0, 1, 8,
    0, 0, 0, 0, 0x3A, 0x7E, 0x9B, 0x55, 0, 0, 0, 0x0A, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9C, 0x63, 0xE8, 0, 0, 0, 0x8A,
    0, 0x89, 0xFF, 0x13, 0x41, 0xCE, 0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82,
];

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

impl OpinionDocument {
    pub fn samples() -> Vec<Self> {
        let ordinary = Self::ordinary(1);
        let rare = Self {
            examinee: format!("{RARE_NAME}，女，1990年2月2日出生"),
            appraisers: vec![
                AppraiserLine { name: RARE_NAME.to_owned(), licence: "310000000001".to_owned(), signed: String::new() },
                AppraiserLine { name: "乙某".to_owned(), licence: "310000000002".to_owned(), signed: String::new() },
            ],
            dissent: "鉴定人乙某认为，被鉴定人右膝关节功能障碍尚未达到十级伤残的程度，其余意见一致。".to_owned(),
            annex_images: vec![AnnexImage {
                name: "scan-1".to_owned(),
                caption: "右膝关节CT（虚构）".to_owned(),
                bytes: PNG.into(),
            }],
            ..ordinary.clone()
        };
        vec![ordinary, rare, Self::minimal(), Self::overfull()]
    }

    /// Six pages: cover, its inside, and four of text. `seed` changes names and numbers, so that a benchmark can print a
    /// hundred different ones.
    pub fn ordinary(seed: u32) -> Self {
        let number = format!("示例司鉴〔2026〕临鉴字第{seed}号");
        let examinee = format!("甲某（虚构{seed}）");
        let code = format!("ABCDEFGH{:08}", u64::from(seed) * 7919 % 100_000_000);
        Self {
            case_code: format!("SLSJ-2026-{seed:06}"),
            institution: OpinionInstitution {
                name: "示例司法鉴定中心".to_owned(),
                licence: "310000000".to_owned(),
                address: "示例市示例区示例路1号".to_owned(),
                postcode: "000000".to_owned(),
                phone: "000-00000000".to_owned(),
            },
            verification: Verification::new(
                &format!("HTTPS://SIJIAN.EXAMPLE/V/SLSJ-2026-LJ-{seed}?C={code}"),
                "https://sijian.example/v",
                &code,
            ),
            client: "示例市示例区人民法院".to_owned(),
            matters: strings(&["被鉴定人因道路交通事故致残等级评定；", "被鉴定人的休息期、护理期、营养期评定。"]),
            accepted_on: zh_date(date(2026, 3, 2)),
            materials: strings(&[
                "司法鉴定委托书1份；",
                "示例医院住院病历1份23页；",
                "CT影像资料2张、X线片3张；",
                "道路交通事故认定书1份2页。",
            ]),
            examined_on: format!("{}至{}", zh_date(date(2026, 3, 5)), zh_date(date(2026, 3, 27))),
            place: "示例司法鉴定中心法医临床检查室".to_owned(),
            present: strings(&["甲某之妻丁某"]),
            examinee: format!("{examinee}，男，1980年1月1日出生，居民身份证号码：（虚构）"),
            case_facts: format!(
                "据委托材料记载：2025年9月1日8时{seed}分许，{examinee}驾驶电动自行车沿示例路由南向北行至示例路口时，与丙某驾驶的\
                 小型轿车相撞，致其倒地受伤。示例市公安局交通警察支队认定丙某承担事故主要责任。\n现双方就人身损害赔偿发生争议，\
                 诉至示例市示例区人民法院，该院委托本中心进行鉴定。"
            ),
            data_abstract: Self::data_abstract(&examinee),
            process: Self::process(seed),
            analysis: Self::analysis(&examinee),
            opinion: format!(
                "1．{examinee}因道路交通事故致右胫骨平台骨折，遗留右膝关节功能部分丧失，构成十级伤残。\n\
                 2．其损伤后的休息期为{}日，护理期为60日，营养期为60日。",
                120 + seed % 60
            ),
            dissent: String::new(),
            annexes: strings(&[
                "被鉴定人检查照片1页；",
                "影像资料复制件1页；",
                "司法鉴定许可证、司法鉴定人执业证复印件各1页。",
            ]),
            annex_images: Vec::new(),
            appraisers: vec![
                AppraiserLine { name: "乙某".to_owned(), licence: "310000000001".to_owned(), signed: String::new() },
                AppraiserLine { name: "戊某".to_owned(), licence: "310000000002".to_owned(), signed: String::new() },
            ],
            dated: zh_date(date(2026, 3, 30)),
            printed_on: date(2026, 3, 30),
            number,
        }
    }

    fn data_abstract(examinee: &str) -> String {
        let admission = "主诉：车祸致右膝部疼痛、活动受限2小时。查体：神志清楚，对答切题，右膝关节肿胀，压痛明显，浮髌试验阳性，\
                         右下肢活动受限，足背动脉搏动可及，末梢血运、感觉正常。";
        let treatment = "入院后完善相关检查，于2025年9月6日在腰硬联合麻醉下行右胫骨平台骨折切开复位内固定术，术中见关节面塌陷约\
                         6毫米，予复位、植骨，锁定钢板固定。术后予抗感染、消肿、功能锻炼等治疗，切口愈合良好。";
        [
            format!("（一）示例医院住院病历（虚构）摘录：{examinee}，入院日期2025年9月1日，出院日期2025年9月23日。"),
            admission.to_owned(),
            treatment.to_owned(),
            "出院诊断：1.右胫骨平台骨折；2.右膝外侧副韧带损伤；3.全身多处软组织挫伤。".to_owned(),
            "出院医嘱：休息三个月，加强营养，定期复查，不适随诊。".to_owned(),
            "（二）示例医院门诊病历（虚构）摘录：".to_owned(),
            "2025年12月20日复诊：右膝部伤口愈合，行走跛行，膝关节屈伸活动受限，屈曲约95度，伸直约-5度。X线片示骨折线模糊，\
             内固定在位。建议继续功能锻炼。"
                .repeat(2),
            "（三）道路交通事故认定书（虚构）摘录：丙某未按规定让行，承担事故的主要责任；甲某未在非机动车道内行驶，承担次要责任。"
                .to_owned(),
        ]
        .join("\n")
    }

    fn process(seed: u32) -> Vec<ProcessStep> {
        let degrees = |normal: u32, hurt: u32| [normal + seed % 3, hurt + seed % 7].map(|n| n.to_string());
        let row = |name: &str, [left, right]: [String; 2]| vec![name.to_owned(), left, right];
        vec![
            ProcessStep {
                heading: "（一）鉴定方法和依据".to_owned(),
                text: "依照《法医临床检验规范》（SF/T 0111—2021）、《法医临床影像学检验实施规范》（SF/T 0112—2020）对被鉴定人\
                       进行检查，审阅影像资料。\n依据《人体损伤致残程度分级》和《人身损害误工期、护理期、营养期评定规范》\
                       （GA/T 1193—2014）进行评定。使用仪器：关节活动度量角器（编号YQ-017，校准有效期内）、钢卷尺（编号YQ-021）。"
                    .to_owned(),
                ..ProcessStep::default()
            },
            ProcessStep {
                heading: "（二）体格检查".to_owned(),
                text: "被鉴定人步入检查室，跛行，神志清楚，对答切题，检查合作。右膝前外侧见长14.5厘米纵行手术瘢痕，愈合良好，无红肿、\
                       渗出。右大腿周径（髌上15厘米处）较左侧小1.8厘米。双下肢等长。右膝关节侧方应力试验阴性，抽屉试验阴性。\
                       双膝关节被动活动度测量结果见下表，各方向重复测量三次，取平均值。"
                    .to_owned(),
                columns: strings(&["活动方向", "左膝（度）", "右膝（度）"]),
                rows: vec![row("屈曲", degrees(135, 92)), row("伸直", degrees(0, 5)), row("总活动度", degrees(135, 87))],
            },
            ProcessStep {
                heading: "（三）影像学检查".to_owned(),
                text: "审阅示例医院2025年9月1日CT片（片号略）：右胫骨外侧平台骨折，累及关节面，塌陷约6毫米，骨折线向干骺端延伸。\n\
                       审阅示例医院2025年12月20日X线片：右胫骨平台骨折内固定术后，内固定在位，骨折线模糊，关节面欠平整。\n\
                       本中心2026年3月5日摄X线片：右胫骨平台骨折愈合，内固定在位，右膝关节间隙未见明显狭窄，关节面轻度不平整，\
                       胫骨髁间隆突变尖。上列影像资料与被鉴定人本人同一，骨折形态、愈合过程与其伤后时间相符。"
                    .to_owned(),
                ..ProcessStep::default()
            },
        ]
    }

    fn analysis(examinee: &str) -> String {
        let wound = "根据委托人提供的材料，结合本中心检验所见，被鉴定人伤后即时就诊，临床表现、影像学所见与手术记录相互印证，右胫骨平台\
                     骨折、右膝外侧副韧带损伤诊断明确，其损伤符合交通事故所致，损伤与本次事故之间存在直接因果关系，原有疾病未参与。";
        let grade = "本次鉴定时距损伤已逾六个月，骨折已经临床愈合，治疗终结，符合评定时机。检查见右膝关节被动活动度较健侧减少，经计算\
                     其右膝关节功能丧失达25%以上而未达50%。对照《人体损伤致残程度分级》相关条款，其后遗症符合十级伤残的规定。";
        let periods = "关于休息期、护理期和营养期，参照《人身损害误工期、护理期、营养期评定规范》关于胫骨平台骨折的规定，结合其手术、住院\
                       和康复的实际情况以及内固定尚未取出的事实，综合评定。后续取内固定所需的期限，可待实际发生后另行评定。";
        [
            format!("（一）关于{examinee}的损伤及因果关系。{wound}"),
            format!("（二）关于致残等级。{grade}"),
            format!("（三）关于休息期、护理期、营养期。{periods}"),
            "上列分析均以委托人提供并经其确认的鉴定材料真实、完整为前提。".to_owned(),
        ]
        .join("\n")
    }

    fn minimal() -> Self {
        Self {
            case_code: String::new(),
            verification: Verification::default(),
            matters: strings(&["笔迹同一性"]),
            materials: Vec::new(),
            present: Vec::new(),
            place: String::new(),
            examinee: String::new(),
            data_abstract: String::new(),
            process: Vec::new(),
            case_facts: "略。".to_owned(),
            analysis: "略。".to_owned(),
            opinion: "送检字迹与样本字迹出自同一人笔迹。".to_owned(),
            annexes: Vec::new(),
            dated: String::new(),
            ..Self::ordinary(2)
        }
    }

    fn overfull() -> Self {
        let mut full = Self::ordinary(3);
        full.institution.name = "示例市名称特别长的虚构大学附属法医学与物证技术联合司法鉴定研究中心".to_owned();
        full.client = "示例市示例区名称特别长的虚构单位".repeat(5);
        full.case_facts = full.case_facts.repeat(12);
        full.process[1].rows =
            (1..90).map(|n| vec![format!("第{n}次测量"), "135".to_owned(), "92".to_owned()]).collect();
        full.process[0].text.push_str(&format!("\n电子数据散列值：{}", "0123456789abcdef".repeat(16)));
        full.appraisers = (1..6)
            .map(|n| AppraiserLine {
                name: format!("虚构鉴定人{n}"),
                licence: format!("31000000000{n}"),
                signed: String::new(),
            })
            .collect();
        full
    }
}

impl ReviewOpinion {
    pub fn samples() -> Vec<Self> {
        let reviewer = |name: &str, title: &str| ReviewerLine {
            name: name.to_owned(),
            title: title.to_owned(),
            licence: "310000000009".to_owned(),
        };
        let ordinary = Self {
            number: "示例司鉴〔2026〕复字第12号".to_owned(),
            case_code: "SLSJ-2026-000012".to_owned(),
            institution: "示例司法鉴定中心".to_owned(),
            client: "示例市示例区人民法院".to_owned(),
            matters: strings(&["甲某因道路交通事故致残等级", "甲某的休息期、护理期、营养期"]),
            appraisers: strings(&["乙某", "戊某"]),
            submitted_on: zh_date(date(2026, 3, 26)),
            draft: "第2稿".to_owned(),
            procedure: "委托、受理、材料交接、检验记录齐全，鉴定人具备相应执业类别，检查时有见证人在场并签名，鉴定方法选用符合规定，\
                        未超过鉴定时限。鉴定程序符合《司法鉴定程序通则》的规定。"
                .to_owned(),
            opinion: "检验所见客观，引用标准条款正确，分析说明有依据，鉴定意见与分析一致，文字表述规范。".to_owned(),
            requests: Vec::new(),
            passed: true,
            reviewers: vec![reviewer("己某", "主任法医师")],
            dated: zh_date(date(2026, 3, 27)),
            printed_on: date(2026, 3, 27),
        };
        let rare = Self {
            appraisers: strings(&[RARE_NAME]),
            passed: false,
            requests: strings(&["补充双膝关节活动度的测量次数；", "分析说明中写明未采用参与度的理由。"]),
            ..ordinary.clone()
        };
        let minimal = Self { opinion: String::new(), dated: String::new(), reviewers: Vec::new(), ..ordinary.clone() };
        let full = Self {
            procedure: ordinary.procedure.repeat(20),
            reviewers: (0..5).map(|_| reviewer("虚构专家", "")).collect(),
            ..ordinary.clone()
        };
        vec![ordinary, rare, minimal, full]
    }
}
