/* Any bytes as HDF5: the whole tree is walked, four groups deep, and every dataset read. */
#include "hdf5.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

typedef struct walker {
    const h5_file *file;
    int depth, left; /* groups to enter */
    float sum;
} walker;

static int visit(void *user, str name, const h5_object *o)
{
    walker *w = user;
    if (!name.n) return 1;
    if (o->is_group && w->depth < 4 && w->left-- > 0) {
        w->depth++;
        (void)h5_each(w->file, o, visit, w, NULL);
        w->depth--;
    }
    if (!o->is_group && o->count <= 4096) {
        float x[4096];
        h5_floats(o, x);
        for (int64_t i = 0; i < o->count; i++) w->sum += x[i];
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const char *const paths[] = { "",       "layers/dense/vars/0", "optimizer/vars/0",
                                         "vars/0", "deep/er/x",           "a" };
    h5_file f;
    h5_object o;
    int found;
    propense_error err = PROPENSE_ERROR_INIT;
    if (h5_open(&f, (str){ (const char *)bytes, (int64_t)n }, "fuzz", &err) != PROPENSE_OK)
        return 0;
    walker w = { .file = &f, .left = 64 };
    for (int i = 0; i < 6; i++)
        if (h5_find(&f, paths[i], &o, &found, &err) == PROPENSE_OK && found)
            (void)visit(&w, STR("x"), &o);
    return 0;
}
