// Seals an order for its row, keeps it from any other row, and signs it.
import { generateKeyPairSync, generateKeySync } from "node:crypto";
import { CANONICAL, DETACHED, Opener, Sealer, Signer, Verifier } from "./bulla.js";

const order = '{"order": 4711, "amount": 2500.00}';
const row = '{"table": "ORDERS", "row": "4711"}';
const otherRow = '{"table": "ORDERS", "row": "4712"}';

const key = JSON.stringify(generateKeySync("aes", { length: 256 }).export({ format: "jwk" }));
const sealer = new Sealer(key, "application/json");
const opener = new Opener(key);
const envelope = sealer.seal(order, row);
console.log(`opened: ${opener.open(envelope, row)}`);
try {
  opener.open(envelope, otherRow);
} catch (error) {
  console.log(`${error.kind}: ${error.message}`);
}

const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const signer = new Signer(privateKey.export({ type: "pkcs8", format: "pem" }));
const verifier = new Verifier(publicKey.export({ type: "spki", format: "pem" }));
const statement = signer.sign(order, DETACHED | CANONICAL);
verifier.verifyDocument(statement, '{"amount": 2.5e3, "order": 4711}');
console.log("verified: signed in whatever layout");
try {
  verifier.verifyDocument(statement, order.replace("2500", "9500"));
} catch (error) {
  console.log(error.kind);
}

for (const each of [sealer, opener, signer, verifier]) each.close();
