/* Finds groups and datasets in an old-style HDF5 file: paths, B-trees, symbol tables, names.
 * Leaves object headers to hdf5_object.c and writing to hdf5_write.c.
 * Read hdf5.h, hdf5_format.h and hdf5_walk.h first. Every address and size is untrusted. */
#include "hdf5.h"

#include "hdf5_format.h"
#include "hdf5_walk.h"
#include "little_endian.h"
#include "words.h"

status h5_damaged(const h5_walk *w)
{
    return fail(w->err, PROPENSE_E_FORMAT,
                "%s: the HDF5 data is damaged at '%.*s'; copy the file again", w->file->name,
                STR_ARG(w->what));
}

status h5_refuse(const h5_walk *w, const char *met)
{
    return fail(
        w->err, PROPENSE_E_FORMAT,
        "%s: '%.*s' holds %s, which is not read; contiguous float32, float64, int64 and int32 in "
        "the format of HDF5 1.8 and before are",
        w->file->name, STR_ARG(w->what), tr(error_language(w->err), met));
}

/* A walk through one group of an honest file passes most bytes once; names may share an object. */
h5_walk h5_walk_of(const h5_file *f, str what, propense_error *err)
{
    return (h5_walk){ .file = f, .what = what, .budget = 16 * f->bytes.n + 65536, .err = err };
}

/* ---- The file */

status h5_open(h5_file *out, str bytes, const char *name, propense_error *err)
{
    *out = (h5_file){ .bytes = bytes, .name = name };
    if (bytes.n < 8 || memcmp(bytes.p, H5_SIGNATURE, 8) != 0)
        return fail(err, PROPENSE_E_FORMAT, "%s: HDF5 data was expected for the weights", name);
    h5_walk w = h5_walk_of(out, STR("/"), err);
    if (bytes.n < h5_superblock_bytes) return h5_damaged(&w);
    if (bytes.p[8] != 0) return h5_refuse(&w, N_("a newer version of the format"));
    if (le16(bytes.p + 13) != 0x0808 || le64(bytes.p + 24) != 0)
        return h5_refuse(&w, N_("unusual offsets"));
    uint64_t end = le64(bytes.p + 40);
    if (end > (uint64_t)bytes.n)
        return fail(err, PROPENSE_E_FORMAT,
                    "%s: the HDF5 data is cut off: %lld bytes of %llu are there", name,
                    (long long)bytes.n, (unsigned long long)end);
    out->root = le64(bytes.p + 64);
    return PROPENSE_OK;
}

/* ---- Groups */

/* What a walk through a group does with a member: its name and the address of its header. */
typedef struct visitor {
    status (*fn)(struct visitor *v, h5_walk *w, str name, uint64_t header);
    int done; /* set by fn: no more members */
    str wanted;
    uint64_t header;
    int (*each)(void *user, str name, const h5_object *o);
    void *user;
} visitor;

/* The bytes of a group's local heap that hold the names. */
static status read_heap(str *names, h5_walk *w, uint64_t at)
{
    str bytes = w->file->bytes;
    if (!within(at, h5_heap_bytes, bytes.n) || memcmp(bytes.p + at, "HEAP", 4) != 0)
        return h5_damaged(w);
    uint64_t size = le64(bytes.p + at + 8), data = le64(bytes.p + at + 24);
    if (!within(data, size, bytes.n)) return h5_damaged(w);
    *names = (str){ bytes.p + data, (int64_t)size };
    return PROPENSE_OK;
}

static int name_at(str *name, str names, uint64_t offset)
{
    if (offset >= (uint64_t)names.n) return 0;
    const char *p = names.p + offset;
    const char *nul = memchr(p, '\0', (size_t)names.n - offset);
    *name = (str){ p, nul ? nul - p : 0 };
    return nul != NULL && nul != p;
}

static status visit_table(visitor *v, h5_walk *w, str names, uint64_t at)
{
    str bytes = w->file->bytes, name;
    if (!within(at, h5_table_bytes, bytes.n) || memcmp(bytes.p + at, "SNOD\1", 5) != 0)
        return h5_damaged(w);
    int n = le16(bytes.p + at + 6);
    if (!within(at + h5_table_bytes, (uint64_t)n * h5_entry_bytes, bytes.n)) return h5_damaged(w);
    const char *entry = bytes.p + at + h5_table_bytes;
    for (int i = 0; i < n && !v->done; i++, entry += h5_entry_bytes) {
        if (!name_at(&name, names, le64(entry)) || !h5_spend(w, h5_entry_bytes + name.n))
            return h5_damaged(w);
        if (le32(entry + 16) == 2) return h5_refuse(w, N_("a symbolic link"));
        TRY(v->fn(v, w, name, le64(entry + 8)));
    }
    return PROPENSE_OK;
}

/* Levels fall by one from node to child, so no cycle is possible; the budget bounds the width. */
static status visit_tree(visitor *v, h5_walk *w, str names, uint64_t at, int level)
{
    str bytes = w->file->bytes;
    if (!within(at, h5_node_bytes, bytes.n) || memcmp(bytes.p + at, "TREE\0", 5) != 0 ||
        (unsigned char)bytes.p[at + 5] != level)
        return h5_damaged(w);
    int n = le16(bytes.p + at + 6);
    uint64_t keys = at + h5_node_bytes, key_bytes = 16 * (uint64_t)n + 8;
    if (!within(keys, key_bytes, bytes.n)) return h5_damaged(w);
    for (int i = 0; i < n && !v->done; i++) {
        uint64_t below = le64(bytes.p + keys + 16 * i + 8);
        if (!h5_spend(w, 16)) return h5_damaged(w);
        TRY(level ? visit_tree(v, w, names, below, level - 1) : visit_table(v, w, names, below));
    }
    return PROPENSE_OK;
}

static status visit_group(visitor *v, h5_walk *w, const h5_object *group)
{
    enum { highest_level = 8 }; /* 32^8 members */
    str bytes = w->file->bytes, names;
    TRY(read_heap(&names, w, group->heap));
    if (!within(group->tree, h5_node_bytes, bytes.n)) return h5_damaged(w);
    int level = (unsigned char)bytes.p[group->tree + 5];
    if (level > highest_level) return h5_damaged(w);
    return visit_tree(v, w, names, group->tree, level);
}

/* ---- One member, all members */

static status match(visitor *v, h5_walk *w, str name, uint64_t header)
{
    (void)w;
    v->done = str_eq(name, v->wanted);
    v->header = header;
    return PROPENSE_OK;
}

status h5_find(const h5_file *f, const char *path, h5_object *out, int *found, propense_error *err)
{
    str rest = str_of(path), name;
    h5_walk w = h5_walk_of(f, STR("/"), err);
    *found = 0;
    TRY(h5_object_read(out, &w, f->root));
    while (str_cut(&rest, &name, '/')) {
        if (!name.n) continue;
        if (!out->is_group) return PROPENSE_OK;
        visitor v = { .fn = match, .wanted = name };
        TRY(visit_group(&v, &w, out));
        if (!v.done) return PROPENSE_OK;
        w = h5_walk_of(f, (str){ path, name.p + name.n - path }, err);
        TRY(h5_object_read(out, &w, v.header));
    }
    *found = 1;
    return PROPENSE_OK;
}

static status hand_on(visitor *v, h5_walk *w, str name, uint64_t header)
{
    h5_object o;
    str group = w->what;
    w->what = name;
    TRY(h5_object_read(&o, w, header));
    w->what = group;
    v->done = v->each(v->user, name, &o) != 0;
    return PROPENSE_OK;
}

status h5_each(const h5_file *f, const h5_object *group,
               int (*fn)(void *user, str name, const h5_object *o), void *user, propense_error *err)
{
    h5_walk w = h5_walk_of(f, STR("/"), err);
    visitor v = { .fn = hand_on, .each = fn, .user = user };
    return group->is_group ? visit_group(&v, &w, group) : PROPENSE_OK;
}

/* ---- Values */

static float as_float(h5_type type, const unsigned char *p)
{
    double wide;
    float narrow;
    switch (type) {
    case H5_FLOAT32:
        memcpy(&narrow, p, sizeof narrow);
        return narrow;
    case H5_FLOAT64:
        memcpy(&wide, p, sizeof wide);
        return (float)wide;
    case H5_INT64:
        return (float)(int64_t)le64(p);
    case H5_INT32:
        return (float)(int32_t)le32(p);
    case H5_UINT8:
        return *p;
    }
    return 0;
}

void h5_floats(const h5_object *o, float *into)
{
    int size = h5_types[o->type].size;
    for (int64_t i = 0; i < o->count; i++) into[i] = as_float(o->type, o->data + i * size);
}

int h5_as_int(const h5_object *o, int64_t *out)
{
    if (o->is_group || o->count != 1 || (o->type != H5_INT64 && o->type != H5_INT32)) return 0;
    *out = o->type == H5_INT64 ? (int64_t)le64(o->data) : (int32_t)le32(o->data);
    return 1;
}
