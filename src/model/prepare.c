/* propense prepare: what both ways have in common, from the options to the three files.
 * Leaves the rows and their values to prepare_published.c and prepare_honest.c, the bytes to npy.h.
 * Read prepare.h and prepare_parts.h first. */
#include "prepare.h"

#include <math.h>

#include "files.h"
#include "num.h"
#include "pipeline_options.h"
#include "prepare_parts.h"

static const char *const part_names[prepared_parts] = { "train", "valid", "test" };

const char *prepared_part_name(int part)
{
    return part_names[part];
}

/* ---- Options */

/* "80,10,10": shares or percentages of three parts; the first may not be 0. */
static status read_shares(double share[prepared_parts], const char *list, arena *mem,
                          propense_error *err)
{
    str *words;
    int32_t n;
    double sum = 0;
    TRY(words_of_option(&words, &n, list, mem, err));
    int good = n == prepared_parts;
    for (int i = 0; good && i < n; i++) {
        good = num_parse(words[i], &share[i]) && share[i] >= 0 && share[i] <= 100;
        sum += share[i];
    }
    if (!good || !(share[0] > 0) || !(fabs(sum - 1) < 1e-9 || fabs(sum - 100) < 1e-9))
        return fail(err, PROPENSE_E_ARG,
                    "--parts: met '%s', expected three shares of training, validation and test "
                    "that make 100, such as 80,10,10",
                    list);
    for (int i = 0; i < n; i++) share[i] /= sum > 2 ? 100 : 1;
    return PROPENSE_OK;
}

static int is_published(const options *o)
{
    return strcmp(option_text(o, OPT_preset), "audiobooks") == 0;
}

static status read_options(preparing *p, propense_error *err)
{
    const char *word = option_text(p->o, OPT_balance);
    TRY(kernels_of_options(&p->k, p->o, err));
    TRY(read_shares(p->share, option_text(p->o, OPT_parts), &p->mem, err));
    p->balance = balance_of(word);
    if (is_published(p->o) && !option_given(p->o, OPT_balance)) p->balance = BALANCE_FIRST;
    p->seed = (uint64_t)option_int(p->o, OPT_seed);
    return PROPENSE_OK;
}

/* ---- Balance */

static void add_interval(text *t, const auc_interval *a, propense_language language)
{
    text_local(t, a->auc, 2, language);
    text_z(t, " (");
    text_local(t, a->low, 2, language);
    text_z(t, " - ");
    text_local(t, a->high, 2, language);
    text_z(t, ")");
}

/* "15.9%" */
static void add_percent(text *t, int64_t part, int64_t of, propense_language language)
{
    text_local(t, of ? 100 * (double)part / (double)of : 0, 1, language);
    text_z(t, language == PROPENSE_SPANISH ? "\xC2\xA0%" : "%");
}

static status tell_balance(const preparing *p, const auc_interval *apart, int64_t n_zeros,
                           int64_t n_dropped, propense_error *err)
{
    propense_language language = callbacks_language(p->cb);
    text figures = { 0 }, all = { 0 }, kept = { 0 };
    add_interval(&figures, apart, language);
    add_percent(&all, p->result->n_positive, p->result->n_rows, language);
    add_percent(&kept, p->result->n_positive, p->result->n_rows - n_dropped, language);
    int bad = figures.bad || all.bad || kept.bad;
    if (!bad && balance_is_skewed(apart))
        say(p->cb, PROPENSE_WARNING,
            "the %lld zeros that were kept do not stand for all %lld: a model tells kept from "
            "dropped ones apart with ROC AUC %s, where 0.5 would be chance. The file is not in "
            "random order, so what is measured on these parts does not hold for your customers. "
            "--balance random draws the zeros, --balance none keeps them all",
            (long long)(n_zeros - n_dropped), (long long)n_zeros, figures.p);
    if (!bad)
        say(p->cb, PROPENSE_NOTE,
            "the parts hold %s conversions, the file %s: probabilities of a model that learns from "
            "them are too high, and its accuracy is another question's. 'propense train' on the "
            "file itself needs no balancing",
            kept.p, all.p);
    text_free(&figures);
    text_free(&all);
    text_free(&kept);
    return bad ? fail_memory(err) : PROPENSE_OK;
}

status prepare_judge_balance(preparing *p, const float *x, const uint8_t *y, const uint8_t *keep,
                             int64_t n, int32_t n_inputs, propense_error *err)
{
    int64_t n_zeros = 0, n_dropped = 0, at = 0;
    auc_interval apart;
    for (int64_t i = 0; i < n; i++) {
        n_zeros += !y[i];
        n_dropped += !keep[i];
    }
    p->result->n_rows = n;
    p->result->n_positive = n - n_zeros;
    if (!n_dropped) return PROPENSE_OK;
    float *zeros = TAKE_WIDE(&p->mem, float, n_zeros *n_inputs);
    uint8_t *kept = TAKE(&p->mem, uint8_t, n_zeros);
    if (!zeros || !kept) return fail_memory(err);
    for (int64_t i = 0; i < n; i++) {
        if (y[i]) continue;
        memcpy(zeros + at * n_inputs, x + i * n_inputs, (size_t)n_inputs * sizeof *x);
        kept[at++] = keep[i];
    }
    TRY(balance_told_apart(&apart, zeros, kept, n_zeros, n_inputs, 1, p->k, &p->mem, err));
    p->result->told_apart = apart.auc;
    p->result->told_apart_low = apart.low;
    p->result->told_apart_high = apart.high;
    return tell_balance(p, &apart, n_zeros, n_dropped, err);
}

/* ---- Parts */

/* As the published script cuts: int(share * n) rows each, the rest into the last. */
static void cut_parts(preparing *p)
{
    int64_t left = p->out.n;
    for (int i = 0; i < prepared_parts; i++) {
        int64_t n = (int64_t)(p->share[i] * (double)p->out.n);
        if (i == prepared_parts - 1 || n > left) n = left;
        p->out.rows[i] = n;
        left -= n;
    }
}

static int is_positive(const arrays *a, int64_t row)
{
    if (a->target_type == NPY_INT64) return ((const int64_t *)a->targets)[row] == 1;
    return ((const double *)a->targets)[row] == 1;
}

/* Rows first .. first + n - 1 as an archive. */
static void add_part(text *out, const arrays *a, int64_t first, int64_t n)
{
    zip_writer z = { 0 };
    int64_t input_size = a->input_type == NPY_FLOAT32 ? 4 : 8;
    const char *x = (const char *)a->inputs + first * a->n_inputs * input_size;
    const char *y = (const char *)a->targets + first * 8;
    npz_add(&z, "inputs", a->input_type, 2, (const int64_t[]){ n, a->n_inputs }, x);
    npz_add(&z, "targets", a->target_type, 1, (const int64_t[]){ n }, y);
    zip_finish(&z);
    if (z.bytes.bad)
        out->bad = 1;
    else
        text_str(out, text_view(&z.bytes));
    zip_writer_free(&z);
}

static status write_part(const arrays *a, int part, int64_t first, const char *prefix,
                         propense_error *err)
{
    text path = { 0 }, bytes = { 0 };
    text_f(&path, "%s_%s.npz", prefix, part_names[part]);
    add_part(&bytes, a, first, a->rows[part]);
    status s =
        path.bad || bytes.bad ? fail_memory(err) : file_write_all(path.p, bytes.p, bytes.n, err);
    text_free(&path);
    text_free(&bytes);
    return s;
}

static status write_parts(preparing *p, const char *prefix, propense_error *err)
{
    const arrays *a = &p->out;
    int64_t first = 0;
    for (int i = 0; i < prepared_parts; i++) {
        p->result->rows[i] = a->rows[i];
        for (int64_t r = 0; r < a->rows[i]; r++)
            p->result->positive[i] += is_positive(a, first + r);
        TRY(write_part(a, i, first, prefix, err));
        first += a->rows[i];
    }
    return PROPENSE_OK;
}

static status check_prefix(const char *prefix, propense_error *err)
{
    for (int i = 0; i < prepared_parts; i++) {
        text path = { 0 };
        text_f(&path, "%s_%s.npz", prefix, part_names[i]);
        status s = path.bad ? fail_memory(err) : file_can_create(path.p, err);
        text_free(&path);
        TRY(s);
    }
    return PROPENSE_OK;
}

static status prepare_steps(preparing *p, const char *prefix, propense_error *err)
{
    TRY(read_options(p, err));
    TRY(check_prefix(prefix, err));
    TRY(is_published(p->o) ? prepare_published(p, err) : prepare_honest(p, err));
    p->result->n_inputs = p->out.n_inputs;
    cut_parts(p);
    return write_parts(p, prefix, err);
}

status prepare_file(prepared *out, const char *path, const char *prefix, const options *o,
                    const propense_callbacks *cb, propense_error *err)
{
    const double unknown = (double)NAN;
    preparing p = { .path = path, .o = o, .cb = cb, .result = out };
    *out =
        (prepared){ .told_apart = unknown, .told_apart_low = unknown, .told_apart_high = unknown };
    status s = prepare_steps(&p, prefix, err);
    arena_free(&p.mem);
    return s;
}
