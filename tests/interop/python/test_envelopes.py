"""Stored envelopes are JWEs that any JOSE library opens, given the data key."""

import json
import struct

import pytest
import rfc8785
from conftest import decode, encode, packed_string, parameters, read
from jwcrypto import jwe, jwk

OPENED = parameters(read("envelopes/opened.json"))
CHANGED = [
    vector for vector in read("envelopes/refused.json") if vector["kind"] == "AuthenticationFailed"
]
LETTERS = {
    "group": "g",
    "instance": "i",
    "log": "l",
    "name": "n",
    "tenant": "o",
    "row": "r",
    "table": "t",
    "type": "y",
}


def opened(envelope, keys):
    token = jwe.JWE()
    token.deserialize(envelope, jwk.JWK(**keys["data"]))
    return token


@pytest.mark.parametrize("vector", OPENED)
def test_an_envelope_opens_with_the_data_key(vector, keys):
    assert opened(vector["envelope"], keys).payload == decode(vector["padded"])


@pytest.mark.parametrize("vector", OPENED)
def test_the_header_is_canonical_and_holds_the_context(vector, keys):
    header = decode(vector["envelope"].split(".")[0])
    members = json.loads(header)
    assert header == rfc8785.dumps(members)
    assert members["alg"] == "dir" and members["enc"] == "A256GCM"
    assert members["kid"] == jwk.JWK(**keys["data"]).thumbprint()
    stated = {LETTERS[name]: value for name, value in vector["context"].items() if value is not None}
    assert members["ctx"] == stated


@pytest.mark.parametrize("vector", OPENED)
def test_the_padding_comes_off(vector, keys):
    padded = opened(vector["envelope"], keys).payload
    assert len(padded) % 32 == 0
    if vector["content"] == "bytes":
        content, _, rest = padded.rpartition(b"\x80")
        assert rest.strip(b"\0") == b""
        assert content == decode(vector["plaintext"])
    else:
        assert packed(json.loads(padded)) == decode(vector["plaintext"])


@pytest.mark.parametrize("vector", parameters(CHANGED))
def test_a_changed_envelope_does_not_open(vector, keys):
    with pytest.raises(jwe.InvalidJWEData):
        opened(vector["envelope"], keys)


def packed(columns):
    """The columns of a document in their packed form."""
    out = [struct.pack(">i", len(columns))]
    for name, value in columns.items():
        out += [packed_string(name), packed_value(value)]
    return b"".join(out)


def packed_value(value):
    if value is None:
        return b"\0"
    if isinstance(value, str):
        return b"\1" + packed_string(value)
    if isinstance(value, int):
        return b"\2" + struct.pack(">q", value)
    ((tag, content),) = value.items()
    if tag == "b":
        data = decode(content)
        assert encode(data) == content
        return b"\4" + struct.pack(">i", len(data)) + data
    if tag == "d":
        bits = bytes.fromhex(content) if isinstance(content, str) else struct.pack(">d", content)
        return b"\3" + bits
    return {"i": b"\2", "t": b"\5"}[tag] + struct.pack(">q", int(content))
