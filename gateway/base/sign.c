/* sign: Ed25519 keys, their files and texts. See sign.h.
 * Runs: any.
 *
 * A secret key, and whatever text of it there must be for a moment, lives in memory that is locked,
 * fenced by guard pages and wiped when it is given back: never on the stack, never in a buffer that
 * grows and leaves copies behind. */
#include "gateway/base/sign.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "gateway/base/digest.h"
#include "gateway/base/durable.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"

#define SIGN_SECRET "PRIVATE+KEY+"
#define SIGN_RAW    33 /* the type and 32 bytes, as base64 carries them: 44 letters, no padding */
#define SIGN_RAW_64 44
#define SIGN_SECRET_MOST                                                                           \
    (sizeof SIGN_SECRET + SIGN_NAME_MOST + 10 + SIGN_RAW_64 + 64) /* and blanks at its end */

struct sign_key {
    char name[SIGN_NAME_MOST];
    unsigned char pair[crypto_sign_SECRETKEYBYTES]; /* the seed and, behind it, the public half */
};

/* Libsodium takes any number of calls, from any thread. */
static void *sign_locked(size_t length)
{
    void *locked;

    if (sodium_init() < 0)
        log_panic("libsodium doesn't start");
    locked = sodium_malloc(length);
    if (!locked)
        log_panic("no memory for a key");
    return memset(locked, 0, length);
}

/* What Unicode calls white space. */
static bool sign_is_blank(int32_t code)
{
    return (code >= 0x09 && code <= 0x0D) || code == 0x20 || code == 0x85 || code == 0xA0 ||
           code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x2028 ||
           code == 0x2029 || code == 0x202F || code == 0x205F || code == 0x3000;
}

bool sign_is_name(const char *name)
{
    size_t length = strnlen(name, SIGN_NAME_MOST), at = 0;

    if (!length || length == SIGN_NAME_MOST)
        return false;
    while (at < length) {
        int32_t code = utf8_next(name, length, &at);

        if (code < 0x20 || code == 0x7F || code == '+' || sign_is_blank(code))
            return false;
    }
    return true;
}

static void sign_fill(struct sign_public *out, const char *name, enum sign_type type,
                      const unsigned char bytes[static 32])
{
    unsigned char text[SIGN_NAME_MOST + 34];
    size_t length = strlen(name);
    struct digest digest;

    memset(out, 0, sizeof *out);
    memcpy(out->name, name, length + 1);
    out->type = type;
    memcpy(out->bytes, bytes, 32);
    memcpy(text, name, length);
    text[length] = '\n';
    text[length + 1] = (unsigned char)type;
    memcpy(text + length + 2, bytes, 32);
    digest = digest_of(DIGEST_SHA256, text, length + 34);
    memcpy(out->id, digest.bytes, sizeof out->id);
}

static struct sign_key *sign_key_new(const char *name, const unsigned char *seed)
{
    struct sign_key *key = sign_locked(sizeof *key);
    unsigned char public[crypto_sign_PUBLICKEYBYTES];

    memcpy(key->name, name, strlen(name) + 1);
    if (seed)
        crypto_sign_seed_keypair(public, key->pair, seed);
    else
        crypto_sign_keypair(public, key->pair);
    sodium_mprotect_readonly(key);
    return key;
}

struct sign_key *sign_key_make(const char *name)
{
    return sign_is_name(name) ? sign_key_new(name, NULL) : NULL;
}

/* Libsodium 1.0.18 takes some bytes above 0x7F for letters: 0x91 for '/'. */
static bool sign_is_ascii(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)text[i] > 0x7F)
            return false;
    }
    return true;
}

/* NAME+8 digits+44 letters of base64, and no more. A key has one text: digits are lower-case. */
static bool sign_split(const char *text, size_t length, char name[static SIGN_NAME_MOST],
                       char id[static 9], unsigned char raw[static SIGN_RAW])
{
    const char *plus = memchr(text, '+', length);
    size_t named = plus ? (size_t)(plus - text) : 0, got = 0;

    if (!named || named >= SIGN_NAME_MOST || length != named + 10 + SIGN_RAW_64 || plus[9] != '+')
        return false;
    memcpy(name, text, named);
    name[named] = '\0';
    memcpy(id, plus + 1, 8);
    id[8] = '\0';
    return sign_is_name(name) && sign_is_ascii(plus + 10, SIGN_RAW_64) &&
           sodium_base642bin(raw, SIGN_RAW, plus + 10, SIGN_RAW_64, NULL, &got, NULL,
                             sodium_base64_VARIANT_ORIGINAL) == 0 &&
           got == SIGN_RAW;
}

static bool sign_has_id(const struct sign_public *key, const char *digits)
{
    char text[9];

    sodium_bin2hex(text, sizeof text, key->id, sizeof key->id);
    return strcmp(text, digits) == 0;
}

static struct sign_key *sign_key_read(const char *text, size_t length,
                                      unsigned char raw[static SIGN_RAW])
{
    char name[SIGN_NAME_MOST], id[9];
    struct sign_public public;
    struct sign_key *key;

    if (!sign_split(text, length, name, id, raw) || raw[0] != SIGN_LOG)
        return NULL;
    key = sign_key_new(name, raw + 1);
    sign_key_public(key, SIGN_LOG, &public);
    if (sign_has_id(&public, id))
        return key;
    sign_key_free(key);
    return NULL;
}

struct sign_key *sign_key_make_under(const char *prefix)
{
    unsigned char random[6];
    char name[SIGN_NAME_MOST];

    digest_random(random, sizeof random);
    snprintf(name, sizeof name, "%s%02x%02x%02x%02x%02x%02x", prefix, random[0], random[1],
             random[2], random[3], random[4], random[5]);
    return sign_key_make(name);
}

struct sign_key *sign_key_parse(const char *text)
{
    size_t length = strlen(text), prefix = strlen(SIGN_SECRET);
    struct sign_key *key = NULL;
    unsigned char *raw;

    while (length && strchr(" \t\r\n", text[length - 1]))
        length--;
    if (length <= prefix || memcmp(text, SIGN_SECRET, prefix) != 0)
        return NULL;
    raw = sign_locked(SIGN_RAW);
    key = sign_key_read(text + prefix, length - prefix, raw);
    sodium_free(raw);
    return key;
}

void sign_key_free(struct sign_key *key)
{
    sodium_free(key);
}

void sign_key_public(const struct sign_key *key, enum sign_type type, struct sign_public *out)
{
    sign_fill(out, key->name, type, key->pair + crypto_sign_SEEDBYTES);
}

void sign_key_sign(const struct sign_key *key, const void *data, size_t length,
                   unsigned char out[static SIGN_BYTES])
{
    crypto_sign_detached(out, NULL, data, length, key->pair);
}

int sign_public_parse(const char *text, struct sign_public *out)
{
    char name[SIGN_NAME_MOST], id[9];
    unsigned char raw[SIGN_RAW];

    if (!sign_split(text, strnlen(text, SIGN_TEXT_MOST), name, id, raw))
        return 1;
    if (raw[0] != SIGN_LOG && raw[0] != SIGN_WITNESS)
        return 1;
    sign_fill(out, name, (enum sign_type)raw[0], raw + 1);
    return sign_has_id(out, id) ? 0 : 1;
}

/* What follows the name: the id and the 33 bytes. */
static void sign_tail(const struct sign_public *key, const unsigned char raw[static SIGN_RAW],
                      char text[static 10 + SIGN_RAW_64 + 1])
{
    text[0] = '+';
    sodium_bin2hex(text + 1, 9, key->id, sizeof key->id);
    text[9] = '+';
    sodium_bin2base64(text + 10, SIGN_RAW_64 + 1, raw, SIGN_RAW, sodium_base64_VARIANT_ORIGINAL);
}

void sign_public_text(const struct sign_public *key, char text[static SIGN_TEXT_MOST])
{
    unsigned char raw[SIGN_RAW] = {(unsigned char)key->type};
    size_t named = strlen(key->name);

    memcpy(raw + 1, key->bytes, sizeof key->bytes);
    memcpy(text, key->name, named);
    sign_tail(key, raw, text + named);
}

bool sign_verify(const struct sign_public *key, const void *data, size_t length,
                 const unsigned char signature[static SIGN_BYTES])
{
    if (sodium_init() < 0)
        log_panic("libsodium doesn't start");
    return crypto_sign_verify_detached(signature, data, length, key->bytes) == 0;
}

/* The text of a secret key, in locked memory. */
static char *sign_key_text(const struct sign_key *key)
{
    char *text = sign_locked(SIGN_SECRET_MOST);
    unsigned char *raw = sign_locked(SIGN_RAW);
    struct sign_public public;
    size_t at = strlen(SIGN_SECRET), named = strlen(key->name);

    sign_key_public(key, SIGN_LOG, &public);
    raw[0] = SIGN_LOG;
    memcpy(raw + 1, key->pair, crypto_sign_SEEDBYTES);
    memcpy(text, SIGN_SECRET, at);
    memcpy(text + at, key->name, named);
    sign_tail(&public, raw, text + at + named);
    sodium_free(raw);
    strcat(text, "\n");
    return text;
}

static int sign_fill_file(int fd, const char *text)
{
    size_t length = strlen(text), done = 0;

    while (done < length) {
        ssize_t n = write(fd, text + done, length - done);

        if (n < 0 && errno != EINTR)
            return -errno;
        done += n > 0 ? (size_t)n : 0;
    }
    return fchmod(fd, 0400) || fsync(fd) ? -errno : 0;
}

/* Under a name of its own first: a crash leaves no half key where a whole one is looked for. A link
 * never takes the place of a file that is there. */
int sign_key_save(const struct sign_key *key, const char *path)
{
    MEM_FREE_LATER char *part = mem_printf("%s.%" PRIdMAX ".part", path, (intmax_t)getpid());
    char *text;
    int fd, rc;

    if (unlink(part) && errno != ENOENT)
        return -errno;
    fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0400);
    if (fd < 0)
        return -errno;
    text = sign_key_text(key);
    rc = sign_fill_file(fd, text);
    sodium_free(text);
    if (close(fd) && !rc)
        rc = -errno;
    if (!rc && link(part, path))
        rc = -errno;
    unlink(part);
    return rc ? rc : durable_sync_parent(path);
}

/* The file's text; 1: too long, or no text. */
static int sign_read_file(int fd, char text[static SIGN_SECRET_MOST])
{
    size_t length = 0;

    while (length < SIGN_SECRET_MOST) {
        ssize_t n = read(fd, text + length, SIGN_SECRET_MOST - length);

        if (n < 0 && errno != EINTR)
            return -errno;
        if (n == 0)
            break;
        length += n > 0 ? (size_t)n : 0;
    }
    return length == SIGN_SECRET_MOST || strlen(text) != length ? 1 : 0;
}

static int sign_load_file(int fd, struct sign_key **out)
{
    struct stat stat;
    char *text;
    int rc;

    if (fstat(fd, &stat))
        return -errno;
    if (!S_ISREG(stat.st_mode))
        return 1;
    if (stat.st_mode & (S_IRWXG | S_IRWXO))
        return 2;
    text = sign_locked(SIGN_SECRET_MOST);
    rc = sign_read_file(fd, text);
    if (!rc)
        *out = sign_key_parse(text);
    sodium_free(text);
    return rc ? rc : *out ? 0 : 1;
}

int sign_key_load(const char *path, struct sign_key **out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    int rc;

    *out = NULL;
    if (fd < 0)
        return -errno;
    rc = sign_load_file(fd, out);
    close(fd);
    return rc;
}
