/* A model file from anywhere: load it, let it say all it holds, and score a file with it.
 *
 * Bytes that begin with PK are an archive as they are: nearly all of its changes end at a checksum.
 * Else they are 'M', three lengths of two bytes, and so many bytes of config.json, model.weights.h5
 * and the CSV to score; what remains is propense.json, and nothing makes it a model of Keras' own.
 * The archive is made of them here, checksums and all. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "bundle.h"
#include "console.h"
#include "csv.h"
#include "fuzz_file.h"
#include "score.h"
#include "zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* The parts as an archive; *rows is the CSV. */
static void archive_of(text *out, str *rows, str input)
{
    const uint8_t *head = (const uint8_t *)input.p + 1;
    str rest = { input.p + 7, input.n - 7 };
    str config = fuzz_part(&rest, head[0] | head[1] << 8);
    str weights = fuzz_part(&rest, head[2] | head[3] << 8);
    *rows = fuzz_part(&rest, head[4] | head[5] << 8);
    zip_writer z = { 0 };
    zip_add(&z, STR("config.json"), config);
    zip_add(&z, STR("model.weights.h5"), weights);
    if (rest.n) zip_add(&z, STR("propense.json"), rest);
    zip_finish(&z);
    text_str(out, text_view(&z.bytes));
    zip_writer_free(&z);
}

/* A header and two rows that fit the model, where the input brings none. */
static void rows_for(text *out, const model *m)
{
    const encoder *e = &m->encoder;
    int32_t n = m->is_foreign ? m->network.n_inputs : e->n_columns;
    for (int row = 0; row < 3; row++)
        for (int32_t c = 0; c < n; c++) {
            if (row == 0 && m->is_foreign) text_f(out, "c%d", (int)c);
            if (row == 0 && !m->is_foreign) csv_write_field(out, e->columns[c].name, ',');
            if (row == 1) text_z(out, "1.5");
            if (row == 2) text_z(out, m->is_foreign || e->columns[c].is_number ? "-2" : "x");
            text_z(out, c + 1 < n ? "," : "\n");
        }
}

static void score_rows(const model *m, str rows)
{
    enum { most_inputs = 512 };
    static options *o;
    propense_error err = PROPENSE_ERROR_INIT;
    text made = { 0 };
    if (m->network.n_inputs > most_inputs) return;
    if (!o) o = options_new();
    if (!o || options_set(o, STR("threads"), STR("1"), &err) != PROPENSE_OK) abort();
    if (!rows.n) {
        rows_for(&made, m);
        rows = text_view(&made);
    }
    if (rows.n) (void)score_file(m, fuzz_file(0, rows), "/dev/null", o, NULL, NULL, &err);
    text_free(&made);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    propense_error err = PROPENSE_ERROR_INIT;
    model *m;
    text archive = { 0 }, said = { 0 };
    str input = { (const char *)bytes, (int64_t)n }, rows = { "", 0 };
    if (n >= 7 && bytes[0] == 'M') {
        archive_of(&archive, &rows, input);
        input = text_view(&archive);
    }
    if (bundle_read(&m, input, "model.keras", &err) == PROPENSE_OK) {
        console_inspect(&said, m, n & 1 ? PROPENSE_ENGLISH : PROPENSE_SPANISH);
        console_inspect_json(&said, m);
        console_verdict(&said, m, n & 1 ? PROPENSE_SPANISH : PROPENSE_ENGLISH);
        score_rows(m, rows);
        model_free(m);
    }
    text_free(&archive);
    text_free(&said);
    return 0;
}
