/* Threads: how many a run may take, and a pool that belongs to a run.
 * Outputs are split between threads, never sums, so no result depends on their number. */
#ifndef PROPENSE_THREADS_H
#define PROPENSE_THREADS_H

#include <stdint.h>

/* Cores that affinity and cgroup allow, at least 1. */
int threads_available(void);

/* n_threads workers, the caller being number 0. NULL on exhaustion; a system that gives fewer
 * threads gives a smaller pool. Belongs to the run that made it; free joins the workers. Workers
 * take no signals: those go to the threads that the program itself started. */
typedef struct pool pool;
pool *pool_new(int n_threads);
int pool_size(const pool *p); /* NULL: 1 */
/* Runs job(user, worker) once on each of the first n workers (n at most pool_size) and waits for
 * all. NULL pool: n is 1. Called by the thread that made the pool, not from within a job. What was
 * written before is seen by the jobs, and what they wrote is seen after. */
void pool_run(pool *p, int n, void (*job)(void *user, int worker), void *user);
void pool_free(pool *p); /* NULL is fine */

/* Within a job: all n workers of pool_run meet, and see what the others wrote before. Spins up to
 * 30 us, or 1 us while longer spins turn out to be in vain, then sleeps on a futex. */
void pool_meet(pool *p, int n, int worker);

/* Long work in shares can be stopped: between its parts each worker asks pool_goes_on, which asks
 * `stop` on the caller's own thread alone. Once it said so all shares end, and whoever shared the
 * work out finds pool_is_stopped, and no result. Without a watcher, or a pool, nothing stops. */
void pool_watch(pool *p, int (*stop)(const void *user, int64_t done, int64_t total),
                const void *user);
int pool_goes_on(pool *p, int worker, int64_t done, int64_t total);
int pool_is_stopped(const pool *p);

/* Nanoseconds of a clock that never goes back: for pacing, never for anything that is written. */
int64_t clock_ns(void);

#endif
