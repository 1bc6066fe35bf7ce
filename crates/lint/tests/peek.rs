mod corpus;
#[test]
fn peek() {
    for (n, doc) in corpus::clean().iter().enumerate() {
        for one in lint::check(doc) { println!("{n} kind {} {:?} {:?} {:?} {:?} {} {:?}", n % 7, one.severity, one.rule, one.part, one.excerpt, one.message, one.slots); }
    }
}
