"""Portable envelopes are JWEs that jwcrypto opens, each recipient by itself."""

import json

import pytest
import rfc8785
from conftest import decode, parameters, read
from jwcrypto import jwe, jwk
from jwcrypto.common import JWException

KEYS = read("jose/keys.json")
OPENED = parameters(read("portable/opened.json") + read("portable/java.json"))
CHANGED = [
    vector for vector in read("portable/refused.json") if vector["kind"] == "AuthenticationFailed"
]
ALGORITHMS = ["A256KW", "A256GCMKW", "RSA-OAEP-256", "ECDH-ES+A256KW", "A256GCM"]


def opened(envelope, key):
    token = jwe.JWE(algs=ALGORITHMS)
    token.deserialize(envelope, key)
    return token


@pytest.mark.parametrize("vector", OPENED)
def test_an_envelope_opens_with_the_key_of_each_recipient(vector):
    for name in vector["keys"]:
        token = opened(vector["envelope"], jwk.JWK(**KEYS[name]))
        assert token.payload == decode(vector["plaintext"])


@pytest.mark.parametrize("vector", OPENED)
def test_an_envelope_and_its_context_are_canonical(vector):
    envelope = json.loads(vector["envelope"])
    assert vector["envelope"].encode() == rfc8785.dumps(envelope)
    assert decode(envelope["aad"]) == rfc8785.dumps(vector["context"])
    header = decode(envelope["protected"])
    assert header == rfc8785.dumps(json.loads(header))


@pytest.mark.parametrize("vector", OPENED)
def test_an_envelope_commits_to_its_content_key(vector):
    token = opened(vector["envelope"], jwk.JWK(**KEYS[vector["keys"][0]]))
    header = json.loads(decode(json.loads(vector["envelope"])["protected"]))
    content_key = jwk.JWK(kty="oct", k=jwk.base64url_encode(token.cek))
    assert header["dev.bulla.cek"] == content_key.thumbprint()


@pytest.mark.parametrize("vector", OPENED)
def test_a_recipient_is_named_by_the_thumbprint_of_its_key(vector):
    envelope = json.loads(vector["envelope"])
    protected = json.loads(decode(envelope["protected"]))
    headers = [each["header"] for each in envelope.get("recipients", [])] or [protected]
    assert [header["kid"] for header in headers] == [
        jwk.JWK(**KEYS[name]).thumbprint() for name in vector["keys"]
    ]
    assert [header["alg"] for header in headers] == vector["algorithms"]
    assert ("recipients" in envelope) == (len(vector["keys"]) > 1)


@pytest.mark.parametrize("vector", parameters(CHANGED))
def test_a_changed_envelope_does_not_open(vector):
    with pytest.raises(JWException):
        opened(vector["envelope"], jwk.JWK(**KEYS["symmetric"]))
