/* Seals an order for its row, opens it, and sees that it opens in no other row. */
#include <bulla.h>
#include <stdio.h>
#include <string.h>

static const char *const KEY =
    "{\"kty\":\"oct\",\"k\":\"GawgguFyGrWKav7AX4VKUg1jKhN2xN1M8DZoCSSjCpY\"}";

static const uint8_t *bytes(const char *text) { return (const uint8_t *)text; }

int main(void) {
  const char *here = "{\"table\":\"ORDERS\",\"row\":\"4711\"}";
  const char *elsewhere = "{\"table\":\"ORDERS\",\"row\":\"4712\"}";
  bulla_sealer sealer = 0;
  bulla_opener opener = 0;
  bulla_bytes envelope = {0};
  bulla_bytes order = {0};
  bulla_error error = {0};

  if (bulla_sealer_parse(bytes(KEY), strlen(KEY), NULL, &sealer, &error) ||
      bulla_opener_parse(bytes(KEY), strlen(KEY), &opener, &error) ||
      bulla_sealer_seal(sealer, bytes(here), strlen(here), bytes("2,500"), 5, &envelope, &error) ||
      bulla_opener_open(opener, bytes(here), strlen(here), envelope.data, envelope.len, &order, &error)) {
    fprintf(stderr, "%s: %s\n", bulla_kind_name(error.kind), error.message);
    return 1;
  }
  printf("%s %s\n", bulla_version(), (const char *)order.data);
  bulla_bytes_free(&order);
  printf("%s\n", bulla_kind_name(bulla_opener_open(opener, bytes(elsewhere), strlen(elsewhere),
                                                   envelope.data, envelope.len, &order, NULL)));
  bulla_bytes_free(&envelope);
  bulla_sealer_free(sealer);
  bulla_opener_free(opener);
  return 0;
}
