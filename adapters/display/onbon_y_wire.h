/* onbon_y_wire: what is said to an Onbon BX-Y card, and what its answers mean.
 * Runs: any (pure, but for the process's time zone).
 *
 * The card speaks JSON in which every value is a string; names of commands and members are compared
 * without regard to case, and an error's code may be a string or a number. A slogan is a
 * "bulletin": it takes one of the orders 0..99, which the client chooses, and is known by its name.
 */
#ifndef LAWCAST_ADAPTERS_DISPLAY_ONBON_Y_WIRE_H
#define LAWCAST_ADAPTERS_DISPLAY_ONBON_Y_WIRE_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/buffer.h"
#include "gateway/base/json.h"
#include "gateway/model/office.h"
#include "gateway/model/outcome.h"
#include "adapters/adapter.h"

enum { ONBON_ORDERS = 100, ONBON_TOKEN = 65 }; /* token: room for a code or a session */

/* Documented error numbers that the dialogue itself looks at. */
enum { ONBON_ERROR_EXPIRED = 11 };

/* Commands: each adds one whole request to out. */
void onbon_ask_code(struct buffer *out, const char *user);
void onbon_log_in(struct buffer *out, const char *user, const char *password, const char *code);
void onbon_query(struct buffer *out);
void onbon_create(struct buffer *out, const struct adapter_job *job, const struct board *board,
                  unsigned order);
void onbon_play(struct buffer *out);
/* orders[i]: delete the bulletin of order i. */
void onbon_delete(struct buffer *out, const bool orders[static ONBON_ORDERS]);

enum onbon_kind { ONBON_OK, ONBON_ERROR, ONBON_MALFORMED };

struct onbon_reply {
    enum onbon_kind kind;
    int code; /* ERROR: the card's number; 0 when it gave none */
    char
        message[64]; /* ERROR: the card's words, as they are, maybe cut; MALFORMED: what is wrong */
    struct jv *document;
    const struct jv *output; /* OK: lent by document, or NULL: nothing to return */
};

/* Reads the answer to command. Always fills *reply; free it with onbon_reply_free. */
void onbon_reply_parse(const char *text, size_t length, const char *command,
                       struct onbon_reply *reply);
void onbon_reply_free(struct onbon_reply *reply);
/* Copies a token (letters and digits, 1..64) out of the output. 0, or 1: none there. */
int onbon_reply_token(const struct onbon_reply *reply, const char *key,
                      char token[static ONBON_TOKEN]);

/* The card's bulletins, as far as we must know them. */
struct onbon_list {
    bool used[ONBON_ORDERS];
    bool ours[ONBON_ORDERS]; /* carries exactly our name */
    size_t n_ours;
};

/* 0, or 1 when the output is no list of bulletins. */
int onbon_list_read(const struct onbon_reply *reply, const char *name, struct onbon_list *list);
/* The order for our bulletin: where it is, else the wished one, else the first free one; -1: all
 * are taken. An order that carries another name is never chosen, whoever owns it. */
int onbon_list_choose(const struct onbon_list *list, unsigned wished);

/* What an error of the card means for a slogan. */
enum outcome_kind onbon_error_outcome(int code);

#endif
