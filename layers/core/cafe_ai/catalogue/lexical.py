"""How well the words of a query are found in each of a few hundred texts: BM25 made fit for names of products.

Score of a text d for a query q, with the words' weights w (their IDF among the candidates):

    Σ w(t) · match(t, d) · tf·(k1 + 1) / (tf + k1·(1 − b + b·|d| / mean|d|))   divided by   Σ w(t)·(k1 + 1)

which is BM25 (Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, eq. 3.15; k1 = 1.2 and
a small b, because a product's description says little by its length) as a share of what a text made of the query's
words would reach at most: 0 where no word is found, near 1 where all are, comparable across queries. A word counts
TITLE_WEIGHT times in the title (BM25F, ibid. 3.6). match is 1 for the same stem and less for a word of the same meaning
in the other language (glossary.txt), a part of a compound, and a typo.
"""

from __future__ import annotations

import functools
import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from cafe_ai.language.text import fold

K1, B = 1.2, 0.3
OTHER_TEXTS = 20  # without the word, counted beside the candidates: a word is not common because few texts are compared
TITLE_WEIGHT = 2.0
SAME_MEANING, TYPO, PART_OF_WORD, WHOLE_OF_PART = 0.8, 0.8, 0.6, 0.4

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_SOUNDS = tuple(
    (re.compile(written), heard)
    for written, heard in (
        ("ph", "f"), ("ll", "y"), ("sh|ch", "x"), ("h", ""), ("qu(?=[ei])|ck|k", "c"), ("c(?=[ei])|z", "s"), ("v", "b"),
        ("g(?=[ei])", "j"), (r"(.)\1", r"\1"),
    )
)  # fmt: skip
_NEGATION = frozenset({"sin", "without"})
_STOP_WORDS = frozenset(
    "a al ante como con cual cuales cuando cuanto de del desde donde e el ella ellos en entre era es esa ese eso esta este esto "
    "estan estoy fue ha han hay la las le les lo los mas me mi mis muy nos o os para pero por porque que quien se ser si sobre "
    "son su sus tambien te teneis tenemos tener tengo tiene tienen tienes tu u un una unas uno unos y ya vuestro vuestra "
    "algo alguna alguno algun cosa busco quiero quisiera necesito dame puedo puede podeis podria hacer hace haceis "
    "an and any are as at be been but by can could do does for from get give got had has have how i i'd i'm if in is it its "
    "just me my need of on or our please she show some something anything that the their them there these they this to "
    "want was we were what when where which who will with would you your looking look find buy like thing".split()
)


@dataclass(frozen=True, slots=True)
class Text:
    """The words of a text to be found: how often each stem stands in it, counted by weight, and its length."""

    counts: Mapping[str, float]
    length: float


@functools.lru_cache(maxsize=4096)
def read_text(title: str, text: str) -> Text:
    """The stems of a title and a text."""
    counts: Counter[str] = Counter()
    for stem in stems(title):
        counts[stem] += TITLE_WEIGHT  # type: ignore[assignment]
    for stem in stems(text):
        counts[stem] += 1
    return Text(counts, sum(counts.values()))


def score(query: str, texts: Sequence[tuple[str, str]]) -> list[float]:
    """For each title and text how well they hold the query's words, in [0, 1]; see the module."""
    wanted = stems(query)
    if not wanted or not texts:
        return [0.0] * len(texts)
    read = [read_text(title, text) for title, text in texts]
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for position, text in enumerate(read):
        for stem in text.counts:
            holders[stem].append(position)
    mean_length = sum(text.length for text in read) / len(read) or 1.0
    norms = [K1 * (1 - B + B * text.length / mean_length) for text in read]
    totals, ideal = [0.0] * len(read), 0.0
    for stem in _joined(list(dict.fromkeys(wanted)), holders):
        best: dict[int, float] = {}
        weight = _idf(len(read), 0)
        for other, match in near_stems(stem, holders).items():
            rarity = _idf(len(read), len(holders[other]))
            if match >= SAME_MEANING:
                weight = min(weight, rarity)
            for position in holders[other]:
                count = read[position].counts[other]
                gain = match * rarity * count * (K1 + 1) / (count + norms[position])
                best[position] = max(best.get(position, 0.0), gain)
        ideal += weight
        for position, gain in best.items():
            totals[position] += gain
    return [min(1.0, total / (ideal * (K1 + 1) * _REACHED)) for total in totals]


_REACHED = TITLE_WEIGHT / (TITLE_WEIGHT + K1)  # of a word's limit, once in the title of a text of mean length


def _idf(texts: int, holders: int) -> float:
    return math.log(1 + (texts + OTHER_TEXTS - holders + 0.5) / (holders + 0.5))


def _joined(wanted: Sequence[str], known: Mapping[str, object]) -> list[str]:
    """The stems with two neighbours made one where the texts write them so: "tea cup" as "teacup"."""
    found: list[str] = []
    for stem in wanted:
        if found and " " not in stem and found[-1] + stem in known:
            found[-1] += stem
        else:
            found.append(stem)
    return found


def near_stems(stem: str, known: Mapping[str, object]) -> dict[str, float]:
    """The stems among those known that a query's word may mean, with how surely."""
    near = dict.fromkeys((other for other in _synonyms().get(stem, ()) if other in known), SAME_MEANING)
    if stem in known:
        near[stem] = 1.0
    if len(stem) < 3 or " " in stem or stem.isdigit():
        return near
    for other in known:
        if other not in near and " " not in other and (match := _resembles(stem, other, certain=bool(near))):
            near[other] = match
    return near


def _resembles(stem: str, other: str, *, certain: bool) -> float:
    """How surely two stems are one word: part of a compound, or a typo, which is looked for where nothing else is found."""
    if len(stem) >= 4 and (other.startswith(stem) or (len(stem) >= 5 and other.endswith(stem))):
        return PART_OF_WORD
    if certain or len(other) < 3:
        return 0.0
    heard, read = _sound(stem), _sound(other)
    if heard == read:
        return TYPO
    if min(len(stem), len(other)) >= 4 and heard[:1] == read[:1] and abs(len(heard) - len(read)) <= 2:
        from rapidfuzz.distance import OSA

        allowed = 1 if len(heard) < 7 else 2
        if OSA.distance(heard, read, score_cutoff=allowed) <= allowed:
            return TYPO
    return WHOLE_OF_PART if len(other) >= 4 and stem.startswith(other) else 0.0


@functools.lru_cache(maxsize=32_768)
def _sound(stem: str) -> str:
    """The stem as it is heard in Spanish: what people who write by ear confuse becomes the same."""
    for written, heard in _SOUNDS:
        stem = written.sub(heard, stem)
    return stem


def stems(text: str) -> list[str]:
    """The words of a text that carry meaning, as stems; what is gone without is one stem of its own ("sin azucar")."""
    found: list[str] = []
    negated = False
    for word in _WORD.findall(fold(text)):
        if word in _NEGATION:
            negated = True
        elif word == "free" and found:
            found[-1] = f"sin {found[-1].removeprefix('sin ')}"
        elif word not in _STOP_WORDS:
            stem = stem_word(word)
            found.append(f"sin {stem}" if negated else stem)
            negated = False
    return found


@functools.lru_cache(maxsize=32_768)
def stem_word(word: str) -> str:
    """A folded word without the endings of number and gender, Spanish and English alike.

    After Savoy's light stemmers ("Light Stemming Approaches for the French, Portuguese, German and Hungarian Languages",
    SAC 2006; the Spanish one is of the same family) and Harman's S-stemmer; -ing and -ed of longer words go too.
    """
    if len(word) < 4 or not word.isalpha():
        return word
    if word.endswith("ces") and len(word) > 4:
        word = word[:-3] + "z"
    elif word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            word = word[: -len(ending)]
            break
    return word[:-1] if len(word) > 3 and word[-1] in "aoe" else word


@functools.cache
def _synonyms() -> dict[str, frozenset[str]]:
    """For each stem of the glossary the other stems of its lines."""
    lines = resources.files(__package__).joinpath("glossary.txt").read_text(encoding="utf-8").splitlines()
    found: defaultdict[str, set[str]] = defaultdict(set)
    for line in lines:
        if line and not line.startswith("#"):
            meaning = {stem_word(fold(word)) for word in line.split()}
            for stem in meaning:
                found[stem] |= meaning - {stem}
    return {stem: frozenset(others) for stem, others in found.items()}


def same_meaning(stem: str) -> frozenset[str]:
    """The stems of the words that mean the same, by the glossary; empty where it does not know the word."""
    return _synonyms().get(stem, frozenset())
