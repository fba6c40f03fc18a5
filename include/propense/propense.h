/* propense: customer-conversion prediction. The one public header of libpropense.
 *
 * Shape of the interface
 *   - Handles are opaque. A propense_model is immutable once trained or loaded and may be read from
 *     several threads at once. Every other handle belongs to one thread at a time.
 *   - The result comes first (`out`), then the object, its inputs, the options, and last the error.
 *     On failure *out is NULL and *err, when given, says what was met and what was expected.
 *   - Options are set by name and text. The table behind them can be enumerated, so that a command
 *     line, a JSON reader or a binding needs no list of its own.
 *   - The library never exits, prints, installs signal handlers or reads the environment. Progress
 *     and messages go through propense_callbacks.
 *   - All text is UTF-8. Structs with a struct_size are set up by their INIT macro, or by their
 *     _init function where there are no macros. The library reads and writes no byte behind the
 *     size it is told: what a shorter, older struct does not have stands at its default. New
 *     members come last.
 *   - `options`, `callbacks`, `summary` and `err` may be NULL everywhere; _free takes NULL too.
 *
 * This header compiles as C99 and as C++11.
 */
#ifndef PROPENSE_H
#define PROPENSE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(PROPENSE_STATIC) || !defined(__GNUC__)
#define PROPENSE_API
#else
#define PROPENSE_API __attribute__((visibility("default")))
#endif

/* ---- Status and errors ------------------------------------------------------------------------
 */

typedef int32_t propense_status; /* the numbers are frozen once released */
enum {
    PROPENSE_OK = 0,
    PROPENSE_E_ARG = 1,       /* an option or argument is wrong */
    PROPENSE_E_IO = 2,        /* a file cannot be read or written */
    PROPENSE_E_PARSE = 3,     /* the data is not what it has to be */
    PROPENSE_E_NOMEM = 4,     /* out of memory */
    PROPENSE_E_FORMAT = 5,    /* not a model file, or one of a kind that is not supported */
    PROPENSE_E_NUMERIC = 6,   /* training met NaN or infinity */
    PROPENSE_E_CANCELLED = 7, /* a progress callback asked to stop */
    PROPENSE_E_MISSING = 8    /* a library that is loaded on demand is not installed */
};

typedef int32_t propense_language;
enum { PROPENSE_ENGLISH = 0, PROPENSE_SPANISH = 1 };

typedef struct propense_error {
    size_t struct_size;
    propense_status code;
    propense_language language; /* set by the caller: the language of `message` */
    int64_t row;                /* 1-based line of the input file, 0 = does not apply */
    int32_t column;             /* 1-based, 0 = does not apply */
    char message[1024];         /* one line, UTF-8, always NUL-terminated */
} propense_error;
#define PROPENSE_ERROR_INIT                                                                        \
    {                                                                                              \
        sizeof(propense_error), 0, 0, 0, 0, ""                                                     \
    }
/* The same for callers without macros: `size` bytes at `err` are set up, struct_size = size. */
PROPENSE_API void propense_error_init(propense_error *err, size_t size);

/* "1.2.3" of the library that runs, and the CPU level its kernels chose ("scalar", "avx2",
 * "avx512", "neon"). Constant strings. */
PROPENSE_API const char *propense_version(void);
PROPENSE_API const char *propense_cpu_level(void);

/* A sentence of propense's own in that language, or `english` itself: for front ends that speak
 * with the library's voice. A constant string; a format keeps its arguments. */
PROPENSE_API const char *propense_translate(propense_language language, const char *english)
#ifdef __GNUC__
    __attribute__((format_arg(2)))
#endif
    ;

/* ---- Progress and messages --------------------------------------------------------------------
 */

enum {
    PROPENSE_PHASE_READ = 0,
    PROPENSE_PHASE_TRAIN = 1,
    PROPENSE_PHASE_SCORE = 2,
    PROPENSE_PHASE_EVALUATE =
        3 /* done and total are runs of the pipeline, or shares of a bootstrap */
};

/* What is known while a run goes on. A number that is not known is NaN. struct_size is the
 * library's: a caller built against a newer header reads no member behind it. */
typedef struct propense_progress {
    size_t struct_size;
    int32_t phase; /* PROPENSE_PHASE_* */
    int32_t epoch; /* training: 1-based, the epoch just finished or under way */
    int32_t n_epochs;
    int32_t epoch_ended; /* 1 when the five figures below are those of a whole epoch */
    int64_t done;        /* bytes read, rows scored, or steps done in this epoch */
    int64_t total;       /* 0 = not known */
    double loss, accuracy, auc, val_loss, val_accuracy, val_auc;
} propense_progress;

/* A call that fails for the data's sake says its first problem in the error, and as PROBLEMs the
 * next ones in the order of the file: up to 20 in all, then how many there are more. */
enum { PROPENSE_NOTE = 0, PROPENSE_WARNING = 1, PROPENSE_PROBLEM = 2 };

typedef struct propense_callbacks {
    size_t struct_size;
    void *user;
    propense_language language; /* of messages */
    /* Non-zero cancels: the call returns PROPENSE_E_CANCELLED and leaves nothing half written. */
    int (*progress)(void *user, const propense_progress *progress);
    /* One or more lines without a final newline; valid during the call only. */
    void (*message)(void *user, int32_t level, const char *text);
} propense_callbacks;
#define PROPENSE_CALLBACKS_INIT                                                                    \
    {                                                                                              \
        sizeof(propense_callbacks), NULL, 0, NULL, NULL                                            \
    }
PROPENSE_API void propense_callbacks_init(propense_callbacks *callbacks, size_t size);

/* ---- Options ----------------------------------------------------------------------------------
 */

typedef struct propense_options propense_options;

enum {
    PROPENSE_TYPE_INTEGER = 0,
    PROPENSE_TYPE_NUMBER = 1,
    PROPENSE_TYPE_TEXT = 2,
    PROPENSE_TYPE_FLAG = 3
};
/* The commands that take an option, as bits of propense_option_info.commands. */
enum {
    PROPENSE_COMMAND_TRAIN = 1,
    PROPENSE_COMMAND_SCORE = 2,
    PROPENSE_COMMAND_INSPECT = 4,
    PROPENSE_COMMAND_PREPARE = 8,
    PROPENSE_COMMAND_EVALUATE = 16,
    PROPENSE_COMMAND_PLAN = 32,
    PROPENSE_COMMAND_REPORT = 64
};

typedef struct propense_option_info {
    size_t struct_size;
    const char *name;          /* with underscores: "batch_size" */
    int32_t type;              /* PROPENSE_TYPE_* */
    uint32_t commands;         /* PROPENSE_COMMAND_* bits */
    const char *default_value; /* as text; "" = none */
    const char *placeholder;   /* "N", "FILE", "WORD": what stands for the value in help */
    double min, max;           /* INTEGER and NUMBER */
    const char *choices;       /* TEXT: "relu|elu|tanh", or "" = any */
    const char *help;          /* one line, in the language asked for */
} propense_option_info;
#define PROPENSE_OPTION_INFO_INIT                                                                  \
    {                                                                                              \
        sizeof(propense_option_info), "", 0, 0, "", "", 0, 0, "", ""                               \
    }
PROPENSE_API void propense_option_info_init(propense_option_info *info, size_t size);

/* The option table. describe fails with PROPENSE_E_ARG when index is out of range. */
PROPENSE_API int32_t propense_option_count(void);
PROPENSE_API propense_status propense_option_describe(propense_option_info *out, int32_t index,
                                                      propense_language language);

/* Every option at its default. Free with propense_options_free (NULL is fine). */
PROPENSE_API propense_status propense_options_new(propense_options **out, propense_error *err);
PROPENSE_API void propense_options_free(propense_options *options);
/* Sets one option by name (- and _ are the same). The error names the option, what was met and the
 * allowed range. FLAG takes "true" or "false". The text is copied. */
PROPENSE_API propense_status propense_options_set(propense_options *options, const char *name,
                                                  const char *value, propense_error *err);
/* The text an option holds, valid until it is set again; NULL when there is no such option. */
PROPENSE_API const char *propense_options_get(const propense_options *options, const char *name);

/* ---- Models -----------------------------------------------------------------------------------
 */

typedef struct propense_model propense_model;

/* Reads the table at `path` ("-" is standard input), understands it, splits, encodes, trains and
 * judges. `options` and `callbacks` may be NULL. Writes no file. Free with propense_model_free.
 * With the option dry_run nothing is trained: a note says what would be, and *out is NULL. */
PROPENSE_API propense_status propense_train(propense_model **out, const char *path,
                                            const propense_options *options,
                                            const propense_callbacks *callbacks,
                                            propense_error *err);

/* Loads a model that propense wrote. */
PROPENSE_API propense_status propense_model_load(propense_model **out, const char *path,
                                                 propense_error *err);
/* The same of weights alone, as Keras' save_weights writes them, and what tells their network: a
 * config.json, the text of model.to_json(), or a whole model of it, whose own weights do not count.
 */
PROPENSE_API propense_status propense_model_load_weights(propense_model **out, const char *path,
                                                         const char *config_path,
                                                         propense_error *err);
/* Writes one durable file that Keras 3 loads, beside its target and renamed: an existing file is
 * replaced whole or not at all. Missing folders are made. */
PROPENSE_API propense_status propense_model_save(const propense_model *model, const char *path,
                                                 propense_error *err);
/* Whether propense_model_save could write there: the ending and the folder. Asked before a long
 * training; makes nothing. */
PROPENSE_API propense_status propense_check_model_output(const char *path, propense_error *err);
PROPENSE_API void propense_model_free(propense_model *model);

/* What a model can say of itself. */
enum {
    PROPENSE_VIEW_SCHEMA = 0,  /* the columns, their roles and types: TEXT */
    PROPENSE_VIEW_VERDICT = 1, /* verdict, metrics and what they mean: TEXT */
    PROPENSE_VIEW_METRICS = 2, /* classification report with ROC AUC: CSV, as pandas writes it */
    PROPENSE_VIEW_HISTORY = 3, /* loss and accuracy by epoch: SVG, PNG, CSV */
    PROPENSE_VIEW_INSPECT = 4  /* all that the file holds: TEXT, JSON */
};
enum {
    PROPENSE_AS_TEXT = 0,
    PROPENSE_AS_JSON = 1,
    PROPENSE_AS_CSV = 2,
    PROPENSE_AS_SVG = 3,
    PROPENSE_AS_PNG = 4
};

/* Takes n bytes; non-zero stops the writing with PROPENSE_E_IO. */
typedef int (*propense_sink)(void *user, const void *bytes, size_t n);

PROPENSE_API propense_status propense_model_write(const propense_model *model, int32_t view,
                                                  int32_t format, propense_language language,
                                                  propense_sink sink, void *user,
                                                  propense_error *err);
/* The same into a file, atomically; the format follows the file's ending. */
PROPENSE_API propense_status propense_model_write_file(const propense_model *model, int32_t view,
                                                       propense_language language, const char *path,
                                                       propense_error *err);
/* 1 when the file at `path` could be written by the call above (for ".png": that the drawing
 * library is installed); asked before a long training. */
PROPENSE_API propense_status propense_check_output(int32_t view, const char *path,
                                                   propense_error *err);

/* 1 = judged better than chance, 0 = not better than chance, -1 = nothing was judged. */
PROPENSE_API int32_t propense_model_verdict(const propense_model *model);

typedef struct propense_score_summary {
    size_t struct_size;
    int64_t n_rows;
    int64_t n_missing; /* cells that were missing */
    int64_t n_unknown; /* cells whose level was not seen in training */
} propense_score_summary;
#define PROPENSE_SCORE_SUMMARY_INIT                                                                \
    {                                                                                              \
        sizeof(propense_score_summary), 0, 0, 0                                                    \
    }
PROPENSE_API void propense_score_summary_init(propense_score_summary *summary, size_t size);

/* Reads the table at `path`, finds the features by name, and writes a CSV of the id (or `row`) and
 * `probability`, in input order, in constant memory. `out_path` "-" is standard output. `summary`
 * may be NULL. */
PROPENSE_API propense_status propense_score(const propense_model *model, const char *path,
                                            const char *out_path, const propense_options *options,
                                            const propense_callbacks *callbacks,
                                            propense_score_summary *summary, propense_error *err);

/* ---- Plans: from scores to a campaign ---------------------------------------------------------
 */

typedef struct propense_plan propense_plan;

/* Whom to contact and what that brings. With `model`, the table at `path` is scored and planned;
 * with NULL it holds scores (an id, a probability, and what --value_column and the like name). The
 * options margin and cost (or their columns) are needed. Writes no file. */
PROPENSE_API propense_status propense_plan_make(propense_plan **out, const propense_model *model,
                                                const char *path, const propense_options *options,
                                                const propense_callbacks *callbacks,
                                                propense_error *err);
/* What really happened against what was promised: `results_path` holds ids and outcomes,
 * `plan_path` the JSON of a plan. The list of this handle is a table to train on. */
PROPENSE_API propense_status propense_plan_readback(propense_plan **out, const char *results_path,
                                                    const char *plan_path,
                                                    const propense_options *options,
                                                    const propense_callbacks *callbacks,
                                                    propense_error *err);
PROPENSE_API void propense_plan_free(propense_plan *plan);

enum {
    PROPENSE_PLAN_SUMMARY = 0, /* the plan: TEXT, JSON */
    PROPENSE_PLAN_LIST = 1     /* the send list, or a readback's table: CSV */
};
/* The list of a plan whose model is no better than chance is PROPENSE_E_ARG, unless the option
 * `force` was set. */
PROPENSE_API propense_status propense_plan_write(const propense_plan *plan, int32_t view,
                                                 int32_t format, propense_language language,
                                                 propense_sink sink, void *user,
                                                 propense_error *err);
/* The same into a file, atomically; "-" is standard output. */
PROPENSE_API propense_status propense_plan_write_file(const propense_plan *plan, int32_t view,
                                                      int32_t format, propense_language language,
                                                      const char *path, propense_error *err);
/* 1 = there is a list, 0 = none, since the ranking is no better than chance. */
PROPENSE_API int32_t propense_plan_has_list(const propense_plan *plan);

/* ---- The report -------------------------------------------------------------------------------
 */

/* Writes one page of HTML, offline and complete, to `out_path`: verdict, money, curves, what the
 * model looks at. `path` holds customers whose answer is known, or is NULL: then the model speaks
 * for itself. `model_name` is shown without its folder. The options plan, assets and those of
 * reading count; the language is that of the callbacks. */
PROPENSE_API propense_status propense_report(const propense_model *model, const char *model_name,
                                             const char *path, const char *out_path,
                                             const propense_options *options,
                                             const propense_callbacks *callbacks,
                                             propense_error *err);

/* ---- Arrays for other programs ----------------------------------------------------------------
 */

typedef struct propense_prepare_summary {
    size_t struct_size;
    int64_t n_rows, n_positive; /* of the file, with a target */
    int64_t n_inputs;
    int64_t rows[3], positive[3]; /* of the training, validation and test part */
    /* ROC AUC with which a model tells the zeros that were kept from those that were dropped, and
     * its 95 % interval: 0.5 = they are alike. NaN when nothing was dropped. */
    double told_apart, told_apart_low, told_apart_high;
} propense_prepare_summary;
#define PROPENSE_PREPARE_SUMMARY_INIT                                                              \
    {                                                                                              \
        sizeof(propense_prepare_summary), 0, 0, 0, { 0, 0, 0 }, { 0, 0, 0 }, 0, 0, 0               \
    }
PROPENSE_API void propense_prepare_summary_init(propense_prepare_summary *summary, size_t size);

/* Reads the table at `path` and writes <prefix>_train.npz, <prefix>_valid.npz and <prefix>_test.npz
 * with `inputs` and `targets`, as NumPy's np.savez does. `summary` may be NULL. */
PROPENSE_API propense_status propense_prepare(const char *path, const char *prefix,
                                              const propense_options *options,
                                              const propense_callbacks *callbacks,
                                              propense_prepare_summary *summary,
                                              propense_error *err);

/* ---- Evaluations ------------------------------------------------------------------------------
 */

typedef struct propense_evaluation propense_evaluation;

/* What a model is worth on the rows of the table at `path` whose answer is known; the option
 * `against` names a second model for the same rows. With model NULL: what training with these
 * options is worth, cross-validated (options cv, repeats, permutations, group, time ...), simple
 * models beside it. Writes no file. */
PROPENSE_API propense_status propense_evaluate(propense_evaluation **out,
                                               const propense_model *model, const char *path,
                                               const propense_options *options,
                                               const propense_callbacks *callbacks,
                                               propense_error *err);
PROPENSE_API void propense_evaluation_free(propense_evaluation *evaluation);

enum {
    PROPENSE_EVALUATION_SUMMARY = 0, /* verdict and figures: TEXT, JSON, CSV */
    PROPENSE_EVALUATION_ROC = 1,     /* the curves and tables: CSV */
    PROPENSE_EVALUATION_PRECISION_RECALL = 2,
    PROPENSE_EVALUATION_GAINS = 3, /* by decile */
    PROPENSE_EVALUATION_RELIABILITY = 4,
    PROPENSE_EVALUATION_SCORES = 5,  /* by row: target, logit, probability */
    PROPENSE_EVALUATION_REPEATS = 6, /* with model NULL only, as the next */
    PROPENSE_EVALUATION_PERMUTATIONS = 7
};
PROPENSE_API propense_status propense_evaluation_write(const propense_evaluation *evaluation,
                                                       int32_t view, int32_t format,
                                                       propense_language language,
                                                       propense_sink sink, void *user,
                                                       propense_error *err);
/* The same into a file, atomically; "-" is standard output. Missing folders are made. */
PROPENSE_API propense_status propense_evaluation_write_file(const propense_evaluation *evaluation,
                                                            int32_t view, int32_t format,
                                                            propense_language language,
                                                            const char *path, propense_error *err);
/* 1 = better than chance, 0 = not better than chance, -1 = nothing could be judged. */
PROPENSE_API int32_t propense_evaluation_verdict(const propense_evaluation *evaluation);

#ifdef __cplusplus
}
#endif
#endif
