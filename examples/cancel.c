/* Stops a training from its progress callback, here after three epochs: the call comes back with
 * PROPENSE_E_CANCELLED and there is no model. A real program would look at a flag that its Cancel
 * button sets.
 * usage: cancel DATA.csv */
#include <propense/propense.h>
#include <stdio.h>

typedef struct watch {
    int32_t last_epoch; /* stop when this one has ended */
    int32_t ended;
} watch;

static int stop_when_told(void *user, const propense_progress *p)
{
    watch *w = user;
    if (p->phase != PROPENSE_PHASE_TRAIN || !p->epoch_ended) return 0;
    w->ended = p->epoch;
    printf("epoch %d of %d: loss %.4f\n", (int)p->epoch, (int)p->n_epochs, p->loss);
    return p->epoch >= w->last_epoch;
}

int main(int argc, char **argv)
{
    watch w = { 3, 0 };
    propense_error err = PROPENSE_ERROR_INIT;
    propense_callbacks callbacks = PROPENSE_CALLBACKS_INIT;
    propense_model *model = NULL;
    if (argc != 2) {
        fprintf(stderr, "usage: %s DATA.csv\n", argv[0]);
        return 2;
    }
    callbacks.user = &w;
    callbacks.progress = stop_when_told;
    propense_status s = propense_train(&model, argv[1], NULL, &callbacks, &err);
    propense_model_free(model); /* NULL when the call failed, which is fine */
    if (s == PROPENSE_E_CANCELLED && w.ended == w.last_epoch) {
        printf("cancelled after epoch %d: %s\n", (int)w.ended, err.message);
        return 0;
    }
    fprintf(stderr, "%s\n", s == PROPENSE_OK ? "it was not cancelled" : err.message);
    return 1;
}
