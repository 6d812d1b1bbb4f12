"""A strict reader by docs/format.md alone: portable envelopes, statements, checkpoints, anchor lines."""

import base64
import hashlib
import json
import re

import pytest
import rfc8785
from conftest import decode, encode, parameters, read
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap
from jwcrypto import jwk, jws
from test_ledger import sha256
from test_refused import Refused, base64url, document, must, refused

KEYS = read("jose/keys.json")
WRAPPING = {"A256KW", "A256GCMKW", "RSA-OAEP-256", "ECDH-ES+A256KW", "dev.bulla.master"}


def thumbprint(name):
    return jwk.JWK(**KEYS[name]).thumbprint()


OPENING = {thumbprint("symmetric"): "A256KW", thumbprint("x25519"): "ECDH-ES+A256KW"}
SIGNERS = [("rfc8037-a1", "EdDSA"), ("rfc7515-a3", "ES256")]
ACCEPTED = {thumbprint(name): (name, algorithm) for name, algorithm in SIGNERS}

pytestmark = pytest.mark.filterwarnings("ignore:EdDSA")
LOG = read("checkpoints/accepted.json")["verifier"]


# Portable envelopes, for one recipient


def portable(text, context):
    kind = "MalformedEnvelope"
    members = document(text.encode(), depth=6)
    others = {"header", "unprotected"} & set(members)
    needed = {"ciphertext", "encrypted_key", "iv", "protected", "tag"}
    must(set(members) - others - {"aad"} == needed and len(others) < 2, kind)
    protected = document(base64url(members["protected"], kind), depth=4)
    free = members[others.pop()] if others else {}
    must(isinstance(protected, dict) and not set(protected) & set(free), kind)
    header = protected | free
    must("crit" not in header, "UnknownCritical")
    must("zip" not in header and header.get("enc") == "A256GCM", "UnsupportedAlgorithm")
    must("alg" in protected, kind)
    must(header["alg"] in WRAPPING, "UnsupportedAlgorithm")
    must("aad" in members, "ContextMissing")
    must("dev.bulla.cek" in protected and "kid" in header, kind)
    must(header["alg"] != "A256GCMKW" or {"iv", "tag"} <= set(header), kind)
    must(document(base64url(members["aad"], kind), depth=32) == context, "ContextMismatch")
    must(header["kid"] in OPENING, "UnknownKey")
    must(OPENING[header["kid"]] == header["alg"], "UnsupportedAlgorithm")
    try:
        key = aes_key_unwrap(decode(KEYS["symmetric"]["k"]), base64url(members["encrypted_key"], kind))
    except InvalidUnwrap:
        raise Refused("AuthenticationFailed") from None
    must(jwk.JWK(kty="oct", k=encode(key)).thumbprint() == header["dev.bulla.cek"], "KeyMismatch")
    nonce, ciphertext, tag = (base64url(members[name], kind) for name in ("iv", "ciphertext", "tag"))
    try:
        aad = f"{members['protected']}.{members['aad']}".encode()
        return AESGCM(key).decrypt(nonce, ciphertext + tag, aad)
    except InvalidTag:
        raise Refused("AuthenticationFailed") from None


@pytest.mark.parametrize("vector", parameters(read("portable/refused.json")))
def test_a_portable_envelope_is_refused(vector):
    assert refused(portable, vector["envelope"], vector["context"]) == vector["kind"]


def test_a_portable_envelope_is_read():
    vector = next(each for each in read("portable/opened.json") if each["name"] == "a256kw")
    assert portable(vector["envelope"], vector["context"]) == decode(vector["plaintext"])


# Statements


def parts(text):
    if not text.startswith("{"):
        compact = text.split(".")
        must(len(compact) == 3, "MalformedStatement")
        return compact[0], compact[1] or None, compact[2], {}
    members = document(text.encode(), depth=8)
    needed = {"protected", "signature"}
    must(needed <= set(members) <= needed | {"payload", "header"}, "MalformedStatement")
    return members["protected"], members.get("payload"), members["signature"], members.get("header", {})


def statement(text, given):
    """The document, which is `given` if it lies beside the statement."""
    kind = "MalformedStatement"
    encoded, payload, signature, free = parts(text)
    header = document(base64url(encoded, kind), depth=8)
    must(not set(header) & set(free) and not {"crit", "b64"} & set(free), kind)
    must(set(header.get("crit", [])) <= {"b64"}, "UnknownCritical")
    must(("b64" in header) == ("crit" in header), kind)
    batch = header.get("typ") == "bulla-batch"
    must(batch or not header.get("typ", "").startswith("bulla-"), kind)
    must(header.get("dev.bulla.form") in (None, "RFC8785"), kind)
    must("alg" in header, kind)
    kid = header.get("kid", free.get("kid"))
    must(kid in ACCEPTED, "UnknownKey")
    name, algorithm = ACCEPTED[kid]
    must(header["alg"] == algorithm, "UnsupportedAlgorithm")
    token = jws.JWS()
    token.allowed_algs = [algorithm]
    if payload is None and "dev.bulla.form" in header:
        given = rfc8785.dumps(document(given))
    try:
        token.deserialize(f"{encoded}.{payload or ''}.{signature}")
        token.verify(jwk.JWK(**KEYS[name]), detached_payload=given if payload is None else None)
    except (jws.InvalidJWSSignature, jws.InvalidJWSObject):
        raise Refused("BadSignature") from None
    if batch:
        return in_batch(document(token.payload, depth=1), free["dev.bulla.proof"], given)
    return given if payload is None else token.payload


def in_batch(batch, proof, given):
    """RFC 9162, section 2.1.3.2, over the hashes of RFC 6962."""
    data = rfc8785.dumps(document(given)) if batch["form"] == "RFC8785" else given
    node = sha256(b"\0", base64url(proof["salt"], "NotInBatch"), data)
    index, last = proof["index"], batch["size"] - 1
    must(0 <= index <= last, "NotInBatch")
    for sibling in (base64url(each, "NotInBatch") for each in proof["path"]):
        must(last > 0, "NotInBatch")
        if index % 2 or index == last:
            node = sha256(b"\1", sibling, node)
            while index % 2 == 0 and index:
                index, last = index // 2, last // 2
        else:
            node = sha256(b"\1", node, sibling)
        index, last = index // 2, last // 2
    must(last == 0 and encode(node) == batch["root"], "NotInBatch")
    return given


@pytest.mark.parametrize("vector", parameters(read("statements/refused.json")))
def test_a_statement_is_refused(vector):
    assert refused(statement, vector["statement"], decode(vector["document"])) == vector["kind"]


BY_SIGNERS = [each for each in read("statements/verified.json") if (each["key"], each["algorithm"]) in SIGNERS]


@pytest.mark.parametrize("vector", parameters(BY_SIGNERS))
def test_a_statement_is_read(vector):
    given = decode(vector["document"])
    read_ = statement(vector["statement"], given)
    canonical = vector["name"].endswith("-canonical")
    assert json.loads(read_) == json.loads(given) if canonical else read_ == given


# Checkpoints and the lines of anchors


def checkpoint(note):
    kind = "MalformedCheckpoint"
    name, _, key = LOG.split("+", 2)
    key = base64.b64decode(key)
    text, separator, signatures = note.rpartition("\n\n")
    must(separator and signatures.endswith("\n"), kind)
    own = []
    for line in signatures[:-1].split("\n"):
        match = re.fullmatch("— ([^ ]+) ([A-Za-z0-9+/]+=*)", line)
        must(match, kind)
        blob = base64.b64decode(match[2])
        if (match[1], blob[:4]) == (name, hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]):
            own.append(blob[4:])
    must(own, "BadSignature")
    for signature in own:
        try:
            Ed25519PublicKey.from_public_bytes(key[1:]).verify(signature, f"{text}\n".encode())
        except InvalidSignature:
            raise Refused("BadSignature") from None
    lines = text.split("\n")
    must(len(lines) == 3 and lines[0] == name and re.fullmatch("0|[1-9][0-9]*", lines[1]), kind)
    must(len(base64.b64decode(lines[2])) == 32, kind)
    return int(lines[1])


def anchor_line(line):
    kind = "MalformedAnchor"
    try:
        members = document(line.encode(), depth=2)
    except Refused:
        raise Refused(kind) from None
    forms = [{"key"}, {"record", "signature"}, {"checkpoint"}]
    must(isinstance(members, dict) and set(members) in forms, kind)
    must(all(isinstance(text, str) for text in members.values()), kind)
    must(rfc8785.dumps(members) == line.encode(), kind)
    return members


@pytest.mark.parametrize("vector", parameters(read("checkpoints/refused.json")))
def test_a_checkpoint_is_refused(vector):
    assert refused(checkpoint, vector["note"]) == vector["kind"]


@pytest.mark.parametrize("vector", parameters(read("checkpoints/accepted.json")["notes"]))
def test_a_checkpoint_is_read(vector):
    assert checkpoint(vector["note"]) == vector["size"]


@pytest.mark.parametrize("vector", parameters(read("anchors/refused.json")))
def test_an_anchor_line_is_refused(vector):
    assert refused(anchor_line, vector["line"]) == vector["kind"]


def test_the_lines_of_an_anchor_are_read():
    for line in read("anchors/accepted.json"):
        assert anchor_line(line)
