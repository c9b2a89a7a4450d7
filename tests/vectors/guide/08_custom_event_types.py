# Define custom event types
CUSTOM_EVENTS = {
    "CUSTOM_POLICY_CHECK": "MEDIUM",
    "CUSTOM_VIOLATION": "HIGH",
    "CUSTOM_OVERRIDE": "CRITICAL",
}

# Record custom events
audit_log.record_event(
    event_type="CUSTOM_POLICY_CHECK",
    severity=CUSTOM_EVENTS["CUSTOM_POLICY_CHECK"],
    details={
        "policy": "custom_security_check",
        "result": "passed",
        "metadata": {"check_version": "1.0"}
    }
)
