"""Changes policy and log under a program's feet. Prints the name and code of what each call raised."""
import json
import os
from pathlib import Path

import sealward
from sealward import AuditLog, Operation, TamperResistance

policy, log = Path(".scalpel/policy.yaml"), Path(".scalpel/audit.log")
read = Operation(type="file_read", affected_files=["src/a.ts"])


def outcome(act):
    try:
        return act()
    except sealward.SealwardError as error:
        return [type(error).__name__, error.code]


def edit(path, change):
    text = path.read_text(encoding="utf-8")
    os.chmod(path, 0o644)
    path.write_text(change(text), encoding="utf-8")
    return text


guard, audit_log = TamperResistance(), AuditLog()
audit_log.record_event("TASK", "LOW", {"result": "failed"})
result = {"intact": [guard.verify_policy_integrity(), audit_log.verify_integrity()]}
text = edit(policy, lambda text: text + "# edited\n")
result["policy"] = [
    outcome(guard.verify_policy_integrity),
    outcome(lambda: guard.prevent_policy_modification(read)),
    outcome(lambda: guard.check(read)),
    outcome(lambda: guard.guard(read, lambda: "ran")),
]
edit(policy, lambda _: text)
result["restored"] = outcome(lambda: guard.guard(read, lambda: "ran"))
result["reserved"] = outcome(lambda: audit_log.record_event("state.x", "LOW", {}))
result["dashes"] = outcome(lambda: audit_log.record_event("--help", "LOW", {}))
edit(log, lambda text: text.replace('"failed"', '"passed"'))
result["log"] = [
    outcome(audit_log.verify_integrity),
    outcome(lambda: audit_log.get_events("TASK")),
]
print(json.dumps(result))
