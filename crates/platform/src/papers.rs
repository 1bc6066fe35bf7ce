//! Papers: from data to a stored PDF/A, inside the act that makes them.
//!
//! **Invariant:** a paper's row keeps the data it was made from; the same data and template give the same bytes.

use crate::app::App;
use crate::db::{Conn, DbError};
use crate::fail::{Fail, Objection};
use crate::files;
use crate::perform::Tx;
use crate::text::{Say, say};
use crate::values;
use jiff::Timestamp;
use jiff::civil::Date;
use paper::{Fault, FontFault, Fonts, Imprint, Pdf, Press, Printed};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// The press, made when the first paper is printed: the fonts cost memory that a server without papers need not spend.
#[derive(Clone)]
pub struct Papers {
    font_dirs: Vec<PathBuf>,
    press: Arc<OnceLock<Press>>,
}

/// What becomes of a printed file before it is kept, for instance its signatures.
pub type Finish = Box<dyn FnOnce(Vec<u8>) -> Result<Vec<u8>, Fail> + Send>;

/// A paper with a finish that a transaction asked for. Making it takes as long as others let it (a time stamp), so it is made
/// while no transaction is open: see [`Ahead`].
pub struct Order {
    template: paper::Template,
    data: Json,
    imprint: Imprint,
    pictures: Vec<paper::Picture>,
    finish: Finish,
}

/// What was made of an [`Order`].
pub struct Finished {
    key: [u8; 32],
    bytes: Vec<u8>,
    pages: usize,
}

/// The act is carried out twice: in a first transaction, which is taken back, it says what is to be printed and signed; in a
/// second it finds that made, if everything printed is still the same.
#[derive(Default)]
pub struct Ahead {
    pub finished: Option<Finished>,
    pub ordered: Option<Order>,
}

/// Everything that is printed, as one hash.
fn key_of(template: &paper::Template, data: &Json, imprint: &Imprint) -> [u8; 32] {
    let texts = [template.name, &data.to_string(), &imprint.title, &imprint.author, &imprint.date.to_string()];
    let mut hash = Sha256::new();
    for text in texts {
        hash.update(text.len().to_be_bytes());
        hash.update(text);
    }
    hash.finalize().into()
}

/// A paper of a subject.
#[derive(Clone, Debug)]
pub struct Paper {
    pub id: String,
    /// The template's name without its ending, e.g. `opinion_document`.
    pub kind: String,
    pub title: String,
    pub file_name: String,
    /// Absent while nobody has opened a paper whose printing was put off (the demo city's).
    pub sha256: Option<String>,
    pub pages: i64,
    pub made_at: Timestamp,
}

impl Papers {
    pub fn new(font_dirs: Vec<PathBuf>) -> Self {
        Self { font_dirs, press: Arc::default() }
    }

    fn press(&self) -> Result<Press, Vec<Fault>> {
        if let Some(press) = self.press.get() {
            return Ok(press.clone());
        }
        let fonts = Fonts::load(&self.font_dirs).map_err(|fault| vec![Fault::Font(fault)])?;
        Ok(self.press.get_or_init(|| Press::new(fonts)).clone())
    }

    /// The characters of `text` that no installed font can draw.
    ///
    /// # Errors
    /// A missing font, with the package to install.
    pub async fn missing_glyphs(&self, text: String) -> Result<Vec<char>, Fail> {
        let papers = self.clone();
        let press = blocking(move || papers.press()).await?.map_err(|faults| refused(&faults))?;
        Ok(press.fonts().missing_glyphs(&text))
    }

    /// Prints off the async threads: some tens of milliseconds of pure work.
    async fn render(
        &self,
        template: paper::Template,
        data: Json,
        imprint: Imprint,
        pictures: Vec<paper::Picture>,
    ) -> Result<Pdf, Fail> {
        let papers = self.clone();
        blocking(move || papers.press()?.render(&template, &data, &imprint, &pictures))
            .await?
            .map_err(|faults| refused(&faults))
    }

    /// Prints a paper and stores it beside its subject, in the act's transaction.
    ///
    /// # Errors
    /// A character without a glyph, or a missing font, refuses the act and says which; nothing is half made.
    pub async fn make<P: Printed>(
        &self,
        app: &App,
        tx: &mut Tx,
        procedure: &str,
        subject: &str,
        file_name: &str,
        paper: &P,
    ) -> Result<Paper, Fail> {
        self.make_with(app, tx, (procedure, subject), file_name, paper, None).await
    }

    /// The same; `finish` makes the bytes that are kept from the printed ones, on a thread that may wait. A paper with a
    /// finish is never put off.
    ///
    /// # Errors
    /// As [`Papers::make`], or what the finish says.
    pub async fn make_with<P: Printed>(
        &self,
        app: &App,
        tx: &mut Tx,
        (procedure, subject): (&str, &str),
        file_name: &str,
        paper: &P,
        finish: Option<Finish>,
    ) -> Result<Paper, Fail> {
        let data = serde_json::to_value(paper).map_err(|error| Fail::Internal(error.into()))?;
        let imprint = paper.imprint();
        let kind = P::template().name.trim_end_matches(".typ").to_owned();
        let (sha256, pages) = if tx.papers_later && finish.is_none() {
            (None, 0)
        } else {
            let (template, data, imprint) = (P::template(), data.clone(), imprint.clone());
            let (bytes, pages) = match (finish, &mut tx.ahead) {
                (None, _) => {
                    let pdf = self.render(template, data, imprint, paper.pictures()).await?;
                    (pdf.bytes, pdf.pages)
                }
                (Some(finish), None) => {
                    let order = Order { template, data, imprint, pictures: paper.pictures(), finish };
                    let made = self.finish(order).await?;
                    (made.bytes, made.pages)
                }
                (Some(finish), Some(ahead)) => match ahead.finished.take() {
                    Some(made) if made.key == key_of(&template, &data, &imprint) => (made.bytes, made.pages),
                    _ => {
                        ahead.ordered = Some(Order { template, data, imprint, pictures: paper.pictures(), finish });
                        // Taken back by whoever set `ahead`.
                        return Err(Fail::changed_meanwhile());
                    }
                },
            };
            (Some(keep(app, &mut tx.conn, tx.now, bytes).await?), i64::try_from(pages).unwrap_or_default())
        };
        let made = Paper {
            id: tx.new_id(),
            kind,
            title: P::title().to_owned(),
            file_name: file_name.to_owned(),
            sha256,
            pages,
            made_at: tx.now,
        };
        let kept = json!({ "data": data, "imprint": { "title": imprint.title, "author": imprint.author, "date": imprint.date.to_string() } });
        let by = tx.actor.account_id.clone();
        tx.conn
            .run(
                "insert into paper (id, procedure_name, subject_id, kind, title, file_name, sha256, pages, data, made_at, made_by)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                values![
                    &made.id, procedure, subject, &made.kind, &made.title, &made.file_name, made.sha256.clone(), made.pages,
                    kept.to_string(), made.made_at, by,
                ],
            )
            .await?;
        Ok(made)
    }

    /// Prints and finishes what was ordered. No transaction is open meanwhile.
    ///
    /// # Errors
    /// A paper that cannot be printed, or what the finish says.
    pub async fn finish(&self, order: Order) -> Result<Finished, Fail> {
        let Order { template, data, imprint, pictures, finish } = order;
        let key = key_of(&template, &data, &imprint);
        let pdf = self.render(template, data, imprint, pictures).await?;
        let bytes = blocking(move || finish(pdf.bytes)).await??;
        Ok(Finished { key, bytes, pages: pdf.pages })
    }

    /// Prints without storing anything.
    ///
    /// # Errors
    /// As [`Papers::make`].
    pub async fn preview<P: Printed>(&self, paper: &P) -> Result<Vec<u8>, Fail> {
        let data = serde_json::to_value(paper).map_err(|error| Fail::Internal(error.into()))?;
        Ok(self.render(P::template(), data, paper.imprint(), paper.pictures()).await?.bytes)
    }

    /// The paper's PDF; one whose printing was put off is printed now, from the data kept in its row.
    ///
    /// # Errors
    /// [`Fail::NotFound`] when the subject has no such paper.
    pub async fn open(&self, app: &App, subject: &str, id: &str) -> Result<(Paper, bytes::Bytes), Fail> {
        let mut conn = app.db.read().await?;
        let row = conn
            .first(format!("{PAPER}, data from paper where subject_id = $1 and id = $2"), values![subject, id])
            .await?;
        let row = row.ok_or(Fail::NotFound)?;
        let mut paper = read(&row)?;
        if let Some(sha256) = &paper.sha256 {
            let bytes = app.files.bytes(sha256).await?;
            return Ok((paper, bytes));
        }
        let kept: Json =
            serde_json::from_str(&row.get::<String>("data")?).map_err(|error| Fail::Internal(error.into()))?;
        drop(conn);
        let template = crate::template(&paper.kind);
        let template = template.ok_or_else(|| Fail::Internal(anyhow::anyhow!("no template for {}", paper.kind)))?;
        let word = |name: &str| kept["imprint"][name].as_str().unwrap_or_default().to_owned();
        let date: Date = word("date").parse().map_err(|error| Fail::Internal(anyhow::Error::new(error)))?;
        let imprint = Imprint { title: word("title"), author: word("author"), date };
        let pdf = self.render(template, kept["data"].clone(), imprint, Vec::new()).await?;
        let pages = i64::try_from(pdf.pages).unwrap_or_default();
        let bytes = bytes::Bytes::from(pdf.bytes.clone());
        let mut conn = app.db.write().await?;
        let sha256 = keep(app, &mut conn, app.clock.now(), pdf.bytes).await?;
        conn.run(
            "update paper set sha256 = $2, pages = $3 where id = $1 and sha256 is null",
            values![id, &sha256, pages],
        )
        .await?;
        conn.commit().await?;
        paper.sha256 = Some(sha256);
        paper.pages = pages;
        Ok((paper, bytes))
    }
}

async fn keep(app: &App, conn: &mut Conn, now: Timestamp, bytes: Vec<u8>) -> Result<String, Fail> {
    let stored = app.files.put(bytes, "application/pdf").await?;
    files::record(conn, &stored, now).await?;
    Ok(stored.sha256)
}

const PAPER: &str = "select id, kind, title, file_name, sha256, pages, made_at";

fn read(row: &crate::db::Row) -> Result<Paper, DbError> {
    Ok(Paper {
        id: row.get("id")?,
        kind: row.get("kind")?,
        title: row.get("title")?,
        file_name: row.get("file_name")?,
        sha256: row.get("sha256")?,
        pages: row.get("pages")?,
        made_at: row.get("made_at")?,
    })
}

/// The subject's papers, oldest first.
pub async fn list(conn: &mut Conn, subject: &str) -> Result<Vec<Paper>, DbError> {
    let rows = conn
        .all(format!("{PAPER} from paper where subject_id = $1 order by made_at, kind, id"), values![subject])
        .await?;
    rows.iter().map(read).collect()
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fail> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Fail::Internal(error.into()))
}

/// A fault a person can mend is a refusal that says how; one of ours is logged.
fn refused(faults: &[Fault]) -> Fail {
    let told: Option<Vec<Say>> = faults.iter().map(for_people).collect();
    let Some(told) = told else {
        let text = faults.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        return Fail::Internal(anyhow::anyhow!("a paper cannot be printed: {text}"));
    };
    let objection = |what| Objection {
        what, article: "", remedy: say("案件没有变动。请按上面的说明处理后再办理。")
    };
    Fail::Refused(told.into_iter().map(objection).collect())
}

fn for_people(fault: &Fault) -> Option<Say> {
    Some(match fault {
        Fault::MissingGlyph { characters } => {
            let signs: Vec<String> = characters.iter().map(|&c| format!("{c} U+{:04X}", u32::from(c))).collect();
            say("文书没有生成：字库中没有下列字符，无法打印：%{signs}。请核对后改用可打印的字，或请系统管理员安装含有该字的字体。")
                .with("signs", signs.join(" · "))
        }
        Fault::Font(FontFault::Missing { package, .. }) => {
            say("文书没有生成：服务器缺少打印文书的字体。请系统管理员安装软件包%{package}。").with("package", package)
        }
        Fault::Font(FontFault::Unreadable { path, .. }) => {
            say("文书没有生成：字体文件%{path}无法读取。请系统管理员检查该文件后重新启动。")
                .with("path", path.display())
        }
        Fault::TooLarge { bytes, limit } => {
            say("文书没有生成：内容共%{bytes}字节，超过上限%{limit}字节。请把一部分改作附件。")
                .with("bytes", bytes)
                .with("limit", limit)
        }
        Fault::Template { .. } | Fault::Pdf { .. } | Fault::Picture { .. } => return None,
    })
}
