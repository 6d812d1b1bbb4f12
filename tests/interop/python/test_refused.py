"""A strict reader by docs/format.md alone refuses what Bulla refuses, by the same kind."""

import json
import re

import pytest
import rfc8785
from conftest import decode, encode, parameters, read
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap
from jwcrypto import jwk, jws
from test_envelopes import LETTERS

KEYS = read("keys.json")
TRUSTED = jwk.JWK(**KEYS["identity"]).thumbprint()
MASTER = jwk.JWK(**KEYS["master"]).thumbprint()
ROW_LIMIT = 16 * 1024

pytestmark = pytest.mark.filterwarnings("ignore:EdDSA")


class Refused(Exception):
    @property
    def kind(self):
        return self.args[0]


def must(holds, kind):
    if not holds:
        raise Refused(kind)


def base64url(text, kind):
    try:
        data = decode(text)
    except ValueError:
        raise Refused(kind) from None
    must(encode(data) == text, kind)
    return data


def document(data, depth=128):
    """JSON as the section on canonical JSON has it."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Refused("InvalidUtf8") from None

    def members(pairs):
        must(len(dict(pairs)) == len(pairs), "DuplicateMember")
        return dict(pairs)

    def integer(digits):
        number = int(digits)
        must(int(float(number)) == number, "InexactNumber")
        return number

    try:
        value = json.loads(text, object_pairs_hook=members, parse_int=integer)
    except json.JSONDecodeError:
        raise Refused("JsonSyntax") from None
    check(value, depth)
    return value


def check(value, depth):
    if isinstance(value, str):
        must(not re.search("[\ud800-\udfff]", value), "LoneSurrogate")
    if isinstance(value, dict | list):
        must(depth > 0, "TooDeep")
        parts = value if isinstance(value, list) else [*value, *value.values()]
        for part in parts:
            check(part, depth - 1)


def is_thumbprint(text):
    return isinstance(text, str) and re.fullmatch("[A-Za-z0-9_-]{43}", text) is not None


# Stored envelopes


def stored(envelope, context, columns):
    parts = [base64url(part, "MalformedEnvelope") for part in envelope.split(".")]
    must([len(parts), *map(len, parts[1:3])] == [5, 0, 12] and len(parts[4]) == 16, "MalformedEnvelope")
    header, _, nonce, ciphertext, tag = parts
    must(len(ciphertext) >= 32 and len(ciphertext) % 32 == 0, "MalformedEnvelope")
    members = document(header, depth=2)
    must(isinstance(members, dict), "UnexpectedJson")
    must("crit" not in members, "UnknownCritical")
    of_ours = (members.get("alg"), members.get("enc"), "zip" in members) == ("dir", "A256GCM", False)
    must(of_ours, "UnsupportedAlgorithm")
    must("ctx" in members, "ContextMissing")
    found = members["ctx"]
    well_formed = (
        set(members) - {"cty"} == {"alg", "ctx", "enc", "kid"}
        and members.get("cty", "json") == "json"
        and is_thumbprint(members["kid"])
        and {*"glrt"} <= set(found) <= {*LETTERS.values()}
        and rfc8785.dumps(members) == header
    )
    must(well_formed, "MalformedEnvelope")
    must(found == {LETTERS[name]: value for name, value in context.items()}, "ContextMismatch")
    must(("cty" in members) == columns, "MalformedEnvelope")
    purposes = {row["kid"]: row["purpose"] for row in read("registry/accepted.json")}
    must(members["kid"] in purposes, "UnknownKey")
    must(purposes[members["kid"]] == "data", "WrongPurpose")
    try:
        key = AESGCM(decode(KEYS["data"]["k"]))
        padded = key.decrypt(nonce, ciphertext + tag, envelope.split(".")[0].encode())
    except InvalidTag:
        raise Refused("AuthenticationFailed") from None
    if not columns:
        content, mark, rest = padded.rpartition(b"\x80")
        must(mark and not rest.strip(b"\0") and len(rest) < 32, "MalformedEnvelope")
        return content
    values = document(padded, depth=2)
    must(isinstance(values, dict), "MalformedEnvelope")
    for value in values.values():
        must(is_column(value), "MalformedEnvelope")
    return values


def is_column(value):
    if isinstance(value, dict):
        return len(value) == 1 and set(value) <= {*"idbt"}
    return value is None or isinstance(value, str) or type(value) is int


# Epoch certificates and registry rows


def statement(text, kind, members):
    """Header, payload and what verifies them, of a JWS that Bulla makes for itself."""
    parts = text.split(".")
    must(len(parts) == 3, "UnexpectedJson")
    header = document(base64url(parts[0], "UnexpectedJson"), depth=4)
    must(isinstance(header, dict), "UnexpectedJson")
    must("crit" not in header, "UnknownCritical")
    must(header.get("alg") == "EdDSA", "UnsupportedAlgorithm")
    must(set(header) == {"alg", "typ", *members} and header["typ"] == kind, "UnexpectedJson")
    must(len(base64url(parts[2], "UnexpectedJson")) == 64, "UnexpectedJson")

    def payload(key):
        token = jws.JWS()
        token.allowed_algs = ["EdDSA"]
        try:
            token.deserialize(text, key)
        except jws.InvalidJWSSignature:
            raise Refused("BadSignature") from None
        return document(token.payload, depth=4)

    return header, payload


def public_key(members):
    must(isinstance(members, dict) and set(members) == {"crv", "kty", "x"}, "UnexpectedJson")
    must((members["crv"], members["kty"]) == ("Ed25519", "OKP"), "UnexpectedJson")
    return jwk.JWK(**members)


def certificate(text):
    header, payload = statement(text, "bulla-epoch", ["jwk"])
    identity = public_key(header["jwk"])
    must(identity.thumbprint() == TRUSTED, "UntrustedKey")
    members = payload(identity)
    must(set(members) == {"epoch", "key", "log", "started", "v"} and members["v"] == 1, "UnexpectedJson")
    return members | {"key": public_key(members["key"])}


def row(text):
    must(len(text) <= ROW_LIMIT, "TooLarge")
    header, payload = statement(text, "bulla-key", ["epc", "kid"])
    epoch = certificate(header["epc"])
    must(epoch["key"].thumbprint() == header["kid"], "BadRegistryRow")
    members = payload(epoch["key"])
    must(set(members) == {"created", "epoch", "kid", "master", "purpose", "wrapped"}, "UnexpectedJson")
    must(epoch["log"].split("/")[0] == KEYS["installation"], "BadRegistryRow")
    must(members["epoch"] == epoch["epoch"] and is_thumbprint(members["kid"]), "BadRegistryRow")
    must(members["purpose"] in ("data", "search", "commitment"), "BadRegistryRow")
    must(members["master"] == MASTER, "KeyUnavailable")
    try:
        key = aes_key_unwrap(decode(KEYS["master"]["k"]), base64url(members["wrapped"], "BadRegistryRow"))
    except InvalidUnwrap:
        raise Refused("AuthenticationFailed") from None
    must(jwk.JWK(kty="oct", k=encode(key)).thumbprint() == members["kid"], "KeyMismatch")
    return members


# The vectors


def refused(function, *arguments):
    with pytest.raises(Refused) as refusal:
        function(*arguments)
    return refusal.value.kind


def place(vector):
    return {name: value for name, value in vector["context"].items() if value is not None}


@pytest.mark.parametrize("vector", parameters(read("envelopes/opened.json")))
def test_a_stored_envelope_is_read(vector):
    content = stored(vector["envelope"], place(vector), vector["content"] == "columns")
    if vector["content"] == "bytes":
        assert content == decode(vector["plaintext"])


@pytest.mark.parametrize("vector", parameters(read("envelopes/refused.json")))
def test_a_stored_envelope_is_refused(vector):
    columns = vector["content"] == "columns"
    assert refused(stored, vector["envelope"], place(vector), columns) == vector["kind"]


@pytest.mark.parametrize("vector", parameters(read("registry/certificates.json")))
def test_a_certificate_is_read_or_refused(vector):
    if "kind" in vector:
        assert refused(certificate, vector["certificate"]) == vector["kind"]
    else:
        assert certificate(vector["certificate"])["epoch"] == vector["epoch"]


@pytest.mark.parametrize("vector", parameters(read("registry/accepted.json")))
def test_a_registry_row_is_read(vector):
    assert row(vector["row"])["kid"] == vector["kid"]


@pytest.mark.parametrize("vector", parameters(read("registry/refused.json")))
def test_a_registry_row_is_refused(vector):
    assert refused(row, vector["row"]) == vector["kind"]
