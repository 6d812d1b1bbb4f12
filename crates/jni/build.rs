//! Links the library so that it stays mapped when a class loader is collected: thread-local values of
//! its dependencies have destructors in it, which run when threads end, and threads of the JVM end later.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
