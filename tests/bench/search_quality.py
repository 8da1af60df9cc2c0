"""How well search finds: words and models alone, put together in several ways, and as the service does it."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from unittest.mock import patch

from cafe_ai.catalogue import lexical, ranking
from cafe_ai.embeddings import offline
from cafe_ai.embeddings.offline import OfflineModel
from cafe_ai.platform.clock import Deadline
from tests.bench.measuring import Spread
from tests.bench.report import Result, table
from tests.bench.shops import Shop
from tests.search.data_sets import DEV_CATALOGUES, TEST_CATALOGUES, Item, catalogue, queries
from tests.search.searching import Order, Quality, Shelf, service_order
from tests.search.searching import measure as measure_quality

SPLITS = {"test": TEST_CATALOGUES, "dev": DEV_CATALOGUES}
CANDIDATES = 150  # what a search of the service ranks at most: 100 by vectors, 50 by words

Score = Callable[[str, Sequence[Item], Sequence[float]], list[float]]


def measure(shop: Shop, quick: bool) -> Result:
    """MRR and "nothing fits" on the labelled catalogues, and what the parts take."""
    use, e5, both = (Shelf(model) for model in (offline.use_m3(), _e5_alone(), offline.use_m3_with_e5()))
    name, both_name = use.model.name, both.model.name
    ways: list[tuple[str, Shelf, Order, bool]] = [
        ("BM25 (stems) alone", use, _by(_bm25), False),
        ("our words alone (glossary, typos, compounds)", use, _by(_words), False),
        ("USE alone", use, _by(_cosine), False),
        ("E5 alone", e5, _by(_cosine), False),
        ("USE + E5, one vector", both, _by(_cosine), False),
        ("USE and words, rank fusion with equal weights", use, _by(_fused_ranks), False),
        ("USE and words, sum of z-scores", use, _by(_summed_z_scores), False),
        (f"**ours, {name}**", use, service_order(name), True),
        (f"ours, {both_name}", both, service_order(both_name), True),
        ("ours without a model (vector store down)", use, service_order(None), True),
    ]
    rows, raw = [], {}
    for title, shelf, order, decides in ways:
        found = {split: measure_quality(shelf, split, names, order) for split, names in SPLITS.items()}
        rows.append([title, *_figures(found["test"], decides=decides), *_figures(found["dev"], decides=decides)])
        raw[title] = {split: {"mrr": each.mrr, "nothing_fits": each.nothing_fits} for split, each in found.items()}
    with _without_glossary():
        found = {split: measure_quality(use, split, names, service_order(name)) for split, names in SPLITS.items()}
        rows.append([f"ours, {name}, without the glossary", *_figures(found["test"]), *_figures(found["dev"])])
    times = _times(100 if quick else 1000)
    heads = ["", "MRR, test", "nothing fits", "missed", "MRR, dev", "nothing fits", "missed"]
    kinds = _by_kind(measure_quality(use, "test", TEST_CATALOGUES, service_order(name)))
    text = "\n\n".join(
        [
            table(heads, rows),
            table(["MRR of ours by kind of query, test", "queries", "MRR"], kinds),
            table(["", "ms"], [[what, spread.text()] for what, spread in times.items()]),
        ]
    )
    return Result(text, {"ways": raw})


def _e5_alone() -> OfflineModel:
    return OfflineModel("e5-small", 384, offline._load_e5)


def _figures(quality: Quality, *, decides: bool = True) -> list[str]:
    mrr = f"{quality.mrr:.3f}"
    if not decides:
        return [mrr, "", ""]
    return [mrr, f"{quality.nothing_fits:.1%}", f"{len(quality.missed)} of {len(quality.reciprocal_ranks)}"]


def _by_kind(quality: Quality) -> list[list[object]]:
    kinds = Counter(query.kind for query in quality.reciprocal_ranks)
    return [
        [kind, count, f"{sum(v for q, v in quality.reciprocal_ranks.items() if q.kind == kind) / count:.3f}"]
        for kind, count in sorted(kinds.items())
    ]


# --- Other ways to rank ----------------------------------------------------------------------------------------------


def _by(score: Score) -> Order:
    def order(query: str, items: Sequence[Item], cosines: Sequence[float]) -> list[str]:
        scores = score(query, items, cosines)
        return [items[at].id for at in sorted(range(len(items)), key=lambda at: -scores[at])]

    return order


def _cosine(query: str, items: Sequence[Item], cosines: Sequence[float]) -> list[float]:
    return list(cosines)


def _words(query: str, items: Sequence[Item], cosines: Sequence[float]) -> list[float]:
    return lexical.score(query, [(item.title, item.content) for item in items])


def _bm25(query: str, items: Sequence[Item], cosines: Sequence[float]) -> list[float]:
    """Robertson's, with k1 = 1.2 and b = 0.75, over stems."""
    counts = [Counter(lexical.stems(f"{item.title} {item.content}")) for item in items]
    lengths = [count.total() for count in counts]
    mean = sum(lengths) / len(lengths)
    scores = [0.0] * len(items)
    for stem in set(lexical.stems(query)):
        holders = sum(stem in count for count in counts)
        weight = math.log(1 + (len(items) - holders + 0.5) / (holders + 0.5))
        for at, count in enumerate(counts):
            norm = 1.2 * (0.25 + 0.75 * lengths[at] / mean)
            scores[at] += weight * count[stem] * 2.2 / (count[stem] + norm)
    return scores


def _fused_ranks(query: str, items: Sequence[Item], cosines: Sequence[float]) -> list[float]:
    """Reciprocal rank fusion with k = 60."""
    fused = [0.0] * len(items)
    for scores in (cosines, _words(query, items, cosines)):
        for rank, at in enumerate(sorted(range(len(items)), key=lambda at: -scores[at]), 1):
            fused[at] += 1 / (60 + rank)
    return fused


def _summed_z_scores(query: str, items: Sequence[Item], cosines: Sequence[float]) -> list[float]:
    both = (_z_scores(cosines), _z_scores(_words(query, items, cosines)))
    return [one + other for one, other in zip(*both, strict=True)]


def _z_scores(values: Sequence[float]) -> list[float]:
    mean = sum(values) / len(values)
    spread = math.sqrt(sum((value - mean) ** 2 for value in values) / len(values)) or 1.0
    return [(value - mean) / spread for value in values]


@contextmanager
def _without_glossary() -> Iterator[None]:
    with patch.object(lexical, "_synonyms", dict):
        yield


# --- What it takes ---------------------------------------------------------------------------------------------------


def _times(rounds: int) -> dict[str, Spread]:
    """Milliseconds of the parts of a search that run in the process."""
    texts = [query.text for split in SPLITS for query in queries(split)]
    items = [item for names in SPLITS.values() for name in names for item in catalogue(name)][:CANDIDATES]
    candidates = [ranking.Candidate(item.id, item.title, item.content, 0.3) for item in items]
    use, both = offline.use_m3(), offline.use_m3_with_e5()
    timed: dict[str, Callable[[str], object]] = {
        "embed a query, use-m3": lambda text: use.embed_query(text, Deadline.after(60)),
        "embed a query, use-m3+e5-small": lambda text: both.embed_query(text, Deadline.after(60)),
        f"rank {CANDIDATES} candidates, their texts read before": lambda text: ranking.rank(
            text, candidates, model="use-m3"
        ),
        f"rank {CANDIDATES} candidates for the first time": lambda text: _rank_afresh(text, candidates),
    }
    started = time.perf_counter()
    use.embed_query("café", Deadline.after(60))
    spent = {"load use-m3": [(time.perf_counter() - started) * 1000]}
    for what, run in timed.items():
        run(texts[0])
        spent[what] = [_milliseconds(run, texts[n % len(texts)]) for n in range(rounds)]
    return {what: Spread.of(samples) for what, samples in spent.items()}


def _rank_afresh(text: str, candidates: list[ranking.Candidate]) -> None:
    lexical.read_text.cache_clear()
    ranking.rank(text, candidates, model="use-m3")


def _milliseconds(run: Callable[[str], object], text: str) -> float:
    started = time.perf_counter()
    run(text)
    return (time.perf_counter() - started) * 1000
