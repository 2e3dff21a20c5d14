"""Records that are made quickly are what their dataclass makes, and stay frozen."""

from collections.abc import Mapping
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace
from datetime import date
from typing import Any

import pytest

from connectors.answer import Answer, AttestedCertificate
from connectors.decoding.decode import DecodedEnvelope, Holding
from policy.certificate import CertificateRecord
from policy.eligibility import Eligibility
from policy.evidence import Evidence
from policy.frozen import quickly_made

ALL = (
    *(Answer, AttestedCertificate, CertificateRecord, DecodedEnvelope),
    *(Eligibility, Evidence, Holding),
)


@dataclass(frozen=True, slots=True)
class Slow:
    name: str
    days: tuple[date, ...] = ()
    kept: dict[str, int] = field(default_factory=dict)
    length: int = field(init=False)
    found: dict[str, int] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    note: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "length", len(self.name))


@quickly_made
@dataclass(frozen=True, slots=True)
class Quick:
    name: str
    days: tuple[date, ...] = ()
    kept: dict[str, int] = field(default_factory=dict)
    length: int = field(init=False)
    found: dict[str, int] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    note: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "length", len(self.name))


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("电工",), {}),
        (("电工", (date(2026, 6, 1),), {"a": 1}), {"note": "x"}),
        ((), {"name": "", "note": "x", "kept": {}}),
    ],
)
def test_it_is_made_as_the_dataclass_makes_it(
    arguments: tuple[Any, ...], named: Mapping[str, Any]
) -> None:
    quick, slow = Quick(*arguments, **named), Slow(*arguments, **named)

    assert repr(quick) == repr(slow).replace("Slow", "Quick")
    assert [getattr(quick, one.name) for one in fields(quick)] == [
        getattr(slow, one.name) for one in fields(slow)
    ]
    assert quick == Quick(*arguments, **named)
    assert replace(quick, name="焊工").length == 2
    assert type(quick) is Quick


@pytest.mark.parametrize(
    ("arguments", "named"),
    [((), {}), (("a", (), {}, 1), {}), (("a",), {"length": 1}), (("a",), {"b": 1})],
)
def test_other_arguments_than_the_dataclasss_are_refused(
    arguments: tuple[Any, ...], named: Mapping[str, Any]
) -> None:
    for kind in (Slow, Quick):
        with pytest.raises(TypeError):
            kind(*arguments, **named)


def test_what_is_made_anew_each_time_is_nobody_elses() -> None:
    one, other = Quick("a"), Quick("a")

    one.found["x"] = one.kept["x"] = 1

    assert other.found == other.kept == {}


def test_nothing_of_it_can_be_set_or_removed() -> None:
    made = Quick("a")

    with pytest.raises(FrozenInstanceError):
        made.name = "b"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del made.name
    for name, value in (("__class__", Slow), ("another", 1)):
        # As a dataclass with slots says it.
        with pytest.raises(TypeError):
            setattr(made, name, value)


@pytest.mark.parametrize("kind", ALL)
def test_whatever_is_made_quickly_is_frozen(kind: type[Any]) -> None:
    every = {one.name: None for one in fields(kind) if one.init}
    made = kind(**every)

    assert type(made) is kind
    for one in fields(kind):
        with pytest.raises(FrozenInstanceError):
            setattr(made, one.name, None)
