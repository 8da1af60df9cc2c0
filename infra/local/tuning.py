"""What `cafe-ai fine-tune` does, part by part."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from cafe_ai.examples import repository as examples
from cafe_ai.examples.nearest import Collection
from cafe_ai.examples.service import set_sharing
from cafe_ai.llm import OPENAI_URL, build
from cafe_ai.llm.fine_tuning import FineTuning, FineTuningFailed, TuningJob
from cafe_ai.llm.models import find_training_price
from cafe_ai.llm.port import LanguageModel
from cafe_ai.model_routes import repository as routes
from cafe_ai.platform.clock import Deadline, now_utc
from cafe_ai.platform.db import Database
from cafe_ai.settings import Settings, load_settings
from cafe_ai.tenancy import service as tenancy
from infra.local.commands.connection import running_stack, shop_database
from infra.local.problems import StackError
from ml.models.planning.evaluation import Report, Score, examine, objections
from ml.models.planning.promotion import NotPromoted, promote, roll_back
from ml.models.planning.stage import Stage
from ml.pipelines.fine_tuning.dataset import Dataset, write_jsonl
from ml.pipelines.fine_tuning.dataset import build as build_dataset
from ml.pipelines.fine_tuning.estimate import estimate
from ml.pipelines.fine_tuning.validation import check, describe

MOST_EXAMPLES = 50_000
SECONDS = 300.0
PATIENCE_SECONDS = 6 * 3600.0
TRAINING, HELD_OUT = "training.jsonl", "held_out.jsonl"


# --- Files ---------------------------------------------------------------------------------------------------------


def export_files(options: argparse.Namespace) -> None:
    """Run `cafe-ai fine-tune export`."""
    with _opened(options.database_url or running_stack().dsn_app) as database:
        dataset = _dataset(database, options.type)
    options.out.mkdir(parents=True, exist_ok=True)
    for name, side in ((TRAINING, dataset.training), (HELD_OUT, dataset.held_out)):
        (options.out / name).write_text(write_jsonl(side), encoding="utf-8")
    print(f"{len(dataset.training)} to train on, {len(dataset.held_out)} held out, in {options.out}.")
    for (assistant, locale), (trained, kept) in dataset.strata().items():
        print(f"  {assistant:<20} {locale}  {trained:>6} {kept:>6}" + ("" if kept else "  none held out"))
    for why, number in dataset.left_out.items():
        print(f"  left out, {why}: {number}")


def check_files(options: argparse.Namespace) -> None:
    """Run `cafe-ai fine-tune check`. Raises StackError where something is wrong."""
    training, _ = _checked(options)
    price = options.usd_per_million or find_training_price(options.model)
    told = estimate(training, price, options.epochs)
    print(f"{told.examples} examples are in order: about {told.tokens:,} tokens, at most {told.tokens_at_most:,}.")
    if told.usd is None:
        print(f"What {options.model} costs to train is not known here: give --usd-per-million.")
    else:
        print(f"{told.epochs} epochs cost about {told.usd:.2f} USD, at most {told.usd_at_most:.2f} USD.")


def _checked(options: argparse.Namespace) -> tuple[str, str]:
    try:
        texts = [(options.folder / name).read_text(encoding="utf-8") for name in (TRAINING, HELD_OUT)]
    except (OSError, UnicodeDecodeError) as error:
        raise StackError(f"The files cannot be read: {error}") from error
    if faults := check(*texts):
        raise StackError(f"The files are not in order:\n{describe(faults)}")
    return texts[0], texts[1]


def _dataset(database: Database, business_type: str) -> Dataset:
    with database.transaction(deadline=Deadline.after(SECONDS), read_only=True) as uow:
        return build_dataset(business_type, examples.shared(uow, business_type, MOST_EXAMPLES))


# --- Jobs ----------------------------------------------------------------------------------------------------------


def start_job(options: argparse.Namespace) -> None:
    """Run `cafe-ai fine-tune start`."""
    training, held_out = _checked(options)
    deadline = Deadline.after(SECONDS)
    with _tuning() as tuning:
        files = [
            tuning.upload(name, text.encode(), deadline) for name, text in ((TRAINING, training), (HELD_OUT, held_out))
        ]
        job = tuning.create(
            options.model,
            files[0],
            deadline,
            validation_file=files[1],
            suffix=options.suffix,
            epochs=options.epochs,
            seed=options.seed,
        )
    print(_tell(job))


def show_status(options: argparse.Namespace) -> None:
    """Run `cafe-ai fine-tune status`."""
    if (options.wait or options.cancel) and not options.job:
        raise StackError("Name the job.")
    deadline = Deadline.after(PATIENCE_SECONDS if options.wait else SECONDS)
    with _tuning() as tuning:
        if not options.job:
            print("\n".join(map(_tell, tuning.list(deadline))) or "There are no jobs.")
        elif options.cancel:
            print(_tell(tuning.cancel(options.job, deadline)))
        elif options.wait:
            tuning.wait(options.job, deadline, lambda job: print(_tell(job), flush=True))
        else:
            print(_tell(tuning.get(options.job, deadline)))
            print("\n".join(f"  {event}" for event in tuning.events(options.job, deadline)))


def _tell(job: TuningJob) -> str:
    made = f" -> {job.fine_tuned_model}" if job.fine_tuned_model else ""
    return f"{job.id}  {job.status}  {job.model}{made}" + (f"  ({job.error})" if job.error else "")


@contextmanager
def _tuning() -> Iterator[FineTuning]:
    settings = _settings()
    tuning = FineTuning(api_key=settings.openai_api_key or "", base_url=settings.openai_base_url or OPENAI_URL)
    try:
        yield tuning
    except FineTuningFailed as failed:
        raise StackError(str(failed)) from failed
    finally:
        tuning.close()


def _settings() -> Settings:
    settings = load_settings()
    if settings.openai_api_key is None:
        raise StackError("OPENAI_API_KEY is not set.")
    return settings


# --- Evaluation and routes -----------------------------------------------------------------------------------------


def evaluate_model(options: argparse.Namespace) -> None:
    """Run `cafe-ai fine-tune evaluate`."""
    settings = _settings()
    with _opened(options.database_url or running_stack().dsn_app) as database:
        dataset = _dataset(database, options.type)
        if not dataset.held_out:
            raise StackError(f"There are no held-out questions of the type {options.type}.")
        with database.transaction(read_only=True) as uow:
            routed = routes.current(uow).get(options.type)
        stage = _stage(database, options)
        shown = {
            locale: Collection([example for example in dataset.training if example.locale == locale])
            for locale in ("es", "en")
        }
        present = examine(
            _model(settings, routed or settings.llm_model),
            dataset.held_out,
            (lambda _: ()) if routed else (lambda example: shown[example.locale].nearest(example.question)),
            stage,
        )
        candidate = examine(_model(settings, options.model), dataset.held_out, stage=stage)
    against = objections(candidate, present)
    result = {"type": options.type, "candidate": candidate.to_json(), "present": present.to_json()}
    options.out.write_text(json.dumps(result, indent=1), encoding="utf-8")
    print("\n".join((*_table(present), *_table(candidate))))
    print("It may be promoted." if not against else "It may not be promoted: " + "; ".join(against) + ".")


def _stage(database: Database, options: argparse.Namespace) -> Stage | None:
    if options.business is None:
        return None
    member = tenancy.stand_in(
        database, options.business, None, request_id="fine-tune", deadline=Deadline.after(SECONDS)
    )
    moment = options.as_of or now_utc()
    return Stage(database, member.business, moment if moment.tzinfo else moment.astimezone())


def _model(settings: Settings, name: str) -> LanguageModel:
    model = build(replace(settings, llm_model=name))
    if model is None:
        raise StackError("OPENAI_API_KEY is not set.")
    return model


def _table(report: Report) -> list[str]:
    rows = [*((" ".join(stratum), score) for stratum, score in report.strata.items()), ("all", report.total)]
    return [
        f"{report.model}  ({report.tokens:,} tokens, {report.cost_usd:.6f} USD)",
        *(f"  {name:<24} {_figures(score)}" for name, score in rows),
    ]


def _figures(score: Score) -> str:
    told = f", {score.told} told, {score.told_wrong} told wrongly" if score.told or score.told_wrong else ""
    return (
        f"{score.right}/{score.asked} right, {score.refused} refused, {score.invalid} invalid, "
        f"{score.unavailable} without answer{told}"
    )


def promote_model(options: argparse.Namespace) -> None:
    """Run `cafe-ai fine-tune promote`."""
    try:
        told = json.loads(options.evaluation.read_text(encoding="utf-8"))
        candidate, present = (Report.from_json(told[name]) for name in ("candidate", "present"))
        business_type = told["type"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StackError(f"The evaluation cannot be read: {error}") from error
    if business_type != options.type:
        raise StackError(f"It was examined for the type {business_type}.")
    with _opened(options.database_url or running_stack().dsn_owner) as database:
        try:
            promote(database, options.type, candidate, present, options.reason)
        except NotPromoted as refused:
            raise StackError(str(refused)) from refused
    print(f"{options.type}: {candidate.model} from now on.")


def roll_model_back(options: argparse.Namespace) -> None:
    """Run `cafe-ai fine-tune rollback`."""
    with _opened(options.database_url or running_stack().dsn_owner) as database:
        gone = roll_back(database, options.type, options.reason)
    print(f"{options.type}: {gone} is taken back." if gone else f"{options.type} has the configured model already.")


def show_routes(options: argparse.Namespace) -> None:
    """Run `cafe-ai fine-tune routes`."""
    with _opened(options.database_url or running_stack().dsn_owner) as database, database.transaction() as uow:
        found = routes.history(uow)
    for route in found:
        ended = (
            f", taken back {route.rolled_back_at:%Y-%m-%d}: {route.rolled_back_reason}" if route.rolled_back_at else ""
        )
        print(
            f"{route.business_type:<16} {route.model_name}  since {route.promoted_at:%Y-%m-%d}: {route.reason}{ended}"
        )
    if not found:
        print("Every type is given the configured model.")


def share_examples(options: argparse.Namespace) -> None:
    """Run `cafe-ai fine-tune share`."""
    with shop_database(options) as database:
        set_sharing(database, options.business, options.agreed == "on")
    print("Its examples serve others of its type." if options.agreed == "on" else "Its examples serve itself alone.")


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.close()
