/* Steps of the optimisers, of one CPU level; part of kernel_body.h. Formulas as in Keras 3; Adam
 * itself is adam_some. Moments below 2^-100 are written as 0, as there.
 */

ALWAYS void nadam_some(float *w, float *m, float *v, vec g, int64_t n,
                       const struct optimiser_step *s)
{
    vec first = load_some(m, n), second = load_some(v, n);
    first = settle(first + (g - first) * SPLAT(s->adam.keep1));
    second = settle(second + (g * g - second) * SPLAT(s->adam.keep2));
    store_some(m, first, n);
    store_some(v, second, n);
    vec ahead = first * SPLAT(s->share_m) + g * SPLAT(s->share_g);
    vec root = SQRT(second * SPLAT(s->share_v)) + SPLAT(s->adam.epsilon);
    store_some(w, load_some(w, n) - ahead * SPLAT(s->rate) / root, n);
}

ALWAYS void momentum_some(float *w, float *m, vec g, int64_t n, const struct optimiser_step *s)
{
    vec change = g * SPLAT(s->rate);
    vec speed = settle(load_some(m, n) * SPLAT(s->momentum) - change);
    store_some(m, speed, n);
    if (s->nesterov) speed = speed * SPLAT(s->momentum) - change;
    store_some(w, load_some(w, n) + speed, n);
}

/* epsilon is within the root. */
ALWAYS void rmsprop_some(float *w, float *m, float *v, vec g, int64_t n,
                         const struct optimiser_step *s)
{
    vec second = load_some(v, n) * SPLAT(s->rho) + g * g * SPLAT(s->adam.keep2);
    second = settle(second);
    store_some(v, second, n);
    vec change = g * SPLAT(s->rate) / SQRT(second + SPLAT(s->adam.epsilon));
    if (s->momentum > 0) {
        change = settle(load_some(m, n) * SPLAT(s->momentum) + change);
        store_some(m, change, n);
    }
    store_some(w, load_some(w, n) - change, n);
}

static void optimise(float *w, float *m, float *v, const float *g, int64_t n,
                     const struct optimiser_step *s)
{
    for (int64_t i = 0; i < n; i += LANES) {
        int64_t some = n - i;
        vec grad = load_some(g + i, some) * SPLAT(s->factor);
        if (s->clip > 0) {
            grad = choose(grad > SPLAT(s->clip), SPLAT(s->clip), grad);
            grad = choose(grad < SPLAT(-s->clip), SPLAT(-s->clip), grad);
        }
        if (s->decay > 0) {
            vec old = load_some(w + i, some);
            store_some(w + i, old - old * SPLAT(s->decay), some);
        }
        switch (s->kind) {
        case DESCEND_ADAM:
            adam_some(w + i, m + i, v + i, grad, some, &s->adam);
            break;
        case DESCEND_NADAM:
            nadam_some(w + i, m + i, v + i, grad, some, s);
            break;
        case DESCEND_MOMENTUM:
            momentum_some(w + i, m + i, grad, some, s);
            break;
        case DESCEND_RMSPROP:
            rmsprop_some(w + i, m + i, v + i, grad, some, s);
            break;
        default:
            store_some(w + i, load_some(w + i, some) - grad * SPLAT(s->rate), some);
            break;
        }
    }
}

/* The gradient of l1 sum |w| + l2 sum w^2 on top of g. */
static void penalise(float *g, const float *w, int64_t n, float l1, float l2)
{
    for (int64_t i = 0; i < n; i += LANES) {
        vec x = load_some(w + i, n - i), zero = SPLAT(0.0F);
        vec sign = choose(x > zero, SPLAT(1.0F), choose(x < zero, SPLAT(-1.0F), zero));
        vec more = sign * SPLAT(l1) + x * SPLAT(2 * l2);
        store_some(g + i, load_some(g + i, n - i) + more, n - i);
    }
}
