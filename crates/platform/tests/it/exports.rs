//! Every list as a file: which lists there are, that each is exported whole, and that each export is written down and logged.

use crate::routes::collect;
use crate::support::{City, Story};
use axum::http::StatusCode;
use platform::cases::State;
use platform::{log, values};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A template with a list that is exported: who asks, for which address (`{case}`: the story's; up to where `format=` goes),
/// under which name it is recorded.
const EXPORTED: &[(&str, Option<&str>, &str, &str)] = &[
    ("accounts/accounts.html", Some("system_administrator"), "/admin/accounts?q=%E4%BA%BA&", "账户管理"),
    ("accounts/account_events.html", Some("audit_administrator"), "/admin/account-events?", "账户变更记录"),
    ("accounts/exports.html", Some("audit_administrator"), "/admin/exports?", "导出记录"),
    ("accounts/sign_ins.html", Some("audit_administrator"), "/admin/sign-ins?", "登录记录"),
    ("analysis/overview.html", Some("supervisor"), "/analysis?state=all&", "分析线索"),
    ("analysis/groups.html", Some("supervisor"), "/analysis/groups?", "机构分组"),
    ("analysis/market.html", Some("supervisor"), "/analysis/market?", "市场集中度"),
    ("analysis/rates.html", Some("supervisor"), "/analysis/rates?", "比率漏斗图"),
    ("analysis/workload.html", Some("supervisor"), "/analysis/workload?", "工作量异常日"),
    ("archive/list.html", Some("archivist"), "/archive?show=open&", "档案"),
    ("archive/list.html", Some("supervisor"), "/archive?show=filed&", "档案"),
    ("cases/records/list.html", Some("appraiser"), "/cases/{case}/records?", "鉴定记录"),
    ("cases/work.html", Some("head"), "/work?show=all&", "案件"),
    ("custody/desk.html", Some("front_desk"), "/custody?show=all&", "材料流转"),
    ("custody/places.html", Some("head"), "/custody/places?", "存放位置"),
    ("draws/list.html", Some("supervisor"), "/draws?", "随机抽取"),
    ("fees/list.html", Some("head"), "/fees?", "尚欠的费用"),
    ("fees/tariff.html", None, "/fees/tariff?region=shanghai&on=2026-03-02&", "收费标准"),
    ("imports/list.html", Some("head"), "/imports?", "导入台账"),
    ("jobs/admin.html", Some("system_administrator"), "/admin/jobs?", "后台任务"),
    ("notices/inbox.html", Some("head"), "/notices?show=all&", "通知"),
    ("notices/of_case.html", Some("front_desk"), "/cases/{case}/notices?", "本案的通知"),
    ("registry/list.html", None, "/institutions?", "机构名录"),
    ("registry/show.html", None, "/institutions/house?", "鉴定人"),
    ("supervision/hints.html", Some("supervisor"), "/supervision/hints?", "监管提示"),
];

/// Tables that are no lists to take away, each with its reason.
const NOT_EXPORTED: &[(&str, &str)] = &[
    ("accounts/account.html", "one's own sessions, to end them"),
    ("accounts/sign_in.html", "the demo's passwords"),
    ("analysis/asked_list.html", "the few questions put to one institution"),
    ("analysis/precision.html", "counted from the leads, which are exported"),
    ("analysis/run.html", "one run; its scores and its extract are files"),
    ("analysis/runs.html", "each run's result is a file, and its act is in the log"),
    ("analysis/why.html", "one lead; its dossier has it"),
    ("api/docs.html", "the description of the API, which is a file already"),
    ("api/tokens.html", "one's own tokens, to revoke them"),
    ("archive/volume.html", "the volume is exported as PDF and ZIP"),
    ("cases/entrust.html", "a form"),
    ("cases/entrust_list.html", "one's own unsent forms"),
    ("cases/material_rows.html", "rows of a form; the materials stand in the volume"),
    ("cases/records/compare.html", "two versions beside each other; the volume has every version"),
    ("cases/records/form.html", "a form"),
    ("cases/records/show.html", "one record; the volume has it"),
    ("cases/show.html", "one case; the volume has it"),
    ("cases/team_fields.html", "a form"),
    ("custody/subject.html", "one case's materials; the volume has them"),
    ("draws/show.html", "one draw; its transcript is a file"),
    ("fees/case_fees.html", "one case's account; the volume has it"),
    ("imports/show.html", "one import; its faulty rows are a file"),
    ("notices/hooks.html", "the organisation's own endpoints, to manage them"),
    ("opinions/versions.html", "one opinion's versions; the volume has them"),
];

#[test]
fn every_list_is_exported_or_has_its_reason() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut templates: Vec<(PathBuf, String)> = Vec::new();
    collect(&source, "html", &mut templates);
    let mut found = BTreeSet::new();
    for (path, text) in &templates {
        let name = path.strip_prefix(&source).unwrap().to_string_lossy().replace('\\', "/");
        if name == "web/macros.html" {
            continue;
        }
        let is_exported =
            ["m::as_file(", "self.file(", "self.export(", "?format=xlsx"].iter().any(|call| text.contains(call));
        if text.contains("<table class=\"list") || is_exported {
            let is_listed = EXPORTED.iter().any(|(one, ..)| *one == name);
            let is_excused = NOT_EXPORTED.iter().any(|(one, _)| *one == name);
            assert!(is_listed != is_excused, "{name}: enter it in EXPORTED or in NOT_EXPORTED of tests/it/exports.rs");
            assert_eq!(is_exported, is_listed, "{name}: the page offers its list as a file, and the test takes it");
            found.insert(name);
        }
    }
    for name in EXPORTED.iter().map(|row| row.0).chain(NOT_EXPORTED.iter().map(|row| row.0)) {
        assert!(found.contains(name), "{name} is listed here and has no list");
    }
}

#[tokio::test]
async fn each_export_is_whole_and_leaves_one_record() {
    let city = City::new().await;
    let story = Story::at(&city, State::InExamination).await;
    story.records_with_photo("appraiser").await;
    let mut taken = 0;
    for (template, who, address, list) in EXPORTED {
        let address = address.replace("{case}", &story.id);
        for format in ["csv", "xlsx"] {
            let path = format!("{address}format={format}");
            let answer = match who {
                Some(who) => city.get(who, &path).await,
                None => city.get_signed_out(&path).await,
            };
            answer.is(StatusCode::OK);
            assert!(answer.header("content-disposition").starts_with("attachment"), "{template} {path}");
            taken += 1;
            let rows = city.rows("select * from list_export order by sequence", &[]).await;
            assert_eq!(rows.len(), taken, "{template} {path}: one record");
            let row = rows.last().unwrap();
            let text = |column: &str| row.get::<String>(column).unwrap();
            assert_eq!((text("list"), text("format")), ((*list).to_owned(), format.to_owned()), "{path}");
            assert_eq!(text("address"), address.split('?').next().unwrap(), "{path}");
            let by = who.map_or(String::new(), |who| city.person(who).account_id.clone());
            assert_eq!(text("by_id"), by, "{path}");
            if format == "csv" {
                let lines = answer.text().lines().count() as i64;
                assert_eq!(lines, 1 + row.get::<i64>("rows_written").unwrap(), "{path}: {}", answer.text());
            }
        }
        let page = match who {
            Some(who) => city.get(who, address.trim_end_matches(['?', '&'])).await,
            None => city.get_signed_out(address.trim_end_matches(['?', '&'])).await,
        };
        let page = page.text();
        assert!(page.contains("format=xlsx\"") || page.contains("class=\"empty\""), "{template}: no link, {page}");
    }
    // What was looked for is in the record, which the log only commits to.
    let sql = "select filter from list_export where address = '/admin/accounts'";
    assert_eq!(city.rows(sql, &[]).await[0].get::<String>("filter").unwrap(), r#"{"q":"人"}"#);
    log::round(&city.app).await.unwrap();
    let sql = "select count(*) from log_entry where log = 'audit' and source = 'list_export'";
    assert_eq!(city.count(sql, &[]).await, i64::try_from(taken).unwrap(), "a leaf of the audit log each");
    for sql in ["update list_export set rows_written = 0", "delete from list_export"] {
        let mut conn = city.app.db.write().await.unwrap();
        assert!(conn.run(sql, &[]).await.is_err(), "{sql}");
    }
    let page = city.get("audit_administrator", "/admin/exports").await;
    assert!(page.is(StatusCode::OK).said().contains("人head"), "{}", page.said());
}

#[tokio::test]
async fn who_is_not_signed_in_is_slowed_down_and_who_may_not_gets_nothing() {
    let city = City::new().await;
    let before = "select count(*) from list_export";
    city.get("head", "/admin/accounts?format=csv").await.is(StatusCode::FORBIDDEN);
    city.get("supervisor", "/admin/exports?format=csv").await.is(StatusCode::FORBIDDEN);
    assert_eq!(city.count(before, &[]).await, 0, "nothing was taken, nothing is recorded");
    for _ in 0..10 {
        city.get_signed_out("/institutions?format=csv").await.is(StatusCode::OK);
    }
    city.get_signed_out("/institutions?format=csv").await.is(StatusCode::TOO_MANY_REQUESTS);
    city.get_signed_out("/institutions").await.is(StatusCode::OK);
    assert_eq!(city.count(before, values![]).await, 10);
}
