/* progress: what a running gateway shows. See progress.h.
 * Runs: loop. */
#include "gateway/report/progress.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "gateway/base/buffer.h"
#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "gateway/base/outlet.h"
#include "gateway/report/progress_view.h"
#include "gateway/report/statement.h"

#define PROGRESS_LINE_MS 10000
#define PROGRESS_WIDTH   80
#define PROGRESS_HEIGHT  24
#define PROGRESS_END_MS  1000

/* What makes a plain line urgent when it changes. */
struct progress_news {
    bool drawn, planning, no_modem;
    char trouble[256];
};

struct progress {
    struct outlet *outlet;
    int fd; /* lent: asked for the size of the terminal */
    struct books *books;
    char **ids;
    size_t n;
    struct statement *statements; /* of the known ones, packed; room for n */
    size_t n_known;
    bool terminal, colour;
    bool owed;            /* news whose line was dropped */
    size_t lines;         /* on the screen, above the cursor */
    size_t width, height; /* of the terminal, at the last drawing */
    struct pace *pace;
    int64_t written_ms;
    struct progress_news news;
    struct progress_live live; /* the last one; trouble points into news */
};

static bool progress_has(const char *variable)
{
    const char *value = getenv(variable);

    return value && *value;
}

struct progress *progress_open(FILE *out, struct books *books, const char *const *campaign_ids,
                               size_t n)
{
    struct progress *progress = mem_new(struct progress);
    const char *term = getenv("TERM");

    fflush(out);
    progress->fd = fileno(out);
    progress->outlet = outlet_open(progress->fd);
    progress->books = books;
    progress->n = n;
    progress->ids = mem_array(n + 1, char *);
    for (size_t i = 0; i < n; i++)
        progress->ids[i] = mem_dup(campaign_ids[i]);
    progress->statements = mem_array(n + 1, struct statement);
    progress->pace = pace_new();
    progress->terminal = term && strcmp(term, "dumb") != 0 && isatty(progress->fd);
    progress->colour = progress->terminal && !progress_has("NO_COLOR");
    return progress;
}

static void progress_forget(struct progress *progress)
{
    while (progress->n_known)
        statement_release(&progress->statements[--progress->n_known]);
}

static int progress_read_campaign(struct books *books, const char *id, struct statement *statement)
{
    struct books_campaign campaign = {0};
    struct statement_source source = {.campaign = &campaign};
    struct books_unit *units = NULL;
    int rc = books_find_campaign(books, id, &campaign);

    if (rc)
        return rc;
    rc = books_units(books, campaign.number, &units, &source.n_units);
    if (rc == 0) {
        source.units = units;
        statement_build(statement, &source);
    }
    free(units);
    books_campaign_release(&campaign);
    return rc;
}

static void progress_note_pace(struct progress *progress)
{
    int64_t now = clock_steady_ms();

    for (size_t s = 0; s < progress->n_known; s++)
        for (size_t i = 0; i < progress->statements[s].n_units; i++) {
            const struct statement_unit *unit = &progress->statements[s].units[i];

            pace_note(progress->pace, progress->statements[s].id, unit->id, now, unit->parts);
        }
}

/* When the books can't be read just now, the last figures stay. */
static void progress_read(struct progress *progress)
{
    struct statement *fresh = mem_array(progress->n + 1, struct statement);
    size_t n = 0;
    int rc = 0;

    for (size_t i = 0; i < progress->n && rc >= 0; i++) {
        rc = progress_read_campaign(progress->books, progress->ids[i], &fresh[n]);
        if (rc == 0)
            n++;
    }
    if (rc < 0) {
        while (n)
            statement_release(&fresh[--n]);
        free(fresh);
        return;
    }
    progress_forget(progress);
    free(progress->statements);
    progress->statements = fresh;
    progress->n_known = n;
    progress_note_pace(progress);
}

/* Remembers the live figures; is there something that a reader of a log must see at once? */
static bool progress_take(struct progress *progress, const struct progress_live *live)
{
    struct progress_news old = progress->news, *news = &progress->news;

    *news =
        (struct progress_news){.drawn = true,
                               .planning = live->planning,
                               .no_modem = !live->planning && live->modems && !live->modems_ready};
    if (live->trouble)
        snprintf(news->trouble, sizeof news->trouble, "%s", live->trouble);
    progress->live = *live;
    progress->live.trouble = news->trouble[0] ? news->trouble : NULL;
    return !old.drawn || old.planning != news->planning || old.no_modem != news->no_modem ||
           strcmp(old.trouble, news->trouble) != 0;
}

static struct progress_view progress_look(const struct progress *progress)
{
    struct progress_view view = {.statements = progress->statements,
                                 .n = progress->n_known,
                                 .live = &progress->live,
                                 .pace = progress->pace,
                                 .width = PROGRESS_WIDTH,
                                 .height = PROGRESS_HEIGHT,
                                 .colour = progress->colour};
    struct winsize size;

    if (progress->terminal && ioctl(progress->fd, TIOCGWINSZ, &size) == 0) {
        view.width = size.ws_col ? size.ws_col : PROGRESS_WIDTH;
        view.height = size.ws_row ? size.ws_row : PROGRESS_HEIGHT;
    }
    /* The last column stays free: some terminals wrap as soon as it is written. */
    if (view.width > 1)
        view.width--;
    return view;
}

static bool progress_write(struct progress *progress, const struct buffer *text)
{
    if (!outlet_write(progress->outlet, buffer_text(text), text->length))
        return false;
    progress->written_ms = clock_mono_ms();
    return true;
}

/* Each line erases what was right of it, the end what was below: nothing flickers. */
static void progress_redraw(struct progress *progress)
{
    BUFFER_FREE_LATER struct buffer block = BUFFER_NULL;
    BUFFER_FREE_LATER struct buffer screen = BUFFER_NULL;
    struct progress_view view = progress_look(progress);
    size_t lines = progress_view_block(&view, &block);
    const char *at = buffer_text(&block);

    /* A terminal of another size has broken the lines anew: nobody knows where they are. */
    if (progress->lines && (view.width != progress->width || view.height != progress->height))
        buffer_add_text(&screen, "\033[H\033[2J");
    else if (progress->lines)
        buffer_printf(&screen, "\033[%zuA", progress->lines);
    for (size_t i = 0; i < lines; i++) {
        size_t length = strcspn(at, "\n");

        buffer_add_char(&screen, '\r');
        buffer_add(&screen, at, length);
        buffer_add_text(&screen, "\033[K\n");
        at += length + 1;
    }
    buffer_add_text(&screen, "\033[J");
    /* A drawing that was dropped leaves the cursor where it was. */
    if (!progress_write(progress, &screen))
        return;
    progress->lines = lines;
    progress->width = view.width;
    progress->height = view.height;
}

static void progress_print_line(struct progress *progress)
{
    BUFFER_FREE_LATER struct buffer line = BUFFER_NULL;
    struct progress_view view = progress_look(progress);

    progress_view_line(&view, &line);
    progress->owed = !progress_write(progress, &line);
}

static void progress_show(struct progress *progress)
{
    progress_read(progress);
    if (progress->terminal)
        progress_redraw(progress);
    else
        progress_print_line(progress);
}

void progress_draw(struct progress *progress, const struct progress_live *live)
{
    bool urgent = progress_take(progress, live) || progress->owed;

    if (progress->terminal || urgent || clock_mono_ms() - progress->written_ms >= PROGRESS_LINE_MS)
        progress_show(progress);
}

void progress_clear(struct progress *progress)
{
    BUFFER_FREE_LATER struct buffer screen = BUFFER_NULL;

    if (!progress->terminal || !progress->lines)
        return;
    buffer_printf(&screen, "\033[%zuA\r\033[J", progress->lines);
    if (progress_write(progress, &screen))
        progress->lines = 0;
}

/* What is still on its way goes first, else the last drawing would be dropped for it. */
void progress_close(struct progress *progress)
{
    outlet_drain(progress->outlet, PROGRESS_END_MS);
    if (progress->news.drawn)
        progress_show(progress);
    outlet_drain(progress->outlet, PROGRESS_END_MS);
    outlet_close(progress->outlet);
    progress_forget(progress);
    free(progress->statements);
    for (size_t i = 0; i < progress->n; i++)
        free(progress->ids[i]);
    free(progress->ids);
    pace_free(progress->pace);
    free(progress);
}
