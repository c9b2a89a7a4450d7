"""One client for many: a person's program keeps it, threads and forks use it. Prints what each got.

    share_client.py URL TOKEN_FILE KEY_FILE

Then waits for a line, and asks again: the server may be another one by then.
"""
import base64
import json
import os
import sys
import threading

import sealward

url, token_file, key_file = sys.argv[1:]
with open(token_file, encoding="ascii") as token, open(key_file, encoding="ascii") as key:
    client = sealward.Client(
        url, token.read().strip(), base64.b64decode(key.read()), timeout_seconds=20
    )


def ask(name):
    decision = client.check({"type": "file_write", "affected_files": [name]})
    return decision["decision"]


def ask_safely(name):
    try:
        return ask(name)
    except sealward.SealwardError as error:
        return error.code


def ask_in_threads(count):
    got = [None] * count

    def run(index):
        got[index] = [ask_safely(f"{index}.env" if index % 2 else f"{index}.ts") for _ in range(5)]

    threads = [threading.Thread(target=run, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def ask_in_forks(count):
    pipes = []
    for index in range(count):
        read, write = os.pipe()
        if os.fork() == 0:
            answers = [ask_safely(f"{index}.env" if index % 2 else f"{index}.ts") for _ in range(5)]
            os.write(write, json.dumps(answers).encode())
            os._exit(0)
        os.close(write)
        pipes.append(read)
    found = [json.loads(os.read(read, 65_536)) for read in pipes]
    for _ in pipes:
        os.wait()
    return found


first = ask("a.ts")
connection = client._exchange._socket
ask("b.ts")
result = {
    "first": first,
    "is_kept": connection is client._exchange._socket,
    "threads": ask_in_threads(4),
    "forks": ask_in_forks(4),
}
print(json.dumps(result), flush=True)
sys.stdin.readline()
print(json.dumps([ask_safely("a.ts"), ask_safely("a.env")]), flush=True)
