/* The member "balancing" of propense.json, both ways.
 * Leaves the rest to card_json.c and card_json_read.c. Read balancing_json.h first. */
#include "balancing_json.h"

#include <math.h>
#include <stddef.h>

#include "balance.h"

static const char *const kinds[] = { [BALANCE_RANDOM] = "random", [BALANCE_FIRST] = "first" };

typedef struct member {
    const char *key;
    size_t place;
} member;
#define AT(field)                                                                                  \
    {                                                                                              \
#field, offsetof(balancing, field)                                                         \
    }
#define OF(group, field)                                                                           \
    {                                                                                              \
#group "_" #field, offsetof(balancing, group.field)                                        \
    }
static const member counts[] = { AT(n_rows), AT(n_positive), AT(n_held), AT(n_balanced) };
static const member numbers[] = { AT(told_apart), AT(told_apart_low), AT(told_apart_high),
                                  AT(balanced_accuracy), AT(always_accuracy), OF(raw, accuracy),
                                  OF(raw, loss), OF(corrected, accuracy), OF(corrected, loss),
                                  OF(all, accuracy), OF(all, loss),
                                  /* From here on not in the first files. */
                                  OF(raw, ece), OF(corrected, ece), OF(all, ece),
                                  OF(shifted, accuracy), OF(shifted, loss), OF(shifted, ece) };
enum {
    n_counts = sizeof counts / sizeof *counts,
    n_numbers = sizeof numbers / sizeof *numbers,
    n_first = 11
};

void balancing_json_write(json_writer *w, const balancing *b)
{
    if (!b->kind) return;
    json_open(w, "balancing", '{');
    json_str(w, "kind", str_of(kinds[b->kind]));
    json_bool(w, "is_skewed", b->is_skewed);
    json_bool(w, "is_calibrated", b->is_calibrated);
    for (int i = 0; i < n_counts; i++) {
        int64_t n;
        memcpy(&n, (const char *)b + counts[i].place, sizeof n);
        json_int(w, counts[i].key, n);
    }
    for (int i = 0; i < n_numbers; i++) {
        double x;
        memcpy(&x, (const char *)b + numbers[i].place, sizeof x);
        json_number(w, numbers[i].key, x);
    }
    json_close(w, '}');
}

static status wrong(const char *name, const char *key, propense_error *err)
{
    return fail(err, PROPENSE_E_FORMAT, "%s: propense.json: balancing: '%s' is missing or wrong",
                name, key);
}

status balancing_json_read(balancing *b, const json_value *o, const char *name, propense_error *err)
{
    str kind = { "", 0 };
    int flag = 0;
    *b = (balancing){ 0 };
    if (!o) return PROPENSE_OK;
    (void)json_as_str(json_get(o, "kind"), &kind);
    for (int k = BALANCE_RANDOM; k <= BALANCE_FIRST; k++)
        if (str_eq(kind, str_of(kinds[k]))) b->kind = k;
    if (!b->kind) return wrong(name, "kind", err);
    if (!json_as_bool(json_get(o, "is_skewed"), &flag)) return wrong(name, "is_skewed", err);
    b->is_skewed = flag;
    flag = 0;
    (void)json_as_bool(json_get(o, "is_calibrated"), &flag);
    b->is_calibrated = flag;
    for (int i = 0; i < n_counts; i++) {
        int64_t n;
        if (!json_as_int(json_get(o, counts[i].key), &n) || n < 0)
            return wrong(name, counts[i].key, err);
        memcpy((char *)b + counts[i].place, &n, sizeof n);
    }
    if (b->n_positive > b->n_rows) return wrong(name, "n_positive", err);
    for (int i = 0; i < n_numbers; i++) {
        const json_value *v = json_get(o, numbers[i].key);
        double x = (double)NAN;
        if ((!v && i < n_first) || (v && !json_is_null(v) && !json_as_number(v, &x)))
            return wrong(name, numbers[i].key, err);
        memcpy((char *)b + numbers[i].place, &x, sizeof x);
    }
    return PROPENSE_OK;
}
