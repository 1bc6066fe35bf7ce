//! What reviewers remark on passages of the draft, and what became of it.
//!
//! **Invariant:** a comment names a passage that stands in the version it was made on; comments and replies only grow, and
//! no client ever sees them.

use super::store;
use crate::actor::{Actor, Role};
use crate::app::App;
use crate::cases::draft::Draft;
use crate::cases::facts::Facts;
use crate::cases::{self, Scope, State, law};
use crate::db::{Conn, DbError, Row};
use crate::fail::{Fail, Objection};
use crate::perform::Tx;
use crate::text::{Say, say};
use crate::values;
use crate::web::{Form, Signed, done};
use axum::Router;
use axum::extract::{Path, State as Extract};
use axum::response::Response;
use axum::routing::post;
use jiff::Timestamp;

/// Characters of a quoted passage and of a comment.
const QUOTE_MAX: usize = 1_000;
const BODY_MAX: usize = 4_000;
/// Comments of one case, and replies to one; who has more to say sends the draft back.
const COMMENTS_MAX: i64 = 300;
const REPLIES_MAX: usize = 50;

/// Weights of a comment: stored word and Chinese name (the translator's key).
pub const WEIGHTS: [(&str, &str); 2] = [("must", "必须修改"), ("remark", "建议")];

pub fn routes() -> Router<App> {
    Router::new()
        .route("/cases/{id}/opinion/comments", post(write))
        .route("/cases/{id}/opinion/comments/{comment}", post(reply))
}

#[derive(Clone, Debug)]
pub struct Reply {
    /// `answered`, `resolved` or `withdrawn`.
    pub kind: String,
    pub body: String,
    pub author_name: String,
    pub written_at: Timestamp,
}

impl Reply {
    /// The Chinese name of what was done, a translator key.
    pub fn label(&self) -> &'static str {
        match self.kind.as_str() {
            "resolved" => "已解决",
            "withdrawn" => "已撤回",
            _ => "答复",
        }
    }
}

#[derive(Clone, Debug)]
pub struct Comment {
    pub id: String,
    pub version: i64,
    pub part: String,
    pub quote: String,
    pub weight: String,
    pub body: String,
    pub author_id: String,
    pub author_name: String,
    pub written_at: Timestamp,
    pub replies: Vec<Reply>,
}

impl Comment {
    pub fn is_open(&self) -> bool {
        !self.replies.iter().any(|one| one.kind != "answered")
    }

    pub fn is_must(&self) -> bool {
        self.weight == "must"
    }

    pub fn label(&self) -> &'static str {
        WEIGHTS.iter().find(|(word, _)| *word == self.weight).map_or("", |(_, label)| label)
    }

    /// The title of the part, a translator key.
    pub fn title(&self) -> &'static str {
        Draft::default().parts().iter().find(|(name, _, _)| *name == self.part).map_or("", |(_, title, _)| title)
    }
}

/// The case's comments with their replies, oldest first.
pub async fn list(conn: &mut Conn, case_id: &str) -> Result<Vec<Comment>, DbError> {
    let replies = conn
        .all(
            "select r.comment_id, r.kind, r.body, r.author_name, r.written_at from opinion_comment_reply r
             join opinion_comment c on c.id = r.comment_id where c.case_id = $1 order by r.written_at, r.id",
            values![case_id],
        )
        .await?;
    let mut found = Vec::new();
    let sql =
        "select id, draft_version, part, quote, weight, body, author_id, author_name, written_at from opinion_comment
         where case_id = $1 order by written_at, id";
    for row in conn.all(sql, values![case_id]).await? {
        let mut comment = comment(&row)?;
        for one in &replies {
            if one.get::<String>("comment_id")? == comment.id {
                comment.replies.push(Reply {
                    kind: one.get("kind")?,
                    body: one.get("body")?,
                    author_name: one.get("author_name")?,
                    written_at: one.get("written_at")?,
                });
            }
        }
        found.push(comment);
    }
    Ok(found)
}

fn comment(row: &Row) -> Result<Comment, DbError> {
    Ok(Comment {
        id: row.get("id")?,
        version: row.get("draft_version")?,
        part: row.get("part")?,
        quote: row.get("quote")?,
        weight: row.get("weight")?,
        body: row.get("body")?,
        author_id: row.get("author_id")?,
        author_name: row.get("author_name")?,
        written_at: row.get("written_at")?,
        replies: Vec::new(),
    })
}

/// A reviewer who is none of the case's appraisers, while it is reviewed.
pub fn may_comment(facts: &Facts, actor: &Actor) -> bool {
    facts.case.state == State::InReview
        && actor.is(Role::Reviewer)
        && facts.member(actor.appraiser_id.as_deref()).is_none()
}

/// What this person may do about an open comment: stored word and button (a translator key).
pub fn replies_open(facts: &Facts, actor: &Actor, comment: &Comment) -> Vec<(&'static str, &'static str)> {
    let is_member = facts.member(actor.appraiser_id.as_deref()).is_some();
    let mut found = Vec::new();
    if !comment.is_open() {
        return found;
    }
    if facts.case.state == State::DraftOpinion && is_member {
        found.extend([("answered", "答复"), ("resolved", "标为已解决")]);
    }
    if may_comment(facts, actor) {
        found.push(("resolved", "标为已解决"));
    }
    if comment.author_id == actor.account_id && [State::InReview, State::DraftOpinion].contains(&facts.case.state) {
        found.push(("withdrawn", "撤回批注"));
    }
    found
}

fn refused(what: Say, remedy: Say) -> Fail {
    Fail::Refused(vec![Objection { what, article: law::T35, remedy }])
}

/// The case inside a writing transaction, for those of the house.
async fn open(app: &App, who: &Signed, id: &str) -> Result<(Tx, Facts), Fail> {
    let scope = Scope::of(&who.actor)?;
    if matches!(scope, Scope::Client(_)) {
        return Err(Fail::NotFound);
    }
    let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
    let today = tx.today();
    let facts = cases::store::facts(&mut tx.conn, &scope, id, today).await?;
    Ok((tx, facts))
}

async fn write(Extract(app): Extract<App>, who: Signed, Path(id): Path<String>, form: Form) -> Result<Response, Fail> {
    comment_on(&app, &who, &id, &form).await?.conn.commit().await?;
    Ok(done(&format!("/cases/{id}/opinion#comments"), "批注已保存。"))
}

/// Writes a comment on a passage. The caller commits.
///
/// # Errors
/// Who may not, a draft with a newer version, a passage that is not in it.
pub async fn comment_on(app: &App, who: &Signed, id: &str, form: &Form) -> Result<Tx, Fail> {
    let (mut tx, facts) = open(app, who, id).await?;
    if !may_comment(&facts, &who.actor) {
        return Err(refused(say("现在不能写批注。"), say("批注由复核人在复核期间书写；本案鉴定人请在草稿中修改。")));
    }
    let saved = store::newest_draft(&mut tx.conn, id).await?.ok_or(Fail::NotFound)?;
    if form.text("version").parse::<i64>() != Ok(saved.version) {
        return Err(Fail::Conflict(say("草稿在您打开之后有了新版本，请对照新版本再写批注。")));
    }
    let (part, quote, body, weight) = (form.text("part"), form.text("quote"), form.text("body"), form.text("weight"));
    if let Some(what) = wrong(&saved.draft, part, quote, body, weight) {
        return Err(refused(what, say("请返回上一页修改后再保存。")));
    }
    if tx.conn.count("select count(*) from opinion_comment where case_id = $1", values![id]).await? >= COMMENTS_MAX {
        return Err(Fail::TooLarge(say("此案已有%{n}条批注，请退回修改并写明总的意见。").with("n", COMMENTS_MAX)));
    }
    let (comment, now) = (tx.new_id(), tx.now);
    tx.conn
        .run(
            "insert into opinion_comment (id, case_id, draft_version, part, quote, weight, body, author_id, author_name, written_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            values![
                comment, id, saved.version, part, quote, weight, body, &who.actor.account_id, &who.actor.name, now,
            ],
        )
        .await?;
    Ok(tx)
}

/// What is wrong with a comment, if anything.
fn wrong(draft: &Draft, part: &str, quote: &str, body: &str, weight: &str) -> Option<Say> {
    let parts = draft.parts();
    let Some((_, title, text)) = parts.iter().find(|(name, _, _)| *name == part) else {
        return Some(say("请选择批注针对的部分。"));
    };
    if quote.is_empty() || !text.contains(quote) {
        return Some(say("引用的文字不在“%{part}”里。请原样选取或者粘贴要批注的文字。").word("part", title));
    }
    if body.is_empty() {
        return Some(say("请写明批注的内容。"));
    }
    if !WEIGHTS.iter().any(|(word, _)| *word == weight) {
        return Some(say("请选择“必须修改”或者“建议”。"));
    }
    if quote.chars().count() > QUOTE_MAX || body.chars().count() > BODY_MAX {
        return Some(
            say("引用最多%{quote}个字，批注最多%{body}个字。").with("quote", QUOTE_MAX).with("body", BODY_MAX),
        );
    }
    None
}

async fn reply(
    Extract(app): Extract<App>,
    who: Signed,
    Path((id, comment)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Fail> {
    reply_to(&app, &who, &id, &comment, &form).await?.conn.commit().await?;
    Ok(done(&format!("/cases/{id}/opinion#comments"), "批注已处理。"))
}

/// Answers, settles or takes back a comment. The caller commits.
///
/// # Errors
/// Who may not now, an answer without words.
pub async fn reply_to(app: &App, who: &Signed, id: &str, comment: &str, form: &Form) -> Result<Tx, Fail> {
    let (mut tx, facts) = open(app, who, id).await?;
    let comment = list(&mut tx.conn, id).await?.into_iter().find(|one| one.id == comment).ok_or(Fail::NotFound)?;
    let (kind, body) = (form.text("do"), form.text("body"));
    if !replies_open(&facts, &who.actor, &comment).iter().any(|(word, _)| *word == kind) {
        return Err(refused(
            say("现在不能这样处理批注。"),
            say("起草阶段由本案鉴定人答复或者标为已解决；批注人可以撤回。"),
        ));
    }
    if kind == "answered" && body.is_empty() {
        return Err(refused(say("请写明答复的内容。"), say("请返回上一页修改后再保存。")));
    }
    if body.chars().count() > BODY_MAX || comment.replies.len() >= REPLIES_MAX {
        return Err(refused(say("最多%{n}个字。").with("n", BODY_MAX), say("请返回上一页修改后再保存。")));
    }
    let (new, now) = (tx.new_id(), tx.now);
    tx.conn
        .run(
            "insert into opinion_comment_reply (id, comment_id, kind, body, author_id, author_name, written_at)
             values ($1, $2, $3, $4, $5, $6, $7)",
            values![new, &comment.id, kind, body, &who.actor.account_id, &who.actor.name, now],
        )
        .await?;
    Ok(tx)
}

/// A part's text cut at the passages that open comments quote: text, and whether it is such a passage.
pub fn marked(text: &str, part: &str, comments: &[Comment]) -> Vec<(String, bool)> {
    let mut spans: Vec<(usize, usize)> = comments
        .iter()
        .filter(|one| one.part == part && one.is_open())
        .filter_map(|one| text.find(&one.quote).map(|at| (at, at + one.quote.len())))
        .collect();
    spans.sort_unstable();
    let (mut found, mut at) = (Vec::new(), 0);
    for (from, to) in spans {
        // Passages may overlap; what is marked already is not marked twice.
        let from = from.max(at);
        if to <= from {
            continue;
        }
        if from > at {
            found.push((text[at..from].to_owned(), false));
        }
        found.push((text[from..to].to_owned(), true));
        at = to;
    }
    if at < text.len() {
        found.push((text[at..].to_owned(), false));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comment(quote: &str) -> Comment {
        Comment {
            id: String::new(),
            version: 1,
            part: "opinion".into(),
            quote: quote.into(),
            weight: "must".into(),
            body: String::new(),
            author_id: String::new(),
            author_name: String::new(),
            written_at: Timestamp::UNIX_EPOCH,
            replies: Vec::new(),
        }
    }

    #[test]
    fn passages_are_marked_and_the_text_stays_whole() {
        let text = "评定为轻伤二级。依据充分。";
        for (quotes, marks, why) in [
            (&["轻伤二级"][..], &["轻伤二级"][..], "one"),
            (&["轻伤二级", "二级。依据"], &["轻伤二级", "。依据"], "overlapping"),
            (&["轻伤二级", "轻伤"], &["轻伤", "二级"], "one in the other"),
            (&["不在"], &[], "changed since"),
        ] {
            let comments: Vec<_> = quotes.iter().map(|quote| comment(quote)).collect();
            let found = marked(text, "opinion", &comments);
            assert_eq!(found.iter().map(|(text, _)| text.as_str()).collect::<String>(), text, "{why}");
            let marked: Vec<_> = found.iter().filter(|(_, is)| *is).map(|(text, _)| text.as_str()).collect();
            assert_eq!(marked, marks, "{why}");
            assert!(super::marked(text, "analysis", &comments).iter().all(|(_, is)| !is), "another part");
        }
    }

    #[test]
    fn a_comment_quotes_what_is_there() {
        let draft = Draft { opinion: "轻伤二级。".into(), ..Draft::default() };
        for (part, quote, body, weight, is_good) in [
            ("opinion", "二级", "核对", "must", true),
            ("opinion", "一级", "核对", "must", false),
            ("opinion", "", "核对", "must", false),
            ("analysis", "二级", "核对", "must", false),
            ("number", "二级", "核对", "must", false),
            ("opinion", "二级", "", "must", false),
            ("opinion", "二级", "核对", "grave", false),
        ] {
            assert_eq!(wrong(&draft, part, quote, body, weight).is_none(), is_good, "{part} {quote} {body} {weight}");
        }
    }
}
