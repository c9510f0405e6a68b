/* zone: which time zone local days are meant in. See zone.h.
 * Runs: any. */
#include "gateway/base/zone.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/mem.h"

/* What TZ has, if others can use it, too: no path of this machine. */
static const char *zone_told(void)
{
    const char *zone = getenv("TZ");

    if (zone && *zone == ':')
        zone++;
    return zone && *zone && *zone != '/' ? zone : NULL;
}

/* The machine's own zone is a link into a folder that every machine has. */
static char *zone_linked(void)
{
    static const char folder[] = "zoneinfo/";
    char target[256];
    ssize_t n = readlink("/etc/localtime", target, sizeof target - 1);
    const char *name;

    if (n <= 0 || getenv("TZ"))
        return NULL;
    target[n] = '\0';
    name = strstr(target, folder);
    return name ? mem_dup(name + sizeof folder - 1) : NULL;
}

/* Else the offset of this moment: POSIX counts west of Greenwich. */
static char *zone_offset(void)
{
    time_t now = time(NULL);
    struct tm tm;
    long minutes;

    if (!localtime_r(&now, &tm))
        return mem_dup("UTC0");
    minutes = labs(tm.tm_gmtoff) / 60;
    return mem_printf("<%c%02ld%02ld>%s%02ld:%02ld", tm.tm_gmtoff < 0 ? '-' : '+', minutes / 60,
                      minutes % 60, tm.tm_gmtoff < 0 ? "" : "-", minutes / 60, minutes % 60);
}

char *zone_name(void)
{
    const char *told = zone_told();
    char *linked = told ? mem_dup(told) : zone_linked();

    return linked ? linked : zone_offset();
}

void zone_use(const char *name)
{
    setenv("TZ", name, 1);
    tzset();
}
