//! Many cases quickly, through the doors and without printing: for tests that only need them to be there.

use super::{City, HOUSE, ITEM};
use jiff::civil::Date;
use platform::actor::Actor;
use platform::app::App;
use platform::cases::acts;
use platform::cases::content::*;
use platform::cases::draft::Draft;
use platform::cases::facts::Input;
use platform::cases::store::{Given, Scope};
use platform::opinions;
use platform::perform::Tx;
use platform::registry;

/// The ids of so many cases with two signatures, waiting to be issued.
pub async fn approved_cases(city: &City, many: usize) -> Vec<String> {
    let who = |login: &'static str| actor(city, login);
    let (client, desk, head, reviewer) =
        (who("client").await, who("front_desk").await, who("head").await, who("reviewer").await);
    let (lead, second) = (who("appraiser").await, who("second").await);
    let today = city.today();
    let mut tx = city.app.write(&client, "test").await.unwrap();
    tx.papers_later = true;
    let team: Vec<_> = registry::store::appraisers_of(&mut tx.conn, HOUSE)
        .await
        .unwrap()
        .into_iter()
        .filter(|one| [&lead, &second].iter().any(|actor| actor.appraiser_id.as_deref() == Some(&one.id)))
        .collect();
    let mut ids = Vec::new();
    for n in 0..many {
        tx.actor = client.clone();
        let id = acts::entrust(&city.app, &mut tx, entrustment(n)).await.unwrap();
        for (actor, input) in [
            (&desk, Input::Accept(check(today))),
            (&client, Input::Commission),
            (&head, Input::Assign { team: team.clone(), reason: String::new() }),
            (&lead, Input::Declare(clear())),
            (&second, Input::Declare(clear())),
            (&lead, Input::Begin),
            (&lead, Input::Draft(examination(today))),
        ] {
            if matches!(input, Input::Begin) {
                tx.actor = desk.clone();
                platform::custody::receive_announced(&city.app, &mut tx, &id, "完好").await.unwrap();
            }
            tx = act(&city.app, tx, actor, &id, input).await;
        }
        opinions::store::save_draft(&mut tx, &id, 0, &draft()).await.unwrap();
        tx = act(&city.app, tx, &lead, &id, Input::SubmitForReview).await;
        tx = act(&city.app, tx, &reviewer, &id, Input::Approve(review(today))).await;
        for actor in [&lead, &second] {
            tx = act(&city.app, tx, actor, &id, Input::Sign).await;
        }
        ids.push(id);
    }
    tx.conn.commit().await.unwrap();
    ids
}

async fn actor(city: &City, login: &str) -> Actor {
    let mut conn = city.app.db.read().await.unwrap();
    platform::accounts::actor_of(&mut conn, login).await.unwrap().unwrap()
}

async fn act(app: &App, mut tx: Tx, actor: &Actor, id: &str, input: Input) -> Tx {
    tx.actor = actor.clone();
    let mut ready = acts::act(app, tx, &Scope::of(actor).unwrap(), id, input).await.unwrap();
    acts::carry_out(app, &mut ready, Given::default()).await.unwrap();
    ready.tx
}

fn entrustment(n: usize) -> Entrustment {
    Entrustment {
        institution_id: HOUSE.into(),
        item: ITEM.parse().unwrap(),
        matter: "对损伤程度进行鉴定".into(),
        purpose: Purpose::Criminal,
        reappraisal: None,
        case_facts: "二人争执。".into(),
        client: ClientContact {
            name: "甲区人民法院".into(),
            address: "甲路1号".into(),
            contact: "王书记员".into(),
            phone: "021-12345678".into(),
            officer: "李法官".into(),
            letter: format!("（2026）甲委鉴字第{n}号"),
        },
        examinee: Examinee {
            name: format!("受检{n}"),
            sex: None,
            birth: None,
            id_number: String::new(),
            phone: String::new(),
            address: String::new(),
        },
        materials: vec![Material {
            name: "病历".into(),
            kind: "文件资料".into(),
            quantity: "1份".into(),
            properties: "完好".into(),
        }],
        materials_confirmed: true,
        injury: None,
        recusal_wish: String::new(),
        delivery: DeliveryWay::Online,
        supplements: None,
    }
}

fn check(today: Date) -> AcceptanceCheck {
    AcceptanceCheck {
        answers: Check::CHOICES.iter().map(|(_, _, one)| *one).collect(),
        remarks: String::new(),
        early_reason: String::new(),
        agreement: Agreement {
            term_workdays: 30,
            limit_by: LimitBy::Agreed,
            fee_fen: 240_000,
            fee_way: "一次收取".into(),
            quote: Vec::new(),
            materials_return: MaterialsReturn::Whole,
            collect_weeks: 4,
            other: String::new(),
        },
        by: "受理".into(),
        on: today,
        elsewhere: None,
    }
}

fn clear() -> Declaration {
    Declaration { conflicts: Vec::new(), note: String::new() }
}

fn examination(today: Date) -> Examination {
    Examination {
        from: today,
        to: today,
        place: "检查室".into(),
        present: "无".into(),
        tier: MethodTier::National,
        method: "《人体损伤程度鉴定标准》".into(),
        validation: String::new(),
        record: "右侧胸部压痛。".into(),
    }
}

fn draft() -> Draft {
    Draft {
        case_facts: "二人争执。".into(),
        data_abstract: "病历。".into(),
        process: "阅片。".into(),
        analysis: "骨折系新鲜。".into(),
        opinion: "轻伤二级。".into(),
        ..Draft::default()
    }
}

fn review(today: Date) -> Review {
    Review { procedure: "符合规定。".into(), opinion: "恰当。".into(), by: "复核".into(), on: today }
}
