/* fuzz_sim_huidu: any bytes, rightly signed, as a request to the simulated controller. Runs: any.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/digest.h"
#include "gateway/base/mem.h"
#include "tests/sim/board.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void view(void *ctx, const struct board_view *seen)
{
    if (ctx || !seen->name || !seen->text)
        abort();
}

static const char *header(const struct board_request *request, const char *name)
{
    return strcmp(name, "sign") == 0     ? request->ctx
           : strcmp(name, "sdkKey") == 0 ? "huidu-key"
                                         : "";
}

static const char *query(const struct board_request *request, const char *name)
{
    return request && name ? NULL : name;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct board_spec spec = {.width = 64, .height = 32};
    const struct board_screen screen = {.view = view};
    void *card = board_huidu.create(&spec, &screen);
    char *body MEM_FREE_LATER = mem_alloc(size + sizeof "huidu-key", 1), sign[DIGEST_HEX_MOST];
    struct board_request request = {.method = "POST",
                                    .path = "/api/program/",
                                    .body = body,
                                    .length = size,
                                    .header = header,
                                    .query = query,
                                    .ctx = sign};
    struct board_reply reply = {0};
    struct digest digest;

    memcpy(body, data, size);
    memcpy(body + size, "huidu-key", sizeof "huidu-key");
    digest = digest_hmac(DIGEST_MD5, "huidu-secret", 12, body, size + 9);
    digest_hex(&digest, sign);
    body[size] = '\0';
    board_huidu.request(card, &request, INT64_C(1793406600000), &reply);
    if (reply.status != 200 && reply.status != 400)
        abort();
    buffer_free(&reply.body);
    board_huidu.advance(card, INT64_C(1793406600000) + 86400000);
    board_huidu.release(card);
    return 0;
}
