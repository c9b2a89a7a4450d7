"""Prints for each line of standard input, `KEY MESSAGE SIGNATURE` in hex, whether it verifies."""
import sys

import sealward




keys = {}
for line in sys.stdin:
    parts = [bytes.fromhex(part) for part in line.rstrip("\n").split(" ")]
    # Tables are made once for each key, as a client does.
    try:
        key = keys.setdefault(parts[0], None) or sealward._PublicKey(parts[0])
        keys[parts[0]] = key
        print("1" if key.verify(parts[2], parts[1]) else "0")
    except sealward.SealwardError:
        print("no key")
