/* Learns from a CSV, tells what the model is worth, saves it, loads it again and scores a CSV.
 * usage: train_and_score DATA.csv     writes model.keras and scores.csv to the current folder */
#include <propense/propense.h>
#include <stdio.h>

static int print(void *user, const void *bytes, size_t n)
{
    (void)user;
    return fwrite(bytes, 1, n, stdout) != n;
}

int main(int argc, char **argv)
{
    propense_error err = PROPENSE_ERROR_INIT;
    propense_options *options = NULL;
    propense_model *trained = NULL, *loaded = NULL;
    propense_score_summary summary = PROPENSE_SCORE_SUMMARY_INIT;
    if (argc != 2) {
        fprintf(stderr, "usage: %s DATA.csv\n", argv[0]);
        return 2;
    }
    propense_status s = propense_options_new(&options, &err);
    if (s == PROPENSE_OK) s = propense_options_set(options, "epochs", "10", &err);
    if (s == PROPENSE_OK) s = propense_train(&trained, argv[1], options, NULL, &err);
    if (s == PROPENSE_OK)
        s = propense_model_write(trained, PROPENSE_VIEW_VERDICT, PROPENSE_AS_TEXT, PROPENSE_ENGLISH,
                                 print, NULL, &err);
    if (s == PROPENSE_OK) s = propense_model_save(trained, "model.keras", &err);
    if (s == PROPENSE_OK) s = propense_model_load(&loaded, "model.keras", &err);
    if (s == PROPENSE_OK)
        s = propense_score(loaded, argv[1], "scores.csv", NULL, NULL, &summary, &err);
    if (s == PROPENSE_OK)
        printf("%lld rows scored\n", (long long)summary.n_rows);
    else
        fprintf(stderr, "%s\n", err.message);
    propense_model_free(loaded);
    propense_model_free(trained);
    propense_options_free(options);
    return s == PROPENSE_OK ? 0 : 1;
}
