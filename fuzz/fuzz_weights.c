/* Weights without their network, and the description of it that --config takes: a text, a .keras or
 * an .h5. Read, written in every form, and read again. The input: two bytes with the length of the
 * description, the description, and the weights as the rest. */
#include "bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void write_and_read(const model *m)
{
    static const char *const names[] = { "m.h5", "m.weights.h5", "m.keras" };
    propense_error err = PROPENSE_ERROR_INIT;
    for (int i = 0; i < 3; i++) {
        text out = { 0 };
        model *again;
        if (bundle_write_named(&out, m, names[i], &err) == PROPENSE_OK &&
            bundle_read(&again, text_view(&out), names[i], &err) == PROPENSE_OK)
            model_free(again);
        text_free(&out);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    propense_error err = PROPENSE_ERROR_INIT;
    model *m;
    if (n < 2) return 0;
    size_t n_config = (size_t)bytes[0] | (size_t)bytes[1] << 8;
    if (n_config > n - 2) n_config = n - 2;
    str config = { (const char *)bytes + 2, (int64_t)n_config };
    str weights = { (const char *)bytes + 2 + n_config, (int64_t)(n - 2 - n_config) };
    err.language = n_config & 1 ? PROPENSE_SPANISH : PROPENSE_ENGLISH;
    if (bundle_read_weights(&m, weights, "w.weights.h5", config, "c.json", &err) != PROPENSE_OK)
        return 0;
    write_and_read(m);
    model_free(m);
    return 0;
}
