"""The page's style sheet: calm on a screen of any width, in the dark, and on paper."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

_FONTS = Path(__file__).parent.parent / "fonts"

STYLE = """
:root{color-scheme:light dark;--paper:#fff;--ground:#f6f5f2;--ink:#1c2430;--muted:#5b6472;--grid:#e7e5e0;--axis:#a9adb5;
--accent:#1f5287;--band:#dce6f0;--faint:#b3bfcc;--rise:#1c7d68;--fall:#d9822b;--alert:#b3400e;--good:#176b58;--bad:#a83c0c;
--wash:#faf9f7;--rule:#dedbd4}
@media (prefers-color-scheme:dark){:root{--paper:#171b21;--ground:#0f1216;--ink:#e8eaee;--muted:#a2abb8;--grid:#2a3038;
--axis:#5c6673;--accent:#6fa8dc;--band:#22364a;--faint:#4c5b6b;--rise:#45b096;--fall:#e39a4c;--alert:#ff9465;--good:#5cc4aa;
--bad:#ff9a6c;--wash:#1c2128;--rule:#313842}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);font:17px/1.5 "Cafe Report",system-ui,-apple-system,
"Segoe UI",Roboto,"Helvetica Neue","Noto Sans",Arial,sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:break-word}
main{max-width:840px;margin:32px auto;background:var(--paper);padding:56px 60px 40px;border-radius:6px;
box-shadow:0 1px 2px rgba(20,25,35,.06),0 12px 40px rgba(20,25,35,.06)}
header{border-top:4px solid var(--accent);padding-top:18px;margin-bottom:28px}
.kind{font-size:14px;font-weight:600;letter-spacing:.08em;text-transform:uppercase;color:var(--accent);margin:0}
h1{font-size:38px;line-height:1.15;letter-spacing:-.015em;margin:6px 0 2px}
.period{font-size:20px;margin:0;color:var(--ink)}
.made{font-size:15px;color:var(--muted);margin:10px 0 0}
section{margin-top:44px}
h2{font-size:22px;line-height:1.25;letter-spacing:-.01em;margin:0 0 14px;padding-top:14px;border-top:1px solid var(--rule)}
h3{font-size:17px;line-height:1.3;margin:0}
p{margin:0 0 14px}
.lead{font-size:19.5px;line-height:1.55;margin:0 0 .6em}
.note,.sub{font-size:15px;color:var(--muted)}
.sub{margin:2px 0 0}
.tiles{display:grid;grid-template-columns:repeat(3,1fr);border:1px solid var(--rule);
border-width:1px 0 0 1px;margin:0 0 20px}
.tiles.of4{grid-template-columns:repeat(4,1fr)}
.tiles.of2{grid-template-columns:repeat(2,1fr)}
.tiles.of1{grid-template-columns:1fr}
.tile{border:1px solid var(--rule);border-width:0 1px 1px 0;padding:14px 15px 14px;min-width:0}
.tile.and1{grid-column:span 2}.tile.and2{grid-column:span 3}
.tile dt{font-size:15px;color:var(--muted)}
.tile dd{margin:0}
.tile .value{font-size:25px;font-weight:700;letter-spacing:-.005em;line-height:1.25;white-space:nowrap}
.tile.first{background:var(--wash);grid-column:1/-1;display:grid;grid-template-columns:1fr auto;align-items:end;column-gap:24px;
padding:18px 20px 16px}
.tile.first dt{grid-column:1/-1}
.tile.first .value{font-size:46px;letter-spacing:-.015em;line-height:1.1}
.tile.first .change{font-size:17px}
.change{font-size:13.5px;line-height:1.4;margin-top:3px}
.change b{font-weight:700;white-space:nowrap;margin-right:2px}
.change span{color:var(--muted);display:inline-block}
.of4 .change span{display:block}
.t-good{color:var(--good)}.t-bad{color:var(--bad)}.t-muted{color:var(--muted)}.t-alert{color:var(--alert);font-weight:600}
ol,ul{margin:0;padding:0;list-style:none}
ol{counter-reset:n}
li{display:flex;justify-content:space-between;column-gap:28px;position:relative;
padding:10px 0 10px 34px;border-bottom:1px solid var(--grid)}
li:last-child{border-bottom:0}
ul li{padding-left:18px}
ol>li::before{counter-increment:n;content:counter(n);position:absolute;left:0;top:11px;width:22px;height:22px;line-height:22px;
border-radius:50%;text-align:center;font-size:13px;font-weight:600;background:var(--band);color:var(--accent)}
ul>li::before{content:"";position:absolute;left:2px;top:20px;width:6px;height:6px;border-radius:50%;background:var(--accent)}
li .aside{font-size:15px;line-height:25px;color:var(--muted);white-space:nowrap}
li .detail{display:block;color:var(--muted)}
figure{margin:0 0 22px}
figcaption{margin-bottom:10px}
figure .after{font-size:14.5px;color:var(--muted);margin:6px 0 0}
svg{display:block;width:100%;height:auto;font-family:inherit;overflow:visible}
svg text{font-variant-numeric:tabular-nums}
svg .line{fill:none;stroke-linejoin:round;stroke-linecap:round}
svg .dot{stroke:var(--paper);stroke-width:1}
svg .hover{fill:none;pointer-events:all}
svg.narrow{display:none}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:36px}
.scroll{overflow-x:auto;margin:0 0 22px}
table{border-collapse:collapse;width:100%;font-size:15.5px;line-height:1.4}
caption{text-align:left;font-weight:600;padding:0 0 6px}
th,td{padding:7px 0 7px 16px;text-align:right;vertical-align:top;font-weight:400;border-bottom:1px solid var(--grid);
white-space:nowrap}
th:first-child{padding-left:0;text-align:left;white-space:normal}
td.text{text-align:left;white-space:normal}
thead th{font-size:14px;color:var(--muted);border-bottom:1px solid var(--axis);vertical-align:bottom;white-space:normal}
tbody th{min-width:130px;overflow-wrap:anywhere}
li div{min-width:0;overflow-wrap:anywhere}
td small,th small{display:block;font-size:14px;color:var(--muted);white-space:normal;line-height:1.4}
td.t-alert small{color:var(--alert)}
tr.total th,tr.total td{font-weight:600;border-top:1px solid var(--axis);border-bottom:0}
footer{margin-top:44px;padding-top:14px;border-top:1px solid var(--rule);font-size:14px;color:var(--muted)}
footer p{margin:0}
@media (max-width:640px){
main{margin:0;padding:22px 18px 28px;border-radius:0;box-shadow:none}
h1{font-size:27px}.period{font-size:18px}.lead{font-size:17px}h2{font-size:20px}
section{margin-top:34px}
.tiles,.tiles.of2{grid-template-columns:1fr 1fr}
.tiles.of4{grid-template-columns:1fr 1fr}.tiles.of1{grid-template-columns:1fr}
.tile{padding:12px 13px 11px}.tile.and1,.tile.and2{grid-column:auto}
.tile .value{font-size:21px}.tile.first{padding:14px 13px 13px;grid-template-columns:1fr}
.tile.first .value{font-size:36px}.tile.first .change{font-size:15px}.tile.first .change span{display:inline-block}
.tile.odd{grid-column:1/-1}
.change span{display:block}
svg.wide{display:none}svg.narrow{display:block}
.pair{grid-template-columns:1fr;gap:4px}
th,td{padding-left:10px}
.secondary{display:none}
li{display:block}li .aside{line-height:1.4;white-space:normal}
tbody th{min-width:92px}
}
@page{size:A4;margin:16mm 15mm}
@media print{
:root{--paper:#fff;--ground:#fff;--ink:#1c2430;--muted:#4f5865;--grid:#e2e0db;--axis:#8f949d;--accent:#1f5287;--band:#dce6f0;
--faint:#b3bfcc;--rise:#1c7d68;--fall:#d9822b;--alert:#b3400e;--good:#176b58;--bad:#a83c0c;--wash:#faf9f7;--rule:#d3d0c9}
body{font-size:10.5pt;-webkit-print-color-adjust:exact;print-color-adjust:exact}
main{max-width:none;margin:0;padding:0;box-shadow:none;zoom:.86}
.short{break-inside:avoid}
h2,h3,figcaption,caption,section>p{break-after:avoid}
figure,.tile,li,tr{break-inside:avoid}
thead{display:table-header-group}
section{margin-top:26px}
svg.wide{display:block}svg .hover{fill:none;pointer-events:all}
svg.narrow{display:none}
.scroll{overflow:visible}
}
"""

INKS = ("ink", "muted", "grid", "axis", "accent", "band", "faint", "rise", "fall", "alert", "paper")


def style_sheet() -> str:
    """The whole style sheet, with the fonts in it and a class per ink for fills and lines."""
    fonts = "".join(_font_face(name, weight) for name, weight in (("Regular", 400), ("Bold", 700)))
    inks = "".join(f".f-{ink}{{fill:var(--{ink})}}.s-{ink}{{stroke:var(--{ink})}}" for ink in INKS)
    return "".join(line for line in (fonts + STYLE + inks).splitlines())


def _font_face(name: str, weight: int) -> str:
    """The font inside the style sheet (see fonts/README.md), so that the page looks the same to every reader."""
    data = b64encode((_FONTS / f"CafeReport-{name}.woff2").read_bytes()).decode()
    source = f"url(data:font/woff2;base64,{data}) format('woff2')"
    return f"@font-face{{font-family:'Cafe Report';font-weight:{weight};font-display:block;src:{source}}}"
