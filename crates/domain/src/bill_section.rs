//! The sections of the receipt in the order in which they are printed (`domain.md` 2.2).

/// A section of the receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Section {
    /// 初・再診料
    Consultation,
    /// 入院料等
    HospitalizationBasic,
    /// 医学管理等
    MedicalManagement,
    /// 在宅医療
    HomeCare,
    /// 検査
    Examination,
    /// 画像診断
    Imaging,
    /// 投薬
    Medication,
    /// 注射
    Injection,
    /// リハビリテーション
    Rehabilitation,
    /// 精神科専門療法
    PsychiatricTherapy,
    /// 処置
    Procedure,
    /// 手術
    Surgery,
    /// 麻酔
    Anesthesia,
    /// 放射線治療
    Radiotherapy,
    /// 病理診断
    Pathology,
    /// 診断群分類(DPC)
    Dpc,
    /// その他: part 14 of the tariff, insured (since 2024-06).
    OtherInsured,
    /// 食事療養, in yen
    MealTherapy,
    /// 生活療養, in yen
    LivingTherapy,
    /// 評価療養・選定療養, uninsured
    EvaluatedSelectedCare,
    /// その他: uninsured. The same word on paper as [`Section::OtherInsured`], another field.
    OtherUninsured,
}

/// What the number of a section counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SectionUnit {
    /// 点
    Points,
    /// 円
    Yen,
}

impl Section {
    /// Every section, as printed.
    pub const ALL: [Self; 21] = [
        Self::Consultation,
        Self::HospitalizationBasic,
        Self::MedicalManagement,
        Self::HomeCare,
        Self::Examination,
        Self::Imaging,
        Self::Medication,
        Self::Injection,
        Self::Rehabilitation,
        Self::PsychiatricTherapy,
        Self::Procedure,
        Self::Surgery,
        Self::Anesthesia,
        Self::Radiotherapy,
        Self::Pathology,
        Self::Dpc,
        Self::OtherInsured,
        Self::MealTherapy,
        Self::LivingTherapy,
        Self::EvaluatedSelectedCare,
        Self::OtherUninsured,
    ];

    /// As in files and rows.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Consultation => "consultation",
            Self::HospitalizationBasic => "hospitalization_basic",
            Self::MedicalManagement => "medical_management",
            Self::HomeCare => "home_care",
            Self::Examination => "examination",
            Self::Imaging => "imaging",
            Self::Medication => "medication",
            Self::Injection => "injection",
            Self::Rehabilitation => "rehabilitation",
            Self::PsychiatricTherapy => "psychiatric_therapy",
            Self::Procedure => "procedure",
            Self::Surgery => "surgery",
            Self::Anesthesia => "anesthesia",
            Self::Radiotherapy => "radiotherapy",
            Self::Pathology => "pathology",
            Self::Dpc => "dpc",
            Self::OtherInsured => "other_insured",
            Self::MealTherapy => "meal_therapy",
            Self::LivingTherapy => "living_therapy",
            Self::EvaluatedSelectedCare => "evaluated_selected_care",
            Self::OtherUninsured => "other_uninsured",
        }
    }

    /// Reads what a file or row holds.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|section| section.as_str() == text)
    }

    /// As printed on the form.
    #[must_use]
    pub const fn in_japanese(self) -> &'static str {
        match self {
            Self::Consultation => "初・再診料",
            Self::HospitalizationBasic => "入院料等",
            Self::MedicalManagement => "医学管理等",
            Self::HomeCare => "在宅医療",
            Self::Examination => "検査",
            Self::Imaging => "画像診断",
            Self::Medication => "投薬",
            Self::Injection => "注射",
            Self::Rehabilitation => "リハビリテーション",
            Self::PsychiatricTherapy => "精神科専門療法",
            Self::Procedure => "処置",
            Self::Surgery => "手術",
            Self::Anesthesia => "麻酔",
            Self::Radiotherapy => "放射線治療",
            Self::Pathology => "病理診断",
            Self::Dpc => "診断群分類(DPC)",
            Self::OtherInsured | Self::OtherUninsured => "その他",
            Self::MealTherapy => "食事療養",
            Self::LivingTherapy => "生活療養",
            Self::EvaluatedSelectedCare => "評価療養・選定療養",
        }
    }

    /// What the insured number counts.
    #[must_use]
    pub const fn unit(self) -> SectionUnit {
        match self {
            Self::MealTherapy
            | Self::LivingTherapy
            | Self::EvaluatedSelectedCare
            | Self::OtherUninsured => SectionUnit::Yen,
            Self::Consultation
            | Self::HospitalizationBasic
            | Self::MedicalManagement
            | Self::HomeCare
            | Self::Examination
            | Self::Imaging
            | Self::Medication
            | Self::Injection
            | Self::Rehabilitation
            | Self::PsychiatricTherapy
            | Self::Procedure
            | Self::Surgery
            | Self::Anesthesia
            | Self::Radiotherapy
            | Self::Pathology
            | Self::Dpc
            | Self::OtherInsured => SectionUnit::Points,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_is_read_back() {
        for section in Section::ALL {
            assert_eq!(Section::parse(section.as_str()), Some(section));
        }
        assert_eq!(Section::parse("その他"), None, "two sections share that label");
    }
}
