/* The send list as CSV, plain or for a spreadsheet, lines made by all workers.
 * Leaves who is in it to choose.c.
 * Read plan.h first. */
#include <math.h>

#include "csv.h"
#include "num.h"
#include "plan.h"

enum { block_lines = 16384 };

typedef struct listing {
    const plan *p;
    char separator;
    const char *caution;
    int64_t from; /* position of the first block's first line */
    text *blocks; /* [n_workers] */
} listing;

static void add_number(text *t, const char *number, int64_t n, int excel)
{
    int64_t at = t->n;
    text_add(t, number, n);
    for (int64_t i = at; excel && !t->bad && i < t->n; i++)
        if (t->p[i] == '.') t->p[i] = ',';
}

static void add_probability(text *t, double p, int excel)
{
    char number[num_buffer];
    int is_float = (double)(float)p == p;
    add_number(t, number, is_float ? num_repr_float(number, (float)p) : num_repr(number, p), excel);
}

/* Four decimals: |amount| below 2e12, so ten-thousandths are whole below 2^63. */
static void add_amount(text *t, double amount, int excel)
{
    char digits[32];
    int n = (int)sizeof digits;
    int64_t ten_thousandths = (int64_t)rint(amount * 1e4);
    uint64_t left = (uint64_t)(ten_thousandths < 0 ? -ten_thousandths : ten_thousandths);
    for (int i = 0; i < 5 || left; i++) {
        if (i == 4) digits[--n] = '.';
        digits[--n] = (char)('0' + left % 10);
        left /= 10;
    }
    if (ten_thousandths < 0) digits[--n] = '-';
    add_number(t, digits + n, (int64_t)sizeof digits - n, excel);
}

static void add_count(text *t, int64_t count)
{
    char digits[20];
    int n = (int)sizeof digits;
    do digits[--n] = (char)('0' + count % 10);
    while ((count /= 10) > 0);
    text_add(t, digits + n, (int64_t)sizeof digits - n);
}

/* A spreadsheet would run what looks like a formula; an apostrophe makes it a text. */
static void add_word(text *t, str word, const listing *g)
{
    text safe = { 0 };
    if (!g->p->excel || !id_is_formula(word)) {
        csv_write_field(t, word, g->separator);
        return;
    }
    text_char(&safe, '\'');
    text_str(&safe, word);
    t->bad |= safe.bad;
    if (safe.p) csv_write_field(t, text_view(&safe), g->separator);
    text_free(&safe);
}

static void add_line(text *t, int64_t at, const listing *g)
{
    const plan *p = g->p;
    const campaign *c = &p->s.c;
    int32_t row = p->listed[at];
    char s = g->separator;
    add_word(t, campaign_id(c, row), g);
    text_char(t, s);
    add_probability(t, c->p[row], p->excel);
    text_char(t, s);
    add_amount(t, campaign_profit(c, row), p->excel);
    text_char(t, s);
    add_count(t, at + 1);
    text_char(t, s);
    add_count(t, decile_of(&p->bands, c->p[row]));
    text_char(t, s);
    text_z(t, p->segments.segment[segment_of(&p->segments, &p->bands, c, row)].band.name);
    text_z(t, p->arm[row] == ARM_CONTACT ? (s == ';' ? ";contact" : ",contact")
                                         : (s == ';' ? ";control" : ",control"));
    if (p->s.at_group >= 0) {
        const column *k = &p->s.t.columns[p->s.at_group];
        text_char(t, s);
        if (k->code[row] >= 0) add_word(t, k->level[k->code[row]], g);
    }
    if (g->caution) {
        text_char(t, s);
        text_z(t, g->caution);
    }
    text_z(t, p->excel ? "\r\n" : "\n");
}

static void prefetch(const plan *p, int64_t at, int64_t n)
{
    const campaign *c = &p->s.c;
    campaign_prefetch(c, p->listed, at, n);
    if (at + campaign_ahead >= n) return;
    __builtin_prefetch(&c->id_offset[p->listed[at + campaign_ahead]]);
    __builtin_prefetch(&p->arm[p->listed[at + campaign_ahead]]);
    /* nearer, since its address has to be there */
    __builtin_prefetch(&c->id_bytes[c->id_offset[p->listed[at + campaign_ahead / 2]]]);
}

static void make_block(void *user, int worker)
{
    listing *g = user;
    text *t = &g->blocks[worker];
    int64_t from = g->from + (int64_t)worker * block_lines, to = from + block_lines;
    int64_t n = g->p->n_listed < to ? g->p->n_listed : to;
    t->n = 0;
    for (int64_t i = from; i < n; i++) {
        prefetch(g->p, i, n);
        add_line(t, i, g);
    }
}

static void header(text *t, const listing *g)
{
    static const char *const names[] = { "probability", "expected_profit", "rank",
                                         "decile",      "segment",         "arm" };
    const scored *s = &g->p->s;
    if (g->p->excel) text_z(t, "\xEF\xBB\xBF");
    add_word(t, s->at_id >= 0 ? s->t.columns[s->at_id].name : STR("row"), g);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        text_char(t, g->separator);
        text_z(t, names[i]);
    }
    if (s->at_group >= 0) {
        text_char(t, g->separator);
        add_word(t, s->t.columns[s->at_group].name, g);
    }
    if (g->caution) {
        text_char(t, g->separator);
        text_z(t, "caution");
    }
    text_z(t, g->p->excel ? "\r\n" : "\n");
}

static status give(const text *t, plan_sink sink, void *user, propense_error *err)
{
    if (t->bad) return fail_memory(err);
    if (t->n && sink(user, t->p, (size_t)t->n))
        return fail(err, PROPENSE_E_IO, "the output takes no more");
    return PROPENSE_OK;
}

static status write_blocks(listing *g, pool *workers, plan_sink sink, void *user,
                           propense_error *err)
{
    int n = pool_size(workers);
    text first = { 0 };
    header(&first, g);
    status code = give(&first, sink, user, err);
    text_free(&first);
    for (g->from = 0; code == PROPENSE_OK && g->from < g->p->n_listed;
         g->from += (int64_t)n * block_lines) {
        pool_run(workers, n, make_block, g);
        for (int i = 0; code == PROPENSE_OK && i < n; i++)
            code = give(&g->blocks[i], sink, user, err);
    }
    return code;
}

static status write_readback(const plan *p, plan_sink sink, void *user, propense_error *err)
{
    text t = { 0 };
    readback_csv(&t, &p->read);
    status code = give(&t, sink, user, err);
    text_free(&t);
    return code;
}

status plan_write_list(const plan *p, plan_sink sink, void *user, propense_error *err)
{
    if (p->is_readback) return write_readback(p, sink, user, err);
    if (p->is_refused)
        return fail(err, PROPENSE_E_ARG,
                    "no list: this ranking is no better than chance; the plan says what to do "
                    "instead, and --force writes a list with a caution in every row");
    listing g = { .p = p, .separator = p->excel ? ';' : ',', .caution = plan_caution(p) };
    pool *workers = pool_new(p->threads);
    arena mem = { 0 };
    g.blocks = TAKE(&mem, text, pool_size(workers));
    status code =
        workers && g.blocks ? write_blocks(&g, workers, sink, user, err) : fail_memory(err);
    for (int i = 0; g.blocks && i < pool_size(workers); i++) text_free(&g.blocks[i]);
    arena_free(&mem);
    pool_free(workers);
    return code;
}
