/* A hash table of ids.
 * Leaves what a second row of an id means to scored.c.
 * Read ids.h first. */
#include "ids.h"

#include "hash.h"

status id_index_new(id_index *out, const campaign *c, propense_error *err)
{
    int64_t n = 64;
    while (n < c->n + c->n / 2) n *= 2;
    *out = (id_index){ .c = c,
                       .n_places = n,
                       .tag = mem_resize_array(NULL, n, (int64_t)sizeof *out->tag),
                       .row = mem_resize_array(NULL, n, (int64_t)sizeof *out->row) };
    if (out->tag && out->row) {
        memset(out->row, 0xFF, (size_t)n * sizeof *out->row);
        return PROPENSE_OK;
    }
    id_index_free(out);
    return fail_memory(err);
}

/* The place of the id, or the free one where it would stand. */
static int64_t place_of(const id_index *x, str id, uint32_t *tag)
{
    uint64_t hash = hash_bytes(id.p, id.n, 0);
    int64_t mask = x->n_places - 1, at = (int64_t)(hash & (uint64_t)mask);
    *tag = (uint32_t)(hash >> 32);
    while (x->row[at] >= 0 && (x->tag[at] != *tag || !str_eq(campaign_id(x->c, x->row[at]), id)))
        at = (at + 1) & mask;
    return at;
}

void id_index_prefetch(const id_index *x, int64_t row)
{
    str id = campaign_id(x->c, row);
    int64_t at = (int64_t)(hash_bytes(id.p, id.n, 0) & (uint64_t)(x->n_places - 1));
    __builtin_prefetch(&x->row[at], 1);
    __builtin_prefetch(&x->tag[at], 1);
}

int64_t id_index_add(id_index *x, int64_t row)
{
    uint32_t tag;
    int64_t at = place_of(x, campaign_id(x->c, row), &tag);
    if (x->row[at] >= 0) return x->row[at];
    x->tag[at] = tag;
    x->row[at] = (int32_t)row;
    return -1;
}

void id_index_replace(id_index *x, int64_t before, int64_t row)
{
    uint32_t tag;
    x->row[place_of(x, campaign_id(x->c, before), &tag)] = (int32_t)row;
}

int id_is_formula(str id)
{
    return id.n > 0 && id.p[0] != '\0' && strchr("=+-@\t\r", id.p[0]) != NULL;
}

str id_bare(str id)
{
    str bare = { id.p + 1, id.n - 1 };
    return id.n > 1 && id.p[0] == '\'' && id_is_formula(bare) ? bare : id;
}

int64_t id_index_find(const id_index *x, str id)
{
    uint32_t tag;
    if (!x->n_places) return -1;
    int64_t row = x->row[place_of(x, id, &tag)];
    str bare = id_bare(id);
    if (row < 0 && bare.n < id.n) row = x->row[place_of(x, bare, &tag)];
    return row;
}

void id_index_free(id_index *x)
{
    mem_free(x->tag);
    mem_free(x->row);
    *x = (id_index){ 0 };
}
