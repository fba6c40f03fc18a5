/* The small HDF5 subset that Keras' files use: superblock v0, old-style groups, contiguous
 * little-endian datasets of float32, float64, int64, int32 and bytes, attributes that hold text.
 * Anything else is refused by name.
 */
#ifndef PROPENSE_HDF5_H
#define PROPENSE_HDF5_H

#include "error.h"
#include "str.h"

/* ---- Writing: a tree of groups and datasets, built in any order, written sorted. */
typedef struct h5_writer h5_writer;
h5_writer *h5_new(arena *mem); /* NULL on exhaustion; everything lives in mem */
typedef enum h5_type { H5_FLOAT32, H5_FLOAT64, H5_INT64, H5_INT32, H5_UINT8 } h5_type;
enum { h5_rank_limit = 4 };
/* path like "layers/dense/vars/0", each once; groups are made as needed. data: borrowed until
 * h5_write, in the machine's (little-endian) order. rank 0..4. Returns 0 on exhaustion. */
int h5_dataset(h5_writer *w, const char *path, h5_type type, int rank, const int64_t *dims,
               const void *data);
int h5_group(h5_writer *w, const char *path); /* an empty group */
/* Text as an attribute of the group at path ("" is the root): one, or a list; each name once an
 * object. Borrowed until h5_write. An object's attributes fit into 64 KB each: the rest is cut off
 * with out->bad. Returns 0 on exhaustion. */
enum { h5_attribute_limit = 60000 };
int h5_attribute(h5_writer *w, const char *path, const char *name, str value);
int h5_attributes(h5_writer *w, const char *path, const char *name, const str *values, int64_t n);
void h5_write(text *out, const h5_writer *w); /* to an empty text; out->bad on exhaustion */

/* ---- Reading */
typedef struct h5_object {
    int is_group;
    h5_type type;
    int rank;
    int64_t dims[h5_rank_limit];
    int64_t count; /* of items */
    const unsigned char
        *data; /* little-endian, unaligned view into the file; count * size bytes were checked */
    uint64_t tree, heap; /* group: internal */
    uint64_t header;     /* internal */
} h5_object;
typedef struct h5_file {
    str bytes;
    const char *name;
    uint64_t root; /* internal: the root group's header */
} h5_file;
/* `name` is the file's, for messages; both are borrowed. */
status h5_open(h5_file *out, str bytes, const char *name, propense_error *err);
/* *found 0 when nothing is there (no error). "" or "/" is the root group. */
status h5_find(const h5_file *f, const char *path, h5_object *out, int *found, propense_error *err);
/* Items of a dataset as float32 (cast from the other types) into `into` [count]. */
void h5_floats(const h5_object *o, float *into);
/* 1 when o is an int64 or int32 dataset of one item. */
int h5_as_int(const h5_object *o, int64_t *out);
/* The texts of an object's attribute: one, or a list; fixed or varying in length. An attribute
 * without any value has none, whatever its type. *found 0: there is no such attribute. The items
 * are taken from mem, their text is a view into the file. */
typedef struct h5_texts {
    str *items;
    int64_t n;
} h5_texts;
status h5_texts_of(h5_texts *out, int *found, const h5_file *f, const h5_object *o,
                   const char *name, arena *mem, propense_error *err);
/* A group's members in file order, with their names; fn returning non-zero stops. */
status h5_each(const h5_file *f, const h5_object *group,
               int (*fn)(void *user, str name, const h5_object *o), void *user,
               propense_error *err);

#endif
