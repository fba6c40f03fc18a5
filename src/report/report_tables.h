/* The numbers behind the report's charts as CSV, for --assets: comma, point, every number
 * unrounded. */
#ifndef PROPENSE_REPORT_TABLES_H
#define PROPENSE_REPORT_TABLES_H

#include "html_report.h"

/* Calls `put` with each table there is: "importance", "roc" ... */
typedef status (*report_table_put)(void *user, const char *name, const text *csv,
                                   propense_error *err);
status report_tables(const report_data *r, report_table_put put, void *user, propense_error *err);

#endif
