import assert from 'node:assert/strict';
import {test} from 'node:test';
import {setImmediate as turn} from 'node:timers/promises';
import {AmuxError} from '../../source/domain/errors.ts';
import type {SpendQuery, SpendReport} from '../../source/domain/spending.ts';
import {openCockpit} from './open-cockpit.tsx';
import {SCENE_NOW, sceneFleet} from './scene.ts';
import {sceneBudgets, sceneSpend, spendReport} from './token-scene.ts';

const SHIFT_TAB = '\x1b[Z';

/** The scene's fleet, which notes what it is asked for besides the sum in the header. */
function askedFleet() {
  const fleet = sceneFleet();
  const asked: SpendQuery[] = [];
  fleet.spendView = query => {
    if (query.by !== 'agent' || query.all !== undefined) asked.push(query);
    return sceneSpend(query);
  };
  return {fleet, asked};
}

test('the Tokens screen shows what was spent, by what and how far back a person chooses', async () => {
  using cockpit = openCockpit();
  await cockpit.see(/payments/);
  cockpit.press('4');
  await cockpit.see(/\[4 Tokens\]/);
  await cockpit.see(/1h \[24h\] 7d {2}30d {3}by \[session\].* 2\.61M tok {2}~\$6\.38/);
  await cockpit.see(/tokens per hour .*most 820k {2}by model/);
  await cockpit.see(/claude-opus-5-5.* 1\.90M/);
  await cockpit.see(/ payments +49\.6k/);
  await cockpit.see(/ total +105k/);
  cockpit.press('b');
  await cockpit.see(/by {2}session \[model\]/);
  await cockpit.see(/ model +input/);
  await cockpit.see(/by session\n/);
  cockpit.press(SHIFT_TAB);
  await cockpit.see(/ session +input/);
  cockpit.press('h');
  await cockpit.see(/\[1h\]/);
  await cockpit.see(/tokens per minute/);
  await cockpit.see(/ b by model {2}l span /);
  cockpit.press('h');
  await cockpit.see(/this is the last hour already/);
  for (const key of 'lll') cockpit.press(key);
  await cockpit.see(/\[30d\]/);
  await cockpit.see(/tokens per day/);
});

test('the fleet is asked only while the screen is in sight, and again when sums or steps moved', async () => {
  const {fleet, asked} = askedFleet();
  using cockpit = openCockpit({fleet});
  await cockpit.see(/2\.61M tok/);
  assert.equal(asked.length, 0);
  cockpit.press('4');
  await cockpit.see(/tokens per hour/);
  const since = (Math.floor(SCENE_NOW / 3_600_000) - 23) * 3600;
  assert.deepEqual(asked, [
    {by: 'session', since, all: false},
    {by: 'model', since, all: false},
    {by: 'hour', since, all: false},
  ]);
  cockpit.pass(60_000);
  await cockpit.see(/14:33/);
  await turn();
  assert.equal(asked.length, 3, 'a minute is nothing to an hour');
  cockpit.press('a');
  await cockpit.see(/a this fleet/);
  await until(() => asked.length === 6);
  assert.equal(asked.at(-1)!.all, true);
  cockpit.press('a');
  cockpit.press('h');
  await cockpit.see(/tokens per minute/);
  const before = asked.length;
  cockpit.pass(60_000);
  await cockpit.see(/14:34/);
  await until(() => asked.length === before + 3);
  const {spend} = cockpit.store.state();
  cockpit.store.dispatch({type: 'spend', spend: {...spend!, tokens: 1}});
  await until(() => asked.length === before + 6);
  cockpit.press('1');
  await cockpit.see(/\[1 Fleet\]/);
  cockpit.store.dispatch({type: 'spend', spend: {...spend!, tokens: 2}});
  cockpit.pass(60_000);
  await cockpit.see(/14:35/);
  assert.equal(asked.length, before + 6);
});

test('a first reading shows its progress, and what is not read yet is not called nothing', async () => {
  const fleet = sceneFleet();
  const reading = {bytes: 3e9, readBytes: 1.02e9};
  fleet.spendView = ({by = 'session'}) => spendReport(by, [], {reading});
  using cockpit = openCockpit({fleet});
  await cockpit.see(/payments/);
  cockpit.press('4');
  await cockpit.see(/reading histories 34% *\n/);
  await cockpit.see(/no history is read yet/);
  fleet.spendView = sceneSpend;
  await cockpit.see(/2\.61M tok {2}~\$6\.38/);
});

test('the end of a reading that the header does not tell of is seen as well', async () => {
  const fleet = sceneFleet();
  let reading: SpendReport['reading'] = {bytes: 40_000, readBytes: 20_000};
  fleet.spendView = query => ({...sceneSpend(query), reading});
  using cockpit = openCockpit({fleet});
  await cockpit.see(/2\.61M tok/);
  cockpit.press('4');
  await cockpit.see(/reading histories 50%/);
  await cockpit.see(/histories are still being read: sums are not complete/);
  reading = null;
  await until(() => !/histories/.test(cockpit.frame()));
  await cockpit.see(/2\.61M tok {2}~\$6\.38/);
});

test('an empty time says so, and how to count what amux did not start', async () => {
  const fleet = sceneFleet();
  fleet.spendView = ({by = 'session', all}) => (all ? sceneSpend({by}) : spendReport(by, []));
  fleet.budgetViews = [];
  using cockpit = openCockpit({fleet});
  await cockpit.see(/payments/);
  cockpit.press('4');
  await cockpit.see(/nothing was spent in this time/);
  await cockpit.see(/a whole machine/);
  cockpit.press('a');
  await cockpit.see(/a this fleet/);
  await cockpit.see(/ payments +49\.6k/);
});

test('what cannot be read says why, and an older answer stays', async () => {
  const fleet = sceneFleet();
  fleet.spendView = () => {
    throw new AmuxError('not-built', {what: 'spend', next: ''});
  };
  using cockpit = openCockpit({fleet});
  await cockpit.see(/payments/);
  cockpit.press('4');
  await cockpit.see(/what was spent cannot be read: /);
  fleet.spendView = sceneSpend;
  cockpit.press('b');
  await cockpit.see(/ model +input/);
  fleet.spendView = () => {
    throw new AmuxError('not-built', {what: 'spend', next: ''});
  };
  cockpit.press('b');
  await cockpit.see(/not read/);
  await cockpit.see(/ model +input/);
});

test('a budget of the chosen session is set, raised and taken away from here', async () => {
  const fleet = sceneFleet();
  fleet.budgetViews = [];
  using cockpit = openCockpit({fleet});
  await cockpit.see(/payments/);
  cockpit.press('4');
  await cockpit.see(/ payments +49\.6k/);
  for (const key of 'jn') cockpit.press(key);
  await cockpit.see(/━ Budget ━/);
  await cockpit.see(/‹ api ›/);
  for (const key of '\t10\x13') cockpit.press(key);
  await cockpit.see(/write \$10 for money, 500k or 5M for tokens/);
  for (const key of '\x155M\x13') cockpit.press(key);
  await cockpit.see(/5000000 tokens per day of api: 0% is used/);
  await cockpit.see(/ api +░+ +0% +1 of 5\.00M a day/);
  cockpit.press('n');
  await cockpit.see(/amount +5M/);
  for (const key of '\t\x150\t\r') cockpit.press(key);
  await cockpit.see(/session:api-day: no budget any more/);
  await until(() => !/of 5\.00M a day/.test(cockpit.frame()));
  assert.deepEqual(
    fleet.calls.filter(call => /budget/.test(call)),
    ['budget {"session":"api","tokens":5000000,"per":"day"}', 'no budget session:api-day'],
  );
});

test('a budget that somebody else sets or that is used up shows at once', async () => {
  const fleet = sceneFleet();
  fleet.budgetViews = [];
  using cockpit = openCockpit({fleet});
  await cockpit.see(/payments/);
  cockpit.press('4');
  await cockpit.see(/ payments +49\.6k/);
  fleet.budgetViews = sceneBudgets;
  fleet.note('api', 'budget: 800000 tokens per day of api', 'budget.over');
  await cockpit.see(/ api +▓+ 107% {2}860k of 800k a day/);
});

test('enter goes to the chosen session, and esc to the fleet', async () => {
  using cockpit = openCockpit();
  await cockpit.see(/payments/);
  cockpit.press('4');
  await cockpit.see(/ infra +16\.4k/);
  for (const key of 'jj\r') cockpit.press(key);
  await cockpit.see(/\[1 Fleet\]/);
  assert.equal(cockpit.store.state().selected, 'id-infra');
  for (const key of '4b') cockpit.press(key);
  await cockpit.see(/ model +input/);
  cockpit.press('\r');
  await cockpit.see(/no session is chosen/);
  cockpit.press('\x1b');
  await until(() => !/no session is chosen/.test(cockpit.frame()));
  cockpit.press('\x1b');
  await cockpit.see(/\[1 Fleet\]/);
});

/** Within the bound of a slow machine. */
async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!holds()) {
    assert.ok(performance.now() < deadline, String(holds));
    await turn();
  }
}

test('each key of the screen does what it says', async () => {
  using cockpit = openCockpit();
  await cockpit.see(/payments/);
  cockpit.press('4');
  await cockpit.see(/ payments +49\.6k/);
  const tokens = () => cockpit.store.state().tokens;
  const keys: [key: string, holds: () => boolean][] = [
    ['\t', () => tokens().by === 'model'],
    ['b', () => tokens().by === 'agent'],
    [SHIFT_TAB, () => tokens().by === 'model'],
    ['B', () => tokens().by === 'session'],
    ['l', () => tokens().span === '7d'],
    ['\x1b[C', () => tokens().span === '30d'],
    ['h', () => tokens().span === '7d'],
    ['\x1b[D', () => tokens().span === '24h'],
    ['j', () => tokens().at === 1],
    ['\x1b[B', () => tokens().at === 2],
    ['k', () => tokens().at === 1],
    ['\x1b[A', () => tokens().at === 0],
    ['G', () => tokens().at === 4],
    ['g', () => tokens().at === 0],
    ['\x1b[6~', () => tokens().at === 4],
    ['\x1b[5~', () => tokens().at === 0],
    ['\x04', () => tokens().at === 4],
    ['\x15', () => tokens().at === 0],
    ['a', () => tokens().all],
    ['?', () => cockpit.store.state().dialog.kind === 'help'],
    ['\x1b', () => cockpit.store.state().dialog.kind === 'none'],
    ['n', () => cockpit.store.state().dialog.kind === 'budget'],
    ['\x03', () => cockpit.store.state().dialog.kind === 'none'],
    ['\x0c', () => cockpit.ends.includes('repaint')],
    ['q', () => cockpit.ends.includes('quit')],
  ];
  for (const [key, holds] of keys) {
    cockpit.press(key);
    await until(holds);
    await until(() => tokens().read?.by === tokens().by);
  }
});
