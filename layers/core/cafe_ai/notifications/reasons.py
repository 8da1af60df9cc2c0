"""Why a job failed, in words for a shop's owner. A job keeps its reason in English, as the API tells it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cafe_ai.errors import DeadlineExceeded, DependencyDown, InternalError
from cafe_ai.language.formats import Language

OUR_MISTAKE: Mapping[Language, str] = {
    "es": "algo ha fallado en nuestro servicio",
    "en": "something went wrong in our service",
}
NO_ANSWER: Mapping[Language, str] = {
    "es": "uno de los sistemas que necesitamos no respondía",
    "en": "one of the systems that we need did not respond",
}
TOO_LONG: Mapping[Language, str] = {"es": "ha tardado más tiempo del permitido", "en": "it took longer than it may"}

# Those in quotes are of jobs.running, jobs.ending and reports.ending, which stand above this module; a test compares them.
KNOWN: Mapping[str, Mapping[Language, str]] = {
    "the service made a mistake": OUR_MISTAKE,
    InternalError().detail: OUR_MISTAKE,
    "the work stopped without a word": {
        "es": "el trabajo se ha interrumpido en nuestro servicio",
        "en": "the work was interrupted in our service",
    },
    DependencyDown("any").detail: NO_ANSWER,
    "A system that the report needs could not be reached for several minutes; try again later.": NO_ANSWER,
    DeadlineExceeded().detail: TOO_LONG,
    "The report took longer than it may; ask for a shorter period, or try again later.": TOO_LONG,
}
OTHER: Mapping[Language, str] = {
    "es": "el servicio ha respondido «{reason}»",
    "en": "the service answered “{reason}”",
}
GAVE_UP: Mapping[Language, str] = {
    "es": "Lo hemos intentado {attempts} veces: {reason}.",
    "en": "We tried {attempts} times: {reason}.",
}
ONCE: Mapping[Language, str] = {"es": "El motivo: {reason}.", "en": "The reason: {reason}."}
UNKNOWN: Mapping[Language, str] = {
    "es": "Lo hemos intentado varias veces sin éxito.",
    "en": "We tried several times, in vain.",
}

_GAVE_UP = re.compile(r"gave up after (\d+) attempts?: (.+)", re.DOTALL)


def explain(reason: str, locale: Language) -> str:
    """The reason as a sentence in that language; what is not known is quoted as it is."""
    if not reason:
        return UNKNOWN[locale]
    gave_up = _GAVE_UP.fullmatch(reason)
    cause = gave_up[2] if gave_up else reason
    told = KNOWN[cause][locale] if cause in KNOWN else OTHER[locale].format(reason=cause.rstrip("."))
    return GAVE_UP[locale].format(attempts=gave_up[1], reason=told) if gave_up else ONCE[locale].format(reason=told)
