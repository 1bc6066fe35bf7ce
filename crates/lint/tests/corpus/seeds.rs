//! Errors put into clean opinions, each with the rule that must find it and where.
//!
//! **Invariant:** a seed that finds nothing to change is no case; `held_out` marks what was written after the rules were
//! fixed and was not tuned on.

use super::kinds::{document, zh};
use super::{Case, identity};
use jiff::ToSpan;
use lint::{Input, Part, RuleId, Sex};

type Change = fn(&mut Input) -> bool;

/// What, rule, part, kinds of documents it goes into, held out, the change.
struct Seed(&'static str, RuleId, Part, &'static [usize], bool, Change);

const INJURIES: &[usize] = &[0, 1, 2];
const PERSONS: &[usize] = &[0, 1, 2, 3, 5];
const ALL: &[usize] = &[0, 1, 2, 3, 4, 5, 6];

/// Documents of each kind that a seed goes into.
const EACH: usize = 2;

pub fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    for (n, seed) in SEEDS.iter().enumerate() {
        let mut made = 0;
        for kind in seed.3 {
            for i in 0..12 {
                if made >= EACH * seed.3.len().min(3) {
                    break;
                }
                let mut input = document(*kind, (n * 3 + i * 5) % 12);
                if (seed.5)(&mut input) {
                    cases.push(Case { what: seed.0, rule: seed.1, part: seed.2, held_out: seed.4, input });
                    made += 1;
                    if made % EACH == 0 {
                        break;
                    }
                }
            }
        }
    }
    cases
}

/// Replaces the first `from`; false if there is none.
fn swap(text: &mut String, from: &str, to: &str) -> bool {
    let is_there = !from.is_empty() && text.contains(from);
    if is_there {
        *text = text.replacen(from, to, 1);
    }
    is_there
}

fn put(text: &mut String, what: &str) -> bool {
    text.push_str(what);
    true
}

fn chars(name: &str) -> Vec<char> {
    name.chars().collect()
}

/// The side in the first place after `from`, turned.
fn turn(text: &mut String, from: &str) -> bool {
    let Some(at) = text.find(from) else { return false };
    let Some((offset, sign)) = text[at..].char_indices().find(|(_, sign)| matches!(sign, '左' | '右')) else {
        return false;
    };
    let other = if sign == '左' { "右" } else { "左" };
    text.replace_range(at + offset..at + offset + sign.len_utf8(), other);
    true
}

fn other_sex(input: &Input) -> &'static str {
    if input.sex == Some(Sex::Male) { "女" } else { "男" }
}

fn own_sex(input: &Input) -> &'static str {
    if input.sex == Some(Sex::Male) { "男" } else { "女" }
}

/// The name where 被鉴定人 stands before it, written as `to`.
fn renamed(text: &mut String, name: &str, to: &str) -> bool {
    name != to && swap(text, &format!("被鉴定人{name}"), &format!("被鉴定人{to}"))
}

fn event(input: &Input) -> String {
    // The first date of 二.
    let text = &input.case_facts;
    let end = text.find('日').map_or(0, |at| at + '日'.len_utf8());
    let from = text[..end].find("20").unwrap_or(0);
    text[from..end].to_owned()
}

const SEEDS: &[Seed] = &[
    // Structure.
    Seed("part 五 empty", RuleId::Structure, Part::Analysis, ALL, false, |i| {
        i.analysis.clear();
        true
    }),
    Seed("part 六 only blanks", RuleId::Structure, Part::Opinion, ALL, false, |i| {
        i.opinion = " \n　".into();
        true
    }),
    Seed("part 三 empty", RuleId::Structure, Part::DataAbstract, INJURIES, true, |i| {
        i.data_abstract = "\n\n".into();
        true
    }),
    // Placeholders.
    Seed("××× for a hospital", RuleId::Placeholder, Part::Process, INJURIES, false, |i| {
        put(&mut i.process, "\n（四）会诊\n经×××医院会诊，未见异常。")
    }),
    Seed("XX for a name", RuleId::Placeholder, Part::Opinion, PERSONS, false, |i| {
        let n = i.examinee.clone();
        swap(&mut i.opinion, &n, "XX")
    }),
    Seed("【等级】", RuleId::Placeholder, Part::Opinion, &[0, 1], false, |i| {
        swap(&mut i.opinion, "构成", "构成【伤残等级】即")
    }),
    Seed("underscores", RuleId::Placeholder, Part::Analysis, ALL, false, |i| put(&mut i.analysis, "\n经计算为____。")),
    Seed("TODO", RuleId::Placeholder, Part::Process, ALL, false, |i| put(&mut i.process, "\nTODO 补充检查结果")),
    Seed("待补充", RuleId::Placeholder, Part::Analysis, INJURIES, false, |i| {
        put(&mut i.analysis, "\n影像学分析待补充。")
    }),
    Seed("此处插入照片", RuleId::Placeholder, Part::Process, ALL, false, |i| {
        put(&mut i.process, "\n此处插入照片")
    }),
    Seed("open date", RuleId::Placeholder, Part::Process, ALL, false, |i| {
        put(&mut i.process, "\n检验日期：2026年  月  日")
    }),
    Seed("×年×月 by the appraiser", RuleId::Placeholder, Part::Analysis, INJURIES, false, |i| {
        put(&mut i.analysis, "\n被鉴定人于×年×月×日复查。")
    }),
    Seed("empty brackets", RuleId::Placeholder, Part::Process, ALL, true, |i| {
        put(&mut i.process, "\n测得距离（ ）m。")
    }),
    Seed("请填写 in square brackets", RuleId::Placeholder, Part::Opinion, ALL, true, |i| {
        put(&mut i.opinion, "\n［请填写其他意见］")
    }),
    Seed("question marks", RuleId::Placeholder, Part::DataAbstract, ALL, true, |i| {
        put(&mut i.data_abstract, "\n住院号？？？")
    }),
    Seed("template field", RuleId::Placeholder, Part::Analysis, ALL, true, |i| {
        put(&mut i.analysis, "\n依照${standard}评定。")
    }),
    Seed("a row of Xs in records", RuleId::Placeholder, Part::CaseFacts, INJURIES, true, |i| {
        put(&mut i.case_facts, "联系人XXX。")
    }),
    // Impossible dates.
    Seed("2月30日", RuleId::DateImpossible, Part::CaseFacts, PERSONS, false, |i| {
        let d = event(i);
        swap(&mut i.case_facts, &d, "2025年2月30日")
    }),
    Seed("13月", RuleId::DateImpossible, Part::DataAbstract, ALL, false, |i| {
        put(&mut i.data_abstract, "\n复查日期：2025年13月2日。")
    }),
    Seed("31 April, hyphens", RuleId::DateImpossible, Part::Process, ALL, false, |i| {
        put(&mut i.process, "\n原始记录日期2025-04-31。")
    }),
    Seed("dots", RuleId::DateImpossible, Part::DataAbstract, INJURIES, false, |i| {
        put(&mut i.data_abstract, "\nCT片（2025.02.29）示骨折线存在。")
    }),
    Seed("same year, impossible", RuleId::DateImpossible, Part::DataAbstract, INJURIES, true, |i| {
        put(&mut i.data_abstract, "\n同年9月31日复查。")
    }),
    Seed("no year", RuleId::DateImpossible, Part::Process, ALL, true, |i| put(&mut i.process, "\n11月31日再次检验。")),
    Seed("Chinese numerals", RuleId::DateImpossible, Part::Analysis, ALL, true, |i| {
        put(&mut i.analysis, "\n二〇二五年六月三十一日又经复查。")
    }),
    // To come.
    Seed("examination to come", RuleId::DateFuture, Part::Process, ALL, false, |i| {
        let d = zh(i.today.saturating_add(20.days()));
        put(&mut i.process, &format!("\n补充检查（{d}）未见异常。"))
    }),
    Seed("visit to come", RuleId::DateFuture, Part::DataAbstract, INJURIES, false, |i| {
        let d = zh(i.today.saturating_add(1.year()));
        put(&mut i.data_abstract, &format!("\n{d}门诊记录：伤处疼痛减轻。"))
    }),
    Seed("event to come, hyphens", RuleId::DateFuture, Part::Analysis, ALL, true, |i| {
        let d = i.today.saturating_add(2.years());
        put(&mut i.analysis, &format!("\n查{d}的影像片，未见骨折。"))
    }),
    // Order.
    Seed("discharge before admission", RuleId::DateOrder, Part::DataAbstract, INJURIES, false, |i| {
        let e = zh(i.received_on.saturating_sub(200.days()));
        let Some(at) = i.data_abstract.find("出院日期") else { return false };
        let end = i.data_abstract[at..].find('日').map(|_| at + "出院日期".len());
        let Some(from) = end else { return false };
        let Some(to) = i.data_abstract[from..].find('日') else { return false };
        i.data_abstract.replace_range(from..from + to + '日'.len_utf8(), &e);
        true
    }),
    Seed("admission before injury", RuleId::DateOrder, Part::DataAbstract, INJURIES, false, |i| {
        let d = event(i);
        let wrong = format!("{}", i.received_on.year() - 1);
        let year = d.chars().take(4).collect::<String>();
        let Some(at) = i.data_abstract.find("入院日期") else { return false };
        let rest = i.data_abstract.split_off(at);
        let earlier = year.parse::<i16>().unwrap_or(0) - 1;
        i.data_abstract += &rest.replacen(&year, &earlier.to_string(), 1);
        !wrong.is_empty()
    }),
    Seed("examined before acceptance", RuleId::DateOrder, Part::Process, INJURIES, false, |i| {
        let d = zh(i.examined_from.unwrap_or(i.today));
        let e = zh(i.received_on.saturating_sub(10.days()));
        swap(&mut i.process, &d, &e)
    }),
    Seed("laboratory before acceptance", RuleId::DateOrder, Part::Process, &[3, 4, 6], true, |i| {
        let d = zh(i.examined_from.unwrap_or(i.today));
        let e = zh(i.accepted_on.unwrap_or(i.today).saturating_sub(3.days()));
        swap(&mut i.process, &format!("（{d}）"), &format!("（{e}）"))
            && i.process.contains(&format!("检验所见（{e}）"))
                | i.process.contains(&format!("过程（{e}）"))
                | i.process.contains(&format!("检验（{e}）"))
    }),
    Seed("injury dates differ", RuleId::DateOrder, Part::Analysis, &[0], false, |i| {
        let d = event(i);
        let at = d.find('月').unwrap_or(0);
        let other = if d.contains("年1月") {
            d.replace("年1月", "年2月")
        } else {
            let m = d.find('年').unwrap_or(0) + '年'.len_utf8();
            format!("{}1{}", &d[..m], &d[at..])
        };
        swap(&mut i.analysis, &format!("{d}因外伤"), &format!("{other}因外伤"))
    }),
    Seed("range reversed", RuleId::DateOrder, Part::DataAbstract, ALL, true, |i| {
        put(&mut i.data_abstract, "\n观察期间：2025年3月9日至2025年3月2日。")
    }),
    Seed("registered out of order", RuleId::DateOrder, Part::Record, ALL, true, |i| {
        i.examined_to = i.examined_from.map(|d| d.saturating_sub(2.days()));
        true
    }),
    // Names.
    Seed("other surname", RuleId::Name, Part::Opinion, INJURIES, false, |i| {
        let n = chars(&i.examinee);
        let to: String = format!("杜{}", n[1..].iter().collect::<String>());
        let name = i.examinee.clone();
        n.len() == 3 && renamed(&mut i.opinion, &name, &to)
    }),
    Seed("last character wrong", RuleId::Name, Part::Process, INJURIES, false, |i| {
        let n = chars(&i.examinee);
        let to: String = format!("{}琪", n[..n.len() - 1].iter().collect::<String>());
        let name = i.examinee.clone();
        n.len() >= 3 && swap(&mut i.process, &format!("被鉴定人{name}步入"), &format!("被鉴定人{to}，步入"))
    }),
    Seed("one left out", RuleId::Name, Part::Opinion, &[0, 2], false, |i| {
        let n = chars(&i.examinee);
        let name = i.examinee.clone();
        n.len() == 3 && renamed(&mut i.opinion, &name, &format!("{}{}因", n[0], n[2]))
    }),
    Seed("another person", RuleId::Name, Part::Opinion, PERSONS, false, |i| {
        let name = i.examinee.clone();
        renamed(&mut i.opinion, &name, "蒋怀谷因")
    }),
    Seed("exchanged", RuleId::Name, Part::Analysis, INJURIES, true, |i| {
        let n = chars(&i.examinee);
        let name = i.examinee.clone();
        n.len() == 3 && renamed(&mut i.analysis, &name, &format!("{}{}{}", n[0], n[2], n[1]))
    }),
    Seed("doubled", RuleId::Name, Part::Opinion, PERSONS, true, |i| {
        let n = chars(&i.examinee);
        let name = i.examinee.clone();
        n.len() == 3 && renamed(&mut i.opinion, &name, &format!("{}{}{}{}", n[0], n[1], n[1], n[2]))
    }),
    Seed("patient's name", RuleId::Name, Part::DataAbstract, &[0, 1, 2, 5], true, |i| {
        let n = chars(&i.examinee);
        let name = i.examinee.clone();
        n.len() == 3 && swap(&mut i.data_abstract, &format!("患者{name}"), &format!("患者{}{}薏", n[0], n[1]))
    }),
    Seed("another, of two characters", RuleId::Name, Part::Analysis, INJURIES, true, |i| {
        let name = i.examinee.clone();
        renamed(&mut i.analysis, &name, "沈谷，")
    }),
    // Organisations.
    Seed("client misspelt", RuleId::Organisation, Part::CaseFacts, ALL, false, |i| {
        let n = i.client.replacen("演示市", "演市市", 1);
        put(&mut i.case_facts, &format!("委托人{n}来函委托。"))
    }),
    Seed("client shortened", RuleId::Organisation, Part::Analysis, ALL, true, |i| {
        let n = i.client.replacen("人民", "人", 1);
        n != i.client && put(&mut i.analysis, &format!("\n委托人{n}提供了上述材料。"))
    }),
    Seed("institution misspelt", RuleId::Organisation, Part::Process, ALL, true, |i| {
        let n = i.institution.replacen("司法", "司发", 1);
        put(&mut i.process, &format!("\n检验在{n}进行。"))
    }),
    // Sex.
    Seed("sex after the name", RuleId::Sex, Part::DataAbstract, &[0, 1, 2, 5], false, |i| {
        let (a, b) = (own_sex(i), other_sex(i));
        let n = i.examinee.clone();
        swap(&mut i.data_abstract, &format!("{n}，{a}，"), &format!("{n}，{b}，"))
    }),
    Seed("sex in brackets", RuleId::Sex, Part::DataAbstract, INJURIES, false, |i| {
        let (a, b) = (own_sex(i), other_sex(i));
        let n = i.examinee.clone();
        swap(&mut i.data_abstract, &format!("{n}（{a}，"), &format!("{n}（{b}，"))
    }),
    Seed("sex of the body", RuleId::Sex, Part::Process, &[5], false, |i| {
        let (a, b) = (own_sex(i), other_sex(i));
        swap(&mut i.process, &format!("{a}性尸体"), &format!("{b}性尸体"))
    }),
    Seed("organ of the other sex", RuleId::Sex, Part::Process, &[0, 1, 2, 5], true, |i| {
        let organ = if i.sex == Some(Sex::Male) { "子宫大小正常。" } else { "前列腺大小正常。" };
        put(&mut i.process, &format!("\n超声示：{organ}"))
    }),
    Seed("sex in the opinion", RuleId::Sex, Part::Opinion, PERSONS, true, |i| {
        let b = other_sex(i);
        let n = i.examinee.clone();
        swap(&mut i.opinion, &format!("被鉴定人{n}"), &format!("被鉴定人{n}（{b}）"))
    }),
    // Age.
    Seed("age two years off", RuleId::Age, Part::DataAbstract, &[0, 1, 2, 5], false, |i| age(i, 2)),
    Seed("age ten years off", RuleId::Age, Part::DataAbstract, &[0, 1, 2, 5], false, |i| age(i, -10)),
    Seed("age in the analysis", RuleId::Age, Part::Analysis, PERSONS, true, |i| {
        let n = i.examinee.clone();
        put(&mut i.analysis, &format!("\n被鉴定人{n}，现年95周岁，"))
    }),
    Seed("birth date differs", RuleId::Age, Part::Process, PERSONS, true, |i| {
        let n = i.examinee.clone();
        put(&mut i.process, &format!("\n经核对，被鉴定人{n}，1951年3月4日出生。"))
    }),
    // Identity numbers.
    Seed("check digit", RuleId::IdNumber, Part::Process, PERSONS, false, |i| {
        let mut id = i.id_number.clone();
        let last = id.pop();
        id.push(if last == Some('1') { '2' } else { '1' });
        put(&mut i.process, &format!("\n经核对身份证号码{id}无误。"))
    }),
    Seed("somebody else's", RuleId::IdNumber, Part::Process, PERSONS, false, |i| {
        let id = identity(i.birth.unwrap_or(i.today).saturating_add(30.days()), Sex::Male, 77);
        let n = i.examinee.clone();
        put(&mut i.process, &format!("\n被鉴定人{n}（身份证号码：{id}）到场。"))
    }),
    Seed("digits exchanged", RuleId::IdNumber, Part::CaseFacts, PERSONS, true, |i| {
        let mut c = chars(&i.id_number);
        let Some(at) = (6..16).find(|at| c[*at] != c[at + 1]) else { return false };
        c.swap(at, at + 1);
        let id: String = c.iter().collect();
        put(&mut i.case_facts, &format!("公民身份号码为{id}。"))
    }),
    Seed("registered, wrong birth", RuleId::IdNumber, Part::Record, PERSONS, true, |i| {
        i.birth = i.birth.map(|b| b.saturating_sub(1.day()));
        true
    }),
    // Standards.
    Seed("superseded scale", RuleId::Standard, Part::Analysis, &[0], false, |i| {
        swap(&mut i.analysis, "《人体损伤程度鉴定标准》", "《人体轻伤鉴定标准（试行）》")
    }),
    Seed("superseded traffic scale", RuleId::Standard, Part::Process, &[1], false, |i| {
        swap(&mut i.process, "《人体损伤致残程度分级》", "GB 18667-2002《道路交通事故受伤人员伤残评定》")
    }),
    Seed("superseded, no blank", RuleId::Standard, Part::Process, INJURIES, false, |i| {
        swap(&mut i.process, "SF/T 0111-2021", "SF/Z JD0103003—2011")
    }),
    Seed("not yet in force", RuleId::Standard, Part::Analysis, &[1], false, |i| {
        i.received_on = "2016-11-01".parse().unwrap_or_default();
        i.accepted_on = Some(i.received_on);
        true
    }),
    Seed("old edition of the alcohol method", RuleId::Standard, Part::Process, &[3], true, |i| {
        swap(&mut i.process, "GA/T 842-2019", "GA/T842-2009")
    }),
    Seed("wrong name of a standard", RuleId::Standard, Part::Process, &[4], true, |i| {
        swap(&mut i.process, "《亲权鉴定技术规范》", "《个体识别技术规范》")
    }),
    Seed("grave injuries by the old scale", RuleId::Standard, Part::Opinion, &[0], true, |i| {
        put(&mut i.opinion, "依据为《人体重伤鉴定标准》。")
    }),
    // Clauses.
    Seed("clause of another degree", RuleId::Clause, Part::Analysis, &[0], false, |i| {
        swap(&mut i.analysis, "5.9.4d", "5.9.3d")
    }),
    Seed("clause of another grade", RuleId::Clause, Part::Analysis, &[1], false, |i| {
        swap(&mut i.analysis, "5.10.6.11", "5.8.6.11") || swap(&mut i.analysis, "5.9.6.9", "5.7.6.9")
    }),
    Seed("clause of a slight injury", RuleId::Clause, Part::Analysis, &[0], true, |i| {
        swap(&mut i.analysis, "5.9.4d", "5.6.5a")
    }),
    // Grades.
    Seed("轻伤一级 for 二级", RuleId::Grade, Part::Opinion, &[0], false, |i| {
        swap(&mut i.opinion, "轻伤二级", "轻伤一级")
    }),
    Seed("重伤二级 for 轻伤二级", RuleId::Grade, Part::Opinion, &[0], false, |i| {
        swap(&mut i.opinion, "轻伤二级", "重伤二级")
    }),
    Seed("九级 for 十级 or the reverse", RuleId::Grade, Part::Opinion, &[1], false, |i| {
        swap(&mut i.opinion, "十级伤残", "九级伤残") || swap(&mut i.opinion, "九级伤残", "十级伤残")
    }),
    Seed("轻伤三级", RuleId::Grade, Part::Opinion, &[0], false, |i| swap(&mut i.opinion, "轻伤二级", "轻伤三级")),
    Seed("十一级", RuleId::Grade, Part::Opinion, &[1], false, |i| swap(&mut i.opinion, "十级伤残", "十一级伤残")),
    Seed("figures", RuleId::Grade, Part::Opinion, &[1], true, |i| {
        swap(&mut i.opinion, "十级伤残", "8级伤残") || swap(&mut i.opinion, "九级伤残", "8级伤残")
    }),
    Seed("no grade in the opinion", RuleId::Grade, Part::Opinion, &[1], true, |i| {
        swap(&mut i.opinion, "构成十级伤残", "不构成伤残等级") || swap(&mut i.opinion, "构成九级伤残", "不构成伤残等级")
    }),
    Seed("轻微伤二级", RuleId::Grade, Part::Analysis, &[0], true, |i| {
        swap(&mut i.analysis, "轻伤一级的标准", "轻微伤二级的标准")
    }),
    Seed("轻微伤 for 轻伤二级", RuleId::Grade, Part::Opinion, &[0], true, |i| {
        swap(&mut i.opinion, "轻伤二级", "轻微伤")
    }),
    // Sides.
    Seed("side in the opinion", RuleId::Side, Part::Opinion, INJURIES, false, |i| turn(&mut i.opinion, "致")),
    Seed("side in the analysis", RuleId::Side, Part::Analysis, &[0, 1], false, |i| turn(&mut i.analysis, "致")),
    Seed("side in the scar", RuleId::Side, Part::Process, INJURIES, false, |i| turn(&mut i.process, "次/分。")),
    Seed("side on the film", RuleId::Side, Part::Process, INJURIES, false, |i| turn(&mut i.process, "复查片示")),
    Seed("side of the diagnosis", RuleId::Side, Part::DataAbstract, INJURIES, true, |i| {
        turn(&mut i.data_abstract, "诊断：")
    }),
    Seed("side with 侧", RuleId::Side, Part::Opinion, INJURIES, true, |i| {
        turn(&mut i.opinion, "致") && {
            i.opinion = i.opinion.replacen("致左", "致左侧", 1).replacen("致右", "致右侧", 1);
            true
        }
    }),
    // Numbers.
    Seed("capitals and figures", RuleId::Numbers, Part::Opinion, &[2], false, |i| {
        swap(&mut i.opinion, "壹万元整", "壹万贰仟元整")
    }),
    Seed("figures and capitals", RuleId::Numbers, Part::Opinion, &[2], false, |i| {
        swap(&mut i.opinion, "10,000元", "10,500元")
    }),
    Seed("days in words", RuleId::Numbers, Part::Opinion, &[2], false, |i| {
        swap(&mut i.opinion, "（六十日）", "（九十日）")
    }),
    Seed("sum", RuleId::Numbers, Part::Analysis, &[2], false, |i| {
        swap(&mut i.analysis, "合计10,000元", "合计11,000元")
    }),
    Seed("participation over a hundred", RuleId::Numbers, Part::Analysis, &[1], false, |i| {
        swap(&mut i.analysis, "参与度为100%", "参与度为110%")
    }),
    Seed("capitals first", RuleId::Numbers, Part::CaseFacts, ALL, true, |i| {
        put(&mut i.case_facts, "涉案金额人民币叁万伍仟元整（¥53,000.00）。")
    }),
    Seed("words before figures", RuleId::Numbers, Part::Process, ALL, true, |i| {
        put(&mut i.process, "\n共提取十二（13）处痕迹。")
    }),
    Seed("sum with 共计", RuleId::Numbers, Part::DataAbstract, ALL, true, |i| {
        put(&mut i.data_abstract, "\n医疗费3200元、交通费450.5元，共计3750.50元。")
    }),
    Seed("function lost over a hundred", RuleId::Numbers, Part::Analysis, &[1], true, |i| {
        put(&mut i.analysis, "\n右膝关节功能丧失125%。")
    }),
    // Units.
    Seed("height", RuleId::Unit, Part::Process, &[5], false, |i| swap(&mut i.process, "身长1", "身长12")),
    Seed("pressure", RuleId::Unit, Part::Process, INJURIES, false, |i| swap(&mut i.process, "/78mmHg", "/178mmHg")),
    Seed("temperature", RuleId::Unit, Part::Process, ALL, true, |i| put(&mut i.process, "\n体温63.5℃，神清。")),
    // Annexes.
    Seed("附件 beyond the last", RuleId::Annex, Part::Process, ALL, false, |i| {
        put(&mut i.process, "\n检测原始数据见附件9。")
    }),
    Seed("附图 beyond the last", RuleId::Annex, Part::Analysis, ALL, false, |i| {
        put(&mut i.analysis, "\n损伤部位见附图25。")
    }),
    Seed("no annexes", RuleId::Annex, Part::Process, &[0, 2, 3], false, |i| {
        i.annexes.clear();
        i.process.contains("见附图")
    }),
    Seed("附表 without a table", RuleId::Annex, Part::Process, INJURIES, true, |i| {
        put(&mut i.process, "\n（详见附表2）")
    }),
    Seed("Chinese numeral", RuleId::Annex, Part::Analysis, ALL, true, |i| {
        put(&mut i.analysis, "\n详细数据参见附件八。")
    }),
    // Signers.
    Seed("one signer", RuleId::Signers, Part::Record, ALL, false, |i| {
        i.signers.truncate(1);
        true
    }),
    Seed("licence lapsed", RuleId::Signers, Part::Record, ALL, false, |i| {
        i.signers[1].is_valid = false;
        true
    }),
    Seed("licence for another item", RuleId::Signers, Part::Record, ALL, true, |i| {
        i.signers[0].covers_item = false;
        true
    }),
    // Reviewer (S19).
    Seed("复核人 in the opinion", RuleId::Reviewer, Part::Opinion, ALL, false, |i| {
        put(&mut i.opinion, "\n复核人：卢丙演（执业证号990000003）")
    }),
    Seed("复核人 signs", RuleId::Reviewer, Part::Annexes, ALL, true, |i| put(&mut i.annexes, "\n复核人签名页")),
    // Hedging.
    Seed("仅供参考", RuleId::Hedging, Part::Opinion, ALL, false, |i| put(&mut i.opinion, "以上意见仅供参考。")),
    Seed("可能", RuleId::Hedging, Part::Opinion, &[0, 1], false, |i| swap(&mut i.opinion, "构成", "可能构成")),
    Seed("大概", RuleId::Hedging, Part::Opinion, &[0, 1], true, |i| swap(&mut i.opinion, "构成", "大概构成")),
    Seed("liability", RuleId::Hedging, Part::Opinion, &[1, 2], true, |i| {
        put(&mut i.opinion, "\n对方应当承担赔偿责任。")
    }),
    // Repetition.
    Seed("paragraph twice", RuleId::Repeated, Part::Process, ALL, false, |i| {
        let last = i.process.lines().max_by_key(|l| l.chars().count()).unwrap_or_default().to_owned();
        put(&mut i.process, &format!("\n{last}"))
    }),
    Seed("twice with another number", RuleId::Repeated, Part::Analysis, ALL, true, |i| {
        let last = i.analysis.lines().max_by_key(|l| l.chars().count()).unwrap_or_default().to_owned();
        put(
            &mut i.analysis,
            &format!("\n3. {}", last.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c == ' ')),
        )
    }),
    // Brackets.
    Seed("bracket not closed", RuleId::Brackets, Part::Process, ALL, false, |i| swap(&mut i.process, "）\n", "\n")),
    Seed("quote not closed", RuleId::Brackets, Part::DataAbstract, ALL, false, |i| {
        put(&mut i.data_abstract, "\n主诉“疼痛两小时。")
    }),
    Seed("title not opened", RuleId::Brackets, Part::Process, ALL, true, |i| swap(&mut i.process, "《", "")),
    Seed("closed twice", RuleId::Brackets, Part::Analysis, ALL, true, |i| {
        put(&mut i.analysis, "\n（详见检查记录））。")
    }),
    // Half-width.
    Seed("half-width comma", RuleId::HalfWidth, Part::Analysis, ALL, false, |i| swap(&mut i.analysis, "，", ",")),
    Seed("half-width colon", RuleId::HalfWidth, Part::CaseFacts, ALL, true, |i| {
        swap(&mut i.case_facts, "介绍：", "介绍:双方称")
    }),
    // Matter.
    Seed("nursing not answered", RuleId::Matter, Part::Opinion, &[2], false, |i| {
        swap(&mut i.opinion, "、护理期60日（六十日）", "")
    }),
    Seed("causation not answered", RuleId::Matter, Part::Opinion, &[1], true, |i| {
        let first = i.opinion.lines().next().unwrap_or_default().replace("致", "后");
        i.opinion = first;
        true
    }),
];

/// The age beside the name, off by `years`.
fn age(input: &mut Input, years: i16) -> bool {
    let Some(at) = input.data_abstract.find('岁') else { return false };
    let digits: String = input.data_abstract[..at]
        .chars()
        .rev()
        .take_while(char::is_ascii_digit)
        .collect::<String>()
        .chars()
        .rev()
        .collect();
    let Ok(age) = digits.parse::<i16>() else { return false };
    swap(&mut input.data_abstract, &format!("{age}岁"), &format!("{}岁", age + years))
}
