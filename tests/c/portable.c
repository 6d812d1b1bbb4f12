/* What include/bulla.h promises of portable envelopes. */
#include "check.h"

#include <pthread.h>

static const char *const HERE = "{\"process\":\"loan\",\"order\":4711}";
static const char *const SAME = "{ \"order\": 4711.0, \"process\": \"loan\" }";
static const char *const ELSEWHERE = "{\"process\":\"loan\",\"order\":4712}";

static bulla_bytes sealed(bulla_sealer sealer) {
  bulla_bytes envelope = {0};
  bulla_error error = {0};
  WORKS(bulla_sealer_seal(sealer, bytes(HERE), strlen(HERE), bytes("2,500"), 5, &envelope, &error));
  CHECK(strstr((const char *)envelope.data, "2,500") == NULL);
  return envelope;
}

static void opens(bulla_opener opener, const bulla_bytes *envelope) {
  bulla_bytes opened = {0};
  bulla_error error = {0};
  WORKS(bulla_opener_open(opener, bytes(SAME), strlen(SAME), envelope->data, envelope->len, &opened, &error));
  CHECK(is(&opened, "2,500"));
  bulla_bytes_free(&opened);
  FAILS(bulla_opener_open(opener, bytes(ELSEWHERE), strlen(ELSEWHERE), envelope->data, envelope->len,
                          &opened, &error),
        BULLA_CONTEXT_MISMATCH, "/order is \"4711\" and should be \"4712\"");
  CHECK(opened.data == NULL && opened.len == 0);
}

static void keys(const char *public_key, const char *private_key) {
  bulla_sealer sealer = 0;
  bulla_opener opener = 0;
  bulla_bytes envelope;
  bulla_error error = {0};

  WORKS(bulla_sealer_parse(bytes(public_key), strlen(public_key), NULL, &sealer, &error));
  WORKS(bulla_opener_parse(bytes(private_key), strlen(private_key), &opener, &error));
  envelope = sealed(sealer);
  opens(opener, &envelope);
  bulla_bytes_free(&envelope);
  bulla_sealer_free(sealer);
  bulla_opener_free(opener);
}

static void pem(const char *directory, const char *name) {
  char path[64];
  char *public_key;
  char *private_key;

  CHECK(snprintf(path, sizeof path, "%s.public.pem", name) > 0);
  public_key = file(directory, path);
  CHECK(snprintf(path, sizeof path, "%s.private.pem", name) > 0);
  private_key = file(directory, path);
  keys(public_key, private_key);
  free(public_key);
  free(private_key);
}

/* A private key and its public part have one name. */
static void named_alike(const bulla_bytes *key) {
  bulla_bytes name = {0};
  bulla_bytes public_part = {0};
  bulla_bytes again = {0};
  bulla_error error = {0};

  WORKS(bulla_key_thumbprint(key->data, key->len, &name, &error));
  CHECK(name.len == 43);
  WORKS(bulla_key_public(key->data, key->len, &public_part, &error));
  CHECK(strstr((const char *)public_part.data, "\"crv\":\"X25519\"") != NULL);
  CHECK(strstr((const char *)public_part.data, "\"d\":") == NULL);
  WORKS(bulla_key_thumbprint(public_part.data, public_part.len, &again, &error));
  CHECK(again.len == 43 && memcmp(name.data, again.data, 43) == 0);
  bulla_bytes_free(&name);
  bulla_bytes_free(&public_part);
  bulla_bytes_free(&again);

  FAILS(bulla_key_public(bytes(SYMMETRIC), strlen(SYMMETRIC), &public_part, &error),
        BULLA_INVALID_ARGUMENT, "key is a symmetric one: it has no public part");
}

/* Keys by the name of where they are. */
static void named(const char *directory) {
  char path[4096];
  bulla_sealer sealer = 0;
  bulla_opener opener = 0;
  bulla_bytes text = {0};
  bulla_bytes envelope;
  bulla_error error = {0};

  CHECK(snprintf(path, sizeof path, "%s/x25519.private.pem", directory) < (int)sizeof path);
  WORKS(bulla_keys_read(path, &text, &error));
  WORKS(bulla_opener_parse(text.data, text.len, &opener, &error));
  named_alike(&text);
  CHECK(setenv("BULLA_TEST_KEY", (const char *)text.data, 1) == 0);
  bulla_bytes_free(&text);
  WORKS(bulla_keys_read("env:BULLA_TEST_KEY", &text, &error));
  WORKS(bulla_sealer_parse(text.data, text.len, NULL, &sealer, &error));
  bulla_bytes_free(&text);
  envelope = sealed(sealer);
  opens(opener, &envelope);
  bulla_bytes_free(&envelope);
  bulla_sealer_free(sealer);
  bulla_opener_free(opener);
}

static void keyring(const char *config) {
  bulla_keyring keyring = 0;
  bulla_sealer sealer = 0;
  bulla_opener opener = 0;
  bulla_bytes envelope;
  bulla_bytes said = {0};
  bulla_error error = {0};

  WORKS(bulla_keyring_open(config, &keyring, &error));
  WORKS(bulla_sealer_of_keyring(keyring, "text/plain", &sealer, &error));
  WORKS(bulla_opener_of_keyring(keyring, &opener, &error));
  bulla_keyring_free(keyring);
  envelope = sealed(sealer);
  opens(opener, &envelope);
  WORKS(bulla_inspect(envelope.data, envelope.len, &said, &error));
  CHECK(strstr((const char *)said.data, "\"content_type\":\"text/plain\"") != NULL);
  CHECK(strstr((const char *)said.data, "\"form\":\"portable\",\"length\":5") != NULL);
  CHECK(strstr((const char *)said.data, "\"algorithm\":\"A256KW\"") != NULL);
  bulla_bytes_free(&said);

  envelope.data[strlen("{\"aad\":\"")] ^= 1;
  CHECK(bulla_opener_open(opener, bytes(HERE), strlen(HERE), envelope.data, envelope.len, &said, NULL) !=
        BULLA_OK);
  bulla_bytes_free(&envelope);
  bulla_sealer_free(sealer);
  bulla_opener_free(opener);
  CHECK(bulla_sealer_of_keyring(keyring, NULL, &sealer, NULL) == BULLA_CLOSED && sealer == 0);
  CHECK(bulla_opener_of_keyring(keyring, &opener, NULL) == BULLA_CLOSED && opener == 0);
}

/* With the keys that a configuration names beside its master key. */
static void partners(const char *config, const char *directory) {
  char text[4096 * 3];
  char *private_key = file(directory, "x25519.private.pem");
  bulla_keyring keyring = 0;
  bulla_sealer sealer = 0;
  bulla_opener opener = 0;
  bulla_opener partner = 0;
  bulla_bytes envelope;
  bulla_error error = {0};

  CHECK(snprintf(text, sizeof text,
                 "installation = \"loans\"\nnode = \"node-1\"\n[keys]\nmaster = \"master.jwk\"\n"
                 "identity = \"identity.jwk\"\nlog = \"log.jwk\"\nregistry = \"registry\"\n"
                 "[portable]\nrecipients = [\"%s/x25519.public.pem\"]\n"
                 "keys = [\"%s/rfc7515-a3.private.pem\"]\n",
                 directory, directory) < (int)sizeof text);
  WORKS(bulla_keyring_parse(bytes(text), strlen(text), config, &keyring, &error));
  WORKS(bulla_sealer_of_keyring(keyring, NULL, &sealer, &error));
  WORKS(bulla_opener_of_keyring(keyring, &opener, &error));
  bulla_keyring_free(keyring);
  WORKS(bulla_opener_parse(bytes(private_key), strlen(private_key), &partner, &error));
  free(private_key);
  envelope = sealed(sealer);
  opens(opener, &envelope);
  opens(partner, &envelope);
  bulla_bytes_free(&envelope);
  bulla_sealer_free(sealer);
  bulla_opener_free(partner);

  private_key = file(directory, "rfc7515-a3.public.pem");
  WORKS(bulla_sealer_parse(bytes(private_key), strlen(private_key), NULL, &sealer, &error));
  free(private_key);
  envelope = sealed(sealer);
  opens(opener, &envelope);
  bulla_bytes_free(&envelope);
  bulla_sealer_free(sealer);
  bulla_opener_free(opener);
}

static void refused(void) {
  bulla_sealer sealer = 0;
  bulla_opener opener = 0;
  bulla_bytes out = {0};
  bulla_bytes envelope;
  bulla_error error = {0};
  const char *other = "{\"kty\":\"oct\",\"k\":\"AZy6sIZ6wl9NJOKB-jnmVQGZy6sIZ6wl9NJOKB-jnmU\"}";

  FAILS(bulla_sealer_parse(bytes("{\"keys\":[]}"), 11, NULL, &sealer, &error), BULLA_INVALID_ARGUMENT,
        "recipients are none");
  FAILS(bulla_sealer_parse(bytes(ED25519_PUBLIC), strlen(ED25519_PUBLIC), NULL, &sealer, &error),
        BULLA_MALFORMED_KEY, "it is not a key that wraps");
  FAILS(bulla_opener_parse(bytes(ED25519_PRIVATE), strlen(ED25519_PRIVATE), &opener, &error),
        BULLA_MALFORMED_KEY, "it is not a private key that unwraps");
  WORKS(bulla_sealer_parse(bytes(SYMMETRIC), strlen(SYMMETRIC), NULL, &sealer, &error));
  FAILS(bulla_sealer_parse(bytes(SYMMETRIC), strlen(SYMMETRIC), "\xff", &sealer, &error),
        BULLA_INVALID_ARGUMENT, "content_type is not UTF-8");
  CHECK(sealer == 0);
  FAILS(bulla_sealer_parse(bytes(SYMMETRIC), strlen(SYMMETRIC), "text\nplain", &sealer, &error),
        BULLA_INVALID_ARGUMENT, "content type holds U+000A at byte 4: a media type is printable ASCII");
  WORKS(bulla_sealer_parse(bytes(SYMMETRIC), strlen(SYMMETRIC), NULL, &sealer, &error));
  WORKS(bulla_opener_parse(bytes(other), strlen(other), &opener, &error));
  FAILS(bulla_sealer_seal(sealer, bytes("[]"), 2, NULL, 0, &out, &error), BULLA_UNEXPECTED_JSON,
        "context: not an object");
  FAILS(bulla_sealer_seal(sealer, NULL, 0, NULL, 0, &out, &error), BULLA_JSON_SYNTAX, "not JSON");
  envelope = sealed(sealer);
  FAILS(bulla_opener_open(opener, bytes(HERE), strlen(HERE), envelope.data, envelope.len, &out, &error),
        BULLA_UNKNOWN_KEY, "is not in the keyring");
  FAILS(bulla_opener_open(sealer, bytes(HERE), strlen(HERE), envelope.data, envelope.len, &out, &error),
        BULLA_CLOSED, "is no opener");
  bulla_bytes_free(&envelope);

  WORKS(bulla_sealer_seal(sealer, bytes("{}"), 2, NULL, 0, &envelope, &error));
  bulla_opener_free(opener);
  WORKS(bulla_opener_parse(bytes(SYMMETRIC), strlen(SYMMETRIC), &opener, &error));
  WORKS(bulla_opener_open(opener, bytes("{}"), 2, envelope.data, envelope.len, &out, &error));
  CHECK(out.len == 0);
  bulla_bytes_free(&out);
  bulla_bytes_free(&envelope);
  bulla_sealer_free(sealer);
  bulla_opener_free(opener);
}

struct pair {
  bulla_sealer sealer;
  bulla_opener opener;
};

static void *seals_and_opens(void *argument) {
  const struct pair *pair = (const struct pair *)argument;
  int i;
  for (i = 0; i < 50; i++) {
    bulla_bytes envelope = sealed(pair->sealer);
    opens(pair->opener, &envelope);
    bulla_bytes_free(&envelope);
  }
  return NULL;
}

static void from_many_threads(void) {
  pthread_t threads[4];
  struct pair pair = {0, 0};
  bulla_error error = {0};
  size_t i;

  WORKS(bulla_sealer_parse(bytes(SYMMETRIC), strlen(SYMMETRIC), NULL, &pair.sealer, &error));
  WORKS(bulla_opener_parse(bytes(SYMMETRIC), strlen(SYMMETRIC), &pair.opener, &error));
  for (i = 0; i < 4; i++) {
    CHECK(pthread_create(&threads[i], NULL, seals_and_opens, &pair) == 0);
  }
  for (i = 0; i < 4; i++) {
    CHECK(pthread_join(threads[i], NULL) == 0);
  }
  bulla_sealer_free(pair.sealer);
  bulla_opener_free(pair.opener);
}

int main(int count, char **arguments) {
  CHECK(count == 3);
  keys(SYMMETRIC, SYMMETRIC);
  keys("{\"keys\":[" SYMMETRIC "]}", SYMMETRIC);
  pem(arguments[2], "rfc7515-a2");
  pem(arguments[2], "rfc7515-a3");
  pem(arguments[2], "x25519");
  named(arguments[2]);
  keyring(arguments[1]);
  partners(arguments[1], arguments[2]);
  refused();
  from_many_threads();
  puts("sealed, opened, refused: as promised");
  return 0;
}
