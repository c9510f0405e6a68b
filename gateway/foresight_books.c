/* foresight_books: what the office's books know of its modems. See foresight_books.h.
 * Runs: any (blocks). */
#include "gateway/foresight_books.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/base/zone.h"

/* Modems of one bank and one network, together. */
struct foresight_kin {
    const char *bank;
    int64_t network;
    int64_t messages, parts, ms;
};

struct foresight_own {
    const struct books_pace *pace; /* NULL: it has sent nothing */
    size_t kin;
};

static size_t foresight_find(const struct office *office, const char *device)
{
    size_t i = 0;

    while (i < office->n_modems && strcmp(office->modems[i].id, device) != 0)
        i++;
    return i;
}

static int foresight_take_sim(void *ctx, const struct books_sim *sim)
{
    struct foresight_books *known = ctx;
    size_t i = foresight_find(known->office, sim->device);
    enum phone_operator network = operators_of_imsi(sim->imsi);

    if (i == known->office->n_modems)
        return 0;
    if (network != OPERATOR_UNKNOWN)
        known->modems[i].network = (int64_t)network;
    if (!known->modems[i].meter) {
        known->modems[i].meter = meter_new(&known->office->modems[i].limits);
        meter_load(known->modems[i].meter, sim->uses, sim->n_uses);
    }
    return 0;
}

/* ---- air time ---- */

/* The gaps between parts of one message are in what was measured. */
static int64_t foresight_air_sum(const struct modem *modem, const struct books_pace *pace)
{
    int64_t ms = pace->ms - (pace->parts - pace->messages) * modem->gap_ms;

    return ms > 0 ? ms : 0;
}

static size_t foresight_join(const struct modem *modem, int64_t network, struct foresight_kin *kin,
                             size_t *n)
{
    size_t i = 0;

    while (i < *n && (kin[i].network != network || strcmp(kin[i].bank, modem->bank) != 0))
        i++;
    if (i == *n)
        kin[(*n)++] = (struct foresight_kin){.bank = modem->bank, .network = network};
    return i;
}

static void foresight_add_kin(const struct foresight_books *known, const struct books_pace *paces,
                              size_t n_paces, struct foresight_own *own, struct foresight_kin *kin)
{
    const struct office *office = known->office;
    size_t n = 0;

    for (size_t i = 0; i < n_paces; i++) {
        size_t at = foresight_find(office, paces[i].device);

        if (at < office->n_modems)
            own[at].pace = &paces[i];
    }
    for (size_t i = 0; i < office->n_modems; i++) {
        const struct modem *modem = &office->modems[i];
        int64_t network = modem->network >= 0 ? modem->network : known->modems[i].network;

        own[i].kin = foresight_join(modem, network, kin, &n);
        if (!own[i].pace)
            continue;
        kin[own[i].kin].messages += own[i].pace->messages;
        kin[own[i].kin].parts += own[i].pace->parts;
        kin[own[i].kin].ms += foresight_air_sum(modem, own[i].pace);
    }
}

static int64_t foresight_root(int64_t square)
{
    int64_t low = 0, high = 3000000; /* squares of millionths */

    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;

        *(middle * middle <= square ? &low : &high) = middle;
    }
    return low;
}

/* How far single modems are from the mean of their like. */
static void foresight_spread(struct foresight_books *known, const struct foresight_own *own,
                             const struct foresight_kin *kin)
{
    int64_t sum = 0, n = 0;

    for (size_t i = 0; i < known->office->n_modems; i++) {
        const struct foresight_kin *mine = &kin[own[i].kin];
        int64_t apart;

        if (!own[i].pace || own[i].pace->messages < FORESIGHT_ENOUGH || mine->ms < mine->parts)
            continue;
        apart = foresight_air_sum(&known->office->modems[i], own[i].pace) / own[i].pace->parts *
                    1000000 / (mine->ms / mine->parts) -
                1000000;
        apart = apart < 1000000 ? apart : 1000000;
        sum += apart * apart / 1000000;
        n++;
    }
    if (n > 1)
        known->air_spread = foresight_root(sum / n * 1000000);
}

static void foresight_measure(struct foresight_books *known, const struct books_pace *paces,
                              size_t n_paces)
{
    size_t n = known->office->n_modems;
    struct foresight_own *own = mem_array(n + 1, struct foresight_own);
    struct foresight_kin *kin = mem_array(n + 1, struct foresight_kin);

    foresight_add_kin(known, paces, n_paces, own, kin);
    for (size_t i = 0; i < n; i++) {
        const struct foresight_kin *mine = &kin[own[i].kin];

        if (mine->messages >= FORESIGHT_ENOUGH && mine->ms >= mine->parts)
            known->modems[i].part_ms = mine->ms / mine->parts;
    }
    foresight_spread(known, own, kin);
    free(own);
    free(kin);
}

/* ---- reading ---- */

static int foresight_read_books(struct foresight_books *known, struct books *books, int64_t now_ms)
{
    const struct office *office = known->office;
    struct books_pace *paces = NULL;
    size_t n = 0;
    int rc = books_sims(books, now_ms, foresight_take_sim, known);

    for (size_t i = 0; i < office->n_groups && rc == 0; i++) {
        known->groups[i] = meter_new(&office->groups[i].limits);
        rc = books_pool(books, office->groups[i].id, now_ms, known->groups[i]);
    }
    if (rc == 0)
        rc = books_paces(books, &paces, &n, &known->odds);
    if (rc == 0)
        foresight_measure(known, paces, n);
    free(paces);
    return rc;
}

struct foresight_books *foresight_books_read(const struct office *office, const char *path,
                                             int64_t now_ms)
{
    struct foresight_books *known = mem_new(struct foresight_books);
    MEM_FREE_LATER char *zone = zone_name();
    struct books *books;
    char why[512] = "";
    int rc;

    known->office = office;
    known->modems = mem_array(office->n_modems + 1, struct foresight_modem);
    known->groups = mem_array(office->n_groups + 1, struct meter *);
    for (size_t i = 0; i < office->n_modems; i++)
        known->modems[i].network = -1;
    rc = path ? books_open(&books, path, why, sizeof why) : -ENOENT;
    if (rc == 0) {
        zone_use(zone); /* the configuration's */
        rc = foresight_read_books(known, books, now_ms);
        books_close(books);
        if (rc < 0)
            snprintf(why, sizeof why, "%s: %s", path, lang_error(rc));
    }
    if (rc < 0 && rc != -ENOENT)
        fprintf(stderr,
                lang("lawcast: %s. The forecast is made without what was measured.\n",
                     "lawcast：%s。预测未使用实测数据。\n"),
                why);
    return known;
}

void foresight_books_free(struct foresight_books *known)
{
    for (size_t i = 0; i < known->office->n_modems; i++)
        meter_free(known->modems[i].meter);
    for (size_t i = 0; i < known->office->n_groups; i++)
        meter_free(known->groups[i]);
    free(known->modems);
    free(known->groups);
    free(known);
}

static int64_t foresight_share(int64_t n, int64_t of)
{
    return of > 0 ? n * 1000000 / of : 0;
}

int64_t foresight_books_chances(const struct foresight_books *known,
                                struct forecast_chances *chances)
{
    const struct books_odds *odds = &known->odds;

    if (odds->tried < FORESIGHT_ENOUGH)
        return 0;
    *chances = (struct forecast_chances){
        .rejected = foresight_share(odds->rejected, odds->tried - odds->deferred),
        .undelivered = foresight_share(odds->undelivered, odds->reported),
        .deferred = foresight_share(odds->deferred, odds->tried),
        .report_ms = odds->undelivered ? odds->undelivered_ms / odds->undelivered : 0,
        .air_spread = known->air_spread,
    };
    return odds->tried;
}
