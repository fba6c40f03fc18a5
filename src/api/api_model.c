/* The model handle of propense.h: train, load, save, score. Leaves the work to model/.
 * What a model says of itself is in api_views.c. */
#include "api_structs.h"
#include "bundle.h"
#include "calibrate.h"
#include "files.h"
#include "kernels.h"
#include "rehearsal_words.h"
#include "score.h"
#include "train.h"

const char *propense_version(void)
{
    return PROPENSE_VERSION;
}
const char *propense_cpu_level(void)
{
    return kernels_best()->name;
}

/* Options of the caller, or defaults that are freed by the second call. */
static status options_or_default(const options **out, const propense_options *given,
                                 propense_error *err)
{
    *out = given ? given : options_new();
    return *out ? PROPENSE_OK : fail_memory(err);
}

static void free_default(const options *used, const propense_options *given)
{
    if (given) return;
    union {
        const options *constant;
        options *ours;
    } u = { used };
    options_free(u.ours);
}

/* Tells the caller what the training would be; there is no model then. */
static status tell_rehearsal(const char *path, const options *o, const propense_callbacks *cb,
                             propense_error *err)
{
    model *m;
    rehearsal r;
    text words = { 0 };
    TRY(train_rehearse(&m, &r, path, o, cb, err));
    rehearsal_print(&words, m, &r, cb ? cb->language : PROPENSE_ENGLISH);
    while (words.n && words.p[words.n - 1] == '\n') words.p[--words.n] = '\0';
    status s = words.bad ? fail_memory(err) : PROPENSE_OK;
    if (s == PROPENSE_OK && cb && cb->message) cb->message(cb->user, PROPENSE_NOTE, words.p);
    text_free(&words);
    model_free(m);
    return s;
}

propense_status propense_train(propense_model **out, const char *path,
                               const propense_options *given, const propense_callbacks *callbacks,
                               propense_error *err)
{
    const options *o;
    propense_callbacks full;
    if (out) *out = NULL;
    if (!out || !path) return fail(err, PROPENSE_E_ARG, "an argument is NULL");
    TRY(callbacks_take(&callbacks, &full, callbacks, err));
    TRY(options_or_default(&o, given, err));
    status s = option_flag(o, OPT_dry_run)
                   ? tell_rehearsal(path, o, callbacks, err)
                   : train_file_calibrated(out, path, o, calibrate_training, callbacks, err);
    if (s == PROPENSE_OK && *out) calibrate_tell_export(&(*out)->calibrator, callbacks);
    free_default(o, given);
    return s;
}

propense_status propense_model_load(propense_model **out, const char *path, propense_error *err)
{
    if (out) *out = NULL;
    if (!out || !path) return fail(err, PROPENSE_E_ARG, "an argument is NULL");
    unsigned char *bytes;
    int64_t n;
    TRY(file_read_all(path, BUNDLE_MOST_BYTES, &bytes, &n, err));
    status s = bundle_read(out, (str){ (const char *)bytes, n }, path, err);
    mem_free(bytes);
    return s;
}

propense_status propense_model_load_weights(propense_model **out, const char *path,
                                            const char *config_path, propense_error *err)
{
    if (out) *out = NULL;
    if (!out || !path || !config_path) return fail(err, PROPENSE_E_ARG, "an argument is NULL");
    unsigned char *bytes, *config;
    int64_t n, n_config;
    TRY(file_read_all(path, BUNDLE_MOST_BYTES, &bytes, &n, err));
    status s = file_read_all(config_path, BUNDLE_MOST_BYTES, &config, &n_config, err);
    if (s == PROPENSE_OK) {
        s = bundle_read_weights(out, (str){ (const char *)bytes, n }, path,
                                (str){ (const char *)config, n_config }, config_path, err);
        mem_free(config);
    }
    mem_free(bytes);
    return s;
}

propense_status propense_model_save(const propense_model *m, const char *path, propense_error *err)
{
    if (!m || !path) return fail(err, PROPENSE_E_ARG, "an argument is NULL");
    text bytes = { 0 };
    status s = bundle_write_named(&bytes, m, path, err);
    if (s == PROPENSE_OK) s = file_write_all(path, bytes.p, bytes.n, err);
    text_free(&bytes);
    return s;
}

propense_status propense_check_model_output(const char *path, propense_error *err)
{
    if (!path) return fail(err, PROPENSE_E_ARG, "an argument is NULL");
    TRY(bundle_check_name(path, err));
    return file_can_create(path, err);
}

void propense_model_free(propense_model *m)
{
    model_free(m);
}

propense_status propense_score(const propense_model *m, const char *path, const char *out_path,
                               const propense_options *given, const propense_callbacks *callbacks,
                               propense_score_summary *summary, propense_error *err)
{
    const options *o;
    propense_callbacks full;
    propense_score_summary counts = PROPENSE_SCORE_SUMMARY_INIT;
    if (!m || !path || !out_path) return fail(err, PROPENSE_E_ARG, "an argument is NULL");
    TRY(callbacks_take(&callbacks, &full, callbacks, err));
    TRY(options_or_default(&o, given, err));
    status s = score_file(m, path, out_path, o, callbacks, &counts, err);
    struct_give(summary, &counts, sizeof counts);
    free_default(o, given);
    return s;
}
