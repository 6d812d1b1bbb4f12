/* What include/bulla.h promises of statements. */
#include "check.h"

static bulla_signer signer_of(const char *key, const char *rsa_algorithm) {
  bulla_signer signer = 0;
  bulla_error error = {0};
  WORKS(bulla_signer_parse(bytes(key), strlen(key), rsa_algorithm, &signer, &error));
  return signer;
}

static bulla_verifier verifier_of(const char *keys, const char *rsa_algorithm) {
  bulla_verifier verifier = 0;
  bulla_error error = {0};
  WORKS(bulla_verifier_parse(bytes(keys), strlen(keys), rsa_algorithm, &verifier, &error));
  return verifier;
}

static void forms(void) {
  bulla_signer signer = signer_of(ED25519_PRIVATE, NULL);
  bulla_verifier verifier = verifier_of("{\"keys\":[" ED25519_PUBLIC "]}", NULL);
  bulla_bytes statement = {0};
  bulla_bytes document = {0};
  bulla_error error = {0};
  const char *json = "{\"b\":1, \"a\":2}";
  const char *again = "{\"a\": 2, \"b\": 1}";

  WORKS(bulla_sign(signer, bytes("approved"), 8, 0, "text/plain", &statement, &error));
  WORKS(bulla_verify(verifier, statement.data, statement.len, &document, &error));
  CHECK(is(&document, "approved"));
  bulla_bytes_free(&document);
  WORKS(bulla_inspect(statement.data, statement.len, &document, &error));
  CHECK(strstr((const char *)document.data, "\"form\":\"statement\"") != NULL);
  CHECK(strstr((const char *)document.data, "approved") == NULL);
  bulla_bytes_free(&document);
  statement.data[statement.len / 2] ^= 1;
  CHECK(bulla_verify(verifier, statement.data, statement.len, &document, NULL) != BULLA_OK);
  CHECK(document.data == NULL);
  bulla_bytes_free(&statement);

  WORKS(bulla_sign(signer, bytes(json), strlen(json), BULLA_DETACHED | BULLA_CANONICAL, NULL, &statement,
                   &error));
  WORKS(bulla_verify_document(verifier, statement.data, statement.len, bytes(again), strlen(again),
                              &error));
  FAILS(bulla_verify_document(verifier, statement.data, statement.len, bytes("{}"), 2, &error),
        BULLA_BAD_SIGNATURE, "the signature of the statement");
  bulla_bytes_free(&statement);

  FAILS(bulla_sign(signer, bytes("x"), 1, 6, NULL, &statement, &error), BULLA_INVALID_ARGUMENT,
        "form is detached in two ways");
  FAILS(bulla_sign(signer, bytes("x"), 1, 16, NULL, &statement, &error), BULLA_INVALID_ARGUMENT,
        "form has bits of no meaning: 0x10");
  FAILS(bulla_sign(verifier, bytes("x"), 1, 0, NULL, &statement, &error), BULLA_CLOSED, "is no signer");
  bulla_signer_free(signer);
  bulla_verifier_free(verifier);
}

/* Signs with a key in PEM, and has the statement name its algorithm. */
static void algorithm(const char *directory, const char *name, const char *rsa_algorithm,
                      const char *expected) {
  char private_name[64];
  char public_name[64];
  char *private_key;
  char *public_key;
  bulla_signer signer;
  bulla_verifier verifier;
  bulla_bytes statement = {0};
  bulla_bytes out = {0};
  bulla_error error = {0};

  CHECK(snprintf(private_name, sizeof private_name, "%s.private.pem", name) > 0);
  CHECK(snprintf(public_name, sizeof public_name, "%s.public.pem", name) > 0);
  private_key = file(directory, private_name);
  public_key = file(directory, public_name);
  signer = signer_of(private_key, rsa_algorithm);
  verifier = verifier_of(public_key, rsa_algorithm);
  WORKS(bulla_sign(signer, bytes("approved"), 8, BULLA_FLATTENED, NULL, &statement, &error));
  WORKS(bulla_inspect(statement.data, statement.len, &out, &error));
  CHECK(strstr((const char *)out.data, expected) != NULL);
  bulla_bytes_free(&out);
  WORKS(bulla_verify(verifier, statement.data, statement.len, &out, &error));
  CHECK(is(&out, "approved"));
  bulla_bytes_free(&out);
  bulla_verifier_free(verifier);

  if (rsa_algorithm != NULL) {
    verifier = verifier_of(public_key, NULL);
    FAILS(bulla_verify(verifier, statement.data, statement.len, &out, &error),
          BULLA_UNSUPPORTED_ALGORITHM, "refused where PS256 is expected");
    bulla_verifier_free(verifier);
  }
  bulla_bytes_free(&statement);
  bulla_signer_free(signer);
  free(private_key);
  free(public_key);
}

/* With the keys that a configuration names. */
static void keyring(const char *config) {
  const char *text =
      "installation = \"loans\"\nnode = \"node-1\"\n[keys]\nmaster = \"master.jwk\"\n"
      "identity = \"identity.jwk\"\nlog = \"log.jwk\"\nregistry = \"registry\"\n"
      "[statement]\nsigner = \"identity.jwk\"\nverifiers = [\"log.jwk\"]\n";
  bulla_keyring keyring = 0;
  bulla_signer signer = 7;
  bulla_verifier verifier = 7;
  bulla_bytes statement = {0};
  bulla_bytes document = {0};
  bulla_error error = {0};

  WORKS(bulla_keyring_open(config, &keyring, &error));
  FAILS(bulla_signer_of_keyring(keyring, &signer, &error), BULLA_INVALID_CONFIG,
        "statement.signer is missing");
  FAILS(bulla_verifier_of_keyring(keyring, &verifier, &error), BULLA_INVALID_CONFIG,
        "statement.verifiers is missing");
  CHECK(signer == 0 && verifier == 0);
  bulla_keyring_free(keyring);

  WORKS(bulla_keyring_parse(bytes(text), strlen(text), config, &keyring, &error));
  WORKS(bulla_signer_of_keyring(keyring, &signer, &error));
  WORKS(bulla_verifier_of_keyring(keyring, &verifier, &error));
  bulla_keyring_free(keyring);
  WORKS(bulla_sign(signer, bytes("approved"), 8, 0, NULL, &statement, &error));
  WORKS(bulla_verify(verifier, statement.data, statement.len, &document, &error));
  CHECK(is(&document, "approved"));
  bulla_bytes_free(&document);
  bulla_bytes_free(&statement);
  bulla_signer_free(signer);
  bulla_verifier_free(verifier);
}

static void no_keys(const char *directory) {
  bulla_signer signer = 7;
  bulla_verifier verifier = 7;
  bulla_error error = {0};
  const char *two = "{\"keys\":[" ED25519_PRIVATE "," ED25519_PRIVATE "]}";
  char *x25519 = file(directory, "x25519.private.pem");

  FAILS(bulla_signer_parse(bytes("{}"), 2, NULL, &signer, &error), BULLA_MALFORMED_KEY, "the key");
  CHECK(signer == 0);
  FAILS(bulla_signer_parse(bytes(two), strlen(two), NULL, &signer, &error), BULLA_INVALID_ARGUMENT,
        "key is not one key but several, or none");
  FAILS(bulla_signer_parse(bytes(ED25519_PUBLIC), strlen(ED25519_PUBLIC), NULL, &signer, &error),
        BULLA_MALFORMED_KEY, "the key is not a usable key: it is not a private key that signs");
  FAILS(bulla_signer_parse(bytes(ED25519_PRIVATE), strlen(ED25519_PRIVATE), "HS256", &signer, &error),
        BULLA_UNSUPPORTED_ALGORITHM, "PS256 or RS256");
  FAILS(bulla_verifier_parse(bytes(x25519), strlen(x25519), NULL, &verifier, &error),
        BULLA_MALFORMED_KEY, "it is not a key that signs");
  CHECK(verifier == 0);
  free(x25519);
}

static void batches(void) {
  const uint8_t *documents[3];
  const size_t lens[3] = {1, 0, 2};
  bulla_bytes statements[3];
  bulla_error error = {0};
  bulla_signer signer = signer_of(ED25519_PRIVATE, NULL);
  bulla_verifier verifier = verifier_of(ED25519_PUBLIC, NULL);
  size_t i;

  documents[0] = bytes("a");
  documents[1] = NULL;
  documents[2] = bytes("{}");
  memset(statements, 0x5a, sizeof statements);
  WORKS(bulla_sign_batch(signer, documents, lens, 3, 0, statements, &error));
  for (i = 0; i < 3; i++) {
    WORKS(bulla_verify_document(verifier, statements[i].data, statements[i].len, documents[i], lens[i],
                                &error));
    FAILS(bulla_verify_document(verifier, statements[i].data, statements[i].len, bytes("b"), 1, &error),
          BULLA_NOT_IN_BATCH, "the document is not among the 3");
    bulla_bytes_free(&statements[i]);
  }
  FAILS(bulla_sign_batch(signer, documents, lens, 3, BULLA_CANONICAL, statements, &error),
        BULLA_JSON_SYNTAX, "not JSON");
  CHECK(statements[0].data == NULL && statements[2].len == 0);
  FAILS(bulla_sign_batch(signer, documents, lens, 3, BULLA_FLATTENED, statements, &error),
        BULLA_INVALID_ARGUMENT, "form of a batch is 0 or BULLA_CANONICAL");
  FAILS(bulla_sign_batch(signer, NULL, lens, 3, 0, statements, &error), BULLA_INVALID_ARGUMENT,
        "documents or their lengths are NULL, but there are 3");
  FAILS(bulla_sign_batch(signer, documents, NULL, 3, 0, statements, &error), BULLA_INVALID_ARGUMENT,
        "documents or their lengths are NULL, but there are 3");
  FAILS(bulla_sign_batch(signer, documents, lens, 3, 0, NULL, &error), BULLA_INVALID_ARGUMENT,
        "out is NULL");
  WORKS(bulla_sign_batch(signer, NULL, NULL, 0, 0, NULL, &error));
  bulla_signer_free(signer);
  bulla_verifier_free(verifier);
}

int main(int count, char **arguments) {
  CHECK(count == 3);
  forms();
  algorithm(arguments[2], "rfc8037-a1", NULL, "\"algorithm\":\"EdDSA\"");
  algorithm(arguments[2], "rfc7515-a3", NULL, "\"algorithm\":\"ES256\"");
  algorithm(arguments[2], "rfc7515-a2", NULL, "\"algorithm\":\"PS256\"");
  algorithm(arguments[2], "rfc7515-a2", "RS256", "\"algorithm\":\"RS256\"");
  keyring(arguments[1]);
  no_keys(arguments[2]);
  batches();
  puts("signed, verified, refused: as promised");
  return 0;
}
