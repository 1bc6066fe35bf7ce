//! Search at the size of a city: `bench_search [CASES]` (1,000,000 unless told) on SQLite, or on PostgreSQL where
//! SIJIAN_TEST_POSTGRES names a server. Prints p50, p95 and the slowest of every kind of query in every scope, in
//! milliseconds, with the lines of the page read; and what the index takes to build and to keep.
//!
//! The cases are written straight into the tables; the index is made from them by the program's own `reindex`.

use anyhow::{Result, ensure};
use jiff::civil::{Date, date};
use platform::actor::{Actor, Role};
use platform::cases::queue;
use platform::cases::search::{self, Sought};
use platform::cases::{Scope, State};
use platform::db::{Conn, Database, Value, testing::test_database};
use platform::text::Lang;
use platform::{deadline, values};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::time::{Duration, Instant};

const TODAY: Date = date(2026, 9, 24);
const INSTITUTIONS: usize = 60;
const CLIENTS: usize = 400;
const APPRAISERS: usize = 10;
const ROUNDS: usize = 120;
/// One case of so many has its opinion in the full-text index.
const WITH_TEXT: usize = 20;
/// Surnames with their share in ten thousand; the rest is spread over the last.
const SURNAMES: &[(&str, u32)] = &[
    ("王", 725),
    ("李", 719),
    ("张", 683),
    ("刘", 538),
    ("陈", 457),
    ("杨", 308),
    ("黄", 222),
    ("赵", 229),
    ("吴", 205),
    ("周", 212),
    ("徐", 167),
    ("孙", 154),
    ("马", 126),
    ("朱", 126),
    ("胡", 131),
    ("郭", 115),
    ("何", 117),
    ("高", 100),
    ("林", 107),
    ("罗", 86),
    ("郑", 85),
    ("梁", 84),
    ("谢", 72),
    ("宋", 81),
    ("唐", 65),
    ("许", 66),
    ("韩", 68),
    ("冯", 64),
    ("邓", 62),
    ("曹", 60),
    ("彭", 58),
    ("曾", 58),
    ("肖", 59),
    ("田", 51),
    ("董", 51),
    ("袁", 50),
    ("潘", 50),
    ("于", 62),
    ("蒋", 48),
    ("蔡", 47),
    ("余", 47),
    ("杜", 47),
    ("叶", 43),
    ("程", 47),
    ("苏", 46),
    ("魏", 45),
    ("吕", 45),
    ("丁", 43),
    ("任", 42),
    ("沈", 41),
    ("姚", 38),
    ("卢", 38),
    ("姜", 38),
    ("崔", 38),
    ("钟", 36),
    ("谭", 36),
    ("陆", 35),
    ("汪", 34),
    ("范", 34),
    ("金", 33),
    ("石", 32),
    ("廖", 32),
    ("贾", 32),
    ("夏", 31),
    ("韦", 31),
    ("付", 30),
    ("方", 30),
    ("单", 8),
    ("解", 9),
    ("查", 6),
    ("欧阳", 8),
    ("上官", 2),
    ("翟", 14),
    ("仇", 5),
];
const GIVEN: &str = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文华玉红建国志海云波宁辉鑫鹏宇浩凯健俊帆雪荣爱妹莉凤洁梅琳素云莲真环雪荣翠雅芝萍琴芬燕彩春菊瑞凡佳嘉琼勤珍贞桦娥琬斌晨轩清睿宝涵林飞永庆学安建元仕龙祥庆昌盛良胜思成福生龙元全国胜学祥才发武新利清飞彬富顺信子杰涛昌成康星光天达安岩中茂进林有坚和彪博诚先敬震振壮会思群豪心邦承乐绍功松善厚庆磊民友裕河哲江超浩亮政谦亨奇固之轮翰朗伯宏言若鸣朋斌梁栋维启克伦翔旭鹏泽晨辰士以建家致树炎德行时泰盛雄琛钧冠策腾榕风航弘";
const PHRASES: &[&str] = &[
    "被鉴定人左侧颞部头皮挫裂伤",
    "右侧第三至第六肋骨骨折",
    "经手术治疗后",
    "遗留左膝关节活动受限",
    "双肺呼吸音清",
    "未闻及干湿啰音",
    "依照人体损伤致残程度分级",
    "构成十级伤残",
    "胸廓对称无畸形",
    "右尺骨鹰嘴骨折内固定术后",
    "神志清楚",
    "对答切题",
    "检材与样本笔迹特征",
    "存在本质差异",
    "系同一人书写",
    "血液中乙醇含量",
    "支持存在亲生血缘关系",
    "累积亲权指数",
    "腰椎压缩性骨折",
    "牙齿缺失三枚",
    "面部瘢痕长度",
    "听力障碍程度",
    "脾脏切除术后",
    "与外伤存在直接因果关系",
    "护理期六十日",
    "营养期九十日",
    "误工期一百二十日",
];
const DISTRICTS: &[&str] = &[
    "浦东新区",
    "黄浦区",
    "静安区",
    "徐汇区",
    "长宁区",
    "普陀区",
    "虹口区",
    "杨浦区",
    "闵行区",
    "宝山区",
    "嘉定区",
    "金山区",
    "松江区",
    "青浦区",
    "奉贤区",
    "崇明区",
];
const HOUSES: &[&str] = &[
    "人民法院",
    "人民检察院",
    "公安分局",
    "交通警察支队",
    "人民法院第一法庭",
    "人民法院第二法庭",
    "劳动争议仲裁院",
    "卫生监督所",
];

#[tokio::main]
async fn main() -> Result<()> {
    let cases: usize = std::env::args().nth(1).map_or(Ok(1_000_000), |text| text.parse())?;
    let home = test_database().await?;
    let database = &home.database;
    let mut random = StdRng::seed_from_u64(7);
    let begun = Instant::now();
    fill(database, cases, &mut random).await?;
    println!("{cases} cases on {}: written in {:.0} s", database.engine(), begun.elapsed().as_secs_f64());
    let begun = Instant::now();
    let done = search::reindex(database, |_, _| ()).await?;
    ensure!(done as usize == cases, "{done} cases are in the index");
    println!("index built in {:.0} s", begun.elapsed().as_secs_f64());
    let mut conn = database.write().await?;
    conn.run("analyze", &[]).await?;
    conn.commit().await?;
    sizes(database).await?;
    ask(database, cases, &mut random).await?;
    writes(database, cases).await?;
    database.close().await;
    Ok(())
}

async fn fill(database: &Database, cases: usize, random: &mut StdRng) -> Result<()> {
    let mut conn = database.write().await?;
    for n in 0..INSTITUTIONS {
        organisation(&mut conn, &institution(n), "institution", &format!("演示第{n}司法鉴定中心")).await?;
        conn.run(
            "insert into institution (id, short_name, head_name) values ($1, '演', '甲某')",
            values![institution(n)],
        )
        .await?;
        for one in 0..APPRAISERS {
            conn.run(
                "insert into appraiser (id, institution_id, name, title) values ($1, $2, '乙某', 'other')",
                values![appraiser(n, one), institution(n)],
            )
            .await?;
        }
    }
    for n in 0..CLIENTS {
        organisation(&mut conn, &client(n), "court", &client_name(n)).await?;
    }
    conn.run("insert into account (id, login, name, language, created_at) values ('account', 'account', '甲某', 'zh', '2026-01-01T00:00:00.000Z')", &[]).await?;
    conn.commit().await?;
    let mut n = 0;
    while n < cases {
        let mut conn = database.write().await?;
        for _ in 0..100 {
            let many = 400.min(cases - n);
            if many == 0 {
                break;
            }
            batch(&mut conn, n, many, cases, random).await?;
            n += many;
        }
        conn.commit().await?;
    }
    Ok(())
}

async fn organisation(conn: &mut Conn, id: &str, kind: &str, name: &str) -> Result<()> {
    conn.run(
        "insert into organisation (id, kind, name, district, address, phone) values ($1, $2, $3, '', '', '')",
        values![id, kind, name],
    )
    .await?;
    Ok(())
}

fn institution(n: usize) -> String {
    format!("01900000-0000-7000-8000-{n:012}")
}
fn appraiser(institution: usize, n: usize) -> String {
    format!("01910000-0000-7000-8000-{:012}", institution * 100 + n)
}
fn client(n: usize) -> String {
    format!("01920000-0000-7000-8000-{n:012}")
}
fn client_name(n: usize) -> String {
    format!(
        "上海市{}{}{}",
        DISTRICTS[n % DISTRICTS.len()],
        HOUSES[n / DISTRICTS.len() % HOUSES.len()],
        ["", "东院", "西院", "南院"][n / 128 % 4]
    )
}

fn surname(random: &mut StdRng) -> &'static str {
    let mut at = random.random_range(0..SURNAMES.iter().map(|(_, share)| share).sum::<u32>());
    for (name, share) in SURNAMES {
        if at < *share {
            return name;
        }
        at -= share;
    }
    "司"
}

fn given(random: &mut StdRng) -> char {
    // The square makes the first ones frequent.
    let signs: Vec<char> = GIVEN.chars().collect();
    let at = random.random::<f64>();
    signs[((at * at) * signs.len() as f64) as usize % signs.len()]
}

fn name(random: &mut StdRng) -> String {
    let mut name = surname(random).to_owned();
    name.push(given(random));
    if random.random_range(0..100) < 85 {
        name.push(given(random));
    }
    name
}

fn id_number(random: &mut StdRng) -> String {
    format!(
        "310{:03}{}{:02}{:02}{:03}{}",
        random.random_range(101..131),
        random.random_range(1940..2010),
        random.random_range(1..13),
        random.random_range(1..29),
        random.random_range(0..1000),
        ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "X"][random.random_range(0..11)]
    )
}

/// The n-th day of ten years.
fn received(n: usize, cases: usize) -> Date {
    let ago = (cases - 1 - n) as i64 * 3_650 / cases as i64;
    TODAY.checked_sub(jiff::Span::new().days(ago)).unwrap_or(TODAY)
}

fn code(n: usize, year: i16) -> String {
    format!("310000-{year}-{:08}-{}", (n * 7_919) % 100_000_000, n % 10)
}

async fn batch(conn: &mut Conn, from: usize, many: usize, cases: usize, random: &mut StdRng) -> Result<()> {
    let (mut rows, mut team, mut documents) = (Vec::new(), Vec::new(), Vec::new());
    for n in from..from + many {
        let day = received(n, cases);
        let is_open = cases - n < cases / 20;
        let state = if is_open { State::ALL[random.random_range(0..8)] } else { State::Archived };
        let due = is_open.then(|| day.checked_add(jiff::Span::new().days(42)).unwrap_or(day));
        // Large houses have many cases, small ones few.
        let house = (random.random::<f64>().powi(2) * INSTITUTIONS as f64) as usize;
        let asking = (random.random::<f64>().powi(2) * CLIENTS as f64) as usize;
        let (name, id) = (name(random), format!("01a00000-0000-7000-8000-{n:012}"));
        let letter = format!("（{}）沪{:04}委鉴字第{}号", day.year(), asking, n % 2_000 + 1);
        let content = serde_json::json!({ "entrustment": {
            "institution_id": "", "item": "FY-0202", "matter": "对残疾等级进行鉴定", "purpose": "civil", "reappraisal": null,
            "case_facts": "演示案情。", "materials_confirmed": true, "injury": null, "recusal_wish": "", "delivery": "online",
            "client": { "name": client_name(asking), "address": "", "contact": "", "phone": "", "officer": "", "letter": letter },
            "examinee": { "name": name, "sex": null, "birth": null, "id_number": id_number(random), "phone": "", "address": "" },
            "materials": [] } });
        let opinion = (!is_open).then(|| format!("沪演{house}司鉴〔{}〕临鉴字第{}号", day.year(), n % 9_000 + 1));
        rows.extend([
            Value::from(&id),
            Value::from(state.word()),
            Value::from(institution(house)),
            Value::from(client(asking)),
            Value::from(code(n, day.year())),
            Value::from(opinion),
            Value::from(client_name(asking)),
            Value::from(&name),
            Value::from(day),
            Value::from(due),
            Value::from(due.map_or_else(|| "9999-12-31".to_owned(), |due| due.to_string())),
            Value::from(if is_open { "running" } else { "stopped" }),
            Value::from(content.to_string()),
        ]);
        let first = random.random_range(0..APPRAISERS);
        for (position, one) in [(1, first), (2, (first + 1) % APPRAISERS)] {
            team.extend([Value::from(&id), Value::from(appraiser(house, one)), Value::from(position)]);
        }
        documents.extend([Value::from(&id), Value::from(day)]);
    }
    insert(conn, "appraisal_case (id, version, state, institution_id, client_organisation_id, client_account_id, code, opinion_number, item,
         client_name, examinee_name, received_on, due_on, due_rule, due_provisional, due_sort, clock, content, changed_at)",
        "($, 1, $, $, $, 'account', $, $, 'FY-0202', $, $, $, $, 'DL03', 0, $, $, $, '2026-09-01T00:00:00.000Z')", &rows).await?;
    insert(conn, "case_appraiser (case_id, appraiser_id, position)", "($, $, $)", &team).await?;
    insert(conn, "search_document (case_id, received_on, due_sort)", "($, $, '9999-12-31')", &documents).await?;
    let mut texts = Vec::new();
    for n in (from..from + many).filter(|n| n % WITH_TEXT == 0) {
        let text: Vec<&str> = (0..60).map(|_| PHRASES[random.random_range(0..PHRASES.len())]).collect();
        texts.extend([Value::from(n as i64 + 1), Value::from(text.join("，"))]);
    }
    if !texts.is_empty() {
        insert(conn, "search_text (n, kind, source, body, folded)", "($, 'opinion', '1', $, 0)", &texts).await?;
    }
    Ok(())
}

/// `insert into WHAT values …`, one row after another; `$` is the next value.
async fn insert(conn: &mut Conn, what: &str, row: &str, values: &[Value]) -> Result<()> {
    let many = values.len() / row.matches('$').count();
    let mut at = 0;
    let rows: Vec<String> = (0..many)
        .map(|_| {
            let parts: Vec<&str> = row.split('$').collect();
            let mut text = parts[0].to_owned();
            for part in &parts[1..] {
                at += 1;
                text += &format!("${at}{part}");
            }
            text
        })
        .collect();
    conn.run(format!("insert into {what} values {}", rows.join(", ")), values).await?;
    Ok(())
}

async fn sizes(database: &Database) -> Result<()> {
    let mut conn = database.read().await?;
    let rows = conn.count("select count(*) from search_posting", &[]).await?;
    let bytes = conn.count("select cast(sum(length(cases)) as bigint) from search_posting", &[]).await?;
    let documents = conn.count("select cast(sum(length(known)) as bigint) from search_document", &[]).await?;
    println!("  postings: {rows} sets, {:.0} MB of sets; documents: {:.0} MB of text", mb(bytes), mb(documents));
    let whole = match database {
        Database::Sqlite { .. } => conn.count("select sum(pgsize) from dbstat where name like 'search%'", &[]).await.unwrap_or(-1),
        Database::Postgres(_) => conn.count("select cast(sum(pg_total_relation_size(oid)) as bigint) from pg_class where relname in ('search_posting', 'search_document', 'search_text') and relnamespace = current_schema()::regnamespace", &[]).await?,
    };
    if whole >= 0 {
        println!("  all tables and indexes of the search: {:.0} MB", mb(whole));
    }
    Ok(())
}

fn mb(bytes: i64) -> f64 {
    bytes as f64 / 1_048_576.0
}

/// A kind of query: its name, one example after the other, whether in texts, the page asked for.
type Kind = (&'static str, Box<dyn FnMut(&mut StdRng) -> String>, bool, i64);

fn kinds(cases: usize) -> Vec<Kind> {
    let some = move |random: &mut StdRng| random.random_range(0..cases);
    vec![
        ("surname 张", Box::new(|random| surname(random).chars().take(1).collect()), false, 1),
        ("one sign of a given name", Box::new(|random| given(random).to_string()), false, 1),
        ("two signs of a name", Box::new(|random| name(random).chars().take(2).collect()), false, 1),
        ("whole name", Box::new(name), false, 1),
        (
            "one initial",
            Box::new(|random| "wlzcyhxjs".chars().nth(random.random_range(0..9)).unwrap_or('w').to_string()),
            false,
            1,
        ),
        (
            "initials zwm",
            Box::new(|random| {
                (0..3).map(|_| "wlzcyhxjsmf".chars().nth(random.random_range(0..11)).unwrap_or('w')).collect()
            }),
            false,
            1,
        ),
        (
            "whole case code",
            Box::new(move |random| {
                let n = some(random);
                code(n, received(n, cases).year())
            }),
            false,
            1,
        ),
        (
            "fragment of a case code",
            Box::new(move |random| {
                let n = some(random);
                code(n, received(n, cases).year())[12..18].to_owned()
            }),
            false,
            1,
        ),
        ("year in a case code 2024-", Box::new(|random| format!("{}-", random.random_range(2017..2027))), false, 1),
        (
            "region and year 310000-2024",
            Box::new(|random| format!("310000-{}", random.random_range(2017..2027))),
            false,
            1,
        ),
        (
            "end of an opinion number",
            Box::new(|random| format!("临鉴字第{}号", random.random_range(1..9_000))),
            false,
            1,
        ),
        ("last four of an ID", Box::new(|random| id_number(random)[14..].to_owned()), false, 1),
        ("last six of an ID", Box::new(|random| id_number(random)[12..].to_owned()), false, 1),
        (
            "fragment of the client 法院",
            Box::new(|random| ["法院", "浦东", "检察院", "新区人民法院", "支队"][random.random_range(0..5)].to_owned()),
            false,
            1,
        ),
        (
            "surname and year",
            Box::new(|random| format!("{} {}-", surname(random), random.random_range(2017..2027))),
            false,
            1,
        ),
        ("surname, page 40", Box::new(|random| surname(random).to_owned()), false, 40),
        (
            "full text, one phrase",
            Box::new(|random| PHRASES[random.random_range(0..PHRASES.len())].to_owned()),
            true,
            1,
        ),
        (
            "full text, two signs",
            Box::new(|random| PHRASES[random.random_range(0..PHRASES.len())].chars().skip(2).take(2).collect()),
            true,
            1,
        ),
        ("full text, no such phrase", Box::new(|_| "左膝骨折伤残".to_owned()), true, 1),
    ]
}

async fn ask(database: &Database, cases: usize, random: &mut StdRng) -> Result<()> {
    let scopes = [
        ("city", Scope::Bureau),
        ("institution", Scope::Institution(institution(0))),
        ("client", Scope::Client(client(0))),
        ("appraiser", Scope::Appraiser(appraiser(0, 3))),
    ];
    let actor = Actor {
        account_id: "account".into(),
        login: String::new(),
        name: "甲某".into(),
        roles: vec![Role::Supervisor],
        organisation_id: None,
        organisation_name: String::new(),
        appraiser_id: None,
        language: Lang::Zh,
    };
    let calendar = deadline::decreed_calendar()?;
    println!("{:32} {:12} {:>8} {:>8} {:>8}  found (mean)", "query", "scope", "p50", "p95", "max");
    for (who, scope) in &scopes {
        let mut all = Vec::new();
        for (what, mut make, in_texts, page) in kinds(cases) {
            let mut times = Vec::new();
            let mut found = 0;
            for round in 0..ROUNDS + 3 {
                let sought = Sought { query: make(random), state: None, in_texts };
                let clock = Instant::now();
                let mut conn = database.read().await?;
                let answer =
                    search::find(&mut conn, scope, &sought, page).await?.map_err(|why| anyhow::anyhow!("{why:?}"))?;
                found += answer.paging.total;
                queue::lines_of(&mut conn, scope, &actor, answer.lines, TODAY, &calendar).await?;
                drop(conn);
                // The first ones warm the caches.
                if round >= 3 {
                    times.push(clock.elapsed());
                }
            }
            line(what, who, &mut times, found / (ROUNDS as i64 + 3));
            if !in_texts {
                all.extend(times);
            }
        }
        line("ALL but full text", who, &mut all, 0);
    }
    Ok(())
}

fn line(what: &str, who: &str, times: &mut [Duration], found: i64) {
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!("{what:32} {who:12} {:>8.1} {:>8.1} {:>8.1}  {found}", at(0.5), at(0.95), at(1.0));
}

/// What the index costs who writes a case, and what folding costs.
async fn writes(database: &Database, cases: usize) -> Result<()> {
    let mut times = Vec::new();
    for n in 0..300 {
        let id = format!("01a00000-0000-7000-8000-{:012}", n * (cases / 300));
        let mut conn = database.write().await?;
        let clock = Instant::now();
        search::index_case(&mut conn, &id).await?;
        times.push(clock.elapsed());
        conn.commit().await?;
    }
    line("index_case, in the act", "", &mut times, 0);
    let clock = Instant::now();
    let folded = search::fold(database).await?;
    println!("folding {folded} unchanged cases: {:.0} ms", clock.elapsed().as_secs_f64() * 1e3);
    Ok(())
}
