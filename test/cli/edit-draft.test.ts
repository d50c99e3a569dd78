import assert from 'node:assert/strict';
import {existsSync, readFileSync, rmSync} from 'node:fs';
import {dirname} from 'node:path';
import {test} from 'node:test';
import {editDraft} from '../../source/cli/edit-draft.ts';
import {AmuxError} from '../../source/domain/errors.ts';

const draft = {name: 'APP-1.md', text: 'Refunds\n'};
const edit = (script: string, signal = new AbortController().signal) =>
  editDraft({command: `sh -c '${script}'`, draft, signal});

/** How the editor’s failure is told, and the directory that it names. */
async function leftBy(script: string): Promise<{error: AmuxError; directory: string}> {
  const error = await edit(script).then(
    () => assert.fail('an editor that failed is told'),
    (cause: unknown) => cause,
  );
  assert.ok(error instanceof AmuxError);
  return {error, directory: error.hint.replace('what it left is in ', '')};
}

test('a text that an editor saved before it failed is kept, and said where', async () => {
  const {error, directory} = await leftBy('echo mine > "$0"; exit 3');
  try {
    assert.equal(error.message, 'the editor ended with 3, so nothing is changed');
    assert.equal(readFileSync(`${directory}/APP-1.md`, 'utf8'), 'mine\n');
  } finally {
    rmSync(directory, {recursive: true, force: true});
  }
});

test('what an editor that was killed keeps beside the file stays, to recover the text from', async () => {
  const {directory} = await leftBy('echo unsaved > "$(dirname "$0")/.APP-1.md.swp"; kill -HUP $$');
  try {
    assert.equal(readFileSync(`${directory}/.APP-1.md.swp`, 'utf8'), 'unsaved\n');
  } finally {
    rmSync(directory, {recursive: true, force: true});
  }
});

test('an editor that fails without a change is told, and leaves no file', async () => {
  const {error} = await leftBy('exit 1');
  assert.equal(error.hint, '');
});

test('an unchanged text is null and leaves no file; a changed one has its file until it is discarded', async () => {
  assert.equal(await edit('true'), null);
  const edited = await edit('echo mine > "$0"');
  assert.equal(edited?.text, 'mine\n');
  edited.discard();
  assert.equal(existsSync(dirname(edited.file)), false);
});
