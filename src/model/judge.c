/* Judging: probabilities of the test part and what they are worth.
 * Leaves the metrics to their room and the sentences to report/. Read judge.h first. */
#include "judge.h"

#include "kernels.h"
#include "maths.h"
#include "members.h"
#include "num.h"
#include "verdict.h"

void probabilities_of(const model *m, const struct kernels *k, const float *z, int64_t n, float *p)
{
    enum { piece = 128 };
    double logit[piece];
    const calibrator *c = &m->calibrator;
    int is_plain = !c->is_base_rate && c->map.kind == CALIBRATION_NONE && c->logit_shift == 0;
    for (int64_t first = 0; first < n; first += piece) {
        int64_t some = n - first < piece ? n - first : piece;
        if (is_plain)
            for (int64_t i = 0; i < some; i++) logit[i] = (double)z[first + i];
        else
            for (int64_t i = 0; i < some; i++)
                logit[i] = calibrator_logit(&m->calibrator, (double)z[first + i]);
        k->sigmoids(p + first, logit, some);
    }
}

status predict_rows(const model *m, const struct kernels *k, const float *x, int64_t n, float *p,
                    float *logit, arena *tmp, propense_error *err)
{
    arena_mark mark = arena_here(tmp);
    int64_t rows = n < network_block_rows ? n : network_block_rows;
    int64_t floats =
        m->n_members ? members_scratch(&m->network) : network_predict_scratch(&m->network, rows);
    float *scratch = TAKE_WIDE(tmp, float, floats);
    float *z = logit ? logit : TAKE(tmp, float, n);
    if (!scratch || !z) return fail_memory(err);
    if (m->n_members)
        members_logits(&m->network, m->params, m->n_members, k, x, n, z, scratch);
    else
        network_logits(&m->network, m->params, k, x, n, z, scratch);
    probabilities_of(m, k, z, n, p);
    arena_rewind(tmp, mark);
    return PROPENSE_OK;
}

/* Mean cross-entropy from logits, in row order. */
static double mean_loss(const model *m, const float *z, const uint8_t *y, int64_t n)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++) {
        double a = calibrator_logit(&m->calibrator, (double)z[i]);
        sum += (a > 0 ? a : 0) - a * y[i] + m_log1p(m_exp(a > 0 ? -a : a));
    }
    return sum / (double)n;
}

/* p: [n] the probabilities of the logits z, then scratch. */
static status judge_scores(model *m, float *p, const float *z, const uint8_t *y, int64_t n,
                           arena *tmp, propense_error *err)
{
    card *c = &m->card;
    c->test = confusion_of(y, p, n, 0.5);
    c->test_loss = mean_loss(m, z, y, n);
    /* The ranking is the network's, also where everybody is given the base rate. */
    for (int64_t i = 0; i < n; i++) p[i] = (float)m_sigmoid((double)z[i]);
    if (!auc_delong(&c->auc, y, p, n, 0.95, tmp)) return fail_memory(err);
    c->verdict = verdict_of(&c->auc);
    return PROPENSE_OK;
}

status judge_model(model *m, const struct kernels *k, const float *x, const uint8_t *y, int64_t n,
                   arena *tmp, propense_error *err)
{
    m->card.verdict = VERDICT_NONE;
    if (n == 0) return PROPENSE_OK;
    float *p = TAKE(tmp, float, n), *z = TAKE(tmp, float, n);
    if (!p || !z) return fail_memory(err);
    TRY(predict_rows(m, k, x, n, p, z, tmp, err));
    return judge_scores(m, p, z, y, n, tmp, err);
}

status judge_out_of_fold(model *m, const float *z, const uint8_t *y, int64_t n, arena *tmp,
                         propense_error *err)
{
    card *c = &m->card;
    float *p = TAKE(tmp, float, n);
    if (!p) return fail_memory(err);
    for (int64_t i = 0; i < n; i++)
        p[i] = (float)m_sigmoid(calibrator_logit(&m->calibrator, (double)z[i]));
    c->out_of_fold = 1;
    TRY(judge_scores(m, p, z, y, n, tmp, err));
    if (m->levelled && verdict_sign(c->verdict) > 0) c->verdict = VERDICT_CHANCE;
    return PROPENSE_OK;
}

/* Whether an option was given another value than its default; 1e-3 is 0.001. */
static int is_changed(const options *o, option_id id)
{
    double initial = 0;
    const option_row *row = &option_table[id];
    if (row->kind == KIND_TEXT) return strcmp(option_text(o, id), row->initial) != 0;
    if (row->kind == KIND_FLAG) return option_flag(o, id) != (strcmp(row->initial, "true") == 0);
    return num_parse(str_of(row->initial), &initial) && option_number(o, id) != initial;
}

/* The value as it is written down: numbers in one form, so that equal runs give equal files. */
static str option_value(const options *o, option_id id, arena *mem)
{
    char number[num_buffer];
    if (option_table[id].kind == KIND_TEXT) return str_keep(mem, str_of(option_text(o, id)));
    if (option_table[id].kind == KIND_FLAG) return option_flag(o, id) ? STR("true") : STR("false");
    int64_t n = num_repr(number, option_number(o, id));
    if (n > 2 && strcmp(number + n - 2, ".0") == 0) n -= 2;
    return str_keep(mem, (str){ number, n });
}

status remember_options(card *c, const options *o, arena *mem, propense_error *err)
{
    c->options = TAKE(mem, card_option, OPTION_COUNT);
    if (!c->options) return fail_memory(err);
    for (int i = 0; i < OPTION_COUNT; i++) {
        if (!option_table[i].is_result || !is_changed(o, (option_id)i)) continue;
        card_option *kept = &c->options[c->n_options++];
        kept->name = str_of(option_table[i].name);
        kept->value = option_value(o, (option_id)i, mem);
        if (!kept->value.p) return fail_memory(err);
    }
    c->test_size = option_number(o, OPT_test_size);
    c->stratify = option_flag(o, OPT_stratify);
    c->seed = option_int(o, OPT_seed);
    c->split_seed = option_int(o, OPT_split_seed);
    c->epochs = (int32_t)option_int(o, OPT_epochs);
    c->batch_size = (int32_t)option_int(o, OPT_batch_size);
    c->learning_rate = option_number(o, OPT_lr);
    return PROPENSE_OK;
}
