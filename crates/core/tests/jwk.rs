//! Keys as documents: the examples of the RFCs, and what is refused.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use bulla_core::Error;
use bulla_core::crypto::{RsaSize, Secret};
use bulla_core::keys::{Jwk, KeyId, Pair, jwk};

/// RFC 8037, appendix A.1 and A.2.
const D: &str = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

fn problem(result: Result<impl Sized, Error>) -> String {
    match result.map(|_| ()).unwrap_err() {
        Error::MalformedKey { what, problem } => {
            assert_eq!(what, "x.jwk");
            problem
        }
        other => panic!("{other}"),
    }
}

#[test]
fn the_thumbprint_of_rfc_8037_is_computed() {
    let public = format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{X}"}}"#);
    let private = format!(r#"{{"kty":"OKP","crv":"Ed25519","d":"{D}","x":"{X}"}}"#);
    for text in [public, private] {
        let key = Jwk::parse(text.as_bytes(), "x.jwk").unwrap();
        assert_eq!(key.thumbprint().as_str(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }
}

#[test]
fn the_signature_of_rfc_8037_is_made_and_verified() {
    let text = format!(r#"{{"kty":"OKP","crv":"Ed25519","d":"{D}","x":"{X}"}}"#);
    let key = Jwk::parse(text.as_bytes(), "x.jwk").unwrap();
    let message = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    let signature = key.signer("x.jwk").unwrap().sign(message);
    assert_eq!(
        base64_simd::URL_SAFE_NO_PAD.encode_to_string(signature),
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    );
    key.verifier("x.jwk").unwrap().verify("it", message, &signature).unwrap();
}

#[test]
fn what_is_written_reads_back() {
    let secret = Secret::new([7; 32]);
    let written = jwk::write_secret(&secret, "A256KW");
    let key = Jwk::parse(written.as_bytes(), "x.jwk").unwrap();
    assert_eq!(key.secret("A256KW", "x.jwk").unwrap().expose(), secret.expose());
    assert_eq!(key.thumbprint(), KeyId::of_secret(&secret));
    let written = jwk::write_private(&secret);
    let key = Jwk::parse(written.as_bytes(), "x.jwk").unwrap();
    assert_eq!(key.thumbprint(), key.signer("x.jwk").unwrap().kid());
    let public = jwk::write_public(&key.verifier("x.jwk").unwrap());
    assert_eq!(Jwk::parse(public.as_bytes(), "x.jwk").unwrap().thumbprint(), key.thumbprint());
    assert!(!public.contains("\"d\""));
}

#[test]
fn each_unusable_key_is_told_why() {
    let k = "A".repeat(42) + "E";
    for (text, expected) in [
        ("{".into(), "not JSON at byte 1: "),
        (r#"{"kty":"oct","kty":"oct"}"#.into(), "duplicate member name at byte 13"),
        ("[]".into(), "it is not a JSON object"),
        ("{}".into(), "member \"kty\" is missing"),
        (r#"{"kty":1}"#.into(), "member \"kty\" is not a string"),
        (r#"{"kty":"RSA"}"#.into(), "member \"n\" is missing"),
        (r#"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#.into(), "it is not an RSA key of 2048 to 8192 bits"),
        (r#"{"kty":"AKP"}"#.into(), "keys of type \"AKP\" are not used"),
        (r#"{"kty":"EC","crv":"P-256"}"#.into(), "member \"x\" is missing"),
        (r#"{"kty":"EC","crv":"P-384"}"#.into(), "its curve is \"P-384\", not P-256"),
        (
            format!(r#"{{"kty":"EC","crv":"P-256","x":"{X}","y":"{X}"}}"#),
            "members \"x\" and \"y\" are not a point of P-256",
        ),
        (
            format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"AQ{}"}}"#, "A".repeat(41)),
            "member \"x\" is a point of small order, or not reduced: anybody could sign for it",
        ),
        (r#"{"kty":"OKP","crv":"X448"}"#.into(), "its curve is \"X448\", not Ed25519 or X25519"),
        (r#"{"kty":"OKP"}"#.into(), "its curve is \"\", not Ed25519 or X25519"),
        (r#"{"kty":"oct"}"#.into(), "member \"k\" is missing"),
        (r#"{"kty":"oct","k":"AAAA"}"#.into(), "member \"k\" is not 32 bytes of base64url without padding"),
        (
            format!(r#"{{"kty":"oct","k":"{k}="}}"#),
            "member \"k\" is not 32 bytes of base64url without padding",
        ),
        (format!(r#"{{"kty":"oct","k":"{}"}}"#, "A".repeat(43)), "member \"k\" is all zeros"),
        (r#"{"kty":"OKP","crv":"Ed25519"}"#.into(), "member \"x\" is missing"),
        (
            format!(r#"{{"kty":"OKP","crv":"Ed25519","d":"{D}","x":"{k}"}}"#),
            "members \"d\" and \"x\" are not of one key",
        ),
    ] {
        let problem = problem(Jwk::parse(text.as_bytes(), "x.jwk"));
        assert!(problem.starts_with(expected), "{problem}");
    }
    assert_eq!(problem(Jwk::parse_set(b"{}", "x.jwk")), "it is not a JWK Set");
}

#[test]
fn a_key_serves_only_what_it_is_for() {
    let read = |text: &str| Jwk::parse(text.as_bytes(), "x.jwk").unwrap();
    let symmetric = read(&jwk::write_secret(&Secret::new([7; 32]), "HS256"));
    assert_eq!(problem(symmetric.secret("A256KW", "x.jwk")), "it is for algorithm \"HS256\", not \"A256KW\"");
    assert_eq!(
        problem(symmetric.signer("x.jwk")),
        "it is not a private Ed25519 key (its member \"d\" is missing)"
    );
    let public = read(&format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{X}"}}"#));
    assert_eq!(
        problem(public.signer("x.jwk")),
        "it is not a private Ed25519 key (its member \"d\" is missing)"
    );
    assert_eq!(problem(public.secret("A256KW", "x.jwk")), "it is not a symmetric key (\"kty\":\"oct\")");
}

fn pair(pair: Pair) -> Jwk {
    Jwk::generate(pair).unwrap()
}

#[test]
fn a_fresh_pair_is_written_and_reads_back() {
    for kind in [Pair::Ed25519, Pair::P256, Pair::X25519, Pair::Rsa(RsaSize::Bits2048)] {
        let key = pair(kind);
        let private = Jwk::parse(key.to_private().unwrap().as_bytes(), "x.jwk").unwrap();
        let public = Jwk::parse(key.to_public().unwrap().as_bytes(), "x.jwk").unwrap();
        assert_eq!((private.thumbprint(), public.thumbprint()), (key.thumbprint(), key.thumbprint()));
        assert!(public.to_private().is_none());
        assert!(pair(kind).thumbprint() != key.thumbprint());
    }
}

#[test]
fn a_fresh_pair_is_written_as_pem_and_reads_back() {
    for kind in [Pair::Ed25519, Pair::P256, Pair::X25519, Pair::Rsa(RsaSize::Bits2048)] {
        let key = pair(kind);
        let private = Jwk::parse_pem(key.to_private_pem().unwrap().as_bytes(), "x.pem").unwrap();
        let public = Jwk::parse_pem(key.to_public_pem().unwrap().as_bytes(), "x.pem").unwrap();
        assert_eq!(private.to_private(), key.to_private());
        assert_eq!(public.to_public(), key.to_public());
        assert!(public.to_private_pem().is_none());
    }
    let secret = Jwk::generate_secret("A256KW").unwrap();
    assert!(secret.to_private_pem().is_none() && secret.to_public_pem().is_none());
}

#[test]
fn a_fresh_secret_is_for_its_algorithm() {
    let key = Jwk::generate_secret("A256GCMKW").unwrap();
    let read = Jwk::parse(key.to_private().unwrap().as_bytes(), "x.jwk").unwrap();
    assert_eq!(read.thumbprint(), key.thumbprint());
    assert_eq!(read.recipient("x.jwk").unwrap().algorithm(), "A256GCMKW");
}

#[test]
fn a_key_of_one_kind_does_not_do_the_work_of_another() {
    let (signs, agrees, symmetric) = (
        pair(Pair::Ed25519),
        pair(Pair::X25519),
        Jwk::parse(b"{\"kty\":\"oct\",\"k\":\"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE\"}", "x.jwk")
            .unwrap(),
    );
    for key in [&agrees, &symmetric] {
        assert_eq!(problem(key.signing_key("x.jwk")), "it is not a private key that signs");
        assert_eq!(problem(key.verifying_key("x.jwk")), "it is not a key that signs");
    }
    assert_eq!(problem(signs.recipient("x.jwk")), "it is not a key that wraps");
    assert_eq!(problem(signs.opening_key("x.jwk")), "it is not a private key that unwraps");
    let public = Jwk::parse(agrees.to_public().unwrap().as_bytes(), "x.jwk").unwrap();
    assert_eq!(problem(public.opening_key("x.jwk")), "it is not a private key that unwraps");
}

#[test]
fn what_a_key_is_for_is_told_without_contradiction() {
    let told = |members: &str| {
        let text = pair(Pair::P256).to_private().unwrap().replacen('{', &format!("{{{members},"), 1);
        problem(Jwk::parse(text.as_bytes(), "x.jwk"))
    };
    let contradiction = told(r#""key_ops":["encrypt"],"use":"sig""#);
    assert_eq!(contradiction, "its use and its key_ops contradict each other");
    for operations in [r#""verify""#, "[1]", "null"] {
        assert_eq!(
            told(&format!(r#""key_ops":{operations}"#)),
            "its key_ops is not an array of strings",
            "{operations}"
        );
    }
}

#[test]
fn what_a_document_says_that_a_key_is_for_counts() {
    let with = |kind, members: &str| {
        let text = pair(kind).to_private().unwrap().replacen('{', &format!("{{{members},"), 1);
        Jwk::parse(text.as_bytes(), "x.jwk").unwrap()
    };
    assert_eq!(
        problem(with(Pair::P256, r#""use":"enc""#).signing_key("x.jwk")),
        "its use is \"enc\", not \"sig\""
    );
    assert_eq!(
        problem(with(Pair::P256, r#""use":"sig""#).recipient("x.jwk")),
        "its use is \"sig\", not \"enc\""
    );
    let derives = || with(Pair::P256, r#""key_ops":["deriveKey","deriveBits"]"#);
    assert_eq!(problem(derives().verifying_key("x.jwk")), "its use is \"enc\", not \"sig\"");
    assert!(derives().opening_key("x.jwk").is_ok());
    let signs = with(Pair::P256, r#""key_ops":["sign"],"use":"sig""#);
    assert!(signs.verifying_key("x.jwk").is_ok());
    assert_eq!(problem(signs.recipient("x.jwk")), "its use is \"sig\", not \"enc\"");
    let anything = with(Pair::P256, r#""key_ops":["verify","deriveKey"]"#);
    assert!(anything.verifying_key("x.jwk").is_ok() && anything.recipient("x.jwk").is_ok());
    assert_eq!(
        problem(with(Pair::P256, r#""alg":"ES256""#).opening_key("x.jwk")),
        "it is for algorithm \"ES256\", not \"ECDH-ES+A256KW\""
    );
    assert_eq!(
        problem(with(Pair::P256, r#""alg":"ECDH-ES+A256KW""#).verifying_key("x.jwk")),
        "it is for algorithm \"ECDH-ES+A256KW\", not \"ES256\""
    );
}

#[test]
fn each_unusable_pem_is_told_why() {
    let wrapped =
        |label: &str, body: &str| format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n");
    for (text, expected) in [
        (String::new(), "it is not PEM: "),
        (
            wrapped("PUBLIC KEY", "MCow"),
            "it is not a key of Ed25519, X25519, P-256, or RSA of 2048 to 8192 bits",
        ),
        (wrapped("PUBLIC KEY", "MCow").repeat(2), "it holds 2 blocks of PEM, and one key is expected"),
        (
            wrapped("EC PRIVATE KEY", "MCow"),
            "it is a \"EC PRIVATE KEY\", not a \"PRIVATE KEY\" (PKCS#8) or \"PUBLIC KEY\" (SPKI); `openssl \
             pkcs8 -topk8` converts it",
        ),
    ] {
        let problem = problem(Jwk::parse_pem(text.as_bytes(), "x.jwk"));
        assert!(problem.starts_with(expected), "{problem}");
    }
}
