"""Seals an order for its row, keeps it from any other row, and signs it."""

import base64
import json
import os
import subprocess

import bulla


def random_key():
    text = base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("=")
    return json.dumps({"kty": "oct", "k": text})


class TicketOffice(bulla.MasterKey):
    """Stands for a key service: it keeps the keys, and hands out tickets for them."""

    def __init__(self):
        super().__init__("service/orders")
        self.keys = {}

    def wrap(self, key):
        ticket = os.urandom(16)
        self.keys[ticket] = key
        return ticket

    def unwrap(self, ticket):
        return self.keys[ticket]


order = '{"order": 4711, "amount": 2500.00}'
row, other_row = '{"table": "ORDERS", "row": "4711"}', '{"table": "ORDERS", "row": "4712"}'

key = random_key()
sealer, opener = bulla.Sealer(key, content_type="application/json"), bulla.Opener(key)
envelope = sealer.seal(order, row)
print("opened:", opener.open(envelope, row).decode())
try:
    opener.open(envelope, other_row)
except bulla.BullaError as error:
    print(error)

private = subprocess.check_output(["openssl", "genpkey", "-algorithm", "ed25519"])
signer, verifier = bulla.Signer(private), bulla.Verifier(private)
statement = signer.sign(order, bulla.DETACHED | bulla.CANONICAL)
verifier.verify_document(statement, '{"amount": 2.5e3, "order": 4711}')
print("verified: signed in whatever layout")
try:
    verifier.verify_document(statement, order.replace("2500", "9500"))
except bulla.BullaError as error:
    print(error.kind)

service = TicketOffice()
envelope = bulla.Sealer(master=service).seal(order, row)
print("opened by a key service:", bulla.Opener(master=service).open(envelope, row).decode())
