#!/usr/bin/env python3
"""verify_bundle.py: checks what `lawcast audit export` and `audit prove` wrote, without any of lawcast's code.

    verify_bundle.py [--key PUBLIC]... [--known CHECKPOINT-FILE]... BUNDLE... | receipt FILE...

It follows the bundle's README.txt, with Python 3 and the command `openssl`, and says for each "whole" or the first
contradiction; exit code 0: all are whole. Keys that were published or that co-sign (--key) and checkpoints that
somebody kept (--known) are held against them."""
import argparse, base64, functools, hashlib, itertools, json, os, pathlib, re, subprocess, sys, tempfile, time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from types import SimpleNamespace
from verify_report import length, report

# NEXT: what may follow a state. ABOUT: a later fact of that kind about the same thing takes the place of the earlier one.
NEXT = {0: (1, 9, 10, 11), 1: (2, 8, 9, 10, 11), 2: (3, 4, 7, 8), 3: (1, 8, 9, 10, 11), 4: (5, 6, 12, 13), 8: (3, 4, 5, 6),
        12: (13,)}
STAYS = {9: (12, 13), 10: (4, 12), 13: (4,)}  # cause: states in which something is noted without a change
ABOUT = {**{k: k for k in "unit campaign board device sim".split()}, "refusal": "who",
         **dict.fromkeys("planned erased rules order".split(), "campaign")}
EDITS = "edited campaign order rules unit clock".split()  # of what was told before, only in one go behind "edited"
STEER = dict(zip("pause resume cancel extend set-rate".split(), ["campaign unit modem board"] * 2 +
                 ["campaign unit board", "campaign unit", "campaign unit modem"]))

class Bad(Exception): __repr__ = Exception.__str__  # a contradiction
def need(condition, text, record=0):
    if not condition:
        raise Bad(f"record {record} {text}" if record else text)
sha = lambda data: hashlib.sha256(data).digest()
node = lambda left, right: sha(b"\1" + left + right)  # RFC 6962
read = lambda *path: pathlib.Path(*path).read_bytes()
root_of = lambda peaks: functools.reduce(lambda right, left: node(left, right), reversed(peaks))

def append(peaks, n, leaf):
    """Leaf n (from 0) joins the roots of the whole subtrees before it; the root of 256 leaves when it ends them."""
    height, tile = 0, b""
    while n >> height & 1:
        leaf, height = node(peaks.pop(), leaf), height + 1
        tile = leaf if height == 8 else tile
    peaks.append(leaf)
    return tile

# ---- keys, notes, signatures ----
def base64_read(text):
    need(base64.b64encode(base64.b64decode(text)).decode() == text, "base64 is malformed")
    return base64.b64decode(text)
def key_read(text):
    """NAME+8 digits+base64(type, 32 bytes) -> (name, id, type, bytes)"""
    name, digits, packed = text.split("+", 2)
    raw = base64_read(packed)
    need(len(raw) == 33 and sha(name.encode() + b"\n" + raw)[:4].hex() == digits, f"{text!r} is no public key")
    return name, bytes.fromhex(digits), raw[0], raw[1:]
def note_read(text):
    """-> (what is signed, {(name, id): signature})"""
    body, _, tail = text.partition("\n\n")
    lines = [line.split(" ") for line in tail.split("\n")[:-1]]
    signed = {(name, base64_read(packed)[:4]): base64_read(packed)[4:] for _, name, packed in lines}
    need(tail.endswith("\n") and len(signed) == len(lines) and {l[0] for l in lines} == {"\u2014"}, "a note is malformed")
    return body + "\n", signed
def checkpoint_read(text):
    """-> (origin, size, root, what is signed, signatures)"""
    body, signed = note_read(text)
    origin, size, root = body.split("\n")[:3]
    return origin, whole(size), base64_read(root), body, signed
def signature(what, key, body, signed):
    """What check_signatures checks: what it is of, and the files that openssl needs."""
    need(key[:2] in signed, f"{what} isn't signed by {key[0]}")
    raw, body = signed[key[:2]], body.encode()
    if key[2] == 4:  # c2sp.org/tlog-cosignature: 8 bytes of time, and the signature
        raw, body = raw[8:], b"cosignature/v1\ntime %d\n" % int.from_bytes(raw[:8], "big") + body
    return what, {"key": bytes.fromhex("302a300506032b6570032100") + key[3], "in": body, "sig": raw}  # RFC 8410
def check_signatures(jobs):
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        def verify(i):
            for name, data in jobs[i][1].items():
                pathlib.Path(folder, f"{i}.{name}").write_bytes(data)
            command = f"openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey {i}.key -in {i}.in -sigfile {i}.sig"
            return subprocess.run(command.split(), cwd=folder, capture_output=True).returncode == 0
        for (what, _), good in zip(jobs, pool.map(verify, range(len(jobs)))):
            need(good, f"{what}: the signature is wrong")

# ---- the records, played from the first to the last ----
def whole(field):
    need(str(int(field)) == field, f"{field!r} is no number")
    return int(field)

class Replay:
    def __init__(self):
        self.at, self.n, self.deliveries, self.keys, self.editing = 0, 0, {}, [], None
        self.log, self.early, self.strays, self.files, self.facts = False, False, 0, set(), {kind: {} for kind in ABOUT}
    def take(self, line):
        kind, at, *fields = line.split("\t")
        self.n, before, self.at = self.n + 1, self.at, whole(at)
        self.editing = self.editing if kind == "F" and fields[0] in EDITS else None
        need(self.at >= before or not self.log or (kind, fields[0]) == ("F", "clock"), "is dated back", self.n)
        {"E": self.entry, "C": self.change, "F": self.fact}[kind](self.at, *fields)
    def fact(self, at, kind, text):
        fact = json.loads(text)
        need(kind != "order" or self.below(**fact), "tells of a unit below itself, or below nobody", self.n)
        if kind in ABOUT:
            key = (fact["campaign"], fact["unit"]) if kind == "order" else fact[ABOUT[kind]]
            changes = kind in ("campaign", "order", "rules") and key in self.facts[kind]
            need(not changes or self.editing == fact["campaign"] and fact.get("code") == self.facts[kind][key].get("code"),
                 "changes what was ordered, without an edit before it", self.n)
            self.facts[kind][key] = fact
        if kind == "edited":
            self.editing = fact["campaign"]
            self.facts["planned"].pop(self.editing, None)
        need(kind not in ("steered", "approved", "rules") or getattr(self, kind)(**fact), "tells of what can't be", self.n)
        self.log, self.strays = self.log or kind == "log" and fact, self.strays + (kind == "stray")
        self.files.add(fact.get("file"))
        self.keys += [(self.n, fact)] * (kind == "key")
    def steered(self, scope, verb, campaign, name, value, by):
        """Is it a word that can be said, of a campaign that there is?"""
        most = {"extend": 253402300799999, "set-rate": 10**7}.get(verb, -1)
        return (scope in STEER[verb].split() and (scope == "campaign") == (name == "") and
                (campaign in {fact["code"] for fact in self.facts["campaign"].values()} or campaign == "" != name) and
                (value is None if most < 0 else type(value) is int and 0 <= value <= most))
    def approved(self, campaign, content, prepared, approver, note):
        said = f"lawcast approval\ncampaign {campaign}\ncontent {content}\nprepared {prepared}\napprover {approver}\n"
        one, other = (name.replace(" ", "").lower() for name in (prepared, approver))
        return one != other and (note == said or note.startswith(said + "\n"))
    def below(self, campaign, unit, quota, position, parent=...):
        """Is nobody above, or somebody with an order here, and not below the unit?"""
        orders = self.facts["order"]
        while parent is not ...:
            if type(parent) is not int or parent == unit or (campaign, parent) not in orders:
                return False
            parent = orders[campaign, parent].get("parent", ...)
        return True
    def rules(self, campaign, counts, leftover):
        return counts in (0, 1) and leftover in (0, 1, 2)
    def entry(self, at, delivery, campaign, unit, channel, route, who, slot, parts, alphabet, since, until, least, text, cause):
        need(delivery not in self.deliveries, f"enters delivery {delivery} again", self.n)
        self.deliveries[delivery] = SimpleNamespace(
            about=(campaign, unit, who), campaign=whole(campaign), unit=whole(unit), board=0 if channel == "1" else whole(who),
            route=whole(route), parts=whole(parts), least=whole(least), text=text, state=0, device=0, sim=0, taken=0,
            level=0, since=0, closed=False, shown=0, end=0, spans=[])  # (from, until, level, adds something): what counts
    def change(self, at, delivery, campaign, unit, who, old, new, cause, device, sim, code, level, shown, proof, detail):
        need(delivery in self.deliveries, "tells of a delivery that was never entered", self.n)
        d, old, new, cause = self.deliveries[delivery], whole(old), whole(new), whole(cause)
        need((campaign, unit, who) == d.about, "isn't about what was entered", self.n)
        need(old == d.state, f"goes on from state {old}, but the delivery was in {d.state}", self.n)
        need(new in (STAYS.get(cause, ()) if old == new else NEXT.get(old, ())), "is a change that can't be", self.n)
        d.device, d.sim, d.level = (before if told == "-" else whole(told) for before, told in
                                    ((d.device, device), (d.sim, sim), (d.level, level)))
        d.state, d.closed, d.since = new, cause == 13, at if new == 12 != old else d.since
        d.taken, self.early = at if new == 2 else d.taken, self.early or new == 2 and not self.log
        tells = proof != "-" and self.proof(d, *proof.split(":"))
        need(shown == (str(d.shown) if tells else "-"), "tells another time than it proves", self.n)
    def proof(self, d, since, until, counted, level, digest, file):
        """Is it a time, and not only a level?"""
        since, until, counted, level = map(whole, (since, until, counted, level))
        self.files.add(file)
        fits = until > since and level >= max(d.least, 1)
        times = [span[:2] for span in d.spans if span[1] > since] if since < d.end else []
        fresh = length(times + [(since, until)]) - length(times) if fits else 0
        need(counted == fresh, f"counts {counted} ms, but proves {fresh}", self.n)
        d.spans += [(since, until, level, counted > 0)] * fits
        d.shown, d.end = d.shown + counted, max(d.end, until) if fits else d.end
        return until > since

def differ(made, told, path):
    """The first place where a report isn't what the records make."""
    if type(made) is type(told) and isinstance(made, (dict, list)) and len(made) == len(told):
        for key in made if isinstance(made, dict) else range(len(made)):
            differ(made[key], told[key], f"{path}/{key}")
    need(type(made) is type(told) and made == told, f"{path} is {told!r}, but the records make {made!r}")

def check_records(folder, replay, notes, known):
    peaks, tiles, signed, last = [], read(folder, "tiles.txt").decode().splitlines(), 0, notes[-1][1]
    roots = {note[1]: note[2] for note in notes + known}
    need(all(roots[note[1]] == note[2] for note in notes), "a checkpoint that was kept is another one")
    need([n[1] for n in notes] == sorted({n[1] for n in notes}), "checkpoints.json isn't in its order")
    with open(os.path.join(folder, "records.txt"), "rb") as file:
        for i, raw in enumerate(file):
            leaf = sha(b"\0" + raw[9:-1])
            need(i < last, "was added: nobody has signed it", i + 1)
            need(raw == b"%08x\t%s\n" % ((int.from_bytes(leaf[:4], "big") + i) % 2**32, raw[9:-1]),
                 "was altered, or isn't where it was written", i + 1)
            try:
                replay.take(raw[9:-1].decode())
            except (ValueError, KeyError, TypeError):
                raise Bad(f"record {i + 1} is malformed") from None
            tile, bad = append(peaks, i, leaf), f"or one up to {i + 1} was altered: it isn't what"
            need(not tile or tiles[i // 256:i // 256 + 1] == [tile.hex()], f"{bad} tiles.txt says", i - 254)
            need(i + 1 not in roots or roots[i + 1] == root_of(peaks), f"{bad} was signed", signed + 1)
            signed = i + 1 if i + 1 in roots else signed
    need(replay.n >= last, f"and those up to {last} are missing", replay.n + 1)
    need(max(roots) <= last, f"this is an older copy: {max(roots)} records were signed once")
    need(len(tiles) == replay.n // 256, "tiles.txt has too many lines")

def check_keys(folder, replay, notes, known, trusted):
    jobs, others, keys = [], 0, [(n, fact, key_read(fact["public"])) for n, fact in replay.keys]
    need(keys and read(folder, "keys.txt").decode() == "".join(f["public"] + "\n" for _, f, _ in keys), "keys.txt was altered")
    for (_, _, old), (n, fact, _) in zip(keys, keys[1:]):
        if not fact.get("lost"):
            body, signed = note_read(fact["note"])
            need(body.strip() == fact["public"], "hands over to another key than it names", n)
            jobs.append(signature(f"the new key in record {n}", old, body, signed))
    for origin, size, _, body, signed in notes + known:
        need(origin == keys[0][2][0], f"the checkpoint of {size} records is of another log")
        signer = [k for n, _, k in keys if n <= size][-1]
        jobs.append(signature(f"the checkpoint of {size} records", signer, body, signed))
        others += len(signed.keys() - {key[:2] for key in [signer, *trusted]}) * ((origin, size, _, body, signed) in notes)
    for key in trusted:
        seen = [note for note in notes + known if key[:2] in note[4]]
        need(seen and (key[2] == 4 or key in [k for _, _, k in keys]), f"{key[0]} with that key has signed nothing here")
        jobs += [signature(f"the line of {key[0]} under {note[1]} records", key, *note[3:]) for note in seen]
    check_signatures(jobs)
    lost = [i for i, (_, fact, _) in enumerate(keys) if i and fact.get("lost")]
    last = max((i for i, (_, _, key) in enumerate(keys) if key in trusted), default=len(keys))
    need(not lost or lost[-1] <= last, "a record claims that the key which you trust was lost")
    return f"; keys that were lost: {len(lost)}" * bool(lost) + f"; lines of others, not checked: {others}" * bool(others)

def check_reports(folder, replay):
    texts = json.loads(read(folder, "texts.json"))
    for e in texts:
        need(e["salt"] is None and e["campaign"] in replay.facts["erased"] or  # then nothing opens the tag any more
             sha(bytes.fromhex(e["salt"]) + b"text:" + e["text"].encode()).hex() == e["tag"], f"{e['text']!r} was never sent")
    names = sorted(path.name for path in pathlib.Path(folder, "reports").glob("*"))
    codes = {fact["code"] + ".json": number for number, fact in replay.facts["campaign"].items()}
    need(names in ([], sorted(codes)), "the reports aren't those of the campaigns")
    for name in names:
        made = report(replay, codes[name], {e["tag"]: e["text"] for e in texts})
        told = json.loads(read(folder, "reports", name))
        told["windows"] = [[int(datetime.fromisoformat(w[end]).timestamp()) for end in ("from", "to")] for w in told["windows"]]
        differ({**made, "sims": told["sims"]} if replay.early else made, told, f"reports/{name}: ")  # not noted formerly

def check_bundle(folder, trusted, known):
    replay, notes = Replay(), [checkpoint_read(note) for note in json.loads(read(folder, "checkpoints.json"))]
    check_records(folder, replay, notes, known)
    said, zone = check_keys(folder, replay, notes, known, trusted), replay.log["timezone"]
    need(zone == json.loads(read(folder, "bundle.json"))["timezone"], "bundle.json names another time zone than the log")
    need(re.fullmatch(r"(?![/:])(?!.*\.\.)[A-Za-z0-9/_+<>,.:-]{1,63}", zone), f"{zone!r} is no time zone")
    os.environ["TZ"] = zone
    time.tzset()
    check_reports(folder, replay)
    for path in pathlib.Path(folder, "evidence").glob("*"):
        need(path.name in replay.files and sha(read(path)).hex() == path.name[:64], f"{path} isn't what a record names")
    for line in read(folder, "SHA256SUMS").decode().splitlines():
        need(f"{sha(read(folder, line[66:])).hex()}  " == line[:66], f"{line[66:]} or SHA256SUMS was altered")
    return f"{replay.n} records, {len(notes)} checkpoints; the key is {replay.keys[-1][1]['public']}{said}"

def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for word, kind in (("--key", key_read), ("--known", lambda path: checkpoint_read(read(path).decode()))):
        parser.add_argument(word, action="append", type=kind, default=[])
    parser.add_argument("path", nargs="+")
    asked, bad = parser.parse_args(), 0
    receipts = asked.path[0] == "receipt"
    for path in asked.path[receipts:]:
        try:
            check = __import__("verify_receipt").check_receipt if receipts else check_bundle
            print(f"{path}: whole: {check(path, asked.key, asked.known)}", flush=True)
        except Exception as why:  # whatever a stranger's bytes do: they are no whole bundle
            bad = print(f"{path}: NOT WHOLE: {(str if isinstance(why, OSError) else repr)(why)[:999]}", flush=True) or 1
    return bad

if __name__ == "__main__": sys.exit(main())
