import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import stringWidth from 'string-width';
import {schedulesPane} from '../../source/cockpit/panes/schedules.ts';
import {openCockpit} from './open-cockpit.tsx';
import {loadTheme} from './palettes.ts';
import {SCENE_NOW, sceneFleet} from './scene.ts';
import {sceneSchedules, scheduleOf} from './schedule-scene.ts';

const ESC = '\x1b';
const theme = loadTheme('dark', {LANG: 'C.UTF-8', NO_COLOR: '1'});

/** The list is open, with `nightly` chosen. */
async function opened(list = sceneSchedules()) {
  const fleet = sceneFleet();
  fleet.scheduleViews = list;
  const cockpit = openCockpit({fleet});
  await cockpit.see(/COMMAND/);
  cockpit.press('S');
  await cockpit.see(/━ Schedules ━/);
  return cockpit;
}

test('the list says when each is due next, what it does and how its last runs went', async () => {
  using cockpit = await opened();
  await cockpit.see(/nightly +05-05 02:\d\d +send api: run the whole suite/);
  await cockpit.see(/monitor +15:00 +send monitor: Do your round/);
  await cockpit.see(/✗ logs-批量 +paused +add card: 读日志/);
  await cockpit.see(/✓ release +over/);
  await cockpit.see(/0 2 \* \* \* UTC · next 05-05 02:00, 05-06 02:00, 05-07 02:00 · missed runs once/);
  await cockpit.see(/✓ 05-03 04:00 +its text is queued for api \(late, 1 missed before it\)/);
  cockpit.press('k');
  cockpit.press('j');
  await cockpit.see(/◌ 14:00 +its last text still waits in the queue of monitor/);
  cockpit.press(ESC);
  await cockpit.see(/^(?![\s\S]*━ Schedules)/);
});

test('the chosen one is paused, goes on, runs now, and the list follows', async () => {
  using cockpit = await opened();
  cockpit.press('p');
  await cockpit.see(/nightly +paused/);
  await cockpit.see(/space go on/);
  cockpit.press(' ');
  await cockpit.see(/nightly +05-05 02:00/);
  cockpit.press('r');
  await cockpit.see(/m-1 is queued \(by cockpit\)/);
  assert.deepEqual(
    cockpit.fleet.calls.filter(call => /schedule/.test(call)),
    ['schedule sc-nightly {"enabled":false}', 'schedule sc-nightly {"enabled":true}', 'run schedule sc-nightly'],
  );
});

test('one is removed after a question, and the next one is chosen; a no comes back to the list', async () => {
  using cockpit = await opened();
  cockpit.press('d');
  await cockpit.see(/━ Remove nightly\? ━/);
  cockpit.press('n');
  await cockpit.see(/━ Schedules ━[\s\S]*1 of 4/);
  cockpit.press('d');
  await cockpit.see(/━ Remove nightly\? ━/);
  cockpit.press('y');
  await cockpit.see(/━ Schedules ━[\s\S]*1 of 3/);
  await cockpit.see(/^(?![\s\S]*0 2 \* \* \*)/);
  cockpit.press('d');
  await cockpit.see(/━ Remove monitor\? ━/);
  assert.deepEqual(
    cockpit.fleet.calls.filter(call => /schedule/.test(call)),
    ['no schedule sc-nightly'],
  );
});

test('a line that somebody else took away is not replaced by another', async () => {
  using cockpit = await opened();
  await cockpit.fleet.removeSchedule('nightly');
  await cockpit.see(/━ Schedules ━+ 3 ━/);
  cockpit.press('d');
  await cockpit.see(/no schedule is chosen/);
  cockpit.press('j');
  await cockpit.see(/1 of 3/);
});

test('one of which nothing is to come cannot be paused', async () => {
  using cockpit = await opened([
    scheduleOf({name: 'once', cron: null, at: '2026-05-01T08:00', state: 'over', next_run: null, upcoming: []}),
  ]);
  await cockpit.see(/once +over/);
  cockpit.press('p');
  await cockpit.see(/nothing of it is to come/);
});

test('without schedules it says how one is made', async () => {
  using cockpit = await opened([]);
  await cockpit.see(/nothing is done at set times yet/);
  await cockpit.see(/amux schedule add NAME --cron/);
});

test('nothing is drawn or asked of schedules while the list is closed', async () => {
  using cockpit = openCockpit();
  await cockpit.see(/COMMAND/);
  let calls = 0;
  const schedules = async () => {
    calls++;
    return [];
  };
  Object.assign(cockpit.fleet, {schedules});
  cockpit.fleet.tell({type: 'schedule.ran', reason: 'schedule nightly: its text is queued for api'});
  cockpit.press('5');
  await cockpit.see(/its text is queued for api/);
  assert.equal(calls, 0);
});

describe('the pane', () => {
  const many = Array.from({length: 40}, (_, i) =>
    scheduleOf({name: `s-${String(i).padStart(2, '0')}`, text: `${'很长 long text '.repeat(30)}\u001b]52;c;x\u0007`}),
  );
  for (const {cols, rows} of [
    {cols: 40, rows: 17},
    {cols: 60, rows: 21},
    {cols: 80, rows: 21},
    {cols: 200, rows: 46},
    {cols: 40, rows: 6},
  ]) {
    for (const list of [many, sceneSchedules(), []]) {
      test(`fits into ${cols}×${rows}, ${list.length} of them`, () => {
        for (const at of [null, 0, list.length - 1]) {
          const {lines, columns} = schedulesPane({
            theme,
            body: {cols, rows},
            list,
            at: list.length === 0 ? null : at,
            now: SCENE_NOW,
          });
          assert.ok(lines.length <= rows, `${lines.length} rows`);
          for (const line of lines) {
            const text = line.replace(/\x1b\[[\d;]*m/g, '');
            assert.equal(stringWidth(text), columns, text);
            assert.ok(!text.includes('\x1b') && !text.includes('\x07'));
          }
          const chosen = at === null ? undefined : list[at];
          if (chosen !== undefined)
            assert.ok(
              lines.some(line => line.includes(chosen.name)),
              chosen.name,
            );
        }
      });
    }
  }
});
