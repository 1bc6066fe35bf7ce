//! 环境损害: the nature of dumped waste, damage to soil.

use super::{Rng, Scene, Wording, fill, list, material, tenths};
use crate::demo::city::{CityOpinion, MaterialKind};

const PRINCIPLES: &str = "GB/T 39791.1-2020《生态环境损害鉴定评估技术指南 总纲和关键环节 第1部分：总纲》";
const SITE_NOTES: &str = "\n（附）现场点位说明\n1号点位于倾倒区中心，表层见灰黑色块状物，夹杂包装袋碎片，有刺激性气味；2号点位于中心以东12m，地势略低，表面有积水，水面见油膜；\
3号点位于排水沟入口，沟底沉积物呈黑褐色；4号点位于沟渠下游60m，植被稀疏，部分枯黄；5号点位于地块北侧边界，表层为杂填土，未见异常颜色；6号点位于地块西侧农用地，作物生长正常；\
7号点为地下水下游监测井，井深6.0m，水位埋深1.8m；8号点为上游对照点，距倾倒区边界320m，周边无工业污染源。各点位经卫星定位记录坐标，照相录像，采样过程由委托方派员见证并在记录上签名。样品低温避光运输，当日送达实验室，平行样与全程序空白样的比例不低于10%。";

pub fn waste(scene: &Scene, rng: &mut Rng) -> Wording {
    const METHOD: &str = "GB 5085.3-2007《危险废物鉴别标准 浸出毒性鉴别》";
    const GENERAL: &str = "GB 5085.7-2019《危险废物鉴别标准 通则》";
    let (metal, limit) = [("镍", 50), ("铅", 50), ("总铬", 150), ("镉", 10)][rng.below(4)];
    let samples = rng.between(8, 20);
    let exceeding = if rng.per_mille(700) { rng.between(samples / 2, samples) } else { 0 };
    let tonnes = tenths(rng.between(80, 2600));
    let hazardous = exceeding > 0;
    let verdict = if hazardous {
        "属于具有浸出毒性特征的危险废物"
    } else {
        "不具有浸出毒性的危险特性，属于一般固体废物"
    };
    let most = tenths(if hazardous { limit + rng.between(20, 900) } else { limit / 4 });
    let mut process = format!(
        "（一）检验方法\n依据{GENERAL}、{METHOD}及HJ/T 20-1998《工业固体废物采样制样技术规范》。\n（二）现场踏勘与采样（{}）\n废物堆存于演示市东区一闲置场地，占地约{}m²，经测绘估算质量约{tonnes}t。按照系统采样法布设点位，采集样品{samples}份。\n（三）检测结果\n浸出液中{metal}的浓度最高为{most}mg/L（限值{}mg/L），超过限值的样品{exceeding}份；其余指标均未超过限值。",
        scene.examined(),
        rng.between(120, 2400),
        tenths(limit)
    );
    if scene.long {
        process.push_str(SITE_NOTES);
    }
    let opinion = CityOpinion {
        digest: format!(
            "1. 委托方提供的现场检查笔录（{}）载明：现场堆存灰黑色泥状物，无防渗、防雨措施，边缘见渗滤液。\n2. 企业生产工艺说明载明：该泥状物来自表面处理工序的废水处理设施。\n3. 转移联单查询结果：相关期间无该批废物的转移记录。",
            scene.happened()
        ),
        process,
        analysis: format!(
            "该物质系生产过程中产生、被抛弃的物质，属于固体废物，未列入《国家危险废物名录》，应按鉴别标准判定其危险特性。根据检测结果及超标份样数与下限值的比较，该批固体废物{verdict}。"
        ),
        conclusion: format!("涉案堆存的约{tonnes}吨固体废物{verdict}。"),
        annexes: list(&["采样点位图一张", "现场照片八张", "检测报告复印件一份", "鉴定机构及鉴定人资质复印件"]),
        methods: list(&[GENERAL, METHOD]),
        place: "演示市东区涉案场地及本机构实验室".to_owned(),
        present: "委托方派员两名".to_owned(),
    };
    Wording {
        matter: "对涉案固体废物是否属于危险废物进行鉴定".to_owned(),
        purpose: "办理环境污染案件".to_owned(),
        case_facts: format!(
            "据委托方介绍：{}，执法人员在巡查中发现演示市东区一闲置场地内堆放大量不明泥状物，经初步调查系某加工厂委托无资质个人倾倒。为查明其性质，委托鉴定。",
            scene.happened()
        ),
        object: "涉案堆存的泥状固体废物".to_owned(),
        materials: vec![
            material("固体废物样品", MaterialKind::Object, samples, "份", "灰黑色泥状，广口瓶密封"),
            material("现场检查笔录、工艺说明", MaterialKind::Document, 1, "套", "复印件，经委托人确认"),
        ],
        opinion,
    }
}

pub fn soil(scene: &Scene, rng: &mut Rng) -> Wording {
    const METHOD: &str = "GB/T 39792.1-2020《生态环境损害鉴定评估技术指南 环境要素 第1部分：土壤和地下水》";
    const STANDARD: &str = "GB 36600-2018《土壤环境质量 建设用地土壤污染风险管控标准（试行）》";
    let pollutant = rng.pick(&["石油烃（C10-C40）", "六价铬", "苯并[a]芘", "1,2-二氯乙烷"]);
    let (area, depth) = (rng.between(180, 2600), rng.between(12, 45));
    let volume = area * depth / 10;
    let cost = rng.between(36, 980);
    let mut process = format!(
        "（一）评估方法\n{PRINCIPLES}；{METHOD}；{STANDARD}。\n（二）损害调查（{}）\n布设土壤点位{}个、地下水监测井{}口、对照点2个，分层采样，最大采样深度6.0m。\n（三）基线确定\n以对照点检测值的90%参考值上限作为基线。\n（四）检测结果\n{pollutant}在受影响区域内高于基线{}%以上，最大浓度出现在表层0～0.5m，随深度递减，{}m以下与基线无显著差异。地下水未见异常。",
        scene.examined(),
        rng.between(12, 40),
        rng.between(3, 6),
        rng.between(120, 900),
        tenths(depth)
    );
    if scene.long {
        process.push_str(SITE_NOTES);
    }
    let opinion = CityOpinion {
        digest: format!(
            "1. 委托方提供的调查报告载明：涉案地块原为仓储用地，{}发生{pollutant}泄漏（倾倒），次日进行了应急处置。\n2. 应急处置记录载明：清理表层污染土壤{}t，已规范处置，费用{}万元。\n3. 地块周边300m范围内无其他同类污染源。",
            scene.happened(),
            rng.between(20, 180),
            tenths(rng.between(80, 640))
        ),
        process,
        analysis: format!(
            "1. 损害确认：受影响区域土壤中{pollutant}浓度超过基线20%以上，土壤环境损害成立。\n2. 因果关系：污染物种类与泄漏（倾倒）物一致，迁移路径完整，分布特征与地形相符，可排除其他来源，因果关系成立。\n3. 损害量化：受损面积约{area}m²，平均深度{}m，受损土壤约{volume}m³。采用恢复费用法，经比选推荐异位处置方案，恢复费用约{cost}万元。",
            tenths(depth)
        ),
        conclusion: format!(
            "1. 涉案行为造成该地块土壤环境损害，受损土壤约{volume}立方米。\n2. 涉案行为与土壤环境损害之间存在因果关系。\n3. 土壤环境恢复费用约为人民币{cost}万元。"
        ),
        annexes: list(&[
            "点位布设图两张",
            "检测报告复印件一份",
            "恢复方案比选表一份",
            "现场照片十张",
            "鉴定机构及鉴定人资质复印件",
        ]),
        methods: list(&[PRINCIPLES, METHOD, STANDARD]),
        place: "演示市港区涉案地块及本机构实验室".to_owned(),
        present: "委托方派员两名".to_owned(),
    };
    let event = rng.pick(&[
        "据委托方介绍：{day}，一运输车辆在演示市港区某地块倾倒含{what}的废液，部分渗入土壤。拟提起生态环境损害赔偿诉讼，需对损害范围、因果关系及损失数额进行鉴定。",
        "据委托方介绍：{day}，某企业储罐破裂，含{what}的物料流入厂区外绿地。为开展损害赔偿磋商，委托鉴定评估。",
    ]);
    Wording {
        matter: format!("对涉案地块土壤受{pollutant}污染的损害事实、因果关系及恢复费用进行鉴定"),
        purpose: "生态环境损害赔偿".to_owned(),
        case_facts: fill(event, &[("day", &scene.happened()), ("what", pollutant)]),
        object: "涉案地块的土壤".to_owned(),
        materials: vec![
            material("调查报告、应急处置记录", MaterialKind::Document, 1, "套", "复印件，经委托人确认"),
            material("土壤样品", MaterialKind::Object, rng.between(24, 60), "份", "棕色玻璃瓶，低温保存"),
        ],
        opinion,
    }
}
