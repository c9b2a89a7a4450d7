"""What a program may do to a client that was not made for it alone. Prints one JSON document.

    use_client.py URL TOKEN_FILE KEY_FILE
"""
import asyncio
import json
import os
import resource
import sys

import sealward

url, token_file, key_file = sys.argv[1:]
with open(token_file, encoding="ascii") as token, open(key_file, encoding="ascii") as key:
    named = (url, token.read().strip(), sealward.base64.b64decode(key.read()))
client = sealward.Client(*named, timeout_seconds=5)


def ask(name="a.ts"):
    try:
        return client.check({"type": "file_write", "affected_files": [name]})["decision"]
    except sealward.SealwardError as error:
        return error.code


def code_of(make):
    try:
        make()
    except sealward.SealwardError as error:
        return error.code
    return None


def guard_with(**options):
    return code_of(lambda: sealward.TamperResistance(server=url, **options))


def with_timeouts():
    wrong = (0, -1, float("nan"), float("inf"), 601, "2")
    return [
        [code_of(lambda: sealward.Client(*named, timeout_seconds=value)) for value in wrong],
        [guard_with(timeout_seconds=value) for value in wrong],
    ]


def with_tokens():
    """Files that others can read, have two names, are a link, lie in the project, are none."""
    folder = os.path.dirname(os.getcwd())
    own, project = f"{folder}/own-token", f"{os.getcwd()}/token"
    for path in (own, project):
        with open(path, "w", encoding="ascii", opener=lambda p, f: os.open(p, f, 0o600)) as file:
            file.write(named[1])
    found = [guard_with(token_file=own), guard_with(token_file=project)]
    os.symlink(own, f"{folder}/link")
    found.append(guard_with(token_file=f"{folder}/link"))
    os.link(own, f"{folder}/second")
    found.append(guard_with(token_file=own))
    os.remove(f"{folder}/second")
    os.chmod(own, 0o640)
    found += [guard_with(token_file=path) for path in (own, f"{folder}/none", "/dev/zero", "a\0b")]
    return found


def with_many_descriptors():
    resource.setrlimit(resource.RLIMIT_NOFILE, (2_048, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    client.close()
    null = os.open("/dev/null", os.O_RDONLY)
    taken = [os.dup(null) for _ in range(1_100)]
    found = [ask(), ask(), ask("a.env")]
    for descriptor in taken:
        os.close(descriptor)
    return found


def with_a_lost_lock():
    """A fork while another thread asks: that thread, and its lock's end, are not in the child."""
    read, write = os.pipe()
    with client._exchange._lock:
        if os.fork() == 0:
            os.write(write, ask().encode())
            os._exit(0)
        os.close(write)
        found = os.read(read, 100).decode()
        os.wait()
    return [found, ask()]


async def with_tasks():
    tasks = [asyncio.create_task(asyncio.to_thread(ask, f"{i}.env" if i % 2 else "a")) for i in range(6)]
    given_up = asyncio.create_task(asyncio.to_thread(ask))
    await asyncio.sleep(0)
    given_up.cancel()
    return await asyncio.gather(*tasks)


def with_key_files():
    """The variable names another key, then this one."""
    wrong = f"{os.path.dirname(os.getcwd())}/wrong.pub"
    with open(wrong, "w", encoding="ascii") as file:
        file.write("MCowBQYDK2VwAyEAMCowBQYDK2VwAyEAMCowBQYDK2U=")
    found = []
    for path in (wrong, "/nowhere/key", key_file):
        os.environ["SCALPEL_SERVER_KEY_FILE"] = path
        found.append(guard_with())
    return found


def with_another_root():
    """What `sealward exec` says of the server: which root it decides for."""
    os.environ["SCALPEL_SERVER"] = url
    found = []
    for root in (os.getcwd(), f"{os.getcwd()}/.", os.path.dirname(os.getcwd())):
        os.environ["SCALPEL_ROOT"] = root
        found.append(code_of(sealward.TamperResistance))
    return found


print(json.dumps({
    "timeouts": with_timeouts(),
    "tokens": with_tokens(),
    "descriptors": with_many_descriptors(),
    "lock": with_a_lost_lock(),
    "tasks": asyncio.run(with_tasks()),
    "keys": with_key_files(),
    "roots": with_another_root(),
}))
