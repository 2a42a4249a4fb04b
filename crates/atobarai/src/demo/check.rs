//! `demo --check`: walks the story by the same pages that a person uses, and says of each step whether it
//! is as promised. The card network's own book is the witness. Nothing happens by itself meanwhile: the
//! walk lets happen what is due, so that it goes the same way each time.

mod browser;
mod story;

use crate::commands::say;
use crate::demo::{Start, prepare, serve_until};
use browser::Browser;
use std::path::PathBuf;
use std::process::ExitCode;
use tokio::sync::oneshot;

/// Walks the story on a folder, or on a throw-away one.
pub(crate) async fn walk(
    data: Option<PathBuf>,
    database: Option<String>,
) -> anyhow::Result<ExitCode> {
    let (folder, throw_away) = match data {
        Some(folder) => (folder, false),
        None => {
            let name = format!("atobarai-check-{}", std::process::id());
            (std::env::temp_dir().join(name), true)
        }
    };
    super::log()?;
    let ready = prepare(Start { data: folder.clone(), port: 0, database }).await?;
    let (world, at) = (ready.world.clone(), ready.at.clone());
    let (stop, stopped) = oneshot::channel::<()>();
    let service = tokio::spawn(serve_until(ready, async move {
        // Dropping the sender stops the service just as well.
        stopped.await.unwrap_or_default();
    }));
    let walked = story::walk(&world, &Browser::new(&at)?).await;
    drop(stop);
    service.await??;
    if throw_away {
        std::fs::remove_dir_all(&folder)?;
    }
    match walked {
        Ok(steps) => {
            say(format_args!("{steps} passed, 0 failed"));
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            say(format_args!("NOT AS PROMISED: {error:#}"));
            Ok(ExitCode::FAILURE)
        }
    }
}
