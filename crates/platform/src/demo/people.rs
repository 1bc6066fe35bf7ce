//! The demo's register and accounts: who there is before the first case.

use super::city::{City, CityAppraiser, CityInstitution, OrganKind, Title as CityTitle};
use crate::accounts::{self, DemoAccount, DemoAccounts, Doer, NewAccount};
use crate::actor::{Actor, Role};
use crate::fail::Fail;
use crate::perform::{Tx, id_from};
use crate::registry::{Appraiser, Categories, Institution, ItemCode, Licence, Organisation, Title, store};
use crate::text::Lang;
use crate::values;
use indicatif::ProgressBar;
use jiff::civil::Date;
use std::collections::{HashMap, HashSet};

/// The password of every demo account; long enough for either profile.
pub const PASSWORD: &str = "Sijian-Demo-2026";

/// The accounts that the case plans act through, by their place in the city.
pub struct Cast {
    pub institutions: Vec<House>,
    /// An actor for each appraiser of the city.
    pub appraisers: Vec<(Appraiser, Actor)>,
    /// An actor for each organ.
    pub clients: Vec<Actor>,
}

/// An institution's office.
pub struct House {
    pub id: String,
    pub desk: Actor,
    pub head: Actor,
    pub archivist: Actor,
}

/// Writes organisations, institutions, appraisers and their accounts.
///
/// # Errors
/// The database's; a refusal would be a fault of the plan.
pub async fn write(tx: &mut Tx, city: &City, bar: &ProgressBar) -> Result<Cast, Fail> {
    let hash = accounts::hash_once(PASSWORD).map_err(Fail::Internal)?;
    let mut intake = Intake { hash, shown: Vec::new() };
    let mut institutions = Vec::new();
    for (n, one) in (1..).zip(&city.institutions) {
        institutions.push(intake.institution(tx, n, one).await?);
        bar.inc(1);
    }
    let reviewers: HashSet<usize> = city.cases.iter().filter_map(|case| case.reviewer).collect();
    let mut appraisers = Vec::new();
    for (n, one) in city.appraisers.iter().enumerate() {
        let house = institutions.get(one.institution).ok_or(Fail::NotFound)?;
        appraisers
            .push(intake.appraiser(tx, n, one, &house.id, reviewers.contains(&n) || n % REVIEWS_EVERY == 0).await?);
        bar.inc(1);
    }
    let mut clients = Vec::new();
    for (n, organ) in (1..).zip(&city.organs) {
        let id = id_from(tx.now, &mut tx.random);
        let kind = organ_kind(organ.kind);
        store::create_organisation(
            &mut tx.conn,
            &Organisation {
                id: id.clone(),
                kind: kind.into(),
                name: organ.name.clone(),
                district: organ.district_code.clone(),
                address: organ.address.clone(),
                phone: organ.phone.clone(),
            },
        )
        .await?;
        let login = format!("{}-{n:02}", kind.replace('_', "-"));
        clients.push(
            intake.person(tx, &login, &organ.contact_name, &[Role::Client], Some((&id, &organ.name)), None).await?,
        );
        bar.inc(1);
    }
    intake.bureau(tx).await?;
    let shown = DemoAccounts { password: PASSWORD.into(), accounts: chosen(intake.shown, city, tx.today()) };
    accounts::show_demo_accounts(&mut tx.conn, &shown).await?;
    Ok(Cast { institutions, appraisers, clients })
}

/// The sign-in page lists what one case needs from beginning to end at the first institution (its office, and appraisers
/// and reviewers of one field), one client of each kind, and every officer.
fn chosen(all: Vec<DemoAccount>, city: &City, today: Date) -> Vec<DemoAccount> {
    let players = players(city, today);
    let office = ["desk-01", "head-01", "archive-01"];
    let mut kinds: HashSet<String> = HashSet::new();
    let mut per_role = HashMap::<String, usize>::new();
    let mut all = all;
    all.retain_mut(|one| match one.role.as_str() {
        "client" => kinds.insert(one.login.split('-').next().unwrap_or_default().to_owned()),
        "appraiser" | "reviewer" => {
            let Some(field) = players.get(&one.login) else { return false };
            one.organisation = format!("{} · {field}", one.organisation);
            let place = per_role.entry(one.role.clone()).or_default();
            *place += 1;
            *place <= PLAYERS_A_ROLE
        }
        "front_desk" | "head" | "archivist" => office.contains(&one.login.as_str()),
        _ => true,
    });
    all
}

/// Every fourth appraiser reviews the others' work too, so that an empty city has reviewers.
const REVIEWS_EVERY: usize = 4;
/// Appraisers, and as many reviewers, that the sign-in page lists.
const PLAYERS_A_ROLE: usize = 3;

/// Logins of the first institution's appraisers who may work today in the field that most of them share, with its name.
fn players(city: &City, today: Date) -> HashMap<String, &'static str> {
    let mut by_field = std::collections::BTreeMap::<ItemCode, Vec<String>>::new();
    for (n, one) in city.appraisers.iter().enumerate() {
        if one.institution != 0 || one.licence_to < today || one.licence_from > today {
            continue;
        }
        let fields: HashSet<ItemCode> = items(&one.scope).iter().map(ItemCode::field).collect();
        for field in fields {
            by_field.entry(field).or_default().push(login_of(n));
        }
    }
    // Clinical forensic medicine is what most cases are about (rules.md §9.3); else the field with most appraisers.
    let clinical = |field: &ItemCode| field.to_string() == "FY-02";
    let most = by_field.into_iter().max_by_key(|(field, logins)| (clinical(field), logins.len()));
    let Some((field, logins)) = most else { return HashMap::new() };
    let name = Categories::get().find(&field).map_or("", |field| field.name);
    logins.into_iter().map(|login| (login, name)).collect()
}

fn login_of(appraiser: usize) -> String {
    format!("a{:03}", appraiser + 1)
}

struct Intake {
    hash: String,
    shown: Vec<DemoAccount>,
}

impl Intake {
    async fn person(
        &mut self,
        tx: &mut Tx,
        login: &str,
        name: &str,
        roles: &[Role],
        home: Option<(&str, &str)>,
        appraiser_id: Option<String>,
    ) -> Result<Actor, Fail> {
        let new = NewAccount {
            login: login.into(),
            name: name.into(),
            roles: roles.to_vec(),
            organisation_id: home.map(|(id, _)| id.to_owned()),
            language: Lang::Zh,
            password_hash: Some(self.hash.clone()),
        };
        let account_id = accounts::create_account(&mut tx.conn, &new, &Doer::machine("demo"), tx.now).await?;
        let organisation_name = home.map(|(_, name)| name.to_owned()).unwrap_or_default();
        let role = roles.last().map_or("", |role| role.word()).to_owned();
        self.shown.push(DemoAccount {
            login: login.into(),
            name: name.into(),
            role,
            organisation: organisation_name.clone(),
        });
        Ok(Actor {
            account_id,
            login: login.into(),
            name: name.into(),
            roles: roles.to_vec(),
            organisation_id: home.map(|(id, _)| id.to_owned()),
            organisation_name,
            appraiser_id,
            language: Lang::Zh,
        })
    }

    async fn institution(&mut self, tx: &mut Tx, n: usize, one: &CityInstitution) -> Result<House, Fail> {
        let id = id_from(tx.now, &mut tx.random);
        let licence = Licence {
            number: one.licence_number.clone(),
            valid_from: one.licence_from,
            valid_to: one.licence_to,
            scope: items(&one.scope),
            interruptions: Vec::new(),
        };
        store::create_institution(
            &mut tx.conn,
            &Institution {
                id: id.clone(),
                name: one.name.clone(),
                short_name: one.short_name.clone(),
                head_name: one.head_name.clone(),

                region: "shanghai".into(),
                district: one.district_code.clone(),
                address: one.address.clone(),
                phone: one.phone.clone(),
                licence: Some(licence),
            },
        )
        .await?;
        let home = Some((id.as_str(), one.name.as_str()));
        let desk =
            self.person(tx, &format!("desk-{n:02}"), &format!("受理员{n:02}"), &[Role::FrontDesk], home, None).await?;
        let head = self.person(tx, &format!("head-{n:02}"), &one.head_name, &[Role::Head], home, None).await?;
        let archivist = self
            .person(tx, &format!("archive-{n:02}"), &format!("档案员{n:02}"), &[Role::Archivist], home, None)
            .await?;
        Ok(House { id, desk, head, archivist })
    }

    async fn appraiser(
        &mut self,
        tx: &mut Tx,
        n: usize,
        one: &CityAppraiser,
        institution_id: &str,
        reviews: bool,
    ) -> Result<(Appraiser, Actor), Fail> {
        let id = id_from(tx.now, &mut tx.random);
        let name = tx.conn.first("select name from organisation where id = $1", values![institution_id]).await?;
        let organisation: String = name.ok_or(Fail::NotFound)?.get("name")?;
        let roles: &[Role] = if reviews { &[Role::Appraiser, Role::Reviewer] } else { &[Role::Appraiser] };
        let login = login_of(n);
        let actor =
            self.person(tx, &login, &one.name, roles, Some((institution_id, &organisation)), Some(id.clone())).await?;
        let appraiser = Appraiser {
            id,
            institution_id: institution_id.into(),
            account_id: Some(actor.account_id.clone()),
            name: one.name.clone(),
            title: match one.title {
                CityTitle::Full => Title::Senior,
                CityTitle::Deputy => Title::AssociateSenior,
                CityTitle::Middle => Title::Intermediate,
            },
            licence: Some(Licence {
                number: one.licence_number.clone(),
                valid_from: one.licence_from,
                valid_to: one.licence_to,
                scope: items(&one.scope),
                interruptions: Vec::new(),
            }),
        };
        store::create_appraiser(&mut tx.conn, &appraiser).await?;
        Ok((appraiser, actor))
    }

    async fn bureau(&mut self, tx: &mut Tx) -> Result<(), Fail> {
        let mut homes = Vec::new();
        for (kind, name) in [("bureau", "演示市司法局"), ("association", "演示市司法鉴定协会")] {
            let id = id_from(tx.now, &mut tx.random);
            let one = Organisation {
                id: id.clone(),
                kind: kind.into(),
                name: name.into(),
                district: String::new(),
                address: "演示市演示路1号".into(),
                phone: "021-00000001".into(),
            };
            store::create_organisation(&mut tx.conn, &one).await?;
            homes.push((id, name));
        }
        for role in Role::ALL {
            use crate::actor::RoleKind;
            let home = match role.kind() {
                RoleKind::Bureau => Some((homes[0].0.as_str(), homes[0].1)),
                RoleKind::Association => Some((homes[1].0.as_str(), homes[1].1)),
                RoleKind::Administrator => None,
                RoleKind::Client | RoleKind::Institution => continue,
            };
            self.person(tx, &role.word().replace('_', "-"), role.label(), &[*role], home, None).await?;
        }
        // What one supervisor proposes another confirms.
        let home = Some((homes[0].0.as_str(), homes[0].1));
        self.person(tx, "supervisor-2", "监管人员乙（演示）", &[Role::Supervisor], home, None).await?;
        Ok(())
    }
}

fn items(scope: &[String]) -> Vec<ItemCode> {
    scope.iter().filter_map(|code| code.parse().ok()).collect()
}

fn organ_kind(kind: OrganKind) -> &'static str {
    match kind {
        OrganKind::Court => "court",
        OrganKind::Police | OrganKind::TrafficPolice => "police",
        OrganKind::Procuratorate => "procuratorate",
        OrganKind::Supervision => "supervision",
        OrganKind::Authority => "other",
        OrganKind::Insurer => "insurer",
        OrganKind::LawFirm => "law_firm",
        OrganKind::Citizen => "citizen",
    }
}
