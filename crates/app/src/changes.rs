//! P8: whoever changes something of an account tells its owner, in the same transaction.

use crate::notices::{self, NoticeOrder};
use crate::{App, AppError, words};
use domain::account::Account;
use domain::notice::NoticeKind;
use render::mails::{ChangedItem, DataChangedMail};
use store::Tx;

/// Promises the mail. `subject` names the change, so that one change is told once.
pub(crate) fn tell(
    tx: &mut Tx<'_>,
    app: &App,
    account: &Account,
    items: Vec<ChangedItem>,
    subject: String,
) -> Result<(), AppError> {
    let now = app.now();
    let hospitals = store::groups::hospitals_of(tx, &account.group)?;
    let group = store::groups::by_slug(tx, &account.group)?;
    let content = render::mails::data_changed(&DataChangedMail {
        name: account.person.name.as_str().to_owned(),
        group_name: group.map(|group| group.name).unwrap_or_default(),
        items,
        changed_at: now,
        login_url: words::login_url(app.settings(), &account.group),
        contacts: hospitals.iter().map(words::contact).collect(),
    })?;
    let order = NoticeOrder::to_account(account, (NoticeKind::DataChanged, subject), content);
    notices::promise(tx, now, app.ids(), &order).map(drop)
}
