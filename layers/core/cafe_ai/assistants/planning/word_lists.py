"""Lists of words in questions, folded (lower case, no accents), Spanish and English: data that `words` makes sets of."""

# Words that join the words of a name and may be left out of it.
JOINING = """
a al and d de del e el en for in l la las los of para the un una y
"""

# Words a question may hold without changing what is asked.
FILLER = """
carta catalogo catalogue catalog menu desglosa desglosalo desglosame break breaks buenas tardes oye sacamos hacemos
pusimos incluye incluyen usada usado usadas usados ring rung issue issued shift shifted count came deja dejan nos
ninguna ningun ninguno stop stopped aplicadas grossing distintas highest seen trading mayormente rango verdad tal ok
vale porfi dime dinos cuentame decidme enseñame ensename saca sacame pasame pasa necesitamos gustaria querria
me-gustaria could ascendio ascendieron ascienden asciende sirvieron sirvio servimos servido served how'd money-wise
jaleo movimiento devolvimos euros reparten reparte repartieron distribuyen distribuye dimos dado concedimos aplicamos
aplicado aplicados ofrecimos offered applied granted gave dejamos dejar cups tazas taza vasos raciones racion
porciones trozos slices portions glasses plates cup piezas anything somebody anyone
a about account accounted accounts achieve achieved actual actuales actually actualmente acumulada acumuladas
acumulado acumulados ademas ago ahora al alguien algun alguna algunas alguno algunos all alli also altogether am
amount amounts an analisis analiza and anda andan anterior any anything aparte aporta aportan aportaron aporto
approximately aproximadamente aqui are around articulo articulos as asi asimismo at atendido atendimos aun aunque
ayuda ayudame back bar be been being bien bought breakdown bring brought bruto bueno business but buy buys by cada
cafe cafe-bar cafeteria caja calcula calculame calculate came can cantidad casi categoria categorias categories
category cifra cifras claro clase cliente clientes come comercio comes coming como comportado comportaron comporto
compra comprado compradores compran comprar compraron compras compro compute con concretamente concreto conseguimos
consiguio consulta consultar contribute contributed contributes corresponde corresponden cosa cosas could cual cuales
cualquier cuando cuanta cuantas cuantia cuanto cuantos current currently customer customers da dame dar data date
dates dato datos de decir decirme dejaron dejo del deme dentro detail detailed details detallado detalle detalles di
dia did didn didn't diferentes digame dime display distintas distinto distintos do do-we does doing donde done down
durante e each either el ella ellas ellos empresa en entire entonces entrado entraron entre entro era eran es esa esas
ese eso esos esta estaba establecimiento estado estamos estan estas este esten esto estos estoy even every
evolucionado evolucionaron evoluciono exacta exactamente exactly exacto existe existen familia familias far favor
fecha fechas figure figures find for from fue fuera fueran fueron fuimos full funciona funcionan funcionaron funciono
generado general generales generally generamos generaron generate generated generates genero gente get gets getting
give given global globales go goes going got gracias grand gross ha haber habia habian habido habria hace hacen hacer
hacia had haga hago han happen happened has hasta have having hay hecha hechas hecho hello help hemos hey hi hice
hicieramos hicieran hicieron hicimos hizo hola how how's hoy hubieron hubo i i'd i'm ido if igualmente importe
importes in indica indicame individual individually info information informe ingreso interesa into ir is it it's item
items its itself juntas juntos just kind know la las le les let let's like list lista listado listame llegaron llego
lleva llevamos llevan lo local looking los lugar made make makes many marcha marchan mayoria mayormente me mean
mediante mi might mis misma mismas mismo mismos momento monto montos more most mostrar mostrarme much mucho muchos
muestra muestrame muestreme my nada name names necesito need negocio net neta netas neto netos ni nivel no nombre
nombres nos nosotros not now nuestra nuestras nuestro nuestros number numbers numero o obtener obtuvimos obtuvo of off
ok okay on once one ones only or order ordered orders other otra otras otro otros our ours out over overall own
panaderia para parte partes pasada pasado pasaron pedi pedido pedidos people per perform performance performed
performing period periodo pero persona personas pidieron pidio place placed please pls poco podemos poder podria
podrias por porfa porfavor porque product producto productos products propia propio provide proviene provienen puede
puedes puedo pues purchase purchased purchases que quedaron quedo queremos quick quickly quien quienes quiero quisiera
quite realizado realizados realizamos realizaron realizo really realmente receive received recientemente recorded
referencia referencias regarding registered registrada registradas registrado registrados registramos registraron
registro report represent representa representan representaron represented represento represents respectivamente
respecto restaurante resulto resumeme resumen ritmo roughly s s's saber sabes sale sales salieron salio say se sea
sean see segun sell selling sells ser seria serian serve served serves shall share she shop should show showing si
sido so sobre solamente solas sold solo some something somos son store stores su sum suman sumaron summary sumo
suponen suponer supuso sus t take taken tal tambien tanta tantas tanto te tell tenemos tener tengo teniamos tenido
than thank thanks that that's the their them then there there's these they thing things this those through tienda
tiendas tiene tienen time times tipo tipos to toda todas todo todos together too took total totales totaling totalled
totals tpv tu turn tus tuve tuviera tuvieramos tuvieron tuvimos tuvo twice type types ultimamente un una unas unidad
uno unos until up us use used usted ustedes va valor value values vamos van veces vendida vendidas vendido vendidos
venido venta ventas ver vez viene vienen vinieron vino visit visitaron visited visito visits vista visto vosotros want
wanted was we we'd we're we've well went were what what's whats when where which while who who's who've whole whom
whose why will with within would y ya yes yo you your yours
"""

# Words for matters that a shop has and these records do not.
NOT_RECORDED = """
vegano vegana veganos veganas vegan vegetariano vegetariana vegetarianos gluten lactosa celiacos seasonal estacional
estacionales
 accionistas advertising aforo agua-corriente alquiler alquileres amortisation amortizacion amortization balance
balance-sheet banco bank budget camarera camareras camarero camareros campana campanas cashflow clima competencia
competidor competidores competition competitor competitors credito cuenta-bancaria debt debts depreciation deuda
deudas ebitda electricidad electricity empleada empleadas empleado empleados employee employees expense expenses
facebook followers footfall forecast-weather gas gasto-general gastos google hipoteca holidays horario horarios
impuesto impuestos instagram insurance internet inversion inversiones investment investments irpf iva llover lloviendo
llueve lluvia loan loans luz marketing mesa mesas mortgage nomina nominas opening-hours overhead overheads payroll
personal plantilla prestamo prestamos presupuesto propina propinas proveedor proveedores publicidad rain raining rent
renta rents salaries salario salarios salary seguidores seguro seguros staff staffing sueldo sueldos supplier
suppliers table tables tax taxes temperatura temperature tesoreria tiempo-atmosferico tiktok tip tips trabajador
trabajadores traffic twitter utilities vacaciones vat visitas wage wages waiter waiters weather web website wifi
worker workers
"""

# What a shop does with its own money, which these records do not hold.
SPENDING = """
cost costaron costs gastado gastamos owe owed pagado pagamos pagar pagaron paid pay pays
"""

# The words that misspelt ones are corrected towards: those no product is likely to be named like.
CORRECTED = """
ventas vendimos vendido vendieron pedidos clientes cliente facturacion facturamos ingresos productos producto ticket
tickets medio unidades devoluciones margen categoria categorias semana semanas trimestre semestre comparado comparada
respecto ayer anteayer promedio diaria diario mensual porcentaje revenue orders customers customer products product
average returns margin category quarter month months weekend yesterday compared percentage between units sales mejores
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre january february march april
june july august september october november december monday tuesday wednesday thursday friday saturday sunday
miercoles viernes sabado domingo lunes martes jueves ultimo ultima ultimos ultimas
"""

# With a payment method beside them these speak of how orders were paid.
PAID = """
pago pagos pagada pagadas pagados payment payments cobrado cobramos cobro
"""

# Articles, skipped when what stands beside a name is looked at.
ARTICLES = """
el la los las un una the a an our nuestro nuestra nuestros nuestras del
"""

# Words before which a product, category or store is named.
BEFORE_A_NAME = """
de del of for y and o or e con cuanto cuanta cuantos cuantas many much vendimos vendido vendio vendieron vende venden
vendemos sold sell selling sells ventas sales unidades units compramos compro vs versus contra than stock precio price
margen margin cuesta cuestan mas menos more most fewer vale cost is are por ingresos revenue queda quedan devoluciones
returns porcentaje share producto productos tienda store categoria
"""

# Words after which one was named.
AFTER_A_NAME = """
sales revenue units orders did were was vendimos vendieron ventas sold have vendi hemos se cuesta margin stock
"""
