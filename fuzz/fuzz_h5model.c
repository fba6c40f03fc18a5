/* Any bytes as a model in an HDF5 file: read, written again in every form, and read again. */
#include "bundle.h"
#include "bundle_h5.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const char *const names[] = { "m.h5", "m.weights.h5", "m.keras" };
    propense_error err = PROPENSE_ERROR_INIT;
    model *m, *again;
    str all = { (const char *)bytes, (int64_t)n };
    if (!bundle_is_h5(all) || bundle_read(&m, all, "m.h5", &err) != PROPENSE_OK) return 0;
    for (int i = 0; i < 3; i++) {
        text out = { 0 };
        if (bundle_write_named(&out, m, names[i], &err) == PROPENSE_OK &&
            bundle_read(&again, text_view(&out), names[i], &err) == PROPENSE_OK)
            model_free(again);
        text_free(&out);
    }
    model_free(m);
    return 0;
}
