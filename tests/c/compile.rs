//! Compiling programs of C and C++ against the library that the tests were built with.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use bulla_kms::local::{write_master_key, write_signer};

const STRICT: &[&str] = &["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-g"];
/// What a static library of Rust needs of the system.
const SYSTEM: &[&str] = &["-lpthread", "-ldl", "-lm"];

/// The library itself is not made so: that needs an unreleased compiler. What it does with memory of
/// the program, and what it leaks, is found all the same, for both have one allocator.
pub(crate) const SANITIZED: &[&str] = &["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

/// Where the libraries lie that this test was built with.
pub(crate) fn libraries() -> PathBuf {
    std::env::current_exe().unwrap().parent().unwrap().to_owned()
}

pub(crate) fn succeeded(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}\n{told}");
    output
}

/// Compiles `source`, of `tests/c` or with its whole path, against one of the libraries, with further
/// `options`.
pub(crate) fn program(
    compiler: &str,
    standard: &str,
    source: &str,
    library: &str,
    options: &[&str],
    to: &Path,
) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = to.join("program");
    let mut command = Command::new(compiler);
    command.arg(standard).args(STRICT).args(options).arg("-D_POSIX_C_SOURCE=200809L");
    command.arg("-I").arg(root.join("include")).arg(root.join("tests/c").join(source));
    command.arg(libraries().join(library)).args(SYSTEM).arg("-o").arg(&program);
    succeeded(&mut command);
    program
}

pub(crate) fn configuration(directory: &Path) -> PathBuf {
    write_master_key(&directory.join("master.jwk"), None).unwrap();
    write_signer(&directory.join("identity.jwk"), None).unwrap();
    write_signer(&directory.join("log.jwk"), None).unwrap();
    let file = directory.join("bulla.toml");
    let text = "installation = \"loans\"\nnode = \"node-1\"\n[keys]\nmaster = \"master.jwk\"\n\
                identity = \"identity.jwk\"\nlog = \"log.jwk\"\nregistry = \"registry\"\n";
    std::fs::write(&file, text).unwrap();
    file
}
