/* Finding a customer by id. */
#ifndef PROPENSE_IDS_H
#define PROPENSE_IDS_H

#include "campaign.h"

/* Open addressing over row numbers; all-zero is empty. The campaign's ids are borrowed. */
typedef struct id_index {
    const campaign *c;
    uint32_t *tag;    /* [n_places] some bits of the hash */
    int32_t *row;     /* [n_places], -1 = free */
    int64_t n_places; /* a power of two */
} id_index;

/* Room for all rows of c; none is in it yet. */
status id_index_new(id_index *out, const campaign *c, propense_error *err);
/* The row that already stands for this row's id, or -1 after adding it. */
int64_t id_index_add(id_index *x, int64_t row);
/* Asks for the memory of a row that is added soon: places lie all over the table. */
void id_index_prefetch(const id_index *x, int64_t row);
/* Lets `row` stand for the id in place of `before`, which has the same id. */
void id_index_replace(id_index *x, int64_t before, int64_t row);
/* -1 when nobody has this id. An apostrophe that --csv excel put in front is looked behind. */
int64_t id_index_find(const id_index *x, str id);
void id_index_free(id_index *x);

/* 1 when a spreadsheet would take the id for a formula: it begins with = + - @, tab or CR. */
int id_is_formula(str id);

/* Without the apostrophe that --csv excel put in front of such an id. */
str id_bare(str id);

#endif
