/* ZIP archives: written stored, read (stored or deflate) through the central directory, with
 * limits. Times are 1980-01-01, so the same members give the same bytes. */
#ifndef PROPENSE_ZIP_H
#define PROPENSE_ZIP_H

#include "error.h"
#include "str.h"

enum { zip_member_limit = 1000 };

/* All-zero is an empty writer. Names are UTF-8, up to 65535 bytes, each one once. */
typedef struct zip_writer {
    text bytes;     /* the archive so far */
    text directory; /* the central directory so far */
    int32_t n_members;
} zip_writer;
/* An archive of more than zip_member_limit members or 4 GB is not written: bytes.bad. */
void zip_add(zip_writer *z, str name, str content);
/* The same in the layout of Python's zipfile with force_zip64, which is np.savez's: the local
 * header has its sizes in a zip64 field, and the file's mode is 0600. */
void zip_add_wide(zip_writer *z, str name, str content);
/* Appends the directory; z->bytes is the archive, z->bytes.bad says whether memory ran out. */
void zip_finish(zip_writer *z);
void zip_writer_free(zip_writer *z);

typedef struct zip_member {
    str name;
    int64_t packed, size;
    uint32_t crc;
    int32_t method; /* 0 stored, 8 deflate; others are refused by zip_read */
    int32_t flags;
    int64_t at; /* of the local header */
} zip_member;
typedef struct zip_archive {
    str bytes;
    int32_t n_members;
    zip_member *members; /* in directory order, names are views into bytes */
} zip_archive;
/* 1 when the bytes begin or end as an archive does, whole or not. */
int zip_is(str bytes);
/* `name` is the file's, for messages; bytes must outlive the archive. Members from `mem`. Two
 * members of one name are refused. Nothing is ever unpacked to disk, so names may be anything. */
status zip_open(zip_archive *out, str bytes, const char *name, arena *mem, propense_error *err);
const zip_member *zip_find(const zip_archive *z, str member);
/* The unpacked content, checked against size and CRC. A stored member is a view of any length; a
 * deflated one is taken from mem and refused above `limit` bytes. */
status zip_read(str *out, const zip_archive *z, const zip_member *m, int64_t limit,
                const char *name, arena *mem, propense_error *err);

#endif
