// The vectors of tests/vectors, and the keys that they name.
import { readFileSync } from "node:fs";
import { calculateJwkThumbprint, importJWK } from "jose";

export const read = (name) =>
  JSON.parse(readFileSync(new URL(`../../vectors/${name}`, import.meta.url)));

const KEYS = read("jose/keys.json");

export const decode = (text) => new Uint8Array(Buffer.from(text, "base64url"));

export const privateKey = (name, algorithm) => importJWK(KEYS[name], algorithm);

export const publicKey = (name, algorithm) => {
  const { kty, crv, x, y, n, e } = KEYS[name];
  return importJWK(JSON.parse(JSON.stringify({ kty, crv, x, y, n, e })), algorithm);
};

export const thumbprint = (name) => calculateJwkThumbprint(KEYS[name]);
