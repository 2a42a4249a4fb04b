//! Mail into a folder.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, too")]

use domain::mail_address::MailAddress;
use domain::time::Moment;
use outbound::mail::{FolderMailer, MailAnswer, Mailer, OutgoingMail};

fn mail(id: &str, at_ms: i64) -> OutgoingMail {
    OutgoingMail {
        message_id: id.to_owned(),
        from_name: "医療費後払い".to_owned(),
        from: "noreply@pay.example".to_owned(),
        to: MailAddress::parse("hanako@example.jp").unwrap(),
        subject: "お支払いが完了しました".to_owned(),
        text: "1,234円\n".to_owned(),
        html: "<p>1,234円</p>".to_owned(),
        date: Moment::from_ms(at_ms),
    }
}

fn names(folder: &std::path::Path) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_mail_sent_twice_is_one_file_and_the_list_shows_it_once() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("mailbox");
    let mailer = FolderMailer::open(&folder).await.unwrap();
    let sender = Mailer::Folder(mailer.clone());
    for mail in
        [mail("b@pay.example", 2_000), mail("<a@pay.example>", 1_000), mail("b@pay.example", 2_000)]
    {
        assert!(matches!(sender.send(&mail).await, MailAnswer::Accepted { .. }));
    }
    assert_eq!(
        names(&folder),
        [
            "1000-a@pay.example.eml",
            "1000-a@pay.example.json",
            "2000-b@pay.example.eml",
            "2000-b@pay.example.json"
        ]
    );
    let list = mailer.list().await.unwrap();
    let ids: Vec<_> = list.iter().map(|mail| mail.message_id.as_str()).collect();
    assert_eq!(ids, ["a@pay.example", "b@pay.example"], "oldest first");
    assert_eq!(list[0].subject, "お支払いが完了しました");
    assert_eq!(list[0].to, "hanako@example.jp");
    assert_eq!((list[0].text.as_str(), list[0].date), ("1,234円\n", Moment::from_ms(1_000)));
    let eml = std::fs::read_to_string(folder.join("1000-a@pay.example.eml")).unwrap();
    assert!(eml.contains("Message-ID: <a@pay.example>\r\n"), "{eml}");
}

#[tokio::test]
async fn a_message_id_never_leads_out_of_the_folder() {
    let place = tempfile::tempdir().unwrap();
    let sender = Mailer::Folder(FolderMailer::open(place.path()).await.unwrap());
    let answer = sender.send(&mail("../../x@pay.example", 1_000)).await;
    assert!(matches!(answer, MailAnswer::Refused { .. }), "{answer:?}");
    assert!(names(place.path()).is_empty());
}

#[tokio::test]
async fn a_folder_that_is_gone_puts_mail_off_and_fails_the_list() {
    let place = tempfile::tempdir().unwrap();
    let mailer = FolderMailer::open(place.path().join("mailbox")).await.unwrap();
    std::fs::remove_dir_all(place.path()).unwrap();
    let answer = Mailer::Folder(mailer.clone()).send(&mail("a@pay.example", 1_000)).await;
    assert!(matches!(answer, MailAnswer::Deferred { .. }), "{answer:?}");
    assert!(mailer.list().await.is_err(), "a folder that cannot be read is not an empty one");
}

#[tokio::test]
async fn a_file_that_is_no_mail_is_named() {
    let place = tempfile::tempdir().unwrap();
    let mailer = FolderMailer::open(place.path()).await.unwrap();
    std::fs::write(place.path().join("1-x.json"), "{").unwrap();
    let fault = mailer.list().await.unwrap_err();
    assert!(fault.to_string().contains("1-x.json"), "{fault}");
}
