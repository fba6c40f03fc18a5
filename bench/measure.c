/* Runs one command and writes what it cost: wall and CPU time, peak memory, how it ended.
 * Knows nothing of propense; the runner (bench.py) calls it, since a child of a large process (an
 * interpreter) is charged the parent's memory up to its own exec, which would hide ours.
 * Read first: getrusage(2), wait4 in wait(2).
 */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int64_t as_us(struct timeval t)
{
    return (int64_t)t.tv_sec * 1000000 + t.tv_usec;
}

int main(int n, char **args)
{
    if (n < 3) {
        fputs("usage: measure RESULT COMMAND [ARGUMENT ...]\n"
              "RESULT gets one line: wall_ns user_us sys_us peak_kib exit_code signal\n",
              stderr);
        return 2;
    }
    int64_t start = now_ns();
    pid_t child = fork();
    if (child == 0) {
        execvp(args[2], args + 2);
        fprintf(stderr, "%s: %s\n", args[2], strerror(errno));
        _exit(127);
    }
    int state = 0;
    struct rusage cost;
    if (child < 0 || wait4(child, &state, 0, &cost) < 0) {
        perror("measure");
        return 1;
    }
    int64_t wall = now_ns() - start;

    FILE *f = fopen(args[1], "w");
    if (!f) {
        perror(args[1]);
        return 1;
    }
    fprintf(f, "%lld %lld %lld %ld %d %d\n", (long long)wall, (long long)as_us(cost.ru_utime),
            (long long)as_us(cost.ru_stime), cost.ru_maxrss,
            WIFEXITED(state) ? WEXITSTATUS(state) : -1, WIFSIGNALED(state) ? WTERMSIG(state) : 0);
    return fclose(f) == 0 ? 0 : 1;
}
