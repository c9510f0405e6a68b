/* template: a text with {field} places, and the message that becomes of it.
 * Runs: any (pure).
 *
 * "{姓名}同志" takes the field 姓名 of the recipient's row; "{{" and "}}" are braces. The finished
 * message is 【signature】 + text + refusal hint; the signature is left out when the text already
 * starts with 【, the hint when the text already contains it. */
#ifndef LAWCAST_MODEL_TEMPLATE_H
#define LAWCAST_MODEL_TEMPLATE_H

#include <stddef.h>

#include "gateway/base/buffer.h"

struct template; /* opaque: parsed */

enum template_error {
    TEMPLATE_OK = 0,
    TEMPLATE_UNKNOWN_FIELD = 1,
    TEMPLATE_UNCLOSED = 2,    /* { without } */
    TEMPLATE_STRAY_BRACE = 3, /* } without { */
    TEMPLATE_EMPTY_FIELD = 4, /* {} */
};

/* Parses against n column names. 0, or a positive error; *word (if not NULL) is then the offending
 * field's name, to be freed, or NULL. Column names are compared as they are, after trimming spaces.
 */
int template_parse(const char *text, const char *signature, const char *refusal,
                   const char *const *columns, size_t n, struct template **out, char **word);
void template_free(struct template *template); /* NULL is fine */
/* Renders one row (values[i] belongs to columns[i], values_length bytes each) into out (cleared
 * first). Control characters inside values become spaces. */
void template_render(const struct template *template, const char *const *values,
                     const size_t *lengths, struct buffer *out);

#endif
