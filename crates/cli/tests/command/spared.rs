//! What a run reads to do its work, and what is replaced, is not lost.

use crate::place::Place;

fn place() -> Place {
    let place = Place::with(&[("order.json", "{}"), ("context.json", "{}"), ("word", "passphrase")]);
    place.run("keygen --kind a256kw archive.jwk").must_be_fine();
    place.run("keygen --kind ed25519 --public statement.pub.jwk statement.jwk").must_be_fine();
    place.run("keygen --kind x25519 --passphrase word protected.jwk").must_be_fine();
    place
}

#[test]
fn no_output_takes_the_place_of_a_key_or_a_setting_in_use() {
    for (arguments, file) in [
        ("seal -t archive.jwk -f -o archive.jwk order.json", "archive.jwk"),
        ("seal -t archive.jwk -f -o ./archive.jwk order.json", "archive.jwk"),
        ("seal -t archive.jwk -c @context.json -f -o context.json order.json", "context.json"),
        ("seal -t protected.jwk --passphrase word -f -o word order.json", "word"),
        ("sign -k statement.jwk -f -o statement.jwk order.json", "statement.jwk"),
    ] {
        let place = place();
        let before = (place.read(file), place.names());
        let output = arguments.split(' ').skip_while(|word| *word != "-o").nth(1).unwrap();
        let told =
            format!("bulla: {output} holds a key or a setting that this command uses; name another file\n");
        place.run(arguments).must_end(2, &told);
        assert_eq!((place.read(file), place.names()), before, "{arguments}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_to_a_key_in_use_is_that_key() {
    let place = place();
    std::os::unix::fs::symlink("archive.jwk", place.path("link")).unwrap();
    let before = place.read("archive.jwk");
    place
        .run("seal -t archive.jwk -f -o link order.json")
        .must_end(2, "bulla: link holds a key or a setting that this command uses; name another file\n");
    assert_eq!(place.read("archive.jwk"), before);
}

#[test]
fn the_keys_that_a_configuration_names_are_in_use() {
    let place = Place::with(&[("order.json", "{}")]);
    place.run("keygen --log loans/node-1 keys").must_be_fine();
    place.write(
        "bulla.toml",
        "installation = \"loans\"\nnode = \"node-1\"\n[keys]\nmaster = \"keys/master.jwk\"\nidentity = \
         \"keys/identity.jwk\"\nlog = \"keys/log.jwk\"\nregistry = \"registry.jsonl\"\n",
    );
    for file in ["bulla.toml", "keys/master.jwk", "keys/identity.jwk", "keys/log.jwk"] {
        let before = place.read(file);
        place.run(&format!("seal --config bulla.toml -f -o {file} order.json")).must_end(
            2,
            &format!("bulla: {file} holds a key or a setting that this command uses; name another file\n"),
        );
        assert_eq!(place.read(file), before);
    }
}

#[cfg(unix)]
#[test]
fn what_is_replaced_keeps_its_mode_unless_it_is_for_its_owner_alone() {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt;
    let place = place();
    place.run("keygen --kind a256kw new.jwk").must_be_fine();
    place.run("seal -t archive.jwk order.json").must_be_fine();
    for mode in [0o640, 0o444, 0o600] {
        set_permissions(place.path("order.json.jwe"), Permissions::from_mode(mode)).unwrap();
        place.run("rewrap -k archive.jwk -k new.jwk -t new.jwk order.json.jwe").must_be_fine();
        assert_eq!(place.mode("order.json.jwe"), mode);
    }
    set_permissions(place.path("order.json"), Permissions::from_mode(0o644)).unwrap();
    place.run("open -k new.jwk -f order.json.jwe").must_be_fine();
    assert_eq!(place.mode("order.json"), 0o600);
}
