/* receipt_file: receipts as a file of their own.
 * Runs: any (blocks). */
#ifndef LAWCAST_RECEIPT_FILE_H
#define LAWCAST_RECEIPT_FILE_H

#include "gateway/base/buffer.h"

/* Nobody else may read it (numbers are in it), nothing is written over, and it is durable. command:
 * on whose behalf what is wrong is told. COMMAND_FINE, REFUSED (it is there already) or MACHINE. */
int receipt_file_write(const char *command, const char *path, const struct buffer *text);

#endif
