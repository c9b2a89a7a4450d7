"""An agent loop whose tools run only after a durable allow.

Reads tool calls as JSON lines, as a model's answer would be taken apart, and prints each result:

    {"tool": "write_file", "input": {"path": "notes.txt", "text": "hello"}}

Run it in the project's root, with sealward.py (src/client/python/) on PYTHONPATH. A denial is a result
that the model can read; so is an engine that does not answer. Neither runs the tool.
"""
import json
import subprocess
import sys
from pathlib import Path

from sealward import Operation, OperationDeniedError, SealwardError, TamperResistance


def read_file(path):
    return Path(path).read_text(encoding="utf-8")


def write_file(path, text):
    Path(path).write_text(text, encoding="utf-8")
    return f"wrote {len(text)} characters"


def run(command):
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    return f"exit {done.returncode}\n{done.stdout}{done.stderr}"


# Each tool with the operation it is: everything the engine can know before it happens.
TOOLS = {
    "read_file": (read_file, lambda path: Operation(type="file_read", affected_files=[path])),
    "write_file": (
        write_file,
        lambda path, text: Operation(type="file_write", affected_files=[path], content=text),
    ),
    "run": (run, lambda command: Operation(type="command", command=command)),
}


def call(guard, name, arguments):
    """The tool's result, or why it did not run."""
    if name not in TOOLS:
        return {"error": f"there is no tool {name}"}
    act, describe = TOOLS[name]
    try:
        result = guard.guard(describe(**arguments), lambda: act(**arguments))
        return {"result": result}
    except OperationDeniedError as error:
        offered = error.decision.override or {}
        # A person may lift it: docs/overrides.md.
        return {"error": str(error), "request": offered.get("request_id")}
    except SealwardError as error:
        return {"error": f"{error.code}: not decided, so not done"}
    except (OSError, TypeError, UnicodeDecodeError) as error:
        return {"error": f"{type(error).__name__}: {error}"}


def main():
    guard = TamperResistance()
    guard.verify_policy_integrity()
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(call(guard, asked["tool"], asked["input"])), flush=True)


if __name__ == "__main__":
    main()
