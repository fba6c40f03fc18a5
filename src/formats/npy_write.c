/* Writes NumPy's arrays: .npy byte for byte as np.save, .npz as np.savez.
 * Leaves reading to npy.c and the archive to zip_write.c.
 * Read npy.h first; the format is NEP 1. */
#include "npy.h"

#include <assert.h>

#include "little_endian.h"

/* By npy_type: NumPy's word, and bytes of a value. */
static const struct {
    const char *descr;
    int size;
} types[] = {
    [NPY_FLOAT32] = { "<f4", 4 }, [NPY_FLOAT64] = { "<f8", 8 }, [NPY_BOOL] = { "|b1", 1 },
    [NPY_INT8] = { "|i1", 1 },    [NPY_INT16] = { "<i2", 2 },   [NPY_INT32] = { "<i4", 4 },
    [NPY_INT64] = { "<i8", 8 },   [NPY_UINT8] = { "|u1", 1 },   [NPY_UINT16] = { "<u2", 2 },
    [NPY_UINT32] = { "<u4", 4 },  [NPY_UINT64] = { "<u8", 8 }
};

/* NumPy leaves room in the header for a first dimension of this many digits, so that an array can
 * grow in place (numpy/lib/format.py, GROWTH_AXIS_MAX_DIGITS). */
enum { growth_digits = 21 };

static void add_shape(text *t, int rank, const int64_t *dims)
{
    text_char(t, '(');
    for (int i = 0; i < rank; i++) text_f(t, "%s%lld", i ? ", " : "", (long long)dims[i]);
    text_z(t, rank == 1 ? ",)" : ")");
}

/* Digits of the first dimension, for the blanks that NumPy adds in place of the missing ones. */
static int count_digits(int64_t n)
{
    int digits = 1;
    while (n >= 10) {
        n /= 10;
        digits++;
    }
    return digits;
}

void npy_write(text *out, npy_type type, int rank, const int64_t *dims, const void *data)
{
    enum { start = 10, unit = 64 };
    text h = { 0 };
    int64_t bytes = types[type].size;
    assert(rank >= 0 && rank <= npy_rank_limit);
    for (int i = 0; i < rank; i++) bytes *= dims[i];
    text_f(&h, "{'descr': '%s', 'fortran_order': False, 'shape': ", types[type].descr);
    add_shape(&h, rank, dims);
    text_z(&h, ", }");
    if (rank) text_repeat(&h, ' ', growth_digits - count_digits(dims[0]));
    text_repeat(&h, ' ', unit - (start + h.n + 1) % unit);
    text_char(&h, '\n');
    text_add(out, "\x93NUMPY\1\0", 8);
    le_add(out, (uint64_t)h.n, 2);
    text_str(out, text_view(&h));
    text_add(out, data, bytes);
    if (h.bad) out->bad = 1;
    text_free(&h);
}

void npz_add(zip_writer *z, const char *key, npy_type type, int rank, const int64_t *dims,
             const void *data)
{
    text member = { 0 }, content = { 0 };
    text_f(&member, "%s.npy", key);
    npy_write(&content, type, rank, dims, data);
    if (member.bad || content.bad)
        z->bytes.bad = 1;
    else
        zip_add_wide(z, text_view(&member), text_view(&content));
    text_free(&member);
    text_free(&content);
}
