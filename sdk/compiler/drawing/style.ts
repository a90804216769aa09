/** The look of drawings, light and dark as the reader's system is. */
export const STYLE = `
text { font: 13px ui-sans-serif, system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328; }
.paper { fill: #ffffff; }
.shape { fill: #eef4ff; stroke: #4a76c9; }
.start .shape, .end .shape { fill: #f1f3f5; stroke: #868e96; }
.throw .shape { fill: #ffe9e7; stroke: #d1453b; }
.jump .shape { fill: #ffffff; stroke: #868e96; stroke-dasharray: 4 3; }
.branch .shape, .switch .shape { fill: #fff7e0; stroke: #c9971c; }
.frame { fill: #7d8ea818; stroke: #8c98ab; }
.map .frame, .parallel .frame { fill: #2e9e6b14; stroke: #2e9e6b; }
.loop .frame { fill: #7a5fd014; stroke: #7a5fd0; }
.try .frame { fill: #d1453b0d; stroke: #d1453b; stroke-dasharray: 6 3; }
.head { font-weight: 600; font-size: 12px; }
.answer { font-size: 12px; fill: #57606a; }
.edge { fill: none; stroke: #57606a; stroke-width: 1.2; }
path.head { fill: #57606a; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .paper { fill: #0d1117; }
  .shape { fill: #17233b; stroke: #6f9bee; }
  .start .shape, .end .shape { fill: #21262d; stroke: #8b949e; }
  .throw .shape { fill: #3b1a18; stroke: #f0786f; }
  .jump .shape { fill: #0d1117; stroke: #8b949e; }
  .branch .shape, .switch .shape { fill: #35290c; stroke: #d9ac3c; }
  .answer { fill: #9da7b3; }
  .edge { stroke: #9da7b3; }
  path.head { fill: #9da7b3; }
}
`.trim();
