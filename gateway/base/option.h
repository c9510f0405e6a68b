/* option: an option of a configuration group as data.
 * Runs: any (pure).
 *
 * One table of options per group parses it, checks it, fills a plain struct, prints check's
 * messages and the manual. A table ends with an entry whose name is NULL. Adapters bring tables of
 * their own for the boards of their kind (struct option_kind), so that the configuration needs no
 * adapter. */
#ifndef LAWCAST_BASE_OPTION_H
#define LAWCAST_BASE_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum option_type {
    OPTION_STRING,  /* char *, owned by the filled struct; preset NULL leaves NULL */
    OPTION_INT,     /* int64_t, min..max inclusive */
    OPTION_BOOL,    /* bool */
    OPTION_CHOICE,  /* int: index into choices (NULL-terminated) */
    OPTION_STRINGS, /* struct option_strings: [ "a", "b" ] or a single string */
    OPTION_TIME,    /* int64_t, ms since 1970: "2026-10-31 08:30" in the office's time zone */
    OPTION_SKIP,    /* a known name that the caller reads itself (a group or a list) */
};

struct option_strings {
    char **items; /* owned */
    size_t n;
};

struct option_def {
    const char *name;
    enum option_type type;
    size_t offset;      /* of the field in the filled struct */
    bool required;      /* no default: missing is an error */
    bool secret;        /* a password: never printed or logged */
    int64_t min, max;   /* INT: range; STRING: bytes, max 0 = 4096; STRINGS: items, max 0 = 10000 */
    const char *preset; /* default, as it would be written; NULL: 0, false, NULL, first choice */
    const char *unit;   /* "ms", "s", "parts"; NULL: none */
    const char *const *choices;
    const char *help_en, *help_zh; /* one sentence */
};

struct traits; /* gateway/model/traits.h */

/* One kind of adapter as the configuration sees it. */
struct option_kind {
    const char *name;
    const struct option_def *options; /* beside the options that every device of the channel has */
    size_t size;                      /* of the struct that options fill */
    /* What no single option can tell: do they make sense together? 0, or positive with a sentence
     * in the user's language in why, which begins with the name of the option to correct. NULL:
     * there is nothing to check. Only for a struct whose options had no errors. Pure. */
    int (*check)(const void *filled, char *why, size_t why_size);
    const struct traits *traits; /* of boards; NULL: nothing is known */
};

/* The kinds that there are, one after the other; NULL past the last one. */
typedef const struct option_kind *option_kinds(size_t i);

/* Frees what the options of a filled struct own (strings), and zeroes those fields. */
void option_release(const struct option_def *options, void *filled);

#endif
