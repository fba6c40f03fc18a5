/* The schema: reads the options that name columns, plans how each column is read, and puts the
 * decisions together.
 * Leaves the target to schema_target.c, types and ids to schema_types.c, words to schema_print.c.
 * Read schema.h and schema_parts.h first. */
#include "schema_parts.h"

#include "csv.h"
#include "names.h"

status schema_find(int32_t *at, const char *option, str name, const str *names, int32_t n,
                   propense_error *err)
{
    for (*at = 0; *at < n; ++*at)
        if (str_eq(names[*at], name)) return PROPENSE_OK;
    text quoted = { 0 };
    name_quote_nearest(&quoted, name, names, n, error_language(err));
    status code = quoted.bad
                      ? fail_memory(err)
                      : fail(err, PROPENSE_E_ARG, "%s: there is no column %s", option, quoted.p);
    text_free(&quoted);
    *at = -1;
    return code;
}

/* ---- Wishes */

static status read_drop(column_wish *wishes, const str *names, int32_t n, str list,
                        propense_error *err)
{
    str name;
    while (str_cut(&list, &name, ',')) {
        int32_t at;
        name = str_trim(name);
        if (!name.n) continue;
        TRY(schema_find(&at, "--drop", name, names, n, err));
        wishes[at] = WISH_DROP;
    }
    return PROPENSE_OK;
}

static column_wish wish_of(str type)
{
    static const struct {
        const char *names;
        column_wish wish;
    } known[] = { { "numeric number", WISH_NUMERIC },
                  { "categorical category boolean", WISH_CATEGORICAL },
                  { "date", WISH_DATE },
                  { "text", WISH_TEXT },
                  { "id", WISH_ID } };
    plain_name plain = name_plain(type);
    for (int i = 0; i < (int)(sizeof known / sizeof *known); i++)
        if (name_among(&plain, known[i].names, NULL)) return known[i].wish;
    return WISH_NONE;
}

/* "a=numeric": cut at the last =, since a name may hold one. */
static status read_type(column_wish *wishes, const str *names, int32_t n, str item,
                        propense_error *err)
{
    int64_t cut = item.n;
    int32_t at;
    while (cut > 0 && item.p[cut - 1] != '=') cut--;
    if (cut == 0)
        return fail(err, PROPENSE_E_ARG,
                    "--types: '%.*s' is not of the form COLUMN=TYPE, as in age=numeric",
                    STR_ARG(item));
    str name = str_trim((str){ item.p, cut - 1 });
    str type = str_trim((str){ item.p + cut, item.n - cut });
    column_wish wish = wish_of(type);
    TRY(schema_find(&at, "--types", name, names, n, err));
    if (wish == WISH_NONE)
        return fail(
            err, PROPENSE_E_ARG,
            "--types: '%.*s' is no type of column; there are numeric, categorical, boolean, "
            "date, text and id",
            STR_ARG(type));
    wishes[at] = wish;
    return PROPENSE_OK;
}

static status read_types(column_wish *wishes, const str *names, int32_t n, str list,
                         propense_error *err)
{
    str item;
    while (str_cut(&list, &item, ',')) {
        item = str_trim(item);
        if (item.n) TRY(read_type(wishes, names, n, item, err));
    }
    return PROPENSE_OK;
}

const char *wish_option(column_wish wish)
{
    return wish == WISH_DROP     ? "--drop"
           : wish == WISH_ID     ? "--id"
           : wish == WISH_WEIGHT ? "--weight_column"
           : wish > WISH_NONE    ? "--types"
                                 : "";
}

static status read_weight(column_wish *wishes, const str *names, int32_t n, str name,
                          propense_error *err)
{
    int32_t at;
    if (!name.n) return PROPENSE_OK;
    TRY(schema_find(&at, "--weight_column", name, names, n, err));
    if (wishes[at] != WISH_NONE)
        return fail(err, PROPENSE_E_ARG,
                    "column '%.*s' has the weights (--weight_column) and is named in %s too",
                    STR_ARG(name), wish_option(wishes[at]));
    wishes[at] = WISH_WEIGHT;
    return PROPENSE_OK;
}

static int is_none(str s)
{
    return str_eq_nocase(s, STR("none"));
}

status schema_wishes(column_wish *wishes, const str *names, int32_t n,
                     const schema_options *options, propense_error *err)
{
    int32_t id;
    for (int32_t i = 0; i < n; i++) wishes[i] = WISH_NONE;
    TRY(read_types(wishes, names, n, options->types, err));
    if (options->id.n && !is_none(options->id)) {
        TRY(schema_find(&id, "--id", options->id, names, n, err));
        for (int32_t i = 0; i < n; i++)
            if (wishes[i] == WISH_ID) wishes[i] = WISH_TEXT; /* --id goes before --types */
        wishes[id] = WISH_ID;
    }
    TRY(read_drop(wishes, names, n, options->drop, err));
    return read_weight(wishes, names, n, options->weight, err);
}

/* ---- Before reading */

static column_kind plan_kind(const csv_column *c, column_wish wish, int is_target)
{
    int all_numbers = c->n_values > 0 && c->n_numbers == c->n_values;
    if (wish == WISH_DROP) return COLUMN_SKIPPED;
    if (wish == WISH_NUMERIC || wish == WISH_WEIGHT) return COLUMN_NUMBER;
    if (wish != WISH_NONE) return COLUMN_WORDS;
    if (is_target) return all_numbers ? COLUMN_NUMBER : COLUMN_WORDS;
    return c->guess;
}

static status plan(column_kind *kinds, const csv_column *columns, int32_t n,
                   const schema_options *options, arena *scratch, propense_error *err)
{
    int32_t target;
    schema_reason why;
    str *names = TAKE(scratch, str, n);
    column_wish *wishes = TAKE(scratch, column_wish, n);
    uint8_t *is_yes_no = TAKE(scratch, uint8_t, n);
    if (!names || !wishes || !is_yes_no) return fail_memory(err);
    for (int32_t i = 0; i < n; i++) {
        names[i] = columns[i].name;
        is_yes_no[i] = columns[i].n_numbers == 0 && yes_or_no(columns[i].first_word) >= 0;
    }
    TRY(schema_wishes(wishes, names, n, options, err));
    TRY(target_choose(&target, &why, names, is_yes_no, wishes, n, options, err));
    for (int32_t i = 0; i < n; i++) kinds[i] = plan_kind(&columns[i], wishes[i], i == target);
    return PROPENSE_OK;
}

status schema_plan(column_kind *kinds, const struct csv_column *columns, int32_t n,
                   const schema_options *options, propense_error *err)
{
    arena scratch = { 0 };
    status code = plan(kinds, columns, n, options, &scratch, err);
    arena_free(&scratch);
    return code;
}

/* ---- After reading */

static status take_columns(schema_job *job, propense_error *err)
{
    int32_t n = job->t->n_columns;
    str *names = TAKE(job->scratch, str, n);
    job->s->columns = TAKE(job->mem, schema_column, n);
    job->wishes = TAKE(job->scratch, column_wish, n);
    job->facts = TAKE(job->scratch, column_facts, n);
    if (!names || !job->s->columns || !job->wishes || !job->facts) return fail_memory(err);
    job->names = names;
    job->s->n_columns = n;
    job->s->n_rows = job->t->n_rows;
    for (int32_t i = 0; i < n; i++) {
        schema_column *c = &job->s->columns[i];
        names[i] = c->name = str_keep(job->mem, job->t->columns[i].name);
        if (!c->name.p) return fail_memory(err);
        c->position = i;
        arena_mark mark = arena_here(job->scratch);
        TRY(column_count(&job->facts[i], &job->t->columns[i], job->t->n_rows, job->scratch, err));
        arena_rewind(job->scratch, mark);
    }
    return PROPENSE_OK;
}

static status choose_target(const schema_job *job, propense_error *err)
{
    schema *s = job->s;
    schema_reason why;
    uint8_t *is_yes_no = TAKE(job->scratch, uint8_t, s->n_columns);
    if (!is_yes_no) return fail_memory(err);
    for (int32_t i = 0; i < s->n_columns; i++)
        is_yes_no[i] = job->facts[i].is_yes_no && job->t->columns[i].kind == COLUMN_WORDS;
    TRY(target_choose(&s->target, &why, job->names, is_yes_no, job->wishes, s->n_columns,
                      job->options, err));
    s->columns[s->target].why = why;
    if (why == WHY_TARGET_LAST)
        say(job->cb, PROPENSE_NOTE,
            "the target is taken to be the last column, '%.*s'; --target NAME picks another",
            STR_ARG(job->names[s->target]));
    return PROPENSE_OK;
}

static status infer(schema_job *job, uint8_t **y, propense_error *err)
{
    *y = TAKE(job->mem, uint8_t, job->t->n_rows);
    if (!*y) return fail_memory(err);
    TRY(take_columns(job, err));
    TRY(schema_wishes(job->wishes, job->names, job->t->n_columns, job->options, err));
    TRY(choose_target(job, err));
    TRY(target_read(job, *y, err));
    return columns_decide(job, err);
}

status schema_infer(schema *out, uint8_t **y, const table *t, const schema_options *options,
                    const char *file, arena *mem, const propense_callbacks *cb, propense_error *err)
{
    arena scratch = { 0 };
    schema_job job = { .s = out,
                       .t = t,
                       .options = options,
                       .file = file,
                       .mem = mem,
                       .scratch = &scratch,
                       .cb = cb };
    *out = (schema){ .target = -1, .id = -1 };
    *y = NULL;
    status code = infer(&job, y, err);
    arena_free(&scratch);
    return code;
}
