//! Files by content: stored once under their SHA-256, streamed in and out, never under a name somebody chose.
//!
//! **Invariant:** a stored file's path is made of its hash alone, and it is on the disk before a row names it.

mod serve;

pub use serve::{Part, Served};

use crate::db::{Conn, DbError};
use crate::fail::Fail;
use crate::perform::new_id;
use crate::text::say;
use crate::values;
use anyhow::Context;
use axum::extract::Multipart;
use bytes::Bytes;
use futures::{Stream, StreamExt};
use jiff::Timestamp;
use object_store::local::LocalFileSystem;
use object_store::path::Path as StorePath;
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt, WriteMultipart};
use sha2::{Digest, Sha256};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// Bytes looked at to tell what kind of file it is.
const SNIFF: usize = 8 * 1024;

/// The store of files: a folder now; another `object_store` (S3) is another way to make one.
#[derive(Clone)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
    largest: u64,
}

/// A file that is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Lower-case hexadecimal SHA-256 of the content.
    pub sha256: String,
    pub size: u64,
    /// What the content says it is, whatever its name.
    pub media_type: String,
}

impl Files {
    /// A store in a folder, which is made when it is not there.
    ///
    /// # Errors
    /// A folder that cannot be made or written.
    pub fn open(folder: &Path, largest: u64) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder).with_context(|| format!("the folder {} cannot be made", folder.display()))?;
        let store = LocalFileSystem::new_with_prefix(folder)
            .with_context(|| format!("the folder {} cannot be used", folder.display()))?
            .with_fsync(true);
        Ok(Self { store: Arc::new(store), largest })
    }

    /// The file of an upload's field `file`, stored, with the name it was sent under.
    ///
    /// # Errors
    /// A body that breaks off or has no such field; as [`Files::receive`].
    pub async fn uploaded(&self, now: Timestamp, form: &mut Multipart) -> Result<(String, Stored), Fail> {
        let bad = |_| Fail::Bad(say("文件没有传完，请重新上传。"));
        while let Some(field) = form.next_field().await.map_err(bad)? {
            if field.name() == Some("file") {
                let name = field.file_name().unwrap_or_default().to_owned();
                return Ok((name, self.receive(now, field).await?));
            }
        }
        Err(Fail::Bad(say("没有选择文件，请选择后再上传。")))
    }

    /// Takes a file in as it arrives, holding a few pieces of it in memory at a time.
    ///
    /// # Errors
    /// As [`Files::receive_up_to`].
    pub async fn receive<E>(
        &self,
        now: Timestamp,
        content: impl Stream<Item = Result<Bytes, E>>,
    ) -> Result<Stored, Fail>
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        self.receive_up_to(now, self.largest, content).await
    }

    /// The same of a kind of file that is never large: at most so many bytes.
    ///
    /// # Errors
    /// [`Fail::TooLarge`] past the limit, [`Fail::Full`] when the disk is; nothing is kept then.
    pub async fn receive_up_to<E>(
        &self,
        now: Timestamp,
        most: u64,
        content: impl Stream<Item = Result<Bytes, E>>,
    ) -> Result<Stored, Fail>
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        let incoming = StorePath::from(format!("incoming/{}", new_id(now)));
        let upload = self.store.put_multipart(&incoming).await.map_err(failed)?;
        let mut upload = WriteMultipart::new(upload);
        match self.drain(&mut upload, most.min(self.largest), content).await {
            Ok(stored) => {
                upload.finish().await.map_err(failed)?;
                self.keep(&incoming, &stored.sha256).await?;
                Ok(stored)
            }
            Err(fail) => {
                let _ = upload.abort().await;
                Err(fail)
            }
        }
    }

    async fn drain<E>(
        &self,
        upload: &mut WriteMultipart,
        most: u64,
        content: impl Stream<Item = Result<Bytes, E>>,
    ) -> Result<Stored, Fail>
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        let mut content = std::pin::pin!(content);
        let (mut hash, mut size, mut head) = (Sha256::new(), 0_u64, Vec::new());
        while let Some(piece) = content.next().await {
            let piece = piece.map_err(|_| Fail::Bad(say("文件没有传完，请重新上传。")))?;
            size += piece.len() as u64;
            if size > most {
                return Err(Fail::TooLarge(say("文件超过%{n}MB的上限，请分开上传。").with("n", most >> 20)));
            }
            if head.len() < SNIFF {
                head.extend_from_slice(&piece[..piece.len().min(SNIFF - head.len())]);
            }
            hash.update(&piece);
            // At most this many parts in flight, or a fast client would fill the memory of a slow disk.
            upload.wait_for_capacity(2).await.map_err(failed)?;
            upload.put(piece);
        }
        let media_type = media_type(&head).to_owned();
        Ok(Stored { sha256: hex::encode(hash.finalize()), size, media_type })
    }

    async fn keep(&self, incoming: &StorePath, sha256: &str) -> Result<(), Fail> {
        self.store.rename(incoming, &place(sha256)).await.map_err(failed)
    }

    /// Stores bytes that we made ourselves, e.g. a paper.
    ///
    /// # Errors
    /// [`Fail::Full`] when the disk is.
    pub async fn put(&self, content: Vec<u8>, media_type: &str) -> Result<Stored, Fail> {
        let sha256 = hex::encode(Sha256::digest(&content));
        let size = content.len() as u64;
        self.store.put(&place(&sha256), content.into()).await.map_err(failed)?;
        Ok(Stored { sha256, size, media_type: media_type.to_owned() })
    }

    /// The content, piece by piece.
    ///
    /// # Errors
    /// [`Fail::Internal`] when a file that a row names is not there.
    pub async fn content(
        &self,
        sha256: &str,
    ) -> Result<impl Stream<Item = Result<Bytes, object_store::Error>> + use<>, Fail> {
        Ok(self.store.get(&place(sha256)).await.map_err(failed)?.into_stream())
    }

    /// A part of the content, piece by piece; the caller knows that it lies within.
    ///
    /// # Errors
    /// [`Fail::Internal`] when a file that a row names is not there.
    pub async fn part(
        &self,
        sha256: &str,
        part: Range<u64>,
    ) -> Result<impl Stream<Item = Result<Bytes, object_store::Error>> + use<>, Fail> {
        let options = GetOptions { range: Some(GetRange::Bounded(part)), ..GetOptions::default() };
        Ok(self.store.get_opts(&place(sha256), options).await.map_err(failed)?.into_stream())
    }

    /// The whole content; for papers, which are small.
    pub async fn bytes(&self, sha256: &str) -> Result<Bytes, Fail> {
        self.store.get(&place(sha256)).await.map_err(failed)?.bytes().await.map_err(failed)
    }
}

/// Writes the row that other rows may name.
pub async fn record(conn: &mut Conn, stored: &Stored, now: Timestamp) -> Result<(), DbError> {
    let size = i64::try_from(stored.size).unwrap_or(i64::MAX);
    conn.run(
        "insert into stored_file (sha256, size, media_type, stored_at) values ($1, $2, $3, $4) on conflict do nothing",
        values![&stored.sha256, size, &stored.media_type, now],
    )
    .await?;
    Ok(())
}

fn place(sha256: &str) -> StorePath {
    // Two levels, or one folder would hold every file of a city.
    StorePath::from(format!("{}/{}", sha256.get(..2).unwrap_or("00"), sha256))
}

fn failed(error: object_store::Error) -> Fail {
    let text = format!("{error:?}");
    if text.contains("StorageFull") || text.contains("code: 28") { Fail::Full } else { Fail::Internal(error.into()) }
}

/// What the first bytes say the file is; plain text where they are text, else unknown.
fn media_type(head: &[u8]) -> &'static str {
    if let Some(kind) = infer::get(head) {
        return kind.mime_type();
    }
    match std::str::from_utf8(head) {
        Ok(text) if !text.contains('\0') => "text/plain",
        Err(cut) if cut.error_len().is_none() && !head.contains(&0) => "text/plain",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests;
