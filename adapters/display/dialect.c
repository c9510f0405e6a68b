/* dialect: what all kinds of boards say in the same way. See dialect.h.
 * Runs: any (pure, but for the process's time zone). */
#include "adapters/display/dialect.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/hex.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"

enum { DIALECT_MINUTE_MS = 60000 };

/* ---- requests ---- */

void ask_header(struct ask *ask, const char *format, ...)
{
    va_list args;
    char *header;

    LOG_ASSERT(ask->n_headers < DIALECT_HEADERS);
    va_start(args, format);
    if (vasprintf(&header, format, args) < 0)
        log_panic("out of memory");
    va_end(args);
    LOG_ASSERT(!strpbrk(header, "\r\n"));
    ask->headers[ask->n_headers++] = header;
}

void ask_basic(struct ask *ask, const char *user, const char *password)
{
    struct buffer pair BUFFER_FREE_LATER = BUFFER_NULL, text BUFFER_FREE_LATER = BUFFER_NULL;

    buffer_printf(&pair, "%s:%s", user, password);
    hex_encode_base64(&text, pair.data, pair.length);
    ask_header(ask, "Authorization: Basic %s", buffer_text(&text));
}

void ask_json(struct ask *ask, const struct jv *document)
{
    ask_header(ask, "Content-Type: application/json");
    jv_write(document, false, &ask->body);
    ask->has_body = true;
}

void ask_free(struct ask *ask)
{
    for (size_t i = 0; i < ask->n_headers; i++)
        free(ask->headers[i]);
    buffer_free(&ask->path);
    buffer_free(&ask->body);
    *ask = (struct ask){0};
}

/* ---- verdicts ---- */

void verdict_go(struct verdict *verdict, int step)
{
    *verdict = (struct verdict){.kind = VERDICT_GO, .step = step};
}

void verdict_await(struct verdict *verdict, int step, int64_t wait_ms)
{
    *verdict = (struct verdict){.kind = VERDICT_AWAIT, .step = step, .wait_ms = wait_ms};
}

void verdict_sent(struct verdict *verdict, enum outcome_level level)
{
    *verdict = (struct verdict){.kind = VERDICT_END, .healthy = true};
    verdict->result.outcome.kind = OUTCOME_SENT;
    verdict->result.level = level;
}

void verdict_missing(struct verdict *verdict, const char *why)
{
    verdict_fail(verdict, OUTCOME_REJECTED, 0, "%s", why);
}

void verdict_fail(struct verdict *verdict, enum outcome_kind kind, int code, const char *format,
                  ...)
{
    struct outcome *outcome = &verdict->result.outcome;
    va_list args;

    LOG_ASSERT(kind != OUTCOME_SENT);
    *verdict = (struct verdict){.kind = VERDICT_END, .healthy = kind == OUTCOME_REJECTED};
    outcome->kind = kind;
    outcome->code = code;
    va_start(args, format);
    vsnprintf(outcome->detail, sizeof outcome->detail, format, args);
    va_end(args);
    dialect_tidy(outcome->detail);
}

bool dialect_is_doubtful(int status)
{
    return status == 408 || (status >= 500 && status != 503);
}

void dialect_tidy(char *text)
{
    text[utf8_bad_at(text, strlen(text))] = '\0';
    for (char *c = text; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 127)
            *c = ' ';
}

/* ---- time ---- */

struct dialect_time dialect_time(int64_t wall_ms)
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm local;

    if (!localtime_r(&seconds, &local))
        log_panic("no such time: %lld ms", (long long)wall_ms);
    return (struct dialect_time){
        .year = local.tm_year + 1900,
        .month = local.tm_mon + 1,
        .day = local.tm_mday,
        .hour = local.tm_hour,
        .minute = local.tm_min,
        .second = local.tm_sec,
        .weekday = local.tm_wday,
    };
}

int64_t dialect_minute_end(const struct adapter_job *job)
{
    int64_t limit = job->limit_ms / DIALECT_MINUTE_MS * DIALECT_MINUTE_MS;
    int64_t end = job->until_ms / DIALECT_MINUTE_MS * DIALECT_MINUTE_MS;

    if (end < job->until_ms)
        end += DIALECT_MINUTE_MS;
    return end > limit && limit > job->from_ms ? limit : end;
}

/* ---- texts ---- */

static size_t dialect_base36(const char *text)
{
    return strspn(text, "0123456789abcdefghijklmnopqrstuvwxyz");
}

bool dialect_is_name(const char *name)
{
    size_t id, mark;

    if (strlen(name) >= SIGHT_NAME || strncmp(name, "lc-", 3) != 0)
        return false;
    id = dialect_base36(name + 3);
    if (!id || name[3 + id] != '-')
        return false;
    mark = dialect_base36(name + 3 + id + 1);
    return mark && name[3 + id + 1 + mark] == '\0';
}

bool dialect_is_under(const char *url, const char *base)
{
    size_t length = strlen(base);

    while (length && base[length - 1] == '/')
        length--;
    return length && strncmp(url, base, length) == 0 && strchr("/?", url[length]); /* or its end */
}

void dialect_escape_html(struct buffer *out, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '&':
            buffer_add_text(out, "&amp;");
            break;
        case '<':
            buffer_add_text(out, "&lt;");
            break;
        case '>':
            buffer_add_text(out, "&gt;");
            break;
        case '"':
            buffer_add_text(out, "&quot;");
            break;
        case '\'':
            buffer_add_text(out, "&#39;");
            break;
        default:
            buffer_add_char(out, *text);
        }
}
