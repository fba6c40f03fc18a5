/* A model file from anywhere: load it, let it say all it holds, and predict a few rows. */
#include <stddef.h>
#include <stdint.h>

#include "bundle.h"
#include "console.h"
#include "judge.h"
#include "kernels.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void predict_zeros(const model *m)
{
    enum { rows = 3 };
    arena tmp = { 0 };
    propense_error err = PROPENSE_ERROR_INIT;
    float p[rows], *x = TAKE_WIDE(&tmp, float, rows *(int64_t)m->network.n_inputs);
    if (x) (void)predict_rows(m, kernels_best(), x, rows, p, NULL, &tmp, &err);
    arena_free(&tmp);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    propense_error err = PROPENSE_ERROR_INIT;
    model *m;
    text t = { 0 };
    if (bundle_read(&m, (str){ (const char *)bytes, (int64_t)n }, "model.keras", &err) !=
        PROPENSE_OK)
        return 0;
    console_inspect(&t, m, PROPENSE_ENGLISH);
    console_inspect_json(&t, m);
    console_verdict(&t, m, PROPENSE_SPANISH);
    predict_zeros(m);
    text_free(&t);
    model_free(m);
    return 0;
}
