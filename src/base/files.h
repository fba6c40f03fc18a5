/* The operating system's files behind a few calls; os_files.c (reading) and os_outputs.c (writing)
 * are the only users of open(2) and friends.
 *
 * Outputs are written beside their target ("name.tmp-<pid>-<n>") and renamed when complete, so that
 * a kill at any moment leaves the old file or the new one; what a killed process left is removed by
 * the next one that writes the same target. Missing parent folders are made. Symbolic links are
 * followed; a device or pipe (/dev/null) is written directly. A handle is one thread's at a time.
 */
#ifndef PROPENSE_FILES_H
#define PROPENSE_FILES_H

#include "error.h"
#include "str.h"

/* ---- Reading */
typedef struct file_in file_in;
/* "-" is standard input. A folder, a missing or unreadable file get their sentence. */
status file_open(file_in **out, const char *path, propense_error *err);
/* Up to n bytes, less only at the end; *got 0 = end of file. */
status file_read(file_in *f, void *into, int64_t n, int64_t *got, propense_error *err);
/* Bytes of a regular file, 0 when not known (pipe). */
int64_t file_size(const file_in *f);
/* The path, or "standard input" in the language of file_open's err. */
const char *file_name(const file_in *f);
void file_close(file_in *f); /* NULL is fine */
/* The whole file into one heap block (mem_free; not NULL even for an empty file), refused above
 * `limit` bytes. */
status file_read_all(const char *path, int64_t limit, unsigned char **bytes, int64_t *n,
                     propense_error *err);

/* ---- Writing, atomically */
typedef struct file_out file_out;
/* "-" is standard output (then nothing is renamed). Fails before any work is done when the folder
 * cannot be made or written. A target that is a folder is refused, and so is a target or folder
 * without any write permission bit, for root too. A replaced file keeps its permissions. */
status file_create(file_out **out, const char *path, propense_error *err);
/* Buffered; the error is sticky and told by file_commit at the latest. */
status file_write(file_out *f, const void *bytes, int64_t n, propense_error *err);
/* Flushes, renames; frees f whether it succeeds or not. With `durable` the file and folder are
 * synced. A pipe whose reader is gone is an error only if SIGPIPE is ignored: the program's
 * business.
 */
status file_commit(file_out *f, int durable, propense_error *err);
/* Removes what was written; frees f. NULL is fine. */
void file_discard(file_out *f);
/* All in one. */
status file_write_all(const char *path, const void *bytes, int64_t n, propense_error *err);

/* 1 when something is at `path`, a dangling link included. */
int file_exists(const char *path);
/* 1 when both name the same file that exists. */
int file_same(const char *a, const char *b);
/* A call that would create `path` is likely to work: the folder exists (or can be made) and is
 * writable. Asked before a long run; makes nothing. */
status file_can_create(const char *path, propense_error *err);

#endif
