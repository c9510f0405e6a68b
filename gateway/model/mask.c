/* mask: phone numbers in texts that others wrote, made unreadable. See mask.h.
 * Runs: any (pure). */
#include "gateway/model/mask.h"

#include <stdbool.h>
#include <string.h>

#include "gateway/base/utf8.h"

#define MASK_STARS   "****"
#define MASK_NUMBER  11 /* digits of a number */
#define MASK_COUNTRY 13 /* with 86 before them */
#define MASK_HEAD    3
#define MASK_TAIL    4
#define MASK_SHORT   6 /* a service's number, 12348 */

#define FULL_WIDTH_ZERO 0xFF10

/* Digits and what stands between them. */
struct mask_run {
    size_t n;         /* digits */
    size_t end;       /* behind the last digit */
    size_t tail_from; /* where the last four begin */
    int first[2];     /* digits */
    size_t starts[MASK_TAIL];
};

static int mask_digit(int32_t code)
{
    if (code >= '0' && code <= '9')
        return code - '0';
    return code >= FULL_WIDTH_ZERO && code <= FULL_WIDTH_ZERO + 9 ? code - FULL_WIDTH_ZERO : -1;
}

/* What people write inside a number: at most two of these in a row. */
static bool mask_joins(int32_t code)
{
    return code == ' ' || code == '-' || code == '.' || code == '(' || code == ')' ||
           code == 0xA0 || code == 0x3000 || code == 0xFF0D || code == 0xFF08 || code == 0xFF09;
}

/* 86 before a mobile number is nobody's secret, and counting from there shows the usual digits. */
static size_t mask_run_head(const struct mask_run *run)
{
    return run->n == MASK_COUNTRY && run->first[0] == 8 && run->first[1] == 6 ? MASK_HEAD + 2
                                                                              : MASK_HEAD;
}

static size_t mask_step(const char *text, size_t length, size_t at, int32_t *code)
{
    *code = utf8_next(text, length, &at);
    return *code < 0 ? at + 1 : at;
}

/* The run that begins with the digit at at. */
static struct mask_run mask_run_read(const char *text, size_t length, size_t at)
{
    struct mask_run run = {.first = {-1, -1}};
    int joins = 0;

    while (at < length && joins <= 2) {
        int32_t code;
        size_t next = mask_step(text, length, at, &code);
        int digit = mask_digit(code);

        if (digit < 0 && !mask_joins(code))
            break;
        joins = digit < 0 ? joins + 1 : 0;
        if (digit >= 0) {
            if (run.n < 2)
                run.first[run.n] = digit;
            run.starts[run.n++ % MASK_TAIL] = at;
            run.end = next;
        }
        at = next;
    }
    run.tail_from = run.starts[run.n % MASK_TAIL];
    return run;
}

/* Adds the first digits of a run, with what stands between them. */
static void mask_add_head(const char *text, size_t length, size_t at, size_t digits,
                          struct buffer *out)
{
    while (digits) {
        int32_t code;
        size_t next = mask_step(text, length, at, &code);

        buffer_add(out, text + at, next - at);
        digits -= mask_digit(code) >= 0;
        at = next;
    }
}

void mask_text(const char *text, struct buffer *out)
{
    size_t length = strlen(text);

    for (size_t at = 0; at < length;) {
        int32_t code;
        size_t next = mask_step(text, length, at, &code);
        struct mask_run run = {.end = next};

        if (mask_digit(code) >= 0)
            run = mask_run_read(text, length, at);
        if (run.n < MASK_NUMBER) {
            buffer_add(out, text + at, run.end - at);
        } else {
            mask_add_head(text, length, at, mask_run_head(&run), out);
            buffer_add_text(out, MASK_STARS);
            buffer_add(out, text + run.tail_from, run.end - run.tail_from);
        }
        at = run.end;
    }
}

/* Where the character of this number begins. */
static size_t mask_place(const char *text, size_t length, size_t character)
{
    size_t at = 0;

    while (character-- && at < length) {
        int32_t unused_code;

        at = mask_step(text, length, at, &unused_code);
    }
    return at;
}

void mask_field(const char *field, struct buffer *out)
{
    size_t length = strlen(field), n = 0, tail;

    for (size_t at = 0; at < length; n++) {
        int32_t unused_code;

        at = mask_step(field, length, at, &unused_code);
    }
    if (n <= MASK_SHORT) {
        buffer_add(out, field, length);
        return;
    }
    tail = mask_place(field, length, n - (n < MASK_NUMBER ? 2 : MASK_TAIL));
    buffer_add(out, field, mask_place(field, length, MASK_HEAD));
    buffer_add_text(out, MASK_STARS);
    buffer_add(out, field + tail, length - tail);
}
