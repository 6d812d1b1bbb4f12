//! The header that is checked in is the one that the sources make.

#[test]
fn the_header_is_that_of_the_sources() {
    let made = include_str!(concat!(env!("OUT_DIR"), "/bulla.h"));
    let kept = include_str!("../include/bulla.h");
    assert!(made == kept, "include/bulla.h is not that of the sources any more; run `make header`");
}
