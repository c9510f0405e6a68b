/* office: who we are and what we own. See office.h.
 * Runs: any (plain data). */
#include "gateway/model/office.h"

#include <stdlib.h>

static void office_free_unit(struct unit *unit)
{
    free(unit->id);
    free(unit->name);
    free(unit->signature);
    free(unit->contact.name);
    free(unit->contact.position);
    free(unit->contact.phone);
}

static void office_free_modem(struct modem *modem)
{
    free(modem->id);
    free(modem->bank);
    free(modem->device);
    free(modem->connection);
    free(modem->smsc);
}

static void office_free_board(struct board *board)
{
    free(board->id);
    free(board->url);
    if (board->options)
        option_release(board->kind->options, board->options);
    free(board->options);
}

void office_free(struct office *office)
{
    for (size_t i = 0; i < office->n_units; i++)
        office_free_unit(&office->units[i]);
    for (size_t i = 0; i < office->n_modems; i++)
        office_free_modem(&office->modems[i]);
    for (size_t i = 0; i < office->n_boards; i++)
        office_free_board(&office->boards[i]);
    free(office->units);
    free(office->modems);
    free(office->boards);
    free(office->file);
    free(office->name);
    free(office->timezone);
    free(office->ledger_path);
    *office = (struct office){0};
}
