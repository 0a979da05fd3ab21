//! Where a database is, as settings write it.

use url::Url;

/// The file behind a SQLite address; none for a database that lives in memory or elsewhere.
pub fn sqlite_path(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("sqlite:")?;
    let path = rest.strip_prefix("//").unwrap_or(rest).split('?').next()?;
    (!path.is_empty() && path != ":memory:").then_some(path)
}

/// Why this is no address of a database, and what was meant when it looks like the path of a file.
pub fn problem(url: &str) -> Option<(String, Option<String>)> {
    if ["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
        return None;
    }
    let hint = (!url.is_empty() && !url.contains("://") && !url.contains('@')).then(|| format!("sqlite:{url}"));
    Some(("a database is written `sqlite:PATH` or `postgres://USER:PASSWORD@HOST/NAME`".to_owned(), hint))
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
            assert_eq!(problem(url), None, "{url}");
        }
    }

    #[test]
    fn a_bare_path_is_no_address_but_shows_what_was_meant() {
        for (url, meant) in [
            ("b1.db", Some("sqlite:b1.db")),
            ("/data/steward.db", Some("sqlite:/data/steward.db")),
            ("mysql://db/steward", None),
            ("steward:sesame@db/steward", None),
            ("", None),
        ] {
            assert_eq!(problem(url).map(|(_, hint)| hint), Some(meant.map(str::to_owned)), "{url}");
        }
    }
}
