//! A list of words as a file, and finding them in what people write.
//!
//! A line is a word or a few; `#` begins a comment. `version: …` comes first. `[hold]` says what is done about the words
//! below it, `word = hold` about one alone; without either it is as the settings say. `!words` are innocent though
//! a word of the list stands in them.

use std::collections::HashMap;
use std::io::Read as _;
use std::ops::Range;
use std::path::Path;

use crate::judge::{MOST_ENTRIES, Seen, WordList, read_word};
use crate::model::Measure;

/// Bytes of a file.
const MOST_BYTES: u64 = 4 << 20;
/// Characters of a version.
const LONGEST_VERSION: usize = 40;
/// Wrong lines told one by one.
const TOLD: usize = 10;

/// The words of a file.
#[derive(Debug)]
pub struct List {
    pub version: String,
    words: WordList<Mark>,
    measures: Vec<Option<Measure>>,
}

/// What a word stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    /// Something is done about it: what is said here, or else in the settings.
    Unwanted(Option<Measure>),
    /// A word of the list that stands in it means nothing.
    Innocent,
}

/// A word of the list in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// None where the list leaves it to the settings.
    pub measure: Option<Measure>,
    /// Where in the text as it is read.
    pub range: Range<usize>,
}

impl List {
    /// Reads a file.
    ///
    /// # Errors
    /// Everything that is wrong with it, with the lines.
    pub fn open(path: &Path) -> Result<Self, Vec<String>> {
        let told = |error: std::io::Error| vec![format!("it cannot be read: {error}")];
        let metadata = path.metadata().map_err(told)?;
        if !metadata.is_file() {
            return Err(vec!["it is no regular file".into()]);
        }
        let mut bytes = Vec::new();
        let file = std::fs::File::open(path).map_err(told)?;
        file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(told)?;
        if bytes.len() as u64 > MOST_BYTES {
            return Err(vec![format!("it has more than {MOST_BYTES} bytes")]);
        }
        match str::from_utf8(&bytes) {
            Ok(text) => Self::read(text),
            Err(error) => {
                let line = bytes[..error.valid_up_to()].split(|b| *b == b'\n').count();
                Err(vec![format!("line {line}: it is no text in UTF-8")])
            }
        }
    }

    /// Reads what stands in a file.
    ///
    /// # Errors
    /// Everything that is wrong with it, with the lines.
    pub fn read(text: &str) -> Result<Self, Vec<String>> {
        let mut reader = Reader::default();
        for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            reader.line(index + 1, line);
        }
        reader.finish()
    }

    /// Every word of the list in a text.
    pub fn find(&self, seen: &Seen<'_>) -> Vec<Found> {
        let even = evened(&seen.text);
        let text = even.as_ref().map_or(seen.text.as_str(), |(text, _)| text);
        let (mut found, mut innocent) = (Vec::new(), Vec::new());
        for (mark, range) in self.words.find(text) {
            match mark {
                Mark::Unwanted(measure) => found.push(Found { measure, range }),
                Mark::Innocent => innocent.push(range),
            }
        }
        let covers = |outer: &Range<usize>, inner: &Range<usize>| outer.start <= inner.start && inner.end <= outer.end;
        found.retain(|it| !innocent.iter().any(|outer| covers(outer, &it.range)));
        if let Some((_, from)) = &even {
            for it in &mut found {
                let end = from.get(it.range.end).copied().unwrap_or(seen.text.len());
                it.range = from[it.range.start]..end;
            }
        }
        found
    }

    /// Whether some word of it asks for a measure like that, where the settings say `standard` of those it is silent about.
    pub fn can(&self, standard: Measure, like: fn(Measure) -> bool) -> bool {
        self.measures.iter().any(|measure| like(measure.unwrap_or(standard)))
    }
}

/// The text with every stretch of white space as one space and every apostrophe as the plain one, and where each byte comes
/// from; none where it is so already.
fn evened(text: &str) -> Option<(String, Vec<usize>)> {
    let mut before = 'x';
    let is_uneven = text.chars().any(|c| {
        let odd = c.is_whitespace() && (c != ' ' || before == ' ') || is_curly(c);
        before = c;
        odd
    });
    if !is_uneven {
        return None;
    }
    let (mut even, mut from) = (String::with_capacity(text.len()), Vec::with_capacity(text.len()));
    for (at, c) in text.char_indices() {
        if is_curly(c) {
            even.push('\'');
            from.push(at);
        } else if !c.is_whitespace() {
            even.push(c);
            from.extend(at..at + c.len_utf8());
        } else if !even.ends_with(' ') {
            even.push(' ');
            from.push(at);
        }
    }
    Some((even, from))
}

/// An apostrophe as keyboards set it.
fn is_curly(c: char) -> bool {
    matches!(c, '\u{2018}' | '\u{2019}' | '\u{2bc}')
}

/// A file as far as it was read.
#[derive(Default)]
struct Reader {
    version: Option<String>,
    section: Option<Measure>,
    words: Vec<(String, Mark)>,
    /// The line of each word as it is read.
    known: HashMap<String, usize>,
    innocent: Vec<(usize, String)>,
    wrong: Vec<String>,
    more: usize,
    /// There are too many words, and that was told.
    full: bool,
}

impl Reader {
    fn line(&mut self, number: usize, line: &str) {
        let line = without_comment(line).trim();
        if line.is_empty() || self.full {
            return;
        }
        if let Err(why) = self.take(number, line) {
            if self.wrong.len() < TOLD {
                self.wrong.push(format!("line {number}: {why}"));
            } else {
                self.more += 1;
            }
        }
    }

    fn take(&mut self, number: usize, line: &str) -> Result<(), String> {
        if let Some(version) = header(line) {
            return self.take_version(version);
        }
        if let Some(word) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            let word = word.trim();
            let measure = Measure::of_word(word);
            self.section = measure.or(self.section);
            return measure.map(drop).ok_or_else(|| format!("`[{word}]` is none of {}", measures("[", "]")));
        }
        let (word, mark) = if let Some(word) = line.strip_prefix('!') {
            (word.trim(), Mark::Innocent)
        } else {
            let (word, measure) = split(line)?;
            (word, Mark::Unwanted(measure.or(self.section)))
        };
        if let Some(pattern) = pattern_in(word) {
            return Err(format!("`{pattern}` stands for itself, there are no patterns: write every word by itself"));
        }
        let folded = read_word(word)?;
        let folded = evened(&folded).map_or(folded, |(even, _)| even);
        if let Some(other) = self.known.get(&folded) {
            return Err(format!("`{word}` is in line {other} already"));
        }
        if self.words.len() == MOST_ENTRIES {
            self.full = true;
            return Err(format!("more than {MOST_ENTRIES} words"));
        }
        if mark == Mark::Innocent {
            self.innocent.push((number, folded.clone()));
        }
        self.known.insert(folded.clone(), number);
        self.words.push((folded, mark));
        Ok(())
    }

    fn take_version(&mut self, version: &str) -> Result<(), String> {
        if self.version.is_some() {
            return Err("the version is told already".into());
        }
        if !self.words.is_empty() {
            return Err("the version comes before the first word".into());
        }
        let length = version.chars().count();
        if length == 0 || length > LONGEST_VERSION {
            return Err(format!("a version has 1 to {LONGEST_VERSION} characters"));
        }
        self.version = Some(version.to_owned());
        Ok(())
    }

    fn finish(mut self) -> Result<List, Vec<String>> {
        let unwanted = |(_, mark): &&(String, Mark)| *mark != Mark::Innocent;
        let words = WordList::new(self.words.iter().map(|(word, mark)| (word.as_str(), *mark)));
        for (number, word) in &self.innocent {
            if !words.find(word).any(|(mark, _)| mark != Mark::Innocent) {
                self.wrong.push(format!("line {number}: no word of the list stands in `{word}`"));
            }
        }
        if self.more > 0 {
            self.wrong.push(format!("{} more lines are wrong", self.more));
        }
        if self.version.is_none() {
            self.wrong.push(
                "it begins with `version: …`, such as `version: 3`, so that it is known what was found by which".into(),
            );
        }
        if self.words.iter().filter(unwanted).count() == 0 && self.wrong.is_empty() {
            self.wrong.push("there are no words in it".into());
        }
        if !self.wrong.is_empty() {
            return Err(self.wrong);
        }
        let mut measures: Vec<_> = self
            .words
            .iter()
            .filter_map(|(_, mark)| if let Mark::Unwanted(measure) = mark { Some(*measure) } else { None })
            .collect();
        measures.sort_unstable();
        measures.dedup();
        Ok(List { version: self.version.unwrap_or_default(), words, measures })
    }
}

/// A line up to where its comment begins. Within a word `#` is a sign like others.
fn without_comment(line: &str) -> &str {
    let mut before = ' ';
    let comment = line.char_indices().find(|(_, c)| {
        let begins = *c == '#' && before.is_whitespace();
        before = *c;
        begins
    });
    comment.map_or(line, |(at, _)| &line[..at])
}

fn header(line: &str) -> Option<&str> {
    let (name, version) = line.split_once([':', '：'])?;
    name.trim().eq_ignore_ascii_case("version").then(|| version.trim())
}

/// A word, and what is done about it alone.
fn split(line: &str) -> Result<(&str, Option<Measure>), String> {
    let Some((word, measure)) = line.rsplit_once('=') else { return Ok((line, None)) };
    let name = measure.trim();
    match Measure::of_word(name) {
        Some(measure) => Ok((word.trim(), Some(measure))),
        None if line.contains(" = ") => Err(format!("`{name}` is none of {}", measures("`", "`"))),
        None => Ok((line, None)),
    }
}

fn measures(before: &str, after: &str) -> String {
    Measure::ALL.map(|measure| format!("{before}{}{after}", measure.word())).join(", ")
}

/// What is meant as a pattern, if anything.
fn pattern_in(word: &str) -> Option<&str> {
    let edge = (word.len() > 1 && (word.starts_with('*') || word.ends_with('*'))).then_some("*");
    [".*", ".+", "\\", "(?", "|"].into_iter().find(|pattern| word.contains(pattern)).or(edge)
}

#[cfg(test)]
mod tests;
