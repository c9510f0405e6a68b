/* pin: which PIN was refused, without the PIN. See pin.h.
 * Runs: any (pure). */
#include "adapters/modem/pin.h"

#include <string.h>

#include "gateway/base/buffer.h"
#include "gateway/base/hex.h"

int64_t modem_pin_mark(const char *id, const char *pin)
{
    BUFFER_FREE_LATER struct buffer both = BUFFER_NULL;
    int64_t mark;

    buffer_add(&both, id, strlen(id) + 1);
    buffer_add_text(&both, pin);
    mark = (int64_t)(hex_fingerprint(both.data, both.length) & INT64_MAX);
    explicit_bzero(both.data, both.length);
    return mark ? mark : 1;
}

int64_t modem_pin_try(int64_t known, int64_t mark)
{
    return known == -mark ? mark : -mark;
}
