/* How many cores may be used: affinity, and the quotas of both versions of cgroups. The quotas are
 * files that the test lays over the kernel's, seen by its own process alone; skipped where the
 * system does not let it. */
#define _GNU_SOURCE /* unshare, sched_setaffinity */
#include "threads.h"

#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

enum { done, wrong, not_allowed };

/* Runs `job` in a process of its own. */
static int apart(int (*job)(void))
{
    int code = wrong;
    pid_t child = fork();
    if (child == 0) _exit(job());
    assert_true(child > 0);
    assert_true(waitpid(child, &code, 0) == child && WIFEXITED(code));
    return WEXITSTATUS(code);
}

static int one_core_by_affinity(void)
{
    cpu_set_t all, one;
    if (sched_getaffinity(0, sizeof all, &all)) return not_allowed;
    CPU_ZERO(&one);
    for (int i = 0; i < CPU_SETSIZE; i++)
        if (CPU_ISSET(i, &all) && CPU_COUNT(&one) == 0) CPU_SET(i, &one);
    if (sched_setaffinity(0, sizeof one, &one)) return not_allowed;
    return threads_available() == 1 ? done : wrong;
}

/* Returns 0 when it is written. */
static int put(const char *path, const char *words)
{
    int f = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (f < 0) return -1;
    ssize_t n = write(f, words, strlen(words));
    return close(f) || n != (ssize_t)strlen(words);
}

/* An empty /sys/fs/cgroup for this process, at first as the user that it is, then as root of a
 * namespace of its own. Mounts are private first: nothing of this reaches the system. */
static int empty_tree(void)
{
    if (unshare(CLONE_NEWNS) && unshare(CLONE_NEWUSER | CLONE_NEWNS)) return 0;
    return !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
           !mount("empty", "/sys/fs/cgroup", "tmpfs", 0, NULL);
}

#define CPU_MAX "/sys/fs/cgroup/cpu.max"
#define QUOTA   "/sys/fs/cgroup/cpu/cpu.cfs_quota_us"
#define PERIOD  "/sys/fs/cgroup/cpu/cpu.cfs_period_us"

static int version_2(void)
{
    if (!empty_tree()) return not_allowed;
    int all = threads_available();
    int two = all < 2 ? all : 2;
    if (put(CPU_MAX, "max 100000\n")) return not_allowed;
    if (threads_available() != all) return wrong;
    if (put(CPU_MAX, "100000 100000\n") || threads_available() != 1) return wrong;
    if (put(CPU_MAX, "20000 100000\n") || threads_available() != 1) return wrong;
    return put(CPU_MAX, "150000 100000\n") || threads_available() != two ? wrong : done;
}

/* Where no tree has the cpu controller, version 1 is not what this system has. */
static int version_1(void)
{
    char lines[4096] = "";
    FILE *f = fopen("/proc/self/cgroup", "r");
    size_t n = f ? fread(lines, 1, sizeof lines - 1, f) : 0;
    if (f) (void)fclose(f);
    lines[n] = '\0';
    if (!strstr(lines, ":cpu,") && !strstr(lines, ",cpu,") && !strstr(lines, ":cpu:") &&
        !strstr(lines, ",cpu:"))
        return not_allowed;
    if (!empty_tree() || mkdir("/sys/fs/cgroup/cpu", 0700)) return not_allowed;
    int all = threads_available();
    if (put(PERIOD, "50000\n") || put(QUOTA, "-1\n") || threads_available() != all) return wrong;
    return put(QUOTA, "50000\n") || threads_available() != 1 ? wrong : done;
}

static void check(int (*job)(void))
{
    int code = apart(job);
    if (code == not_allowed) skip();
    assert_int_equal(code, done);
}
static void affinity(void **state)
{
    (void)state;
    check(one_core_by_affinity);
}
static void quota_of_version_2(void **state)
{
    (void)state;
    check(version_2);
}
static void quota_of_version_1(void **state)
{
    (void)state;
    check(version_1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(affinity),
        cmocka_unit_test(quota_of_version_2),
        cmocka_unit_test(quota_of_version_1),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
