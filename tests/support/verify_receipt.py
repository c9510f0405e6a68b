"""verify_receipt.py: checks what `lawcast audit prove` and `optout prove` wrote, for `verify_bundle.py receipt FILE...`.

A receipt is lines of "word value", then the proof that its record is in the log (c2sp.org/tlog-proof), then the signed
checkpoint; several receipts may follow one another. A refusal has neither campaign nor unit, and its record is a fact.
What campaign and unit are called is the word of who wrote it."""
import json
from datetime import datetime
from verify_bundle import base64_read, check_signatures, checkpoint_read, key_read, need, node, read, sha, signature, whole

STATES = ("planned due inflight deferred sent delivered undelivered rejected unknown suppressed expired cancelled shown "
          "withdrawn").split()

def check_one(text, trusted):
    head, proof, note = text.split("\n\n", 2)
    facts, (form, index, *hashes) = dict(line.split(" ", 1) for line in head.split("\n")), proof.split("\n")
    record, names = facts["record"].split("\t"), "campaign unit number state key salt record".split()
    need(list(facts) == names[2 * (record[0] == "F"):] and form == "c2sp.org/tlog-proof@v1"
         and index.startswith("index "), "it is no receipt of this version")
    place = whole(index[6:])
    _, size, root, body, signed = checkpoint_read(note)
    if record[0] == "F":
        need(record[2] == "refusal", "its record is of no refusal")
        who, state = (fact := json.loads(record[3]))["who"], "refuses" if fact["refuses"] is True else "accepts"
    else:  # An E record has more fields before who; it tells of a message that was entered and no more.
        who, state = (record[7], STATES[0]) if record[0] == "E" else (record[5], STATES[whole(record[7])])
    need(sha(bytes.fromhex(facts["salt"]) + b"number:" + facts["number"].encode()).hex() == who, "it is about another number")
    told, when = facts["state"].split(" ")
    need(told == state, "the record tells another state")
    need(datetime.fromisoformat(when).timestamp() == whole(record[1]) // 1000, "the record tells another time")
    leaf, at, last = sha(b"\0" + facts["record"].encode()), place, size - 1
    for sibling in map(base64_read, hashes):  # RFC 9162, 2.1.3.2
        leaf = node(sibling, leaf) if at & 1 or at == last else node(leaf, sibling)
        while at and not at & 1 and at == last:
            at, last = at >> 1, last >> 1
        at, last = at >> 1, last >> 1
    need(place < size and last == 0 and leaf == root, "the hashes don't lead to what was signed")
    need(not trusted or key_read(facts["key"]) in trusted, "it is signed by another key than the one that you trust")
    check_signatures([signature("the checkpoint", key_read(facts["key"]), body, signed)])
    return f"{facts['number']}: {facts['state']}, record {place + 1} of {size}"

def check_receipt(path, trusted, _):
    title, *receipts = read(path).decode().split("lawcast receipt v1\n")
    need(not title and receipts, "it is no receipt")
    return "; ".join(check_one(receipt, trusted) for receipt in receipts)
