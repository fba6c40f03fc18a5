/* Files of the operating system, the reading half, and what a path names.
 * Leaves writing to os_outputs.c and the meaning of bytes to the formats.
 * Read files.h first. */
#define _DEFAULT_SOURCE /* strerror_r as POSIX has it, together with the rest of POSIX */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "words.h"

enum { first_piece = 64 * 1024 };

struct file_in {
    int fd;
    int64_t size;
    const char *name; /* `path`, or a constant for standard input */
    char path[];
};

static status cannot_read(propense_error *err, const char *name, int number)
{
    char words[128] = "";
    switch (number) {
    case ENOENT:
        return fail(err, PROPENSE_E_IO, "there is no file '%s'; check its name and folder", name);
    case ENOTDIR:
        return fail(err, PROPENSE_E_IO,
                    "there is no file '%s': a part of the path is a file, not a folder", name);
    case EISDIR:
        return fail(err, PROPENSE_E_IO, "'%s' is a folder; name a file in it", name);
    case EACCES:
    case EPERM:
        return fail(err, PROPENSE_E_IO,
                    "'%s' cannot be read: permission denied; ask its owner for read access", name);
    case EIO:
        return fail(err, PROPENSE_E_IO,
                    "'%s' cannot be read: the disk reports an error; try a copy of the file", name);
    case EMFILE:
    case ENFILE:
        return fail(err, PROPENSE_E_IO,
                    "'%s' cannot be opened: too many files are open; close some and try again",
                    name);
    case ENAMETOOLONG:
        return fail(err, PROPENSE_E_IO, "the path '%.100s...' is too long", name);
    case ELOOP:
        return fail(err, PROPENSE_E_IO,
                    "'%s' cannot be opened: its symbolic links lead round in a circle", name);
    case ENOMEM:
        return fail_memory(err);
    default:
        (void)strerror_r(number, words, sizeof words);
        return fail(err, PROPENSE_E_IO, "'%s' cannot be read: %s", name, words);
    }
}

/* Descriptor, size and the refusal of folders, which open(2) itself would let through. */
static int open_for_reading(file_in *f, int is_standard)
{
    struct stat s;
    do f->fd = is_standard ? STDIN_FILENO : open(f->path, O_RDONLY | O_CLOEXEC);
    while (f->fd < 0 && errno == EINTR);
    if (f->fd < 0) return errno;
    int number = fstat(f->fd, &s) != 0 ? errno : S_ISDIR(s.st_mode) ? EISDIR : 0;
    if (!number) f->size = S_ISREG(s.st_mode) ? (int64_t)s.st_size : 0;
    return number;
}

status file_open(file_in **out, const char *path, propense_error *err)
{
    *out = NULL;
    if (!path || !*path) return fail(err, PROPENSE_E_IO, "the path of a file to read is empty");
    int is_standard = strcmp(path, "-") == 0;
    size_t n = strlen(path) + 1;
    file_in *f = mem_resize(NULL, (int64_t)(sizeof *f + n));
    if (!f) return fail_memory(err);
    memcpy(f->path, path, n);
    f->size = 0;
    f->name = is_standard ? tr(error_language(err), N_("standard input")) : f->path;
    int number = open_for_reading(f, is_standard);
    if (number) {
        status failed = cannot_read(err, f->name, number);
        file_close(f);
        return failed;
    }
    *out = f;
    return PROPENSE_OK;
}

status file_read(file_in *f, void *into, int64_t n, int64_t *got, propense_error *err)
{
    *got = 0;
    while (*got < n) {
        ssize_t part = read(f->fd, (char *)into + *got, (size_t)(n - *got));
        if (part < 0 && errno == EINTR) continue;
        if (part < 0) return cannot_read(err, f->name, errno);
        if (part == 0) break;
        *got += part;
    }
    return PROPENSE_OK;
}

int64_t file_size(const file_in *f)
{
    return f->size;
}

const char *file_name(const file_in *f)
{
    return f->name;
}

void file_close(file_in *f)
{
    if (!f) return;
    if (f->fd > STDIN_FILENO) (void)close(f->fd);
    mem_free(f);
}

static status too_large(const file_in *f, int64_t limit, propense_error *err)
{
    return fail(err, PROPENSE_E_IO, "'%s' is larger than %lld bytes, the most that is read here",
                file_name(f), (long long)limit);
}

/* Reads to the end into *bytes, one byte more than `limit` at most, so that the excess shows. */
static status read_to_end(file_in *f, int64_t limit, unsigned char **bytes, int64_t *n,
                          propense_error *err)
{
    int64_t capacity = 0, got = 0, room = file_size(f) < limit ? file_size(f) + 1 : limit + 1;
    if (!file_size(f) && room < first_piece) room = first_piece;
    do {
        void *grown = *bytes;
        if (!mem_reserve(&grown, &capacity, *n + room, 1)) return fail_memory(err);
        *bytes = grown;
        TRY(file_read(f, *bytes + *n, capacity - *n, &got, err));
        *n += got;
        room = 1;
    } while (*n == capacity && *n <= limit);
    return *n > limit ? too_large(f, limit, err) : PROPENSE_OK;
}

status file_read_all(const char *path, int64_t limit, unsigned char **bytes, int64_t *n,
                     propense_error *err)
{
    file_in *f;
    *bytes = NULL;
    *n = 0;
    if (limit > INT64_MAX / 4) limit = INT64_MAX / 4;
    TRY(file_open(&f, path, err));
    status s =
        file_size(f) > limit ? too_large(f, limit, err) : read_to_end(f, limit, bytes, n, err);
    file_close(f);
    if (s == PROPENSE_OK) return s;
    mem_free(*bytes);
    *bytes = NULL;
    *n = 0;
    return s;
}

int file_exists(const char *path)
{
    struct stat s;
    return path && *path && lstat(path, &s) == 0;
}

int file_same(const char *a, const char *b)
{
    struct stat of_a, of_b;
    if (!a || !b || stat(a, &of_a) != 0 || stat(b, &of_b) != 0) return 0;
    return of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
}
