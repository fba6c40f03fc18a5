/* Makes what is installed beside the program from the option table: the man page (English and
 * Spanish) and the completions of bash, zsh and fish. Sees propense.h only; run by
 * cmake/pages.cmake. Sentences that are not of the option table stand here in both languages. */
#include <propense/propense.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    uint32_t bit;
    const char *usage, *spanish_usage, *help, *spanish_help;
} commands[] = {
    { "train", PROPENSE_COMMAND_TRAIN, "DATA.csv [MORE.csv ...]", "DATOS.csv [MÁS.csv ...]",
      "learn from the table, judge the model, and write it",
      "aprende de la tabla, evalúa el modelo y lo escribe" },
    { "score", PROPENSE_COMMAND_SCORE, "MODEL.keras DATA.csv [MORE.csv ...]",
      "MODELO.keras DATOS.csv [MÁS.csv ...]",
      "write a probability for every row of the table, as CSV",
      "escribe una probabilidad por cada fila de la tabla, como CSV" },
    { "prepare", PROPENSE_COMMAND_PREPARE, "DATA.csv [MORE.csv ...]", "DATOS.csv [MÁS.csv ...]",
      "write the table as .npz arrays: training, validation and test part",
      "escribe la tabla como matrices .npz: entrenamiento, validación y prueba" },
    { "plan", PROPENSE_COMMAND_PLAN, "SCORES.csv", "PUNTUACIONES.csv",
      "whom to contact, what that brings, and how sure it is",
      "a quién contactar, qué aporta y con qué seguridad" },
    { "report", PROPENSE_COMMAND_REPORT, "MODEL.keras [DATA.csv]", "MODELO.keras [DATOS.csv]",
      "one page that says what the model is worth, and why",
      "una página que dice lo que vale el modelo, y por qué" },
    { "evaluate", PROPENSE_COMMAND_EVALUATE, "[MODEL.keras] DATA.csv", "[MODELO.keras] DATOS.csv",
      "what a model, or training on the table, is worth",
      "cuánto vale un modelo, o entrenar con la tabla" },
    { "inspect", PROPENSE_COMMAND_INSPECT, "MODEL.keras", "MODELO.keras",
      "tell all that a model holds", "cuenta todo lo que contiene un modelo" },
};
enum { n_commands = sizeof commands / sizeof *commands };

static propense_option_info option_at(int32_t i, propense_language language)
{
    propense_option_info info = PROPENSE_OPTION_INFO_INIT;
    (void)propense_option_describe(&info, i, language);
    return info;
}

static int is_file(const propense_option_info *o)
{
    return strcmp(o->placeholder, "FILE") == 0;
}

/* Puts a text with each character of `set` behind `before`. */
static void put_escaped(FILE *f, const char *text, const char *set, char before)
{
    for (; *text; text++) {
        if (strchr(set, *text)) fputc(before, f);
        fputc(*text, f);
    }
}

/* ---- Man page ---------------------------------------------------------------------------------
 */

/* A text of groff: a hyphen that can be copied, and no line that begins with a request. */
static void put_roff(FILE *f, const char *text)
{
    if (*text == '.' || *text == '\'') fputs("\\&", f);
    for (; *text; text++) {
        switch (*text) {
        case '-':
            fputs("\\-", f);
            break;
        case '|': /* lists of choices may be broken there */
            fputs("|\\:", f);
            break;
        case '\\':
            fputs("\\e", f);
            break;
        case '\'':
            fputs("\\(aq", f);
            break;
        case '`':
            fputs("\\(ga", f);
            break;
        case '^':
            fputs("\\(ha", f);
            break;
        case '~':
            fputs("\\(ti", f);
            break;
        default:
            fputc(*text, f);
        }
    }
}

static void man_option(FILE *f, const propense_option_info *o)
{
    fputs(".TP\n.BR \\-\\-", f);
    put_roff(f, o->name);
    if (o->type != PROPENSE_TYPE_FLAG) {
        fputs(" \" \" \"\\fI", f);
        put_roff(f, *o->choices ? o->choices : o->placeholder);
        fputs("\\fR\"", f);
    }
    fputs(" \"    (", f);
    const char *between = "";
    for (int c = 0; c < n_commands; c++) {
        if (!(o->commands & commands[c].bit)) continue;
        fprintf(f, "%s%s", between, commands[c].name);
        between = ", ";
    }
    fputs(")\"\n", f);
    put_roff(f, o->help);
    if (*o->default_value && o->type != PROPENSE_TYPE_FLAG && strcmp(o->default_value, "-") != 0) {
        fputs(" [", f);
        put_roff(f, o->default_value);
        fputc(']', f);
    }
    fputc('\n', f);
}

static void man_commands(FILE *f, int spanish)
{
    for (int c = 0; c < n_commands; c++) {
        fprintf(f, ".TP\n.BI \"propense %s \" ", commands[c].name);
        fprintf(f, "\"%s \" \"[%s]\"\n", spanish ? commands[c].spanish_usage : commands[c].usage,
                spanish ? "opciones" : "options");
        fputs(spanish ? commands[c].spanish_help : commands[c].help, f);
        fputs(".\n", f);
    }
}

static const char english_ends[] =
    "Names may be written with \\- or _; \\fB\\-\\-no\\-\\fIx\\fR undoes a flag "
    "\\fB\\-\\-\\fIx\\fR; \\fB\\-\\-\\fR ends the options.\n"
    ".SH EXIT STATUS\n"
    ".TP\n0\ndone\n.TP\n1\nnot done; standard error says why, and no file is half written\n"
    ".TP\n2\nwrong use\n.TP\n3\nwith \\fB\\-\\-strict\\fR: done, but the model is no better than "
    "chance\n"
    ".SH ENVIRONMENT\n.TP\n.BR LC_ALL \", \" LC_MESSAGES \", \" LANG\nThe first that is set and "
    "not empty decides the language: Spanish when it begins with \\fBes\\fR, else English.\n"
    ".TP\n.B SOURCE_DATE_EPOCH\nSeconds since 1970: the date that a new model stores, when "
    "\\fB\\-\\-date\\fR gives none.\n"
    ".SH EXAMPLES\n.EX\n"
    "propense train customers.csv \\-\\-target bought\n"
    "propense score customers.keras new_customers.csv \\-\\-scores_out scores.csv\n"
    "propense inspect customers.keras \\-\\-json\n.EE\n";

static const char spanish_ends[] =
    "Los nombres se escriben con \\- o _; \\fB\\-\\-no\\-\\fIx\\fR anula una opción "
    "\\fB\\-\\-\\fIx\\fR; \\fB\\-\\-\\fR termina las opciones.\n"
    ".SH ESTADO DE SALIDA\n"
    ".TP\n0\nhecho\n.TP\n1\nno se hizo; la salida de errores dice por qué, y ningún archivo queda "
    "a medias\n"
    ".TP\n2\nuso incorrecto\n.TP\n3\ncon \\fB\\-\\-strict\\fR: hecho, pero el modelo no supera al "
    "azar\n"
    ".SH ENTORNO\n.TP\n.BR LC_ALL \", \" LC_MESSAGES \", \" LANG\nLa primera que esté definida y "
    "no vacía decide el idioma: español si empieza por \\fBes\\fR; si no, inglés.\n"
    ".TP\n.B SOURCE_DATE_EPOCH\nSegundos desde 1970: la fecha que guarda un modelo nuevo si "
    "\\fB\\-\\-date\\fR no da ninguna.\n"
    ".SH EJEMPLOS\n.EX\n"
    "propense train clientes.csv \\-\\-target compra\n"
    "propense score clientes.keras nuevos.csv \\-\\-scores_out notas.csv\n"
    "propense inspect clientes.keras \\-\\-json\n.EE\n";

static void man_page(FILE *f, propense_language language)
{
    int spanish = language == PROPENSE_SPANISH;
    fprintf(f, ".TH PROPENSE 1 \"\" \"propense %s\"\n", propense_version());
    fputs(spanish
              ? ".SH NOMBRE\npropense \\- de la tabla de una campaña a probabilidades de "
                "conversión\n.SH SINOPSIS\n.B propense\n.I orden\n[\\fIopciones\\fR]\n"
                ".SH ÓRDENES\n"
              : ".SH NAME\npropense \\- from a campaign\\(aqs table to conversion probabilities\n"
                ".SH SYNOPSIS\n.B propense\n.I command\n[\\fIoptions\\fR]\n.SH COMMANDS\n",
          f);
    man_commands(f, spanish);
    fputs(spanish ? ".TP\n.BI \"propense help \" orden\nlas opciones de una orden.\n.PP\nLos datos "
                    "son un archivo CSV; \\fB\\-\\fR es la entrada estándar.\n.SH OPCIONES\n"
                  : ".TP\n.BI \"propense help \" command\nthe options of a command.\n.PP\nThe data "
                    "is a CSV file; \\fB\\-\\fR is standard input.\n.SH OPTIONS\n",
          f);
    for (int32_t i = 0; i < propense_option_count(); i++) {
        propense_option_info o = option_at(i, language);
        man_option(f, &o);
    }
    fputs(".PP\n", f);
    fputs(spanish ? spanish_ends : english_ends, f);
}

static void man_english(FILE *f)
{
    man_page(f, PROPENSE_ENGLISH);
}

static void man_spanish(FILE *f)
{
    man_page(f, PROPENSE_SPANISH);
}

/* ---- bash -------------------------------------------------------------------------------------
 */

static const char bash_head[] =
    "# bash completion of propense, made from its option table.\n"
    "# Needs nothing but bash; an empty answer leaves files to readline (-o default).\n\n"
    "_propense_reply() { # word words...\n"
    "    local word=$1 w\n"
    "    shift\n"
    "    for w in \"$@\"; do\n"
    "        if [[ $w == \"$word\"* ]]; then COMPREPLY+=(\"$w\"); fi\n"
    "    done\n"
    "}\n\n"
    "_propense() {\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command='' "
    "names=''\n"
    "    COMPREPLY=()\n"
    "    # --name=value comes as three words.\n"
    "    if [[ $cur == '=' ]]; then cur=''\n"
    "    elif [[ $prev == '=' ]]; then prev=${COMP_WORDS[COMP_CWORD - 2]}; fi\n"
    "    if ((COMP_CWORD > 1)); then command=${COMP_WORDS[1]}; fi\n";

static const char bash_tail[] = "    # Who writes names with - gets them with -.\n"
                                "    if [[ $cur == --*-* ]]; then names=${names//_/-}; fi\n"
                                "    _propense_reply \"$cur\" $names --help\n"
                                "}\n\n"
                                "complete -o bashdefault -o default -F _propense propense\n";

static void put_words(FILE *f, const char *choices)
{
    for (; *choices; choices++) fputc(*choices == '|' ? ' ' : *choices, f);
}

/* A case of options with a value that is a file (one), or neither a file nor a choice (zero). */
static void bash_plain_values(FILE *f, int of_files, const char *answer)
{
    const char *before = "        ";
    for (int32_t i = 0; i < propense_option_count(); i++) {
        propense_option_info o = option_at(i, PROPENSE_ENGLISH);
        if (o.type == PROPENSE_TYPE_FLAG || *o.choices || is_file(&o) != of_files) continue;
        fprintf(f, "%s__%s", before, o.name);
        before = " | ";
    }
    fprintf(f, ") %s ;;\n", answer);
}

static void bash_values(FILE *f)
{
    fputs("    # Values of the option before the cursor.\n"
          "    if [[ $prev == --* ]]; then\n        case ${prev//-/_} in\n",
          f);
    for (int32_t i = 0; i < propense_option_count(); i++) {
        propense_option_info o = option_at(i, PROPENSE_ENGLISH);
        if (!*o.choices) continue;
        fprintf(f, "        __%s) _propense_reply \"$cur\" ", o.name);
        put_words(f, o.choices);
        fputs("; return ;;\n", f);
    }
    bash_plain_values(f, 1, "return");
    bash_plain_values(f, 0, "compopt +o default +o bashdefault 2> /dev/null; return");
    fputs("        esac\n    fi\n", f);
}

static void bash_completion(FILE *f)
{
    fputs(bash_head, f);
    bash_values(f);
    fputs("    case $command in\n    '') _propense_reply \"$cur\"", f);
    for (int c = 0; c < n_commands; c++) fprintf(f, " %s", commands[c].name);
    fputs(" help --help --version; return ;;\n    help) _propense_reply \"$cur\"", f);
    for (int c = 0; c < n_commands; c++) fprintf(f, " %s", commands[c].name);
    fputs("; return ;;\n    esac\n    if [[ $cur != -* ]]; then return; fi\n    case $command in\n",
          f);
    for (int c = 0; c < n_commands; c++) {
        fprintf(f, "    %s) names='", commands[c].name);
        for (int32_t i = 0, n = 0; i < propense_option_count(); i++) {
            propense_option_info o = option_at(i, PROPENSE_ENGLISH);
            if (!(o.commands & commands[c].bit)) continue;
            fprintf(f, "%s--%s", n++ ? " " : "", o.name);
            if (o.type == PROPENSE_TYPE_FLAG) fprintf(f, " --no_%s", o.name);
        }
        fputs("' ;;\n", f);
    }
    fputs("    esac\n", f);
    fputs(bash_tail, f);
}

/* ---- zsh --------------------------------------------------------------------------------------
 */

static void zsh_option(FILE *f, const propense_option_info *o)
{
    fprintf(f, "            '--%s%s[", o->name, o->type == PROPENSE_TYPE_FLAG ? "" : "=");
    for (const char *c = o->help; *c; c++) {
        if (strchr("[]\\:", *c)) fputc('\\', f);
        if (*c == '\'')
            fputs("'\\''", f);
        else
            fputc(*c, f);
    }
    fputc(']', f);
    if (o->type != PROPENSE_TYPE_FLAG) {
        fprintf(f, ":%s:", o->placeholder);
        if (is_file(o)) fputs("_files", f);
        if (*o->choices) {
            fputc('(', f);
            put_words(f, o->choices);
            fputc(')', f);
        }
    }
    fputs("' \\\n", f);
}

static void zsh_completion(FILE *f)
{
    fputs("#compdef propense\n# zsh completion of propense, made from its option table.\n\n"
          "_propense() {\n    if ((CURRENT == 2)); then\n        local -a commands=(\n",
          f);
    for (int c = 0; c < n_commands; c++)
        fprintf(f, "            '%s:%s'\n", commands[c].name, commands[c].help);
    fputs("            'help:the options of a command'\n        )\n"
          "        _describe command commands\n        return\n    fi\n"
          "    local command=$words[2]\n    shift words\n    ((CURRENT--))\n    case $command in\n",
          f);
    for (int c = 0; c < n_commands; c++) {
        fprintf(f, "    %s)\n        _arguments \\\n", commands[c].name);
        for (int32_t i = 0; i < propense_option_count(); i++) {
            propense_option_info o = option_at(i, PROPENSE_ENGLISH);
            if (o.commands & commands[c].bit) zsh_option(f, &o);
        }
        fputs("            '*:file:_files' ;;\n", f);
    }
    fputs("    help) compadd", f);
    for (int c = 0; c < n_commands; c++) fprintf(f, " %s", commands[c].name);
    fputs(" ;;\n    esac\n}\n\n_propense \"$@\"\n", f);
}

/* ---- fish -------------------------------------------------------------------------------------
 */

static void fish_quoted(FILE *f, const char *text)
{
    fputc('\'', f);
    put_escaped(f, text, "'\\", '\\');
    fputc('\'', f);
}

static void fish_option(FILE *f, const propense_option_info *o)
{
    fputs("complete -c propense -n '__fish_seen_subcommand_from", f);
    for (int c = 0; c < n_commands; c++)
        if (o->commands & commands[c].bit) fprintf(f, " %s", commands[c].name);
    fprintf(f, "' -l %s -d ", o->name);
    fish_quoted(f, o->help);
    if (o->type != PROPENSE_TYPE_FLAG) fputs(is_file(o) ? " -r -F" : " -x", f);
    if (*o->choices) {
        fputs(" -a '", f);
        put_words(f, o->choices);
        fputc('\'', f);
    }
    fputc('\n', f);
}

static void fish_completion(FILE *f)
{
    fputs("# fish completion of propense, made from its option table.\n", f);
    for (int c = 0; c < n_commands; c++) {
        fprintf(f, "complete -c propense -f -n __fish_use_subcommand -a %s -d ", commands[c].name);
        fish_quoted(f, commands[c].help);
        fputc('\n', f);
    }
    fputs(
        "complete -c propense -f -n __fish_use_subcommand -a help -d 'the options of a command'\n",
        f);
    for (int32_t i = 0; i < propense_option_count(); i++) {
        propense_option_info o = option_at(i, PROPENSE_ENGLISH);
        fish_option(f, &o);
    }
}

/* ---- Files ------------------------------------------------------------------------------------
 */

static const struct {
    const char *kind;
    void (*make)(FILE *f);
} pages[] = { { "man", man_english },
              { "man-es", man_spanish },
              { "bash", bash_completion },
              { "zsh", zsh_completion },
              { "fish", fish_completion } };

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: make_pages man|man-es|bash|zsh|fish FILE\n");
        return 2;
    }
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        if (strcmp(pages[i].kind, argv[1]) != 0) continue;
        FILE *f = fopen(argv[2], "w");
        if (!f) {
            fprintf(stderr, "%s: cannot be written\n", argv[2]);
            return 1;
        }
        pages[i].make(f);
        int bad = ferror(f);
        return fclose(f) || bad ? 1 : 0;
    }
    fprintf(stderr, "make_pages: there is no page '%s'\n", argv[1]);
    return 2;
}
