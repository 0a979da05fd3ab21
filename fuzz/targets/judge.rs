//! Verdicts on messages with something in every place; `laws` tells how the bytes are read.
#![no_main]

use std::sync::LazyLock;

use steward_fuzz::judge::{Compiled, laws};

static SETTINGS: LazyLock<Compiled> = LazyLock::new(laws::settings);

libfuzzer_sys::fuzz_target!(|written: &str| laws::verdicts(written, &SETTINGS));
