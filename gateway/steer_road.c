/* steer_road: how a person's word gets to the gateway or into the books. See steer_road.h.
 * Runs: any (blocks). */
#include "gateway/steer_road.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/model/window.h"
#include "gateway/ledger/books_steer.h"
#include "gateway/control/control.h"
#include "gateway/control/steer_line.h"
#include "gateway/command.h"
#include "gateway/scribe.h"
#include "gateway/steer_why.h"

static const char *steer_name(const struct steer_job *job)
{
    return job->steer.scope == STEER_CAMPAIGN ? job->steer.campaign : job->steer.name;
}

static int steer_refuse(const struct steer_job *job, enum steer_why why)
{
    fprintf(stderr, lang("lawcast %s: %s: %s.\n", "lawcast %s：%s：%s。\n"), job->command,
            steer_name(job), steer_why_sentence(why));
    return steer_why_code(why);
}

/* ---- is there such a thing? ---- */

static bool steer_has_unit(const struct office *office, const char *id)
{
    for (size_t i = 0; i < office->n_units; i++)
        if (strcmp(office->units[i].id, id) == 0)
            return true;
    return false;
}

static bool steer_has_modem(const struct office *office, const char *id)
{
    for (size_t i = 0; i < office->n_modems; i++)
        if (strcmp(office->modems[i].id, id) == 0 || strcmp(office->modems[i].bank, id) == 0)
            return true;
    return false;
}

static bool steer_has_board(const struct office *office, const char *id)
{
    for (size_t i = 0; i < office->n_boards; i++)
        if (strcmp(office->boards[i].id, id) == 0)
            return true;
    return false;
}

int steer_look_up(const struct steer_job *job)
{
    static bool (*const has[STEER_SCOPES])(const struct office *, const char *) = {
        [STEER_UNIT] = steer_has_unit,
        [STEER_MODEM] = steer_has_modem,
        [STEER_BOARD] = steer_has_board,
    };
    const char *const labels[STEER_SCOPES] = {
        [STEER_UNIT] = lang("unit", "单位"),
        [STEER_MODEM] = lang("modem and no bank", "短信设备或设备组"),
        [STEER_BOARD] = lang("board", "显示屏"),
    };
    enum steer_scope scope = job->steer.scope;

    if (!has[scope] || has[scope](job->office, job->steer.name))
        return COMMAND_FINE;
    fprintf(stderr,
            lang("lawcast %s: the configuration has no %s \"%s\".\n",
                 "lawcast %s：配置文件中没有%s %s。\n"),
            job->command, labels[scope], job->steer.name);
    return COMMAND_REFUSED;
}

/* ---- with a gateway ---- */

static int steer_take_answer(const struct steer_job *job, const struct jv *answer,
                             struct steer_told *told)
{
    const char *error = jv_text(jv_member(answer, "error"));
    const char *reason = jv_text(jv_member(answer, "reason"));
    enum steer_why why = reason ? steer_why_find(reason) : STEER_WHYS;

    if (error && why != STEER_WHYS)
        return steer_refuse(job, why);
    if (error) {
        fprintf(stderr, "lawcast %s: %s\n", job->command, error);
        return COMMAND_MACHINE;
    }
    told->already = jv_number(jv_member(answer, "already"), 0);
    told->running = jv_number(jv_member(answer, "running"), 0);
    told->modems = jv_number(jv_member(answer, "modems"), 0);
    return COMMAND_FINE;
}

static int steer_unanswered(const struct steer_job *job, const char *path, int rc)
{
    fprintf(stderr,
            lang("lawcast %s: the gateway doesn't answer at %s: %s. Whether it does so is not "
                 "known: try again, twice does no harm.\n",
                 "lawcast %s：网关在 %s 没有应答：%s。是否已执行不明，请重试，重复无妨。\n"),
            job->command, path, lang_error(rc));
    return COMMAND_MACHINE;
}

/* An exit code, or -1: no gateway listens. */
static int steer_tell_gateway(const struct steer_job *job, struct steer_told *told)
{
    MEM_FREE_LATER char *path = control_path(job->office->ledger_path);
    BUFFER_FREE_LATER struct buffer line = BUFFER_NULL;
    struct jv *answer;
    int rc, result;

    steer_line_write(&job->steer, &line);
    rc = control_ask(path, buffer_text(&line), &answer);
    if (rc == -ENOENT || rc == -ECONNREFUSED)
        return -1;
    result = rc ? steer_unanswered(job, path, rc) : steer_take_answer(job, answer, told);
    jv_free(answer);
    return result;
}

/* ---- without one ---- */

static int steer_unreadable(const struct steer_job *job)
{
    fprintf(stderr,
            lang("lawcast %s: the books can't be read just now. Try again.\n",
                 "lawcast %s：暂时无法读取账本，请重试。\n"),
            job->command);
    return COMMAND_MACHINE;
}

/* The end of its last window as the books have it; 0: none. */
static int64_t steer_end_ms(const struct books_campaign *campaign)
{
    struct jv *windows = jv_parse(campaign->windows, strlen(campaign->windows), NULL);
    const struct jv *last =
        windows && jv_size(windows) ? jv_element(windows, jv_size(windows) - 1) : NULL;
    int64_t end_ms = last ? jv_number(jv_element(last, 1), 0) : 0;

    jv_free(windows);
    return end_ms;
}

static int64_t steer_later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* end_ms: of the campaign's windows. The books don't know a unit's own, which end no later. */
static int steer_weigh_extend(const struct steer_job *job, int64_t end_ms, int64_t until_ms)
{
    const struct steer *steer = &job->steer;
    int64_t latest_ms = steer_later(end_ms, until_ms), now_ms = clock_wall_ms();
    int64_t known_ms = steer->scope == STEER_UNIT ? until_ms : latest_ms;

    if (steer_is_early(steer->value, known_ms, now_ms))
        return steer_refuse(job, STEER_WHY_EARLY);
    if (steer_is_far(steer->value, latest_ms, now_ms))
        return steer_refuse(job, STEER_WHY_FAR);
    return COMMAND_FINE;
}

/* What a gateway would say of it. A pause, its end and a rate are always written: words about all
 * campaigns or a whole bank, which count with those about a single one, may have said otherwise. */
static int steer_weigh(const struct steer_job *job, struct books *books, struct steer_told *told)
{
    const struct steer *steer = &job->steer;
    struct books_campaign campaign = {0};
    struct books_stand stand, whole = {0};
    int64_t end_ms = 0;
    int rc = *steer->campaign ? books_find_campaign(books, steer->campaign, &campaign) : 0;

    if (rc == 1)
        return steer_refuse(job, STEER_WHY_NONE);
    if (rc == 0 && *steer->campaign) {
        end_ms = steer_end_ms(&campaign);
        books_campaign_release(&campaign);
        rc = books_standing(books, STEER_CAMPAIGN, steer->campaign, "", &whole);
    }
    if (rc == 0)
        rc = books_standing(books, steer->scope, steer->campaign, steer->name, &stand);
    if (rc < 0)
        return steer_unreadable(job);
    if (steer->verb == STEER_CANCEL)
        told->already = stand.standing.cancelled;
    else if (stand.standing.cancelled || whole.standing.cancelled)
        return steer_refuse(job, STEER_WHY_CANCELLED);
    if (steer->verb != STEER_EXTEND)
        return COMMAND_FINE;
    told->already = stand.standing.until_ms == steer->value;
    end_ms = steer_later(end_ms, whole.standing.until_ms);
    return told->already ? COMMAND_FINE : steer_weigh_extend(job, end_ms, stand.standing.until_ms);
}

/* 0; 1: there are none. */
static int steer_open_books(const struct steer_job *job, struct books **books, int *result)
{
    *books = NULL;
    if (access(job->office->ledger_path, F_OK) == 0) {
        *result = command_open_books(NULL, job->office->ledger_path, books);
        return 0;
    }
    fprintf(stderr,
            lang("lawcast %s: there are no books at %s yet, so there is nothing that could be "
                 "steered.\n",
                 "lawcast %s：%s 处还没有账本，没有可以操作的任务。\n"),
            job->command, job->office->ledger_path);
    *result = COMMAND_REFUSED;
    return 1;
}

static int steer_write(const struct steer_job *job)
{
    struct ledger_op op = {.kind = LEDGER_STEER, .steer = {.steer = job->steer}};
    struct scribe *scribe;
    char by[CONTROL_GUEST_MAX];
    int rc;

    control_name_user(geteuid(), by);
    snprintf(op.steer.by, sizeof op.steer.by, "%s", by);
    if (scribe_open(&scribe, job->command, job->office->ledger_path))
        return COMMAND_MACHINE;
    rc = scribe_write(scribe, &op);
    scribe_close(scribe);
    if (rc == LEDGER_NONE)
        return steer_refuse(job, STEER_WHY_NONE);
    return rc ? COMMAND_MACHINE : COMMAND_FINE;
}

/* What ends something is said of the campaigns that run; none does. */
static int steer_needs_campaign(const struct steer_job *job)
{
    fprintf(stderr,
            lang("lawcast %s: no gateway is running here, so name the campaign that is meant: "
                 "lawcast %s %s %s CAMPAIGN.\n",
                 "lawcast %s：目前没有网关运行，请写明任务：lawcast %s %s %s 任务代号。\n"),
            job->command, job->command, steer_scope_name(job->steer.scope), steer_name(job));
    return COMMAND_REFUSED;
}

static int steer_write_down(const struct steer_job *job, struct steer_told *told)
{
    const struct steer *steer = &job->steer;
    struct books *books;
    int result;

    if (steer_needs_approval(job->office, steer))
        return steer_refuse(job, STEER_WHY_APPROVAL);
    if (!*steer->campaign && steer->scope != STEER_MODEM &&
        (steer->verb == STEER_CANCEL || steer->verb == STEER_EXTEND))
        return steer_needs_campaign(job);
    if (steer_open_books(job, &books, &result) || result != COMMAND_FINE)
        return result;
    result = steer_weigh(job, books, told);
    books_close(books);
    return result == COMMAND_FINE && !told->already ? steer_write(job) : result;
}

int steer_send(const struct steer_job *job, struct steer_told *told)
{
    int result;

    *told = (struct steer_told){0};
    result = steer_tell_gateway(job, told);
    return result < 0 ? steer_write_down(job, told) : result;
}
