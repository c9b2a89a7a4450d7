"""What an agent of a guarded install gets, whatever it names. Prints one JSON document; no arguments.

Run in the project's root, with SEALWARD_CASE set to one of the cases below.
"""
import json
import os

import sealward
from sealward import AuditLog, Operation, TamperResistance

ROADS = {
    "plain": {},
    "server": {"server": "http://127.0.0.1:1"},
    "token": {"token_file": "/dev/null"},
    "binary": {"binary": "/bin/true"},
    "elsewhere": {"policy_path": "/srv/home/own/.scalpel/policy.yaml"},
}


def outcome(act):
    try:
        return act()
    except sealward.SealwardError as error:
        return error.code


def ask():
    guard = TamperResistance(**ROADS[os.environ["SEALWARD_CASE"]])
    write = lambda name: Operation(type="file_write", affected_files=[name])
    ran = []
    return {
        "intact": guard.verify_policy_integrity(),
        "decisions": [guard.check(write(name)).decision for name in ("src/a.ts", ".env")],
        "guarded": outcome(lambda: guard.guard(write(".env"), lambda: ran.append(1))),
        "ran": ran,
        "valid": guard.is_override_valid("0" * 32),
        "record": outcome(lambda: AuditLog().record_event("X", "LOW", {})),
        "events": outcome(lambda: AuditLog().get_events()),
    }


print(json.dumps(outcome(ask)))
