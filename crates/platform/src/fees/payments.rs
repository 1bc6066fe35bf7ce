//! Where payments are known from: what somebody typed, or a bank's statement. An online gateway would be a third.
//!
//! **Invariant:** nothing here is taken as paid: a source only says what it knows, and `acts` records it or refuses.

use super::account::PayWay;
use super::quote::FEN_MAX;
use crate::fail::Fault;
use crate::text::say;
use crate::web::Form;
use crate::web::form::Reader;
use jiff::civil::Date;

/// Characters of a payer's name, a reference, a remark.
const SHORT: usize = 200;
/// Rows of one statement: a month of a large institution stays below.
pub const ROWS_MAX: usize = 2_000;

/// A payment as its source tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    pub reference: String,
    pub way: PayWay,
    pub fen: i64,
    pub payer: String,
    pub paid_on: Date,
    /// What the payer wrote to the bank; carries the account's payment code.
    pub remark: String,
}

/// A source of payments.
pub trait PaymentGateway {
    /// Every payment it knows.
    ///
    /// # Errors
    /// What cannot be read, by field or row; then nothing of it counts.
    fn payments(&self, today: Date) -> Result<Vec<Payment>, Vec<Fault>>;
}

/// One payment, typed into the form of a case.
pub struct RecordedByHand<'f>(pub &'f Form);

impl PaymentGateway for RecordedByHand<'_> {
    fn payments(&self, today: Date) -> Result<Vec<Payment>, Vec<Fault>> {
        let mut reader = Reader::new(self.0);
        let way = reader.choice("receipt_way", &PayWay::words());
        let fen = reader.fen("receipt_fen", FEN_MAX);
        let payer = reader.required("payer", SHORT);
        let reference = reader.optional("reference", SHORT);
        if way.is_some_and(|way| way != PayWay::Cash) && reference.is_empty() {
            reader.fault("reference", say("非现金收款请填写银行或者支付平台的流水号。"));
        }
        let paid_on = reader.date("paid_on");
        if paid_on.is_some_and(|day| day > today) {
            reader.fault("paid_on", say("日期不能晚于今天。"));
        }
        let (Some(way), Some(paid_on)) = (way, paid_on) else { return Err(reader.faults) };
        reader.finish(vec![Payment { reference, way, fen, payer, paid_on, remark: String::new() }])
    }
}

/// A bank's statement as CSV: reference, date, amount, payer, remark, in any order, with a line of headings.
pub struct FileOfPayments<'b>(pub &'b [u8]);

/// Column and heading, a line each: what the banks call them.
const HEADINGS: &str = include_str!("../../data/statement-columns.csv");

/// Whether the heading is one of the column's names.
fn is_column(column: &str, heading: &str) -> bool {
    HEADINGS.lines().skip(1).filter_map(|line| line.split_once(',')).any(|known| known == (column, heading))
}

impl PaymentGateway for FileOfPayments<'_> {
    fn payments(&self, today: Date) -> Result<Vec<Payment>, Vec<Fault>> {
        let bytes = self.0.strip_prefix(b"\xef\xbb\xbf").unwrap_or(self.0);
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Err(vec![Fault::new("file", say("文件不是UTF-8编码。请在表格软件中另存为“CSV UTF-8”后再上传。"))]);
        };
        let mut csv = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
        let headings = csv.headers().cloned().unwrap_or_default();
        let columns = ["reference", "date", "amount", "payer", "remark"];
        let at = columns.map(|column| headings.iter().position(|heading| is_column(column, heading)));
        let [Some(reference), Some(date), Some(amount), Some(payer), Some(remark)] = at else {
            let what = say("第一行须有这些列名：流水号、日期、金额、付款人、附言。");
            return Err(vec![Fault::new("file", what)]);
        };
        let mut payments: Vec<Payment> = Vec::new();
        let mut faults = Vec::new();
        for (row, record) in (2..).zip(csv.records()) {
            if row > ROWS_MAX + 1 {
                faults.push(Fault::new("file", say("一次最多%{n}行，请分成几个文件。").with("n", ROWS_MAX)));
                break;
            }
            let Ok(record) = record else {
                faults.push(Fault::new("file", say("第%{row}行读不出来，请核对引号和逗号。").with("row", row)));
                continue;
            };
            let cell = |at: usize| record.get(at).unwrap_or_default().replace('\0', "");
            let typed = [
                ("reference", cell(reference)),
                ("date", cell(date)),
                ("amount", cell(amount).replace(',', "")),
                ("payer", cell(payer)),
                ("remark", cell(remark)),
            ];
            let form = Form::of(typed.iter().map(|(name, text)| (*name, text.as_str())));
            let mut reader = Reader::new(&form);
            let payment = Payment {
                reference: reader.required("reference", SHORT),
                way: PayWay::Transfer,
                fen: reader.fen("amount", FEN_MAX),
                payer: reader.required("payer", SHORT),
                paid_on: reader.date("date").unwrap_or(today),
                remark: reader.optional("remark", SHORT),
            };
            let is_twice = payments.iter().any(|one| one.reference == payment.reference);
            if is_twice {
                faults.push(Fault::new("file", say("第%{row}行的流水号在文件中重复。").with("row", row)));
            } else if !reader.faults.is_empty() || payment.fen == 0 || payment.paid_on > today {
                let what = say("第%{row}行：请核对流水号、日期（例如2026-03-02）、金额（大于零）和付款人。");
                faults.push(Fault::new("file", what.with("row", row)));
            } else {
                payments.push(payment);
            }
        }
        if faults.is_empty() && payments.is_empty() {
            faults.push(Fault::new("file", say("文件里没有收款记录。")));
        }
        if faults.is_empty() { Ok(payments) } else { Err(faults) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const TODAY: Date = date(2026, 3, 2);

    #[test]
    fn a_statement_is_read_whole_or_not_at_all() {
        let head = "日期,流水号,金额,付款人,附言\n";
        for (text, expected, why) in [
            (
                "2026-03-01,A1,\"2,400.00\",甲区人民法院,F01\n2026-03-02,A2,10,乙,",
                Some(2),
                "two payments, thousands with a comma",
            ),
            ("2026-03-01,A1,2400,甲,F01\n2026-03-01,A1,2400,甲,F01", None, "one reference twice"),
            ("2026-03-03,A1,2400,甲,F01", None, "of tomorrow"),
            ("2026-03-01,,2400,甲,F01", None, "no reference"),
            ("2026-03-01,A1,-5,甲,F01", None, "an outgoing payment"),
            ("2026-03-01,A1,0,甲,F01", None, "nothing"),
            ("2026-03-01,A1,2400", None, "a row that is too short"),
            ("", None, "no rows"),
        ] {
            let found = FileOfPayments(format!("{head}{text}").as_bytes()).payments(TODAY);
            assert_eq!(found.ok().map(|all| all.len()), expected, "{why}");
        }
        assert!(FileOfPayments(b"a,b\n1,2").payments(TODAY).is_err(), "other columns");
        assert!(FileOfPayments(b"\xc8\xd5\xc6\xda").payments(TODAY).is_err(), "GBK");
        let marked = [b"\xef\xbb\xbf".as_slice(), head.as_bytes(), b"2026-03-01,A1,1,x,"].concat();
        assert_eq!(FileOfPayments(&marked).payments(TODAY).unwrap()[0].fen, 100, "a byte order mark");
    }

    #[test]
    fn a_typed_payment_needs_a_reference_unless_it_is_cash() {
        for (way, reference, sound, why) in [
            ("cash", "", true, "cash has none"),
            ("transfer", "", false, "a transfer has one"),
            ("transfer", "A1", true, "with it"),
            ("barter", "A1", false, "no such way"),
        ] {
            let form = Form::of([
                ("receipt_way", way),
                ("receipt_fen", "2400"),
                ("payer", "甲"),
                ("reference", reference),
                ("paid_on", "2026-03-02"),
            ]);
            assert_eq!(RecordedByHand(&form).payments(TODAY).is_ok(), sound, "{why}");
        }
    }
}
