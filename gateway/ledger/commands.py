"""``gateway recheck``: ask again about what was paid, at night, by a job."""

import asyncio
import os
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from bureau.ledger.recheck import TakenOverError
from connectors.errors import StoreUnavailableError
from gateway.clock import utc_now
from gateway.errors import StartError
from gateway.ledger.pace import Hours, SteadyPace, read_hours
from gateway.ledger.rechecking import open_rechecking
from gateway.ledger.tally import Tally
from gateway.screen import AsJson, say_json
from gateway.settings.settings import Settings, load_settings
from policy.calendar import SHANGHAI
from policy.months import add_months

MONTHS = 24
PEOPLE_A_SECOND = 50.0
"""To ask about a million in a night takes some 35."""


def recheck(  # noqa: PLR0913 - one argument an option
    config: Annotated[
        Path, typer.Option(help="The configuration, see docs/operating.md.")
    ],
    *,
    months: Annotated[
        int, typer.Option(help="Of how many months what was paid.", min=1, max=1200)
    ] = MONTHS,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="From which day on, in their place."),
    ] = None,
    hours: Annotated[
        str | None,
        typer.Option(help="When to ask, as 22:00-06:00 (Shanghai); stop after."),
    ] = None,
    rate: Annotated[
        float, typer.Option(help="Of how many people a second, each agency.", min=0.01)
    ] = PEOPLE_A_SECOND,
    anew: Annotated[
        bool, typer.Option("--anew", help="Begin anew what did not come to its end.")
    ] = False,
    metrics: Annotated[
        Path | None, typer.Option(help="A file for Prometheus' textfile collector.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Ask the agencies again about every certificate that was paid for.

    Recoveries are opened for what is revoked. How far it came is kept in the database:
    run again, it goes on. Exits 0 when all was answered, 1 if something is left to be
    asked, 2 if it cannot go on.
    """
    settings = load_settings(config, os.environ)
    stated = None if hours is None else read_hours(hours)
    today = utc_now().astimezone(SHANGHAI).date()
    first = add_months(today, -months) if since is None else since.date()
    tally = Tally(metrics, _unsaid if as_json else typer.echo)
    is_ended = asyncio.run(
        _recheck(settings, first, stated, rate, anew=anew, tally=tally)
    )
    tally.end(is_ended=is_ended)
    if as_json:
        say_json({"ended": is_ended, "connectors": tally.counts})
    raise typer.Exit(0 if is_ended else 1)


async def _recheck(  # noqa: PLR0913 - what the options say
    settings: Settings,
    since: date,
    hours: Hours | None,
    rate: float,
    *,
    anew: bool,
    tally: Tally,
) -> bool:
    pace = partial(_pace, rate, hours)
    async with open_rechecking(settings, pace, tally.report) as rechecking:
        try:
            under_way = await rechecking.book.begin(since, utc_now(), anew=anew)
            tally.begin(under_way, await rechecking.book.progress(under_way))
            return await rechecking.run(under_way)
        except TakenOverError:
            raise StartError(
                "another gateway recheck is under way on this database; let it end"
            ) from None
        except StoreUnavailableError as error:
            raise StartError(
                f"the database is away ({error}); run it again, it goes on"
            ) from None


def _unsaid(_: str) -> None:
    """Say nothing on the way: the end tells it all."""


def _pace(rate: float, hours: Hours | None, _: str) -> SteadyPace:
    return SteadyPace(rate, hours, utc_now)
