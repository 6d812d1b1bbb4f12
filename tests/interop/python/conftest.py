"""The vectors of tests/vectors, and what their bytes are made of."""

import base64
import json
import os
import pathlib
import struct
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
VECTORS = ROOT / "tests" / "vectors"

# The example's binding, which test_c.py reads the vectors with.
sys.path.append(str(ROOT / "examples" / "python"))
os.environ.setdefault("BULLA_LIBRARY", str(ROOT / "dist" / "lib" / "libbulla.so"))


def read(name):
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encode(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def packed_string(text):
    """A string as commitments and tags see it: its length, and its bytes."""
    if text is None:
        return struct.pack(">i", -1)
    data = text.encode()
    return struct.pack(">i", len(data)) + data


def parameters(vectors):
    return [pytest.param(vector, id=vector["name"]) for vector in vectors]


@pytest.fixture(scope="session")
def keys():
    return read("keys.json")
