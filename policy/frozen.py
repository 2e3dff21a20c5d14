"""Make frozen dataclasses as quickly as others.

A frozen dataclass sets each field through ``object.__setattr__``, which takes several
times what an assignment does, and a question makes hundreds of fields. Here an instance
is open while its fields are set: of a class with the same slots that forbids nothing.
It is closed before anybody else has it.
"""

from dataclasses import MISSING, fields
from typing import Any, TypeVar

T = TypeVar("T")
_LEFT_OUT = object()


def quickly_made(cls: type[T]) -> type[T]:
    """Return a frozen dataclass with slots whose instances are made more quickly.

    To be put above ``dataclass``. It is made of the same arguments, and everything else
    stays as it was. A subclass has to be a dataclass of its own.
    """
    names: dict[str, Any] = {
        "_LEFT_OUT": _LEFT_OUT,
        "_open": object.__setattr__,
        "_Open": _opened(cls),
        "_Closed": cls,
    }
    by_place, by_name = ["self"], list[str]()
    body = ['    _open(self, "__class__", _Open)']
    for one in fields(cls):  # type: ignore[arg-type]  # mypy sees no dataclass
        name, value, parameter = one.name, one.name, one.name
        if one.default_factory is not MISSING:
            names[f"_of_{name}"] = one.default_factory
            parameter = f"{name}=_LEFT_OUT"
            value = f"_of_{name}() if {name} is _LEFT_OUT else {name}"
        elif one.default is not MISSING:
            names[f"_of_{name}"] = one.default
            parameter = f"{name}=_of_{name}"
        if one.init:
            (by_name if one.kw_only else by_place).append(parameter)
            body.append(f"    self.{name} = {value}")
        elif one.default_factory is not MISSING:
            body.append(f"    self.{name} = _of_{name}()")
    body.append("    self.__class__ = _Closed")
    if hasattr(cls, "__post_init__"):
        body.append("    self.__post_init__()")
    parameters = ", ".join([*by_place, *(["*", *by_name] if by_name else [])])
    exec("\n".join([f"def __init__({parameters}):", *body]), names)  # noqa: S102
    names["__init__"].__qualname__ = f"{cls.__qualname__}.__init__"
    cls.__init__ = names["__init__"]  # type: ignore[method-assign]  # of its fields
    return cls


def _opened(cls: type[object]) -> type[object]:
    """Return a class of the same slots as ``cls`` whose attributes may be set."""
    return type(
        f"_Open{cls.__name__}",
        cls.__bases__,
        {
            "__slots__": cls.__dict__["__slots__"],
            "__setattr__": object.__setattr__,
            "__delattr__": object.__delattr__,
        },
    )
