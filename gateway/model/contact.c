/* contact: is a responsible person named, and was it in time? See contact.h.
 * Runs: any (pure). */
#include "gateway/model/contact.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "gateway/base/lang.h"
#include "gateway/base/log.h"

static const char *const contact_placeholders[] = {
    "请填写", "请填", "待填写", "待填", "待定", "暂无", "无", "姓名", "TBD", "N/A", "none", "name",
};

/* What stands behind a name, or in its place, while nobody is sure. */
static const char *const contact_doubts[] = {"待定", "待填", "请填", "暂定", "TBD", "todo"};

static bool contact_is_doubted(const char *name)
{
    const char *bracket = strpbrk(name, "([");
    const char *wide = strstr(name, "（");

    if (wide && (!bracket || wide < bracket))
        bracket = wide;
    for (size_t i = 0; bracket && i < sizeof contact_doubts / sizeof *contact_doubts; i++)
        if (strcasestr(bracket, contact_doubts[i]))
            return true;
    return false;
}

/* Digits, or one letter again and again: "13800000001", "xxx". */
static bool contact_is_filler(const char *name, size_t length)
{
    size_t letters = strspn(name, "xX"), digits = strspn(name, "0123456789 +-");

    return letters >= length || digits >= length;
}

bool contact_is_named(const char *name)
{
    static const char blanks[] = " \t\r\n-_.?*/";
    size_t length;

    if (!name)
        return false;
    name += strspn(name, blanks);
    length = strlen(name);
    while (length && strchr(blanks, name[length - 1]))
        length--;
    for (size_t i = 0; i < sizeof contact_placeholders / sizeof *contact_placeholders; i++)
        if (strlen(contact_placeholders[i]) == length &&
            strncasecmp(contact_placeholders[i], name, length) == 0)
            return false;
    return length > 0 && !contact_is_doubted(name);
}

bool contact_is_person(const char *name)
{
    return contact_is_named(name) && !contact_is_filler(name, strlen(name));
}

enum contact_standing contact_stand(int64_t named_ms, int64_t deadline_ms, int64_t entered_ms)
{
    if (!named_ms)
        return CONTACT_MISSING;
    if (!deadline_ms)
        return CONTACT_NAMED;
    if (named_ms <= deadline_ms)
        return CONTACT_IN_TIME;
    return entered_ms > deadline_ms ? CONTACT_UNPROVED : CONTACT_LATE;
}

static const char *const contact_names[CONTACT_STANDINGS] = {
    [CONTACT_MISSING] = "not_named", [CONTACT_NAMED] = "named",       [CONTACT_IN_TIME] = "in_time",
    [CONTACT_LATE] = "late",         [CONTACT_UNPROVED] = "unproved",
};

const char *contact_standing_name(enum contact_standing standing)
{
    LOG_ASSERT((unsigned)standing < CONTACT_STANDINGS);
    return contact_names[standing];
}

const char *contact_standing_label(enum contact_standing standing)
{
    switch (standing) {
    case CONTACT_MISSING:
        return lang("not named", "未报");
    case CONTACT_NAMED:
        return lang("named", "已报");
    case CONTACT_IN_TIME:
        return lang("named in time", "按时报送");
    case CONTACT_LATE:
        return lang("named late", "逾期报送");
    case CONTACT_UNPROVED:
        return lang("named; when isn't known", "已报，时间无据");
    case CONTACT_STANDINGS:
        break;
    }
    log_panic("no such standing of a contact: %d", (int)standing);
}
