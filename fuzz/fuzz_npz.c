/* Any bytes as one array, and as an archive of arrays: what is read is read to its end. */
#include "npy.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static double sum_of(const npy_array *a)
{
    enum { most = 4096 };
    double x[most], sum = 0;
    if (a->rank > 2 || a->count == 0) return 0;
    int64_t n_rows = a->rank ? a->dims[0] : 1, n_columns = a->rank == 2 ? a->dims[1] : 1;
    for (int64_t c = 0; c < n_columns && c < most; c++) {
        int64_t n = n_rows < most ? n_rows : most;
        npy_column(a, c, n_rows - n, n, x);
        sum += x[0] + x[n - 1];
    }
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const char *const keys[] = { "inputs", "targets", "fortran", "int8", "uint64", "x" };
    str all = { (const char *)bytes, (int64_t)n };
    arena mem = { 0 };
    zip_archive z;
    npy_array a;
    int found;
    propense_error err = PROPENSE_ERROR_INIT;
    volatile double sum = 0;
    if (npy_read(&a, all, "fuzz", &err) == PROPENSE_OK) sum += sum_of(&a);
    if (n < 1 << 20 && zip_open(&z, all, "fuzz", &mem, &err) == PROPENSE_OK)
        for (int i = 0; i < 6; i++)
            if (npz_read(&a, &found, &z, keys[i], "fuzz", &mem, &err) == PROPENSE_OK && found)
                sum += sum_of(&a);
    arena_free(&mem);
    return 0;
}
