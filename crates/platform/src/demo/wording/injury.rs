//! 法医临床: disability, degree of injury, and the periods of rest, nursing and nutrition. One table of injuries serves
//! all three, so that findings and conclusions agree.

use super::{Rng, Scene, Wording, chinese, fill, list, material};
use crate::demo::city::{CityMaterial, CityOpinion, MaterialKind};
use jiff::ToSpan;

struct Injury {
    diagnosis: &'static str,
    treatment: &'static str,
    imaging: &'static str,
    body: &'static str,
    /// Section of 《人体损伤致残程度分级》 and grade; none if it reaches no grade.
    disability: Option<(&'static str, &'static str)>,
    /// Section of 《人体损伤程度鉴定标准》 and degree.
    degree: (&'static str, &'static str),
    /// Days of rest, nursing and nutrition.
    periods: (u16, u16, u16),
}

const INJURIES: &[Injury] = &[
    Injury {
        diagnosis: "腰1椎体压缩性骨折",
        treatment: "入院后完善检查，在全麻下行腰1椎体骨折后路切开复位椎弓根螺钉内固定术，术后予预防感染、消肿止痛、营养神经及支具保护等治疗",
        imaging: "腰椎CT片示：腰1椎体前上缘骨皮质不连续，椎体呈楔形变，前缘高度压缩约2/5，椎管未见明显占位；术后片示内固定在位，椎体高度大部恢复",
        body: "腰背部正中见纵行手术瘢痕一处，长{a}cm，愈合良好。腰部活动部分受限：前屈约60°，后伸约15°，左、右侧屈各约20°。双下肢肌力5级，肌张力正常，双侧膝、踝反射对称引出，病理征未引出",
        disability: Some(("5.10.6", "十级")),
        degree: ("5.9.3b", "轻伤一级"),
        periods: (180, 90, 90),
    },
    Injury {
        diagnosis: "左侧第4～9肋骨骨折、左侧胸腔少量积液",
        treatment: "予胸带固定、吸氧、止痛、化痰、雾化吸入及对症支持治疗，复查胸部CT提示骨折线模糊、积液吸收",
        imaging: "胸部CT片及肋骨三维重建片示：左侧第4、5、6、7、8、9肋骨骨皮质连续性中断，其中第6、7肋骨断端轻度错位，左侧胸腔见少量弧形液性密度影；复查片示上述各处骨痂形成",
        body: "胸廓对称，呼吸平稳，左侧胸壁第4～9肋腋中线处轻压痛，胸廓挤压征弱阳性，双肺呼吸音清，未闻及干、湿性啰音。呼吸频率{b}次/分时无气促",
        disability: Some(("5.10.3", "十级")),
        degree: ("5.6.3c", "轻伤一级"),
        periods: (120, 60, 60),
    },
    Injury {
        diagnosis: "右胫骨平台粉碎性骨折、右膝外侧半月板损伤",
        treatment: "在腰硬联合麻醉下行右胫骨平台骨折切开复位钢板螺钉内固定术，术中修整外侧半月板，术后予抗凝、消肿及膝关节功能锻炼",
        imaging: "右膝关节CT片示：右胫骨平台外侧髁骨质碎裂，累及关节面，关节面塌陷约6mm；术后片示钢板、螺钉在位，关节面基本平整",
        body: "右小腿上段前外侧见手术瘢痕一处，长{a}cm。右膝关节轻度肿胀，浮髌试验阴性；右膝关节活动度：屈曲90°，伸展-10°（左膝屈曲135°，伸展0°）。右大腿周径（髌骨上缘15cm处）较左侧小{c}cm。经计算，右膝关节功能丧失占右下肢功能的12%",
        disability: Some(("5.10.6", "十级")),
        degree: ("5.9.3f", "轻伤一级"),
        periods: (210, 90, 90),
    },
    Injury {
        diagnosis: "左锁骨中段骨折",
        treatment: "在臂丛麻醉下行左锁骨骨折切开复位钢板内固定术，术后颈腕带悬吊，定期复查",
        imaging: "左锁骨正位片示：左锁骨中段骨质断裂，断端错位约半个骨干宽度；复查片示骨折线模糊，内固定在位，对线对位可",
        body: "左锁骨区见手术瘢痕一处，长{a}cm，局部可触及内固定物。左肩关节活动度：前屈150°，后伸40°，外展145°，与健侧比较活动稍受限，左上肢肌力5级，感觉正常",
        disability: None,
        degree: ("5.6.4c", "轻伤二级"),
        periods: (120, 45, 60),
    },
    Injury {
        diagnosis: "鼻骨粉碎性骨折、鼻中隔偏曲、面部软组织挫伤",
        treatment: "在表面麻醉下行鼻骨骨折闭合复位术，鼻腔填塞，予抗炎、消肿治疗",
        imaging: "鼻骨CT平扫及三维重建片示：双侧鼻骨骨质呈碎裂状，断端塌陷移位，断端锐利，周围软组织肿胀；复查片示断端趋于圆钝，骨折线模糊，符合新近骨折的演变过程",
        body: "鼻梁轻度塌陷，鼻背部压痛，未扪及骨擦感；双侧鼻腔通气可，鼻中隔轻度左偏。左颧部见{c}cm×1.0cm皮肤色素改变区",
        disability: None,
        degree: ("5.2.4o", "轻伤二级"),
        periods: (60, 10, 20),
    },
    Injury {
        diagnosis: "面部皮肤裂创、左眼睑挫伤",
        treatment: "予清创缝合、破伤风抗毒素注射及换药，术后第6日拆线",
        imaging: "头颅及眼眶CT片示：左侧颌面部软组织肿胀，诸骨未见明显骨折征象，颅内未见明显异常密度影",
        body: "左面部自颧部至口角外侧见一处条状瘢痕，经标尺测量长5.{d}cm，宽0.2cm，色淡红，轻度凸出皮面，与周围组织无粘连，表情肌活动对称",
        disability: None,
        degree: ("5.2.4a", "轻伤二级"),
        periods: (45, 7, 15),
    },
    Injury {
        diagnosis: "外伤性脾破裂、失血性休克代偿期",
        treatment: "急诊在全麻下行剖腹探查、脾切除术，术中见腹腔积血约1200ml，脾门处裂口长约4cm，术后予输血、抗炎及支持治疗",
        imaging: "腹部增强CT片示：脾脏形态不规则，实质内见斑片状低密度影，包膜连续性中断，脾周及肝周见液性密度影；术后复查片示脾脏缺如",
        body: "上腹部正中见手术瘢痕一处，长{a}cm，愈合良好。腹平软，无压痛及反跳痛，移动性浊音阴性，肠鸣音{b}次/5分",
        disability: Some(("5.8.4", "八级")),
        degree: ("5.7.2c", "重伤二级"),
        periods: (150, 60, 90),
    },
    Injury {
        diagnosis: "外伤性蛛网膜下腔出血、左额部头皮血肿",
        treatment: "予卧床、止血、脱水、营养脑神经等治疗，动态复查头颅CT提示出血逐渐吸收",
        imaging: "伤后当日头颅CT片示：左侧额颞部脑沟内见线状高密度影，左额部头皮软组织肿胀；第10日复查片示脑沟内高密度影消失，脑实质未见异常",
        body: "神志清楚，对答切题。左额部未触及肿块，双侧瞳孔等大等圆，直径{c}mm，对光反射灵敏，四肢肌力5级，共济运动协调，病理征未引出",
        disability: None,
        degree: ("5.1.4e", "轻伤二级"),
        periods: (90, 30, 45),
    },
];

const HOSPITALS: &[&str] = &["演示市第一人民医院", "演示市第六人民医院", "演示东区中心医院", "演示港区人民医院"];
const CLINICAL: &str = "SF/T 0111-2021《法医临床检验规范》";
const IMAGING: &str = "SF/T 0112-2021《法医临床影像学检验实施规范》";

pub fn disability(scene: &Scene, rng: &mut Rng) -> Wording {
    let injury = &INJURIES[rng.weighted(&[20, 20, 20, 14, 0, 8, 8, 10])];
    let scale = "《人体损伤致残程度分级》";
    let (analysis, conclusion) = match injury.disability {
        Some((section, grade)) => (
            format!("依照{scale}第{section}条相关条款之规定，其目前遗留的后果构成{grade}伤残。"),
            format!("被鉴定人{}因交通事故致{}，其遗留后果构成{grade}伤残。", scene.name(), injury.diagnosis),
        ),
        None => (
            format!("其目前遗留的后果尚未达到{scale}规定的最低等级。"),
            format!("被鉴定人{}因交通事故致{}，目前后果不构成伤残等级。", scene.name(), injury.diagnosis),
        ),
    };
    let matter = format!("对{}的人体损伤致残程度等级进行鉴定", scene.name());
    let ending = Ending { matter, purpose: "诉讼（损害赔偿）", scale, analysis, conclusion };
    let event = traffic_event(scene, rng);
    wording(scene, rng, injury, event, ending)
}

pub fn periods(scene: &Scene, rng: &mut Rng) -> Wording {
    let injury = &INJURIES[rng.below(INJURIES.len())];
    let (rest, nursing, nutrition) = injury.periods;
    let scale = "GA/T 1193-2014《人身损害误工期、护理期、营养期评定规范》";
    let days = format!("休息期{rest}日、护理期{nursing}日、营养期{nutrition}日");
    let analysis = format!("根据其损伤程度、治疗经过及恢复情况，参照{scale}的有关规定，综合评定其伤后{days}。");
    let conclusion = format!("被鉴定人{}因外伤致{}，酌情给予伤后{days}。", scene.name(), injury.diagnosis);
    let matter = format!("对{}的休息期、护理期、营养期进行评定", scene.name());
    let ending = Ending { matter, purpose: "损害赔偿", scale, analysis, conclusion };
    let event = traffic_event(scene, rng);
    wording(scene, rng, injury, event, ending)
}

pub fn degree(scene: &Scene, rng: &mut Rng) -> Wording {
    let injury = &INJURIES[rng.weighted(&[5, 15, 5, 12, 30, 20, 3, 10])];
    let (section, level) = injury.degree;
    let scale = "《人体损伤程度鉴定标准》";
    let analysis = format!(
        "其损伤系钝性外力作用所致，与案情所述的外伤经过在时间、部位上相符。依照{scale}第{section}条之规定，构成{level}。"
    );
    let conclusion = format!("被鉴定人{}的损伤程度构成{level}。", scene.name());
    let matter = format!("对{}的人体损伤程度进行鉴定", scene.name());
    let event = rng.pick(&[
        "据委托方介绍：{day}{hour}许，{who}在演示市{place}因琐事与他人发生口角，继而发生肢体冲突，被对方以拳击打致伤，伤后报警并就医。",
        "据委托方介绍：{day}{hour}许，{who}因停车问题在{place}与他人发生争执，被推倒在地并遭踢打受伤，当日由120送医。",
        "据委托方介绍：{day}{hour}许，{who}在{place}劝架过程中被他人持物击中受伤。为查明案件事实，需对其损伤程度作出评定。",
    ]);
    let place = rng.pick(&["云帆路一餐馆内", "青衡新村12号楼下", "听松广场东门外", "采薇路菜市场"]);
    let event =
        fill(event, &[("day", &scene.happened()), ("hour", hour(rng)), ("who", scene.name()), ("place", place)]);
    let ending = Ending { matter, purpose: "办理刑事（行政）案件", scale, analysis, conclusion };
    wording(scene, rng, injury, event, ending)
}

struct Ending {
    matter: String,
    purpose: &'static str,
    scale: &'static str,
    analysis: String,
    conclusion: String,
}

fn hour(rng: &mut Rng) -> &'static str {
    rng.pick(&["7时20分", "9时40分", "13时15分", "17时50分", "19时30分", "22时05分"])
}

fn traffic_event(scene: &Scene, rng: &mut Rng) -> String {
    let text = rng.pick(&[
        "据送检材料记载：{day}{hour}许，{who}驾驶电动自行车沿云帆路由南向北行驶至青衡路口时，与一辆左转弯的小型轿车发生碰撞，致{who}倒地受伤。伤后当即被送往医院治疗。",
        "据送检材料记载：{day}{hour}许，{who}在望舒路人行横道由西向东步行过街时，被一辆小型客车撞倒受伤。交警部门认定机动车一方承担事故全部责任。",
        "据送检材料记载：{day}{hour}许，{who}乘坐的小型轿车在演示高架道路被后车追尾，{who}胸腹部撞击座椅及安全带受伤，由救护车送医。",
        "据送检材料记载：{day}{hour}许，{who}驾驶三轮车行至临溪路、采薇路交叉口时，为避让行人与道路隔离设施及他车先后相撞，人车倒地致伤。",
    ]);
    fill(text, &[("day", &scene.happened()), ("hour", hour(rng)), ("who", scene.name())])
}

fn wording(scene: &Scene, rng: &mut Rng, injury: &Injury, event: String, ending: Ending) -> Wording {
    let hospital = rng.pick(HOSPITALS);
    let days = rng.between(5, 24);
    let body = fill(
        injury.body,
        &[
            ("a", &tenths_of_cm(rng)),
            ("b", &rng.between(16, 20).to_string()),
            ("c", &format!("{}.{}", rng.between(2, 3), rng.between(0, 9))),
            ("d", &rng.between(0, 9).to_string()),
        ],
    );
    let opening = rng.pick(&[
        "根据委托人提供的病史资料，结合本次法医学检验所见，分析如下：",
        "综合送检材料、影像学资料及本次检验结果，分析说明如下：",
    ]);
    let linked = rng.pick(&[
        "上述损伤有影像学资料及诊疗记录予以证实，诊断成立，与本次外伤之间存在直接因果关系。",
        "经阅片，影像学所见与临床诊断相符；被鉴定人既往无同部位伤病史记载，其损伤后果系本次外伤所致。",
        "其损伤经临床治疗，目前病情稳定、治疗终结，符合鉴定时机的要求。",
    ]);
    let object = format!("{}（{}，{}岁）", scene.name(), scene.sex(), scene.age());
    let opinion = CityOpinion {
        digest: digest(scene, rng, injury, hospital, days),
        process: process(scene, injury, &body, ending.scale),
        analysis: format!(
            "{opening}\n被鉴定人{}于{}因外伤致{}，{}。{linked}\n{}",
            scene.name(),
            scene.happened(),
            injury.diagnosis,
            injury.treatment,
            ending.analysis
        ),
        conclusion: ending.conclusion,
        annexes: list(&[
            "被鉴定人照片一张",
            "法医临床检查照片三张",
            "影像学资料翻拍照片两张",
            "鉴定机构及鉴定人资质复印件",
        ]),
        methods: list(&[CLINICAL, IMAGING, ending.scale]),
        place: scene.room("法医临床检查室"),
        present: String::new(),
    };
    let materials = records(rng, hospital);
    Wording { matter: ending.matter, purpose: ending.purpose.to_owned(), case_facts: event, object, materials, opinion }
}

fn tenths_of_cm(rng: &mut Rng) -> String {
    format!("{}.{}", rng.between(8, 15), rng.between(0, 9))
}

fn records(rng: &mut Rng, hospital: &str) -> Vec<CityMaterial> {
    let mut all = vec![
        material(&format!("{hospital}门（急）诊病历"), MaterialKind::Document, 1, "册", "复印件，加盖医院病案专用章"),
        material("住院病历", MaterialKind::Document, rng.between(1, 2), "份", "复印件，加盖医院病案专用章"),
        material("CT、X线影像片", MaterialKind::Data, rng.between(2, 9), "张", "胶片原件"),
    ];
    if rng.per_mille(600) {
        all.push(material("事故（案件）情况材料", MaterialKind::Document, 1, "份", "复印件，经委托人确认"));
    }
    all
}

fn digest(scene: &Scene, rng: &mut Rng, injury: &Injury, hospital: &str, days: i64) -> String {
    let complaint =
        rng.pick(&["外伤致疼痛、活动受限1小时", "外伤后疼痛、出血2小时", "被撞伤后疼痛3小时", "外伤致局部肿痛半小时"]);
    let mut text = format!(
        "1. {hospital}门（急）诊病历（{}）摘录：主诉“{complaint}”。查体：神志清楚，查体合作，痛苦面容，受伤部位肿胀、压痛明显。处理：完善影像学检查，收住入院。\n\
         2. {hospital}出院小结摘录：入院日期{}，出院日期{}。诊疗经过：{}。出院诊断：{}。出院医嘱：休息，加强营养，定期门诊随访。",
        scene.happened(),
        scene.happened(),
        scene.after(days),
        injury.treatment,
        injury.diagnosis,
    );
    if scene.long {
        text.push_str(&visits(scene, rng, hospital, days));
    }
    text
}

/// The follow-up visits that make some digests run over pages.
fn visits(scene: &Scene, rng: &mut Rng, hospital: &str, discharged: i64) -> String {
    const VISITS: &[&str] = &[
        "诉伤处疼痛较前减轻，夜间翻身时仍感不适。查体：局部轻度肿胀，压痛（+），末梢血运、感觉正常。处理：继续休息，口服止痛药物，两周后复查",
        "诉长时间站立、行走后伤处酸胀。查体：切口愈合良好，无红肿渗出，关节活动度较前改善。复查影像学示骨折对线对位可，骨痂生长中。处理：指导康复训练",
        "诉天气变化时伤处隐痛，日常生活基本自理。查体：局部无肿胀，轻压痛，肌力5级。处理：中药熏洗、理疗，一月后复诊",
        "诉活动后仍有牵拉感。查体：瘢痕色淡，局部感觉略减退，活动末端受限。复查影像学示骨折线已模糊。处理：继续功能锻炼，避免负重",
        "诉睡眠欠佳，偶有头昏。查体：神清，四肢活动可，步态基本正常。处理：对症治疗，建议心理疏导，休息两周",
        "复查，诉症状较前明显好转，劳累后疼痛。查体：伤处无畸形，活动度与前次比较无明显变化。处理：门诊随访，病情稳定",
    ];
    let mut text = String::new();
    let mut day = scene.happened_on.saturating_add(discharged.days());
    for (number, visit) in (3..).zip(VISITS.iter().cycle().take(16)) {
        day = day.saturating_add(rng.between(6, 14).days());
        if day > scene.received_on {
            break;
        }
        text.push_str(&format!("\n{number}. {hospital}门诊复诊记录（{}）摘录：{visit}。", chinese(day)));
    }
    text
}

fn process(scene: &Scene, injury: &Injury, body: &str, scale: &str) -> String {
    let mut text = format!(
        "（一）检验方法\n按照{CLINICAL}、{IMAGING}对被鉴定人进行检查并审阅影像学资料，依照{scale}进行评定。\n\
         （二）体格检查（{}）\n被鉴定人{}步入检查室，神清，发育正常，营养中等，查体合作，对答切题。{body}。余未见明显异常。\n\
         （三）阅片所见\n{}。",
        scene.examined(),
        scene.name(),
        injury.imaging
    );
    if scene.long {
        text.push_str(
            "\n（四）补充检查\n1. 一般检查：血压128/80mmHg，脉搏76次/分，呼吸平稳，头颅五官无畸形，颈软，甲状腺不大，心律齐，各瓣膜区未闻及杂音，肝、肾区无叩击痛。\
             \n2. 神经系统检查：颅神经检查未见异常，双侧肱二头肌、肱三头肌反射对称，四肢深、浅感觉检查除伤处周围感觉略减退外未见异常，闭目难立征阴性。\
             \n3. 关节活动度测量：采用标准关节量角器，由两名鉴定人分别测量三次取平均值，两人结果相差不超过5°，并与健侧对照。\
             \n4. 日常生活活动检查：进食、穿衣、洗漱、如厕、平地行走均可自理，上下楼梯需扶栏杆，下蹲稍困难。\
             \n5. 配合程度判断：检查过程中主、被动活动结果一致，重复测量结果稳定，未见夸大或伪装表现。",
        );
    }
    text
}
