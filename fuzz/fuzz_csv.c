/* Any bytes through the CSV reader, with small blocks and several threads. The first byte chooses
 * separator, size of blocks and threads; two settings must agree on what was read. */
#include <stdint.h>
#include <stdlib.h>

#include "csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static status read_all(table *t, const uint8_t *bytes, size_t n, const csv_options *o,
                       propense_error *err)
{
    csv_reader *r;
    TRY(csv_open_bytes(&r, bytes, (int64_t)n, "input", o, err));
    status code = csv_read(r, t, NULL, err);
    csv_close(r);
    return code;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n == 0) return 0;
    unsigned choice = bytes[0];
    char separator = ",;\0|"[choice & 3]; /* 0: found */
    csv_options whole = { .separator = separator, .threads = 1, .record_bytes = 300 };
    csv_options parts = { .separator = separator,
                          .threads = 1 + (int)(choice >> 2 & 3),
                          .block_bytes = 16 + (choice >> 4),
                          .record_bytes = 300,
                          .level = choice & 128 ? "scalar" : NULL };
    table a = { 0 }, b = { 0 };
    propense_error first = PROPENSE_ERROR_INIT, second = PROPENSE_ERROR_INIT;
    status x = read_all(&a, bytes + 1, n - 1, &whole, &first);
    status y = read_all(&b, bytes + 1, n - 1, &parts, &second);
    if (x != y || first.row != second.row || strcmp(first.message, second.message) != 0) abort();
    if (a.n_rows != b.n_rows || memcmp(&a.hash, &b.hash, sizeof a.hash) != 0) abort();
    table_free(&a);
    table_free(&b);
    return 0;
}
