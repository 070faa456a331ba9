"""A small Hugging Face Hub on loopback: it speaks the upload protocol over real HTTP, and can cut or refuse it anywhere.

    whoami-v2 -> create repo -> repo info -> xet-write-token (404: plain LFS only) -> validate-yaml -> preupload
    -> LFS batch -> PUT (whole, or in parts of `part_size`) -> verify -> commit (ndjson)

As huggingface_hub 1.33 uses it: huggingface_hub/_commit_api.py, lfs.py, hf_api.py.
"""

import base64
import hashlib
import json
import re
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

TOKEN = "hf_canaryCanaryCanaryCanary"
REPO = "lan/toan-lop-5"
WRITER = {"name": "lan", "orgs": [], "auth": {"type": "access_token", "accessToken": {"role": "write"}}}
REGULAR_SUFFIXES = (".json", ".jinja", ".md", "NOTICE")


@dataclass
class Repo:
    """What the Hub holds of one repo."""

    private: bool
    commits: list[dict[str, bytes]] = field(default_factory=list)
    """The files of each commit, whole."""

    @property
    def files(self) -> dict[str, bytes]:
        return {name: content for commit in self.commits for name, content in commit.items()}


class Hub(ThreadingHTTPServer):
    """The server; use as a context manager. `token` is the only one that is let in."""

    daemon_threads = True

    def __init__(self, token: str = TOKEN):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.token = token
        self.whoami: dict[str, Any] = WRITER
        self.part_size: int | None = None
        """Ask for multipart uploads in parts of so many bytes."""
        self.repos: dict[str, Repo] = {}
        self.stored: dict[str, bytes] = {}
        self.parts: dict[tuple[str, int], bytes] = {}
        self.requests: list[str] = []
        self.bodies: list[bytes] = []
        self.refuse: dict[str, int] = {}
        """A piece of a path -> the status with which requests there are refused."""
        self.cut: dict[str, int] = {}
        """A piece of "METHOD path" -> how many more requests there are cut in the middle of their body."""
        self.cut_after: dict[str, int] = {}
        """The same, but the request is carried out and its answer is cut."""
        self.fail: dict[str, int] = {}
        """The same, but the answer is 503."""
        self.silent: tuple[str, ...] = ()
        """Pieces of "METHOD path" that are accepted and never answered."""
        self.closing = threading.Event()
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def storage(self) -> str:
        """Under another name, as the real one is: its signed URLs need no token."""
        return f"http://localhost:{self.server_address[1]}/storage"

    def __enter__(self) -> "Hub":
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet about connections that were cut."""

    def due(self, cuts: dict[str, int], line: str) -> bool:
        """Whether this request is to be cut; counts it."""
        with self.lock:
            for piece in cuts:
                if piece in line and cuts[piece] > 0:
                    cuts[piece] -= 1
                    return True
        return False


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 20.0
    server: Hub

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def _serve(self) -> None:
        hub, line = self.server, f"{self.command} {self.path}"
        hub.requests.append(line)
        if hub.due(hub.cut, line):
            self._read(share=0.5)
            self._hang_up()
            return
        body = self._read()
        if any(piece in line for piece in hub.silent):
            hub.closing.wait()
            self._hang_up()
            return
        if hub.due(hub.fail, line):
            self._answer({"error": "at capacity"}, 503, {})
            return
        hub.bodies.append(body)
        status = next((status for piece, status in hub.refuse.items() if piece in line), None)
        signed = "signature=" in self.path  # storage knows no tokens
        if status is None and not signed and self.headers.get("Authorization") != f"Bearer {hub.token}":
            status = 401
        if status is not None:
            # A careless proxy might show the headers that it got.
            said = f"refused: {self.headers.get('Authorization')}"
            self._answer({"error": said}, status, {"X-Error-Message": said})
            return
        answer, status, headers = self._route(urlsplit(self.path).path, body)
        if hub.due(hub.cut_after, line):
            self._hang_up()
            return
        self._answer(answer, status, headers)

    def _read(self, share: float = 1.0) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
                if share < 1.0:
                    return body
            self.rfile.readline()
            return body
        return self.rfile.read(int(int(self.headers.get("Content-Length", 0)) * share))

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _answer(self, answer: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        content = json.dumps(answer).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(content)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _route(self, path: str, body: bytes) -> tuple[Any, int, dict[str, str]]:
        routes: list[tuple[str, Callable[..., Any]]] = [
            (r"GET /api/whoami-v2", lambda body: self.server.whoami),
            (r"POST /api/repos/create", self._create),
            (r"POST /api/validate-yaml", lambda body: {"errors": [], "warnings": []}),
            (r"GET /api/models/([\w.-]+/[\w.-]+?)(?:/revision/main)?", self._info),
            (r"POST /api/models/([\w.-]+/[\w.-]+)/preupload/main", self._preupload),
            (r"POST /([\w.-]+/[\w.-]+)\.git/info/lfs/objects/batch", self._batch),
            (r"PUT /storage/(\w+)/(\d+)", self._part),
            (r"PUT /storage/(\w+)", self._store),
            (r"POST /storage/(\w+)/complete", self._complete),
            (r"POST /api/models/([\w.-]+/[\w.-]+)/commit/main", self._commit),
        ]
        for pattern, route in routes:
            if found := re.fullmatch(pattern, f"{self.command} {path}"):
                answer = route(*found.groups(), body)
                return answer if isinstance(answer, tuple) else (answer, 200, {})
        return {"error": f"no {path}"}, 404, {}

    def _create(self, body: bytes) -> Any:
        asked = json.loads(body)
        name = f"{asked['organization']}/{asked['name']}"
        status = 409 if name in self.server.repos else 200
        self.server.repos.setdefault(name, Repo(private=asked["visibility"] == "private"))
        return {"url": f"{self.server.url}/{name}", "error": "exists"}, status, {}

    def _info(self, repo: str, body: bytes) -> Any:
        if repo not in self.server.repos:
            return {"error": "Repository not found"}, 404, {"X-Error-Code": "RepoNotFound"}
        held = self.server.repos[repo]
        return {"id": repo, "private": held.private, "sha": f"{len(held.commits):040x}"}

    def _preupload(self, repo: str, body: bytes) -> Any:
        held = self.server.repos[repo].files
        files = []
        for asked in json.loads(body)["files"]:
            name = asked["path"]
            mode = "regular" if name.endswith(REGULAR_SUFFIXES) else "lfs"
            entry = {"path": name, "uploadMode": mode, "shouldIgnore": False}
            if name in held:
                entry["oid"] = _git_hash(held[name]) if mode == "regular" else hashlib.sha256(held[name]).hexdigest()
            files.append(entry)
        return {"files": files}

    def _batch(self, repo: str, body: bytes) -> Any:
        hub, objects = self.server, []
        for asked in json.loads(body)["objects"]:
            oid, size = asked["oid"], asked["size"]
            entry: dict[str, Any] = {"oid": oid, "size": size}
            if oid not in hub.stored:
                href, header = f"{hub.storage}/{oid}?signature=s3cr3t", {}
                if hub.part_size and size > hub.part_size:
                    count = -(-size // hub.part_size)
                    header = {str(n): f"{hub.storage}/{oid}/{n}?signature=s3cr3t" for n in range(1, count + 1)}
                    header["chunk_size"] = str(hub.part_size)
                    href = f"{hub.storage}/{oid}/complete?signature=s3cr3t"
                entry["actions"] = {"upload": {"href": href, "header": header}}
            objects.append(entry)
        return {"transfer": "multipart" if hub.part_size else "basic", "objects": objects}

    def _store(self, oid: str, body: bytes) -> Any:
        if hashlib.sha256(body).hexdigest() != oid:
            return {"error": "checksum"}, 400, {}
        self.server.stored[oid] = body
        return {}

    def _part(self, oid: str, number: str, body: bytes) -> Any:
        self.server.parts[oid, int(number)] = body
        return {}, 200, {"ETag": f'"{hashlib.md5(body).hexdigest()}"'}

    def _complete(self, oid: str, body: bytes) -> Any:
        numbers = [part["partNumber"] for part in json.loads(body)["parts"]]
        return self._store(oid, b"".join(self.server.parts[oid, number] for number in numbers))

    def _commit(self, repo: str, body: bytes) -> Any:
        files = {}
        for line in map(json.loads, body.splitlines()):
            value = line["value"]
            if line["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                if value["oid"] not in self.server.stored:
                    return {"error": f"{value['path']} was not uploaded"}, 400, {}
                files[value["path"]] = self.server.stored[value["oid"]]
        held = self.server.repos[repo]
        held.commits.append(files)
        oid = f"{len(held.commits):040x}"
        return {"commitUrl": f"{self.server.url}/{repo}/commit/{oid}", "commitOid": oid}


def _git_hash(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
