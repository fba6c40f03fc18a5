/* Sends what the library has to say, in Spanish, and every epoch's figures into a log of its own.
 * usage: custom_log DATA.csv     writes train.log to the current folder */
#include <propense/propense.h>
#include <stdio.h>

typedef struct log_file {
    FILE *file;
    int n_messages, n_epochs;
} log_file;

static void log_message(void *user, int32_t level, const char *text)
{
    log_file *l = user;
    l->n_messages++;
    fprintf(l->file, "[%s] %s\n", level == PROPENSE_WARNING ? "warning" : "note", text);
}

/* Called some times an epoch, too; only its end is logged. Figures not known are NaN. */
static int log_progress(void *user, const propense_progress *p)
{
    log_file *l = user;
    if (p->phase != PROPENSE_PHASE_TRAIN || !p->epoch_ended) return 0;
    l->n_epochs++;
    fprintf(l->file, "[epoch] %d/%d loss=%.4f auc=%.4f val_loss=%.4f val_auc=%.4f\n", (int)p->epoch,
            (int)p->n_epochs, p->loss, p->auc, p->val_loss, p->val_auc);
    return 0;
}

static propense_status train(const char *path, log_file *l, propense_error *err)
{
    propense_callbacks callbacks = PROPENSE_CALLBACKS_INIT;
    propense_options *options = NULL;
    propense_model *model = NULL;
    callbacks.user = l;
    callbacks.language = PROPENSE_SPANISH;
    callbacks.message = log_message;
    callbacks.progress = log_progress;
    propense_status s = propense_options_new(&options, err);
    if (s == PROPENSE_OK) s = propense_options_set(options, "epochs", "5", err);
    if (s == PROPENSE_OK) s = propense_train(&model, path, options, &callbacks, err);
    propense_model_free(model);
    propense_options_free(options);
    return s;
}

int main(int argc, char **argv)
{
    propense_error err = PROPENSE_ERROR_INIT;
    log_file l = { NULL, 0, 0 };
    if (argc != 2) {
        fprintf(stderr, "usage: %s DATA.csv\n", argv[0]);
        return 2;
    }
    l.file = fopen("train.log", "w");
    if (!l.file) {
        perror("train.log");
        return 1;
    }
    propense_status s = train(argv[1], &l, &err);
    if (s != PROPENSE_OK) fprintf(stderr, "%s\n", err.message);
    if (fclose(l.file) != 0) {
        perror("train.log");
        return 1;
    }
    printf("train.log: %d messages, %d epochs\n", l.n_messages, l.n_epochs);
    return s == PROPENSE_OK && l.n_messages > 0 && l.n_epochs == 5 ? 0 : 1;
}
