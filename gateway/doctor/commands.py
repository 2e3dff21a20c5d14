"""``gateway doctor``, at the command line."""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from connectors.conformance.subject import Effort
from connectors.errors import ManifestError
from connectors.manifest import Manifest
from connectors.secrets import Secret, Secrets
from gateway.client import address_of, tls_by
from gateway.clock import utc_now
from gateway.doctor.diagnose import Patient, diagnose
from gateway.doctor.places import Places
from gateway.doctor.screen import show, show_json
from gateway.errors import StartError
from gateway.providers.kept_secrets import keeper_of
from gateway.registration.address import address_by
from gateway.registration.check import plan_of, read_manifest_file
from gateway.settings.secrets import read_secrets
from gateway.settings.settings import Settings, load_settings
from gateway.trust import read_bundle
from policy.catalogue import load_catalogue


def doctor(  # noqa: PLR0913 - one argument an option
    agency: Annotated[str, typer.Argument(help="The agency's id, as in its manifest.")],
    config: Annotated[
        Path, typer.Option(help="The gateway's configuration, see docs/operating.md.")
    ],
    *,
    manifest: Annotated[
        Path | None,
        typer.Option(help="Another manifest than the one among the gateway's."),
    ] = None,
    plan: Annotated[
        Path | None,
        typer.Option(help="Whom to ask about, and what must come: TOML."),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(help="Where the running gateway is; else as configured."),
    ] = None,
    ca_file: Annotated[
        Path | None,
        typer.Option(
            help="A PEM file of who may vouch for the agency, instead of the system's."
        ),
    ] = None,
    max_seconds: Annotated[
        float, typer.Option(help="How long asking may take.", min=1, max=600)
    ] = 60,
    as_json: Annotated[
        bool, typer.Option("--json", help="Write one JSON object.")
    ] = False,
) -> None:
    """Say what keeps an agency from answering, who mends it, and what to type.

    Exits 0 if nothing does, 1 if something does, 2 if that could not be looked at.
    """
    settings = load_settings(config, os.environ)
    file, rules = _manifest(settings, agency, manifest)
    places = Places(
        manifest=str(file),
        trust=settings.trust_bundle,
        config=str(config),
        gateway=_gateway(settings, url),
        rules=rules,
    )
    secrets, unread = _secrets(settings)
    patient = Patient(
        places=places,
        secrets=secrets,
        unread=unread,
        bundle=read_bundle(Path(settings.trust_bundle)),
        catalogue=load_catalogue(),
        clock=utc_now,
        plan=None if plan is None else plan_of(plan, (), ()),
        tls=tls_by(ca_file),
        effort=Effort(total_seconds=max_seconds),
    )
    try:
        diagnosis = asyncio.run(diagnose(patient))
    except ManifestError as error:
        raise StartError(f"{file}: {error}") from None
    (show_json if as_json else show)(diagnosis)
    raise typer.Exit(0 if diagnosis.is_well else 1)


def _manifest(
    settings: Settings, agency: str, file: Path | None
) -> tuple[Path, Manifest]:
    """Return the agency's manifest and its file.

    Raises:
        StartError: there is none of that id, or it cannot be used.
    """
    files = (
        [file] if file is not None else sorted(Path(settings.manifests).glob("*.toml"))
    )
    known: dict[str, tuple[Path, Manifest]] = {}
    unusable: list[str] = []
    for one in files:
        try:
            rules = read_manifest_file(one)
        except StartError as error:
            # Another agency's says nothing of this one.
            unusable.append(str(error))
        else:
            known[rules.id] = one, rules
    if agency not in known:
        ids = ", ".join(known) or "none"
        raise StartError(
            f"no manifest of {agency!r}; there are: {ids}. Of an agency that "
            "registered itself, state its manifest: --manifest FILE"
            + "".join(f"; {why}" for why in unusable)
        )
    return known[agency]


def _gateway(settings: Settings, url: str | None) -> str:
    if url is not None:
        return address_of(url, unsafe_plain_http=True)
    return "" if settings.port == 0 else address_by(settings)


def _secrets(settings: Settings) -> tuple[Secrets, Mapping[str, str]]:
    """Return the secrets that can be read, and why others cannot, by their names."""
    kept: dict[str, Secret] = {}
    unread: dict[str, str] = {}
    keeper = keeper_of(settings.providers, settings.secrets, os.environ)
    for name, source in settings.secrets.items():
        try:
            kept.update(read_secrets({name: source}, os.environ, keeper).kept)
        except StartError as error:
            unread[name] = str(error)
    return Secrets(kept), unread
