/* finding: see finding.h.
 * Runs: any. */
#include "gateway/audit/finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "gateway/base/buffer.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"

static const char *const finding_names[FINDING_KINDS] = {
    [FINDING_ALTERED] = "altered",
    [FINDING_MISSING] = "missing",
    [FINDING_INSERTED] = "inserted",
    [FINDING_REORDERED] = "reordered",
    [FINDING_BACK_DATED] = "back-dated",
    [FINDING_RULE] = "rule",
    [FINDING_TREE] = "tree",
    [FINDING_CHECKPOINT] = "checkpoint",
    [FINDING_KEY] = "key",
    [FINDING_OLDER_COPY] = "older-copy",
    [FINDING_TABLE] = "table",
    [FINDING_FIGURE] = "figure",
    [FINDING_SEAL] = "seal",
    [FINDING_DAMAGED] = "damaged",
    [FINDING_PICTURE] = "picture",
};

const char *finding_name(enum finding_kind kind)
{
    LOG_ASSERT((unsigned)kind < FINDING_KINDS);
    return finding_names[kind];
}

void findings_add(struct findings *findings, enum finding_kind kind, int64_t record,
                  const char *format, ...)
{
    char text[1024];
    va_list args;

    if (findings->n == FINDINGS_KEPT) {
        findings->more++;
        return;
    }
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    findings->items[findings->n++] =
        (struct finding){.kind = kind, .record = record, .text = mem_dup(text)};
}

/* What is wrong with the records comes first: the rest may follow from it. */
static bool finding_before(const struct finding *a, const struct finding *b)
{
    uint64_t left = (uint64_t)a->record - 1, right = (uint64_t)b->record - 1;
    bool first = a->kind < FINDING_TABLE, second = b->kind < FINDING_TABLE;

    return first == second ? left < right : first;
}

/* Few, and mostly in order: insertion keeps equals as they came. */
void findings_sort(struct findings *findings)
{
    for (size_t i = 1; i < findings->n; i++) {
        struct finding moved = findings->items[i];
        size_t at = i;

        for (; at > 0 && finding_before(&moved, &findings->items[at - 1]); at--)
            findings->items[at] = findings->items[at - 1];
        findings->items[at] = moved;
    }
}

void findings_free(struct findings *findings)
{
    for (size_t i = 0; i < findings->n; i++)
        free(findings->items[i].text);
    *findings = (struct findings){0};
}
