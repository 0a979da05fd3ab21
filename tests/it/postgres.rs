//! A private PostgreSQL for the tests, when its programs are installed. It ends with the test process.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use sqlx::{Connection, Executor};

pub struct Server {
    port: u16,
}

/// The server, started at the first call; none where PostgreSQL is not installed.
pub fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER.get_or_init(|| Some(Server::start(&programs()?))).as_ref()
}

/// The folder with `initdb` and `postgres`.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|v| v.path().join("bin"));
    std::env::split_paths(&path).chain(debian).find(|folder| {
        let real = |name: &str| folder.join(name).canonicalize().ok().and_then(|it| Some(it.parent()?.to_owned()));
        real("initdb").is_some() && real("postgres").is_some()
    })
}

impl Server {
    fn start(programs: &Path) -> Self {
        // Readable by another user, who runs it when we are root: it refuses to run as root.
        let data = std::env::temp_dir().join(format!("steward-pg-{}", std::process::id()));
        std::fs::create_dir_all(&data).unwrap();
        let root = Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.starts_with(b"0\n"));
        if root {
            assert!(Command::new("chown").arg("nobody").arg(&data).status().unwrap().success());
        }
        let as_user = if root { "setpriv --reuid=nobody --regid=nogroup --clear-groups " } else { "" };
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let bin = programs.display();
        let dir = data.display();
        let script = format!(
            "cd / && export HOME={dir} LC_ALL=C.UTF-8 &&
             {as_user}{bin}/initdb -D {dir}/db -U postgres --auth=trust -E UTF8 --no-sync >{dir}.log 2>&1 &&
             {{ {as_user}{bin}/postgres -D {dir}/db -p {port} -k {dir} -c listen_addresses=127.0.0.1 -c fsync=off \
                -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 >>{dir}.log 2>&1 & }} &&
             server=$! && cat >/dev/null; kill -INT $server; wait $server; rm -rf {dir} {dir}.log"
        );
        // It holds the other end of the pipe until this process is gone, however it goes.
        let child = Command::new("setsid").args(["sh", "-c", &script]).stdin(Stdio::piped()).spawn().unwrap();
        std::mem::forget(child);
        let server = Self { port };
        for _ in 0..300 {
            if server.run("SELECT 1".to_owned()) {
                return server;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("PostgreSQL did not start; see {dir}.log");
    }

    /// Runs a statement on a connection of its own; says whether it worked.
    fn run(&self, sql: String) -> bool {
        let url = self.url("public");
        let work = async move {
            sqlx::any::install_default_drivers();
            let mut conn = sqlx::AnyConnection::connect(&url).await.ok()?;
            conn.execute(sqlx::AssertSqlSafe(sql)).await.ok()
        };
        // Scenarios have a runtime of their own, in which another cannot be waited for.
        let thread = std::thread::spawn(|| {
            tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
        });
        thread.join().unwrap().is_some()
    }

    pub fn create_schema(&self, name: &str) {
        assert!(self.run(format!("CREATE SCHEMA {name}")), "cannot create schema {name}");
    }

    pub fn url(&self, schema: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres?options=-csearch_path%3D{schema}", self.port)
    }
}
