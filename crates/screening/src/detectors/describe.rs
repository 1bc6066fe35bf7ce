//! 检测器说明: what each detector looks for, how, what else could explain it, and what to check. Shown in the product beside each finding.
//!
//! **Invariant:** every detector has one description, in both languages, with an honest explanation.

/// A sentence in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Both {
    pub chinese: &'static str,
    pub english: &'static str,
}

/// A detector explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Description {
    pub name: &'static str,
    pub title: Both,
    pub looks_for: Both,
    pub features: Both,
    pub method: Both,
    pub threshold: Both,
    /// 合理解释: the honest explanation that must be excluded by a human.
    pub honest: Both,
    /// 人工核查: what a human should look at.
    pub check: Both,
}

const fn both(chinese: &'static str, english: &'static str) -> Both {
    Both { chinese, english }
}

const FDR: Both = both(
    "按错误发现率控制：q 不高于 0.05 的线索中，预期误报不超过二十分之一。",
    "By false-discovery rate: of the leads with q at most 0.05, one in twenty is expected to be false.",
);

/// All of them, in the order of the findings; the descriptive ones last.
pub const DESCRIPTIONS: [Description; 11] = [
    Description {
        name: "ring",
        title: both("中介团伙", "Broker ring"),
        looks_for: both(
            "少数律师自某日起集中把伤情鉴定送到同一机构的少数鉴定人，且等级偏高、检查偏短、被推翻偏多。",
            "A few lawyers who since some day bring injuries to a few appraisers of one institution, with grades too high, examinations too short and findings overturned too often.",
        ),
        features: both(
            "同伤同龄下的等级残差、检查时长、重新鉴定及推翻、律师与鉴定人的集中程度、开始时间。",
            "Grade residual for the same injury and age, minutes of examination, re-appraisal and overturning, concentration of lawyer on appraiser, the day it begins.",
        ),
        method: both(
            "逐案似然比，按律师—鉴定人合计；以同一鉴定人办理法院、公安案件的情况为对照；打乱律师归属得到零分布。",
            "Likelihood ratio by case, summed over lawyer and appraiser; the same appraiser's court and police cases are the control; the null comes from shuffling who brought which case.",
        ),
        threshold: FDR,
        honest: both(
            "专做重伤案件的律师、检查一向较快的鉴定人、与机构同城的长期合作，都可能形成相似图样。",
            "A lawyer of severe cases, an appraiser who is quick with everybody, or a habit of long standing can look alike.",
        ),
        check: both(
            "调取列出的案卷，核对检查记录与影像、委托来源、付款人和介绍费；听取机构说明。",
            "Pull the listed files; compare records with films, who entrusted, who paid, any introduction fee; hear the institution.",
        ),
    },
    Description {
        name: "copy",
        title: both("鉴定意见雷同", "Copied opinions"),
        looks_for: both(
            "鉴定人把自己的旧意见改名换数后再用。",
            "An appraiser who uses an old opinion of his own again with names and numbers changed.",
        ),
        features: both(
            "与本人此前意见的相似度，按片段稀有程度加权，通用套话不计。",
            "Similarity to his own earlier opinions, weighted by rarity; boilerplate does not count.",
        ),
        method: both(
            "与本人平时水平相比的超出比例，对照同行的超出比例。",
            "Share of opinions far above his own usual similarity, against the same share of his peers.",
        ),
        threshold: FDR,
        honest: both(
            "使用机构模板、伤情本就相同的人，各篇之间一向相似。",
            "A user of the institution's template is always similar to himself; equal injuries read alike.",
        ),
        check: both(
            "逐对比对列出的意见，看是否留有他案的姓名、日期、活动度。",
            "Read the listed pairs side by side for names, dates and angles left from the other case.",
        ),
    },
    Description {
        name: "ghost",
        title: both("挂名鉴定", "Signing without being there"),
        looks_for: both(
            "签名的鉴定人检查时间重叠，或者不接续其当日日程。",
            "Examinations of one appraiser that overlap, or stand apart from his day.",
        ),
        features: both(
            "每日检查的起止时间、重叠、脱离日程的间隔。",
            "Start and end of each day's examinations, overlaps, gaps that do not follow the day.",
        ),
        method: both(
            "异常比例与全市笔误比例比较，并寻找开始日期。",
            "Share of odd times against the city's rate of typing errors, and since when.",
        ),
        threshold: FDR,
        honest: both(
            "录入时间的笔误人人都有；外出检查、分段检查也会脱离日程。",
            "Everybody mistypes a time; visits and examinations in two parts also leave the day's order.",
        ),
        check: both(
            "核对当日登记、监控、签到和仪器记录，询问被鉴定人由谁检查。",
            "Compare the day's register, cameras and instruments; ask the examinee who examined.",
        ),
    },
    Description {
        name: "offsite",
        title: both("未登记场所执业", "Unregistered site"),
        looks_for: both(
            "远离登记地址的固定地点、固定星期的检查，且在某日之后才出现。",
            "Examinations at one far place on one weekday, which began some day.",
        ),
        features: both("检查坐标、星期、首次日期、占比。", "Coordinates, weekday, first day, share."),
        method: both(
            "登记地址十公里外按一公里连成聚集，检验某日起比例上升。",
            "Places over ten kilometres away are joined within one kilometre; the rise of their share since a day is tested.",
        ),
        threshold: FDR,
        honest: both(
            "与医院、监所的定点合同也在固定星期外出；长期不变的聚集只列出，不作线索。",
            "A contract with a hospital or prison also means one weekday; what was always so is listed, not accused.",
        ),
        check: both(
            "查该地点是否备案、有无合同、谁在场、用何设备。",
            "Whether the place is registered or under contract, who is there, with what equipment.",
        ),
    },
    Description {
        name: "dump",
        title: both("低价揽案", "Price dumping"),
        looks_for: both(
            "自某日起对可自行选择机构的委托人大幅低于标准收费。",
            "Since some day, fees far below the tariff for clients who can choose.",
        ),
        features: both("实收与标准之比、委托人类别、案件量变化。", "Fee over tariff, kind of client, gain of volume."),
        method: both(
            "低价比例的突变检验，并与同期案件量增长对照。",
            "Test for a jump of the share of low fees, set beside the gain of volume.",
        ),
        threshold: FDR,
        honest: both(
            "公示的优惠、法律援助减免一向存在，不随某日开始。",
            "Published discounts and legal aid have always been there and do not begin some day.",
        ),
        check: both(
            "查收费票据、减免审批、公示文件，以及是否另有回扣。",
            "Receipts, approvals of reductions, published lists, and whether anything was paid back.",
        ),
    },
    Description {
        name: "delay",
        title: both("压案与滥用中止", "Parked cases"),
        looks_for: both("部分案件被搁置，或中止天数异常多。", "Some cases are parked, or suspended for very long."),
        features: both(
            "扣除本机构一般快慢后的时限尾部、长时间中止的比例。",
            "Tail of the turnaround after the institution's own pace, share of long suspensions.",
        ),
        method: both("尾部比例和长中止比例与同行比较，合并检验。", "Both shares against peers, combined."),
        threshold: FDR,
        honest: both(
            "整体较慢（高校、疑难案件多）不算；等待材料的中止可能有据。",
            "Being slow throughout is not counted; waiting for material can be right.",
        ),
        check: both(
            "查中止理由、材料到达日期、通知委托人的记录。",
            "Reasons of suspension, when material came, what the client was told.",
        ),
    },
    Description {
        name: "batch",
        title: both("月末集中签发与倒签", "Batches and back-dating"),
        looks_for: both(
            "月末集中签发且文号早于日期。",
            "Opinions issued at the month's end whose number is older than their date.",
        ),
        features: both(
            "文号次序与签发日期的颠倒、月末比例的突变。",
            "Order of numbers against dates, jump of the month-end share.",
        ),
        method: both(
            "月末倒号比例与同行比较，与月末比例突变合并检验。",
            "Share of inverted numbers at month's end against peers, combined with the jump.",
        ),
        threshold: FDR,
        honest: both(
            "有的机构一向月末签发，文号照序；个别文号写错。",
            "Some institutions always sign at month's end, with numbers in order; single numbers are mistyped.",
        ),
        check: both(
            "核对文号登记簿、用印登记和电子日志。",
            "The register of numbers, the register of the seal, electronic logs.",
        ),
    },
    Description {
        name: "heap",
        title: both("酒精结果临界堆积", "Results heaped under the limit"),
        looks_for: both(
            "血液酒精含量在 80 mg/100 mL 以下堆积、以上缺失。",
            "Blood alcohol heaped just under 80 mg/100 mL and missing just above.",
        ),
        features: both("72至80、80至100两个区间的数量。", "Counts from 72 to 80 and from 80 to 100."),
        method: both(
            "以本实验室自身分布推出的断点比例为期望，与同行校准后检验。",
            "The break expected from the laboratory's own distribution, calibrated by peers.",
        ),
        threshold: FDR,
        honest: both(
            "各实验室人群不同，整体偏低不算，只看断点。",
            "Laboratories serve different people; the level is not tested, only the break.",
        ),
        check: both("复核图谱、原始数据与复检样品。", "Chromatograms, raw data, the kept sample."),
    },
    Description {
        name: "concentration",
        title: both("市场集中度", "Concentration"),
        looks_for: both("某类别、某区域案件集中于少数机构。", "Cases of a category or district with few institutions."),
        features: both("案件数量份额。", "Shares of cases."),
        method: both(
            "赫芬达尔指数及前三名份额、逐年变化，只作描述。",
            "HHI, share of the first three, change by year; descriptive.",
        ),
        threshold: both("不设线索门槛。", "No threshold."),
        honest: both("有资质的机构少，集中度自然高。", "Where few are licensed, concentration is high by itself."),
        check: both("看能力布局和委托来源。", "Capacity and who entrusts."),
    },
    Description {
        name: "workload",
        title: both("工作量与分身", "Impossible work"),
        looks_for: both(
            "同一时间在两处，或一日检查过多。",
            "In two places at once, or too many examinations in a day.",
        ),
        features: both("每日检查数量、总时长、重叠与路程。", "Examinations and minutes of a day, overlaps, travel."),
        method: both("逐日列出，只作描述。", "Listed by day; descriptive."),
        threshold: both("不设线索门槛。", "No threshold."),
        honest: both("团队检查、录入笔误。", "Work as a team, typing errors."),
        check: both("核对当日登记。", "The day's register."),
    },
    Description {
        name: "funnels",
        title: both("比率漏斗图", "Funnels of rates"),
        looks_for: both(
            "重新鉴定、推翻、投诉、不予受理的比率与同行不同。",
            "Rates of re-appraisal, overturning, complaint and refusal unlike the peers'.",
        ),
        features: both("按类别和委托人校正的期望。", "Expectation by category and client."),
        method: both(
            "带过度离散的漏斗图（Spiegelhalter 2005），只作描述。",
            "Funnels with over-dispersion (Spiegelhalter 2005); descriptive.",
        ),
        threshold: both("漏斗外线 0.2%。", "The outer line, 0.2 %."),
        honest: both("案件难度未能完全校正。", "Difficulty is not fully adjusted for."),
        check: both("抽查案卷。", "Sample files."),
    },
];
