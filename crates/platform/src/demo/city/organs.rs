//! Those who commission: courts, police, insurers and citizens of districts that do not exist.

use jiff::civil::Date;

use super::District;
use super::kinds::{CityOrgan, OrganKind};
use super::people;
use super::rng::Rng;

const DISTRICT_NAMES: &[&str] = &["东", "西", "南", "北", "中", "港"];
const OF_A_DISTRICT: &[(OrganKind, &str, &str)] = &[
    (OrganKind::Court, "演示", "区人民法院"),
    (OrganKind::Police, "演示市公安局演示", "区分局"),
    (OrganKind::TrafficPolice, "演示市公安局演示", "区分局交通警察支队"),
    (OrganKind::Procuratorate, "演示", "区人民检察院"),
    (OrganKind::Supervision, "演示", "区监察委员会"),
    (OrganKind::Authority, "演示", "区生态环境局"),
];
const OTHERS: &[(OrganKind, &str)] = &[
    (OrganKind::Court, "演示市第一中级人民法院"),
    (OrganKind::Court, "演示市第二中级人民法院"),
    (OrganKind::Procuratorate, "演示市人民检察院第三分院"),
    (OrganKind::Insurer, "演示云安财产保险股份有限公司演示分公司"),
    (OrganKind::Insurer, "演示同舟保险股份有限公司"),
    (OrganKind::Insurer, "演示海晏财产保险有限公司"),
    (OrganKind::LawFirm, "演示怀瑾律师事务所"),
    (OrganKind::LawFirm, "演示知远律师事务所"),
    (OrganKind::LawFirm, "演示衡平律师事务所"),
    (OrganKind::LawFirm, "演示澄观律师事务所"),
];
const CITIZENS: usize = 14;

pub fn organs(seed: u64, districts: &[District], today: Date) -> Vec<CityOrgan> {
    let mut rng = Rng::new(seed, 3);
    let mut named: Vec<(OrganKind, String)> = Vec::new();
    for district in DISTRICT_NAMES {
        named.extend(OF_A_DISTRICT.iter().map(|(kind, before, after)| (*kind, format!("{before}{district}{after}"))));
    }
    named.extend(OTHERS.iter().map(|(kind, name)| (*kind, (*name).to_owned())));
    for _ in 0..CITIZENS {
        named.push((OrganKind::Citizen, people::person(&mut rng, (22, 70), today).name));
    }
    named.into_iter().map(|(kind, name)| organ(&mut rng, districts, kind, name)).collect()
}

fn organ(rng: &mut Rng, districts: &[District], kind: OrganKind, name: String) -> CityOrgan {
    let district = districts[rng.below(districts.len())];
    let citizen = kind == OrganKind::Citizen;
    let sex = people::sex(rng, 550);
    CityOrgan {
        contact_name: if citizen { name.clone() } else { people::name(rng, sex) },
        phone: if citizen { people::mobile(rng) } else { people::landline(rng) },
        address: people::address(rng, district.name),
        district_code: district.code.to_owned(),
        name,
        kind,
    }
}
