/* Help, made from the option table. Read cli.h first. */
#include <stdio.h>
#include <string.h>

#include "cli.h"

static void print_all(propense_language language)
{
    printf(_("propense %s: from a campaign's CSV to a costed send list\n\n"), propense_version());
    fputs(_("  propense train DATA.csv                 learn, judge, and write DATA.keras\n"
            "  propense evaluate DATA.csv              what such a model is worth\n"
            "  propense evaluate MODEL.keras DATA.csv  what this model is worth, on these\n"
            "  propense score MODEL.keras DATA.csv     a probability for every customer\n"
            "  propense plan MODEL.keras DATA.csv \\    whom to contact, and what that\n"
            "      --margin 40 --cost 0.50             will bring\n"
            "  propense report MODEL.keras DATA.csv    one page of it all, to forward\n"
            "  propense inspect MODEL.keras            all that a model holds\n"
            "  propense prepare DATA.csv               training, validation, test as .npz\n"
            "  propense help COMMAND                   its options\n\n"
            "DATA may be - for standard input, or several files.\n"),
          stdout);
}

static void print_usage(uint32_t command, propense_language language)
{
    const char *usage =
        command == PROPENSE_COMMAND_TRAIN
            ? _("propense train DATA.csv [MORE.csv ...] [options]\n\n")
        : command == PROPENSE_COMMAND_PREPARE
            ? _("propense prepare DATA.csv [MORE.csv ...] [options]\n\n")
        : command == PROPENSE_COMMAND_PLAN
            ? _("propense plan SCORES.csv --margin 40 --cost 0.50 [options]\n"
                "propense plan MODEL.keras DATA.csv --margin 40 --cost 0.50 [options]\n"
                "propense plan --readback RESULTS.csv --plan PLAN.json [options]\n\n")
        : command == PROPENSE_COMMAND_REPORT
            ? _("propense report MODEL.keras [DATA.csv] [--plan PLAN.json] [options]\n\n")
        : command == PROPENSE_COMMAND_EVALUATE
            ? _("propense evaluate DATA.csv --cv 5 [options]\n"
                "propense evaluate MODEL.keras DATA.csv [options]\n\n")
        : command == PROPENSE_COMMAND_SCORE
            ? _("propense score MODEL.keras DATA.csv [MORE.csv ...] [options]\n\n")
            : _("propense inspect MODEL.keras [options]\n\n");
    fputs(usage, stdout);
}

/* "--batch_size N", padded, then the sentence, the choices where they did not fit on the left, and
 * the default. */
static void print_option(const propense_option_info *o)
{
    char left[128];
    enum { width = 26 };
    int show_choices = *o->choices && strlen(o->name) + strlen(o->choices) + 3 > width;
    const char *place = *o->choices && !show_choices ? o->choices : o->placeholder;
    (void)snprintf(left, sizeof left, "--%s %s", o->name, place);
    printf("  %-*s %s", (int)width, left, o->help);
    if (show_choices) printf(": %s", o->choices);
    int plain =
        *o->default_value && o->type != PROPENSE_TYPE_FLAG && strcmp(o->default_value, "-") != 0;
    if (plain) printf(" [%s]", o->default_value);
    fputc('\n', stdout);
}

void print_help(uint32_t command, propense_language language)
{
    if (!command) {
        print_all(language);
        return;
    }
    print_usage(command, language);
    for (int32_t i = 0; i < propense_option_count(); i++) {
        propense_option_info info = PROPENSE_OPTION_INFO_INIT;
        (void)propense_option_describe(&info, i, language);
        if (info.commands & command) print_option(&info);
    }
    fputs(_("\nNames may be written with - or _; --no-x undoes a flag --x; -- ends the options.\n"),
          stdout);
}
