import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import {resetOf, resetRules} from '../../source/domain/reset-time.ts';

const NOW = Date.parse('2026-11-21T10:00:00Z');
const at = (text: string): string | null => {
  const found = resetOf(text, NOW);
  return found === null ? null : new Date(found).toISOString().replace('.000', '');
};
const local = (month: number, day: number, hour: number, minute = 0): string =>
  new Date(2026, month - 1, day, hour, minute).toISOString().replace('.000', '');

describe('when a limit ends', () => {
  const said: [string, string][] = [
    ["You've hit your session limit · resets 3pm (Europe/Berlin)", '2026-11-21T14:00:00Z'],
    ["You've hit your weekly limit · resets Nov 25, 3:30pm (America/New_York)", '2026-11-25T20:30:00Z'],
    ["You've hit your limit · resets 9am (Europe/Berlin)", '2026-11-22T08:00:00Z'],
    ['resets Dec 3, 2026, 3am (UTC)', '2026-12-03T03:00:00Z'],
    ['Claude AI usage limit reached|1795275600', '2026-11-21T15:40:00Z'],
    ["You've hit your usage limit. Upgrade to Pro or try again in 5 days 3 hours 12 minutes.", '2026-11-26T13:12:00Z'],
    ["You've hit your usage limit. Try again at Nov 25th, 2026 3:05 PM.", local(11, 25, 15, 5)],
    ['Usage limit reached. Access resets at 3:05 PM GMT+1.', '2026-11-21T14:05:00Z'],
    ['Access resets at 3:05 PM UTC.', '2026-11-21T15:05:00Z'],
    ['Please retry in 37.5s.', '2026-11-21T10:00:37.500Z'],
    ['Rate limit reached. Please try again in 11h 54m 3s', '2026-11-21T21:54:03Z'],
    ['retry after 30 seconds', '2026-11-21T10:00:30Z'],
    ['resets in 2h 5m', '2026-11-21T12:05:00Z'],
  ];
  for (const [text, expected] of said) test(`is read from: ${text}`, () => assert.equal(at(text), expected));

  const nothing = [
    'API Error: Request rejected (429) · This request would exceed your rate limit',
    'exceeded retry limit, last status: 429 Too Many Requests, request id: req_fake2',
    'Rate limit reached for requests',
    'API error · try again in a moment',
    'Please try again later',
    'Usage limit reached, try again in 9000 days',
    'retrying, attempt 3: Rate limit reached',
    'resets 25:00',
    '',
  ];
  for (const text of nothing) test(`is not said by: ${text || '(nothing)'}`, () => assert.equal(at(text), null));

  test('each rule reads what it says that it reads', () => {
    for (const {says, pattern} of resetRules) {
      for (const text of says.split('; ')) assert.ok(pattern.test(text), text);
    }
  });

  test('a time of day in the night in which the clocks change is that of the clock on the wall', () => {
    const before = Date.parse('2026-10-24T20:00:00Z');
    const found = resetOf('resets 9am (Europe/Berlin)', before);
    assert.equal(new Date(found!).toISOString(), '2026-10-25T08:00:00.000Z');
  });
});
