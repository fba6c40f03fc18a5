/* The words behind the enums in propense.json. Read card_words.h first. */
#include "card_words.h"

const char *const card_role_words[card_n_roles] = { "feature", "target", "id", "left_out",
                                                    "weight" };
const char *const card_type_words[card_n_types] = { "numeric", "categorical", "boolean", "constant",
                                                    "date",    "text",        "empty",   "unread" };
const char *const card_verdict_words[card_n_verdicts] = { "not_judged", "chance", "below_chance",
                                                          "weak",       "fair",   "good",
                                                          "strong" };
const char *const card_series_words[card_n_series] = { "accuracy",     "auc",     "loss",
                                                       "val_accuracy", "val_auc", "val_loss" };

const char *const card_alarm_words[card_n_alarms] = {
    [ALARM_DECIDES] = "decides",     [ALARM_AFTERWARDS] = "afterwards",
    [ALARM_ONE_CLASS] = "one_class", [ALARM_LIKE_ID] = "like_id",
    [ALARM_TWINS] = "twins",         [ALARM_MACHINE] = "machine_made",
};
