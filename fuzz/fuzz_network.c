/* Any bytes as the JSON file of --network, and what its options then mean to training. */
#include "fuzz_file.h"
#include "option_sets.h"
#include "pipeline_options.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    propense_error err = PROPENSE_ERROR_INIT;
    arena mem = { 0 };
    layer_spec *layers;
    int32_t n_layers;
    fit_options fit;
    options *o = options_new();
    const char *path = fuzz_file(0, (str){ (const char *)bytes, (int64_t)n });
    err.language = n & 1 ? PROPENSE_SPANISH : PROPENSE_ENGLISH;
    if (o && options_set(o, STR("network"), str_of(path), &err) == PROPENSE_OK) {
        (void)layers_of_options(&layers, &n_layers, o, &mem, &err);
        (void)fit_of_options(&fit, o, &err);
    }
    options_free(o);
    arena_free(&mem);
    return 0;
}
