"""Canonical JSON is that of another implementation of RFC 8785."""

import json

import pytest
import rfc8785
from conftest import VECTORS, parameters, read

EXAMPLES = sorted((VECTORS / "rfc8785").glob("*.input.json"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_the_examples_of_the_rfc_become_canonical(example):
    expected = example.with_name(example.name.replace("input", "expected")).read_bytes()
    assert rfc8785.dumps(json.loads(example.read_text(encoding="utf-8"))) == expected


@pytest.mark.parametrize("vector", parameters(read("json/canonical.json")))
def test_documents_become_canonical(vector):
    # Integers beyond 2^53 are integers in Python, and doubles in the RFC.
    document = json.loads(vector["document"], parse_int=float)
    assert rfc8785.dumps(document).decode() == vector["canonical"]
