/* A pool of threads over futexes, and the number of cores that may be used.
 * Leaves the splitting of work to its users: a job knows its worker's number.
 * Read threads.h first. */
#define _GNU_SOURCE /* sched_getaffinity, syscall */
#include "threads.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/futex.h>
#include <sys/syscall.h>
#endif

#include "files.h"
#include "memory.h"
#include "num.h"

/* ---- Cores */

/* A small text file of the kernel; empty when it is not there. */
static str kernel_text(char *into, int64_t room, const char *path)
{
    file_in *f;
    int64_t n = 0;
    if (file_open(&f, path, NULL) != PROPENSE_OK) return (str){ 0 };
    if (file_read(f, into, room, &n, NULL) != PROPENSE_OK) n = 0;
    file_close(f);
    return str_trim((str){ into, n });
}

/* Whole cores of quota / period, rounded up; 0 = no limit. */
static int64_t cores_of(str quota, str period)
{
    int64_t q, p;
    if (!num_parse_int(quota, &q) || !num_parse_int(period, &p) || q <= 0 || p <= 0) return 0;
    return (q - 1) / p + 1;
}

/* The limit in one folder of the cgroup tree: version 2 has "quota period" or "max period" in
 * cpu.max, version 1 a file for each. */
static int64_t limit_in(const char *root, str group)
{
    char path[1024], quota_text[64], period_text[64];
    str quota, period = { 0 };
    (void)snprintf(path, sizeof path, "%s%.*s/cpu.max", root, (int)group.n, group.p);
    str rest = kernel_text(quota_text, sizeof quota_text, path);
    if (str_cut(&rest, &quota, ' ')) return cores_of(quota, rest);
    (void)snprintf(path, sizeof path, "%s%.*s/cpu.cfs_quota_us", root, (int)group.n, group.p);
    quota = kernel_text(quota_text, sizeof quota_text, path);
    (void)snprintf(path, sizeof path, "%s%.*s/cpu.cfs_period_us", root, (int)group.n, group.p);
    period = kernel_text(period_text, sizeof period_text, path);
    return cores_of(quota, period);
}

/* The tightest limit of the group and of those above it; 0 = none. */
static int64_t limit_of(const char *root, str group)
{
    int64_t least = 0;
    for (;;) {
        int64_t limit = limit_in(root, group);
        if (limit && (!least || limit < least)) least = limit;
        while (group.n && group.p[group.n - 1] != '/') group.n--;
        if (!group.n) return least;
        group.n--;
    }
}

/* /proc/self/cgroup has a line "number:controllers:group" for each tree. Within a container the
 * group may be named as the host sees it, so the root is always looked at too (limit_of ends
 * there).
 */
static int64_t cgroup_limit(void)
{
    char lines[4096];
    str rest = kernel_text(lines, sizeof lines, "/proc/self/cgroup"), line, number, controllers;
    int64_t least = 0;
    while (str_cut(&rest, &line, '\n')) {
        if (!str_cut(&line, &number, ':') || !str_cut(&line, &controllers, ':') || !line.p)
            continue;
        int is_cpu = 0, is_v2 = controllers.n == 0;
        for (str one; str_cut(&controllers, &one, ',');) is_cpu |= str_eq(one, STR("cpu"));
        if (!is_cpu && !is_v2) continue;
        int64_t limit = limit_of(is_v2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/cpu", line);
        if (limit && (!least || limit < least)) least = limit;
    }
    return least;
}

int threads_available(void)
{
    int64_t cores = (int64_t)sysconf(_SC_NPROCESSORS_ONLN), limit = cgroup_limit();
#ifdef __linux__
    cpu_set_t set; /* 1024 cores; beyond that the call fails and the number online stands */
    if (sched_getaffinity(0, sizeof set, &set) == 0) cores = CPU_COUNT(&set);
#endif
    if (limit && limit < cores) cores = limit;
    return cores < 1 ? 1 : (int)cores;
}

/* ---- Waiting */

/* A word that somebody waits on until it leaves a value. `sleepers` saves the call into the kernel
 * when nobody sleeps: the waker stores the word, then reads it; the sleeper adds itself, then lets
 * the kernel compare the word. One of the two always sees the other (both in one total order). */
typedef struct signal_word {
    _Alignas(64) _Atomic uint32_t word;
    _Atomic uint32_t sleepers;
} signal_word;

static void sleep_while(signal_word *s, uint32_t old)
{
#ifdef __linux__
    (void)syscall(SYS_futex, &s->word, FUTEX_WAIT_PRIVATE, old, NULL, NULL, 0);
#else
    struct timespec pause = { 0, 50000 };
    if (atomic_load(&s->word) == old) (void)nanosleep(&pause, NULL);
#endif
}

static void wake_all(signal_word *s)
{
    if (atomic_load(&s->sleepers) == 0) return;
#ifdef __linux__
    (void)syscall(SYS_futex, &s->word, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
#endif
}

static inline void relax(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb");
#endif
}

int64_t clock_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* How long one thread spins. Waking a sleeper takes some 30 us, and the others are rarely apart by
 * more than 100, so where they are on their way it pays to wait for them awake. Where the machine
 * is busy otherwise a long spin takes the core from the one that is waited for; each that was in
 * vain is followed by twice as many short ones, up to a number that makes long ones rare, and a
 * success forgets them. */
typedef struct patience {
    int32_t short_ones, in_vain; /* short spins to come; the last number of them */
} patience;
enum { short_spin_ns = 1000, long_spin_ns = 150000, most_short = 512 };

static void learn_patience(patience *h, int was_long, int was_enough)
{
    if (!was_long)
        h->short_ones--;
    else if (was_enough)
        h->in_vain = 0;
    else {
        h->in_vain = h->in_vain ? h->in_vain * 2 : 1;
        if (h->in_vain > most_short) h->in_vain = most_short;
        h->short_ones = h->in_vain;
    }
}

/* The word's value when it changed or the time was over. */
static uint32_t spin_while(const signal_word *s, uint32_t old, int64_t ns)
{
    enum { looks = 8 };
    uint32_t value = atomic_load_explicit(&s->word, memory_order_acquire);
    for (int64_t start = 0; value == old;) {
        for (int i = 0; i < looks && value == old; i++) {
            relax();
            value = atomic_load_explicit(&s->word, memory_order_acquire);
        }
        if (value != old) break;
        if (!start) start = clock_ns();
        if (clock_ns() - start > ns) break;
    }
    return value;
}

/* Returns the word's new value. Without `h` the spin is short. */
static uint32_t wait_while(signal_word *s, uint32_t old, patience *h)
{
    int is_long = h && h->short_ones == 0;
    uint32_t value = spin_while(s, old, is_long ? long_spin_ns : short_spin_ns);
    if (h) learn_patience(h, is_long, value != old);
    if (value != old) return value;
    (void)atomic_fetch_add(&s->sleepers, 1);
    while ((value = atomic_load(&s->word)) == old) sleep_while(s, old);
    (void)atomic_fetch_sub(&s->sleepers, 1);
    return value;
}

/* ---- The pool */

typedef struct worker {
    signal_word go; /* counts the jobs given to this worker; `stop` ends it */
    pool *owner;
    pthread_t thread;
    patience patience; /* its own: nobody else looks */
    int number;
} worker;

struct pool {
    signal_word done;               /* counts the runs that are complete */
    signal_word met;                /* counts the meetings that are complete */
    _Atomic uint32_t left, arrived; /* workers still busy; those waiting at the meeting */
    void (*job)(void *user, int worker);
    void *user;
    int (*stop)(const void *user, int64_t done, int64_t total);
    const void *stop_user;
    _Atomic int stopped;
    void *block; /* what the heap gave: the pool itself is aligned within it */
    int n_threads;
    worker workers[]; /* the first is the caller and has no thread */
};

static void give(worker *w)
{
    (void)atomic_fetch_add(&w->go.word, 1);
    wake_all(&w->go);
}

static void *work(void *argument)
{
    worker *w = argument;
    pool *p = w->owner;
    for (uint32_t seen = 0;;) {
        seen = wait_while(&w->go, seen, NULL);
        if (!p->job) return NULL;
        p->job(p->user, w->number);
        if (atomic_fetch_sub(&p->left, 1) > 1) continue;
        (void)atomic_fetch_add(&p->done.word, 1);
        wake_all(&p->done);
    }
}

/* Starts threads until there are n or the system gives no more. */
static void start_workers(pool *p, int n)
{
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    for (p->n_threads = 1; p->n_threads < n; p->n_threads++) {
        worker *w = &p->workers[p->n_threads];
        w->owner = p;
        w->number = p->n_threads;
        if (pthread_create(&w->thread, NULL, work, w) != 0) break;
    }
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

pool *pool_new(int n_threads)
{
    enum { most = 4096, line = 64 };
    int n = n_threads < 1 ? 1 : n_threads > most ? most : n_threads;
    int64_t bytes = (int64_t)sizeof(pool) + n * (int64_t)sizeof(worker);
    unsigned char *block = mem_resize(NULL, bytes + line);
    if (!block) return NULL;
    pool *p = (pool *)(void *)(block + (line - (uintptr_t)block % line));
    memset((void *)p, 0, (size_t)bytes);
    p->block = block;
    start_workers(p, n);
    return p;
}

int pool_size(const pool *p)
{
    return p ? p->n_threads : 1;
}

void pool_run(pool *p, int n, void (*job)(void *user, int worker), void *user)
{
    if (!p || n <= 1) {
        job(user, 0);
        return;
    }
    uint32_t before = atomic_load(&p->done.word);
    p->job = job;
    p->user = user;
    atomic_store(&p->left, (uint32_t)n);
    for (int i = 1; i < n; i++) give(&p->workers[i]);
    job(user, 0);
    if (atomic_fetch_sub(&p->left, 1) > 1)
        (void)wait_while(&p->done, before, &p->workers[0].patience);
}

void pool_free(pool *p)
{
    if (!p) return;
    p->job = NULL; /* tells the workers to end */
    for (int i = 1; i < p->n_threads; i++) {
        give(&p->workers[i]);
        (void)pthread_join(p->workers[i].thread, NULL);
    }
    mem_free(p->block);
}

void pool_watch(pool *p, int (*stop)(const void *user, int64_t done, int64_t total),
                const void *user)
{
    p->stop = stop;
    p->stop_user = user;
}

int pool_goes_on(pool *p, int number, int64_t done, int64_t total)
{
    if (!p) return 1;
    if (number == 0 && p->stop && p->stop(p->stop_user, done, total)) atomic_store(&p->stopped, 1);
    return !pool_is_stopped(p);
}

int pool_is_stopped(const pool *p)
{
    return p && atomic_load(&p->stopped);
}

void pool_meet(pool *p, int n, int number)
{
    if (!p || n <= 1) return;
    uint32_t before = atomic_load(&p->met.word);
    if (atomic_fetch_add(&p->arrived, 1) + 1 < (uint32_t)n) {
        (void)wait_while(&p->met, before, &p->workers[number].patience);
        return;
    }
    atomic_store(&p->arrived, 0); /* before the others are let go: they may meet again at once */
    (void)atomic_fetch_add(&p->met.word, 1);
    wake_all(&p->met);
}
