/* From the words of a command line to options, by the library's option table.
 * Leaves checks of values to the library. Read cli.h first. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

propense_language language_of_environment(void)
{
    static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return strncmp(value, "es", 2) == 0 ? PROPENSE_SPANISH : PROPENSE_ENGLISH;
    }
    return PROPENSE_ENGLISH;
}

/* Equal for n bytes of a, - and _ being the same. */
static int same_name(const char *a, size_t n, const char *b)
{
    if (strlen(b) != n) return 0;
    for (size_t i = 0; i < n; i++)
        if ((a[i] == '-' ? '_' : a[i]) != b[i]) return 0;
    return 1;
}

static int find_option(propense_option_info *info, const char *name, size_t n)
{
    for (int32_t i = 0; i < propense_option_count(); i++) {
        *info = (propense_option_info)PROPENSE_OPTION_INFO_INIT;
        (void)propense_option_describe(info, i, PROPENSE_ENGLISH);
        if (same_name(name, n, info->name)) return 1;
    }
    return 0;
}

/* --lang decides the language of all that follows, so it is looked for first. */
static propense_language find_language(int argc, char **argv)
{
    const char *value = NULL;
    for (int i = 0; i < argc; i++) {
        if (strncmp(argv[i], "--lang=", 7) == 0) value = argv[i] + 7;
        if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc) value = argv[i + 1];
    }
    if (value && strcmp(value, "es") == 0) return PROPENSE_SPANISH;
    if (value && strcmp(value, "en") == 0) return PROPENSE_ENGLISH;
    return language_of_environment();
}

static void set_option(request *r, const char *name, const char *value, int *bad)
{
    propense_error err = PROPENSE_ERROR_INIT;
    err.language = r->language;
    if (propense_options_set(r->options, name, value, &err) == PROPENSE_OK) return;
    fprintf(stderr, "propense: %s\n", err.message);
    *bad = 1;
}

/* A further data file: one line more of the option `also`. */
static void add_file(request *r, const char *word, int *bad)
{
    const char *had = propense_options_get(r->options, "also");
    size_t n = (had ? strlen(had) : 0) + strlen(word) + 2;
    char *all = malloc(n);
    if (!all || !had) {
        *bad = 1;
    } else {
        (void)snprintf(all, n, "%s%s%s", had, *had ? "\n" : "", word);
        set_option(r, "also", all, bad);
    }
    free(all);
}

enum { takes_files = PROPENSE_COMMAND_TRAIN | PROPENSE_COMMAND_SCORE | PROPENSE_COMMAND_PREPARE };

static void take_positional(request *r, const char *word, int *bad)
{
    propense_language language = r->language;
    const char **first =
        r->command & (PROPENSE_COMMAND_TRAIN | PROPENSE_COMMAND_PREPARE) ? &r->data : &r->model;
    if (!*first)
        *first = word;
    else if (r->command & (PROPENSE_COMMAND_SCORE | PROPENSE_COMMAND_PLAN |
                           PROPENSE_COMMAND_EVALUATE | PROPENSE_COMMAND_REPORT) &&
             !r->data)
        r->data = word;
    else if (r->command & takes_files && r->data)
        add_file(r, word, bad);
    else {
        fprintf(stderr, _("propense: '%s' is one argument too many\n"), word);
        *bad = 1;
    }
}

/* The name behind "--", without "=value": aliases resolved. */
static void option_name(char *out, size_t size, const request *r, const char *word, size_t n)
{
    const char *alias = NULL;
    if (same_name(word, n, "out"))
        alias = r->command == PROPENSE_COMMAND_SCORE    ? "scores_out"
                : r->command == PROPENSE_COMMAND_PLAN   ? "list_out"
                : r->command == PROPENSE_COMMAND_REPORT ? "report_out"
                                                        : "model_out";
    if (same_name(word, n, "learning_rate")) alias = "lr";
    if (same_name(word, n, "data_path")) alias = "data";
    if (alias)
        (void)snprintf(out, size, "%s", alias);
    else
        (void)snprintf(out, size, "%.*s", (int)n, word);
}

/* --no-x for a flag x. */
static int take_negated(request *r, const char *name, int *bad)
{
    propense_option_info info;
    if (strncmp(name, "no-", 3) != 0 && strncmp(name, "no_", 3) != 0) return 0;
    if (!find_option(&info, name + 3, strlen(name + 3)) || info.type != PROPENSE_TYPE_FLAG)
        return 0;
    set_option(r, name + 3, "false", bad);
    return 1;
}

/* One option; returns how many words behind it were its value. */
static int take_option(request *r, const char *word, const char *next, int *bad)
{
    propense_language language = r->language;
    const char *equals = strchr(word, '=');
    size_t n = equals ? (size_t)(equals - word) : strlen(word);
    char name[128];
    propense_option_info info;
    option_name(name, sizeof name, r, word, n);
    if (!equals && take_negated(r, name, bad)) return 0;
    int is_file = same_name(name, strlen(name), "data") || same_name(name, strlen(name), "model");
    if (!is_file && !find_option(&info, name, strlen(name))) {
        set_option(r, name, "", bad); /* the library knows the nearest name */
        return !equals && next && next[0] != '-';
    }
    if (!is_file && !(info.commands & r->command)) {
        fprintf(stderr, _("propense: --%s does not belong to this command\n"), name);
        *bad = 1;
        return !equals && info.type != PROPENSE_TYPE_FLAG && next;
    }
    if (!is_file && info.type == PROPENSE_TYPE_FLAG && !equals) {
        set_option(r, name, "true", bad);
        return 0;
    }
    const char *value = equals ? equals + 1 : next;
    if (!value) {
        fprintf(stderr, _("propense: --%s wants a value\n"), name);
        *bad = 1;
        return 0;
    }
    if (!is_file)
        set_option(r, name, value, bad);
    else if (name[0] == 'd')
        r->data = value;
    else
        r->model = value;
    return !equals;
}

int request_read(request *r, uint32_t command, int argc, char **argv)
{
    int bad = 0, options_end = 0;
    *r = (request){ .command = command, .language = find_language(argc, argv) };
    propense_error err = PROPENSE_ERROR_INIT;
    err.language = r->language;
    if (propense_options_new(&r->options, &err) != PROPENSE_OK) return tell_error(&err);
    for (int i = 0; i < argc; i++) {
        const char *word = argv[i];
        if (options_end || word[0] != '-' || word[1] == '\0')
            take_positional(r, word, &bad);
        else if (strcmp(word, "--") == 0)
            options_end = 1;
        else if (strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0)
            r->wants_help = 1;
        else if (word[1] == '-')
            i += take_option(r, word + 2, argv[i + 1], &bad);
        else
            set_option(r, word + 1, "", &bad);
    }
    return bad && !r->wants_help ? EXIT_USAGE : EXIT_DONE;
}

void request_free(request *r)
{
    propense_options_free(r->options);
}

const char *request_text(const request *r, const char *option)
{
    const char *value = propense_options_get(r->options, option);
    return value ? value : "";
}

int request_flag(const request *r, const char *option)
{
    const char *value = request_text(r, option);
    return strcmp(value, "false") != 0 && strcmp(value, "0") != 0 && strcmp(value, "no") != 0;
}

int request_number(const request *r, const char *option)
{
    return (int)strtol(request_text(r, option), NULL, 10);
}

propense_status request_model(propense_model **out, const request *r, propense_error *err)
{
    const char *config = request_text(r, "config");
    return *config ? propense_model_load_weights(out, r->model, config, err)
                   : propense_model_load(out, r->model, err);
}
