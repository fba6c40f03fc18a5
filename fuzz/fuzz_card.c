/* propense.json from anywhere. */
#include <stddef.h>
#include <stdint.h>

#include "bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    propense_error err = PROPENSE_ERROR_INIT;
    model *m = model_new();
    if (!m) return 0;
    text t = { 0 };
    if (card_json_read(m, (str){ (const char *)bytes, (int64_t)n }, "model.keras", &err) ==
        PROPENSE_OK)
        (void)card_json_write(&t, m, &err);
    text_free(&t);
    model_free(m);
    return 0;
}
