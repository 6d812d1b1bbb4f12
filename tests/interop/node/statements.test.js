// Statements are JWSs that jose verifies.
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeProtectedHeader, flattenedVerify } from "jose";
import { decode, publicKey, read } from "./vectors.js";

function flattened(statement) {
  if (statement.startsWith("{")) return JSON.parse(statement);
  const [encodedHeader, payload, signature] = statement.split(".");
  return { protected: encodedHeader, payload, signature };
}

// What was signed, where it lies beside the statement.
function beside(vector, header) {
  const document = decode(vector.document);
  const payload =
    header["dev.bulla.form"] === "RFC8785" ? Buffer.from('{"a":"x","b":1}') : document;
  return header.b64 === false ? payload : Buffer.from(payload).toString("base64url");
}

async function verified(vector, key) {
  const jws = flattened(vector.statement);
  const header = decodeProtectedHeader(jws);
  if (vector.detached && header.typ !== "bulla-batch") jws.payload = beside(vector, header);
  return (await flattenedVerify(jws, key)).payload;
}

for (const vector of [...read("statements/verified.json"), ...read("statements/java.json")]) {
  test(`${vector.name} is verified`, async () => {
    const payload = await verified(vector, await publicKey(vector.key, vector.algorithm));
    if (!vector.detached) {
      assert.deepEqual(Buffer.from(payload), Buffer.from(decode(vector.document)));
    }
  });
}

for (const vector of read("statements/refused.json")) {
  if (vector.kind !== "BadSignature") continue;
  test(`${vector.name} is not verified`, async () => {
    const key = await publicKey("rfc8037-a1", "EdDSA");
    const detached = vector.name === "other";
    await assert.rejects(verified({ ...vector, detached }, key), {
      code: "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
    });
  });
}
