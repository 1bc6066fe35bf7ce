#!/usr/bin/env python3
"""Checks the transcript of a draw without any code of Sijian: python3 draw.py transcript.json

Standard library only. Prints the drawn, everybody's chance, and every fault; ends with 0 only if there is none.
python3 draw.py hash COMMITMENT PARTY TEXT prints the hash of a contribution, so that nobody else need know the text.
"""
import base64, hashlib, json, sys

A, PARTS = "sijian-draw/1", 10**12
faults = []


def sha(*parts):  # each part has its length before it
    parts = [p if isinstance(p, bytes) else p.encode() for p in parts]
    return hashlib.sha256(b"".join(len(p).to_bytes(8, "big") + p for p in parts)).digest()


def canonical(value):  # RFC 8785 for whole numbers and texts: names are ordered by UTF-16 code units
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(canonical(name) + ":" + canonical(value[name]) for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float):
        raise ValueError("fractions have no place in a transcript")
    return json.dumps(value, ensure_ascii=False)


def canonical_hash(value):
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def once(pairs):
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name is given twice")
    return dict(pairs)


def must(holds, fault):
    if not holds:
        faults.append(fault)


class Stream:
    def __init__(self, seed):
        self.seed, self.taken = seed, 0

    def below(self, bound):  # unbiased: numbers at the top that would favour small ones are thrown away
        while True:
            number = int.from_bytes(sha(A + " stream", self.seed, self.taken.to_bytes(8, "big"))[:8], "big")
            self.taken += 1
            if number < 2**64 - 2**64 % bound:
                return number % bound

    def take(self, people):
        at = self.below(sum(one["weight"] for one in people)) if people else None
        for one in people:
            if at < one["weight"]:
                return one
            at -= one["weight"]


def root_of(entry, index, size, path):  # RFC 9162, 2.1.3.2; None: the path is not one of this place
    node = lambda left, right: hashlib.sha256(b"\x01" + left + right).digest()
    at, last, root, left = index, size - 1, hashlib.sha256(b"\x00" + entry.encode()).digest(), list(path)
    while last > 0 and left:
        if at & 1 or at == last:
            root = node(left.pop(0), root)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            root = node(root, left.pop(0))
        at, last = at >> 1, last >> 1
    return root if index < size and last == 0 and not left else None


def published(t, size, root):  # plan and hashes hang from the checkpoint, so they were in the log before it
    hashes = [("draw.contributed", one["commitment"]) for one in t["contributions"]]
    wanted = [("draw.committed", t["commitment"])] + hashes
    must(len(wanted) == len(t["published"]), "the log's entries of plan and hashes are not enclosed")
    for (kind, hash_), one in zip(wanted, t["published"]):
        version, what, facts, _, end = one["entry"].split("\n")
        told = canonical({"kind": kind, "facts": {"draw": t["plan"]["id"], "commitment": hash_}})
        says = json.loads(facts, object_pairs_hook=once).get("entry") == told and not end
        must(version == "sijian-leaf/v1" and what == "draw" and says, "entry %d of the log: another" % one["index"])
        path = [base64.b64decode(text, validate=True) for text in one["hashes"]]
        must(root_of(one["entry"], one["index"], size, path) == root, "entry %d: not under the checkpoint" % one["index"])


def seed_of(t):
    rule, origin, size, root = t["plan"]["seed_rule"], "", "", ""
    must((rule["log"] is None) == (t["checkpoint"] is None) == (t["checkpoint_at"] is None), "checkpoint: announced?")
    if t["checkpoint"] is not None:
        origin, size, root = t["checkpoint"].split("\n")[:3]
        must(len(base64.b64decode(root)) == 32, "checkpoint: its root is none")
        must(origin == rule["log"]["origin"] and int(size) >= rule["log"]["size"], "checkpoint: not the announced one")
        must(t["checkpoint_at"] >= rule["log"]["not_before"], "checkpoint: signed too early")
        published(t, int(size), base64.b64decode(root))
    beacon = rule["beacon"] or {"name": "", "round": ""}
    must(bool(rule["beacon"]) == bool(t["beacon"]), "beacon: announced?")
    must(rule["log"] or rule["beacon"], "the seed has no source")
    must([one["party"] for one in t["contributions"]] == rule["parties"], "contributions: not those of the parties")
    for one in t["contributions"]:
        hidden = sha(A + " contribution", t["commitment"], one["party"], one["value"]).hex()
        must(one["value"] and one["commitment"] == hidden, "contribution of %s: not what was published" % one["party"])
    texts = [text for one in t["contributions"] for text in (one["party"], one["value"])]
    return sha(A + " seed", t["commitment"], origin, size, root, beacon["name"], beacon["round"], t["beacon"] or "", *texts)


def meets(plan, people):
    has = lambda q: sum(one["traits"].get(q["feature"], "") == q["value"] for one in people)
    return all(q["min"] <= has(q) <= q["max"] for q in plan["quotas"])


def check(t):
    plan = t["plan"]
    people, seats = plan["candidates"], plan["seats"]
    must(plan["algorithm"] == A and plan["method"] in ("uniform", "weighted", "stratified"), "unknown algorithm")
    must(canonical_hash(plan) == t["commitment"], "the plan is not the one that was committed to")
    must(canonical_hash({k: v for k, v in t.items() if k != "digest"}) == t["digest"], "changed after it was closed")
    ids = [one["id"] for one in people]
    must(len(set(ids)) == len(ids) >= seats >= 1, "candidates: somebody twice, or fewer than the seats")
    must(all(one["weight"] >= 1 and (one["weight"] == 1 or plan["method"] == "weighted") for one in people), "weights")
    must(all(e["id"] not in ids and e["reason"].strip() for e in plan["exclusions"]), "exclusions: candidate, or no reason")
    features = sorted({q["feature"] for q in plan["quotas"]})
    kind_of = lambda one: tuple(one["traits"].get(feature, "") for feature in features)
    kinds, chance = {}, {}
    for one in people:
        kinds.setdefault(kind_of(one), []).append(one)
    members = list(kinds.values())
    panels = plan["lottery"]["panels"] if plan["method"] == "stratified" else []
    must((plan["method"] == "stratified") == (plan["lottery"] is not None) == bool(plan["quotas"]), "quotas and lottery")
    for panel in panels:  # every panel that can come meets the quotas, and these are the chances of all
        some = [one for kind, many in panel["kinds"] for one in members[kind][:many]]
        must(len(some) == sum(many for _, many in panel["kinds"]) == seats and meets(plan, some), "a panel breaks a quota")
        must(panel["parts"] > 0 and sorted({k for k, _ in panel["kinds"]}) == [k for k, _ in panel["kinds"]], "a panel")
        for kind, many in panel["kinds"]:
            for one in members[kind]:
                chance[one["id"]] = chance.get(one["id"], 0) + panel["parts"] * many / len(members[kind]) / PARTS
    must(not panels or sum(panel["parts"] for panel in panels) == PARTS, "the panels' parts do not add up")
    seed = seed_of(t)
    must(seed.hex() == t["seed"], "the seed does not follow from its parts")
    if faults:
        return
    stream, left, drawn = Stream(seed), list(people), []
    if panels:
        at = stream.below(PARTS)
        for panel in panels:
            if at < panel["parts"]:
                break
            at -= panel["parts"]
        for kind, many in panel["kinds"]:
            for _ in range(many):
                drawn.append(stream.take([one for one in members[kind] if one not in drawn]))
        left = [one for one in people if one not in drawn]
    for _ in range(0 if panels else seats):
        drawn.append(stream.take(left))
        left.remove(drawn[-1])
    must([one["id"] for one in drawn] == t["drawn"], "the numbers draw others: %s" % [one["id"] for one in drawn])
    for refusal in t["refusals"]:  # the next numbers of the same stream, never a new draw
        seat = next((at for at, one in enumerate(drawn) if one and one["id"] == refusal["id"]), None)
        if seat is None:
            return must(False, "%s refuses without a seat" % refusal["id"])
        may, others = left, [one for at, one in enumerate(drawn) if one and at != seat]
        if panels:
            may = [one for one in left if kind_of(one) == kind_of(drawn[seat])]
            may = may or [one for one in left if meets(plan, others + [one])]
        drawn[seat] = stream.take(may)
        left = [one for one in left if one is not drawn[seat]]
        must(refusal["reason"].strip(), "%s refuses without a reason" % refusal["id"])
        must(refusal["replacement"] == (drawn[seat] and drawn[seat]["id"]), "another takes the seat of %s" % refusal["id"])
    for one in people if panels else []:
        print("chance of %s %s: %.4f %%" % (one["id"], one["name"], 100 * chance.get(one["id"], 0)))
    if panels:
        print("smallest chance: %.4f %%" % (100 * min(chance.get(one["id"], 0) for one in people)))
    print("drawn:", ", ".join("%s %s" % (one["id"], one["name"]) if one else "nobody left" for one in drawn))


if __name__ == "__main__":
    if len(sys.argv) == 5 and sys.argv[1] == "hash":
        sys.exit(print(sha(A + " contribution", *sys.argv[2:]).hex()))
    try:
        with open(sys.argv[1], encoding="utf-8") as file:
            transcript = json.load(file, object_pairs_hook=once)
        check(transcript)
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        faults.append("this is no transcript of a draw: %r" % error)
    for fault in faults:
        print("FAULT:", fault)
    if not faults:
        print("The draw holds. Compare with the log: commitment %s" % transcript["commitment"])
        if transcript["checkpoint"]:
            print("Not checked here: the checkpoint's signature (sijian draw verify --log-key, or any tlog client).")
    sys.exit(1 if faults else 0)
