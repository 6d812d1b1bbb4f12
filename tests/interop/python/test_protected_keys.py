"""Key files under a passphrase are JWEs that jwcrypto opens."""

import json

import pytest
from conftest import parameters, read
from jwcrypto import jwa, jwe, jwk

VECTORS = read("keys/protected.json")
FILES = [vector for vector in VECTORS["files"] if "BEGIN" not in vector["file"]]


@pytest.fixture(autouse=True)
def as_many_rounds_as_bulla_does(monkeypatch):
    monkeypatch.setattr(jwa, "default_max_pbkdf2_iterations", 600_000)


@pytest.mark.parametrize("vector", parameters(FILES))
def test_a_protected_key_file_opens(vector):
    file = jwe.JWE()
    file.deserialize(vector["file"], jwk.JWK.from_password(VECTORS["passphrase"]))
    document = json.loads(file.payload)
    keys = [jwk.JWK(**key) for key in document.get("keys", [document])]
    assert [key.thumbprint() for key in keys] == vector["thumbprints"]
