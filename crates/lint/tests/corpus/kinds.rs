//! Seven kinds of clean opinions: degree of injury, disability, periods, alcohol, parentage, death, handwriting.

use super::{born, identity};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use lint::{Input, Sex, Signer};

pub const KINDS: usize = 7;

const NAMES: [(&str, Sex); 12] = [
    ("张云舟", Sex::Male),
    ("李青禾", Sex::Female),
    ("王澄", Sex::Male),
    ("陈听兰", Sex::Female),
    ("刘知远", Sex::Male),
    ("赵微雨", Sex::Female),
    ("周松岩", Sex::Male),
    ("欧阳采薇", Sex::Female),
    ("高远帆", Sex::Male),
    ("孙静姝", Sex::Female),
    ("左思衡", Sex::Male),
    ("吴念", Sex::Female),
];
const CLIENTS: [&str; 4] = ["演示市东区人民法院", "演示市公安局港区分局", "演示市人民检察院", "演示市交通警察总队"];
const HOSPITALS: [&str; 3] = ["演示市第一人民医院", "演示市第六人民医院", "演示东区中心医院"];

/// Bone, region, treatment.
const BONES: [(&str, &str, &str); 6] = [
    ("锁骨", "肩", "切开复位钢板内固定术"),
    ("胫骨平台", "膝", "切开复位内固定术"),
    ("桡骨", "腕", "手法复位石膏外固定"),
    ("跟骨", "足", "闭合复位克氏针固定术"),
    ("肱骨", "肩", "切开复位髓内钉固定术"),
    ("髌骨", "膝", "张力带钢丝内固定术"),
];

pub struct World {
    pub n: usize,
    pub name: &'static str,
    pub sex: Sex,
    pub age: i16,
    pub side: &'static str,
    pub other: &'static str,
    pub bone: &'static str,
    pub joint: &'static str,
    pub cure: &'static str,
    pub hospital: &'static str,
    pub event: Date,
    pub received: Date,
    pub accepted: Date,
    pub examined: Date,
}

pub fn zh(day: Date) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

fn later(day: Date, days: i64) -> Date {
    day.saturating_add(days.days())
}

fn world(kind: usize, n: usize) -> World {
    let (name, sex) = NAMES[(n * 5 + kind * 3) % NAMES.len()];
    let (bone, joint, cure) = BONES[(n + kind) % BONES.len()];
    let event = later(date(2024, 11, 3), (n * 37 + kind * 11) as i64 % 420);
    let received = later(event, 100 + (n * 13) as i64 % 60);
    let accepted = later(received, 2 + (n % 4) as i64);
    World {
        n,
        name,
        sex,
        age: 21 + ((n * 7 + kind * 5) % 48) as i16,
        side: if n.is_multiple_of(2) { "左" } else { "右" },
        other: if n.is_multiple_of(2) { "右" } else { "左" },
        bone,
        joint,
        cure,
        hospital: HOSPITALS[n % 3],
        event,
        received,
        accepted,
        examined: later(accepted, 3 + (n % 6) as i64),
    }
}

impl World {
    fn sex(&self) -> &'static str {
        if self.sex == Sex::Male { "男" } else { "女" }
    }
}

pub fn document(kind: usize, n: usize) -> Input {
    let w = world(kind, n);
    let mut input = base(&w);
    match kind {
        0 => degree(&w, &mut input),
        1 => disability(&w, &mut input),
        2 => periods(&w, &mut input),
        3 => alcohol(&w, &mut input),
        4 => parentage(&w, &mut input),
        5 => death(&w, &mut input),
        _ => handwriting(&w, &mut input),
    }
    input
}

fn base(w: &World) -> Input {
    let birth = born(w.age, w.event, w.n as i8 % 40);
    let signer = |name: &str, number: &str| Signer {
        name: name.into(),
        licence: number.into(),
        is_valid: true,
        covers_item: true,
    };
    // January and February: birthdays before every event but those of January and February themselves.
    let birth = if (w.event.month(), w.event.day()) < (birth.month(), birth.day()) {
        birth.saturating_sub(1.year())
    } else {
        birth
    };
    Input {
        case_facts: String::new(),
        data_abstract: String::new(),
        process: String::new(),
        analysis: String::new(),
        opinion: String::new(),
        annexes: String::new(),
        dissent: String::new(),
        examinee: w.name.into(),
        sex: Some(w.sex),
        birth: Some(birth),
        id_number: identity(birth, w.sex, w.n * 7 + 3),
        client: CLIENTS[w.n % 4].into(),
        institution: "演示·云帆司法鉴定中心".into(),
        region: "shanghai".into(),
        matter: String::new(),
        materials: vec!["住院病历 1份".into(), "影像片 4张".into()],
        received_on: w.received,
        accepted_on: Some(w.accepted),
        injured_on: None,
        examined_from: Some(w.examined),
        examined_to: Some(later(w.examined, 5)),
        signers: vec![signer("郑甲演", "990000001"), signer("冯乙演", "990000002")],
        today: later(w.examined, 12),
    }
}

fn records(w: &World) -> String {
    let out = later(w.event, 9 + (w.n % 9) as i64);
    let (name, sex, age, side, bone) = (w.name, w.sex(), w.age, w.side, w.bone);
    match w.n % 3 {
        0 => format!(
            "1. {}门诊病历（{}）摘录：患者{name}，{sex}，{age}岁，主诉“外伤致{side}{}部疼痛、活动受限2小时”。查体：神清，{side}{bone}处压痛（+），骨擦感（+）。\n2. {}出院小结摘录：入院日期{}，出院日期{}。入院后完善检查，行{side}{bone}骨折{}。出院诊断：{side}{bone}骨折。出院医嘱：1）休息；2）加强营养；3）一月后复查。",
            w.hospital,
            zh(w.event),
            w.joint,
            w.hospital,
            zh(w.event),
            zh(out),
            w.cure
        ),
        1 => format!(
            "（一）{}住院病案（住院号ZY{:06}）\n患者于{}入院，{}出院。诊断：{side}{bone}骨折。手术记录：麻醉成功后，取仰卧位，行{}，术中见{side}{bone}骨折端移位明显，复位满意。\n（二）影像资料\n{side}{bone}正侧位片4张（片号×{:05}）。",
            w.hospital,
            w.n * 131 + 17,
            zh(w.event),
            zh(out),
            w.cure,
            w.n * 17 + 100
        ),
        _ => format!(
            "1. {}急诊病历摘录：{}，{name}（{sex}，{age}岁）因摔伤{side}{}部就诊，X线片示{side}{bone}骨折，次日收住入院。\n2. 出院记录摘录：出院时间{}；出院诊断：{side}{bone}骨折。费用合计{}元。",
            w.hospital,
            zh(w.event),
            w.joint,
            zh(out),
            12_000 + w.n * 111
        ),
    }
}

fn examination(w: &World, standard: &str) -> String {
    format!(
        "（一）检验方法\n按照SF/T 0111-2021《法医临床检验规范》进行检查，依照{standard}进行评定。\n（二）体格检查（{}）\n被鉴定人{}步入检查室，神清，对答切题，血压12{}/78mmHg，脉搏7{}次/分。{}{}处见手术瘢痕一处，长{}.5cm（见附图1）。{}{}关节活动度：屈曲9{}°，伸展0°；{}{}关节屈曲135°，伸展0°。余未见明显异常。\n（三）阅片所见\n{}复查片示：{}{}骨折，内固定在位，骨折线模糊。",
        zh(w.examined),
        w.name,
        w.n % 9,
        w.n % 8,
        w.side,
        w.bone,
        5 + w.n % 8,
        w.side,
        w.joint,
        w.n % 6,
        w.other,
        w.joint,
        w.hospital,
        w.side,
        w.bone
    )
}

fn event(w: &World) -> String {
    let place = ["云帆路知远路口", "听松广场东门", "演示江大桥"][w.n % 3];
    match w.n % 2 {
        0 => format!(
            "据委托人介绍：{}18时许，{}在演示市{place}因琐事与他人发生争执，被对方推倒致伤。现因办案需要，委托鉴定。",
            zh(w.event),
            w.name
        ),
        _ => format!(
            "据送检材料记载：{}，被鉴定人{}骑电动自行车行至演示市{place}时，与张某某驾驶的沪A××{}号轿车发生交通事故受伤。",
            zh(w.event),
            w.name,
            100 + w.n
        ),
    }
}

const ANNEXES: &str = "被鉴定人照片一张\n法医临床检查照片三张\n影像学资料翻拍照片两张\n鉴定机构及鉴定人资质复印件";

fn degree(w: &World, input: &mut Input) {
    let standard = "《人体损伤程度鉴定标准》";
    input.matter = format!("对{}的人体损伤程度进行鉴定", w.name);
    input.case_facts = event(w);
    input.data_abstract = records(w);
    input.process = examination(w, standard);
    input.analysis = format!(
        "被鉴定人{}于{}因外伤致{}{}骨折，行{}。上述损伤有影像学资料证实，诊断成立，与本次外伤之间存在直接因果关系。\n依照{standard}第5.9.4d条之规定，{}{}骨折构成轻伤二级；其体表挫伤未达到轻伤一级的标准。",
        w.name,
        zh(w.event),
        w.side,
        w.bone,
        w.cure,
        w.side,
        w.bone
    );
    input.opinion = format!("被鉴定人{}外伤致{}{}骨折，其损伤程度构成轻伤二级。", w.name, w.side, w.bone);
    input.annexes = ANNEXES.into();
    input.injured_on = w.n.is_multiple_of(2).then_some(w.event);
}

fn disability(w: &World, input: &mut Input) {
    let standard = "《人体损伤致残程度分级》";
    input.matter = format!("对{}的人体损伤致残程度等级、损伤与事故的因果关系进行鉴定", w.name);
    input.case_facts = event(w);
    input.data_abstract = records(w);
    input.process = examination(w, standard);
    let grade = ["十", "九"][w.n % 2];
    let clause = ["5.10.6.11", "5.9.6.9"][w.n % 2];
    input.analysis = format!(
        "根据委托人提供的病史资料，结合本次检验所见，分析如下：\n被鉴定人{}因交通事故致{}{}骨折，经治疗后遗留{}{}关节功能障碍，经测算丧失{}{}关节功能的{}%。\n依照{standard}第{clause}条之规定，其后遗症构成{grade}级伤残。损伤与本次事故之间存在因果关系，参与度为100%。",
        w.name,
        w.side,
        w.bone,
        w.side,
        w.joint,
        w.side,
        w.joint,
        30 + w.n
    );
    input.opinion = format!(
        "1. 被鉴定人{}因交通事故致{}{}骨折，遗留{}{}关节功能障碍，构成{grade}级伤残。\n2. 上述后果与本次事故存在因果关系。",
        w.name, w.side, w.bone, w.side, w.joint
    );
    input.annexes = "附件1 被鉴定人照片一张\n附件2 检查照片三张\n附件3 鉴定机构及鉴定人资质复印件".into();
    input.process.push_str("检查照片见附件2。");
}

fn periods(w: &World, input: &mut Input) {
    let standard = "GA/T 1193-2014《人身损害误工期、护理期、营养期评定规范》";
    let rest = 90 + w.n * 5;
    input.matter = format!("对{}的误工期、护理期、营养期进行评定", w.name);
    input.case_facts = event(w);
    input.data_abstract = records(w);
    input.process = examination(w, standard);
    input.analysis = format!(
        "被鉴定人{}的损伤为{}{}骨折，参照{standard}的有关规定，综合评定其误工期{rest}日、护理期60日、营养期60日。后续治疗费：取内固定手术费8000元、住院费2{:03}元，合计1{:04}元。",
        w.name,
        w.side,
        w.bone,
        w.n * 10,
        w.n * 10
    );
    input.opinion = format!(
        "1. 被鉴定人{}因外伤致{}{}骨折，酌情给予误工期{rest}日、护理期60日（六十日）、营养期60日。\n2. 后续治疗费为人民币{}元（大写：人民币壹万元整）。",
        w.name, w.side, w.bone, "10,000"
    );
    input.analysis =
        input.analysis.replace(&format!("2{:03}元，合计1{:04}元", w.n * 10, w.n * 10), "2,000.00元，合计10,000元");
    input.annexes = ANNEXES.into();
}

fn alcohol(w: &World, input: &mut Input) {
    let tube = format!("Y{:05}", w.n * 91 + 7);
    let value = 21 + w.n * 13;
    input.matter = format!("对送检的{}血液中乙醇含量进行鉴定", w.name);
    input.received_on = w.accepted;
    input.case_facts = format!(
        "据委托方介绍：{}晚，{}驾驶号牌为演B·{:05}的小型轿车，行至临溪路口时被查获，依法提取血样送检。",
        zh(w.received),
        w.name,
        w.n * 7
    );
    input.data_abstract = format!(
        "《当事人血样提取登记表》载明：当事人{}，{}，提取时间{}23时10分，抗凝管两支，管号{tube}A、{tube}B，封口完好。",
        w.name,
        w.sex(),
        zh(w.received)
    );
    input.process = format!(
        "（一）检验方法\nGA/T 842-2019《血液酒精含量的检验方法》，顶空气相色谱法。\n（二）检验所见（{}）\n血样颜色暗红，无凝块。取血样0.10mL两份，各加内标0.50mL，65℃加热平衡10min。色谱柱：DB-ALC1，30m×0.32mm×1.8μm。\n（三）检验结果\n两份平行样品测定结果分别为{value}.2mg/100mL和{value}.4mg/100mL，相对相差小于10%，色谱图见附图1、附图2。",
        zh(w.examined)
    );
    input.analysis = "根据保留时间与标准品一致、双柱结果相符的定性结果及内标法定量结果，送检血样中检出乙醇。".into();
    input.opinion = format!("送检的标记为“{}”的血液中检出乙醇成分，其含量为{value}.3mg/100mL。", w.name);
    input.annexes = "送检血样照片一张\n气相色谱图四张\n资质复印件".into();
}

fn parentage(w: &World, input: &mut Input) {
    let (father, mother) = ("朱同尘", "何映雪");
    input.examinee = format!("{father}、{mother}与{}", w.name);
    (input.sex, input.birth, input.id_number) = (None, None, String::new());
    input.matter = format!("对{father}、{mother}与{}之间有无亲生血缘关系进行鉴定", w.name);
    input.case_facts =
        format!("据委托人介绍：{father}、{mother}与{}因办理户口登记，需确认亲子关系，特委托本机构进行鉴定。", w.name);
    input.data_abstract = format!(
        "样本采集记录载明：{}，由两名工作人员核验身份证件并照相、捺印，以采血卡采集各被鉴定人的指尖血。",
        zh(w.received)
    );
    input.process = format!(
        "（一）检验方法\n按照GB/T 37223-2018《亲权鉴定技术规范》，采用荧光标记复合扩增。\n（二）检验过程（{}）\n取血卡直径1.2mm一片，设阳性对照（9947A）和阴性对照。\n（三）检验结果\nAmelogenin基因座：{father}为X,Y，{mother}为X,X（染色体核型46,XX）。{}个基因座未见不符合遗传规律者，分型结果见附表1。",
        zh(w.examined),
        19 + w.n % 4
    );
    input.analysis =
        format!("{}个基因座联合应用的累积非父排除率大于0.9999，累积亲权指数为{}.31×10^8。", 19 + w.n % 4, 1 + w.n % 8);
    input.opinion = format!("依据现有资料和DNA分析结果，支持{father}、{mother}是{}的生物学父母亲。", w.name);
    input.annexes = "STR基因座分型结果表\nSTR基因座分型图谱\n被鉴定人照片及身份证件复印件".into();
}

fn death(w: &World, input: &mut Input) {
    input.matter = format!("对{}的死亡原因进行鉴定", w.name);
    input.case_facts =
        format!("据委托方介绍：{}清晨，{}被家人发现倒卧于卧室，呼之不应，经120到场确认死亡。", zh(w.event), w.name);
    input.data_abstract = format!(
        "1. {}急诊病历摘录：患者{}，{}，{}岁，到院时间{}，到院时意识丧失，心电图呈直线。\n2. 居民死亡医学证明书：死亡原因“待查”。\n3. 现场勘验笔录：现场未见打斗痕迹。",
        w.hospital,
        w.name,
        w.sex(),
        w.age,
        zh(w.event)
    );
    input.process = format!(
        "（一）检验方法\n按照GA/T 147-2019《法医学尸体检验技术总则》进行。\n（二）尸表检验（{}）\n{}性尸体一具，身长1{}cm，尸斑位于背侧。\n（三）解剖检验\n左冠状动脉前降支管腔狭窄Ⅳ级，范围3.0cm×2.5cm；双肺淤血水肿；脑重13{}0g。\n（四）毒物检验\n未检出乙醇成分。照片见附图1至附图3。",
        zh(w.examined),
        w.sex(),
        55 + w.n % 20,
        w.n % 9
    );
    input.analysis = format!(
        "根据案情、尸体检验及毒物检验结果，综合分析如下：\n1. 未见致命性机械性损伤，可排除暴力性死亡。\n2. 冠状动脉病变严重。综上，{}符合冠心病急性发作死亡。",
        w.name
    );
    input.opinion = format!("被鉴定人{}符合冠状动脉粥样硬化性心脏病急性发作死亡。", w.name);
    input.annexes = "尸表及解剖照片十二张\n组织病理学显微照片六张\n资质复印件".into();
}

fn handwriting(w: &World, input: &mut Input) {
    let doc = format!("落款日期为“{}”的《{}》", zh(w.event), ["借条", "收条", "还款协议"][w.n % 3]);
    input.examinee = doc.clone();
    (input.sex, input.birth, input.id_number) = (None, None, String::new());
    input.matter = format!("对{doc}上“{}”签名字迹与样本签名字迹是否为同一人所写进行鉴定", w.name);
    input.case_facts = format!(
        "据委托方介绍：双方就{doc}的真实性发生争议。该件载明“今借到张某某人民币伍万元整（¥50,000.00），于××年×月前还清”。"
    );
    input.data_abstract = format!(
        "1. 检材：{doc}一份一页，标记为JC。\n2. 样本：“{}”签名{}份，标记为YB1～YB{}。",
        w.name,
        3 + w.n % 5,
        3 + w.n % 5
    );
    input.process = format!(
        "（一）检验方法\n按照GB/T 37234-2018《文件鉴定通用规范》、GB/T 37239-2018《笔迹鉴定技术规范》进行检验。\n（二）检材检验（{}）\n检材签名书写正常，笔画清晰。\n（三）比较检验\n二者在起收笔、连笔动作等细节特征上相符，比对表见附件3。",
        zh(w.examined)
    );
    input.analysis = "检材与样本的符合特征数量多、质量高，差异特征可由书写条件解释，反映了同一人的书写习惯。".into();
    input.opinion = format!("{doc}上“{}”签名字迹与样本签名字迹是同一人所写。", w.name);
    input.annexes = "检材复制件一页\n样本复制件\n笔迹特征比对表两页\n鉴定机构及鉴定人资质复印件".into();
}
