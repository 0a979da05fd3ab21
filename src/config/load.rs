//! All settings read together: the process file and every community's file, with every mistake in any of them.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::formats::FORMATS;
use super::problem::{nearest, quoted};
use super::process::{Process, Unlisted};
use super::read::below;
use super::{Places, Problem, Read, read};
use crate::cx::Finding;
use crate::engine::Book;
use crate::features::{Compiled, Settings, Shared};

/// Where the process file is looked for when nobody says where.
pub const PROCESS_FILE: &str = "config/steward.toml";

/// Characters in a community's id, at most.
const LONGEST_ID: usize = 64;

/// Settings without mistakes.
pub struct Loaded {
    pub process: Process,
    /// The folder of the process file.
    pub folder: PathBuf,
    /// The folder of the communities' files.
    pub communities_folder: PathBuf,
    /// By the names of their files without `.toml`, in order.
    pub communities: Vec<(String, Shared)>,
    /// For chats that no file names, when they are served.
    pub open: Option<Shared>,
    /// What is allowed but hardly meant.
    pub warnings: Vec<Problem>,
    /// Every settings file as it was read, and what shows a change of the files they name: to tell whether anything
    /// changed.
    pub sources: BTreeMap<PathBuf, String>,
}

impl Loaded {
    /// What holds where.
    pub fn book(&self) -> Book {
        Book::new(self.communities_folder.clone(), self.communities.clone(), self.open.clone())
    }

    /// The communities' files that were read `before` and are there no more.
    pub fn missing<'a>(&'a self, before: &'a BTreeMap<PathBuf, String>) -> impl Iterator<Item = &'a Path> {
        let is_community = |path: &Path| {
            path.extension().is_some_and(|end| end == "toml") && path.parent() == Some(&self.communities_folder)
        };
        before.keys().map(PathBuf::as_path).filter(move |path| is_community(path) && !self.sources.contains_key(*path))
    }
}

/// One community's file.
struct File {
    slug: String,
    places: Places,
    settings: Shared,
}

/// Reads the process file (`None`: the usual one, which may be missing) and the communities it names.
///
/// # Errors
/// With every mistake in every file, sorted by file and line.
pub fn load(path: Option<&Path>) -> Result<Loaded, Vec<Problem>> {
    let mut sources = BTreeMap::new();
    let file = path.unwrap_or(Path::new(PROCESS_FILE));
    let folder = folder_of(file);
    let (Read { value: process, places }, text) = match process_file(path) {
        Ok(read) => read,
        Err(mut problems) => {
            // The communities are still worth checking, where they usually are.
            let communities = folder.join(Process::default().communities);
            if communities.is_dir() {
                community_files(&communities, &mut sources, &mut problems);
            }
            problems.sort();
            return Err(problems);
        }
    };
    sources.insert(file.to_owned(), text);
    let mut problems = process.check(&places, &folder);
    let communities_folder = folder.join(&process.communities);
    let files = community_files(&communities_folder, &mut sources, &mut problems);
    let mut warnings = Vec::new();
    if files.is_empty() && problems.is_empty() {
        let reason = format!("there is no community's file (*.toml) in {}", shown(&communities_folder));
        problems.push(places.problem("communities", reason, None));
    }
    collisions(&files, &mut problems);
    identities(&files, &mut problems);
    let open = unlisted(&process, &places, &files, &communities_folder, &mut problems);
    for file in &files {
        let default = process.access.default.as_deref().map(|name| name.trim_end_matches(".toml"));
        warnings.extend(oddities(file, default == Some(file.slug.as_str())));
    }
    if !problems.is_empty() {
        problems.sort();
        return Err(problems);
    }
    let communities = files.into_iter().map(|file| (file.slug, file.settings)).collect();
    Ok(Loaded { process, folder, communities_folder, communities, open, warnings, sources })
}

/// Reads the process file alone; gives its folder too.
pub fn process(path: Option<&Path>) -> Result<(Process, PathBuf), Vec<Problem>> {
    let (Read { value, places }, _) = process_file(path)?;
    let folder = folder_of(path.unwrap_or(Path::new(PROCESS_FILE)));
    let problems = value.check(&places, &folder);
    if problems.is_empty() { Ok((value, folder)) } else { Err(problems) }
}

fn process_file(path: Option<&Path>) -> Result<(Read<Process>, String), Vec<Problem>> {
    let file = path.unwrap_or(Path::new(PROCESS_FILE));
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if path.is_none() && error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(vec![about_file(file, format!("the file cannot be read: {error}"))]),
    };
    Ok((read::<Process>(&shown(file), &text, FORMATS)?, text))
}

fn folder_of(file: &Path) -> PathBuf {
    file.parent().unwrap_or(Path::new("")).to_owned()
}

/// Reads every community's file there is. Those with mistakes are left out and their mistakes told.
fn community_files(folder: &Path, sources: &mut BTreeMap<PathBuf, String>, problems: &mut Vec<Problem>) -> Vec<File> {
    let paths = match settings_in(folder) {
        Ok(paths) => paths,
        Err(error) => {
            problems.push(about_file(folder, format!("the folder of communities cannot be read: {error}")));
            return Vec::new();
        }
    };
    let mut files = Vec::new();
    for path in paths {
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                match community_file(&path, &text, folder) {
                    Ok(file) => {
                        let named = file.settings.files.iter();
                        sources.extend(named.map(|path| (path.clone(), state_of(path))));
                        files.push(file);
                    }
                    Err(found) => problems.extend(found),
                }
                sources.insert(path, text);
            }
            // Gone since the folder was listed.
            Err(_) if path.symlink_metadata().is_err() => {}
            Err(error) => problems.push(about_file(&path, format!("the file cannot be read: {error}"))),
        }
    }
    files
}

fn community_file(path: &Path, text: &str, folder: &Path) -> Result<File, Vec<Problem>> {
    let Read { value: settings, places } = read::<Settings>(&shown(path), text, FORMATS)?;
    let (compiled, findings) = Compiled::new(&settings, folder);
    if !findings.is_empty() {
        let mut problems: Vec<_> = findings.iter().map(|finding| located(&places, finding)).collect();
        problems.sort();
        return Err(problems);
    }
    let slug = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(File { slug, places, settings: Arc::new(compiled) })
}

/// The communities' files in a folder, in order; not what editors keep beside them.
fn settings_in(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let is_hidden = |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    let is_settings = |path: &PathBuf| !is_hidden(path) && path.extension().is_some_and(|end| end == "toml");
    let mut paths: Vec<_> = std::fs::read_dir(folder)?.flatten().map(|it| it.path()).filter(is_settings).collect();
    paths.sort();
    Ok(paths)
}

/// What tells that any of the `known` files or of the communities' files in `folder` was changed, without reading them.
pub fn states(known: Vec<PathBuf>, folder: &Path) -> BTreeMap<PathBuf, String> {
    let paths = known.into_iter().chain(settings_in(folder).unwrap_or_default());
    paths.map(|path| (path.clone(), state_of(&path))).collect()
}

/// What tells that a file was changed, without reading it: it may be large.
fn state_of(path: &Path) -> String {
    std::fs::metadata(path).map_or_else(|_| String::new(), |it| format!("{} {:?}", it.len(), it.modified().ok()))
}

/// A finding where it stands. The keys of texts hold dots, so that they stand in quotes.
fn located(places: &Places, finding: &Finding) -> Problem {
    let text = finding.path.strip_prefix("texts.").map(|key| below("texts", key));
    places.problem(text.as_deref().unwrap_or(&finding.path), &finding.reason, finding.hint.clone())
}

/// Chats that two places claim.
fn collisions(files: &[File], problems: &mut Vec<Problem>) {
    let mut taken: HashMap<i64, (&File, String)> = HashMap::new();
    for file in files {
        let common = &file.settings.common;
        let groups = common.chats.iter().enumerate().map(|(index, chat)| (*chat, format!("chats[{index}]")));
        let staff = common.staff_chat.map(|chat| (chat, "staff_chat".to_owned()));
        for (chat, key) in groups.chain(staff) {
            if chat >= 0 {
                let reason = "a group's number is negative (`/id` in the group shows it); this is a person's";
                problems.push(file.places.problem(&key, reason, None));
                continue;
            }
            match taken.get(&chat) {
                // Several communities may share one staff chat.
                Some((other, place)) if other.slug != file.slug && key == "staff_chat" && place == "staff_chat" => {}
                Some((other, place)) if other.slug == file.slug => {
                    problems.push(file.places.problem(&key, format!("this chat already stands in `{place}`"), None));
                }
                Some((other, place)) => {
                    let reason = format!("this chat already belongs to {}.toml, as its `{place}`", other.slug);
                    problems.push(file.places.problem(&key, reason, None));
                }
                None => drop(taken.insert(chat, (file, key))),
            }
        }
    }
}

/// Names under which no community, or another, is kept.
fn identities(files: &[File], problems: &mut Vec<Problem>) {
    let mut taken: HashMap<&str, &File> = HashMap::new();
    for file in files {
        let id = file.settings.common.id.as_deref();
        let is_plain =
            |id: &str| id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b));
        if id.is_some_and(|id| !(1..=LONGEST_ID).contains(&id.len()) || !is_plain(id)) {
            let reason = format!("up to {LONGEST_ID} small letters, digits, `-` and `_`");
            problems.push(file.places.problem("id", reason, None));
        } else if let Some(other) = taken.insert(id.unwrap_or(&file.slug), file) {
            let reason = format!("{}.toml is kept under this name already", other.slug);
            problems.push(file.places.problem("id", reason, None));
        }
    }
}

/// The settings for chats that no file names.
fn unlisted(
    process: &Process,
    places: &Places,
    files: &[File],
    folder: &Path,
    problems: &mut Vec<Problem>,
) -> Option<Shared> {
    let name = process.access.default.as_deref()?;
    let slug = name.trim_end_matches(".toml");
    let found = files.iter().find(|file| file.slug == slug);
    // A file with mistakes is there all the same.
    if found.is_none() && !folder.join(format!("{slug}.toml")).is_file() {
        let known = files.iter().map(|file| file.slug.as_str());
        let hint = nearest(slug, known).map(|slug| quoted(&format!("{slug}.toml")));
        let reason = format!("there is no such file in {}", shown(folder));
        problems.push(places.problem("access.default", reason, hint));
    }
    found.filter(|_| process.access.unlisted == Unlisted::Serve).map(|file| Arc::clone(&file.settings))
}

/// What is allowed but hardly meant.
fn oddities(file: &File, is_default: bool) -> Vec<Problem> {
    let mut odd = Vec::new();
    let common = &file.settings.common;
    if common.chats.is_empty() && !is_default {
        odd.push(file.places.problem("chats", "no group goes by this file: `chats` is empty", None));
    }
    if common.name.is_empty() {
        odd.push(file.places.problem("name", "the community has no name to greet people with", None));
    }
    if common.staff_chat.is_none() {
        let reason = "there is no staff group: cards and reports have nowhere to go";
        odd.push(file.places.problem("staff_chat", reason, None));
    }
    odd
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// A problem with a file as a whole.
fn about_file(path: &Path, reason: String) -> Problem {
    Problem { file: shown(path), place: None, key: String::new(), value: None, reason, hint: None }
}
