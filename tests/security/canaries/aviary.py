"""Words that must not get out: planted where secrets and people's words go in, and looked for wherever others may read.

A canary is ASCII letters and digits, so that no encoding on the way (JSON, URL, e-mail headers) hides it; base64 is looked into.
"""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import dataclass, field

BASE64 = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")


@dataclass(frozen=True)
class Leak:
    what: str
    where: str
    around: str


@dataclass
class Aviary:
    """`planted`: each canary by what it stands for. `used`: texts that show where it went. `told`: what others may read."""

    planted: dict[str, str] = field(default_factory=dict)
    used: list[str] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)

    def plant(self, what: str, form: str = "{}") -> str:
        """A text of that form with the canary in it; the same each time for the same thing."""
        if what not in self.planted:
            self.planted[what] = f"canario{len(self.planted):02d}{secrets.token_hex(5)}"
        return form.format(self.planted[what])

    def keep(self, what: str, secret: str) -> str:
        """A secret that is made elsewhere, such as a token."""
        self.planted[what] = secret
        return secret

    def use(self, text: object) -> None:
        """Where canaries went, as they should."""
        self.used.append(str(text))

    def tell(self, where: str, text: object) -> None:
        """What others may read: a log, a metric, an error, a header."""
        self.told.append((where, str(text)))

    def unused(self) -> list[str]:
        """Canaries that went nowhere: that none of them got out says nothing."""
        everywhere = "\n".join((*self.used, *(piece for text in self.used for piece in _decoded(text))))
        return [what for what, word in self.planted.items() if word not in everywhere]

    def leaks(self) -> list[Leak]:
        """What got out."""
        found = []
        for where, text in self.told:
            for shown in (text, *_decoded(text)):
                for what, word in self.planted.items():
                    place = shown.find(word)
                    if place >= 0:
                        found.append(Leak(what, where, shown[max(0, place - 60) : place + len(word) + 20]))
        return found


def _decoded(text: str) -> list[str]:
    """What is written in base64 inside."""
    decoded = []
    for piece in BASE64.findall(text):
        try:
            raw = base64.b64decode(piece.replace("-", "+").replace("_", "/") + "==")
        except ValueError:
            continue
        decoded.append(raw.decode("latin-1"))
    return decoded
