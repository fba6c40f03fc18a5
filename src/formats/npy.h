/* NumPy's arrays: .npy (versions 1 to 3 of the format) and .npz, a zip of them.
 *
 * Read are little-endian floats of 4 and 8 bytes, integers of 1 to 8 bytes and bool, of up to
 * npy_rank_limit dimensions, in C or Fortran order. Everything else (objects, text, big-endian,
 * complex, float16) is refused by name. Written are C-ordered arrays, byte for byte as np.save and
 * np.savez write them.
 */
#ifndef PROPENSE_NPY_H
#define PROPENSE_NPY_H

#include "error.h"
#include "str.h"
#include "zip.h"

typedef enum npy_type {
    NPY_FLOAT32,
    NPY_FLOAT64,
    NPY_BOOL,
    NPY_INT8,
    NPY_INT16,
    NPY_INT32,
    NPY_INT64,
    NPY_UINT8,
    NPY_UINT16,
    NPY_UINT32,
    NPY_UINT64
} npy_type;
enum { npy_rank_limit = 4 };

typedef struct npy_array {
    npy_type type;
    int rank; /* 0: one value */
    int64_t dims[npy_rank_limit];
    int64_t count;             /* of values */
    int is_fortran;            /* the first index runs fastest */
    const unsigned char *data; /* unaligned view; count values were checked to be there */
} npy_array;

/* `what` names the array in messages ("train.npz: inputs"). The array is a view into bytes. */
status npy_read(npy_array *out, str bytes, const char *what, propense_error *err);
/* Values of an array of rank 1 or 2 taken as [n_rows][n_columns] (rank 1: one column) as doubles:
 * rows first .. first + n - 1 of one column. Integers above 2^53 are rounded. */
void npy_column(const npy_array *a, int64_t column, int64_t first, int64_t n, double *into);
/* "float64", as NumPy calls it. */
const char *npy_type_name(npy_type type);

/* One array as .npy: data in C order and the machine's (little-endian) byte order. */
void npy_write(text *out, npy_type type, int rank, const int64_t *dims, const void *data);

/* ---- .npz */
enum { npz_member_bytes = 1 << 30 };
/* The array `key` of an open archive; a deflated one is unpacked into `mem`. *found 0: there is
 * none (no error). `name` is the file's, for messages. */
status npz_read(npy_array *out, int *found, const zip_archive *z, const char *key, const char *name,
                arena *mem, propense_error *err);
/* Appends one array; zip_finish and zip_writer_free are the caller's. */
void npz_add(zip_writer *z, const char *key, npy_type type, int rank, const int64_t *dims,
             const void *data);

#endif
