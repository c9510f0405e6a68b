/* test_tls: boards behind https: only a certificate that somebody trusted has signed, for the host
 * that is called, gets a request. Certificates are made here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <microhttpd.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "gateway/base/mem.h"
#include "adapters/display/http.h"

struct world {
    uv_loop_t loop;
    struct http *http;
    struct MHD_Daemon *daemon;
    char *key, *certificate; /* PEM */
    char file[64];           /* the certificate's */
    int asked;               /* requests that arrived */
    enum http_fate fate;
    int status;
    bool done;
    char why[200];
};

static char *pem_text(BIO *bio)
{
    char *bytes;
    long length = BIO_get_mem_data(bio, &bytes);
    char *text = mem_dup_n(bytes, (size_t)length);

    BIO_free(bio);
    return text;
}

/* Signed by itself, for an address or a name ("IP:127.0.0.1", "DNS:board.invalid"). */
static void world_sign(struct world *world, const char *who)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    X509_EXTENSION *names;
    X509V3_CTX ctx;
    BIO *key_bio = BIO_new(BIO_s_mem()), *bio = BIO_new(BIO_s_mem());

    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               (const unsigned char *)"board", -1, -1, 0);
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    X509V3_set_ctx(&ctx, certificate, certificate, NULL, NULL, 0);
    names = X509V3_EXT_conf_nid(NULL, &ctx, NID_subject_alt_name, who);
    assert_non_null(names);
    X509_add_ext(certificate, names, -1);
    X509_EXTENSION_free(names);
    assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
    PEM_write_bio_PrivateKey(key_bio, key, NULL, NULL, 0, NULL, NULL);
    PEM_write_bio_X509(bio, certificate);
    world->key = pem_text(key_bio);
    world->certificate = pem_text(bio);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *length, void **place)
{
    struct world *world = ctx;
    struct MHD_Response *response;
    enum MHD_Result result;

    (void)url;
    (void)method;
    (void)version;
    (void)data;
    *length = 0;
    if (!*place) {
        *place = world;
        return MHD_YES;
    }
    __atomic_add_fetch(&world->asked, 1, __ATOMIC_SEQ_CST);
    response = MHD_create_response_from_buffer(2, (void *)(uintptr_t) "ok", MHD_RESPMEM_PERSISTENT);
    result = MHD_queue_response(connection, 200, response);
    MHD_destroy_response(response);
    return result;
}

static void on_message(void *ctx, const char *format, va_list args)
{
    (void)ctx;
    (void)format;
    (void)args;
}

static void world_open(struct world *world, const char *who)
{
    int fd;

    *world = (struct world){0};
    world_sign(world, who);
    snprintf(world->file, sizeof world->file, "/tmp/lawcast-test-tls-XXXXXX");
    fd = mkstemp(world->file);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, world->certificate, strlen(world->certificate)),
                     strlen(world->certificate));
    close(fd);
    world->daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_TLS, 0, NULL, NULL,
                                     on_request, world, MHD_OPTION_EXTERNAL_LOGGER, on_message,
                                     NULL, MHD_OPTION_HTTPS_MEM_KEY, world->key,
                                     MHD_OPTION_HTTPS_MEM_CERT, world->certificate, MHD_OPTION_END);
    assert_non_null(world->daemon);
    uv_loop_init(&world->loop);
    world->http = http_new(&world->loop);
}

static void on_closed(void *ctx)
{
    (void)ctx;
}

static void world_close(struct world *world)
{
    http_close(world->http, on_closed, NULL);
    uv_run(&world->loop, UV_RUN_DEFAULT);
    http_free(world->http);
    assert_int_equal(uv_loop_close(&world->loop), 0);
    MHD_stop_daemon(world->daemon);
    unlink(world->file);
    free(world->key);
    free(world->certificate);
}

static void on_reply(void *ctx, const struct http_result *result)
{
    struct world *world = ctx;

    world->fate = result->fate;
    world->status = result->status;
    snprintf(world->why, sizeof world->why, "%s", result->why);
    world->done = true;
}

static void world_ask(struct world *world, const char *ca_file)
{
    unsigned port = MHD_get_daemon_info(world->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
    MEM_FREE_LATER char *url = mem_printf("https://127.0.0.1:%u/", port);

    world->done = false;
    http_start(world->http,
               &(struct http_request){
                   .method = "GET", .url = url, .timeout_ms = 20000, .ca_file = ca_file},
               on_reply, world);
    while (!world->done)
        uv_run(&world->loop, UV_RUN_ONCE);
}

static void test_a_certificate_that_is_trusted(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, "IP:127.0.0.1");
    world_ask(&world, world.file);
    assert_int_equal(world.fate, HTTP_ANSWERED);
    assert_int_equal(world.status, 200);
    world_close(&world);
    assert_int_equal(world.asked, 1);
}

/* Whoever signs it himself may be anybody. */
static void test_a_certificate_that_nobody_signed(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, "IP:127.0.0.1");
    world_ask(&world, NULL);
    assert_int_equal(world.fate, HTTP_NOT_SENT);
    assert_true(*world.why);
    world_ask(&world, "/nowhere/ca.pem");
    assert_int_equal(world.fate, HTTP_NOT_SENT);
    world_close(&world);
    assert_int_equal(world.asked, 0);
}

static void test_a_certificate_for_another_host(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, "DNS:board.invalid");
    world_ask(&world, world.file);
    assert_int_equal(world.fate, HTTP_NOT_SENT);
    world_close(&world);
    assert_int_equal(world.asked, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_certificate_that_is_trusted),
        cmocka_unit_test(test_a_certificate_that_nobody_signed),
        cmocka_unit_test(test_a_certificate_for_another_host),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
