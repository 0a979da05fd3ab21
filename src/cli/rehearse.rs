//! `steward rehearse`: the bot and a community's life on a virtual clock, before anything is real.

use serde_json::json;

use super::{Ended, Failed, Outcome, chosen, print};
use crate::config::Loaded;
use crate::features::Settings;
use crate::rehearsal::{self, Options};

/// What the command line asks for.
pub(super) struct Wanted {
    pub(super) days: u32,
    pub(super) members: usize,
    pub(super) seed: u64,
    pub(super) community: Option<String>,
    pub(super) summary: bool,
    pub(super) json: bool,
}

pub(super) async fn rehearse(loaded: &Loaded, wanted: Wanted) -> Outcome {
    let mut options = Options::new(community(loaded, wanted.community.as_deref())?, loaded.communities_folder.clone());
    (options.days, options.members, options.seed) = (wanted.days, wanted.members, wanted.seed);
    let lang = options.community.1.language;
    let report = Box::pin(rehearsal::rehearse(options)).await?;
    let sound = report.summary.is_sound();
    if wanted.json {
        print(&format!("{:#}\n", json!({ "summary": report.summary, "transcript": report.transcript })))?;
    } else {
        let mut lines = if wanted.summary { Vec::new() } else { report.transcript };
        lines.push(String::new());
        lines.extend(report.summary.lines(lang));
        print(&(lines.join("\n") + "\n"))?;
    }
    Ok(if sound { Ended::Well } else { Ended::Problems })
}

/// The community asked for, or the example's: `moms` where it is, else the first.
fn community(loaded: &Loaded, name: Option<&str>) -> Result<(String, Settings), Failed> {
    let all = chosen(loaded, name)?;
    let (slug, settings) = all
        .iter()
        .find(|(slug, _)| slug == "moms")
        .or(all.first())
        .ok_or_else(|| Failed::Usage("there is no community to rehearse".to_owned()))?;
    Ok((slug.clone(), settings.settings.clone()))
}
