"""Shanghai's sixteen districts, by the codes of GB/T 2260.

Their human-resources bureaus examine and pay claims (notice, part 2.3).
"""

from collections.abc import Mapping
from types import MappingProxyType

from policy.text import Text

DISTRICTS: Mapping[str, Text] = MappingProxyType(
    {
        "310101": Text("黄浦区", "Huangpu"),
        "310104": Text("徐汇区", "Xuhui"),
        "310105": Text("长宁区", "Changning"),
        "310106": Text("静安区", "Jing'an"),
        "310107": Text("普陀区", "Putuo"),
        "310109": Text("虹口区", "Hongkou"),
        "310110": Text("杨浦区", "Yangpu"),
        "310112": Text("闵行区", "Minhang"),
        "310113": Text("宝山区", "Baoshan"),
        "310114": Text("嘉定区", "Jiading"),
        "310115": Text("浦东新区", "Pudong"),
        "310116": Text("金山区", "Jinshan"),
        "310117": Text("松江区", "Songjiang"),
        "310118": Text("青浦区", "Qingpu"),
        "310120": Text("奉贤区", "Fengxian"),
        "310151": Text("崇明区", "Chongming"),
    }
)
