//! What a token may be used for: less than its owner may, never more.

use crate::fail::Fail;
use crate::text::say;

/// Word, Chinese name (the translator's key), and nothing: as the macros of forms take choices.
pub(super) const SCOPES: &[(&str, &str, &str)] = &[
    ("cases:read", "查看案件、期限、经过、意见书草稿、批注和鉴定记录", ""),
    ("cases:write", "提交委托、办理案件步骤、撰写意见书草稿、批注和鉴定记录", ""),
    ("files:read", "下载文书和文件", ""),
    ("files:write", "上传文件", ""),
    ("custody:read", "查看鉴定材料", ""),
    ("custody:write", "接收、流转鉴定材料", ""),
    ("fees:read", "查看费用", ""),
    ("fees:write", "登记报价、收款、缓减免和退费", ""),
    ("archive:read", "查阅、导出案卷", ""),
    ("archive:write", "设置或者解除保全、归档", ""),
    ("imports:read", "查看导入", ""),
    ("imports:write", "导入台账和名册", ""),
    ("register:read", "查询机构名录、收费标准和办理进度，核验意见书", ""),
    ("notices:read", "查看通知", ""),
    ("notices:write", "把通知标为已读", ""),
    ("supervision:read", "查看监管提示", ""),
];

/// The refusal of a token that lacks the scope.
pub(super) fn lacking(scope: &str) -> Fail {
    Fail::Forbidden(say("此令牌没有“%{scope}”权限。请在“接口令牌”页面另建一个令牌。").with("scope", scope))
}
