//! Mail through a real mail server (`smtpd.py`: aiosmtpd, with dkimpy behind it).
//!
//! The keys in `keys/` were made for these tests and protect nothing.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, too")]

use domain::mail_address::MailAddress;
use domain::time::Day;
use outbound::mail::{
    DkimSettings, MailAnswer, Mailer, OutgoingMail, SmtpLogin, SmtpMailer, SmtpSettings,
    SmtpSettingsFault, SmtpTls,
};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

/// A running mail server.
struct Server {
    process: Child,
    /// The server ends when this closes.
    stdin: Option<ChildStdin>,
    lines: BufReader<ChildStdout>,
    port: u16,
}

impl Server {
    fn start(arguments: &[&str]) -> Self {
        let python = std::env::var("ATOBARAI_TEST_PYTHON").expect(
            "ATOBARAI_TEST_PYTHON must name a python that has aiosmtpd and dkimpy \
             (python3 -m venv DIR && DIR/bin/pip install aiosmtpd dkimpy, then DIR/bin/python)",
        );
        let mut process = Command::new(python)
            .arg(in_tests("smtpd.py"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the python of ATOBARAI_TEST_PYTHON starts");
        let stdin = process.stdin.take();
        let lines = BufReader::new(process.stdout.take().unwrap());
        let mut server = Self { process, stdin, lines, port: 0 };
        server.port = u16::try_from(server.line()["port"].as_u64().unwrap()).unwrap();
        server
    }

    /// The next message that it took. It says so before it tells the sender.
    fn message(&mut self) -> Value {
        self.line()
    }

    fn line(&mut self) -> Value {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        serde_json::from_str(&line).expect("the mail server ended early; see its words above")
    }

    /// Ends the server and tells how many messages nobody has asked for.
    fn messages_left(mut self) -> usize {
        drop(self.stdin.take());
        let mut left = 0;
        let mut line = String::new();
        while self.lines.read_line(&mut line).unwrap() > 0 {
            left += 1;
            line.clear();
        }
        left
    }

    fn settings(&self) -> SmtpSettings {
        SmtpSettings {
            host: "localhost".to_owned(),
            port: self.port,
            tls: SmtpTls::None,
            extra_root_pem: None,
            login: None,
            hello_name: Some("pay.example".to_owned()),
            timeout: Duration::from_secs(20),
            dkim: None,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stdin.take());
        self.process.wait().unwrap();
    }
}

fn in_tests(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

fn key_file(name: &str) -> String {
    std::fs::read_to_string(in_tests("keys").join(name)).unwrap()
}

fn mailer(settings: &SmtpSettings) -> Mailer {
    Mailer::Smtp(SmtpMailer::new(settings).unwrap())
}

fn mail_to(to: &str) -> OutgoingMail {
    OutgoingMail {
        message_id: "notice-7.paid@pay.example".to_owned(),
        from_name: "岡山市立市民病院 医療費後払い".to_owned(),
        from: "noreply@pay.example".to_owned(),
        to: MailAddress::parse(to).unwrap(),
        subject: "【医療費後払い】お支払いが完了しました（11月24日・1,234円）".to_owned(),
        text: "髙﨑 花子 様\n\nお支払い金額は 1,234円 です。\n.点で始まる行\n".to_owned(),
        html: "<p>髙﨑 花子 様</p><p>お支払い金額は <b>1,234円</b> です。</p>\n".to_owned(),
        date: Day::parse("2026-11-24").unwrap().begins(),
    }
}

fn accepted(answer: &MailAnswer) -> bool {
    matches!(answer, MailAnswer::Accepted { .. })
}

#[tokio::test]
async fn a_japanese_mail_arrives_as_it_was_written() {
    let mut server = Server::start(&[]);
    let mail = mail_to("hanako@example.jp");
    let answer = mailer(&server.settings()).send(&mail).await;
    assert_eq!(answer, MailAnswer::Accepted { response: "250 2.0.0 taken".to_owned() });
    let got = server.message();
    assert_eq!(got["from"], "noreply@pay.example");
    assert_eq!(got["to"], serde_json::json!(["hanako@example.jp"]));
    assert_eq!(got["kind"], "multipart/alternative");
    assert_eq!(got["charsets"], serde_json::json!(["utf-8", "utf-8"]));
    assert_eq!(got["text"].as_str().unwrap().replace("\r\n", "\n"), mail.text);
    assert_eq!(got["html"].as_str().unwrap().replace("\r\n", "\n"), mail.html);
    let headers = &got["headers"];
    assert_eq!(headers["subject"], mail.subject.as_str());
    assert_eq!(headers["from"], "岡山市立市民病院 医療費後払い <noreply@pay.example>");
    assert_eq!(headers["message-id"], "<notice-7.paid@pay.example>");
    assert_eq!(headers["date"], "Mon, 23 Nov 2026 15:00:00 +0000");
    assert_eq!(headers["auto-submitted"], "auto-generated");
    assert_eq!(headers.get("reply-to"), None);
    assert_eq!(server.messages_left(), 0);
}

/// Fails when the mail library is left to make the Message-ID or the boundary by chance.
#[tokio::test]
async fn a_mail_put_off_and_sent_again_is_the_same_mail() {
    let mut server = Server::start(&[]);
    let mailer = mailer(&server.settings());
    let mail = mail_to("later@example.jp");
    let first = mailer.send(&mail).await;
    assert!(matches!(&first, MailAnswer::Deferred { why } if why.contains("451")), "{first:?}");
    assert!(accepted(&mailer.send(&mail).await));
    assert!(accepted(&mailer.send(&mail).await));
    let (one, two) = (server.message(), server.message());
    assert_eq!(one["headers"]["message-id"], "<notice-7.paid@pay.example>");
    assert_eq!(one["raw"], two["raw"]);
}

#[tokio::test]
async fn an_unknown_address_is_refused_for_good() {
    let server = Server::start(&[]);
    let answer = mailer(&server.settings()).send(&mail_to("unknown@example.jp")).await;
    assert!(
        matches!(&answer, MailAnswer::Refused { why } if why.contains("no such user")),
        "{answer:?}"
    );
    assert_eq!(server.messages_left(), 0);
}

#[tokio::test]
async fn an_old_carrier_address_travels_in_quotes() {
    let mut server = Server::start(&[]);
    let mailer = mailer(&server.settings());
    for (typed, sent) in [
        ("abc..def.@docomo.ne.jp", "\"abc..def.\"@docomo.ne.jp"),
        (".x@ezweb.ne.jp", "\".x\"@ezweb.ne.jp"),
    ] {
        let answer = mailer.send(&mail_to(typed)).await;
        assert!(accepted(&answer), "{answer:?}");
        let got = server.message();
        assert_eq!(got["recipient_as_sent"], format!("TO:<{sent}>"));
        assert_eq!(got["headers"]["to"], sent);
    }
}

#[tokio::test]
async fn a_signature_holds_until_the_subject_is_changed() {
    let mut server = Server::start(&[]);
    let dkim = DkimSettings {
        selector: "s1".to_owned(),
        domain: "pay.example".to_owned(),
        key_pem: key_file("dkim.pem"),
    };
    assert!(!format!("{dkim:?}").contains("PRIVATE"));
    let settings = SmtpSettings { dkim: Some(dkim), ..server.settings() };
    assert!(accepted(&mailer(&settings).send(&mail_to("hanako@example.jp")).await));
    let got = server.message();
    assert_eq!(got["signed"], true);
    assert_eq!(got["signed_when_changed"], false);
    assert!(accepted(&mailer(&server.settings()).send(&mail_to("hanako@example.jp")).await));
    assert_eq!(server.message()["signed"], false, "an unsigned mail is not signed");
}

#[test]
fn a_key_that_is_no_key_is_named() {
    let dkim = DkimSettings {
        selector: "s1".to_owned(),
        domain: "pay.example".to_owned(),
        key_pem: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----".to_owned(),
    };
    let settings = SmtpSettings {
        host: "localhost".to_owned(),
        port: 25,
        tls: SmtpTls::None,
        extra_root_pem: None,
        login: None,
        hello_name: None,
        timeout: Duration::from_secs(1),
        dkim: Some(dkim),
    };
    let fault = SmtpMailer::new(&settings).err().unwrap();
    assert!(matches!(fault, SmtpSettingsFault::DkimKey { .. }));
    assert!(fault.to_string().contains("s1._domainkey.pay.example"), "{fault}");
}

#[tokio::test]
async fn mail_travels_through_tls_of_both_kinds_with_a_sign_in() {
    for (argument, tls) in [("starttls", SmtpTls::StartTls), ("implicit", SmtpTls::Implicit)] {
        let mut server = Server::start(&["--tls", argument, "--login"]);
        let login = SmtpLogin { user: "clinic".to_owned(), password: "correct horse".to_owned() };
        assert!(!format!("{login:?}").contains("horse"));
        let settings = SmtpSettings {
            tls,
            extra_root_pem: Some(key_file("ca.pem")),
            login: Some(login),
            ..server.settings()
        };
        let answer = mailer(&settings).send(&mail_to("hanako@example.jp")).await;
        assert!(accepted(&answer), "{argument}: {answer:?}");
        let got = server.message();
        assert_eq!((got["secure"].as_bool(), got["user"].as_str()), (Some(true), Some("clinic")));
    }
}

/// A wrong password must not turn the notices of a whole day into undeliverable ones.
#[tokio::test]
async fn a_wrong_password_puts_mail_off_and_refuses_nothing() {
    let server = Server::start(&["--login"]);
    let login = SmtpLogin { user: "clinic".to_owned(), password: "wrong".to_owned() };
    let settings = SmtpSettings { login: Some(login), ..server.settings() };
    let answer = mailer(&settings).send(&mail_to("hanako@example.jp")).await;
    assert!(matches!(&answer, MailAnswer::Deferred { why } if why.contains("535")), "{answer:?}");
    assert_eq!(server.messages_left(), 0);
}

#[tokio::test]
async fn a_server_that_cannot_prove_its_name_gets_no_mail() {
    for (argument, tls) in [("starttls", SmtpTls::StartTls), ("implicit", SmtpTls::Implicit)] {
        let server = Server::start(&["--tls", argument]);
        let settings = SmtpSettings { tls, ..server.settings() };
        let answer = mailer(&settings).send(&mail_to("hanako@example.jp")).await;
        assert!(matches!(answer, MailAnswer::Deferred { .. }), "{answer:?}");
        assert_eq!(server.messages_left(), 0);
    }
    let server = Server::start(&[]);
    let settings = SmtpSettings { tls: SmtpTls::StartTls, ..server.settings() };
    let answer = mailer(&settings).send(&mail_to("hanako@example.jp")).await;
    assert!(!accepted(&answer), "without TLS nothing is said: {answer:?}");
    assert_eq!(server.messages_left(), 0);
}

#[tokio::test]
async fn mail_waits_when_nobody_is_there() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let settings = SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port,
        tls: SmtpTls::None,
        extra_root_pem: None,
        login: None,
        hello_name: None,
        timeout: Duration::from_secs(5),
        dkim: None,
    };
    let answer = mailer(&settings).send(&mail_to("hanako@example.jp")).await;
    assert!(matches!(answer, MailAnswer::Deferred { .. }), "{answer:?}");
}
