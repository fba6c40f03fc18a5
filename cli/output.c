/* Errors and stdout. Read cli.h first. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

/* The library says them before it returns the first of them as the error. */
static char problems[32 * 1024];

void keep_problem(const char *text)
{
    size_t n = strlen(problems);
    (void)snprintf(problems + n, sizeof problems - n, "propense: %s\n", text);
}

/* Whoever read standard output has gone, as head does: nothing to complain of. */
static int reader_has_gone(void)
{
    struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };
    return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

/* As a program that does not ask: by the signal, which a shell shows as 141. */
static int end_by_pipe(void)
{
    enum { by_pipe = 128 + SIGPIPE };
    (void)signal(SIGPIPE, SIG_DFL);
    (void)raise(SIGPIPE);
    return by_pipe;
}

int tell_error(const propense_error *err)
{
    if (err->code == PROPENSE_E_IO && reader_has_gone()) return end_by_pipe();
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
    if (reader_has_gone()) return end_by_pipe();
    fputs(_("propense: standard output takes no more\n"), stderr);
    return EXIT_FAILED;
}
