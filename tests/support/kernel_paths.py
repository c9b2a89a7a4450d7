"""Says where the kernel takes a path: one JSON array [cwd, path, act] a line in, one JSON value out.

act "open": {"at": "dev:ino"} of the file that open(2) for writing reaches, or {"makes": PATH} of
the name that O_CREAT would make. act "name": {"makes": PATH} of the name that unlink(2) or the
target of rename(2) means. {"error": NAME} where the kernel refuses. Nothing is written or made.
"""
import errno
import json
import os
import stat
import sys


def place(path, dir_fd=None):
    """The real folder a path's last name lies in, and that name."""
    folder, name = os.path.split(path)
    fd = os.open(folder or ".", os.O_PATH | os.O_DIRECTORY, dir_fd=dir_fd)
    return fd, name


def made(path):
    """Where O_CREAT makes the file: a dangling symlink is followed, the kernel walks each folder."""
    fd = None
    for _ in range(41):
        fd, name = place(path, fd)
        if name in ("", ".", ".."):
            raise IsADirectoryError(errno.EISDIR, path)
        try:
            info = os.lstat(name, dir_fd=fd)
        except FileNotFoundError:
            return os.path.join(os.readlink("/proc/self/fd/%d" % fd), name)
        if not stat.S_ISLNK(info.st_mode):
            raise OSError(errno.ESTALE, path)
        path = os.readlink(name, dir_fd=fd)
    raise OSError(errno.ELOOP, path)


def opened(path):
    try:
        fd = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
    except FileNotFoundError:
        return {"makes": made(path)}
    info = os.fstat(fd)
    return {"at": "%d:%d" % (info.st_dev, info.st_ino)}


def named(path):
    fd, name = place(path.rstrip("/") if path.strip("/") else path)
    if name in ("", ".", ".."):
        raise OSError(errno.EINVAL, path)
    return {"makes": os.path.join(os.readlink("/proc/self/fd/%d" % fd), name)}


def answer(cwd, path, act):
    try:
        os.chdir(cwd)
        return opened(path) if act == "open" else named(path)
    except (OSError, ValueError) as error:
        return {"error": errno.errorcode.get(getattr(error, "errno", None), "EINVAL")}
    finally:
        os.closerange(3, 32)


for line in sys.stdin:
    print(json.dumps(answer(*json.loads(line))))
