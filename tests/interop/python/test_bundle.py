"""An audit of evidence bundles by docs/format.md alone: what it finds is what Bulla's audit found."""

import base64
import collections
import gzip
import hashlib
import io
import json
import re
import struct
import tarfile
import tomllib

import pytest
from conftest import VECTORS, decode, encode, packed_string, read
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from jwcrypto import jwk, jws
from test_envelopes import packed_value
from test_ledger import mac, root, sha256

POLICY = tomllib.loads((VECTORS / "bundles/audit-policy.toml").read_text(encoding="utf-8"))
(COMMITMENT_KEY,) = json.loads((VECTORS / "bundles/audit-keys.jwks").read_text(encoding="utf-8"))["keys"]

pytestmark = pytest.mark.filterwarnings("ignore:EdDSA")


class Bundle:
    def __init__(self, name):
        packed = gzip.decompress((VECTORS / f"bundles/{name}.tar.gz").read_bytes())
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            self.members = {member.name: archive.extractfile(member).read() for member in archive}

    def document(self, name):
        return json.loads(self.members[name])

    def lines(self, folder):
        """The rows of a table, which may stand in several members."""
        names = [name for name in self.members if re.fullmatch(f"{folder}/[0-9]+\\.ndjson", name)]
        return [json.loads(line) for name in names for line in self.members[name].splitlines()]

    def records(self):
        """Records with their signatures, by number."""
        rows = self.lines("ledger/BULLA_RECORD")
        records = [(json.loads(row["RECORD_"]), row["RECORD_"], row["SIGNATURE_"]) for row in rows]
        return {record["seq"]: (record, text, signature) for record, text, signature in records}

    def rows(self, table):
        return self.lines(f"rows/{re.escape(table)}")


@pytest.fixture(scope="module", params=["clean", "edited"])
def bundle(request):
    return Bundle(request.param)


@pytest.fixture(scope="module")
def clean():
    return Bundle("clean")


def runs(account, member):
    """The numbers of an account's list."""
    for run in account.get(member, []):
        first, last = run if isinstance(run, list) else (run, run)
        yield from range(first, last + 1)


def verified(token, key):
    statement = jws.JWS()
    statement.allowed_algs = ["EdDSA"]
    statement.deserialize(token, key)
    return json.loads(statement.payload)


def test_the_parts_are_as_the_manifest_says(bundle):
    about = bundle.document("bundle.json")
    assert (about["format"], about["v"], about["installation"]) == ("bulla-evidence", 1, "loans")
    names = list(bundle.members)
    assert names.pop() == "manifest.json"
    for part in bundle.document("manifest.json")["parts"]:
        mine = [name for name in names if name == part["name"] or name.startswith(part["name"] + "/")]
        assert mine == names[: part["members"]], part
        names = names[part["members"] :]
        content = b"".join(bundle.members[name] for name in mine)
        assert (len(content), hashlib.sha256(content).hexdigest()) == (part["bytes"], part["sha256"])
        rows = content.count(b"\n") if mine[0].endswith(".ndjson") else 0
        assert rows == part["rows"]
    assert names == []


def test_members_stand_in_their_order_and_are_numbered(bundle):
    sorts = ["bundle.json", "anchors/", "ledger/", "tables.json", "schema/", "rows/", "manifest.json"]
    order = [next(at for at, sort in enumerate(sorts) if name.startswith(sort)) for name in bundle.members]
    assert order == sorted(order)
    counts = collections.Counter()
    for name in bundle.members:
        if name.endswith(".ndjson"):
            folder, _, number = name.rpartition("/")
            counts[folder] += 1
            assert number == f"{counts[folder]:06}.ndjson"


def test_each_record_is_signed_by_its_certified_epoch(bundle):
    records = bundle.records()
    certificate = records[1][0]["certificate"]
    identity = jwk.JWK(**json.loads(decode(certificate.split(".")[0]))["jwk"])
    assert identity.thumbprint() in POLICY["identities"]
    epoch = verified(certificate, identity)
    key = jwk.JWK(**epoch["key"])
    for record, text, signature in records.values():
        assert (record["log"], record["epoch"]) == (epoch["log"], epoch["epoch"])
        header = {"alg": "EdDSA", "kid": key.thumbprint(), "typ": "bulla-record"}
        assert json.loads(decode(signature.split(".")[0])) == header
        statement = jws.JWS()
        statement.allowed_algs = ["EdDSA"]
        statement.deserialize(signature)
        statement.verify(key, detached_payload=sha256(text.encode()))


def leaves_by_accounts(bundle):
    """The leaves in the order in which accounts add them."""
    records, leaves = bundle.records(), []
    for _, (record, _, _) in sorted(records.items()):
        if record["kind"] not in ("account", "end"):
            continue
        added = list(runs(record, "added"))
        assert record["first"] == len(leaves)
        for seq in [*added, record["seq"]]:
            _, text, signature = records[seq]
            leaves.append(sha256(b"\0", text.encode(), b"\n", signature.encode()))
    return leaves


def test_accounts_order_the_records_into_the_tree_that_checkpoints_sign(bundle):
    leaves = leaves_by_accounts(bundle)
    key = base64.b64decode(POLICY["logs"]["loans/node-1"].split("+", 2)[2])
    checkpoints = bundle.lines("ledger/BULLA_CHECKPOINT")
    for row in checkpoints:
        text, signature = row["NOTE_"].split("\n\n")
        blob = base64.b64decode(signature.rstrip("\n").split(" ")[2])
        Ed25519PublicKey.from_public_bytes(key[1:]).verify(blob[4:], f"{text}\n".encode())
        origin, size, head = text.split("\n")
        assert (origin, int(size)) == ("loans/node-1", row["SIZE_"])
        assert root(leaves[: int(size)]) == base64.b64decode(head)
    assert len(checkpoints) > 10


def test_the_anchor_has_the_records_in_the_order_of_the_leaves(bundle):
    (name,) = (name for name in bundle.members if name.startswith("anchors/") and name.endswith(".gz"))
    lines = [json.loads(line) for line in gzip.decompress(bundle.members[name]).splitlines()]
    anchored = [
        sha256(b"\0", line["record"].encode(), b"\n", line["signature"].encode())
        for line in lines
        if "record" in line
    ]
    assert anchored == leaves_by_accounts(bundle)
    notes = [line["checkpoint"] for line in lines if "checkpoint" in line]
    assert notes == [row["NOTE_"] for row in bundle.lines("ledger/BULLA_CHECKPOINT")]
    rows = {line["key"] for line in lines if "key" in line}
    assert rows == {row["ROW_"] for row in bundle.lines("ledger/BULLA_KEY")}


def column(name, value):
    return packed_string(name) + packed_value(value)


def rotated(x, bits):
    return (x << bits | x >> 64 - bits) & (1 << 64) - 1


def siphash(key, data):
    """SipHash-2-4."""
    mask = (1 << 64) - 1
    k0, k1 = struct.unpack("<QQ", key)
    v = [k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D, k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573]

    def rounds(count):
        for _ in range(count):
            v[0] = (v[0] + v[1]) & mask
            v[2] = (v[2] + v[3]) & mask
            v[1], v[3] = rotated(v[1], 13) ^ v[0], rotated(v[3], 16) ^ v[2]
            v[0] = rotated(v[0], 32)
            v[2] = (v[2] + v[1]) & mask
            v[0] = (v[0] + v[3]) & mask
            v[1], v[3] = rotated(v[1], 17) ^ v[2], rotated(v[3], 21) ^ v[0]
            v[2] = rotated(v[2], 32)

    padded = data + bytes(-(len(data) + 1) % 8) + bytes([len(data) & 0xFF])
    for (word,) in struct.iter_unpack("<Q", padded):
        v[3] ^= word
        rounds(2)
        v[0] ^= word
    v[2] ^= 0xFF
    rounds(4)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def locators(instance_key, table, row, columns):
    key = mac(instance_key, b"locators")[:16]
    place = packed_string(table) + packed_string(row)
    return b"".join(struct.pack(">Q", siphash(key, place + each))[:4] for each in columns)


def test_locators_are_those_of_the_vector():
    assert siphash(bytes(range(16)), bytes(range(15))) == 0xA129CA6149BE45E5  # The paper's example.
    vector = read("records/commitments.json")
    columns = [decode(each) for each in vector["fixedColumns"]]
    made = locators(decode(vector["instanceKey"]), vector["table"], vector["id"], columns)
    assert encode(made) == vector["locators"]


def instance_keys(bundle, record):
    """The keys of the instances of a record's `salts`, in that order."""
    key = decode(COMMITMENT_KEY["k"])
    salts = {row["INSTANCE_"]: decode(row["SALT_"]) for row in bundle.lines("ledger/BULLA_SALT")}
    keys = []
    for instance, digest in record["salts"]:
        if digest is None:
            keys.append(mac(key, b"bulla installation"))
            continue
        salt = salts[instance]
        assert encode(sha256(b"bulla salt\0", instance.encode(), b"\0", salt)[:16]) == digest
        keys.append(mac(key, salt))
    return keys


def row_id(row, columns):
    values = [str(row.get(name)) for name in columns]
    return values[0] if len(values) == 1 else json.dumps(values, separators=(",", ":"))


def replayed(bundle):
    """What the records say that the tables hold: by table and row the insertion, and for each updatable
    column how the value that was last set is committed to."""
    records = bundle.records()
    coverage = records[1][0]["coverage"]
    there = {table: {row_id(row, of["id"]): row for row in bundle.rows(table)} for table, of in coverage.items()}
    expected = {}
    for record, _, _ in (each for _, each in sorted(records.items())):
        if record["kind"] != "tx":
            continue
        keys = [*instance_keys(bundle, record), mac(decode(COMMITMENT_KEY["k"]), b"bulla installation")]
        for entry in record["rows"]:
            place, key = (entry["t"], entry.get("i")), keys[entry.get("p", -1)]
            row_key = mac(key, packed_string(entry["t"]), packed_string(entry.get("i")))
            if entry["o"] == "I":
                columns = dict.fromkeys(coverage[entry["t"]]["updatable"], (row_key, None))
                expected[place] = entry, key, row_key, columns
            elif entry["o"] == "D":
                del expected[place]
                continue
            if entry["o"] == "P":
                name, value = entry["w"]
                key = mac(key, packed_string(entry["t"]), packed_string(name), packed_value(value))
                places = [
                    (table, row)
                    for table, row in expected
                    if table in entry["t"].split(",") and there[table].get(row, {}).get(name) == value
                ]
            else:
                key, places = row_key, [place]
            for place in places:
                columns = expected[place][3]
                columns.update({name: (key, made) for name, made in entry["u"].items() if name in columns})
    return coverage, there, expected


def committed(key, name, value):
    return None if value is None else encode(mac(key, b"U", column(name, value))[:16])


def found(bundle):
    """What is otherwise than recorded: table, row and column."""
    coverage, there, expected = replayed(bundle)
    for (table, row), (entry, key, row_key, columns) in expected.items():
        values = there[table].get(row)
        if values is None:
            yield table, row, None
            continue
        fixed = [column(name, values.get(name)) for name in coverage[table]["fixed"]]
        known = [column(name, values[name]) for name in coverage[table]["fixed"] if name in values]
        assert encode(mac(row_key, b"F", *known)[:16]) == entry["f"]
        assert encode(locators(key, table, row, fixed)) == entry["l"]
        for name, (by, made) in columns.items():
            if committed(by, name, values.get(name)) != made:
                yield table, row, name
    for table, rows in there.items():
        yield from ((table, row, None) for row in rows if (table, row) not in expected)


def test_an_untouched_database_is_as_recorded(clean):
    assert list(found(clean)) == []
    assert len(replayed(clean)[2]) > 90


def test_an_edited_database_has_the_findings_of_the_audit():
    report = json.loads((VECTORS / "bundles/edited.json").read_text(encoding="utf-8"))["findings"]
    reported = {(finding["table"], finding["row"], finding["column"]) for finding in report}
    assert set(found(Bundle("edited"))) == reported and len(reported) == len(report)
