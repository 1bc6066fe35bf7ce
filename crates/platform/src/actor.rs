//! Who acts: roles, and the person that a request or a transaction belongs to.
//!
//! **Invariant:** an [`Actor`] is only made by `accounts` (from a session) or by the demo and the tests, never from what a
//! request says.

use crate::text::Lang;
use std::fmt;
use std::str::FromStr;

macro_rules! roles {
    ($($variant:ident, $stored:literal, $chinese:literal, $kind:ident;)*) => {
        /// What a person does here; the list of design §1.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Role { $($variant),* }

        impl Role {
            pub const ALL: &'static [Role] = &[$(Role::$variant),*];

            /// The stored word.
            pub fn word(self) -> &'static str {
                match self { $(Role::$variant => $stored),* }
            }

            /// The Chinese name, which is the translator's key.
            pub fn label(self) -> &'static str {
                match self { $(Role::$variant => $chinese),* }
            }

            pub fn kind(self) -> RoleKind {
                match self { $(Role::$variant => RoleKind::$kind),* }
            }
        }
    };
}

/// Which side of the house a role belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleKind {
    Client,
    Institution,
    Bureau,
    Association,
    /// One of the three administrators: at most one of them on an account, and nothing else beside it.
    Administrator,
}

roles! {
    Client, "client", "委托人", Client;
    FrontDesk, "front_desk", "受理人员", Institution;
    Appraiser, "appraiser", "鉴定人", Institution;
    Reviewer, "reviewer", "复核人", Institution;
    Head, "head", "机构负责人", Institution;
    Archivist, "archivist", "档案管理员", Institution;
    LicensingOfficer, "licensing_officer", "行政审批人员", Bureau;
    Supervisor, "supervisor", "执业监管人员", Bureau;
    ComplaintOfficer, "complaint_officer", "投诉处理人员", Bureau;
    Statistician, "statistician", "统计人员", Bureau;
    AssociationOfficer, "association_officer", "协会人员", Association;
    Expert, "expert", "专家", Association;
    SystemAdministrator, "system_administrator", "系统管理员", Administrator;
    SecurityAdministrator, "security_administrator", "安全管理员", Administrator;
    AuditAdministrator, "audit_administrator", "审计管理员", Administrator;
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Role::ALL.iter().copied().find(|role| role.word() == text).ok_or_else(|| {
            let words: Vec<_> = Role::ALL.iter().map(|role| role.word()).collect();
            format!("there is no role {text:?}; the roles are {}", words.join(", "))
        })
    }
}

crate::text_columns!(Role);

/// The person behind a request or a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    pub account_id: String,
    pub login: String,
    pub name: String,
    pub roles: Vec<Role>,
    /// The institution, court or bureau the person belongs to.
    pub organisation_id: Option<String>,
    pub organisation_name: String,
    /// The appraiser of the register that this account is, if it is one.
    pub appraiser_id: Option<String>,
    pub language: Lang,
}

impl Actor {
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// The role in which this person takes a step that these may take; the first of them where the person is none.
    pub fn acting_as(&self, by: &[Role]) -> Role {
        by.iter().copied().find(|role| self.is(*role)).unwrap_or(by[0])
    }

    pub fn has(&self, kind: RoleKind) -> bool {
        self.roles.iter().any(|role| role.kind() == kind)
    }
}
