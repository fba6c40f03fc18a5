/* Scoring a file: chunks are encoded, predicted and written as text by the workers, and handed to
 * the output in file order. Leaves reading to csv.h, and every step of a row to the functions that
 * training uses too. Read score.h and csv.h first. */
#include "score.h"

#include "files.h"
#include "judge.h"
#include "kernels.h"
#include "natural.h"
#include "npz_table.h"
#include "score_columns.h"
#include "score_foreign.h"
#include "score_lines.h"
#include "pipeline_options.h"
#include "table_options.h"

/* Encoded at once: at most so many floats, so that wide models stay in constant memory. */
enum { encode_floats = 1 << 20 };

/* What one worker keeps from chunk to chunk. */
typedef struct score_worker {
    arena tmp;
    float *x, *p, *logit;
    int64_t *rows;    /* row numbers, only where a chunk is encoded in pieces */
    int64_t capacity; /* rows that x and p hold */
} score_worker;

/* What a chunk leaves for delivery. */
typedef struct score_slot {
    text lines;
    encode_counts counts;
} score_slot;

typedef struct scoring {
    const model *m;
    const encoder *e; /* the model's, or one made up for a foreign model */
    encoder made_up;
    const struct kernels *k;
    const char *name; /* of the data, for messages: of one file or several */
    int32_t *at;      /* encoder column -> column of the file */
    int32_t id;       /* column of the file, -1 = number the rows */
    int unknown_is_error;
    score_columns wide; /* n 0: plain lines */
    const options *o;
    const str *names; /* of the file's columns */
    score_worker *workers;
    score_slot *slots;
    file_out *out;
    encode_counts counts;
    int64_t n_rows;
    arena mem;
} scoring;

static status worker_reserve(const scoring *s, score_worker *w, int64_t n, propense_error *err)
{
    if (n <= w->capacity) return PROPENSE_OK;
    int64_t pieces = encode_floats / (s->e->n_inputs + 1) + 1;
    int64_t rows = n < pieces ? n : pieces;
    if (rows <= w->capacity) return PROPENSE_OK;
    arena_free(&w->tmp);
    w->capacity = rows;
    w->x = TAKE_WIDE(&w->tmp, float, rows * s->e->n_inputs);
    w->p = TAKE(&w->tmp, float, rows);
    w->logit = TAKE(&w->tmp, float, rows);
    w->rows = TAKE(&w->tmp, int64_t, rows);
    if (w->x && w->p && w->logit && w->rows) return PROPENSE_OK;
    w->capacity = 0;
    return fail_memory(err);
}

/* p: probabilities, z: the logits they come from. */
static status write_rows(const scoring *s, score_worker *w, score_slot *slot, const table *chunk,
                         int64_t first, int64_t n, const float *p, const float *z,
                         propense_error *err)
{
    if (s->wide.n)
        return score_wide_lines(&slot->lines, &s->wide,
                                &(score_wide_rows){ s->m, s->e, s->at, chunk, s->id, first, n, z },
                                &w->tmp, err);
    score_lines(&slot->lines, &(score_rows){ chunk, s->id, first, n, p });
    return PROPENSE_OK;
}

/* Rows [from, from + n) of the chunk with several networks: encode, predict, write. */
static status score_piece(const scoring *s, score_worker *w, score_slot *slot, const table *chunk,
                          int64_t from, int64_t n, propense_error *err)
{
    const int64_t *rows = NULL;
    if (n < chunk->n_rows) {
        for (int64_t i = 0; i < n; i++) w->rows[i] = from + i;
        rows = w->rows;
    }
    if (s->m->is_foreign) TRY(foreign_check_values(s->e, s->at, chunk, from, n, chunk->file, err));
    TRY(encoder_transform(s->e, s->at, chunk, rows, n, w->x, s->unknown_is_error, chunk->file,
                          &slot->counts, &w->tmp, err));
    TRY(predict_rows(s->m, s->k, w->x, n, w->p, w->logit, &w->tmp, err));
    TRY(write_rows(s, w, slot, chunk, from, n, w->p, w->logit, err));
    return slot->lines.bad ? fail_memory(err) : PROPENSE_OK;
}

/* A chunk with one network: blocks of rows take the way from columns to text within the nearest
 * caches. */
static status score_blocks(const scoring *s, score_worker *w, score_slot *slot, const table *chunk,
                           propense_error *err)
{
    const network *net = &s->m->network;
    float *scratch = TAKE_WIDE(&w->tmp, float, network_predict_scratch(net, network_block_rows));
    encoder_pass *pass;
    if (!scratch) return fail_memory(err);
    if (s->m->is_foreign)
        TRY(foreign_check_values(s->e, s->at, chunk, 0, chunk->n_rows, chunk->file, err));
    TRY(encoder_begin(&pass, s->e, s->at, chunk, chunk->file, &w->tmp, err));
    for (int64_t first = 0; first < chunk->n_rows; first += network_block_rows) {
        float z[network_block_rows], p[network_block_rows];
        int64_t left = chunk->n_rows - first;
        int64_t n = left < network_block_rows ? left : network_block_rows;
        encoder_block(pass, s->k, first, n, scratch, network_block_stride);
        network_block_logits(net, s->m->params, s->k, n, z, scratch);
        probabilities_of(s->m, s->k, z, n, p);
        TRY(write_rows(s, w, slot, chunk, first, n, p, z, err));
    }
    if (slot->lines.bad) return fail_memory(err);
    return encoder_end(pass, s->unknown_is_error, &slot->counts, err);
}

static status score_chunk(void *user, int worker, int slot_number, const table *chunk,
                          propense_error *err)
{
    scoring *s = user;
    score_worker *w = &s->workers[worker];
    score_slot *slot = &s->slots[slot_number];
    slot->lines.n = 0;
    slot->counts = (encode_counts){ 0 };
    if (!s->m->n_members) {
        arena_mark mark = arena_here(&w->tmp);
        status code = score_blocks(s, w, slot, chunk, err);
        arena_rewind(&w->tmp, mark);
        return code;
    }
    TRY(worker_reserve(s, w, chunk->n_rows, err));
    for (int64_t from = 0; from < chunk->n_rows; from += w->capacity) {
        int64_t left = chunk->n_rows - from;
        TRY(score_piece(s, w, slot, chunk, from, left < w->capacity ? left : w->capacity, err));
    }
    return PROPENSE_OK;
}

static status deliver_chunk(void *user, int slot_number, const table *chunk, propense_error *err)
{
    scoring *s = user;
    score_slot *slot = &s->slots[slot_number];
    encode_counts_add(&s->counts, &slot->counts);
    s->n_rows += chunk->n_rows;
    return file_write(s->out, slot->lines.p, slot->lines.n, err);
}

/* Finds the columns by name and tells the reader what to read and what to skip. */
static status find_columns(scoring *s, csv_reader *r, propense_error *err)
{
    const schema *sc = &s->m->schema;
    const encoder *e = s->e;
    int32_t n = csv_n_columns(r);
    str *names = TAKE(&s->mem, str, n);
    column_kind *kinds = TAKE(&s->mem, column_kind, n);
    s->at = TAKE(&s->mem, int32_t, e->n_columns);
    if (!names || !kinds || !s->at) return fail_memory(err);
    for (int32_t c = 0; c < n; c++) {
        names[c] = csv_columns(r)[c].name;
        kinds[c] = COLUMN_SKIPPED;
        if (sc->id >= 0 && str_eq(names[c], sc->columns[sc->id].name)) s->id = c;
    }
    TRY(encoder_find(s->at, e, names, n, s->name, err));
    for (int32_t c = 0; c < e->n_columns; c++)
        kinds[s->at[c]] = e->columns[c].is_number ? COLUMN_NUMBER : COLUMN_WORDS;
    if (s->id >= 0) kinds[s->id] = COLUMN_TEXT;
    TRY(score_columns_plan(&s->wide, s->o, names, kinds, n, s->name, err));
    s->names = names;
    csv_plan(r, kinds);
    return PROPENSE_OK;
}

/* r: NULL for arrays. */
static status write_header(const scoring *s, const csv_reader *r, propense_error *err)
{
    text t = { 0 };
    if (s->wide.n)
        score_wide_header(&t, &s->wide, s->names, s->id);
    else
        score_header(&t, r && s->id >= 0 ? csv_columns(r)[s->id].name : (str){ 0 });
    status code = t.bad ? fail_memory(err) : file_write(s->out, t.p, t.n, err);
    text_free(&t);
    return code;
}

static status score_reader(scoring *s, csv_reader *r, const propense_callbacks *cb,
                           propense_error *err)
{
    s->name = csv_name(r);
    s->e = &s->m->encoder;
    if (s->m->is_foreign) {
        TRY(foreign_columns(&s->made_up, &s->at, &s->id, -1, s->m, r, cb, &s->mem, err));
        s->e = &s->made_up;
    } else {
        TRY(find_columns(s, r, err));
    }
    s->workers = TAKE(&s->mem, score_worker, csv_n_workers(r));
    s->slots = TAKE(&s->mem, score_slot, csv_n_slots(r));
    status code = s->workers && s->slots ? write_header(s, r, err) : fail_memory(err);
    if (code == PROPENSE_OK) code = csv_each(r, score_chunk, deliver_chunk, s, cb, err);
    for (int i = 0; s->workers && i < csv_n_workers(r); i++) arena_free(&s->workers[i].tmp);
    for (int i = 0; s->slots && i < csv_n_slots(r); i++) text_free(&s->slots[i].lines);
    return code;
}

static void tell_counts(const scoring *s, const propense_callbacks *cb)
{
    if (verdict_sign(s->m->card.verdict) == 0)
        say(cb, PROPENSE_WARNING,
            "this model is no better than chance: do not choose customers by these numbers "
            "(propense plan says what to do instead)");
    if (s->counts.n_missing)
        say(cb, PROPENSE_NOTE, "%lld cells have no value and are filled as in training",
            (long long)s->counts.n_missing);
    if (s->counts.n_unknown) {
        str name = s->e->columns[s->counts.first_column].name;
        say(cb, PROPENSE_WARNING,
            "%lld cells hold a level that training did not have and count as zeros (first: row "
            "%lld, "
            "column '%.*s'); --unknown error stops instead",
            (long long)s->counts.n_unknown, (long long)(s->counts.first_row + 1), STR_ARG(name));
    }
}

/* The words that meant missing in training mean it here too, unless others are asked for. */
static const char *missing_words(const model *m, const options *o)
{
    const char *asked = option_text(o, OPT_missing);
    if (strcmp(asked, option_table[OPT_missing].initial) != 0) return asked;
    for (int32_t i = 0; i < m->card.n_options; i++)
        if (str_eq(m->card.options[i].name, STR("missing"))) return m->card.options[i].value.p;
    return asked;
}

static status check_is_other(const char *path, const char *out_path, propense_error *err)
{
    if (strcmp(out_path, "-") == 0 || !file_same(path, out_path)) return PROPENSE_OK;
    return fail(err, PROPENSE_E_ARG, "%s: the output is the input; choose another name", path);
}

static status check_further(const csv_options *co, const char *out_path, arena *mem,
                            propense_error *err)
{
    for (int32_t i = 0; i < co->n_also; i++) {
        str path = str_keep(mem, co->also[i]);
        if (!path.p) return fail_memory(err);
        TRY(check_is_other(path.p, out_path, err));
    }
    return PROPENSE_OK;
}

/* ---- The arrays of an .npz */

static status find_arrays(scoring *s, const table *t, int has_target, const propense_callbacks *cb,
                          propense_error *err)
{
    int32_t n = t->n_columns - has_target;
    s->e = &s->m->encoder;
    if (s->m->is_foreign) {
        s->e = &s->made_up;
        return foreign_arrays(&s->made_up, &s->at, s->m, t, n, s->name, cb, &s->mem, err);
    }
    str *names = TAKE(&s->mem, str, n);
    s->at = TAKE(&s->mem, int32_t, s->e->n_columns);
    if (!names || !s->at) return fail_memory(err);
    for (int32_t c = 0; c < n; c++) names[c] = t->columns[c].name;
    return encoder_find(s->at, s->e, names, n, s->name, err);
}

/* Rows first .. first + n - 1 as a chunk of the whole. */
static void cut_chunk(table *chunk, const table *whole, int64_t first, int64_t n)
{
    chunk->n_rows = n;
    chunk->first_row = first;
    for (int32_t c = 0; c < whole->n_columns; c++) {
        chunk->columns[c] = whole->columns[c];
        chunk->columns[c].number = whole->columns[c].number + first;
    }
}

static status score_table(scoring *s, const table *t, propense_error *err)
{
    enum { chunk_rows = 8192 };
    table chunk = *t;
    chunk.columns = TAKE(&s->mem, column, t->n_columns);
    if (!chunk.columns) return fail_memory(err);
    TRY(write_header(s, NULL, err));
    for (int64_t first = 0; first < t->n_rows; first += chunk_rows) {
        int64_t left = t->n_rows - first;
        cut_chunk(&chunk, t, first, left < chunk_rows ? left : chunk_rows);
        TRY(score_chunk(s, 0, 0, &chunk, err));
        TRY(deliver_chunk(s, 0, &chunk, err));
    }
    return PROPENSE_OK;
}

static status score_arrays(scoring *s, const char *path, const propense_callbacks *cb,
                           propense_error *err)
{
    table t;
    int has_target;
    score_worker worker = { 0 };
    score_slot slot = { 0 };
    s->name = path;
    s->workers = &worker;
    s->slots = &slot;
    TRY(npz_table_read(&t, &has_target, path, &s->mem, err));
    TRY(find_arrays(s, &t, has_target, cb, err));
    status code = score_table(s, &t, err);
    arena_free(&worker.tmp);
    text_free(&slot.lines);
    return code;
}

static status open_and_score(scoring *s, const char *path, const char *out_path, const options *o,
                             const propense_callbacks *cb, propense_error *err)
{
    csv_options co;
    int is_wide = *option_text(o, OPT_columns) || *option_text(o, OPT_keep);
    if (is_wide && (s->m->is_foreign || npz_is_named(path)))
        return fail(err, PROPENSE_E_ARG,
                    "--columns and --keep want a model of propense and a CSV file");
    if (npz_is_named(path)) return score_arrays(s, path, cb, err);
    TRY(csv_options_of(&co, o, missing_words(s->m, o), &s->mem, err));
    co.types_are_fixed = 1;
    TRY(check_further(&co, out_path, &s->mem, err));
    csv_reader *r;
    TRY(csv_open(&r, path, &co, err));
    csv_tell(r, cb);
    status code = score_reader(s, r, cb, err);
    csv_close(r);
    return code;
}

status score_file(const model *m, const char *path, const char *out_path, const options *o,
                  const propense_callbacks *cb, propense_score_summary *summary,
                  propense_error *err)
{
    model moved;
    TRY(natural_prior(&moved, m, o, err));
    scoring s = { .m = &moved,
                  .o = o,
                  .id = -1,
                  .unknown_is_error = strcmp(option_text(o, OPT_unknown), "error") == 0 };
    TRY(kernels_of_options(&s.k, o, err));
    TRY(check_is_other(path, out_path, err));
    TRY(file_create(&s.out, out_path, err));
    status code = open_and_score(&s, path, out_path, o, cb, err);
    if (code == PROPENSE_OK)
        code = file_commit(s.out, 0, err);
    else
        file_discard(s.out);
    if (code == PROPENSE_OK) tell_counts(&s, cb);
    arena_free(&s.mem);
    if (summary && summary->struct_size >= sizeof *summary)
        *summary = (propense_score_summary){ sizeof *summary, s.n_rows, s.counts.n_missing,
                                             s.counts.n_unknown };
    return code;
}
