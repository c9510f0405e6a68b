/* office: who we are and what we own. See office.h.
 * Runs: any (plain data). */
#include "gateway/model/office.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/model/traits.h"

int board_window_s(const struct board *board)
{
    const struct traits *traits = board->kind ? board->kind->traits : NULL;

    if (!traits || !traits->window_s)
        return 0;
    return traits->window_s(board->options, board->render == RENDER_PICTURE);
}

static void office_free_strings(struct option_strings *strings)
{
    for (size_t i = 0; i < strings->n; i++)
        free(strings->items[i]);
    free(strings->items);
}

static void office_free_secret(char *secret)
{
    if (secret)
        explicit_bzero(secret, strlen(secret));
    free(secret);
}

static void office_free_unit(struct unit *unit)
{
    office_free_secret(unit->token);
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
    office_free_secret(modem->pin);
    free(modem->imei);
    free(modem->imsi);
}

static void office_free_bank(struct bank *bank)
{
    free(bank->id);
    office_free_strings(&bank->spares);
}

static void office_free_board(struct board *board)
{
    free(board->id);
    free(board->url);
    free(board->place);
    free(board->ca_file);
    free(board->color);
    quiet_free(&board->quiet);
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
    for (size_t i = 0; i < office->n_banks; i++)
        office_free_bank(&office->banks[i]);
    for (size_t i = 0; i < office->n_groups; i++)
        free(office->groups[i].id);
    for (size_t i = 0; i < office->n_boards; i++)
        office_free_board(&office->boards[i]);
    free(office->listen.address);
    free(office->listen.url);
    office_free_secret(office->listen.key);
    free(office->units);
    free(office->modems);
    free(office->banks);
    free(office->groups);
    free(office->boards);
    for (size_t i = 0; i < office->n_approvers; i++) {
        free(office->approvers[i].name);
        free(office->approvers[i].key);
    }
    free(office->approvers);
    quiet_free(&office->quiet);
    free(office->holidays);
    free(office->currency);
    office_free_secret(office->alarm_url);
    operators_free(office->operators);
    office_free_strings(&office->refusal_words);
    free(office->operators_file);
    free(office->ported_file);
    free(office->refusal_answer);
    free(office->file);
    free(office->name);
    free(office->timezone);
    free(office->ledger_path);
    *office = (struct office){0};
}
