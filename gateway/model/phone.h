/* phone: numbers as people write them, as integers.
 * Runs: any (pure). Ranges: MIIT numbering as public lists give it. Networks: operators.h. */
#ifndef LAWCAST_MODEL_PHONE_H
#define LAWCAST_MODEL_PHONE_H

#include <stddef.h>
#include <stdint.h>

#define PHONE_FAULT 240 /* room for the sentence */

enum phone_class {
    PHONE_MOBILE, /* mainland mobile: the only class that is sent to */
    PHONE_EMPTY,
    PHONE_NOT_A_NUMBER, /* letters, too short, too long */
    PHONE_FLOAT,        /* 1.38E+10: a spreadsheet has destroyed it */
    PHONE_LANDLINE,
    PHONE_SHORT,     /* 10086, 12348, 95xxx */
    PHONE_MACHINE,   /* 13-digit 106/14x numbers of machines, 11-digit 146/148/1410/1440 */
    PHONE_SATELLITE, /* 1349, 1740-1745 */
    PHONE_FOREIGN,   /* + or 00 with another country's code */
    PHONE_CLASSES
};

/* Normalises length bytes of UTF-8: spaces (also U+00A0, U+3000), - ( ) . between groups,
 * zero-width and direction marks (U+200B-200F, U+202A-202E, U+FEFF), a leading apostrophe or tab
 * are dropped; full-width digits and + are folded; +86, 0086, 86 and a 0 before a mobile number are
 * understood. *number: 86 and the 11 digits, e.g. 8613800000000, only for PHONE_MOBILE. */
enum phone_class phone_parse(const char *text, size_t length, int64_t *number);
/* Why a number of this class is refused, in the user's language, with what to do. */
const char *phone_class_reason(enum phone_class id);
/* The same of a number that somebody has typed, which has no row to delete. */
void phone_class_fault(enum phone_class id, char text[static PHONE_FAULT]);
/* "138****0000": what people and logs see; "****" for one that was erased (below 0). text has room
 * for 24 bytes. */
void phone_mask(int64_t number, char text[static 24]);

#endif
