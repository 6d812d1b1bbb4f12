"""Each opens and verifies what the others just sealed and signed.

They are the command (Rust), the C library, Java, jwcrypto and jose. What they share lies in one
directory: keys, the document, its context. Each writes below its own name, `<key>.jwe` and
`<key>.<form>.jws`, and all read everything. A batch is for Bulla's own: its proof is no part of JOSE.
"""

import functools
import json
import pathlib
import subprocess

import bulla
import pytest
from conftest import ROOT, decode, read
from jwcrypto import jwe, jwk, jws

KEYS = read("jose/keys.json")
SEALING = {
    "a256kw": ("symmetric", "A256KW"),
    "a256gcmkw": ("symmetric", "A256GCMKW"),
    "rsa": ("rfc7515-a2", "RSA-OAEP-256"),
    "p256": ("rfc7515-a3", "ECDH-ES+A256KW"),
    "x25519": ("x25519", "ECDH-ES+A256KW"),
}
SIGNING = {
    "eddsa": ("rfc8037-a1", "EdDSA"),
    "es256": ("rfc7515-a3", "ES256"),
    "ps256": ("rfc7515-a2", "PS256"),
    "rs256": ("rfc7515-a2", "RS256"),
}
SEVERAL = [name for name in SEALING if name != "a256gcmkw"]
FORMS = ["attached", "flattened", "detached", "raw", "canonical"]
WITHIN = ["attached", "flattened"]
DOCUMENT = b'{"order": 1, "amount": "2,500"}\n'
CANONICAL = b'{"amount":"2,500","order":1}'
CONTEXT = '{"process":"loan"}'

pytestmark = pytest.mark.filterwarnings("ignore:EdDSA")


def members(name, algorithm):
    return KEYS[name] | {"alg": algorithm}


SEALING = {name: members(*of) for name, of in SEALING.items()}
SIGNING = {name: members(*of) for name, of in SIGNING.items()}


class Library:
    """The C library."""

    name = "c"

    def seal(self, *keys):
        return bulla.Sealer(json.dumps({"keys": keys})).seal(DOCUMENT, CONTEXT).decode()

    def open(self, envelope, key):
        return bulla.Opener(json.dumps(key)).open(envelope, CONTEXT)

    def sign(self, key, form):
        signer = bulla.Signer(json.dumps(key))
        if form == "batch":
            return signer.sign_batch([DOCUMENT, b""])[0].decode()
        canonical = bulla.DETACHED | bulla.CANONICAL
        forms = dict(zip(FORMS, [0, bulla.FLATTENED, bulla.DETACHED, bulla.DETACHED_RAW, canonical]))
        return signer.sign(DOCUMENT, forms[form]).decode()

    def verify(self, statement, key, form):
        verifier = bulla.Verifier(json.dumps(key))
        if form in WITHIN:
            return verifier.verify(statement)
        verifier.verify_document(statement, DOCUMENT)
        return DOCUMENT


class Command:
    """The command, which is Rust."""

    name = "command"

    def __init__(self, directory):
        self.directory = directory

    def run(self, *arguments, given):
        command = [ROOT / "dist/bin/bulla", *arguments]
        ran = subprocess.run(command, input=given, capture_output=True, cwd=self.directory, timeout=60)
        assert ran.returncode == 0, ran.stderr.decode()
        return ran.stdout

    def path(self, key):
        folder, keys = ("seal", SEALING) if key in SEALING.values() else ("sign", SIGNING)
        name = next(name for name, each in keys.items() if each == key)
        return f"keys/{folder}/{name}.jwk"

    def seal(self, *keys):
        recipients = [argument for key in keys for argument in ("--to", self.path(key))]
        return self.run("seal", "-q", "-c", CONTEXT, *recipients, given=DOCUMENT).decode()

    def open(self, envelope, key):
        return self.run("open", "-q", "-c", CONTEXT, "--key", self.path(key), given=envelope.encode())

    def sign(self, key, form):
        arguments = "sign", "-q", "--key", self.path(key)
        if form == "batch":
            self.run(*arguments, "--batch", "--force", "document", "context", given=b"")
            return (self.directory / "document.jws").read_text()
        forms = dict(zip(FORMS, [[], ["--flattened"], ["--detached"], ["--raw"], ["--detached", "--canonical"]]))
        return self.run(*arguments, *forms[form], given=DOCUMENT).decode()

    def verify(self, statement, key, form):
        where = ["--output", "-"] if form in WITHIN else ["--document", "document"]
        said = self.run("verify", "-q", "--key", self.path(key), *where, given=statement.encode())
        return said if form in WITHIN else DOCUMENT


@functools.cache
def foreign(key):
    """A key as jwcrypto has it; to check one of RSA takes long."""
    return jwk.JWK.from_json(key)


class JwCrypto:
    """jwcrypto, which knows nothing of Bulla."""

    name = "jwcrypto"

    def seal(self, *keys):
        content_key = jwk.JWK.generate(kty="oct", size=256)
        header = {"enc": "A256GCM", "dev.bulla.cek": content_key.thumbprint()}
        own = [{"alg": key["alg"], "kid": foreign(json.dumps(key)).thumbprint()} for key in keys]
        if len(keys) == 1:
            header |= own[0]
        token = jwe.JWE(DOCUMENT, json.dumps(header), aad=CONTEXT, algs=["A256GCM", *(key["alg"] for key in keys)])
        token.cek = decode(content_key.export(as_dict=True)["k"])
        for key, header in zip(keys, own):
            token.add_recipient(foreign(json.dumps(key)), json.dumps(header) if len(keys) > 1 else None)
        return token.serialize()

    def open(self, envelope, key):
        token = jwe.JWE(algs=[key["alg"], "A256GCM"])
        token.deserialize(envelope, foreign(json.dumps(key)))
        assert decode(json.loads(envelope)["aad"]) == CONTEXT.encode()
        return token.payload

    def sign(self, key, form):
        header = {"alg": key["alg"], "kid": foreign(json.dumps(key)).thumbprint()}
        if form == "raw":
            header |= {"b64": False, "crit": ["b64"]}
        if form == "canonical":
            header["dev.bulla.form"] = "RFC8785"
        token = jws.JWS(CANONICAL if form == "canonical" else DOCUMENT)
        token.allowed_algs = [key["alg"]]
        token.add_signature(foreign(json.dumps(key)), None, json.dumps(header))
        if form not in WITHIN:
            token.detach_payload()
        return token.serialize(compact=form != "flattened")

    def verify(self, statement, key, form):
        token = jws.JWS()
        token.allowed_algs = [key["alg"]]
        token.deserialize(statement)
        detached = {"canonical": CANONICAL}.get(form, DOCUMENT)
        token.verify(foreign(json.dumps(key)), detached_payload=None if form in WITHIN else detached)
        return token.payload if form in WITHIN else DOCUMENT


class Here:
    """One that this process asks for each envelope and statement."""

    def __init__(self, peer, forms):
        self.peer, self.name, self.forms = peer, peer.name, forms

    def write(self, directory):
        target = directory / self.name
        target.mkdir()
        for name, key in SEALING.items():
            (target / f"{name}.jwe").write_text(self.peer.seal(key))
        (target / "several.jwe").write_text(self.peer.seal(*(SEALING[name] for name in SEVERAL)))
        for name, key in SIGNING.items():
            for form in self.forms:
                (target / f"{name}.{form}.jws").write_text(self.peer.sign(key, form))

    def read(self, directory):
        for file in written(directory):
            name, form = file.name.split(".")[:2]
            if form == "jwe":
                for each in SEVERAL if name == "several" else [name]:
                    assert self.peer.open(file.read_text(), SEALING[each]) == DOCUMENT, file
            elif form in self.forms:
                assert self.peer.verify(file.read_text(), SIGNING[name], form) == DOCUMENT, file
            else:
                continue
            yield str(file.relative_to(directory))


class Elsewhere:
    """One that writes and reads all in a process of its own."""

    def __init__(self, name, forms, *command):
        self.name, self.forms, self.command = name, forms, command

    def run(self, verb, directory):
        command = [*self.command, verb, directory]
        ran = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=300)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout.split()

    def write(self, directory):
        self.run("write", directory)

    def read(self, directory):
        return self.run("read", directory)


def written(directory):
    return sorted(file for file in directory.glob("*/*.jw[es]"))


OWN = [*FORMS, "batch"]
PEERS = ["command", "c", "java", "jwcrypto", "jose"]


def peer(name, directory):
    java = ["java", "-cp", str(ROOT / "dist/java/bulla.jar"), "tests/interop/java/Peer.java"]
    return {
        "command": lambda: Here(Command(directory), OWN),
        "c": lambda: Here(Library(), OWN),
        "java": lambda: Elsewhere("java", OWN, *java),
        "jwcrypto": lambda: Here(JwCrypto(), FORMS),
        "jose": lambda: Elsewhere("jose", FORMS, "node", "tests/interop/node/peer.js"),
    }[name]()


@pytest.fixture(scope="module")
def exchange(tmp_path_factory):
    """The directory, in which all have written."""
    directory = pathlib.Path(tmp_path_factory.mktemp("exchange"))
    for folder, keys in (("seal", SEALING), ("sign", SIGNING)):
        (directory / "keys" / folder).mkdir(parents=True)
        for name, key in keys.items():
            (directory / "keys" / folder / f"{name}.jwk").write_text(json.dumps(key))
    several = "".join(json.dumps(SEALING[name]) + "\n" for name in SEVERAL)
    (directory / "keys" / "several").write_text(several)
    (directory / "document").write_bytes(DOCUMENT)
    (directory / "document.canonical").write_bytes(CANONICAL)
    (directory / "context").write_text(CONTEXT)
    for name in PEERS:
        peer(name, directory).write(directory)
    return directory


def test_all_wrote_by_every_algorithm_and_in_every_form(exchange):
    for name in PEERS:
        sealed = {f"{key}.jwe" for key in SEALING} | ({"several.jwe"} if name != "jose" else set())
        forms = peer(name, exchange).forms
        signed = {f"{key}.{form}.jws" for key in SIGNING for form in forms}
        assert {file.name for file in (exchange / name).iterdir()} == sealed | signed


@pytest.mark.parametrize("name", PEERS)
def test_everything_that_was_written_is_read_by(exchange, name):
    reader = peer(name, exchange)
    expected = {
        str(file.relative_to(exchange))
        for file in written(exchange)
        if "batch" in reader.forms or ".batch." not in file.name
    }
    assert set(reader.read(exchange)) == expected
