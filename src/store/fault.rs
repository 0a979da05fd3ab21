//! What the database's errors mean, and how they are told.

/// An error and its causes in one sentence. What sqlx says of an error holds the words of its causes already.
pub fn in_words(error: &anyhow::Error) -> String {
    let mut words = Vec::new();
    for cause in error.chain() {
        let Some(error) = cause.downcast_ref::<sqlx::Error>() else {
            words.push(cause.to_string());
            continue;
        };
        words.push(said(error));
        break;
    }
    words.join(": ")
}

/// What the database itself said, or what kept it from being asked.
pub(super) fn said(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(error) => error.message().to_owned(),
        sqlx::Error::Io(error) => error.to_string(),
        other => other.to_string(),
    }
}

/// Whether an error is the database's own trouble (full, locked, read-only, unreachable), which passes, and not the
/// fault of what was asked of it.
pub fn is_outage(error: &anyhow::Error) -> bool {
    error.chain().filter_map(|cause| cause.downcast_ref::<sqlx::Error>()).any(|error| match error {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(error) => {
            let code = error.code().unwrap_or_default();
            // SQLite: 5 busy, 6 locked, 8 read-only, 10 I/O, 13 full, 14 cannot open, with their extended forms in the
            // upper bits. PostgreSQL: classes 08 connection, 53 resources, 57 shutdown, 58 system.
            match code.parse::<i64>() {
                Ok(number) if code.len() < 5 => matches!(number & 0xff, 5 | 6 | 8 | 10 | 13 | 14),
                _ => ["08", "53", "57", "58"].iter().any(|class| code.starts_with(class)),
            }
        }
        _ => false,
    })
}
