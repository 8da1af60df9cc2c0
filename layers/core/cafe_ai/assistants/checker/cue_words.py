"""Cues: directions, comparisons, superlatives, wholes and shares, in Spanish and English, folded."""

# ruff: noqa: E501 -- tables of words

from __future__ import annotations

from collections.abc import Iterator

from cafe_ai.assistants.checker.words import ORDINAL_WORDS


def _all(kind: str, value: str, words: str) -> Iterator[tuple[str, tuple[str, str]]]:
    for word in words.split("|"):
        yield word.strip(), (kind, value)


UP = (
    "beat|beats|mas fuerte|mas fuertes|mas alto|mas alta|mas altos|mas altas|stronger|busier|healthier|ahead of|por delante de|por delante del|subio|subieron|subido|sube|suben|subida|subidas|subiendo|aumento|aumentos|aumentaron|aumentado|aumenta|aumentan|aumentando|crecio|crecieron|crecido|crece|crecen|"
    "crecimiento|creciendo|incremento|incrementos|incrementaron|incrementado|incrementa|incrementan|incrementando|mejoro|mejoraron|mejorado|mejora|mejoria|mejoras|alza|repunte|repunto|repuntaron|"
    "superior|superiores|supero|superaron|supera|superan|superando|superado|por encima|disparo|dispararon|dispara|avance|avanzaron|avanzo|ganancia de|al alza|"
    "rose|risen|rise|rises|rising|grew|grown|grow|grows|growing|growth|increased|increase|increases|increasing|up|improved|improve|improves|improvement|improving|gain|gains|"
    "climbed|climb|climbs|climbing|jumped|jump|jumps|surged|surge|surges|soared|higher|above|exceeded|exceeds|exceeding|outperformed|uptick|upturn|upward|upwards|boosted|rallied|spiked|leapt|went up|gone up|"
    "escalo|escalaron|remonto|remontaron|crecientes|creciente|ascendente|ascenso|surging|advanced|expanded|expansion|picked up|strengthened|uplift"
)
DOWN = (
    "mas flojo|mas floja|mas flojos|mas flojas|mas debil|mas debiles|mas bajo|mas baja|mas bajos|mas bajas|mas tranquilo|mas pobre|weaker|slower|quieter|softer|poorer|fell short of|short of|bajaron|bajado|bajan|bajada|bajadas|bajando|cayo|cayeron|caido|cae|caen|caida|caidas|cayendo|descendio|descendieron|descendido|descenso|descensos|desciende|descienden|descendente|"
    "disminuyo|disminuyeron|disminuido|disminucion|disminuye|disminuyen|disminuyendo|redujo|redujeron|reducido|reduccion|reduce|reducen|reduciendo|empeoro|empeoraron|empeorado|empeora|retroceso|retrocedio|retrocedieron|"
    "inferior|inferiores|por debajo|merma|mermo|mermaron|contraccion|contrajo|contrajeron|desplome|desplomo|desplomaron|a la baja|una baja|decreciente|decrecio|decrecieron|hundio|hundieron|perdida de|recorte|"
    "fell|fallen|fall|falls|falling|dropped|drop|drops|dropping|decreased|decrease|decreases|decreasing|declined|decline|declines|declining|down|lower|below|reduced|reduction|shrank|shrunk|"
    "slipped|slip|dipped|dip|worsened|slump|slumped|plunged|plunge|downturn|downward|downwards|sank|sunk|contracted|contraction|went down|gone down|slid|tumbled|weakened|eased|lagged|trailed|diminished|dwindled|shortfall|"
    "flaqueo|flaquearon|perdieron|perdio|decaido|decayo|decayeron|minoro|receded|deterioro|deteriorated"
)
FLAT = (
    "sin cambios|unchanged|estable|estables|stable|flat|se mantuvo|se mantuvieron|steady|igual que|iguales que|lo mismo que|the same as|no change|sin variacion|invariable|identico|identica|identicos|identical|no vario|no variaron|no cambio|no cambiaron|"
    "did not change|didn't change|practicamente igual|constante|constantes|level with|in line with|en linea con|a la par"
)
BEST = (
    "con mas|que mas|mas se vende|mas se vendio|mas ha vendido|mas se ha vendido|mejor|mejores|mas vendido|mas vendidos|mas vendida|mas vendidas|mas alto|mas alta|mas altos|mas altas|mas elevado|mas elevada|mas fuerte|mas fuertes|mas popular|mas populares|mas activo|mas activa|mas rentable|mas demandado|mas demandada|"
    "mas pedidos|mas ingresos|mas ventas|mas unidades|mas vendio|mas vendieron|mas vende|mas venden|mas facturo|mas facturan|mas compro|mas gasto|mas crecio|mas subio|mas aumento|lider|lidera|lidero|lideran|encabeza|encabezo|encabezan|encabezado por|"
    "maximo|maxima|maximos|pico|punta|estrella|primer puesto|primera posicion|primer lugar|a la cabeza|en cabeza|numero uno|mayor|mas intensa|mas intenso|mas movimiento|mas actividad|mas concurrido|mas concurrida|mas tarda|favorito|favorita|record|"
    "best|best-selling|best selling|top|top-selling|top selling|bestseller|best-seller|bestsellers|best-sellers|highest|most|busiest|strongest|peak|leader|leads|led|leading|lead|topped|tops|topping|number one|biggest|largest|greatest|maximum|star|most popular|favourite|favorite|"
    "top-performing|best-performing|highest-grossing|top performer|best performer|first place|came first|comes first|ranked first|ranks first|grew most|en primer lugar|mas facturacion|mas clientes|mas importe|mas margen|acumulo mas|concentro mas|mas destacado|mas destacada|best seller|best sellers"
)
WORST = (
    "con menos|que menos|menos se vende|menos se vendio|menos ha vendido|menos se ha vendido|peor|peores|menos vendido|menos vendidos|menos vendida|menos vendidas|mas bajo|mas baja|mas bajos|mas bajas|mas flojo|mas floja|mas flojos|mas debil|mas debiles|menos pedidos|menos ingresos|menos ventas|menos unidades|menos vendio|menos vendieron|menos vende|menos venden|menos facturo|"
    "menos compro|menos rentable|menos popular|menos populares|minimo|minima|minimos|ultimo puesto|ultimo lugar|ultima posicion|a la cola|en la cola|farolillo rojo|menor|mas tranquilo|mas tranquila|mas lenta|mas lento|menos actividad|menos demandado|menos demandada|mas cayo|mas bajo|mas perdio|mas retrocedio|"
    "worst|worst-selling|worst selling|least-selling|slowest-selling|lowest|least|fewest|quietest|slowest|weakest|poorest|smallest|minimum|bottom|last place|came last|comes last|ranked last|worst-performing|worst performer|least popular|slow-moving|fell most|laggard|menos facturacion|menos clientes|mas escaso|mas escasa|slowest seller|worst seller|worst sellers|slowest sellers|ultimo lugar"
)
COMPARE = (
    "frente a|frente al|versus|vs|comparado con|comparada con|comparados con|comparadas con|en comparacion con|en comparacion a|compared with|compared to|respecto a|respecto al|respecto de|respecto del|con respecto a|con respecto al|"
    "in comparison with|relative to|against|than|contra|up from|down from|as against|con relacion a|en relacion con|comparison with|comparison to|vis-a-vis|comparativamente con|partiendo de|partiendo desde|a diferencia de|unlike|where it was|en comparacion|sobre los|sobre las"
)
# Compare only where a direction or an amount goes before, or a name, date or figure with its article follows.
MAYBE_COMPARE = "ahead of|por delante de|por delante del|short of|que|from|over|after|tras|por encima de|por debajo de|por encima del|por debajo del|superior a|superior al|superiores a|inferior a|inferior al|inferiores a|above|below|desde|superando|on|outperformed|outperforms|beat|beats|exceeded|exceeds|surpassed|topped|overtook|supero a|superaron a|superan a|supera a|mejoro a|mejoraron a|supero|superaron|gano a|outsold"
TOTAL = "total|totales|en conjunto|en total|overall|all products|todos los productos|todo el negocio|toda la tienda|todas las tiendas|whole shop|whole business|entire|in all|conjunto de la tienda|ventas totales|total sales|global|globales|sumando todo|altogether|combined|en su conjunto|all stores|all categories|across the board"
SHARE = (
    "representa|representan|represento|representaron|supone|suponen|supuso|supusieron|cuota|cuotas|peso|accounts for|accounted for|account for|accounting for|share|represents|represented|representing|contributed|contributes|contributing|aporta|aporto|aportan|aportaron|aportando|"
    "equivale al|equivale a un|equivalen al|made up|makes up|making up|concentra|concentro|concentraron|porcentaje de|of the total|del total|of total|proporcion|proportion|contribucion|contribution|participacion|representando|suponiendo|que supone|of all|de todas las|de todos los|fue el|equivalent to|parte del total|share of total|acapara|acaparo|constituye|constituyo|comes to|makes for"
)
CHANGE = "variacion|variaciones|cambio|cambios|diferencia|diferencias|change|changes|changed|difference|differences|variation|gap|swing|vario|variaron|evolucion|cambiaron|delta|distancia|brecha|variance"
NEGATION = "no|ni|nunca|jamas|tampoco|not|never|neither|nor|n't|isn't|wasn't|weren't|didn't|doesn't|don't|aren't|haven't|hasn't|hadn't|cannot|can't|won't|wouldn't|couldn't|shouldn't|lejos de|far from|failed to|lejos del|en vez de|instead of|rather than|en lugar de|falso|false|untrue|incorrecto|wrong|hardly|salvo|excepto|except|excluding|sin contar|without counting|aside from|apart from"
ANAPHORA = "este producto|esta producto|ese producto|dicho producto|este articulo|this product|that product|this item|that item|esta categoria|this category|that category|esta tienda|this store|that store|este local|este cliente|this customer|that customer|su|sus|its|it|their|they|his|her|he|she|le|les|ambos|dicho|dicha|dichos|mismo|misma|ello|ella|ellos|ellas|este|esta|estos|estas|ese|esa|esos|esas|that|this|those|these|lo|la que|which|el cual|la cual|the former|the latter|cuyo|cuya|cuyas|cuyos|ahi"
AVERAGE = "media|medio|medios|medias|promedio|promedios|average|averaged|averages|averaging|mean|avg|de media|on average|en promedio"
UNREAL = (
    "objetivo|meta|target|goal|forecast|prevision|previsto|previstos|previstas|esperado|esperados|esperadas|expected|estimado|estimada|estimados|estimadas|estimated|proyeccion|projected|projection|presupuesto|presupuestado|budget|budgeted|"
    "podria|podrian|would|could|might|sería|seria|serian|habria|habrian|pronostico|planned|planeado|prevemos|esperamos|esperabas|expectation|expectations|expectativas|si no|estima|estimamos"
)
HYPOTHETICAL = "podria|podrian|podrias|podriamos|deberia|deberias|deberian|could|would|should|might|may|can|puede|puedes|pueden|podemos|will|seria|serian|to|para|conviene|recomiendo|sugiero|intenta|try|let's|ayudar|ayudaria|ayude|help|helps|potencial|quieres|want"
RELATIONS_AHEAD = "por delante de|por delante del|ahead of|seguido de|seguida de|seguidos de|seguidas de|seguido por|seguida por|seguidos por|seguidas por|followed by|le sigue|le siguen|le siguio|le siguieron|superando a|supera a|supero a|superaron a|beat|beats|beating|outsold|outsells|outselling|surpassed|overtook|le sigue de cerca|outperformed|gano a"
RELATIONS_BEHIND = "por detras de|por detras del|behind|tras|trailing|lagged behind|trailed"


def cue_phrases() -> Iterator[tuple[str, tuple[str, str]]]:
    """Every phrase with its kind and value; a phrase may stand in several kinds."""
    yield from _all("compare", "", COMPARE)
    yield from _all("maybe compare", "", MAYBE_COMPARE)
    yield from _all("direction", "up", UP)
    yield from _all("direction", "down", DOWN)
    yield from _all("direction", "flat", FLAT)
    yield from _all(
        "amount",
        "up",
        "mas|more|adicionales|extra|additional|mayores|mayor|better|mejor|mejores",
    )
    yield from _all("amount", "down", "menos|less|fewer|menores|menor|worse|peor|peores")
    yield from _all("extreme", "best", BEST)
    yield from _all("extreme", "worst", WORST)
    yield from _all(
        "extreme", "last", "cierra|cierran|closes|closing|rounds out|rounding out|completes the list|completa la lista"
    )
    yield from _all("order", "ahead", RELATIONS_AHEAD)
    yield from _all("order", "behind", RELATIONS_BEHIND)
    yield from _all("total", "", TOTAL)
    yield from _all("share", "", SHARE)
    yield from _all("change", "", CHANGE)
    yield from _all("negation", "", NEGATION)
    yield from _all("unreal", "", UNREAL)
    yield from _all("hypothetical", "", HYPOTHETICAL)
    yield from _all("anaphora", "", ANAPHORA)
    yield from _all("average", "", AVERAGE)
    yield from _all("respective", "", "respectivamente|respectively|en ese orden|in that order")
    yield from ((word, ("ordinal", str(number))) for word, number in ORDINAL_WORDS.items())
