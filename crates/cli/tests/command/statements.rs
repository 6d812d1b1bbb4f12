//! `sign` and `verify`.

use crate::place::Place;

const ORDER: &str = "{\"amount\": 2500}\n";

fn place(kind: &str) -> Place {
    let place = Place::with(&[("order.json", ORDER)]);
    place.run(&format!("keygen --kind {kind} --public key.pub.jwk key.jwk")).must_be_fine();
    place
}

#[test]
fn every_form_verifies_and_says_by_which_key() {
    for kind in ["ed25519", "p256"] {
        for form in [
            "",
            "--flattened",
            "--detached",
            "--raw",
            "--canonical",
            "--raw --canonical --flattened",
            "--batch",
        ] {
            let place = place(kind);
            place.run(&format!("sign --key key.jwk {form} order.json")).must_end(0, "");
            let run = place.run("verify --key key.pub.jwk order.json.jws");
            run.must_end(0, "");
            assert!(run.out.starts_with("order.json.jws: signed by "), "{}", run.out);
            assert!(run.out.ends_with(if kind == "p256" { "(ES256)\n" } else { "(EdDSA)\n" }), "{}", run.out);
        }
    }
}

#[test]
fn the_document_in_a_statement_is_written_once_its_signature_holds() {
    let place = place("ed25519");
    place.run("sign --key key.jwk order.json").must_be_fine();
    let run = place.run("verify --key key.pub.jwk --output - order.json.jws");
    assert_eq!((run.code, run.out.as_str(), run.told.as_str()), (0, ORDER, ""));
    place.run("keygen --kind ed25519 other.jwk").must_be_fine();
    let run = place.run("verify --key other.jwk --output out order.json.jws");
    assert_eq!(run.code, 1);
    assert!(run.told.contains("is not in the keyring"), "{}", run.told);
    assert!(!place.path("out").exists());
}

#[test]
fn a_document_beside_its_statement_may_not_be_changed() {
    let place = place("ed25519");
    place.run("sign --key key.jwk --detached order.json").must_be_fine();
    place.write("order.json", "{\"amount\": 9500}\n");
    let run = place.run("verify --key key.pub.jwk order.json.jws");
    assert_eq!((run.code, run.out.as_str()), (1, ""));
    assert!(run.told.starts_with("bulla: order.json.jws: the signature of the statement is not that of"));
    std::fs::remove_file(place.path("order.json")).unwrap();
    place.run("verify --key key.pub.jwk order.json.jws").must_end(
        2,
        "bulla: order.json.jws: its document order.json: cannot be read: No such file or directory (os error \
         2)\n",
    );
}

#[test]
fn a_canonical_document_may_be_laid_out_anew() {
    let place = place("ed25519");
    place.run("sign --key key.jwk --detached --canonical order.json").must_be_fine();
    place.write("order.json", "{ \"amount\" : 2.5e3 }");
    place.run("verify --key key.pub.jwk order.json.jws").must_be_fine();
    place.write("order.json", "{\"amount\":1,\"amount\":1}");
    place
        .run("sign --key key.jwk --canonical -f order.json")
        .must_end(1, "bulla: order.json: duplicate member name at byte 12\n");
}

#[test]
fn a_batch_is_signed_as_a_whole_and_verified_one_by_one() {
    let place = place("ed25519");
    place.write("offer.json", "{}");
    place
        .run("sign --key key.jwk --batch -q order.json offer.json missing.json")
        .must_end(2, "bulla: missing.json: cannot be read: No such file or directory (os error 2)\n");
    assert!(!place.path("order.json.jws").exists());
    place.run("sign --key key.jwk --batch order.json offer.json").must_end(0, "bulla: 2 of 2 files signed\n");
    place.run("verify --key key.pub.jwk offer.json.jws").must_be_fine();
    place.write("offer.json", "{\"x\":1}");
    let run = place.run("verify --key key.pub.jwk order.json.jws offer.json.jws");
    assert_eq!((run.code, run.out.lines().count()), (1, 1));
    assert!(run.told.contains("offer.json.jws: the document is not among the 2 that"), "{}", run.told);
}

#[test]
fn a_document_from_elsewhere_is_named() {
    let place = place("ed25519");
    let statement = place.run_with("sign --key key.jwk --detached", ORDER).out;
    place.run_with("verify --key key.pub.jwk --document order.json", &statement).must_be_fine();
    place
        .run_with("verify --key key.pub.jwk", &statement)
        .must_end(2, "bulla: standard input: its document lies beside it: name it with --document\n");
    let attached = place.run_with("sign --key key.jwk", ORDER).out;
    place
        .run_with("verify --key key.pub.jwk --document order.json", &attached)
        .must_end(2, "bulla: standard input: its document is in it: --document is not needed\n");
}

#[test]
fn the_key_says_how_it_signs() {
    let place = place("ed25519");
    place
        .run("sign --key key.jwk --algorithm PS256 order.json")
        .must_end(2, "bulla: key.jwk does not sign by PS256 but by EdDSA\n");
    place.run("sign --key key.jwk order.json").must_be_fine();
    place
        .run("verify --key key.pub.jwk --algorithm ES256 order.json.jws")
        .must_end(2, "bulla: none of the keys verifies by ES256\n");
}

#[test]
fn an_installation_signs_and_believes_those_whom_it_names() {
    let place = place("ed25519");
    place.run("keygen --log loans/node-1 keys").must_be_fine();
    let config = "installation = \"loans\"\nnode = \"node-1\"\n[keys]\nmaster = \"keys/master.jwk\"\n\
                  identity = \"keys/identity.jwk\"\nlog = \"keys/log.jwk\"\n";
    place.write("bulla.toml", config);
    place.run("sign --config bulla.toml order.json").must_end(
        2,
        "bulla: bulla.toml: statement.signer is missing: it names the file of the key that signs\n",
    );
    place.run("sign --key key.jwk order.json").must_be_fine();
    place
        .run("verify --config bulla.toml order.json.jws")
        .must_end(2, "bulla: there is no key that may have signed: name one with --key\n");
    let statement = "[statement]\nsigner = \"keys/statement.jwk\"\nverifiers = [\"key.pub.jwk\"]\n";
    place.write("bulla.toml", format!("{config}{statement}"));
    place.run("verify --config bulla.toml order.json.jws").must_be_fine();
    place.run("sign --config bulla.toml --force order.json").must_be_fine();
    place.run("verify --config bulla.toml order.json.jws").must_be_fine();
}
