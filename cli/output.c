/* Errors and stdout. Read cli.h first. */
#include <stdio.h>
#include <string.h>

#include "cli.h"

/* The library says them before it returns the first of them as the error. */
static char problems[32 * 1024];

void keep_problem(const char *text)
{
    size_t n = strlen(problems);
    (void)snprintf(problems + n, sizeof problems - n, "propense: %s\n", text);
}

int tell_error(const propense_error *err)
{
    fprintf(stderr, "propense: %s\n%s", err->message, problems);
    problems[0] = '\0';
    return err->code == PROPENSE_E_ARG ? EXIT_USAGE : EXIT_FAILED;
}

int to_stdout(void *user, const void *bytes, size_t n)
{
    (void)user;
    return fwrite(bytes, 1, n, stdout) != n;
}

int finish_stdout(propense_language language)
{
    if (fflush(stdout) == 0 && !ferror(stdout)) return EXIT_DONE;
    fputs(_("propense: standard output takes no more\n"), stderr);
    return EXIT_FAILED;
}
