@dataclass
class PolicyDecision:
    """Result of policy evaluation."""
    
    allowed: bool
    violated_policies: List[str]
    reason: Optional[str]
    severity: str  # LOW, MEDIUM, HIGH, CRITICAL
