/* approval: has a second person approved what a campaign is going to do? See approval.h.
 * Runs: any. */
#include "gateway/approval.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/base/note.h"
#include "gateway/command.h"
#include "gateway/model/contact.h"
#include "gateway/ledger/books_approvals.h"

#define APPROVAL_LIST_MOST (512 << 20) /* bytes of a list */

/* ---- the content ---- */

static void approval_digest(const char *data, size_t length, char hex[static DIGEST_HEX_MOST])
{
    struct digest digest = digest_of(DIGEST_SHA256, data, length);

    digest_hex(&digest, hex);
}

/* Lengths go before texts: nothing of one can pass for something of the next. */
static void approval_add_text(struct buffer *content, const char *name, const char *text)
{
    buffer_printf(content, "%s %zu %s\n", name, strlen(text), text);
}

static void approval_add_windows(struct buffer *content, const struct window *windows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buffer_printf(content, "window %" PRId64 " %" PRId64 "\n", windows[i].from_ms,
                      windows[i].to_ms);
}

static int approval_add_list(struct buffer *content, const char *path, const char **unread)
{
    BUFFER_FREE_LATER struct buffer list = BUFFER_NULL;
    char hex[DIGEST_HEX_MOST];
    int rc = path ? buffer_read_file(&list, path, APPROVAL_LIST_MOST) : 0;

    if (rc) {
        *unread = path;
        return rc;
    }
    approval_digest(buffer_text(&list), list.length, hex);
    buffer_printf(content, "list %s\n", path ? hex : "-");
    return 0;
}

static int approval_add_order(struct buffer *content, const struct order *order,
                              const struct office *office, const char **path)
{
    int rc;

    approval_add_text(content, "unit", office->units[order->unit].id);
    approval_add_text(content, "signature", office->units[order->unit].signature);
    approval_add_text(content, "text", order->text);
    buffer_printf(content, "quota %" PRId64 "\n", order->quota);
    approval_add_windows(content, order->windows, order->n_windows);
    rc = approval_add_list(content, order->recipients, path);
    return rc ? rc : approval_add_list(content, order->reserve, path);
}

static void approval_add_display(struct buffer *content, const struct display *display,
                                 const struct office *office)
{
    for (size_t i = 0; i < display->n_boards; i++)
        approval_add_text(content, "board", office->boards[display->boards[i]].id);
    for (size_t i = 0; i < display->slogans.n; i++)
        approval_add_text(content, "slogan", display->slogans.items[i]);
    approval_add_windows(content, display->windows, display->n_windows);
}

int approval_content(const struct campaign *campaign, const struct office *office,
                     char hex[static DIGEST_HEX_MOST], const char **path)
{
    BUFFER_FREE_LATER struct buffer content = BUFFER_NULL;
    int rc = 0;

    approval_add_text(&content, "campaign", campaign->id);
    approval_add_text(&content, "source", campaign->source);
    for (size_t i = 0; i < campaign->n_orders && !rc; i++)
        rc = approval_add_order(&content, &campaign->orders[i], office, path);
    for (size_t i = 0; i < campaign->n_displays; i++)
        approval_add_display(&content, &campaign->displays[i], office);
    approval_digest(buffer_text(&content), content.length, hex);
    return rc;
}

/* ---- who may ---- */

const struct approver *approval_find(const struct office *office, const struct sign_public *key)
{
    for (size_t i = 0; i < office->n_approvers; i++) {
        struct sign_public one;

        if (sign_public_parse(office->approvers[i].key, &one) == 0 &&
            memcmp(one.bytes, key->bytes, sizeof one.bytes) == 0)
            return &office->approvers[i];
    }
    return NULL;
}

enum approval_verdict approval_verify(const struct office *office, const char *note, size_t length,
                                      struct approval *out)
{
    enum approval_verdict verdict = APPROVAL_STRANGER;

    if (approval_read(note, length, out) || !note_body(note, length))
        return APPROVAL_MALFORMED;
    if (approval_is_same(out->prepared, out->approver) || !contact_is_named(out->prepared))
        return APPROVAL_SELF;
    for (size_t i = 0; i < office->n_approvers && verdict != APPROVAL_GOOD; i++) {
        struct sign_public key;

        if (strcmp(office->approvers[i].name, out->approver) != 0 ||
            sign_public_parse(office->approvers[i].key, &key))
            continue;
        verdict =
            note_verify(note, length, &key, NULL) == NOTE_GOOD ? APPROVAL_GOOD : APPROVAL_FORGED;
    }
    return verdict;
}

const char *approval_verdict_label(enum approval_verdict verdict)
{
    switch (verdict) {
    case APPROVAL_GOOD:
        break;
    case APPROVAL_MALFORMED:
        return lang("this is no approval", "这不是审批文件");
    case APPROVAL_STRANGER:
        return lang("the configuration (approval.approvers) has nobody of the approver's name",
                    "配置文件（approval.approvers）中没有这位审批人");
    case APPROVAL_FORGED:
        return lang("it isn't signed by the approver's key", "签名与审批人的密钥不符");
    case APPROVAL_SELF:
        return lang("who has prepared the campaign can't approve it, and has to be named",
                    "任务须写明编制人，编制人不能审批自己的任务");
    }
    return "";
}

/* ---- the books ---- */

struct approval_search {
    const struct office *office;
    const char *content;
    struct approval *out;
    bool found;
};

/* Believed is only what the keys of today's configuration have signed. */
static int approval_take(void *ctx, const struct books_approval *approval)
{
    struct approval_search *search = ctx;
    struct approval one;

    if (search->found || strcmp(approval->content, search->content) != 0 ||
        approval_verify(search->office, approval->note, strlen(approval->note), &one) !=
            APPROVAL_GOOD ||
        strcmp(one.content, search->content) != 0)
        return 0;
    *search->out = one;
    search->found = true;
    return 0;
}

int approval_look(struct books *books, const struct campaign *campaign, const struct office *office,
                  struct approval_finding *out)
{
    struct approval_search search = {
        .office = office, .content = out->content, .out = &out->approval};
    int rc;

    *out = (struct approval_finding){0};
    rc = approval_content(campaign, office, out->content, &out->path);
    if (!rc && books)
        rc = books_approvals(books, campaign->id, out->content, approval_take, &search);
    return rc < 0 ? rc : search.found;
}

static int approval_missing(const struct campaign *campaign, const char *content)
{
    fprintf(stderr,
            lang("%s: nobody has approved this content of the campaign (%.16s...). A second person "
                 "has to look at it and approve it: lawcast approve %s. After every change of the "
                 "file, of a list or of the times it has to be approved again. Nothing was sent.\n",
                 "%s：任务的当前内容（%.16s…）尚未审批。须由另一人核对并审批：lawcast approve "
                 "%s。任务文件、名单或时间每次改动后都须重新审批。未发送任何内容。\n"),
            campaign->file, content, campaign->file);
    return COMMAND_REFUSED;
}

static int approval_check_one(struct books *books, const struct office *office,
                              const struct campaign *campaign)
{
    struct approval_finding finding;
    int rc = approval_look(books, campaign, office, &finding);

    if (rc < 0)
        fprintf(
            stderr,
            lang("%s: whether it was approved can't be read: %s\n", "%s：无法核实是否已审批：%s\n"),
            campaign->file, lang_error(rc));
    if (rc < 0)
        return COMMAND_MACHINE;
    return rc ? COMMAND_FINE : approval_missing(campaign, finding.content);
}

/* Books that don't exist yet hold no approval; others that can't be read are told by the gateway.
 */
int approval_check(const struct office *office, const struct campaign *const *campaigns, size_t n,
                   const char *ledger)
{
    struct books *books = NULL;
    char why[256] = "";
    int result = COMMAND_FINE;

    if (!office->approval)
        return COMMAND_FINE;
    if (books_open(&books, ledger, why, sizeof why))
        books = NULL;
    for (size_t i = 0; i < n; i++) {
        int one = approval_check_one(books, office, campaigns[i]);

        result = one > result ? one : result;
    }
    books_close(books);
    return result;
}
