//! Where a database is, as settings write it.

use url::Url;

/// The file behind a SQLite address; none for a database that lives in memory or elsewhere.
pub fn sqlite_path(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("sqlite:")?;
    let path = rest.strip_prefix("//").unwrap_or(rest).split('?').next()?;
    (!path.is_empty() && path != ":memory:").then_some(path)
}

/// An address as people may see it: the path of a file, or a server without the password.
pub fn shown(url: &str) -> String {
    match (sqlite_path(url), Url::parse(url)) {
        (Some(path), _) => path.to_owned(),
        (None, Ok(mut url)) if url.password().is_some() => {
            // Fails only for addresses that cannot have one.
            let _ = url.set_password(Some("***"));
            url.to_string()
        }
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_found_and_a_password_is_not_shown() {
        for (url, path, seen) in [
            ("sqlite:steward.db", Some("steward.db"), "steward.db"),
            ("sqlite:///data/steward.db?mode=rwc", Some("/data/steward.db"), "/data/steward.db"),
            ("sqlite::memory:", None, "sqlite::memory:"),
            ("postgres://localhost/steward", None, "postgres://localhost/steward"),
            ("postgres://steward:sesame@db/steward", None, "postgres://steward:***@db/steward"),
        ] {
            assert_eq!((sqlite_path(url), shown(url).as_str()), (path, seen), "{url}");
        }
    }
}
