/* onbon_bulletins: what an onbon-y board has in its hundred orders. See onbon_y.h, onbon_room.h.
 * Runs: any. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "tests/sim/onbon_room.h"

bool onbon_has_key(const struct onbon *onbon, const char *key)
{
    for (size_t i = 0; i < BULLETIN_ORDERS; i++)
        if (onbon->places[i].key && strcmp(onbon->places[i].key, key) == 0)
            return true;
    return false;
}

/* Takes the bulletin over. */
static void onbon_store(struct onbon *onbon, unsigned order, struct bulletin *bulletin)
{
    struct onbon_place *place = &onbon->places[order];

    place->key = mem_dup(bulletin->name);
    place->bulletin = *bulletin;
    *bulletin = (struct bulletin){0};
    for (size_t i = 0; i < BULLETIN_ORDERS; i++)
        if (i != order && onbon->places[i].key && strcmp(onbon->places[i].key, place->key) == 0) {
            free(place->key);
            place->key = mem_printf("%s#%u", place->bulletin.name, order);
            return;
        }
}

int onbon_create_bulletin(struct onbon_call *call)
{
    struct bulletin bulletin = {0};
    unsigned order = 0;
    int rc = call->input ? bulletin_read(call->input, &order, &bulletin) : ONBON_KEY;

    if (!rc && call->onbon->places[order].key)
        rc = ONBON_PROCESSING;
    if (!rc && !call->onbon->lies)
        onbon_store(call->onbon, order, &bulletin);
    bulletin_release(&bulletin);
    return rc;
}

void onbon_play_all(struct onbon *onbon, int64_t now_ms)
{
    for (size_t i = 0; i < BULLETIN_ORDERS; i++) {
        const struct onbon_place *place = &onbon->places[i];

        if (place->key && !reel_find(onbon->reel, place->key))
            reel_put(onbon->reel,
                     &(struct reel_item){.name = place->key,
                                         .text = place->bulletin.text,
                                         .window = place->bulletin.window},
                     now_ms);
    }
}

int onbon_play_bulletin(struct onbon_call *call)
{
    onbon_play_all(call->onbon, call->now_ms);
    return ONBON_OK;
}

int onbon_stop_bulletin(struct onbon_call *call)
{
    struct onbon *onbon = call->onbon;

    for (size_t i = 0; i < BULLETIN_ORDERS; i++)
        if (onbon->places[i].key && !reel_is_own(onbon->reel, onbon->places[i].key))
            reel_remove(onbon->reel, onbon->places[i].key, call->now_ms);
    return ONBON_OK;
}

int onbon_query_bulletin(struct onbon_call *call)
{
    for (unsigned i = 0; i < BULLETIN_ORDERS; i++) {
        const char *name = call->onbon->places[i].bulletin.name;
        char order[12];

        if (!name)
            continue;
        snprintf(order, sizeof order, "%u", i);
        onbon_put(call, order, name);
    }
    return ONBON_OK;
}

static void onbon_clear_place(struct onbon_place *place)
{
    bulletin_release(&place->bulletin);
    free(place->key);
    place->key = NULL;
}

static void onbon_remove(struct onbon *onbon, unsigned order, int64_t now_ms)
{
    struct onbon_place *place = &onbon->places[order];

    if (!place->key)
        return;
    reel_remove(onbon->reel, place->key, now_ms);
    onbon_clear_place(place);
}

/* Orders [from, to) that one item of deleteBulletin means. 0, or a code. */
static int onbon_item_range(const struct jv *item, unsigned *from, unsigned *to)
{
    const char *text = jv_text(item);
    size_t length = text ? strlen(text) : 0;

    *from = 0;
    *to = BULLETIN_ORDERS;
    if (text && strcmp(text, "*") == 0)
        return ONBON_OK;
    if (length == 0 || length > 2 || strspn(text, "0123456789") != length)
        return ONBON_VALUE;
    *from = (unsigned)strtoul(text, NULL, 10);
    *to = *from + 1;
    return ONBON_OK;
}

int onbon_delete_bulletin(struct onbon_call *call)
{
    const struct jv *items = call->input ? jv_member(call->input, "items") : NULL;
    unsigned from, to;

    if (!items || !jv_is_array(items))
        return ONBON_KEY;
    if (jv_size(items) == 0)
        return ONBON_EMPTY;
    for (size_t i = 0; i < jv_size(items); i++)
        if (onbon_item_range(jv_element(items, i), &from, &to))
            return ONBON_VALUE; /* all or nothing */
    for (size_t i = 0; i < jv_size(items); i++) {
        onbon_item_range(jv_element(items, i), &from, &to);
        while (from < to)
            onbon_remove(call->onbon, from++, call->now_ms);
    }
    return ONBON_OK;
}

void onbon_own(struct onbon *onbon, const char *name, const char *text, int64_t now_ms)
{
    struct bulletin bulletin = {.name = mem_dup(name), .text = mem_dup(text)};
    unsigned order = 0;

    while (order < BULLETIN_ORDERS && onbon->places[order].key)
        order++;
    if (order < BULLETIN_ORDERS && !onbon_has_key(onbon, name))
        onbon_store(onbon, order, &bulletin);
    bulletin_release(&bulletin);
    reel_own(onbon->reel, name, text, now_ms);
}

void onbon_free_places(struct onbon *onbon)
{
    for (size_t i = 0; i < BULLETIN_ORDERS; i++)
        onbon_clear_place(&onbon->places[i]);
}
