import assert from 'node:assert/strict';
import {test} from 'node:test';
import {z} from 'zod';
import {parse} from '../../source/api/refusals.ts';

const body = z.strictObject({desc: z.string().max(100), tags: z.array(z.string()).max(2), priority: z.number().max(9)});

test('what is wrong with a body is said as a person would', () => {
  const good = {desc: '', tags: [], priority: 1};
  for (const [wrong, says] of [
    [{desc: 'x'.repeat(101)}, 'body.desc: longer than 100 characters'],
    [{tags: ['a', 'b', 'c']}, 'body.tags: more than 2 of them'],
    [{priority: 10}, 'body.priority: more than 9'],
    [{priority: '1'}, 'body.priority: expected number, received string'],
  ] as const) {
    assert.throws(() => parse(body, {...good, ...wrong}, 'body'), {code: 'input.invalid', message: says});
  }
});
