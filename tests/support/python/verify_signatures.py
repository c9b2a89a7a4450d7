"""Prints for each line of standard input, `KEY MESSAGE SIGNATURE` in hex, whether it verifies."""
import sys

import sealward

keys = {}
for index, line in enumerate(sys.stdin):
    parts = [bytes.fromhex(part) for part in line.rstrip("\n").split(" ")]
    # By tables, which are made once for each key; and some as a client's first answers are verified.
    try:
        key = keys.setdefault(parts[0], None) or sealward._PublicKey(parts[0])
        keys[parts[0]] = key
        found = []
        ways = (0, sealward._ANSWERS_WITHOUT_TABLES)[index % 5 > 0:]
        for asked in ways:
            key._asked = asked
            found.append(key.verify(parts[2], parts[1]))
        print("two answers" if len(set(found)) > 1 else "1" if found[0] else "0")
    except sealward.SealwardError:
        print("no key")
