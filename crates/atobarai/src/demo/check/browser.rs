//! A browser without a screen: pages, cookies, redirects, forms. No scripts, as on an old phone.

use anyhow::{Context as _, bail};
use reqwest::header::{COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

/// Redirects followed in a row.
const REDIRECTS_MAX: usize = 10;

/// One browser with its cookies, which it keeps by host and port.
pub(super) struct Browser {
    client: reqwest::Client,
    home: String,
    cookies: RefCell<BTreeMap<(String, String), String>>,
}

/// What a browser shows.
pub(super) struct Shown {
    pub(super) url: String,
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
    pub(super) kind: String,
}

impl Browser {
    pub(super) fn new(home: &str) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(60))
            .no_proxy()
            .build()?;
        Ok(Self { client, home: home.to_owned(), cookies: RefCell::default() })
    }

    pub(super) async fn open(&self, address: &str) -> anyhow::Result<Shown> {
        let url = self.whole(&self.home, address);
        self.follow(self.client.get(&url), url).await
    }

    /// Sends a form of a page: to where the page says, with what the page holds and what is typed.
    pub(super) async fn send(
        &self,
        page: &Shown,
        form: usize,
        typed: &[(&str, &str)],
    ) -> anyhow::Result<Shown> {
        let text = page.text();
        let form = forms(&text).into_iter().nth(form);
        let form = form.with_context(|| format!("{} has no such form", page.url))?;
        let mut fields: Vec<(String, String)> = form.hidden;
        fields.extend(typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let url = self.whole(&page.url, form.action.as_deref().unwrap_or(&page.url));
        let origin = origin(&url).to_owned();
        let request = self.client.post(&url).header("Origin", origin).form(&fields);
        self.follow(request, url).await
    }

    async fn follow(&self, request: reqwest::RequestBuilder, url: String) -> anyhow::Result<Shown> {
        let (mut request, mut url) = (request, url);
        for _ in 0..REDIRECTS_MAX {
            let answer = request
                .header(COOKIE, self.cookies_of(&url))
                .send()
                .await
                .with_context(|| format!("{url} gave no answer"))?;
            self.keep(&url, answer.headers());
            if answer.status().is_redirection() {
                let to = answer.headers().get(LOCATION).and_then(|to| to.to_str().ok());
                url = self.whole(&url, to.with_context(|| format!("{url} leads nowhere"))?);
                request = self.client.get(&url);
                continue;
            }
            let kind = answer.headers().get("content-type").and_then(|kind| kind.to_str().ok());
            let kind = kind.unwrap_or_default().to_owned();
            let status = answer.status().as_u16();
            return Ok(Shown { url, status, kind, body: answer.bytes().await?.to_vec() });
        }
        bail!("{url} leads round in circles")
    }

    fn keep(&self, url: &str, headers: &HeaderMap) {
        for line in headers.get_all(SET_COOKIE).iter().filter_map(|line| line.to_str().ok()) {
            let pair = line.split(';').next().and_then(|pair| pair.split_once('='));
            if let Some((name, value)) = pair {
                let key = (origin(url).to_owned(), name.trim().to_owned());
                self.cookies.borrow_mut().insert(key, value.trim().to_owned());
            }
        }
    }

    fn cookies_of(&self, url: &str) -> String {
        let cookies = self.cookies.borrow();
        let ours =
            cookies.iter().filter(|((host, _), value)| host == origin(url) && !value.is_empty());
        ours.map(|((_, name), value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn whole(&self, from: &str, address: &str) -> String {
        if address.starts_with("http://") || address.starts_with("https://") {
            return address.to_owned();
        }
        if address.starts_with('/') {
            return format!("{}{address}", origin(from));
        }
        let folder = from.rsplit_once('/').map_or(from, |(folder, _)| folder);
        format!("{folder}/{address}")
    }
}

impl Shown {
    pub(super) fn text(&self) -> String {
        // Where a line may break is nothing that a person reads.
        String::from_utf8_lossy(&self.body).replace("<wbr>", "")
    }

    /// What lies between two texts of the page.
    pub(super) fn between(&self, before: &str, after: &str) -> anyhow::Result<String> {
        let text = self.text();
        let found = text.split_once(before).and_then(|(_, rest)| rest.split_once(after));
        let (found, _) = found.with_context(|| format!("{} holds no {before:?}", self.url))?;
        Ok(found.trim().to_owned())
    }

    pub(super) fn must_say(&self, words: &str) -> anyhow::Result<()> {
        let text = self.text();
        anyhow::ensure!(
            text.contains(words),
            "{} ({}) does not say {words:?}; it says: {}",
            self.url,
            self.status,
            words_of(&text)
        );
        Ok(())
    }
}

struct Form {
    action: Option<String>,
    hidden: Vec<(String, String)>,
}

/// The forms that send, in the order of the page.
fn forms(html: &str) -> Vec<Form> {
    let mut found = Vec::new();
    for part in html.split("<form").skip(1) {
        let body = part.split("</form>").next().unwrap_or_default();
        let (head, inside) = body.split_once('>').unwrap_or((body, ""));
        if attribute(head, "method").as_deref() != Some("post") {
            continue;
        }
        let hidden = inside
            .split("<input")
            .skip(1)
            .map(|input| input.split('>').next().unwrap_or_default())
            .filter(|input| attribute(input, "type").as_deref() == Some("hidden"))
            .filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?)))
            .collect();
        found.push(Form { action: attribute(head, "action"), hidden });
    }
    found
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!("{name}=\""))?;
    let (value, _) = rest.split_once('"')?;
    Some(value.replace("&amp;", "&").replace("&#38;", "&").replace("&#34;", "\""))
}

fn origin(url: &str) -> &str {
    let after_scheme = url.find("://").map_or(0, |at| at.saturating_add(3));
    let ends = url.get(after_scheme..).and_then(|rest| rest.find(['/', '?'])).unwrap_or(usize::MAX);
    url.get(..after_scheme.saturating_add(ends)).unwrap_or(url)
}

/// The words of a page, for telling what it said instead.
fn words_of(html: &str) -> String {
    let main = html.split_once("<main").map_or(html, |(_, rest)| rest);
    let mut words = String::new();
    let mut in_tag = false;
    for letter in main.chars() {
        match letter {
            '<' => in_tag = true,
            '>' => in_tag = false,
            _ if !in_tag => words.push(letter),
            _ => {}
        }
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(400).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_found_with_what_it_hides() {
        let html = r#"<form action="/a"></form><form method="post" action="/b?x=1&amp;y=2"><input type="hidden" name="n" value="v"><input name="typed"></form>"#;
        let forms = forms(html);
        assert_eq!(forms.len(), 1);
        assert_eq!(forms[0].action.as_deref(), Some("/b?x=1&y=2"));
        assert_eq!(forms[0].hidden, [("n".to_owned(), "v".to_owned())]);
    }

    #[test]
    fn an_origin_ends_before_the_path() {
        assert_eq!(origin("http://localhost:8080/a/b"), "http://localhost:8080");
        assert_eq!(origin("http://localhost:8080"), "http://localhost:8080");
    }
}
