import assert from 'node:assert/strict';
import {test} from 'node:test';
import {createBell} from '../../source/cockpit/bell.ts';
import type {EventView} from '../../source/domain/fleet.ts';
import {noticeKinds} from '../../source/domain/notices.ts';

function bell({skew = 0, served = false}: {skew?: number; served?: boolean} = {}) {
  let now = 1_000_000;
  let cursor = 0;
  const written: string[] = [];
  let wrote: () => void = () => {};
  const created = createBell({
    settings: () => ({bell: noticeKinds, on: noticeKinds, desktop: 'auto', webhooks: []}),
    env: {TERM: 'xterm'},
    clock: () => now,
    write: sequence => {
      written.push(sequence);
      wrote();
    },
    isLent: () => false,
    inSight: () => ['id-seen'],
    served: async () => served,
  });
  const entry = (name: string, type: EventView['type'], agoMs: number): void => {
    cursor++;
    const session = {id: `id-${name}`, name};
    const at = (now + skew - agoMs) / 1000;
    created.heard({cursor, at, type, actor: 'supervisor', session, reason: 'waiting · question: go on?', cards: []});
  };
  const count = async (wanted: number): Promise<string[]> => {
    while (written.length < wanted) {
      await new Promise<void>(resolve => {
        wrote = resolve;
      });
    }
    return written;
  };
  const pass = (ms: number): void => {
    now += ms;
  };
  return {bell: created, entry, written, count, pass};
}

test('the first goes out at once, and what follows within a second together', async () => {
  const {bell: own, entry, count} = bell();
  for (const name of ['a', 'b', 'seen', 'c']) entry(name, 'notice.told', 0);
  entry('d', 'session.activity', 0);
  assert.deepEqual(await count(4), [
    '\x07',
    '\x1b]9;amux: a needs you: question: go on?\x07',
    '\x07',
    '\x1b]9;amux: 2 notices: waiting: b, c\x07',
  ]);
  own.close();
});

test('what comes late, after a lost connection, is no news, whatever the clock of the fleet says', async () => {
  for (const skew of [0, 3_600_000, -3_600_000]) {
    const {bell: own, entry, written, count, pass} = bell({skew});
    entry('a', 'session.activity', 0);
    pass(600_000);
    entry('b', 'notice.told', 300_000);
    assert.deepEqual(written, []);
    entry('c', 'notice.told', 5000);
    assert.match((await count(2))[1]!, /amux: c needs you/);
    own.close();
  }
});

test('what the fleet shows on this desktop, the terminal does not', async () => {
  const {bell: own, entry, count} = bell({served: true});
  entry('a', 'notice.told', 0);
  await count(1);
  entry('b', 'notice.told', 0);
  assert.deepEqual(await count(2), ['\x07', '\x07']);
  own.close();
});
