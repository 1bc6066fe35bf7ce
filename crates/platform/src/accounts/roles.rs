//! Which roles may stand together on one account. Pure; the database refuses the worst as well (db/dialect.rs).
//!
//! **Invariant:** an administrator (系统、安全、审计) has that one role and no other, so that nobody can both do a thing and
//! let it pass.

use crate::actor::{Role, RoleKind};
use crate::fail::Objection;
use crate::text::say;

/// The clause that separates the three administrators.
const SEPARATION: &str = "GB/T 22239-2019 8.1.5";

/// Everything that speaks against these roles on one account; nothing when they fit.
pub fn roles_fit(roles: &[Role]) -> Vec<Objection> {
    let administrators = roles.iter().filter(|role| role.kind() == RoleKind::Administrator).count();
    let mut objections = Vec::new();
    if administrators > 1 {
        objections.push(Objection {
            what: say("一个账户只能担任系统、安全、审计三种管理员中的一种。"),
            article: SEPARATION,
            remedy: say("请只保留其中一种，另一种由他人担任。"),
        });
    }
    if administrators > 0 && roles.len() > administrators {
        objections.push(Objection {
            what: say("管理员账户不能兼有业务角色。"),
            article: SEPARATION,
            remedy: say("请为业务工作另设账户，由他人担任管理员。"),
        });
    }
    let mut kinds = Vec::new();
    for role in roles.iter().filter(|role| role.kind() != RoleKind::Administrator) {
        if !kinds.contains(&role.kind()) {
            kinds.push(role.kind());
        }
    }
    if kinds.len() > 1 {
        objections.push(Objection {
            what: say("委托人、鉴定机构、司法行政机关、行业协会的角色不能在同一账户上混用。"),
            article: "",
            remedy: say("请只选择同一方的角色；同一人在两方任职的，分别设立账户。"),
        });
    }
    objections
}

/// Everything that speaks against these roles for somebody of such an organisation (`organisation.kind`), or of none.
pub fn home_fits(roles: &[Role], organisation_kind: Option<&str>) -> Vec<Objection> {
    let mut objections: Vec<Objection> = Vec::new();
    for role in roles {
        let fits = match (role, role.kind()) {
            // An expert may come from anywhere, a university as well as an institution.
            (Role::Expert, _) => true,
            (_, RoleKind::Client) => {
                organisation_kind.is_some_and(|kind| !matches!(kind, "institution" | "bureau" | "association"))
            }
            (_, RoleKind::Institution) => organisation_kind == Some("institution"),
            (_, RoleKind::Bureau) => organisation_kind == Some("bureau"),
            (_, RoleKind::Association) => organisation_kind == Some("association"),
            (_, RoleKind::Administrator) => matches!(organisation_kind, None | Some("bureau")),
        };
        let objection = Objection {
            what: say("角色“%{role}”须属于%{home}。").word("role", role.label()).word("home", home(role.kind())),
            article: "",
            remedy: say("请选择与角色相符的单位，或改选角色。"),
        };
        if !fits {
            objections.push(objection);
        }
    }
    objections
}

fn home(kind: RoleKind) -> &'static str {
    match kind {
        RoleKind::Client => "某一委托单位",
        RoleKind::Institution => "某一鉴定机构",
        RoleKind::Bureau => "某一司法行政机关",
        RoleKind::Association => "某一行业协会",
        RoleKind::Administrator => "某一司法行政机关，或不属于任何单位",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_sides_on_one_account() {
        for one in Role::ALL {
            assert!(roles_fit(&[*one]).is_empty(), "{one} alone");
            for other in Role::ALL.iter().filter(|other| *other != one) {
                let fits = roles_fit(&[*one, *other]).is_empty();
                let same_side = one.kind() == other.kind() && one.kind() != RoleKind::Administrator;
                assert_eq!(fits, same_side, "{one} with {other}");
            }
        }
    }

    #[test]
    fn every_objection_is_told() {
        let all = roles_fit(&[Role::SystemAdministrator, Role::AuditAdministrator, Role::Head, Role::Supervisor]);
        assert_eq!(all.len(), 3);
    }

    #[test]
    fn a_role_has_its_home() {
        for (role, kind, fits) in [
            (Role::Appraiser, Some("institution"), true),
            (Role::Appraiser, Some("court"), false),
            (Role::Appraiser, None, false),
            (Role::Client, Some("court"), true),
            (Role::Client, Some("citizen"), true),
            (Role::Client, Some("institution"), false),
            (Role::Client, None, false),
            (Role::Supervisor, Some("bureau"), true),
            (Role::Supervisor, Some("institution"), false),
            (Role::AssociationOfficer, Some("association"), true),
            (Role::AssociationOfficer, None, false),
            (Role::Expert, Some("institution"), true),
            (Role::Expert, None, true),
            (Role::AuditAdministrator, None, true),
            (Role::AuditAdministrator, Some("bureau"), true),
            (Role::AuditAdministrator, Some("institution"), false),
        ] {
            assert_eq!(home_fits(&[role], kind).is_empty(), fits, "{role} of {kind:?}");
        }
    }
}
