class AuditLog:
    def __init__(self, log_path: str = ".scalpel/audit.log"):
        """Initialize audit log with file path."""
        
    def record_event(
        self,
        event_type: str,
        severity: str,
        details: dict
    ) -> None:
        """
        Record security event to tamper-resistant log.
        
        Args:
            event_type: Type of security event
            severity: Event severity (LOW, MEDIUM, HIGH, CRITICAL)
            details: Event details dictionary
        """
        
    def verify_integrity(self) -> bool:
        """
        Verify audit log has not been tampered with.
        
        Returns:
            True if log is intact
            
        Raises:
            TamperDetectedError: If tampering detected
        """
        
    def get_events(
        self,
        event_type: str = None,
        severity: str = None,
        limit: int = None
    ) -> list:
        """
        Retrieve events from audit log.
        
        Args:
            event_type: Filter by event type (optional)
            severity: Filter by severity (optional)
            limit: Maximum number of events (optional)
            
        Returns:
            List of events matching filters
        """
