//! 鉴定意见的分析说明: paragraphs composed from varied clauses, each appraiser in his own manner; copied ones keep what their writer forgot.
//!
//! **Invariant:** a paragraph is a handful of choices; copying one is copying the choices, not the letters.

use super::misconduct::Kind;
use super::parameters as p;
use super::world::World;
use super::{Drawn, Plant};
use crate::dates::{Day, civil};
use crate::random::Random;

const OPENINGS: [&str; 5] = [
    "委托方提供的材料已经核对,结合本所活体检查和阅片情况,分析意见如下:",
    "根据送检的病历、影像片和本次检查结果,综合论证如下:",
    "经审查委托材料并对被鉴定人进行检查,现作如下分析:",
    "本次鉴定针对交通事故损伤遗留的功能障碍,具体分析为:",
    "参照送检资料以及法医学检查所得,鉴定人讨论认为:",
];
const NAMES: [&str; 24] = [
    "赵", "钱", "孙", "李", "周", "吴", "郑", "王", "冯", "陈", "褚", "卫", "蒋", "沈", "韩", "杨", "朱", "秦", "尤",
    "许", "何", "吕", "施", "张",
];
const ACCIDENTS: [&str; 6] = [
    "步行横过道路时遭小轿车碰撞受伤",
    "骑行电动车途中与货运车辆刮擦倒地",
    "乘坐的客车被后车追尾致伤",
    "驾驶二轮摩托车与小客车相撞",
    "在路口等候时被右转车辆撞倒",
    "因道路交通事故受伤",
];
const HOSPITALS: [&str; 12] = [
    "市第一人民医院",
    "市第二人民医院",
    "市中医院",
    "市骨伤科医院",
    "东区中心医院",
    "西区中心医院",
    "城南人民医院",
    "城北人民医院",
    "新区人民医院",
    "开发区总医院",
    "临江医院",
    "湖滨医院",
];
const TREATMENTS: [&str; 8] = [
    "切开复位钢板内固定术",
    "闭合复位石膏固定",
    "营养神经及对症治疗",
    "卧床休息等保守治疗",
    "开颅血肿清除手术",
    "支具外固定制动",
    "关节镜下修复手术",
    "经皮椎体成形手术",
];
const SIDES: [&str; 3] = ["左侧", "右侧", "双侧"];
const SIGNS: [&str; 12] = [
    "步态跛行",
    "局部压痛存在",
    "纵向叩痛阳性",
    "肌肉轻度萎缩",
    "皮肤遗留瘢痕",
    "关节活动稍受限",
    "患肢肌力四级",
    "平衡能力稍差",
    "智力测试轻度下降",
    "外观无明显畸形",
    "末梢感觉和血运正常",
    "切口愈合良好",
];
const FILMS: [&str; 3] = ["骨折线仍清晰可见", "骨折线已模糊", "骨折线大部消失"];
const FIXED: [&str; 3] = ["内固定在位", "内固定已经取出", "未用内固定"];
const CAUSES: [&str; 4] = [
    "现有功能障碍与本次交通事故之间存在直接因果关系",
    "损伤后果由本次外伤造成,关系明确",
    "未查见同一部位的既往伤病记录",
    "自身退变对后遗障碍的作用轻微",
];
const TIMES: [&str; 3] = ["临床治疗已经终结,病情平稳,可以评定", "伤后超过六个月,符合评定时机", "医疗终结,具备评定条件"];
const ENDS: [&str; 3] =
    ["取出内固定时的三期另行评定。", "误工、护理、营养期限按有关规范确定。", "休息、营养和护理酌情给予时限。"];
const GRADES: [&str; 5] = ["未达到", "十级", "九级", "八级", "七级"];

/// The choices of one paragraph.
#[derive(Debug, Clone)]
pub struct Facts {
    opening: usize,
    name: (usize, bool),
    age: u32,
    date: Day,
    accident: usize,
    hospital: usize,
    side: usize,
    injury: usize,
    treatment: usize,
    stay: usize,
    signs: Vec<usize>,
    angles: [usize; 3],
    lost: Option<usize>,
    film: Option<(usize, usize)>,
    causes: Vec<usize>,
    time: usize,
    grade: usize,
    law: usize,
    end: usize,
    other: Option<(Day, usize)>,
}

/// Writes the paragraphs of all accepted clinical cases.
pub fn write(world: &World, plants: &[Plant], cases: &mut [Drawn], random: &mut Random) {
    let mut own: Vec<Vec<usize>> = vec![Vec::new(); world.appraisers.len()];
    for at in 0..cases.len() {
        if !cases[at].accepted || cases[at].category != p::CLINICAL {
            continue;
        }
        let case = &cases[at];
        let copies = plants
            .iter()
            .find(|x| x.kind == Kind::Copy && x.appraisers[0] == case.appraiser && x.start <= case.received);
        let earlier = &own[case.appraiser];
        let mut facts = compose(case, world, random);
        if let Some(plant) = copies
            && case.truth.is_none()
            && earlier.len() >= 5
            && random.chance(plant.size)
        {
            let old = earlier[random.below(earlier.len())];
            if let Some(text) = &cases[old].text {
                facts = copied(text, facts, random);
                cases[at].truth = Some((Kind::Copy, None));
            }
        }
        own[cases[at].appraiser].push(at);
        cases[at].text = Some(facts);
    }
}

/// A new paragraph in the manner of its writer; a user of templates varies little.
fn compose(case: &Drawn, world: &World, random: &mut Random) -> Facts {
    let appraiser = &world.appraisers[case.appraiser];
    let mut habit = Random::new(appraiser.style);
    let own = habit.below(1 << 20);
    // With this chance a choice is the writer's usual one.
    let usual = if appraiser.template { 0.85 } else { 0.15 };
    let mut choose =
        |many: usize, salt: usize| if random.chance(usual) { (own / 7 + salt * 5) % many } else { random.below(many) };
    let signs_many = 2 + choose(3, 1);
    let mut signs: Vec<usize> = Vec::new();
    for n in 0..signs_many {
        let sign = choose(SIGNS.len(), 2 + n);
        if !signs.contains(&sign) {
            signs.push(sign);
        }
    }
    let (accident, time, end, law, stay_like) =
        (choose(6, 9), choose(3, 10), choose(3, 11), choose(3, 12), choose(2, 13));
    let mut causes: Vec<usize> = (0..CAUSES.len()).filter(|c| choose(4, 14 + c) < 2).collect();
    let film = (choose(2, 20) == 0).then(|| (choose(3, 21), choose(3, 22)));
    let has_lost = choose(5, 23) < 3;
    let has_other = choose(3, 24) == 0;
    if causes.is_empty() {
        causes.push(0);
    }
    let injury = case.injury.unwrap_or(0);
    Facts {
        opening: world.institutions[case.institution].style,
        name: (random.below(NAMES.len()), random.chance(0.5)),
        age: case.age,
        date: case.received - 150 - random.below(500) as Day,
        accident,
        hospital: random.below(HOSPITALS.len()),
        side: random.below(3),
        injury,
        treatment: random.below(TREATMENTS.len()),
        stay: 6 + random.below(28) + stay_like,
        signs,
        angles: [20 + random.below(150), 5 + random.below(46), 20 + random.below(140)],
        lost: has_lost.then(|| 100 + random.below(500)),
        film,
        causes,
        time,
        grade: grade(case.latent),
        law,
        end,
        other: has_other.then(|| (case.received - random.below(1000) as Day, random.below(p::INJURIES.len()))),
    }
}

/// An old paragraph with the facts of the new case; some old ones are forgotten.
fn copied(old: &Facts, new: Facts, random: &mut Random) -> Facts {
    let mut text = old.clone();
    (text.name, text.age, text.date, text.angles, text.grade) = (new.name, new.age, new.date, new.angles, new.grade);
    if random.chance(0.7) {
        text.injury = new.injury;
        text.side = new.side;
    }
    if random.chance(0.6) {
        text.hospital = new.hospital;
    }
    if random.chance(0.6) {
        text.stay = new.stay;
    }
    if random.chance(0.5) {
        text.signs = new.signs;
    }
    if random.chance(0.3) {
        text.treatment = new.treatment;
    }
    if let (Some(other), Some(date)) = (&mut text.other, Some(new.date)) {
        other.0 = date;
    }
    text
}

/// Place among the grades: 0 none, 1 grade 10 … 4 grade 7.
pub fn grade(latent: f64) -> usize {
    p::CUTS.iter().filter(|c| latent > **c).count()
}

impl Facts {
    /// The paragraph.
    pub fn paragraph(&self) -> String {
        let date = |d: Day| {
            let (y, m, d) = civil(d);
            format!("{y}年{m}月{d}日")
        };
        let signs: Vec<&str> = self.signs.iter().map(|s| SIGNS[*s]).collect();
        let causes: Vec<&str> = self.causes.iter().map(|c| CAUSES[*c]).collect();
        let mut text = format!(
            "{}被鉴定人{}{},{}岁,于{}{},当日送{}诊治,经检查诊断为{}{},住院后行{},{}天后出院。",
            OPENINGS[self.opening],
            NAMES[self.name.0],
            if self.name.1 { "某某" } else { "某" },
            self.age,
            date(self.date),
            ACCIDENTS[self.accident],
            HOSPITALS[self.hospital],
            SIDES[self.side],
            p::INJURIES[self.injury].0,
            TREATMENTS[self.treatment],
            self.stay
        );
        let [flex, extend, turn] = self.angles;
        text += &format!("本次检查:{},活动度前屈{flex}°、后伸{extend}°、外展{turn}°", signs.join("、"));
        if let Some(lost) = self.lost {
            text += &format!(",与对侧相比丧失功能约{}.{}%", lost / 10, lost % 10);
        }
        if let Some((film, fixed)) = self.film {
            text += &format!(",复查片见{},{}", FILMS[film], FIXED[fixed]);
        }
        text += &format!(",{},{},", causes.join(","), TIMES[self.time]);
        let law = 1 + self.injury;
        text += &match (self.grade, self.law) {
            (0, _) => "尚未达到《人体损伤致残程度分级》规定的等级。".to_owned(),
            (g, 0) => format!("依照《人体损伤致残程度分级》第5.{}.{law}条,评定为{}伤残。", 11 - g, GRADES[g]),
            (g, _) => format!("对照分级标准5.{}.{law}款,构成{}残疾。", 11 - g, GRADES[g]),
        };
        text += ENDS[self.end];
        if let Some((day, injury)) = self.other {
            text += &format!("另据{}病史,伴有{},治疗后无明显功能障碍,不再评定。", date(day), p::INJURIES[injury].0);
        }
        text
    }
}
