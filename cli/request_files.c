/* The files that a command line names, and those called after them: none is written over that is
 * read, and no two outputs have one name. Leaves whether they can be read and written to the
 * library. Read cli.h first. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"

static const char *const inputs[] = { "also",     "valid", "network", "suppress",
                                      "readback", "plan",  "against", "train_data" };
static const char *const outputs[] = {
    "model_out",  "checkpoint_out", "metrics_out", "history_out",
    "scores_out", "list_out",       "plan_out",    "report_out"
};
enum { n_inputs = sizeof inputs / sizeof *inputs, n_outputs = sizeof outputs / sizeof *outputs };

/* The first n bytes of `path` name the same file as `other`. Devices may be both. */
static int is_file(const char *path, size_t n, const char *other)
{
    char one[4096];
    struct stat a, b;
    if (n == 0 || n >= sizeof one) return 0;
    memcpy(one, path, n);
    one[n] = '\0';
    if (stat(one, &a) != 0 || stat(other, &b) != 0) return 0;
    return S_ISREG(a.st_mode) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* One of the lines of `list` is that file. */
static int is_among(const char *list, const char *path)
{
    for (const char *line = list; line && *line;) {
        size_t n = strcspn(line, "\n");
        if (is_file(line, n, path)) return 1;
        line += n + (line[n] == '\n');
    }
    return 0;
}

static int is_read(const request *r, const char *path)
{
    int found = is_among(r->data, path) || is_among(r->model, path);
    for (int i = 0; i < n_inputs; i++) found |= is_among(request_text(r, inputs[i]), path);
    return found;
}

/* Two outputs that would be one file; a device takes both. */
static int is_one_output(const char *a, const char *b)
{
    struct stat s;
    if (strcmp(a, b) != 0) return is_file(a, strlen(a), b);
    return stat(a, &s) != 0 || S_ISREG(s.st_mode);
}

/* What that option names; "" for nothing, or standard output. */
static const char *output_of(const request *r, int i)
{
    const char *path = request_text(r, outputs[i]);
    int is_other = strcmp(outputs[i], "report_out") == 0 && r->command != PROPENSE_COMMAND_REPORT;
    return is_other || strcmp(path, "-") == 0 ? "" : path;
}

int request_check_files(const request *r)
{
    propense_language language = r->language;
    for (int i = 0; i < n_outputs; i++) {
        const char *path = output_of(r, i);
        if (!*path) continue;
        if (is_read(r, path)) {
            fprintf(stderr, _("propense: %s: the output is the input; choose another name\n"),
                    path);
            return EXIT_USAGE;
        }
        for (int k = 0; k < i; k++) {
            if (!*output_of(r, k) || !is_one_output(output_of(r, k), path)) continue;
            fprintf(stderr, _("propense: --%s and --%s both name %s; give each its own\n"),
                    outputs[k], outputs[i], path);
            return EXIT_USAGE;
        }
    }
    return EXIT_DONE;
}

void name_after(char *out, size_t size, const char *data, const char *nameless, const char *ending)
{
    static const char *const endings[] = { ".gz", ".csv", ".tsv", ".txt", ".npz" };
    const char *slash = strrchr(data, '/'), *name = slash ? slash + 1 : data;
    if (strcmp(data, "-") == 0) name = nameless;
    size_t n = strlen(name);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t e = strlen(endings[i]);
        if (n > e && strncmp(name + n - e, endings[i], e) == 0) n -= e;
    }
    (void)snprintf(out, size, "%.*s%s", (int)n, name, ending);
}
