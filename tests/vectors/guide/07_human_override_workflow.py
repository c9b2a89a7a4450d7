from code_scalpel.policy_engine import (
    TamperResistance,
    Operation,
    PolicyDecision,
)

# Initialize
tr = TamperResistance()

# Create operation that violates policy
operation = Operation(
    type="code_modification",
    affected_files=[Path("src/critical.py")],
    metadata={"complexity": 50}
)

# Policy violation
policy_decision = PolicyDecision(
    allowed=False,
    violated_policies=["max_complexity"],
    reason="Complexity exceeds limit",
    severity="HIGH"
)

# Request human override
decision = tr.require_human_override(
    operation=operation,
    policy_decision=policy_decision,
    timeout_seconds=300  # 5 minutes
)

if decision.approved:
    print(f"Override approved by {decision.approved_by}")
    print(f"Valid until: {decision.expires_at}")
    
    # Check override is still valid before proceeding
    if tr.is_override_valid(decision.override_id, decision.expires_at):
        # Proceed with operation
        pass
