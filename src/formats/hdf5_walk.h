/* What the two halves of the HDF5 reader share; nobody else includes this. */
#ifndef PROPENSE_HDF5_WALK_H
#define PROPENSE_HDF5_WALK_H

#include "hdf5.h"

/* One pass over a group: where it is, for messages, and how much of the file it may still look at,
 * so that a file whose parts refer to each other many times over costs no more than an honest one.
 */
typedef struct h5_walk {
    const h5_file *file;
    str what; /* the path or name being read */
    int64_t budget;
    propense_error *err;
} h5_walk;

static inline int h5_spend(h5_walk *w, int64_t bytes)
{
    w->budget -= bytes;
    return w->budget >= 0;
}

status h5_damaged(const h5_walk *w);
/* `met` is marked with N_ and follows "holds". */
status h5_refuse(const h5_walk *w, const char *met);

/* The object whose header is at that address. */
status h5_object_read(h5_object *out, h5_walk *w, uint64_t header);

#endif
