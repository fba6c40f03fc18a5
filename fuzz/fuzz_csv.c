/* Any bytes through the CSV reader, with small blocks and sometimes several threads. The first byte
 * chooses separator, size of blocks and CPU level, the second the rest; on one input in four two
 * settings must agree on what was read. */
#include <stdint.h>
#include <stdlib.h>

#include "csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void keep(void *user, int32_t level, const char *said)
{
    (void)level;
    text_z(user, said);
    text_char(user, '\n');
}

/* `said`: notes on the dialect, and the problems behind the first. */
static status read_all(table *t, const uint8_t *bytes, size_t n, const csv_options *o, text *said,
                       propense_error *err)
{
    csv_reader *r;
    propense_callbacks cb = PROPENSE_CALLBACKS_INIT;
    cb.user = said;
    cb.message = keep;
    TRY(csv_open_bytes(&r, bytes, (int64_t)n, "input", o, err));
    csv_tell(r, &cb);
    status code = csv_read(r, t, &cb, err);
    csv_close(r);
    return code;
}

/* Each seed; of what the engine makes a quarter, whatever it was made from (FNV-1a). */
static int is_read_twice(const uint8_t *bytes, size_t n)
{
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < n; i++) h = (h ^ bytes[i]) * 1099511628211u;
#ifdef PROPENSE_ENGINE
    return h >> 62 == 0;
#else
    return h != 0;
#endif
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const csv_encoding encodings[] = { CSV_ENCODING_AUTO, CSV_ENCODING_AUTO, CSV_UTF_8,
                                              CSV_WINDOWS_1252,  CSV_LATIN_1,       CSV_UTF_16 };
    if (n < 2) return 0;
    unsigned choice = bytes[0], more = bytes[1];
    csv_options whole = { .separator = ",;\0|"[choice & 3], /* 0: found */
                          .decimal = "\0\0.,"[more & 3],
                          .header = (csv_header)((more >> 2 & 3) % 3),
                          .encoding = encodings[(more >> 4 & 7) % 6],
                          .threads = 1,
                          .record_bytes = 300 };
    csv_options parts = whole;
    if (whole.decimal && whole.decimal == whole.separator) return 0;
    /* threads take longer to start than all the rest: one input in 32 has them */
    parts.threads = (choice & 0x7C) == 0x7C ? 3 : 1;
    parts.block_bytes = 16 + (choice >> 2 & 31);
    parts.level = choice & 128 ? "scalar" : NULL;
    table a = { 0 }, b = { 0 };
    text said = { 0 }, again = { 0 };
    propense_error first = PROPENSE_ERROR_INIT, second = PROPENSE_ERROR_INIT;
    status x = read_all(&a, bytes + 2, n - 2, &whole, &said, &first);
    if (is_read_twice(bytes, n)) {
        status y = read_all(&b, bytes + 2, n - 2, &parts, &again, &second);
        if (x != y || first.row != second.row || strcmp(first.message, second.message) != 0)
            abort();
        if (a.n_rows != b.n_rows || memcmp(&a.hash, &b.hash, sizeof a.hash) != 0) abort();
        if (!str_eq(text_view(&said), text_view(&again))) abort();
    }
    text_free(&said);
    text_free(&again);
    table_free(&a);
    table_free(&b);
    return 0;
}
