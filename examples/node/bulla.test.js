import assert from "node:assert/strict";
import test from "node:test";
import { Opener, Sealer } from "./bulla.js";

const KEY = '{"kty": "oct", "k": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}';

test("a content type is not cut at a NUL", () => {
  assert.throws(() => new Sealer(KEY, "text/plain\0evil"), /NUL/);
  new Sealer(KEY, "text/plain").close();
});

test("all bytes of a view are sealed, and what is no bytes is refused", () => {
  const [sealer, opener] = [new Sealer(KEY), new Opener(KEY)];
  const sent = (data) => [...opener.open(sealer.seal(data, "{}"), "{}")];
  const four = Uint8Array.of(0, 1, 2, 3).buffer;
  assert.deepEqual(sent(new DataView(four, 1, 2)), [1, 2]);
  assert.deepEqual(sent(new Uint16Array(four)), [0, 1, 2, 3]);
  assert.deepEqual(sent(four), [0, 1, 2, 3]);
  assert.throws(() => sealer.seal([300], "{}"), /neither bytes nor a text/);
  sealer.close();
  opener.close();
});
