//! 声像资料: data on devices, recordings, images.

use super::{Rng, Scene, Wording, fill, list, material};
use crate::demo::city::{CityOpinion, MaterialKind};

/// A digest as it stands in such papers: 64 hexadecimal digits.
fn digest(rng: &mut Rng) -> String {
    (0..64).map(|_| char::from_digit(rng.below(16) as u32, 16).unwrap_or('0')).collect()
}

pub fn data(scene: &Scene, rng: &mut Rng) -> Wording {
    const GENERAL: &str = "SF/Z JD0400001-2014《电子数据司法鉴定通用实施规范》";
    const PHONE: &str = "SF/Z JD0401002-2015《手机电子数据提取操作规范》";
    const SEARCH: &str = "GB/T 29362-2012《电子物证数据搜索检验规程》";
    let device = rng.pick(&["黑色智能手机一部", "银色笔记本电脑一台", "USB移动硬盘一块", "网络硬盘录像机一台"]);
    let kind = rng.pick(&["即时通讯聊天记录", "转账记录截图文件", "财务表格文件", "电子邮件"]);
    let method = if device.contains("手机") { PHONE } else { SEARCH };
    let (count, edited) = (rng.between(36, 4200), rng.per_mille(300));
    let verdict = if edited {
        "其中3个文件的内部时间属性与文件系统时间相互矛盾，存在编辑修改痕迹"
    } else {
        "其元数据、数据库索引与文件系统时间相互一致，未发现增加、删除、修改的痕迹"
    };
    let opinion = CityOpinion {
        digest: format!(
            "检材为{device}，封存于标号为{:06}的防拆封存袋内，封条完好，封条上有持有人及两名办案人员签名。委托方提供的《电子数据检查笔录》载明扣押时间为{}。",
            rng.below(1_000_000),
            scene.happened()
        ),
        process: format!(
            "（一）检验方法\n按照{GENERAL}、{method}进行检验。\n（二）检验设备\n只读锁、电子数据取证分析系统、校验工具，使用前经病毒查杀及功能核验。\n（三）检验过程（{}）\n1. 对检材拆封前后照相、录像，记录外观及系统时间，与北京时间误差{}秒。\n2. 使用只读方式制作完整镜像，镜像文件SHA-256值为{}，复核一致；以下检验均在镜像副本上进行。\n3. 检索到{kind}{count}条（个），逐一核对时间属性、存储位置及关联日志。\n4. {verdict}。\n5. 将检出数据导出并计算校验值，刻录于只读光盘。",
            scene.examined(),
            rng.between(0, 42),
            digest(rng)
        ),
        analysis: format!(
            "检材封存完好，镜像校验值一致，检验全程未改变原始数据，检出数据来源清楚。对检出的{kind}从存储层、应用层两方面综合分析，{verdict}。"
        ),
        conclusion: format!("送检的{device}中检出{kind}{count}条（个），{verdict}。"),
        annexes: list(&["检材照片四张", "检出数据清单一份", "只读光盘一张", "鉴定机构及鉴定人资质复印件"]),
        methods: list(&[GENERAL, method]),
        place: scene.room("电子数据实验室"),
        present: String::new(),
    };
    let event = rng.pick(&[
        "据委托方介绍：在办理一起涉嫌网络诈骗案件中，于{day}依法扣押{device}。为查明案件事实，需对其中的{kind}进行提取并鉴定其真实性。",
        "据委托方介绍：双方当事人对{day}前后形成的{kind}是否完整、有无修改存在争议，现将存储该数据的{device}送检。",
    ]);
    Wording {
        matter: format!("对送检的{device}中{kind}的真实性（是否经过修改）进行鉴定"),
        purpose: "诉讼".to_owned(),
        case_facts: fill(event, &[("day", &scene.happened()), ("device", device), ("kind", kind)]),
        object: device.to_owned(),
        materials: vec![
            material(device, MaterialKind::Object, 1, "件", "防拆封存袋封存，外观完好"),
            material("电子数据检查笔录", MaterialKind::Document, 1, "份", "复印件"),
        ],
        opinion,
    }
}

pub fn recording(scene: &Scene, rng: &mut Rng) -> Wording {
    const METHOD: &str = "SF/Z JD0301001-2010《录音资料鉴定规范》";
    let (minutes, seconds) = (rng.between(3, 48), rng.between(0, 59));
    let whole = rng.per_mille(750);
    let found = if whole {
        "波形连续，未见异常截断，背景噪声平稳过渡，语谱图上未见突变，元数据与录制设备默认参数一致"
    } else {
        "在两处出现波形不连续和背景噪声突变，语谱图可见能量陡变，且文件元数据中留有编辑软件标识"
    };
    let opinion = CityOpinion {
        digest: format!(
            "检材为录音文件一个，存储于送检手机中，文件名“录音{:03}.m4a”，时长{minutes}分{seconds}秒，SHA-256值为{}。送检材料同时提供了录音内容的书面整理稿。",
            rng.below(1000),
            digest(rng)
        ),
        process: format!(
            "（一）检验方法\n按照{METHOD}进行检验，使用语音分析工作站。\n（二）检验过程（{}）\n1. 核对文件属性、编码格式、采样率（44.1kHz，单声道）及元数据。\n2. 听觉检验：由两名鉴定人分别反复听辨，记录可疑处。\n3. 声谱检验：{found}。\n4. 以送检手机在相近条件下录制实验样本五段，比对其文件结构及背景特征。",
            scene.examined()
        ),
        analysis: format!(
            "经听觉检验、波形及声谱检验、文件结构检验，{found}。实验样本与检材的文件结构{}。",
            if whole { "相符" } else { "不符" }
        ),
        conclusion: if whole {
            "送检的录音文件未发现经过剪辑处理的痕迹。".to_owned()
        } else {
            "送检的录音文件存在经过剪辑处理的痕迹。".to_owned()
        },
        annexes: list(&["声谱图六张", "文件属性截图三张", "检材文件光盘一张", "鉴定机构及鉴定人资质复印件"]),
        methods: list(&[METHOD]),
        place: scene.room("声像资料鉴定室"),
        present: String::new(),
    };
    Wording {
        matter: "对送检录音文件是否经过剪辑处理进行鉴定".to_owned(),
        purpose: "民事诉讼".to_owned(),
        case_facts: format!(
            "据委托方介绍：一方当事人提交形成于{}的谈话录音作为证据，对方认为该录音经过剪辑，不能反映谈话全貌，申请鉴定。",
            scene.happened()
        ),
        object: "录音文件一个".to_owned(),
        materials: vec![
            material("存有录音文件的手机", MaterialKind::Object, 1, "部", "原始录制设备，封存完好"),
            material("录音内容整理稿", MaterialKind::Document, 1, "份", "打印件"),
        ],
        opinion,
    }
}

pub fn image(scene: &Scene, rng: &mut Rng) -> Wording {
    const GENERAL: &str = "SF/Z JD0300001-2010《声像资料鉴定通用规范》";
    const METHOD: &str = "SF/Z JD0304001-2010《录像资料鉴定规范》";
    let same = rng.per_mille(700);
    let found = if same {
        "两者在面部轮廓、眉眼间距、鼻翼形态、耳廓结构及左颊斑痣位置等特征上相符，未见本质性差异"
    } else {
        "两者在耳廓结构、鼻唇间距比例及体态步幅特征上存在明显差异"
    };
    let opinion = CityOpinion {
        digest: format!(
            "检材为监控视频一段，时长{}秒，分辨率1920×1080，录制于{}；样本为委托人提供的人像照片六张，正面、左右侧面各两张。",
            rng.between(24, 300),
            scene.happened()
        ),
        process: format!(
            "（一）检验方法\n按照{GENERAL}、{METHOD}进行检验。\n（二）检验过程（{}）\n1. 对检材视频逐帧审看，选取目标人物成像清晰的截图九帧，经去噪、增强处理。\n2. 对样本照片按检材的拍摄角度选择可比对象。\n3. 采用特征标示法、重叠法、测量法进行比较：{found}。",
            scene.examined()
        ),
        analysis: format!(
            "检材图像具备检验条件，样本充分。经综合评断，{found}；{}。",
            if same {
                "所见变化可由拍摄角度、光照及分辨率加以解释"
            } else {
                "差异超出拍摄条件变化的范围"
            }
        ),
        conclusion: if same {
            "检材视频中的目标人物与样本照片中的人像倾向认为是同一人。".to_owned()
        } else {
            "检材视频中的目标人物与样本照片中的人像不是同一人。".to_owned()
        },
        annexes: list(&["视频截图九张", "人像特征比对表四页", "鉴定机构及鉴定人资质复印件"]),
        methods: list(&[GENERAL, METHOD]),
        place: scene.room("声像资料鉴定室"),
        present: String::new(),
    };
    Wording {
        matter: "对监控视频中的目标人物与样本照片中的人像是否为同一人进行鉴定".to_owned(),
        purpose: "办理案件".to_owned(),
        case_facts: format!(
            "据委托方介绍：{}，演示市鹿鸣路一店铺内财物被盗，店内监控拍摄到可疑人员的影像。为确认其身份，委托鉴定。",
            scene.happened()
        ),
        object: "监控视频一段".to_owned(),
        materials: vec![
            material("监控视频", MaterialKind::Data, 1, "段", "MP4文件，光盘存储"),
            material("人像样本照片", MaterialKind::Sample, 6, "张", "彩色，正面及侧面"),
        ],
        opinion,
    }
}
