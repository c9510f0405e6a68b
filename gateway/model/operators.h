/* operators: which network a number or a SIM belongs to.
 * Runs: any (pure).
 *
 * A prefix is a hint: numbers are portable between networks since November 2019, so numbers that
 * are known to have moved come first. The table is data that the office owns (conf/operators.csv):
 * operators open new ranges every year. */
#ifndef LAWCAST_MODEL_OPERATORS_H
#define LAWCAST_MODEL_OPERATORS_H

#include <stddef.h>
#include <stdint.h>

/* Stored in the books as the route of a message: never renumber. */
enum phone_operator {
    OPERATOR_UNKNOWN = 0,
    OPERATOR_MOBILE = 1,
    OPERATOR_UNICOM = 2,
    OPERATOR_TELECOM = 3,
    OPERATOR_BROADNET = 4,
    PHONE_OPERATORS
};

#define OPERATORS_PREFIX_MIN 3 /* digits of a prefix, the country code left out */
#define OPERATORS_PREFIX_MAX 7

enum operators_error {
    OPERATORS_OK = 0,
    OPERATORS_PREFIX = 1, /* not 3..7 digits that begin with 1 */
    OPERATORS_TWICE = 2,  /* is there already */
};

struct operators; /* opaque */

struct operators *operators_new(void);
void operators_free(struct operators *operators); /* NULL is fine */
/* enum operators_error. */
int operators_add_prefix(struct operators *operators, const char *digits, enum phone_operator id);
/* number: 86... enum operators_error. */
int operators_add_ported(struct operators *operators, int64_t number, enum phone_operator id);
size_t operators_prefixes(const struct operators *operators);
size_t operators_ported(const struct operators *operators);
/* Of a number as phone_parse gives it: what it was ported to, else by its longest prefix. operators
 * NULL: unknown. */
enum phone_operator operators_find(const struct operators *operators, int64_t number);
/* By the network code of a SIM (ITU-T E.212: 460 and two digits); "" is unknown. */
enum phone_operator operators_of_imsi(const char *imsi);

const char *phone_operator_name(enum phone_operator id);  /* "mobile", ... "unknown" */
const char *phone_operator_label(enum phone_operator id); /* in the user's language */
/* From "mobile", "移动", "中国移动", "China Mobile", "unknown" and the like, any case; -1: none. */
int phone_operator_parse(const char *text, size_t length);

#endif
