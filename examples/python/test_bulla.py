"""What the binding takes for bytes."""

import array
import unittest

from bulla import Opener, Sealer, Signer

KEY = '{"kty": "oct", "k": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}'
# The key of RFC 8037, appendix A.1.
SIGNING = """{"kty": "OKP", "crv": "Ed25519", "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
              "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"""


class Input(unittest.TestCase):
    def test_what_is_no_bytes_is_refused(self):
        with Sealer(KEY) as sealer:
            for no_bytes in 5, [1, 2], None:
                with self.assertRaises(TypeError):
                    sealer.seal(no_bytes, "{}")

    def test_all_bytes_of_a_buffer_are_sealed(self):
        numbers = array.array("H", [1, 300])
        with Sealer(KEY) as sealer, Opener(KEY) as opener:
            for data in numbers, memoryview(numbers), bytearray(numbers):
                self.assertEqual(numbers.tobytes(), opener.open(sealer.seal(data, "{}"), "{}"))

    def test_a_batch_takes_what_a_signature_takes(self):
        with Signer(SIGNING) as signer:
            self.assertEqual(2, len(signer.sign_batch(["a text", b"bytes"])))
            with self.assertRaises(TypeError):
                signer.sign_batch([5])


if __name__ == "__main__":
    unittest.main()
