//! Writing many rows with few statements, in SQL both databases understand.

use std::fmt::Write as _;

use anyhow::Result;
use sqlx::any::AnyArguments;
use sqlx::{Arguments, AssertSqlSafe, Executor};

use super::Conn;

/// Rows written by one statement. Few sizes, so that the prepared statements stay in the connection's cache; the
/// largest stays far below the 32,766 parameters SQLite allows.
const SIZES: [usize; 5] = [400, 100, 25, 5, 1];

/// Runs `{head} VALUES (…),(…) {tail}` over all `rows`, each bound to `columns` values by `bind`. Gives how many rows of
/// the table were written.
///
/// # Errors
/// When a statement fails or a value cannot be bound.
pub async fn write<R>(
    conn: &mut Conn,
    head: &'static str,
    columns: usize,
    tail: &'static str,
    rows: &[R],
    bind: impl Fn(&R, &mut Values),
) -> Result<u64> {
    let mut written = 0;
    let mut rest = rows;
    for size in SIZES {
        while rest.len() >= size {
            let (now, later) = rest.split_at(size);
            rest = later;
            let mut values = Values { arguments: AnyArguments::default(), error: None };
            values.arguments.reserve(size * columns, 0);
            for row in now {
                bind(row, &mut values);
            }
            if let Some(error) = values.error {
                return Err(anyhow::anyhow!(error));
            }
            let sql = format!("{head} VALUES {} {tail}", tuples(conn, size, columns));
            // Built from the two fixed texts of the caller and placeholders.
            written += conn.execute(sqlx::query_with(AssertSqlSafe(sql), values.arguments)).await?.rows_affected();
        }
    }
    Ok(written)
}

/// Keys asked for by one statement.
pub const KEYS: usize = 400;

/// `VALUES (…),(…)` of at most [`KEYS`] keys of `columns` values each, and the values. There are few sizes of it, as there
/// are of what is written: the last key fills the rest, which must not matter where this is used.
///
/// # Errors
/// When a value cannot be bound.
pub fn keys<K>(
    conn: &Conn,
    keys: &[K],
    columns: usize,
    bind: impl Fn(&K, &mut Values),
) -> Result<(String, AnyArguments)> {
    let size = keys.len().next_power_of_two().min(KEYS);
    let mut values = Values { arguments: AnyArguments::default(), error: None };
    for key in keys.iter().chain(std::iter::repeat_n(keys.last(), size.saturating_sub(keys.len())).flatten()) {
        bind(key, &mut values);
    }
    match values.error {
        Some(error) => Err(anyhow::anyhow!(error)),
        None => Ok((format!("VALUES {}", tuples(conn, size, columns)), values.arguments)),
    }
}

/// Placeholders for rows of values: `(?,?),(?,?)` on SQLite, `($1,$2),($3,$4)` on PostgreSQL.
///
/// SQLite understands the latter too, but finds each named parameter by walking the list of all of them, which for a
/// thousand costs more than the rest of the statement.
fn tuples(conn: &Conn, rows: usize, columns: usize) -> String {
    placeholders(conn.backend_name() == "PostgreSQL", rows, columns)
}

fn placeholders(numbered: bool, rows: usize, columns: usize) -> String {
    let mut sql = String::with_capacity(rows * columns * 5);
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ",(" });
        for column in 0..columns {
            sql.push_str(if column == 0 { "" } else { "," });
            if numbered {
                // Writing to a String cannot fail.
                let _ = write!(sql, "${}", row * columns + column + 1);
            } else {
                sql.push('?');
            }
        }
        sql.push(')');
    }
    sql
}

/// The values of a statement, in order.
pub struct Values {
    arguments: AnyArguments,
    error: Option<String>,
}

impl Values {
    pub fn int(&mut self, value: i64) -> &mut Self {
        self.add(value)
    }
    pub fn maybe_int(&mut self, value: Option<i64>) -> &mut Self {
        self.add(value)
    }
    pub fn real(&mut self, value: f64) -> &mut Self {
        self.add(value)
    }
    pub fn text(&mut self, value: &str) -> &mut Self {
        self.add(value.to_owned())
    }
    pub fn maybe_text(&mut self, value: Option<&str>) -> &mut Self {
        self.add(value.map(ToOwned::to_owned))
    }

    fn add<T>(&mut self, value: T) -> &mut Self
    where
        T: for<'t> sqlx::Encode<'t, sqlx::Any> + sqlx::Type<sqlx::Any>,
    {
        if let Err(error) = self.arguments.add(value) {
            self.error.get_or_insert(error.to_string());
        }
        self
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn placeholders_count_on() {
        assert_eq!(super::placeholders(true, 2, 2), "($1,$2),($3,$4)");
        assert_eq!(super::placeholders(false, 2, 2), "(?,?),(?,?)");
    }
}
