"""A denial that a person lifts once. Prints one JSON document: what each step gave."""
import dataclasses
import json
from datetime import datetime, timedelta, timezone

from sealward import Operation, OperationDeniedError, TamperResistance

guard = TamperResistance(timeout_seconds=20)
operation = Operation(type="file_write", affected_files=["prod.env"])
other = Operation(type="file_write", affected_files=["other.env"])
ran = []


def act(wanted):
    try:
        guard.guard(wanted, lambda: ran.append(wanted.affected_files[0]))
        return "ran"
    except OperationDeniedError:
        return "denied"


denied = guard.check(operation)
decision = guard.require_human_override(operation, denied, timeout_seconds=60)
later = datetime.now(timezone.utc) + timedelta(hours=1)
result = {
    "approved": decision.approved,
    "by": decision.approved_by,
    "justification": decision.justification,
    "is_later": decision.expires_at > later - timedelta(hours=1),
    "valid": guard.is_override_valid(decision.override_id, decision.expires_at),
    "expired": guard.is_override_valid(decision.override_id, later - timedelta(hours=2)),
    "made_up": guard.is_override_valid("f" * 32, later),
    "other": act(other),
    "first": act(operation),
    "second": act(operation),
    "used_up": guard.is_override_valid(decision.override_id, decision.expires_at),
    "ran": ran,
}
# Nobody answers in this second: the request is withdrawn.
again = guard.require_human_override(operation, dataclasses.replace(denied), timeout_seconds=1)
result["timed_out"] = [again.approved, again.reason]
print(json.dumps(result))
