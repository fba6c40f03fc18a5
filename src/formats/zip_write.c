/* Writes ZIP archives of stored members, the same bytes for the same content.
 * Leaves reading to zip.c and files on disk to files.h.
 * Read zip.h first; the records are those of PKWARE's APPNOTE 4.3.7, 4.3.12 and 4.3.16. */
#include "zip.h"

#include <assert.h>
#include <zlib.h>

#include "little_endian.h"

enum {
    date_1980_01_01 = 1 << 5 | 1, /* DOS date: year - 1980, month, day */
    flag_utf8 = 1 << 11,
    version_plain = 20,
    version_zip64 = 45,
    made_by_unix = 3 << 8,
    wide_bytes = 20, /* of the zip64 field */
};
#define MODE_RW_R_R ((uint64_t)0100644 << 16) /* so that unzip makes readable files */
#define MODE_RW     ((uint64_t)0600 << 16)

static int is_ascii(str s)
{
    for (int64_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] >= 0x80) return 0;
    return 1;
}

/* What the local header and the directory entry have in common: from "version needed" to the
 * length of the extra field. `size` as it stands there. */
static void add_common(text *t, str name, int version, uint64_t size, int extra, uint32_t crc)
{
    le_add(t, (uint64_t)version, 2);
    le_add(t, is_ascii(name) ? 0 : flag_utf8, 2);
    le_add(t, 0, 2); /* stored */
    le_add(t, 0, 2); /* 00:00:00 */
    le_add(t, date_1980_01_01, 2);
    le_add(t, crc, 4);
    le_add(t, size, 4);
    le_add(t, size, 4);
    le_add(t, (uint64_t)name.n, 2);
    le_add(t, (uint64_t)extra, 2);
}

/* Zip64's extra field: size and packed size. */
static void add_wide_field(text *t, int64_t n)
{
    le_add(t, 1, 2);
    le_add(t, 16, 2);
    le_add(t, (uint64_t)n, 8);
    le_add(t, (uint64_t)n, 8);
}

static void add_member(zip_writer *z, str name, str content, int wide)
{
    text *t = &z->bytes, *d = &z->directory;
    int version = wide ? version_zip64 : version_plain;
    assert(name.n <= UINT16_MAX);
    int64_t room = UINT32_MAX - t->n - d->n - 2 * name.n - 200;
    if (content.n > room || z->n_members >= zip_member_limit) t->bad = 1;
    if (t->bad) return;
    uint32_t crc = (uint32_t)crc32_z(0, (const Bytef *)content.p, (z_size_t)content.n);
    uint64_t at = (uint64_t)t->n;
    text_add(t, "PK\3\4", 4);
    add_common(t, name, version, wide ? UINT32_MAX : (uint64_t)content.n, wide ? wide_bytes : 0,
               crc);
    text_str(t, name);
    if (wide) add_wide_field(t, content.n);
    text_str(t, content);

    text_add(d, "PK\1\2", 4);
    le_add(d, (uint64_t)(made_by_unix | version), 2);
    add_common(d, name, version, (uint64_t)content.n, 0, crc);
    le_add(d, 0, 6); /* no comment, disk 0, not text */
    le_add(d, wide ? MODE_RW : MODE_RW_R_R, 4);
    le_add(d, at, 4);
    text_str(d, name);
    z->n_members++;
}

void zip_add(zip_writer *z, str name, str content)
{
    add_member(z, name, content, 0);
}

void zip_add_wide(zip_writer *z, str name, str content)
{
    add_member(z, name, content, 1);
}

void zip_finish(zip_writer *z)
{
    text *t = &z->bytes;
    uint64_t at = (uint64_t)t->n, size = (uint64_t)z->directory.n, n = (uint64_t)z->n_members;
    if (z->directory.bad) t->bad = 1;
    text_str(t, text_view(&z->directory));
    text_add(t, "PK\5\6", 4);
    le_add(t, 0, 4); /* one disk */
    le_add(t, n, 2);
    le_add(t, n, 2);
    le_add(t, size, 4);
    le_add(t, at, 4);
    le_add(t, 0, 2); /* no comment */
}

void zip_writer_free(zip_writer *z)
{
    text_free(&z->bytes);
    text_free(&z->directory);
    *z = (zip_writer){ 0 };
}
