# Short names for what is done often. `just` lists them.

default:
    @just --list

# Rehearse a month of the example community, without a token.
rehearse *options:
    cargo run --release -- rehearse {{options}}

# All tests; on PostgreSQL too where it is installed.
test *filter:
    cargo test {{filter}}

# What must hold before a change lands.
check:
    .ci/run

# Try to find what breaks the judgement of ads: reading, links or judge. Needs cargo-fuzz.
fuzz target *options:
    cargo fuzz run --sanitizer none {{target}} -- -dict=fuzz/words.dict {{options}}

# Figures for speed and memory: the whole bot over HTTP, then the engine and the judgement of ads alone.
bench:
    cargo bench --bench bot
    cargo bench --bench engine
    cargo bench --bench judge
