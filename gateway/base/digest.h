/* digest: checksums and message authentication; digest.c is the one file that includes OpenSSL.
 * Runs: any (pure, but for digest_random).
 *
 * MD5 and SHA-1 stand here because devices ask for them (signatures of requests, logins); what has
 * to be proved uses SHA-256. */
#ifndef LAWCAST_BASE_DIGEST_H
#define LAWCAST_BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

enum digest_kind { DIGEST_MD5, DIGEST_SHA1, DIGEST_SHA256, DIGEST_SM3, DIGEST_KINDS };

#define DIGEST_MOST     32                    /* bytes of the longest one */
#define DIGEST_HEX_MOST (2 * DIGEST_MOST + 1) /* as text, with its NUL */

struct digest {
    unsigned char bytes[DIGEST_MOST];
    size_t n;
};

/* By its name in configurations: "md5", "sha1", "sha256", "sm3". 0, or 1: there is none. */
int digest_find(const char *name, enum digest_kind *out);
struct digest digest_of(enum digest_kind kind, const void *data, size_t length);
/* RFC 2104. */
struct digest digest_hmac(enum digest_kind kind, const void *key, size_t key_length,
                          const void *data, size_t length);
/* SHA-256 of pieces that follow one another, and HMAC-SHA-256 with a key of 32 bytes: neither
 * allocates nor looks up an algorithm, for the journal's millions of short lines. */
struct digest_piece {
    const void *data;
    size_t length;
};
#define DIGEST_SHA256_BYTES 32
void digest_sha256(const struct digest_piece *pieces, size_t n,
                   unsigned char out[static DIGEST_SHA256_BYTES]);
void digest_hmac_sha256(const unsigned char key[static DIGEST_SHA256_BYTES],
                        const struct digest_piece *pieces, size_t n,
                        unsigned char out[static DIGEST_SHA256_BYTES]);
/* In lower-case hexadecimal digits. */
void digest_hex(const struct digest *digest, char text[static DIGEST_HEX_MOST]);
/* Are two texts equal? Takes as long for a wrong one as for the right one: for secrets. */
bool digest_same_text(const char *a, const char *b);
/* Random bytes that nobody can guess; ends the process when the system has none. */
void digest_random(void *bytes, size_t length);

#endif
