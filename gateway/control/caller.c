/* caller: who may speak to the listener. See caller.h.
 * Runs: any (pure). */
#include "gateway/control/caller.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/base/mem.h"

#define CALLER_MAC 32 /* hexadecimal digits: 128 bits */

/* Every token is compared, so that the time tells nobody how many units there are before his. */
const struct unit *caller_unit(const struct office *office, const char *authorization)
{
    const struct unit *caller = NULL;

    if (!authorization || strncasecmp(authorization, "Bearer ", 7) != 0)
        return NULL;
    authorization += 7 + strspn(authorization + 7, " ");
    for (size_t i = 0; i < office->n_units; i++)
        if (office->units[i].token && digest_same_text(office->units[i].token, authorization))
            caller = &office->units[i];
    return caller;
}

void caller_mac(const struct office *office, const struct board *board,
                char mac[static DIGEST_HEX_MOST])
{
    const char *key = office->listen.key;
    MEM_FREE_LATER char *text = mem_printf("call %s", board->id);
    struct digest digest = digest_hmac(DIGEST_SHA256, key, strlen(key), text, strlen(text));

    digest_hex(&digest, mac);
    mac[CALLER_MAC] = '\0';
}

bool caller_knows(const struct office *office, const struct board *board, const char **path)
{
    char mac[DIGEST_HEX_MOST];
    size_t length = **path ? strcspn(*path + 1, "/") : 0;
    MEM_FREE_LATER char *said = NULL;

    if (length != CALLER_MAC || !office->listen.key)
        return false;
    said = mem_dup_n(*path + 1, length);
    caller_mac(office, board, mac);
    *path += 1 + length;
    return digest_same_text(said, mac);
}
