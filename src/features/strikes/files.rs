//! The files the settings of strikes name. One that cannot be used is told and left out; everything else goes on.

use std::sync::Arc;

use super::banlist::BanList;
use super::settings::Settings;
use crate::cx::{Compile, Files};
use crate::judge::{self, linear::Model};

static MODELS: Files<Model> = Files::new();
static BAN_LISTS: Files<BanList> = Files::new();

/// The judge, with the community's own model if it has one that can be used.
pub fn judge(settings: &Settings, compile: &mut Compile<'_>) -> judge::Compiled {
    let judge = judge::Compiled::new(&settings.judge, &[]);
    let Some(name) = &settings.judge.model else { return judge };
    let path = compile.named(name);
    match MODELS.get(&path, Model::open) {
        Ok(model) => judge.judging_by(model),
        Err(error) => {
            let reason = format!("{}: {error}; the built-in model is used until that is mended", path.display());
            compile.defect("judge.model", reason);
            judge
        }
    }
}

/// The ban lists, without those that cannot be read.
pub fn ban_lists(settings: &Settings, compile: &mut Compile<'_>) -> Vec<Arc<BanList>> {
    let mut lists = Vec::new();
    for (index, name) in settings.ban_lists.files.iter().enumerate() {
        let path = compile.named(name);
        let key = format!("ban_lists.files[{index}]");
        match BAN_LISTS.get(&path, BanList::open) {
            Ok(list) => {
                for wrong in &list.wrong {
                    compile.defect(&key, format!("{}: {wrong}", path.display()));
                }
                lists.push(list);
            }
            Err(error) => compile.defect(&key, format!("{}: it cannot be read: {error}", path.display())),
        }
    }
    lists
}
