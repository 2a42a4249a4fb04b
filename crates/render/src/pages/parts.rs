//! What pages are made of: fields, choices, mistakes, steps.

/// A field of one line, for `parts/input.html`.
pub struct Input<'a> {
    /// Id and name.
    pub id: &'static str,
    /// Above it.
    pub label: &'static str,
    /// Below the label; nothing where it is empty.
    pub hint: &'static str,
    /// What was typed, shown again.
    pub value: &'a str,
    /// What to do about it.
    pub fault: Option<&'static str>,
    /// `text`, `email`, `tel`, `password`.
    pub kind: &'static str,
    /// What the browser may fill in.
    pub autocomplete: &'static str,
    /// Which keys a phone offers; empty for its usual ones.
    pub inputmode: &'static str,
    /// Style of its width: empty, `middle`, `short`.
    pub width: &'static str,
}

impl<'a> Input<'a> {
    /// A field of text.
    #[must_use]
    pub fn text(id: &'static str, label: &'static str, hint: &'static str, value: &'a str) -> Self {
        Self {
            id,
            label,
            hint,
            value,
            fault: None,
            kind: "text",
            autocomplete: "off",
            inputmode: "",
            width: "",
        }
    }

    /// A field for a password. It never shows what was typed before.
    #[must_use]
    pub fn password(id: &'static str, label: &'static str, hint: &'static str) -> Self {
        Self { kind: "password", ..Self::text(id, label, hint, "") }
    }

    /// With what to do about it.
    #[must_use]
    pub fn with_fault(self, fault: Option<&'static str>) -> Self {
        Self { fault, ..self }
    }

    /// The ids of hint and fault, for `aria-describedby`.
    #[must_use]
    pub fn described_by(&self) -> Option<String> {
        let hint = (!self.hint.is_empty()).then(|| format!("{}-hint", self.id));
        let fault = self.fault.map(|_| format!("{}-fault", self.id));
        let ids: Vec<_> = hint.into_iter().chain(fault).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

/// Year, month and day of a birth, for `parts/birth_date.html`.
pub struct BirthDateInput<'a> {
    /// Its fields are called this with `_year`, `_month`, `_day`.
    pub id: &'static str,
    /// Above them.
    pub label: &'static str,
    /// Below the label.
    pub hint: &'static str,
    /// What to do about it.
    pub fault: Option<&'static str>,
    /// What was typed: year, month, day.
    pub values: [&'a str; 3],
    /// Behind each field.
    pub units: [&'static str; 3],
    /// What the browser may fill in.
    pub autocomplete: [&'static str; 3],
}

/// A question with answers of which one is chosen, for `parts/choices.html`.
pub struct Choices {
    /// Name of the field; the ids are this with `-1`, `-2`, ….
    pub name: &'static str,
    /// The question.
    pub label: &'static str,
    /// Below the question.
    pub hint: &'static str,
    /// What to do about it.
    pub fault: Option<&'static str>,
    /// The answers.
    pub options: Vec<Choice>,
}

/// One answer.
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// What is read.
    pub label: String,
    /// Whether it is the chosen one.
    pub chosen: bool,
}

/// A line of the list of mistakes on top of a form, for `parts/summary.html`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The id of the field that the line leads to.
    pub target: &'static str,
    /// What to do.
    pub text: &'static str,
}

/// Where a visitor is on the way through a registration, for `parts/steps.html`.
pub struct Step {
    /// From 1.
    pub current: usize,
    /// The names of all steps.
    pub names: &'static [&'static str],
    /// The same for people who hear the page.
    pub spoken: String,
}
