/* rehearsed: what tells the books of a rehearsal. See rehearsed.h.
 * Runs: any (pure). */
#include "gateway/model/rehearsed.h"

#include <string.h>

#include "gateway/base/lang.h"

bool rehearsed_is(const char *origin)
{
    return strncmp(origin, REHEARSED_PREFIX, strlen(REHEARSED_PREFIX)) == 0;
}

const char *rehearsed_banner(void)
{
    return lang("● REHEARSAL: nothing was sent.", "● 演练：没有真正发送。");
}

const char *rehearsed_note(void)
{
    return lang("! These are the books of a rehearsal: nothing was sent or shown.\n",
                "! 这是演练账本：没有真正发送或播放任何内容。\n");
}
