/* attach_time: does the time that a unit tells belong to the campaign that it names?
 * Runs: any (blocks; read-only). */
#ifndef LAWCAST_ATTACH_TIME_H
#define LAWCAST_ATTACH_TIME_H

/* held: as attach takes it, beginning with a time. Says on standard error when that lies more than
 * a day outside all windows of the campaign: activities may, but more often the campaign or the
 * time is another one's. */
void attach_time_warn(const char *ledger, const char *campaign, const char *held);

#endif
