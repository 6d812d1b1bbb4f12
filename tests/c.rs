//! C and C++ programs that use the header and the library as others do, shared and static.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "c/compile.rs"]
mod compile;

use std::path::Path;
use std::process::Command;

use compile::{SANITIZED, configuration, libraries, program, succeeded};

/// A program's arguments: a configuration, and keys in PEM.
fn arguments(command: &mut Command, directory: &Path) {
    let keys = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/jose/pem");
    finds_library(command.arg(configuration(directory)).arg(keys), directory);
}

/// Programs find the shared library by its soname.
fn finds_library(command: &mut Command, directory: &Path) {
    command.env("LD_LIBRARY_PATH", directory);
    let soname = concat!("libbulla.so.", env!("CARGO_PKG_VERSION_MAJOR"));
    std::os::unix::fs::symlink(libraries().join("libbulla.so"), directory.join(soname)).unwrap();
}

fn runs(compiler: &str, standard: &str, source: &str, library: &str) {
    runs_with(&[], compiler, standard, source, library);
}

fn runs_with(options: &[&str], compiler: &str, standard: &str, source: &str, library: &str) {
    let directory = tempfile::tempdir().unwrap();
    let program = program(compiler, standard, source, library, options, directory.path());
    let mut command = Command::new(program);
    // Else a sanitizer tells of a leak and ends well.
    command.env("ASAN_OPTIONS", "detect_leaks=1:exitcode=9");
    arguments(&mut command, directory.path());
    succeeded(&mut command);
}

fn neither_leaks_nor_strays(source: &str) {
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("skipped: valgrind is not installed");
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let program = program("cc", "-std=c99", source, "libbulla.so", &[], directory.path());
    let mut command = Command::new("valgrind");
    command.args(["--quiet", "--error-exitcode=9", "--leak-check=full", "--errors-for-leak-kinds=definite"]);
    arguments(command.arg(program), directory.path());
    succeeded(&mut command);
}

macro_rules! c99_programs {
    ($($name:ident)*) => { $(mod $name {
        const SOURCE: &str = concat!(stringify!($name), ".c");

        #[test]
        fn a_c99_program_finds_what_the_header_promises() {
            super::runs("cc", "-std=c99", SOURCE, "libbulla.so");
            super::runs("cc", "-std=c99", SOURCE, "libbulla.a");
        }

        #[test]
        fn the_program_is_clean_under_sanitizers() {
            super::runs_with(super::SANITIZED, "cc", "-std=c99", SOURCE, "libbulla.a");
        }

        #[test]
        fn the_program_neither_leaks_nor_strays() {
            super::neither_leaks_nor_strays(SOURCE);
        }
    })* };
}

c99_programs!(callbacks ledger nothing portable sealing statements);

#[test]
fn a_cpp11_program_finds_what_the_header_promises() {
    runs("c++", "-std=c++11", "owning.cpp", "libbulla.so");
    runs("c++", "-std=c++11", "owning.cpp", "libbulla.a");
    runs_with(SANITIZED, "c++", "-std=c++11", "owning.cpp", "libbulla.a");
}

#[test]
fn the_program_in_the_readme_seals() {
    let readme = include_str!("../README.md");
    let (_, after) = readme.split_once("```c\n").unwrap();
    let (source, _) = after.split_once("```").unwrap();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("order.c");
    std::fs::write(&file, source).unwrap();
    configuration(directory.path());
    let file = file.to_str().unwrap();
    let mut command = Command::new(program("cc", "-std=c99", file, "libbulla.so", &[], directory.path()));
    finds_library(command.current_dir(directory.path()), directory.path());
    let told = String::from_utf8(succeeded(&mut command).stdout).unwrap();
    assert!(told.starts_with("{\"aad\":\"") && !told.contains("2,500"), "{told}");
}

#[test]
fn only_the_functions_of_the_header_are_exported() {
    let listed =
        succeeded(Command::new("nm").args(["-D", "--defined-only"]).arg(libraries().join("libbulla.so")));
    let header = include_str!("../include/bulla.h");
    let listed = String::from_utf8(listed.stdout).unwrap();
    let exported: Vec<&str> = listed.lines().filter_map(|line| line.split(' ').nth(2)).collect();
    assert!(exported.contains(&"bulla_seal"), "{exported:?}");
    for name in exported {
        assert!(header.contains(&format!("{name}(")), "{name} is exported and not in the header");
    }
}

/// `nothing.c` has a line for each function that takes what may be wrong.
#[test]
fn every_function_is_called_with_nothing() {
    let header = include_str!("../include/bulla.h");
    let program = include_str!("c/nothing.c");
    let declared = header.lines().filter_map(|line| {
        let (before, _) = line.split_once('(')?;
        let name = before.rsplit([' ', '*']).next()?;
        (name.starts_with("bulla_") && !line.starts_with(' ')).then_some(name)
    });
    let declared: Vec<&str> = declared.collect();
    assert!(declared.len() > 60, "{declared:?}");
    for name in declared.iter().filter(|name| !["bulla_version", "bulla_kind_name"].contains(name)) {
        assert!(program.contains(&format!("{name}(")), "{name} is not called in nothing.c");
    }
}
