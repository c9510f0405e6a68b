/* onbon_y_wire: what is said to an Onbon BX-Y card, and what its answers mean. See onbon_y_wire.h.
 * Runs: any (pure, but for the process's time zone). */
#include "adapters/display/kinds/onbon_y_wire.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gateway/base/digest.h"
#include "gateway/base/hex.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/model/fit.h"
#include "adapters/display/dialect.h"

enum {
    ONBON_STILL = 0,        /* stuntType: appears */
    ONBON_SMOOTH_LEFT = 52, /* runs to the left; 50 to 57 are the smooth ones */
    ONBON_SLOWEST = 16,
    ONBON_FASTEST_PXS = 240, /* the document gives no speeds in pixels: a guess */
    ONBON_STAY_S = 2
};

/* Every documented error. lasts: another try can't mend it, what we said is wrong for this card.
 * All others pass or are mended by people (a password, a full disk), so the slogan waits. */
static const struct {
    int code;
    bool lasts;
    const char *name;
} onbon_errors[] = {
    {1, false, "empty request"},
    {2, true, "wrong method"},
    {3, true, "request not understood"},
    {4, true, "wrong protocol"},
    {5, true, "wrong protocol version"},
    {6, false, "wrong controller id"},
    {7, false, "wrong bar code"},
    {8, true, "unknown key in the request"},
    {9, false, "its configuration is damaged"},
    {10, false, "not permitted"},
    {11, false, "the session is over"},
    {12, false, "access refused"},
    {13, false, "reading or writing failed"},
    {14, true, "unknown parameter"},
    {15, false, "the call failed"},
    {16, false, "processing failed"},
    {17, true, "no such command"},
    {18, true, "empty parameter"},
    {19, false, "a system command failed"},
    {20, true, "wrong value of a parameter"},
    {21, false, "no such user"},
    {22, false, "wrong password"},
    {23, false, "no storage"},
    {24, false, "wrong file path"},
    {25, false, "wrong hardware address"},
    {26, false, "forwarding failed"},
    {27, false, "wrong verification code"},
    {28, false, "no firmware"},
    {29, false, "no working folder"},
    {30, false, "the player failed"},
    {31, false, "no list of wireless networks"},
    {32, false, "the wireless network does not answer"},
    {33, false, "no such wireless network"},
    {34, false, "wrong wireless password"},
    {35, false, "its network is restarting"},
    {36, false, "an inner command failed"},
    {37, false, "it is looking for sensors"},
    {38, false, "unknown language"},
    {39, false, "its database does not answer"},
    {40, false, "unknown kind of database"},
    {255, false, "another error"},
};

const char *onbon_error_name(int code)
{
    for (size_t i = 0; i < sizeof onbon_errors / sizeof *onbon_errors; i++)
        if (onbon_errors[i].code == code)
            return onbon_errors[i].name;
    return NULL;
}

bool onbon_error_lasts(int code)
{
    for (size_t i = 0; i < sizeof onbon_errors / sizeof *onbon_errors; i++)
        if (onbon_errors[i].code == code)
            return onbon_errors[i].lasts;
    return false;
}

enum outcome_kind onbon_error_outcome(int code)
{
    return onbon_error_lasts(code) ? OUTCOME_REJECTED : OUTCOME_DEFERRED;
}

/* ---- windows ---- */

static void onbon_day(int64_t wall_ms, char text[static 16])
{
    struct dialect_time t = dialect_time(wall_ms);

    snprintf(text, 16, "%04u-%02u-%02u", (unsigned)t.year % 10000, (unsigned)t.month % 100,
             (unsigned)t.day % 100);
}

static void onbon_time(int64_t wall_ms, char text[static 16])
{
    struct dialect_time t = dialect_time(wall_ms);

    snprintf(text, 16, "%02u:%02u:%02u", (unsigned)t.hour % 100, (unsigned)t.minute % 100,
             (unsigned)t.second % 100);
}

/* Midnight at the beginning of the local day that holds the instant, days later. */
static int64_t onbon_midnight(int64_t wall_ms, int days)
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm local;

    LOG_ASSERT(localtime_r(&seconds, &local));
    local.tm_mday += days;
    local.tm_hour = local.tm_min = local.tm_sec = 0;
    local.tm_isdst = -1;
    return (int64_t)mktime(&local) * 1000;
}

/* The end, rounded up to the second unless that is past the limit. */
static int64_t onbon_end(const struct adapter_job *job)
{
    int64_t end = (job->until_ms + 999) / 1000 * 1000;

    if (job->limit_ms && end > job->limit_ms)
        end = job->limit_ms / 1000 * 1000;
    return end > job->from_ms ? end : job->from_ms + 1;
}

static void onbon_piece(struct onbon_window *piece, int64_t from_ms, int64_t until_ms)
{
    onbon_day(from_ms, piece->first_day);
    onbon_day(until_ms - 1, piece->last_day);
    onbon_time(from_ms, piece->from);
    if (onbon_midnight(until_ms - 1, 1) == until_ms)
        snprintf(piece->to, sizeof piece->to, "23:59:59");
    else
        onbon_time(until_ms, piece->to);
}

unsigned onbon_windows(const struct adapter_job *job,
                       struct onbon_window pieces[static ONBON_PIECES])
{
    int64_t from = job->from_ms, until = onbon_end(job), first_end, last_start;
    unsigned n = 0;

    first_end = onbon_midnight(from, 1);
    if (until <= first_end) {
        onbon_piece(&pieces[n++], from, until);
        return n;
    }
    last_start = onbon_midnight(until - 1, 0);
    onbon_piece(&pieces[n++], from, first_end);
    if (first_end < last_start)
        onbon_piece(&pieces[n++], first_end, last_start);
    onbon_piece(&pieces[n++], last_start, until);
    return n;
}

/* ---- commands ---- */

static void onbon_put(struct jv *object, const char *key, const char *value)
{
    jv_put(object, key, jv_string(value));
}

static void onbon_put_number(struct jv *object, const char *key, int64_t value)
{
    char digits[24];

    snprintf(digits, sizeof digits, "%lld", (long long)value);
    onbon_put(object, key, digits);
}

/* Wraps the input (NULL: none), which becomes the envelope's. */
static void onbon_command(struct buffer *out, const char *name, struct jv *input)
{
    struct jv *envelope = jv_object(), *protocol = jv_object(), *function = jv_object();

    onbon_put(function, "name", name);
    if (input)
        jv_put(function, "input", input);
    onbon_put(protocol, "name", "YQ-COM2");
    onbon_put(protocol, "version", "1.0");
    jv_put(protocol, "remotefunction", function);
    jv_put(envelope, "protocol", protocol);
    jv_write(envelope, false, out);
    jv_free(envelope);
}

void onbon_ask_code(struct buffer *out, const char *user)
{
    struct jv *input = jv_object();

    onbon_put(input, "username", user);
    onbon_command(out, "getVerificationCode", input);
}

void onbon_log_in(struct buffer *out, const char *user, const char *password, const char *code)
{
    struct jv *input = jv_object();
    char hex[DIGEST_HEX_MOST];
    struct digest digest = digest_of(DIGEST_SHA1, password, strlen(password));
    MEM_FREE_LATER char *both = NULL;

    digest_hex(&digest, hex);
    both = mem_printf("%s%s", code, hex);
    digest = digest_of(DIGEST_SHA1, both, strlen(both));
    digest_hex(&digest, hex);
    onbon_put(input, "username", user);
    onbon_put(input, "verificationcode", code);
    onbon_put(input, "password", hex);
    onbon_command(out, "userLogin", input);
}

void onbon_query(struct buffer *out)
{
    onbon_command(out, "queryBulletin", NULL);
}

void onbon_play(struct buffer *out)
{
    onbon_command(out, "playBulletin", NULL);
}

void onbon_clock(struct buffer *out)
{
    struct jv *input = jv_object();

    onbon_put(input, "rtctime", "");
    onbon_command(out, "getState", input);
}

void onbon_properties(struct buffer *out, bool all)
{
    struct jv *input = jv_object();

    onbon_put(input, "screenonoffstatus", "");
    if (all) {
        onbon_put(input, "width", "");
        onbon_put(input, "height", "");
        onbon_put(input, "firmwareversion", "");
    }
    onbon_command(out, "getProperty", input);
}

void onbon_capture(struct buffer *out, int64_t width, int64_t height)
{
    struct jv *input = jv_object();

    onbon_put(input, "suffix", "png");
    onbon_put_number(input, "picwidth", width);
    onbon_put_number(input, "picheight", height);
    onbon_put(input, "framecount", "1");
    onbon_command(out, "ScreenCapture", input);
}

void onbon_find(struct buffer *out, const char *file)
{
    struct jv *input = jv_object(), *items = jv_array(), *item = jv_object();

    onbon_put(item, "filename", file);
    jv_push(items, item);
    jv_put(input, "items", items);
    onbon_command(out, "findFile", input);
}

void onbon_download(struct buffer *out, bool on)
{
    struct jv *input = jv_object();

    onbon_put(input, "type", "download");
    onbon_put(input, "flag", on ? "on" : "off");
    onbon_command(out, "enableUploadDownload", input);
}

void onbon_delete(struct buffer *out, const bool orders[static ONBON_ORDERS])
{
    struct jv *input = jv_object(), *items = jv_array();
    char digits[12];

    for (unsigned i = 0; i < ONBON_ORDERS; i++)
        if (orders[i]) {
            snprintf(digits, sizeof digits, "%u", i);
            jv_push(items, jv_string(digits));
        }
    jv_put(input, "items", items);
    onbon_command(out, "deleteBulletin", input);
}

/* 1 is the fastest. */
static int64_t onbon_speed(int64_t pxs)
{
    int64_t capped = pxs > ONBON_FASTEST_PXS ? ONBON_FASTEST_PXS : pxs;

    return ONBON_SLOWEST - (ONBON_SLOWEST - 1) * capped / ONBON_FASTEST_PXS;
}

static void onbon_put_look(struct jv *input, const struct board *board, const char *text,
                           const char *font)
{
    char color[16] = "0xFFFF0000";
    struct fit fit;

    fit_measure(board, text, &fit);
    if (board->color && strlen(board->color) == 7)
        snprintf(color, sizeof color, "0xFF%s", board->color + 1);
    onbon_put(input, "layoutMode", "custom");
    onbon_put_number(input, "xcoord", 0);
    onbon_put_number(input, "ycoord", 0);
    onbon_put_number(input, "width", board->width);
    onbon_put_number(input, "height", board->height);
    onbon_put_number(input, "transparency", 100);
    onbon_put(input, "bgColor", "0xFF000000");
    onbon_put(input, "fontColor", color);
    onbon_put(input, "fontName", font);
    onbon_put_number(input, "fontSize", board->font_px);
    onbon_put(input, "fontSizeType", "pixel");
    onbon_put(input, "fontAttributes", "normal");
    /* It isn't documented that a bulletin breaks lines. */
    onbon_put_number(input, "stuntType",
                     fit.runs || fit.lines > 1 ? ONBON_SMOOTH_LEFT : ONBON_STILL);
    onbon_put_number(input, "stuntSpeed", onbon_speed(board->speed_pxs));
    onbon_put_number(input, "stayTime", ONBON_STAY_S);
}

void onbon_create(struct buffer *out, const struct adapter_job *job, const struct board *board,
                  const struct onbon_bulletin *bulletin)
{
    struct jv *input = jv_object();
    struct buffer content BUFFER_FREE_LATER = BUFFER_NULL;

    hex_encode_base64(&content, job->text, strlen(job->text));
    onbon_put_number(input, "order", bulletin->order);
    onbon_put(input, "name", job->name);
    onbon_put_look(input, board, job->text, bulletin->font);
    onbon_put(input, "startDate", bulletin->window->first_day);
    onbon_put(input, "stopDate", bulletin->window->last_day);
    onbon_put(input, "startTime", bulletin->window->from);
    onbon_put(input, "stopTime", bulletin->window->to);
    onbon_put_number(input, "weekFlag", 127);
    onbon_put(input, "content", buffer_text(&content));
    onbon_command(out, "createBulletin", input);
}
