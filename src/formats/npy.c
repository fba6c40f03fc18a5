/* Reads NumPy's arrays: the header's Python dictionary, and values of any number type as doubles.
 * Leaves zip to zip.h, writing to npy_write.c, and what rows and columns mean to the table room.
 * Read npy.h first; the format is NEP 1. Every size is untrusted. */
#include "npy.h"

#include "little_endian.h"

/* By npy_type: the descr without its byte order, bytes of a value, NumPy's name. */
static const struct {
    const char *descr;
    int size;
    const char *name;
} types[] = {
    [NPY_FLOAT32] = { "f4", 4, "float32" }, [NPY_FLOAT64] = { "f8", 8, "float64" },
    [NPY_BOOL] = { "b1", 1, "bool" },       [NPY_INT8] = { "i1", 1, "int8" },
    [NPY_INT16] = { "i2", 2, "int16" },     [NPY_INT32] = { "i4", 4, "int32" },
    [NPY_INT64] = { "i8", 8, "int64" },     [NPY_UINT8] = { "u1", 1, "uint8" },
    [NPY_UINT16] = { "u2", 2, "uint16" },   [NPY_UINT32] = { "u4", 4, "uint32" },
    [NPY_UINT64] = { "u8", 8, "uint64" },
};
enum { n_types = sizeof types / sizeof *types };

const char *npy_type_name(npy_type type)
{
    return types[type].name;
}

/* ---- The header: {'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), } */

typedef struct header {
    str rest;
    const char *what;
    propense_error *err;
    int has_descr, has_order, has_shape;
} header;

static status damaged(const header *h)
{
    return fail(h->err, PROPENSE_E_FORMAT, "%s: the header of the NumPy array is damaged", h->what);
}

static void skip_blanks(header *h)
{
    while (h->rest.n && (*h->rest.p == ' ' || *h->rest.p == '\n' || *h->rest.p == '\t'))
        h->rest = (str){ h->rest.p + 1, h->rest.n - 1 };
}

/* 1 when `c` comes next, which is then passed. */
static int take(header *h, char c)
{
    skip_blanks(h);
    if (!h->rest.n || *h->rest.p != c) return 0;
    h->rest = (str){ h->rest.p + 1, h->rest.n - 1 };
    return 1;
}

static int take_quoted(header *h, str *out)
{
    char quote = 0;
    if (take(h, '\''))
        quote = '\'';
    else if (take(h, '"'))
        quote = '"';
    if (!quote) return 0;
    const char *end = memchr(h->rest.p, quote, (size_t)h->rest.n);
    if (!end) return 0;
    *out = (str){ h->rest.p, end - h->rest.p };
    h->rest = (str){ end + 1, h->rest.n - out->n - 1 };
    return 1;
}

static int take_word(header *h, str word)
{
    skip_blanks(h);
    if (h->rest.n < word.n || memcmp(h->rest.p, word.p, (size_t)word.n) != 0) return 0;
    h->rest = (str){ h->rest.p + word.n, h->rest.n - word.n };
    return 1;
}

static status read_descr(npy_array *a, header *h)
{
    str descr;
    skip_blanks(h);
    if (h->rest.n && *h->rest.p == '[')
        return fail(h->err, PROPENSE_E_FORMAT,
                    "%s: the array has named fields; a plain array of numbers was expected",
                    h->what);
    if (!take_quoted(h, &descr)) return damaged(h);
    for (int i = 0; i < n_types && descr.n == 3; i++) {
        if (memcmp(descr.p + 1, types[i].descr, 2) != 0) continue;
        if (descr.p[0] != '<' && (descr.p[0] != '|' || types[i].size != 1)) break;
        a->type = (npy_type)i;
        h->has_descr = 1;
        return PROPENSE_OK;
    }
    if (descr.n && (descr.p[0] == '>' || descr.p[0] == '!'))
        return fail(h->err, PROPENSE_E_FORMAT,
                    "%s: the array is big-endian ('%.*s'); save it with "
                    "array.astype('float64') on a machine of today",
                    h->what, STR_ARG(descr));
    return fail(h->err, PROPENSE_E_FORMAT,
                "%s: the array's values are of the type '%.*s', which is not read; float32, "
                "float64, integers and bool are",
                h->what, STR_ARG(descr));
}

static status read_order(npy_array *a, header *h)
{
    if (take_word(h, STR("True")))
        a->is_fortran = 1;
    else if (!take_word(h, STR("False")))
        return damaged(h);
    h->has_order = 1;
    return PROPENSE_OK;
}

/* Digits up to 2^53; 0 when there are none. */
static int take_count(header *h, int64_t *out)
{
    int n_digits = 0;
    *out = 0;
    skip_blanks(h);
    while (h->rest.n && *h->rest.p >= '0' && *h->rest.p <= '9') {
        if (*out > (int64_t)1 << 53) return 0;
        *out = *out * 10 + (*h->rest.p - '0');
        h->rest = (str){ h->rest.p + 1, h->rest.n - 1 };
        n_digits++;
    }
    return n_digits > 0;
}

static status read_shape(npy_array *a, header *h)
{
    if (!take(h, '(')) return damaged(h);
    while (!take(h, ')')) {
        int64_t n;
        if (a->rank == npy_rank_limit)
            return fail(h->err, PROPENSE_E_FORMAT, "%s: the array has more than %d dimensions",
                        h->what, (int)npy_rank_limit);
        if (!take_count(h, &n)) return damaged(h);
        a->dims[a->rank++] = n;
        (void)take(h, 'L'); /* Python 2's long */
        if (!take(h, ',')) {
            if (!take(h, ')')) return damaged(h);
            break;
        }
    }
    h->has_shape = 1;
    return PROPENSE_OK;
}

static status read_dictionary(npy_array *a, header *h)
{
    if (!take(h, '{')) return damaged(h);
    while (!take(h, '}')) {
        str key;
        if (!take_quoted(h, &key) || !take(h, ':')) return damaged(h);
        if (str_eq(key, STR("descr")) && !h->has_descr)
            TRY(read_descr(a, h));
        else if (str_eq(key, STR("fortran_order")) && !h->has_order)
            TRY(read_order(a, h));
        else if (str_eq(key, STR("shape")) && !h->has_shape)
            TRY(read_shape(a, h));
        else
            return damaged(h);
        if (take(h, ',')) continue;
        if (!take(h, '}')) return damaged(h);
        break;
    }
    return h->has_descr && h->has_order && h->has_shape ? PROPENSE_OK : damaged(h);
}

/* ---- The array */

/* The bytes behind the magic: version, length of the header, the header, the values. */
static status cut_header(header *h, str *values, str bytes)
{
    enum { magic_bytes = 6, short_start = 10, long_start = 12 };
    if (bytes.n < short_start || memcmp(bytes.p, "\x93NUMPY", magic_bytes) != 0)
        return fail(h->err, PROPENSE_E_FORMAT,
                    "%s: not a NumPy array: it does not begin as .npy files do", h->what);
    int version = (unsigned char)bytes.p[magic_bytes];
    if (version < 1 || version > 3)
        return fail(h->err, PROPENSE_E_FORMAT,
                    "%s: version %d of the .npy format is not read; 1 to 3 are", h->what, version);
    int64_t at = version == 1 ? short_start : long_start;
    if (bytes.n < at) return damaged(h);
    int64_t n = version == 1 ? le16(bytes.p + 8) : le32(bytes.p + 8);
    if (n > bytes.n - at) return damaged(h);
    h->rest = (str){ bytes.p + at, n };
    *values = (str){ bytes.p + at + n, bytes.n - at - n };
    return PROPENSE_OK;
}

/* The product of the dimensions, against the bytes that are there. */
static status check_values(npy_array *a, const header *h, str values)
{
    int64_t most = values.n / types[a->type].size;
    int empty = 0;
    a->count = 1;
    for (int i = 0; i < a->rank; i++) empty |= a->dims[i] == 0;
    for (int i = 0; i < a->rank && !empty; i++) {
        if (a->dims[i] > most || a->count > most / a->dims[i]) {
            a->count = most + 1;
            break;
        }
        a->count *= a->dims[i];
    }
    if (empty) a->count = 0;
    if (a->count > most)
        return fail(h->err, PROPENSE_E_FORMAT,
                    "%s: the array is cut off: its shape asks for more values than the %lld that "
                    "are there",
                    h->what, (long long)most);
    a->data = (const unsigned char *)values.p;
    return PROPENSE_OK;
}

status npy_read(npy_array *out, str bytes, const char *what, propense_error *err)
{
    header h = { .what = what, .err = err };
    npy_array a = { 0 };
    str values = { 0 };
    *out = a;
    TRY(cut_header(&h, &values, bytes));
    TRY(read_dictionary(&a, &h));
    TRY(check_values(&a, &h, values));
    *out = a;
    return PROPENSE_OK;
}

static double value_at(npy_type type, const unsigned char *p)
{
    float narrow;
    double wide;
    switch (type) {
    case NPY_FLOAT32:
        memcpy(&narrow, p, sizeof narrow);
        return (double)narrow;
    case NPY_FLOAT64:
        memcpy(&wide, p, sizeof wide);
        return wide;
    case NPY_BOOL:
        return *p != 0;
    case NPY_INT8:
        return (int8_t)*p;
    case NPY_INT16:
        return (int16_t)le16(p);
    case NPY_INT32:
        return (int32_t)le32(p);
    case NPY_INT64:
        return (double)(int64_t)le64(p);
    case NPY_UINT8:
        return *p;
    case NPY_UINT16:
        return le16(p);
    case NPY_UINT32:
        return le32(p);
    case NPY_UINT64:
        return (double)le64(p);
    }
    return 0;
}

void npy_column(const npy_array *a, int64_t column, int64_t first, int64_t n, double *into)
{
    int64_t n_columns = a->rank < 2 ? 1 : a->dims[1], n_rows = a->rank < 1 ? 1 : a->dims[0];
    int64_t step = a->is_fortran ? 1 : n_columns, size = types[a->type].size;
    int64_t at = a->is_fortran ? column * n_rows + first : first * n_columns + column;
    for (int64_t i = 0; i < n; i++) into[i] = value_at(a->type, a->data + (at + i * step) * size);
}

/* ---- .npz */

status npz_read(npy_array *out, int *found, const zip_archive *z, const char *key, const char *name,
                arena *mem, propense_error *err)
{
    text member = { 0 }, what = { 0 };
    str content;
    *out = (npy_array){ 0 };
    text_f(&member, "%s.npy", key);
    text_f(&what, "%s: %s", name, key);
    status s = member.bad || what.bad ? fail_memory(err) : PROPENSE_OK;
    const zip_member *m = s == PROPENSE_OK ? zip_find(z, text_view(&member)) : NULL;
    *found = m != NULL;
    if (m) s = zip_read(&content, z, m, npz_member_bytes, name, mem, err);
    if (m && s == PROPENSE_OK) s = npy_read(out, content, what.p, err);
    text_free(&member);
    text_free(&what);
    return s;
}
