/* propense: finds the command and runs it. Leaves the work to libpropense. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static const struct {
    const char *name;
    uint32_t command;
    int (*run)(const request *r);
} commands[] = { { "train", PROPENSE_COMMAND_TRAIN, command_train },
                 { "score", PROPENSE_COMMAND_SCORE, command_score },
                 { "prepare", PROPENSE_COMMAND_PREPARE, command_prepare },
                 { "plan", PROPENSE_COMMAND_PLAN, command_plan },
                 { "report", PROPENSE_COMMAND_REPORT, command_report },
                 { "evaluate", PROPENSE_COMMAND_EVALUATE, command_evaluate },
                 { "inspect", PROPENSE_COMMAND_INSPECT, command_inspect } };
enum { n_commands = sizeof commands / sizeof *commands };

static int find_command(const char *word)
{
    for (int i = 0; i < n_commands; i++)
        if (strcmp(commands[i].name, word) == 0) return i;
    return -1;
}

static int is_one_of(const char *word, const char *a, const char *b, const char *c)
{
    return strcmp(word, a) == 0 || strcmp(word, b) == 0 || strcmp(word, c) == 0;
}

static int run_command(int which, int argc, char **argv)
{
    request r;
    int code = request_read(&r, commands[which].command, argc, argv);
    if (code == EXIT_DONE && r.wants_help)
        print_help(r.command, r.language);
    else if (code == EXIT_DONE)
        code = request_check_files(&r);
    if (code == EXIT_DONE && !r.wants_help) code = commands[which].run(&r);
    /* after a failure that was told, nothing more is said of what stdout still had to take */
    int flushed = code == EXIT_DONE || code == EXIT_CHANCE ? finish_stdout(r.language) : code;
    request_free(&r);
    return flushed == EXIT_DONE ? code : flushed;
}

static int help_command(const char *word, propense_language language)
{
    int which = word ? find_command(word) : -1;
    print_help(which < 0 ? 0 : commands[which].command, language);
    return finish_stdout(language);
}

int main(int argc, char **argv)
{
    propense_language language = language_of_environment();
    (void)signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of the write */
    if (argc < 2) {
        print_help(0, language);
        return EXIT_USAGE;
    }
    if (is_one_of(argv[1], "help", "--help", "-h")) {
        for (int i = 2; i + 1 < argc; i++)
            if (strcmp(argv[i], "--lang") == 0)
                language = strcmp(argv[i + 1], "es") == 0 ? PROPENSE_SPANISH : PROPENSE_ENGLISH;
        return help_command(argv[2], language);
    }
    if (is_one_of(argv[1], "version", "--version", "-V")) {
        printf("propense %s (%s)\n", propense_version(), propense_cpu_level());
        return finish_stdout(language);
    }
    int which = find_command(argv[1]);
    if (which < 0) {
        fprintf(
            stderr,
            _("propense: '%s' is not a command; there are: train, evaluate, score, plan, report, "
              "inspect, prepare, help\n"),
            argv[1]);
        return EXIT_USAGE;
    }
    return run_command(which, argc - 2, argv + 2);
}
