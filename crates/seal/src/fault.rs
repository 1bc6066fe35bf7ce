//! What can be wrong with a signature, a key or a time stamp: each a sentence that says what to do or to think of it.

use jiff::Timestamp;
use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The file is no PDF that can be read to the end.
    PdfUnreadable {
        why: String,
    },
    PdfTooLarge {
        bytes: usize,
        limit: usize,
    },
    PdfEncrypted,
    /// A form or a signature that is not ours: what is there can not be added to.
    ForeignForm {
        why: &'static str,
    },
    /// The last signature forbids changes; one more may not be added.
    Closed,
    NoSignature,
    TooManySignatures {
        limit: usize,
    },
    /// The byte range leaves out something else than the signature's own value.
    ByteRange {
        why: &'static str,
    },
    /// Bytes after the last signed one.
    Appended {
        bytes: usize,
    },
    /// Between two signatures more was changed than one signature added.
    ChangedBetween {
        what: String,
    },
    /// Nothing forbids changes after the last signature: it is not the institution's closing one.
    NotClosed,
    /// A signature that forbids changes is followed by another.
    SignedAfterClosing,
    /// Not ETSI.CAdES.detached, or a structure we do not accept.
    Malformed {
        why: String,
    },
    /// Another algorithm than ECDSA P-256 with SHA-256.
    Algorithm {
        what: String,
    },
    /// The signed bytes are not those that were signed.
    DigestDiffers,
    SignatureWrong {
        by: String,
    },
    /// The signed attributes do not name the certificate that comes with the signature.
    CertificateExchanged,
    NoCertificate,
    CertificateUnreadable {
        why: String,
    },
    /// No way leads from the certificate to a trusted root.
    Untrusted {
        subject: String,
    },
    /// Outside of the certificate's validity.
    NotValidAt {
        subject: String,
        at: Timestamp,
        from: Timestamp,
        until: Timestamp,
    },
    /// The certificate is for something else.
    WrongPurpose {
        subject: String,
        why: &'static str,
    },
    Revoked {
        subject: String,
        from: Timestamp,
    },
    NoStamp,
    /// The time stamp is of something else.
    StampOfOther,
    StampNonce,
    StampRefused {
        status: u8,
        text: String,
    },
    StampWrong {
        why: Box<Fault>,
    },
    /// The signature's value does not fit into the room left for it.
    TooLarge {
        bytes: usize,
        room: usize,
    },
    Signer {
        why: String,
    },
    Stamper {
        why: String,
    },
    /// A key record of another format, another master key, another id: it can not be told which.
    KeyLocked {
        id: String,
    },
    KeyFormat {
        id: String,
        why: &'static str,
    },
    KeyUnknown {
        what: String,
    },
    KeyEnded {
        id: String,
        at: Timestamp,
    },
    KeyTaken {
        id: String,
    },
    SealWrong,
}

impl Fault {
    pub(crate) fn malformed(why: impl fmt::Display) -> Self {
        Self::Malformed { why: why.to_string() }
    }
}

/// What cannot be encoded has come from outside: a name too long, a date out of range.
impl From<der::Error> for Fault {
    fn from(error: der::Error) -> Self {
        Self::malformed(error)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PdfUnreadable { why } => write!(f, "文件不是完整可读的 PDF（{why}），请重新获取原文件。"),
            Self::PdfTooLarge { bytes, limit } => write!(f, "文件共 {bytes} 字节，超过上限 {limit} 字节。"),
            Self::PdfEncrypted => f.write_str("文件设有密码保护；签名文书不加密，这不是所签发的文件。"),
            Self::ForeignForm { why } => write!(f, "文件中已有不属于本平台的表单（{why}），不能加签。"),
            Self::Closed => f.write_str("机构已签名封定，不能再加签；需要更正的，请另行出具补正文书。"),
            Self::NoSignature => f.write_str("文件中没有电子签名。"),
            Self::TooManySignatures { limit } => write!(f, "签名超过 {limit} 个，不予检查。"),
            Self::ByteRange { why } => write!(f, "签名没有覆盖它应当覆盖的全部内容：{why}。"),
            Self::Appended { bytes } => write!(f, "最后一个签名之后又追加了 {bytes} 字节，文件已被改动。"),
            Self::ChangedBetween { what } => write!(f, "两次签名之间，除加签以外还改动了内容：{what}。"),
            Self::NotClosed => f.write_str("最后一个签名不是禁止改动的机构签名，文件尚未封定。"),
            Self::SignedAfterClosing => f.write_str("机构签名封定以后又有签名，文件已被改动。"),
            Self::Malformed { why } => write!(f, "签名数据不合规范（{why}）。"),
            Self::Algorithm { what } => {
                write!(f, "不接受的算法：{what}；只接受 ECDSA P-256 与 SHA-256，时间戳服务还可用 RSA（2048位以上）。")
            }
            Self::DigestDiffers => f.write_str("文件内容与签名时不一致，文件已被改动。"),
            Self::SignatureWrong { by } => write!(f, "签名与“{by}”的证书不符。"),
            Self::CertificateExchanged => f.write_str("签名所附证书不是签名时声明的证书，证书已被调换。"),
            Self::NoCertificate => f.write_str("签名没有附上签名人的证书。"),
            Self::CertificateUnreadable { why } => write!(f, "证书无法读取（{why}）。"),
            Self::Untrusted { subject } => write!(f, "“{subject}”的证书不是由受信任的根证书签发的。"),
            Self::NotValidAt { subject, at, from, until } => {
                write!(f, "“{subject}”的证书有效期为 {from} 至 {until}，不包括 {at}。")
            }
            Self::WrongPurpose { subject, why } => write!(f, "“{subject}”的证书不能用于此处：{why}。"),
            Self::Revoked { subject, from } => write!(f, "“{subject}”的证书自 {from} 起已被吊销，此后的签名无效。"),
            Self::NoStamp => f.write_str("签名没有时间戳，不能证明签名时间。"),
            Self::StampOfOther => f.write_str("时间戳不是这一签名的时间戳。"),
            Self::StampNonce => f.write_str("时间戳的随机数与请求不符，可能是旧的答复，请重新申请。"),
            Self::StampRefused { status, text } => {
                write!(f, "时间戳机构拒绝了请求（状态 {status}）：{text}。请稍后重试或联系该机构。")
            }
            Self::StampWrong { why } => write!(f, "时间戳无效：{why}"),
            Self::TooLarge { bytes, room } => {
                write!(f, "签名数据共 {bytes} 字节，超过预留的 {room} 字节；请换用证书链较短的时间戳机构。")
            }
            Self::Signer { why } => write!(f, "签名设备没有签名：{why}。请检查签名设备后重试。"),
            Self::Stamper { why } => write!(f, "没有取得时间戳：{why}。未加盖时间戳的文书不予签发，请稍后重试。"),
            Self::KeyLocked { id } => write!(f, "密钥 {id} 无法解开：主密钥不符，或者密钥数据已被改动。"),
            Self::KeyFormat { id, why } => write!(f, "密钥 {id} 的数据不合格式：{why}。"),
            Self::KeyUnknown { what } => write!(f, "没有可用的密钥：{what}。"),
            Self::KeyEnded { id, at } => write!(f, "密钥 {id} 自 {at} 起已停用。"),
            Self::KeyTaken { id } => write!(f, "密钥编号 {id} 已被使用，请另取编号。"),
            Self::SealWrong => f.write_str("国密签章与文件不符：文件已被改动，或者不是这一公钥的签章。"),
        }
    }
}

impl std::error::Error for Fault {}
