"""Sealward for Python: the guide's classes over a running engine. Standard library only, Python 3.9+.

One file: copy it beside your program.

    from sealward import TamperResistance, Operation

    guard = TamperResistance()
    guard.guard(Operation(type="file_write", affected_files=["src/app.py"]), write_it)

Who decides is found in this order, once, when an object is made:

1. the server that root's /etc/sealward/client.json names for this project (a guarded install);
2. the server that ``server=`` or ``SCALPEL_SERVER`` names, http://127.0.0.1:PORT or https://HOST;
3. the program ``sealward``, given by ``binary=`` or found on PATH, started anew for each question.

Whatever goes wrong, nothing is allowed: a method returns an answer that it has checked, or raises.
An answer of a server counts only when the server's key signed it for exactly this question.
"""
from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import os
import re
import secrets
import select
import shutil
import socket
import ssl
import stat
import subprocess
import threading
import time
import weakref
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, List, Mapping, NoReturn, Optional, Sequence, Tuple
from typing import TypeVar, Union
from urllib.parse import SplitResult, quote, urlencode, urlsplit

__all__ = [
    "AuditLog",
    "Client",
    "Operation",
    "OperationDeniedError",
    "OverrideDecision",
    "PolicyDecision",
    "PolicyModificationError",
    "SealwardError",
    "TamperDetectedError",
    "TamperResistance",
]

T = TypeVar("T")
Json = Any

# Bounds are the engine's own.
MAX_OPERATION_BYTES = 1_048_576
MAX_ANSWER_BYTES = 4_194_304
MAX_HEAD_BYTES = 32_768
MAX_BATCH = 1_000
MAX_DEPTH = 32
MAX_SAFE_INTEGER = 2**53 - 1
SERVER_TIMEOUT_SECONDS = 2.0
PROGRAM_TIMEOUT_SECONDS = 10.0
MAX_TIMEOUT_SECONDS = 600.0
# The program walks the whole log for these.
LOG_TIMEOUT_SECONDS = 600.0


# --- Failures ------------------------------------------------------------------------------------


class SealwardError(Exception):
    """No answer, or none that may be believed. ``code`` is a contract (README), the text is not."""

    def __init__(self, code: str, message: str, hint: Optional[str] = None) -> None:
        super().__init__(message if hint is None else f"{message} ({hint})")
        self.code = code
        self.hint = hint


class TamperDetectedError(SealwardError):
    """The policy or the log is not what it was. No approval lifts this."""


class PolicyModificationError(SealwardError):
    """The operation is not allowed; ``decision`` says why."""

    def __init__(self, decision: PolicyDecision) -> None:
        super().__init__("policy_modification", decision.reason or "not allowed")
        self.decision = decision


class OperationDeniedError(SealwardError):
    """What ``guard`` raises in place of running the function; ``decision`` says why."""

    def __init__(self, decision: PolicyDecision) -> None:
        super().__init__("operation_denied", decision.reason or "not allowed")
        self.decision = decision


_TAMPER_CODES = frozenset(
    "policy_tampered signature_invalid audit_tampered audit_rollback audit_fork audit_foreign"
    " audit_missing".split()
)


def _error(code: str, message: str, hint: Optional[str] = None) -> SealwardError:
    kind = TamperDetectedError if code in _TAMPER_CODES else SealwardError
    return kind(code, message, hint)


def _untrusted(what: str) -> SealwardError:
    return SealwardError("server_untrusted", f"Cannot trust the answer: {what}")


def _unreachable(what: str) -> SealwardError:
    return SealwardError("server_unreachable", f"Cannot ask: {what}", "is the engine running?")


def _invalid(what: str) -> SealwardError:
    return SealwardError("operation_invalid", f"Cannot use the operation: {what}")


def _usage(what: str) -> SealwardError:
    return SealwardError("usage", what)


# --- The guide's data models ---------------------------------------------------------------------


def _now() -> datetime:
    return datetime.now(timezone.utc)


@dataclass
class Operation:
    """An operation subject to policy enforcement. Names of files are relative to the project root.

    ``type`` is one of the engine's, or a name under the policy's ``operations.custom``. A tool is
    named by ``tool``, or as the guide does it: by its name as the type, with
    ``metadata={"tool": NAME, "args": {...}}``.
    """

    type: str
    affected_files: List[Union[str, Path]] = field(default_factory=list)
    metadata: dict = field(default_factory=dict)
    timestamp: datetime = field(default_factory=_now)
    content: Optional[str] = None
    diff: Optional[str] = None
    command: Optional[str] = None
    cwd: Optional[Union[str, Path]] = None
    tool: Optional[Mapping[str, Any]] = None
    agent: Optional[Mapping[str, Any]] = None
    correlation_id: Optional[str] = None


@dataclass(frozen=True)
class PolicyDecision:
    """Result of policy evaluation. ``allowed`` is true only after the decision is durable."""

    allowed: bool
    violated_policies: List[str]
    reason: Optional[str]
    severity: str
    decision: str = "deny"
    overridable: bool = False
    would_deny: bool = False
    violations: List[dict] = field(default_factory=list)
    unmeasured: List[str] = field(default_factory=list)
    notices: List[str] = field(default_factory=list)
    override: Optional[dict] = None
    decision_id: str = ""
    operation_digest: str = ""
    policy_digest: str = ""
    audit: Optional[dict] = None


@dataclass(frozen=True)
class OverrideDecision:
    """What a person answered. Every field but ``reason`` is the engine's word."""

    approved: bool
    reason: str
    override_id: Optional[str] = None
    expires_at: Optional[datetime] = None
    justification: Optional[str] = None
    approved_by: Optional[str] = None
    override_trust: Optional[str] = None
    request_id: Optional[str] = None


# --- JSON with one meaning -----------------------------------------------------------------------


def _canonicalize(value: Json) -> str:
    """RFC 8785. Raises ``operation_invalid`` for what two readers could read differently."""
    try:
        text = _encode(value, 0)
        if len(text.encode("utf-8")) > MAX_OPERATION_BYTES:
            raise SealwardError("operation_too_large", f"Over {MAX_OPERATION_BYTES} bytes")
    except UnicodeEncodeError:
        raise _invalid("text with a lone surrogate") from None
    return text


def _encode(value: Json, depth: int) -> str:
    # One level more than an operation may have: a batch is a list around operations.
    if depth > MAX_DEPTH + 1:
        raise _invalid(f"nested deeper than {MAX_DEPTH} levels")
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (int, float)):
        return _encode_number(value)
    if isinstance(value, os.PathLike):
        return _encode(_path_text(value), depth)
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise _invalid("a key that is no text")
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        members = (f"{_encode(key, depth)}:{_encode(value[key], depth + 1)}" for key in keys)
        return "{" + ",".join(members) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(_encode(item, depth + 1) for item in value) + "]"
    raise _invalid(f"a {type(value).__name__}, wanted plain JSON data")


def _encode_number(value: Union[int, float]) -> str:
    """As ECMAScript writes a double (RFC 8785, section 3.2.2.3)."""
    is_whole = isinstance(value, int) or value.is_integer()
    if is_whole:
        if abs(value) > MAX_SAFE_INTEGER:
            raise _invalid("a number that a double cannot hold")
        return str(int(value))
    if value != value or value in (float("inf"), float("-inf")):
        raise _invalid("a number that is none")
    # repr() has the fewest digits that read back, as ECMAScript has; only the form differs.
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    sign = "-" if value < 0 else ""
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    tail = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{tail}e{point - 1:+d}"


def _parse_json(data: bytes) -> Json:
    """One document, strictly: UTF-8, each key once, no NaN."""
    try:
        return json.loads(
            data.decode("utf-8", "strict"),
            object_pairs_hook=_unique,
            parse_constant=_refuse_constant,
        )
    except (ValueError, RecursionError):
        raise _untrusted("it is no JSON with one meaning") from None


def _unique(pairs: List[Tuple[str, Json]]) -> Dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


# --- Operation -> wire form ----------------------------------------------------------------------

_TYPES = frozenset(
    "file_read file_write file_create file_delete file_rename file_copy file_link chmod chown"
    " code_modification command tool_call network".split()
)
_TYPE_GRAMMAR = re.compile(r"[a-z][a-z0-9_.:-]{0,63}\Z")


def _path_text(path: Union[str, os.PathLike]) -> str:
    text = os.fspath(path)
    if isinstance(text, str):
        return text
    raise _invalid("a path in bytes, wanted text")


def _wire(operation: Union[Operation, Mapping[str, Any]]) -> Dict[str, Json]:
    """The wire form, with the members a digest always has."""
    if isinstance(operation, Operation):
        given = {item.name: getattr(operation, item.name) for item in dataclasses.fields(operation)}
        given = _name_tool(given)
    elif isinstance(operation, Mapping):
        given = dict(operation)
    else:
        raise _invalid(f"a {type(operation).__name__}, wanted an Operation")
    wire = {key: value for key, value in given.items() if value is not None}
    files = wire.get("affected_files", [])
    if isinstance(files, (str, bytes)) or not isinstance(files, Iterable):
        raise _invalid("affected_files is no list")
    wire["affected_files"] = [_path_text(file) for file in files]
    wire.setdefault("metadata", {})
    if "cwd" in wire:
        wire["cwd"] = _path_text(wire["cwd"])
    if isinstance(wire.get("timestamp"), datetime):
        # A time without a zone is this machine's.
        wire["timestamp"] = wire["timestamp"].astimezone(timezone.utc).isoformat()
    for name in ("tool", "agent"):
        if name in wire:
            wire[name] = _without_nulls(wire[name], name)
    if "tool" in wire:
        wire["tool"].setdefault("input", {})
    return wire


def _without_nulls(value: Json, name: str) -> Dict[str, Json]:
    if not isinstance(value, Mapping):
        raise _invalid(f"{name} is no mapping")
    return {key: member for key, member in value.items() if member is not None}


def _name_tool(given: Dict[str, Any]) -> Dict[str, Any]:
    """The guide's MCP server says a tool's name as the type, and its arguments in the metadata."""
    name, metadata = given["type"], given["metadata"]
    if name in _TYPES or given["tool"] is not None or not isinstance(name, str):
        return given
    is_named = isinstance(metadata, Mapping) and metadata.get("tool") == name
    # A name that no type has can only be a tool's.
    if not is_named and _TYPE_GRAMMAR.match(name):
        return given
    arguments = metadata.get("args") if is_named else None
    tool = {"name": name, "input": arguments if isinstance(arguments, Mapping) else {}}
    return {**given, "type": "tool_call", "tool": tool}


def _digest(wire: Mapping[str, Json]) -> str:
    """What a decision is about: labels that say when, and in which conversation, left out."""
    named = {k: v for k, v in wire.items() if k not in ("timestamp", "correlation_id", "agent")}
    name = wire.get("agent", {}).get("name")
    if name is not None:
        named["agent"] = {"name": name}
    return _sha256_name(_canonicalize(named).encode("utf-8"))


def _sha256_name(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


# --- Answers, after their origin is known --------------------------------------------------------

_ID = re.compile(r"[0-9a-f]{32}\Z")
_PHRASE = re.compile(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}\Z")
_SHOWN_ID = re.compile(r"[\x21-\x7e]{1,128}\Z")
_TRUSTS = ("same_uid", "guarded", "presence")
_VERDICTS = ("allow", "ask", "deny")
# The engine's status of a request, and what its task says of it.
_TASK_STATUSES = {
    "pending": "pending",
    "approved": "approved",
    "denied": "denied",
    "expired": "expired",
    "cancelled": "cancelled",
    "used": "expired",
    "revoked": "denied",
}


def _require_object(value: Json, what: str) -> Dict[str, Json]:
    if isinstance(value, dict) and value.get("schema_version") == 1:
        return value
    raise _untrusted(f"it holds no {what}")


def _require_decision(value: Json, digest: str) -> Dict[str, Json]:
    """Checks what a caller acts on. An unknown verdict is no decision."""
    found = _require_object(value, "decision")
    audit, allowed = found.get("audit"), found.get("allowed")
    override = found.get("override")
    is_whole = (
        found.get("decision") in _VERDICTS
        and isinstance(allowed, bool)
        and allowed == (found["decision"] == "allow")
        and all(isinstance(found.get(n), list) for n in ("violated_policies", "unmeasured", "violations"))
        and all(isinstance(found.get(n), str) for n in ("decision_id", "reason", "policy_digest", "severity"))
        and all(isinstance(violation, dict) for violation in found["violations"])
        and isinstance(audit, dict)
        and isinstance(audit.get("seq"), int)
        and (override is None or _is_override(override, allowed))
    )
    if not is_whole:
        raise _untrusted("it is no consistent decision")
    if found.get("operation_digest") != digest:
        raise _untrusted("it is about another operation")
    return found


def _is_override(note: Json, allowed: bool) -> bool:
    """Only an allow can have been lifted, only what is no allow can be offered."""
    if not isinstance(note, dict):
        return False
    status, names = note.get("status"), set(note)
    if allowed:
        return status == "granted" and names == {
            "status", "override_id", "request_id", "kind", "approved_by", "override_trust",
            "approved_until",
        } and _matches(_ID, note["override_id"]) and _matches(_ID, note["request_id"]) and (
            note["override_trust"] in _TRUSTS and _instant(note["approved_until"]) is not None
        )
    if status == "offered":
        return names == {"status", "request_id", "phrase", "expires_at"} and (
            _matches(_ID, note["request_id"]) and _matches(_PHRASE, note["phrase"])
        ) and _instant(note["expires_at"]) is not None
    when = {"too_many": "retry_at", "clock_back": "seen_at"}.get(str(status))
    return when is not None and names == {"status", when} and _instant(note[when]) is not None


def _matches(grammar: "re.Pattern[str]", value: Json) -> bool:
    return isinstance(value, str) and grammar.match(value) is not None


def _instant(text: Json) -> Optional[datetime]:
    """RFC 3339 in UTC, as the engine writes it; None for anything else."""
    if not isinstance(text, str) or not re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z\Z", text):
        return None
    text = re.sub(r"(\.\d{6})\d+", r"\1", text)
    form = "%Y-%m-%dT%H:%M:%S.%fZ" if "." in text else "%Y-%m-%dT%H:%M:%SZ"
    try:
        return datetime.strptime(text, form).replace(tzinfo=timezone.utc)
    except ValueError:
        return None


def _require_status(value: Json, request_id: str) -> Dict[str, Json]:
    """Where a request stands, in the engine's own words."""
    names = ("override_id", "approved_until", "approved_by", "override_trust", "justification")
    if (
        isinstance(value, dict)
        and value.get("request_id") == request_id
        and value.get("status") in list(_TASK_STATUSES)
        and all(value.get(name) is None or isinstance(value[name], str) for name in names)
    ):
        return value
    raise _untrusted("it does not say where this request stands")


def _status_of_task(answer: Mapping[str, Json], request_id: str) -> Dict[str, Json]:
    """SECURITY: the signature covers no path; an answer about another request must not count."""
    task = answer.get("task")
    if not isinstance(task, dict) or task.get("id") != request_id:
        raise _untrusted("it is no task of this request")
    status, result = task.get("override_status"), task.get("result", {})
    is_one = (
        isinstance(status, str)
        and _TASK_STATUSES.get(status) == task.get("status")
        and isinstance(result, dict)
        # SECURITY: two statuses that disagree are read as the better one by somebody.
        and (status == "approved") == (result.get("mode") == "reevaluate")
    )
    if not is_one:
        raise _untrusted("its task contradicts itself")
    names = ("override_id", "approved_until", "approved_by", "override_trust")
    found = {"request_id": request_id, "status": status, **{n: result.get(n) for n in names}}
    found["justification"] = task.get("justification", result.get("justification"))
    return _require_status(found, request_id)


def _raise_refusal(json_body: Json) -> NoReturn:
    """A refusal keeps its own code; anything else is none."""
    found = json_body if isinstance(json_body, dict) else {}
    code, detail, hint = found.get("code"), found.get("detail"), found.get("hint")
    if found.get("allowed") is False and _matches(re.compile(r"[a-z_]{1,64}\Z"), code):
        if isinstance(detail, str):
            raise _error(code, detail, hint if isinstance(hint, str) else None)
    raise _untrusted("it is neither an answer nor a refusal")


# --- Ed25519 (RFC 8032), verification only -------------------------------------------------------

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_D2 = 2 * _D % _P
_SQRT_MINUS_1 = pow(2, (_P - 1) // 4, _P)
# x, y, z, t of section 5.1.4.
_Point = Tuple[int, int, int, int]
_NEUTRAL: _Point = (0, 1, 1, 0)
# Section 5.1; y is 4/5.
_BASE_X = 15112221349535400772501151409588531511454012693041857206046113283949847762202
_BASE_Y = 4 * pow(5, -1, _P) % _P
_BASE: _Point = (_BASE_X, _BASE_Y, 1, _BASE_X * _BASE_Y % _P)
_WINDOW_BITS = 6
_WINDOWS = 43
_MASK = (1 << 255) - 1


def _add(a: _Point, b: _Point) -> _Point:
    p = (a[1] - a[0]) * (b[1] - b[0]) % _P
    q = (a[1] + a[0]) * (b[1] + b[0]) % _P
    r = a[3] * b[3] * _D2 % _P
    s = 2 * a[2] * b[2] % _P
    e, f, g, h = q - p, s - r, s + r, q + p
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _decode_point(data: bytes) -> Optional[_Point]:
    """Section 5.1.3; None for what encodes no point, and for a second spelling of one."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if len(data) != 32 or y >= _P:
        return None
    u, v = (y * y - 1) % _P, (_D * y * y + 1) % _P
    x = u * pow(v, 3, _P) * pow(u * pow(v, 7, _P), (_P - 5) // 8, _P) % _P
    if v * x * x % _P == -u % _P:
        x = x * _SQRT_MINUS_1 % _P
    if v * x * x % _P != u or (x == 0 and sign == 1):
        return None
    if x & 1 != sign:
        x = _P - x
    return x, y, 1, x * y % _P


def _encode_point(point: _Point) -> bytes:
    x, y, z, _ = point
    inverse = pow(z, -1, _P)
    x, y = x * inverse % _P, y * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little")


class _Multiples:
    """Of one point, so that a multiplication is 43 additions and no doubling; made in 20 ms."""

    def __init__(self, point: _Point) -> None:
        multiples = []
        for _ in range(_WINDOWS):
            row = [_NEUTRAL]
            for _ in range((1 << _WINDOW_BITS) - 1):
                row.append(_add(row[-1], point))
            multiples += row
            point = _add(row[-1], point)
        flat = _flatten(multiples)
        size = 1 << _WINDOW_BITS
        self._rows = [flat[start:start + size] for start in range(0, len(flat), size)]

    def add_to(self, sum_: _Point, factor: int) -> _Point:
        """The sum and `factor` times the point: _add, for points whose z is 1."""
        x, y, z, t = sum_
        for row in self._rows:
            plus, minus, t2d = row[factor & 63]
            factor >>= _WINDOW_BITS
            # 2^255 is 19: a fold takes half the time of a division, and the next line divides.
            p = (y - x) * minus
            p = (p & _MASK) + 19 * (p >> 255)
            q = (y + x) * plus
            q = (q & _MASK) + 19 * (q >> 255)
            r = t * t2d
            r = (r & _MASK) + 19 * (r >> 255)
            e, f, g, h = q - p, 2 * z - r, 2 * z + r, q + p
            x, y, z, t = e * f % _P, g * h % _P, f * g % _P, e * h % _P
        return x, y, z, t


def _flatten(points: Sequence[_Point]) -> List[Tuple[int, int, int]]:
    """(y + x, y - x, 2dt) of each, with z 1; one inversion for all of them."""
    products = [1]
    for point in points:
        products.append(products[-1] * point[2] % _P)
    inverse = pow(products[-1], -1, _P)
    flat = []
    for index in range(len(points) - 1, -1, -1):
        x, y, z, _ = points[index]
        inverse_z = inverse * products[index] % _P
        inverse = inverse * z % _P
        x, y = x * inverse_z % _P, y * inverse_z % _P
        flat.append(((y + x) % _P, (y - x) % _P, x * y * _D2 % _P))
    return flat[::-1]


_ANSWERS_WITHOUT_TABLES = 16


def _multiply_both(s: int, a: _Point, k: int, b: _Point) -> _Point:
    """s times a and k times b in one go, a bit of both at a time; factors are below 2^253."""
    choices = (_NEUTRAL, a, b, _add(a, b))
    point = _NEUTRAL
    for bit in range(252, -1, -1):
        point = _add(point, point)
        choice = (s >> bit & 1) | (k >> bit & 1) << 1
        if choice:
            point = _add(point, choices[choice])
    return point


class _PublicKey:
    """A server's key. Works with public values only: its time tells nothing."""

    _base: Optional[_Multiples] = None

    def __init__(self, data: bytes) -> None:
        point = _decode_point(data) if len(data) == 32 else None
        times8 = point
        for _ in range(3):
            times8 = None if times8 is None else _add(times8, times8)
        # SECURITY: under a key of small order one signature fits every message.
        if point is None or times8 is None or _encode_point(times8) == _encode_point(_NEUTRAL):
            raise _usage("Got no Ed25519 public key, wanted 32 bytes")
        x, y, z, t = point
        self._negative = (_P - x, y, z, _P - t)
        self._multiples: Optional[_Multiples] = None
        self._asked = 0
        self.data = bytes(data)
        self.key_id = hashlib.sha256(data).hexdigest()[:16]

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Section 5.1.7, without the cofactor; a signature has one spelling."""
        if len(signature) != 64:
            return False
        s = int.from_bytes(signature[32:], "little")
        if s >= _L:
            return False
        hashed = hashlib.sha512(signature[:32] + self.data + message).digest()
        k = int.from_bytes(hashed, "little") % _L
        point = self._multiply(s, k)
        return _encode_point(point) == signature[:32]

    def _multiply(self, s: int, k: int) -> _Point:
        """s times the base, less k times the key. Tables cost as much as thirty answers."""
        self._asked += 1
        if self._asked <= _ANSWERS_WITHOUT_TABLES:
            return _multiply_both(s, _BASE, k, self._negative)
        if _PublicKey._base is None:
            _PublicKey._base = _Multiples(_BASE)
        if self._multiples is None:
            self._multiples = _Multiples(self._negative)
        return self._multiples.add_to(_PublicKey._base.add_to(_NEUTRAL, s), k)


# --- HTTP/1.1, as much as one honest server needs ------------------------------------------------

_HEADER_ONCE = ("content-length", "content-type", "sealward-signature", "connection")


class _Exchange:
    """One kept-alive connection. Proxies of the environment are not asked: they would see the token."""

    def __init__(self, url: str, timeout_seconds: float) -> None:
        parts = _split_url(url)
        host = "127.0.0.1" if parts.hostname == "localhost" else parts.hostname or ""
        is_loopback = host in ("127.0.0.1", "::1")
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback)
        rest = (parts.path.strip("/"), parts.query, parts.fragment, parts.username)
        if not is_safe or host == "" or rest != ("", "", "", None):
            raise _usage("Got an unfit server URL, wanted http://127.0.0.1:PORT or https://HOST")
        self._host, self._is_tls = host, parts.scheme == "https"
        self._port = parts.port or (443 if self._is_tls else 80)
        shown = f"[{host}]" if ":" in host else host
        self._authority = f"{shown}:{parts.port}" if parts.port else shown
        self._timeout_seconds = _require_timeout(timeout_seconds)
        self._lock = threading.Lock()
        self._socket: Optional[socket.socket] = None
        _exchanges.add(self)

    def send(self, head: str, body: bytes) -> Tuple[int, Dict[str, str], bytes]:
        """Status, headers, body; nothing of it is proven. The timeout is for all of it."""
        deadline = time.monotonic() + self._timeout_seconds
        request = head.replace("\0", f"Host: {self._authority}").encode("ascii") + body
        if not self._lock.acquire(timeout=self._timeout_seconds):
            raise _unreachable("another thread waits for an answer")
        try:
            connection = self._open(deadline)
            self._set_timeout(connection, deadline)
            connection.sendall(request)
            status, headers, answer, is_kept = self._receive(connection, deadline)
            if not is_kept:
                self.close()
            return status, headers, answer
        except OSError as error:
            self.close()
            raise _unreachable(f"the connection failed, {type(error).__name__}") from None
        except BaseException:
            # Half an answer must not be read as the start of the next.
            self.close()
            raise
        finally:
            self._lock.release()

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket = None

    def _open(self, deadline: float) -> socket.socket:
        # What can be read before a question is no answer to it.
        if self._socket is not None and self._is_stale():
            self.close()
        if self._socket is None:
            left = deadline - time.monotonic()
            opened = socket.create_connection((self._host, self._port), timeout=max(left, 0.001))
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._is_tls:
                opened = ssl.create_default_context().wrap_socket(opened, server_hostname=self._host)
            self._socket = opened
        return self._socket

    def _is_stale(self) -> bool:
        # select() knows no descriptor above 1,023.
        waiting = select.poll()
        waiting.register(self._socket, select.POLLIN)
        return bool(waiting.poll(0))

    def forget(self) -> None:
        """In a forked child: the connection is its parent's, the lock perhaps a lost thread's."""
        self._lock = threading.Lock()
        self.close()

    def _set_timeout(self, connection: socket.socket, deadline: float) -> None:
        left = deadline - time.monotonic()
        if left <= 0:
            raise socket.timeout()
        connection.settimeout(left)

    def _receive(
        self, connection: socket.socket, deadline: float
    ) -> Tuple[int, Dict[str, str], bytes, bool]:
        data, wanted, head_end = bytearray(), MAX_HEAD_BYTES, -1
        status, headers = 0, {}
        while head_end < 0 or len(data) < wanted:
            if head_end < 0 and len(data) > wanted:
                raise _untrusted("its head is too large")
            self._set_timeout(connection, deadline)
            chunk = connection.recv(65_536)
            if chunk == b"":
                raise _unreachable("the connection ended before the answer did")
            data += chunk
            if head_end < 0:
                head_end = data.find(b"\r\n\r\n")
                if head_end >= 0:
                    status, headers = _parse_head(bytes(data[:head_end]))
                    head_end += 4
                    wanted = head_end + _parse_length(headers)
        if len(data) > wanted:
            raise _untrusted("more came than it announced")
        is_kept = headers.get("connection", "keep-alive").lower() == "keep-alive"
        return status, headers, bytes(data[head_end:]), is_kept


_exchanges: "weakref.WeakSet[_Exchange]" = weakref.WeakSet()


def _forget_all() -> None:
    for exchange in list(_exchanges):
        exchange.forget()


os.register_at_fork(after_in_child=_forget_all)


def _require_timeout(seconds: float) -> float:
    if isinstance(seconds, (int, float)) and 0 < seconds <= MAX_TIMEOUT_SECONDS:
        return seconds
    raise _usage(f"Got a timeout of {seconds!r}, wanted seconds up to {MAX_TIMEOUT_SECONDS:g}")


def _split_url(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        # Looked at here: it is what raises for a port that is none.
        _ = parts.port
        return parts
    except (ValueError, TypeError, AttributeError):
        raise _usage("Got an unfit server URL, wanted http://127.0.0.1:PORT") from None


def _parse_head(data: bytes) -> Tuple[int, Dict[str, str]]:
    first, *lines = data.decode("latin-1").split("\r\n")
    found = re.match(r"HTTP/1\.1 ([2-5]\d\d)(?: |\Z)", first)
    if found is None:
        raise _untrusted("it is no HTTP")
    headers: Dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        name = name.lower()
        if colon == "" or not re.match(r"[!-9;-~]+\Z", name) or (name in _HEADER_ONCE and name in headers):
            raise _untrusted("its head has two meanings")
        headers[name] = value.strip(" \t")
    return int(found.group(1)), headers


def _parse_length(headers: Mapping[str, str]) -> int:
    """Only what is announced as a number is read: a body has one end then."""
    text = headers.get("content-length", "")
    if "transfer-encoding" in headers or not re.match(r"\d{1,10}\Z", text):
        raise _untrusted("its end is not announced")
    if int(text) > MAX_ANSWER_BYTES:
        raise _untrusted(f"it is larger than {MAX_ANSWER_BYTES} bytes")
    return int(text)


# --- Client of the server ------------------------------------------------------------------------

_SIGNATURE = re.compile(r"ed25519;([0-9a-f]{16});([A-Za-z0-9+/]{86}==)\Z")
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]{1,512}=*\Z")


class Client:
    """A server's routes for agents, and with the operator's token those for reading the log.

    Every method raises SealwardError unless the answer is proven and about what was asked:
    ``server_unreachable`` when none came in time, ``server_untrusted`` when one came that the key did
    not sign for exactly this question. A refusal that the server signed keeps its own code.

    ``public_key`` are the raw 32 bytes, got on a way the agent cannot write. Whoever enforces the
    answer and looks no further wants ``unmeasured="unverified"``.
    """

    def __init__(
        self,
        url: str,
        token: str,
        public_key: bytes,
        *,
        timeout_seconds: float = SERVER_TIMEOUT_SECONDS,
        unmeasured: str = "listed",
    ) -> None:
        if not _matches(_TOKEN, token):
            raise _usage("Got a malformed token")
        if unmeasured not in ("listed", "unverified"):
            raise _usage('Got another "unmeasured" than listed or unverified')
        self._key = _PublicKey(public_key)
        self._exchange = _Exchange(url, timeout_seconds)
        self._token = token
        self._is_strict = unmeasured == "unverified"

    def close(self) -> None:
        self._exchange.close()

    def check(
        self, operation: Union[Operation, Mapping[str, Any]], *, expects_outcome: bool = False
    ) -> Dict[str, Json]:
        """The decision, in the wire form (README, "Decision")."""
        wire = _wire(operation)
        text = _canonicalize(wire)
        if expects_outcome:
            text = f'{{"operation":{text},"expects_outcome":true}}'
        digest = _digest(wire)
        body = self._ask("/v1/check", text, digests=[digest])
        return self._require_measured(_require_decision(body, digest))

    def check_all(
        self,
        operations: Iterable[Union[Operation, Mapping[str, Any]]],
        *,
        expects_outcome: bool = False,
    ) -> List[Dict[str, Json]]:
        """Decisions on 1 to 1,000 operations, in the same order."""
        wires = [_wire(operation) for operation in operations]
        if not 1 <= len(wires) <= MAX_BATCH:
            raise _invalid(f"got {len(wires)}, wanted 1 to {MAX_BATCH}")
        text = _canonicalize(wires)
        if expects_outcome:
            text = f'{{"operations":{text},"expects_outcome":true}}'
        digests = [_digest(wire) for wire in wires]
        body = _require_object(self._ask("/v1/check/batch", text, digests=digests), "decisions")
        found = body.get("decisions")
        if not isinstance(found, list) or len(found) != len(digests):
            raise _untrusted(f"it holds another number of decisions than {len(digests)}")
        decisions = [_require_decision(item, digest) for item, digest in zip(found, digests)]
        if body.get("allowed") is not all(decision["allowed"] for decision in decisions):
            raise _untrusted("its verdict contradicts its decisions")
        return [self._require_measured(decision) for decision in decisions]

    def outcome(self, outcome: Mapping[str, Any]) -> List[dict]:
        """Reports ``{correlation_id, session, tool, status}``; the alarms that it raised."""
        return self._report("/v1/outcome", outcome)

    def settle(self, settlement: Mapping[str, Any]) -> List[dict]:
        """Ends the wait for a session's outcomes: ``{session, reason}``; alarms."""
        return self._report("/v1/settle", settlement)

    def verify(self) -> Dict[str, Json]:
        """Whether the policy is the one a person accepted: ``status``, ``policy_digest``, ..."""
        return _require_policy(self._ask("/v1/verify"))

    def status(self) -> Dict[str, Json]:
        """The same, and how a guarded root's workspace differs (``drift``)."""
        body = _require_policy(self._ask("/v1/status"))
        if "drift" not in body:
            raise _untrusted("it says nothing of drift")
        return body

    def is_ready(self) -> bool:
        """Whether a check would be decided by a trusted policy now."""
        body = self._ask("/readyz", refusals=(503,))
        ready = body.get("ready") if isinstance(body, dict) else None
        if isinstance(ready, bool) and body.get("allowed") is False:
            return ready
        return _raise_refusal(body)

    def request_override(
        self,
        request_id: str,
        *,
        operation: Union[Operation, Mapping[str, Any], None] = None,
        timeout_seconds: Optional[int] = None,
    ) -> Dict[str, Json]:
        """Confirms that a denial is this caller's and can be approved; where its request stands."""
        asked: Dict[str, Json] = {"denial": {"request_id": _require_id(request_id)}}
        if operation is not None:
            asked["operation"] = _wire(operation)
        if timeout_seconds is not None:
            asked["timeout_seconds"] = timeout_seconds
        headers = f"Idempotency-Key: {request_id}\r\n"
        path = "/v1/override/request"
        body = self._ask(path, _canonicalize(asked), headers=headers, good=201)
        return _status_of_task(self._require_override(body), request_id)

    def override_task(self, request_id: str) -> Dict[str, Json]:
        """Where a request stands. Approved is not allowed: ask check() again."""
        body = self._ask(f"/v1/override/task?id={_require_id(request_id)}")
        return _status_of_task(self._require_override(body), request_id)

    def cancel_override(self, request_id: str, reason: str = "cancelled") -> Dict[str, Json]:
        """Ends a request nobody has answered: ``cancelled`` or ``timeout``."""
        text = _canonicalize({"request_id": _require_id(request_id), "reason": reason})
        body = self._ask("/v1/override/cancel", text)
        return _status_of_task(self._require_override(body), request_id)

    def is_override_valid(self, override_id: str) -> bool:
        """Whether a grant would lift a denial of this caller now."""
        if not _matches(_SHOWN_ID, override_id):
            raise _invalid("got an unfit id, wanted one the engine gave")
        path = f"/v1/override/valid?id={quote(override_id, safe='')}"
        body = self._require_override(self._ask(path))
        if body.get("override_id") == override_id and isinstance(body.get("valid"), bool):
            return body["valid"]
        raise _untrusted("it is about another grant")

    def events(self, **filters: Union[str, int]) -> List[dict]:
        """Operator: verified entries, by README's filters; without ``limit`` the newest 200."""
        query = urlencode(filters)
        body = _require_object(self._ask("/v1/audit/events" + (f"?{query}" if query else "")), "events")
        # SECURITY: the signature covers no query; the answer says itself which it answers.
        if body.get("query") != query or not isinstance(body.get("entries"), list):
            raise _untrusted("it is no answer to this query")
        return body["entries"]

    def verify_log(self) -> Dict[str, Json]:
        """Operator: the verdict on the whole chain."""
        body = _require_object(self._ask("/v1/audit/verify"), "verdict")
        if isinstance(body.get("verdict"), str):
            return body
        raise _untrusted("it holds no verdict")

    def _report(self, path: str, value: Mapping[str, Any]) -> List[dict]:
        text = _canonicalize(value)
        digest = _sha256_name(f"sealward-report-v1\n{path}\n{text}".encode("utf-8"))
        body = _require_object(self._ask(path, text, digests=[digest]), "alarms")
        alarms = body.get("alarms")
        # SECURITY: "no alarms" must be said; a list that is not there says nothing.
        if not isinstance(alarms, list) or not all(isinstance(alarm, dict) for alarm in alarms):
            raise _untrusted("it holds no list of alarms")
        return alarms

    def _require_override(self, body: Json) -> Dict[str, Json]:
        found = _require_object(body, "answer about approvals")
        if found.get("allowed") is not False:
            raise _untrusted("it allows something, and was not asked to")
        return found

    def _require_measured(self, decision: Dict[str, Json]) -> Dict[str, Json]:
        """SECURITY: the signature covers no request header, and an older server knows none."""
        is_said = "enforcement.on_unverified" in decision["violated_policies"]
        if self._is_strict and decision["allowed"] and decision["unmeasured"] and not is_said:
            raise _untrusted("it leaves limits unmeasured, and was asked not to")
        return decision

    def _ask(
        self,
        path: str,
        text: Optional[str] = None,
        *,
        digests: Sequence[str] = (),
        headers: str = "",
        good: int = 200,
        refusals: Sequence[int] = (),
    ) -> Json:
        """The document of a proven answer; its refusal raised, save of the statuses in `refusals`."""
        nonce = secrets.token_hex(16)
        body = b"" if text is None else text.encode("utf-8")
        head = "".join((
            f"GET {path} HTTP/1.1\r\n" if text is None else f"POST {path} HTTP/1.1\r\n",
            f"\0\r\nAuthorization: Bearer {self._token}\r\nSealward-Nonce: {nonce}\r\n",
            "Sealward-Unmeasured: unverified\r\n" if self._is_strict else "",
            headers,
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else "",
            "\r\n",
        ))
        status, got, answer = self._exchange.send(head, body)
        is_good = status == good
        self._verify(status, got, answer, (nonce, digests if is_good else ()))
        media = "json" if is_good or status < 400 else "problem+json"
        if got.get("content-type") != f"application/{media}; charset=utf-8":
            raise _untrusted("it is not of the wanted media type")
        document = _parse_json(answer)
        if is_good or status in refusals:
            return document
        return _raise_refusal(document)

    def _verify(
        self,
        status: int,
        headers: Mapping[str, str],
        body: bytes,
        asked: Tuple[str, Sequence[str]],
    ) -> None:
        """SECURITY: nothing of an answer is parsed before."""
        found = _SIGNATURE.match(headers.get("sealward-signature", ""))
        if found is None:
            what = f"it answered {status} without proof"
            raise _unreachable(what) if status >= 500 else _untrusted(what)
        if found.group(1) != self._key.key_id:
            raise _untrusted("it is signed by another key")
        nonce, digests = asked
        lines = ("sealward-answer-v1", nonce, ",".join(digests), status, hashlib.sha256(body).hexdigest())
        proof = "".join(f"{line}\n" for line in lines).encode("ascii")
        if not self._key.verify(base64.b64decode(found.group(2)), proof):
            raise _untrusted("its signature does not fit this question")


def _require_policy(value: Json) -> Dict[str, Json]:
    found = _require_object(value, "policy status")
    is_known = found.get("status") in ("trusted", "unaccepted", "tampered")
    if is_known and isinstance(found.get("message"), str):
        return found
    raise _untrusted("it holds no policy status")


def _require_id(request_id: str) -> str:
    if _matches(_ID, request_id):
        return request_id
    raise _invalid("got an unfit id, wanted 32 hex digits")


# --- Client of the program -----------------------------------------------------------------------


class _Program:
    """``sealward``, started anew for each question. What it says and its exit status must agree."""

    def __init__(self, root: str, binary: Optional[str], timeout_seconds: float) -> None:
        found = shutil.which(binary or "sealward")
        if found is None:
            raise _unreachable(f"there is no program {binary or 'sealward'}")
        self._path = os.path.abspath(found)
        self._root = root
        self._timeout_seconds = timeout_seconds

    def run(
        self,
        arguments: Sequence[str],
        *,
        text: str = "",
        exits: Sequence[int] = (0,),
        timeout_seconds: Optional[float] = None,
    ) -> Tuple[int, bytes]:
        """Exit status and output; any status but those wanted is a failure with a code."""
        command = [self._path, *arguments, "--format", "json", "--root", self._root]
        try:
            done = subprocess.run(
                command,
                input=text.encode("utf-8"),
                capture_output=True,
                timeout=timeout_seconds or self._timeout_seconds,
                check=False,
            )
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            raise _unreachable(f"{self._path} failed, {type(error).__name__}") from None
        if done.returncode not in exits or len(done.stdout) > MAX_LOG_BYTES:
            raise _program_error(done.returncode, done.stdout, done.stderr)
        return done.returncode, done.stdout

    def ask(self, arguments: Sequence[str], **options: Any) -> Dict[str, Json]:
        status, output = self.run(arguments, **options)
        found = _require_object(_parse_json(output), "answer")
        if "error" in found:
            raise _program_error(status, output, b"")
        return found

    def check_all(self, wires: Sequence[Mapping[str, Json]]) -> List[Dict[str, Json]]:
        lines = "".join(_canonicalize(wire) + "\n" for wire in wires)
        status, output = self.run(["check", "--batch"], text=lines, exits=(0, 2, 4, 5))
        answers = output.splitlines()
        if len(answers) != len(wires):
            raise _untrusted("it holds another number of decisions")
        decisions = [
            _require_decision(_parse_json(answer), _digest(wire))
            for answer, wire in zip(answers, wires)
        ]
        # SECURITY: a program that is not ours says either the one or the other.
        if (status == 0) is not all(decision["allowed"] for decision in decisions):
            raise _untrusted(f"exit status {status} contradicts its decisions")
        return decisions

    def policy(self) -> Dict[str, Json]:
        found = self.ask(["status"], exits=(0, 1, 2, 5))
        return _require_policy({**found, "status": found.get("policy")})

    def request_status(self, request_id: str) -> Dict[str, Json]:
        arguments = ["override", "wait", _require_id(request_id), "--timeout", "0", "--keep"]
        return _require_status(self.ask(arguments, exits=(0, 2, 4)), request_id)

    def withdraw(self, request_id: str, _reason: str) -> Dict[str, Json]:
        arguments = ["override", "wait", _require_id(request_id), "--timeout", "0"]
        return _require_status(self.ask(arguments, exits=(0, 2, 4)), request_id)

    def is_valid(self, override_id: str) -> bool:
        grants = self.ask(["override", "list"]).get("grants")
        if not isinstance(grants, list):
            raise _untrusted("it holds no grants")
        wanted = {
            "override_id": override_id,
            "principal": f"uid:{os.geteuid()}",
            "policy_digest": self.policy().get("policy_digest"),
        }
        for grant in grants:
            if isinstance(grant, dict) and wanted.items() <= grant.items():
                until = _instant(grant.get("approved_until"))
                return until is not None and _is_ahead(until)
        return False


# An answer that lists a log.
MAX_LOG_BYTES = 1_073_741_824


def _program_error(status: int, output: bytes, said: bytes) -> SealwardError:
    try:
        found = json.loads(output)
        error = found["error"]
        code, message, hint = error["code"], error["message"], error.get("hint")
        if all(isinstance(text, str) for text in (code, message)):
            return _error(code, message, hint if isinstance(hint, str) else None)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    if status == 5:
        return TamperDetectedError("policy_tampered", "The program reports tampering")
    line = said.decode("utf-8", "replace").strip().splitlines()[-1:]
    shown = "".join(c if c.isprintable() else "?" for c in "".join(line))[:200]
    return _unreachable(f"the program ended with {status} and no answer: {shown}")


class _Server:
    """The same questions to a server."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def check_all(self, wires: Sequence[Mapping[str, Json]]) -> List[Dict[str, Json]]:
        if len(wires) == 1:
            return [self.client.check(wires[0])]
        return self.client.check_all(wires)

    def policy(self) -> Dict[str, Json]:
        return self.client.verify()

    def request_status(self, request_id: str) -> Dict[str, Json]:
        return self.client.override_task(request_id)

    def withdraw(self, request_id: str, reason: str) -> Dict[str, Json]:
        try:
            return self.client.cancel_override(request_id, reason)
        except SealwardError as error:
            if error.code != "request_conflict":
                raise
            # Somebody answered first, or its time was over.
            return self.client.override_task(request_id)

    def is_valid(self, override_id: str) -> bool:
        return self.client.is_override_valid(override_id)


# --- Who decides ---------------------------------------------------------------------------------

# Root's word, in a guarded install: which server decides for which project.
_CLIENT_FILE = "/etc/sealward/client.json"
_SYSTEM_STATE = "/var/lib/sealward"
_ROAD_VARIABLES = ("SCALPEL_SERVER", "SCALPEL_TOKEN_FILE", "SCALPEL_SERVER_KEY_FILE")


@dataclass(frozen=True)
class _Road:
    """How a caller wants to reach the engine; None is "find it"."""

    server: Optional[str] = None
    token_file: Optional[str] = None
    server_key_file: Optional[str] = None
    binary: Optional[str] = None
    timeout_seconds: Optional[float] = None

    def is_named(self) -> bool:
        return any((self.server, self.token_file, self.server_key_file, self.binary))

    def seconds(self, default: float) -> float:
        return _require_timeout(default if self.timeout_seconds is None else self.timeout_seconds)


def _root_of(path: Union[str, os.PathLike], name: str) -> str:
    """`ROOT/.scalpel/NAME` is the only place there is."""
    text, suffix = os.path.normpath(_path_text(path)), os.path.join(".scalpel", name)
    if text != suffix and not text.endswith(os.sep + suffix):
        raise _usage(f'Cannot use the path "{text}", wanted ROOT/{suffix}')
    named = text[: -len(suffix)] or "."
    try:
        root = os.path.realpath(named)
    except OSError:
        root = ""
    if not os.path.isdir(root):
        raise _usage(f'Cannot use the root "{named}": it is not there')
    return root


def _open_engine(root: str, road: _Road) -> Union[_Server, _Program]:
    guard = _find_guard(root)
    if guard is not None:
        _refuse_roads(root, road)
        key = _decode_key(guard["server_key"], _CLIENT_FILE)
        token = _read_token(guard["token_file"], root, is_any_owner=os.geteuid() == 0)
        return _Server(_client(guard["server"], token, key, road))
    server = road.server or os.environ.get("SCALPEL_SERVER") or None
    if server is None:
        return _Program(root, road.binary, road.seconds(PROGRAM_TIMEOUT_SECONDS))
    if road.binary is not None:
        raise _usage("Got a server and a program, wanted one of them")
    decided = os.environ.get("SCALPEL_ROOT")
    # SECURITY: beside `sealward exec` the server is that root's; its relative paths are other files.
    if road.server is None and decided and os.path.realpath(decided) != root:
        raise _usage(f'Cannot use the root "{root}": SCALPEL_SERVER decides for "{decided}"')
    state = _state_folder(root)
    token_file = road.token_file or os.environ.get("SCALPEL_TOKEN_FILE") or f"{state}/tokens/agent"
    named_key = road.server_key_file or os.environ.get("SCALPEL_SERVER_KEY_FILE")
    key_file = named_key or f"{state}/keys/server.pub"
    key = _decode_key(_read_plain(key_file).decode("ascii", "replace").strip(), key_file)
    return _Server(_client(server, _read_token(token_file, root), key, road))


def _client(server: str, token: str, key: bytes, road: _Road) -> Client:
    return Client(server, token, key, timeout_seconds=road.seconds(SERVER_TIMEOUT_SECONDS))


def _refuse_roads(root: str, road: _Road) -> None:
    named = [name for name in _ROAD_VARIABLES if os.environ.get(name)]
    if road.is_named() or named:
        raise _usage(f'Cannot choose who decides: "{root}" is guarded {" ".join(named)}'.strip())


def _find_guard(root: str) -> Optional[Dict[str, str]]:
    """SECURITY: only a file that is not there means that nothing is guarded."""
    try:
        os.lstat(_CLIENT_FILE)
    except FileNotFoundError:
        return None
    except OSError:
        raise _unsafe(_CLIENT_FILE, "it cannot be looked at") from None
    installs = _read_installs()
    try:
        here, there = _around(installs, os.getcwd()), _around(installs, root)
    except OSError:
        raise _usage("Cannot tell which root this is: the working folder is not there") from None
    # SECURITY: a working folder in a guarded root belongs to that root, whatever paths are named.
    for guard in (here, there):
        if guard is not None and guard["root"] != root:
            raise _usage(f'Cannot use the root "{root}": "{guard["root"]}" is guarded')
    return there


def _read_installs() -> List[Dict[str, str]]:
    _require_roots(_CLIENT_FILE)
    names = ("root", "server", "server_key", "token_file")
    try:
        found = _parse_json(_read_plain(_CLIENT_FILE))
    except SealwardError:
        raise _unsafe(_CLIENT_FILE, "it is not of its form") from None
    installs = found.get("installs") if isinstance(found, dict) else None
    is_whole = isinstance(installs, list) and found.get("schema_version") == 1 and all(
        isinstance(install, dict)
        and all(isinstance(install.get(name), str) for name in names)
        and install["root"][:1] in ("", "/")
        for install in installs
    )
    if not is_whole:
        raise _unsafe(_CLIENT_FILE, "it is not of its form")
    return [{**install, "root": install["root"] or "/"} for install in installs]


def _around(installs: Sequence[Dict[str, str]], path: str) -> Optional[Dict[str, str]]:
    """The nearest guarded root at or above a real path."""
    real = os.path.realpath(path)
    above = [i for i in installs if os.path.commonpath([i["root"], real]) == i["root"]]
    return max(above, key=lambda install: len(install["root"]), default=None)


def _require_roots(path: str) -> None:
    """Root's, writable by nobody else, with every folder above it."""
    while True:
        try:
            found = os.lstat(path)
        except OSError:
            raise _unsafe(path, "it cannot be looked at") from None
        is_plain = stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)
        if not is_plain or found.st_uid != 0 or found.st_mode & 0o022:
            raise _unsafe(path, "somebody but root can change it")
        if path == "/":
            return
        path = os.path.dirname(path)


def _unsafe(path: str, why: str) -> SealwardError:
    return SealwardError("guard_unsafe", f"Cannot use {path}: {why}")


def _state_folder(root: str) -> str:
    """Where `sealward init` keeps keys and tokens of this root."""
    name = hashlib.sha256(("" if root == "/" else root).encode("utf-8", "surrogateescape")).hexdigest()
    if os.geteuid() == 0:
        return f"{_SYSTEM_STATE}/{name[:32]}"
    base = os.environ.get("XDG_STATE_HOME", "")
    if not base.startswith("/"):
        base = os.path.expanduser("~/.local/state")
    return f"{base}/sealward/{name[:32]}"


def _read_plain(path: str, max_bytes: int = MAX_OPERATION_BYTES) -> bytes:
    """A regular file, no link; bounded."""
    return _read_file(path, max_bytes)[0]


def _read_file(path: str, max_bytes: int) -> Tuple[bytes, os.stat_result]:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            found = os.fstat(file.fileno())
            is_regular = stat.S_ISREG(found.st_mode)
            data = file.read(max_bytes + 1) if is_regular else b""
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no path"
        raise SealwardError("secret_missing", f"Cannot read {path!r}: {why}") from None
    if not is_regular or len(data) > max_bytes:
        raise SealwardError("secret_unsafe", f"Cannot use {path}: it is no file of that kind")
    return data, found


def _read_token(path: str, root: str, *, is_any_owner: bool = False) -> str:
    """This user's or root's, nobody else's to read, outside the project; `root` is a real path."""
    data, found = _read_file(path, 4_096)
    complaint = None
    if found.st_mode & 0o077:
        complaint = "others have access to it"
    elif found.st_uid not in (0, os.geteuid()) and not is_any_owner:
        complaint = "it belongs to another user"
    elif found.st_nlink != 1:
        complaint = "it has another name"
    elif root != "/" and os.path.commonpath([root, os.path.realpath(path)]) == root:
        complaint = "it lies in the project"
    if complaint is not None:
        raise SealwardError("secret_unsafe", f"Cannot use {path}: {complaint}")
    return data.decode("ascii", "replace").strip()


def _decode_key(text: str, path: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise _usage(f"{path} holds no key in base64") from None


# --- The guide's classes -------------------------------------------------------------------------

# What passes by itself: over minutes of waiting, one of them is no answer.
_PASSING = frozenset(("audit_busy", "request_busy", "request_timeout", "server_unreachable"))


class TamperResistance:
    """Policy enforcement for whoever asks before acting. What it promises is README, "Security"."""

    def __init__(
        self,
        policy_path: Union[str, Path] = ".scalpel/policy.yaml",
        *,
        server: Optional[str] = None,
        token_file: Optional[str] = None,
        server_key_file: Optional[str] = None,
        binary: Optional[str] = None,
        timeout_seconds: Optional[float] = None,
    ) -> None:
        """Locks the policy file (0444) where this user may, and pins what is in force now."""
        self._root = _root_of(policy_path, "policy.yaml")
        road = _Road(server, token_file, server_key_file, binary, timeout_seconds)
        self._engine = _open_engine(self._root, road)
        if _find_guard(self._root) is None:
            _lock(policy_path)
        self._pinned = self._engine.policy().get("policy_digest")
        # SECURITY: marks decisions this object made. One that a caller made up is nobody's word.
        self._seal = object()

    def verify_policy_integrity(self) -> bool:
        """True, or raises TamperDetectedError; SealwardError where nobody accepted the policy."""
        found = self._engine.policy()
        if found["status"] == "unaccepted":
            raise SealwardError("policy_unaccepted", found["message"])
        if found["status"] == "tampered":
            raise TamperDetectedError("policy_tampered", found["message"])
        self._require_pin(found.get("policy_digest"))
        return True

    def prevent_policy_modification(self, operation: Operation) -> bool:
        """True when the operation is allowed, durably; else raises PolicyModificationError.

        The engine decides by the whole policy: protected files, and everything else it says.
        """
        decision = self.check(operation)
        if decision.allowed:
            return True
        codes = [violation.get("code") for violation in decision.violations]
        if "policy_tampered" in codes:
            raise TamperDetectedError("policy_tampered", decision.reason or "")
        if "policy_unaccepted" in codes:
            raise SealwardError("policy_unaccepted", decision.reason or "")
        raise PolicyModificationError(decision)

    def check(self, operation: Operation) -> PolicyDecision:
        """Decides by the whole policy. A denial is an answer, not an exception."""
        return self.check_all([operation])[0]

    def check_all(self, operations: Iterable[Operation]) -> List[PolicyDecision]:
        """Decisions on several operations, in the same order."""
        wires = [_wire(operation) for operation in operations]
        if not 1 <= len(wires) <= MAX_BATCH:
            raise _invalid(f"got {len(wires)}, wanted 1 to {MAX_BATCH}")
        found = self._engine.check_all(wires)
        return [self._to_decision(envelope) for envelope in found]

    def guard(self, operation: Operation, act: Callable[[], T]) -> T:
        """Runs `act` only after a durable allow; else raises OperationDeniedError."""
        decision = self.check(operation)
        if not decision.allowed:
            raise OperationDeniedError(decision)
        return act()

    def require_human_override(
        self,
        operation: Operation,
        policy_decision: PolicyDecision,
        timeout_seconds: int = 300,
    ) -> OverrideDecision:
        """Asks a person to lift a denial, and waits. Nothing that a caller made up is believed.

        An approval counts once: the next check() or guard() of the operation uses it up. Where
        nobody may or can approve, and for what is allowed already, it answers at once.
        """
        if not 1 <= timeout_seconds <= 86_400:
            raise _usage(f"Got timeout_seconds {timeout_seconds}, wanted 1 to 86400")
        digest = _digest(_wire(operation))
        asked = getattr(policy_decision, "_asked", None)
        if asked is not None and asked[0] is self._seal and asked[1] == digest:
            found = self._look(asked[2])
            if found is not None and found["status"] in ("pending", "approved", "denied"):
                return self._await(asked[2], timeout_seconds)
        fresh = self.check(operation)
        override = fresh.override or {}
        if override.get("status") != "offered":
            return _refusal_of(fresh)
        return self._await(override["request_id"], timeout_seconds)

    def is_override_valid(
        self, override_id: Optional[str], expires_at: Optional[datetime] = None
    ) -> bool:
        """Whether the engine would lift a denial by this grant now. `expires_at` only narrows."""
        if not _matches(_ID, override_id):
            return False
        if expires_at is not None and not _is_ahead(expires_at):
            return False
        return self._engine.is_valid(override_id)

    def _to_decision(self, envelope: Dict[str, Json]) -> PolicyDecision:
        self._require_pin(envelope["policy_digest"])
        names = {item.name for item in dataclasses.fields(PolicyDecision)}
        given = {name: value for name, value in envelope.items() if name in names}
        decision = PolicyDecision(**{**given, "would_deny": envelope.get("would_deny") is True})
        override = envelope.get("override")
        if override is not None and override["status"] == "offered":
            asked = (self._seal, envelope["operation_digest"], override["request_id"])
            object.__setattr__(decision, "_asked", asked)
        return decision

    def _require_pin(self, digest: Optional[str]) -> None:
        if digest is None or digest != self._pinned:
            message = "The policy changed since this object was made"
            raise TamperDetectedError("policy_tampered", message, "accept it, make a new object")

    def _look(self, request_id: str) -> Optional[Dict[str, Json]]:
        try:
            return self._engine.request_status(request_id)
        except SealwardError as error:
            if error.code == "override_unknown":
                return None
            raise

    def _await(self, request_id: str, timeout_seconds: float) -> OverrideDecision:
        """When the time is over the request is withdrawn: nobody approves what nobody waits for."""
        end, pause = time.monotonic() + timeout_seconds, 0.25
        try:
            while True:
                found = self._look_patiently(request_id)
                left = end - time.monotonic()
                if found is not None and found["status"] not in ("pending", "expired"):
                    return self._answer(found)
                if left <= 0 or (found is not None and found["status"] == "expired"):
                    break
                time.sleep(min(pause, left))
                pause = min(2 * pause, 2.0)
        except BaseException:
            # Nobody waits any more, whatever it was: what cannot be withdrawn expires by itself.
            try:
                self._engine.withdraw(request_id, "cancelled")
            except SealwardError:
                pass
            raise
        return self._answer(self._engine.withdraw(request_id, "timeout"))

    def _look_patiently(self, request_id: str) -> Optional[Dict[str, Json]]:
        try:
            return self._engine.request_status(request_id)
        except SealwardError as error:
            if error.code in _PASSING:
                return None
            raise

    def _answer(self, found: Dict[str, Json]) -> OverrideDecision:
        override_id, until = found.get("override_id"), _instant(found.get("approved_until"))
        # SECURITY: an approval of yesterday's policy is one too; only a grant that holds counts.
        approved = (
            found["status"] == "approved"
            and until is not None
            and self.is_override_valid(override_id, until)
        )
        return OverrideDecision(
            approved=approved,
            reason=_reason_of(found, approved),
            override_id=override_id if approved else None,
            expires_at=until if approved else None,
            justification=found.get("justification"),
            approved_by=found.get("approved_by") if approved else None,
            override_trust=found.get("override_trust") if approved else None,
            request_id=found["request_id"],
        )


def _lock(path: Union[str, os.PathLike]) -> None:
    try:
        os.chmod(path, 0o444)
    except OSError:
        # Another user's, or not there: the engine's hash is what is relied on.
        pass


def _is_ahead(instant: datetime) -> bool:
    return isinstance(instant, datetime) and instant.astimezone(timezone.utc) > _now()


def _reason_of(found: Mapping[str, Json], approved: bool) -> str:
    name = found.get("approved_by") or "the approver without a name"
    if found["status"] == "approved":
        return f"Approved by {name}" if approved else "It was approved, and no longer holds"
    return {
        "pending": "Nobody has answered the override request",
        "denied": "A person denied the override request",
        "used": "The override was used already",
        "revoked": "The override was revoked",
    }.get(found["status"], "Override request timed out")


def _refusal_of(decision: PolicyDecision) -> OverrideDecision:
    """Why nobody can be asked: said at once, without a wait."""
    override = decision.override or {}
    status = override.get("status")
    if status == "granted":
        reason = f"Nothing to override: the approval by {override['approved_by']} allowed it just now"
    elif decision.allowed:
        reason = "Nothing to override: it is allowed"
    elif not decision.overridable:
        reason = f"No approval lifts this: {decision.reason}"
    elif status == "too_many":
        reason = f"Too many override requests: ask again after {override['retry_at']}"
    elif status == "clock_back":
        reason = f"Nobody can approve this: the clock is behind {override['seen_at']}"
    else:
        reason = "Nobody can approve this: the policy names no approver"
    return OverrideDecision(approved=False, reason=reason)


class AuditLog:
    """The log. Events are written by the program; a guarded install's log is its engine's alone.

    With ``server`` and the operator's ``token_file`` it is read through a server.
    """

    def __init__(
        self,
        log_path: Union[str, Path] = ".scalpel/audit.log",
        *,
        server: Optional[str] = None,
        token_file: Optional[str] = None,
        server_key_file: Optional[str] = None,
        binary: Optional[str] = None,
    ) -> None:
        root = _root_of(log_path, "audit.log")
        self._client: Optional[Client] = None
        self._program: Optional[_Program] = None
        road = _Road(server, token_file, server_key_file, binary)
        if server is not None:
            engine = _open_engine(root, road)
            self._client = engine.client if isinstance(engine, _Server) else None
        elif _find_guard(root) is None:
            self._program = _Program(root, binary, PROGRAM_TIMEOUT_SECONDS)

    def record_event(self, event_type: str, severity: str, details: dict) -> None:
        """Records an event; returns when it is durable. `audit.` and `state.` are the engine's."""
        if self._program is None:
            raise _out_of_reach()
        text = _canonicalize(details)
        # One word each: a type that begins with a dash stays a type.
        arguments = [f"--type={event_type}", f"--severity={severity}", f"--details={text}"]
        found = self._program.ask(["audit", "record", *arguments])
        if not isinstance(found.get("seq"), int):
            raise _untrusted("it does not say where the event stands")

    def verify_integrity(self) -> bool:
        """Walks the whole chain from its start: True, or raises TamperDetectedError."""
        if self._client is not None:
            verdict = self._client.verify_log()
        elif self._program is not None:
            verdict = self._program.ask(
                ["audit", "verify"], exits=(0, 1, 5), timeout_seconds=LOG_TIMEOUT_SECONDS
            )
        else:
            raise _out_of_reach()
        word, message = verdict.get("verdict"), str(verdict.get("message", "no reason given"))
        if word in ("OK", "OK-UNANCHORED", "UNCLEAN-END", "FRONT-PRUNED"):
            return True
        if word == "UNVERIFIABLE":
            raise SealwardError("audit_unverifiable", message)
        raise TamperDetectedError("audit_tampered", f"{word}: {message}")

    def get_events(
        self,
        event_type: Optional[str] = None,
        severity: Optional[str] = None,
        limit: Optional[int] = None,
    ) -> list:
        """Verified events, the newest `limit`, in log order; a server gives 200 at most."""
        given = {"type": event_type, "severity": severity, "limit": limit}
        filters = {name: value for name, value in given.items() if value is not None}
        if self._client is not None:
            entries = self._client.events(**filters)
        elif self._program is not None:
            arguments = [f"--{name}={value}" for name, value in filters.items()]
            found = self._program.ask(
                ["audit", "query", *arguments], timeout_seconds=LOG_TIMEOUT_SECONDS
            )
            entries = found.get("entries")
        else:
            raise _out_of_reach()
        if not isinstance(entries, list):
            raise _untrusted("it holds no events")
        return [_to_event(entry) for entry in entries]


def _out_of_reach() -> SealwardError:
    return SealwardError("wrong_user", "The log is its engine's alone: agents cannot write it")


def _to_event(entry: Json) -> Dict[str, Json]:
    try:
        return {
            "seq": entry["seq"],
            "event_type": entry["type"],
            "severity": entry["severity"],
            "details": entry["details"],
            "timestamp": entry["at"],
            "signature": entry["mac"],
            "previous_signature": entry["prev"],
        }
    except (KeyError, TypeError):
        raise _untrusted("it holds what is no event") from None
