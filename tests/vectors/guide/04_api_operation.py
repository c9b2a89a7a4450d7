@dataclass
class Operation:
    """Represents an operation subject to policy enforcement."""
    
    type: str  # e.g., "file_write", "file_delete"
    affected_files: List[Path]
    metadata: dict
    timestamp: datetime
