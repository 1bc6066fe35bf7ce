//! Draws over HTTP: an officer's panel, a client's institution, and everything that is refused on the way.

use crate::support::{City, HOUSE, ITEM, OTHER_HOUSE, Person, encoded};
use axum::http::{Method, StatusCode};
use ledger::VerifierKey;
use platform::actor::Role;
use platform::log;

const OFFICER: &str = "association_officer";

const PANEL: &[(&str, &str)] = &[
    ("purpose", "panel"),
    ("title", "评审专家组"),
    ("seats", "2"),
    ("minutes", "10"),
    ("method", "stratified"),
    ("source", "both"),
    ("beacon_name", "双色球"),
    ("beacon_round", "2026140"),
    ("parties", "申请人代表\n协会代表"),
    ("candidates", "甲一,e1,专业=临床\n甲二,e2,专业=临床\n乙一,e3,专业=病理\n乙二,e4,专业=病理\n丙一,e5,专业=临床"),
    ("exclusions", "丙一,与申请人同单位"),
    ("quotas", "专业,临床,1,1\n专业,病理,1,1"),
];

/// The form with other answers in place of some.
fn but(other: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let kept = PANEL.iter().filter(|(name, _)| other.iter().all(|(changed, _)| changed != name));
    kept.chain(other).copied().collect()
}

async fn version(city: &City, path: &str) -> String {
    let id = path.rsplit('/').next().unwrap().to_owned();
    city.count("select version from draw where id = $1", &[id.into()]).await.to_string()
}

async fn step(city: &City, who: &str, path: &str, action: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
    let version = version(city, path).await;
    let mut all = vec![("version", version.as_str())];
    all.extend_from_slice(fields);
    let answer = city.post(who, &format!("{path}/do/{action}"), &all).await;
    (answer.status, answer.said())
}

async fn goes(city: &City, path: &str, action: &str, fields: &[(&str, &str)]) {
    let (status, said) = step(city, OFFICER, path, action, fields).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{action}: {said}");
}

async fn refused(city: &City, path: &str, action: &str, fields: &[(&str, &str)], wanted: &str) {
    let (status, said) = step(city, OFFICER, path, action, fields).await;
    assert_eq!(status, StatusCode::CONFLICT, "{action}: {said}");
    assert!(said.contains(wanted), "{wanted}: {said}");
}

/// The id of a draw of this person's own, published or not; none for who may have none.
pub async fn own(city: &City, person: &Person) -> Option<String> {
    let is = |role| person.roles.contains(&role);
    let (path, fields) = if is(Role::Client) {
        ("/draws/quick", vec![("item", ITEM), ("value", "碰碰运气")])
    } else if [Role::LicensingOfficer, Role::Supervisor, Role::AssociationOfficer].into_iter().any(is) {
        ("/draws/new", PANEL.to_vec())
    } else {
        return None;
    };
    // A visit before may have ended the session.
    let mut person = person.clone();
    person.cookie = platform::accounts::open_session(&city.app, &person.account_id).await.unwrap();
    let answer = city.ask(Method::POST, Some(&person), path, encoded(&fields)).await;
    answer.leads_on().strip_prefix("/draws/").map(str::to_owned)
}

/// The id of a client's draw of an institution that is done.
pub async fn drawn(city: &City) -> String {
    let id = own(city, city.person("client")).await.unwrap();
    city.app.clock.advance(6);
    log::round(&city.app).await.unwrap();
    let (status, said) = step(city, "client", &format!("/draws/{id}"), "draw", &[]).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{said}");
    id
}

#[tokio::test]
async fn what_cannot_be_drawn_is_told_beside_its_field() {
    let city = City::new().await;
    for (other, wanted) in [
        (&[("candidates", "")][..], "没有候选者"),
        (&[("seats", "5"), ("quotas", ""), ("method", "uniform")], "候选者只有4个，抽不出5个"),
        (&[("seats", "0")], "整数"),
        (&[("quotas", "专业,临床,2,2\n专业,病理,2,2")], "没有一组人选能同时满足全部名额"),
        (&[("quotas", "专业,临床,2,1\n专业,病理,1,1")], "最少多于最多"),
        (&[("quotas", "临床两名")], "第1行看不懂"),
        (&[("quotas", "")], "按名额分层的，要填写名额"),
        (&[("exclusions", "丙一")], "第1行没有理由"),
        (&[("exclusions", "丁一,出差")], "候选名单中没有“丁一”"),
        (&[("candidates", "甲一,e1\n甲二,e1\n丙一,e5")], "出现两次"),
        (&[("candidates", "甲一,e1,很重\n丙一,e5")], "第1行看不懂"),
        (&[("parties", "甲\n甲")], "列了两次"),
        (&[("beacon_round", "")], "请填写"),
        (&[("purpose", "magic")], "请选择一项"),
        (
            &[
                ("purpose", "institution"),
                ("candidates", ""),
                ("item", "HJ-01"),
                ("method", "uniform"),
                ("quotas", ""),
                ("exclusions", ""),
            ],
            "没有候选者",
        ),
    ] {
        let answer = city.post(OFFICER, "/draws/new", &but(other)).await;
        let said = answer.said();
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{other:?}: {said}");
        assert!(said.contains(wanted), "{other:?}: {said}");
        assert!(answer.text().contains("评审专家组"), "what was typed is kept");
    }
    assert_eq!(city.count("select count(*) from draw", &[]).await, 0);
}

#[tokio::test]
async fn a_panel_is_drawn_once_and_anybody_can_recompute_it() {
    let city = City::new().await;
    let path = city.post(OFFICER, "/draws/new", PANEL).await.to().to_owned();
    city.get(OFFICER, &path).await.is(StatusCode::OK);
    assert_eq!(city.get_signed_out(&path).await.status, StatusCode::NOT_FOUND, "not published yet");
    let other = city.get("supervisor", &path).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
    refused(&city, &path, "draw", &[], "不能办理").await;
    goes(&city, &path, "commit", &[]).await;
    assert_eq!(city.get_signed_out(&path).await.status, StatusCode::OK);

    let (status, _) = step(&city, "supervisor", &path, "annul", &[("reason", "不喜欢")]).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "another's draw");
    refused(&city, &path, "contribute", &[("party", "路人"), ("value", "x")], "不是方案中的参与方").await;
    refused(&city, &path, "contribute", &[("party", "申请人代表"), ("hash", "xyz")], "校验值应为64位").await;
    refused(&city, &path, "contribute", &[("party", "申请人代表")], "校验值应为64位").await;
    goes(&city, &path, "contribute", &[("party", "申请人代表"), ("value", "春眠不觉晓")]).await;
    refused(&city, &path, "contribute", &[("party", "申请人代表"), ("value", "处处闻啼鸟")], "不能更换").await;
    goes(&city, &path, "contribute", &[("party", "协会代表"), ("value", "夜来风雨声"), ("keep", "yes")]).await;
    refused(&city, &path, "reveal", &[("party", "申请人代表"), ("value", "春眠不觉晓")], "公布的时刻还没有到").await;
    refused(&city, &path, "draw", &[("beacon", "1 2 3")], "公布的时刻还没有到").await;
    log::round(&city.app).await.unwrap();
    refused(&city, &path, "draw", &[("beacon", "1 2 3")], "公布的时刻还没有到").await;

    city.app.clock.advance(601);
    refused(&city, &path, "draw", &[("beacon", "1 2 3")], "日志还没有相应的检查点").await;
    // Nothing else happens in the city: the sequencer keeps the appointment by itself.
    let before = city.count("select max(size) from log_checkpoint where log = 'public'", &[]).await;
    log::round(&city.app).await.unwrap();
    assert_eq!(city.count("select max(size) from log_checkpoint where log = 'public'", &[]).await, before + 1);
    assert_eq!(log::round(&city.app).await.unwrap(), 0, "kept once");
    refused(&city, &path, "draw", &[("beacon", "1 2 3")], "申请人代表还没有公开").await;
    refused(&city, &path, "reveal", &[("party", "申请人代表"), ("value", "春眠不觉晓。")], "不一致").await;
    goes(&city, &path, "reveal", &[("party", "申请人代表"), ("value", "春眠不觉晓")]).await;
    refused(&city, &path, "draw", &[("beacon", "")], "没有填写公开信标").await;
    goes(&city, &path, "draw", &[("beacon", "1 2 3")]).await;
    refused(&city, &path, "draw", &[("beacon", "4 5 6")], "已经抽取过，不能再次抽取").await;
    refused(&city, &path, "annul", &[("reason", "不满意")], "不能办理").await;

    let text = city.get(OFFICER, &format!("{path}/transcript")).await.text().to_owned();
    assert_eq!(draws::verify(&text, None), []);
    let page = city.get(OFFICER, &path).await;
    let shown = page.text();
    let key =
        shown.split("<code>").find(|code| code.contains("/log/public+")).unwrap().split("</code>").next().unwrap();
    let key = VerifierKey::parse(&key.replace("&#43;", "+")).unwrap();
    assert_eq!(draws::verify(&text, Some(&key)), []);
    let drawn: draws::Transcript = serde_json::from_str(&text).unwrap();
    refused(&city, &path, "refuse", &[("id", "e9"), ("reason", "出差")], "不在抽中者之列").await;
    refused(&city, &path, "refuse", &[("id", &drawn.drawn[0]), ("reason", " ")], "没有写明理由").await;
    goes(&city, &path, "refuse", &[("id", &drawn.drawn[0]), ("reason", "出差")]).await;
    let text = city.get(OFFICER, &format!("{path}/transcript")).await.text().to_owned();
    assert_eq!(draws::verify(&text, Some(&key)), []);
    let file = city.folder().join("transcript.json");
    let command = |text: &str| {
        std::fs::write(&file, text).unwrap();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_sijian"));
        command.args(["draw", "verify"]).arg(&file).arg("--log-key").arg(key.to_string()).output().unwrap()
    };
    let output = command(&text);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && said.contains("The draw holds."), "{said}");
    let output = command(&text.replace("1 2 3", "1 2 4"));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("the seed is"), "{said}");
    let after: draws::Transcript = serde_json::from_str(&text).unwrap();
    assert_eq!(after.drawn, drawn.drawn, "a refusal draws nobody anew");
    assert!(after.refusals[0].replacement.is_some());

    // The public sees who has a seat, and nobody else of the list.
    let public = city.get_signed_out(&path).await;
    assert!(public.text().contains("<svg"), "{}", public.said());
    let idle = after
        .plan
        .candidates
        .iter()
        .filter(|one| !after.drawn.contains(&one.id) && after.refusals[0].replacement.as_ref() != Some(&one.id));
    for one in idle {
        assert!(!public.text().contains(&one.name), "{}", one.name);
    }
    assert!(!public.text().contains("出差") && !public.text().contains("同单位"));
    assert_eq!(city.get_signed_out(&format!("{path}/transcript")).await.status, StatusCode::NOT_FOUND);
    let events = city.count("select count(*) from event where procedure_name = 'draws'", &[]).await;
    assert_eq!(events, 8, "each act is an event");
}

#[tokio::test]
async fn a_draw_with_a_silent_party_is_annulled_and_stays_known() {
    let city = City::new().await;
    let path = city.post(OFFICER, "/draws/new", PANEL).await.to().to_owned();
    goes(&city, &path, "commit", &[]).await;
    city.app.clock.advance(601);
    refused(&city, &path, "contribute", &[("party", "申请人代表"), ("value", "晚了")], "公布的时刻已过").await;
    refused(&city, &path, "annul", &[("reason", "")], "没有写明理由").await;
    goes(&city, &path, "annul", &[("reason", "申请人代表没有提交")]).await;
    refused(&city, &path, "draw", &[("beacon", "1")], "不能办理").await;
    let public = city.get_signed_out(&path).await;
    assert!(public.said().contains("已作废"), "{}", public.said());
}

#[tokio::test]
async fn a_client_chooses_an_institution_by_lot() {
    let city = City::new().await;
    let draft = city.post("client", "/entrust", &[]).await.to().to_owned();
    let id = draft.rsplit('/').next().unwrap();
    assert!(city.get("client", &draft).await.text().contains(&format!("/draws/quick?draft={id}")));
    let page = city.get("client", &format!("/draws/quick?draft={id}&item={ITEM}")).await;
    assert!(page.said().contains("候选机构（2家）"), "{}", page.said());
    for (item, value) in [("", "x"), (ITEM, ""), ("HJ-01", "x"), ("nonsense", "x")] {
        let answer = city.post("client", "/draws/quick", &[("item", item), ("value", value), ("draft", id)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{item} {value}: {}", answer.said());
    }
    let path = city.post("client", "/draws/quick", &[("item", ITEM), ("value", "碰碰运气"), ("draft", id)]).await;
    let path = path.to().to_owned();
    let public = city.get_signed_out(&path).await;
    assert!(!public.text().contains("碰碰运气"), "kept until the draw");
    let (status, said) = step(&city, "client", &path, "draw", &[]).await;
    assert_eq!(status, StatusCode::CONFLICT, "{said}");
    city.app.clock.advance(6);
    log::round(&city.app).await.unwrap();
    let (status, _) = step(&city, "foreign_client", &path, "draw", &[]).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (status, said) = step(&city, "client", &path, "draw", &[]).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{said}");
    let text = city.get_signed_out(&format!("{path}/transcript")).await.text().to_owned();
    assert_eq!(draws::verify(&text, None), [], "institutions are public, so everybody can recompute it");
    let transcript: draws::Transcript = serde_json::from_str(&text).unwrap();
    assert!([HOUSE, OTHER_HOUSE].contains(&transcript.drawn[0].as_str()));

    let answer = city.post("client", &format!("{path}/entrust"), &[]).await;
    assert_eq!(answer.to(), draft);
    let form = city.get("client", &draft).await.text().to_owned();
    assert!(
        form.contains(&format!("<option value=\"{}\" selected", transcript.drawn[0])),
        "the institution is filled in"
    );
    assert!(form.contains(&format!("<option value=\"{ITEM}\" selected")));
}
