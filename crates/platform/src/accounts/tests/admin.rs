//! The three administrators, and that they stay three.

use super::*;
use crate::actor::RoleKind;

struct Three {
    town: Town,
    system: Browser,
    security: Browser,
    audit: Browser,
}

async fn three() -> Three {
    let town = Town::new().await;
    let system = town.account("sys", &[Role::SystemAdministrator], None).await;
    let security = town.account("sec", &[Role::SecurityAdministrator], Some("bureau")).await;
    let audit = town.account("aud", &[Role::AuditAdministrator], None).await;
    let (system, security, audit) =
        (town.signed_in(&system).await, town.signed_in(&security).await, town.signed_in(&audit).await);
    Three { town, system, security, audit }
}

const NEW: &[(&str, &str)] = &[("login", "Xin.01"), ("name", "新某"), ("organisation", "house"), ("language", "zh")];

/// The system administrator's new account: its page's path.
async fn made(three: &mut Three) -> String {
    let answer = three.system.post("/admin/accounts/new", NEW).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    answer.to
}

#[tokio::test]
async fn an_account_takes_two_people_and_leaves_its_trail() {
    let mut three = three().await;
    let page = made(&mut three).await;
    assert!(three.system.get(&page).await.body.contains("尚未授予角色"));
    let link = three.security.post(&format!("{page}/link"), &[]).await.body;
    let link = link.split("/set-up/").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let granted = three.security.post(&format!("{page}/roles"), &[("role", "appraiser"), ("role", "reviewer")]).await;
    assert_eq!(granted.to, page);
    assert!(three.security.get(&page).await.body.contains("复核人"));

    let mut owner = three.town.browser();
    let fields = [("password", OTHER_PASSWORD), ("again", OTHER_PASSWORD)];
    assert_eq!(owner.post(&format!("/set-up/{link}"), &fields).await.to, "/account/second-factor");

    let log = three.audit.get("/admin/account-events?q=xin.01").await.body;
    for text in ["共4条", "建立账户", "发放设置链接", "授予角色", "鉴定人、复核人", "设置密码", "甲sys", "甲sec"]
    {
        assert!(log.contains(text), "{text}");
    }
    let tries = three.audit.get("/admin/sign-ins?q=xin.01").await.body;
    assert!(tries.contains("密码正确，待完成后续步骤") && tries.contains("192.0.2.1"));
}

#[tokio::test]
async fn each_administrator_has_the_own_pages_only() {
    let mut three = three().await;
    let page = made(&mut three).await;
    let post = |path: &str| (Method::POST, format!("{page}{path}"));
    let get = |path: &str| (Method::GET, path.to_owned());
    let client = three.town.client("bai").await;
    let mut client = three.town.signed_in(&client).await;
    for ((method, path), system, security, audit) in [
        (get("/admin/accounts"), true, true, false),
        (get("/admin/accounts/new"), true, false, false),
        (get(&page), true, true, false),
        (get("/admin/sign-ins"), false, false, true),
        (get("/admin/account-events"), false, false, true),
        (post("/disable"), true, false, false),
        (post("/enable"), true, false, false),
        (post("/second-factor/reset"), true, false, false),
        (post("/roles"), false, true, false),
        (post("/link"), false, true, false),
    ] {
        for (browser, may, who) in [
            (&mut three.system, system, "system"),
            (&mut three.security, security, "security"),
            (&mut three.audit, audit, "audit"),
            (&mut client, false, "client"),
        ] {
            let answer = browser.ask(method.clone(), &path, &[]).await;
            assert_eq!(answer.status != StatusCode::FORBIDDEN, may, "{who} {method} {path}: {}", answer.status);
        }
        let stranger = three.town.browser().ask(method.clone(), &path, &[]).await;
        assert!(stranger.to.starts_with("/sign-in"), "{method} {path}");
    }
    assert_eq!(three.security.post("/admin/accounts/new", NEW).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn no_page_and_no_statement_makes_an_administrator_of_two_kinds() {
    let mut three = three().await;
    let page = made(&mut three).await;
    let id = page.rsplit('/').next().unwrap().to_owned();
    for one in Role::ALL.iter().filter(|role| role.kind() == RoleKind::Administrator) {
        for other in Role::ALL.iter().filter(|other| *other != one) {
            let answer =
                three.security.post(&format!("{page}/roles"), &[("role", one.word()), ("role", other.word())]).await;
            assert_eq!(answer.status, StatusCode::CONFLICT, "{one} {other}");
            for (first, second) in [(one, other), (other, one)] {
                let mut conn = three.town.app.db.write().await.unwrap();
                let sql = "insert into account_role (account_id, role) values ($1, $2)";
                conn.run(sql, values![&id, first.word()]).await.unwrap();
                assert!(conn.run(sql, values![&id, second.word()]).await.is_err(), "{first} then {second} by SQL");
            }
        }
        // Roles arrive by form quickly here; the address's limit is another test's.
        three.security.ip = format!("192.0.2.{}:9", 100 + one.word().len()).parse().unwrap();
    }
    assert_eq!(three.town.count("select count(*) from account_role where role not like '%administrator'").await, 0);
    assert!(three.town.log().await.iter().filter(|entry| *entry == "roles_set:refused").count() >= 42);
}

#[tokio::test]
async fn nobody_grants_to_the_own_account_nor_to_one_they_created() {
    let mut three = three().await;
    let list = three.security.get("/admin/accounts?q=sec").await.body;
    let own = list
        .split("href=\"")
        .find(|part| part.starts_with("/admin/accounts/0"))
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    for act in ["roles", "link"] {
        assert_eq!(three.security.post(&format!("{own}/{act}"), &[]).await.status, StatusCode::CONFLICT, "{act}");
    }
    assert!(three.security.get(&own).await.body.contains("任何人不能更改自己账户的角色"));

    // A system administrator who has become a security administrator since.
    let page = made(&mut three).await;
    three.town.sql("delete from account_role where role <> 'audit_administrator'", &[]).await;
    three
        .town
        .sql("insert into account_role (account_id, role) select id, 'security_administrator' from account where login = 'sys'", &[])
        .await;
    let refused = three.system.post(&format!("{page}/roles"), &[("role", "appraiser")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.body.contains("建立账户的人"));
    assert_eq!(three.town.log().await.last().unwrap(), "roles_set:refused");
}

#[tokio::test]
async fn roles_need_their_home_and_must_exist() {
    let mut three = three().await;
    let page = made(&mut three).await;
    let mut grant = async |role: &str| three.security.post(&format!("{page}/roles"), &[("role", role)]).await;
    assert!(grant("supervisor").await.body.contains("须属于某一司法行政机关"));
    assert_eq!(grant("king").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(grant("appraiser").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn disabling_ends_sessions_and_is_not_for_oneself() {
    let mut three = three().await;
    let page = made(&mut three).await;
    let id = page.rsplit('/').next().unwrap().to_owned();
    let mut owner = three.town.signed_in(&id).await;
    three.system.post(&format!("{page}/disable"), &[]).await;
    assert!(!owner.is_in().await);
    assert_eq!(
        three.security.post(&format!("{page}/link"), &[]).await.status,
        StatusCode::CONFLICT,
        "no way in for a closed account"
    );
    three.system.post(&format!("{page}/enable"), &[]).await;
    assert!(!owner.is_in().await, "the old session stays ended");
    let list = three.system.get("/admin/accounts?q=sys").await.body;
    let own = list
        .split("href=\"")
        .find(|part| part.starts_with("/admin/accounts/0"))
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    for act in ["disable", "second-factor/reset"] {
        assert_eq!(three.system.post(&format!("{own}/{act}"), &[]).await.status, StatusCode::CONFLICT);
    }
    assert!(three.system.is_in().await);
}

#[tokio::test]
async fn a_new_account_is_checked_and_faults_are_shown_together() {
    let mut three = three().await;
    made(&mut three).await;
    let again = three.system.post("/admin/accounts/new", NEW).await;
    assert!(again.body.contains("此登录名已被使用"));
    let fields = [("login", "a b"), ("name", ""), ("organisation", "nowhere"), ("language", "xx")];
    let answer = three.system.post("/admin/accounts/new", &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for field in ["login", "name", "organisation", "language"] {
        assert!(answer.body.contains(&format!("id=\"f-{field}\"")), "{field}");
    }
}

#[tokio::test]
async fn lists_are_paged_and_counted() {
    let mut three = three().await;
    for n in 0..60 {
        three.town.sql(
            "insert into account (id, login, name, language, created_at) values ($1, $2, '甲某', 'zh', '2026-01-01T00:00:00.000Z')",
            values![unique(), format!("many-{n:02}")],
        )
        .await;
    }
    let first = three.system.get("/admin/accounts?q=many-").await.body;
    assert!(first.contains("共60条") && first.contains("many-49") && !first.contains("many-50"));
    let second = three.system.get("/admin/accounts?q=many-&page=2").await.body;
    assert!(second.contains("many-59") && !second.contains("many-49"));
    assert!(three.system.get("/admin/accounts?q=%25_x&page=-3").await.body.contains("没有符合条件的账户"));
}

#[tokio::test]
async fn the_audit_tables_only_grow() {
    let mut three = three().await;
    made(&mut three).await;
    three.town.browser().sign_in("aud", "wrong").await;
    for table in ["account_event", "sign_in_attempt"] {
        for sql in [format!("delete from {table}"), format!("update {table} set result = result")] {
            let mut conn = three.town.app.db.write().await.unwrap();
            assert!(conn.run(sql.clone(), &[]).await.is_err(), "{sql}");
        }
    }
}
