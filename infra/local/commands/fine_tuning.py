"""`cafe-ai fine-tune`: approved examples as training files, jobs, the examination of what they make, and who is given it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from infra.local.commands.connection import business_id

HELP = """\
Fine-tune the planner for a type of business with approved examples: export, check, start, status, evaluate, promote,
rollback, routes; and share, with which an owner agrees that a business's examples serve others of its type. The key and the
address of the server are OPENAI_API_KEY and OPENAI_BASE_URL. docs/fine-tuning.md says what it costs, and what to use instead:
OpenAI takes no new jobs after 2027-01-06."""


def add_parsers(commands: Any) -> None:
    """The command and its parts."""
    parser = commands.add_parser(
        "fine-tune",
        help="train a planner with approved examples, examine it, and give it to a type of business",
        description=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parts = parser.add_subparsers(title="parts", metavar="PART", required=True)
    for add in (_add_files, _add_jobs, _add_evaluation, _add_routes):
        add(parts)


def _later(name: str) -> Callable[[argparse.Namespace], None]:
    """What carries a part out, imported when it is run: it brings the models and the pipelines with it."""

    def run(options: argparse.Namespace) -> None:
        from infra.local import tuning

        getattr(tuning, name)(options)

    return run


def _add_files(parts: Any) -> None:
    export = parts.add_parser("export", help="write training and held-out files")
    _add_type(export)
    export.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    _add_database(export, "cafe_ai_app")
    export.set_defaults(run=_later("export_files"))
    checking = parts.add_parser("check", help="find what is wrong with the files, and estimate what training costs")
    _add_folder(checking)
    checking.set_defaults(run=_later("check_files"))


def _add_jobs(parts: Any) -> None:
    start = parts.add_parser("start", help="check the files, upload them and start a job")
    _add_folder(start)
    start.add_argument("--suffix", help="a part of the new model's name")
    start.add_argument("--seed", type=int)
    start.set_defaults(run=_later("start_job"))
    status = parts.add_parser("status", help="how a job is, or which jobs there are")
    status.add_argument("job", nargs="?")
    status.add_argument("--wait", action="store_true", help="until it has ended")
    status.add_argument("--cancel", action="store_true")
    status.set_defaults(run=_later("show_status"))


def _add_evaluation(parts: Any) -> None:
    evaluate = parts.add_parser("evaluate", help="have a model and the present one answer the held-out questions")
    _add_type(evaluate)
    evaluate.add_argument("--model", required=True, help="the candidate, by the name its server knows")
    evaluate.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="where the result is written, for promote"
    )
    evaluate.add_argument(
        "--business", type=business_id, metavar="UUID", help="carry the plans out on this shop as well"
    )
    evaluate.add_argument(
        "--as-of", type=datetime.fromisoformat, metavar="MOMENT", help="with --business: as of when (now)"
    )
    _add_database(evaluate, "cafe_ai_app")
    evaluate.set_defaults(run=_later("evaluate_model"))
    promotion = parts.add_parser("promote", help="give the type the model, if it did at least as well")
    _add_type(promotion)
    promotion.add_argument("--evaluation", type=Path, required=True, metavar="FILE", help="what evaluate wrote")
    _add_reason(promotion)
    _add_database(promotion, "cafe_ai_owner")
    promotion.set_defaults(run=_later("promote_model"))


def _add_routes(parts: Any) -> None:
    rollback = parts.add_parser("rollback", help="give the type the model that it had before")
    _add_type(rollback)
    _add_reason(rollback)
    _add_database(rollback, "cafe_ai_owner")
    rollback.set_defaults(run=_later("roll_model_back"))
    shown = parts.add_parser("routes", help="which model each type is given, and was")
    _add_database(shown, "cafe_ai_owner")
    shown.set_defaults(run=_later("show_routes"))
    share = parts.add_parser("share", help="say whether a business's examples may serve others of its type")
    share.add_argument("agreed", choices=("on", "off"))
    share.add_argument("--business", type=business_id, metavar="UUID", required=True)
    _add_database(share, "cafe_ai_saas")
    share.set_defaults(run=_later("share_examples"))


def _add_type(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--type", required=True, help="a type of business: cafeteria, gift_shop, ...")


def _add_reason(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--reason", required=True, help="why, for whoever looks at the routes later")


def _add_folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="where training.jsonl and held_out.jsonl are")
    parser.add_argument("--model", required=True, help="the model to train")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--usd-per-million", type=_amount, metavar="USD", help="what a million trained tokens cost")


def _add_database(parser: argparse.ArgumentParser, role: str) -> None:
    parser.add_argument(
        "--database-url", metavar="URL", help=f"another database than the local stack's, as the role {role}"
    )


def _amount(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise argparse.ArgumentTypeError(f"{text!r} is no amount") from None
