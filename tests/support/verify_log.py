#!/usr/bin/env python3
"""A third reader of the audit log, written from src/core/audit/SPEC.md: Python's library alone.

    verify_log.py --log .scalpel/audit.log --marks STATE/log --root-secret-file FILE
        [--root-secret-file OLDER] [--log-id ID] [--fingerprint HEX] [--anchor SEQ:PREFIX]
    verify_log.py --cases FILE     judges every case of a vector file, one JSON document a line

Exits with 0, 1 or 5 as `sealward audit verify` does. Without --log-id the id is taken from genesis.
Checks every line, seal, tree, head and mark; knows no checkpoints and no epoch.key.
"""
import argparse, hashlib, hmac, json, os, re, stat, sys

SEGMENT = re.compile(r"audit\.log\.d/seg-(\d{8})\.jsonl\Z")
HEX64 = r"([0-9a-f]{64})"
LINE = re.compile(
    r'{"v":1,"seq":(0|[1-9]\d*),"key":"([0-9a-f]{8})\.(0|[1-9]\d{0,9})"'
    r',"ts":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z","type":"([A-Za-z0-9_.]{1,64})"'
    r',"sev":"(?:LOW|MEDIUM|HIGH|CRITICAL)","d":({[ -~]*}),"prev":"' + HEX64 + '","mac":"' + HEX64 + r'"}\Z',
    re.ASCII)
COUNT = r"(-1|0|[1-9]\d{0,15})"
RECORD = re.compile(
    r'({"v":1,"log":"([0-9a-f]{32})","key":"([0-9a-f]{8})\.(0|[1-9]\d{0,9})","turn":' + COUNT
    + ',"seq":' + COUNT + ',"mac":"' + HEX64 + '","size":' + COUNT + ',"base_seq":' + COUNT
    + ',"base_mac":"' + HEX64 + '","base_size":' + COUNT + '),"hmac":"' + HEX64 + r'"} *\n\Z', re.ASCII)
STRUCTURAL = re.compile(r"audit\.(genesis|segment|seal|key_rotate|key_begin|prune)\Z")
MAX_LINE, MAX_TORN, MAX_SEGMENTS, START = 16383, 1 << 20, 100000, (-1, "0" * 64)


def mac(key, text):
    return hmac.new(key, text.encode("latin-1"), "sha256")


def sha256(data):
    return hashlib.sha256(data).hexdigest()


class Keys:
    """E(0) of each root secret, and what follows from it. SPEC.md, "Keys"."""

    def __init__(self, roots, log_id):
        self.origins, self.cache = {}, {}
        for root in roots:
            extracted = hmac.new(bytes.fromhex(log_id), root, "sha256").digest()
            epoch = mac(extracted, "audit/v1/epoch\x01").digest()
            self.origins[mac(epoch, "audit/v1/kid").hexdigest()[:8]] = [epoch]

    def find(self, kid, epoch):
        if kid not in self.origins or epoch >= MAX_SEGMENTS:
            return None
        chain = self.origins[kid]
        while len(chain) <= epoch:
            chain.append(mac(chain[-1], "audit/v1/evolve").digest())
        return chain[epoch]

    def mac(self, kid, epoch, use, text):
        key = self.cache.setdefault((kid, epoch, use), mac(self.find(kid, epoch), "audit/v1/" + use).digest())
        return mac(key, text).hexdigest()


def read_line(text):
    m = LINE.match(text) if len(text) <= MAX_LINE else None
    if m is None or int(m[1]) > 2 ** 53 - 1:
        return None
    names = ("seq", "kid", "epoch", "type", "d", "prev", "mac")
    return dict(zip(names, (int(m[1]), m[2], int(m[3]), *m.groups()[3:])), text=text)


def read_details(text):
    """None unless it is the one encoding of its value."""
    try:
        details = json.loads(text)
    except ValueError:
        return None
    again = json.dumps(details, separators=(",", ":")).replace("\x7f", "\\u007f")
    return details if again == text else None


def lines_of(text):
    """The first line and the last, whoever wrote them."""
    end = text.find("\n")
    last = read_line(text[text.rfind("\n", 0, -1) + 1:-1]) if text.endswith("\n") else None
    return read_line(text[:end]) if end >= 0 else None, last


def append_leaf(tree, text):
    size, hashes, right = tree[0], list(tree[1]), hashlib.sha256(b"\0" + text.encode()).digest()
    while size % 2:
        size, right = size // 2, hashlib.sha256(b"\1" + hashes.pop() + right).digest()
    return tree[0] + 1, hashes + [right]


def is_tree(told, tree):
    return tree is None or told == {"size": tree[0], "hashes": [h.hex() for h in tree[1]]}


class Reader:
    def __init__(self, roots, log_id, fingerprint=None):
        self.keys, self.log_id, self.fingerprint = Keys(roots, log_id), log_id, fingerprint
        self.kid = next(iter(self.keys.origins), "")

    def slot(self, data, slot):
        if data is None:
            return "missing", None
        m = RECORD.match(data.decode("latin-1")) if len(data) == 512 else None
        if m is None:
            return "damaged", None
        kid, epoch = m[3], int(m[4])
        if m[2] != self.log_id:
            return "other_log", None
        if self.keys.find(kid, epoch) is None:
            return "other_key", None
        if self.keys.mac(kid, epoch, "head", m[1]) != m[12] or int(m[5]) % 2 != slot or int(m[5]) < 0:
            return "damaged", None
        return "good", (epoch, int(m[6]), m[7], int(m[8]))

    def walk_lines(self, text, seg, before, kid, known):
        """Entries, bytes that verified, fault, torn bytes. SPEC.md, "Order of the walk", 4 and 5."""
        entries, offset, fault, last = [], 0, None, before
        while fault is None and offset < len(text):
            end = text.find("\n", offset)
            if (len(text) if end < 0 else end) - offset > MAX_LINE:
                fault = "frame"
            elif end < 0:
                break
            else:
                line = read_line(text[offset:end])
                fault = "syntax" if line is None else self.line_fault(line, last, kid, seg, known)
                if fault is None:
                    entries.append(dict(line, offset=offset))
                    last, offset = (line["seq"], line["mac"]), end + 1
        rest = len(text) - offset
        if fault in ("syntax", "frame") and rest <= MAX_TORN and "\0" in text[offset:]:
            fault = None
        return entries, offset, fault, 0 if fault else rest, last

    def line_fault(self, line, last, kid, seg, known):
        if line["seq"] != last[0] + 1:
            return "sequence"
        if (line["kid"], line["epoch"]) != (kid, seg):
            return "key"
        if line["prev"] != last[1]:
            return "prev"
        if line["mac"] != self.keys.mac(kid, seg, "entry", line["text"][:-74]):
            return "mac"
        if (line["type"] == "audit.genesis") != (line["seq"] == 0):
            return "genesis"
        if any(k[1] == line["seq"] and k[2] != line["mac"] for k in known):
            return "head"
        if STRUCTURAL.match(line["type"]):
            line["details"] = read_details(line["d"])
            if line["details"] is None:
                return "syntax"
        return None

    def structure_fault(self, w):
        """Step 6; a pair of seq and kind, None when all stand in their places."""
        entries, seg, first_type = w["entries"], w["seg"], "audit.segment" if w["seg"] else "audit.genesis"
        for i, e in enumerate(entries):
            d, ok = e.get("details"), True
            if e["type"] in ("audit.genesis", "audit.segment"):
                ok = i == 0 and e["type"] == first_type and d.get("log") == self.log_id and d.get("seg") == seg
            elif e["type"] == "audit.seal":
                told = [d.get(k) for k in ("seg", "first", "n", "bytes")]
                ok = i == len(entries) - 1 and told == [seg, entries[0]["seq"], i, e["offset"]]
            elif e["type"] == "audit.key_begin":
                ok = i == 1 and entries[0]["type"] == first_type and d.get("to") == w["kid"]
            if not ok:
                return e["seq"], "structure"
        if w["closed"] and (not entries or entries[-1]["type"] != "audit.seal"):
            return w["last"][0] + 1, "seal"
        if entries and entries[0]["type"] != first_type:
            return w["from"][0] + 1, "structure"
        for e, tree in zip(entries, w["trees"]):
            d = e.get("details", {})
            if e["type"] in ("audit.seal", "audit.segment") and not is_tree(d.get("tree"), tree):
                return e["seq"], "seal"
            if e["type"] == "audit.seal" and d.get("sha256") != sha256(w["data"][:e["offset"]]):
                return e["seq"], "seal"
        if entries and self.fingerprint not in (None, sha256(entries[0]["text"].encode()) if seg == 0 else entries[0]["details"].get("genesis")):
            return w["from"][0] + 1, "fingerprint"
        return None

    def bond_fault(self, before, w):
        """What binds a segment to the one before: (seg, seq, kind) or None."""
        at, first = w["entries"][0]["details"] if w["entries"] else {}, before["last"][0] + 1
        named = at.get("prev_seg_sha256") == before["sha256"]
        if not before["verified"]:
            if not named:
                return before["seg"], before["from"][0] + 1, "seal"
            if w["from"] != before["last"]:
                return w["seg"], first, "sequence" if w["from"][0] != before["last"][0] else "prev"
        if w["kid"] != before["kid"]:
            commit = mac(self.keys.find(w["kid"], w["seg"]), "audit/v1/commit").hexdigest()
            begun = w["entries"][1] if len(w["entries"]) > 1 else {"type": ""}
            ok = begun["type"] == "audit.key_begin" and begun["details"].get("commitment") == commit
            if before["verified"]:
                said = before["entries"][-2] if len(before["entries"]) > 1 else {"type": ""}
                ok = ok and said["type"] == "audit.key_rotate" and \
                    [said["details"].get(k) for k in ("from", "to", "commitment")] == [before["kid"], w["kid"], commit]
            if not ok:
                return w["seg"], first, "key"
        return (w["seg"], first, "seal") if w["entries"] and not named else None

    def walk(self, files, known):
        closed = sorted(int(m[1]) for m in map(SEGMENT.match, files) if m and int(m[1]) < MAX_SEGMENTS)
        pieces = [(seg, files["audit.log.d/seg-%08d.jsonl" % seg], True) for seg in closed]
        if "audit.log" in files:
            data, seg = files["audit.log"], closed[-1] + 1 if closed else 0
            first, _ = lines_of(data[:16384].decode("latin-1"))
            claimed = first["epoch"] if first else seg
            pieces.append((max(seg, claimed) if claimed < MAX_SEGMENTS else seg, data, False))
        log = dict(numbers=[], finding=None, entries=[], last=START, end=0, rest=0, unverifiable=[], claim=None, front=None, gone=[])
        before = None
        for seg, data, is_closed in pieces:
            log["numbers"].append(seg)
            log["end"] = log["rest"] = 0
            before = self.piece(log, before, seg, data, is_closed, known)
            if before is None or log["finding"]:
                return log
        if before and not before["verified"]:
            log["finding"] = before["seg"], before["from"][0] + 1, "key", 0
        return log

    def piece(self, log, before, seg, data, closed, known):
        text = data.decode("latin-1")
        first, last = lines_of(text)
        follows = before if before and before["seg"] == seg - 1 else None
        claimed = (first["seq"] - 1, first["prev"]) if first else follows["last"] if follows else START
        start = follows["last"] if follows and follows["verified"] else START if seg == 0 else claimed
        kid = first["kid"] if first else before["kid"] if before else self.kid
        here = dict(seg=seg, kid=kid, data=data, sha256=sha256(data), closed=closed)
        if not closed and first and first["epoch"] < seg:
            log["finding"] = seg, start[0] + 1, "head", 0
        elif self.keys.find(kid, seg) is not None:
            return self.keyed(log, follows, dict(here, **{"from": start, "verified": True}), text, known)
        elif not closed or not first:
            log["finding"] = seg, start[0] + 1, "key", 0
            claim = (read_details(first["d"]) or {}).get("log") if first else None
            log["claim"] = claim if isinstance(claim, str) else None
        else:
            return self.pass_over(log, follows, follows["last"] if follows else start, dict(here, verified=False), first, last)
        return None

    def pass_over(self, log, before, start, here, first, last):
        seq = start[0] + 1
        named = re.search('"prev_seg_sha256":"' + HEX64 + '"', first["d"])
        if last is None or last["seq"] < first["seq"]:
            log["finding"] = here["seg"], seq, "sequence", 0
        elif before and not before["verified"] and (not named or named[1] != before["sha256"]):
            log["finding"] = before["seg"], before["from"][0] + 1, "seal", 0
        elif first["seq"] != seq:
            log["finding"] = here["seg"], seq, "sequence", 0
        elif first["prev"] != start[1]:
            log["finding"] = here["seg"], seq, "prev", 0
        else:
            log["last"] = last["seq"], last["mac"]
            log["end"] = len(here["data"])
            log["unverifiable"].append((first["seq"], last["seq"]))
            if len(log["numbers"]) == 1 and named:
                log["front"] = named[1]
            for text in here["data"].decode("latin-1").split("\n"):
                line = read_line(text) if '"type":"audit.prune"' in text else None
                if line and line["type"] == "audit.prune":
                    log["gone"].append(json.loads(line["d"]).get("removed", []))
            return dict(here, last=log["last"], tree=None, **{"from": (first["seq"] - 1, first["prev"])})
        return None

    def keyed(self, log, before, w, text, known):
        entries, end, fault, rest, last = self.walk_lines(text, w["seg"], w["from"], w["kid"], known)
        told = entries[0].get("details", {}).get("tree") if entries else None
        tree = before and before["tree"]
        if tree is None:
            tree = (0, []) if w["seg"] == 0 else (told["size"], [bytes.fromhex(h) for h in told["hashes"]]) if told else None
        trees = []
        for e in entries:
            trees.append(tree)
            tree = tree and append_leaf(tree, e["text"])
        w = dict(w, entries=entries, last=last, trees=trees, tree=tree)
        log.update(last=last, end=end, rest=rest)
        log["entries"] += entries
        if fault:
            log["finding"] = w["seg"], last[0] + 1, fault, end
        elif w["closed"] and rest:
            log["finding"] = w["seg"], last[0] + 1, "frame", end
        else:
            found = self.structure_fault(w)
            found = (w["seg"], *found) if found else self.bond_fault(before, w) if before else None
            log["finding"] = found and (*found, 0)
        return w

    def judge(self, files, anchors=()):
        """SPEC.md, "Verdicts": verdict, kind, segment, seq."""
        pairs = [[self.slot(files.get("%s.%d" % (name, i)), i) for i in (0, 1)] for name in ("audit.log.d/head", "mark")]
        slots = pairs[0] + pairs[1]
        known = [head for kind, head in slots if kind == "good"]
        closed = [int(m[1]) for m in map(SEGMENT.match, files) if m and int(m[1]) < MAX_SEGMENTS]
        if "audit.log" not in files and (not closed or any(k[0] > max(closed) for k in known)):
            return "MISSING", "place", None, None
        log = self.walk(files, known)
        numbers, last, newest = log["numbers"], log["last"], log["numbers"][-1]
        if log["finding"]:
            seg, seq, kind, offset = log["finding"]
            foreign = kind == "fingerprint" or log["claim"] not in (None, self.log_id)
            nothing_ours = not log["entries"] and kind != "mac" and all(k == "other_key" for k, _ in slots)
            unknown = kind == "key" or nothing_ours
            if log["claim"] in (None, self.log_id) and unknown and offset == 0 and not known:
                return "UNVERIFIABLE", "key", seg, seq
            return "FOREIGN-LOG" if foreign else "ROLLBACK" if kind == "head" else "TAMPERED", kind, seg, seq
        if numbers[0] > 0 and not self.is_pruned(log):
            return "MISSING", "segment", 0, None
        for seg in range(numbers[0], newest):
            if seg not in numbers:
                return "MISSING", "segment", seg, None
        for name, pair in zip(("head", "mark"), pairs):
            kinds = [kind for kind, _ in pair]
            if "missing" in kinds:
                return "MISSING", name, None, None
            if "good" not in kinds:
                return "FOREIGN-LOG" if "other_log" in kinds else "TAMPERED", name, None, None
        if any(a[0] == b[0] == "damaged" for a, b in zip(*pairs)):
            return "TAMPERED", "head", None, None
        head = max(known, key=lambda k: k[1])
        if head[1] > last[0]:
            is_cut = head[0] != newest or log["end"] + log["rest"] < head[3]
            return *(("ROLLBACK", "head") if is_cut else ("TAMPERED", "frame")), newest, last[0] + 1
        macs = {e["seq"]: e["mac"] for e in log["entries"]}
        told = [(int(seq), prefix) for seq, prefix in (a.split(":") for a in anchors)]
        for seq, prefix in told:
            if seq in macs and not macs[seq].startswith(prefix):
                return "FORK", "anchor", None, seq
        if any(seq > last[0] for seq, _ in told):
            return "ROLLBACK", "anchor", newest, last[0] + 1
        if log["unverifiable"]:
            return "UNVERIFIABLE", "key", None, None
        if log["rest"]:
            return "UNCLEAN-END", "frame", newest, last[0] + 1
        if log["entries"] and log["entries"][-1]["type"] == "audit.seal":
            return "UNCLEAN-END", "segment", None, None
        if numbers[0] > 0:
            return "FRONT-PRUNED", None, None, None
        return "OK" if any(seq in macs for seq, _ in told) else "OK-UNANCHORED", None, None, None

    def is_pruned(self, log):
        first = log["entries"][0].get("details", {}).get("prev_seg_sha256") if log["entries"] else None
        gone = [log["numbers"][0] - 1, log["front"] or first]
        removals = log["gone"] + [e["details"].get("removed", []) for e in log["entries"] if e["type"] == "audit.prune"]
        return any(gone in removed for removed in removals)


def apply(files, edit):
    """One edit of a vector file; tests/vectors/README.md."""
    files, op, name = dict(files), edit["op"], edit.get("file")
    data = files.get(name, b"")
    if op == "flip":
        at = edit["at"]
        files[name] = data[:at] + bytes(byte ^ edit["mask"] for byte in data[at:at + 1]) + data[at + 1:]
    elif op == "splice":
        files[name] = data[:edit["at"]] + edit["insert"].encode("latin-1") + data[edit["at"] + edit["remove"]:]
    elif op == "cut":
        files[name] = data[:edit["size"]]
    elif op == "remove":
        files.pop(name, None)
    elif op == "copy":
        files[edit["to"]] = files.get(edit["from"], b"")
    elif op == "swap":
        files[name], files[edit["with"]] = files.get(edit["with"], b""), data
    elif op == "lines":
        files[name] = b"".join(re.findall(rb"[^\n]*\n", files[n])[i] for n, i in edit["lines"])
    return files


def judge_cases(path):
    vectors = json.load(open(path, encoding="utf-8"))
    files = {name: text.encode("latin-1") for name, text in vectors["files"].items()}
    roots = [bytes.fromhex(digits) for digits in vectors["root_secrets_hex"]]
    for case in vectors["cases"]:
        reader = Reader([roots[i] for i in case["secrets"]], vectors["log_id"], case["fingerprint"])
        edited = files
        for edit in case["edits"]:
            edited = apply(edited, edit)
        verdict = reader.judge(edited, case["anchors"])
        print(json.dumps(dict(zip(("verdict", "kind", "segment", "seq"), verdict))))


def read_files(log, marks):
    files = {}
    side = [n for n in os.listdir(log + ".d") if re.match(r"(seg-\d{8}\.jsonl|head\.[01])\Z", n)]
    paths = {"audit.log": log, **{"audit.log.d/" + n: os.path.join(log + ".d", n) for n in side},
             **{"mark.%d" % i: os.path.join(marks, "mark.%d" % i) for i in (0, 1)}}
    for name, path in paths.items():
        if os.path.lexists(path) and stat.S_ISREG(os.lstat(path).st_mode) and os.lstat(path).st_nlink == 1:
            files[name] = open(path, "rb").read()
    return files


def read_secret(path):
    data = open(path, "rb").read().removesuffix(b"\n")
    return bytes.fromhex(data[4:].decode()) if data.startswith(b"hex:") else data


def main():
    parser = argparse.ArgumentParser()
    for flag in ("--log", "--marks", "--log-id", "--fingerprint", "--cases"):
        parser.add_argument(flag)
    for flag in ("--root-secret-file", "--anchor"):
        parser.add_argument(flag, action="append", default=[])
    given = parser.parse_args()
    if given.cases:
        return judge_cases(given.cases)
    files = read_files(given.log, given.marks)
    oldest = min((n for n in files if SEGMENT.match(n)), default="audit.log")
    claimed = re.search(rb'"log":"([0-9a-f]{32})"', files.get(oldest, b"")[:16384])
    log_id = given.log_id or (claimed[1].decode() if claimed else "0" * 32)
    reader = Reader([read_secret(path) for path in given.root_secret_file], log_id, given.fingerprint)
    verdict = reader.judge(files, given.anchor)
    print(json.dumps(dict(zip(("verdict", "kind", "segment", "seq"), verdict))))
    fine = ("OK", "OK-UNANCHORED", "UNCLEAN-END", "FRONT-PRUNED")
    return 0 if verdict[0] in fine else 1 if verdict[0] == "UNVERIFIABLE" else 5


if __name__ == "__main__":
    sys.exit(main())
