//! The poster that hangs in a hospital: how to register, with the QR code of the address.

use super::world::{Form, typeset};
use super::{Paper, PaperError, qr};
use serde_json::{Value, json};

/// What stands on a poster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PosterPaper {
    /// The hospital on whose wall it hangs.
    pub hospital_name: String,
    /// All hospitals where one registration works, that one among them.
    pub group_hospital_names: Vec<String>,
    /// Where patients register; also what the QR code holds.
    pub url: String,
    /// What comes after the @ of our mails, to be allowed by the patient's phone.
    pub sender_domain: String,
    /// Kinds of card that are refused, in patients' words; empty where none is.
    pub refused_cards: Vec<String>,
    /// Minutes from the completion mail to the first entry.
    pub activation_minutes: u16,
    /// The kiosk's hours, as 平日 7:45～17:00（土日祝休日を除く）.
    pub kiosk_hours: String,
    /// The hospital's telephone.
    pub phone: String,
    /// When it is answered.
    pub phone_hours: String,
}

/// The poster as an A4 PDF.
pub fn poster(data: &PosterPaper) -> Result<Paper, PaperError> {
    typeset(Form::Poster, &json(data)?)?.pdf()
}

pub(super) fn json(data: &PosterPaper) -> Result<Value, PaperError> {
    let (code, _modules) = qr::qr_for_paper(&data.url)?;
    let refused = (!data.refused_cards.is_empty())
        .then(|| format!("{}はご利用いただけません。", data.refused_cards.join("・")));
    let shared = (data.group_hospital_names.len() > 1).then(|| data.group_hospital_names.clone());
    let start = match data.activation_minutes {
        0 => "完了メールが|届いたら、|すぐに|ご利用|いただけます。".to_owned(),
        minutes => format!("完了メールが|届いてから|約{minutes}分で|ご利用|いただけます。"),
    };
    Ok(json!({
        "hospital": data.hospital_name,
        "shared": shared,
        "url": data.url.trim_start_matches("https://"),
        "full_url": data.url,
        "qr": code,
        "sender_domain": data.sender_domain,
        "refused": refused,
        "start": start,
        "kiosk_hours": data.kiosk_hours,
        "phone": data.phone,
        "phone_hours": data.phone_hours,
    }))
}
