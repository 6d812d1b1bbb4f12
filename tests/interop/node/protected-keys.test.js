// Key files under a passphrase are JWEs that jose opens.
import assert from "node:assert/strict";
import { test } from "node:test";
import { calculateJwkThumbprint, compactDecrypt, flattenedDecrypt } from "jose";
import { read } from "./vectors.js";

const { passphrase, files } = read("keys/protected.json");

for (const { name, file, thumbprints } of files) {
  if (file.startsWith("-----BEGIN")) continue;
  test(`${name} opens`, async () => {
    const options = {
      keyManagementAlgorithms: ["PBES2-HS512+A256KW"],
      maxPBES2Count: 600_000,
    };
    const secret = new TextEncoder().encode(passphrase);
    const { plaintext } = file.startsWith("{")
      ? await flattenedDecrypt(JSON.parse(file), secret, options)
      : await compactDecrypt(file, secret, options);
    const document = JSON.parse(new TextDecoder().decode(plaintext));
    const keys = document.keys ?? [document];
    assert.deepEqual(await Promise.all(keys.map((key) => calculateJwkThumbprint(key))), thumbprints);
  });
}
