import assert from 'node:assert/strict';
import {test} from 'node:test';
import {zonedText} from '../../source/cockpit/ages.ts';

test('a time stands in the zone that is told beside it, with day and year where they are others', () => {
  const now = Date.parse('2026-11-21T12:00:00Z');
  const told = (at: string) => zonedText(Date.parse(at), {timezone: 'Europe/Berlin', now});
  assert.equal(told('2026-11-21T20:00:00Z'), '21:00');
  assert.equal(told('2026-11-22T02:00:00Z'), '11-22 03:00');
  assert.equal(told('2027-03-28T01:00:00Z'), '2027-03-28 03:00');
});
