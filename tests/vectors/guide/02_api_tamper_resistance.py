class TamperResistance:
    def __init__(self, policy_path: str = ".scalpel/policy.yaml"):
        """Initialize tamper resistance with policy file path."""
        
    def verify_policy_integrity(self) -> bool:
        """
        Verify policy file has not been tampered with.
        
        Returns:
            True if policy is intact
            
        Raises:
            TamperDetectedError: If tampering detected
        """
        
    def prevent_policy_modification(self, operation: Operation) -> bool:
        """
        Prevent agent from modifying policy files.
        
        Args:
            operation: Operation to check
            
        Returns:
            True if allowed
            
        Raises:
            PolicyModificationError: If modification blocked
        """
        
    def require_human_override(
        self,
        operation: Operation,
        policy_decision: PolicyDecision,
        timeout_seconds: int = 300
    ) -> OverrideDecision:
        """
        Require human approval for policy override.
        
        Args:
            operation: Operation requiring override
            policy_decision: Policy decision being overridden
            timeout_seconds: Timeout for human response
            
        Returns:
            OverrideDecision with approval status
        """
