"""How the extract looks: A4, black on white, a code large enough to be scanned."""

STYLE = """
@page { size: A4; margin: 15mm; }
body { margin: 0 auto; max-width: 180mm; color: #000; background: #fff;
  font: 10pt/1.4 "Noto Serif CJK SC", "Songti SC", SimSun, serif; }
h1 { font-size: 16pt; margin: 0 0 2mm; }
h2 { font-size: 12pt; margin: 5mm 0 1mm; border-bottom: .3mm solid #000;
  break-after: avoid; }
[lang="en"] { color: #444; font-size: 90%; }
table { border-collapse: collapse; width: 100%; }
th, td { border: .2mm solid #777; padding: .8mm 1.5mm; text-align: start;
  vertical-align: top; overflow-wrap: anywhere; font-weight: normal; }
table.of th { width: 32%; }
tr { break-inside: avoid; }
.code { display: block; width: 95mm; height: 95mm; }
section.code-and-words { break-inside: avoid; }
@media screen { body { padding: 8mm; } }
"""
