"""The examples seal, open, sign and verify with the library under dist/. `make dist-native` makes it."""

import os
import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).parents[2]
LIBRARIES = ROOT / "dist" / "lib"
EXPECTED = """\
opened: {"order": 4711, "amount": 2500.00}
CONTEXT_MISMATCH: the envelope belongs elsewhere: /row is "4711" and should be "4712"
verified: signed in whatever layout
BAD_SIGNATURE
"""


def output(language, *command):
    environment = os.environ | {
        "LD_LIBRARY_PATH": str(LIBRARIES),
        "PKG_CONFIG_PATH": str(LIBRARIES / "pkgconfig"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        command, cwd=ROOT / "examples" / language, env=environment, capture_output=True, text=True
    )
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


class Examples(unittest.TestCase):
    maxDiff = None

    def test_python_also_has_a_key_service_hold_the_master_key(self):
        output("python", sys.executable, "-m", "unittest", "test_bulla")
        expected = EXPECTED + 'opened by a key service: {"order": 4711, "amount": 2500.00}\n'
        self.assertEqual(expected, output("python", sys.executable, "orders.py"))

    def test_go(self):
        output("go", "go", "vet", "./...")
        output("go", "go", "test", "-count=1", "./...")
        self.assertEqual(EXPECTED, output("go", "go", "run", "."))

    def test_node(self):
        output("node", "node", "--test")
        self.assertEqual(EXPECTED, output("node", "node", "orders.js"))


if __name__ == "__main__":
    unittest.main()
