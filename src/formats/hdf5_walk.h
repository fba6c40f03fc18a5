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

/* Each message of the header at that address, those of its continuations too; fn returning other
 * than PROPENSE_OK stops. */
typedef status (*h5_message_fn)(void *user, h5_walk *w, int type, int flags, str data);
status h5_each_message(h5_walk *w, uint64_t header, h5_message_fn fn, void *user);
h5_walk h5_walk_of(const h5_file *f, str what, propense_error *err);

/* The object whose header is at that address. */
status h5_object_read(h5_object *out, h5_walk *w, uint64_t header);

#endif
