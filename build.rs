//! Writes the C header of this package's functions to `OUT_DIR`; `make header` copies it to
//! `include/`, and a test holds both together.

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
}
