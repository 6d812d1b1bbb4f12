// jose's side of tests/interop/python/test_each_other.py: `write` makes envelopes and statements below
// the directory, `read` reads everyone's and names each file that it could read.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  calculateJwkThumbprint,
  FlattenedEncrypt,
  FlattenedSign,
  flattenedDecrypt,
  flattenedVerify,
  generalDecrypt,
  importJWK,
} from "jose";

const [verb, directory] = process.argv.slice(2);
const bytes = (name) => new Uint8Array(readFileSync(join(directory, name)));
const document = bytes("document");
const canonical = bytes("document.canonical");
const context = bytes("context");
const encode = (data) => Buffer.from(data).toString("base64url");
const json = (name) => JSON.parse(readFileSync(join(directory, name), "utf8"));

const keys = (purpose) =>
  readdirSync(join(directory, "keys", purpose)).map((file) => [
    file.split(".")[0],
    json(join("keys", purpose, file)),
  ]);

const publicPart = ({ kty, alg, crv, x, y, n, e, k }) =>
  JSON.parse(JSON.stringify({ kty, alg, crv, x, y, n, e, k }));

async function seal(jwk) {
  const contentKey = crypto.getRandomValues(new Uint8Array(32));
  const header = {
    alg: jwk.alg,
    "dev.bulla.cek": await calculateJwkThumbprint({ kty: "oct", k: encode(contentKey) }),
    enc: "A256GCM",
    kid: await calculateJwkThumbprint(jwk),
  };
  return new FlattenedEncrypt(document)
    .setProtectedHeader(header)
    .setAdditionalAuthenticatedData(context)
    .setContentEncryptionKey(contentKey)
    .encrypt(await importJWK(publicPart(jwk)));
}

async function sign(jwk, form) {
  const header = { alg: jwk.alg, kid: await calculateJwkThumbprint(jwk) };
  if (form === "raw") Object.assign(header, { b64: false, crit: ["b64"] });
  if (form === "canonical") header["dev.bulla.form"] = "RFC8785";
  const signed = await new FlattenedSign(form === "canonical" ? canonical : document)
    .setProtectedHeader(header)
    .sign(await importJWK(jwk));
  if (!["attached", "flattened"].includes(form)) delete signed.payload;
  if (form === "flattened") return JSON.stringify(signed);
  return [signed.protected, signed.payload ?? "", signed.signature].join(".");
}

async function write() {
  mkdirSync(join(directory, "jose"));
  const put = (name, text) => writeFileSync(join(directory, "jose", name), text);
  for (const [name, jwk] of keys("seal")) put(`${name}.jwe`, JSON.stringify(await seal(jwk)));
  for (const [name, jwk] of keys("sign")) {
    for (const form of ["attached", "flattened", "detached", "raw", "canonical"]) {
      put(`${name}.${form}.jws`, await sign(jwk, form));
    }
  }
}

async function opens(text, jwk) {
  const envelope = JSON.parse(text);
  const decrypt = envelope.recipients ? generalDecrypt : flattenedDecrypt;
  const opened = await decrypt(envelope, await importJWK(jwk));
  assert.deepEqual(Buffer.from(opened.plaintext), Buffer.from(document));
  assert.deepEqual(Buffer.from(opened.additionalAuthenticatedData), Buffer.from(context));
}

async function verifies(text, jwk, form) {
  const [encodedHeader, payload, signature] = text.split(".");
  const jws = text.startsWith("{")
    ? JSON.parse(text)
    : { protected: encodedHeader, payload, signature };
  const signed = form === "canonical" ? canonical : document;
  if (form === "raw") jws.payload = signed;
  else if (!jws.payload) jws.payload = encode(signed);
  const verified = await flattenedVerify(jws, await importJWK(publicPart(jwk)));
  assert.deepEqual(Buffer.from(verified.payload), Buffer.from(signed));
}

async function read() {
  const sealing = Object.fromEntries(keys("seal"));
  const signing = Object.fromEntries(keys("sign"));
  const several = readFileSync(join(directory, "keys", "several"), "utf8").trim().split("\n");
  for (const file of readdirSync(directory, { recursive: true })) {
    const [name, form] = file.split("/").pop().split(".");
    if (form === "batch" || !/\/.*\.jw[es]$/.test(file)) continue;
    const text = readFileSync(join(directory, file), "utf8");
    if (file.endsWith(".jws")) await verifies(text, signing[name], form);
    else if (name !== "several") await opens(text, sealing[name]);
    else for (const key of several) await opens(text, JSON.parse(key));
    console.log(file);
  }
}

await (verb === "write" ? write() : read());
