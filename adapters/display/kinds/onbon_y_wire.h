/* onbon_y_wire: what is said to an Onbon BX-Y card, and what its answers mean.
 * Runs: any (pure, but for the process's time zone). Source: Onbon's open protocol YQ-COM2.
 *
 * The card speaks JSON in which every value is a string; names of commands and members are compared
 * without regard to case, and an error's code may be a string or a number. A slogan is a
 * "bulletin": it takes one of the orders 0..99, which the client chooses, and is known by its name.
 */
#ifndef LAWCAST_ADAPTERS_DISPLAY_KINDS_ONBON_Y_WIRE_H
#define LAWCAST_ADAPTERS_DISPLAY_KINDS_ONBON_Y_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/buffer.h"
#include "gateway/base/json.h"
#include "gateway/model/office.h"
#include "gateway/model/outcome.h"
#include "gateway/model/sight.h"
#include "adapters/adapter.h"

enum {
    ONBON_ORDERS = 100,
    ONBON_TOKEN = 65, /* room for a code or a session */
    ONBON_FILE = 128, /* room for a file's path on the card */
    ONBON_PIECES = 3, /* bulletins that one showing takes at most */
};

/* Documented error numbers that the dialogue itself looks at. */
enum { ONBON_ERROR_EXPIRED = 11 };

/* What the card calls a bulletin's time is a range of days and one span of hours for each of them.
 * So a showing that crosses midnight takes a piece for its first day, one for whole days between,
 * and one for its last day. Each ends on a full second. */
struct onbon_window {
    char first_day[16], last_day[16]; /* inclusive */
    char from[16], to[16];            /* of each day; 23:59:59 is its end */
};
/* Fills the pieces and returns their number, 1..ONBON_PIECES. */
unsigned onbon_windows(const struct adapter_job *job,
                       struct onbon_window pieces[static ONBON_PIECES]);

/* Commands: each adds one whole request to out. */
void onbon_ask_code(struct buffer *out, const char *user);
void onbon_log_in(struct buffer *out, const char *user, const char *password, const char *code);
void onbon_query(struct buffer *out);
void onbon_play(struct buffer *out);
void onbon_clock(struct buffer *out);
/* all: also what some cards don't know, which makes the whole call fail. */
void onbon_properties(struct buffer *out, bool all);
void onbon_capture(struct buffer *out, int64_t width, int64_t height);
void onbon_find(struct buffer *out, const char *file);
void onbon_download(struct buffer *out, bool on);
/* orders[i]: delete the bulletin of order i. */
void onbon_delete(struct buffer *out, const bool orders[static ONBON_ORDERS]);

struct onbon_bulletin {
    unsigned order;
    const char *font; /* by the card's name */
    const struct onbon_window *window;
};
void onbon_create(struct buffer *out, const struct adapter_job *job, const struct board *board,
                  const struct onbon_bulletin *bulletin);

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
/* getState and getProperty: what they tell. now_ms: our own clock. */
void onbon_reply_clock(const struct onbon_reply *reply, int64_t now_ms, struct sight *sight);
void onbon_reply_properties(const struct onbon_reply *reply, struct sight *sight);

/* ScreenCapture: where the picture will be, and after how many seconds. 0, or 1: not told. */
struct onbon_capture {
    char file[ONBON_FILE];
    int least_s, most_s;
};
int onbon_reply_capture(const struct onbon_reply *reply, struct onbon_capture *capture);
/* findFile: when the file was changed last, by the card's clock; 0: there is none. */
int64_t onbon_reply_file(const struct onbon_reply *reply, const char *file);

/* The card's bulletins, as far as we must know them. */
struct onbon_list {
    bool used[ONBON_ORDERS];
    bool ours[ONBON_ORDERS]; /* carries exactly our name */
    bool taken[ONBON_ORDERS];
    size_t n_ours;
};

/* 0, or 1 when the output is no list of bulletins. */
int onbon_list_read(const struct onbon_reply *reply, const char *name, struct onbon_list *list);
/* Takes an order for a bulletin of ours: one where it is, else the wished one, else the first free
 * one; -1: all are taken. An order that carries another name is never chosen, whoever owns it, nor
 * one that was taken before. */
int onbon_list_take(struct onbon_list *list, unsigned wished);

/* What an error of the card means for a slogan. */
enum outcome_kind onbon_error_outcome(int code);
/* Is it an error that says the same whenever it is asked: the card doesn't know this? */
bool onbon_error_lasts(int code);
/* What the protocol calls an error, in English; NULL: it doesn't know it. */
const char *onbon_error_name(int code);

#endif
