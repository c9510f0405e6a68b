/* langlist: in which languages the user wants to be spoken to. See langlist.h.
 * Runs: any (pure). */
#include "gateway/base/langlist.h"

#include <stdio.h>
#include <string.h>

#define LANGLIST_LETTERS "abcdefghijklmnopqrstuvwxyz"

struct langlist_parts {
    int language, territory, modifier; /* lengths; the latter two with their _ or @ */
    const char *at, *territory_at, *modifier_at;
};

/* "zh_CN.UTF-8@x": the code set says nothing, our texts are UTF-8. False: no name of a language, or
 * one that could lead out of the folder. */
static bool langlist_split(const char *name, size_t length, struct langlist_parts *parts)
{
    size_t language = strspn(name, LANGLIST_LETTERS), end = strcspn(name, "_.@:");
    const char *rest;

    if (language < 2 || language > 8 || language != end || end > length)
        return false;
    *parts = (struct langlist_parts){.language = (int)language, .at = name};
    rest = name + language;
    parts->territory_at = rest;
    if (*rest == '_')
        parts->territory = (int)strcspn(rest, ".@:");
    rest += strcspn(rest, "@:");
    parts->modifier_at = rest;
    if (*rest == '@')
        parts->modifier = (int)strcspn(rest, ":");
    return parts->territory < 8 && parts->modifier < 12 && !memchr(name, '/', length);
}

static void langlist_add(struct langlist *list, const struct langlist_parts *parts, bool territory,
                         bool modifier)
{
    if (list->n < LANGLIST_NAMES)
        snprintf(list->names[list->n++], sizeof *list->names, "%.*s%.*s%.*s", parts->language,
                 parts->at, territory ? parts->territory : 0, parts->territory_at,
                 modifier ? parts->modifier : 0, parts->modifier_at);
}

static bool langlist_speaks(const struct langlist_parts *parts, const char *language)
{
    return parts->language == 2 && strncmp(parts->at, language, 2) == 0;
}

/* True: it is one that is built in, so nothing that follows can be needed. */
static bool langlist_take(struct langlist *list, const char *name, size_t length)
{
    struct langlist_parts parts;

    if (!langlist_split(name, length, &parts))
        return false;
    for (int with = 3; with >= 0; with--) {
        bool territory = with & 1, modifier = with & 2;

        if ((parts.territory || !territory) && (parts.modifier || !modifier))
            langlist_add(list, &parts, territory, modifier);
    }
    if (!langlist_speaks(&parts, "zh") && !langlist_speaks(&parts, "en"))
        return false;
    list->chinese = langlist_speaks(&parts, "zh");
    return true;
}

void langlist_read(struct langlist *list, const char *language, const char *locale)
{
    size_t length;
    bool plain = locale && (strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0);

    *list = (struct langlist){.chinese = locale && strncmp(locale, "zh", 2) == 0};
    if (plain)
        return;
    for (const char *at = language ? language : ""; *at; at += length + (at[length] == ':')) {
        length = strcspn(at, ":");
        if (langlist_take(list, at, length))
            return;
    }
    if (locale && !(language && *language))
        langlist_take(list, locale, strlen(locale));
}
