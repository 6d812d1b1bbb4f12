import assert from "node:assert/strict";
import test from "node:test";
import { Sealer } from "./bulla.js";

test("a content type is not cut at a NUL", () => {
  const key = '{"kty": "oct", "k": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}';
  assert.throws(() => new Sealer(key, "text/plain\0evil"), /NUL/);
  new Sealer(key, "text/plain").close();
});
