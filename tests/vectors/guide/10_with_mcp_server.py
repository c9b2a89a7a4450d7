from code_scalpel.mcp.server import MCPServer
from code_scalpel.policy_engine import TamperResistance, Operation

class PolicyEnforcedMCPServer(MCPServer):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.tamper_resistance = TamperResistance()
        
    def handle_tool_call(self, tool_name, args):
        # Verify policy integrity before each operation
        self.tamper_resistance.verify_policy_integrity()
        
        # Check if operation is allowed
        operation = Operation(
            type=tool_name,
            affected_files=self._extract_files(args),
            metadata={"tool": tool_name, "args": args}
        )
        
        self.tamper_resistance.prevent_policy_modification(operation)
        
        # Proceed with operation
        return super().handle_tool_call(tool_name, args)
