/* disk_power: what a power cut would take back. See disk_faults.h, whose lock is held.
 * Runs: any. */
#ifndef LAWCAST_TESTS_SUPPORT_DISK_POWER_H
#define LAWCAST_TESTS_SUPPORT_DISK_POWER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Before the change: of length bytes from offset; of the size. */
void disk_power_note_write(int fd, off_t offset, size_t length);
void disk_power_note_cut(int fd, off_t length);
void disk_power_note_sync(int fd); /* of a file or a folder */
/* Before the change of a name; paths are absolute. */
void disk_power_note_new(const char *path);
void disk_power_note_gone(const char *path);
void disk_power_note_moved(const char *from, const char *to);
/* Puts everything back that isn't durable; some: by chance. */
void disk_power_cut(bool some, uint64_t seed);

#endif
