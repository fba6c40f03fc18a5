/* Reads HDF5 object headers: what a dataset or group is and where its data stand.
 * Leaves the way to a header to hdf5.c. Read hdf5_format.h and hdf5_walk.h first.
 * A header is a list of messages in one or several blocks; those that matter are collected. */
#include "hdf5_walk.h"

#include "hdf5_format.h"
#include "little_endian.h"
#include "words.h"

/* The messages of one object; p NULL: not there. */
typedef struct messages {
    str space, type, layout, table;
    int new_group;
} messages;

typedef struct block {
    uint64_t at, bytes;
} block;
enum { most_blocks = 64 };
typedef struct block_list {
    block items[most_blocks];
    int n;
} block_list;

static status add_block(block_list *list, h5_walk *w, uint64_t at, uint64_t bytes)
{
    if (list->n == most_blocks || !within(at, bytes, w->file->bytes.n)) return h5_damaged(w);
    list->items[list->n++] = (block){ at, bytes };
    return PROPENSE_OK;
}

static status keep(void *user, h5_walk *w, int type, int flags, str data)
{
    enum { shared = 2 };
    messages *m = user;
    str *place = type == h5_message_space          ? &m->space
                 : type == h5_message_type         ? &m->type
                 : type == h5_message_layout       ? &m->layout
                 : type == h5_message_symbol_table ? &m->table
                                                   : NULL;
    if (type == h5_message_link_info || type == h5_message_link) m->new_group = 1;
    if (place && (flags & shared)) return h5_refuse(w, N_("a shared datatype"));
    if (place && !place->p) *place = data;
    return PROPENSE_OK;
}

/* Where the messages go. */
typedef struct receiver {
    h5_message_fn fn;
    void *user;
} receiver;

static status hand_on(const receiver *to, block_list *list, h5_walk *w, int type, int flags,
                      str data)
{
    if (type != h5_message_continuation) return to->fn(to->user, w, type, flags, data);
    return data.n < 16 ? h5_damaged(w) : add_block(list, w, le64(data.p), le64(data.p + 8));
}

static status read_block(const receiver *to, block_list *list, h5_walk *w, block b, int *left)
{
    const char *p = w->file->bytes.p + b.at, *end = p + b.bytes;
    while (*left > 0 && end - p >= h5_message_bytes) {
        int type = le16(p), n = le16(p + 2), flags = (unsigned char)p[4];
        p += h5_message_bytes;
        if (n > end - p || !h5_spend(w, h5_message_bytes + n)) return h5_damaged(w);
        TRY(hand_on(to, list, w, type, flags, (str){ p, n }));
        p += n;
        --*left;
    }
    return PROPENSE_OK;
}

status h5_each_message(h5_walk *w, uint64_t header, h5_message_fn fn, void *user)
{
    str bytes = w->file->bytes;
    const receiver to = { fn, user };
    if (!within(header, h5_header_bytes, bytes.n)) return h5_damaged(w);
    const char *p = bytes.p + header;
    if (memcmp(p, "OHDR", 4) == 0) return h5_refuse(w, N_("a newer version of the format"));
    if (p[0] != 1) return h5_damaged(w);
    int left = le16(p + 2);
    block_list list = { .n = 0 };
    TRY(add_block(&list, w, header + h5_header_bytes, le32(p + 8)));
    for (int i = 0; i < list.n; i++) TRY(read_block(&to, &list, w, list.items[i], &left));
    return left ? h5_damaged(w) : PROPENSE_OK;
}

/* Versions 1 and 2 of the dataspace. Maximal dimensions may follow and do not matter. */
static status read_space(h5_object *o, h5_walk *w, str s)
{
    if (s.n < 8) return h5_damaged(w);
    int version = (unsigned char)s.p[0], rank = (unsigned char)s.p[1],
        null_space = version == 2 && s.p[3] == 2;
    int64_t at = version == 1 ? 8 : 4;
    if (version != 1 && version != 2) return h5_refuse(w, N_("a newer version of the format"));
    if (null_space) return h5_refuse(w, N_("no value"));
    if (rank > h5_rank_limit) return h5_refuse(w, N_("an array of more than 4 dimensions"));
    if (s.n < at + 8 * rank) return h5_damaged(w);
    o->rank = rank;
    o->count = 1;
    for (int i = 0; i < rank; i++) {
        uint64_t n = le64(s.p + at + 8 * i);
        if (n > (uint64_t)w->file->bytes.n) return h5_damaged(w);
        o->dims[i] = (int64_t)n;
        if (n && o->count > w->file->bytes.n / (int64_t)n) return h5_damaged(w);
        o->count *= (int64_t)n;
    }
    return PROPENSE_OK;
}

static const char *type_words(str t)
{
    enum { integer = 0, real = 1, fixed_text = 3, varying = 9 };
    int class = t.p[0] & 15;
    if (class == integer) return N_("an integer of another size or order");
    if (class == real && le32(t.p + 4) == 2) return N_("a float16");
    if (class == real) return N_("a float of another layout");
    if (class == fixed_text || class == varying) return N_("text");
    return N_("a composed type");
}

static status read_type(h5_object *o, h5_walk *w, str t)
{
    if (t.n < 8) return h5_damaged(w);
    for (int i = 0; i < h5_n_types; i++) {
        const h5_type_layout *known = &h5_types[i];
        if (t.n < known->bytes || memcmp(t.p, known->message, (size_t)known->bytes) != 0) continue;
        o->type = (h5_type)i;
        return PROPENSE_OK;
    }
    return h5_refuse(w, type_words(t));
}

static status read_layout(h5_object *o, h5_walk *w, str s)
{
    enum { version = 3, compact = 0, contiguous = 1, chunked = 2 };
    if (s.n < 2) return h5_damaged(w);
    if (s.p[0] != version) return h5_refuse(w, N_("a layout of another version"));
    if (s.p[1] == compact) return h5_refuse(w, N_("a compact dataset"));
    if (s.p[1] == chunked) return h5_refuse(w, N_("a chunked or compressed dataset"));
    if (s.p[1] != contiguous || s.n < 18) return h5_damaged(w);
    uint64_t at = le64(s.p + 2), bytes = le64(s.p + 10);
    uint64_t need = (uint64_t)o->count * (uint64_t)h5_types[o->type].size;
    if (need == 0) return PROPENSE_OK;
    if (at == H5_UNDEFINED) return h5_refuse(w, N_("no value"));
    if (bytes < need || !within(at, need, w->file->bytes.n)) return h5_damaged(w);
    o->data = (const unsigned char *)w->file->bytes.p + at;
    return PROPENSE_OK;
}

status h5_object_read(h5_object *out, h5_walk *w, uint64_t header)
{
    messages m = { 0 };
    *out = (h5_object){ .header = header };
    TRY(h5_each_message(w, header, keep, &m));
    if (m.table.p) {
        if (m.table.n < 16) return h5_damaged(w);
        out->is_group = 1;
        out->tree = le64(m.table.p);
        out->heap = le64(m.table.p + 8);
        return PROPENSE_OK;
    }
    if (m.new_group) return h5_refuse(w, N_("a group of a newer version of the format"));
    if (!m.space.p || !m.type.p || !m.layout.p) return h5_damaged(w);
    TRY(read_space(out, w, m.space));
    TRY(read_type(out, w, m.type));
    return read_layout(out, w, m.layout);
}
