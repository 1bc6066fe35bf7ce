//! Who read what of a closed case, when and why.
//!
//! **Invariant:** the row is committed before a byte of what it tells of is sent; rows are never changed or removed.

use crate::app::App;
use crate::db::{Conn, DbError};
use crate::fail::Fail;
use crate::values;
use crate::web::Signed;
use jiff::{SignedDuration, Timestamp};

/// What was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Volume,
    VolumePdf,
    VolumeZip,
    Paper,
    File,
}

impl What {
    pub const ALL: &'static [Self] = &[Self::Volume, Self::VolumePdf, Self::VolumeZip, Self::Paper, Self::File];

    /// The stored word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Volume => "volume",
            Self::VolumePdf => "volume_pdf",
            Self::VolumeZip => "volume_zip",
            Self::Paper => "paper",
            Self::File => "file",
        }
    }

    /// The Chinese name, which is the translator's key.
    pub fn label(self) -> &'static str {
        match self {
            Self::Volume => "查看案卷",
            Self::VolumePdf => "导出案卷（PDF）",
            Self::VolumeZip => "导出案卷（ZIP）",
            Self::Paper => "下载文书",
            Self::File => "下载文件",
        }
    }
}

impl std::str::FromStr for What {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.iter().copied().find(|one| one.word() == text).ok_or_else(|| format!("{text:?} is none"))
    }
}

crate::text_columns!(What);

/// One reading.
#[derive(Clone, Debug)]
pub struct Access {
    pub what: What,
    pub name: String,
    pub purpose: String,
    pub by_name: String,
    pub organisation: String,
    pub accessed_at: Timestamp,
}

/// Writes the reading down, in a transaction of its own that is committed when this returns.
///
/// # Errors
/// [`Fail::Busy`] and [`Fail::Full`] as with every write: what cannot be logged is not shown.
pub async fn write(app: &App, who: &Signed, subject: &str, what: What, name: &str, purpose: &str) -> Result<(), Fail> {
    let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
    let (id, now) = (tx.new_id(), tx.now);
    tx.conn
        .run(
            "insert into archive_access (id, subject_id, what, name, purpose, by_id, by_name, organisation, accessed_at, request_id)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            values![
                id, subject, what.word(), name, purpose, &who.actor.account_id, &who.actor.name,
                &who.actor.organisation_name, now, &who.visitor.request_id,
            ],
        )
        .await?;
    tx.conn.commit().await?;
    Ok(())
}

/// A player asks for a file in many parts: one reading, as long as it goes on.
const ONE_READING: SignedDuration = SignedDuration::from_mins(30);

/// The same for a part of a file that does not have its beginning: no second row while the person's last one of this file is
/// younger than [`ONE_READING`]. `name` tells the file from every other.
///
/// # Errors
/// As [`write`].
pub async fn go_on(app: &App, who: &Signed, subject: &str, what: What, name: &str) -> Result<(), Fail> {
    let since = app.clock.now() - ONE_READING;
    let sql = "select count(*) from archive_access
         where subject_id = $1 and what = $2 and name = $3 and by_id = $4 and accessed_at >= $5";
    let mut conn = app.db.read().await?;
    let going_on = conn.count(sql, values![subject, what.word(), name, &who.actor.account_id, since]).await?;
    drop(conn);
    if going_on > 0 { Ok(()) } else { write(app, who, subject, what, name, "").await }
}

/// The newest readings of a subject, at most `most`, and how many there are in all.
pub async fn newest(conn: &mut Conn, subject: &str, most: i64) -> Result<(Vec<Access>, i64), DbError> {
    let total = conn.count("select count(*) from archive_access where subject_id = $1", values![subject]).await?;
    let rows = conn
        .all(
            "select what, name, purpose, by_name, organisation, accessed_at from archive_access
             where subject_id = $1 order by sequence desc limit $2",
            values![subject, most],
        )
        .await?;
    let read = |row: &crate::db::Row| {
        Ok(Access {
            what: row.get("what")?,
            name: row.get("name")?,
            purpose: row.get("purpose")?,
            by_name: row.get("by_name")?,
            organisation: row.get("organisation")?,
            accessed_at: row.get("accessed_at")?,
        })
    };
    Ok((rows.iter().map(read).collect::<Result<_, DbError>>()?, total))
}
