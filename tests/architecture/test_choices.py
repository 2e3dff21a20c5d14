"""A word of a closed set is spelt as it is named: nobody has to look two up."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from enum import StrEnum

import pytest

from tests.architecture.test_layers import PACKAGES


def choices() -> Iterator[type[StrEnum]]:
    """Give every closed set of words of ours, where it is defined."""
    for package in PACKAGES:
        path = importlib.import_module(package).__path__
        for module in pkgutil.walk_packages(path, f"{package}."):
            if module.name.endswith(("__main__", "migrations.env")):
                continue
            for _, found in inspect.getmembers(
                importlib.import_module(module.name), inspect.isclass
            ):
                if issubclass(found, StrEnum) and found.__module__ == module.name:
                    yield found


CHOICES = list(choices())


@pytest.mark.parametrize(
    "choice", CHOICES, ids=lambda choice: f"{choice.__module__}.{choice.__name__}"
)
def test_a_word_says_something_and_nothing_else_says_it(choice: type[StrEnum]) -> None:
    words = [member.value for member in choice.__members__.values()]

    assert all(words)
    assert len(set(words)) == len(words)


@pytest.mark.parametrize(
    "choice",
    [one for one in CHOICES if all(member.value.isupper() for member in one)],
    ids=lambda choice: f"{choice.__module__}.{choice.__name__}",
)
def test_a_word_in_capitals_is_the_name_itself(choice: type[StrEnum]) -> None:
    assert [member.value for member in choice] == [member.name for member in choice]
