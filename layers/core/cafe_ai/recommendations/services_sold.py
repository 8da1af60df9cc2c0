"""Lines of a till that are no goods: postage, fees, adjustments, tips. Nobody promotes them."""

from __future__ import annotations

import re

from cafe_ai.language.text import fold

_NO_GOODS = re.compile(
    r"(?:dotcom )?postage|carriage|shipping|delivery(?: fee| charge)?|manual|adjust(?:ment)?(?: by .*)?|bank charges?|"
    r"amazon ?fee|discount|samples?|cruk commission|commission|bad debts?|gift ?wrap(?:ping)? fee|tip|tips|service(?: charge)?|"
    r"deposit|bag(?: fee| charge)|gastos? de envio|envio|portes|entrega|recargo|descuento|ajuste|comision|propinas?|"
    r"suplemento(?: .*)?|servicio|cubierto|fianza|bolsa|test(?: product)?|this is a test product.?",
)


def is_goods(name: str) -> bool:
    """Whether the name is of something that is sold, and not of a fee or a correction."""
    return _NO_GOODS.fullmatch(" ".join(fold(name).split())) is None
