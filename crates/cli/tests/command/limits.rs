//! What is endless or too long is refused, and says so.

use crate::place::Place;

#[cfg(target_os = "linux")]
#[test]
fn endless_settings_are_refused() {
    let place = Place::with(&[("order.json", "{}"), ("bundle", "")]);
    place.run("keygen --kind a256kw archive.jwk").must_be_fine();
    place
        .run("seal -t archive.jwk -c @/dev/zero order.json")
        .must_end(2, "bulla: --context: /dev/zero: cannot be read: it has more than 16777216 bytes\n");
    place
        .run("audit bundle --policy /dev/zero")
        .must_end(2, "bulla: /dev/zero: cannot be read: it has more than 16777216 bytes\n");
    place.run("seal --config /dev/zero order.json").must_end(
        2,
        "bulla: /dev/zero cannot be read: it has more than 1048576 bytes: this is no configuration\n",
    );
    assert_eq!(place.names(), ["archive.jwk", "bundle", "order.json"]);
}

#[test]
fn keys_do_not_come_from_standard_input() {
    let place = Place::with(&[("order.json", "{}")]);
    place
        .run("seal -t - order.json")
        .must_end(2, "bulla: keys are not read from standard input: name a file or env:NAME\n");
}
