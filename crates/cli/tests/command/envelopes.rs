//! `seal` and `open`.

use crate::place::Place;

/// A place with a key pair, a symmetric key and a document.
fn place() -> Place {
    let place = Place::with(&[("order.json", "{\"amount\": 2500}\n")]);
    place.run("keygen --kind x25519 --public inbox.pub.jwk inbox.jwk").must_be_fine();
    place.run("keygen --kind a256kw archive.jwk").must_be_fine();
    place
}

#[test]
fn what_is_sealed_for_a_key_opens_with_it_and_for_its_owner_alone() {
    for kind in ["a256kw", "a256gcmkw", "x25519", "p256"] {
        let place = place();
        place.run(&format!("keygen --kind {kind} key.jwk")).must_be_fine();
        place.run("seal --to key.jwk order.json").must_end(0, "");
        std::fs::remove_file(place.path("order.json")).unwrap();
        place.run("open --key key.jwk order.json.jwe").must_end(0, "");
        assert_eq!(place.read("order.json"), "{\"amount\": 2500}\n", "{kind}");
        #[cfg(unix)]
        assert_eq!(place.mode("order.json"), 0o600);
    }
}

#[test]
fn each_recipient_opens() {
    let place = place();
    place.run("seal --to inbox.pub.jwk --to archive.jwk order.json").must_be_fine();
    for key in ["inbox.jwk", "archive.jwk"] {
        let run = place.run(&format!("open --key {key} --output - order.json.jwe"));
        assert_eq!((run.code, run.out.as_str()), (0, "{\"amount\": 2500}\n"));
    }
    let run = place.run("open --key inbox.pub.jwk --output - order.json.jwe");
    run.must_end(2, "bulla: inbox.pub.jwk is not a usable key: it is not a private key that unwraps\n");
}

#[test]
fn a_key_comes_from_the_environment_and_a_document_from_standard_input() {
    let place = place();
    let sealed = place.run_with("seal --to inbox.pub.jwk", "approved");
    sealed.must_end(0, "");
    let mut open = place.command();
    open.env("INBOX", place.read("inbox.jwk")).args(["open", "--key", "env:INBOX"]).write_stdin(sealed.out);
    let opened = open.output().unwrap();
    assert_eq!(opened.stdout, b"approved");
}

#[test]
fn an_envelope_opens_only_where_its_context_is_stated() {
    let place = place();
    place.write("here.json", "{ \"order\": 1 }");
    place.run("seal --to archive.jwk --context @here.json order.json").must_be_fine();
    let opened = place.run("open --key archive.jwk -c {\"order\":1.0} -o - order.json.jwe");
    opened.must_end(0, "");
    place.run("open --key archive.jwk -c {\"order\":2} -o x order.json.jwe").must_end(
        1,
        "bulla: order.json.jwe: the envelope belongs elsewhere: /order is \"1\" and should be \"2\"\n",
    );
    assert!(!place.path("x").exists());
    let told = "bulla: --context: not JSON at byte 1: a member name is missing\n";
    place.run("open --key archive.jwk --context { order.json.jwe").must_end(2, told);
}

#[test]
fn an_envelope_bound_to_its_name_does_not_open_under_another() {
    let place = place();
    place.run("seal --to archive.jwk --bind-name order.json").must_be_fine();
    place.run("open --key archive.jwk --bind-name -o - order.json.jwe").must_be_fine();
    std::fs::rename(place.path("order.json.jwe"), place.path("offer.json.jwe")).unwrap();
    let run = place.run("open --key archive.jwk --bind-name offer.json.jwe");
    assert_eq!(run.code, 1);
    assert!(run.told.contains("belongs elsewhere: /file is"), "{}", run.told);
    let told = "bulla: standard input: --bind-name: standard input has no name\n";
    place.run_with("seal --to archive.jwk --bind-name", "").must_end(2, told);
    let run = place.run("seal --to archive.jwk --bind-name -c {\"file\":1} order.json");
    assert!(run.told.contains("the context has a member \"file\" already"), "{}", run.told);
}

#[test]
fn a_changed_envelope_is_refused_and_leaves_nothing() {
    let place = place();
    place.run("seal --to archive.jwk order.json").must_be_fine();
    std::fs::remove_file(place.path("order.json")).unwrap();
    let envelope = place.read("order.json.jwe");
    let at = envelope.find("\"ciphertext\":\"").unwrap() + 14;
    let mut changed = envelope.into_bytes();
    changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
    place.write("order.json.jwe", changed);
    let names = place.names();
    let run = place.run("open --key archive.jwk order.json.jwe");
    assert_eq!(run.code, 1);
    assert!(run.told.contains("was changed since it was sealed"), "{}", run.told);
    assert_eq!(place.names(), names);
}

#[test]
fn files_sealed_together_have_content_keys_of_their_own() {
    let place = place();
    place.write("offer.json", "{}");
    place.run("seal --to archive.jwk --quiet order.json offer.json").must_end(0, "");
    let key = |name| {
        let said = place.run(&format!("inspect --json {name}")).out;
        said.split_once("\"content_key\":\"").unwrap().1[..43].to_owned()
    };
    assert_ne!(key("order.json.jwe"), key("offer.json.jwe"));
}

#[test]
fn an_installation_seals_and_opens_values_of_its_columns() {
    let place = place();
    place.run("keygen --log loans/node-1 keys").must_be_fine();
    place.write(
        "bulla.toml",
        "installation = \"loans\"\nnode = \"node-1\"\n[keys]\nmaster = \"keys/master.jwk\"\n\
         identity = \"keys/identity.jwk\"\nlog = \"keys/log.jwk\"\nregistry = \"registry.jsonl\"\n\
         [portable]\nrecipients = [\"inbox.pub.jwk\"]\n",
    );
    let row = "--context {\"table\":\"notes\",\"row\":\"42\",\"group\":\"text\"}";
    let sealed = place.run_with(&format!("seal --config bulla.toml --stored {row}"), "approved");
    sealed.must_end(0, "");
    assert_eq!(sealed.out.split('.').count(), 5);
    let opened = place.run_with(&format!("open --config bulla.toml {row}"), &sealed.out);
    assert_eq!((opened.code, opened.out.as_str()), (0, "approved"));
    let elsewhere = row.replace("42", "43");
    place.run_with(&format!("open --config bulla.toml {elsewhere}"), &sealed.out).must_end(
        1,
        "bulla: standard input: the envelope belongs elsewhere: row is \"42\" and should be \"43\"\n",
    );
    place.run_with("open --key archive.jwk", &sealed.out).must_end(
        1,
        "bulla: standard input: it is not a portable envelope; a stored one is opened with --config, where keys.registry names the file of its data keys\n",
    );
    place
        .run_with("seal --config bulla.toml --stored", "")
        .must_end(2, "bulla: --context: context: member \"table\" is missing\n");

    let portable = place.run_with("seal --config bulla.toml", "approved");
    assert_eq!(place.run_with("open --key keys/master.jwk", &portable.out).out, "approved");
    assert_eq!(place.run_with("open --key inbox.jwk", &portable.out).out, "approved");
    assert_eq!(place.run_with("open --config bulla.toml", &portable.out).out, "approved");
}

#[test]
fn without_a_key_nothing_is_sealed() {
    let run = Place::with(&[("a", "")]).run("seal a");
    assert_eq!(run.code, 2);
    assert!(run.told.contains("--to <KEY>"), "{}", run.told);
    let run = Place::with(&[("a", "")]).run("seal --to b.jwk a");
    run.must_end(2, "bulla: b.jwk: No such file or directory (os error 2)\n");
}

#[test]
fn an_envelope_for_several_gets_other_recipients_and_keeps_its_ciphertext() {
    let place = place();
    place.run("keygen --kind p256 --public new.pub.jwk new.jwk").must_be_fine();
    place.run("seal --to inbox.pub.jwk --to archive.jwk -c {\"order\":1} order.json").must_be_fine();
    let before = place.read("order.json.jwe");
    let run = place.run("rewrap --key inbox.jwk --to new.pub.jwk -c {\"order\":2} order.json.jwe");
    assert_eq!((run.code, place.read("order.json.jwe")), (1, before.clone()), "{}", run.told);
    place.run("rewrap --key inbox.jwk --to new.pub.jwk -c {\"order\":1} order.json.jwe").must_end(0, "");
    let after = place.read("order.json.jwe");
    let ciphertext = |text: &str| text.split_once("\"iv\"").unwrap().0.to_owned();
    assert_eq!(ciphertext(&before), ciphertext(&after));
    place.run("open --key new.jwk -c {\"order\":1} -o - order.json.jwe").must_be_fine();
    assert_eq!(place.run("open --key inbox.jwk -c {\"order\":1} -o - order.json.jwe").code, 1);
}

#[test]
fn an_envelope_for_one_is_sealed_anew_for_others() {
    let place = place();
    place.run("seal --to inbox.pub.jwk --content-type json order.json").must_be_fine();
    place.run("rewrap --key inbox.jwk --to archive.jwk -o new.jwe order.json.jwe").must_end(0, "");
    let run = place.run("open --key archive.jwk -o - new.jwe");
    assert_eq!((run.code, run.out.as_str()), (0, "{\"amount\": 2500}\n"));
    assert!(place.run("inspect --json new.jwe").out.contains("\"content_type\":\"json\""));
    place.run("open --key inbox.jwk -o - order.json.jwe").must_be_fine();
}

#[test]
fn registry_keys_get_another_master_key_and_what_they_sealed_stays() {
    let place = place();
    place.run("keygen --log loans/node-1 keys").must_be_fine();
    place.run("keygen --kind a256kw new.jwk").must_be_fine();
    let config = |master: &str| {
        format!(
            "installation = \"loans\"\nnode = \"node-1\"\n[keys]\nmaster = \"{master}\"\n\
             identity = \"keys/identity.jwk\"\nlog = \"keys/log.jwk\"\nregistry = \"registry\"\n"
        )
    };
    place.write("bulla.toml", config("keys/master.jwk"));
    let row = "--config bulla.toml --context {\"table\":\"notes\",\"row\":\"42\",\"group\":\"text\"}";
    let sealed = place.run_with(&format!("seal --stored {row}"), "approved").out;
    let again = place.run_with(&format!("seal --stored {row}"), "approved").out;
    let old = place.read("registry");

    let run = place.run("rewrap --config bulla.toml --master new.jwk");
    run.must_end(0, "");
    assert!(run.out.starts_with("2 keys wrapped under ") && run.out.contains("name new.jwk"), "{}", run.out);
    let backup = place.names().into_iter().find(|name| name.starts_with("registry.before-")).unwrap();
    assert_eq!(place.read(&backup), old);
    let run = place.run_with(&format!("open {row}"), &sealed);
    assert!(
        run.code == 3 && run.told.contains("which is not the one that keys.master names"),
        "{}",
        run.told
    );
    place.write("bulla.toml", config("new.jwk"));
    for envelope in [&sealed, &again] {
        assert_eq!(place.run_with(&format!("open {row}"), envelope).out, "approved");
    }
    let run = place.run("rewrap --config bulla.toml --master new.jwk");
    assert!(run.code == 0 && run.out.ends_with(" wraps all keys already\n"), "{}", run.out);
}

#[test]
fn a_registry_with_a_row_of_a_stranger_is_left_as_it_is() {
    let place = place();
    place.run("keygen --log loans/node-1 keys").must_be_fine();
    place.run("keygen --log loans/node-1 others").must_be_fine();
    for keys in ["keys", "others"] {
        place.write(
            "bulla.toml",
            format!(
                "installation = \"loans\"\nnode = \"node-1\"\n[keys]\nmaster = \"keys/master.jwk\"\n\
                 identity = \"{keys}/identity.jwk\"\nlog = \"keys/log.jwk\"\nregistry = \"registry\"\n"
            ),
        );
        let row = "--context {\"table\":\"notes\",\"row\":\"42\",\"group\":\"text\"}";
        place.run_with(&format!("seal --config bulla.toml --stored {row}"), "approved").must_be_fine();
    }
    let (registry, names) = (place.read("registry"), place.names());
    let run = place.run("rewrap --config bulla.toml --master archive.jwk");
    assert!(run.code == 1 && run.told.contains("is not trusted"), "{}", run.told);
    assert_eq!((place.read("registry"), place.names()), (registry, names));
}

#[test]
fn what_is_no_envelope_is_refused_for_its_own_reason() {
    let place = Place::new();
    place.run("keygen --kind a256kw archive.jwk").must_be_fine();
    for (input, reason) in [
        ("", "not an envelope: it is empty"),
        ("null", "not an envelope: it is not in the JSON serialization"),
        ("a note", "not an envelope: it is not in the JSON serialization"),
        ("\u{feff}{}", "the document begins with a byte-order mark; remove it"),
        (&"{\"a\":".repeat(1000), "nested deeper than 6 at byte 30"),
    ] {
        let told = format!("bulla: standard input: {reason}\n");
        place.run_with("open --key archive.jwk", input).must_end(1, &told);
    }
}
