//! A public ban list as a file: numbers of people, one a line. What follows the number, as in exports with more columns,
//! and all after `#` is passed over.

use std::io::{BufRead, BufReader, Read as _};
use std::path::Path;

use crate::model::UserId;

/// Bytes of a file.
const MOST_BYTES: u64 = 64 << 20;
/// People of a file: sixteen megabytes of memory.
const MOST_PEOPLE: usize = 2_000_000;
/// Bytes of a line.
const LONGEST: usize = 4096;
/// Wrong lines told one by one.
const TOLD: usize = 5;
/// Telegram's numbers have at most 52 bits.
const LARGEST: u64 = (1 << 52) - 1;
/// How exports call the column of the numbers in their first line.
const HEADINGS: &[&str] = &["id", "user_id", "userid", "user id", "telegram_id", "uid"];

/// Who is on it.
#[derive(Debug, Default)]
pub struct BanList {
    /// In order.
    people: Vec<u64>,
    /// What is wrong with the file, as it is told.
    pub wrong: Vec<String>,
}

impl BanList {
    /// Reads a file. Lines that are wrong are left out.
    ///
    /// # Errors
    /// When it cannot be read, or is no list at all.
    pub fn open(path: &Path) -> std::io::Result<Self> {
        let metadata = path.metadata()?;
        if !metadata.is_file() {
            return Err(std::io::Error::other("it is no regular file"));
        }
        if metadata.len() > MOST_BYTES {
            return Err(std::io::Error::other(format!("it has more than {MOST_BYTES} bytes")));
        }
        Self::read(BufReader::new(std::fs::File::open(path)?))
    }

    fn read(mut file: impl BufRead) -> std::io::Result<Self> {
        let mut list = Self::default();
        let (mut line, mut number, mut more) = (Vec::new(), 0, 0);
        loop {
            line.clear();
            if file.by_ref().take(LONGEST as u64).read_until(b'\n', &mut line)? == 0 {
                break;
            }
            number += 1;
            if line.len() == LONGEST && !line.ends_with(b"\n") {
                file.skip_until(b'\n')?;
            }
            match person(&line, number == 1) {
                Ok(_) if list.people.len() == MOST_PEOPLE => {
                    list.wrong.push(format!("line {number}: more than {MOST_PEOPLE} people; the rest is left out"));
                    break;
                }
                Ok(person) => list.people.extend(person),
                Err(why) if list.wrong.len() < TOLD => list.wrong.push(format!("line {number}: {why}")),
                Err(_) => more += 1,
            }
        }
        if more > 0 {
            list.wrong.push(format!("{more} more lines are wrong"));
        }
        list.people.sort_unstable();
        list.people.dedup();
        list.people.shrink_to_fit();
        if list.people.is_empty() {
            list.wrong.push("nobody is on it".into());
        }
        Ok(list)
    }

    pub fn has(&self, user: UserId) -> bool {
        u64::try_from(user.0).is_ok_and(|user| self.people.binary_search(&user).is_ok())
    }
}

/// Whom a line names, if anybody.
fn person(line: &[u8], first: bool) -> Result<Option<u64>, String> {
    let text = str::from_utf8(line.split(|b| *b == b'#').next().unwrap_or_default());
    let text = text.map_err(|_| "it is no text in UTF-8".to_owned())?;
    let field = text.trim_start_matches('\u{feff}').split([',', ';', '\t']).next().unwrap_or_default();
    let field = field.trim().trim_matches('"').trim();
    let is_heading = first && HEADINGS.contains(&field.to_lowercase().as_str());
    if text.trim_matches(['\u{feff}', ' ', '\t', '\r', '\n']).is_empty() || is_heading {
        return Ok(None);
    }
    let shown: String = field.chars().take(40).collect();
    match field.parse::<i64>().map(u64::try_from) {
        Ok(Ok(id @ 1..=LARGEST)) => Ok(Some(id)),
        Ok(Err(_)) => Err(format!("`{shown}` is the number of a chat, not of a person")),
        _ => Err(format!("`{shown}` is no user id")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &[u8]) -> BanList {
        BanList::read(text).unwrap()
    }

    #[test]
    fn numbers_are_found_in_every_kind_of_export() {
        for text in [
            "7\n5\n7\n",
            "7\r\n5",
            "# banned\n\n5 # spam\n7,2024-05-01,\"selling, things\"\n",
            "\u{feff}user_id,offenses\n\"5\",3\n7;1\n",
            "id\n5\t9\n 7 \n",
        ] {
            let list = read(text.as_bytes());
            assert_eq!((list.people.as_slice(), list.wrong.as_slice()), (&[5, 7][..], &[][..]), "{text}");
            assert!(list.has(UserId(5)) && !list.has(UserId(6)) && !list.has(UserId(-5)));
        }
    }

    #[test]
    fn wrong_lines_are_told_by_number_and_left_out() {
        for (text, wrong) in [
            (
                "5\nname\n-1001\n0\n4503599627370496\n9",
                &[
                    "line 2: `name` is no user id",
                    "line 3: `-1001` is the number of a chat, not of a person",
                    "line 4: `0` is no user id",
                    "line 5: `4503599627370496` is no user id",
                ][..],
            ),
            ("id\nid\n5", &["line 2: `id` is no user id"]),
            (",x\n5", &["line 1: `` is no user id"]),
            ("", &["nobody is on it"]),
            (
                "a\nb\nc\nd\ne\nf\ng\n5",
                &[
                    "line 1: `a` is no user id",
                    "line 2: `b` is no user id",
                    "line 3: `c` is no user id",
                    "line 4: `d` is no user id",
                    "line 5: `e` is no user id",
                    "2 more lines are wrong",
                ],
            ),
        ] {
            assert_eq!(read(text.as_bytes()).wrong, wrong, "{text}");
        }
        assert_eq!(read(b"5\n\xff\xfe7\x00\n").wrong, ["line 2: it is no text in UTF-8"]);
        let long = format!("5\n{}\n7\n", "8".repeat(3 * LONGEST));
        assert_eq!(read(long.as_bytes()).people, [5, 7]);
        assert!(BanList::open(Path::new("/")).is_err());
    }

    #[test]
    fn a_million_people_are_eight_megabytes() {
        let lines: Vec<String> = (1..=1_000_000).rev().map(|id| (7 * id).to_string()).collect();
        let text = lines.join("\n");
        let list = read(text.as_bytes());
        assert_eq!((list.people.len(), list.people.capacity() * 8), (1_000_000, 8_000_000));
        assert!(list.has(UserId(7_000_000)) && !list.has(UserId(7_000_001)));
    }

    proptest! {
        #[test]
        fn any_bytes_can_be_read(bytes in prop::collection::vec(any::<u8>(), 0..9000)) {
            let list = read(&bytes);
            prop_assert!(list.people.is_sorted() && list.wrong.len() <= TOLD + 2);
        }
    }
}
