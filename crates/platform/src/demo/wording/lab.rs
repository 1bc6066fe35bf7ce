//! Laboratory work: alcohol in blood, drugs in hair and urine, parentage.

use super::{Rng, Scene, Wording, chinese, fill, list, material, plate, tenths};
use crate::demo::city::{CityOpinion, MaterialKind};

pub fn alcohol(scene: &Scene, rng: &mut Rng) -> Wording {
    const METHOD: &str = "GA/T 842-2019《血液酒精含量的检验方法》";
    const LIMITS: &str = "GB 19522-2024《车辆驾驶人员血液、呼气酒精含量阈值与检验》";
    // Tenths of a milligram in 100 ml: now and then nothing, mostly around the two limits of 20 and 80.
    let first = if rng.per_mille(120) { 0 } else { rng.between(150, 2400) };
    let second = if first == 0 { 0 } else { first + rng.between(-9, 9) };
    let mean = (first + second) / 2;
    let (plate, tube) = (plate(rng), format!("Y{:05}", rng.below(100_000)));
    let event = rng.pick(&[
        "据委托方介绍：{day}晚，{who}驾驶号牌为{plate}的小型轿车，行至知远路临溪路口时被执勤民警查获，经呼气式酒精测试后依法提取血样送检。",
        "据委托方介绍：{day}，{who}驾驶号牌为{plate}的小型普通客车与道路护栏发生刮擦，民警到场处置时发现其身有酒味，遂带至医院抽取血样。",
        "据委托方介绍：{day}凌晨，{who}驾驶号牌为{plate}的车辆在云帆路与他车追尾，为查明其是否饮酒驾驶，依法提取静脉血送检。",
    ]);
    let found = if mean == 0 {
        format!("送检的标记为“{}”的血液中未检出乙醇成分。", scene.name())
    } else {
        format!("送检的标记为“{}”的血液中检出乙醇成分，其含量为{}mg/100mL。", scene.name(), tenths(mean))
    };
    let level = match mean {
        0 => "未检出乙醇",
        1..200 => "低于20mg/100mL的饮酒驾车阈值",
        200..800 => "达到20mg/100mL、未达到80mg/100mL，处于饮酒驾车阈值范围",
        _ => "达到80mg/100mL的醉酒驾车阈值",
    };
    let results = match mean {
        0 => "两份平行样品均未检出乙醇色谱峰，空白对照及质控样品结果符合要求。".to_owned(),
        _ => format!(
            "两份平行样品测定结果分别为{}mg/100mL和{}mg/100mL，相对相差小于10%，取平均值{}mg/100mL。空白对照未见干扰峰，质控样品测定值在允许范围内。",
            tenths(first),
            tenths(second),
            tenths(mean)
        ),
    };
    let opinion = CityOpinion {
        digest: format!(
            "委托方提供的《当事人血样（尿样）提取登记表》载明：当事人{}，提取时间{}，提取部位为肘静脉，使用不含醇类的皮肤消毒剂，抗凝真空管两支，管号{tube}A、{tube}B，封口完好，见证人及提取人均已签名。",
            scene.name(),
            scene.happened()
        ),
        process: format!(
            "（一）检验方法\n{METHOD}，顶空气相色谱法，氢火焰离子化检测器，双柱定性、内标法定量。\n（二）仪器\n气相色谱仪（配自动顶空进样器）、电子天平、移液器，均在检定（校准）有效期内。\n（三）检验所见（{}）\n血样外包装完好，标识清晰，颜色暗红，无凝块，无腐败气味。取血样0.10mL两份，各加内标叔丁醇工作液0.50mL，密封后65℃加热平衡10min，取液上气体进样分析。\n（四）检验结果\n{results}",
            scene.examined()
        ),
        analysis: format!(
            "根据保留时间与标准品一致、双柱结果相符的定性结果及内标法定量结果，送检血样的乙醇含量{level}（参照{LIMITS}）。"
        ),
        conclusion: found,
        annexes: list(&["送检血样照片一张", "气相色谱图四张", "鉴定机构及鉴定人资质复印件"]),
        methods: list(&[METHOD, LIMITS]),
        place: scene.room("毒物化验室"),
        present: String::new(),
    };
    Wording {
        matter: format!("对送检的{}血液中乙醇含量进行鉴定", scene.name()),
        purpose: "办理道路交通安全违法（刑事）案件".to_owned(),
        case_facts: fill(event, &[("day", &scene.happened()), ("who", scene.name()), ("plate", &plate)]),
        object: format!("标记为“{}”的血液", scene.name()),
        materials: vec![
            material(
                &format!("{}的静脉血（管号{tube}A、{tube}B）", scene.name()),
                MaterialKind::Specimen,
                2,
                "支",
                "抗凝真空管，每支约3mL，暗红色液体",
            ),
            material("血样提取登记表", MaterialKind::Document, 1, "份", "复印件"),
        ],
        opinion,
    }
}

pub fn drugs(scene: &Scene, rng: &mut Rng) -> Wording {
    const METHOD: &str = "SF/Z JD0107025-2018《毛发中15种毒品及代谢物的液相色谱-串联质谱检验方法》";
    const GENERAL: &str = "SF/Z JD0107014-2015《血液和尿液中108种毒（药）物的气相色谱-质谱检验方法》";
    let drug = rng.pick(&[
        "甲基苯丙胺（冰毒）和苯丙胺",
        "O6-单乙酰吗啡和吗啡（海洛因代谢物）",
        "氯胺酮和去甲氯胺酮",
        "3,4-亚甲双氧甲基苯丙胺（MDMA）",
    ]);
    let positive = rng.per_mille(640);
    let amount = tenths(rng.between(4, 68));
    let conclusion = match positive {
        true => format!("所送{}的头发（自根部起3cm段）中检出{drug}成分。", scene.name()),
        false => format!(
            "所送{}的头发（自根部起3cm段）中未检出甲基苯丙胺、苯丙胺、吗啡、O6-单乙酰吗啡、氯胺酮、MDMA成分。",
            scene.name()
        ),
    };
    let results = match positive {
        true => format!("样品色谱图中出现与{drug}对照品保留时间一致的色谱峰，定性离子对相对丰度比偏差在允许范围内，主成分含量为{amount}ng/mg，高于方法的定量限0.1ng/mg。"),
        false => "样品色谱图中未出现与各目标物对照品保留时间一致的色谱峰；添加对照样品各目标物均可检出，方法检出限为0.05ng/mg。".to_owned(),
    };
    let opinion = CityOpinion {
        digest: format!("委托方提供的《毛发样本提取笔录》载明：{}，在两名民警见证下剪取{}枕后部头发一束，剪断处紧贴头皮，发根对齐，用锡纸包裹并标记发根端，装入纸质信封密封，被提取人签名捺印。", scene.happened(), scene.name()),
        process: format!("（一）检验方法\n{METHOD}；必要时以{GENERAL}复核。\n（二）检验过程（{}）\n送检头发长约{}cm，黑色，未见染烫痕迹。剪取自发根起3cm段，依次以水、丙酮振荡洗涤，晾干后剪成约1mm小段，冷冻研磨。称取20mg，加内标及提取液超声30min，离心，取上清液过膜后进样。同时做空白头发和添加头发对照。\n（三）检验结果\n{results}", scene.examined(), rng.between(4, 12)),
        analysis: "头发平均每月约生长1cm，所检发段大致反映采样前三个月内的摄入情况。洗涤液检验结果为阴性，可以排除外部污染的影响。空白对照与添加对照结果表明检验方法可靠。".to_owned(),
        conclusion,
        annexes: list(&["送检头发照片一张", "总离子流图及质谱图六张", "鉴定机构及鉴定人资质复印件"]),
        methods: list(&[METHOD, GENERAL]),
        place: scene.room("毒物化验室"),
        present: String::new(),
    };
    let event = rng.pick(&[
        "据委托方介绍：{day}，民警在工作中发现{who}有吸毒嫌疑，为查明其近期是否摄入毒品，依法提取其头发送检。",
        "据委托方介绍：{who}因涉嫌违反治安管理，于{day}被传唤到案。为认定其是否吸食毒品，需对其毛发进行检验。",
    ]);
    Wording {
        matter: format!("对{}头发中的常见毒品及其代谢物成分进行检验", scene.name()),
        purpose: "办理案件".to_owned(),
        case_facts: fill(event, &[("day", &scene.happened()), ("who", scene.name())]),
        object: format!("{}的头发", scene.name()),
        materials: vec![
            material(&format!("{}的头发", scene.name()), MaterialKind::Specimen, 1, "束", "锡纸包裹，约60mg，黑色"),
            material("毛发样本提取笔录", MaterialKind::Document, 1, "份", "复印件"),
        ],
        opinion,
    }
}

/// One alleged father and a child, with or without the mother.
pub fn parentage(scene: &Scene, rng: &mut Rng) -> Wording {
    const METHOD: &str = "GB/T 37223-2018《亲权鉴定技术规范》";
    let father = scene.others.first().map_or("某男", |person| person.name.as_str());
    let mother = scene.others.get(1).map(|person| person.name.as_str());
    let child = scene.name();
    let loci = rng.between(19, 23);
    let names = match mother {
        Some(mother) => format!("{father}、{mother}与{child}"),
        None => format!("{father}与{child}"),
    };
    let (results, analysis, conclusion) = compared(rng, loci, (father, mother, child));
    let opinion = CityOpinion {
        digest: format!(
            "样本采集记录载明：{}，在本机构采样室由两名工作人员核验{names}的身份证件并现场照相、捺印指纹后，以采血卡采集各被鉴定人的指尖血，自然晾干后分别封装。各被鉴定人（监护人）签署了知情同意书，声明近期未接受输血、骨髓移植等治疗。",
            chinese(scene.received_on)
        ),
        process: format!(
            "（一）检验方法\n按照{METHOD}，采用荧光标记复合扩增、毛细管电泳法进行STR基因座分型。\n（二）检验过程（{}）\n取各血卡直径1.2mm一片，以直接扩增试剂盒进行PCR扩增，同时设阳性对照（9947A）和阴性对照，产物经遗传分析仪电泳分离，以分析软件判读。\n（三）检验结果\n阳性对照分型正确，阴性对照无扩增产物。{results}",
            scene.examined()
        ),
        analysis: format!(
            "D3S1358、vWA、FGA等{loci}个基因座均为人类遗传学标记，遵循孟德尔遗传定律，联合应用可进行亲权鉴定，其累积非父排除率大于0.9999。{analysis}"
        ),
        conclusion,
        annexes: list(&[
            "STR基因座分型结果表",
            "STR基因座分型图谱",
            "被鉴定人照片及身份证件复印件",
            "鉴定机构及鉴定人资质复印件",
        ]),
        methods: list(&[METHOD]),
        place: scene.room("DNA实验室"),
        present: String::new(),
    };
    let event = rng.pick(&[
        "据委托人介绍：{names}因办理户口登记，需确认亲子关系，特委托本机构进行鉴定。",
        "据委托人介绍：因婚姻家庭纠纷，需对{names}之间是否存在亲子关系作出鉴定。",
        "据委托人介绍：{child}为家中分娩，未取得出生医学证明。为办理相关手续，需对{names}进行亲子鉴定。",
    ]);
    let mut materials =
        vec![material(&format!("{child}的血样"), MaterialKind::Specimen, 1, "份", "血卡，指尖血，约20μL")];
    materials.extend(scene.others.iter().map(|person| {
        material(&format!("{}的血样", person.name), MaterialKind::Specimen, 1, "份", "血卡，指尖血，约20μL")
    }));
    Wording {
        matter: format!("对{names}之间有无亲生血缘关系进行鉴定"),
        purpose: rng.pick(&["办理户口登记", "民事诉讼", "办理公证"]).to_owned(),
        case_facts: fill(event, &[("names", &names), ("child", child)]),
        object: names,
        materials,
        opinion,
    }
}

/// Results, analysis and conclusion: in most cases he is the father.
fn compared(rng: &mut Rng, loci: i64, (father, mother, child): (&str, Option<&str>, &str)) -> (String, String, String) {
    let trio = mother.is_some();
    if rng.per_mille(880) {
        let index = format!("{}.{:02}×10^{}", rng.between(1, 9), rng.between(0, 99), rng.between(6, 11));
        (
            format!(
                "{loci}个常染色体STR基因座的分型结果中，{child}的等位基因在各基因座均可从{}中找到来源，未见不符合遗传规律的基因座。",
                if trio { "父、母双方的基因型" } else { "被检男性的基因型" }
            ),
            format!(
                "{}，累积亲权指数为{index}，大于10000。",
                if trio {
                    "在三联体条件下计算"
                } else {
                    "在二联体条件下，以中国汉族人群等位基因频率计算"
                }
            ),
            match mother {
                Some(mother) => format!(
                    "依据现有资料和DNA分析结果，支持{father}是{child}的生物学父亲，支持{mother}是{child}的生物学母亲。"
                ),
                None => format!("依据现有资料和DNA分析结果，支持{father}是{child}的生物学父亲。"),
            },
        )
    } else {
        let misses = rng.between(5, 9);
        (
            format!(
                "{loci}个常染色体STR基因座中，{father}的基因型在{misses}个基因座上不能提供{child}必需的等位基因，不符合遗传规律。"
            ),
            format!(
                "不符合遗传规律的基因座为{misses}个，经加做Y-STR基因座复核，结果一致，不能以突变解释；累积亲权指数小于0.0001。"
            ),
            format!("依据现有资料和DNA分析结果，排除{father}是{child}的生物学父亲。"),
        )
    }
}
