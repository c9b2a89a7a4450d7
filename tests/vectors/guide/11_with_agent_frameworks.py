from code_scalpel.policy_engine import TamperResistance, AuditLog

class PolicyEnforcedAgent:
    def __init__(self):
        self.tamper_resistance = TamperResistance()
        self.audit_log = AuditLog()
        
    def execute_task(self, task):
        # Log task execution
        self.audit_log.record_event(
            event_type="TASK_EXECUTION",
            severity="MEDIUM",
            details={"task": task.description}
        )
        
        # Verify policy compliance
        self.tamper_resistance.verify_policy_integrity()
        
        # Execute task with monitoring
        try:
            result = self._do_execute(task)
            
            self.audit_log.record_event(
                event_type="TASK_SUCCESS",
                severity="LOW",
                details={"task": task.description, "result": result}
            )
            
            return result
            
        except Exception as e:
            self.audit_log.record_event(
                event_type="TASK_FAILURE",
                severity="HIGH",
                details={"task": task.description, "error": str(e)}
            )
            raise
