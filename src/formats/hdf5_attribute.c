/* Reads attributes that hold text, as h5py and Keras write them: one or a list, fixed or varying
 * in length. Leaves the messages of a header to hdf5_object.c.
 * Read hdf5.h, hdf5_format.h and hdf5_walk.h first. Every address and size is untrusted. */
#include "hdf5_walk.h"

#include "hdf5_format.h"
#include "little_endian.h"
#include "words.h"

enum { class_fixed = 3, class_varying = 9, reference_bytes = 16, heap_start = 16 };

typedef struct search {
    str name;
    h5_texts *out;
    int found;
    arena *mem;
} search;

/* The parts of an attribute message. */
typedef struct parts {
    str name, type, space, value;
} parts;

static int cut(str *rest, str *part, int64_t n, int64_t padded)
{
    if (padded > rest->n) return 0;
    *part = (str){ rest->p, n };
    *rest = (str){ rest->p + padded, rest->n - padded };
    return 1;
}

/* Version 1 pads each part to 8 bytes, 2 and 3 do not; 3 names the name's letters too. */
static int cut_message(parts *p, str m)
{
    if (m.n < 8) return 0;
    int version = (unsigned char)m.p[0], start = version == 3 ? 9 : 8;
    int64_t unit = version == 1 ? 8 : 1;
    if (version < 1 || version > 3 || m.n < start) return 0;
    int64_t name = le16(m.p + 2), type = le16(m.p + 4), space = le16(m.p + 6);
    str rest = { m.p + start, m.n - start };
    if (!cut(&rest, &p->name, name, (name + unit - 1) / unit * unit) ||
        !cut(&rest, &p->type, type, (type + unit - 1) / unit * unit) ||
        !cut(&rest, &p->space, space, (space + unit - 1) / unit * unit))
        return 0;
    p->value = rest;
    while (p->name.n && p->name.p[p->name.n - 1] == '\0') p->name.n--;
    return 1;
}

/* One value or a list of them: n; -1 for anything else. */
static int64_t count_of(const parts *p)
{
    str s = p->space;
    if (s.n < 4) return -1;
    int version = (unsigned char)s.p[0], rank = (unsigned char)s.p[1];
    int64_t at = version == 1 ? 8 : 4;
    if ((version != 1 && version != 2) || rank > 1 || s.n < at + 8 * rank) return -1;
    if (version == 2 && s.p[3] == 2) return 0;
    uint64_t n = rank ? le64(s.p + at) : 1;
    return n > (uint64_t)p->value.n ? (n ? -1 : 0) : (int64_t)n;
}

/* The bytes of object `index` in the global heap at `at`. */
static status heap_object(str *out, h5_walk *w, uint64_t at, uint32_t index)
{
    str bytes = w->file->bytes;
    if (!within(at, heap_start, bytes.n) || memcmp(bytes.p + at, "GCOL\1", 5) != 0)
        return h5_damaged(w);
    uint64_t size = le64(bytes.p + at + 8);
    if (!within(at, size, bytes.n)) return h5_damaged(w);
    str rest = { bytes.p + at + heap_start, (int64_t)size - heap_start };
    while (rest.n >= 16) {
        uint32_t number = le16(rest.p);
        uint64_t n = le64(rest.p + 8);
        if (!h5_spend(w, 16) || number == 0 || n > (uint64_t)rest.n - 16) return h5_damaged(w);
        if (number == index) {
            *out = (str){ rest.p + 16, (int64_t)n };
            return PROPENSE_OK;
        }
        int64_t whole = 16 + ((int64_t)n + 7) / 8 * 8;
        if (whole > rest.n) return h5_damaged(w);
        rest = (str){ rest.p + whole, rest.n - whole };
    }
    return h5_damaged(w);
}

static str without_padding(str s)
{
    const char *nul = memchr(s.p, '\0', (size_t)s.n);
    if (nul) s.n = nul - s.p;
    return s;
}

static status fixed_texts(search *s, h5_walk *w, const parts *p, int64_t n)
{
    int64_t size = le32(p->type.p + 4);
    if (size < 1 || n > p->value.n / size) return h5_damaged(w);
    for (int64_t i = 0; i < n; i++)
        s->out->items[i] = without_padding((str){ p->value.p + i * size, size });
    return PROPENSE_OK;
}

static status varying_texts(search *s, h5_walk *w, const parts *p, int64_t n)
{
    if (n > p->value.n / reference_bytes) return h5_damaged(w);
    for (int64_t i = 0; i < n; i++) {
        const char *at = p->value.p + i * reference_bytes;
        str object = { 0 }, *item = &s->out->items[i];
        uint32_t bytes = le32(at);
        *item = (str){ "", 0 };
        if (bytes == 0) continue;
        TRY(heap_object(&object, w, le64(at + 4), le32(at + 12)));
        if (bytes > object.n) return h5_damaged(w);
        *item = without_padding((str){ object.p, bytes });
    }
    return PROPENSE_OK;
}

static status read_texts(search *s, h5_walk *w, const parts *p)
{
    if (p->type.n < 8) return h5_damaged(w);
    int64_t n = count_of(p);
    int class = p->type.p[0] & 15;
    int is_text = class == class_fixed || (class == class_varying && (p->type.p[1] & 15) == 1);
    if (n < 0) return h5_damaged(w);
    s->out->n = n;
    s->out->items = TAKE(s->mem, str, n);
    if (!s->out->items) return fail_memory(w->err);
    if (n == 0) return PROPENSE_OK;
    if (!is_text) return h5_refuse(w, N_("an attribute that is no text"));
    return class == class_fixed ? fixed_texts(s, w, p, n) : varying_texts(s, w, p, n);
}

static status look(void *user, h5_walk *w, int type, int flags, str data)
{
    search *s = user;
    parts p;
    (void)flags;
    if (type != h5_message_attribute || s->found) return PROPENSE_OK;
    if (!cut_message(&p, data)) return h5_damaged(w);
    if (!str_eq(p.name, s->name)) return PROPENSE_OK;
    s->found = 1;
    return read_texts(s, w, &p);
}

status h5_texts_of(h5_texts *out, int *found, const h5_file *f, const h5_object *o,
                   const char *name, arena *mem, propense_error *err)
{
    search s = { .name = str_of(name), .out = out, .mem = mem };
    h5_walk w = h5_walk_of(f, s.name, err);
    *out = (h5_texts){ 0 };
    status code = h5_each_message(&w, o->header, look, &s);
    *found = s.found;
    return code;
}
