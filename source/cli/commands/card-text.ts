import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {cardText, parseCardText} from '../../domain/card-text.ts';
import {AmuxError} from '../../domain/errors.ts';
import type {Context} from '../command.ts';
import {editorOf, runEditor} from '../run-editor.ts';

export type CardText = {title: string; desc: string};

/**
 * Lets a person write a card: its title in the first line, an empty line, its description. The file is kept, and the
 * person told where, until `done` with it has succeeded. Resolves with null when nothing was changed.
 */
export async function editCardText<T>(
  context: Pick<Context, 'env' | 'stdin' | 'output'>,
  {id, title, desc}: CardText & {id: string},
  done: (text: CardText) => Promise<T>,
): Promise<T | null> {
  const {env, stdin, output} = context;
  if (!stdin.isTTY && !env['VISUAL'] && !env['EDITOR']) {
    const next = 'set EDITOR, or give what to change as flags';
    throw new AmuxError('input.invalid', {why: 'an editor needs a terminal, and stdin is none', next});
  }
  const file = join(mkdtempSync(join(tmpdir(), 'amux-card-')), `${id}.md`);
  const before = cardText({title, desc});
  writeFileSync(file, before, {mode: 0o600});
  let kept = true;
  try {
    const code = await runEditor(editorOf(env), file);
    const text = readFileSync(file, 'utf8');
    if (code === 0 && text === before) {
      kept = false;
      return null;
    }
    if (code !== 0) throw new AmuxError('input.invalid', {why: `the editor ended with ${code}`, next: 'try it again'});
    const result = await done(parseCardText(text));
    kept = false;
    return result;
  } finally {
    if (kept) output.notice(`amux: what you wrote is in ${file}`);
    else rmSync(dirname(file), {recursive: true, force: true});
  }
}
