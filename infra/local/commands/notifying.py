"""`cafe-ai notify`: whom a business wants told of its jobs, and whether it wants weekly reports."""

from __future__ import annotations

import argparse
from contextlib import closing
from typing import Any

from cafe_ai.bootstrap import Runtime
from cafe_ai.jobs.model import JobKind
from cafe_ai.jobs.routing import ROUTES
from cafe_ai.jobs.schedules.service import set_weekly_report
from cafe_ai.notifications import channels, service
from cafe_ai.notifications.model import Channel, ChannelKind, Event
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.db import Database
from cafe_ai.settings import Settings
from infra.local.commands.connection import add_database_option, business_id, running_stack, shop_database

EVENTS = {"completed": Event.COMPLETED, "failed": Event.FAILED}
KINDS = [kind.value for kind in JobKind if ROUTES[kind].announced]
SECONDS = 60.0


def add_parsers(commands: Any) -> None:
    """The command."""
    parser = commands.add_parser(
        "notify",
        help="say who is told of finished jobs, and whether a report comes each week",
        description="Tell a business of its finished and failed jobs by e-mail or webhook, and send it a report each Monday. A "
        "webhook's secret is printed once; docs/webhooks.md says how to check signatures.",
    )
    parser.add_argument("--business", type=business_id, metavar="UUID", required=True)
    address = parser.add_mutually_exclusive_group()
    address.add_argument("--email", metavar="ADDRESS", help="tell this address")
    address.add_argument("--webhook", metavar="URL", help="post to this address, https://...")
    address.add_argument("--list", action="store_true", help="print where the business is told")
    address.add_argument("--redeliver", action="store_true", help="send again what was given up")
    parser.add_argument("--remove", action="store_true", help="tell the address nothing any more")
    parser.add_argument("--events", nargs="+", choices=tuple(EVENTS), metavar="EVENT", help="completed, failed (both)")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, metavar="KIND", help=f"{', '.join(KINDS)} (all)")
    parser.add_argument("--locale", choices=("es", "en"), help="the language of e-mails (the business's)")
    parser.add_argument("--weekly-report", choices=("on", "off"), help="a sales report each Monday at 6, or none")
    add_database_option(parser)
    parser.set_defaults(run=keep_notifications, parser=parser)


def keep_notifications(options: argparse.Namespace) -> None:
    """Run `cafe-ai notify`."""
    address = options.email or options.webhook
    if options.remove and not address:
        options.parser.error("--remove needs --email or --webhook")
    if not (address or options.list or options.redeliver or options.weekly_report):
        options.parser.error("say what to do: --email, --webhook, --list, --redeliver or --weekly-report")
    with shop_database(options) as database:
        if address:
            _keep_channel(database, options, "email" if options.email else "webhook", address)
        if options.weekly_report:
            set_weekly_report(database, options.business, options.weekly_report == "on")
            print(f"Weekly reports are {options.weekly_report}.")
        if options.list:
            print(
                "\n".join(_row(channel) for channel in channels.listed(database, options.business)) or "Nobody is told."
            )
    if options.redeliver:
        _redeliver(options)


def _keep_channel(database: Database, options: argparse.Namespace, kind: ChannelKind, address: str) -> None:
    if options.remove:
        channels.remove(database, options.business, kind, address)
        print(f"{address} is told nothing any more.")
        return
    secret = channels.add(
        database,
        options.business,
        kind,
        address,
        events=[EVENTS[name] for name in options.events] if options.events else tuple(Event),
        kinds=options.kinds,
        locale=options.locale,
        private_hosts=_private_hosts(options),
    )
    print(f"{address} is told from now on.")
    if secret is not None:
        print(f"Secret, shown this once: {secret}")


def _private_hosts(options: argparse.Namespace) -> frozenset[str]:
    """The local stack reaches receivers on this machine; no other does."""
    if options.database_url:
        return frozenset()
    from infra.local.stack import WEBHOOK_PRIVATE_HOSTS

    return frozenset(WEBHOOK_PRIVATE_HOSTS.split())


def _row(channel: Channel) -> str:
    events = ", ".join(event.value for event in channel.events)
    kinds = ", ".join(channel.kinds) if channel.kinds else "all kinds"
    off = "" if channel.active else ", switched off"
    return f"{channel.kind:<8} {channel.address}  ({events}; {kinds}{off})"


def _redeliver(options: argparse.Namespace) -> None:
    """As the functions' role, which alone writes deliveries. No queue is configured here: the relay sends within a minute."""
    with closing(Database(running_stack().dsn_app)) as database:
        runtime = Runtime.of(Settings(), database=database)
        again = service.redeliver(runtime, options.business, Deadline.after(SECONDS))
    print(f"{again} deliveries are sent again, within a minute.")
