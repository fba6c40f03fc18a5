/* A file read and understood: its table, the schema inferred from it, the target, and the rows that
 * have one. What training, folds and evaluations take their rows from. */
#ifndef PROPENSE_DATASET_H
#define PROPENSE_DATASET_H

#include "encoder.h"
#include "options.h"
#include "progress.h"
#include "schema.h"

typedef struct dataset {
    const char *name; /* of the file or files, for messages */
    table data;       /* empty once it was given back */
    schema schema;
    int64_t n_rows; /* of the file */
    uint8_t *y;     /* [n_rows]; 255 where the target is missing */
    float *weight;  /* [n_rows] of --weight_column; NULL without */
    int64_t n_known;
    int64_t *known; /* [n_known] rows whose target is known, in file order */
    int32_t *group; /* [n_rows] 0 .. n_groups - 1 of the known ones: --group. NULL: none */
    int32_t n_groups;
    const encoder *judged; /* whose columns are needed: dataset_read_to_judge */
    arena mem;             /* owner of everything but the table */
} dataset;

/* Reads the file that the options describe. On failure *out holds nothing; else dataset_free. */
status dataset_read(dataset *out, const char *path, const options *o, const propense_callbacks *cb,
                    propense_error *err);
/* The same for rows that a model is judged on: its columns and its target have to be there, and the
 * target may have one value only. */
status dataset_read_to_judge(dataset *out, const encoder *e, const char *path, const options *o,
                             const propense_callbacks *cb, propense_error *err);
/* The inferred schema as a message, before the training that it decides. */
status dataset_tell(const dataset *d, const propense_callbacks *cb, propense_error *err);
/* The targets of rows [n], taken from mem. */
status dataset_targets(uint8_t **out, const dataset *d, const int64_t *rows, int64_t n, arena *mem,
                       propense_error *err);
/* Their groups [n]; NULL where there are none. */
status dataset_groups(int32_t **out, const dataset *d, const int64_t *rows, int64_t n, arena *mem,
                      propense_error *err);
/* Gives the table back early, when matrices hold all that is still needed; schema and targets
 * stay. */
void dataset_free_table(dataset *d);
void dataset_free(dataset *d); /* all-zero is fine */

#endif
