import assert from 'node:assert/strict';
import {test} from 'node:test';
import {newToken} from '../../source/supervisor/access.ts';

test('a token can stand in a URL and behind --token', () => {
  const tokens = Array.from({length: 2000}, newToken);
  for (const token of tokens) assert.match(token, /^[A-Za-z0-9][A-Za-z0-9_-]{31,}$/);
  assert.equal(new Set(tokens).size, tokens.length);
});
