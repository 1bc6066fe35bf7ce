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

const RATE: Both = both(
    "以全市同类别、同类委托人的比率为预期，允许机构之间的正常差异（过度离散），贝塔二项尾概率。",
    "Expectation from the city's rate by category and kind of client; honest differences are allowed for (over-dispersion); beta-binomial tail.",
);

/// All of them, in the order of the findings; the descriptive ones last.
pub const DESCRIPTIONS: [Description; 23] = [
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
        name: "kickback",
        title: both("回扣迹象", "Signs of kick-backs"),
        looks_for: both(
            "某律师自某日起把案件大量转向一家机构，其他律师没有同样变化，价格也没有降低。",
            "A lawyer who since some day takes his cases to one institution, where other lawyers do not and the price did not fall.",
        ),
        features: both(
            "律师在各机构的案件占比、变化日期、同期其他律师的变化、前后收费与标准之比。",
            "A lawyer's shares by institution, the day of the change, what other lawyers did meanwhile, fee over tariff before and after.",
        ),
        method: both(
            "以同期其他律师的变化为基准的费希尔精确检验，对日期和机构的选择作校正，并以全部组合的主体部分校准。",
            "Fisher's exact test given what other lawyers did; the choice of day and institution is paid for; the bulk of all pairs calibrates the null.",
        ),
        threshold: FDR,
        honest: both(
            "律师搬家、换所、承接某保险公司或单位的业务、原机构停业或限期整改，都会改变去向。",
            "A lawyer may move, change firm, take on a client nearby, or lose the institution he used before.",
        ),
        check: both(
            "询问委托去向变化的原因，核对付款账户、介绍费和往来款项；查该律师其他机构的同期案件。",
            "Ask why the cases go elsewhere; compare payers, introduction fees and transfers; look at the lawyer's cases elsewhere.",
        ),
    },
    Description {
        name: "burst",
        title: both("收案突增", "Burst of cases"),
        looks_for: both(
            "某周收案远多于前后几周，而全市没有同样变化。",
            "A week with far more cases than the weeks around it, where the city had no such week.",
        ),
        features: both(
            "每周收案数、前后九周、全市每周收案数。",
            "Cases by week, nine weeks on both sides, the city's cases by week.",
        ),
        method: both(
            "以本机构或律师前后几周的份额为预期的条件检验，考虑超出随机的波动，对周数作校正。",
            "Conditional test given the share of the weeks around it, with the usual extra variation, all weeks paid for.",
        ),
        threshold: FDR,
        honest: both(
            "一起多人事故、一批集中移送的案件、积压后补录，都会造成突增。",
            "One accident with many injured, a batch sent by a court, or late entry of a backlog also make a burst.",
        ),
        check: both(
            "查该周案件是否同一事故、同一委托人，登记日期是否真实。",
            "Whether it is one accident or client, and whether the dates of entry are true.",
        ),
    },
    Description {
        name: "grades",
        title: both("等级偏高", "Grades above the peers"),
        looks_for: both(
            "同伤同龄下评定等级普遍高于同行的鉴定人或机构。",
            "An appraiser or institution whose grades are above the peers' for the same injury at the same age.",
        ),
        features: both("等级、损伤、年龄。", "Grade, injury, age."),
        method: both(
            "逐案减去同伤同龄的平均等级，与同行比较；同行之间的正常差异由主体部分估计（可加随机效应）；并要求自某日起升高。",
            "Each grade less the mean of its injury and age; compared with peers whose honest spread is estimated from their bulk (additive random effects); it must also have risen since some day.",
        ),
        threshold: FDR,
        honest: both(
            "伤情编码粗，承办重伤较多；个人尺度不同但一贯。",
            "Codes are coarse and some get the worse of an injury; a personal standard that is the same for everybody.",
        ),
        check: both(
            "抽取所列案件复阅影像和检查记录，必要时组织同行评议。",
            "Re-read films and records of the listed cases, with peers where needed.",
        ),
    },
    Description {
        name: "turnaround",
        title: both("办理时限偏长", "Turnaround above the peers"),
        looks_for: both(
            "同类案件办理时间普遍长于同行的机构。",
            "An institution that takes longer than its peers for like cases.",
        ),
        features: both(
            "受理到出具的工作日、类别、委托人类别。",
            "Working days from acceptance to issue, category, kind of client.",
        ),
        method: both(
            "对数时间减去同类案件平均，与同行比较，允许正常差异，并要求自某日起变慢。",
            "Logarithm of the days less the mean of like cases, compared with peers whose honest spread is allowed for; it must also have risen since some day.",
        ),
        threshold: FDR,
        honest: both(
            "高校及承办疑难案件的机构整体较慢；人员变动。",
            "Universities and those with hard cases are slow throughout; people leave.",
        ),
        check: both("看在办量、人员数、补充材料和中止情况。", "Open cases, staff, supplements and suspensions."),
    },
    Description {
        name: "fees",
        title: both("收费偏离同行", "Fees unlike the peers"),
        looks_for: both(
            "收费与标准之比普遍高于或低于同行的机构。",
            "An institution whose fees over tariff are above or below the peers'.",
        ),
        features: both(
            "实收、标准、类别、委托人类别；法律援助减免不计。",
            "Fee, tariff, category, kind of client; legal aid left out.",
        ),
        method: both(
            "对数比值减去同类案件平均，与同行双侧比较，并要求自某日起改变。",
            "Logarithm of the ratio less the mean of like cases, compared both ways; it must also have changed since some day.",
        ),
        threshold: FDR,
        honest: both(
            "公示的统一优惠自某日开始，或疑难、加急案件变多。",
            "A published discount that began, or more hard and urgent cases.",
        ),
        check: both(
            "查公示价目、收费票据、减免和加急依据。",
            "The published list, receipts, grounds of reductions and surcharges.",
        ),
    },
    Description {
        name: "refused",
        title: both("不予受理偏多", "Refusals above the peers"),
        looks_for: both(
            "同类案件不予受理明显多于同行的机构。",
            "An institution that refuses more of like cases than its peers.",
        ),
        features: both("不予受理数、类别、委托人类别。", "Refusals, category, kind of client."),
        method: RATE,
        threshold: FDR,
        honest: both(
            "能力范围窄、材料常不齐，或对重复鉴定把关较严。",
            "A narrow licence, incomplete materials, or a strict eye for repeated appraisal.",
        ),
        check: both(
            "抽查不予受理告知书及理由，询问被拒委托人去向。",
            "The notices of refusal and their grounds; where the clients went.",
        ),
    },
    Description {
        name: "complaint",
        title: both("投诉偏多", "Complaints above the peers"),
        looks_for: both(
            "同类案件投诉明显多于同行的机构。",
            "An institution with more complaints in like cases than its peers.",
        ),
        features: both("投诉数、类别、委托人类别。", "Complaints, category, kind of client."),
        method: RATE,
        threshold: FDR,
        honest: both(
            "承办争议大的案件；个别当事人反复投诉。",
            "Disputed cases; one party who complains again and again.",
        ),
        check: both("逐件看投诉处理结论，合并同一人的重复投诉。", "How each complaint ended; count one person once."),
    },
    Description {
        name: "reappraised",
        title: both("重新鉴定偏多", "Re-appraisals above the peers"),
        looks_for: both(
            "同类案件被重新鉴定明显多于同行的机构。",
            "An institution whose like cases are appraised again more often.",
        ),
        features: both("重新鉴定数、类别、委托人类别。", "Re-appraisals, category, kind of client."),
        method: RATE,
        threshold: FDR,
        honest: both(
            "对方当事人常申请重新鉴定的案件类型较多。",
            "A kind of case in which the other side usually asks for another.",
        ),
        check: both("看重新鉴定的理由和结论是否改变。", "Why it was asked for, and whether the result changed."),
    },
    Description {
        name: "overturned",
        title: both("推翻率偏高", "Overturned above the peers"),
        looks_for: both(
            "重新鉴定后结论被改变的比例明显高于同行的机构。",
            "An institution whose re-appraised findings are changed more often.",
        ),
        features: both(
            "重新鉴定中被推翻的数量、类别、委托人类别。",
            "Overturned of the re-appraised, category, kind of client.",
        ),
        method: RATE,
        threshold: FDR,
        honest: both(
            "数量少时偶然波动大；伤情在两次鉴定之间好转。",
            "Few cases vary by chance; an injury heals between two appraisals.",
        ),
        check: both("对照两次鉴定的检查记录、时间和标准。", "Both records, their dates and the standard used."),
    },
    Description {
        name: "network",
        title: both("来源网络", "Network of a broker"),
        looks_for: both(
            "同一联系电话、医院、保险公司或者地址背后的伤情鉴定，自某日起集中到少数鉴定人，且等级偏高、检查偏短、被推翻偏多。",
            "Injuries behind one contact telephone, hospital, insurer or address that since some day go to a few appraisers, with grades too high, examinations too short and findings overturned too often.",
        ),
        features: both(
            "联系电话、诊治医院、保险公司和地址的代号；同伤同龄下的等级残差、检查时长、重新鉴定及推翻、集中程度、开始时间。",
            "Pseudonyms of telephone, treating hospital, insurer and address; grade residual, minutes, re-appraisal and overturning, concentration, the day it begins.",
        ),
        method: both(
            "与中介团伙相同的逐案似然比，每一种来源各算各的；打乱归属得到零分布。单是集中不算，案件事实必须先说话。",
            "The likelihood ratios of the ring detector, each kind of broker for itself, against shuffled origins. A concentration alone does not count: the facts of the cases must speak first.",
        ),
        threshold: FDR,
        honest: both(
            "法律援助机构、单位工会、医院社工或者一位热心家属都可能替多人联系；医院和宿舍的案件本来就近送检。",
            "A legal-aid office, a union, a hospital's social worker or a helpful relative may speak for many; a hospital's or a dormitory's cases go where it is near.",
        ),
        check: both(
            "核实电话和地址的使用人、与当事人的关系，查介绍费和付款人；调阅列出的案卷，比对病历与影像；听取机构说明。",
            "Who uses the telephone or address, and what that person is to the parties; introduction fees and payers; the listed files against medical records and films; hear the institution.",
        ),
    },
    Description {
        name: "records",
        title: both("集中补写记录", "Records written in one evening"),
        looks_for: both(
            "鉴定人自某日起把多天的检查记录放在一个晚上或者时段一次补写。",
            "An appraiser who since some day writes up the records of several days' examinations in one sitting.",
        ),
        features: both(
            "检查日期、记录首次写入的时间、同一时段写入的份数和涉及的天数。",
            "Day of the examination, time the record was first written, records of one sitting and the days they are of.",
        ),
        method: both(
            "补写的比例与同行比较（允许正常差异的贝塔二项尾概率），并要求自某日起升高；间隔超过一小时另算一次。",
            "Share of records written up against the peers' (beta-binomial tail, honest differences allowed for), and it must have risen since some day; a break of an hour ends a sitting.",
        ),
        threshold: FDR,
        honest: both(
            "现场手写、由助理定期录入，系统停机，或者整批补录旧案，都会留下同样的时间。",
            "Notes by hand that an assistant enters later, a system that was down, or a backlog entered at once leave the same times.",
        ),
        check: both(
            "查原始手写记录、当场照片和仪器输出的时间，比对补录理由；询问在场人员。",
            "Notes by hand, photographs and the instruments' own times against the reasons given for late entry; ask who was present.",
        ),
    },
    Description {
        name: "signed",
        title: both("先签名后检验", "Signed before the instrument ran"),
        looks_for: both(
            "鉴定人在检查结束或者仪器运行之前就已经签名的意见过多。",
            "Too many opinions that an appraiser signed before the examination was over or the instrument had run.",
        ),
        features: both(
            "签名时间、检查结束时间、仪器运行时间。",
            "Time of signing, end of the examination, time the instrument had run.",
        ),
        method: both(
            "提前一小时以上的签名计数，与同行的比例比较，允许正常差异（贝塔二项尾概率）；少于三份的不算。",
            "Signatures more than an hour ahead, against the peers' rate with honest differences allowed for (beta-binomial tail); fewer than three do not count.",
        ),
        threshold: FDR,
        honest: both(
            "仪器时钟不准、录入笔误、签名后按当事人要求补做的检验，都会显得签名在先。",
            "A wrong clock, a typing error, or a test made once more after signing at a party's wish look the same.",
        ),
        check: both(
            "核对仪器原始数据和时钟、记录的各个版本、签名时间戳；查意见所引数据在签名时是否已经存在。",
            "The instrument's raw data and clock, the versions of the record, the time stamp of the signature; whether the figures quoted existed when it was signed.",
        ),
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
