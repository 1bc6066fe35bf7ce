//! 法医精神病: mental state in criminal matters, capacity in civil ones.

use super::{Rng, Scene, Wording, fill, list, material};
use crate::demo::city::{CityOpinion, MaterialKind};

const EXAMINATION: &str = "SF/Z JD0104001-2011《精神障碍者司法鉴定精神检查规范》";
const DIAGNOSIS: &str = "ICD-10《疾病和有关健康问题的国际统计分类》精神与行为障碍分类";

pub fn criminal(scene: &Scene, rng: &mut Rng) -> Wording {
    const GUIDE: &str = "SF/Z JD0104002-2016《精神障碍者刑事责任能力评定指南》";
    let (disorder, symptoms, effect, capacity) = [
        (
            "精神分裂症",
            "存在言语性幻听及被害妄想，坚信“邻居在饭里下毒、用仪器控制自己”，情感反应不协调，自知力缺失",
            "作案系受幻听、妄想支配，丧失对行为的实质性辨认能力",
            "无刑事责任能力",
        ),
        (
            "双相情感障碍，目前为缓解期",
            "情感反应适切，言语连贯，承认案发前有情绪高涨、睡眠减少的表现，对作案经过能够回忆，存在悔意",
            "案发时处于轻躁狂状态，控制能力削弱，但未丧失",
            "限定刑事责任能力",
        ),
        (
            "无精神病性障碍",
            "接触合作，思维连贯，未引出幻觉、妄想，情感适切，对作案动机、过程叙述清楚，知晓行为的后果",
            "作案动机现实，有自我保护行为，辨认和控制能力完整",
            "完全刑事责任能力",
        ),
    ][rng.weighted(&[35, 20, 45])];
    let event = rng.pick(&[
        "据委托方介绍：{day}，{who}因涉嫌故意伤害他人被公安机关抓获。办案中发现其言行异常，家属反映其有精神疾病史，为依法办理案件，需对其精神状态作出鉴定。",
        "据委托方介绍：{day}，{who}在演示市采薇路一商场内无故损坏财物并打伤一名保安。到案后答非所问，自语自笑，故委托鉴定。",
        "据委托方介绍：{who}因涉嫌盗窃于{day}被采取强制措施，其辩护人提出其案发时精神异常的意见，并提交了门诊病历。",
    ]);
    let conclusion = format!(
        "1. 被鉴定人{}的精神状态诊断为：{disorder}。\n2. 被鉴定人{}在本案中评定为{capacity}。",
        scene.name(),
        scene.name()
    );
    let case = Case {
        relatives: &["母亲", "父亲", "胞姐", "胞兄"],
        guide: GUIDE,
        disorder,
        symptoms,
        effect,
        verdict: format!("评定为{capacity}"),
        conclusion,
    };
    let matter = format!("对{}案发时及目前的精神状态、刑事责任能力进行鉴定", scene.name());
    wording(scene, rng, event, matter, "办理刑事案件", case)
}

pub fn civil(scene: &Scene, rng: &mut Rng) -> Wording {
    const GUIDE: &str = "SF/Z JD0104004-2018《精神障碍者民事行为能力评定指南》";
    let (disorder, symptoms, effect, capacity) = [
        (
            "阿尔茨海默病性痴呆（重度）",
            "定向力障碍，不能说出家人姓名与所在地点，近事遗忘，100减7不能完成，日常生活需人照料",
            "丧失对自身权利义务及财产事务的辨认能力",
            "无民事行为能力",
        ),
        (
            "脑血管病所致轻度认知障碍",
            "接触可，人物定向完整，时间定向略差，近记忆减退，简单计算可完成，对日常小额开支能够判断，对较复杂事务理解不全",
            "辨认能力部分受损",
            "限制民事行为能力",
        ),
        (
            "未见明显精神障碍",
            "意识清晰，衣着整洁，对答切题，记忆、计算、理解判断与年龄相符，能说明自己的财产情况及处分意愿",
            "辨认能力完整",
            "完全民事行为能力",
        ),
    ][rng.weighted(&[45, 35, 20])];
    let event = rng.pick(&[
        "据委托方介绍：申请人系{who}之女，以其年事已高、记忆力严重减退、不能辨认自己的行为为由，于{day}向法院申请认定其民事行为能力，法院审理中委托鉴定。",
        "据委托方介绍：{who}名下房屋因征收需签订补偿协议，因其近年反应迟钝、不能独立办理事务，近亲属于{day}提出认定其民事行为能力的申请。",
        "据委托方介绍：在一起继承纠纷中，当事人对{who}于{day}订立遗嘱时的行为能力提出异议，法院决定委托鉴定。",
    ]);
    let conclusion = format!("被鉴定人{}诊断为{disorder}，目前评定为{capacity}。", scene.name());
    let case = Case {
        relatives: &["配偶", "长子", "次女", "胞弟"],
        guide: GUIDE,
        disorder,
        symptoms,
        effect,
        verdict: format!("评定为{capacity}"),
        conclusion,
    };
    let matter = format!("对{}的精神状态及民事行为能力进行鉴定", scene.name());
    wording(scene, rng, event, matter, "民事诉讼", case)
}

struct Case {
    /// Who may accompany the person.
    relatives: &'static [&'static str],
    guide: &'static str,
    disorder: &'static str,
    symptoms: &'static str,
    effect: &'static str,
    verdict: String,
    conclusion: String,
}

fn wording(scene: &Scene, rng: &mut Rng, event: &str, matter: String, purpose: &str, case: Case) -> Wording {
    let relative = rng.pick(case.relatives);
    let score = match case.verdict.contains("完全") {
        true => rng.between(26, 30),
        false => rng.between(6, 19),
    };
    let mut digest = format!(
        "1. 调查材料摘录：{relative}反映，{}自幼生长发育正常，性格内向，{}年前起逐渐出现言行变化，曾在演示市精神卫生中心就诊。邻居反映其平时少与人往来。\n2. 演示市精神卫生中心门诊病历摘录：意识清，接触一般，{}。\n3. 既往无癫痫、脑外伤、药物依赖史，家族史阴性。",
        scene.name(),
        rng.between(2, 9),
        case.symptoms
    );
    if scene.long {
        digest.push_str(
            "\n4. 讯（询）问笔录摘录：问：知道为什么找你吗？答：知道。问：当天做了什么？答：早上出门，在路上走了很久，后来的事有的记得，有的记不清。问：当时心里怎么想？答：觉得有人跟着我，心里很慌，听到有人在说我的事情。问：现在还听到吗？答：吃了药以后少了。问：知道这样做的后果吗？答：当时没想那么多。\
             \n5. 居（村）委会证明摘录：其平时由家人照管，近年来白天多闭门不出，夜间有时大声说话，社区曾上门随访三次，建议家属陪同就医。\
             \n6. 单位同事陈述摘录：其原工作认真，后渐渐迟到早退，常说同事议论自己，与班组长多次争吵，其后离职在家。\
             \n7. 看守（照管）人员反映：进食、睡眠尚可，生活能自理，不主动与人交谈，有时独自发笑，服从管理。",
        );
    }
    let process = format!(
        "（一）检验方法\n{EXAMINATION}、{}；诊断参照{DIAGNOSIS}。\n（二）精神检查（{}）\n在{relative}陪同下进入检查室，年貌相称，步态自如。检查所见：{}。\n（三）躯体及神经系统检查\n未见阳性体征。\n（四）辅助检查\n脑电图：{}；头颅CT：{}；简易智力状态检查（MMSE）{score}分。",
        case.guide,
        scene.examined(),
        case.symptoms,
        rng.pick(&["正常范围脑电图", "轻度异常脑电图，慢波增多"]),
        if scene.age() < 60 {
            "未见明显异常"
        } else {
            rng.pick(&["脑萎缩", "老年性脑改变，双侧脑室旁腔隙灶"])
        }
    );
    let opinion = CityOpinion {
        digest,
        process,
        analysis: format!(
            "1. 诊断分析：根据送检材料及本次精神检查，被鉴定人表现为{}。参照{DIAGNOSIS}，结论为“{}”。\n2. 能力分析：{}。依照{}，{}。",
            case.symptoms, case.disorder, case.effect, case.guide, case.verdict
        ),
        conclusion: case.conclusion,
        annexes: list(&["被鉴定人照片一张", "精神检查录像光盘一张", "量表评定结果两份", "鉴定机构及鉴定人资质复印件"]),
        methods: list(&[EXAMINATION, case.guide]),
        place: scene.room("精神检查室"),
        present: format!("被鉴定人的{relative}一名，委托方派员一名"),
    };
    Wording {
        matter,
        purpose: purpose.to_owned(),
        case_facts: fill(event, &[("day", &scene.happened()), ("who", scene.name())]),
        object: format!("{}（{}）", scene.name(), scene.sex()),
        materials: vec![
            material(
                "案卷材料（调查笔录、证人证言）",
                MaterialKind::Document,
                rng.between(1, 3),
                "册",
                "复印件，经委托人确认",
            ),
            material("门诊、住院病历", MaterialKind::Document, rng.between(1, 4), "份", "复印件"),
        ],
        opinion,
    }
}
