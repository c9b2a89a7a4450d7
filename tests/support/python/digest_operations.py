"""Prints for each line of standard input, an operation in JSON, its canonical text's digest."""
import json
import sys

import sealward

for line in sys.stdin:
    try:
        print(sealward._digest(sealward._wire(json.loads(line))))
    except sealward.SealwardError as error:
        print(error.code)
