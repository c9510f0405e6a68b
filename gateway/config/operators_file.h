/* operators_file: which prefix and which ported number belongs to which network, as CSV files.
 * Runs: loop.
 *
 * The first line names the columns, any case: the prefix is called prefix, 号段 or 前缀, the number
 * as in lists of recipients, the network operator, 运营商, network or 网络; other columns are for
 * people. A line that begins with # is passed over. */
#ifndef LAWCAST_CONFIG_OPERATORS_FILE_H
#define LAWCAST_CONFIG_OPERATORS_FILE_H

#include "gateway/base/diag.h"
#include "gateway/model/operators.h"

/* Each adds the rows of a file to operators: 0, or 1 with errors in diag, one for each wrong row up
 * to a thousand; the right ones are added all the same. */
int operators_file_read(const char *path, struct operators *operators, struct diag *diag);
int operators_file_read_ported(const char *path, struct operators *operators, struct diag *diag);

#endif
