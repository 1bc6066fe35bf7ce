//! 文书: whose hand wrote a name, which seal was pressed.

use super::{Rng, Scene, Wording, chinese, fill, list, material};
use crate::demo::city::{CityOpinion, MaterialKind};
use jiff::ToSpan;

const GENERAL: &str = "GB/T 37234-2018《文件鉴定通用规范》";

pub fn handwriting(scene: &Scene, rng: &mut Rng) -> Wording {
    const METHOD: &str = "GB/T 37239-2018《笔迹鉴定技术规范》";
    let document = rng.pick(&["借条", "股权转让协议", "收条", "担保书", "房屋买卖合同"]);
    let writer = rng.pick(&["甲某", "丁某云", "许某衡", "沈某舟", "陶某岚"]);
    let date = scene.happened();
    let samples = rng.between(4, 12);
    let (found, verdict) = [
        (
            "两者在书写水平、字形、连笔方式、笔顺、运笔及起收笔的细微特征上符合点多且价值高，差异点少，且能得到合理解释",
            "是",
        ),
        (
            "两者在字的结构比例、搭配位置、笔力轻重及细微运笔特征上差异点多且为本质性差异，符合点多属字的通用写法",
            "不是",
        ),
        ("两者的符合特征总体价值较高，虽存在个别变化，但不构成本质性差异，因样本数量有限，作倾向性判断", "倾向认为是"),
    ][rng.weighted(&[45, 40, 15])];
    let questioned = format!("落款日期为“{date}”的《{document}》");
    let conclusion = match verdict {
        "倾向认为是" => format!("{questioned}上“{writer}”签名字迹与样本签名字迹倾向认为是同一人所写。"),
        _ => format!("{questioned}上“{writer}”签名字迹与样本签名字迹{verdict}同一人所写。"),
    };
    let opinion = CityOpinion {
        digest: format!(
            "1. 检材：{questioned}原件一页，A4纸，内容为打印，签名处为黑色签字笔书写，纸张平整，字迹清晰。标记为JC。\n2. 样本：委托人提供并经双方质证确认的“{writer}”签名样本{samples}份，书写时间自{}至{}，含自然样本与当庭书写的实验样本。依次标记为YB1～YB{samples}。",
            chinese(scene.happened_on.saturating_add((-400).days())),
            scene.after(200)
        ),
        process: format!(
            "（一）检验方法\n按照{GENERAL}、{METHOD}进行检验，使用体视显微镜、文件检验仪、高分辨率扫描仪。\n（二）检材检验（{}）\n检材签名字迹书写流畅，笔画连贯，未见描摹、停顿、重描等伪装迹象，显微镜下墨迹沉着自然，无复印、打印墨粉特征。\n（三）样本检验\n样本字迹书写自然，各样本之间特征反映稳定，具备比对条件。\n（四）比较检验\n将检材与样本字迹进行比对，{found}。详见《笔迹特征比对表》。",
            scene.examined()
        ),
        analysis: format!(
            "检材签名为正常书写，样本充分可靠。经综合评断，{found}，其特征总和{}反映同一人的书写习惯。",
            if verdict == "不是" { "不能" } else { "能够" }
        ),
        conclusion,
        annexes: list(&["检材复制件一页", "样本复制件", "笔迹特征比对表三页", "鉴定机构及鉴定人资质复印件"]),
        methods: list(&[GENERAL, METHOD]),
        place: scene.room("文书鉴定室"),
        present: String::new(),
    };
    let event = rng.pick(&[
        "据委托方介绍：在审理一起民间借贷纠纷案件中，原告提交{doc}作为证据，被告否认其上“{writer}”的签名系其本人所写，申请笔迹鉴定。",
        "据委托方介绍：双方当事人因合同履行发生争议，对{doc}上“{writer}”签名的真实性各执一词，为查明事实，委托鉴定。",
    ]);
    Wording {
        matter: format!("对{questioned}上“{writer}”签名字迹与样本签名字迹是否为同一人所写进行鉴定"),
        purpose: "民事诉讼".to_owned(),
        case_facts: fill(event, &[("doc", &questioned), ("writer", writer)]),
        object: questioned.clone(),
        materials: vec![
            material(&format!("{questioned}（检材）"), MaterialKind::Object, 1, "页", "原件，A4纸"),
            material("签名样本", MaterialKind::Sample, samples, "份", "原件，经双方当事人确认"),
        ],
        opinion,
    }
}

pub fn seal(scene: &Scene, rng: &mut Rng) -> Wording {
    const METHOD: &str = "GB/T 37231-2018《印章印文鉴定技术规范》";
    let company = rng.pick(&[
        "演示云帆建设工程有限公司",
        "演示青衡贸易有限公司",
        "演示澄观物业管理有限公司",
        "演示听松科技有限公司",
    ]);
    let document = rng.pick(&["工程结算单", "补充协议", "担保函", "对账确认书"]);
    let same = rng.per_mille(550);
    let (found, verdict) = if same {
        (
            "印文规格、文字布局、笔画搭配、边框及五角星形态相互重合，且在“限”字末笔残缺、边框右下缺损等细节特征上相符",
            "是",
        )
    } else {
        ("印文直径相差约0.6mm，文字间距、五角星角尖指向及“公”字笔画搭配均有明显差异，重叠比对不能重合", "不是")
    };
    let questioned = format!("落款日期为“{}”的《{document}》", scene.happened());
    let samples = rng.between(3, 8);
    let opinion = CityOpinion {
        digest: format!(
            "1. 检材：{questioned}一份两页，落款处盖有“{company}”红色圆形印文一枚，印文清晰，标记为JC。\n2. 样本：委托人自登记机关调取的“{company}”备案材料及同期合同{samples}份，其上同名印文盖印时间与检材相近，依次标记为YB1～YB{samples}。"
        ),
        process: format!(
            "（一）检验方法\n按照{GENERAL}、{METHOD}进行检验，使用文件检验仪、体视显微镜及图像比对软件。\n（二）检材检验（{}）\n检材印文为红色印油盖印形成，显微镜下可见印油堆积与渗散，非打印、复印形成；印文直径{}.{}mm。\n（三）样本检验\n样本印文之间特征稳定，系同一枚印章在不同条件下盖印，变化范围在正常范围内。\n（四）比较检验\n经测量比较、画线比较和重叠比较，{found}。",
            scene.examined(),
            rng.between(39, 41),
            rng.between(0, 9)
        ),
        analysis: format!(
            "印文的规格、布局特征和细节特征是认定印章同一的依据。检材与样本之间，{found}；{}。",
            if same {
                "上述特征的总和具有特定性，差异可由盖印条件不同加以解释"
            } else {
                "上述差异超出盖印压力、衬垫、印油等条件变化的范围，属本质性差异"
            }
        ),
        conclusion: format!("{questioned}上“{company}”印文与样本印文{verdict}同一枚印章所盖印。"),
        annexes: list(&["检材复制件两页", "样本印文复制件", "印文特征比对表两页", "鉴定机构及鉴定人资质复印件"]),
        methods: list(&[GENERAL, METHOD]),
        place: scene.room("文书鉴定室"),
        present: String::new(),
    };
    let event = "据委托方介绍：在一起合同纠纷中，一方提交了{doc}，{company}对其上公章的真实性不予认可，认为该印文并非其备案印章所盖，申请鉴定。";
    Wording {
        matter: format!("对{questioned}上“{company}”印文与样本印文是否为同一枚印章所盖印进行鉴定"),
        purpose: "民事诉讼".to_owned(),
        case_facts: fill(event, &[("doc", &questioned), ("company", company)]),
        object: questioned.clone(),
        materials: vec![
            material(&format!("{questioned}（检材）"), MaterialKind::Object, 1, "份", "原件，两页"),
            material("盖有同名印文的样本材料", MaterialKind::Sample, samples, "份", "原件或加盖查询章的复印件"),
        ],
        opinion,
    }
}
