"""An MCP server (stdio) that asks Sealward before each tool call: the guide's PolicyEnforcedMCPServer.

Needs sealward.py (src/client/python/) on PYTHONPATH and is started in the project's root. Sealward
knows tools of others by name only, so the policy must say which ones there are:

    rules:
      - {id: notes, match: {tools: [read_note, write_note]}, effect: warn}

Paths among the arguments count as written, so protected files stay protected, whatever the tool.
"""
import json
import sys
from pathlib import Path

from sealward import Operation, SealwardError, TamperResistance

REVISION = "2025-11-25"


def _tool(name, description, *arguments):
    properties = {argument: {"type": "string"} for argument in arguments}
    schema = {"type": "object", "properties": properties, "required": list(arguments)}
    return {"name": name, "description": description, "inputSchema": schema}


class MCPServer:
    """As much of MCP over stdio as two tools need: one JSON-RPC message a line."""

    tools = [
        _tool("read_note", "Reads a text file", "path"),
        _tool("write_note", "Writes a text file", "path", "text"),
    ]

    def __init__(self, name="notes"):
        self.name = name

    def handle_tool_call(self, tool_name, args):
        path = Path(args["path"])
        if tool_name == "read_note":
            return path.read_text(encoding="utf-8")
        path.write_text(args["text"], encoding="utf-8")
        return f"wrote {path}"

    def _extract_files(self, args):
        return [args["path"]] if isinstance(args.get("path"), str) else []

    def serve(self, lines=sys.stdin, out=sys.stdout):
        for line in lines:
            answer = self._answer(json.loads(line))
            if answer is not None:
                print(json.dumps(answer), file=out, flush=True)

    def _answer(self, message):
        if "id" not in message:
            return None
        head = {"jsonrpc": "2.0", "id": message["id"]}
        method, params = message.get("method"), message.get("params", {})
        if method == "initialize":
            info = {"name": self.name, "version": "1.0.0"}
            result = {"protocolVersion": REVISION, "capabilities": {"tools": {}}, "serverInfo": info}
            return {**head, "result": result}
        if method == "ping":
            return {**head, "result": {}}
        if method == "tools/list":
            return {**head, "result": {"tools": self.tools}}
        if method == "tools/call" and params.get("name") in [tool["name"] for tool in self.tools]:
            return {**head, "result": self._call(params["name"], params.get("arguments", {}))}
        return {**head, "error": {"code": -32601, "message": "there is no such method or tool"}}

    def _call(self, name, args):
        try:
            text, is_error = self.handle_tool_call(name, args), False
        # SealwardError: denied, or not decided. The tool did not run, and the model can read why.
        except (SealwardError, OSError, KeyError, UnicodeDecodeError) as error:
            text, is_error = f"{type(error).__name__}: {error}", True
        return {"content": [{"type": "text", "text": text}], "isError": is_error}


class PolicyEnforcedMCPServer(MCPServer):
    """The guide's, word for word but for the docstring."""

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
            metadata={"tool": tool_name, "args": args},
        )

        self.tamper_resistance.prevent_policy_modification(operation)

        # Proceed with operation
        return super().handle_tool_call(tool_name, args)


if __name__ == "__main__":
    PolicyEnforcedMCPServer().serve()
