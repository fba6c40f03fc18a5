/* Rich numbers to JSON and back; what comes back is checked, since it may come from anywhere.
 * Leaves their meaning to features/rich_number.c.
 * Read rich_json.h first. */
#include "rich_json.h"

#include <math.h>

static void write_numbers(json_writer *w, const char *key, const double *x, int32_t n)
{
    json_open(w, key, '[');
    for (int32_t i = 0; i < n; i++) json_number(w, NULL, x[i]);
    json_close(w, ']');
}

void rich_json_write(json_writer *w, const rich_number *r)
{
    int indent = w->indent;
    w->indent = 0;
    write_numbers(w, "rank_at", r->knot, r->n_knots);
    write_numbers(w, "rank_score", r->score, r->n_knots);
    write_numbers(w, "edges", r->edge, r->n_bins ? r->n_bins + 1 : 0);
    write_numbers(w, "bin_means", r->bin_mean, r->n_bins);
    w->indent = indent;
    json_bool(w, "missing", r->says_missing);
}

/* The numbers of an array within +-most. -1 when it is no such array or longer than `limit`, -2 on
 * exhaustion. */
static int32_t read_numbers(double **out, const json_value *array, int32_t limit, double most,
                            int ascending, arena *mem)
{
    int64_t n = json_length(array), state = 0;
    if (!json_is_array(array) || n > limit) return -1;
    *out = TAKE(mem, double, n);
    if (!*out) return -2;
    for (int64_t i = 0; i < n; i++) {
        double *x = *out + i;
        if (!json_as_number(json_next(array, &state, NULL), x) || !(fabs(*x) <= most)) return -1;
        if (ascending && i && !(x[-1] < x[0])) return -1;
    }
    return (int32_t)n;
}

const char *rich_json_read(rich_number **out, const json_value *column, arena *mem)
{
    double *means = NULL;
    *out = NULL;
    if (!json_get(column, "rank_at")) return NULL;
    rich_number *r = TAKE(mem, rich_number, 1);
    if (!r) return "";
    r->n_knots =
        read_numbers(&r->knot, json_get(column, "rank_at"), rich_most_knots, rich_largest, 1, mem);
    int32_t n_scores =
        read_numbers(&r->score, json_get(column, "rank_score"), rich_most_knots, 1e6, 0, mem);
    int32_t n_edges =
        read_numbers(&r->edge, json_get(column, "edges"), rich_most_bins + 1, rich_largest, 1, mem);
    r->n_bins = read_numbers(&means, json_get(column, "bin_means"), rich_most_bins, 1, 0, mem);
    r->bin_mean = means;
    if (r->n_knots == -2 || n_scores == -2 || n_edges == -2 || r->n_bins == -2) return "";
    if (r->n_knots < 0) return "rank_at";
    if (n_scores != r->n_knots) return "rank_score";
    if (r->n_bins < 0) return "bin_means";
    if (n_edges != (r->n_bins ? r->n_bins + 1 : 0)) return "edges";
    int missing;
    if (!json_as_bool(json_get(column, "missing"), &missing)) return "missing";
    r->says_missing = missing;
    *out = r;
    return rich_number_finish(r, mem) ? NULL : "";
}
