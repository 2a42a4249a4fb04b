//! What was typed into the card page, and what is wrong with it.

use super::books::CardFace;
use super::test_cards::TestCard;
use domain::card::Expiry;
use domain::text;
use domain::time::Day;
use serde::Deserialize;

/// The fields as they came.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CardForm {
    pub test_card: String,
    pub month: String,
    pub year: String,
    pub name: String,
    pub action: String,
    /// Never shown again, as the security code is not.
    number: String,
    code: String,
}

/// Where a mistake is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    TestCard,
    Number,
    Expiry,
    Name,
    Code,
}

impl Field {
    /// The id of the element in the page.
    pub(super) const fn id(self) -> &'static str {
        match self {
            Self::TestCard => "test_card",
            Self::Number => "number",
            Self::Expiry => "expiry",
            Self::Name => "name",
            Self::Code => "code",
        }
    }
}

/// One thing to put right, in the payer's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    pub field: Field,
    pub text: &'static str,
}

/// The last month of a test card of which nothing else was said.
pub(super) fn usual_expiry(today: Day) -> Expiry {
    Expiry { year: today.year().saturating_add(3), month: 12 }
}

/// What may be known of a card.
pub(super) fn face(card: &TestCard, expiry: Expiry) -> CardFace {
    CardFace {
        brand: card.brand.to_owned(),
        last_four: card.last_four().to_owned(),
        expiry_year: expiry.year,
        expiry_month: expiry.month,
        funding: card.funding.as_str().to_owned(),
        when_charged: card.when_charged(),
    }
}

impl CardForm {
    pub(super) fn number_was_typed(&self) -> bool {
        !plain(&self.number).is_empty()
    }

    /// The card that was meant. A chosen test card needs no other field; a typed number needs all.
    pub(super) fn check(&self, today: Day) -> Result<(&'static TestCard, CardFace), Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let card = self.card().map_err(|mistake| mistakes.push(mistake)).ok();
        let expiry = self.expiry(today).map_err(|mistake| mistakes.push(mistake)).ok();
        if self.number_was_typed() {
            self.check_name_and_code(&mut mistakes);
        }
        match (card, expiry) {
            (Some(card), Some(expiry)) if mistakes.is_empty() => Ok((card, face(card, expiry))),
            _ => Err(mistakes),
        }
    }

    fn card(&self) -> Result<&'static TestCard, Mistake> {
        let chosen = TestCard::by_number(&self.test_card);
        if !self.number_was_typed() {
            let text = "試験用のカードを選ぶか、カード番号を入力してください。";
            return chosen.ok_or(Mistake { field: Field::TestCard, text });
        }
        let mistake = |text| Mistake { field: Field::Number, text };
        let typed = TestCard::by_number(&plain(&self.number)).ok_or(mistake(
            "この番号は使えません。この画面で使えるのは、上の一覧にある試験用のカードの番号だけです。",
        ))?;
        match chosen {
            Some(chosen) if chosen != typed => {
                Err(mistake("選んだカードと入力した番号が違います。どちらか一つにしてください。"))
            }
            Some(_) | None => Ok(typed),
        }
    }

    fn expiry(&self, today: Day) -> Result<Expiry, Mistake> {
        let mistake = |text| Mistake { field: Field::Expiry, text };
        let (month, year) = (plain(&self.month), plain(&self.year));
        if month.is_empty() && year.is_empty() && !self.number_was_typed() {
            return Ok(usual_expiry(today));
        }
        let months = 1..=12;
        let expiry = match (year.parse(), month.parse()) {
            (Ok(year), Ok(month)) if months.contains(&month) => Expiry { year, month },
            _ => return Err(mistake("有効期限の月と年を選んでください。")),
        };
        if expiry.is_over(today) {
            return Err(mistake("有効期限が過ぎています。カードをご確認ください。"));
        }
        Ok(expiry)
    }

    fn check_name_and_code(&self, mistakes: &mut Vec<Mistake>) {
        if plain(&self.name).is_empty() {
            mistakes.push(Mistake {
                field: Field::Name,
                text: "カードに書かれた名前を入力してください。",
            });
        }
        let code = plain(&self.code);
        if !(3..=4).contains(&code.len()) || !code.bytes().all(|b| b.is_ascii_digit()) {
            let text = "セキュリティコードは、3けたまたは4けたの数字です。";
            mistakes.push(Mistake { field: Field::Code, text });
        }
    }
}

fn plain(typed: &str) -> String {
    text::trim(&text::fold_width(typed)).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Day {
        Day::parse("2026-11-24").unwrap()
    }

    fn typed() -> CardForm {
        CardForm {
            number: "４２４２ 4242 4242 4242".to_owned(),
            month: "11".to_owned(),
            year: "2026".to_owned(),
            name: "TARO OKAYAMA".to_owned(),
            code: "123".to_owned(),
            ..CardForm::default()
        }
    }

    fn fields(form: &CardForm) -> Vec<Field> {
        form.check(today())
            .map_or_else(|mistakes| mistakes.iter().map(|m| m.field).collect(), |_| Vec::new())
    }

    #[test]
    fn a_chosen_test_card_needs_nothing_else() {
        let form = CardForm { test_card: "4242424242424242".to_owned(), ..CardForm::default() };
        let (_, face) = form.check(today()).unwrap();
        assert_eq!(
            (face.last_four.as_str(), face.expiry().to_string().as_str()),
            ("4242", "12/29")
        );
    }

    #[test]
    fn a_typed_number_needs_every_field() {
        assert_eq!(fields(&typed()), []);
        let only = CardForm { number: "4242424242424242".to_owned(), ..CardForm::default() };
        assert_eq!(fields(&only), [Field::Expiry, Field::Name, Field::Code]);
        assert_eq!(fields(&CardForm { month: "10".to_owned(), ..typed() }), [Field::Expiry]);
        assert_eq!(fields(&CardForm { month: "13".to_owned(), ..typed() }), [Field::Expiry]);
        assert_eq!(fields(&CardForm { code: "12a".to_owned(), ..typed() }), [Field::Code]);
    }

    #[test]
    fn nothing_chosen_a_real_number_or_two_cards_are_pointed_out() {
        assert_eq!(fields(&CardForm::default()), [Field::TestCard]);
        assert_eq!(
            fields(&CardForm { number: "4111111111111111".to_owned(), ..typed() }),
            [Field::Number]
        );
        let two = CardForm { test_card: "4000000000000002".to_owned(), ..typed() };
        assert_eq!(fields(&two), [Field::Number]);
    }
}
