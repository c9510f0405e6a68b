"""verify_report.py: the figures of a campaign as `lawcast report --json` prints them, out of what verify_bundle.py has replayed.

It shares no code with the program that printed them."""
import itertools, time

COLUMNS = dict(sent=(4,), delivered=(5,), undelivered=(6,), rejected=(7,), unknown=(8,), suppressed=(9,), expired=(10,),
               cancelled=(11,), open=(0, 1, 2, 3))

def length(spans):
    """The time that they cover together."""
    ends = itertools.accumulate((until for _, until in sorted(spans)), max, initial=0)
    return sum(max(0, until - max(since, end)) for (since, until), end in zip(sorted(spans), ends))
def columns(group):
    return {"planned": len(group), **{name: sum(d.state in of for d in group) for name, of in COLUMNS.items()},
            "parts": sum(d.parts for d in group if d.state in (4, 5, 6))}
def grouped(items, key, order=lambda said: said):
    """{what key says: the items of which it does}, in order"""
    items = sorted(items, key=lambda item: order(key(item)))
    return {said: list(group) for said, group in itertools.groupby(items, key)}
day_of = lambda ms: time.strftime("%Y-%m-%d", time.localtime(ms // 1000))
def cut(spans):
    """(day, from, until, level) of what counts, cut at the local midnights."""
    for since, until, level, counts in spans:
        while counts and since < until:
            now = time.localtime(since // 1000)
            end = int(time.mktime((now.tm_year, now.tm_mon, now.tm_mday + 1, 0, 0, 0, 0, 0, -1))) * 1000
            yield day_of(since), since, min(until, end), level
            since = end

def report(replay, number, texts):
    facts, campaign = replay.facts, replay.facts["campaign"][number]
    rules = facts["rules"].get(number, {"counts": 0})
    mine = [d for d in replay.deliveries.values() if d.campaign == number]
    messages, boards = [d for d in mine if not d.board], grouped((d for d in mine if d.board), lambda d: d.board)
    owner = lambda board: facts["unit"][facts["board"][board]["owner"]]["code"]
    name = lambda kind, key: facts[kind].get(key, {"name": f"#{key}" if key else ""})["name"]
    def lines(word, key, order=lambda text: (not text, text), show=lambda text: text):
        return [{word: show(text), **columns(group)} for text, group in grouped(messages, key, order).items()]
    def board_line(board, group):
        up, told = [d for d in group if d.shown], facts["board"][board]
        levels = [d.level for d in group if d.since or d.level > 1] or [d.level for d in group if d.level] or [0]
        return {"board": told["code"], "owner": owner(board), "slogans": len({d.text for d in up}), "place": told["place"],
                "shown_seconds": sum(d.shown for d in up) // 1000, "level": min(levels), "need": max(d.least for d in group),
                "planned": len(group), "showings": len(up)}
    def shown(board, group):
        """A line for a day and slogan; each ends where the board's sum so far, in seconds, ends."""
        sums, ms = {}, 0
        for d in group:
            for day, spans in grouped(cut(d.spans), lambda span: span[0]).items():
                line, times = sums.setdefault((day, texts.get(d.text, d.text)), [0, 5]), [span[1:3] for span in spans]
                line[:] = line[0] + length(times), min(line[1], max(span[3] for span in spans))
        for (day, slogan), (more, level) in sorted(sums.items()):
            yield {"board": facts["board"][board]["code"], "owner": owner(board), "slogan": slogan, "day": day,
                   "seconds": (ms + more) // 1000 - ms // 1000, "level": level}
            ms += more
    def target(unit, *asked):
        up, words = [d for d in mine if d.shown and unit in ("", owner(d.board))], ("places", "items", "minutes")
        reached = (len({facts["board"][d.board]["place"] or d.board for d in up}), len({d.text for d in up}),
                   sum(d.shown for d in up) // 60000)
        told = {word + "_reached": n for word, n in zip(words, reached)}
        return {"unit": unit, "met": all(map(int.__ge__, reached, asked)), **dict(zip(words, asked)), **told}
    of_unit = grouped(messages, lambda d: d.unit)
    orders = [o for o in facts["order"].values() if o["campaign"] == number and (o["quota"] or o["unit"] in of_unit)]
    units = [{"unit": facts["unit"][o["unit"]]["code"], "name": facts["unit"][o["unit"]]["name"], "quota": o["quota"],
              **columns(of_unit.get(o["unit"], []))} for o in sorted(orders, key=lambda o: (o["position"], o["unit"]))]
    tree = sorted((o for o in facts["order"].values() if o["campaign"] == number), key=lambda o: (o["position"], o["unit"]))
    def branch(top):
        """A unit and all below it, those above first."""
        return [top] + [o for below in tree if below.get("parent") == top["unit"] for o in branch(below)]
    def groups():
        """Sums of units with others below them; of units without a quota and messages nothing is told."""
        for top in (top for root in tree if not root.get("parent") for top in branch(root)):
            below, told = {facts["unit"][o["unit"]]["code"] for o in branch(top)}, facts["unit"][top["unit"]]
            some = [unit for unit in units if unit["unit"] in below]
            if any(unit["unit"] != told["code"] for unit in some):
                sums = {word: sum(unit[word] for unit in some) for word in some[0] if word not in ("unit", "name")}
                yield {"unit": told["code"], "name": told["name"], "units": [unit["unit"] for unit in some], **sums}
    return {"campaign": campaign["code"], "title": campaign["title"], "units": units, "groups": [*groups()],
            "windows": [[ms // 1000 for ms in window] for window in campaign["windows"]],
            "entered": number in facts["planned"], "counts": ("delivered", "sent")[rules["counts"]],
            "boards": [board_line(*item) for item in boards.items()],
            "operators": lines("operator", lambda d: d.route, lambda route: (not route, route),
                               "unknown mobile unicom telecom broadnet".split().__getitem__),
            "modems": lines("modem", lambda d: name("device", d.device), lambda m: (not m, m.rstrip("0123456789"), len(m), m)),
            "sims": lines("sim", lambda d: name("sim", d.sim),
                          show=lambda sim: "imsi:****" + sim[-4:] * (len(sim) > 12) if sim[:5] == "imsi:" else sim),
            "days": lines("day", lambda d: day_of(d.taken) if d.taken else ""),
            "shown": [line for item in boards.items() for line in shown(*item)],
            "targets": [target(*line) for line in campaign["targets"]],
            "totals": {"quota": sum(unit["quota"] for unit in units), **columns(messages)},
            "notes": {"reports_closed": sum(d.closed for d in messages), "reports_unmatched": replay.strays,
                      "refusing_numbers": sum(bool(fact["refuses"]) for fact in facts["refusal"].values())}}
