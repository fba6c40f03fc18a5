/* The member "learning" of propense.json, both ways.
 * Leaves the rest to card_json.c and card_json_read.c.
 * Read learning_json.h first. */
#include "learning_json.h"

static int is_any_silent(const learning *l)
{
    for (int32_t i = 0; i < l->n_layers; i++)
        if (l->silent[i] >= 0) return 1;
    return 0;
}

static void write_rates(json_writer *w, const history *h)
{
    int changes = 0;
    for (int32_t i = 1; h->rates && i < h->n_epochs; i++) changes |= h->rates[i] != h->rates[0];
    if (!changes) return;
    json_open(w, "learning_rate", '[');
    for (int32_t i = 0; i < h->n_epochs; i++) json_number(w, NULL, h->rates[i]);
    json_close(w, ']');
}

void learning_json_write(json_writer *w, const card *c)
{
    const learning *l = &c->learning;
    const history *h = &c->history;
    json_open(w, "learning", '{');
    if (l->n_watched > 0) json_int(w, "watched_rows", l->n_watched);
    if (h->best_epoch > 0) {
        json_int(w, "best_epoch", h->best_epoch);
        json_bool(w, "best_weights", h->restored);
        json_bool(w, "stopped_early", h->stopped_early);
    }
    write_rates(w, h);
    if (is_any_silent(l)) {
        json_open(w, "silent_units", '[');
        for (int32_t i = 0; i < l->n_layers; i++)
            if (l->silent[i] >= 0)
                json_int(w, NULL, l->silent[i]);
            else
                json_null(w, NULL);
        json_close(w, ']');
    }
    json_close(w, '}');
}

static status wrong(const char *name, const char *key, propense_error *err)
{
    return fail(err, PROPENSE_E_FORMAT, "%s: propense.json: learning: '%s' is missing or wrong",
                name, key);
}

/* A whole number of 0 .. most; 0 where it is not there. */
static int read_count(int64_t *out, const json_value *o, const char *key, int64_t most)
{
    const json_value *v = json_get(o, key);
    *out = 0;
    return !v || (json_as_int(v, out) && *out >= 0 && *out <= most);
}

static int read_flag(int32_t *out, const json_value *o, const char *key)
{
    const json_value *v = json_get(o, key);
    int flag = 0;
    int fine = !v || json_as_bool(v, &flag);
    *out = flag;
    return fine;
}

static status read_rates(history *h, const json_value *list, const char *name, arena *mem,
                         propense_error *err)
{
    int64_t state = 0;
    if (!list) return PROPENSE_OK;
    if (json_length(list) != h->n_epochs) return wrong(name, "learning_rate", err);
    h->rates = TAKE(mem, double, h->n_epochs);
    if (!h->rates) return fail_memory(err);
    for (int32_t i = 0; i < h->n_epochs; i++)
        if (!json_as_number(json_next(list, &state, NULL), &h->rates[i]))
            return wrong(name, "learning_rate", err);
    return PROPENSE_OK;
}

static status read_silent(learning *l, const json_value *list, int32_t n_layers, const char *name,
                          arena *mem, propense_error *err)
{
    enum { most_layers = 100000 };
    int64_t n = json_length(list), state = 0;
    if (!list) return PROPENSE_OK;
    if (n > most_layers || (n_layers > 0 && n != n_layers)) return wrong(name, "silent_units", err);
    l->silent = TAKE(mem, int32_t, n);
    if (!l->silent) return fail_memory(err);
    l->n_layers = (int32_t)n;
    for (int64_t i = 0; i < n; i++) {
        const json_value *v = json_next(list, &state, NULL);
        int64_t count = -1;
        if (!json_is_null(v) && (!json_as_int(v, &count) || count < 0 || count > INT32_MAX))
            return wrong(name, "silent_units", err);
        l->silent[i] = (int32_t)count;
    }
    return PROPENSE_OK;
}

status learning_json_read(card *c, const json_value *o, int32_t n_layers, const char *name,
                          arena *mem, propense_error *err)
{
    int64_t best;
    history *h = &c->history;
    if (!o) return PROPENSE_OK;
    if (!read_count(&c->learning.n_watched, o, "watched_rows", INT64_MAX))
        return wrong(name, "watched_rows", err);
    if (!read_count(&best, o, "best_epoch", h->n_epochs)) return wrong(name, "best_epoch", err);
    h->best_epoch = (int32_t)best;
    if (!read_flag(&h->restored, o, "best_weights")) return wrong(name, "best_weights", err);
    if (!read_flag(&h->stopped_early, o, "stopped_early")) return wrong(name, "stopped_early", err);
    TRY(read_rates(h, json_get(o, "learning_rate"), name, mem, err));
    return read_silent(&c->learning, json_get(o, "silent_units"), n_layers, name, mem, err);
}
