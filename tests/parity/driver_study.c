/* Lets tests/parity/test_study.py reach the folds. Text in, text out.
 *
 *   driver_study folds    lines "folds repeats seed y", y as 0/1 digits
 *                         -> the fold of each row, repeats behind each other, or "error: ..." */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "folds.h"

static void fold_line(char *line)
{
    propense_error err = PROPENSE_ERROR_INIT;
    arena mem = { 0 };
    folds f;
    char *end;
    int32_t n_folds = (int32_t)strtol(line, &end, 10), repeats = (int32_t)strtol(end, &end, 10);
    uint32_t seed = (uint32_t)strtoul(end, &end, 10);
    end += strspn(end, " ");
    int64_t n = (int64_t)strspn(end, "01");
    for (int64_t i = 0; i < n; i++) end[i] -= '0';
    if (folds_stratified(&f, (const uint8_t *)end, n, n_folds, repeats, seed, &mem, &err))
        printf("error: %s", err.message);
    else
        for (int64_t i = 0; i < n * repeats; i++) printf(i ? " %d" : "%d", (int)f.of[i]);
    putchar('\n');
    arena_free(&mem);
}

int main(int argc, char **argv)
{
    static char *line;
    static size_t capacity;
    if (argc != 2 || strcmp(argv[1], "folds") != 0) return 2;
    while (getline(&line, &capacity, stdin) > 0) fold_line(line);
    free(line);
    return 0;
}
