/* Writes a tree of groups and datasets as an old-style HDF5 file.
 * Leaves reading to hdf5.c and the names of things to its callers.
 * Read hdf5.h and hdf5_format.h first. Children are written before their group, data before its
 * header, so every address is known when it is needed; the superblock is filled in last. */
#include "hdf5.h"

#include <assert.h>

#include "hdf5_format.h"
#include "little_endian.h"

typedef struct attribute {
    struct attribute *next;
    const char *name;
    const str *values;
    int64_t n, longest;
    int is_list;
    str one;
} attribute;

typedef struct node {
    struct node *next, *first; /* siblings by name, children */
    str name;                  /* NUL-terminated */
    int is_group;
    h5_type type;
    int rank;
    int64_t dims[h5_rank_limit];
    const void *data;
    attribute *attributes;       /* in the order they were given */
    uint64_t header, tree, heap; /* addresses, once written */
    uint64_t name_offset;        /* in the group's heap, once written */
} node;

struct h5_writer {
    arena *mem;
    node *root;
};

/* ---- Building the tree */

h5_writer *h5_new(arena *mem)
{
    h5_writer *w = TAKE(mem, h5_writer, 1);
    node *root = TAKE(mem, node, 1);
    if (!w || !root) return NULL;
    root->is_group = 1;
    *w = (h5_writer){ mem, root };
    return w;
}

/* The child of that name, made in its place when it is not there; NULL on exhaustion. */
static node *child(arena *mem, node *group, str name)
{
    node **at = &group->first;
    while (*at && str_order((*at)->name, name) < 0) at = &(*at)->next;
    if (*at && str_eq((*at)->name, name)) return *at;
    node *made = TAKE(mem, node, 1);
    str kept = str_keep(mem, name);
    if (!made || !kept.p) return NULL;
    *made = (node){ .name = kept, .next = *at };
    *at = made;
    return made;
}

/* Every group but the last name of the path; NULL on exhaustion. */
static node *node_at(h5_writer *w, const char *path)
{
    str rest = str_of(path), name;
    node *at = w->root;
    while (at && str_cut(&rest, &name, '/')) {
        if (!name.n) continue;
        assert(!at->data && "a dataset has no members");
        at->is_group = 1;
        at = child(w->mem, at, name);
    }
    return at;
}

int h5_group(h5_writer *w, const char *path)
{
    node *n = node_at(w, path);
    if (n) n->is_group = 1;
    return n != NULL;
}

int h5_dataset(h5_writer *w, const char *path, h5_type type, int rank, const int64_t *dims,
               const void *data)
{
    node *n = node_at(w, path);
    if (!n) return 0;
    assert(!n->is_group && !n->data && data && rank >= 0 && rank <= h5_rank_limit);
    n->type = type;
    n->rank = rank;
    for (int i = 0; i < rank; i++) n->dims[i] = dims[i];
    n->data = data;
    return 1;
}

static attribute *new_attribute(h5_writer *w, const char *path, const char *name)
{
    node *n = node_at(w, path);
    attribute *a = TAKE(w->mem, attribute, 1);
    str kept = str_keep(w->mem, str_of(name));
    if (!n || !a || !kept.p) return NULL;
    n->is_group = 1;
    attribute **at = &n->attributes;
    while (*at) at = &(*at)->next;
    *at = a;
    a->name = kept.p;
    return a;
}

int h5_attribute(h5_writer *w, const char *path, const char *name, str value)
{
    attribute *a = new_attribute(w, path, name);
    if (!a) return 0;
    a->one = value;
    a->values = &a->one;
    a->n = 1;
    a->longest = value.n;
    return 1;
}

int h5_attributes(h5_writer *w, const char *path, const char *name, const str *values, int64_t n)
{
    attribute *a = new_attribute(w, path, name);
    if (!a) return 0;
    a->is_list = 1;
    a->values = values;
    a->n = n;
    for (int64_t i = 0; i < n; i++)
        if (values[i].n > a->longest) a->longest = values[i].n;
    return 1;
}

/* ---- Writing */

/* Pads to 8 bytes; what comes next stands at the address returned. */
static uint64_t align(text *t)
{
    text_repeat(t, '\0', -t->n & 7);
    return (uint64_t)t->n;
}

static void add_message(text *t, int type, int flags, int bytes)
{
    le_add(t, (uint64_t)type, 2);
    le_add(t, (uint64_t)(bytes + 7) / 8 * 8, 2);
    le_add(t, (uint64_t)flags, 4); /* one byte, three reserved */
}

static uint64_t add_header(text *t, int n_messages, int bytes)
{
    uint64_t at = align(t);
    le_add(t, 1, 2); /* version */
    le_add(t, (uint64_t)n_messages, 2);
    le_add(t, 1, 4); /* links to it */
    le_add(t, (uint64_t)bytes, 8);
    return at;
}

/* Text of one length, padded with NULs; a list without items is an array of no numbers, as Keras
 * has it. */
enum { text_type_bytes = 8, number_type_bytes = 24 };

static int64_t item_bytes(const attribute *a)
{
    return a->longest ? a->longest : 1;
}

static int attribute_bytes(const attribute *a)
{
    int64_t name = ((int64_t)strlen(a->name) + 8) / 8 * 8;
    int64_t type = a->n ? text_type_bytes : number_type_bytes;
    int64_t value = (a->n * item_bytes(a) + 7) / 8 * 8;
    return (int)(8 + name + type + (a->is_list ? 16 : 8) + value);
}

static int fits(const attribute *a)
{
    return a->n <= h5_attribute_limit / item_bytes(a) && strlen(a->name) < 1000;
}

static void write_attribute(text *t, const attribute *a)
{
    const h5_type_layout *number = &h5_types[H5_FLOAT64];
    add_message(t, h5_message_attribute, 0, attribute_bytes(a));
    le_add(t, 1, 2);
    le_add(t, strlen(a->name) + 1, 2);
    le_add(t, a->n ? text_type_bytes : (uint64_t)number->bytes, 2);
    le_add(t, a->is_list ? 16 : 8, 2);
    text_add(t, a->name, (int64_t)strlen(a->name) + 1);
    (void)align(t);
    if (a->n) {
        le_add(t, 0x1113, 4); /* fixed length, padded with NULs, UTF-8 */
        le_add(t, (uint64_t)item_bytes(a), 4);
    } else {
        text_add(t, number->message, number->bytes);
        (void)align(t);
    }
    le_add(t, a->is_list ? 0x0101 : 1, 8);
    if (a->is_list) le_add(t, (uint64_t)a->n, 8);
    for (int64_t i = 0; i < a->n; i++) {
        text_str(t, a->values[i]);
        text_repeat(t, '\0', item_bytes(a) - a->values[i].n);
    }
    (void)align(t);
}

static void write_dataset(text *t, node *n)
{
    const h5_type_layout *type = &h5_types[n->type];
    int64_t bytes = type->size;
    for (int i = 0; i < n->rank; i++) bytes *= n->dims[i];
    uint64_t data = align(t);
    text_add(t, n->data, bytes);

    int space_bytes = 8 + 8 * n->rank, type_bytes = (type->bytes + 7) / 8 * 8;
    enum { fill_bytes = 8, layout_bytes = 24 };
    n->header = add_header(
        t, 4, 4 * h5_message_bytes + space_bytes + type_bytes + fill_bytes + layout_bytes);
    add_message(t, h5_message_space, 0, space_bytes);
    le_add(t, 1 | (uint64_t)n->rank << 8, 8);
    for (int i = 0; i < n->rank; i++) le_add(t, (uint64_t)n->dims[i], 8);
    add_message(t, h5_message_type, 1, type_bytes);
    text_add(t, type->message, type->bytes);
    (void)align(t);
    add_message(t, h5_message_fill, 1, fill_bytes);
    le_add(t, 0x01020202,
           8); /* version 2, allocated late, never filled, default value of 0 bytes */
    add_message(t, h5_message_layout, 0, layout_bytes);
    le_add(t, 0x0103, 2); /* version 3, contiguous */
    le_add(t, bytes ? data : H5_UNDEFINED, 8);
    le_add(t, (uint64_t)bytes, 8);
    (void)align(t);
}

/* The names of the members: the empty one at 0, then each with its NUL, padded to 8. */
static void write_heap(text *t, node *group)
{
    uint64_t data = align(t);
    le_add(t, 0, 8);
    for (node *n = group->first; n; n = n->next) {
        n->name_offset = align(t) - data;
        text_add(t, n->name.p, n->name.n + 1);
    }
    uint64_t bytes = align(t) - data;
    group->heap = align(t);
    text_add(t, "HEAP\0\0\0", 8); /* version 0 */
    le_add(t, bytes, 8);
    le_add(t, 1, 8); /* no free list */
    le_add(t, data, 8);
}

/* A table of at most 2 * leaf_k members, always of full size. *at moves on to the first member
 * that has no place; *last is the name offset of the last that has. */
static uint64_t write_table(text *t, const node **at, int leaf_k, uint64_t *last)
{
    int n = 0, most = 2 * leaf_k;
    for (const node *m = *at; m && n < most; m = m->next) n++;
    uint64_t address = align(t);
    text_add(t, "SNOD\1\0", 6);
    le_add(t, (uint64_t)n, 2);
    for (int i = 0; i < n; i++, *at = (*at)->next) {
        const node *m = *at;
        le_add(t, m->name_offset, 8);
        le_add(t, m->header, 8);
        le_add(t, m->is_group ? 1 : 0, 8); /* 1: tree and heap follow here too */
        le_add(t, m->tree, 8);
        le_add(t, m->heap, 8);
        *last = m->name_offset;
    }
    text_repeat(t, '\0', (int64_t)(most - n) * h5_entry_bytes);
    return address;
}

enum { internal_k = 16, most_tables = 2 * internal_k };

static int64_t count_members(const node *group)
{
    int64_t n = 0;
    for (const node *m = group->first; m; m = m->next) n++;
    return n;
}

/* The B-tree: one node at level 0, keys between the tables are the names that end them. */
static void write_tree(text *t, node *group, int leaf_k)
{
    uint64_t tables[most_tables], keys[most_tables] = { 0 };
    int n = 0;
    for (const node *at = group->first; at; n++) {
        assert(n < most_tables);
        tables[n] = write_table(t, &at, leaf_k, &keys[n]);
    }
    group->tree = align(t);
    text_add(t, "TREE\0\0", 6);
    le_add(t, (uint64_t)n, 2);
    le_add(t, H5_UNDEFINED, 8);
    le_add(t, H5_UNDEFINED, 8);
    le_add(t, 0, 8);
    for (int i = 0; i < n; i++) {
        le_add(t, tables[i], 8);
        le_add(t, keys[i], 8);
    }
    text_repeat(t, '\0', (int64_t)(most_tables - n) * 16);
}

static void write_group(text *t, node *group, int leaf_k)
{
    for (node *n = group->first; n; n = n->next) {
        if (n->is_group)
            write_group(t, n, leaf_k);
        else
            write_dataset(t, n);
    }
    write_heap(t, group);
    write_tree(t, group, leaf_k);
    int n_messages = 1, bytes = h5_message_bytes + 16;
    for (const attribute *a = group->attributes; a; a = a->next) {
        if (!fits(a)) t->bad = 1;
        if (t->bad) return;
        n_messages++;
        bytes += h5_message_bytes + attribute_bytes(a);
    }
    group->header = add_header(t, n_messages, bytes);
    add_message(t, h5_message_symbol_table, 0, 16);
    le_add(t, group->tree, 8);
    le_add(t, group->heap, 8);
    for (const attribute *a = group->attributes; a; a = a->next) write_attribute(t, a);
}

/* The format's usual 4 has room for 256 members a group in our one-node trees; more for more. */
static int leaf_k_for(const node *group, int leaf_k)
{
    while (count_members(group) > (int64_t)most_tables * 2 * leaf_k) leaf_k *= 2;
    for (const node *n = group->first; n; n = n->next)
        if (n->is_group) leaf_k = leaf_k_for(n, leaf_k);
    return leaf_k;
}

static void write_superblock(text *t, const node *root, int leaf_k, uint64_t end)
{
    text_add(t, H5_SIGNATURE, 8);
    le_add(t, 0, 5);      /* versions */
    le_add(t, 0x0808, 3); /* bytes of offsets and of lengths */
    le_add(t, (uint64_t)leaf_k, 2);
    le_add(t, internal_k, 2);
    le_add(t, 0, 4);
    le_add(t, 0, 8); /* base */
    le_add(t, H5_UNDEFINED, 8);
    le_add(t, end, 8);
    le_add(t, H5_UNDEFINED, 8);
    le_add(t, 0, 8); /* the root's entry: no name */
    le_add(t, root->header, 8);
    le_add(t, 1, 8);
    le_add(t, root->tree, 8);
    le_add(t, root->heap, 8);
}

void h5_write(text *out, const h5_writer *w)
{
    assert(out->n == 0);
    int leaf_k = leaf_k_for(w->root, 4);
    text superblock = { 0 };
    text_repeat(out, '\0', h5_superblock_bytes);
    write_group(out, w->root, leaf_k);
    write_superblock(&superblock, w->root, leaf_k, align(out));
    if (superblock.bad) out->bad = 1;
    if (!out->bad) memcpy(out->p, superblock.p, h5_superblock_bytes);
    text_free(&superblock);
}
