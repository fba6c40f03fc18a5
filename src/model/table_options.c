/* How a data file is read: from options to the reader's settings.
 * Leaves what is found without them to the reader.
 * Read table_options.h first. */
#include "table_options.h"

#include "pipeline_options.h"

static status separator_of(char *out, str word, propense_error *err)
{
    static const struct {
        str word;
        char separator;
    } known[] = { { { "auto", 4 }, 0 },   { { "comma", 5 }, ',' }, { { "semicolon", 9 }, ';' },
                  { { "tab", 3 }, '\t' }, { { "\\t", 2 }, '\t' },  { { "pipe", 4 }, '|' } };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eq(word, known[i].word)) return *out = known[i].separator, PROPENSE_OK;
    *out = word.n == 1 ? *word.p : '\0';
    unsigned char c = (unsigned char)*out;
    if (c == '\t' || (c >= ' ' && c < 0x7F && c != '"')) return PROPENSE_OK;
    return fail(err, PROPENSE_E_ARG,
                "--separator: met '%.*s', expected comma, semicolon, tab, pipe or one character",
                STR_ARG(word));
}

static csv_encoding encoding_of(const char *word)
{
    static const struct {
        const char *word;
        csv_encoding encoding;
    } known[] = { { "utf-8", CSV_UTF_8 },
                  { "windows-1252", CSV_WINDOWS_1252 },
                  { "latin-1", CSV_LATIN_1 },
                  { "utf-16", CSV_UTF_16 } };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(word, known[i].word) == 0) return known[i].encoding;
    return CSV_ENCODING_AUTO; /* the option table lets no other word through */
}

/* Paths, one a line. */
static status paths_of(str **out, int32_t *n, str list, arena *mem, propense_error *err)
{
    str path;
    int32_t count = 1;
    for (int64_t i = 0; i < list.n; i++) count += list.p[i] == '\n';
    *n = 0;
    *out = TAKE(mem, str, count);
    if (!*out) return fail_memory(err);
    while (str_cut(&list, &path, '\n'))
        if (path.n) (*out)[(*n)++] = path;
    return PROPENSE_OK;
}

status csv_options_of(csv_options *out, const options *o, const char *missing, arena *mem,
                      propense_error *err)
{
    str *words;
    const char *decimal = option_text(o, OPT_decimal), *header = option_text(o, OPT_header);
    *out = (csv_options){ .threads = (int)option_int(o, OPT_threads),
                          .encoding = encoding_of(option_text(o, OPT_encoding)) };
    TRY(separator_of(&out->separator, str_of(option_text(o, OPT_separator)), err));
    if (strcmp(decimal, "auto") != 0) out->decimal = strcmp(decimal, "comma") == 0 ? ',' : '.';
    if (strcmp(header, "auto") != 0)
        out->header = strcmp(header, "yes") == 0 ? CSV_HEADER_YES : CSV_HEADER_NO;
    if (*option_text(o, OPT_names)) {
        TRY(words_of_option(&words, &out->n_names, option_text(o, OPT_names), mem, err));
        out->names = words;
    }
    if (*option_text(o, OPT_also)) {
        TRY(paths_of(&words, &out->n_also, str_of(option_text(o, OPT_also)), mem, err));
        out->also = words;
    }
    TRY(words_of_option(&words, &out->n_missing, missing, mem, err));
    out->missing = words;
    return PROPENSE_OK;
}
