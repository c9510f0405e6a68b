/* audit_trust: the public keys that somebody trusts. See audit_trust.h.
 * Runs: any. */
#include "gateway/audit_trust.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/lang.h"

#define TRUST_FILE (TRUST_MOST * SIGN_TEXT_MOST)

static bool trust_same(const struct sign_public *a, const struct sign_public *b)
{
    return strcmp(a->name, b->name) == 0 && memcmp(a->id, b->id, sizeof a->id) == 0;
}

bool trust_add_key(struct trust *trust, const struct sign_public *key)
{
    for (size_t i = 0; i < trust->n; i++) {
        if (trust_same(&trust->keys[i], key))
            return true;
    }
    if (trust->n == TRUST_MOST)
        return false;
    trust->keys[trust->n++] = *key;
    return true;
}

static int trust_refuse(const struct command *command, const char *word)
{
    fprintf(stderr,
            lang("lawcast %s: \"%s\" is no public key, and no file of them. A key looks like "
                 "NAME+8 digits+44 letters; lawcast audit key prints that of the books.\n",
                 "lawcast %s：%s 不是公钥，也不是公钥文件。公钥形如 名称+8位数字+44个字母，可用 "
                 "lawcast audit key 打印。\n"),
            command->name, word);
    return COMMAND_REFUSED;
}

static bool trust_add_lines(struct trust *trust, char *text)
{
    char *rest = NULL;
    size_t lines = 0;

    for (char *line = strtok_r(text, "\r\n", &rest); line; line = strtok_r(NULL, "\r\n", &rest)) {
        struct sign_public key;

        if (sign_public_parse(line, &key) || !trust_add_key(trust, &key))
            return false;
        lines++;
    }
    return lines > 0;
}

int trust_add(struct trust *trust, const struct command *command, const char *word)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    struct sign_public key;

    if (sign_public_parse(word, &key) == 0)
        return trust_add_key(trust, &key) ? COMMAND_FINE : trust_refuse(command, word);
    if (buffer_read_file(&text, word, TRUST_FILE) || !text.length ||
        strlen(text.data) != text.length || !trust_add_lines(trust, text.data))
        return trust_refuse(command, word);
    return COMMAND_FINE;
}

/* The last one that fits: a key that was told later is in force. */
const struct sign_public *trust_signer(const struct trust *trust, enum sign_type type,
                                       const char *note, size_t length)
{
    for (size_t i = trust->n; i-- > 0;) {
        const struct sign_public *key = &trust->keys[i];

        if (key->type == type && note_verify(note, length, key, NULL) == NOTE_GOOD)
            return key;
    }
    return NULL;
}

const struct sign_public *trust_find(const struct trust *trust, const struct note_signer *signer)
{
    for (size_t i = 0; i < trust->n; i++) {
        if (strcmp(trust->keys[i].name, signer->name) == 0 &&
            memcmp(trust->keys[i].id, signer->id, sizeof signer->id) == 0)
            return &trust->keys[i];
    }
    return NULL;
}
