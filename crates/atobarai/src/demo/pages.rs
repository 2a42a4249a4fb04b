//! The demo's own pages, under `/demo/`.

use super::{World, clock, happen, hospital};
use axum::Router;
use axum::extract::{Extension, Path};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use domain::audit::Actor;
use domain::charge::ChargeState;
use domain::entry::Entry;
use domain::group::HospitalCode;
use domain::id::EntryId;
use domain::machine::MachineKind;
use domain::time::Moment;
use domain::yen::Yen;
use outbound::cards::sandbox::ChargeStatus;
use render::format;
use render::pages::demo::{
    BookPage, BookedCard, BookedCharge, DemoBill, DemoEntry, DemoFrame, HospitalPage, KioskPage,
    MailLine, MailPage, MailboxPage, SlipLine, SlipsPage, StoryPage, StoryStep, TextLine,
};
use render::words::JA;
use store::bills::CurrentBill;
use web::Web;
use web::error::{WebError, while_doing};
use web::form::{Asked, Fields};
use web::page::{Reply, go_to, show};

/// Entries and slips shown on one page.
const SHOWN: i64 = 50;

/// The addresses of the demo's pages.
pub(super) fn router(world: World) -> Router<Web> {
    Router::new()
        .route("/", get(|| async { go_to("/demo/") }))
        .route("/demo", get(|| async { go_to("/demo/") }))
        .route("/demo/", get(story))
        .route("/demo/clock", post(forward))
        .route("/demo/kiosk/", get(kiosk).post(kiosk_code))
        .route("/demo/mail/", get(mailbox))
        .route("/demo/mail/{number}", get(mail))
        .route("/demo/hospital/", get(entries))
        .route("/demo/hospital/send", post(send))
        .route("/demo/slips/", get(slips))
        .route("/demo/slips/{file}", get(slip))
        .route("/demo/card-network/", get(books))
        .layer(Extension(world))
}

fn frame(world: &World, told: Option<String>) -> DemoFrame {
    DemoFrame { words: &JA, now: world.app.now(), told }
}

fn broken(error: anyhow::Error, doing: &'static str) -> WebError {
    WebError::Broken { doing, source: error.into() }
}

fn minute(at: Moment) -> String {
    format!("{} {}", format::short_day(at.day()), at.time_of_day().in_japanese())
}

/// Latest entries with their bills and what became of their charge.
struct Visit {
    entry: Entry,
    hospital: String,
    bills: Vec<CurrentBill>,
    charge: Option<ChargeState>,
}

async fn visits(world: &World) -> Result<Vec<Visit>, WebError> {
    world
        .app
        .store()
        .read(|reader| {
            let mut visits = Vec::new();
            for entry in store::entries::newest(reader, SHOWN)? {
                let bills = store::bills::current_of_entry(reader, entry.id)?;
                let charge = store::charges::last_of_entry(reader, entry.id)?;
                let hospital = store::groups::hospital(reader, &entry.hospital)?;
                let hospital =
                    hospital.map_or_else(|| entry.hospital.to_string(), |found| found.name);
                let charge = charge.map(|stored| stored.charge.state());
                visits.push(Visit { entry, hospital, bills, charge });
            }
            Ok::<_, store::StoreError>(visits)
        })
        .await
        .map_err(while_doing("look at the visits"))
}

async fn story(Extension(world): Extension<World>) -> Reply {
    let visits = visits(&world).await?;
    let mails = world.mail.list().await.map_err(while_doing("look at the mails"))?;
    let books = world.sandbox.books();
    let paid = visits.iter().any(|visit| visit.charge == Some(ChargeState::Paid));
    let step = |title, text: &str, (link, button), done| StoryStep {
        title,
        text: text.to_owned(),
        link,
        button,
        done,
    };
    let registered = books.cards.values().any(|card| !card.detached);
    let page = StoryPage {
        words: &JA,
        demo: frame(&world, None),
        steps: vec![
            step(
                "患者さんが登録をはじめる",
                "規約を読み、メールアドレスを入れます。hanako@example.jp など、何でもかまいません。",
                ("/okayama/new/", "新規登録へ"),
                !mails.is_empty(),
            ),
            step(
                "メールのURLから登録を続ける",
                "届いたメールを開き、名前などを入れます。診察券番号は 00012345 など8けたまでの数字です。カード会社の画面では、テスト用のカードを選びます。",
                ("/demo/mail/", "メールを見る"),
                registered,
            ),
            step(
                "受付機を用意する",
                "このブラウザを、病院の受付機として登録します。",
                ("/demo/kiosk/", "受付機をつくる"),
                !visits.is_empty(),
            ),
            step(
                "診察券を通す",
                "登録から15分たつと使えます。上の「30分すすめる」を押してから、診察券を通してください。読み取り機がなくても、まねができます。",
                ("/demo/kiosk/", "診察券を通す"),
                !visits.is_empty(),
            ),
            step(
                "病院が請求を送る",
                "診察が終わると、会計システムから請求が届きます。",
                ("/demo/hospital/", "病院のしくみへ"),
                visits.iter().any(|visit| !visit.bills.is_empty()),
            ),
            step(
                "4日後、カードで一度だけ支払われる",
                "上の「4日すすめる」を押すと、引き落としとお知らせのメールが出ます。",
                ("/demo/card-network/", "カード会社の帳簿を見る"),
                paid,
            ),
            step(
                "領収書と明細書を受け取る",
                "登録完了メールのユーザーIDと、ご自分で決めたパスワードでログインします。",
                ("/okayama/login/", "ログインへ"),
                false,
            ),
        ],
        folder: world.data.display().to_string(),
    };
    show(StatusCode::OK, &page)
}

async fn forward(Extension(world): Extension<World>, fields: Fields) -> Reply {
    let now = world.app.now();
    let to = match fields.get("to") {
        "minutes" => now.plus_minutes(30),
        "day" => clock::nine(now.day().tomorrow()),
        "four-days" => clock::nine(now.day().plus_days(4)),
        _ => return Err(WebError::NotFound),
    };
    clock::forward(&world.data, world.app.clock(), to)
        .map_err(|error| broken(error, "move the clock"))?;
    happen(&world.app).await.map_err(while_doing("let happen what is due"))?;
    Ok(go_to("/demo/"))
}

async fn kiosk(Extension(world): Extension<World>) -> Reply {
    show_kiosk(&world, None).await
}

async fn show_kiosk(world: &World, code: Option<(String, String)>) -> Reply {
    let hospitals = world
        .app
        .store()
        .read(|reader| {
            let mut found = Vec::new();
            for group in store::groups::all_groups(reader)? {
                found.extend(store::groups::hospitals_of(reader, &group.slug)?);
            }
            Ok::<_, store::StoreError>(found)
        })
        .await
        .map_err(while_doing("look at the hospitals"))?;
    let hospitals =
        hospitals.into_iter().map(|found| (found.code.to_string(), found.name)).collect();
    show(StatusCode::OK, &KioskPage { words: &JA, demo: frame(world, None), hospitals, code })
}

async fn kiosk_code(Extension(world): Extension<World>, fields: Fields) -> Reply {
    let code =
        HospitalCode::parse(fields.get("hospital")).map_err(|_unknown| WebError::NotFound)?;
    let actor = Actor::Operator("demo".to_owned());
    let name = format!("{code}-1");
    let offered =
        app::machines::enrol_code(&world.app, &code, MachineKind::EntryKiosk, &name, actor).await;
    match offered.map_err(while_doing("make a code"))? {
        app::machines::Offered::Code(made) => {
            show_kiosk(&world, Some((made.in_groups(), code.to_string()))).await
        }
        app::machines::Offered::UnknownHospital => Err(WebError::NotFound),
    }
}

async fn mailbox(Extension(world): Extension<World>) -> Reply {
    let mails = world.mail.list().await.map_err(while_doing("look at the mails"))?;
    let lines = mails.iter().enumerate().rev().map(|(index, mail)| line(index, mail)).collect();
    show(StatusCode::OK, &MailboxPage { words: &JA, demo: frame(&world, None), mails: lines })
}

fn line(index: usize, mail: &outbound::mail::StoredMail) -> MailLine {
    MailLine {
        number: index.saturating_add(1),
        to: mail.to.clone(),
        subject: mail.subject.clone(),
        sent: minute(mail.date),
    }
}

async fn mail(Extension(world): Extension<World>, Path(number): Path<usize>) -> Reply {
    let mails = world.mail.list().await.map_err(while_doing("look at the mails"))?;
    let index = number.checked_sub(1).ok_or(WebError::NotFound)?;
    let mail = mails.get(index).ok_or(WebError::NotFound)?;
    let page = MailPage {
        words: &JA,
        demo: frame(&world, None),
        mail: line(index, mail),
        from: format!("{} <{}>", mail.from_name, mail.from),
        lines: TextLine::of(&mail.text),
    };
    show(StatusCode::OK, &page)
}

async fn entries(Extension(world): Extension<World>, asked: Asked) -> Reply {
    let told = Yen::new(asked.get("sent").parse().unwrap_or(-1)).ok();
    let told = told.map(|amount| format!("{} の請求を送りました。", format::yen(amount)));
    let entries = visits(&world).await?.into_iter().map(demo_entry).collect();
    show(StatusCode::OK, &HospitalPage { words: &JA, demo: frame(&world, told), entries })
}

fn demo_entry(visit: Visit) -> DemoEntry {
    let state = match visit.charge {
        None => "請求待ち",
        Some(ChargeState::Scheduled | ChargeState::Due) => "お支払い予定",
        Some(ChargeState::Intended | ChargeState::Sent | ChargeState::Unknown) => "確認中",
        Some(ChargeState::AwaitingConsent) => "患者さんの承認待ち",
        Some(ChargeState::Paid) => "支払い済み",
        Some(ChargeState::PartRefunded) => "一部返金",
        Some(ChargeState::Refunded) => "返金済み",
        Some(ChargeState::Disputed) => "異議申し立て中",
        Some(ChargeState::ActionRequired | ChargeState::ReturnedToDesk) => "窓口で支払い",
        Some(ChargeState::Withdrawn) => "取り下げ",
        Some(ChargeState::SettledZero) => "支払いなし",
    };
    let bill = |bill: CurrentBill| DemoBill {
        slip_number: bill.slip_number.to_string(),
        revision: bill.revision,
        amount: format::yen(bill.due),
    };
    DemoEntry {
        id: visit.entry.id.to_string(),
        number: visit.entry.number.in_groups(),
        hospital: visit.hospital,
        day: format::day(visit.entry.visit_day),
        bills: visit.bills.into_iter().map(bill).collect(),
        state: state.to_owned(),
    }
}

async fn send(Extension(world): Extension<World>, fields: Fields) -> Reply {
    let entry: EntryId = fields.get("entry").parse().map_err(|_no_id| WebError::NotFound)?;
    let sent = hospital::send(&world, entry).await.map_err(|error| broken(error, "send a bill"))?;
    let amount = sent.ok_or(WebError::NotFound)?;
    Ok(go_to(&format!("/demo/hospital/?sent={}", amount.amount())))
}

async fn slips(Extension(world): Extension<World>) -> Reply {
    let slip = |visit: Visit| SlipLine {
        id: visit.entry.id.to_string(),
        number: visit.entry.number.in_groups(),
        hospital: visit.hospital,
    };
    let slips = visits(&world).await?.into_iter().map(slip).collect();
    show(StatusCode::OK, &SlipsPage { words: &JA, demo: frame(&world, None), slips })
}

async fn slip(Extension(world): Extension<World>, Path(file): Path<String>) -> Reply {
    let entry = file.strip_suffix(".png").and_then(|id| id.parse::<EntryId>().ok());
    let entry = entry.ok_or(WebError::NotFound)?;
    let facts = app::enter::slip(&world.app, entry).await.map_err(while_doing("look at a slip"))?;
    let paper = facts.ok_or(WebError::NotFound)?.paper();
    let png = tokio::task::spawn_blocking(move || render::papers::slip_png(&paper))
        .await
        .map_err(while_doing("draw a slip"))?
        .map_err(while_doing("draw a slip"))?;
    let response: Response = ([(header::CONTENT_TYPE, "image/png")], png).into_response();
    Ok(response)
}

async fn books(Extension(world): Extension<World>) -> Reply {
    let books = world.sandbox.books();
    let face = |card: &outbound::cards::sandbox::SavedCard| BookedCard {
        face: format!("{} 末尾{}", card.face.brand, card.face.last_four),
        funding: card.face.funding.clone(),
        authenticated: card.authenticated,
        detached: card.detached,
    };
    let amount = |yen: i64| Yen::new(yen).map(format::yen).unwrap_or_default();
    let taken = books.charges.values().filter(|charge| charge.status == ChargeStatus::Succeeded);
    let total = amount(taken.map(|charge| charge.amount).sum());
    let mut charges: Vec<_> = books.charges.values().collect();
    charges.sort_by_key(|charge| std::cmp::Reverse(charge.created_ms));
    let booked = |charge: &&outbound::cards::sandbox::BookedCharge| BookedCharge {
        reference: charge.id.clone(),
        amount: amount(charge.amount),
        status: match charge.status {
            ChargeStatus::Succeeded => "受け取り済み",
            ChargeStatus::Failed => "断り",
            ChargeStatus::RequiresAuthentication => "本人認証が必要",
        }
        .to_owned(),
        at: minute(Moment::from_ms(charge.created_ms)),
        key: charge.key.chars().take(12).collect(),
    };
    let page = BookPage {
        words: &JA,
        demo: frame(&world, None),
        cards: books.cards.values().map(face).collect(),
        charges: charges.iter().map(booked).collect(),
        total,
    };
    show(StatusCode::OK, &page)
}
