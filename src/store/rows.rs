//! Writing many rows with few statements, in SQL both databases understand.

use std::fmt::Write as _;

use anyhow::Result;
use sqlx::any::AnyArguments;
use sqlx::{Arguments, AssertSqlSafe, Executor};

use super::Conn;

/// Rows written by one statement. Few sizes, so that the prepared statements stay in the connection's cache; the
/// largest stays far below the 32,766 parameters SQLite allows.
const SIZES: [usize; 5] = [400, 100, 25, 5, 1];

/// Runs `{head} VALUES (…),(…) {tail}` over all `rows`, each bound to `columns` values by `bind`.
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
) -> Result<()> {
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
            let sql = format!("{head} VALUES {} {tail}", tuples(size, columns));
            // Built from the two fixed texts of the caller and placeholders.
            conn.execute(sqlx::query_with(AssertSqlSafe(sql), values.arguments)).await?;
        }
    }
    Ok(())
}

/// `($1,$2),($3,$4)` for two rows of two columns.
pub fn tuples(rows: usize, columns: usize) -> String {
    let mut sql = String::with_capacity(rows * columns * 5);
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ",(" });
        for column in 0..columns {
            let comma = if column == 0 { "" } else { "," };
            // Writing to a String cannot fail.
            let _ = write!(sql, "{comma}${}", row * columns + column + 1);
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
        assert_eq!(super::tuples(2, 2), "($1,$2),($3,$4)");
    }
}
