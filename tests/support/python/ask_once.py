"""Asks one question and prints the code of what was raised, or what was answered.

    ask_once.py server URL TOKEN_FILE KEY_FILE METHOD[,METHOD...]
    ask_once.py program BINARY
    ask_once.py log URL TOKEN_FILE KEY_FILE
    ask_once.py found
"""
import json
import sys

import sealward

FILE = {"type": "file_write", "affected_files": ["src/app.ts"]}
BATCH = [FILE, {"type": "file_write", "affected_files": ["src/other.ts"]}]
REQUEST = "0" * 32

METHODS = {
    "check": lambda c: c.check(FILE)["decision"],
    "strict": lambda c: c.check(FILE)["decision"],
    "check_all": lambda c: [d["decision"] for d in c.check_all(BATCH)],
    "status": lambda c: c.status()["status"],
    "verify": lambda c: c.verify()["status"],
    "ready": lambda c: c.is_ready(),
    "task": lambda c: c.override_task(REQUEST)["status"],
    "request": lambda c: c.request_override(REQUEST)["status"],
    "cancel": lambda c: c.cancel_override(REQUEST)["status"],
    "valid": lambda c: c.is_override_valid(REQUEST),
    "outcome": lambda c: c.outcome(
        {"correlation_id": "i", "session": "s", "tool": "t", "status": "done"}
    ),
    "settle": lambda c: c.settle({"session": "s", "reason": "end"}),
    "events": lambda c: [event["type"] for event in c.events(limit=1)],
    "verify_log": lambda c: c.verify_log()["verdict"],
}


def ask_safely(client, method):
    try:
        return METHODS[method](client)
    except sealward.SealwardError as error:
        return {"raised": error.code}


def ask(road, arguments):
    if road == "server":
        url, token_file, key_file, method = arguments
        with open(token_file, encoding="ascii") as token, open(key_file, encoding="ascii") as key:
            client = sealward.Client(
                url,
                token.read().strip(),
                sealward.base64.b64decode(key.read()),
                timeout_seconds=1.5,
                unmeasured="unverified" if method == "strict" else "listed",
            )
        if "," in method:
            return [ask_safely(client, each) for each in method.split(",")]
        return METHODS[method](client)
    if road == "log":
        url, token_file, key_file = arguments
        log = sealward.AuditLog(server=url, token_file=token_file, server_key_file=key_file)
        return [log.verify_integrity(), [e["event_type"] for e in log.get_events(limit=1)]]
    ran = []
    named = {"binary": arguments[0], "timeout_seconds": 3} if road == "program" else {}
    guard = sealward.TamperResistance(**named)
    guard.guard(sealward.Operation(**FILE), lambda: ran.append("ran"))
    return ran


def main():
    try:
        print(json.dumps({"answer": ask(sys.argv[1], sys.argv[2:])}))
    except sealward.SealwardError as error:
        print(json.dumps({"raised": error.code, "type": type(error).__name__}))


main()
