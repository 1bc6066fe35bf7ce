//! Ledgers brought in over the web: columns, dry run, all or nothing; and lists taken out.

use crate::support::{City, HOUSE, Person};
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use platform::accounts;
use platform::db::Row;
use platform::imports::{Kind, command, store, work};
use platform::values;
use rust_xlsxwriter::{Format, Workbook};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

const LEDGER: &str = "案件编号,被鉴定人,身份证号,鉴定事项,委托人,受理日期,意见书编号,状态,鉴定费\n\
     2024-001,王历史,11010519491231002X,法医临床鉴定,甲区人民法院,2024.3.2,甲鉴〔2024〕1号,已办结,\"1,200元\"\n\
     2024-002,李历史,,FY-0201,某公司,二〇二四年四月一日,甲鉴〔2024〕2号,已归档,1.2万\n\
     合计,,,,,,,,13200\n";

impl City {
    /// Sends a file; the answer.
    async fn uploads(&self, person: &Person, kind: &str, name: &str, bytes: &[u8]) -> crate::support::Answer {
        let mut body = format!(
            "--limit\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\n{kind}\r\n\
             --limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--limit--\r\n");
        let request = Request::post("/imports")
            .header(header::HOST, "sijian.test")
            .header("sec-fetch-site", "same-origin")
            .header(header::COOKIE, &person.cookie)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=limit")
            .extension(ConnectInfo(SocketAddr::from(([192, 0, 2, 251], 4_000))));
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// The run's page, once nobody is at work on it any more.
    async fn settled(&self, login: &str, run: &str) -> String {
        for _ in 0..600 {
            let page = self.get(login, run).await.is(StatusCode::OK).text();
            if !page.contains("<progress") {
                return page;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{run} never ends");
    }

    /// The columns as the page has chosen them, sent back as they are.
    async fn checks(&self, login: &str, run: &str, more: &[(&str, &str)]) -> String {
        let page = self.get(login, run).await.text();
        let mut fields: Vec<(String, String)> = Vec::new();
        for select in page.split("<select id=\"").skip(1) {
            let name = select.split('"').next().unwrap().to_owned();
            let body = select.split("</select>").next().unwrap();
            let chosen = body.split("<option value=\"").skip(1).find(|option| option.contains(" selected"));
            fields.push((name, chosen.map(|option| option.split('"').next().unwrap()).unwrap_or_default().to_owned()));
        }
        let mut fields: Vec<(&str, &str)> = fields.iter().map(|(name, at)| (name.as_str(), at.as_str())).collect();
        fields.extend_from_slice(more);
        self.post(login, &format!("{run}/check"), &fields).await.leads_on();
        self.settled(login, run).await
    }

    async fn imported(&self, login: &str, kind: &str, bytes: &[u8]) -> String {
        let run = self.uploads(self.person(login), kind, "ledger.csv", bytes).await.leads_on();
        let page = self.checks(login, &run, &[]).await;
        assert!(page.contains("检查通过"), "{page}");
        self.post(login, &format!("{run}/import"), &[]).await.leads_on();
        let page = self.settled(login, &run).await;
        assert!(page.contains("已导入"), "{page}");
        run
    }
}

/// An upload of the person's, by its identifier; for the test of permissions.
pub async fn uploaded(city: &City, person: &Person) -> String {
    let is_bureau = person.login == "licensing_officer";
    let kind = if is_bureau { "organisations" } else { "cases" };
    let text = if is_bureau { "类型,名称\n法院,丙区人民法院\n" } else { LEDGER };
    let run = city.uploads(person, kind, "a.csv", text.as_bytes()).await.leads_on();
    run.trim_start_matches("/imports/").to_owned()
}

#[tokio::test]
async fn a_ledger_becomes_cases_that_are_found_and_seen() {
    let city = City::new().await;
    city.imported("front_desk", "cases", LEDGER.as_bytes()).await;
    let sql = "select id, state, opinion_number, item, client_organisation_id, received_on, clock, content, version
         from appraisal_case where examinee_name = $1";
    let read = |rows: Vec<Row>| {
        let row = &rows[0];
        let text = |name: &str| row.get::<Option<String>>(name).unwrap().unwrap_or_default();
        (
            text("id"),
            [text("state"), text("opinion_number"), text("item"), text("received_on"), text("clock")],
            text("client_organisation_id"),
            text("content"),
        )
    };
    let (first, facts, client, content) = read(city.rows(sql, values!["王历史"]).await);
    assert_eq!(facts, ["archived", "甲鉴〔2024〕1号", "FY-02", "2024-03-02", "stopped"]);
    assert_eq!(client, "court", "a client of that name is here");
    assert!(content.contains("\"fee_fen\":120000") && content.contains("11010519491231002X"), "{content}");
    let (_, facts, client, content) = read(city.rows(sql, values!["李历史"]).await);
    assert_eq!(facts[3], "2024-04-01");
    assert!(client.starts_with("ledger-clients-") && content.contains("\"fee_fen\":1200000"), "{client} {content}");
    let events = city
        .rows(
            "select step, action, from_state, to_state, actor_role, subject_version from event where subject_id = $1",
            values![&first],
        )
        .await;
    assert_eq!(events.len(), 1, "one act, one event");
    assert_eq!(events[0].get::<String>("step").unwrap(), "T00");
    assert_eq!(events[0].get::<String>("to_state").unwrap(), "archived");
    assert_eq!(city.count("select count(*) from term where subject_id = $1", values![&first]).await, 0);
    // Found by name, by ledger number, by the old opinion's number; by the client, not by strangers.
    for (who, sought, is_found) in [
        ("front_desk", "王历", true),
        ("front_desk", "2024-001", true),
        ("front_desk", "甲鉴〔2024〕1号", true),
        ("client", "王历", true),
        ("client", "李历", false),
        ("foreign_front_desk", "王历", false),
    ] {
        let page = city.post(who, "/work", &[("q", sought)]).await.text();
        let name = if sought == "李历" { "李历史" } else { "王历史" };
        assert_eq!(page.contains(name), is_found, "{who} seeks {sought}");
    }
    let page = city.get("front_desk", &format!("/cases/{first}")).await.is(StatusCode::OK).text();
    assert!(page.contains("历史台账") && page.contains("不能在平台核验") && page.contains("台账导入"), "{page}");
}

#[tokio::test]
async fn a_row_comes_in_once() {
    let city = City::new().await;
    city.imported("head", "cases", LEDGER.as_bytes()).await;
    let run = city.uploads(city.person("front_desk"), "cases", "again.csv", LEDGER.as_bytes()).await.leads_on();
    let page = city.checks("front_desk", &run, &[]).await;
    assert!(page.contains("已经导入过") && page.contains("有错误2行"), "{page}");
    city.post("front_desk", &format!("{run}/import"), &[]).await.is(StatusCode::CONFLICT);
    assert_eq!(city.count("select count(*) from appraisal_case", &[]).await, 2);
    // Another institution's ledger has numbers of its own.
    city.imported("foreign_head", "cases", LEDGER.as_bytes()).await;
    assert_eq!(city.count("select count(*) from appraisal_case", &[]).await, 4);
    // Two checks that both found the rows free: the second import finds them taken, and writes nothing.
    let other = LEDGER.replace("2024-", "2025-");
    let mut runs = Vec::new();
    for _ in 0..2 {
        let run = city.uploads(city.person("head"), "cases", "twin.csv", other.as_bytes()).await.leads_on();
        city.checks("head", &run, &[]).await;
        runs.push(run);
    }
    for run in &runs {
        city.post("head", &format!("{run}/import"), &[]).await.leads_on();
        city.settled("head", run).await;
    }
    assert_eq!(city.count("select count(*) from appraisal_case", &[]).await, 6);
    assert_eq!(city.count("select count(*) from import_run where state = 'refused'", &[]).await, 2);
}

/// 1 bad row of many: told by row and column, given back as a sheet, and nothing is written.
#[tokio::test]
async fn one_bad_row_keeps_all_out() {
    let city = City::new().await;
    let mut text = String::from("案件编号,被鉴定人,身份证号,鉴定事项,委托人,受理日期,意见书编号\n");
    for row in 0..1_500 {
        let day = if row == 700 { "26/3/2" } else { "2024-3-2" };
        text += &format!("{row},人{row},,法医临床,甲区人民法院,{day},甲鉴{row}\n");
    }
    let run = city.uploads(city.person("front_desk"), "cases", "l.csv", text.as_bytes()).await.leads_on();
    let page = city.checks("front_desk", &run, &[]).await;
    assert!(
        page.contains("可导入1499行，有错误1行") && page.contains("看不出哪个是年") && page.contains("26/3/2"),
        "{page}"
    );
    let sheet = city.get("front_desk", &format!("{run}/faults")).await;
    sheet.is(StatusCode::OK);
    let table = sheets::read(&sheet.bytes, &|name| name == "行号").unwrap();
    assert_eq!(table.lines.len(), 1);
    assert_eq!(table.lines[0].at(0).shown(), "702", "as the margin of the ledger counts");
    assert!(table.lines[0].at(1).shown().contains("收到日期"), "{:?}", table.lines[0]);
    city.post("front_desk", &format!("{run}/import"), &[]).await.is(StatusCode::CONFLICT);
    for table in
        ["select count(*) from appraisal_case", "select count(*) from event", "select count(*) from imported_row"]
    {
        assert_eq!(city.count(table, &[]).await, 0, "{table}");
    }
}

#[tokio::test]
async fn every_fault_of_a_row_is_told() {
    let city = City::new().await;
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    page.merge_range(0, 0, 0, 5, "某中心台账", &Format::new()).unwrap();
    let header =
        ["案件编号", "被鉴定人", "身份证号", "鉴定类别", "委托单位", "收案日期", "文书编号", "办理状态", "金额"];
    for (column, name) in (0..).zip(header) {
        page.write_string(1, column, name).unwrap();
    }
    page.write_string(2, 0, "A1").unwrap().write_string(2, 1, "甲").unwrap();
    page.write_number(2, 2, 310_101_199_001_011_234.0).unwrap();
    page.write_string(2, 3, "占卜").unwrap().write_string(2, 4, "甲区人民法院").unwrap();
    page.write_string(2, 5, "2030-1-1")
        .unwrap()
        .write_string(2, 7, "已结")
        .unwrap()
        .write_string(2, 8, "面议")
        .unwrap();
    page.write_string(3, 0, "A1").unwrap().write_string(3, 3, "法医临床").unwrap().write_string(3, 4, "乙").unwrap();
    page.write_number(3, 5, 45_000.0).unwrap().write_string(3, 6, "x1").unwrap().write_string(3, 7, "鉴定中").unwrap();
    let run = city.uploads(city.person("head"), "cases", "台账.xlsx", &book.save_to_buffer().unwrap()).await.leads_on();
    let told = city.checks("head", &run, &[]).await;
    for said in [
        "末几位已经丢失",
        "不是执业类别中的",
        "日期在今天之后",
        "不是金额",
        "不是已办结的案件",
        "与第3行的编号相同",
        "请填写。",
    ] {
        assert!(told.contains(said), "{said} is not said: {told}");
    }
    // Running cases are passed over when that is asked for; the rest of the faults stays.
    let told = city.checks("head", &run, &[("skip_unfinished", "yes")]).await;
    assert!(told.contains("有错误1行，跳过1行") && !told.contains("不是已办结"), "{told}");
}

#[tokio::test]
async fn a_file_that_is_no_ledger_is_told_and_leaves_nothing() {
    let city = City::new().await;
    let head = city.person("head");
    for (name, bytes, said) in [
        ("ledger.xlsx", b"%PDF-1.7".to_vec(), "不是表格文件"),
        ("ledger.xls", b"<html><table></table></html>".to_vec(), "不是表格文件"),
        ("ledger.csv", "甲\n乙\n".as_bytes().to_vec(), "找不到表头"),
        ("ledger.csv", "案件编号,被鉴定人\n".as_bytes().to_vec(), "只有表头"),
        ("ledger.csv", b"\xff\x81\x00".to_vec(), "不是表格文件"),
        ("ledger.xlsx", b"PK\x03\x04 and then nothing".to_vec(), "已损坏"),
        ("ledger.csv", Vec::new(), "没有选择文件"),
        ("ledger.csv", vec![b'a'; sheets::BYTES_MAX + 1], "超过64MB"),
    ] {
        let answer = city.uploads(head, "cases", name, &bytes).await;
        assert!(
            answer.status.is_client_error() && answer.said().contains(said),
            "{name}: {} {}",
            answer.status,
            answer.said()
        );
    }
    // What the person may not import is not to be chosen by typing it.
    let answer = city.uploads(head, "institutions", "i.csv", "名称,电话\n甲,1\n".as_bytes()).await;
    answer.is(StatusCode::BAD_REQUEST);
    assert_eq!(city.count("select count(*) from import_run", &[]).await, 0);
}

#[tokio::test]
async fn columns_are_remembered_and_required_ones_are_asked_for() {
    let city = City::new().await;
    let text = "甲列,乙列,丙列,丁列,戊列,己列\n1,王某,法医临床,甲区人民法院,2024-1-2,号1\n";
    let run = city.uploads(city.person("head"), "cases", "l.csv", text.as_bytes()).await.leads_on();
    let answer = city.post("head", &format!("{run}/check"), &[("examinee", "1")]).await;
    answer.is(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains("请选择一项"));
    let chosen = [
        ("ledger_number", "0"),
        ("examinee", "1"),
        ("item", "2"),
        ("client", "3"),
        ("received_on", "4"),
        ("opinion_number", "5"),
    ];
    city.post("head", &format!("{run}/check"), &chosen).await.leads_on();
    assert!(city.settled("head", &run).await.contains("检查通过"));
    // The same header again: chosen already, for the house and not for others.
    let again = city
        .uploads(city.person("front_desk"), "cases", "m.csv", text.replace("\n1,", "\n2,").as_bytes())
        .await
        .leads_on();
    assert!(city.checks("front_desk", &again, &[]).await.contains("检查通过"));
    let foreign = city.uploads(city.person("foreign_head"), "cases", "m.csv", text.as_bytes()).await.leads_on();
    assert!(!city.get("foreign_head", &foreign).await.text().contains(" selected"));
    city.get("foreign_head", &run).await.is(StatusCode::NOT_FOUND);
}

/// A process that died in the middle left a run that says it is at work: it is told as broken off, and can be taken up again.
#[tokio::test]
async fn a_run_without_anybody_at_work_is_broken_off() {
    let city = City::new().await;
    let id = uploaded(&city, city.person("head")).await;
    let run = format!("/imports/{id}");
    city.run(
        "update import_run set state = 'importing', process = 'another', changed_at = $1 where id = $2",
        values!["2020-01-01T00:00:00.000Z", &id],
    )
    .await;
    let page = city.get("head", &run).await.is(StatusCode::OK).text();
    assert!(page.contains("处理中断了"), "{page}");
    city.run(
        "update import_run set state = 'checking', process = $1, changed_at = $2 where id = $3",
        values![work::process(), city.app.clock.now(), &id],
    )
    .await;
    assert!(city.get("head", &run).await.text().contains("处理中断了"), "this process knows at once");
    city.run(
        "update import_run set state = 'checking', process = 'another', changed_at = $1 where id = $2",
        values![city.app.clock.now(), &id],
    )
    .await;
    assert!(city.get("head", &run).await.text().contains("<progress"), "another process may still be at it");
    city.run("update import_run set state = 'broken_off' where id = $1", values![&id]).await;
    assert!(city.checks("head", &run, &[]).await.contains("检查通过"));
}

#[tokio::test]
async fn registers_come_in_by_the_licensing_officer() {
    let city = City::new().await;
    let institutions = "机构名称,负责人,区,地址,电话,许可证号,有效期起,有效期止,业务范围\n\
         丙司法鉴定中心,丙某,黄浦区,丙路1号,021-30000003,310000099,2024-1-1,2028-12-31,法医临床、WZ-01\n\
         甲司法鉴定中心,负责人,黄浦,乙路2号,021-2,31000000甲,2024-1-1,2028-12-31,FY-02\n";
    let run = city.imported("licensing_officer", "institutions", institutions.as_bytes()).await;
    assert!(city.get("licensing_officer", &run).await.text().contains("已导入1行，有错误0行，跳过1行"));
    let appraisers = "姓名,执业机构,职称,执业证号,有效期起,有效期止,执业类别\n丙甲,丙司法鉴定中心,主任法医师,310000099001,2024-1-1,2028-12-31,法医临床鉴定\n";
    city.imported("licensing_officer", "appraisers", appraisers.as_bytes()).await;
    assert_eq!(city.count("select count(*) from appraiser where name = '丙甲' and title = 'senior'", &[]).await, 1);
    city.imported("licensing_officer", "organisations", "单位类型,单位名称\n派出所,丙派出所\n".as_bytes()).await;
    assert_eq!(
        city.count("select count(*) from organisation where kind = 'police' and name = '丙派出所'", &[]).await,
        1
    );
    let bad = appraisers.replace("丙司法鉴定中心", "丁中心").replace("主任法医师", "大师");
    let run = city.uploads(city.person("licensing_officer"), "appraisers", "a.csv", bad.as_bytes()).await.leads_on();
    let page = city.checks("licensing_officer", &run, &[]).await;
    assert!(page.contains("名册中没有这家机构") && page.contains("职称请写"), "{page}");
}

#[tokio::test]
async fn the_command_line_imports_the_same() {
    let city = City::new().await;
    let file: PathBuf = city.folder().join("台账.csv");
    std::fs::write(&file, LEDGER).unwrap();
    let args = |dry_run: bool, login: &str| command::LedgerArgs {
        file: file.clone(),
        institution: Some("甲司法鉴定中心".into()),
        kind: Kind::Cases,
        login: login.into(),
        skip_unfinished: false,
        dry_run,
        faults: None,
    };
    assert!(command::run(&city.app, &args(true, "head")).await.unwrap().contains("nothing was written"));
    assert_eq!(city.count("select count(*) from appraisal_case", &[]).await, 0);
    assert!(
        command::run(&city.app, &args(false, "foreign_head")).await.unwrap_err().to_string().contains("belongs to")
    );
    assert!(
        command::run(&city.app, &args(false, "reviewer")).await.unwrap_err().to_string().contains("may not import")
    );
    assert_eq!(command::run(&city.app, &args(false, "head")).await.unwrap(), "2 rows: 2 good, 0 passed over; imported");
    let said = command::run(&city.app, &args(false, "head")).await.unwrap_err().to_string();
    assert!(said.contains("nothing was imported: 2 of 2") && said.contains("已经导入过"), "{said}");
    let mut conn = city.app.db.read().await.unwrap();
    let runs = store::list(&mut conn, HOUSE, &[Kind::Cases], 0, 50).await.unwrap().0;
    assert_eq!(runs.iter().map(|run| run.state.word()).collect::<Vec<_>>(), ["refused", "done", "checked"]);
    assert!(accounts::actor_of(&mut conn, "head").await.unwrap().is_some());
}

/// Whole lists, of the scope and nothing else, with nothing that the page hides.
#[tokio::test]
async fn lists_are_exported_whole_and_in_scope() {
    let city = City::new().await;
    let mut text = String::from("案件编号,被鉴定人,身份证号,鉴定事项,委托人,受理日期,意见书编号\n");
    for row in 0..120 {
        text += &format!("{row},=人{row},11010519491231002X,法医临床,甲区人民法院,2024-3-2,甲鉴{row}\n");
    }
    city.imported("head", "cases", text.as_bytes()).await;
    for (who, rows) in [("head", 120), ("supervisor", 120), ("client", 120), ("foreign_head", 0)] {
        for format in ["xlsx", "csv"] {
            let answer = city.get(who, &format!("/work?show=all&format={format}")).await;
            answer.is(StatusCode::OK);
            assert!(
                answer.header("content-disposition").contains(&crate::support::percent("2026-03-02")),
                "{}",
                answer.header("content-disposition")
            );
            match sheets::read(&answer.bytes, &|name| name == "被鉴定人") {
                Ok(table) => assert_eq!(table.lines.len(), rows, "{who} {format}"),
                Err(why) => assert_eq!((why, rows), (sheets::Unreadable::NoRows, 0), "{who} {format}"),
            }
            if format == "csv" {
                assert!(!answer.text().contains("11010519491231002X"), "no identity number stands in the list");
                assert!(rows == 0 || answer.text().contains("'=人"), "no formula");
            }
        }
    }
    let found = city.post("head", "/work", &[("q", "人11"), ("format", "csv")]).await.text();
    assert_eq!(found.lines().count(), 1 + 11, "{found}");
    for path in ["/institutions?format=csv", &format!("/institutions/{HOUSE}?format=csv")] {
        let answer = city.get_signed_out(path).await;
        answer.is(StatusCode::OK);
        assert!(
            answer.text().lines().count() > 2 && answer.header("content-type").starts_with("text/csv"),
            "{}",
            answer.text()
        );
    }
    assert!(city.get("head", "/work?show=all&format=pdf").await.text().contains("<html"), "another word is the page");
}
