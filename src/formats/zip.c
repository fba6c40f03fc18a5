/* Reads ZIP archives through the central directory; every offset and size is checked before use.
 * Leaves writing to zip_write.c, and what the members mean to bundle.c.
 * Read zip.h first; the records are those of PKWARE's APPNOTE 4.3. */
#include "zip.h"

#include <zlib.h>

#include "little_endian.h"

enum {
    local_bytes = 30,
    entry_bytes = 46,
    end_bytes = 22,
    locator64_bytes = 20,
    end64_bytes = 56,
    flag_encrypted = 1 | 1 << 6 | 1 << 13,
};

static status broken(const char *name, propense_error *err)
{
    return fail(err, PROPENSE_E_FORMAT,
                "%s: the archive's directory is damaged; copy the file again", name);
}

static int starts_with(str bytes, uint64_t at, const char *magic)
{
    return memcmp(bytes.p + at, magic, 4) == 0;
}

/* The end record stands at the very end, followed by a comment of the length it names. */
static int64_t find_end(str bytes)
{
    int64_t from = bytes.n - end_bytes, lowest = from - UINT16_MAX < 0 ? 0 : from - UINT16_MAX;
    for (int64_t at = from; at >= lowest; at--)
        if (starts_with(bytes, (uint64_t)at, "PK\5\6") &&
            at + end_bytes + le16(bytes.p + at + 20) == bytes.n)
            return at;
    return -1;
}

typedef struct directory {
    uint64_t n, at, size;
} directory;

/* Zip64 holds what does not fit into the end record in a record of its own, found by a locator in
 * front of the end record. */
static int read_end64(directory *d, str bytes, int64_t end)
{
    if (end < locator64_bytes) return 0;
    const char *locator = bytes.p + end - locator64_bytes;
    if (memcmp(locator, "PK\6\7", 4) != 0) return 0;
    uint64_t at = le64(locator + 8);
    if (!within(at, end64_bytes, bytes.n) || !starts_with(bytes, at, "PK\6\6")) return 0;
    *d = (directory){ le64(bytes.p + at + 32), le64(bytes.p + at + 48), le64(bytes.p + at + 40) };
    return 1;
}

static status read_end(directory *d, str bytes, const char *name, propense_error *err)
{
    int64_t end = find_end(bytes);
    if (end < 0)
        return fail(err, PROPENSE_E_FORMAT,
                    "%s: the zip archive breaks off after %lld bytes: the directory that stands at "
                    "its end is missing; copy the file again",
                    name, (long long)bytes.n);
    const char *p = bytes.p + end;
    *d = (directory){ le16(p + 10), le32(p + 16), le32(p + 12) };
    int full = d->n == UINT16_MAX || d->at == UINT32_MAX || d->size == UINT32_MAX;
    if (full && !read_end64(d, bytes, end)) return broken(name, err);
    if (!within(d->at, d->size, end)) return broken(name, err);
    if (d->n > zip_member_limit)
        return fail(err, PROPENSE_E_FORMAT, "%s: the archive has more than %d members", name,
                    (int)zip_member_limit);
    return PROPENSE_OK;
}

/* Zip64's extra field 1 holds, in this order, those of size, packed size and offset that are all
 * ones in the entry. Returns 0 when one of them is missing. */
static int widen(uint64_t *size, uint64_t *packed, uint64_t *at, str extra)
{
    if (*size != UINT32_MAX && *packed != UINT32_MAX && *at != UINT32_MAX) return 1;
    str values = { 0 };
    while (extra.n >= 4 && !values.p) {
        int64_t n = le16(extra.p + 2);
        if (n > extra.n - 4) return 0;
        if (le16(extra.p) == 1) values = (str){ extra.p + 4, n };
        extra = (str){ extra.p + 4 + n, extra.n - 4 - n };
    }
    uint64_t *wide[] = { size, packed, at };
    for (int i = 0; i < 3; i++) {
        if (*wide[i] != UINT32_MAX) continue;
        if (values.n < 8) return 0;
        *wide[i] = le64(values.p);
        values = (str){ values.p + 8, values.n - 8 };
    }
    return 1;
}

/* One entry of the directory; *rest moves behind it. */
static int read_entry(zip_member *m, str *rest, int64_t total)
{
    if (rest->n < entry_bytes || !starts_with(*rest, 0, "PK\1\2")) return 0;
    const char *p = rest->p;
    int64_t n_name = le16(p + 28), n_extra = le16(p + 30), n_comment = le16(p + 32);
    int64_t n = entry_bytes + n_name + n_extra + n_comment;
    if (n > rest->n) return 0;
    uint64_t packed = le32(p + 20), size = le32(p + 24), at = le32(p + 42);
    if (!widen(&size, &packed, &at, (str){ p + entry_bytes + n_name, n_extra })) return 0;
    if (!within(at, local_bytes, total) || !within(at + local_bytes, packed, total)) return 0;
    if (size > INT64_MAX) return 0;
    *m = (zip_member){ .name = { p + entry_bytes, n_name },
                       .packed = (int64_t)packed,
                       .size = (int64_t)size,
                       .crc = le32(p + 16),
                       .method = le16(p + 10),
                       .flags = le16(p + 8),
                       .at = (int64_t)at };
    *rest = (str){ p + n, rest->n - n };
    return 1;
}

int zip_is(str bytes)
{
    return (bytes.n >= 4 && starts_with(bytes, 0, "PK\3\4")) || find_end(bytes) >= 0;
}

status zip_open(zip_archive *out, str bytes, const char *name, arena *mem, propense_error *err)
{
    directory d = { 0 };
    *out = (zip_archive){ 0 };
    TRY(read_end(&d, bytes, name, err));
    zip_archive z = { .bytes = bytes, .members = TAKE(mem, zip_member, (int64_t)d.n) };
    if (!z.members) return fail_memory(err);
    str rest = { bytes.p + d.at, (int64_t)d.size };
    for (; z.n_members < (int32_t)d.n; z.n_members++) {
        zip_member m;
        if (!read_entry(&m, &rest, bytes.n)) return broken(name, err);
        if (zip_find(&z, m.name))
            return fail(err, PROPENSE_E_FORMAT, "%s: the archive has two members named '%.*s'",
                        name, STR_ARG(m.name));
        z.members[z.n_members] = m;
    }
    *out = z;
    return PROPENSE_OK;
}

const zip_member *zip_find(const zip_archive *z, str member)
{
    for (int32_t i = 0; i < z->n_members; i++)
        if (str_eq(z->members[i].name, member)) return &z->members[i];
    return NULL;
}

/* The packed bytes, behind a local header whose name is the directory's. */
static int packed_bytes(str *out, const zip_archive *z, const zip_member *m)
{
    str bytes = z->bytes;
    const char *p = bytes.p + m->at;
    if (!starts_with(bytes, (uint64_t)m->at, "PK\3\4")) return 0;
    uint64_t at = (uint64_t)m->at + local_bytes;
    int64_t n_name = le16(p + 26), n_extra = le16(p + 28);
    if (!within(at, (uint64_t)(n_name + n_extra + m->packed), bytes.n)) return 0;
    if (!str_eq((str){ bytes.p + at, n_name }, m->name)) return 0;
    *out = (str){ bytes.p + at + n_name + n_extra, m->packed };
    return 1;
}

static void *take_for_zlib(void *user, unsigned count, unsigned size)
{
    (void)user;
    return mem_resize_array(NULL, count, size);
}
static void give_for_zlib(void *user, void *p)
{
    (void)user;
    mem_free(p);
}

/* Moves up to UINT_MAX of *left into zlib's 32-bit count. */
static unsigned portion(int64_t *left)
{
    unsigned n = *left > INT32_MAX ? (unsigned)INT32_MAX : (unsigned)*left;
    *left -= n;
    return n;
}

/* Raw deflate into exactly `size` bytes. Z_OK, Z_MEM_ERROR, or Z_DATA_ERROR for anything else. */
static int inflate_exactly(unsigned char *into, int64_t size, str packed)
{
    z_stream s = { .zalloc = take_for_zlib, .zfree = give_for_zlib };
    if (inflateInit2(&s, -MAX_WBITS) != Z_OK) return Z_MEM_ERROR;
    s.next_in = (z_const Bytef *)(uintptr_t)packed.p;
    s.next_out = into;
    int result = Z_OK;
    do {
        if (s.avail_in == 0) s.avail_in = portion(&packed.n);
        if (s.avail_out == 0) s.avail_out = portion(&size);
        result = inflate(&s, Z_NO_FLUSH);
    } while (result == Z_OK);
    int whole = result == Z_STREAM_END && s.avail_out == 0 && size == 0;
    (void)inflateEnd(&s);
    return whole ? Z_OK : result == Z_MEM_ERROR ? Z_MEM_ERROR : Z_DATA_ERROR;
}

static status unpack(str *out, const zip_member *m, str packed, const char *name, arena *mem,
                     propense_error *err)
{
    enum { largest_ratio = 1040 }; /* deflate codes 258 bytes in 2 bits at best, and a header */
    int64_t size = m->size;
    unsigned char *into = NULL;
    int result = Z_DATA_ERROR;
    if (size / largest_ratio <= packed.n) {
        into = TAKE(mem, unsigned char, size + 1);
        if (!into) return fail_memory(err);
        result = inflate_exactly(into, size, packed);
    }
    if (result == Z_MEM_ERROR) return fail_memory(err);
    if (result != Z_OK)
        return fail(err, PROPENSE_E_FORMAT,
                    "%s: member '%.*s' does not unpack to the size it names; copy the file again",
                    name, STR_ARG(m->name));
    *out = (str){ (const char *)into, size };
    return PROPENSE_OK;
}

static status check_readable(const zip_member *m, int64_t limit, const char *name,
                             propense_error *err)
{
    if (m->flags & flag_encrypted)
        return fail(err, PROPENSE_E_FORMAT, "%s: member '%.*s' is encrypted", name,
                    STR_ARG(m->name));
    if (m->method != 0 && m->method != 8)
        return fail(err, PROPENSE_E_FORMAT,
                    "%s: member '%.*s' is packed by method %d; stored (0) and deflate (8) are read",
                    name, STR_ARG(m->name), (int)m->method);
    if (m->method == 8 && m->size > limit)
        return fail(err, PROPENSE_E_FORMAT,
                    "%s: member '%.*s' has %lld bytes; at most %lld are read", name,
                    STR_ARG(m->name), (long long)m->size, (long long)limit);
    return PROPENSE_OK;
}

status zip_read(str *out, const zip_archive *z, const zip_member *m, int64_t limit,
                const char *name, arena *mem, propense_error *err)
{
    str content;
    *out = (str){ 0 };
    TRY(check_readable(m, limit, name, err));
    if (!packed_bytes(&content, z, m) || (m->method == 0 && m->packed != m->size))
        return broken(name, err);
    if (m->method == 8) TRY(unpack(&content, m, content, name, mem, err));
    if (crc32_z(0, (const Bytef *)content.p, (z_size_t)content.n) != m->crc)
        return fail(err, PROPENSE_E_FORMAT,
                    "%s: member '%.*s' does not match its checksum; copy the file again", name,
                    STR_ARG(m->name));
    *out = content;
    return PROPENSE_OK;
}
