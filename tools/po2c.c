/* Build tool: turns a gettext .po file into the sorted table that src/base/words.c searches.
 * usage: po2c es.po words_es.inc
 * Understands msgid / msgstr with continued strings; entries marked fuzzy or left empty are
 * skipped. The strings stay in their escaped C form, so they are compared unescaped and printed as
 * they stand. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { longest = 8192, most = 4000 };

struct entry {
    char *id, *text; /* escaped, without the outer quotes */
    char *key;       /* id unescaped: the order of the table */
};

static struct entry entries[most];
static int n_entries;

static char *keep(const char *s)
{
    char *copy = malloc(strlen(s) + 1);
    if (!copy) exit(1);
    return strcpy(copy, s);
}

static char *unescape(const char *s)
{
    char *out = keep(s), *at = out;
    for (; *s; s++) {
        if (*s != '\\') {
            *at++ = *s;
            continue;
        }
        s++;
        *at++ = *s == 'n' ? '\n' : *s == 't' ? '\t' : *s;
    }
    *at = '\0';
    return out;
}

/* Appends what stands between the first and the last quote of a line. */
static void append_quoted(char *into, const char *line)
{
    const char *from = strchr(line, '"'), *to = strrchr(line, '"');
    if (!from || to <= from || strlen(into) + (size_t)(to - from) >= longest) {
        fprintf(stderr, "po2c: a string is missing or too long: %s", line);
        exit(1);
    }
    strncat(into, from + 1, (size_t)(to - from - 1));
}

static void finish(const char *id, const char *translated, int fuzzy)
{
    if (!*id || !*translated || fuzzy) return;
    if (n_entries == most) exit(1);
    entries[n_entries++] = (struct entry){ keep(id), keep(translated), unescape(id) };
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->key, ((const struct entry *)b)->key);
}

static void read_po(FILE *in)
{
    static char line[longest], id[longest], translated[longest];
    char *into = NULL;
    int fuzzy = 0;
    while (fgets(line, sizeof line, in)) {
        if (strncmp(line, "msgid ", 6) == 0) {
            id[0] = translated[0] = '\0';
            into = id;
            append_quoted(into, line);
        } else if (strncmp(line, "msgstr ", 7) == 0) {
            into = translated;
            append_quoted(into, line);
        } else if (line[0] == '"' && into) {
            append_quoted(into, line);
        } else if (into == translated) {
            finish(id, translated, fuzzy);
            into = NULL;
            fuzzy = 0;
        }
        if (strncmp(line, "#,", 2) == 0 && strstr(line, "fuzzy")) fuzzy = 1;
    }
    if (into == translated) finish(id, translated, fuzzy);
}

int main(int argc, char **argv)
{
    FILE *in = argc == 3 ? fopen(argv[1], "r") : NULL;
    if (!in) {
        fprintf(stderr, "usage: po2c FILE.po OUT.inc\n");
        return 2;
    }
    read_po(in);
    fclose(in);
    qsort(entries, (size_t)n_entries, sizeof entries[0], by_key);
    FILE *out = fopen(argv[2], "w");
    if (!out) return 1;
    fprintf(out, "/* made by po2c; do not edit */\nstatic const struct { const char *en, *es; } "
                 "words_es[] = {\n");
    for (int i = 0; i < n_entries; i++) {
        if (i && strcmp(entries[i].key, entries[i - 1].key) == 0) {
            fprintf(stderr, "po2c: twice: \"%s\"\n", entries[i].id);
            return 1;
        }
        fprintf(out, "    { \"%s\",\n      \"%s\" },\n", entries[i].id, entries[i].text);
    }
    if (!n_entries) fprintf(out, "    { \"\", \"\" },\n");
    fprintf(out, "};\n");
    return fclose(out) != 0;
}
