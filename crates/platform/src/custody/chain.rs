//! The chain of one material: from its events to who holds it, since when, how much is left, and what does not fit.
//!
//! **Invariant:** the intervals tile time from the first event on, whatever the events say: what does not fit becomes an
//! [`Irregularity`], never a hole. Amounts are conserved: what came in is left, consumed or divided off.

use crate::words;
use jiff::Timestamp;

/// Somebody or some place, by id; the name is only shown.
#[derive(Clone, Debug, Eq)]
pub struct Party {
    pub id: String,
    pub name: String,
}

impl Party {
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self { id: id.into(), name: name.into() }
    }
}

/// A place that was renamed is the same place.
impl PartialEq for Party {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

/// How a material ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Returned,
    Destroyed,
    /// Consumed or divided to nothing.
    UsedUp,
    /// Announced by the client, and never brought.
    NotBrought,
}

/// In whose hand, or where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// Announced, still with the client.
    Client,
    Person(Party),
    Place(Party),
    Lost,
    Gone(End),
}

words! {
    /// What can happen to a material.
    Happening {
        Announced, "announced", "随委托登记";
        Received, "received", "接收";
        SplitOff, "split_off", "由分样而来";
        Offered, "offered", "提出交接";
        Confirmed, "confirmed", "确认交接";
        Refused, "refused", "拒绝接收";
        Withdrawn, "withdrawn", "撤回交接";
        Moved, "moved", "存取";
        Sealed, "sealed", "封存";
        Unsealed, "unsealed", "启封";
        Divided, "divided", "分样";
        Consumed, "consumed", "消耗";
        Returned, "returned", "退还";
        Lost, "lost", "报告下落不明";
        Found, "found", "找回";
        Explained, "explained", "负责人说明";
        NotBrought, "not_brought", "没有送来";
    }
}

/// One thing that happened, as it was recorded.
#[derive(Clone, Debug)]
pub struct CustodyEvent {
    pub kind: Happening,
    pub at: Timestamp,
    pub by: Party,
    /// Who held it, as whoever recorded this states.
    pub from: Option<Holder>,
    /// Who holds it then.
    pub to: Option<Holder>,
    /// Whose confirmation an offer waits for: the taker, or the witness of a move.
    pub awaits: Option<Party>,
    /// In thousandths of the unit.
    pub amount: Option<i64>,
    pub seal: String,
    pub note: String,
}

/// A hand-over that was offered and not yet answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    pub to: Holder,
    pub awaits: Party,
    pub by: Party,
    pub since: Timestamp,
}

/// A stretch of time in one hand or place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interval {
    pub holder: Holder,
    pub from: Timestamp,
    /// Open while it lasts.
    pub to: Option<Timestamp>,
}

words! {
    /// What does not fit in a chain.
    Break {
        NoBeginning, "no_beginning", "流转记录不是从登记或者接收开始";
        BegunTwice, "begun_twice", "同一材料登记或者接收了两次";
        Gap, "gap", "曾经下落不明，这一段时间无人负责";
        Overlap, "overlap", "时间早于上一条记录，两段时间重叠";
        ImpossibleMove, "impossible_move", "交出人在当时并不持有此材料";
        NoOffer, "no_offer", "没有提出的交接却作了答复";
        WrongPerson, "wrong_person", "答复交接的不是应当确认的人";
        Unconfirmed, "unconfirmed", "交接提出后没有确认，材料又有变动";
        BelowZero, "below_zero", "消耗或者分出的数量超过剩余数量";
        Unmeasured, "unmeasured", "消耗或者分样没有写明数量";
        SealIntact, "seal_intact", "封存未启封，却已消耗或者分样";
        SealTwice, "seal_twice", "没有启封又再次封存，或者没有封存却启封";
        AfterEnd, "after_end", "流转已经结束，又有新的记录";
    }
}

/// Something that does not fit, at which event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Irregularity {
    pub what: Break,
    pub at: Timestamp,
    /// Place of the event in the chain, from 0.
    pub event: usize,
    /// The head has given an explanation since; it stays in sight.
    pub is_explained: bool,
}

/// What the events of one material come to.
#[derive(Clone, Debug)]
pub struct Holding {
    pub holder: Holder,
    pub since: Timestamp,
    pub seal: Option<String>,
    /// In thousandths; absent where the quantity was never measured.
    pub left: Option<i64>,
    pub consumed: i64,
    pub divided: i64,
    pub pending: Option<Pending>,
    pub intervals: Vec<Interval>,
    pub irregularities: Vec<Irregularity>,
}

impl Holding {
    /// How many irregularities nobody has explained.
    pub fn unexplained(&self) -> usize {
        self.irregularities.iter().filter(|one| !one.is_explained).count()
    }

    pub fn is_gone(&self) -> bool {
        matches!(self.holder, Holder::Gone(_))
    }
}

/// Reads the chain; `amount` is what came in, in thousandths. Without events there is nothing to hold.
pub fn read(events: &[CustodyEvent], amount: Option<i64>) -> Option<Holding> {
    let first = events.first()?;
    let holder = first.to.clone().unwrap_or(Holder::Client);
    let mut holding = Holding {
        holder: holder.clone(),
        since: first.at,
        seal: (!first.seal.is_empty()).then(|| first.seal.clone()),
        left: amount,
        consumed: 0,
        divided: 0,
        pending: None,
        intervals: vec![Interval { holder, from: first.at, to: None }],
        irregularities: Vec::new(),
    };
    if !matches!(first.kind, Happening::Announced | Happening::Received | Happening::SplitOff) {
        holding.note(Break::NoBeginning, 0, first.at);
    }
    let mut latest = first.at;
    for (n, event) in events.iter().enumerate().skip(1) {
        if event.at < latest {
            holding.note(Break::Overlap, n, event.at);
        }
        latest = latest.max(event.at);
        holding.take_in(n, event, latest);
    }
    Some(holding)
}

impl Holding {
    fn note(&mut self, what: Break, event: usize, at: Timestamp) {
        self.irregularities.push(Irregularity { what, at, event, is_explained: false });
    }

    /// The next event; `at` is its time, not before the one of the event before it.
    fn take_in(&mut self, n: usize, event: &CustodyEvent, at: Timestamp) {
        if event.kind == Happening::Explained {
            for one in &mut self.irregularities {
                one.is_explained = true;
            }
            return;
        }
        if self.is_gone() {
            self.note(Break::AfterEnd, n, at);
        }
        if event.from.as_ref().is_some_and(|from| *from != self.holder) {
            self.note(Break::ImpossibleMove, n, at);
        }
        match event.kind {
            Happening::Offered => self.offered(n, event, at),
            Happening::Confirmed | Happening::Refused | Happening::Withdrawn => self.answered(n, event, at),
            _ => {
                if self.pending.take().is_some() {
                    self.note(Break::Unconfirmed, n, at);
                }
                self.changed(n, event, at);
            }
        }
    }

    fn offered(&mut self, n: usize, event: &CustodyEvent, at: Timestamp) {
        if self.pending.is_some() {
            self.note(Break::Unconfirmed, n, at);
        }
        self.pending = event.to.clone().zip(event.awaits.clone()).map(|(to, awaits)| Pending {
            to,
            awaits,
            by: event.by.clone(),
            since: at,
        });
    }

    fn answered(&mut self, n: usize, event: &CustodyEvent, at: Timestamp) {
        let Some(pending) = self.pending.take() else {
            self.note(Break::NoOffer, n, at);
            // What was recorded is followed all the same: the chain says where the material is said to be.
            self.goes(event.to.clone(), at);
            return;
        };
        let answers = if event.kind == Happening::Withdrawn { &pending.by } else { &pending.awaits };
        if event.by != *answers {
            self.note(Break::WrongPerson, n, at);
        }
        if event.kind == Happening::Confirmed {
            self.goes(Some(pending.to), at);
        }
    }

    fn changed(&mut self, n: usize, event: &CustodyEvent, at: Timestamp) {
        match event.kind {
            Happening::Announced | Happening::SplitOff => self.note(Break::BegunTwice, n, at),
            Happening::Received => {
                if self.holder != Holder::Client {
                    self.note(Break::BegunTwice, n, at);
                }
                if !event.seal.is_empty() {
                    self.seal = Some(event.seal.clone());
                }
                self.goes(event.to.clone(), at);
            }
            Happening::Sealed => {
                if self.seal.replace(event.seal.clone()).is_some() {
                    self.note(Break::SealTwice, n, at);
                }
            }
            Happening::Unsealed => {
                if self.seal.take().is_none() {
                    self.note(Break::SealTwice, n, at);
                }
            }
            Happening::Divided | Happening::Consumed => self.lessened(n, event, at),
            Happening::Found => {
                self.note(Break::Gap, n, at);
                self.goes(event.to.clone(), at);
            }
            Happening::Lost => self.goes(Some(Holder::Lost), at),
            Happening::Moved | Happening::Returned => self.goes(event.to.clone(), at),
            Happening::NotBrought => self.goes(Some(Holder::Gone(End::NotBrought)), at),
            Happening::Offered
            | Happening::Confirmed
            | Happening::Refused
            | Happening::Withdrawn
            | Happening::Explained => {}
        }
    }

    fn lessened(&mut self, n: usize, event: &CustodyEvent, at: Timestamp) {
        if self.seal.is_some() {
            self.note(Break::SealIntact, n, at);
        }
        let (Some(left), Some(less)) = (self.left, event.amount.filter(|amount| *amount > 0)) else {
            self.note(Break::Unmeasured, n, at);
            return;
        };
        if event.kind == Happening::Consumed {
            self.consumed = self.consumed.saturating_add(less);
        } else {
            self.divided = self.divided.saturating_add(less);
        }
        let rest = left.saturating_sub(less);
        self.left = Some(rest);
        if rest < 0 {
            self.note(Break::BelowZero, n, at);
        }
        if rest <= 0 {
            self.goes(Some(Holder::Gone(End::UsedUp)), at);
        }
    }

    /// From `at` on in another hand. An instant in one hand is an interval of no length.
    fn goes(&mut self, to: Option<Holder>, at: Timestamp) {
        let Some(to) = to.filter(|to| *to != self.holder) else { return };
        if let Some(last) = self.intervals.last_mut() {
            last.to = Some(at);
        }
        self.intervals.push(Interval { holder: to.clone(), from: at, to: None });
        self.holder = to;
        self.since = at;
    }
}

#[cfg(test)]
mod tests;
