use super::*;
use std::convert::Infallible;
use std::io::Error;

fn pieces(content: &[u8], size: usize) -> impl Stream<Item = Result<Bytes, Infallible>> + use<> {
    let all: Vec<_> = content.chunks(size).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    futures::stream::iter(all)
}

fn store(largest: u64) -> (tempfile::TempDir, Files) {
    let dir = tempfile::tempdir().unwrap();
    let files = Files::open(&dir.path().join("files"), largest).unwrap();
    (dir, files)
}

/// Every file under a folder.
fn all_files(dir: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() { found.extend(all_files(&entry)) } else { found.push(entry) }
    }
    found
}

#[tokio::test]
async fn a_file_is_kept_under_its_hash_and_comes_back_whole() {
    let (dir, files) = store(100 << 20);
    // More than one part of an upload, so that the parts are put together in order.
    let content: Vec<u8> = (0..12_000_000_u32).map(|n| (n % 251) as u8).collect();
    let stored = files.receive(Timestamp::UNIX_EPOCH, pieces(&content, 70_000)).await.unwrap();
    assert_eq!(stored.sha256, hex::encode(Sha256::digest(&content)));
    assert_eq!(stored.size, 12_000_000);
    assert_eq!(files.bytes(&stored.sha256).await.unwrap(), content);
    let kept = all_files(&dir.path().join("files"));
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert!(kept[0].ends_with(format!("{}/{}", &stored.sha256[..2], stored.sha256)));
    let again = files.receive(Timestamp::UNIX_EPOCH, pieces(&content, 999_983)).await.unwrap();
    assert_eq!(again, stored);
    assert_eq!(all_files(&dir.path().join("files")).len(), 1, "the same content is kept once");
}

#[tokio::test]
async fn what_is_too_large_or_cut_off_leaves_nothing() {
    let (dir, files) = store(1000);
    let fail = files.receive(Timestamp::UNIX_EPOCH, pieces(&[7; 1001], 100)).await.unwrap_err();
    assert!(matches!(fail, Fail::TooLarge(_)), "{fail}");
    let cut = futures::stream::iter([Ok(Bytes::from_static(b"begun")), Err(Error::other("gone"))]);
    let fail = files.receive(Timestamp::UNIX_EPOCH, cut).await.unwrap_err();
    assert!(matches!(fail, Fail::Bad(_)), "{fail}");
    assert_eq!(all_files(&dir.path().join("files")), Vec::<std::path::PathBuf>::new());
    assert!(files.receive(Timestamp::UNIX_EPOCH, pieces(&[7; 1000], 100)).await.is_ok(), "the limit itself is allowed");
}

#[test]
fn a_kind_is_what_the_content_says() {
    assert_eq!(media_type(b"%PDF-1.7\n"), "application/pdf");
    assert_eq!(media_type(b"\x89PNG\r\n\x1a\n...."), "image/png");
    assert_eq!(media_type("病历摘要".as_bytes()), "text/plain");
    assert_eq!(media_type(&"病历".as_bytes()[..5]), "text/plain", "cut inside a character");
    assert_eq!(media_type(b"a\0b"), "application/octet-stream");
    assert_eq!(media_type(&[0xff, 0xfe, 0x00]), "application/octet-stream");
}
