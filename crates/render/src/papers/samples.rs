//! Invented papers, for tests and for looking at.

use super::{
    CUSTOMARY_TAX_NOTICE, HospitalBlock, PatientBlock, Payment, PosterPaper, ReceiptBill,
    ReceiptPaper, TaxLine,
};
use super::{SlipPaper, SlipPromise};
use domain::bill::{BillAmounts, BillContent, BillState, SectionLine, SelfPayLine, StatementRow};
use domain::bill_section::Section;
use domain::entry::{CareSetting, EntryNumber};
use domain::patient::PatientNumber;
use domain::receipt::ReceiptCopy;
use domain::time::{Day, TimeOfDay};
use domain::yen::{SignedYen, Yen};

fn yen(amount: i64) -> Yen {
    Yen::new(amount).unwrap_or(Yen::ZERO)
}

fn signed(amount: i64) -> SignedYen {
    SignedYen::new(amount).unwrap_or(SignedYen::ZERO)
}

fn day(year: i16, month: i8, day: i8) -> Day {
    Day::new(year, month, day).unwrap_or_else(|| Day::from_days_since_1970(0))
}

impl HospitalBlock {
    fn sample() -> Self {
        Self {
            name_lines: vec![
                "地方独立行政法人 岡山見本市立総合医療センター".into(),
                "岡山見本市立市民病院".into(),
            ],
            postal_code: "700-0000".into(),
            address: "岡山県岡山市北区見本町三丁目20番1号".into(),
            phone: "086-000-0000".into(),
            invoice_registration_number: None,
            tax_notice: CUSTOMARY_TAX_NOTICE.into(),
            receipt_notices: vec![
                "この領収証は医療費控除の申告に必要です。大切に保管してください。".into(),
            ],
        }
    }
}

fn patient(number: &str, name: &str, kana: &str) -> PatientBlock {
    PatientBlock { number: number.into(), name: name.into(), kana: Some(kana.into()) }
}

fn no_amounts() -> BillAmounts {
    BillAmounts {
        amount_due: Yen::ZERO,
        tax_included: Yen::ZERO,
        amount_received: Yen::ZERO,
        insured_burden: Yen::ZERO,
        self_pay: Yen::ZERO,
        subsidy_burden: Yen::ZERO,
        meal_burden: Yen::ZERO,
        living_burden: Yen::ZERO,
        work_accident_total: Yen::ZERO,
        reduction: SignedYen::ZERO,
        adjustment_1: SignedYen::ZERO,
        adjustment_2: SignedYen::ZERO,
        previous_balance: SignedYen::ZERO,
    }
}

fn section(section: Section, insured: i64, uninsured: i64) -> SectionLine {
    SectionLine { section, insured, uninsured: yen(uninsured) }
}

fn self_pay(name: &str, non_taxable: i64, taxable: i64, tax_rate_percent: u8) -> SelfPayLine {
    SelfPayLine {
        name: name.into(),
        non_taxable: yen(non_taxable),
        taxable: yen(taxable),
        tax_rate_percent,
    }
}

/// Rows of one group: the first names the class, the last closes it.
fn group(class_name: &str, items: &[(&str, i64, i64)]) -> Vec<StatementRow> {
    let last = items.len().saturating_sub(1);
    let row = |(index, (description, points, count)): (usize, &(&str, i64, i64))| StatementRow {
        group_head: false,
        class_name: class_name.into(),
        description: (*description).into(),
        is_yen: false,
        points_or_price: *points,
        count: *count,
        group_end: index == last,
    };
    items.iter().enumerate().map(row).collect()
}

fn outpatient_bill() -> BillContent {
    let mut statement = [
        group("初・再診料", &[("外来診療料", 76, 1), ("外来・在宅ベースアップ評価料(1) 再診時等", 2, 1)]),
        group("医学管理等", &[("特定疾患療養管理料（許可病床数100床以上200床未満）", 87, 1)]),
        group(
            "検査",
            &[
                ("末梢血液一般検査", 21, 1),
                ("生化学的検査(1)（10項目以上） AST、ALT、γ-GT、クレアチニン、尿酸、ナトリウム及びクロール、カリウム、LDL-コレステロール、HDL-コレステロール、中性脂肪、グルコース", 103, 1),
                ("HbA1c", 49, 1),
                ("静脈採血料", 40, 1),
                ("検体検査管理加算(1)", 40, 1),
            ],
        ),
        group("画像診断", &[("胸部X線単純撮影（デジタル）", 68, 1), ("写真診断（胸部）", 85, 1), ("電子画像管理加算", 57, 1)]),
        group("投薬", &[("アムロジピンOD錠5mg「サンプル」 1錠 / ロスバスタチン錠2.5mg「サンプル」 1錠", 3, 28), ("処方料", 42, 1)]),
    ]
    .concat();
    if let Some(first) = statement.first_mut() {
        first.group_head = true;
    }
    BillContent {
        patient_number: PatientNumber::from_stored("0012345678".into()),
        slip_group: None,
        service_day: day(2026, 11, 24),
        service_end_day: None,
        issued_on: day(2026, 11, 24),
        department: "内科".into(),
        insurance: "国保".into(),
        burden_rate_percent: Some(30),
        amounts: BillAmounts { amount_due: yen(2_260), insured_burden: yen(2_260), ..no_amounts() },
        total_points: 754,
        sections: vec![
            section(Section::Consultation, 76, 0),
            section(Section::MedicalManagement, 87, 0),
            section(Section::Examination, 253, 0),
            section(Section::Imaging, 210, 0),
            section(Section::Medication, 126, 0),
            section(Section::OtherInsured, 2, 0),
        ],
        other_self_pay: Vec::new(),
        statement,
        state: BillState::Billed,
    }
}

fn uninsured_bill() -> BillContent {
    let amounts = BillAmounts {
        amount_due: yen(12_940),
        tax_included: yen(1_139),
        self_pay: yen(12_940),
        ..no_amounts()
    };
    BillContent {
        department: "耳鼻咽喉科・頭頸部外科".into(),
        insurance: "自費".into(),
        burden_rate_percent: None,
        amounts,
        total_points: 0,
        sections: vec![section(Section::EvaluatedSelectedCare, 0, 7_700)],
        other_self_pay: vec![
            self_pay("診断書料（当院書式）", 0, 4_400, 10),
            self_pay("経口補水液", 0, 540, 8),
            self_pay("インフルエンザ予防接種の公費対象外分", 300, 0, 0),
        ],
        statement: Vec::new(),
        ..outpatient_bill()
    }
}

fn inpatient_bill() -> BillContent {
    let amounts = BillAmounts {
        amount_due: yen(1_284_650),
        tax_included: yen(96_250),
        amount_received: yen(50_000),
        insured_burden: yen(167_330),
        self_pay: yen(1_062_450),
        subsidy_burden: yen(10_000),
        meal_burden: yen(18_870),
        living_burden: yen(26_000),
        reduction: signed(-1_000),
        adjustment_1: signed(1_000),
        previous_balance: signed(-3_210),
        ..no_amounts()
    };
    let lines = Section::ALL
        .iter()
        .zip([291, 48_213, 3_450, 0, 12_876, 9_034, 1_204, 8_775, 5_880, 0, 1_966]);
    let mut sections: Vec<SectionLine> =
        lines.map(|(name, points)| section(*name, points, points.saturating_mul(10))).collect();
    sections.extend([
        section(Section::Surgery, 1_234_567, 0),
        section(Section::Anesthesia, 38_610, 0),
        section(Section::Dpc, 9_876_543, 12_345_678),
        section(Section::OtherInsured, 120, 0),
        section(Section::MealTherapy, 68_340, 0),
        section(Section::LivingTherapy, 31_840, 0),
        section(Section::EvaluatedSelectedCare, 0, 1_012_450),
        section(Section::OtherUninsured, 0, 50_000),
    ]);
    let items = [
        "診断書料（生命保険会社所定の書式・複写1部を含む）",
        "病衣貸与料",
        "テレビ視聴料",
        "洗濯代",
        "付添寝具貸与料",
    ];
    let mut other_self_pay: Vec<SelfPayLine> =
        items.iter().map(|name| self_pay(name, 0, 5_500, 10)).collect();
    other_self_pay.push(self_pay("差額室料（特別室A 8日間）", 0, 968_000, 10));
    other_self_pay.extend(
        ["死後処置料相当", "母子健康手帳再交付", "選択食加算", "文書郵送料"]
            .map(|name| self_pay(name, 1_100, 0, 0)),
    );
    BillContent {
        service_day: day(2026, 12, 1),
        service_end_day: Some(day(2026, 12, 28)),
        issued_on: day(2026, 12, 28),
        department: "心臓血管外科・循環器内科".into(),
        insurance: "後期高齢者医療・難病公費(54)".into(),
        burden_rate_percent: Some(10),
        amounts,
        total_points: 11_260_529,
        sections,
        other_self_pay,
        ..outpatient_bill()
    }
}

fn tax_line(rate_percent: u8, amount: i64, tax: i64) -> TaxLine {
    TaxLine { rate_percent, amount: yen(amount), tax: yen(tax) }
}

fn bill(slip_number: &str, content: BillContent, amount: i64) -> ReceiptBill {
    let setting = match content.service_end_day {
        Some(_) => CareSetting::Inpatient,
        None => CareSetting::Outpatient,
    };
    ReceiptBill {
        slip_number: slip_number.into(),
        setting,
        relation: Some("本人".into()),
        content,
        amount: yen(amount),
        tax_lines: Vec::new(),
    }
}

impl ReceiptPaper {
    /// A visit; two bills printed again after a correction, with rare characters; a long stay.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let visit = Self {
            number: "2026-000123".into(),
            copy: ReceiptCopy::Original,
            corrects: None,
            receipt_day: day(2026, 11, 28),
            issued_on: day(2026, 12, 3),
            entry_number: "261124-0007-7".into(),
            payment: Payment { brand: "VISA".into(), last_four: "4242".into() },
            total_paid: yen(2_260),
            hospital: HospitalBlock::sample(),
            patient: patient("0012345678", "岡山 花子", "オカヤマ ハナコ"),
            bills: vec![bill("0004711", outpatient_bill(), 2_260)],
        };
        let hospital = HospitalBlock {
            invoice_registration_number: Some("T1234567890123".into()),
            ..HospitalBlock::sample()
        };
        let uninsured = ReceiptBill {
            tax_lines: vec![tax_line(10, 12_100, 1_100), tax_line(8, 540, 39)],
            ..bill("0004713", uninsured_bill(), 12_940)
        };
        let two_bills = Self {
            number: "2026-000124".into(),
            copy: ReceiptCopy::Reissue(2),
            corrects: Some("2026-000099".into()),
            total_paid: yen(15_200),
            hospital: hospital.clone(),
            patient: patient("0000000042", "𠮷野 髙﨑子", "ヨシノ タカサキコ"),
            bills: vec![bill("0004712", outpatient_bill(), 2_260), uninsured],
            ..visit.clone()
        };
        let stay = Self {
            number: "2027-000001".into(),
            receipt_day: day(2027, 1, 1),
            issued_on: day(2027, 1, 4),
            payment: Payment { brand: "American Express".into(), last_four: "0005".into() },
            total_paid: yen(1_234_650),
            hospital: HospitalBlock {
                name_lines: vec![
                    "地方独立行政法人 岡山見本市立総合医療センター".into(),
                    "岡山見本市立市民病院".into(),
                    "附属妹尾リハビリテーション・健康管理センター".into(),
                ],
                address: "岡山県岡山市北区見本町三丁目20番1号 見本総合医療福祉複合施設ひだまりの丘 中央診療棟西側別館 地下1階".into(),
                ..hospital
            },
            patient: patient(
                "00000000009876543210",
                "アレクサンドラ・マリア・フェルナンダ・デ・ラ・クルス・ヤマモト＝ゴンサレス",
                "アレクサンドラ マリア フェルナンダ デ ラ クルス ヤマモト ゴンサレス",
            ),
            bills: vec![bill("2026120000000001", inpatient_bill(), 1_234_650)],
            ..visit.clone()
        };
        vec![visit, two_bills, stay]
    }
}

impl SlipPaper {
    /// A visit; a visit at the end of the year with a long hospital name; a stay.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let entered =
            |day: Day| TimeOfDay::new(9, 5).map_or_else(|| day.begins(), |time| day.at(time));
        let slip = |visit_day: Day, charge_day: Day| {
            Some(Self {
                hospital_name: "岡山見本市立市民病院".into(),
                entered_at: entered(visit_day),
                entry_number: EntryNumber::new(visit_day, 7)?,
                patient_number: "0012345678".into(),
                promise: SlipPromise::OnDay { visit_day, charge_day },
                phone: "086-000-0000".into(),
                phone_hours: "平日 8:30～17:00".into(),
            })
        };
        let ordinary = slip(day(2026, 11, 24), day(2026, 11, 28));
        let year_end = slip(day(2026, 12, 28), day(2027, 1, 1)).map(|slip| Self {
            hospital_name: "地方独立行政法人 岡山見本市立総合医療センター 岡山見本市立市民病院"
                .into(),
            patient_number: "00000000009876543210".into(),
            ..slip
        });
        let stay = ordinary
            .clone()
            .map(|slip| Self { promise: SlipPromise::AfterBill { days: 4 }, ..slip });
        [ordinary, year_end, stay].into_iter().flatten().collect()
    }
}

impl PosterPaper {
    /// One of two hospitals that share registrations; a hospital by itself with a long address.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let shared = Self {
            hospital_name: "岡山見本市立市民病院".into(),
            group_hospital_names: vec![
                "岡山見本市立市民病院".into(),
                "岡山見本市立せのお病院".into(),
            ],
            url: "https://atobarai.example.jp/okayama/new/".into(),
            sender_domain: "atobarai.example.jp".into(),
            refused_cards: vec!["デビットカード".into(), "プリペイドカード".into()],
            activation_minutes: 15,
            kiosk_hours: "平日 7:45～17:00（土日祝休日を除く）".into(),
            phone: "086-000-0000".into(),
            phone_hours: "平日 8:30～17:00".into(),
        };
        let alone = Self {
            hospital_name: "地方独立行政法人 岡山見本市立総合医療センター 附属妹尾リハビリテーション病院".into(),
            group_hospital_names: vec!["附属妹尾リハビリテーション病院".into()],
            url: "https://iryohi-atobarai.okayama-mihon-municipal-medical-center.example.jp/senoo-rehabilitation/new/".into(),
            sender_domain: "iryohi-atobarai.okayama-mihon-municipal-medical-center.example.jp".into(),
            refused_cards: Vec::new(),
            activation_minutes: 0,
            ..shared.clone()
        };
        vec![shared, alone]
    }
}
