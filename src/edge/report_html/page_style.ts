/**
 * How the page looks: the reader's own colour scheme, system fonts, AA contrast in both schemes,
 * and paper, which is light. Hatching, words and tables carry what colour carries.
 *
 * @module
 */
export const pageStyle = `
:root { color-scheme: light dark;
  --paper: #ffffff; --ink: #1b1f24; --soft: #57606a; --line: #d5dae0; --tint: #f5f7f9;
  --plain: #3b6ea5; --stopped: #a85500; --ask: #7250b8; --deny: #b3261e; }
@media screen and (prefers-color-scheme: dark) { :root {
  --paper: #14171b; --ink: #e6e9ed; --soft: #a3acb7; --line: #343b44; --tint: #1d2228;
  --plain: #6fa3dc; --stopped: #e59a44; --ask: #b79bf0; --deny: #f0857d; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main, header, footer { max-width: 60rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2.5rem; } footer { padding-bottom: 3rem; color: var(--soft); }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .25rem; letter-spacing: -.01em; }
h2 { font-size: 1.2rem; margin: 3rem 0 .75rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 2rem 0 .5rem; }
p { margin: .4rem 0; max-width: 44rem; } .soft, .note { color: var(--soft); }
.note { font-size: .875rem; }
code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: .86em; overflow-wrap: anywhere; unicode-bidi: isolate; }
pre { background: var(--tint); border: 1px solid var(--line); border-radius: 6px; padding: 1rem;
  white-space: pre-wrap; line-height: 1.5; }
dl.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 1px;
  background: var(--line); border: 1px solid var(--line); margin: 1.5rem 0; }
dl.tiles div { background: var(--paper); padding: .75rem 1rem; display: flex;
  flex-direction: column-reverse; }
dl.tiles dt { color: var(--soft); font-size: .875rem; }
dl.tiles dd { margin: 0; font-size: 1.75rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.alarm { border-left: 4px solid var(--deny); padding: .25rem 0 .25rem 1rem; }
.scroll { overflow-x: auto; margin: 1rem 0 .25rem; }
.scroll:focus-visible { outline: 2px solid var(--plain); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .35rem .9rem .35rem 0;
  border-bottom: 1px solid var(--line); font-weight: 400; }
thead th { color: var(--soft); font-size: .8rem; border-bottom-color: var(--soft); }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
svg { display: block; width: 100%; max-width: 44rem; height: auto; margin: .75rem 0; }
svg.defs { position: absolute; width: 0; height: 0; }
svg text { font-size: 12px; fill: var(--ink); dominant-baseline: central; }
svg .label { text-anchor: end; } svg .date { text-anchor: middle; fill: var(--soft); }
svg .value { fill: var(--soft); } svg .axis { stroke: var(--line); fill: none; }
.plain { fill: var(--plain); } .ask { fill: var(--ask); } .deny { fill: var(--deny); }
.stopped { fill: url(#hatch); stroke: var(--stopped); } .hatch { stroke: var(--stopped); }
ul.legend { list-style: none; padding: 0; margin: 0; display: flex; flex-wrap: wrap;
  gap: .25rem 1.25rem; font-size: .875rem; color: var(--soft); }
ul.legend svg { display: inline-block; width: 14px; height: 14px; margin: 0 .4rem -2px 0; }
ol.steps li { margin: .5rem 0; } ol.steps p { margin: 0; }
@media print { body { font-size: 10.5pt; } header { padding-top: 0; }
  h2, h3, caption { break-after: avoid; } svg, tr, dl.tiles { break-inside: avoid; }
  .scroll { overflow: visible; } pre { border-color: #999; } }
`;
