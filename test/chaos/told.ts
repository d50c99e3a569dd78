import assert from 'node:assert/strict';
import type {Result} from '../helpers/home.ts';

/** No stack, no name of a library's error, no class of Node's. */
const RAW = /\n\s+at |node:internal|SQLITE_\w+: SQLITE_|AssertionError|TypeError/;

/** What a person sees who cannot have what they asked for: one line that says why and what to do next. */
export function assertOneSentence({code, out, err}: Result, wanted: {code: number; says: RegExp}): void {
  assert.equal(code, wanted.code, `${out}${err}`);
  assert.match(err, wanted.says);
  assert.match(err, /^amux: [^\n]+\n$/, 'one line');
  assert.doesNotMatch(err, RAW);
  assert.match(err, / · /, 'and what to do next');
}

/** A command that answers, whatever else is the matter. */
export function assertAnswers({code, out, err}: Result, says: RegExp): void {
  assert.equal(code, 0, `${out}${err}`);
  assert.match(out, says);
  assert.doesNotMatch(err, RAW);
}
