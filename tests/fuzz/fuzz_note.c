/* fuzz_note: signed notes, checkpoints and the texts of keys, from strangers. What is read and
 * written again is the same; what is signed verifies, and stays a note. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/note.h"

#define FUZZ_KEY "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_checkpoint(const char *text, size_t size)
{
    BUFFER_FREE_LATER struct buffer again = BUFFER_NULL;
    struct checkpoint checkpoint;

    if (checkpoint_read(text, size, &checkpoint))
        return;
    checkpoint_write(&checkpoint, &again);
    LOG_ASSERT(again.length <= size && memcmp(again.data, text, again.length) == 0);
}

static void fuzz_key(const char *text)
{
    char again[SIGN_TEXT_MOST];
    struct sign_public public;

    if (sign_public_parse(text, &public))
        return;
    sign_public_text(&public, again);
    LOG_ASSERT(strcmp(again, text) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MEM_FREE_LATER char *text = mem_dup_n((const char *)data, size);
    struct sign_key *key = sign_key_parse(FUZZ_KEY);
    BUFFER_FREE_LATER struct buffer note = BUFFER_NULL;
    struct note_signer signers[NOTE_SIGNATURES];
    struct sign_public public;
    size_t body = note_body(text, size), n = note_signers(text, size, signers);

    fuzz_checkpoint(text, size);
    fuzz_key(text);
    sign_key_free(sign_key_parse(text));
    sign_key_public(key, SIGN_LOG, &public);
    LOG_ASSERT((n == 0) == (body == 0) && body < size + !size);
    LOG_ASSERT((note_verify(text, size, &public, NULL) == NOTE_MALFORMED) == (n == 0));
    if (n && n < NOTE_SIGNATURES && size < NOTE_MOST / 2) {
        buffer_add(&note, text, size);
        note_sign(&note, key);
        LOG_ASSERT(note_verify(note.data, note.length, &public, NULL) == NOTE_GOOD);
        LOG_ASSERT(note_body(note.data, note.length) == body);
    }
    sign_key_free(key);
    return 0;
}
