//! The slip 後払い利用票 that the kiosk prints for an entry, on paper 80 mm wide.
//!
//! One layout gives the PDF for the browser, the picture for the demo and the dots for a printer.

use super::bitmap::{Bitmap, Grey};
use super::world::{Form, typeset};
use super::{Paper, PaperError, escpos, qr, words};
use domain::entry::EntryNumber;
use domain::time::{Day, Moment};
use serde_json::{Value, json};
use typst_render::RenderOptions;

/// Eight dots a millimetre, which is what receipt printers have: 80 mm of paper are 640 dots.
const DOTS_PER_POINT: f64 = 2.822_222_222_222_222_4;

/// Four millimetres on each side that no printer reaches.
const MARGIN_DOTS: u32 = 32;

/// What stands on a slip. No diagnosis and no department: a slip gets lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlipPaper {
    /// As patients know it.
    pub hospital_name: String,
    /// When the patient entered.
    pub entered_at: Moment,
    /// Printed large, and as the code that the desk scans.
    pub entry_number: EntryNumber,
    /// With its leading zeros.
    pub patient_number: String,
    /// When the money will be taken.
    pub promise: SlipPromise,
    /// The hospital's telephone.
    pub phone: String,
    /// When it is answered, as 平日 8:30～17:00.
    pub phone_hours: String,
}

/// What the patient is told about the day of payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlipPromise {
    /// A visit: the day is known.
    OnDay {
        /// The day of the visit.
        visit_day: Day,
        /// The day on which the card is charged, which is also the date of the receipt.
        charge_day: Day,
    },
    /// A stay: so many days after the bill is made.
    AfterBill {
        /// Calendar days.
        days: u16,
    },
}

/// The slip as PDF, for the browser of the kiosk.
pub fn slip_pdf(data: &SlipPaper) -> Result<Paper, PaperError> {
    typeset(Form::Slip, &json(data)?)?.pdf()
}

/// The slip as a grey picture of the whole paper, 640 dots across.
pub fn slip_png(data: &SlipPaper) -> Result<Vec<u8>, PaperError> {
    picture(data)?.png()
}

/// The slip as bytes for an ESC/POS printer, from reset to cut.
pub fn slip_escpos(data: &SlipPaper) -> Result<Vec<u8>, PaperError> {
    Ok(escpos::job(&slip_bitmap(data)?))
}

/// The dots that a printer burns: the paper without its margins.
pub(super) fn slip_bitmap(data: &SlipPaper) -> Result<Bitmap, PaperError> {
    Ok(picture(data)?.threshold(MARGIN_DOTS, escpos::DOTS_ACROSS))
}

fn picture(data: &SlipPaper) -> Result<Grey, PaperError> {
    let typeset = typeset(Form::Slip, &json(data)?)?;
    let page = typeset.document.pages().first().ok_or(PaperError::Empty { paper: "slip" })?;
    let options = RenderOptions { pixel_per_pt: DOTS_PER_POINT.into(), render_bleed: false };
    let pixmap = typst_render::render(page, &options);
    Ok(Grey::from_rgba(pixmap.width(), pixmap.height(), pixmap.data()))
}

pub(super) fn json(data: &SlipPaper) -> Result<Value, PaperError> {
    let (code, modules) = qr::qr_for_paper(data.entry_number.as_str())?;
    let entered = data.entered_at.day();
    Ok(json!({
        "hospital": data.hospital_name,
        "entered": format!("{} {}", entered.in_japanese(), data.entered_at.time_of_day().in_japanese()),
        "date": words::date_parts(entered),
        "entry_number": data.entry_number.in_groups(),
        "patient_number": data.patient_number,
        "qr": code,
        "qr_modules": modules,
        "hand_in": hand_in(data.promise),
        "promise": promise(data.promise),
        "tax_year": tax_year(data.promise),
        "crosses_year": crosses_year(data.promise),
        "other_payment": match data.promise {
            SlipPromise::OnDay { .. } => "現金などでの|お支払いに|変える場合は、|計算窓口で|お申し出ください。",
            SlipPromise::AfterBill { .. } => "現金などでの|お支払いに|変える場合は、|入院窓口で|お申し出ください。",
        },
        "not_a_receipt": match data.promise {
            SlipPromise::OnDay { .. } => "この票は|領収書では|ありません。|診療の受付は|別に必要です。",
            SlipPromise::AfterBill { .. } => "この票は|領収書では|ありません。",
        },
        "phone": data.phone,
        "phone_hours": data.phone_hours,
    }))
}

const fn hand_in(promise: SlipPromise) -> &'static str {
    match promise {
        SlipPromise::OnDay { .. } => "診察後、|受付ファイルと|一緒に|計算窓口へ|お出しください。",
        SlipPromise::AfterBill { .. } => "退院の|手続きの|ときに、|入院窓口へ|お出しください。",
    }
}

/// Pieces of one sentence; the second is set in bold. A bar is where a line may break.
fn promise(promise: SlipPromise) -> [String; 3] {
    let end = "登録カードで|一括で|お支払い|いただきます。".to_owned();
    match promise {
        SlipPromise::OnDay { visit_day, charge_day } => {
            let days = charge_day.days_since_1970().saturating_sub(visit_day.days_since_1970());
            let about = if days > 0 { format!("|約{days}日後の") } else { String::new() };
            let day = format!("{}ごろに、", charge_day.in_japanese());
            [format!("本日の|医療費は、{about}"), day, end]
        }
        SlipPromise::AfterBill { days } => {
            ["入院費は、".to_owned(), format!("請求が決まってから約{days}日後に、"), end]
        }
    }
}

/// The year of payment decides the year of the tax deduction, not the year of the visit.
fn tax_year(promise: SlipPromise) -> String {
    match promise {
        SlipPromise::OnDay { visit_day, charge_day } if visit_day.year() == charge_day.year() => {
            format!(
                "領収書の|日付は|お支払いの|日です。|医療費控除では|{}年分に|なります。",
                charge_day.year()
            )
        }
        SlipPromise::OnDay { charge_day, .. } => format!(
            "お支払いは|年明けです。|領収書の|日付と|医療費控除は|{}年分に|なります。|本年分に|したい方は、|計算窓口で|本日|お支払いください。",
            charge_day.year()
        ),
        SlipPromise::AfterBill { .. } => {
            "領収書の|日付は|お支払いの|日です。|医療費控除も|その年の分に|なります。".to_owned()
        }
    }
}

fn crosses_year(promise: SlipPromise) -> bool {
    match promise {
        SlipPromise::OnDay { visit_day, charge_day } => visit_day.year() != charge_day.year(),
        SlipPromise::AfterBill { .. } => false,
    }
}
