"""What ratings say of two variants: shares, their difference, and a test that may be looked at any day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import exp, log, sqrt

Z95 = 1.959963984540054  # of a two-sided interval of 95 %
PRIOR = 1.0
"""Both shapes of the Beta prior on each share. Any is valid; the uniform one tells common differences soonest."""


def wilson_interval(ups: int, rated: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson, 1927); all of [0, 1] where nothing was rated."""
    if rated == 0:
        return 0.0, 1.0
    share, z2 = ups / rated, Z95**2
    centre = (share + z2 / (2 * rated)) / (1 + z2 / rated)
    half = Z95 * sqrt(share * (1 - share) / rated + z2 / (4 * rated**2)) / (1 + z2 / rated)
    return max(0.0, centre - half), min(1.0, centre + half)


def difference_interval(ups: tuple[int, int], rated: tuple[int, int]) -> tuple[float, float]:
    """The 95 % interval of the second share minus the first (Newcombe, 1998, method 10: both scores' intervals squared).

    It is right for one look at an amount of ratings that was fixed beforehand, no more: `e_values` is for looking daily.
    """
    if not all(rated):
        return -1.0, 1.0
    first, second = (up / n for up, n in zip(ups, rated, strict=True))
    (low_1, high_1), (low_2, high_2) = (wilson_interval(up, n) for up, n in zip(ups, rated, strict=True))
    difference = second - first
    low = difference - sqrt((second - low_2) ** 2 + (high_1 - first) ** 2)
    high = difference + sqrt((high_2 - second) ** 2 + (first - low_1) ** 2)
    return max(-1.0, low), min(1.0, high)


def pair(ratings: Iterable[tuple[int, bool]]) -> list[tuple[bool, bool]]:
    """The nth rating of the one group beside the nth of the other, as they came; what has no partner yet waits.

    ratings: which group (0 or 1), and whether it was up.
    """
    groups: tuple[list[bool], list[bool]] = ([], [])
    for group, up in ratings:
        groups[group].append(up)
    return list(zip(*groups, strict=False))


def e_values(pairs: Sequence[tuple[bool, bool]]) -> list[float]:
    """The evidence after each pair that the two shares differ: an e-process, 1 where there is none.

    Where the shares are equal, whatever they are, it ever reaches 1/α with a probability of at most α (Ville's
    inequality), so it may be looked at after each pair and the test ended at will. Of each pair the likelihood under shares
    predicted from the pairs before it (the means of Beta posteriors) is divided by the likelihood under their mean for both:
    Turner, Ly and Grünwald, "Generic E-variables for exact sequential k-sample tests that allow for optional stopping",
    Journal of Statistical Planning and Inference 230 (2024), with one observation of each group a block.
    """
    evidence, told = 0.0, []
    ups = [0, 0]
    for before, both in enumerate(pairs):
        shares = [(up + PRIOR) / (before + 2 * PRIOR) for up in ups]
        common = sum(shares) / 2
        for group, up in enumerate(both):
            evidence += log(shares[group] if up else 1 - shares[group]) - log(common if up else 1 - common)
            ups[group] += up
        told.append(exp(min(evidence, 700.0)))
    return told
