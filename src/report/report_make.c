/* From a model, a file and a plan to the report's data, and to the page on disk.
 * Leaves the figures to study/, the page to html_report.c. Read report_make.h first. */
#include "report_make.h"

#include <math.h>

#include "command_words.h"
#include "evaluate_parts.h"
#include "files.h"
#include "html_report.h"
#include "judge.h"
#include "model_data.h"
#include "pipeline_options.h"
#include "report_tables.h"
#include "race.h"
#include "split.h"
#include "unseen.h"

typedef struct making {
    const model *m;
    const options *o;
    const propense_callbacks *cb;
    const struct kernels *k;
    dataset d;
    row_set train, judged; /* of d; train is known only for the model's own training file */
    evaluation *e;
    uint8_t *member; /* [d.n_rows] who did not learn from a row; NULL: the whole model answers */
    double *probability; /* [judged.n] */
    importance answers;
    effect effects[report_most_effects];
    arena effect_mem[report_most_effects];
    status effect_code[report_most_effects];
    propense_error effect_error[report_most_effects];
    report_data r;
    plan_summary plan;
    pool *threads;
    arena mem;
} making;

static str base_name(const char *path)
{
    const char *at = strrchr(path, '/');
    return str_of(at ? at + 1 : path);
}

/* ---- Which rows */

/* The training file: its test part, cut again as in training, is what the model has not seen. */
static status choose_rows(making *w, propense_error *err)
{
    const card *c = &w->m->card;
    split s;
    w->judged = (row_set){ w->d.known, w->d.n_known };
    if (!model_data_is_own(w->m, &w->d)) return PROPENSE_OK;
    if (c->n_test == 0 || c->n_train + c->n_test != w->d.n_known || card_is_grouped(c)) {
        w->r.is_training_data = 1;
        TRY(unseen_members(&w->member, w->m, &w->d, &w->mem, err));
        w->r.is_out_of_fold = w->member != NULL;
        return PROPENSE_OK;
    }
    uint8_t *y;
    TRY(dataset_targets(&y, &w->d, w->d.known, w->d.n_known, &w->mem, err));
    TRY(split_rows(&s, w->d.n_known, c->test_size, (uint32_t)c->split_seed, c->stratify, y, &w->mem,
                   err));
    for (int64_t i = 0; i < s.n_train; i++) s.train[i] = w->d.known[s.train[i]];
    for (int64_t i = 0; i < s.n_test; i++) s.test[i] = w->d.known[s.test[i]];
    w->train = (row_set){ s.train, s.n_train };
    w->judged = (row_set){ s.test, s.n_test };
    return PROPENSE_OK;
}

/* ---- Judging */

static status judge(making *w, propense_error *err)
{
    evaluation *e = w->e;
    int64_t n = w->judged.n;
    uint8_t *y;
    float *logit = TAKE(&w->mem, float, n);
    double *rank = TAKE(&w->mem, double, n);
    w->probability = TAKE(&w->mem, double, n);
    if (!logit || !rank || !w->probability) return fail_memory(err);
    TRY(dataset_targets(&y, &w->d, w->judged.at, n, &w->mem, err));
    TRY(unseen_answers(logit, w->probability, w->m, w->k, &w->d, w->judged, w->member, w->threads,
                       err));
    for (int64_t i = 0; i < n; i++) rank[i] = (double)logit[i];
    e->n_rows = w->d.n_rows;
    e->model = (appraisal){ .n = n, .y = y, .rank = rank, .p = w->probability };
    TRY(appraise(&e->model, e->threshold, 1, w->threads, &w->mem, err));
    evaluation_power(e);
    return PROPENSE_OK;
}

/* ---- The race */

enum { race_folds = 5, race_most_rows = 50000 };

/* Rows that simple models learn from, and the turns that hold the judged ones out: the test part
 * in one, the members' folds, or five folds of rows that are new to the model. */
static status race_turns(uint8_t *fold, int32_t *n_folds, row_set all, making *w,
                         propense_error *err)
{
    int64_t first = all.n - w->judged.n;
    folds five;
    *n_folds = w->member ? w->m->n_members : w->train.n ? 1 : race_folds;
    memset(fold, 0, (size_t)all.n);
    for (int64_t i = 0; i < first; i++) fold[i] = crossfit_never;
    for (int64_t i = first; w->member && i < all.n; i++) fold[i] = w->member[all.at[i]];
    if (*n_folds != race_folds || w->member) return PROPENSE_OK;
    w->r.race_is_new = 1;
    TRY(folds_stratified(&five, w->e->model.y, all.n, race_folds, 1, 42, &w->mem, err));
    memcpy(fold, five.of, (size_t)all.n);
    return PROPENSE_OK;
}

/* Each simple model needs both kinds of rows wherever it learns. */
static int can_race(const making *w)
{
    const appraisal *a = &w->e->model;
    return a->n_positive >= 2 * race_folds && a->n - a->n_positive >= 2 * race_folds &&
           a->n <= race_most_rows && !(w->r.is_training_data && !w->member);
}

static status race(making *w, propense_error *err)
{
    int32_t n_folds;
    int64_t n = w->train.n + w->judged.n;
    if (!can_race(w)) return PROPENSE_OK;
    int64_t *at = TAKE(&w->mem, int64_t, n);
    uint8_t *fold = TAKE(&w->mem, uint8_t, n);
    if (!at || !fold) return fail_memory(err);
    for (int64_t i = 0; i < n; i++)
        at[i] = i < w->train.n ? w->train.at[i] : w->judged.at[i - w->train.n];
    row_set all = { at, n };
    TRY(race_turns(fold, &n_folds, all, w, err));
    TRY(race_simple(w->e, &w->d, all, w->judged, fold, n_folds, w->threads, w->cb, err));
    /* new rows: what was known when the model was made, as evaluate has it */
    return w->r.race_is_new ? evaluation_base_rival(w->e, w->m, w->threads, err) : PROPENSE_OK;
}

/* ---- Looking into the model */

/* Every shuffle of a column asks for an answer to all columns of all rows, so the work grows with
 * the square of the columns. Fewer rows keep wide files within a minute or two; how many they were
 * is said in the chart. */
static void limit_work(importance_options *io, int32_t n_columns)
{
    enum { fewest_rows = 500 };
    const int64_t most_cells = 20000000000; /* half a minute of one core, with a small network */
    int64_t cells = (int64_t)n_columns * n_columns * io->repeats, most = most_cells / (cells + 1);
    if (most < fewest_rows) most = fewest_rows;
    if (!io->most_rows || most < io->most_rows) io->most_rows = most;
}

static int32_t most_effects(const making *w)
{
    return w->answers.n_rows < report_most_effects ? w->answers.n_rows : report_most_effects;
}

/* Columns worker, worker + n_workers, ... */
static void effect_share(void *user, int worker)
{
    making *w = user;
    for (int32_t i = worker; i < most_effects(w); i += pool_size(w->threads))
        w->effect_code[i] =
            effect_of(&w->effects[i], w->m, w->k, &w->d, w->judged, w->answers.rows[i].column,
                      &w->effect_mem[i], &w->effect_error[i]);
}

/* Those of more than one value, the most important first. */
static status look_at_effects(making *w, propense_error *err)
{
    int32_t n = most_effects(w);
    for (int32_t i = 0; i < n; i++) {
        w->effect_error[i] = (propense_error)PROPENSE_ERROR_INIT;
        w->effect_error[i].language = error_language(err);
    }
    pool_run(w->threads, pool_size(w->threads), effect_share, w);
    for (int32_t i = 0; i < n; i++) {
        if (w->effect_code[i] != PROPENSE_OK) {
            error_copy(err, &w->effect_error[i]);
            return w->effect_code[i];
        }
        if (w->effects[i].n > 1) w->effects[w->r.n_effects++] = w->effects[i];
    }
    w->r.effects = w->effects;
    return PROPENSE_OK;
}

static status look(making *w, propense_error *err)
{
    const appraisal *a = &w->e->model;
    group_table *groups;
    TRY(demographics_of(&groups, &w->r.n_groups, w->m, &w->d, w->judged, w->probability, &w->mem,
                        err));
    w->r.groups = groups;
    if (a->n_positive == 0 || a->n_positive == a->n) return PROPENSE_OK;
    importance_options io = { .seed = (uint64_t)option_int(w->o, OPT_seed),
                              .threads = (int)option_int(w->o, OPT_threads),
                              .member = w->member,
                              .cb = w->cb };
    /* Eight networks ask eight times as much; what is left is said in the chart. */
    if (w->m->n_members && !w->member) io.most_rows = 4000;
    if (w->m->encoder.n_columns > 60) io.repeats = 3;
    if (io.repeats) limit_work(&io, w->m->encoder.n_columns);
    TRY(importance_of(&w->answers, w->m, w->k, &w->d, w->judged, &io, &w->mem, err));
    w->r.answers = &w->answers;
    return look_at_effects(w, err);
}

static status use_data(making *w, const char *path, propense_error *err)
{
    w->e = evaluation_new(EVALUATION_OF_MODEL);
    if (!w->e) return fail_memory(err);
    TRY(evaluation_begin(w->e, w->o, err));
    TRY(evaluation_words(w->e, &w->m->schema, err));
    TRY(model_data_read(&w->d, w->m, path, w->o, w->cb, err));
    TRY(choose_rows(w, err));
    TRY(judge(w, err));
    TRY(race(w, err));
    w->r.e = w->e;
    return look(w, err);
}

static status use_plan(making *w, propense_error *err)
{
    enum { largest_plan = 16 << 20 };
    const char *path = option_text(w->o, OPT_plan);
    unsigned char *bytes;
    int64_t n;
    if (!*path) return PROPENSE_OK;
    TRY(file_read_all(path, largest_plan, &bytes, &n, err));
    status s = plan_summary_read(&w->plan, (str){ (const char *)bytes, n }, path, &w->mem, err);
    mem_free(bytes);
    w->r.plan = &w->plan;
    return s;
}

/* ---- Writing */

/* --assets: each chart as SVG, and as PNG where it can be drawn. */
static status write_asset(void *user, const char *name, const scene *s, propense_error *err)
{
    const making *w = user;
    text path = { 0 }, bytes = { 0 };
    text_f(&path, "%s/%s.svg", option_text(w->o, OPT_assets), name);
    scene_svg(&bytes, s);
    status code = path.bad || bytes.bad ? fail_memory(err) : PROPENSE_OK;
    if (code == PROPENSE_OK) code = file_write_all(path.p, bytes.p, bytes.n, err);
    if (code == PROPENSE_OK && scene_png_available(NULL) == PROPENSE_OK) {
        bytes.n = 0;
        memcpy(path.p + path.n - 3, "png", 3);
        code = scene_png(&bytes, s, err);
        if (code == PROPENSE_OK) code = file_write_all(path.p, bytes.p, bytes.n, err);
    }
    text_free(&path);
    text_free(&bytes);
    return code;
}

static status write_table(void *user, const char *name, const text *csv, propense_error *err)
{
    const making *w = user;
    text path = { 0 };
    text_f(&path, "%s/%s.csv", option_text(w->o, OPT_assets), name);
    status code = path.bad ? fail_memory(err) : file_write_all(path.p, csv->p, csv->n, err);
    text_free(&path);
    return code;
}

static void command_line(text *t, const making *w, const char *path)
{
    static const option_id told[] = { OPT_names,   OPT_separator, OPT_decimal, OPT_header,
                                      OPT_missing, OPT_encoding,  OPT_margin,  OPT_cost };
    const char *plan = option_text(w->o, OPT_plan);
    text_z(t, "propense report ");
    shell_word(t, w->r.model_name);
    if (path) {
        text_char(t, ' ');
        shell_word(t, w->r.data_name);
    }
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        if (!option_given(w->o, told[i])) continue;
        text_f(t, " --%s ", option_table[told[i]].name);
        shell_word(t, str_of(option_text(w->o, told[i])));
    }
    if (*plan) {
        text_z(t, " --plan ");
        shell_word(t, base_name(plan));
    }
    text_f(t, " --lang %s --out ", w->cb && w->cb->language == PROPENSE_SPANISH ? "es" : "en");
    shell_word(t, base_name(option_text(w->o, OPT_report_out)));
}

static status write_page(making *w, const char *path, const char *out_path, propense_error *err)
{
    propense_language language = w->cb ? w->cb->language : PROPENSE_ENGLISH;
    text command = { 0 }, out = { 0 };
    command_line(&command, w, path);
    w->r.command = text_view(&command);
    int has_assets = *option_text(w->o, OPT_assets) != 0;
    status s = command.bad ? fail_memory(err) : PROPENSE_OK;
    if (s == PROPENSE_OK)
        s = html_report(&out, &w->r, language, has_assets ? write_asset : NULL, w, &w->mem, err);
    if (s == PROPENSE_OK && has_assets) s = report_tables(&w->r, write_table, w, err);
    if (s == PROPENSE_OK) s = file_write_all(out_path, out.p, out.n, err);
    text_free(&command);
    text_free(&out);
    return s;
}

static status make_steps(making *w, const char *path, const char *out_path, propense_error *err)
{
    TRY(kernels_of_options(&w->k, w->o, err));
    w->threads = pool_new(threads_asked(w->o));
    if (!w->threads) return fail_memory(err);
    progress_watch(w->threads, w->cb);
    TRY(use_plan(w, err));
    if (path) TRY(use_data(w, path, err));
    return write_page(w, path, out_path, err);
}

status report_file(const model *m, const char *model_name, const char *path, const char *out_path,
                   const options *o, const propense_callbacks *cb, propense_error *err)
{
    if (m->is_foreign)
        return fail(err, PROPENSE_E_ARG,
                    "%s: a report needs a model that propense trained; this one has no "
                    "propense.json",
                    model_name);
    if (path && file_same(path, out_path))
        return fail(err, PROPENSE_E_ARG, "%s: the output is the input; choose another name", path);
    making w = { .m = m, .o = o, .cb = cb };
    w.r = (report_data){ .m = m, .model_name = base_name(model_name) };
    if (path) w.r.data_name = base_name(path);
    status s = make_steps(&w, path, out_path, err);
    evaluation_free(w.e);
    dataset_free(&w.d);
    pool_free(w.threads);
    for (int i = 0; i < report_most_effects; i++) arena_free(&w.effect_mem[i]);
    arena_free(&w.mem);
    return s;
}
