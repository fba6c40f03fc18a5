/* Opening and closing a reader.
 * Leaves the head to csv_header.c, the rows to csv_each.c.
 * Read csv.h first. */
#include "csv_reader.h"

enum { default_sample = 10000, smallest_block = 16, largest_block = 64 * 1024 * 1024 };

static int64_t within(int64_t x, int64_t low, int64_t high)
{
    return x < low ? low : x > high ? high : x;
}

/* A small file is one small block; only a large one is worth more than one thread. */
static void plan_blocks(csv_reader *r, const csv_options *o)
{
    int64_t n = o->block_bytes > 0 ? o->block_bytes : csv_default_block;
    n = within(n, smallest_block, largest_block);
    if (r->size && r->size < n) n = r->size + 1;
    r->block_bytes = within(n, smallest_block, largest_block);
    int64_t blocks = r->size ? r->size / r->block_bytes + 1 : INT32_MAX;
    int64_t threads = o->threads > 0 ? o->threads : threads_available();
    r->n_workers = (int)within(threads < blocks ? threads : blocks, 1, 1024);
    r->n_slots = r->n_workers > 1 ? r->n_workers + 2 : 1;
}

static status plan(csv_reader *r, const csv_options *o, propense_error *err)
{
    csv_layout *l = &r->layout;
    r->asked_separator = l->separator = o->separator;
    r->asked_decimal = o->decimal;
    r->asked_header = o->header;
    r->asked_names = o->names;
    r->n_asked_names = o->n_names;
    l->decimal = o->decimal ? o->decimal : '.';
    if (l->separator && l->separator == o->decimal)
        return fail(err, PROPENSE_E_ARG, "separator and decimal sign are both '%c'", o->decimal);
    if (l->separator == '"' || l->separator == '\n' || l->separator == '\r')
        return fail(err, PROPENSE_E_ARG, "the separator cannot be a quote or the end of a line");
    l->level = csv_level_find(o->level);
    if (!l->level) return fail(err, PROPENSE_E_ARG, "this machine has no CPU level '%s'", o->level);
    l->missing = o->missing ? o->missing : csv_default_missing;
    l->n_missing = o->missing ? o->n_missing : csv_n_default_missing;
    l->record_bytes = o->record_bytes > 0 ? o->record_bytes : csv_default_record;
    l->record_bytes = within(l->record_bytes, 1, csv_most_bytes / 8);
    l->types_are_fixed = o->types_are_fixed;
    r->sample_rows = o->sample_rows > 0 ? o->sample_rows : default_sample;
    r->block_begins = 1;
    r->may_be_empty = r->is_one_of || o->n_also > 0;
    plan_blocks(r, o);
    return PROPENSE_OK;
}

static status open_reader(csv_reader *r, const char *name, const csv_options *o,
                          propense_error *err)
{
    str kept = str_keep(&r->keep, str_of(name));
    if (!kept.p) return fail_memory(err);
    r->layout.file = r->shown = kept.p;
    int is_plain;
    TRY(csv_source_begin(&r->source, kept.p, o->encoding, &is_plain, err));
    if (!is_plain) r->size = 0; /* of the text nobody knows it */
    r->layout.encoding = r->source.recoder.from;
    r->asked_encoding = o->encoding;
    TRY(plan(r, o, err));
    TRY(csv_read_head(r, err));
    /* a short input of unknown size needs no threads either */
    if (r->source.ended && r->source.head_n <= r->block_bytes) r->n_workers = r->n_slots = 1;
    return PROPENSE_OK;
}

static status new_reader(csv_reader **out, propense_error *err)
{
    *out = mem_resize(NULL, (int64_t)sizeof **out);
    if (!*out) return fail_memory(err);
    **out = (csv_reader){ 0 };
    return PROPENSE_OK;
}

static status opened(csv_reader **out, csv_reader *r, status code)
{
    if (code != PROPENSE_OK)
        csv_close(r);
    else
        *out = r;
    return code;
}

static status open_path(csv_reader *r, const char *path, const csv_options *o, propense_error *err)
{
    TRY(file_open(&r->source.file, path, err));
    r->size = file_size(r->source.file);
    return open_reader(r, file_name(r->source.file), o, err);
}

status csv_open_one_of(csv_reader **out, const char *path, const csv_options *o,
                       propense_error *err)
{
    csv_reader *r;
    *out = NULL;
    TRY(new_reader(&r, err));
    r->is_one_of = 1;
    return opened(out, r, open_path(r, path, o, err));
}

/* Standard input has one beginning and one end. */
static status check_paths(const char *path, const csv_options *o, propense_error *err)
{
    int n_stdin = strcmp(path, "-") == 0;
    for (int32_t i = 0; i < o->n_also; i++) n_stdin += str_eq(o->also[i], STR("-"));
    if (!n_stdin || !o->n_also) return PROPENSE_OK;
    return fail(err, PROPENSE_E_ARG,
                "standard input (-) cannot be one of several files; give it alone, or name files");
}

status csv_open(csv_reader **out, const char *path, const csv_options *options, propense_error *err)
{
    csv_reader *r;
    csv_options plain = { 0 };
    const csv_options *o = options ? options : &plain;
    *out = NULL;
    TRY(check_paths(path, o, err));
    TRY(new_reader(&r, err));
    status code = open_path(r, path, o, err);
    if (code == PROPENSE_OK && o->n_also) {
        code = csv_open_further(r, o, err);
        plan_blocks(r, o);
    }
    return opened(out, r, code);
}

status csv_open_bytes(csv_reader **out, const void *bytes, int64_t n, const char *name,
                      const csv_options *options, propense_error *err)
{
    csv_reader *r;
    *out = NULL;
    TRY(new_reader(&r, err));
    r->source.memory = (str){ bytes, n };
    r->size = n;
    return opened(out, r, open_reader(r, name, options ? options : &(csv_options){ 0 }, err));
}

int32_t csv_n_columns(const csv_reader *r)
{
    return r->layout.n_columns;
}

const csv_column *csv_columns(const csv_reader *r)
{
    return r->columns;
}

const char *csv_name(const csv_reader *r)
{
    return r->shown;
}

char csv_separator(const csv_reader *r)
{
    return r->layout.separator;
}

char csv_decimal(const csv_reader *r)
{
    return r->layout.decimal;
}

static void tell_mixed(const csv_reader *r, const propense_callbacks *cb)
{
    char name[csv_shown];
    int32_t at = csv_mixed_column(r);
    if (at < 0) return;
    (void)csv_show(name, r->layout.names[at]);
    if (r->layout.decimal == ',')
        say(cb, PROPENSE_WARNING,
            "%s: column %d '%s' has numbers with a decimal point, others have a decimal comma: it "
            "is taken for words; write all alike",
            r->shown, (int)at + 1, name);
    else
        say(cb, PROPENSE_WARNING,
            "%s: column %d '%s' has numbers with a decimal comma, others have a decimal point: it "
            "is taken for words; write all alike",
            r->shown, (int)at + 1, name);
}

void csv_tell(const csv_reader *r, const propense_callbacks *cb)
{
    tell_mixed(r, cb);
    if (!r->asked_encoding && r->layout.encoding == CSV_UTF_16)
        say(cb, PROPENSE_NOTE, "%s: the text is UTF-16", r->shown);
    if (!r->asked_encoding && r->layout.encoding == CSV_WINDOWS_1252)
        say(cb, PROPENSE_NOTE,
            "%s: the text is not UTF-8 and is read as Windows-1252 (--encoding sets another)",
            r->shown);
    if (!r->asked_separator && r->layout.separator != ',')
        say(cb, PROPENSE_NOTE, "%s: fields are separated by %s (--separator sets another)",
            r->shown, csv_separator_word(callbacks_language(cb), r->layout.separator));
    if (!r->asked_decimal && r->layout.decimal == ',')
        say(cb, PROPENSE_NOTE,
            "%s: numbers have a decimal comma (--decimal point reads them otherwise)", r->shown);
    if (r->asked_header || r->layout.has_header) return;
    if (r->asked_names)
        say(cb, PROPENSE_NOTE,
            "%s: the first row is taken for data, as there is no header (--header yes skips it)",
            r->shown);
    else
        say(cb, PROPENSE_NOTE,
            "%s: the first row is taken for data, as there is no header: the columns are called "
            "column_1 to column_%d (--names gives them names, --header yes takes the first row)",
            r->shown, (int)r->layout.n_columns);
}

int csv_n_workers(const csv_reader *r)
{
    return r->n_workers;
}

int csv_n_slots(const csv_reader *r)
{
    return r->n_slots;
}

void csv_plan(csv_reader *r, const column_kind *kinds)
{
    for (int32_t i = 0; i < r->layout.n_columns; i++) r->layout.kinds[i] = kinds[i];
    csv_plan_further(r);
}

void csv_close(csv_reader *r)
{
    if (!r) return;
    csv_source_close(&r->source);
    csv_close_further(r);
    mem_free(r->tallies);
    arena_free(&r->keep);
    mem_free(r);
}
