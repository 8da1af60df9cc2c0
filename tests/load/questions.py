"""What members ask: sales, customers, catalogue, documents and reviews; what no rule understands; what is not known."""

QUESTIONS = {
    "es": (
        "¿Cuáles fueron las ventas del último mes?", "¿Cuánto facturamos ayer?", "ventas de anteayer",
        "¿Cuántos pedidos hubo en el último trimestre?", "¿Cuál es el ticket medio este mes?",
        "Compara las ventas de octubre con las de septiembre", "Top 10 productos por unidades en octubre",
        "¿Cuáles fueron los tres productos menos vendidos en octubre?", "Ventas por mes este año",
        "¿Cuáles fueron las ventas por día de la semana este año?", "¿A qué hora vendemos más?",
        "¿Cuántos clientes nuevos hubo en octubre?", "¿Quiénes son nuestros cinco mejores clientes este año?",
        "¿Qué productos cayeron más en octubre respecto a septiembre?", "¿Cuál fue el margen en octubre?",
        "¿Cuánto vendimos los jueves por la mañana en octubre?", "¿A qué hora abrís los domingos?",
        "¿Cuál es la política de devoluciones?", "¿Tenéis algo sin gluten?", "¿Hay wifi?",
        "¿Qué dicen los clientes del café?", "¿Qué tal se nos dio la cosa el mes que acaba de irse?",
        "Cuéntame cómo anduvo el negocio el mes anterior a este", "¿Cuánto pagamos de luz en octubre?",
    ),
    "en": (
        "What were the sales last month?", "What was our revenue last week?", "How many orders did we have yesterday?",
        "What is the average ticket this quarter?", "Compare the sales of October with those of September",
        "Top 10 products by units in October", "Net sales by month this year", "What are our busiest hours in October?",
        "Who were our five best customers this year?", "How many croissants did we sell in October?",
        "How many customers have not bought for 60 days?", "What share of October's sales came from Retiro?",
        "Do you have anything vegan?", "When do you open on Sundays?", "What was the margin in October?",
        "Did the place do well over the month that just ended?", "What did we pay for electricity in October?",
    ),
}  # fmt: skip
FOLLOW_UPS = {
    "es": ("¿y el mes anterior?", "¿y en septiembre?", "¿y por producto?", "¿y los sábados?"),
    "en": ("and the month before?", "and in September?", "and by product?", "and on Saturdays?"),
}
ASSISTANTS = ("GENERAL_QUERY", "SALES_ANALYSIS", "PRODUCT_SUGGESTION", "CUSTOMER_INSIGHT")
SEARCHED = {
    "es": ("algo dulce con chocolate", "productos para retail", "un desayuno sin gluten", "bebida fría", "croissant"),
    "en": ("something sweet", "a vegan breakfast", "a cold drink", "croissant", "strong coffee"),
}
NOTES = {
    "es": "La terraza se reserva por teléfono con dos días de antelación. Caben {number} personas y se admiten perros.",
    "en": "The terrace is booked by telephone two days ahead. It seats {number} people, and dogs are welcome.",
}
PERIODS = ("daily", "weekly", "monthly", "quarterly", "yearly")
