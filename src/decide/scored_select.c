/* Who may be contacted: each customer once, and nobody who asked not to be.
 * Leaves the hash table to ids.c.
 * Read scored.h first. */
#include "names.h"
#include "order.h"
#include "scored.h"
#include "table_options.h"

enum { IN = 0, DOUBLE, SUPPRESSED };

/* ---- Repeated ids */

static status drop_duplicates(scored *s, uint8_t *state, const propense_callbacks *cb,
                              propense_error *err)
{
    int64_t first = -1, second = -1;
    TRY(id_index_new(&s->ids, &s->c, err));
    for (int64_t i = 0; i < s->c.n; i++) {
        if (i + campaign_ahead < s->c.n) id_index_prefetch(&s->ids, i + campaign_ahead);
        int64_t before = id_index_add(&s->ids, i);
        if (before < 0) continue;
        if (first < 0) first = before, second = i;
        s->n_duplicates++;
        if (order_compare(&s->c, ORDER_BY_EURO, before, i) < 0) {
            state[i] = DOUBLE;
        } else {
            state[before] = DOUBLE;
            id_index_replace(&s->ids, before, i);
        }
    }
    if (s->n_duplicates)
        say(cb, PROPENSE_WARNING,
            "%s: rows that repeat an id: %lld (first: '%.*s', rows %lld and %lld); each customer "
            "counts once, with the row that promises most",
            s->name, (long long)s->n_duplicates, STR_ARG(campaign_id(&s->c, first)),
            (long long)first + 1, (long long)second + 1);
    return PROPENSE_OK;
}

/* ---- The suppress list */

/* The column of the same name, the only one, or the first with the name of an id. */
static int32_t suppress_column(const scored *s, const csv_reader *r)
{
    int32_t n = csv_n_columns(r);
    for (int32_t i = 0; s->at_id >= 0 && i < n; i++)
        if (str_eq(csv_columns(r)[i].name, s->t.columns[s->at_id].name)) return i;
    if (n == 1) return 0;
    for (int32_t i = 0; i < n; i++)
        if (name_is_id(csv_columns(r)[i].name)) return i;
    return -1;
}

typedef struct suppressing {
    scored *s;
    uint8_t *state;
    int32_t at;
    int64_t n_ids;
    str first_foreign;
} suppressing;

static status suppress_id(suppressing *g, str id, int is_header, propense_error *err)
{
    scored *s = g->s;
    id = str_trim(id);
    if (!id.n) return PROPENSE_OK;
    int64_t row = id_index_find(&s->ids, id);
    if (is_header && row < 0) return PROPENSE_OK;
    g->n_ids++;
    if (row >= 0) {
        s->n_suppressed += g->state[row] != SUPPRESSED;
        g->state[row] = SUPPRESSED;
        return PROPENSE_OK;
    }
    if (!s->n_foreign++) g->first_foreign = str_keep(&s->mem, id);
    return s->n_foreign == 1 && !g->first_foreign.p ? fail_memory(err) : PROPENSE_OK;
}

static status suppress_chunk(void *user, int slot, const table *chunk, propense_error *err)
{
    suppressing *g = user;
    const column *k = &chunk->columns[g->at];
    (void)slot;
    for (int64_t i = 0; i < chunk->n_rows; i++)
        TRY(suppress_id(g, (str){ k->bytes + k->offset[i], k->offset[i + 1] - k->offset[i] }, 0,
                        err));
    return PROPENSE_OK;
}

static void tell_suppressed(const suppressing *g, const char *name, const propense_callbacks *cb)
{
    const scored *s = g->s;
    if (!s->n_foreign) return;
    if (s->n_foreign == g->n_ids)
        say(cb, PROPENSE_WARNING,
            "%s: none of its %lld ids is in %s (first: '%.*s'), so nobody is kept from being "
            "contacted: is it the right list, and are ids written the same way in both?",
            name, (long long)g->n_ids, s->name, STR_ARG(g->first_foreign));
    else
        say(cb, PROPENSE_NOTE, "%s: ids that are not in %s: %lld of %lld (first: '%.*s')", name,
            s->name, (long long)s->n_foreign, (long long)g->n_ids, STR_ARG(g->first_foreign));
}

static status suppress_reader(suppressing *g, csv_reader *r, const propense_callbacks *cb,
                              propense_error *err)
{
    scored *s = g->s;
    int32_t n = csv_n_columns(r);
    g->at = suppress_column(s, r);
    if (g->at < 0)
        return fail(err, PROPENSE_E_ARG,
                    "%s: which column holds the ids? Name it as in %s, or leave it alone in the "
                    "file",
                    csv_name(r), s->name);
    column_kind *kinds = TAKE(&s->mem, column_kind, n);
    if (!kinds) return fail_memory(err);
    for (int32_t i = 0; i < n; i++) kinds[i] = i == g->at ? COLUMN_TEXT : COLUMN_SKIPPED;
    csv_plan(r, kinds);
    /* a list without header: what was taken for one is the first customer */
    TRY(suppress_id(g, csv_columns(r)[g->at].name, 1, err));
    TRY(csv_each(r, NULL, suppress_chunk, g, cb, err));
    tell_suppressed(g, csv_name(r), cb);
    return PROPENSE_OK;
}

static status suppress(scored *s, uint8_t *state, const char *path, const options *o,
                       const propense_callbacks *cb, propense_error *err)
{
    suppressing g = { .s = s, .state = state };
    csv_options co = { .threads = (int)option_int(o, OPT_threads), .types_are_fixed = 1 };
    csv_reader *r;
    status code = csv_open(&r, path, &co, err);
    if (code != PROPENSE_OK) return code;
    code = suppress_reader(&g, r, cb, err);
    csv_close(r);
    return code;
}

status scored_select(scored *s, const plan_options *po, const options *o,
                     const propense_callbacks *cb, propense_error *err)
{
    int64_t n = s->c.n;
    uint8_t *state = mem_resize(NULL, n);
    if (!state) return fail_memory(err);
    memset(state, IN, (size_t)n);
    status code = drop_duplicates(s, state, cb, err);
    if (code == PROPENSE_OK && *po->suppress) code = suppress(s, state, po->suppress, o, cb, err);
    if (code == PROPENSE_OK) {
        s->rows = mem_resize_array(NULL, n, (int64_t)sizeof *s->rows);
        if (!s->rows) code = fail_memory(err);
        for (int64_t i = 0; s->rows && i < n; i++)
            if (state[i] == IN) s->rows[s->n++] = (int32_t)i;
    }
    mem_free(state);
    return code;
}
