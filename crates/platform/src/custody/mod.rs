//! Custody (材料流转): every material from its receipt to its return, in whose hand and at which place, derived from events.
//!
//! Reading order: `chain`, `amount` (pure) · `rules`, `forms` (what may be done) · `store`, `places` (what is kept) ·
//! `acts` (what is written) · `pages`, `subject`, `photos` (what people see) · `papers`.
//!
//! **Invariant:** custody knows no case: a material belongs to a subject of some procedure and carries its own owners.

mod acts;
mod amount;
mod chain;
mod described;
mod exported;
mod forms;
mod opened;
mod pages;
pub mod papers;
mod photos;
mod places;
mod rules;
mod store;
mod subject;

pub use acts::{Announced, not_brought, receive_announced, register, return_in_hand};
pub use chain::Holder;
pub use described::{Described, described};
pub use opened::{find as find_subject, open};
pub use pages::{act_on, arrange, holder_text};
pub use photos::{PHOTO_BYTES, Photo, keep as keep_photo, list as photos, room as room_for_photo, show as show_photo};
pub use places::{
    Change as PlaceChange, Place, PlaceKind, described as places_described, list as places, needs_witness,
    save as change_places,
};
pub use rules::Deed;
pub use store::{
    Material, Owners, Recorded, Show, count, events, find as find_material, of_subject, page as page_of, scope_of,
};
pub use subject::{labels, take_in};

use crate::Feature;
use crate::actor::{Actor, RoleKind};
use crate::db::{Conn, DbError};
use crate::fail::Objection;
use crate::text::say;
use crate::web::{CaseTab, NavItem};

/// 通则 22: institutions keep, hand over, examine and dispose of materials under rules, and answer for what is lost.
pub(crate) const T22: &str = "《司法鉴定程序通则》第二十二条";
/// 通则 12 with 22: what is written down when materials come in.
pub(crate) const T12_22: &str = "《司法鉴定程序通则》第十二条、第二十二条";

pub const FEATURE: Feature = Feature {
    name: "custody",
    routes: pages::routes,
    navigation: &[NavItem { path: "/custody", label: "材料流转", shown: |who| who.is_some_and(is_staff) }],
    case_tabs: &[CaseTab { path: "/materials", label: "材料流转", shown: |who| store::scope_of(who).is_ok() }],
};

fn is_staff(who: &Actor) -> bool {
    who.has(RoleKind::Institution)
}

/// Why a material is not accounted for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Announced by the client, and not received.
    NotReceived,
    Lost,
    /// A hand-over waits for this person.
    Unconfirmed(String),
    /// Breaks in its chain that nobody has explained, amounts that do not come out even among them.
    Irregular(i64),
}

/// What another feature needs to know of a material.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    pub name: String,
    pub code: String,
    pub trouble: Option<Trouble>,
}

impl Summary {
    pub fn is_received(&self) -> bool {
        self.trouble != Some(Trouble::NotReceived)
    }

    /// What is wrong, as an objection; none where the material is accounted for.
    pub fn objection(&self) -> Option<Objection> {
        let named = |what| say(what).with("name", &self.name).with("code", &self.code);
        let (what, remedy) = match self.trouble.as_ref()? {
            Trouble::NotReceived => {
                (named("材料“%{name}”（%{code}）还没有接收。"), say("请受理人员在“材料流转”页面接收，写明状态。"))
            }
            Trouble::Lost => (
                named("材料“%{name}”（%{code}）下落不明。"),
                say("请查找并登记“找到了”；找不到的，依法处理，不得出具意见书。"),
            ),
            Trouble::Unconfirmed(who) => (
                named("材料“%{name}”（%{code}）的交接等待%{who}确认。").with("who", who),
                say("请%{who}确认或者拒绝。").with("who", who),
            ),
            Trouble::Irregular(n) => (
                named("材料“%{name}”（%{code}）的流转有%{n}处异常没有说明。").with("n", n),
                say("请机构负责人查明后在材料页面作出说明。"),
            ),
        };
        Some(Objection { what, article: T22, remedy })
    }
}

/// The subject's materials as they stand.
pub async fn holdings(conn: &mut Conn, subject_id: &str) -> Result<Vec<Summary>, DbError> {
    let materials = store::of_subject(conn, subject_id).await?;
    Ok(materials
        .into_iter()
        .map(|one| {
            let trouble = match (&one.holder, &one.awaits) {
                (Holder::Client, _) => Some(Trouble::NotReceived),
                (Holder::Lost, _) => Some(Trouble::Lost),
                (_, Some(who)) => Some(Trouble::Unconfirmed(who.name.clone())),
                _ if one.irregular > 0 => Some(Trouble::Irregular(one.irregular)),
                _ => None,
            };
            Summary { name: one.name, code: one.code, trouble }
        })
        .collect())
}

/// Those of them that are not accounted for: while there is one, no opinion leaves the house.
pub fn unaccounted(materials: &[Summary]) -> Vec<&Summary> {
    materials.iter().filter(|one| one.trouble.is_some()).collect()
}
