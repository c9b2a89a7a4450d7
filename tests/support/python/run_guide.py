"""Runs the guide's examples as a person would paste them: one session, statement after statement.

    run_guide.py FILE...

Only the name of the imported module is changed. Prints one JSON document: for each file what it
printed and which exceptions left a statement; for each block that shows an interface, how ours differs.
"""
import ast
import contextlib
import datetime
import inspect
import io
import json
import pathlib
import sys
import types
import typing

import sealward
from policy_enforced_mcp_server import MCPServer

# The guide's examples use these without importing them.
session = {"Path": pathlib.Path, "PolicyModificationError": sealward.PolicyModificationError}


def import_guide_modules():
    """`code_scalpel.mcp.server` is no part of Sealward: a server of the same form stands for it."""
    server = types.ModuleType("code_scalpel.mcp.server")
    server.MCPServer = MCPServer
    names = ["code_scalpel", "code_scalpel.mcp"]
    sys.modules.update({name: types.ModuleType(name) for name in names})
    sys.modules["code_scalpel.mcp.server"] = server


def run_example(text):
    text = text.replace("code_scalpel.policy_engine", "sealward")
    printed, raised = io.StringIO(), []
    for statement in ast.parse(text).body:
        code = compile(ast.Module([statement], []), "guide", "exec")
        try:
            with contextlib.redirect_stdout(printed):
                exec(code, session)
        except Exception as error:
            raised.append([type(error).__name__, str(error)])
    return {"printed": printed.getvalue().splitlines(), "raised": raised}


def compare_interface(text):
    """Differences between the classes a block declares and ours; none is as it should be."""
    names = {name: getattr(typing, name) for name in ("List", "Optional")}
    space = {**vars(sealward), **names, "Path": pathlib.Path, "datetime": datetime.datetime}
    space["dataclass"] = sealward.dataclass
    known = set(space)
    declared = ast.parse(text).body[0]
    exec(compile(text, "guide", "exec"), space)
    theirs, ours = space[declared.name], getattr(sealward, declared.name)
    assert declared.name in known and theirs is not ours
    if sealward.dataclasses.is_dataclass(theirs):
        wanted = [item.name for item in sealward.dataclasses.fields(theirs)]
        got = [item.name for item in sealward.dataclasses.fields(ours)]
        return [] if got[: len(wanted)] == wanted else [[wanted, got]]
    found = []
    for name, function in inspect.getmembers(theirs, inspect.isfunction):
        wanted = list(inspect.signature(function).parameters.values())
        got = list(inspect.signature(getattr(ours, name)).parameters.values())
        # Ours may have more behind, by name only.
        same = [(p.name, p.default) for p in wanted] == [(p.name, p.default) for p in got[: len(wanted)]]
        if not same or any(p.kind is not p.KEYWORD_ONLY for p in got[len(wanted):]):
            found.append([name, str(wanted), str(got)])
    return found


def drive_server():
    """What the guide leaves to the reader: two calls of its MCP server."""
    answers = []
    server = session["PolicyEnforcedMCPServer"]()
    for path in ("note.txt", "prod.env"):
        try:
            answers.append(server.handle_tool_call("write_note", {"path": path, "text": "hello"}))
        except sealward.SealwardError as error:
            answers.append(type(error).__name__)
    return answers


def drive_agent():
    class Agent(session["PolicyEnforcedAgent"]):
        def _do_execute(self, task):
            return task.act()

    task = lambda act: types.SimpleNamespace(description="build", act=act)
    agent = Agent()
    done = agent.execute_task(task(lambda: "built"))
    try:
        agent.execute_task(task(lambda: 1 // 0))
        failed = None
    except ZeroDivisionError as error:
        failed = type(error).__name__
    types_ = [event["event_type"] for event in agent.audit_log.get_events()]
    return [done, failed, [name for name in types_ if name.startswith("TASK_")]]


def main():
    import_guide_modules()
    results = {}
    for path in map(pathlib.Path, sys.argv[1:]):
        act = compare_interface if "_api_" in path.name else run_example
        results[path.stem] = act(path.read_text(encoding="utf-8"))
    if "PolicyEnforcedMCPServer" in session:
        results["server"] = drive_server()
    if "PolicyEnforcedAgent" in session:
        results["agent"] = drive_agent()
    print(json.dumps(results))


main()
