/* Several files as one table: each further one is opened for a look when the first is, compared
 * with it, and opened again when its turn comes. Leaves the head of a file to csv_header.c. Read
 * csv_reader.h first. */
#include "csv_reader.h"

#include "words.h"

enum { sample_of_further = 100 }; /* rows, where the sample is complete without them */

/* ---- Comparing */

static status other_separator(const csv_reader *r, const csv_reader *f, propense_error *err)
{
    propense_language language = error_language(err);
    return fail(err, PROPENSE_E_PARSE,
                "%s: fields are separated by %s, but in %s by %s; files that are read as one table "
                "are written alike",
                f->layout.file, csv_separator_word(language, f->layout.separator), r->layout.file,
                csv_separator_word(language, r->layout.separator));
}

/* The first of f's names that are not among r's (or the other way round), and how many there are.
 */
static int32_t odd_name(const csv_reader *r, const csv_reader *f, csv_words *names, int32_t *n,
                        propense_error *err, status *code)
{
    int32_t first = -1;
    *n = 0;
    csv_words_clear(names);
    for (int32_t i = 0; i < r->layout.n_columns; i++)
        if (csv_words_code(names, r->layout.names[i], NULL) < 0) *code = fail_memory(err);
    for (int32_t i = 0; i < f->layout.n_columns && *code == PROPENSE_OK; i++) {
        int32_t found = csv_words_code(names, f->layout.names[i], NULL);
        if (found < 0) *code = fail_memory(err);
        if (found < r->layout.n_columns) continue;
        if (first < 0) first = i;
        ++*n;
    }
    return first;
}

static status column_is_missing_in(const char *file, str name, int32_t n, const char *first,
                                   propense_error *err)
{
    char shown[csv_shown];
    (void)csv_show(shown, name);
    if (n > 1)
        return fail(err, PROPENSE_E_PARSE,
                    "%s lacks %d columns that %s has, '%s' among them; files that are read as one "
                    "table have the same columns",
                    file, (int)n, first, shown);
    return fail(err, PROPENSE_E_PARSE,
                "%s has no column '%s', which %s has; files that are read as one table have the "
                "same columns",
                file, shown, first);
}

/* Where each of f's columns is in r's table; the same names have to be there, in any order. */
static status match_columns(int32_t *order, const csv_reader *r, const csv_reader *f,
                            csv_words *names, propense_error *err)
{
    const char *file = f->layout.file, *first = r->layout.file;
    status code = PROPENSE_OK;
    int32_t n, n_columns = r->layout.n_columns;
    if (!r->layout.has_header && f->layout.n_columns != n_columns)
        return fail(err, PROPENSE_E_PARSE,
                    "%s has %d columns, but %s has %d; files that are read as one table have the "
                    "same columns",
                    file, (int)f->layout.n_columns, first, (int)n_columns);
    int32_t odd = odd_name(f, r, names, &n, err, &code);
    TRY(code);
    if (odd >= 0 && n == n_columns)
        return fail(err, PROPENSE_E_PARSE,
                    "%s has none of the columns of %s; the first row of each file has to hold "
                    "their names",
                    file, first);
    if (odd >= 0) return column_is_missing_in(file, r->layout.names[odd], n, first, err);
    odd = odd_name(r, f, names, &n, err, &code);
    TRY(code);
    if (odd >= 0) return column_is_missing_in(first, f->layout.names[odd], n, file, err);
    for (int32_t i = 0; i < n_columns; i++)
        order[i] = csv_words_code(names, f->layout.names[i], NULL);
    return PROPENSE_OK;
}

/* ---- Samples */

/* The file's part of the sample joins what is known. */
static status join_sample(csv_reader *r, const csv_reader *f, const int32_t *order,
                          propense_error *err)
{
    for (int32_t i = 0; i < f->layout.n_columns; i++) {
        csv_tally *to = &r->tallies[order[i]];
        const csv_tally *from = &f->tallies[i];
        to->n_values += from->n_values;
        to->n_both_comma += from->n_both_comma;
        for (int sign = 0; sign < 2; sign++) {
            to->n_numbers[sign] += from->n_numbers[sign];
            to->n_only[sign] += from->n_only[sign];
            if (to->first_word[sign] >= 0 || from->first_word[sign] < 0) continue;
            to->first_word[sign] = from->first_word[sign] + r->n_sampled;
            to->line[sign] = from->line[sign];
            to->word[sign] = str_keep(&r->keep, from->word[sign]);
            if (!to->word[sign].p) return fail_memory(err);
        }
    }
    r->n_sampled += f->n_sampled;
    return PROPENSE_OK;
}

/* The sign that most numbers have, file by file. */
static void choose_sign(csv_reader *r, const int64_t *first)
{
    csv_layout *l = &r->layout;
    int64_t with[2] = { first[0], first[1] };
    if (r->asked_decimal) return;
    for (int32_t i = 0; i < r->n_files; i++)
        for (int sign = 0; sign < 2; sign++) with[sign] += r->files[i].evidence[sign];
    if (with[0] != with[1])
        l->decimal = with[1] > with[0] ? ',' : '.';
    else if (!with[0])
        l->decimal = csv_find_decimal(r->tallies, l->n_columns, l->separator);
}

/* What is written with the other decimal sign than all in all. */
static status check_signs(const csv_reader *r, const int64_t *first, propense_error *err)
{
    int sign = r->layout.decimal == ',';
    const char *odd = NULL, *plain = NULL;
    for (int32_t i = -1; i < r->n_files; i++) {
        const int64_t *evidence = i < 0 ? first : r->files[i].evidence;
        const char *file = i < 0 ? r->layout.file : r->files[i].layout.file;
        if (!odd && evidence[!sign] && !evidence[sign]) odd = file;
        if (!plain && evidence[sign] > evidence[!sign]) plain = file;
    }
    if (r->asked_decimal || !odd || !plain) return PROPENSE_OK;
    if (sign)
        return fail(err, PROPENSE_E_PARSE,
                    "%s: numbers have a decimal point, but in %s a decimal comma; files that are "
                    "read as one table are written alike",
                    odd, plain);
    return fail(err, PROPENSE_E_PARSE,
                "%s: numbers have a decimal comma, but in %s a decimal point; files that are read "
                "as one table are written alike",
                odd, plain);
}

/* ---- A further file */

static status take_layout(csv_reader *r, csv_file *file, const csv_reader *f, const int32_t *order,
                          propense_error *err)
{
    csv_layout *l = &file->layout;
    int32_t n = f->layout.n_columns;
    str name = str_keep(&r->keep, str_of(f->layout.file));
    *l = f->layout;
    l->file = name.p;
    l->order = order;
    l->names = TAKE(&r->keep, str, n);
    l->kinds = TAKE(&r->keep, column_kind, n);
    if (!name.p || !l->names || !l->kinds) return fail_memory(err);
    for (int32_t i = 0; i < n; i++) l->names[i] = r->layout.names[order[i]];
    return PROPENSE_OK;
}

static status take_file(csv_reader *r, csv_file *file, csv_reader *f, propense_error *err)
{
    csv_words names = { 0 };
    int32_t *order = TAKE(&r->keep, int32_t, r->layout.n_columns);
    if (!order) return fail_memory(err);
    if (f->layout.separator != r->layout.separator && f->layout.n_columns > 1)
        return other_separator(r, f, err);
    status code = match_columns(order, r, f, &names, err);
    csv_words_free(&names);
    TRY(code);
    TRY(take_layout(r, file, f, order, err));
    csv_evidence(file->evidence, f->tallies, f->layout.n_columns);
    if (r->n_sampled < r->sample_rows) TRY(join_sample(r, f, order, err));
    file->first_line = f->first_line;
    file->skip = f->source.head_at;
    file->cr_lines = f->source.cr_lines;
    if (!f->size) r->size = 0;
    if (r->size) r->size += f->size;
    if (f->source.file && file_size(f->source.file) > 0) return PROPENSE_OK;
    file->source = f->source;
    file->source.name = file->layout.file;
    file->is_kept = 1;
    f->source = (csv_source){ 0 };
    return PROPENSE_OK;
}

static status open_further(csv_reader *r, csv_file *file, str path, const csv_options *o,
                           propense_error *err)
{
    csv_reader *f;
    csv_options as_first = *o;
    str kept = str_keep(&r->keep, path);
    if (!kept.p) return fail_memory(err);
    file->path = kept.p;
    as_first.n_also = 0;
    as_first.header = r->layout.has_header ? CSV_HEADER_YES : CSV_HEADER_NO;
    as_first.sample_rows = r->sample_rows - r->n_sampled;
    if (as_first.sample_rows <= 0) as_first.sample_rows = sample_of_further;
    TRY(csv_open_one_of(&f, file->path, &as_first, err));
    status code = take_file(r, file, f, err);
    csv_close(f);
    return code;
}

static status show_several(csv_reader *r, propense_error *err)
{
    text t = { 0 };
    text_f(&t, tr(error_language(err), "%s and %d more"), r->layout.file, (int)r->n_files);
    str kept = t.bad ? (str){ 0 } : str_keep(&r->keep, text_view(&t));
    text_free(&t);
    r->shown = kept.p ? kept.p : r->layout.file;
    return kept.p ? PROPENSE_OK : fail_memory(err);
}

status csv_open_further(csv_reader *r, const csv_options *o, propense_error *err)
{
    int64_t evidence[2];
    csv_evidence(evidence, r->tallies, r->layout.n_columns);
    r->files = TAKE(&r->keep, csv_file, o->n_also);
    if (!r->files) return fail_memory(err);
    while (r->n_files < o->n_also) {
        csv_file *file = &r->files[r->n_files++];
        TRY(open_further(r, file, o->also[r->n_files - 1], o, err));
    }
    TRY(show_several(r, err));
    choose_sign(r, evidence);
    csv_guess(r);
    TRY(check_signs(r, evidence, err));
    for (int32_t i = 0; i < r->n_files; i++) r->files[i].layout.decimal = r->layout.decimal;
    csv_plan_further(r);
    return PROPENSE_OK;
}

void csv_plan_further(csv_reader *r)
{
    for (int32_t i = 0; i < r->n_files; i++) {
        csv_layout *l = &r->files[i].layout;
        for (int32_t c = 0; c < l->n_columns; c++) l->kinds[c] = r->layout.kinds[l->order[c]];
    }
}

void csv_close_further(csv_reader *r)
{
    for (int32_t i = 0; i < r->n_files; i++) csv_source_close(&r->files[i].source);
    r->n_files = 0;
}

/* ---- Reading */

/* To the rows of the next file. */
static status go_on(csv_reader *r, propense_error *err)
{
    csv_file *file = &r->files[r->at_file++];
    csv_source *s = &r->source;
    int is_plain;
    csv_source_close(s);
    if (file->is_kept) {
        *s = file->source;
        file->source = (csv_source){ 0 };
        return PROPENSE_OK;
    }
    csv_encoding encoding = file->layout.encoding ? file->layout.encoding : r->asked_encoding;
    TRY(file_open(&s->file, file->path, err));
    TRY(csv_source_begin(s, file->layout.file, encoding, &is_plain, err));
    s->cr_lines = file->cr_lines;
    TRY(csv_source_head(s, file->skip, err));
    s->head_at = file->skip < s->head_n ? file->skip : s->head_n;
    return PROPENSE_OK;
}

status csv_next_block(csv_reader *r, csv_block *b, csv_from *from, propense_error *err)
{
    *from = (csv_from){ &r->layout, r->first_line, r->block_begins, 0 };
    if (r->file_ended) TRY(go_on(r, err));
    if (r->at_file) {
        const csv_file *file = &r->files[r->at_file - 1];
        from->layout = &file->layout;
        from->first_line = file->first_line;
    }
    TRY(csv_source_next(&r->source, b, r->block_bytes, r->layout.record_bytes, err));
    r->block_begins = b->last;
    from->is_end = b->last && r->at_file == r->n_files;
    r->file_ended = b->last && !from->is_end;
    return PROPENSE_OK;
}
