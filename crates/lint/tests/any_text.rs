//! Any text at all: no panic, the same answer twice, every place inside its part.

use lint::{Input, Part, check};
use proptest::prelude::*;

fn empty() -> Input {
    Input {
        case_facts: String::new(),
        data_abstract: String::new(),
        process: String::new(),
        analysis: String::new(),
        opinion: String::new(),
        annexes: String::new(),
        dissent: String::new(),
        examinee: "张云舟".into(),
        sex: Some(lint::Sex::Male),
        birth: "1990-02-28".parse().ok(),
        id_number: "990000199002280010".into(),
        client: "演示市东区人民法院".into(),
        institution: "演示·云帆司法鉴定中心".into(),
        region: "shanghai".into(),
        matter: "损伤程度、误工期".into(),
        materials: Vec::new(),
        received_on: "2026-01-05".parse().unwrap_or_default(),
        accepted_on: "2026-01-07".parse().ok(),
        injured_on: None,
        examined_from: None,
        examined_to: None,
        signers: Vec::new(),
        today: "2026-02-02".parse().unwrap_or_default(),
    }
}

/// Pieces that rules look for, so that their insides are reached too.
const PIECES: &str = "(\\PC{0,4}|[0-9]{1,12}|年|月|日|2026年13月32日|次日|同年|左|右|双|侧|第|肋|膝|骨折|被鉴定人|张云|舟|患者|岁|男|女|壹万|佰|元|整|（|）|“|”|《|》|合计|%|附件|附图|级|伤残|轻伤|GB/T |GB 5.|5\\.9\\.|身份证|血压|/|出院日期|至|\n|×|_|X|复核人：)";

proptest! {
    #[test]
    fn no_text_makes_a_rule_panic(parts in proptest::collection::vec(proptest::collection::vec(PIECES, 0..40), 7)) {
        let mut input = empty();
        for (part, pieces) in Part::WRITTEN.into_iter().zip(parts) {
            if let Some(text) = input.text_mut(part) {
                *text = pieces.concat();
            }
        }
        let found = check(&input);
        prop_assert_eq!(&found, &check(&input));
        for one in found.iter().filter(|one| one.part != Part::Record) {
            prop_assert!(one.range.end <= input.text(one.part).chars().count(), "{:?}", one);
        }
    }
}
