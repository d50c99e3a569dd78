/** A cell of a canvas: what stands in it, and the code of the colour that it was drawn in (`33`, `42`); null: none. */
export type CanvasCell = {text: string; colour: number | null};

/** The cells of what a canvas of blessed-contrib drew, row by row: its only output is text with colours. */
export function canvasCells(frame: string): CanvasCell[][] {
  const rows = frame.split('\n');
  // The last line break ends the last row.
  if (rows.at(-1) === '') rows.pop();
  return rows.map(cellsOf);
}

function cellsOf(row: string): CanvasCell[] {
  const cells: CanvasCell[] = [];
  let colour: number | null = null;
  for (const [, code, text] of row.matchAll(/\x1b\[(\d+)m|([^\x1b])/g)) {
    // 39 and 49 put the usual colours back.
    if (code !== undefined) colour = Number(code) % 10 === 9 ? null : Number(code);
    else cells.push({text: text!, colour});
  }
  return cells;
}
