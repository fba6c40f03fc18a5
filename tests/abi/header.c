/* The public header stands alone, as C99 and as C++11 without a warning: nothing is included before
 * it, and every macro and every call with a struct of the caller's is used. */
#include <propense/propense.h>

int use_header(propense_model *model, propense_options *options);

static propense_error an_error = PROPENSE_ERROR_INIT;
static propense_callbacks the_callbacks = PROPENSE_CALLBACKS_INIT;
static propense_option_info an_info = PROPENSE_OPTION_INFO_INIT;
static propense_score_summary a_summary = PROPENSE_SCORE_SUMMARY_INIT;

int use_header(propense_model *model, propense_options *options)
{
    propense_error_init(&an_error, sizeof an_error);
    propense_callbacks_init(&the_callbacks, sizeof the_callbacks);
    propense_option_info_init(&an_info, sizeof an_info);
    propense_score_summary_init(&a_summary, sizeof a_summary);
    return propense_option_describe(&an_info, 0, PROPENSE_ENGLISH) == PROPENSE_OK &&
           propense_score(model, "in", "out", options, &the_callbacks, &a_summary, &an_error) ==
               PROPENSE_OK;
}
