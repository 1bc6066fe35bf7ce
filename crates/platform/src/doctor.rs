//! `sijian doctor`: whether an installation has what it needs, said line by line.

use crate::app::App;

/// Characters a court paper must be able to show: everyday ones, and rare ones from Extensions B, C, E and G.
const SAMPLE: &str = "司法鉴定意见书〔2026〕𠮷㛃𬎆𫍯𰀀①";

/// What is there and what is missing, one line each.
///
/// # Errors
/// A database that does not answer.
pub async fn report(app: &App) -> anyhow::Result<String> {
    let mut lines = vec![format!("database: {}, schema up to date", app.db.engine())];
    let mut conn = app.db.read().await?;
    let accounts = conn.count("select count(*) from account", &[]).await?;
    lines.push(format!("accounts: {accounts}"));
    lines.push(format!("calendar: {}", app.calendar.version()));
    lines.push(match app.papers.missing_glyphs(SAMPLE.into()).await {
        Ok(missing) if missing.is_empty() => "fonts: every sample character can be printed".into(),
        Ok(missing) => format!(
            "fonts: cannot print {}; install fonts-babelstone-han and fonts-hanazono",
            missing.iter().collect::<String>()
        ),
        Err(fail) => format!("fonts: {fail}"),
    });
    lines.push(format!("files: {}", app.config.data.join("files").display()));
    Ok(lines.join("\n"))
}
