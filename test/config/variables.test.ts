// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references as they stand in a configuration.
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import {expandEnvironment, maskSecret, namedVariables, parseAssignment} from '../../source/config/variables.ts';
import type {AmuxError} from '../../source/domain/errors.ts';

describe('variables', () => {
  test('a reference is expanded from the first source that has it', () => {
    assert.deepEqual(expandEnvironment({A: 'x ${ONE} ${TWO}'}, [{ONE: '1'}, {ONE: 'no', TWO: '2'}]), {A: 'x 1 2'});
  });

  test('a default stands in for what is unset or empty', () => {
    const raw = {A: '${NO:-d e}', B: '${EMPTY:-d}', C: '${NO:-}', D: '${YES:-d}'};
    assert.deepEqual(expandEnvironment(raw, [{EMPTY: '', YES: 'y'}]), {A: 'd e', B: 'd', C: '', D: 'y'});
  });

  test('anything that is not ${NAME} stays as it is written', () => {
    const raw = {A: '$HOME $$ ${1} ${a/b} ${', B: 'plain'};
    assert.deepEqual(expandEnvironment(raw, [{HOME: '/h'}]), raw);
  });

  test('an expanded value is not expanded again', () => {
    assert.deepEqual(expandEnvironment({A: '${B}'}, [{B: '${C} $& $1'}]), {A: '${C} $& $1'});
  });

  test('a variable that is empty everywhere counts as set', () => {
    assert.deepEqual(expandEnvironment({A: '${B}'}, [{B: ''}]), {A: ''});
  });

  test('a variable that is unset everywhere is named', () => {
    assert.throws(
      () => expandEnvironment({A: '${OPENAI_API_KEY}'}, [{}, {OPENAI_API_KEY: undefined}], 'api'),
      (error: AmuxError) => {
        assert.equal(error.code, 'session.env');
        assert.equal(error.message, 'api needs the variable OPENAI_API_KEY, which is not set anywhere');
        return true;
      },
    );
    assert.throws(() => expandEnvironment({A: '${toString}'}, [{}]), {code: 'session.env'});
  });

  test('the variables that a profile names are listed once each', () => {
    assert.deepEqual(namedVariables({A: '${X} ${Y:-1}', B: '${X}', C: '$Z'}), ['X', 'Y']);
  });

  test('an assignment is split at its first equals sign', () => {
    assert.deepEqual(parseAssignment('K=a=b'), ['K', 'a=b']);
    assert.deepEqual(parseAssignment('K='), ['K', '']);
  });

  for (const [text, why] of [
    ['K', /--env "K" has no "="/],
    ['=v', /"" is not a variable name/],
    ['1K=v', /"1K" is not a variable name/],
    ['a b=v', /is not a variable name/],
    ['K=a\0', /NUL/],
  ] as [string, RegExp][]) {
    test(`--env ${JSON.stringify(text)} is refused with a reason and a way out`, () => {
      assert.throws(
        () => parseAssignment(text),
        (error: AmuxError) =>
          error.code === 'input.invalid' && why.test(error.message) && /NAME=VALUE/.test(error.hint),
      );
    });
  }

  for (const [name, value, shown] of [
    ['ANTHROPIC_API_KEY', 'sk-ant-api03-abcdef', 'sk-…'],
    ['OPENAI_API_KEY', 'sk-...', '***'],
    ['OPENAI_API_KEY', '${OPENAI_API_KEY}', '${OPENAI_API_KEY}'],
    ['OPENAI_API_KEY', '${KEY:-sk-secret-default}', '${KEY:-***}'],
    ['AUTH_HEADER', 'Bearer ${TOKEN}', 'Bea…'],
    ['githubToken', 'abcdefghijklmnop', 'abc…'],
    ['DB_PASS', 'hunter2', '***'],
    ['PGPASSWORD', 'hunter2', '***'],
    ['DATABASE_URL', 'postgres://me:hunter2@host/db', 'pos…'],
    ['ANYTHING', 'ghp_0123456789abcdef', 'ghp…'],
    ['GIT_AUTHOR_NAME', 'Ada', 'Ada'],
    ['PWD', '/home/ada/work', '/home/ada/work'],
    ['LANG', 'C.UTF-8', 'C.UTF-8'],
  ] as [string, string, string][]) {
    test(`${name}=${value} is shown as ${shown}`, () => assert.equal(maskSecret(name, value), shown));
  }
});
