//! 撤销鉴定意见: an issued opinion that its institution does not stand by any more.
//!
//! The 通则 is silent on it. 证据规定 42 says what follows when a court had adopted the opinion; 证据规定 40 lists what makes one
//! worthless. From these the closed list of grounds is taken; which of them a place allows stands in its rule pack
//! (`withdrawal.grounds`), under the same words.

use crate::cases::law;
use crate::fees::law as fee_law;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

choices! {
    /// The only grounds: what could be mended (通则 30, 41) is corrected or supplemented, not withdrawn.
    WithdrawalGround {
        Unlicensed, "unlicensed", "鉴定机构或者鉴定人不具备相应的资格";
        Procedure, "procedure", "鉴定程序严重违法";
        Basis, "basis", "鉴定意见明显依据不足，不能以补正、补充鉴定补救";
        Materials, "materials", "作为依据的鉴定材料被查明不真实";
        Recusal, "recusal", "鉴定人应当回避而没有回避";
        Authority, "authority", "人民法院或者司法行政机关决定撤销";
    }
}

impl WithdrawalGround {
    pub fn article(self) -> &'static str {
        match self {
            Self::Unlicensed | Self::Procedure | Self::Basis => fee_law::E40,
            Self::Materials => law::T12,
            Self::Recusal => law::T20,
            Self::Authority => fee_law::E42,
        }
    }

    /// The law itself gives everything back, whether or not a court had adopted the opinion (证据规定 40).
    pub fn is_refunded_in_full(self) -> bool {
        matches!(self, Self::Unlicensed | Self::Procedure | Self::Basis)
    }
}

choices! {
    /// Whether a court rests on the opinion: it decides on the refund, and on what the court has to do (证据规定 42).
    Adoption {
        Yes, "yes", "已经被人民法院采信";
        No, "no", "没有被人民法院采信";
        Unknown, "unknown", "不知道是否被采信";
    }
}

choices! {
    /// What the institution undertakes about the fee; the money itself is reckoned on the page of fees.
    RefundUndertaking {
        Full, "full", "全部退还已收的鉴定费用";
        Reckoned, "reckoned", "按照原因和责任核算";
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpinionWithdrawal {
    pub ground: WithdrawalGround,
    pub explanation: String,
    /// Name, number and date of the court's or bureau's paper that decides or permits it.
    pub document: String,
    pub adopted: Adoption,
    /// Court and case number of the case in which it was adopted.
    pub court: String,
    pub refund: RefundUndertaking,
    pub by: String,
    pub on: Date,
}

impl OpinionWithdrawal {
    /// What is due by law whatever is reckoned: all of it, with the article; none where the law leaves it open.
    pub fn full_refund_by(&self) -> Option<&'static str> {
        if self.adopted == Adoption::Yes {
            return Some(fee_law::E42);
        }
        self.ground.is_refunded_in_full().then_some(fee_law::E40)
    }
}
