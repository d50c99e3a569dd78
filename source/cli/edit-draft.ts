import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {AmuxError} from '../domain/errors.ts';
import {runEditor} from './run-editor.ts';

export type Draft = {name: string; text: string};

type Editing = {
  /** `$VISUAL` or `$EDITOR`, a command line. */
  command: string;
  draft: Draft;
  /** Ends the editor. */
  signal: AbortSignal;
};

/**
 * Lets a person edit a text in a file of its own, in this terminal. Null when the editor changed nothing; else the file
 * stays until it is discarded, so that no text is lost to whatever refuses it.
 * @throws AmuxError when the editor failed, or was ended; what it left behind stays, and the hint says where.
 */
export async function editDraft({command, draft, signal}: Editing) {
  const file = join(mkdtempSync(join(tmpdir(), 'amux-')), draft.name);
  const discard = () => rmSync(dirname(file), {recursive: true, force: true});
  writeFileSync(file, draft.text, {mode: 0o600});
  try {
    const code = await runEditor(command, file, signal);
    if (code !== 0) throw failed(code, isTouched(file, draft) ? `what it left is in ${dirname(file)}` : '');
    const text = readFileSync(file, 'utf8');
    if (text !== draft.text) return {text, file, discard};
  } catch (error) {
    if (!isTouched(file, draft)) discard();
    throw error;
  }
  discard();
  return null;
}

const failed = (code: number, next: string): AmuxError =>
  new AmuxError('input.invalid', {why: `the editor ended with ${code}, so nothing is changed`, next});

/** Also by another file beside it: what an editor that was ended keeps there to recover the text from. */
function isTouched(file: string, {name, text}: Draft): boolean {
  const left = readdirSync(dirname(file));
  return left.some(each => each !== name) || (left.includes(name) && readFileSync(file, 'utf8') !== text);
}
