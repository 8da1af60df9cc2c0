"""The settings of a new business, checked before anything is written."""

from __future__ import annotations

import re
from datetime import time
from typing import cast, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cafe_ai.intake.model import BusinessRefused
from cafe_ai.platform.ids import uuid7
from cafe_ai.tenancy.country import country_codes
from cafe_ai.tenancy.model import Business, Locale

# ISO 4217, active codes of currencies (funds, metals and testing codes left out).
_CODES = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP "
    "CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG "
    "HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL "
    "MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR "
    "RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD "
    "TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG "
)
CURRENCIES = frozenset(_CODES.split())


def new_business(
    name: str, *, timezone: str, currency: str, locale: str, type: str = "shop", day_starts: str = "00:00"
) -> Business:
    """A business with an id of its own that is not stored yet. Raises `BusinessRefused`, naming the setting."""
    if not name.strip() or len(name) > 200 or not name.isprintable():
        raise BusinessRefused("The business needs a name of 1 to 200 printable characters.")
    if not re.fullmatch(r"\w{1,50}", type):
        raise BusinessRefused(f"The type must be one word, such as cafeteria or gift_shop; got {type!r}.")
    if locale not in get_args(Locale):
        raise BusinessRefused(f"The locale must be es or en; got {locale!r}.")
    return Business(
        id=uuid7(),
        name=name.strip(),
        type=type,
        timezone=_checked_timezone(timezone),
        currency=_checked_currency(currency),
        locale=cast(Locale, locale),
        day_starts=_checked_day_start(day_starts),
    )


def checked_country(text: str) -> str:
    """The ISO 3166 alpha-2 code, in capitals. Raises `BusinessRefused`."""
    code = text.strip().upper()
    if code not in country_codes():
        raise BusinessRefused(f"There is no country {text!r}; it must be an ISO 3166 alpha-2 code such as ES.")
    return code


def _checked_timezone(timezone: str) -> str:
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BusinessRefused(
            f"There is no time zone {timezone!r}; it must be an IANA name such as Europe/Madrid."
        ) from None
    return timezone


def _checked_currency(currency: str) -> str:
    code = currency.upper()
    if code not in CURRENCIES:
        raise BusinessRefused(f"There is no currency {currency!r}; it must be an ISO 4217 code such as EUR.")
    return code


def _checked_day_start(text: str) -> time:
    match = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", text)
    if match is None:
        raise BusinessRefused(f"The hour at which the day starts must be written HH:MM; got {text!r}.")
    return time(int(match[1]), int(match[2]))
