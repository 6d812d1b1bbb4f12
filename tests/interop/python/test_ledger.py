"""Records are canonical JSON with detached JWSs; checkpoints are signed notes over their tree."""

import base64
import hashlib
import hmac
import json

import pytest
import rfc8785
from conftest import decode, encode, packed_string, parameters, read
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from jwcrypto import jwk, jws

RECORDS = parameters(read("records/accepted.json"))
FORGED = [vector for vector in read("records/refused.json") if vector["kind"] == "BadSignature"]
CHECKPOINTS = read("checkpoints/accepted.json")
NOTES = parameters(CHECKPOINTS["notes"])

pytestmark = pytest.mark.filterwarnings("ignore:EdDSA")


def verify(vector, key):
    token = jws.JWS()
    token.allowed_algs = ["EdDSA"]
    token.deserialize(vector["signature"])
    token.verify(key, detached_payload=sha256(vector["record"].encode()))


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def root(leaves):
    """RFC 6962, section 2.1."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1", root(leaves[:split]), root(leaves[split:]))


def mac(key, *parts):
    return hmac.digest(key, b"".join(parts), hashlib.sha256)


@pytest.mark.parametrize("vector", RECORDS)
def test_a_record_is_signed_by_its_epoch(vector, keys):
    verify(vector, jwk.JWK(**keys["epoch"]))


@pytest.mark.parametrize("vector", RECORDS)
def test_a_record_is_canonical_json(vector):
    assert rfc8785.dumps(json.loads(vector["record"])).decode() == vector["record"]


@pytest.mark.parametrize("vector", RECORDS)
def test_a_leaf_holds_record_and_signature(vector):
    leaf = sha256(b"\0", vector["record"].encode(), b"\n", vector["signature"].encode())
    assert leaf.hex() == vector["leaf"]


@pytest.mark.parametrize("vector", parameters(FORGED))
def test_a_forged_record_does_not_verify_as_its_epochs(vector, keys):
    if vector["name"] == "another-log":
        return  # The signature is genuine; the record is of another log than its epoch.
    with pytest.raises(jws.InvalidJWSSignature):
        verify(vector, jwk.JWK(**keys["epoch"]))


@pytest.mark.parametrize("vector", NOTES)
def test_a_checkpoint_is_signed_by_the_log_key(vector):
    name, key_id, key = CHECKPOINTS["verifier"].split("+", 2)
    key = base64.b64decode(key)
    assert key[0] == 1 and sha256(name.encode(), b"\n", key)[:4].hex() == key_id
    text, signature = vector["note"].split("\n\n")
    dash, signer, blob = signature.rstrip("\n").split(" ")
    blob = base64.b64decode(blob)
    assert (dash, signer, blob[:4].hex()) == ("—", name, key_id)
    public = Ed25519PublicKey.from_public_bytes(key[1:])
    public.verify(blob[4:], f"{text}\n".encode())
    with pytest.raises(InvalidSignature):
        public.verify(blob[4:], text.encode())
    origin, size, head = text.split("\n")
    assert (origin, int(size)) == (vector["origin"], vector["size"])
    assert base64.b64decode(head).hex() == vector["root"]


@pytest.mark.parametrize("vector", NOTES)
def test_a_checkpoint_has_the_root_of_the_anchored_records(vector):
    lines = [json.loads(line) for line in read("anchors/accepted.json")]
    records = [line for line in lines if "record" in line][: vector["size"]]
    leaves = [
        sha256(b"\0", line["record"].encode(), b"\n", line["signature"].encode()) for line in records
    ]
    assert root(leaves).hex() == vector["root"]


def test_the_tree_is_that_of_rfc_6962():
    vector = read("rfc6962/tree.json")
    leaves = [sha256(b"\0", bytes.fromhex(leaf)) for leaf in vector["leaves"]]
    assert [root(leaves[: size + 1]).hex() for size in range(len(leaves))] == vector["roots"]


def test_commitments_are_macs_under_keys_derived_downwards(keys):
    vector = read("records/commitments.json")
    commitment_key = decode(keys["commitment"]["k"])
    salt = decode(vector["salt"])
    instance = mac(commitment_key, salt)
    assert encode(instance) == vector["instanceKey"]
    assert encode(mac(commitment_key, b"bulla installation")) == vector["installationKey"]
    row = mac(instance, packed_string(vector["table"]), packed_string(vector["id"]))
    assert encode(row) == vector["rowKey"]
    columns = [decode(column) for column in vector["fixedColumns"]]
    known = [column for column in columns if not column.endswith(b"_\0")]
    assert encode(mac(row, b"F", *known)[:16]) == vector["fixed"]
    assert encode(mac(row, b"U", decode(vector["updatableColumn"]))[:16]) == vector["updatable"]
    digest = sha256(b"bulla salt\0", vector["instance"].encode(), b"\0", salt)
    assert encode(digest[:16]) == vector["saltDigest"]
    predicate = mac(
        instance,
        packed_string(vector["table"]),
        packed_string("PROC_INST_ID_"),
        b"\1" + packed_string("pi-1"),
    )
    assert encode(predicate) == vector["predicateKey"]
    assert encode(mac(predicate, b"U", decode(vector["predicateColumn"]))[:16]) == vector["predicate"]
