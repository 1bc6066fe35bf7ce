//! Every operation of the interface but the steps, which the table of the procedure lists itself: what it is, what it asks
//! for, what it answers.

mod asked;
mod done;

/// A parameter of the query.
pub(super) struct Asks {
    pub name: &'static str,
    pub about: &'static str,
}

pub(super) struct Operation {
    pub method: &'static str,
    pub path: &'static str,
    pub id: &'static str,
    pub scope: &'static str,
    pub about: &'static str,
    pub asks: &'static [Asks],
    /// The schema of what is sent; empty where nothing is, or bytes are.
    pub body: &'static str,
    /// The schema of the answer; empty for bytes.
    pub answer: &'static str,
    pub is_list: bool,
    /// Of success.
    pub status: &'static str,
}

impl Operation {
    /// Whether it is done once under an `Idempotency-Key`. What answers a plain 200 may be sent as often as one likes.
    pub fn takes_key(&self) -> bool {
        self.method == "post" && self.status != "200"
    }
}

const fn get(
    path: &'static str,
    id: &'static str,
    scope: &'static str,
    answer: &'static str,
    about: &'static str,
) -> Operation {
    Operation { method: "get", path, id, scope, about, asks: &[], body: "", answer, is_list: false, status: "200" }
}

const fn list(
    path: &'static str,
    id: &'static str,
    scope: &'static str,
    answer: &'static str,
    about: &'static str,
) -> Operation {
    Operation { is_list: true, ..get(path, id, scope, answer, about) }
}

const fn act(
    path: &'static str,
    id: &'static str,
    scope: &'static str,
    body: &'static str,
    answer: &'static str,
    about: &'static str,
) -> Operation {
    Operation { method: "post", body, status: "201", ..get(path, id, scope, answer, about) }
}

/// All of them, in the order of their addresses.
pub(super) fn operations() -> Vec<&'static Operation> {
    let mut all: Vec<&Operation> = asked::OPERATIONS.iter().chain(done::OPERATIONS).collect();
    all.sort_by_key(|one| (one.path, one.method));
    all
}
