/* zone: which time zone local days are meant in.
 * Runs: any, before there are threads that ask for local times. */
#ifndef LAWCAST_BASE_ZONE_H
#define LAWCAST_BASE_ZONE_H

/* The process's zone as TZ takes it, on other machines, too: "Asia/Shanghai"; to be freed. */
char *zone_name(void);
/* Local times are of this zone from now on. */
void zone_use(const char *name);

#endif
