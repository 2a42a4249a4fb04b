//! The story that `demo --check` walks: registration, kiosk, bill, four days, mail, receipt; then what
//! must not happen.

use super::browser::{Browser, Shown};
use crate::commands::say;
use crate::demo::{World, clock, happen};
use anyhow::{Context as _, ensure};
use outbound::cards::sandbox::ChargeStatus;

const ADDRESS: &str = "hanako@example.jp";
const PASSWORD: &str = "umi to yama 7";

/// Walks it and gives back how many steps were as promised.
pub(super) async fn walk(world: &World, browser: &Browser) -> anyhow::Result<u32> {
    let mut story = Story { world, browser, steps: 0 };
    let user_id = story.register().await?;
    story.kiosk().await?;
    story.bill_and_charge().await?;
    story.receipt(&user_id).await?;
    Ok(story.steps)
}

struct Story<'w> {
    world: &'w World,
    browser: &'w Browser,
    steps: u32,
}

impl Story<'_> {
    fn step(&mut self, what: &str) {
        self.steps = self.steps.saturating_add(1);
        say(format_args!("ok {:2} {what}", self.steps));
    }

    /// Terms, address, mail, form, card page; a debit card is refused, a credit card is taken.
    async fn register(&mut self) -> anyhow::Result<String> {
        let browser = self.browser;
        let terms = browser.open("/okayama/new/").await?;
        terms.must_say("一括払い")?;
        let address = browser.send(&terms, 0, &[("agreed", "yes")]).await?;
        address.must_say("s7.medicalpay.jp")?;
        self.step(
            "the terms say that payment is in full; the sender's domain is shown before sending",
        );
        let sent = browser.send(&address, 0, &[("mail", ADDRESS)]).await?;
        sent.must_say(ADDRESS)?;
        let url = self.url_in_newest_mail().await?;
        let opened = browser.open(&url).await?;
        let reopened = browser.open(&url).await?;
        ensure!(
            opened.status == 200 && reopened.status == 200,
            "looking at the URL has used it up"
        );
        self.step("a mail with an application URL arrived, and a mail scanner may look at it");
        let form = browser.send(&opened, 0, &[]).await?;
        let check = browser.send(&form, 0, &details()).await?;
        check.must_say("00012345")?;
        self.step("the form was filled in and shown again for checking");
        let refused = self.card("4000056655665556").await?;
        refused.must_say("デビットカード")?;
        self.step("a debit card was refused with the reason");
        let done = self.card("4242424242424242").await?;
        done.must_say("ユーザーID")?;
        let user_id = done.between("big id\">", "<")?;
        let mail = self.newest_mail().await?;
        ensure!(
            mail.text.contains(&user_id),
            "the completion mail does not tell the user ID: {}",
            mail.text
        );
        self.step("a credit card was taken at the card network's page; the completion mail tells the user ID");
        Ok(user_id)
    }

    async fn card(&self, number: &str) -> anyhow::Result<Shown> {
        let page = self.browser.open("/okayama/new/card").await?;
        let card_page = self.browser.send(&page, 0, &[]).await?;
        card_page.must_say("カード")?;
        let typed = [("test_card", number), ("name", "HANAKO YAMADA"), ("action", "save")];
        self.browser.send(&card_page, 0, &typed).await
    }

    /// Not before the activation delay, then once, and the same slip again.
    async fn kiosk(&mut self) -> anyhow::Result<()> {
        let browser = self.browser;
        let codes = browser.open("/demo/kiosk/").await?;
        let shown = browser.send(&codes, 1, &[("hospital", "shimin")]).await?;
        let code = shown.between("id=\"code\">", "<")?;
        let enrol = browser.open("/machine/").await?;
        let idle = browser.send(&enrol, 0, &[("code", &code)]).await?;
        idle.must_say("診察券")?;
        self.step("a browser became a kiosk by a code");
        let pending = browser.send(&idle, 0, &[("card", "A00012345A")]).await?;
        pending.must_say("ASAH")?;
        self.step("right after registration the kiosk names the time from which it works");
        let usable = self.world.app.now().plus_minutes(16);
        clock::forward(&self.world.data, self.world.app.clock(), usable)?;
        let unknown =
            browser.send(&browser.open("/machine/").await?, 0, &[("card", "A00099999A")]).await?;
        unknown.must_say("HANA")?;
        self.step("a patient who is not registered is told so, with a code");
        let entered =
            browser.send(&browser.open("/machine/").await?, 0, &[("card", "A00012345A")]).await?;
        entered.must_say("受付")?;
        let again =
            browser.send(&browser.open("/machine/").await?, 0, &[("card", "A00012345A")]).await?;
        again.must_say("すでに")?;
        let slips = browser.open("/demo/slips/").await?;
        ensure!(slips.text().matches("<figure>").count() == 1, "one visit, one slip");
        let slip = slips.between("src=\"/demo/slips/", "\"")?;
        ensure!(
            browser.open(&format!("/demo/slips/{slip}")).await?.kind == "image/png",
            "the slip has a picture"
        );
        self.step("the card entered the visit; the second swipe showed the same slip");
        Ok(())
    }

    /// Nothing before the fourth day; then once, whatever is pressed.
    async fn bill_and_charge(&mut self) -> anyhow::Result<()> {
        let browser = self.browser;
        let hospital = browser.open("/demo/hospital/").await?;
        // The first form of each demo page is the clock.
        let sent = browser.send(&hospital, 1, &[]).await?;
        sent.must_say("請求を送りました")?;
        self.step("the hospital's bill file arrived and found the visit");
        let corrected = browser.send(&sent, 1, &[("correct", "yes")]).await?;
        corrected.must_say("(2版)")?;
        self.step("a correction before the charge is followed");
        happen(&self.world.app).await?;
        ensure!(self.taken().is_empty(), "something was charged before the fourth day");
        let story = browser.open("/demo/").await?;
        browser.send(&story, 0, &[("to", "four-days")]).await?;
        happen(&self.world.app).await?;
        browser.send(&story, 0, &[("to", "four-days")]).await?;
        happen(&self.world.app).await?;
        let amount = corrected.between("<strong>", "円")?.replace(',', "");
        ensure!(
            self.taken() == [amount.parse::<i64>()?],
            "the card network took {:?}, and the corrected bill says {amount}",
            self.taken()
        );
        self.step("four days later the card network's own book shows the corrected amount, once");
        let mail = self.newest_mail().await?;
        ensure!(mail.subject.contains("お支払い完了"), "the newest mail is {:?}", mail.subject);
        ensure!(mail.text.contains("4242"), "the mail does not name the card: {}", mail.text);
        let completed = self.world.mail.list().await?;
        let completed =
            completed.iter().filter(|mail| mail.subject.contains("お支払い完了")).count();
        ensure!(completed == 1, "{completed} mails tell of one payment");
        self.step("one mail tells amount, day and card");
        Ok(())
    }

    /// Signs in with blanks around the ID, downloads original and reissue.
    async fn receipt(&mut self, user_id: &str) -> anyhow::Result<()> {
        let browser = self.browser;
        let login = browser.open("/okayama/login/").await?;
        let wrong = browser
            .send(&login, 0, &[("user_id", user_id), ("password", "wrong password")])
            .await?;
        ensure!(wrong.url.contains("/login/"), "a wrong password signed in");
        let padded = format!(" {user_id} ");
        let me = browser.send(&login, 0, &[("user_id", &padded), ("password", PASSWORD)]).await?;
        me.must_say("お支払い済み")?;
        self.step("signed in with the user ID from the mail; the visit is shown as paid");
        let form = me.text().matches("method=\"post\"").count().saturating_sub(1);
        let pdf = browser.send(&me, form, &[]).await?;
        ensure!(
            pdf.body.starts_with(b"%PDF"),
            "the receipt is no PDF: {} {}",
            pdf.status,
            pdf.kind
        );
        let second = browser.send(&me, form, &[]).await?;
        ensure!(
            second.body.starts_with(b"%PDF") && second.body != pdf.body,
            "the second print is no reissue"
        );
        self.step("receipt and statement came as PDF: the original once, then a marked reissue");
        let chain =
            self.world.app.store().read(|reader| store::audit::verify(reader, None)).await?;
        ensure!(chain.broken.is_none(), "the audit chain is broken: {:?}", chain.broken);
        self.step("every act is in the audit log, and its chain is whole");
        Ok(())
    }

    fn taken(&self) -> Vec<i64> {
        let books = self.world.sandbox.books();
        let taken =
            books.charges.values().filter(|charge| charge.status == ChargeStatus::Succeeded);
        taken.map(|charge| charge.amount).collect()
    }

    async fn newest_mail(&self) -> anyhow::Result<outbound::mail::StoredMail> {
        app::jobs::run_due(&self.world.app).await?;
        self.world.mail.list().await?.pop().context("no mail has arrived")
    }

    async fn url_in_newest_mail(&self) -> anyhow::Result<String> {
        let mail = self.newest_mail().await?;
        let line = mail.text.lines().find(|line| line.trim().starts_with("http"));
        Ok(line.with_context(|| format!("no URL in the mail: {}", mail.text))?.trim().to_owned())
    }
}

const fn details() -> [(&'static str, &'static str); 15] {
    [
        ("family_name", "山田"),
        ("given_name", "花子"),
        ("family_kana", "ヤマダ"),
        ("given_kana", "ハナコ"),
        ("birth_year", "昭和25"),
        ("birth_month", "4"),
        ("birth_day", "1"),
        ("phone", "090-1234-5678"),
        ("postal_code", "700-8557"),
        ("address", "岡山市北区北長瀬表町 1-2-3"),
        ("relation", "self"),
        ("hospital", "shimin"),
        ("patient_number", "12345"),
        ("password", PASSWORD),
        ("password_again", PASSWORD),
    ]
}
