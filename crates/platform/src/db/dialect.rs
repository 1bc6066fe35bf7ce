//! Everything in which the two databases differ. Nothing else in the program may know which one it talks to.

use super::{Conn, Database};

/// A migration's text with the words that differ filled in:
/// `{serial}` a growing whole number given by the database, `{bytes}` binary data, `{instr}` the function of that name,
/// `{clustered}` a table kept in the order of its primary key, where the database has such.
pub fn schema(database: &Database, text: &str) -> String {
    let (serial, bytes) = match database {
        Database::Sqlite { .. } => ("integer primary key autoincrement", "blob"),
        Database::Postgres(_) => ("bigint generated always as identity primary key", "bytea"),
    };
    // SQLite has `instr`; PostgreSQL calls it strpos and counts the same way.
    let instr = match database {
        Database::Sqlite { .. } => "",
        Database::Postgres(_) => {
            "create function instr(text, text) returns integer language sql immutable parallel safe as 'select strpos($1, $2)';"
        }
    };
    let clustered = match database {
        Database::Sqlite { .. } => " without rowid",
        Database::Postgres(_) => "",
    };
    text.replace("{serial}", serial)
        .replace("{clustered}", clustered)
        .replace("{instr}", instr)
        .replace("{bytes}", bytes)
        .replace("{administrators_apart}", administrators_apart(database))
}

/// The three administrators stand alone, whoever writes the table: a row of `account_role` beside an administrator's is
/// refused, and so is an administrator's beside any other. On PostgreSQL the account's row is locked first, or two
/// transactions would not see each other's rows.
fn administrators_apart(database: &Database) -> &'static str {
    match database {
        Database::Sqlite { .. } => {
            "create trigger account_role_apart before insert on account_role
             when exists (select 1 from account_role r where r.account_id = new.account_id
                 and (r.role like '%administrator' or new.role like '%administrator'))
             begin select raise(abort, 'account_role_apart'); end;
             create trigger account_role_no_update before update on account_role
             begin select raise(abort, 'account_role rows are given and taken, not changed'); end;"
        }
        Database::Postgres(_) => {
            "create function account_role_apart() returns trigger language plpgsql as $body$
             begin
                 perform 1 from account where id = new.account_id for update;
                 if exists (select 1 from account_role r where r.account_id = new.account_id
                     and (r.role like '%administrator' or new.role like '%administrator')) then
                     raise exception 'account_role_apart';
                 end if;
                 return new;
             end $body$;
             create trigger account_role_apart before insert on account_role
                 for each row execute function account_role_apart();
             create function account_role_no_update() returns trigger language plpgsql as $body$
             begin raise exception 'account_role rows are given and taken, not changed'; end $body$;
             create trigger account_role_no_update before update on account_role
                 for each row execute function account_role_no_update();"
        }
    }
}

/// Makes a table refuse to change or forget a row that it has.
pub fn append_only(database: &Database, table: &str) -> String {
    match database {
        Database::Sqlite { .. } => format!(
            "create trigger {table}_no_update before update on {table} begin select raise(abort, '{table} is append-only'); end;
             create trigger {table}_no_delete before delete on {table} begin select raise(abort, '{table} is append-only'); end;"
        ),
        Database::Postgres(_) => format!(
            "create function {table}_append_only() returns trigger language plpgsql as
               $body$ begin raise exception '{table} is append-only'; end $body$;
             create trigger {table}_append_only before update or delete or truncate on {table}
               for each statement execute function {table}_append_only();"
        ),
    }
}

/// Puts the name of every new row of `table` into `log_outbox`, in the transaction that writes it. `key` is SQL over `new`.
pub fn logged(database: &Database, log: &str, table: &str, key: &str) -> String {
    let insert = format!("insert into log_outbox (log, source, source_id) values ('{log}', '{table}', {key});");
    let name = format!("{table}_logged_{log}");
    match database {
        Database::Sqlite { .. } => format!("create trigger {name} after insert on {table} begin {insert} end;"),
        Database::Postgres(_) => format!(
            "create function {name}() returns trigger language plpgsql as
               $body$ begin {insert} return null; end $body$;
             create trigger {name} after insert on {table} for each row execute function {name}();"
        ),
    }
}

/// A JSON object as text, of `'name', value, …`.
pub fn json_object(database: &Database, pairs: &str) -> String {
    match database {
        Database::Sqlite { .. } => format!("json_object({pairs})"),
        Database::Postgres(_) => format!("cast(json_build_object({pairs}) as text)"),
    }
}

/// Foreign keys are looked at when the transaction ends, not at each statement.
pub fn defer_constraints(database: &Database) -> &'static str {
    match database {
        Database::Sqlite { .. } => "pragma defer_foreign_keys = on",
        Database::Postgres(_) => "set constraints all deferred",
    }
}

/// The names of the triggers of a SQLite file; PostgreSQL's are not asked for.
pub fn triggers(database: &Database) -> &'static str {
    match database {
        Database::Sqlite { .. } => "select name from sqlite_master where type = 'trigger'",
        Database::Postgres(_) => "select '' as name where false",
    }
}

/// The end of a query that takes a row for itself: what another has taken is passed over. SQLite has one writer.
pub fn skip_locked(database: &Database) -> &'static str {
    match database {
        Database::Sqlite { .. } => "",
        Database::Postgres(_) => "for update skip locked",
    }
}

/// `($1, $2), ($3, $4)`: places for so many rows of so many columns, for a statement that writes several at once and has no
/// other values.
///
/// SQLite gets places without a name. It keeps `$n` as names in a list that is searched from its beginning for every value of
/// every run: with 9,500 values that was half of the time of an import.
pub fn rows(conn: &Conn, rows: usize, columns: usize) -> String {
    let mut text = String::with_capacity(rows * columns * 7);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        in_row(conn, &mut text, row * columns, columns);
        text.push(')');
    }
    text
}

/// `$1, $2, $3`: places of a list, for a statement that has no other values.
pub fn places(conn: &Conn, values: usize) -> String {
    let mut text = String::with_capacity(values * 7);
    in_row(conn, &mut text, 0, values);
    text
}

fn in_row(conn: &Conn, text: &mut String, before: usize, values: usize) {
    for value in 1..=values {
        if value > 1 {
            text.push_str(", ");
        }
        match conn {
            Conn::Sqlite(_) => text.push('?'),
            Conn::Postgres(_) => {
                text.push('$');
                text.push_str(&(before + value).to_string());
            }
        }
    }
}

/// A text for `like $n escape '\'` that finds `fragment` anywhere, whatever signs are in it.
pub fn contains(fragment: &str) -> String {
    let mut pattern = String::from("%");
    for sign in fragment.chars() {
        if matches!(sign, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(sign);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    #[tokio::test]
    async fn rows_are_filled_in_their_order() {
        let home = crate::db::test_database().await.unwrap();
        let mut conn = home.database.read().await.unwrap();
        let sql = format!("with two(a, b) as (values {}) select a, b from two order by a", super::rows(&conn, 2, 2));
        let found = conn.all(sql, crate::values!["1", "一", "2", "二"]).await.unwrap();
        let read = |row: &crate::db::Row| (row.at::<String>(0).unwrap(), row.at::<String>(1).unwrap());
        let expected = [("1", "一"), ("2", "二")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(found.iter().map(read).collect::<Vec<_>>(), expected);
        let sql = format!("select 'in' where 'b' in ({})", super::places(&conn, 3));
        assert_eq!(conn.all(sql, crate::values!["a", "b", "c"]).await.unwrap().len(), 1);
    }

    #[test]
    fn a_fragment_is_taken_literally() {
        assert_eq!(super::contains("50%_\\甲"), "%50\\%\\_\\\\甲%");
    }
}
