/* route: which networks' messages may a lane take now? See route.h.
 * Runs: any (pure). */
#include "gateway/model/route.h"

#include "gateway/model/outcome.h"

static bool route_is_exhausted(const struct route_load *load, int64_t parts)
{
    return !load->usable || load->open_parts > load->capacity || parts > load->largest;
}

int route_rank(enum phone_operator own, enum phone_operator route, enum routing routing,
               const struct route_load loads[static PHONE_OPERATORS], int64_t parts)
{
    if (own == route || own == OPERATOR_UNKNOWN)
        return ROUTE_OWN;
    if (route == OPERATOR_UNKNOWN)
        return ROUTE_STRAY;
    if (routing == ROUTING_ANY ||
        (routing == ROUTING_PREFER && route_is_exhausted(&loads[route], parts)))
        return ROUTE_OTHER;
    return ROUTE_FORBIDDEN;
}

void route_add(struct route_load *load, int64_t capacity, int64_t largest)
{
    load->usable = true;
    load->largest = largest > load->largest ? largest : load->largest;
    load->capacity = capacity < INT64_MAX - load->capacity ? load->capacity + capacity : INT64_MAX;
}

int64_t route_limits_largest(const struct meter_limits *limits)
{
    int64_t largest = OUTCOME_PARTS_MAX;

    if (limits->per_hour > 0 && limits->per_hour < largest)
        largest = limits->per_hour;
    if (limits->per_day > 0 && limits->per_day < largest)
        largest = limits->per_day;
    return largest;
}

static int64_t route_less(int64_t parts, int64_t taken)
{
    return taken < parts ? parts - taken : 0;
}

void route_take(struct route_load *load, int rank, int64_t parts)
{
    load->open_parts = route_less(load->open_parts, parts);
    if (rank == ROUTE_OWN && load->capacity != INT64_MAX)
        load->capacity = route_less(load->capacity, parts);
}
