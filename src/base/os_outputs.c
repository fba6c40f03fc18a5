/* Files of the operating system, the writing half: beside the target, then renamed onto it.
 * Leaves reading to os_files.c and the handling of SIGPIPE and Ctrl-C to the command line.
 * Read files.h first. */
#define _DEFAULT_SOURCE /* flock */
#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "words.h"

enum { path_room = 4096, base_room = 200, buffer_bytes = 64 * 1024, most_links = 20 };

struct file_out {
    int fd;
    int bad; /* errno of the first write that went wrong; 0 = none */
    int64_t held;
    int replaces;              /* a file is at the target */
    int64_t written, sent;     /* bytes; those that are on their way to the disk */
    char shown[path_room + 3]; /* for messages: the path in quotes, or "standard output" */
    char target[path_room];    /* symbolic links followed */
    char folder[path_room];
    char beside[2 * path_room]; /* what is written until the commit; "" = written directly */
    unsigned char buffer[buffer_bytes];
};

static status cannot_write(propense_error *err, const char *shown, int number)
{
    char words[128] = "";
    switch (number) {
    case ENOSPC:
        return fail(err, PROPENSE_E_IO,
                    "%s cannot be written: the disk is full; make room or choose another folder",
                    shown);
    case EDQUOT:
        return fail(err, PROPENSE_E_IO,
                    "%s cannot be written: your share of the disk is used up; make room or choose "
                    "another folder",
                    shown);
    case EFBIG:
        return fail(err, PROPENSE_E_IO,
                    "%s cannot be written: it grew beyond the size that is allowed for a file",
                    shown);
    case EPIPE:
        return fail(err, PROPENSE_E_IO, "%s was closed by its reader before everything was written",
                    shown);
    case EISDIR:
        return fail(err, PROPENSE_E_IO, "%s is a folder; name a file in it", shown);
    case ENOTDIR:
        return fail(err, PROPENSE_E_IO,
                    "%s cannot be written: a part of the path is a file, not a folder", shown);
    case ENOENT:
        return fail(err, PROPENSE_E_IO, "%s cannot be written: its folder is not there (any more)",
                    shown);
    case EACCES:
    case EPERM:
        return fail(err, PROPENSE_E_IO,
                    "%s cannot be written: permission denied; choose another folder or ask for "
                    "write access",
                    shown);
    case EROFS:
        return fail(err, PROPENSE_E_IO,
                    "%s cannot be written: this disk is read-only; choose another folder", shown);
    case EIO:
        return fail(err, PROPENSE_E_IO,
                    "%s cannot be written: the disk reports an error; choose another folder",
                    shown);
    case ENAMETOOLONG:
        return fail(err, PROPENSE_E_IO, "the path %.100s... is too long; choose a shorter name",
                    shown);
    case ELOOP:
        return fail(err, PROPENSE_E_IO,
                    "%s cannot be written: its symbolic links lead round in a circle", shown);
    case EMFILE:
    case ENFILE:
        return fail(err, PROPENSE_E_IO,
                    "%s cannot be written: too many files are open; close some and try again",
                    shown);
    case ENOMEM:
        return fail_memory(err);
    default:
        (void)strerror_r(number, words, sizeof words);
        return fail(err, PROPENSE_E_IO, "%s cannot be written: %s", shown, words);
    }
}

/* ---- Where a file goes */

/* The folder of a path: what stands before the last slash. */
static void folder_of(char *folder, const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t n = slash ? (size_t)(slash - path) : 0;
    while (n && path[n - 1] == '/') n--;
    memcpy(folder, path, n);
    folder[n] = '\0';
    if (!n) strcpy(folder, slash ? "/" : ".");
}

static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* target := what the symbolic link at `target` says. Returns an errno. */
static int follow_link(file_out *f)
{
    char link[path_room], joined[2 * path_room + 1];
    ssize_t n = readlink(f->target, link, sizeof link - 1);
    if (n < 0) return errno;
    link[n] = '\0';
    folder_of(f->folder, f->target);
    int used = link[0] == '/' ? snprintf(joined, sizeof joined, "%s", link)
                              : snprintf(joined, sizeof joined, "%s/%s", f->folder, link);
    if (used >= path_room) return ENAMETOOLONG;
    memcpy(f->target, joined, (size_t)used + 1);
    return 0;
}

/* Fills target and folder; *there.st_mode is 0 when nothing is at the target. A rename would put a
 * file in place of a link, so links are followed; and in place of a device or pipe (/dev/null, a
 * shell's >(...)), so those are written directly. Returns an errno. */
static int find_target(file_out *f, const char *path, struct stat *there)
{
    memset(there, 0, sizeof *there);
    if (strlen(path) >= path_room) return ENAMETOOLONG;
    strcpy(f->target, path);
    folder_of(f->folder, f->target);
    if (!*base_of(path)) return EISDIR; /* "outputs/" */
    if (stat(path, there) == 0 && !S_ISREG(there->st_mode) && !S_ISDIR(there->st_mode)) return 0;
    for (int links = 0; links <= most_links; links++) {
        memset(there, 0, sizeof *there);
        folder_of(f->folder, f->target);
        if (lstat(f->target, there) != 0) {
            there->st_mode = 0;
            return errno == ENOENT ? 0 : errno;
        }
        if (!S_ISLNK(there->st_mode)) return 0;
        int number = follow_link(f);
        if (number) return number;
    }
    return ELOOP;
}

static int write_protected(const struct stat *s)
{
    return (s->st_mode & 0222) == 0; /* root may write all the same, but somebody meant it */
}

/* The nearest folder above the target that exists must take new files. */
static status check_folder(const file_out *f, propense_error *err)
{
    char folder[path_room], above[path_room];
    struct stat s;
    strcpy(folder, f->folder);
    while (stat(folder, &s) != 0) {
        if (errno != ENOENT) return cannot_write(err, f->shown, errno);
        folder_of(above, folder);
        if (strcmp(above, folder) == 0) return cannot_write(err, f->shown, ENOENT);
        strcpy(folder, above);
    }
    if (!S_ISDIR(s.st_mode))
        return fail(err, PROPENSE_E_IO, "%s cannot be written: '%s' is a file, not a folder",
                    f->shown, folder);
    if (!write_protected(&s) && access(folder, W_OK | X_OK) == 0) return PROPENSE_OK;
    if (!write_protected(&s) && errno != EACCES) return cannot_write(err, f->shown, errno);
    return fail(err, PROPENSE_E_IO,
                "%s cannot be written: the folder '%s' is write-protected; choose another folder",
                f->shown, folder);
}

/* Everything that can be known before a byte is written; makes nothing. */
static status plan(file_out *f, const char *path, struct stat *there, propense_error *err)
{
    if (!path || !*path) return fail(err, PROPENSE_E_IO, "the path of a file to write is empty");
    (void)snprintf(f->shown, sizeof f->shown, "'%s'", path);
    int number = find_target(f, path, there);
    if (!number && S_ISDIR(there->st_mode)) number = EISDIR;
    if (number) return cannot_write(err, f->shown, number);
    if (there->st_mode && write_protected(there))
        return fail(err, PROPENSE_E_IO,
                    "%s is write-protected; allow writing (chmod u+w) or choose another name",
                    f->shown);
    if (there->st_mode && access(f->target, W_OK) != 0) return cannot_write(err, f->shown, errno);
    if (there->st_mode && !S_ISREG(there->st_mode)) return PROPENSE_OK;
    return check_folder(f, err);
}

status file_can_create(const char *path, propense_error *err)
{
    struct stat there;
    if (path && strcmp(path, "-") == 0) return PROPENSE_OK;
    file_out *f = mem_resize(NULL, (int64_t)sizeof *f);
    if (!f) return fail_memory(err);
    status s = plan(f, path, &there, err);
    mem_free(f);
    return s;
}

/* ---- Opening */

/* Makes the folders above the target that are missing. Returns an errno. */
static int make_folders(const char *folder)
{
    char part[path_room];
    struct stat s;
    for (size_t n = 1; n == 1 || folder[n - 1]; n++) {
        if (folder[n] != '/' && folder[n] != '\0') continue;
        memcpy(part, folder, n);
        part[n] = '\0';
        if (stat(part, &s) != 0 && mkdir(part, 0777) != 0 && errno != EEXIST) return errno;
    }
    return 0;
}

/* Removes what killed processes left beside the target: its name says a process that is gone, and
 * nobody holds its lock (a process of another container may have any number). */
static void remove_leftovers(const file_out *f)
{
    DIR *folder = opendir(f->folder);
    if (!folder) return;
    const char *base = base_of(f->target);
    size_t n = strnlen(base, base_room);
    for (struct dirent *e; (e = readdir(folder));) {
        if (strncmp(e->d_name, base, n) != 0 || strncmp(e->d_name + n, ".tmp-", 5) != 0) continue;
        long process = strtol(e->d_name + n + 5, NULL, 10);
        if (process <= 0 || kill((pid_t)process, 0) == 0 || errno != ESRCH) continue;
        int fd = openat(dirfd(folder), e->d_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
            (void)unlinkat(dirfd(folder), e->d_name, 0);
        if (fd >= 0) (void)close(fd);
    }
    (void)closedir(folder);
}

/* A replaced file keeps its permissions and, where that is allowed, its owner. */
static void copy_permissions(int fd, const struct stat *there)
{
    if (!there->st_mode) return;
    if (fchown(fd, there->st_uid, there->st_gid) != 0) errno = 0; /* only root may; no matter */
    (void)fchmod(fd, there->st_mode & 0777);
}

/* Returns an errno. */
static int open_beside(file_out *f, const struct stat *there)
{
    int number = make_folders(f->folder);
    if (number) return number;
    remove_leftovers(f);
    for (int n = 0; n < 1000; n++) {
        (void)snprintf(f->beside, sizeof f->beside, "%s/%.*s.tmp-%ld-%d", f->folder, base_room,
                       base_of(f->target), (long)getpid(), n);
        f->fd = open(f->beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (f->fd >= 0) {
            (void)flock(f->fd, LOCK_EX | LOCK_NB);
            copy_permissions(f->fd, there);
            return 0;
        }
        if (errno != EEXIST && errno != EINTR) break;
    }
    number = errno;
    f->beside[0] = '\0'; /* not ours: nothing to remove */
    return number;
}

static status open_output(file_out *f, const char *path, propense_error *err)
{
    struct stat there;
    f->fd = -1;
    f->bad = 0;
    f->held = f->written = f->sent = 0;
    f->replaces = 0;
    f->beside[0] = '\0';
    if (path && strcmp(path, "-") == 0) {
        f->fd = STDOUT_FILENO;
        (void)snprintf(f->shown, sizeof f->shown, "%s",
                       tr(error_language(err), N_("standard output")));
        return PROPENSE_OK;
    }
    TRY(plan(f, path, &there, err));
    int number;
    if (there.st_mode && !S_ISREG(there.st_mode)) {
        f->fd = open(f->target, O_WRONLY | O_CLOEXEC);
        number = f->fd < 0 ? errno : 0;
    } else {
        number = open_beside(f, &there);
        f->replaces = there.st_mode != 0;
    }
    return number ? cannot_write(err, f->shown, number) : PROPENSE_OK;
}

status file_create(file_out **out, const char *path, propense_error *err)
{
    *out = NULL;
    file_out *f = mem_resize(NULL, (int64_t)sizeof *f);
    if (!f) return fail_memory(err);
    status s = open_output(f, path, err);
    if (s == PROPENSE_OK)
        *out = f;
    else
        file_discard(f);
    return s;
}

/* ---- Writing */

/* All n bytes, however many calls that takes. Returns an errno. */
static int write_fully(int fd, const unsigned char *bytes, int64_t n)
{
    while (n > 0) {
        ssize_t part = write(fd, bytes, n < (1 << 30) ? (size_t)n : (size_t)1 << 30);
        if (part < 0 && errno == EINTR) continue;
        if (part < 0) return errno;
        bytes += part;
        n -= part;
    }
    return 0;
}

/* Many file systems send a file to the disk before it takes the place of another, which the rename
 * waits for. Sent on the way, while others compute, most of it is done by then. */
static void send_on(file_out *f)
{
#ifdef SYS_sync_file_range
    enum { piece = 4 << 20, start_writing = 2 };
    if (!f->replaces || f->written - f->sent < piece) return;
    (void)syscall(SYS_sync_file_range, f->fd, f->sent, f->written - f->sent, start_writing);
    f->sent = f->written;
#else
    (void)f;
#endif
}

static void write_out(file_out *f, const unsigned char *bytes, int64_t n)
{
    if (!f->bad) f->bad = write_fully(f->fd, bytes, n);
    f->written += n;
    send_on(f);
}

static void flush(file_out *f)
{
    write_out(f, f->buffer, f->held);
    f->held = 0;
}

status file_write(file_out *f, const void *bytes, int64_t n, propense_error *err)
{
    if (n > buffer_bytes - f->held) flush(f);
    if (!f->bad && n >= buffer_bytes) {
        write_out(f, bytes, n);
    } else if (!f->bad && n > 0) {
        memcpy(f->buffer + f->held, bytes, (size_t)n);
        f->held += n;
    }
    return f->bad ? cannot_write(err, f->shown, f->bad) : PROPENSE_OK;
}

/* The new name itself reaches the disk with its folder. */
static void sync_folder(const file_out *f)
{
    int fd = open(f->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    (void)fsync(fd);
    (void)close(fd);
}

/* Closes the file beside the target and renames it. Returns an errno. */
static int put_in_place(file_out *f, int durable)
{
    if (durable && fsync(f->fd) != 0) return errno;
    int closed = close(f->fd);
    f->fd = -1;
    if (closed != 0 && errno != EINTR)
        return errno; /* some file systems tell of a full disk here */
    if (rename(f->beside, f->target) != 0) return errno;
    f->beside[0] = '\0';
    if (durable) sync_folder(f);
    return 0;
}

status file_commit(file_out *f, int durable, propense_error *err)
{
    flush(f);
    if (!f->bad && f->beside[0]) f->bad = put_in_place(f, durable);
    status s = f->bad ? cannot_write(err, f->shown, f->bad) : PROPENSE_OK;
    file_discard(f);
    return s;
}

void file_discard(file_out *f)
{
    if (!f) return;
    if (f->fd >= 0 && f->fd != STDOUT_FILENO) (void)close(f->fd);
    if (f->beside[0]) (void)unlink(f->beside);
    mem_free(f);
}

status file_write_all(const char *path, const void *bytes, int64_t n, propense_error *err)
{
    file_out *f;
    TRY(file_create(&f, path, err));
    (void)file_write(f, bytes, n, NULL); /* sticky: the commit tells */
    return file_commit(f, 0, err);
}
