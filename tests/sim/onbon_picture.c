/* onbon_picture: captures of an onbon-y board's screen, and the way to fetch them. See onbon_y.h,
 * onbon_room.h.
 * Runs: any. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tests/sim/onbon_room.h"
#include "tests/sim/sim_png.h"

static const char onbon_file[] = "share/screen.png";

/* Digits only, in range; 0: it is not. */
static int64_t onbon_size(const char *text, int64_t most)
{
    size_t length = text ? strlen(text) : 0;
    int64_t value;

    if (length == 0 || length > 5 || strspn(text, "0123456789") != length)
        return 0;
    value = strtol(text, NULL, 10);
    return value <= most ? value : 0;
}

static void onbon_settle_picture(struct onbon *onbon, int64_t now_ms)
{
    struct onbon_picture *picture = &onbon->picture;

    if (!picture->ready_ms || now_ms < picture->ready_ms)
        return;
    buffer_free(&picture->file);
    picture->file = picture->next;
    picture->changed_ms = picture->ready_ms;
    picture->next = BUFFER_NULL;
    picture->ready_ms = 0;
}

int onbon_capture_screen(struct onbon_call *call)
{
    const char *suffix = onbon_text(call, "suffix"), *frames = onbon_text(call, "framecount");
    int64_t width = onbon_size(onbon_text(call, "picwidth"), 4096);
    int64_t height = onbon_size(onbon_text(call, "picheight"), 4096);
    struct onbon_picture *picture = &call->onbon->picture;
    const struct reel_item *item;
    char seconds[12];

    if (!suffix || !onbon_text(call, "picwidth") || !onbon_text(call, "picheight"))
        return ONBON_KEY;
    if (strcmp(suffix, "png") != 0 || !width || !height || (frames && !onbon_size(frames, 15)))
        return ONBON_VALUE;
    onbon_settle_picture(call->onbon, call->now_ms);
    item = reel_find(call->onbon->reel, reel_playing(call->onbon->reel));
    buffer_clear(&picture->next);
    sim_png(&picture->next, width, height, item ? item->text : "");
    picture->ready_ms = call->now_ms + ONBON_LEAST_S * 1000;
    onbon_put(call, "filepath", onbon_file);
    snprintf(seconds, sizeof seconds, "%d", ONBON_MOST_S);
    onbon_put(call, "maxwaittime", seconds);
    snprintf(seconds, sizeof seconds, "%d", ONBON_LEAST_S);
    onbon_put(call, "minwaittime", seconds);
    return ONBON_OK;
}

static struct jv *onbon_describe(const struct onbon *onbon, const char *file)
{
    const struct onbon_picture *picture = &onbon->picture;
    bool there = strcmp(file, onbon_file) == 0 && picture->changed_ms;
    struct jv *item = jv_object();
    char changed[ONBON_TIME] = "", size[24];

    if (there)
        onbon_time(reel_clock(onbon->reel, picture->changed_ms), changed);
    snprintf(size, sizeof size, "%zu", there ? picture->file.length : (size_t)0);
    jv_put(item, "filename", jv_string(file));
    jv_put(item, "mtime", jv_string(changed));
    jv_put(item, "size", jv_string(size));
    return item;
}

int onbon_find_file(struct onbon_call *call)
{
    const struct jv *items = call->input ? jv_member(call->input, "items") : NULL;
    struct jv *found;

    if (!items || !jv_is_array(items))
        return ONBON_KEY;
    onbon_settle_picture(call->onbon, call->now_ms);
    found = jv_array();
    for (size_t i = 0; i < jv_size(items); i++) {
        const struct jv *item = jv_element(items, i);
        const char *file = jv_is_object(item) ? jv_text(jv_member(item, "filename")) : NULL;

        if (!file) {
            jv_free(found);
            return ONBON_VALUE;
        }
        jv_push(found, onbon_describe(call->onbon, file));
    }
    call->output = jv_object();
    jv_put(call->output, "items", found);
    return ONBON_OK;
}

int onbon_enable_download(struct onbon_call *call)
{
    const char *type = onbon_text(call, "type"), *flag = onbon_text(call, "flag");
    bool on, off;

    if (!type || !flag)
        return ONBON_KEY;
    on = strcasecmp(flag, "on") == 0 || strcmp(flag, "1") == 0;
    off = strcasecmp(flag, "off") == 0 || strcmp(flag, "0") == 0;
    if ((!on && !off) || (strcmp(type, "download") != 0 && strcmp(type, "upload") != 0))
        return ONBON_VALUE;
    if (strcmp(type, "download") == 0)
        call->onbon->download = on;
    return ONBON_OK;
}

bool onbon_send_file(struct onbon *onbon, const char *path, int64_t now_ms,
                     struct board_reply *reply)
{
    onbon_settle_picture(onbon, now_ms);
    if (!onbon->download || strcmp(path, onbon_file) != 0 || !onbon->picture.changed_ms)
        return false;
    reply->status = 200;
    reply->type = "image/png";
    buffer_add(&reply->body, onbon->picture.file.data, onbon->picture.file.length);
    return true;
}
