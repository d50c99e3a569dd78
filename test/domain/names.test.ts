import assert from 'node:assert/strict';
import {test} from 'node:test';
import {AmuxError, errorTable} from '../../source/domain/errors.ts';
import {checkName, findNamed} from '../../source/domain/names.ts';

const items = [
  {id: 'session-aaa', name: 'api'},
  {id: 'session-bbb', name: 'api-2'},
  {id: 'session-ccc', name: 'docs'},
  {id: 'session-ddd', name: 'b2'},
];
const code = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return (error as AmuxError).code;
  }
  return 'none';
};

test('a name wins over a prefix, an id is found, a row of ps counts from 1', () => {
  assert.equal(findNamed(items, 'api').id, 'session-aaa');
  assert.equal(findNamed(items, 'session-ccc').name, 'docs');
  assert.equal(findNamed(items, '4').name, 'b2');
  assert.equal(findNamed(items, 'do').name, 'docs');
  assert.equal(findNamed(items, 'session-d').name, 'b2');
});

test('rows are those that were shown, also when more is stored', () => {
  assert.equal(findNamed(items, '1', items.slice(2)).name, 'docs');
});

test('a prefix of two names is refused with both of them', () => {
  assert.throws(() => findNamed(items, 'ap'), /api, api-2/);
  assert.equal(
    code(() => findNamed(items, 'ap')),
    'session.ambiguous',
  );
});

test('what nobody is called is unknown: also an empty name and a row that is not there', () => {
  for (const ref of ['zzz', '', '9', '0'])
    assert.equal(
      code(() => findNamed(items, ref)),
      'session.unknown',
    );
});

test('a name can be typed, put into a URL, and is not reserved', () => {
  for (const good of ['a', 'payments', 'A-1_b.c', 'x'.repeat(64)]) checkName(good);
  for (const bad of ['', '1a', '-x', 'a b', 'a/b', '..', 'bulk', 'x'.repeat(65), 'ä', 'a\u001b[31m', 'a\n']) {
    assert.equal(
      code(() => checkName(bad)),
      'session.name',
      JSON.stringify(bad),
    );
  }
});

test('every error fills its facts into message and hint, and keeps an exit code of the table', () => {
  const error = new AmuxError('session.exists', {name: 'api'});
  assert.equal(error.message, 'a session named "api" exists already');
  assert.match(error.hint, /amux unregister api/);
  assert.deepEqual([error.http, error.exit], [409, 4]);
  for (const row of Object.values(errorTable)) assert.ok(row.exit >= 1 && row.exit <= 5 && row.hint.length > 0);
});
