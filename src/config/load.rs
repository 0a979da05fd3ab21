//! All settings read together: the process file and every community's file, with every mistake in any of them.

use std::collections::{BTreeMap, HashMap};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::formats::FORMATS;
use super::problem::{nearest, quoted};
use super::process::{DATABASE_VARIABLE, Process, Unlisted};
use super::read::MAX_BYTES;
use super::schema::json_schema;
use super::{Draft, Places, Problem, Reading, read};
use crate::cx::Finding;
use crate::engine::Book;
use crate::features::{Compiled, Settings, Shared};
use crate::store::address;

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
    /// What is wrong with files the settings name. The bot goes on without what cannot be used.
    pub defects: Vec<Problem>,
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

/// One community's file, good or not.
struct File {
    slug: String,
    draft: Draft<Settings>,
    /// What it comes to, to be used only when nothing is wrong with it.
    compiled: Option<Shared>,
}

/// Reads the process file (`None`: the usual one, which may be missing) and the communities it names.
///
/// # Errors
/// With every mistake in every file, sorted by file and line.
pub fn load(path: Option<&Path>) -> Result<Loaded, Vec<Problem>> {
    let mut sources = BTreeMap::new();
    let mut problems = Vec::new();
    let file = path.unwrap_or(Path::new(PROCESS_FILE));
    let folder = folder_of(file);
    let text = process_text(path).unwrap_or_else(|unread| {
        problems.extend(unread);
        String::new()
    });
    if let Some(problem) = is_communitys(file, &text) {
        return Err(vec![problem]);
    }
    let draft = process_draft(file, &text, &mut problems);
    let places = &draft.places;
    // The communities of a file that does not say where they are, are looked for where they usually are.
    let standard = Process::default();
    let is_sure = problems.iter().all(|problem| problem.place.is_some())
        && draft.likeliest().is_some_and(|reading| !reading.is_touched("communities"));
    let process = draft.likeliest().filter(|_| is_sure).map_or(&standard, |reading| &reading.value);
    let communities_folder = folder.join(&process.communities);
    let mut files = Vec::new();
    if is_sure || communities_folder.is_dir() {
        match community_files(&communities_folder, &mut sources, &mut problems) {
            Ok(found) if found.is_empty() && is_sure => {
                let reason = format!("there is no community's file (*.toml) in {}", shown(&communities_folder));
                problems.push(places.problem("communities", reason, None));
            }
            Ok(found) => files = found,
            Err(unread) => problems.extend(unread),
        }
    }
    collisions(&files, &mut problems);
    identities(&files, &mut problems);
    if let Some(reading) = draft.likeliest().filter(|reading| is_sure && !reading.is_touched("access.default")) {
        unlisted(&reading.value, places, &files, &communities_folder, &mut problems);
    }
    let defects: Vec<Problem> = files.iter().flat_map(defects).collect();
    problems.sort();
    problems.dedup();
    let (process, _) = match draft.into_good() {
        Ok(good) if problems.is_empty() => good,
        _ => {
            problems.extend(defects);
            problems.sort();
            return Err(problems);
        }
    };
    sources.insert(file.to_owned(), text);
    let default = process.access.default.as_deref().map(|name| name.trim_end_matches(".toml"));
    let warnings = files.iter().flat_map(|file| oddities(file, default == Some(file.slug.as_str()))).collect();
    let is_open = process.access.unlisted == Unlisted::Serve;
    let named: Vec<_> = files.into_iter().filter_map(|file| Some((file.slug, file.compiled?))).collect();
    let open = named.iter().find(|(slug, _)| is_open && default == Some(slug)).map(|(_, open)| Arc::clone(open));
    Ok(Loaded { process, folder, communities_folder, communities: named, open, warnings, defects, sources })
}

/// Reads the process file alone; gives its folder too.
///
/// # Errors
/// With every mistake in it.
pub fn process(path: Option<&Path>) -> Result<(Process, PathBuf), Vec<Problem>> {
    let file = path.unwrap_or(Path::new(PROCESS_FILE));
    let text = process_text(path)?;
    if let Some(problem) = is_communitys(file, &text) {
        return Err(vec![problem]);
    }
    let mut problems = Vec::new();
    let draft = process_draft(file, &text, &mut problems);
    problems.sort();
    match draft.into_good() {
        Ok((process, _)) if problems.is_empty() => Ok((process, folder_of(file))),
        _ => Err(problems),
    }
}

/// Reads a community's file by itself, with the name of it; None when this is no such file.
///
/// # Errors
/// With every mistake in it.
pub fn community(path: &Path) -> Option<Result<(String, Shared), Vec<Problem>>> {
    let text = read_text(path).ok()?;
    is_communitys(path, &text)?;
    let mut problems = Vec::new();
    let file = community_file(path, &text, &folder_of(path), &mut problems);
    problems.sort();
    Some(match file.compiled {
        Some(compiled) if problems.is_empty() => Ok((file.slug, compiled)),
        _ => Err(problems),
    })
}

fn process_text(path: Option<&Path>) -> Result<String, Vec<Problem>> {
    let file = path.unwrap_or(Path::new(PROCESS_FILE));
    match read_text(file) {
        Err(error) if path.is_none() && error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        text => text.map_err(|error| vec![about_file(file, format!("the file cannot be read: {error}"))]),
    }
}

/// Reads a settings file, and not much more than may be in one: whatever is larger, or never ends, is refused.
fn read_text(path: &Path) -> std::io::Result<String> {
    if !path.metadata()?.is_file() {
        return Err(std::io::Error::other("it is no regular file"));
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > MAX_BYTES {
        // It is refused whatever it says, and may end within a character.
        return Ok(String::from_utf8_lossy(&bytes).into_owned());
    }
    String::from_utf8(bytes).map_err(|_| std::io::Error::other("it is no text in UTF-8"))
}

/// That a file given as the process file is a community's, if it looks like one.
fn is_communitys(file: &Path, text: &str) -> Option<Problem> {
    let table: toml::Table = if text.len() > MAX_BYTES { None } else { toml::from_str(text).ok() }?;
    let keys_of = |schema: serde_json::Value| schema["properties"].as_object().cloned().unwrap_or_default();
    let (process, community) = (keys_of(json_schema::<Process>()), keys_of(json_schema::<Settings>()));
    let has_some = table.keys().any(|key| community.contains_key(key) && !process.contains_key(key));
    if !has_some || table.keys().any(|key| process.contains_key(key)) {
        return None;
    }
    let above = folder_of(file).parent().map(|folder| folder.join("steward.toml")).filter(|path| path.is_file());
    let meant = above.unwrap_or_else(|| PROCESS_FILE.into());
    let reason = format!("this is a community's file; give the process file, such as {}", shown(&meant));
    Some(about_file(file, reason))
}

fn process_draft(file: &Path, text: &str, problems: &mut Vec<Problem>) -> Draft<Process> {
    let draft = read::draft::<Process>(&shown(file), text, FORMATS);
    problems.extend(draft.problems.iter().cloned());
    problems.extend(draft.check(|process| process.check(&folder_of(file))));
    problems.extend(database_in_environment());
    draft
}

/// What is wrong with `STEWARD_DATABASE`, which stands above the file.
fn database_in_environment() -> Option<Problem> {
    let url = std::env::var(DATABASE_VARIABLE).ok().filter(|url| !url.is_empty())?;
    let (reason, hint) = address::problem(&url)?;
    let (file, key) = ("the environment".to_owned(), DATABASE_VARIABLE.to_owned());
    // Anything but a path may hold a password.
    let value = hint.is_some().then_some(url);
    Some(Problem { file, place: None, key, value, reason, hint })
}

fn folder_of(file: &Path) -> PathBuf {
    file.parent().unwrap_or(Path::new("")).to_owned()
}

/// Reads every community's file there is, and tells what is wrong with each.
///
/// # Errors
/// When the folder cannot be read.
fn community_files(
    folder: &Path,
    sources: &mut BTreeMap<PathBuf, String>,
    problems: &mut Vec<Problem>,
) -> Result<Vec<File>, Vec<Problem>> {
    let paths = settings_in(folder)
        .map_err(|error| vec![about_file(folder, format!("the folder of communities cannot be read: {error}"))])?;
    let mut files = Vec::new();
    for path in paths {
        match read_text(&path) {
            Ok(text) => {
                let file = community_file(&path, &text, folder, problems);
                let named = file.compiled.iter().flat_map(|compiled| &compiled.files);
                sources.extend(named.map(|path| (path.clone(), state_of(path))));
                files.push(file);
                sources.insert(path, text);
            }
            // Gone since the folder was listed.
            Err(_) if path.symlink_metadata().is_err() => {}
            Err(error) => problems.push(about_file(&path, format!("the file cannot be read: {error}"))),
        }
    }
    Ok(files)
}

fn community_file(path: &Path, text: &str, folder: &Path, problems: &mut Vec<Problem>) -> File {
    let draft = read::draft::<Settings>(&shown(path), text, FORMATS);
    let mut compiled = None;
    let found = draft.check(|settings| {
        let (all, findings) = Compiled::new(settings, folder);
        compiled = Some(Arc::new(all));
        findings
    });
    problems.extend(draft.problems.iter().cloned().chain(found));
    let slug = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    File { slug, draft, compiled }
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

/// Chats that two places claim.
fn collisions(files: &[File], problems: &mut Vec<Problem>) {
    let mut taken: HashMap<i64, (&File, String)> = HashMap::new();
    for (file, reading) in read_files(files) {
        let settings = &reading.value;
        let groups = settings.chats.iter().enumerate().map(|(index, chat)| (*chat, format!("chats[{index}]")));
        let staff = settings.staff_chat.map(|chat| (chat, "staff_chat".to_owned()));
        let written = groups.chain(staff).map(|(chat, key)| (chat, reading.in_file(&key)));
        for (chat, key) in written.filter(|(_, key)| !reading.is_touched(key)) {
            if chat >= 0 {
                let reason = "a group's number is negative (`/id` in the group shows it); this is a person's";
                problems.push(file.draft.places.problem(&key, reason, None));
                continue;
            }
            match taken.get(&chat) {
                // Several communities may share one staff chat.
                Some((other, place)) if other.slug != file.slug && key == "staff_chat" && place == "staff_chat" => {}
                Some((other, place)) if other.slug == file.slug => {
                    let reason = format!("this chat already stands in `{place}`");
                    problems.push(file.draft.places.problem(&key, reason, None));
                }
                Some((other, place)) => {
                    let reason = format!("this chat already belongs to {}.toml, as its `{place}`", other.slug);
                    problems.push(file.draft.places.problem(&key, reason, None));
                }
                None => drop(taken.insert(chat, (file, key))),
            }
        }
    }
}

/// Names under which no community, or another, is kept.
fn identities(files: &[File], problems: &mut Vec<Problem>) {
    let mut taken: HashMap<&str, &File> = HashMap::new();
    for (file, reading) in read_files(files).filter(|(_, reading)| !reading.is_touched("id")) {
        let id = reading.value.id.as_deref();
        let is_plain =
            |id: &str| id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b));
        if id.is_some_and(|id| !(1..=LONGEST_ID).contains(&id.len()) || !is_plain(id)) {
            let reason = format!("up to {LONGEST_ID} small letters, digits, `-` and `_`");
            problems.push(file.draft.places.problem("id", reason, None));
        } else if let Some(other) = taken.insert(id.unwrap_or(&file.slug), file) {
            let reason = format!("{}.toml is kept under this name already", other.slug);
            problems.push(file.draft.places.problem("id", reason, None));
        }
    }
}

/// Files with what they most likely say, also those with mistakes.
fn read_files(files: &[File]) -> impl Iterator<Item = (&File, &Reading<Settings>)> {
    files.iter().filter_map(|file| Some((file, file.draft.likeliest()?)))
}

/// Whether there are settings for chats that no file names.
fn unlisted(process: &Process, places: &Places, files: &[File], folder: &Path, problems: &mut Vec<Problem>) {
    let Some(name) = process.access.default.as_deref() else { return };
    let slug = name.trim_end_matches(".toml");
    // One that cannot be read is there all the same.
    if files.iter().all(|file| file.slug != slug) && !folder.join(format!("{slug}.toml")).is_file() {
        let known = files.iter().map(|file| file.slug.as_str());
        let hint = nearest(slug, known).map(|slug| quoted(&format!("{slug}.toml")));
        let reason = format!("there is no such file in {}", shown(folder));
        problems.push(places.problem("access.default", reason, hint));
    }
}

/// What is wrong with the files a community's file names.
fn defects(file: &File) -> Vec<Problem> {
    let (Some(compiled), Some(reading)) = (&file.compiled, file.draft.likeliest()) else { return Vec::new() };
    let problem = |it: &Finding| file.draft.places.problem(&reading.in_file(&it.path), it.reason.clone(), None);
    compiled.defects.iter().map(problem).collect()
}

/// What is allowed but hardly meant.
fn oddities(file: &File, is_default: bool) -> Vec<Problem> {
    let Some(Reading { value: settings, .. }) = file.draft.likeliest() else { return Vec::new() };
    let mut odd = Vec::new();
    let mut warn = |key: &str, reason: &str| odd.push(file.draft.places.problem(key, reason, None));
    if settings.chats.is_empty() && !is_default {
        warn("chats", "no group goes by this file: `chats` is empty");
    }
    if settings.name.is_empty() {
        warn("name", "the community has no name to greet people with");
    }
    if settings.staff_chat.is_none() {
        warn("staff_chat", "there is no staff group: cards and reports have nowhere to go");
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
