//! Mail into a folder: one `.eml` file for each message, and beside it what the demo's mailbox shows.

use super::{MailAnswer, OutgoingMail, message};
use domain::time::Moment;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::{Path, PathBuf};
use tokio::fs;

/// A folder that takes every message.
#[derive(Clone, Debug)]
pub struct FolderMailer {
    folder: PathBuf,
}

/// The folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderMailerFault {
    /// A file or the folder itself cannot be read or written.
    #[error("the mail folder cannot be used: {path}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file in the folder is not one that we wrote.
    #[error("not a mail that was written here: {path}")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
}

/// One message as it lies in the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredMail {
    /// To whom, as typed.
    pub to: String,
    /// The sender's name.
    pub from_name: String,
    /// The sender's address.
    pub from: String,
    /// One line.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// When it was written.
    pub date: Moment,
    /// Without angle brackets.
    pub message_id: String,
}

#[derive(Serialize, Deserialize)]
struct Beside {
    message_id: String,
    date_ms: i64,
    to: String,
    from_name: String,
    from: String,
    subject: String,
    text: String,
    html: String,
}

impl FolderMailer {
    /// Uses this folder, and makes it where it is missing.
    pub async fn open(folder: impl Into<PathBuf>) -> Result<Self, FolderMailerFault> {
        let folder = folder.into();
        fs::create_dir_all(&folder)
            .await
            .map_err(|source| FolderMailerFault::Io { path: folder.clone(), source })?;
        Ok(Self { folder })
    }

    /// Every message, oldest first.
    pub async fn list(&self) -> Result<Vec<StoredMail>, FolderMailerFault> {
        let io = |source| FolderMailerFault::Io { path: self.folder.clone(), source };
        let mut files = fs::read_dir(&self.folder).await.map_err(io)?;
        let mut mails = Vec::new();
        while let Some(file) = files.next_entry().await.map_err(io)? {
            let path = file.path();
            let hidden = file.file_name().to_string_lossy().starts_with('.');
            if !hidden && path.extension().is_some_and(|extension| extension == "json") {
                mails.push(read(&path).await?);
            }
        }
        mails.sort_by(|a, b| (a.date, &a.message_id).cmp(&(b.date, &b.message_id)));
        Ok(mails)
    }

    pub(super) async fn send(&self, mail: &OutgoingMail) -> MailAnswer {
        let (name, bytes) = match message::bare_message_id(&mail.message_id).and_then(|id| {
            Ok((format!("{}-{id}", mail.date.ms()), message::build(mail)?.formatted()))
        }) {
            Ok(parts) => parts,
            Err(fault) => return MailAnswer::Refused { why: fault.to_string() },
        };
        match self.keep(&name, &bytes, mail).await {
            Ok(()) => MailAnswer::Accepted { response: format!("written as {name}.eml") },
            Err(why) => MailAnswer::Deferred { why },
        }
    }

    /// The list reads the second file, so a message that is listed is whole.
    async fn keep(&self, name: &str, eml: &[u8], mail: &OutgoingMail) -> Result<(), String> {
        let beside = Beside {
            message_id: message::bare_message_id(&mail.message_id)
                .map_err(|f| f.to_string())?
                .to_owned(),
            date_ms: mail.date.ms(),
            to: mail.to.to_string(),
            from_name: mail.from_name.clone(),
            from: mail.from.clone(),
            subject: mail.subject.clone(),
            text: mail.text.clone(),
            html: mail.html.clone(),
        };
        let json = serde_json::to_vec_pretty(&beside).map_err(|fault| fault.to_string())?;
        self.write(&format!("{name}.eml"), eml).await.map_err(|fault| fault.to_string())?;
        self.write(&format!("{name}.json"), &json).await.map_err(|fault| fault.to_string())
    }

    /// Under another name first: who reads the folder meanwhile never sees half a file.
    async fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let unfinished = self.folder.join(format!(".{name}.unfinished"));
        fs::write(&unfinished, bytes).await?;
        fs::rename(&unfinished, self.folder.join(name)).await
    }
}

async fn read(path: &Path) -> Result<StoredMail, FolderMailerFault> {
    let bytes = fs::read(path)
        .await
        .map_err(|source| FolderMailerFault::Io { path: path.to_owned(), source })?;
    let beside: Beside = serde_json::from_slice(&bytes)
        .map_err(|source| FolderMailerFault::Unreadable { path: path.to_owned(), source })?;
    Ok(StoredMail {
        to: beside.to,
        from_name: beside.from_name,
        from: beside.from,
        subject: beside.subject,
        text: beside.text,
        html: beside.html,
        date: Moment::from_ms(beside.date_ms),
        message_id: beside.message_id,
    })
}
