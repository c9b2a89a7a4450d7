@dataclass
class OverrideDecision:
    """Result of human override request."""
    
    approved: bool
    reason: str
    override_id: Optional[str]
    expires_at: Optional[datetime]
    justification: Optional[str]
    approved_by: Optional[str]
