import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
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
 * Lets a person edit a text in a file of its own, in this terminal. Null when the editor failed or changed nothing; else
 * the file stays until it is discarded, so that no text is lost to whatever refuses it.
 */
export async function editDraft({command, draft, signal}: Editing) {
  const file = join(mkdtempSync(join(tmpdir(), 'amux-')), draft.name);
  const discard = () => rmSync(dirname(file), {recursive: true, force: true});
  writeFileSync(file, draft.text, {mode: 0o600});
  try {
    const code = await runEditor(command, file, signal);
    const text = readFileSync(file, 'utf8');
    if (code === 0 && text !== draft.text) return {text, file, discard};
  } catch (error) {
    discard();
    throw error;
  }
  discard();
  return null;
}
