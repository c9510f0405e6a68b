/* berths: the devices under which one modem may be found. See berths.h.
 * Runs: loop. */
#include "adapters/modem/berths.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/base/hex.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"

static const char *berths_name(const struct berths *berths, size_t i)
{
    return i ? berths->modem->spares->items[i - 1] : berths->modem->device;
}

/* One fingerprint after the other. */
static uint64_t berths_mark(uint64_t before, const struct stat *now)
{
    const uint64_t marks[] = {before,
                              now->st_dev,
                              now->st_ino,
                              now->st_rdev,
                              (uint64_t)now->st_ctim.tv_sec,
                              (uint64_t)now->st_ctim.tv_nsec};

    return hex_fingerprint(marks, sizeof marks);
}

/* What the name leads to now; 0: nothing. A device that is plugged in is made anew, and so is the
 * link to it, even when names and numbers are the old ones. */
static uint64_t berths_look(const struct berths *berths, size_t i)
{
    const char *name = berths_name(berths, i);
    struct stat device, link;
    uint64_t print;

    if (stat(name, &device) < 0 || lstat(name, &link) < 0)
        return 0;
    print = berths_mark(berths_mark(0, &device), &link);
    return print ? print : 1;
}

void berths_init(struct berths *berths, const struct modem *modem, struct ports *ports,
                 const void *owner)
{
    berths->modem = modem;
    berths->ports = ports;
    berths->owner = owner;
    berths->n = 1 + (ports && modem->spares ? modem->spares->n : 0);
    berths->refused = mem_array(berths->n, uint64_t);
    berths->passed = mem_array(berths->n, bool);
}

void berths_fini(struct berths *berths)
{
    LOG_ASSERT(!berths->taken);
    free(berths->refused);
    free(berths->passed);
    berths->refused = NULL;
    berths->passed = NULL;
}

/* FOUND: it is taken. */
static enum berths_result berths_try(struct berths *berths, size_t i)
{
    uint64_t print = berths_look(berths, i);

    if (i == 0)
        berths->seen = print;
    if (!print)
        return BERTHS_ABSENT;
    if (print == berths->refused[i])
        return BERTHS_STRANGE;
    if (berths->ports && !ports_take(berths->ports, berths_name(berths, i), berths->owner))
        return BERTHS_OCCUPIED;
    berths->taken = true;
    berths->at = i;
    berths->print = print;
    return BERTHS_FOUND;
}

enum berths_result berths_find(struct berths *berths, bool spares)
{
    enum berths_result own;

    LOG_ASSERT(!berths->taken);
    own = berths_try(berths, 0);
    if (own == BERTHS_FOUND || !spares)
        return own;
    for (size_t i = 1; i < berths->n; i++)
        if (!berths->passed[i] && berths_try(berths, i) == BERTHS_FOUND)
            return BERTHS_FOUND;
    memset(berths->passed, 0, berths->n * sizeof *berths->passed);
    return own;
}

const char *berths_device(const struct berths *berths)
{
    LOG_ASSERT(berths->taken);
    return berths_name(berths, berths->at);
}

bool berths_is_own(const struct berths *berths)
{
    return berths->taken && berths->at == 0;
}

void berths_refuse(struct berths *berths)
{
    LOG_ASSERT(berths->taken);
    berths->refused[berths->at] = berths->print;
}

void berths_pass(struct berths *berths)
{
    LOG_ASSERT(berths->taken);
    berths->passed[berths->at] = true;
}

void berths_leave(struct berths *berths)
{
    if (!berths->taken)
        return;
    if (berths->ports)
        ports_release(berths->ports, berths->owner);
    berths->taken = false;
}

void berths_forgive(struct berths *berths)
{
    for (size_t i = 0; i < berths->n; i++)
        berths->refused[i] = 0;
}

bool berths_have_changed(const struct berths *berths)
{
    uint64_t now = berths_look(berths, 0);

    return now != 0 && now != berths->seen;
}

bool berths_was_unplugged(const struct berths *berths)
{
    return berths_look(berths, 0) != berths->seen;
}
