/* onbon_y: a full-colour player that speaks YQ-COM2 (HTTP and JSON on the card itself).
 * Runs: any (pure, but for the process's time zone). Source: Onbon's open protocol documents.
 *
 *   /            getVerificationCode, userLogin; everything else is error 12
 *   /;stok=SID/  all other commands; an unknown session is error 11
 *   /download/   files, by GET, while the way for downloads is open
 *
 * A verification code serves once (then error 27). Commands and keys know no case, the reply's name
 * is in lower case, errors come with HTTP status 200. Bulletins survive a reboot, sessions and
 * codes don't. Where the documents are silent the simulator is unkind: a used order is not
 * overwritten (16), a new bulletin is dark until playBulletin, and a capture's file keeps its
 * earlier contents until the new ones are ready. After a reboot all stored bulletins play, because
 * that is what the documents say of stopBulletin. The owner's bulletins take orders too. */
#ifndef LAWCAST_TESTS_SIM_ONBON_Y_H
#define LAWCAST_TESTS_SIM_ONBON_Y_H

#include "tests/sim/board.h"

enum onbon_error {
    ONBON_OK = 0,
    ONBON_EMPTY_REQUEST = 1,
    ONBON_METHOD = 2,
    ONBON_PARSE = 3,
    ONBON_PROTOCOL = 4,
    ONBON_VERSION = 5,
    ONBON_EXPIRED = 11,
    ONBON_ILLEGAL = 12,
    ONBON_KEY = 14,
    ONBON_PROCESSING = 16,
    ONBON_COMMAND = 17,
    ONBON_EMPTY = 18,
    ONBON_VALUE = 20,
    ONBON_USER = 21,
    ONBON_PASSWORD = 22,
    ONBON_CODE = 27,
};

#endif
