//! What is said when a commission is declined, and when an opinion is sent back.

use crate::demo::city::{Ground, Rng};

/// The sentence that tells a client why its commission is not accepted.
pub fn decline_reason(ground: Ground) -> &'static str {
    match ground {
        Ground::Na1 => "委托事项中的部分要求超出本机构登记的业务范围，建议另行委托具备相应业务范围的鉴定机构。",
        Ground::Na2 => {
            "提供的鉴定材料不充分：缺少伤后首诊的影像学资料原片，经告知补充后仍未能提供，现有材料不足以支持鉴定。"
        }
        Ground::Na3 => "经审查，所述鉴定用途不合法，本机构不予受理，鉴定材料随函退还。",
        Ground::Na4 => "委托方要求在被鉴定人治疗尚未终结时评定最终后果，不符合相关技术规范关于鉴定时机的规定。",
        Ground::Na5 => "鉴定要求超出本机构的技术条件：现有检材量低于检验方法的最低取样量，本机构不具备微量检验的条件。",
        Ground::Na6 => "经查，委托人已就同一鉴定事项同时委托其他鉴定机构进行鉴定，依规定不予受理。",
        Ground::Na7 => "鉴定材料未经办案机关确认，不符合有关规定，请经办案机关确认后重新提出委托。",
    }
}

/// What a reviewer asked for.
pub fn review_remark(rng: &mut Rng) -> &'static str {
    rng.pick(&[
        "资料摘要中出院日期与病历不一致，请核对原始材料后更正；分析说明应写明所依据的具体条款。",
        "检验记录与意见书正文的测量数据有一处不一致，请以实时记录为准统一表述。",
        "鉴定过程未写明所用标准的编号和年代号，请补充；附件目录与所附照片数量不符。",
        "分析说明对因果关系的论述不够充分，请补充既往病史对后果影响的分析。",
        "鉴定意见的表述应与委托事项逐项对应，请补写第二项委托要求的结论。",
    ])
}
