"""The page's style sheet: calm on a screen of any width, in the dark, and on paper."""

STYLE = """
:root{color-scheme:light dark;--paper:#fff;--ground:#f6f5f2;--ink:#1c2430;--muted:#5b6472;--grid:#e7e5e0;--axis:#a9adb5;
--accent:#1f5287;--band:#dce6f0;--faint:#b3bfcc;--rise:#1c7d68;--fall:#d9822b;--alert:#b3400e;--good:#176b58;--bad:#a83c0c;
--wash:#faf9f7;--rule:#dedbd4}
@media (prefers-color-scheme:dark){:root{--paper:#171b21;--ground:#0f1216;--ink:#e8eaee;--muted:#a2abb8;--grid:#2a3038;
--axis:#5c6673;--accent:#6fa8dc;--band:#22364a;--faint:#4c5b6b;--rise:#45b096;--fall:#e39a4c;--alert:#ff9465;--good:#5cc4aa;
--bad:#ff9a6c;--wash:#1c2128;--rule:#313842}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.55 "Source Sans 3","Source Sans Pro",system-ui,-apple-system,
"Segoe UI",Roboto,"Helvetica Neue","Noto Sans",Arial,sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
main{max-width:840px;margin:32px auto;background:var(--paper);padding:56px 60px 40px;border-radius:6px;
box-shadow:0 1px 2px rgba(20,25,35,.06),0 12px 40px rgba(20,25,35,.06)}
header{border-top:4px solid var(--accent);padding-top:18px;margin-bottom:28px}
.kind{font-size:13px;font-weight:600;letter-spacing:.08em;text-transform:uppercase;color:var(--accent);margin:0}
h1{font-size:34px;line-height:1.15;letter-spacing:-.015em;margin:6px 0 2px}
.period{font-size:20px;margin:0;color:var(--ink)}
.made{font-size:14px;color:var(--muted);margin:10px 0 0}
section{margin-top:44px}
h2{font-size:22px;line-height:1.25;letter-spacing:-.01em;margin:0 0 14px;padding-top:14px;border-top:1px solid var(--rule)}
h3{font-size:16px;line-height:1.3;margin:0}
p{margin:0 0 14px}
.lead{font-size:18px;line-height:1.6;margin:26px 0 0;white-space:pre-line}
.note,.sub{font-size:14px;color:var(--muted)}
.sub{margin:2px 0 0}
.tiles{display:grid;grid-template-columns:repeat(4,1fr);gap:1px;background:var(--rule);border:1px solid var(--rule);
border-radius:6px;overflow:hidden;margin:0 0 20px}
.tiles.of3{grid-template-columns:repeat(3,1fr)}
.tiles.of2{grid-template-columns:repeat(2,1fr)}
.tiles.of1{grid-template-columns:1fr}
.tile{background:var(--paper);padding:14px 16px 13px;min-width:0}
.tile.wide{grid-column:span 2}
.tile dt{font-size:14px;color:var(--muted)}
.tile dd{margin:0}
.tile .value{font-size:23px;font-weight:600;letter-spacing:-.01em;line-height:1.25;white-space:nowrap}
.tile.first{background:var(--wash)}
.tile.first .value{font-size:36px;letter-spacing:-.02em}
.change{font-size:13.5px;line-height:1.35;margin-top:5px}
.change b{font-weight:600;white-space:nowrap;margin-right:2px}
.change span{color:var(--muted);display:inline-block}
.t-good{color:var(--good)}.t-bad{color:var(--bad)}.t-muted{color:var(--muted)}.t-alert{color:var(--alert);font-weight:600}
ol,ul{margin:0;padding:0;list-style:none}
ol{counter-reset:n}
li{position:relative;padding:10px 0 10px 34px;border-bottom:1px solid var(--grid)}
li:last-child{border-bottom:0}
ul li{padding-left:18px}
ol>li::before{counter-increment:n;content:counter(n);position:absolute;left:0;top:11px;width:22px;height:22px;line-height:22px;
border-radius:50%;text-align:center;font-size:13px;font-weight:600;background:var(--band);color:var(--accent)}
ul>li::before{content:"";position:absolute;left:2px;top:20px;width:6px;height:6px;border-radius:50%;background:var(--accent)}
li .aside{display:block;font-size:14px;color:var(--muted)}
li .detail{display:block;color:var(--muted)}
figure{margin:0 0 22px}
figcaption{margin-bottom:10px}
figure .after{font-size:13.5px;color:var(--muted);margin:6px 0 0}
svg{display:block;width:100%;height:auto;font-family:inherit;overflow:visible}
svg text{font-variant-numeric:tabular-nums}
svg .line{fill:none;stroke-linejoin:round;stroke-linecap:round}
svg .dot{stroke:var(--paper);stroke-width:1}
svg.narrow{display:none}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:36px}
.scroll{overflow-x:auto;margin:0 0 22px}
table{border-collapse:collapse;width:100%;font-size:15px;line-height:1.4}
caption{text-align:left;font-weight:600;padding:0 0 6px}
th,td{padding:7px 0 7px 16px;text-align:right;vertical-align:top;font-weight:400;border-bottom:1px solid var(--grid);
white-space:nowrap}
th:first-child{padding-left:0;text-align:left;white-space:normal}
td.text{text-align:left;white-space:normal}
thead th{font-size:13px;color:var(--muted);border-bottom:1px solid var(--axis);vertical-align:bottom;white-space:normal}
tbody th{min-width:130px}
td small,th small{display:block;font-size:13.5px;color:var(--muted);white-space:normal;line-height:1.4}
td.t-alert small{color:var(--alert)}
tr.total th,tr.total td{font-weight:600;border-top:1px solid var(--axis);border-bottom:0}
footer{margin-top:44px;padding-top:14px;border-top:1px solid var(--rule);font-size:13px;color:var(--muted)}
footer p{margin:0}
@media (max-width:640px){
main{margin:0;padding:22px 18px 28px;border-radius:0;box-shadow:none}
h1{font-size:27px}.period{font-size:18px}.lead{font-size:17px}h2{font-size:20px}
section{margin-top:34px}
.tiles,.tiles.of3,.tiles.of2{grid-template-columns:1fr 1fr}
.tile{padding:12px 12px 11px}
.tile .value{font-size:19px}.tile.first .value{font-size:29px}
.tile.odd{grid-column:span 2}
.change span{display:block}
svg.wide{display:none}svg.narrow{display:block}
.pair{grid-template-columns:1fr;gap:4px}
th,td{padding-left:10px}
.secondary{display:none}
tbody th{min-width:0}
}
@page{size:A4;margin:16mm 15mm}
@media print{
:root{--paper:#fff;--ground:#fff;--ink:#1c2430;--muted:#4f5865;--grid:#e2e0db;--axis:#8f949d;--accent:#1f5287;--band:#dce6f0;
--faint:#b3bfcc;--rise:#1c7d68;--fall:#d9822b;--alert:#b3400e;--good:#176b58;--bad:#a83c0c;--wash:#faf9f7;--rule:#d3d0c9}
body{font-size:10.5pt;-webkit-print-color-adjust:exact;print-color-adjust:exact}
main{max-width:none;margin:0;padding:0;box-shadow:none}
h2,h3,figcaption,caption{break-after:avoid}
figure,.tile,li,tr{break-inside:avoid}
thead{display:table-header-group}
section{margin-top:26px}
svg.wide{display:block}svg.narrow{display:none}
.scroll{overflow:visible}
}
"""

INKS = ("ink", "muted", "grid", "axis", "accent", "band", "faint", "rise", "fall", "alert", "paper")


def style_sheet() -> str:
    """The whole style sheet, with a class per ink for fills and lines."""
    inks = "".join(f".f-{ink}{{fill:var(--{ink})}}.s-{ink}{{stroke:var(--{ink})}}" for ink in INKS)
    return "".join(line for line in (STYLE + inks).splitlines())
