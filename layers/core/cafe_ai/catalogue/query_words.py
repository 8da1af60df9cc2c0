"""The words of a query that PostgreSQL's full text is asked for."""

from __future__ import annotations

import re

from cafe_ai.language.text import fold

MOST_WORDS = 60  # of a longer text the first ones
# sin, con and no are no stop words: on a menu they decide.
STOP_WORDS = frozenset(
    "a al ante como cual cuales cuando cuanto de del desde donde e el ella ellos en entre es esa ese eso esta este esto fue ha "
    "han hay la las le les lo los mas me mi mis muy nos o os para pero por porque que quien se ser si sobre son su sus te "
    "teneis tenemos tener tengo tiene tienen tienes tu u un una unas uno unos y ya vuestro vuestra algo algun alguna "
    "an and any are as at be but by can do does for from get got had has have how i if in is it its me my of on or our so "
    "some something that the their them there these they this to want was we were what when where which who will you your".split()
)
_WORD = re.compile(r"[^\W_]+")


def query_words(text: str) -> str:
    """Letters and digits in lower case, separated by spaces, without words that say nothing; all of them if no other is left."""
    words = list(dict.fromkeys(_WORD.findall(fold(text))))
    telling = [word for word in words if word not in STOP_WORDS]
    return " ".join((telling or words)[:MOST_WORDS])
