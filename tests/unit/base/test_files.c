/* Files: what is written is there whole or not at all, and every refusal has its sentence. Each
 * test works in a folder of its own below the system's folder for temporary files. */
#define _DEFAULT_SOURCE
#include "files.h" /* before cmocka, which has a macro named fail */

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char room[256]; /* the test's folder, without a slash at the end */

static const char *at(const char *name)
{
    static char paths[8][1024];
    static int next;
    next = (next + 1) % 8;
    (void)snprintf(paths[next], sizeof paths[next], "%s/%s", room, name);
    return paths[next];
}

static int enter(void **state)
{
    (void)state;
    const char *base = getenv("TMPDIR");
    (void)snprintf(room, sizeof room, "%s/propense-files-XXXXXX", base && *base ? base : "/tmp");
    return mkdtemp(room) ? 0 : -1;
}

static int leave(void **state)
{
    (void)state;
    char command[512];
    (void)snprintf(command, sizeof command, "chmod -R u+rwx '%s' && rm -rf '%s'", room, room);
    return system(command);
}

static void put(const char *path, const char *bytes)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, strlen(bytes), f), strlen(bytes));
    assert_int_equal(fclose(f), 0);
}

static void holds(const char *path, const char *want)
{
    unsigned char *bytes;
    int64_t n;
    assert_int_equal(file_read_all(path, 1 << 20, &bytes, &n, NULL), PROPENSE_OK);
    assert_int_equal(n, strlen(want));
    assert_memory_equal(bytes, want, n);
    mem_free(bytes);
}

static int n_files(const char *folder)
{
    DIR *d = opendir(folder);
    assert_non_null(d);
    int n = 0;
    for (struct dirent *e; (e = readdir(d));) n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

/* The message without the test's folder, which is written as @. */
static void message_is(const propense_error *err, const char *want)
{
    char plain[1024];
    size_t n = 0;
    for (const char *p = err->message; *p;) {
        if (strncmp(p, room, strlen(room)) == 0) {
            plain[n++] = '@';
            p += strlen(room);
        } else {
            plain[n++] = *p++;
        }
    }
    plain[n] = '\0';
    assert_string_equal(plain, want);
    assert_int_equal(err->code, PROPENSE_E_IO);
}

static void reading_refused(const char *path, const char *want)
{
    propense_error err = PROPENSE_ERROR_INIT;
    file_in *f = (file_in *)&err;
    assert_int_equal(file_open(&f, path, &err), PROPENSE_E_IO);
    assert_null(f);
    message_is(&err, want);
}

static void writing_refused(const char *path, const char *want)
{
    propense_error err = PROPENSE_ERROR_INIT, before = PROPENSE_ERROR_INIT;
    file_out *f = (file_out *)&err;
    assert_int_equal(file_can_create(path, &before), PROPENSE_E_IO);
    message_is(&before, want);
    assert_int_equal(file_create(&f, path, &err), PROPENSE_E_IO);
    assert_null(f);
    message_is(&err, want);
}

static void what_was_written_is_read_back(void **state)
{
    (void)state;
    enum { n = 300000 };
    unsigned char *bytes = malloc(n), *got;
    assert_non_null(bytes);
    for (int i = 0; i < n; i++) bytes[i] = (unsigned char)(i * 7 + i / 251);
    file_out *f;
    assert_int_equal(file_create(&f, at("a"), NULL), PROPENSE_OK);
    for (int i = 0, part = 1; i < n; i += part, part = part * 3 % 100003) {
        if (part > n - i) part = n - i;
        assert_int_equal(file_write(f, bytes + i, part, NULL), PROPENSE_OK);
    }
    assert_false(file_exists(at("a"))); /* not before the commit */
    assert_int_equal(file_commit(f, 1, NULL), PROPENSE_OK);
    int64_t size;
    assert_int_equal(file_read_all(at("a"), n, &got, &size, NULL), PROPENSE_OK);
    assert_int_equal(size, n);
    assert_memory_equal(got, bytes, n);
    mem_free(got);
    free(bytes);
    assert_int_equal(n_files(room), 1);
}

static void a_file_is_read_in_pieces(void **state)
{
    (void)state;
    put(at("a"), "0123456789");
    file_in *f;
    char into[8];
    int64_t got;
    assert_int_equal(file_open(&f, at("a"), NULL), PROPENSE_OK);
    assert_int_equal(file_size(f), 10);
    assert_string_equal(file_name(f), at("a"));
    assert_int_equal(file_read(f, into, 8, &got, NULL), PROPENSE_OK);
    assert_int_equal(got, 8);
    assert_int_equal(file_read(f, into, 8, &got, NULL), PROPENSE_OK);
    assert_int_equal(got, 2);
    assert_memory_equal(into, "89", 2);
    assert_int_equal(file_read(f, into, 8, &got, NULL), PROPENSE_OK);
    assert_int_equal(got, 0);
    file_close(f);
    file_close(NULL);
}

static void a_whole_file_is_read_up_to_its_limit(void **state)
{
    (void)state;
    unsigned char *bytes;
    int64_t n;
    propense_error err = PROPENSE_ERROR_INIT;
    put(at("empty"), "");
    assert_int_equal(file_read_all(at("empty"), 0, &bytes, &n, NULL), PROPENSE_OK);
    assert_int_equal(n, 0);
    assert_non_null(bytes);
    mem_free(bytes);
    put(at("five"), "12345");
    assert_int_equal(file_read_all(at("five"), 5, &bytes, &n, NULL), PROPENSE_OK);
    assert_int_equal(n, 5);
    mem_free(bytes);
    assert_int_equal(file_read_all(at("five"), 4, &bytes, &n, &err), PROPENSE_E_IO);
    assert_null(bytes);
    message_is(&err, "'@/five' is larger than 4 bytes, the most that is read here");
    /* no size is known of these */
    assert_int_equal(file_read_all("/proc/self/status", 1 << 20, &bytes, &n, NULL), PROPENSE_OK);
    assert_true(n > 100);
    mem_free(bytes);
    assert_int_equal(file_read_all("/dev/zero", 100000, &bytes, &n, &err), PROPENSE_E_IO);
    assert_null(bytes);
}

static void what_cannot_be_read_is_said(void **state)
{
    (void)state;
    char name[5000];
    reading_refused("", "the path of a file to read is empty");
    reading_refused(at("none"), "there is no file '@/none'; check its name and folder");
    reading_refused(room, "'@' is a folder; name a file in it");
    put(at("file"), "x");
    reading_refused(at("file/none"),
                    "there is no file '@/file/none': a part of the path is a file, not a folder");
    assert_int_equal(symlink("b", at("a")) | symlink("a", at("b")), 0);
    reading_refused(at("a"), "'@/a' cannot be opened: its symbolic links lead round in a circle");
    memset(name, 'x', sizeof name);
    name[sizeof name - 1] = '\0';
    propense_error err = PROPENSE_ERROR_INIT;
    file_in *f;
    assert_int_equal(file_open(&f, name, &err), PROPENSE_E_IO);
    assert_non_null(strstr(err.message, "x...' is too long"));
    assert_int_equal(file_open(&f, at("none"), NULL), PROPENSE_E_IO); /* err may be NULL */
    if (geteuid() == 0) return;                                       /* root reads everything */
    assert_int_equal(chmod(at("file"), 0), 0);
    reading_refused(at("file"),
                    "'@/file' cannot be read: permission denied; ask its owner for read access");
}

static void folders_are_made(void **state)
{
    (void)state;
    assert_int_equal(file_can_create(at("x/y//z/file"), NULL), PROPENSE_OK);
    assert_false(file_exists(at("x")));
    assert_int_equal(file_write_all(at("x/y//z/file"), "abc", 3, NULL), PROPENSE_OK);
    holds(at("x/y/z/file"), "abc");
    char before[PATH_MAX];
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(room), 0);
    assert_int_equal(file_write_all("plain", "1", 1, NULL), PROPENSE_OK);
    assert_int_equal(file_write_all("new/plain", "2", 1, NULL), PROPENSE_OK);
    holds("new/plain", "2");
    assert_int_equal(chdir(before), 0);
    holds(at("plain"), "1");
}

static void what_cannot_be_written_is_said(void **state)
{
    (void)state;
    char name[300];
    writing_refused("", "the path of a file to write is empty");
    writing_refused(room, "'@' is a folder; name a file in it");
    writing_refused(at("new/"), "'@/new/' is a folder; name a file in it");
    put(at("file"), "old");
    writing_refused(at("file/x"),
                    "'@/file/x' cannot be written: a part of the path is a file, not a folder");
    assert_int_equal(symlink("b", at("a")) | symlink("a", at("b")), 0);
    writing_refused(at("a"), "'@/a' cannot be written: its symbolic links lead round in a circle");
    memset(name, 'x', sizeof name);
    name[sizeof name - 1] = '\0';
    propense_error err = PROPENSE_ERROR_INIT;
    assert_int_equal(file_write_all(at(name), "", 0, &err), PROPENSE_E_IO);
    assert_non_null(strstr(err.message, "is too long; choose a shorter name"));
    assert_int_equal(file_write_all(at("file/x"), "", 0, NULL), PROPENSE_E_IO);
    holds(at("file"), "old");
}

/* For root too, whom no permission stops. */
static void a_write_protected_target_is_refused(void **state)
{
    (void)state;
    put(at("file"), "old");
    assert_int_equal(chmod(at("file"), 0444), 0);
    writing_refused(
        at("file"),
        "'@/file' is write-protected; allow writing (chmod u+w) or choose another name");
    assert_int_equal(mkdir(at("folder"), 0777), 0);
    assert_int_equal(chmod(at("folder"), 0555), 0);
    writing_refused(at("folder/file"),
                    "'@/folder/file' cannot be written: the folder '@/folder' is "
                    "write-protected; choose another folder");
    writing_refused(at("folder/new/file"),
                    "'@/folder/new/file' cannot be written: the folder '@/folder' is "
                    "write-protected; choose another folder");
    holds(at("file"), "old");
}

static void the_old_file_stays_until_the_commit(void **state)
{
    (void)state;
    put(at("file"), "old");
    assert_int_equal(chmod(at("file"), 0640), 0);
    file_out *f;
    assert_int_equal(file_create(&f, at("file"), NULL), PROPENSE_OK);
    assert_int_equal(file_write(f, "new", 3, NULL), PROPENSE_OK);
    holds(at("file"), "old");
    file_discard(f);
    file_discard(NULL);
    holds(at("file"), "old");
    assert_int_equal(n_files(room), 1);
    assert_int_equal(file_write_all(at("file"), "new", 3, NULL), PROPENSE_OK);
    holds(at("file"), "new");
    struct stat s;
    assert_int_equal(stat(at("file"), &s), 0);
    assert_int_equal(s.st_mode & 0777, 0640);
}

static void links_are_followed_and_devices_written_to(void **state)
{
    (void)state;
    assert_int_equal(mkdir(at("far"), 0777), 0);
    put(at("far/file"), "old");
    assert_int_equal(symlink("far/file", at("link")), 0);
    assert_int_equal(symlink("far/later", at("dangling")), 0);
    assert_int_equal(file_write_all(at("link"), "new", 3, NULL), PROPENSE_OK);
    holds(at("far/file"), "new");
    assert_int_equal(file_write_all(at("dangling"), "two", 3, NULL), PROPENSE_OK);
    holds(at("far/later"), "two");
    struct stat s;
    assert_int_equal(lstat(at("link"), &s), 0);
    assert_true(S_ISLNK(s.st_mode));
    assert_int_equal(file_write_all("/dev/null", "x", 1, NULL), PROPENSE_OK);
    assert_int_equal(stat("/dev/null", &s), 0);
    assert_true(S_ISCHR(s.st_mode));
}

static void a_full_disk_is_said(void **state)
{
    (void)state;
    const char *want =
        "'/dev/full' cannot be written: the disk is full; make room or choose another folder";
    propense_error err = PROPENSE_ERROR_INIT, later = PROPENSE_ERROR_INIT;
    assert_int_equal(file_write_all("/dev/full", "x", 1, &err), PROPENSE_E_IO);
    message_is(&err, want);
    static char large[200000];
    file_out *f;
    assert_int_equal(file_create(&f, "/dev/full", NULL), PROPENSE_OK);
    assert_int_equal(file_write(f, large, sizeof large, &err), PROPENSE_E_IO);
    assert_int_equal(file_write(f, "x", 1, NULL), PROPENSE_E_IO); /* sticky */
    assert_int_equal(file_commit(f, 0, &later), PROPENSE_E_IO);
    message_is(&later, want);
}

/* A limit on the size of files stands for the disk: the old file stays, nothing is left beside it.
 */
static void a_write_that_breaks_off_leaves_the_old_file(void **state)
{
    (void)state;
    put(at("file"), "old");
    struct rlimit before, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 100000;
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    static char large[200000];
    propense_error err = PROPENSE_ERROR_INIT;
    status s = file_write_all(at("file"), large, sizeof large, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(s, PROPENSE_E_IO);
    message_is(&err,
               "'@/file' cannot be written: it grew beyond the size that is allowed for a file");
    holds(at("file"), "old");
    assert_int_equal(n_files(room), 1);
}

static void a_closed_pipe_is_said(void **state)
{
    (void)state;
    int ends[2], standard = dup(STDOUT_FILENO);
    propense_error err = PROPENSE_ERROR_INIT;
    file_out *f;
    (void)signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe(ends), 0);
    (void)fflush(stdout);
    assert_int_equal(dup2(ends[1], STDOUT_FILENO), STDOUT_FILENO);
    (void)close(ends[0]);
    (void)close(ends[1]);
    status made = file_create(&f, "-", NULL), wrote = file_write(f, "x", 1, NULL);
    status committed = file_commit(f, 0, &err);
    assert_int_equal(dup2(standard, STDOUT_FILENO), STDOUT_FILENO);
    (void)close(standard);
    assert_int_equal(made, PROPENSE_OK);
    assert_int_equal(wrote, PROPENSE_OK); /* in the buffer */
    assert_int_equal(committed, PROPENSE_E_IO);
    message_is(&err, "standard output was closed by its reader before everything was written");
}

/* More than a pipe holds, so that write(2) returns early; the child reads slowly. */
static void standard_output_takes_partial_writes(void **state)
{
    (void)state;
    enum { n = 1 << 20 };
    int ends[2], standard = dup(STDOUT_FILENO), result = 1;
    assert_int_equal(pipe(ends), 0);
    (void)fflush(stdout);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        unsigned char piece[4096];
        int64_t at_byte = 0, bad = 0;
        (void)close(ends[1]);
        for (ssize_t part; (part = read(ends[0], piece, sizeof piece)) > 0;)
            for (ssize_t i = 0; i < part; i++, at_byte++)
                bad += piece[i] != (unsigned char)(at_byte * 31 >> 3);
        _exit(bad || at_byte != n);
    }
    unsigned char *bytes = malloc(n);
    assert_non_null(bytes);
    for (int64_t i = 0; i < n; i++) bytes[i] = (unsigned char)(i * 31 >> 3);
    assert_int_equal(dup2(ends[1], STDOUT_FILENO), STDOUT_FILENO);
    (void)close(ends[0]);
    (void)close(ends[1]);
    status wrote = file_write_all("-", bytes, n, NULL);
    assert_int_equal(dup2(standard, STDOUT_FILENO), STDOUT_FILENO);
    (void)close(standard);
    free(bytes);
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_int_equal(wrote, PROPENSE_OK);
    assert_int_equal(result, 0);
}

/* Killed while it writes: the old file stays, and the next writer of the same name tidies up. Files
 * of the living, and of other names, are left alone. */
static void a_kill_leaves_the_old_file_and_the_next_run_tidies(void **state)
{
    (void)state;
    static char large[200000];
    put(at("file"), "old");
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        file_out *f;
        if (file_create(&f, at("file"), NULL) == PROPENSE_OK)
            (void)file_write(f, large, sizeof large, NULL);
        (void)kill(getpid(), SIGKILL);
    }
    int result;
    assert_int_equal(waitpid(child, &result, 0), child);
    holds(at("file"), "old");
    assert_int_equal(n_files(room), 2);
    file_out *living;
    assert_int_equal(file_create(&living, at("file"), NULL),
                     PROPENSE_OK); /* tidies, then makes its own */
    assert_int_equal(n_files(room), 2);
    assert_int_equal(file_write_all(at("file"), "new", 3, NULL), PROPENSE_OK);
    assert_int_equal(n_files(room), 2);
    assert_int_equal(file_write(living, "last", 4, NULL), PROPENSE_OK);
    assert_int_equal(file_commit(living, 0, NULL), PROPENSE_OK);
    holds(at("file"), "last");
    assert_int_equal(n_files(room), 1);
}

static void long_names_fit(void **state)
{
    (void)state;
    char name[256];
    memset(name, 'n', 255);
    name[255] = '\0';
    assert_int_equal(file_write_all(at(name), "x", 1, NULL), PROPENSE_OK);
    holds(at(name), "x");
    assert_int_equal(n_files(room), 1);
}

static void files_are_found_and_compared(void **state)
{
    (void)state;
    put(at("a"), "");
    put(at("b"), "");
    assert_int_equal(symlink("a", at("c")), 0);
    assert_true(file_exists(at("a")) && file_exists(room) && file_exists(at("c")));
    assert_false(file_exists(at("d")) || file_exists("") || file_exists(NULL));
    assert_true(file_same(at("a"), at("c")));
    assert_true(file_same(at("a"), at("./a")));
    assert_false(file_same(at("a"), at("b")) || file_same(at("d"), at("d")));
    assert_int_equal(file_can_create("-", NULL), PROPENSE_OK);
}

static void messages_come_in_spanish(void **state)
{
    (void)state;
    propense_error err = PROPENSE_ERROR_INIT;
    err.language = PROPENSE_SPANISH;
    file_in *f;
    assert_int_equal(file_open(&f, at("none"), &err), PROPENSE_E_IO);
    assert_non_null(strstr(err.message, room)); /* whatever the words: the path is in them */
    assert_int_equal(file_open(&f, "-", &err), PROPENSE_OK);
    assert_true(strlen(file_name(f)) > 5);
    file_close(f);
}

#define IN_A_ROOM(test) cmocka_unit_test_setup_teardown(test, enter, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_ROOM(what_was_written_is_read_back),
        IN_A_ROOM(a_file_is_read_in_pieces),
        IN_A_ROOM(a_whole_file_is_read_up_to_its_limit),
        IN_A_ROOM(what_cannot_be_read_is_said),
        IN_A_ROOM(folders_are_made),
        IN_A_ROOM(what_cannot_be_written_is_said),
        IN_A_ROOM(a_write_protected_target_is_refused),
        IN_A_ROOM(the_old_file_stays_until_the_commit),
        IN_A_ROOM(links_are_followed_and_devices_written_to),
        IN_A_ROOM(a_full_disk_is_said),
        IN_A_ROOM(a_write_that_breaks_off_leaves_the_old_file),
        IN_A_ROOM(a_closed_pipe_is_said),
        IN_A_ROOM(standard_output_takes_partial_writes),
        IN_A_ROOM(a_kill_leaves_the_old_file_and_the_next_run_tidies),
        IN_A_ROOM(long_names_fit),
        IN_A_ROOM(files_are_found_and_compared),
        IN_A_ROOM(messages_come_in_spanish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
