/* The command line: one file a command, and what they share. It sees propense.h and nothing else of
 * the library. */
#ifndef PROPENSE_CLI_H
#define PROPENSE_CLI_H

#include "propense/propense.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_CHANCE = 3 };

/* What a command line asks for. */
typedef struct request {
    uint32_t command;         /* PROPENSE_COMMAND_* */
    const char *model, *data; /* positional, or --model, --data; NULL = not given */
    propense_options *options;
    propense_language language;
    int wants_help;
} request;

/* Fills *out from the words behind the command's name. Every bad option is told on stderr;
 * EXIT_USAGE then. */
int request_read(request *out, uint32_t command, int argc, char **argv);
void request_free(request *r);
/* EXIT_USAGE, told, when an output is a file that is read, or two outputs are one. */
int request_check_files(const request *r);
/* What an output is called after a data file: "data/may.csv.gz" -> "may" and the ending, in the
 * current folder; `nameless` and the ending for standard input. */
void name_after(char *out, size_t size, const char *data, const char *nameless, const char *ending);
const char *request_text(const request *r, const char *option);
int request_flag(const request *r, const char *option);
int request_number(const request *r, const char *option);
/* The model, with --config where it is weights alone. */
propense_status request_model(propense_model **out, const request *r, propense_error *err);

int command_train(const request *r);
int command_score(const request *r);
int command_plan(const request *r);
int command_report(const request *r);
int command_evaluate(const request *r);
int command_inspect(const request *r);
int command_prepare(const request *r);

/* Help for all (command 0) or one command, to stdout. */
void print_help(uint32_t command, propense_language language);

/* The language of --lang, or of LC_ALL, LC_MESSAGES, LANG. */
propense_language language_of_environment(void);
#define _(text) propense_translate(language, text)

/* Tells an error on stderr, and the problems behind it, and gives the exit code for it. */
int tell_error(const propense_error *err);
/* A problem that comes after the error that is still to be told. */
void keep_problem(const char *text);
/* A sink that writes to stdout. */
int to_stdout(void *user, const void *bytes, size_t n);
/* Flushes stdout; EXIT_FAILED with a sentence when it took no more. */
int finish_stdout(propense_language language);

/* Progress on stderr: a line that renews itself on a terminal, or Keras' epoch lines. Sets up
 * Ctrl-C. */
typedef struct display {
    propense_language language;
    int verbose; /* 0, 1, 2 */
    int keras2;  /* form of the lines of verbose 2 */
    int is_terminal;
    int line_is_open; /* a progress line stands unfinished */
    int epoch_told;
    double epoch_start, last; /* seconds */
} display;
propense_callbacks display_begin(display *d, const request *r);
void display_end(display *d);

#endif
