import stringWidth from 'string-width';
import {
  countText,
  type FileDiff,
  hunkLine,
  onlyNamed,
  patchLines,
  totalText,
  type WorkspaceDiff,
} from '../../domain/diff.ts';
import {visible} from '../../domain/visible.ts';
import type {Run} from '../command.ts';
import {boolFlag} from '../flags.ts';
import type {Output} from '../output.ts';

/** Longer lines are cut on a terminal, in characters. */
const LINE_MAX = 2000;
/** Files that are named one by one. */
const NOTICES = 10;

/** For people on a terminal; piped, what `git apply` takes. */
export const diff: Run = async context => {
  const {args, cwd, output} = context;
  const stat = boolFlag(context, 'stat');
  const found = await (await context.fleet('read')).diff(args[0] ?? null, {cwd, stat});
  if (output.json) {
    output.value(found);
    return 0;
  }
  if (stat) await printTable(output, found);
  else if (output.terminal) printLines(output, found);
  else for (const file of found.files.filter(each => !onlyNamed(each))) printPatch(output, file);
  if (output.terminal || stat) output.line(headline(found));
  const piped = !output.terminal && !stat;
  for (const notice of noticesOf(found, piped)) output.notice(`amux: ${notice}`);
  return 0;
};

async function printTable(output: Output, {files}: WorkspaceDiff): Promise<void> {
  if (files.length === 0) return;
  const rows = files.map(file => [file.change, countText(file), safe(nameOf(file))]);
  await output.table(['CHANGE', 'LINES', 'FILE'], rows);
}

function printPatch(output: Output, file: FileDiff): void {
  for (const line of patchLines(file)) output.raw(Buffer.from(`${line}\n`, file.encoding));
}

function printLines(output: Output, {files}: WorkspaceDiff): void {
  const paint = output.colour
    ? (look: string, text: string) => `\x1b[${look}m${text}\x1b[m`
    : (_: string, text: string) => text;
  for (const file of files) {
    output.line(paint(BOLD, `${file.change} ${safe(nameOf(file))}  ${countText(file)}${modeText(file)}`));
    for (const hunk of file.hunks) {
      output.line(paint(CYAN, safe(hunkLine(hunk))));
      for (const line of hunk.lines) {
        const shown = line.slice(0, 1) + safe(line.slice(1, LINE_MAX), 1) + (line.length > LINE_MAX ? ' …' : '');
        const look = LOOKS[line[0]!];
        output.line(look === undefined ? shown : paint(look, shown));
      }
    }
    output.line();
  }
}

const BOLD = '1';
const CYAN = '36';
const LOOKS: {[mark: string]: string} = {'+': '32', '-': '31', '\\': '2'};

const nameOf = ({path, before}: FileDiff): string => (before === null ? path : `${before} → ${path}`);
const safe = (text: string, before = 0): string => visible(text, {width: stringWidth, before});

function modeText({modes: {from, to}}: FileDiff): string {
  return from === null || to === null || from === to ? '' : `  mode ${from} → ${to}`;
}

function headline({workspace, branch, base, total}: WorkspaceDiff): string {
  return `${workspace.name}${branch === null ? '' : ` on ${branch}`} against ${base}: ${totalText(total)}`;
}

/** What is not text is named on a terminal; a patch has no place for it. */
function noticesOf({files, cut}: WorkspaceDiff, piped: boolean): string[] {
  const partly = files.flatMap(file => {
    if (file.cut !== null) return [`not shown of ${safe(file.path)}: ${file.cut}`];
    return piped && onlyNamed(file) ? [`not in the patch: ${safe(file.path)}, ${countText(file)}`] : [];
  });
  const more = partly.length > NOTICES ? [`… and ${partly.length - NOTICES} more`] : [];
  return [...cut.map(each => `not shown: ${safe(each)}`), ...partly.slice(0, NOTICES), ...more];
}
