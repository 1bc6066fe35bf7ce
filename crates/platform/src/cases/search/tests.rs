//! Search against a plain scan: every kind of query, every scope, before folding, after it, and in between.

use super::super::steps::State;
use super::super::store::Scope;
use super::find::{Refused, Sought, Why, find};
use super::index::{fold, index_case, index_text, missing, reindex};
use super::postings::{BLOCK, Bits};
use super::tokens::{Facts, Field, TextKind, plain, ways, words};
use crate::actor::Actor;
use crate::db::{Conn, Database, test_database};
use crate::perform::Tx;
use crate::values;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rand::SeedableRng;

#[derive(Clone, Debug)]
struct One {
    name: String,
    client: usize,
    house: usize,
    appraiser: usize,
    is_due: bool,
    day: u8,
    number: u32,
    id_number: String,
    opinion_text: Option<String>,
    record_text: Option<String>,
}

const CLIENTS: [&str; 3] = ["上海市浦东新区人民法院", "静安公安分局", "Insurance 保险公司"];
const STATES: [State; 2] = [State::Accepted, State::Archived];

impl One {
    fn code(&self) -> String {
        format!("310000-2026-{:06}-A", self.number)
    }
    fn letter(&self) -> String {
        format!("（2025）沪委鉴字第{}号", self.number % 100)
    }
    fn opinion(&self) -> Option<String> {
        (!self.is_due).then(|| format!("沪演司鉴〔2026〕临鉴字第{}号", self.number))
    }
    fn state(&self) -> State {
        STATES[usize::from(!self.is_due)]
    }
}

/// The words' meaning, said once more without the index: a plain scan.
fn scan(one: &One, scope: &Scope, sought: &Sought) -> bool {
    let in_scope = match scope {
        Scope::Bureau => true,
        Scope::Institution(id) => *id == format!("h{}", one.house),
        Scope::Client(id) => *id == format!("k{}", one.client),
        Scope::Appraiser(id) => *id == format!("a{}", one.appraiser),
    };
    let is_client = matches!(scope, Scope::Client(_));
    let query = plain(&sought.query);
    in_scope
        && sought.state.is_none_or(|state| state == one.state())
        && query.split_whitespace().all(|word| {
            if sought.in_texts {
                let record = one.record_text.as_ref().filter(|_| !is_client);
                return [one.opinion_text.as_ref(), record]
                    .into_iter()
                    .flatten()
                    .any(|text| plain(text).contains(word));
            }
            let texts = [
                one.name.as_str(),
                CLIENTS[one.client],
                &one.code(),
                &one.letter(),
                &one.opinion().unwrap_or_default(),
            ]
            .map(|text| plain(text).replace(' ', ""));
            let tail = matches!(word.len(), 4 | 5 | 6 | 18) && plain(&one.id_number).ends_with(word);
            texts.iter().any(|text| text.contains(word)) || tail || initials(&one.name, word)
        })
}

/// Of the few characters that the tests' names are made of.
const READ: [(char, &str); 8] =
    [('张', "z"), ('单', "scd"), ('伟', "w"), ('明', "m"), ('王', "wy"), ('解', "jx"), ('芳', "f"), ('查', "zc")];

fn initials(name: &str, word: &str) -> bool {
    let signs: Vec<char> = name.chars().collect();
    let asked: Vec<char> = word.chars().collect();
    signs.windows(asked.len()).any(|part| {
        part.iter()
            .zip(&asked)
            .all(|(sign, letter)| READ.iter().any(|(known, all)| known == sign && all.contains(*letter)))
    })
}

fn one() -> impl Strategy<Value = One> {
    let name = proptest::collection::vec(prop::sample::select(READ.map(|(sign, _)| sign).to_vec()), 2..=5);
    let text = || proptest::option::of("[左右颞膝骨折]{2,9}");
    (name, 0_usize..3, 0_usize..3, 0_usize..4, any::<bool>(), 1_u8..20, 0_u32..3_000, "[0-9]{17}[0-9X]", text(), text())
        .prop_map(|(name, client, house, appraiser, is_due, day, number, id_number, opinion_text, record_text)| One {
            name: name.into_iter().collect(),
            client,
            house,
            appraiser,
            is_due,
            day,
            number,
            id_number,
            opinion_text,
            record_text,
        })
}

async fn people(conn: &mut Conn) {
    let organisation =
        "insert into organisation (id, kind, name, district, address, phone) values ($1, $2, $3, '', '', '')";
    for n in 0..3 {
        conn.run(organisation, values![format!("h{n}"), "institution", format!("所{n}")]).await.unwrap();
        conn.run(
            "insert into institution (id, short_name, head_name) values ($1, '演', '甲某')",
            values![format!("h{n}")],
        )
        .await
        .unwrap();
        conn.run(organisation, values![format!("k{n}"), "court", CLIENTS[n as usize]]).await.unwrap();
    }
    for n in 0..4 {
        conn.run(
            "insert into appraiser (id, institution_id, name, title) values ($1, 'h0', '乙某', 'other')",
            values![format!("a{n}")],
        )
        .await
        .unwrap();
    }
    conn.run(
        "insert into account (id, login, name, language, created_at) values ('who', 'who', '甲某', 'zh', '2026-01-01T00:00:00.000Z')",
        &[],
    )
    .await
    .unwrap();
}

/// Writes the case's rows as the store does, without its index.
async fn write(conn: &mut Conn, at: usize, one: &One) {
    let content = serde_json::json!({ "entrustment": {
        "institution_id": "", "item": "FY-0202", "matter": "", "purpose": "civil", "reappraisal": null, "case_facts": "",
        "materials_confirmed": true, "injury": null, "recusal_wish": "", "delivery": "online", "materials": [],
        "client": { "name": "", "address": "", "contact": "", "phone": "", "officer": "", "letter": one.letter() },
        "examinee": { "name": one.name, "sex": null, "birth": null, "id_number": one.id_number, "phone": "", "address": "" } } });
    let id = format!("c{at:03}");
    conn.run("delete from case_appraiser where case_id = $1", values![&id]).await.unwrap();
    conn.run(
        "insert into appraisal_case (id, version, state, institution_id, client_organisation_id, client_account_id, code, opinion_number,
             item, client_name, examinee_name, received_on, due_on, due_rule, due_provisional, due_sort, clock, content, changed_at)
         values ($1, 1, $2, $3, $4, 'who', $5, $6, 'FY-0202', $7, $8, $9, null, null, 0, $10, 'stopped', $11, '')
         on conflict (id) do update set state = excluded.state, opinion_number = excluded.opinion_number, due_sort = excluded.due_sort",
        values![
            &id, one.state().word(), format!("h{}", one.house), format!("k{}", one.client), one.code(),
            one.opinion(), CLIENTS[one.client], &one.name, format!("2026-03-{:02}", one.day),
            if one.is_due { format!("2026-05-{:02}", one.day) } else { "9999-12-31".to_owned() }, content.to_string(),
        ],
    )
    .await
    .unwrap();
    conn.run(
        "insert into case_appraiser (case_id, appraiser_id, position) values ($1, $2, 1)",
        values![&id, format!("a{}", one.appraiser)],
    )
    .await
    .unwrap();
}

async fn tx(database: &Database) -> Tx {
    Tx {
        conn: database.write().await.unwrap(),
        actor: Actor {
            account_id: "who".into(),
            login: String::new(),
            name: "甲某".into(),
            roles: Vec::new(),
            organisation_id: None,
            organisation_name: String::new(),
            appraiser_id: None,
            language: crate::text::Lang::Zh,
        },
        now: jiff::Timestamp::UNIX_EPOCH,
        request_id: String::new(),
        random: rand::rngs::StdRng::seed_from_u64(1),
        papers_later: false,
        ahead: None,
        is_history: false,
    }
}

async fn put(database: &Database, at: usize, one: &One) {
    let mut tx = tx(database).await;
    write(&mut tx.conn, at, one).await;
    let id = format!("c{at:03}");
    index_case(&mut tx.conn, &id).await.unwrap();
    for (kind, text) in [(TextKind::Opinion, &one.opinion_text), (TextKind::Record, &one.record_text)] {
        if let Some(text) = text {
            index_text(&mut tx, &id, kind, "1", text).await.unwrap();
        }
    }
    tx.conn.commit().await.unwrap();
}

const QUERIES: &[&str] = &[
    "张",
    "伟明",
    "张伟明",
    "王芳 浦东",
    "单单单",
    "解查张伟",
    "z",
    "zw",
    "zwm",
    "wzcm",
    "scd",
    "x",
    "310000-2026",
    "2026",
    "0001",
    "00012",
    "临鉴字第1",
    "〔2026〕",
    "(2025)沪委鉴字第7",
    "310000-2026-000",
    "12",
    "第5号",
    "insurance保",
    "人民法院",
    "区人民法院 张",
    "静安公安分局 2",
    "没有此人",
    "1234",
    "12345",
    "法院 w",
];
const TEXTS: &[&str] = &["左右", "骨折", "膝骨折", "骨折骨折", "颞膝 骨折", "左右颞膝骨折"];

async fn compare(database: &Database, all: &[One], when: &str) {
    let mut conn = database.read().await.unwrap();
    let scopes = [
        Scope::Bureau,
        Scope::Institution("h1".into()),
        Scope::Client("k0".into()),
        Scope::Appraiser("a2".into()),
        Scope::Client("nobody".into()),
    ];
    let tail = all.first().map(|one| one.id_number[13..].to_owned()).unwrap_or_default();
    let own = [
        tail[1..].to_owned(),
        tail[..].to_owned(),
        all.first().map(|one| one.id_number.to_lowercase()).unwrap_or_default(),
    ];
    let own = own.iter().map(String::as_str);
    let queries =
        QUERIES.iter().copied().chain(own).map(|query| (query, false)).chain(TEXTS.iter().map(|text| (*text, true)));
    for (query, in_texts) in queries {
        for scope in &scopes {
            for state in [None, Some(State::Accepted)] {
                let sought = Sought { query: query.to_owned(), state, in_texts };
                let mut expected: Vec<(String, u8, String)> = all
                    .iter()
                    .enumerate()
                    .filter(|(_, one)| scan(one, scope, &sought))
                    .map(|(at, one)| {
                        let due = if one.is_due { format!("{:02}", one.day) } else { "never".to_owned() };
                        (due, one.day, format!("c{at:03}"))
                    })
                    .collect();
                expected.sort();
                let expected: Vec<String> = expected.into_iter().map(|(_, _, id)| id).collect();
                let mut found = Vec::new();
                for page in 1..=2 {
                    let answer = find(&mut conn, scope, &sought, page).await.unwrap().unwrap();
                    assert_eq!(answer.paging.total as usize, expected.len(), "{when}: {query:?} {scope:?} {state:?}");
                    if answer.paging.page == page {
                        found.extend(answer.lines.into_iter().map(|(id, _)| id));
                    }
                }
                assert_eq!(found, expected, "{when}: {query:?} {scope:?} {state:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_search_finds_what_a_scan_finds_whatever_is_folded() {
    let mut runner = TestRunner::deterministic();
    for round in 0..4 {
        let many = proptest::collection::vec(one(), 20..=90);
        let mut all = many.new_tree(&mut runner).unwrap().current();
        // A case code is given once.
        all.iter_mut().enumerate().for_each(|(at, one)| one.number = at as u32 * 97 + one.number % 7);
        let home = test_database().await.unwrap();
        let database = &home.database;
        let mut conn = database.write().await.unwrap();
        people(&mut conn).await;
        conn.commit().await.unwrap();
        let half = all.len() / 2;
        for (at, one) in all.iter().take(half).enumerate() {
            put(database, at, one).await;
        }
        compare(database, &all[..half], "nothing folded").await;
        fold(database).await.unwrap();
        compare(database, &all[..half], "all folded").await;
        // Steps: other states, other teams, later days; and new cases.
        for (at, one) in all.iter_mut().enumerate() {
            if at % 3 == round % 3 {
                one.is_due = !one.is_due;
                one.appraiser = (one.appraiser + 1) % 4;
            }
            if at >= half || at % 3 == round % 3 {
                put(database, at, one).await;
            }
        }
        compare(database, &all, "some folded, some changed").await;
        fold(database).await.unwrap();
        compare(database, &all, "changes folded").await;
        reindex(database, |_, _| ()).await.unwrap();
        compare(database, &all, "built anew").await;
    }
}

#[tokio::test]
async fn cases_from_before_the_index_are_taken_in() {
    let home = test_database().await.unwrap();
    let all = one().new_tree(&mut TestRunner::deterministic()).unwrap().current();
    let mut conn = home.database.write().await.unwrap();
    people(&mut conn).await;
    write(&mut conn, 0, &all).await;
    assert_eq!(missing(&mut conn).await.unwrap(), 1, "the case has no document");
    conn.commit().await.unwrap();
    assert_eq!(reindex(&home.database, |_, _| ()).await.unwrap(), 1);
    let mut conn = home.database.read().await.unwrap();
    assert_eq!(missing(&mut conn).await.unwrap(), 0);
    drop(conn);
    compare(&home.database, &[all], "taken in").await;
}

/// More than are read one by one: paged by due date, then by day, complete to the last page.
#[tokio::test]
async fn large_answers_are_paged_in_order_to_the_end() {
    let home = test_database().await.unwrap();
    let sample = one().new_tree(&mut TestRunner::deterministic()).unwrap().current();
    let all: Vec<One> = (0..2_400_u32)
        .map(|n| One {
            name: "张伟".into(),
            is_due: n % 2 == 0,
            day: (n * 7 % 19) as u8 + 1,
            number: n,
            ..sample.clone()
        })
        .collect();
    let mut conn = home.database.write().await.unwrap();
    people(&mut conn).await;
    for (at, one) in all.iter().enumerate() {
        write(&mut conn, at, one).await;
    }
    conn.commit().await.unwrap();
    reindex(&home.database, |_, _| ()).await.unwrap();
    for at in [5, 1_000, 2_399] {
        put(&home.database, at, &all[at]).await;
    }
    let mut expected: Vec<(String, u8, usize)> = all
        .iter()
        .enumerate()
        .map(|(at, one)| (if one.is_due { format!("{:02}", one.day) } else { "never".to_owned() }, one.day, at))
        .collect();
    expected.sort();
    let mut conn = home.database.read().await.unwrap();
    let mut numbers = Vec::new();
    for row in conn.all("select case_id from search_document order by n", &[]).await.unwrap() {
        numbers.push(row.get::<String>("case_id").unwrap());
    }
    // Within a day in order of arrival, which `reindex` took from day and id.
    let place = |id: &str| numbers.iter().position(|one| one == id).unwrap();
    let mut expected: Vec<(String, u8, usize)> =
        expected.into_iter().map(|(due, day, at)| (due, day, place(&format!("c{at:03}")))).collect();
    expected.sort();
    let sought = Sought { query: "张".into(), ..Sought::default() };
    let mut found = Vec::new();
    for page in 1..=48 {
        let answer = find(&mut conn, &Scope::Bureau, &sought, page).await.unwrap().unwrap();
        assert_eq!(answer.paging.total, 2_400);
        found.extend(answer.lines.into_iter().map(|(id, _)| place(&id)));
    }
    assert_eq!(found, expected.into_iter().map(|(_, _, at)| at).collect::<Vec<_>>());
}

/// What stays inside the institution is found by it and by the bureau, never by the client, not even that it is there.
#[tokio::test]
async fn clients_never_match_on_internal_texts() {
    let home = test_database().await.unwrap();
    let mut runner = TestRunner::deterministic();
    let base = one().new_tree(&mut runner).unwrap().current();
    let case = One {
        client: 0,
        house: 1,
        appraiser: 2,
        opinion_text: Some("可见的意见".into()),
        record_text: Some("内部的记录".into()),
        ..base
    };
    let mut conn = home.database.write().await.unwrap();
    people(&mut conn).await;
    conn.commit().await.unwrap();
    put(&home.database, 0, &case).await;
    for when in ["fresh", "folded"] {
        let table: &[(Scope, &str, usize)] = &[
            (Scope::Client("k0".into()), "内部的记录", 0),
            (Scope::Client("k0".into()), "可见的意见", 1),
            // One word in each text: the client must not learn of the second by the first.
            (Scope::Client("k0".into()), "可见的 内部的", 0),
            (Scope::Client("k1".into()), "可见的意见", 0),
            (Scope::Institution("h1".into()), "内部的记录", 1),
            (Scope::Institution("h0".into()), "内部的记录", 0),
            (Scope::Appraiser("a2".into()), "可见的 内部的", 1),
            (Scope::Appraiser("a1".into()), "内部的记录", 0),
            (Scope::Bureau, "内部的记录", 1),
        ];
        let mut conn = home.database.read().await.unwrap();
        for (scope, query, many) in table {
            let sought = Sought { query: (*query).into(), state: None, in_texts: true };
            let found = find(&mut conn, scope, &sought, 1).await.unwrap().unwrap();
            assert_eq!((found.lines.len(), found.paging.total as usize), (*many, *many), "{when}: {scope:?} {query}");
            if matches!(scope, Scope::Client(_)) {
                let shows_record = found
                    .lines
                    .iter()
                    .flat_map(|(_, why)| why)
                    .any(|why| matches!(why, Why::Text { kind: TextKind::Record, .. }));
                assert!(!shows_record, "{when}: a client is shown a record's text");
            }
        }
        drop(conn);
        fold(&home.database).await.unwrap();
    }
}

#[tokio::test]
async fn what_cannot_be_asked_is_said() {
    let home = test_database().await.unwrap();
    let mut conn = home.database.read().await.unwrap();
    let table = [
        ("长".repeat(101), false, Some(Refused::TooLong)),
        ("伤".to_owned(), true, Some(Refused::WordTooShort)),
        ("伤".to_owned(), false, None),
    ];
    for (query, in_texts, refused) in table {
        let sought = Sought { query, state: None, in_texts };
        assert_eq!(find(&mut conn, &Scope::Bureau, &sought, 1).await.unwrap().err(), refused, "{sought:?}");
    }
}

#[test]
fn a_word_says_where_it_was_found() {
    let facts = Facts {
        name: plain("单查明"),
        client: plain("静安公安分局"),
        code: plain("310000-2026-AB12-7"),
        opinion: plain("沪演司鉴〔2026〕临鉴字第5号"),
        id_number: plain("11010519491231002X"),
        ..Facts::default()
    };
    let table = [
        ("查明", Some(Field::Name)),
        ("scm", Some(Field::Initials)),
        ("dzm", Some(Field::Initials)),
        ("分局", Some(Field::Client)),
        ("ＡＢ12", Some(Field::Code)),
        ("[2026]临", Some(Field::Opinion)),
        ("002X", Some(Field::IdTail)),
        ("31002x", Some(Field::IdTail)),
        // Three signs are no tail, and seven ask for what the page hides.
        ("02x", None),
        ("231002x", None),
        ("11010519491231002x", Some(Field::IdTail)),
        ("smz", None),
    ];
    let tokens = facts.tokens();
    for (word, place) in table {
        let word = &words(word)[0];
        assert_eq!(facts.place(word), place, "{word}");
        for sparse in [false, true] {
            let mut ways = ways(word, sparse).into_iter();
            let found = ways.any(|way| !way.is_empty() && way.iter().all(|token| tokens.contains(token)));
            assert!(place.is_none() || found, "{word}: the tokens miss what the text has");
        }
    }
}

#[test]
fn a_few_runs_of_a_long_word_cover_it() {
    let count = |word: &str, sparse| ways(word, sparse).iter().map(Vec::len).collect::<Vec<_>>();
    // Names, clients, letters, codes, opinions: three signs each, then four.
    assert_eq!(count("310000202609", false), [10, 10, 9, 9, 9]);
    assert_eq!(count("310000202609", true), [4, 4, 3, 3, 3]);
    assert_eq!(count("31000020260", true), [4, 4, 3, 3, 3], "the last run ends with the word");
}

proptest! {
    #[test]
    fn a_set_is_read_as_it_was_written(places in proptest::collection::btree_set(0..BLOCK, 0..6_000)) {
        let mut bits = Bits::default();
        places.iter().for_each(|place| bits.set(*place, true));
        let read = Bits::read(&bits.bytes()).unwrap();
        prop_assert_eq!(read.places().map(i64::from).collect::<Vec<_>>(), places.into_iter().collect::<Vec<_>>());
    }
}
