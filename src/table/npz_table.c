/* Reads .npz files as tables of numbers. Leaves the bytes to npy.h and zip.h, and what the columns
 * mean to features/. Read npz_table.h first. */
#include "npz_table.h"

#include <math.h>

#include "file_kind.h"
#include "files.h"
#include "npy.h"
#include "words.h"

enum { most_inputs = 1 << 20, file_bytes_limit = 1 << 30 };

int npz_is_named(const char *path)
{
    str s = str_of(path);
    return s.n > 4 && str_eq_nocase((str){ s.p + s.n - 4, 4 }, STR(".npz"));
}

typedef struct source {
    const char *path;
    npy_array inputs, targets;
    int has_targets;
} source;

static status no_inputs(const source *s, const zip_archive *z, propense_error *err)
{
    text names = { 0 };
    for (int32_t i = 0; i < z->n_members && i < 8; i++) {
        str name = z->members[i].name;
        if (name.n > 4 && str_eq((str){ name.p + name.n - 4, 4 }, STR(".npy"))) name.n -= 4;
        text_f(&names, "%s'%.*s'", i ? ", " : "", STR_ARG(name));
    }
    status code = names.bad ? fail_memory(err)
                            : fail(err, PROPENSE_E_PARSE,
                                   "%s: the file holds %s; an array 'inputs' was expected, and "
                                   "'targets' beside it",
                                   s->path, names.n ? names.p : "nothing");
    text_free(&names);
    return code;
}

static status check_shapes(const source *s, propense_error *err)
{
    const npy_array *x = &s->inputs, *y = &s->targets;
    if (x->rank != 2 || x->dims[1] < 1 || x->dims[1] > most_inputs)
        return fail(err, PROPENSE_E_PARSE,
                    "%s: 'inputs' has to be rows of 1 to %d numbers: an array of two dimensions",
                    s->path, (int)most_inputs);
    if (x->dims[0] < 1) return fail(err, PROPENSE_E_PARSE, "%s: 'inputs' has no row", s->path);
    if (!s->has_targets) return PROPENSE_OK;
    int is_column = y->rank == 1 || (y->rank == 2 && y->dims[1] == 1);
    if (!is_column || y->dims[0] != x->dims[0])
        return fail(err, PROPENSE_E_PARSE,
                    "%s: 'targets' has to hold one number for each of the %lld rows of 'inputs'",
                    s->path, (long long)x->dims[0]);
    return PROPENSE_OK;
}

static status fill_column(column *c, const npy_array *a, int64_t at, const char *key,
                          const source *s, arena *mem, propense_error *err)
{
    int64_t n = a->dims[0];
    c->kind = COLUMN_NUMBER;
    c->number = TAKE(mem, double, n);
    if (!c->number) return fail_memory(err);
    npy_column(a, at, 0, n, c->number);
    for (int64_t i = 0; i < n; i++)
        if (!isfinite(c->number[i]))
            return fail_at(err, PROPENSE_E_PARSE, i + 1, at + 1,
                           "%s: %s: row %lld, column %lld is %s; a finite number was expected",
                           s->path, key, (long long)(i + 1), (long long)(at + 1),
                           isnan(c->number[i]) ? "NaN" : "inf");
    return PROPENSE_OK;
}

static status name_column(column *c, int64_t number, arena *mem, propense_error *err)
{
    text name = { 0 };
    text_f(&name, "input_%lld", (long long)number);
    c->name = name.bad ? (str){ 0 } : str_keep(mem, text_view(&name));
    text_free(&name);
    return c->name.p ? PROPENSE_OK : fail_memory(err);
}

/* As the CSV reader's: the same numbers in the same columns have the same fingerprint. */
static void hash_rows(table *t)
{
    for (int64_t i = 0; i < t->n_rows; i++) {
        uint64_t sum = 0;
        for (int32_t c = 0; c < t->n_columns; c++)
            sum += hash_cell_number((uint32_t)c, t->columns[c].number[i]);
        rows_hash_add(&t->hash, sum);
    }
}

static status fill_table(table *t, const source *s, arena *mem, propense_error *err)
{
    int32_t m = (int32_t)s->inputs.dims[1];
    t->n_rows = s->inputs.dims[0];
    t->n_columns = m + s->has_targets;
    t->columns = TAKE(mem, column, t->n_columns);
    if (!t->columns) return fail_memory(err);
    for (int32_t c = 0; c < m; c++) {
        TRY(name_column(&t->columns[c], (int64_t)c + 1, mem, err));
        TRY(fill_column(&t->columns[c], &s->inputs, c, "inputs", s, mem, err));
    }
    if (s->has_targets) {
        t->columns[m].name = STR("target");
        TRY(fill_column(&t->columns[m], &s->targets, 0, "targets", s, mem, err));
    }
    hash_rows(t);
    return PROPENSE_OK;
}

static status read_bytes(table *t, source *s, str bytes, arena *mem, arena *tmp,
                         propense_error *err)
{
    zip_archive z;
    int found;
    if (!zip_is(bytes))
        return fail(err, PROPENSE_E_FORMAT,
                    "%s: not an .npz file but %s; np.savez writes one, with 'inputs' and 'targets'",
                    s->path, tr(error_language(err), file_kind_of(bytes)));
    TRY(zip_open(&z, bytes, s->path, tmp, err));
    TRY(npz_read(&s->inputs, &found, &z, "inputs", s->path, tmp, err));
    if (!found) return no_inputs(s, &z, err);
    TRY(npz_read(&s->targets, &s->has_targets, &z, "targets", s->path, tmp, err));
    TRY(check_shapes(s, err));
    return fill_table(t, s, mem, err);
}

status npz_table_read(table *out, int *has_target, const char *path, arena *mem,
                      propense_error *err)
{
    source s = { .path = path };
    arena tmp = { 0 };
    unsigned char *bytes;
    int64_t n;
    *out = (table){ 0 };
    TRY(file_read_all(path, file_bytes_limit, &bytes, &n, err));
    status code = read_bytes(out, &s, (str){ (const char *)bytes, n }, mem, &tmp, err);
    arena_free(&tmp);
    mem_free(bytes);
    *has_target = s.has_targets;
    if (code != PROPENSE_OK) *out = (table){ 0 };
    return code;
}
