/* test_sign: against RFC 8032, section 7.1, and the keys that c2sp.org/signed-note and the note
 * package of Go's sumdb show; and what files of keys promise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/digest.h"
#include "gateway/base/hex.h"
#include "gateway/base/mem.h"
#include "gateway/base/sign.h"

#define PETER_SECRET                                                                               \
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
#define PETER_PUBLIC "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"

/* The text of a key, from the bytes that an RFC gives. */
static char *key_text(const char *prefix, const char *name, const char *raw_hex,
                      const char *public_hex)
{
    BUFFER_FREE_LATER struct buffer hashed = BUFFER_NULL, raw = BUFFER_NULL, text = BUFFER_NULL;
    struct digest digest;

    buffer_printf(&hashed, "%s\n\x01", name);
    assert_int_equal(hex_decode(&hashed, public_hex, 64), 0);
    digest = digest_of(DIGEST_SHA256, hashed.data, hashed.length);
    buffer_add_char(&raw, 1);
    assert_int_equal(hex_decode(&raw, raw_hex, 64), 0);
    buffer_printf(&text, "%s%s+%02x%02x%02x%02x+", prefix, name, digest.bytes[0], digest.bytes[1],
                  digest.bytes[2], digest.bytes[3]);
    hex_encode_base64(&text, raw.data, raw.length);
    return buffer_take(&text);
}

static void test_rfc_8032(void **state)
{
    static const struct {
        const char *seed, *public, *message, *signature;
    } cases[] = {
        {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
         "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701"
         "cf9b4"
         "6bd25bf5f0595bbe24655141438e7a100b"},
        {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
         "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d"
         "0f11d"
         "8c387b2eaeb4302aeeb00d291612bb0c00"},
        {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
         "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
         "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f7609"
         "84dc6"
         "594a7c15e9716ed28dc027beceea1ec40a"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        MEM_FREE_LATER char *secret =
            key_text("PRIVATE+KEY+", "rfc", cases[i].seed, cases[i].public);
        MEM_FREE_LATER char *public = key_text("", "rfc", cases[i].public, cases[i].public);
        BUFFER_FREE_LATER struct buffer message = BUFFER_NULL, expected = BUFFER_NULL;
        struct sign_key *key = sign_key_parse(secret);
        unsigned char signature[SIGN_BYTES];
        char text[SIGN_TEXT_MOST];
        struct sign_public half;

        assert_non_null(key);
        assert_int_equal(hex_decode(&message, cases[i].message, strlen(cases[i].message)), 0);
        assert_int_equal(hex_decode(&expected, cases[i].signature, 128), 0);
        sign_key_sign(key, buffer_text(&message), message.length, signature);
        assert_memory_equal(signature, expected.data, SIGN_BYTES);
        sign_key_public(key, SIGN_LOG, &half);
        sign_public_text(&half, text);
        assert_string_equal(text, public);
        assert_true(sign_verify(&half, buffer_text(&message), message.length, signature));
        for (size_t bit = 0; bit < 8 * SIGN_BYTES; bit++) {
            signature[bit / 8] ^= (unsigned char)(1u << bit % 8);
            assert_false(sign_verify(&half, buffer_text(&message), message.length, signature));
            signature[bit / 8] ^= (unsigned char)(1u << bit % 8);
        }
        buffer_add_char(&message, 'x');
        assert_false(sign_verify(&half, message.data, message.length, signature));
        sign_key_free(key);
    }
}

static void test_known_texts(void **state)
{
    static const char *const publics[] = {
        PETER_PUBLIC,
        "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop",
        "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
        "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
    };
    struct sign_key *key = sign_key_parse(PETER_SECRET " \r\n");
    char text[SIGN_TEXT_MOST];
    struct sign_public half;

    (void)state;
    assert_non_null(key);
    sign_key_public(key, SIGN_LOG, &half);
    sign_public_text(&half, text);
    assert_string_equal(text, PETER_PUBLIC);
    sign_key_public(key, SIGN_WITNESS, &half);
    sign_public_text(&half, text);
    assert_string_not_equal(text, PETER_PUBLIC);
    assert_int_equal(sign_public_parse(text, &half), 0);
    assert_int_equal(half.type, SIGN_WITNESS);
    sign_key_free(key);
    for (size_t i = 0; i < sizeof publics / sizeof *publics; i++) {
        assert_int_equal(sign_public_parse(publics[i], &half), 0);
        sign_public_text(&half, text);
        assert_string_equal(text, publics[i]);
        assert_int_equal(half.type, i == 3 ? SIGN_WITNESS : SIGN_LOG);
    }
}

/* No part of a key's text is a key, and no text that differs in one byte. */
static void test_mangled_texts(void **state)
{
    static const char *const bad[] = {
        "",
        "+",
        "++",
        "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq\x91LDE4izWy10TW",
        PETER_PUBLIC " ",
        PETER_SECRET,
    };
    struct sign_public half;
    char text[SIGN_TEXT_MOST];
    size_t n = strlen(PETER_SECRET);

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(sign_public_parse(bad[i], &half), 1);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i; j <= n; j++) {
            memcpy(text, &PETER_SECRET[i], j - i);
            text[j - i] = '\0';
            if (i != 0 || j != n)
                assert_null(sign_key_parse(text));
            if (strcmp(text, PETER_PUBLIC) != 0)
                assert_int_equal(sign_public_parse(text, &half), 1);
        }
        strcpy(text, PETER_SECRET);
        text[i]++;
        assert_null(sign_key_parse(text));
        strcpy(text, PETER_PUBLIC);
        text[i % strlen(PETER_PUBLIC)]++;
        assert_int_equal(sign_public_parse(text, &half), 1);
    }
}

static void test_names(void **state)
{
    static const struct {
        const char *name;
        bool good;
    } cases[] = {
        {"lawcast.example/office", true},
        {"普法办", true},
        {"a", true},
        {"", false},
        {"a b", false},
        {"a+b", false},
        {"a\n", false},
        {"a\tb", false},
        {"a\xC2\xA0", false},
        {"\xE3\x80\x80", false},
        {"a\xFF", false},
        {"\x7F", false},
    };
    char longest[SIGN_NAME_MOST + 1];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sign_key *key = sign_key_make(cases[i].name);

        assert_int_equal(sign_is_name(cases[i].name), cases[i].good);
        assert_int_equal(key != NULL, cases[i].good);
        sign_key_free(key);
    }
    memset(longest, 'n', sizeof longest);
    longest[SIGN_NAME_MOST] = '\0';
    assert_false(sign_is_name(longest));
    longest[SIGN_NAME_MOST - 1] = '\0';
    assert_true(sign_is_name(longest));
}

static char *folder_make(void)
{
    const char *base = getenv("TMPDIR");
    char *path = mem_printf("%s/lawcast-sign-XXXXXX", base ? base : "/tmp");

    assert_non_null(mkdtemp(path));
    return path;
}

static void file_write(const char *path, const char *bytes, size_t length, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, length), (ssize_t)length);
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

/* The longest name that there can be comes back too; the file is never written over. */
static void test_files(void **state)
{
    MEM_FREE_LATER char *folder = folder_make(), *path = mem_printf("%s/books.key", folder);
    char name[SIGN_NAME_MOST], first[SIGN_TEXT_MOST], text[SIGN_TEXT_MOST];
    struct sign_key *key, *again = NULL;
    struct sign_public half;
    struct stat stat_of;

    (void)state;
    memset(name, 'k', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    key = sign_key_make(name);
    assert_non_null(key);
    assert_int_equal(sign_key_load(path, &again), -ENOENT);
    assert_null(again);
    assert_int_equal(sign_key_save(key, path), 0);
    assert_int_equal(stat(path, &stat_of), 0);
    assert_int_equal(stat_of.st_mode & 07777, 0400);
    assert_int_equal(stat_of.st_nlink, 1);
    sign_key_public(key, SIGN_LOG, &half);
    sign_public_text(&half, first);
    sign_key_free(key);

    key = sign_key_make("other");
    assert_int_equal(sign_key_save(key, path), -EEXIST);
    sign_key_free(key);
    assert_int_equal(sign_key_load(path, &again), 0);
    sign_key_public(again, SIGN_LOG, &half);
    sign_public_text(&half, text);
    assert_string_equal(text, first);
    sign_key_free(again);

    assert_int_equal(chmod(path, 0440), 0);
    assert_int_equal(sign_key_load(path, &again), 2);
    assert_null(again);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0); /* nothing else is left there */
}

static void test_files_that_are_none(void **state)
{
    MEM_FREE_LATER char *folder = folder_make(), *path = mem_printf("%s/books.key", folder);
    MEM_FREE_LATER char *gone = mem_printf("%s/gone/books.key", folder);
    MEM_FREE_LATER char *big = mem_alloc(1, 100000);
    struct sign_key *key = sign_key_make("office");

    (void)state;
    assert_int_equal(sign_key_save(key, gone), -ENOENT);
    sign_key_free(key);
    memset(big, '\n', 100000);
    memcpy(big, PETER_SECRET, strlen(PETER_SECRET));
    file_write(path, big, 100000, 0400);
    assert_int_equal(sign_key_load(path, &key), 1);
    chmod(path, 0600);
    file_write(path, PETER_SECRET "\0x", sizeof PETER_SECRET + 1, 0600);
    assert_int_equal(sign_key_load(path, &key), 1);
    file_write(path, "", 0, 0600);
    assert_int_equal(sign_key_load(path, &key), 1);
    assert_null(key);
    file_write(path, PETER_SECRET "\n", sizeof PETER_SECRET, 0600);
    assert_int_equal(sign_key_load(path, &key), 0);
    sign_key_free(key);
    assert_int_equal(sign_key_load(folder, &key), 1);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc_8032),      cmocka_unit_test(test_known_texts),
        cmocka_unit_test(test_mangled_texts), cmocka_unit_test(test_names),
        cmocka_unit_test(test_files),         cmocka_unit_test(test_files_that_are_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
