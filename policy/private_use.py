"""The characters that GBK and GB 18030 once had to put into Unicode's private use.

Fonts and registries still write them so: 䶮 as U+E863, 𠂇 as U+E816. Unicode has a
place of its own for each by now, and this is the table, by code in GBK: FE50 to FEA0
(ideographs and components), A6D9 to A6F3 (vertical punctuation), A8BC and A8BF (letters
of Pinyin), A989 to A995 (descriptions of ideographs) and A2E3 (the euro) as in GB
18030-2022; A3A0, which no edition defines, is the white space that the Encoding
Standard reads (https://encoding.spec.whatwg.org/#index-gb18030). What is private in any
other way has no meaning that two readers share. A test derives all of it from Python's
codec but A3A0.
"""

from collections.abc import Mapping
from types import MappingProxyType

_FE50_TO_FEA0 = (
    "⺁𠂇𠂉𠃌⺄㑳㑇⺈⺋龴㖞㘚㘎⺌⺗㥮㤘龵㧏㧟㩳㧐龶龷㭎㱮㳠⺧𡗗龸"
    "⺪䁖䅟⺮䌷⺳⺶⺷𢦏䎱䎬⺻䏝䓖䙡䙌龹䜣䜩䝼䞍⻊䥇䥺䥽䦂䦃䦅䦆䦟䦛䦷䦶"
    "龺𤇾䲣䲟䲠䲡䱷䲢䴓䴔䴕䴖䴗䴘䴙䶮龻"
)
_A6D9_TO_A6F3 = "\ufe10\ufe12\ufe11\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19"
_A8BC_AND_A8BF = "\u1e3f\u01f9"
_A989_TO_A995 = (
    "\u303e\u2ff0\u2ff1\u2ff2\u2ff3\u2ff4\u2ff5\u2ff6\u2ff7\u2ff8\u2ff9\u2ffa\u2ffb"
)

PRIVATE_USE: Mapping[int, str] = MappingProxyType(
    {
        first + place: character
        for first, characters in (
            (0xE5E5, "\u3000"),
            (0xE76C, "\u20ac"),
            (0xE78D, _A6D9_TO_A6F3),
            (0xE7C7, _A8BC_AND_A8BF),
            (0xE7E7, _A989_TO_A995),
            (0xE815, _FE50_TO_FEA0),
        )
        for place, character in enumerate(characters)
    }
)
"""Each character's code point of private use, to the character."""
