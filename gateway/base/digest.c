/* digest: checksums and message authentication. See digest.h.
 * Runs: any. */
#include "gateway/base/digest.h"

#include <string.h>
#include <sys/random.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "gateway/base/log.h"

static const struct {
    const char *name;
    const EVP_MD *(*algorithm)(void);
} digest_kinds[DIGEST_KINDS] = {
    [DIGEST_MD5] = {"md5", EVP_md5},
    [DIGEST_SHA1] = {"sha1", EVP_sha1},
    [DIGEST_SHA256] = {"sha256", EVP_sha256},
    [DIGEST_SM3] = {"sm3", EVP_sm3},
};

static const EVP_MD *digest_algorithm(enum digest_kind kind)
{
    LOG_ASSERT((unsigned)kind < DIGEST_KINDS);
    return digest_kinds[kind].algorithm();
}

int digest_find(const char *name, enum digest_kind *out)
{
    for (unsigned i = 0; i < DIGEST_KINDS; i++) {
        if (strcmp(digest_kinds[i].name, name) == 0) {
            *out = (enum digest_kind)i;
            return 0;
        }
    }
    return 1;
}

struct digest digest_of(enum digest_kind kind, const void *data, size_t length)
{
    struct digest digest = {0};
    unsigned n = 0;

    if (EVP_Digest(data, length, digest.bytes, &n, digest_algorithm(kind), NULL) != 1)
        log_panic("OpenSSL has no %s", digest_kinds[kind].name);
    digest.n = n;
    return digest;
}

struct digest digest_hmac(enum digest_kind kind, const void *key, size_t key_length,
                          const void *data, size_t length)
{
    struct digest digest = {0};
    unsigned n = 0;

    LOG_ASSERT(key_length <= 65536);
    if (!HMAC(digest_algorithm(kind), key, (int)key_length, data, length, digest.bytes, &n))
        log_panic("OpenSSL has no HMAC with %s", digest_kinds[kind].name);
    digest.n = n;
    return digest;
}

void digest_hex(const struct digest *digest, char text[static DIGEST_HEX_MOST])
{
    static const char digits[] = "0123456789abcdef";
    size_t at = 0;

    for (size_t i = 0; i < digest->n; i++) {
        text[at++] = digits[digest->bytes[i] >> 4];
        text[at++] = digits[digest->bytes[i] & 15];
    }
    text[at] = '\0';
}

/* The digests are compared, so that neither the length nor the place of a difference is told. */
bool digest_same_text(const char *a, const char *b)
{
    struct digest left = digest_of(DIGEST_SHA256, a, strlen(a));
    struct digest right = digest_of(DIGEST_SHA256, b, strlen(b));

    return CRYPTO_memcmp(left.bytes, right.bytes, DIGEST_MOST) == 0;
}

void digest_random(void *bytes, size_t length)
{
    unsigned char *at = bytes;

    while (length) {
        ssize_t n = getrandom(at, length < 256 ? length : 256, 0);

        if (n <= 0)
            log_panic("the system has no random bytes");
        at += n;
        length -= (size_t)n;
    }
}
