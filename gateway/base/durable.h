/* durable: small files that survive a power cut whole or not at all.
 * Runs: any (blocks). */
#ifndef LAWCAST_BASE_DURABLE_H
#define LAWCAST_BASE_DURABLE_H

#include <stddef.h>
#include <sys/types.h>

/* Writes the file under a name beside path, syncs it, gives it the name, and syncs the folder. 0 or
 * -errno: then path is as it was. */
int durable_replace(const char *path, const void *data, size_t length, mode_t mode);
/* Makes what names in a folder say durable: a file that was made, renamed or removed is so only
 * then. 0 or -errno. */
int durable_sync_folder(const char *folder);
int durable_sync_parent(const char *path); /* the folder that path is in */

#endif
