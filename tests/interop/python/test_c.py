"""The C library reads the vectors, through ctypes; it and jwcrypto open and verify what the other made.

What C has no function for stays unread here: search tags, commitments, epoch certificates, frontiers.
"""

import json
import re

import bulla
import pytest
from conftest import VECTORS, decode, encode, parameters, read
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap
from jwcrypto import jwe, jwk, jws

KEYS = read("jose/keys.json")
WORLD = read("keys.json")
ALGORITHMS = [
    ("symmetric", "A256KW"),
    ("symmetric", "A256GCMKW"),
    ("rfc7515-a2", "RSA-OAEP-256"),
    ("rfc7515-a3", "ECDH-ES+A256KW"),
    ("x25519", "ECDH-ES+A256KW"),
]
SIGNING = [
    ("rfc8037-a1", "EdDSA"),
    ("rfc7515-a3", "ES256"),
    ("rfc7515-a2", "PS256"),
    ("rfc7515-a2", "RS256"),
]

pytestmark = pytest.mark.filterwarnings("ignore:EdDSA")


def key(name, algorithm=None):
    """A key of the vectors as a text, for one algorithm."""
    return json.dumps(KEYS[name] | ({"alg": algorithm} if algorithm else {}))


def key_set(*texts):
    return json.dumps({"keys": [json.loads(text) for text in texts]})


def constant(kind):
    """A kind of the vectors, as C names it."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", kind).upper()


def is_refused(kind, message, function, *arguments, **members):
    with pytest.raises(bulla.BullaError) as refused:
        function(*arguments, **members)
    assert refused.value.kind == constant(kind), refused.value
    if message is not None:
        assert str(refused.value) == f"{constant(kind)}: {message}"


# Canonical JSON


@pytest.mark.parametrize("name", ["arrays", "french", "structures", "unicode", "values", "weird"])
def test_the_examples_of_rfc_8785_are_canonicalized(name):
    document = (VECTORS / f"rfc8785/{name}.input.json").read_bytes()
    expected = (VECTORS / f"rfc8785/{name}.expected.json").read_bytes()
    assert bulla.canonicalize(document) == expected


@pytest.mark.parametrize("vector", parameters(read("json/canonical.json")))
def test_a_document_is_canonicalized(vector):
    assert bulla.canonicalize(vector["document"]) == vector["canonical"].encode()


@pytest.mark.parametrize("vector", parameters(read("json/refused.json")))
def test_a_document_is_refused(vector):
    document = vector["document"] if "document" in vector else decode(vector["base64url"])
    is_refused(vector["kind"], vector.get("message"), bulla.canonicalize, document)


# Portable envelopes


@pytest.mark.parametrize(
    "vector",
    parameters(read("portable/opened.json") + read("portable/java.json") + read("portable/foreign.json")),
)
def test_a_portable_envelope_opens_with_each_key(vector):
    context = json.dumps(vector["context"])
    for name, algorithm in zip(vector["keys"], vector["algorithms"], strict=True):
        opener = bulla.Opener(key(name, algorithm))
        assert opener.open(vector["envelope"], context) == decode(vector["plaintext"])


@pytest.mark.parametrize("vector", parameters(read("portable/refused.json")))
def test_a_portable_envelope_is_refused(vector):
    opener = bulla.Opener(key_set(key("symmetric", "A256KW"), key("x25519")))
    context = json.dumps(vector["context"])
    is_refused(vector["kind"], vector.get("message"), opener.open, vector["envelope"], context)


def flattened(compact):
    names = ("protected", "encrypted_key", "iv", "ciphertext", "tag")
    return json.dumps(dict(zip(names, compact.split("."), strict=True)))


@pytest.mark.parametrize("vector", parameters(read("jose/encrypted.json")))
def test_the_examples_of_the_rfcs_are_refused_as_portable_envelopes(vector):
    opener = bulla.Opener(key_set(key("symmetric", "A256KW"), key("rfc7515-a2", "RSA-OAEP-256")))
    envelope = vector["envelope"]
    envelope = envelope if envelope.startswith("{") else flattened(envelope)
    is_refused(vector["asPortable"], None, opener.open, envelope, "{}")


@pytest.mark.parametrize(("name", "algorithm"), ALGORITHMS)
def test_jwcrypto_opens_what_c_sealed(name, algorithm):
    envelope = bulla.Sealer(key(name, algorithm), content_type="text/plain").seal(b"2,500", '{"order": 1}')
    token = jwe.JWE(algs=[algorithm, "A256GCM"])
    token.deserialize(envelope.decode(), jwk.JWK(**KEYS[name]))
    assert token.payload == b"2,500"
    assert token.jose_header["alg"] == algorithm
    assert json.loads(decode(json.loads(envelope)["aad"])) == {"order": 1}


def test_jwcrypto_opens_what_c_sealed_for_several_with_the_key_of_each():
    recipients = [each for each in ALGORITHMS if each[1] != "A256GCMKW"]
    keys = key_set(*(key(name, algorithm) for name, algorithm in recipients))
    envelope = bulla.Sealer(keys).seal(b"2,500", "{}").decode()
    for name, algorithm in recipients:
        token = jwe.JWE(algs=[algorithm, "A256GCM"])
        token.deserialize(envelope, jwk.JWK(**KEYS[name]))
        assert token.payload == b"2,500"


@pytest.mark.parametrize(("name", "algorithm"), ALGORITHMS)
def test_c_opens_what_jwcrypto_sealed(name, algorithm):
    content_key = jwk.JWK.generate(kty="oct", size=256)
    header = {"alg": algorithm, "enc": "A256GCM", "kid": jwk.JWK(**KEYS[name]).thumbprint()}
    header["dev.bulla.cek"] = content_key.thumbprint()
    token = jwe.JWE(b"2,500", json.dumps(header), aad='{"order":1}', algs=[algorithm, "A256GCM"])
    token.cek = decode(content_key.export(as_dict=True)["k"])
    token.add_recipient(jwk.JWK(**KEYS[name]))
    opener = bulla.Opener(key(name, algorithm))
    assert opener.open(token.serialize(), '{"order": 1}') == b"2,500"


# Statements


def verifies(verifier, vector):
    if vector["detached"]:
        return verifier.verify_document(vector["statement"], decode(vector["document"]))
    document = verifier.verify(vector["statement"])
    assert document == decode(vector["document"])


@pytest.mark.parametrize(
    "vector",
    parameters(
        read("statements/verified.json") + read("statements/java.json") + read("statements/foreign.json")
    ),
)
def test_a_statement_is_verified(vector):
    verifies(bulla.Verifier(key(vector["key"], vector["algorithm"])), vector)


def is_detached(statement):
    try:
        return json.loads(bulla.inspect(statement)).get("detached", False)
    except bulla.BullaError:
        return False


@pytest.mark.parametrize("vector", parameters(read("statements/refused.json")))
def test_a_statement_is_refused(vector):
    verifier = bulla.Verifier(key_set(key("rfc8037-a1"), key("rfc7515-a3")))
    statement, document = vector["statement"], decode(vector["document"])
    if is_detached(statement):
        is_refused(vector["kind"], vector.get("message"), verifier.verify_document, statement, document)
    else:
        is_refused(vector["kind"], vector.get("message"), verifier.verify, statement)


@pytest.mark.parametrize("vector", parameters(read("jose/signed.json")))
def test_the_examples_of_the_rfcs_are_verified_or_refused_as_statements(vector):
    verifier = bulla.Verifier(key(vector["key"]), "RS256" if vector["name"] == "rfc7515-a2" else None)
    statement = vector["statement"]
    arguments = (statement, b"$.02") if is_detached(statement) else (statement,)
    function = verifier.verify_document if len(arguments) == 2 else verifier.verify
    if vector["asStatement"] == "verified":
        function(*arguments)
    else:
        is_refused(vector["asStatement"], None, function, *arguments)


@pytest.mark.parametrize(("name", "algorithm"), SIGNING)
@pytest.mark.parametrize("form", [0, bulla.FLATTENED, bulla.DETACHED, bulla.DETACHED_RAW])
def test_jwcrypto_verifies_what_c_signed(name, algorithm, form):
    statement = bulla.Signer(key(name, algorithm)).sign(b"approved", form).decode()
    token = jws.JWS()
    token.allowed_algs = [algorithm]
    token.deserialize(statement)
    detached = None if form in (0, bulla.FLATTENED) else b"approved"
    token.verify(jwk.JWK(**KEYS[name]), detached_payload=detached)
    assert token.jose_header["kid"] == jwk.JWK(**KEYS[name]).thumbprint()


@pytest.mark.parametrize(("name", "algorithm"), SIGNING)
def test_c_verifies_what_jwcrypto_signed(name, algorithm):
    header = {"alg": algorithm, "kid": jwk.JWK(**KEYS[name]).thumbprint()}
    token = jws.JWS(b"approved")
    token.allowed_algs = [algorithm]
    token.add_signature(jwk.JWK(**KEYS[name]), None, json.dumps(header))
    verifier = bulla.Verifier(key(name, algorithm))
    assert verifier.verify(token.serialize(compact=True)) == b"approved"
    assert verifier.verify(token.serialize()) == b"approved"


def test_documents_that_were_signed_together_are_verified_each_by_itself():
    documents = [b"first", b"", b"third"]
    statements = bulla.Signer(key("rfc8037-a1")).sign_batch(documents)
    verifier = bulla.Verifier(key("rfc8037-a1"))
    for statement, document in zip(statements, documents, strict=True):
        verifier.verify_document(statement, document)
    is_refused("NotInBatch", None, verifier.verify_document, statements[0], b"third")


@pytest.mark.parametrize("name", ["rfc7515-a2", "rfc7515-a3", "rfc8037-a1"])
def test_a_key_in_pem_signs_as_its_jwk(name):
    private, public = (
        (VECTORS / f"jose/pem/{name}.{side}.pem").read_text(encoding="ascii") for side in ("private", "public")
    )
    statement = bulla.Signer(private).sign(b"approved")
    assert json.loads(bulla.inspect(statement))["kid"] == jwk.JWK(**KEYS[name]).thumbprint()
    assert bulla.Verifier(public).verify(statement) == b"approved"
    assert bulla.Verifier(key(name)).verify(statement) == b"approved"


# Keys


@pytest.mark.parametrize("vector", parameters(read("jose/jwk.json") + read("rfc7638/thumbprints.json")))
def test_a_key_is_named_by_its_thumbprint_or_refused(vector):
    text = json.dumps(vector["key"])
    if "kind" in vector:
        is_refused(vector["kind"], vector.get("message"), bulla.thumbprint, text)
        return
    assert bulla.thumbprint(text) == vector["thumbprint"]
    if vector["key"]["kty"] == "oct":
        nothing = "key is a symmetric one: it has no public part"
        is_refused("InvalidArgument", nothing, bulla.public_key, text)
    else:
        public = jwk.JWK(**vector["key"]).export_public(as_dict=True)
        shown = json.loads(bulla.public_key(text))
        assert shown == {member: public[member] for member in shown}
        assert bulla.thumbprint(json.dumps(shown)) == vector["thumbprint"]


@pytest.mark.parametrize("name", ["rfc7515-a2", "rfc7515-a3", "rfc8037-a1", "x25519"])
@pytest.mark.parametrize("side", ["private", "public"])
def test_a_key_in_pem_has_the_name_of_its_jwk(name, side):
    pem = (VECTORS / f"jose/pem/{name}.{side}.pem").read_text(encoding="ascii")
    assert bulla.thumbprint(pem) == jwk.JWK(**KEYS[name]).thumbprint()


# Stored envelopes, and the registry of their keys


def installed(directory, rows, installation=WORLD["installation"]):
    """A keyring with the keys of the vectors, in `directory`, whose registry has these rows."""
    for name in ("master", "identity", "logKey"):
        (directory / f"{name}.jwk").write_text(json.dumps(WORLD[name]), encoding="utf-8")
    lines = [f"{row['purpose']} {row['kid']} {row['row']}\n" for row in rows]
    (directory / "registry").write_text("".join(lines), encoding="utf-8")
    config = directory / "bulla.toml"
    config.write_text(
        f'installation = "{installation}"\nnode = "node-2"\n[keys]\nmaster = "master.jwk"\n'
        'identity = "identity.jwk"\nlog = "logKey.jwk"\nregistry = "registry"\n',
        encoding="utf-8",
    )
    return bulla.Keyring(config)


@pytest.fixture(scope="module")
def keyring(tmp_path_factory):
    return installed(tmp_path_factory.mktemp("keys"), read("registry/accepted.json"))


def of_bytes(name):
    """The vectors of a file that hold bytes; columns are the Java engine's."""
    return parameters([vector for vector in read(name) if vector["content"] == "bytes"])


def context(vector):
    return {name: text for name, text in vector["context"].items() if name != "log"}


@pytest.mark.parametrize("vector", of_bytes("envelopes/opened.json"))
def test_a_stored_envelope_opens(keyring, vector):
    assert keyring.open(vector["envelope"], **context(vector)) == decode(vector["plaintext"])


@pytest.mark.parametrize("vector", of_bytes("envelopes/refused.json"))
def test_a_stored_envelope_is_refused(keyring, tmp_path, vector):
    installation = vector["context"]["log"]
    if installation != WORLD["installation"]:
        keyring = installed(tmp_path, read("registry/accepted.json"), installation)
    is_refused(
        vector["kind"], vector.get("message"), keyring.open, vector["envelope"], **context(vector)
    )


def test_a_name_is_not_cut_at_a_nul(keyring, tmp_path):
    with pytest.raises(ValueError, match="NUL"):
        keyring.seal(b"x", table="notes", row="42\0evil", group="text")
    with pytest.raises(ValueError, match="NUL"):
        bulla.Keyring(str(tmp_path / "bulla.toml\0evil"))


def test_columns_do_not_open_as_bytes(keyring):
    vector = next(vector for vector in read("envelopes/opened.json") if vector["content"] == "columns")
    is_refused("MalformedEnvelope", None, keyring.open, vector["envelope"], **context(vector))


def test_jwcrypto_opens_what_c_stored(tmp_path):
    keyring = installed(tmp_path, [])
    envelope = keyring.seal(b"2,500", table="ORDERS", row="1", group="value").decode()
    kid = json.loads(bulla.inspect(envelope))["kid"]
    row = next(line for line in (tmp_path / "registry").read_text().splitlines() if f" {kid} " in line)
    wrapped = json.loads(decode(row.split(" ")[2].split(".")[1]))["wrapped"]
    token = jwe.JWE(algs=["dir", "A256GCM"])
    secret = aes_key_unwrap(decode(WORLD["master"]["k"]), decode(wrapped))
    token.deserialize(envelope, jwk.JWK(kty="oct", k=encode(secret)))
    assert token.payload.rstrip(b" \t\r\n").startswith(b"2,500")


@pytest.mark.parametrize("vector", parameters(read("registry/refused.json")))
def test_a_registry_row_is_refused(tmp_path, vector):
    envelope = next(each for each in read("envelopes/opened.json") if each["content"] == "bytes")
    kid = json.loads(bulla.inspect(envelope["envelope"]))["kid"]
    keyring = installed(tmp_path, [{"purpose": "data", "kid": kid, "row": vector["row"]}])
    is_refused(vector["kind"], vector.get("message"), keyring.open, envelope["envelope"], **context(envelope))


# The ledger


def log():
    public = {name: jwk.JWK(**WORLD[name]).export_public() for name in ("logKey", "identity")}
    return bulla.Log(WORLD["log"], public["logKey"], public["identity"])


def test_a_log_is_followed_to_its_last_checkpoint():
    followed = log()
    followed.follow("".join(line + "\n" for line in read("anchors/accepted.json")))
    assert followed.proven() == max(note["size"] for note in read("checkpoints/accepted.json")["notes"])


def test_records_are_verified():
    seen = log()
    for vector in read("records/accepted.json"):
        seen.verify_record(vector["record"], vector["signature"])


@pytest.mark.parametrize("vector", parameters(read("records/refused.json")))
def test_a_record_is_refused(vector):
    seen = log()
    first = read("records/accepted.json")[0]
    seen.verify_record(first["record"], first["signature"])
    # What reads one log asks for the record's first.
    kind = "LedgerState" if vector["name"] == "another-log" else vector["kind"]
    is_refused(kind, vector.get("message"), seen.verify_record, vector["record"], vector["signature"])


@pytest.mark.parametrize("vector", parameters(read("anchors/refused.json")))
def test_a_line_of_an_anchor_is_refused(vector):
    is_refused(vector["kind"], None, log().follow, vector["line"] + "\n")


@pytest.mark.parametrize("vector", parameters(read("checkpoints/refused.json")))
def test_a_checkpoint_is_refused(vector):
    followed = log()
    lines = read("anchors/accepted.json")
    at = next(index for index, line in enumerate(lines) if line.startswith('{"checkpoint"'))
    followed.follow("".join(line + "\n" for line in lines[:at]))
    line = bulla.canonicalize(json.dumps({"checkpoint": vector["note"]})).decode()
    is_refused(vector["kind"], None, followed.follow, line + "\n")
    assert followed.proven() == 0
