import assert from 'node:assert/strict';
import type {Result} from '../helpers/home.ts';

/** What a person sees who cannot have what they asked for: one line that says why and what to do next. */
export function assertOneSentence({code, out, err}: Result, wanted: {code: number; says: RegExp}): void {
  assert.equal(code, wanted.code, `${out}${err}`);
  assert.match(err, wanted.says);
  assert.match(err, /^amux: [^\n]+\n$/, 'one line');
  assert.doesNotMatch(err, /\n\s+at |node:internal|SQLITE_\w+: SQLITE_/);
  assert.match(err, / · /, 'and what to do next');
}
