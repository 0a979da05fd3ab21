//! Turning what an operator wrote into what features work with, collecting every mistake on the way.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Common, Flaw, Phrases};
use crate::model::Lang;

/// A mistake in the settings that their shape alone does not show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Path of the key: `calendar[0].bank[2]`.
    pub path: String,
    pub reason: String,
    pub hint: Option<String>,
    /// Another key, as a path from the top, that may be to blame instead.
    pub beside: Option<&'static str>,
    /// The reason, when it is a wording that is wrong.
    pub flaw: Option<Flaw>,
}

/// What [`crate::features::Feature::compile`] is given.
pub struct Compile<'a> {
    pub common: &'a Common,
    /// Folder that relative paths of files start from.
    pub folder: &'a Path,
    section: &'static str,
    /// The sections that are on.
    sections: Vec<&'static str>,
    known: &'a Phrases,
    findings: Vec<Finding>,
    defects: Vec<Finding>,
    wordings: BTreeMap<String, String>,
    files: Vec<PathBuf>,
}

/// What compiling leaves besides the rules of the features.
pub struct Finished {
    pub findings: Vec<Finding>,
    /// What is wrong with files the settings name, and does not keep the settings from being used.
    pub defects: Vec<Finding>,
    /// Templates by the keys of the texts they replace.
    pub wordings: BTreeMap<String, String>,
    /// Every file the settings name.
    pub files: Vec<PathBuf>,
}

impl<'a> Compile<'a> {
    pub fn new(common: &'a Common, folder: &'a Path, known: &'a Phrases) -> Self {
        let mut compile = Self {
            common,
            folder,
            section: "",
            sections: Vec::new(),
            known,
            findings: Vec::new(),
            defects: Vec::new(),
            wordings: BTreeMap::new(),
            files: Vec::new(),
        };
        for (key, template) in &common.texts {
            if let Some(reason) = known.why_unknown(key) {
                let (path, hint) = (format!("texts.{key}"), known.nearest(key));
                compile.findings.push(Finding { path, reason, hint, beside: None, flaw: None });
            } else {
                compile.wording(key, template, &format!("texts.{key}"));
            }
        }
        compile.verbatim("name", &common.name);
        compile.verbatim("purpose", &common.purpose);
        compile
    }

    /// Tells which sections the file has.
    pub fn list(&mut self, sections: Vec<&'static str>) {
        self.sections = sections;
    }

    /// Whether the file has a section: what one feature finds may be for another to deal with.
    pub fn has(&self, section: &str) -> bool {
        self.sections.contains(&section)
    }

    /// The section whose findings follow.
    pub fn enter(&mut self, section: &'static str) {
        self.section = section;
    }

    /// Reports a mistake at a key of this section (`""` for the section itself, `[0].at` for a list's).
    pub fn wrong(&mut self, key: &str, reason: impl Into<String>) {
        self.wrong_with(key, reason, None);
    }

    /// The same, with the nearest valid form.
    pub fn wrong_with(&mut self, key: &str, reason: impl Into<String>, hint: Option<String>) {
        self.find(key, reason.into(), hint, None);
    }

    /// Reports a mistake that may as well be one of what stands at `beside`, a path from the top of the file.
    pub fn wrong_beside(&mut self, key: &str, beside: &'static str, reason: impl Into<String>) {
        self.find(key, reason.into(), None, Some(beside));
    }

    /// Reports what is wrong with a file the settings name and the bot can do without: it may be damaged at any time, and
    /// must not keep everything else from working.
    pub fn defect(&mut self, key: &str, reason: impl Into<String>) {
        let path = self.path(key);
        self.defects.push(Finding { path, reason: reason.into(), hint: None, beside: None, flaw: None });
    }

    fn find(&mut self, key: &str, reason: String, hint: Option<String>, beside: Option<&'static str>) {
        let path = self.path(key);
        self.findings.push(Finding { path, reason, hint, beside, flaw: None });
    }

    fn path(&self, key: &str) -> String {
        let dot = if key.is_empty() || key.starts_with('[') || self.section.is_empty() { "" } else { "." };
        format!("{}{dot}{key}", self.section)
    }

    /// Reports what is written like a template in a text that is sent as it stands.
    pub fn verbatim(&mut self, key: &str, text: &str) {
        if let Some(tag) = template_tag(text) {
            let reason = "would be sent as it stands: only `welcome.text` and the texts under `[texts]` are templates";
            self.wrong(key, format!("`{tag}` {reason}"));
        }
    }

    /// Replaces the built-in text `key` by a template written in this section's `at`.
    pub fn phrase(&mut self, key: &'static str, template: &str, at: &str) {
        let path = format!("{}.{at}", self.section);
        self.wording(key, template, &path);
    }

    fn wording(&mut self, key: &str, template: &str, path: &str) {
        let flaws = self.known.check(key, template);
        if flaws.is_empty() {
            self.wordings.insert(key.to_owned(), template.to_owned());
        }
        self.findings.extend(flaws.into_iter().map(|flaw| {
            let (path, reason, hint) = (path.to_owned(), flaw.told(Lang::En), flaw.hint());
            Finding { path, reason, hint, beside: None, flaw: Some(flaw) }
        }));
    }

    /// The path of a file named in the settings; reports it when it is not there.
    pub fn file(&mut self, key: &str, name: &str) -> PathBuf {
        let path = self.named(name);
        if !path.is_file() {
            self.wrong(key, format!("there is no file {}", path.display()));
        }
        path
    }

    /// The path of a file named in the settings, there or not.
    pub fn named(&mut self, name: &str) -> PathBuf {
        let path = self.folder.join(name);
        self.files.push(path.clone());
        path
    }

    pub fn finish(self) -> Finished {
        Finished { findings: self.findings, defects: self.defects, wordings: self.wordings, files: self.files }
    }
}

/// The first `{{ … }}` or `{% … %}` in a text, or how it begins.
fn template_tag(text: &str) -> Option<String> {
    const SHOWN: usize = 40;
    let (start, end) = [("{{", "}}"), ("{%", "%}")]
        .into_iter()
        .filter_map(|(open, close)| Some((text.find(open)?, close)))
        .min_by_key(|(start, _)| *start)?;
    let tag = &text[start..];
    let tag = tag.find(end).map_or(tag, |at| &tag[..at + end.len()]);
    Some(tag.lines().next().unwrap_or_default().chars().take(SHOWN).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_template_is_found() {
        for (text, tag) in [
            ("早安", None),
            ("{ {x} } 100%", None),
            ("早安 {{ community }}！{% if x %}", Some("{{ community }}")),
            ("{% if x %}{{ y }}{% endif %}", Some("{% if x %}")),
            ("{{ never closed\nmore", Some("{{ never closed")),
        ] {
            assert_eq!(template_tag(text).as_deref(), tag, "{text}");
        }
    }
}
