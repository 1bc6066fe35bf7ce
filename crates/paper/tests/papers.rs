//! Every sample of every paper of the application comes out, and says what it must.

mod common;

#[path = "../../platform/src/cases/papers.rs"]
#[allow(dead_code, reason = "the application uses the rest")]
mod cases;

#[path = "../../platform/src/archive/papers.rs"]
#[allow(dead_code, reason = "the application uses the rest")]
mod archive;

#[path = "../../platform/src/custody/papers.rs"]
#[allow(dead_code, reason = "the application uses the rest")]
mod custody;

#[path = "../../platform/src/opinions/papers.rs"]
#[allow(dead_code, reason = "the application uses the rest")]
mod opinions;

use cases::{AcceptanceCheck, CommissionAgreement, NoticeToClient, RefusalNotice, notices};
#[path = "../../platform/src/tracking/papers.rs"]
#[allow(dead_code, reason = "the application uses the rest")]
mod tracking;

use archive::{VolumeCover, VolumeSheet};
use common::{press, text};
use opinions::{OpinionDocument, ReviewOpinion};
use paper::{Pdf, Printed};
use tracking::TrackingSlip;

const RARE_NAME: &str = "𠮷㛃𬎆𫍯𰀀";

/// Prints all samples. With `PAPER_PICTURES=dir` they are left there to be looked at.
fn printed<P: Printed>(samples: Vec<P>) -> Vec<Pdf> {
    let print = |(n, sample): (usize, &P)| {
        let pdf = press().print(sample).unwrap_or_else(|faults| panic!("{} {n}: {faults:?}", P::title()));
        if let Ok(dir) = std::env::var("PAPER_PICTURES") {
            let name = P::template().name.replace(".typ", &format!("-{n}.pdf"));
            std::fs::write(std::path::Path::new(&dir).join(name), &pdf.bytes).expect("the directory can be written");
        }
        assert!(pdf.pages >= 1);
        pdf
    };
    samples.iter().enumerate().map(print).collect()
}

/// All of `words` are in the paper, whatever the line breaks.
fn says(pdf: &Pdf, words: &[&str]) {
    let text = text(pdf);
    for word in words {
        assert!(text.contains(word), "“{word}” is not in: {text}");
    }
}

#[test]
fn volumes() {
    let covers = printed(VolumeCover::samples());
    says(&covers[0], &["司法鉴定案卷", "卷内目录", "示例市示例区人民法院", "1–2", "送达登记"]);
    assert!(covers[0].pages == 2 && covers[1].pages > 8);
    let sheets = printed(VolumeSheet::samples());
    says(&sheets[0], &["鉴定记录", "右侧胸部压痛", "立卷人"]);
    assert!(sheets[1].pages > 3);
}

#[test]
fn commission_agreements() {
    let pdfs = printed(CommissionAgreement::samples());
    says(
        &pdfs[0],
        &["司法鉴定委托书", "示例市示例区人民法院", "甲某", "鉴定风险提示", "￥2,250.50元", "贰仟贰佰伍拾元零伍角整"],
    );
    says(&pdfs[0], &["三、诉讼当事人及被鉴定人", "检材损耗的处理", "收费标准", "结算方式", "不计入鉴定时限"]);
    says(&pdfs[1], &[RARE_NAME, "原鉴定意见"]);
    assert!(pdfs[0].pages <= 4 && pdfs[3].pages > pdfs[0].pages);
}

#[test]
fn acceptance_checks() {
    let pdfs = printed(AcceptanceCheck::samples());
    assert_eq!(pdfs[0].pages, 1);
    says(&pdfs[0], &["司法鉴定受理审查表", "机构负责人"]);
    for question in cases::ACCEPTANCE_QUESTIONS {
        says(&pdfs[0], &[question]);
    }
    says(&pdfs[1], &[RARE_NAME]);
}

#[test]
fn notices_of_the_detours() {
    fn proves<P: Printed>(samples: Vec<P>) {
        let pdfs = printed(samples);
        says(&pdfs[0], &[P::title(), "示例市示例区人民法院", "缺少伤后首次影像资料", "第二十八条", "签收人"]);
        says(&pdfs[1], &[RARE_NAME]);
        assert!(pdfs[0].pages == 1 && pdfs[3].pages > 1, "{}", P::title());
    }
    proves(notices::SupplementNotice::samples());
    proves(notices::PauseNotice::samples());
    proves(notices::SuspensionNotice::samples());
    proves(notices::ResumptionNotice::samples());
    proves(notices::ContinuationNotice::samples());
    proves(notices::ExtensionNotice::samples());
    proves(notices::TerminationNotice::samples());
    proves(notices::RecusalDecisionPaper::samples());
    proves(notices::CorrectionLetter::samples());
    proves(notices::CourtRecord::samples());
}

#[test]
fn notices_to_clients() {
    let pdfs = printed(NoticeToClient::samples());
    says(&pdfs[0], &["司法鉴定告知书", "甲某", "十、有下列情形的", "（十）其他不符合", "签名"]);
    says(&pdfs[1], &[RARE_NAME]);
}

#[test]
fn refusal_notices() {
    let pdfs = printed(RefusalNotice::samples());
    assert_eq!(pdfs[0].pages, 1);
    says(&pdfs[0], &["不予受理", "《司法鉴定程序通则》第十五条第五项", "住院病历", "签收人"]);
    says(&pdfs[1], &[RARE_NAME]);
}

#[test]
fn registers_and_receipts_of_materials() {
    let pdfs = printed(custody::MaterialsRegister::samples());
    says(&pdfs[0], &["鉴定材料接收登记表", "7KQ2M9XA01", "抗凝全血，冷藏", "试管完好", "F-001", "移交人"]);
    says(&pdfs[1], &[RARE_NAME]);
    assert!(pdfs[0].pages == 1 && pdfs[2].pages > 1);
    let pdfs = printed(custody::MaterialReceipt::samples());
    says(&pdfs[0], &["鉴定材料退还凭证", "3ml", "领取人"]);
    says(&pdfs[1], &["鉴定材料销毁凭证", "高压灭菌", RARE_NAME]);
    assert!(pdfs.iter().all(|pdf| pdf.pages == 1));
}

#[test]
fn labels_of_materials() {
    let pdfs = printed(custody::MaterialLabels::samples());
    says(&pdfs[0], &["7KQ2M9XA00", "血样", "5ml", RARE_NAME]);
    assert_eq!((pdfs[0].pages, pdfs[1].pages), (1, 2), "21 labels a sheet");
}

#[test]
fn review_opinions() {
    let pdfs = printed(ReviewOpinion::samples());
    assert_eq!(pdfs[0].pages, 1);
    says(&pdfs[0], &["司法鉴定复核意见", "一、关于鉴定程序", "二、关于鉴定意见", "己某", "复核人"]);
    says(&pdfs[1], &[RARE_NAME]);
}

#[test]
fn opinion_documents() {
    let pdfs = printed(OpinionDocument::samples());
    assert_eq!(pdfs[0].pages, 6);
    let parts =
        ["一、基本情况", "二、基本案情", "三、资料摘要", "四、鉴定过程", "五、分析说明", "六、鉴定意见", "七、附件"];
    says(&pdfs[0], &parts);
    says(&pdfs[0], &["示例司法鉴定中心", "共4页第4页", "《司法鉴定人执业证》证号：310000000001", "声明", "核验码"]);
    says(&pdfs[1], &[RARE_NAME, "不同意见", "右膝关节CT"]);
    // 上海市司法鉴定管理条例 art. 30: a reviewer does not sign the opinion.
    assert!(pdfs.iter().all(|pdf| !text(pdf).contains("复核人")));
}

#[test]
fn no_page_has_only_signatures() {
    for seed in 1..12 {
        let mut paper = OpinionDocument::ordinary(seed);
        paper.analysis.push_str(&"\n补充说明一行。".repeat(seed as usize * 2));
        let pdf = press().print(&paper).expect("prints");
        let last = common::poppler("pdftotext", &["-f", &pdf.pages.to_string(), "-", "-"], &pdf.bytes);
        let last = String::from_utf8_lossy(&last).into_owned();
        assert!(last.contains("签名") && last.contains("营养期"), "seed {seed}: {last}");
    }
}

#[test]
fn the_tracking_slip_holds_number_and_code() {
    let pdfs = printed(TrackingSlip::samples());
    says(&pdfs[0], &["进度查询单", "7KQ2M-9XA0B", "ABCD-1234"]);
}
