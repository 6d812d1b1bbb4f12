"""Keys are JWKs named by their thumbprints; registry rows and certificates are JWSs."""

import hashlib
import hmac
import json
import struct

import pytest
from conftest import decode, encode, packed_string, parameters, read
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap
from jwcrypto import jwk, jws

ROWS = parameters(read("registry/accepted.json"))
NAMED = [vector for vector in read("jose/jwk.json") if "thumbprint" in vector]
FORGED = [vector for vector in read("registry/refused.json") if vector["kind"] == "BadSignature"]

pytestmark = pytest.mark.filterwarnings("ignore:EdDSA")


def header(statement):
    return json.loads(decode(statement.split(".")[0]))


def payload(statement, key):
    token = jws.JWS()
    token.allowed_algs = ["EdDSA"]
    token.deserialize(statement, key)
    return json.loads(token.payload)


def epoch_key(certificate, keys):
    """The key that a certificate by the trusted identity names."""
    identity = jwk.JWK(**header(certificate)["jwk"])
    assert identity.thumbprint() == jwk.JWK(**keys["identity"]).thumbprint()
    return jwk.JWK(**payload(certificate, identity)["key"])


@pytest.mark.parametrize("vector", parameters(read("rfc7638/thumbprints.json") + NAMED))
def test_a_key_is_named_by_its_thumbprint(vector):
    assert jwk.JWK(**vector["key"]).thumbprint() == vector["thumbprint"]


@pytest.mark.parametrize("vector", ROWS)
def test_a_registry_row_is_signed_by_a_certified_epoch(vector, keys):
    members = header(vector["row"])
    key = epoch_key(members["epc"], keys)
    assert key.thumbprint() == members["kid"]
    row = payload(vector["row"], key)
    assert row["kid"] == vector["kid"] and row["purpose"] == vector["purpose"]


@pytest.mark.parametrize("vector", ROWS)
def test_a_registry_row_holds_the_key_that_it_names(vector, keys):
    row = json.loads(decode(vector["row"].split(".")[1]))
    assert row["master"] == jwk.JWK(**keys["master"]).thumbprint()
    secret = aes_key_unwrap(decode(keys["master"]["k"]), decode(row["wrapped"]))
    assert jwk.JWK(kty="oct", k=encode(secret)).thumbprint() == row["kid"]
    assert encode(secret) == keys[row["purpose"]]["k"]


@pytest.mark.parametrize("vector", parameters(FORGED))
def test_a_forged_registry_row_does_not_verify(vector, keys):
    key = epoch_key(header(vector["row"])["epc"], keys)
    with pytest.raises(jws.InvalidJWSSignature):
        payload(vector["row"], key)


@pytest.mark.parametrize("vector", parameters(read("search/tags.json")))
def test_a_search_tag_is_a_mac_of_where_and_what(vector, keys):
    value = decode(vector["value"])
    if value[0] == 3 and struct.unpack(">d", value[1:])[0].is_integer():
        value = b"\2" + struct.pack(">q", int(struct.unpack(">d", value[1:])[0]))
    where = [vector["tenant"], vector["variable"], vector["type"]]
    message = b"".join(map(packed_string, where)) + value
    tag = hmac.digest(decode(keys["search"]["k"]), message, hashlib.sha256)
    assert vector["text"] == "bulla:tag:" + encode(tag[:16])
    assert vector["long"] == int.from_bytes(tag[16:24], "big") >> 1
    assert vector["double"] == int.from_bytes(tag[24:32], "big") >> 12
