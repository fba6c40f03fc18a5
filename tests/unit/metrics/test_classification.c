/* Reports against text that scikit-learn 1.9.1 and pandas 3.1.1 printed for the same counts. */
#include "classification.h"
#include "propense/propense.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void counting(void **state)
{
    (void)state;
    const uint8_t y[] = { 0, 0, 1, 1, 1, 0 };
    const float p[] = { 0.5f, 0.50001f, 0.5f, 0.9f, 1.0f, 0.0f };
    confusion c = confusion_of(y, p, 6, 0.5);
    assert_int_equal(c.true_negative, 2);
    assert_int_equal(c.false_positive, 1);
    assert_int_equal(c.false_negative, 1);
    assert_int_equal(c.true_positive, 2);
}

/* The campaign file's split when nobody is called a converter. */
static void campaign_csv(void **state)
{
    (void)state;
    const confusion c = { 73, 0, 27, 0 };
    text t = { 0 };
    classification_csv(&t, &c, STR("0"), STR("1"), 0.5164890918315577);
    assert_string_equal(t.p, ",precision,recall,f1-score,support,roc_auc\n"
                             "0,0.73,1.0,0.8439306358381503,73.0,\n"
                             "1,0.0,0.0,0.0,27.0,0.5164890918315577\n"
                             "accuracy,0.73,0.73,0.73,0.73,\n"
                             "macro avg,0.365,0.5,0.42196531791907516,100.0,\n"
                             "weighted avg,0.5329,0.73,0.6160693641618498,100.0,\n");
    text_free(&t);
}

static void labels_are_quoted_and_absent_classes_left_out(void **state)
{
    (void)state;
    const confusion both = { 1, 0, 0, 1 }, one = { 0, 0, 0, 3 };
    text t = { 0 };
    classification_csv(&t, &both, STR("no, \"thanks\""), STR("s\xC3\xAD"), 1.0);
    assert_non_null(strstr(t.p, "\n\"no, \"\"thanks\"\"\",1.0,1.0,1.0,1.0,\n"));
    assert_non_null(strstr(t.p, "\ns\xC3\xAD,1.0,1.0,1.0,1.0,1.0\n"));
    text_free(&t);
    classification_csv(&t, &one, STR("0"), STR("1"), (double)NAN);
    assert_string_equal(t.p, ",precision,recall,f1-score,support,roc_auc\n"
                             "1,1.0,1.0,1.0,3.0,\n"
                             "accuracy,1.0,1.0,1.0,1.0,\n"
                             "macro avg,1.0,1.0,1.0,3.0,\n"
                             "weighted avg,1.0,1.0,1.0,3.0,\n");
    text_free(&t);
}

static void text_report(void **state)
{
    (void)state;
    const confusion c = { 2, 0, 1, 1 };
    text t = { 0 };
    classification_text(&t, &c, STR("0"), STR("1"), PROPENSE_ENGLISH);
    assert_string_equal(t.p, "              precision    recall  f1-score   support\n"
                             "\n"
                             "           0       0.67      1.00      0.80         2\n"
                             "           1       1.00      0.50      0.67         2\n"
                             "\n"
                             "    accuracy                           0.75         4\n"
                             "   macro avg       0.83      0.75      0.73         4\n"
                             "weighted avg       0.83      0.75      0.73         4\n");
    text_free(&t);
    classification_text(&t, &c, STR("a very long label"), STR("\xC3\xB1u"), PROPENSE_ENGLISH);
    assert_non_null(strstr(t.p,
                           "a very long label       0.67      1.00      0.80         2\n"
                           "               \xC3\xB1u       1.00      0.50      0.67         2\n\n"
                           "         accuracy                           0.75         4\n"));
    text_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counting),
        cmocka_unit_test(campaign_csv),
        cmocka_unit_test(labels_are_quoted_and_absent_classes_left_out),
        cmocka_unit_test(text_report),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
