//! Reading disguised texts.
#![no_main]

use steward_fuzz::judge::laws;

libfuzzer_sys::fuzz_target!(|text: &str| laws::reading(text));
