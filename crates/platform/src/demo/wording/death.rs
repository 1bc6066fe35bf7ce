//! 法医病理: why somebody died.

use super::{Rng, Scene, Wording, fill, list, material};
use crate::demo::city::{CityOpinion, MaterialKind};

struct Death {
    event: &'static str,
    outside: &'static str,
    inside: &'static str,
    tissue: &'static str,
    poison: &'static str,
    reasoning: &'static str,
    cause: &'static str,
}

const DEATHS: &[Death] = &[
    Death {
        event: "据委托方介绍：{day}清晨，{who}被家人发现倒卧于卧室床旁，呼之不应，经120到场确认死亡。现场门窗完好，物品无翻动，家属对死因有疑问。",
        outside: "尸斑位于背侧未受压处，呈暗紫红色，指压稍褪色；双侧睑结膜轻度充血，口唇及指甲紫绀；体表未见明显机械性损伤，颈部皮肤完整，未见索沟及扼痕",
        inside: "心脏重{g}g，左冠状动脉前降支距开口1.5cm处管壁增厚、变硬，管腔狭窄Ⅳ级；左心室前壁见灰黄色梗死灶，范围3.0cm×2.5cm；双肺淤血水肿，切面可见泡沫状液体溢出；余脏器淤血",
        tissue: "左冠状动脉前降支粥样硬化斑块形成伴斑块内出血；左心室前壁心肌细胞波浪样变、收缩带坏死，间质中性粒细胞浸润；肺泡腔内见粉红色水肿液",
        poison: "心血中未检出乙醇、常见安眠镇静药物、毒品及有机磷类农药成分",
        reasoning: "尸体检验未见致命性机械性损伤及机械性窒息征象，毒物检验阴性，可排除暴力性死亡及中毒死亡；冠状动脉病变严重，心肌存在急性缺血改变",
        cause: "符合冠状动脉粥样硬化性心脏病急性发作，致急性循环功能衰竭死亡",
    },
    Death {
        event: "据委托方介绍：{day}，{who}在演示市望舒路骑行电动自行车时与一辆重型货车发生交通事故，经医院抢救无效于当日死亡。为查明死亡原因，委托本机构鉴定。",
        outside: "头颅变形，右颞顶部见6.0cm×3.5cm头皮挫裂创，创缘不整，创腔内见组织间桥，右耳道流血；胸廓右侧变形，右胸壁见大片皮下出血及条状擦伤，方向由后向前；四肢多处擦挫伤",
        inside: "右颞顶骨粉碎性骨折，骨折线延伸至颅底，右侧硬膜下血肿约80ml，右颞叶脑挫裂；右侧第3～8肋骨骨折，右肺挫裂，右胸腔积血约{g}ml；肝右叶见浅表裂伤",
        tissue: "脑实质灶性出血，神经细胞红色变性，脑水肿；肺组织出血、肺泡壁断裂；余脏器贫血状",
        poison: "心血中未检出乙醇成分",
        reasoning: "头部与胸部损伤均具生前伤特征，损伤特点符合钝性暴力一次性作用形成，与道路交通事故的致伤方式相符",
        cause: "符合道路交通事故致颅脑损伤合并胸部损伤死亡",
    },
    Death {
        event: "据委托方介绍：{day}，群众在演示江水域发现一具尸体，经辨认为{who}，家属称其已失联两日。为查明死因，委托本机构进行尸体解剖。",
        outside: "双手、双足皮肤苍白皱缩，呈洗衣妇手样改变；口鼻腔见蕈样泡沫残留，指甲缝内见泥沙；体表见散在轻微擦伤，无生活反应",
        inside: "气管、支气管腔内见白色泡沫及细沙；双肺体积膨大，表面见肋骨压痕及红色斑块，切面有大量泡沫状液体；胃内容约{g}ml，含水样液体及水草碎片",
        tissue: "双肺呈水性肺气肿改变，肺泡腔扩张、部分断裂；肺、肝、肾组织硅藻检验均检出与发现水域同种的硅藻",
        poison: "心血及胃内容中未检出常见毒（药）物成分",
        reasoning: "气管内异物、水性肺气肿及肺、肝、肾硅藻检验阳性等征象表明其为生前入水；体表未见致命性损伤，毒物检验阴性",
        cause: "符合生前入水溺水死亡",
    },
];

pub fn cause(scene: &Scene, rng: &mut Rng) -> Wording {
    const GENERAL: &str = "GA/T 147-2019《法医学尸体检验技术总则》";
    const TISSUE: &str = "GA/T 148-2019《法医学病理检材的提取、固定、取材及保存规范》";
    let death = &DEATHS[rng.weighted(&[45, 40, 15])];
    let inside = fill(death.inside, &[("g", &rng.between(320, 560).to_string())]);
    let hospital = rng.pick(&["演示市第一人民医院", "演示东区中心医院"]);
    let mut process = format!(
        "（一）检验方法\n按照{GENERAL}、{TISSUE}进行尸体解剖、组织取材及检验。\n（二）尸表检验（{}）\n{}性尸体一具，发育正常，营养中等，身长{}cm，尸体经解冻，尸僵已缓解。{}。\n（三）解剖检验\n{inside}。",
        scene.examined(),
        scene.sex(),
        rng.between(154, 181),
        death.outside
    );
    if scene.long {
        process.push_str(
            "\n1. 颅腔：头皮下除上述所见外未见出血，脑重约1380g，脑基底动脉环管壁柔软，未见畸形及动脉瘤。\n2. 颈部：颈部浅、深层肌肉逐层分离未见出血，舌骨、甲状软骨完整，喉头黏膜轻度充血，食管内空虚。\n\
             3. 胸腔：胸骨完整，心包完整，心包腔内见少量淡黄色液体，心外膜下见散在点状出血；各瓣膜周径正常，主动脉内膜见散在黄色脂质条纹。\n4. 腹腔：各脏器位置正常，肝脏表面光滑，脾脏包膜皱缩，双肾包膜易剥，皮髓质分界清楚；胃黏膜未见出血、溃疡，十二指肠以下肠管未见异常。\n\
             5. 盆腔：膀胱空虚，内生殖器未见异常。\n6. 脊柱及四肢：逐层切开检查，除上述所见外未见骨折及深部软组织出血。",
        );
    }
    process.push_str(&format!("\n（四）组织病理学检验\n{}。\n（五）毒（药）物检验\n{}。", death.tissue, death.poison));
    let opinion = CityOpinion {
        digest: format!(
            "1. {hospital}急诊病历摘录：患者{}，{}，{}岁，到院时间{}，到院时意识丧失，双侧瞳孔散大固定，大动脉搏动未触及，心电图呈直线。予心肺复苏等抢救措施，终因抢救无效宣布临床死亡。\n2. 居民死亡医学证明书：死亡原因“待查”。\n3. 委托方提供的现场勘验笔录：现场未见打斗痕迹，相关影像资料附卷。",
            scene.name(),
            scene.sex(),
            scene.age(),
            scene.happened()
        ),
        process,
        analysis: format!(
            "根据案情、尸体检验、组织病理学及毒（药）物检验结果，综合分析如下：\n1. {}。\n2. 综上，{}{}。",
            death.reasoning,
            scene.name(),
            death.cause
        ),
        conclusion: format!("被鉴定人{}{}。", scene.name(), death.cause),
        annexes: list(&[
            "尸表及解剖照片十二张",
            "组织病理学显微照片六张",
            "毒（药）物检验报告复印件一份",
            "鉴定机构及鉴定人资质复印件",
        ]),
        methods: list(&[GENERAL, TISSUE]),
        place: "演示市殡仪馆解剖室".to_owned(),
        present: "委托方派员一名，死者近亲属一名，均已在记录上签名".to_owned(),
    };
    Wording {
        matter: format!("对{}的死亡原因进行鉴定", scene.name()),
        purpose: "查明死因".to_owned(),
        case_facts: fill(death.event, &[("day", &scene.happened()), ("who", scene.name())]),
        object: format!("{}的尸体", scene.name()),
        materials: vec![
            material(&format!("{}的尸体", scene.name()), MaterialKind::Specimen, 1, "具", "冷冻保存于演示市殡仪馆"),
            material("急诊病历", MaterialKind::Document, 1, "份", "复印件，加盖病案专用章"),
            material("现场勘验笔录及照片", MaterialKind::Document, 1, "套", "复印件，经委托人确认"),
        ],
        opinion,
    }
}
