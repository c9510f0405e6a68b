/* status_words: what people have said, and what was approved. See status_words.h.
 * Runs: any. */
#include "gateway/status_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/ledger/books_approvals.h"
#include "gateway/ledger/books_steer.h"
#include "gateway/report/figure.h"

struct status_word {
    struct steer steer;
    char by[80];
    int64_t at_ms;
};

struct status_words {
    struct status_word *words;
    size_t n;
};

/* Kept until the walk is over: how a thing stands is another question to the same books. */
static int status_keep_word(void *ctx, const struct books_word *word)
{
    struct status_words *words = ctx;
    struct status_word *kept;

    words->words = mem_grow(words->words, words->n + 1, sizeof *words->words);
    kept = &words->words[words->n++];
    *kept = (struct status_word){.steer = word->steer, .at_ms = word->at_ms};
    snprintf(kept->by, sizeof kept->by, "%s", word->by);
    return 0;
}

/* 1: it is the last word about its thing, and something still holds; 0; -errno. */
static int status_holds(struct books *books, const struct status_word *word,
                        struct books_stand *stand)
{
    const struct steer_standing *standing = &stand->standing;
    int rc =
        books_standing(books, word->steer.scope, word->steer.campaign, word->steer.name, stand);

    if (rc < 0)
        return rc;
    if (stand->at_ms != word->at_ms || strcmp(stand->by, word->by) != 0)
        return 0;
    return standing->paused || standing->cancelled || standing->until_ms || standing->rate;
}

static const char *status_scope_label(enum steer_scope scope)
{
    switch (scope) {
    case STEER_CAMPAIGN:
        return lang("campaign", "任务");
    case STEER_UNIT:
        return lang("unit", "单位");
    case STEER_MODEM:
        return lang("modem", "短信设备");
    case STEER_BOARD:
        return lang("board", "显示屏");
    case STEER_SCOPES:
        break;
    }
    return "?";
}

static void status_print_word(const struct status_word *word, const struct books_stand *stand)
{
    const struct steer_standing *standing = &stand->standing;
    char when[20], until[20], rate[FIGURE_ROOM];

    clock_format(stand->at_ms, when);
    printf("%s %s%s%s", status_scope_label(word->steer.scope), word->steer.name,
           word->steer.name[0] && word->steer.campaign[0] ? " " : "", word->steer.campaign);
    fputs(lang(":", "："), stdout);
    if (standing->cancelled)
        fputs(lang(" cancelled", "已取消"), stdout);
    else if (standing->paused)
        fputs(lang(" paused", "已暂停"), stdout);
    if (standing->until_ms) {
        clock_format(standing->until_ms, until);
        printf(lang(" extended to %s", "延长到 %s"), until);
    }
    if (standing->rate) {
        figure_count(standing->rate, rate);
        printf(lang(" at most %s parts an hour", "每小时最多 %s 条"), rate);
    }
    printf(lang(" (%s, %s)\n", "（%s，%s）\n"), stand->by, when);
}

static struct jv *status_time(int64_t at_ms)
{
    char text[FIGURE_ROOM];

    figure_iso(at_ms, text);
    return at_ms ? jv_string(text) : jv_null();
}

static struct jv *status_word_json(const struct status_word *word, const struct books_stand *stand)
{
    struct jv *out = jv_object();

    jv_put(out, "scope", jv_string(steer_scope_name(word->steer.scope)));
    jv_put(out, "name", jv_string(word->steer.name));
    jv_put(out, "campaign", jv_string(word->steer.campaign));
    jv_put(out, "paused", jv_bool(stand->standing.paused));
    jv_put(out, "cancelled", jv_bool(stand->standing.cancelled));
    jv_put(out, "until", status_time(stand->standing.until_ms));
    jv_put(out, "rate", jv_int(stand->standing.rate));
    jv_put(out, "by", jv_string(stand->by));
    jv_put(out, "at", status_time(stand->at_ms));
    return out;
}

/* list NULL: prints. */
static int status_tell_words(struct books *books, struct jv *list)
{
    struct status_words words = {0};
    int rc = books_words(books, "", status_keep_word, &words);

    for (size_t i = 0; i < words.n && rc >= 0; i++) {
        struct books_stand stand;

        rc = status_holds(books, &words.words[i], &stand);
        if (rc > 0 && list)
            jv_push(list, status_word_json(&words.words[i], &stand));
        else if (rc > 0)
            status_print_word(&words.words[i], &stand);
    }
    free(words.words);
    return rc < 0 ? rc : 0;
}

int status_print_words(struct books *books)
{
    return status_tell_words(books, NULL);
}

struct jv *status_words_json(struct books *books)
{
    struct jv *list = jv_array();

    if (status_tell_words(books, list) == 0)
        return list;
    jv_free(list);
    return NULL;
}

/* ---- approvals ---- */

struct status_approval {
    bool there;
    char *prepared, *approver, *content;
    int64_t at_ms;
};

static void status_approval_release(struct status_approval *approval)
{
    free(approval->prepared);
    free(approval->approver);
    free(approval->content);
}

static int status_take_approval(void *ctx, const struct books_approval *approval)
{
    struct status_approval *last = ctx;

    status_approval_release(last);
    *last = (struct status_approval){.there = true,
                                     .prepared = mem_dup(approval->prepared),
                                     .approver = mem_dup(approval->approver),
                                     .content = mem_dup(approval->content),
                                     .at_ms = approval->at_ms};
    return 0;
}

int status_print_approval(struct books *books, const char *campaign)
{
    struct status_approval last = {0};
    int rc = books_approvals(books, campaign, "", status_take_approval, &last);
    char when[20];

    if (rc == 0 && last.there) {
        clock_format(last.at_ms, when);
        printf(lang("Prepared by %s, approved by %s (%s)\n", "编制：%s，审批：%s（%s）\n"),
               last.prepared, last.approver, when);
    }
    status_approval_release(&last);
    return rc;
}

struct jv *status_approval_json(struct books *books, const char *campaign)
{
    struct status_approval last = {0};
    struct jv *out = NULL;
    int rc = books_approvals(books, campaign, "", status_take_approval, &last);

    if (rc == 0 && !last.there) {
        out = jv_null();
    } else if (rc == 0) {
        out = jv_object();
        jv_put(out, "prepared", jv_string(last.prepared));
        jv_put(out, "approver", jv_string(last.approver));
        jv_put(out, "content", jv_string(last.content));
        jv_put(out, "at", status_time(last.at_ms));
    }
    status_approval_release(&last);
    return out;
}
