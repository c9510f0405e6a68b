/* status_json: what a gateway shows, on its way to a command. See status_json.h.
 * Runs: any (pure). */
#include "gateway/report/status_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"

#define STATUS_NEVER (-1) /* in JSON: INT64_MAX, not in time */

/* ---- to JSON ---- */

static int64_t status_time(int64_t ms)
{
    return ms == INT64_MAX ? STATUS_NEVER : ms;
}

static void status_put_line(struct jv *out, const struct prospect_line *line)
{
    jv_put(out, "finish_p50_ms", jv_int(status_time(line->finish_p50_ms)));
    jv_put(out, "finish_p95_ms", jv_int(status_time(line->finish_p95_ms)));
    jv_put(out, "short", jv_int(line->missing));
    jv_put(out, "bound", jv_string(forecast_bound_name(line->bound)));
}

static struct jv *status_outlook(const struct prospect *prospect)
{
    struct jv *out = jv_object(), *units = jv_array();

    jv_put(out, "at_ms", jv_int(prospect->at_ms));
    status_put_line(out, &prospect->total);
    jv_put(out, "per_min", jv_int(prospect->per_min));
    jv_put(out, "network",
           prospect->network < 0
               ? jv_null()
               : jv_string(phone_operator_name((enum phone_operator)prospect->network)));
    jv_put(out, "bank", jv_string(prospect->bank));
    jv_put(out, "bank_down", jv_int((int64_t)prospect->bank_down));
    jv_put(out, "bank_size", jv_int((int64_t)prospect->bank_size));
    for (size_t i = 0; i < prospect->n_units && i < STATUS_UNITS_MOST; i++) {
        struct jv *unit = jv_object();

        jv_put(unit, "campaign", jv_string(prospect->units[i].campaign));
        jv_put(unit, "unit", jv_string(prospect->units[i].unit));
        jv_put(unit, "paused", jv_bool(prospect->units[i].paused));
        jv_put(unit, "known", jv_bool(prospect->units[i].known));
        status_put_line(unit, &prospect->units[i].line);
        jv_push(units, unit);
    }
    jv_put(out, "units", units);
    return out;
}

static struct jv *status_problems(const struct problems *problems)
{
    struct jv *out = jv_array();

    for (size_t i = 0; i < problems->n && i < PROBLEMS_SHOWN; i++) {
        struct jv *problem = jv_object();

        jv_put(problem, "at_ms", jv_int(problems->items[i].at_ms));
        jv_put(problem, "device", jv_string(problems->items[i].id));
        jv_put(problem, "devices", jv_int((int64_t)problems->items[i].devices));
        jv_put(problem, "why", jv_string(problems->items[i].why));
        jv_put(problem, "over", jv_bool(problems->items[i].over));
        jv_push(out, problem);
    }
    return out;
}

void status_put(struct jv *answer, const struct progress_live *live)
{
    jv_put(answer, "planning", jv_bool(live->planning));
    jv_put(answer, "rows_read", jv_int(live->rows_read));
    jv_put(answer, "rows_refused", jv_int(live->rows_refused));
    jv_put(answer, "messages_per_h", jv_int((int64_t)(live->messages_per_s * 3600)));
    jv_put(answer, "lanes", jv_string(live->lanes ? live->lanes : ""));
    jv_put(answer, "paused", live->paused_id ? jv_string(live->paused_id) : jv_null());
    jv_put(answer, "trouble", live->trouble ? jv_string(live->trouble) : jv_null());
    jv_put(answer, "problems", status_problems(live->problems));
    jv_put(answer, "outlook",
           live->prospect && live->prospect->at_ms ? status_outlook(live->prospect) : jv_null());
}

/* ---- and back ---- */

static int64_t status_number(const struct jv *object, const char *key)
{
    return jv_number(jv_member(object, key), 0);
}

static size_t status_count(const struct jv *object, const char *key)
{
    int64_t count = status_number(object, key);

    return count > 0 ? (size_t)count : 0;
}

static bool status_true(const struct jv *object, const char *key)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    const struct jv *member = jv_member(object, key);

    return member && jv_scalar(member, &text) && strcmp(buffer_text(&text), "true") == 0;
}

static const char *status_text(const struct jv *object, const char *key)
{
    const char *text = jv_text(jv_member(object, key));

    return text ? text : "";
}

static char *status_word(const struct jv *object, const char *key)
{
    return mem_dup(jv_text(jv_member(object, key)));
}

static void status_take_line(const struct jv *in, struct prospect_line *line)
{
    int64_t p50 = status_number(in, "finish_p50_ms"), p95 = status_number(in, "finish_p95_ms");

    line->finish_p50_ms = p50 < 0 ? INT64_MAX : p50;
    line->finish_p95_ms = p95 < 0 ? INT64_MAX : p95;
    line->missing = status_number(in, "short");
    for (int bound = FORECAST_FITS; bound <= FORECAST_LISTS; bound++)
        if (strcmp(status_text(in, "bound"), forecast_bound_name((enum forecast_bound)bound)) == 0)
            line->bound = (enum forecast_bound)bound;
}

static void status_take_outlook(const struct jv *in, struct prospect *out)
{
    const struct jv *units = jv_member(in, "units");
    const char *network = status_text(in, "network");

    status_take_line(in, &out->total);
    out->at_ms = status_number(in, "at_ms");
    out->per_min = jv_number(jv_member(in, "per_min"), PROSPECT_RATE_NONE);
    out->network = *network ? phone_operator_parse(network, strlen(network)) : -1;
    snprintf(out->bank, sizeof out->bank, "%s", status_text(in, "bank"));
    out->bank_down = status_count(in, "bank_down");
    out->bank_size = status_count(in, "bank_size");
    out->n_units = jv_size(units) < STATUS_UNITS_MOST ? jv_size(units) : STATUS_UNITS_MOST;
    out->units = mem_array(out->n_units + 1, struct prospect_unit);
    for (size_t i = 0; i < out->n_units; i++) {
        const struct jv *unit = jv_element(units, i);

        snprintf(out->units[i].campaign, sizeof out->units[i].campaign, "%s",
                 status_text(unit, "campaign"));
        snprintf(out->units[i].unit, sizeof out->units[i].unit, "%s", status_text(unit, "unit"));
        out->units[i].paused = status_true(unit, "paused");
        out->units[i].known = status_true(unit, "known");
        status_take_line(unit, &out->units[i].line);
    }
}

static void status_take_problems(const struct jv *in, struct problems *out)
{
    for (out->n = 0; out->n < PROBLEMS_SHOWN && jv_element(in, out->n); out->n++) {
        const struct jv *from = jv_element(in, out->n);
        struct problem *problem = &out->items[out->n];

        problem->at_ms = status_number(from, "at_ms");
        problem->devices = status_count(from, "devices");
        problem->over = status_true(from, "over");
        snprintf(problem->id, sizeof problem->id, "%s", status_text(from, "device"));
        snprintf(problem->why, sizeof problem->why, "%s", status_text(from, "why"));
    }
}

void status_take(const struct jv *answer, struct status_live *out)
{
    const struct jv *outlook = jv_member(answer, "outlook");

    *out = (struct status_live){.lanes = status_word(answer, "lanes"),
                                .trouble = status_word(answer, "trouble"),
                                .paused_id = status_word(answer, "paused")};
    status_take_problems(jv_member(answer, "problems"), &out->problems);
    if (jv_is_object(outlook))
        status_take_outlook(outlook, &out->prospect);
    out->live = (struct progress_live){
        .now_ms = status_number(answer, "now_ms"),
        .modems = status_count(answer, "modems"),
        .modems_ready = status_count(answer, "modems_ready") +
                        status_count(answer, "modems_paused") +
                        status_count(answer, "modems_throttled"),
        .boards = status_count(answer, "boards"),
        .boards_ready = status_count(answer, "boards_ready"),
        .boards_paused = status_count(answer, "boards_paused"),
        .showing = status_count(answer, "showing"),
        .planning = status_true(answer, "planning"),
        .rows_read = status_number(answer, "rows_read"),
        .rows_refused = status_number(answer, "rows_refused"),
        .trouble = out->trouble,
        .messages_per_s = (double)status_number(answer, "messages_per_h") / 3600,
        .lanes = out->lanes,
        .paused_id = out->paused_id,
        .prospect = out->prospect.at_ms ? &out->prospect : NULL,
        .problems = &out->problems,
    };
}

void status_release(struct status_live *status)
{
    free(status->prospect.units);
    free(status->lanes);
    free(status->trouble);
    free(status->paused_id);
    *status = (struct status_live){0};
}
