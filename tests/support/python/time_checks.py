"""Prints as JSON how long one check takes, in milliseconds: time_checks.py URL TOKEN_FILE KEY_FILE COUNT"""
import base64
import json
import sys
import time

import sealward

url, token_file, key_file, count = sys.argv[1:]
with open(token_file, encoding="ascii") as token, open(key_file, encoding="ascii") as key:
    client = sealward.Client(url, token.read().strip(), base64.b64decode(key.read()))
operation = sealward.Operation(type="file_write", affected_files=["src/app.ts"])
times, waits = [], []
send = client._exchange.send


def timed_send(head, body):
    start = time.perf_counter()
    answer = send(head, body)
    waits.append(time.perf_counter() - start)
    return answer


client._exchange.send = timed_send
for _ in range(int(count)):
    start = time.perf_counter()
    assert client.check(operation)["allowed"]
    times.append(time.perf_counter() - start)
half = len(times) // 2
own = sorted(whole - wait for whole, wait in zip(times, waits))
print(json.dumps({
    "first": times[0] * 1e3,
    "p50": sorted(times)[half] * 1e3,
    "own_p50": own[half] * 1e3,
}))
