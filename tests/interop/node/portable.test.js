// Portable envelopes are JWEs that jose opens, each recipient by itself.
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeProtectedHeader, flattenedDecrypt, generalDecrypt } from "jose";
import { decode, privateKey, read, thumbprint } from "./vectors.js";

async function opened(vector, name, algorithm) {
  const envelope = JSON.parse(vector.envelope);
  const decrypt = envelope.recipients ? generalDecrypt : flattenedDecrypt;
  return decrypt(envelope, await privateKey(name, algorithm));
}

for (const vector of [...read("portable/opened.json"), ...read("portable/java.json")]) {
  vector.keys.forEach((name, index) =>
    test(`${vector.name} opens by ${name}`, async () => {
      const { plaintext, additionalAuthenticatedData } = await opened(
        vector,
        name,
        vector.algorithms[index],
      );
      assert.deepEqual(Buffer.from(plaintext), Buffer.from(decode(vector.plaintext)));
      const envelope = JSON.parse(vector.envelope);
      assert.equal(Buffer.from(additionalAuthenticatedData).toString("base64url"), envelope.aad);
      const header = envelope.recipients?.[index].header ?? decodeProtectedHeader(envelope);
      assert.equal(header.kid, await thumbprint(name));
    }),
  );
}

for (const vector of read("portable/refused.json")) {
  if (vector.kind !== "AuthenticationFailed") continue;
  test(`${vector.name} does not open`, () =>
    assert.rejects(opened(vector, "symmetric", "A256KW"), { code: "ERR_JWE_DECRYPTION_FAILED" }));
}
