//! Writes the C header of this package's functions to `OUT_DIR`; `make header` copies it to
//! `include/`, and a test holds both together. Names the shared library.

use std::path::PathBuf;
use std::{env, fs};

fn main() {
    let variable = |name| PathBuf::from(env::var_os(name).expect("cargo sets it for a build script"));
    let directory = variable("CARGO_MANIFEST_DIR");
    println!("cargo:rerun-if-changed=src");
    println!("cargo:rerun-if-changed=cbindgen.toml");
    let config =
        cbindgen::Config::from_file(directory.join("cbindgen.toml")).expect("cbindgen.toml is valid");
    let bindings = cbindgen::Builder::new().with_crate(&directory).with_config(config).generate();
    let mut header = Vec::new();
    bindings.expect("the exported functions have C types").write(&mut header);
    fs::write(variable("OUT_DIR").join("bulla.h"), header).expect("OUT_DIR can be written");
    name_library();
}

/// Lets programs ask for the library by the version that they were linked with: a later one of the
/// same number serves them too.
fn name_library() {
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        let major = env!("CARGO_PKG_VERSION_MAJOR");
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libbulla.so.{major}");
    }
}
