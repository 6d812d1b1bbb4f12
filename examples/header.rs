//! Prints the C header: `cargo run --example header > include/bulla.h`, or `make header`.

fn main() {
    print!("{}", include_str!(concat!(env!("OUT_DIR"), "/bulla.h")));
}
