"""Statements are JWSs that jwcrypto verifies; a batch's proof is a few lines of hashing."""

import hashlib
import json

import pytest
import rfc8785
from conftest import decode, parameters, read
from jwcrypto import jwk, jws

KEYS = read("jose/keys.json")
VERIFIED = read("statements/verified.json") + read("statements/java.json")
BATCHES = [vector for vector in VERIFIED if vector["name"].endswith("-batch")]
FORGED = [vector for vector in read("statements/refused.json") if vector["kind"] == "BadSignature"]

pytestmark = pytest.mark.filterwarnings("ignore:EdDSA")


def header(statement):
    encoded = json.loads(statement)["protected"] if statement[0] == "{" else statement.split(".")[0]
    return json.loads(decode(encoded))


def verified(statement, key, document):
    """The payload, which is `document` where that lies beside the statement."""
    token = jws.JWS()
    token.allowed_algs = ["EdDSA", "ES256", "PS256", "RS256"]
    token.deserialize(statement)
    token.verify(jwk.JWK(**KEYS[key]), detached_payload=document)
    return token.payload if document is None else document


def beside(vector):
    """What must be given to verify, if anything."""
    members = header(vector["statement"])
    if not vector["detached"] or members.get("typ") == "bulla-batch":
        return None
    document = decode(vector["document"])
    if members.get("dev.bulla.form") == "RFC8785":
        document = rfc8785.dumps(json.loads(document))
    return document


@pytest.mark.parametrize("vector", parameters(VERIFIED))
def test_a_statement_is_verified(vector):
    payload = verified(vector["statement"], vector["key"], beside(vector))
    if not vector["detached"]:
        assert payload == decode(vector["document"])
    members = header(vector["statement"])
    assert members["alg"] == vector["algorithm"]
    assert members["kid"] == jwk.JWK(**KEYS[vector["key"]]).thumbprint()


@pytest.mark.parametrize("vector", parameters(BATCHES))
def test_a_document_of_a_batch_leads_to_the_signed_root(vector):
    batch = json.loads(verified(vector["statement"], vector["key"], None))
    proof = json.loads(vector["statement"])["header"]["dev.bulla.proof"]
    assert batch["form"] == "raw"
    leaf = decode(proof["salt"]) + decode(vector["document"])
    node = hashlib.sha256(b"\0" + leaf).digest()
    at, last = proof["index"], batch["size"] - 1
    for sibling in map(decode, proof["path"]):
        # A node without a neighbour rises as it is.
        while at == last and at % 2 == 0:
            at, last = at // 2, last // 2
        pair = sibling + node if at % 2 else node + sibling
        node = hashlib.sha256(b"\1" + pair).digest()
        at, last = at // 2, last // 2
    assert node == decode(batch["root"])


@pytest.mark.parametrize("vector", parameters(FORGED))
def test_a_forged_statement_is_not_verified(vector):
    document = decode(vector["document"]) if vector["name"] == "other" else None
    with pytest.raises(jws.InvalidJWSSignature):
        verified(vector["statement"], "rfc8037-a1", document)
