//! What is typed into the form of a registration, exactly as it is.

/// What the form holds, as typed.
#[derive(Clone, Debug, Default)]
pub struct FormTyped {
    /// Family name as written.
    pub family_name: String,
    /// Given name as written.
    pub given_name: String,
    /// Family name in kana.
    pub family_kana: String,
    /// Given name in kana.
    pub given_kana: String,
    /// Year of birth, also of a Japanese era.
    pub birth_year: String,
    /// Month of birth.
    pub birth_month: String,
    /// Day of birth.
    pub birth_day: String,
    /// Telephone.
    pub phone: String,
    /// Postal code.
    pub postal_code: String,
    /// Address behind the postal code.
    pub address: String,
    /// Code of the hospital whose patient number follows.
    pub hospital: String,
    /// Number on the patient card.
    pub patient_number: String,
    /// `self`, `child`, `parent`, `spouse`, `other`.
    pub relation: String,
    /// The patient, looked at where it is not the payer.
    pub patient: PatientTyped,
    /// The password, exactly as typed.
    pub password: String,
    /// The password once more.
    pub password_again: String,
}

/// What was typed about a patient who is not the payer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PatientTyped {
    /// Family name as written.
    pub family_name: String,
    /// Given name as written.
    pub given_name: String,
    /// Family name in kana.
    pub family_kana: String,
    /// Given name in kana.
    pub given_kana: String,
    /// Year of birth, also of a Japanese era.
    pub birth_year: String,
    /// Month of birth.
    pub birth_month: String,
    /// Day of birth.
    pub birth_day: String,
}
