"""A bucket in memory."""

from __future__ import annotations

from dataclasses import dataclass, field

from cafe_ai.errors import DependencyDown, NotFound


@dataclass
class FakeFiles:
    """Files by key; what is not there is NotFound. `down`: nothing can be read or deleted."""

    files: dict[str, bytes] = field(default_factory=dict)
    down: bool = False

    def put(self, key: str, body: bytes, content_type: str) -> None:
        self.files[key] = body

    def get(self, key: str) -> bytes:
        if self.down:
            raise DependencyDown("storage")
        if key not in self.files:
            raise NotFound("The file is not there any more.")
        return self.files[key]

    def link(self, key: str, seconds: int, filename: str | None = None) -> str:
        return f"https://files.example/{key}?for={seconds}"

    def delete_under(self, prefix: str) -> int:
        if self.down:
            raise DependencyDown("storage")
        gone = [key for key in self.files if key.startswith(prefix)]
        for key in gone:
            del self.files[key]
        return len(gone)
