"""What was verified is kept within so many bytes of memory, whatever was signed."""

import gc
import json
import tracemalloc
from collections.abc import Callable
from itertools import count

import pytest

from connectors.decoding.decode import DecodedEnvelope, Decoder
from connectors.decoding.record_cache import RecordCache, weight
from policy.catalogue import load_catalogue
from policy.identity import parse_identity
from signing.envelope import Envelope, PayloadType
from signing.sign import sign
from tests.connectors.agency import (
    KEY,
    OTHER,
    RECORD,
    SIGNED_AT,
    ZHANG,
    believed,
    manifest,
    record,
    response,
)

RECORDS = Decoder(manifest(), load_catalogue())
BODIES = Decoder(
    manifest(('form = "record"', 'form = "response"'), ('absence = "absence"\n', "")),
    load_catalogue(),
)
ASKED = {number: parse_identity(number) for number in (ZHANG, OTHER)}
serial = count(10_000)


def reading(envelope: Envelope, decoder: Decoder = RECORDS) -> DecodedEnvelope:
    return decoder.decode(believed(envelope), ASKED)


def with_more(more: object) -> Callable[[], DecodedEnvelope]:
    """A record with a member that no manifest asks for."""
    return lambda: reading(record({**RECORD, "number": f"{next(serial)}", "x": more}))


def body_of(people: int) -> Callable[[], DecodedEnvelope]:
    def read() -> DecodedEnvelope:
        results = [
            {"idNumber": f"{next(serial)}", "records": [RECORD]} for _ in range(people)
        ]
        return reading(response({"results": results}), BODIES)

    return read


def body_of_no_records() -> DecodedEnvelope:
    """Entries that are refused one by one."""
    results = [{"idNumber": f"{next(serial)}", "records": [0] * 20_000}]
    return reading(response({"results": results}), BODIES)


def wide_fields() -> DecodedEnvelope:
    """A record each text of which is as long and as wide as it may be."""
    text = "\U0001f600" + "x" * 490
    wide = {"title": text, "item": text, "code": text}
    return reading(record({**RECORD, **wide, "number": f"{text}{next(serial)}"}))


EXAMINED = Decoder(
    manifest(
        (
            "[record.values.level]",
            (
                "[record.examination]\nheld_on = 'd'\nsite = 's'\nbatch = 'b'\n"
                "assessor = 'a'\ntheory = 't'\npractice = 'p'\n\n[record.values.level]"
            ),
        )
    ),
    load_catalogue(),
)


def examined_fields() -> DecodedEnvelope:
    """A record with an examination each text of which is its own, and wide."""
    number = next(serial)
    wide = f"\U0001f600{number}"
    texts = {"s": wide + "s" * 80, "b": f"b{number}", "a": f"A{number}"}
    texts |= {"t": wide + "t" * 80, "p": wide + "p" * 80, "d": "2025-05-20"}
    return reading(record({**RECORD, **texts, "number": f"{number}"}), EXAMINED)


def plain_examination() -> DecodedEnvelope:
    """A record with short texts of an examination, none of them kept elsewhere."""
    number = next(serial)
    texts = {name: f"{name.upper()}{number}" for name in "sbatp"}
    content = {**RECORD, **texts, "d": "2025-05-20", "number": f"{number}"}
    return reading(record(content), EXAMINED)


def spelt_fields() -> DecodedEnvelope:
    """A record whose number and code are many times as long in their normal form."""
    long = {"code": "\ufdfa" * 27, "number": f"{chr(0xFDFA) * 26} {next(serial)}"}
    return reading(record({**RECORD, **long}))


def sealed_of(text: str) -> Callable[[], DecodedEnvelope]:
    """A record whose spare member is spelled as ``text``."""

    def read() -> DecodedEnvelope:
        content = json.dumps({**RECORD, "number": f"{next(serial)}"})
        return reading(raw_record(f'{content[:-1]},"x":{text}}}'.encode()))

    return read


def raw_record(
    payload: bytes, payload_type: PayloadType = PayloadType.RECORD
) -> Envelope:
    return sign(payload, KEY, type=payload_type, signed_at=SIGNED_AT)


def nobody() -> DecodedEnvelope:
    content = json.dumps({"id": ZHANG, "serial": next(serial)}).encode()
    return reading(raw_record(content, PayloadType.ABSENCE))


DEEP: list[object] = []
for _ in range(28):
    DEEP = [DEEP]

SHAPES = [
    pytest.param(with_more(None), id="a record"),
    pytest.param(nobody, id="an absence"),
    pytest.param(with_more([[]] * 5000), id="empty lists"),
    pytest.param(with_more([{}] * 5000), id="empty objects"),
    pytest.param(with_more([[[[]]]] * 3000), id="lists in lists"),
    pytest.param(with_more([DEEP] * 300), id="as deep as allowed"),
    pytest.param(with_more([{"a": {"b": {}}}] * 2000), id="objects in objects"),
    pytest.param(with_more([f"{n:x}" for n in range(5000)]), id="short texts"),
    pytest.param(with_more(list(range(1000, 6000))), id="integers"),
    pytest.param(
        with_more({f"{n:x}": f"{n:o}" for n in range(3000)}), id="short members"
    ),
    pytest.param(with_more({f"{'k' * 70}{n}": n for n in range(300)}), id="long names"),
    pytest.param(with_more("x" * 40_000), id="a long text"),
    pytest.param(with_more("\U0001f600" + "x" * 40_000), id="a long text made wide"),
    pytest.param(with_more(["\U0001f600xx"] * 3000), id="short texts made wide"),
    pytest.param(with_more("证" * 10_000), id="a long Chinese text"),
    pytest.param(sealed_of('"' + "\\u0031" * 5000 + '"'), id="escapes"),
    pytest.param(sealed_of('{"\\u0061":[{}]}'), id="an escaped name"),
    pytest.param(body_of(1), id="a body about one person"),
    pytest.param(body_of(300), id="a body about many people"),
    pytest.param(body_of_no_records, id="a body of what is no record"),
    pytest.param(wide_fields, id="fields made wide"),
    pytest.param(spelt_fields, id="fields made long by their form"),
    pytest.param(examined_fields, id="an examination made wide"),
    pytest.param(plain_examination, id="an examination"),
]
TIMES = 3


def bytes_of_each(read: Callable[[], DecodedEnvelope]) -> float:
    """Measure what one kept reading takes; every text in it is its own."""
    kept = RecordCache(10_000_000)
    kept.keep(read())
    proofs = [read() for _ in range(2)]
    del proofs
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(TIMES):
            kept.keep(read())
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return (after - before) / TIMES


@pytest.mark.parametrize("read", SHAPES)
def test_a_kept_reading_takes_no_more_than_it_is_said_to(
    read: Callable[[], DecodedEnvelope],
) -> None:
    assert 0 < bytes_of_each(read) <= weight(read())


def test_an_ordinary_record_is_said_to_take_about_what_it_takes() -> None:
    read = with_more(None)

    # Its words are one object with those of other records.
    assert weight(read()) < 4 * bytes_of_each(read)


def test_readings_are_kept_until_the_room_is_full_and_the_oldest_leaves() -> None:
    read = with_more(None)
    several = [read() for _ in range(4)]
    room = RecordCache(3 * weight(several[0]))

    for each in several:
        room.keep(each)

    found = [room.get(each.proof.digest) for each in several]
    assert found == [None, *several[1:]]


def test_a_reading_larger_than_all_the_room_is_not_kept_and_pushes_nobody_out() -> None:
    small, large = with_more(None)(), with_more([{}] * 5000)()
    room = RecordCache(2 * weight(small))
    room.keep(small)

    room.keep(large)

    assert room.get(small.proof.digest) is small
    assert room.get(large.proof.digest) is None


def test_no_reading_fills_half_of_an_agencys_room_but_a_monstrous_one() -> None:
    assert weight(body_of(300)()) < manifest().cache.bytes_each // 2
