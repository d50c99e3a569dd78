import assert from 'node:assert/strict';
import {test} from 'node:test';
import {newToken} from '../../source/supervisor/access.ts';
import {Served} from '../api/served.ts';

test('a token can stand in a URL and behind --token', () => {
  const tokens = Array.from({length: 2000}, newToken);
  for (const token of tokens) assert.match(token, /^[A-Za-z0-9][A-Za-z0-9_-]{31,}$/);
  assert.equal(new Set(tokens).size, tokens.length);
});

test('a token that has expired keeps neither its name nor its place', async () => {
  await using served = await Served.open();
  const {fleet} = served;
  const names = async () => (await fleet.listTokens()).map(({name}) => name);
  const inAMinute = () => Math.floor((Date.now() + served.later) / 1000) + 60;
  await fleet.createToken({role: 'viewer', name: 'ci', expires_at: inAMinute()});
  const again = () => fleet.createToken({role: 'viewer', name: 'ci', expires_at: inAMinute()});
  await assert.rejects(again, {code: 'token.exists'});
  const known = (await names()).length;
  for (let i = known; i < 500; i++) await fleet.createToken({role: 'viewer', name: `t${i}`, expires_at: inAMinute()});
  await assert.rejects(fleet.createToken({role: 'viewer', name: 'more'}), {code: 'token.many'});
  served.later = 120_000;
  await again();
  assert.equal((await names()).filter(name => name === 'ci').length, 1);
  await fleet.createToken({role: 'viewer', name: 'more'});
});
