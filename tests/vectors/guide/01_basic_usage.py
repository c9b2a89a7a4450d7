from pathlib import Path
from code_scalpel.policy_engine import (
    TamperResistance,
    AuditLog,
    Operation,
    PolicyDecision,
)

# Initialize tamper resistance
tr = TamperResistance(policy_path=".scalpel/policy.yaml")

# Verify policy integrity
tr.verify_policy_integrity()

# Check if operation violates policy
operation = Operation(
    type="file_write",
    affected_files=[Path(".scalpel/policy.yaml")]
)

# This will raise PolicyModificationError
tr.prevent_policy_modification(operation)

# Create audit log
audit_log = AuditLog(log_path=".scalpel/audit.log")

# Record events
audit_log.record_event(
    event_type="POLICY_CHECK",
    severity="LOW",
    details={"operation": "file_read"}
)

# Verify log integrity
audit_log.verify_integrity()
