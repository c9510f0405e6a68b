/* sms_text: a text as the network carries it: alphabet, parts, limits.
 * Runs: any (pure). Sources: 3GPP TS 23.038 6.2.1 (default alphabet and extension table); TS 23.040
 * 9.2.3.24.1 (concatenation, 8-bit reference: 153 septets or 67 UCS-2 units a part).
 *
 * GSM-7 is chosen exactly when every character is in the default alphabet or its extension table;
 * else UCS-2. A part never ends inside an escape pair, a surrogate pair, or a sequence that is
 * drawn as one (zero-width joiner, variation selector, skin tone, keycap, flag pair, combining
 * mark), unless that sequence alone is longer than a part. */
#ifndef LAWCAST_MODEL_SMS_TEXT_H
#define LAWCAST_MODEL_SMS_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "gateway/model/outcome.h"

enum sms_alphabet { SMS_GSM7, SMS_UCS2 };

struct sms_part {
    size_t from, to; /* bytes [from, to) of the UTF-8 text */
    size_t units;    /* septets or UCS-2 units */
};

struct sms_layout {
    enum sms_alphabet alphabet;
    size_t units;   /* of the whole text */
    size_t n_parts; /* 0 for the empty text */
    struct sms_part parts[OUTCOME_PARTS_MAX];
};

enum sms_text_error {
    SMS_TEXT_OK = 0,
    SMS_TEXT_BAD_UTF8 = 1,
    SMS_TEXT_TOO_LONG = 2,
    SMS_TEXT_CONTROL = 3
};

/* Lays the text out. 0, or a positive enum sms_text_error: TOO_LONG when it needs more than
 * max_parts (1..OUTCOME_PARTS_MAX), CONTROL for a control character other than \n and \r. */
int sms_text_layout(const char *text, size_t length, size_t max_parts, struct sms_layout *layout);
/* Septets (1 or 2) of a code point in the default alphabet, 0: not in it. */
unsigned sms_text_septets(int32_t code);

#endif
