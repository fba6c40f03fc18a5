/* Progress on stderr, and Ctrl-C. The only place that looks at a clock. Read cli.h first. */
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

static volatile sig_atomic_t stop_asked;

/* The first Ctrl-C asks; the second finds the default action and ends the process at once. */
static void on_interrupt(int number)
{
    (void)number;
    stop_asked = 1;
}

static double now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void close_line(display *d)
{
    if (d->line_is_open) fputs("\r\033[K", stderr);
    d->line_is_open = 0;
}

static void on_message(void *user, int32_t level, const char *text)
{
    display *d = user;
    propense_language language = d->language;
    if (level == PROPENSE_PROBLEM) keep_problem(text);
    if (level == PROPENSE_PROBLEM || (d->verbose == 0 && level == PROPENSE_NOTE)) return;
    close_line(d);
    fprintf(stderr, "%s%s\n", level == PROPENSE_WARNING ? _("warning: ") : "", text);
}

/* Keras prints small values with an exponent. */
static void print_figure(const char *name, double value)
{
    if (isnan(value)) return;
    fprintf(stderr, value > 0.001 ? " - %s: %.4f" : " - %s: %.4e", name, value);
}

static void print_step_time(double seconds)
{
    if (seconds >= 1 || seconds <= 0)
        fprintf(stderr, " - %.0fs/step", seconds);
    else if (seconds >= 1e-3)
        fprintf(stderr, " - %.0fms/step", seconds * 1e3);
    else
        fprintf(stderr, " - %.0fus/step", seconds * 1e6);
}

/* Keras 3: alphabetical; the time stands first. */
static void print_keras3(const propense_progress *p, double seconds)
{
    fprintf(stderr, "%lld/%lld - %.0fs", (long long)p->total, (long long)p->total, seconds);
    print_step_time(p->total ? seconds / (double)p->total : 0);
    print_figure("accuracy", p->accuracy);
    print_figure("auc", p->auc);
    print_figure("loss", p->loss);
    print_figure("val_accuracy", p->val_accuracy);
    print_figure("val_auc", p->val_auc);
    print_figure("val_loss", p->val_loss);
    fputc('\n', stderr);
}

/* tf.keras of TensorFlow 2: loss first; the times stand last. */
static void print_keras2(const propense_progress *p, double seconds)
{
    fprintf(stderr, "%lld/%lld - %.0fs", (long long)p->total, (long long)p->total, seconds);
    print_figure("loss", p->loss);
    print_figure("accuracy", p->accuracy);
    print_figure("auc", p->auc);
    print_figure("val_loss", p->val_loss);
    print_figure("val_accuracy", p->val_accuracy);
    print_figure("val_auc", p->val_auc);
    double step = p->total ? seconds / (double)p->total : 0;
    if (seconds >= 1 || seconds <= 0)
        fprintf(stderr, " - %.0fs/epoch", seconds);
    else
        fprintf(stderr, " - %.0fms/epoch", seconds * 1e3);
    print_step_time(step);
    fputc('\n', stderr);
}

static void log_epoch(display *d, const propense_progress *p)
{
    if (d->epoch_told != p->epoch) {
        d->epoch_told = p->epoch;
        if (d->epoch_start == 0) d->epoch_start = now();
        if (p->n_epochs > 1) fprintf(stderr, "Epoch %d/%d\n", (int)p->epoch, (int)p->n_epochs);
    }
    if (!p->epoch_ended) return;
    double end = now();
    if (d->keras2)
        print_keras2(p, end - d->epoch_start);
    else
        print_keras3(p, end - d->epoch_start);
    d->epoch_start = end;
}

static void renew_line(display *d, const propense_progress *p)
{
    propense_language language = d->language;
    double time = now();
    if (time - d->last < 0.1) return; /* ten times a second is enough for eyes */
    d->last = time;
    int share = p->total > 0 ? (int)(100 * p->done / p->total) : 0;
    fputs("\r\033[K", stderr);
    if (p->phase == PROPENSE_PHASE_TRAIN) {
        fprintf(stderr, _("epoch %d of %d"), (int)p->epoch, (int)p->n_epochs);
        if (!isnan(p->loss)) fprintf(stderr, "   loss %.4f", p->loss);
        if (!isnan(p->val_loss)) fprintf(stderr, "   val_loss %.4f", p->val_loss);
    } else {
        fputs(p->phase == PROPENSE_PHASE_READ       ? _("reading")
              : p->phase == PROPENSE_PHASE_EVALUATE ? _("judging")
                                                    : _("scoring"),
              stderr);
        if (p->total > 0) fprintf(stderr, " %d %%", share);
    }
    fflush(stderr);
    d->line_is_open = 1;
}

static int on_progress(void *user, const propense_progress *p)
{
    display *d = user;
    if (d->verbose == 2 && p->phase == PROPENSE_PHASE_TRAIN)
        log_epoch(d, p);
    else if (d->verbose >= 1 && d->is_terminal)
        renew_line(d, p);
    return stop_asked;
}

propense_callbacks display_begin(display *d, const request *r)
{
    *d = (display){ .language = r->language,
                    .verbose = request_number(r, "verbose"),
                    .keras2 = strcmp(request_text(r, "log_style"), "keras2") == 0,
                    .is_terminal = isatty(STDERR_FILENO) };
    if (d->verbose == 0 && request_flag(r, "dry_run")) d->verbose = 1; /* its answer is a note */
    struct sigaction action = { .sa_handler = on_interrupt, .sa_flags = SA_RESETHAND };
    sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    propense_callbacks callbacks = PROPENSE_CALLBACKS_INIT;
    callbacks.user = d;
    callbacks.language = r->language;
    callbacks.progress = on_progress;
    callbacks.message = on_message;
    return callbacks;
}

void display_end(display *d)
{
    close_line(d);
}
