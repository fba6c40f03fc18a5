/* All chunks of a file: read, split, parsed and mapped on several threads, delivered in file order.
 * Leaves the work on one chunk to csv_rows.c and csv_columns.c.
 * Read csv_chunk.h first.
 *
 * A block ends behind an LF, so the next one begins with a record unless that LF stands within
 * quotes. Each worker reads a block (one at a time), splits it on the guess that it begins with a
 * record, then waits for its turn to settle: only when the block in front is settled is it known
 * whether the guess was right. If not, what that block left over is put in front and the block is
 * split again. Parsing and mapping need no order; delivery does. The worker that holds the first
 * chunk not delivered never waits for a free slot, so there is always one that goes on. */
#include <pthread.h>

#include "csv_problems.h"

typedef enum slot_state { SLOT_FREE, SLOT_TAKEN, SLOT_MAPPED } slot_state;

typedef struct csv_slot {
    csv_chunk chunk;
    slot_state state;
    int64_t number; /* of the block in all that is read, from 0 */
    csv_from from;
    int is_read;
    status code;   /* how its rows end */
    int is_faulty; /* the file's doing, not map's */
    propense_error error;
} csv_slot;

typedef struct csv_run {
    csv_reader *r;
    csv_map map;
    csv_deliver deliver;
    void *user;
    const propense_callbacks *cb;
    csv_slot *slots; /* [n_slots] */
    int n_slots, n_workers;
    pool *workers;
    propense_language language;

    pthread_mutex_t reading; /* held while a block is read: source, n_read, read_all */
    int64_t n_read;
    int read_all;

    pthread_mutex_t lock; /* all below, and the slots' states */
    pthread_cond_t changed;
    int64_t n_settled; /* blocks whose first line and row are known */
    int64_t lines, rows;
    int64_t file_rows;    /* rows of the files in front of this one */
    unsigned char *carry; /* what the last settled block left over: within quotes */
    int64_t carry_n, carry_capacity;
    int cut;        /* the last settled block ends with a fault: nothing behind it counts */
    int delivering; /* a worker is */
    int64_t n_delivered, bytes_delivered;
    int stopped; /* code and error are final */
    status code;
    propense_error error;
    csv_slot *faulty; /* whose fault it is */
} csv_run;

static void wake_all(csv_run *g)
{
    pthread_cond_broadcast(&g->changed);
}

static void stop(csv_run *g, status code, const propense_error *error)
{
    if (!g->stopped) {
        g->code = code;
        g->error = *error;
    }
    g->stopped = 1;
    wake_all(g);
}

/* ---- Reading */

static csv_slot *free_slot(csv_run *g)
{
    csv_slot *found = NULL;
    pthread_mutex_lock(&g->lock);
    while (!found && !g->stopped && !g->cut) {
        for (int i = 0; i < g->n_slots && !found; i++)
            if (g->slots[i].state == SLOT_FREE) found = &g->slots[i];
        if (!found) pthread_cond_wait(&g->changed, &g->lock);
    }
    if (found) found->state = SLOT_TAKEN;
    pthread_mutex_unlock(&g->lock);
    return found;
}

/* The next block in a slot of its own; NULL when there is none left. */
static csv_slot *read_block(csv_run *g)
{
    csv_slot *s = NULL;
    pthread_mutex_lock(&g->reading);
    if (!g->read_all) s = free_slot(g);
    if (s) {
        s->error = (propense_error)PROPENSE_ERROR_INIT;
        s->error.language = g->language;
        s->number = g->n_read++;
        s->chunk.n_rows = 0;
        s->is_faulty = 0;
        s->chunk.fault = CSV_FINE;
        s->code = csv_next_block(g->r, &s->chunk.block, &s->from, &s->error);
        s->is_read = s->code == PROPENSE_OK;
        g->read_all = s->code != PROPENSE_OK || s->from.is_end;
    }
    pthread_mutex_unlock(&g->reading);
    return s;
}

/* ---- Settling: first line, first row, and whether the guess was right */

/* The left-over bytes of the block in front go first. */
static status put_in_front(csv_block *b, const unsigned char *carry, int64_t n, propense_error *err)
{
    if (!csv_block_room(b, b->n + n)) return fail_memory(err);
    memmove(b->bytes + n, b->bytes, (size_t)b->n);
    memcpy(b->bytes, carry, (size_t)n);
    b->n += n;
    return PROPENSE_OK;
}

static status settle(csv_run *g, csv_slot *s)
{
    csv_chunk *c = &s->chunk;
    const csv_layout *l = s->from.layout;
    if (s->from.begins) {
        g->lines = s->from.first_line;
        g->file_rows = g->rows;
    }
    if (g->carry_n) {
        TRY(put_in_front(&c->block, g->carry, g->carry_n, &s->error));
        TRY(csv_chunk_split(c, l, l->n_columns, &s->error));
    }
    c->first_line = g->lines;
    c->out.first_row = g->rows;
    c->out.file = l->file;
    c->out.file_row = g->rows - g->file_rows;
    csv_chunk_end(c, l, c->block.last);
    g->carry_n = 0;
    if (c->fault || c->partial == c->block.n) return PROPENSE_OK;
    int64_t n = c->block.n - c->partial;
    if (!csv_room(&g->carry, &g->carry_capacity, n, 1)) return fail_memory(&s->error);
    memcpy(g->carry, c->block.bytes + c->partial, (size_t)n);
    g->carry_n = n;
    return PROPENSE_OK;
}

/* Lines of the records, without what is left over for the next block. */
static int64_t count_lines(const csv_chunk *c)
{
    int64_t over = 0;
    for (int64_t i = c->partial; i < c->block.n; i++) over += c->block.bytes[i] == '\n';
    return c->marks.n_lines - over;
}

/* Waits for the block in front. 0: it ended with a fault, or all was stopped. */
static int settle_in_turn(csv_run *g, csv_slot *s)
{
    pthread_mutex_lock(&g->lock);
    while (g->n_settled != s->number && !g->stopped && !g->cut)
        pthread_cond_wait(&g->changed, &g->lock);
    int counts = !g->stopped && !g->cut;
    pthread_mutex_unlock(&g->lock);
    if (!counts) return 0;
    /* carry, lines and rows belong to the worker whose turn it is */
    if (s->code == PROPENSE_OK) s->code = settle(g, s);
    int fine = s->code == PROPENSE_OK;
    int64_t lines = fine ? count_lines(&s->chunk) : 0;
    pthread_mutex_lock(&g->lock);
    g->lines += lines;
    g->rows += fine ? s->chunk.n_rows : 0;
    g->n_settled++;
    g->cut = !fine || s->chunk.fault != CSV_FINE;
    wake_all(g);
    pthread_mutex_unlock(&g->lock);
    return 1;
}

/* ---- Delivering */

static status deliver_slot(csv_run *g, csv_slot *s)
{
    /* the rows in front of an error come first */
    if (g->deliver && s->chunk.n_rows > 0) {
        propense_error error = PROPENSE_ERROR_INIT;
        error.language = g->language;
        status code = g->deliver(g->user, (int)(s - g->slots), &s->chunk.out, &error);
        if (code != PROPENSE_OK) {
            s->error = error;
            return code;
        }
    }
    return s->code;
}

static csv_slot *next_mapped(csv_run *g)
{
    for (int i = 0; i < g->n_slots; i++)
        if (g->slots[i].state == SLOT_MAPPED && g->slots[i].number == g->n_delivered)
            return &g->slots[i];
    return NULL;
}

/* Delivers what is next in line, unless another worker is at it (who will see this one too). */
static void deliver_ready(csv_run *g, csv_slot *mine)
{
    pthread_mutex_lock(&g->lock);
    mine->state = SLOT_MAPPED;
    if (!g->delivering) {
        g->delivering = 1;
        for (csv_slot *s; !g->stopped && (s = next_mapped(g)) != NULL;) {
            pthread_mutex_unlock(&g->lock);
            status code = deliver_slot(g, s);
            pthread_mutex_lock(&g->lock);
            if (code != PROPENSE_OK && !g->stopped && s->is_faulty) g->faulty = s;
            if (code != PROPENSE_OK) stop(g, code, &s->error);
            g->bytes_delivered += s->chunk.partial;
            s->state = SLOT_FREE;
            g->n_delivered++;
            wake_all(g);
        }
        g->delivering = 0;
    }
    pthread_mutex_unlock(&g->lock);
}

/* On the caller's thread only. */
static void tell_progress(csv_run *g)
{
    propense_progress p = progress_of(PROPENSE_PHASE_READ);
    propense_error error = PROPENSE_ERROR_INIT;
    error.language = g->language;
    pthread_mutex_lock(&g->lock);
    p.done = g->bytes_delivered;
    pthread_mutex_unlock(&g->lock);
    p.total = g->r->size;
    status code = progress_tell(g->cb, &p, &error);
    if (code == PROPENSE_OK) return;
    pthread_mutex_lock(&g->lock);
    stop(g, code, &error);
    pthread_mutex_unlock(&g->lock);
}

/* ---- Workers */

/* From rows to columns to the caller's map; the first thing that is wrong ends the chunk. */
static void parse_and_map(csv_run *g, csv_slot *s, int worker)
{
    csv_chunk *c = &s->chunk;
    const csv_layout *l = s->from.layout;
    if (s->code != PROPENSE_OK) {
        c->n_rows = 0;
        return;
    }
    s->code = csv_chunk_columns(c, l, &s->error);
    if (s->code == PROPENSE_E_NOMEM) c->n_rows = 0;
    if (s->code == PROPENSE_OK && c->fault) s->code = csv_chunk_fault(c, l, &s->error);
    c->out.n_rows = c->n_rows;
    s->is_faulty = s->code == PROPENSE_E_PARSE;
    if (!g->map || c->n_rows == 0) return;
    propense_error error = PROPENSE_ERROR_INIT;
    error.language = g->language;
    status code = g->map(g->user, worker, (int)(s - g->slots), &c->out, &error);
    if (code == PROPENSE_OK) return;
    s->code = code;
    s->error = error;
    s->is_faulty = 0;
    c->n_rows = 0; /* not delivered */
}

static void work(void *user, int worker)
{
    csv_run *g = user;
    for (csv_slot *s; (s = read_block(g)) != NULL;) {
        if (s->code == PROPENSE_OK)
            s->code =
                csv_chunk_split(&s->chunk, s->from.layout, s->from.layout->n_columns, &s->error);
        if (!settle_in_turn(g, s)) break;
        parse_and_map(g, s, worker);
        deliver_ready(g, s);
        if (worker == 0) tell_progress(g);
    }
}

static csv_slot *slot_of_block(const csv_run *g, int64_t number)
{
    for (int i = 0; i < g->n_slots; i++)
        if (g->slots[i].number == number && g->slots[i].is_read) return &g->slots[i];
    return NULL;
}

/* All workers are done: what was read and not delivered stands in the slots, from the faulty one
 * on, and the source goes on behind it. */
static void list_problems(csv_run *g)
{
    const csv_reader *r = g->r;
    csv_problems p = { .list = problems_of(g->cb, NULL),
                       .has_kinds = r->layout.types_are_fixed || !r->sample_is_cut };
    propense_error error = PROPENSE_ERROR_INIT;
    csv_slot *s = g->faulty;
    int is_end = 0;
    status code = PROPENSE_OK;
    if (!s || !g->cb || !g->cb->message) return;
    p.line = s->chunk.first_line;
    for (; s && code == PROPENSE_OK && !p.stop; s = slot_of_block(g, s->number + 1)) {
        csv_from from = s->from;
        is_end = from.is_end;
        from.begins = from.begins && s != g->faulty; /* its line is known */
        code = csv_check_block(&p, &s->chunk, &from, s->number < g->n_settled, &error);
    }
    if (code == PROPENSE_OK) csv_check_rest(&p, g->r, is_end, &error);
    csv_problems_end(&p);
}

static status hand_back(const csv_run *g, propense_error *err)
{
    if (g->code != PROPENSE_OK) error_copy(err, &g->error);
    return g->code;
}

static status run(csv_run *g, propense_error *err)
{
    g->slots = mem_resize_array(NULL, g->n_slots, (int64_t)sizeof *g->slots);
    if (!g->slots) return fail_memory(err);
    memset(g->slots, 0, (size_t)g->n_slots * sizeof *g->slots);
    if (g->n_workers > 1) {
        g->workers = pool_new(g->n_workers);
        if (!g->workers) return fail_memory(err);
        if (pool_size(g->workers) < g->n_workers) g->n_workers = pool_size(g->workers);
    }
    pool_run(g->workers, g->n_workers, work, g);
    tell_progress(g); /* the caller's thread may have had no block of its own */
    list_problems(g);
    TRY(hand_back(g, err));
    return g->rows ? PROPENSE_OK : csv_no_rows(g->r, err);
}

status csv_each(csv_reader *r, csv_map map, csv_deliver deliver, void *user,
                const propense_callbacks *cb, propense_error *err)
{
    csv_run g = { .r = r,
                  .map = map,
                  .deliver = deliver,
                  .user = user,
                  .cb = cb,
                  .n_slots = r->n_slots,
                  .n_workers = r->n_workers,
                  .language = error_language(err),
                  .bytes_delivered = r->source.head_at };
    pthread_mutex_init(&g.reading, NULL);
    pthread_mutex_init(&g.lock, NULL);
    pthread_cond_init(&g.changed, NULL);
    status code = run(&g, err);
    pool_free(g.workers);
    for (int i = 0; g.slots && i < g.n_slots; i++)
        csv_chunk_free(&g.slots[i].chunk, r->layout.n_columns);
    mem_free(g.slots);
    mem_free(g.carry);
    pthread_cond_destroy(&g.changed);
    pthread_mutex_destroy(&g.lock);
    pthread_mutex_destroy(&g.reading);
    return code;
}
