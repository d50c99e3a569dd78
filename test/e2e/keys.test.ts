import assert from 'node:assert/strict';
import {existsSync, mkdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';
import {setTimeout as look} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {Client} from '../../source/api/client.ts';
import {Home, until} from '../helpers/home.ts';
import {TestRepository} from '../helpers/repository.ts';
import {Terminal} from '../helpers/terminal.ts';
import {answerFromAnywhere} from './keys/answer.ts';
import {answer} from './keys/approvals.ts';
import {walkTheBoard, workOnTheBoard} from './keys/board.ts';
import {readChanges} from './keys/changes.ts';
import {goEverywhere, readALongMessage} from './keys/everywhere.ts';
import {walkTheFleet} from './keys/fleet.ts';
import {makeSessions} from './keys/form.ts';
import {markAndGroup} from './keys/marks.ts';
import {findCommands} from './keys/palette.ts';
import {writePrompts} from './keys/prompt.ts';
import {lookAtSchedules} from './keys/schedules.ts';
import {lookAtScreens, readWhatScrolledAway} from './keys/scrollback.ts';
import {compact, steer, switchModel} from './keys/sessions.ts';
import {editAText} from './keys/texts.ts';
import {lookAtTokens} from './keys/tokens.ts';
import {gone, Tour, unpressed} from './keys/tour.ts';

const sizes = [
  {cols: 40, rows: 20},
  {cols: 80, rows: 24},
  {cols: 120, rows: 40},
  {cols: 200, rows: 50},
];
/** A person looks at a request before the answer; in ms. */
const LOOK_MS = 650;
const WIDE = {cols: 120, rows: 40};
const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** A home whose supervisor runs, and a client of it. */
async function served(): Promise<{home: Home; fleet: Client}> {
  const home = new Home();
  await home.amux('serve', '--detach');
  return {home, fleet: new Client({socket: join(home.path, 'amux.sock'), actor: 'cli'})};
}

describe('every key of the cockpit, pressed in a terminal', {concurrency: 2}, () => {
  const pressed = new Set<string>();
  after(() => assert.deepEqual(unpressed(pressed), [], 'keys that no tour presses'));

  describe('in every layout', () => {
    let home: Home;
    before(async () => {
      const made = await served();
      home = made.home;
      await using fleet = made.fleet;
      for (let n = 1; n <= 24; n++) {
        await fleet.register({name: `s${two(n)}`, dir: home.work, agent: 'generic', command: 'cat'});
      }
      for (let n = 1; n <= 30; n++) await fleet.addCard({title: `c${two(n)}`});
    });
    after(() => home[Symbol.asyncDispose]());

    for (const size of sizes) {
      test(`${size.cols}×${size.rows}: the fleet and the board are walked through`, async () => {
        await using terminal = new Terminal(home, [], size);
        await walkTheFleet(terminal, pressed);
        await walkTheBoard(terminal, pressed);
      });
    }

    test('a text is edited', async () => {
      await using terminal = new Terminal(home, [], WIDE);
      await terminal.expect(/s01/);
      await editAText(new Tour(terminal, pressed));
    });

    test('what can be done is found by a few letters', async () => {
      await using terminal = new Terminal(home, [], WIDE);
      await terminal.expect(/s01/);
      await findCommands(new Tour(terminal, pressed));
    });

    test('a long message is read', async () => {
      await using terminal = new Terminal(home, [], {cols: 80, rows: 20});
      await terminal.expect(/s01/);
      await readALongMessage(new Tour(terminal, pressed));
    });

    test('back to the shell, and into the cockpit again', async () => {
      await using terminal = new Terminal(home, [], {...WIDE, shell: true});
      await terminal.expect(/s01[\s\S]*COMMAND/);
      const tour = new Tour(terminal, pressed);
      await tour.press('suspend', 'ctrl+z', gone(/COMMAND/));
      await terminal.settled();
      await tour.write('fg\r', /s01[\s\S]*COMMAND/);
    });

    test('from each screen to every other, and out', async () => {
      for (const key of ['q', 'ctrl+c']) {
        await using terminal = new Terminal(home, [], WIDE);
        const tour = new Tour(terminal, pressed);
        await terminal.expect(/COMMAND/);
        if (key === 'q') await goEverywhere(tour);
        await tour.leave('quit', key);
      }
    });
  });

  test('what is done at set times is looked at', async () => {
    const {home, fleet} = await served();
    await using _home = home;
    await using _fleet = fleet;
    await fleet.register({name: 'worker', dir: home.work, agent: 'generic', command: 'cat'});
    for (const name of ['s1', 's2', 's3']) {
      await fleet.addSchedule({name, at: '2099-01-01T00:00', session: 'worker', text: `text of ${name}`});
    }
    await using terminal = new Terminal(home, [], WIDE);
    await terminal.expect(/worker/);
    await lookAtSchedules(new Tour(terminal, pressed));
  });

  test('cards are worked on', async () => {
    const {home, fleet} = await served();
    await using _home = home;
    await using _fleet = fleet;
    for (const name of ['ada', 'bob']) {
      await fleet.register({name, dir: home.work, agent: 'generic', command: 'cat'});
    }
    home.program('an-editor', '#!/bin/sh\n{ echo edited; echo; seq 1 60 | sed "s/^/line /"; } > "$1"\n');
    await using terminal = new Terminal(home, [], {...WIDE, env: {EDITOR: 'an-editor'}});
    await terminal.expect(/ada/);
    await workOnTheBoard(new Tour(terminal, pressed));
  });

  test('a session is steered, and its changes are read', async () => {
    const {home, fleet} = await served();
    await using _home = home;
    await using _fleet = fleet;
    const repository = new TestRepository(home.work);
    const lines = Array.from({length: 120}, (_, i) => `line ${i} ${'x'.repeat(200)}`);
    repository.write('aa.txt', lines.join('\n'));
    repository.write('zz.txt', 'z\n');
    repository.commit('second');
    repository.write('aa.txt', lines.map((line, i) => (i % 50 === 5 ? 'changed' : line)).join('\n'));
    repository.write('zz.txt', 'another\n');
    const agent = home.agent('worker', '--work', '600000');
    await fleet.register({name: 'worker', dir: repository.root, agent: 'generic', command: agent.command});
    await fleet.start('worker');
    await agent.ready();
    await using terminal = new Terminal(home, [], WIDE);
    await terminal.expect(/worker/);
    const tour = new Tour(terminal, pressed);
    await steer(tour);
    await compact(tour);
    await readChanges(tour, () => repository.write('zz.txt', 'changed meanwhile\n'));
  });

  test('sessions are made, marked, grouped and written to', async () => {
    const {home, fleet} = await served();
    await using _home = home;
    await using _fleet = fleet;
    for (const name of ['ada', 'bob', 'eve']) {
      const tags = name === 'eve' ? [] : ['shop'];
      await fleet.register({name, dir: home.work, agent: 'generic', command: 'cat', tags});
    }
    for (const name of ['sub-a', 'sub-b']) mkdirSync(join(home.work, name));
    home.program('claude', '#!/bin/sh\nexec cat\n');
    await using terminal = new Terminal(home, [], WIDE);
    await terminal.expect(/━ ada ━/);
    const tour = new Tour(terminal, pressed);
    await markAndGroup(tour);
    await writePrompts(tour);
    await makeSessions(tour, home.work);
  });

  test('what scrolled away is read, and several screens are looked at', async () => {
    const {home, fleet} = await served();
    await using _home = home;
    await using _fleet = fleet;
    home.program('printer', '#!/bin/sh\nseq 1 300 | sed "s/^/row /"; printf "%0200d\\n" 0; exec cat\n');
    home.program('an-editor', '#!/bin/sh\necho "EDITING $(head -1 "$1")"; read -r line\n');
    await fleet.register({name: 'lines', dir: home.work, agent: 'generic', command: 'printer'});
    await fleet.register({name: 'other', dir: home.work, agent: 'generic', command: 'cat'});
    for (const name of ['lines', 'other']) {
      await fleet.start(name);
      await until(`${name} to be quiet`, async () => (await fleet.session(name)).activity === 'idle');
    }
    await using terminal = new Terminal(home, [], {...WIDE, env: {EDITOR: 'an-editor'}});
    await terminal.expect(/┏━ lines[\s\S]*000/);
    const tour = new Tour(terminal, pressed);
    await readWhatScrolledAway(tour, fleet);
    await lookAtScreens(tour);
  });

  test('what was spent is looked at', async () => {
    const {home, fleet} = await served();
    await using _home = home;
    await using _fleet = fleet;
    const agent = home.historian('one');
    await fleet.register({name: 'one', dir: home.work, agent: 'claude', command: agent.command});
    await fleet.start('one');
    await agent.ready();
    await fleet.send('one', {text: 'USAGE:1000,90,20000,300'});
    await using terminal = new Terminal(home, [], WIDE);
    await terminal.expect(/ tok /);
    await lookAtTokens(new Tour(terminal, pressed));
  });

  test('sessions get another model', async () => {
    const {home, fleet} = await served();
    await using _home = home;
    await using _fleet = fleet;
    for (const model of ['opus', 'sonnet']) {
      await fleet.register({name: `of-${model}`, dir: home.work, agent: 'claude', model});
    }
    await using terminal = new Terminal(home, [], WIDE);
    await terminal.expect(/claude opus ━┓/);
    await switchModel(new Tour(terminal, pressed));
  });

  test('the demo is shown while there is nothing else', async () => {
    const {home, fleet} = await served();
    await using _home = home;
    await using _fleet = fleet;
    await using terminal = new Terminal(home, [], WIDE);
    const tour = new Tour(terminal, pressed);
    await terminal.expect(/d .*demo/);
    await tour.press('demo', 'd', /payments/);
    // What was there before is there again once the demo has taken its agents away.
    await tour.write('q', /d .*demo/);
  });

  test('what agents ask is answered', async () => {
    const {home, fleet} = await served();
    await using _home = home;
    await using _fleet = fleet;
    const screens = at('../agents/screens/claude');
    const argv = [
      process.execPath,
      at('../fixtures/screen-agent.mjs'),
      '--any',
      '--ready',
      `${screens}/ready/screen.ansi`,
    ];
    home.program('claude', `#!/bin/sh\nexec ${argv.join(' ')} --log "$AGENT_LOG" --dialog "$DIALOG" --file "$ASKED"\n`);
    const log = join(home.dir, 'asked.log');
    const permission = {DIALOG: `${screens}/permission-bash/screen.ansi`, ASKED: '/tmp/perm-x'};
    const dialogs = {
      asker: permission,
      denied: permission,
      chooser: {DIALOG: at('../fixtures/nine-answers.txt'), ASKED: 'FILE'},
    };
    for (const [name, env] of Object.entries(dialogs)) {
      await fleet.register({name, dir: home.work, agent: 'claude', env: {AGENT_LOG: log, ...env}});
      await fleet.start(name);
      await until(`${name} to be ready`, async () => (await fleet.session(name)).activity === 'idle');
    }
    const answered = (): string[] => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []);
    // The captured screens are 120 columns wide, as wide as the peek is here.
    await using terminal = new Terminal(home, [], {cols: 200, rows: 50});
    await terminal.expect(/chooser/);
    await answer(new Tour(terminal, pressed), {
      answered,
      ask: async (session, what) => {
        await fleet.type(session, `touch ${what}\r`);
        await terminal.expect(
          new RegExp(`Approvals 1\\b[\\s\\S]*touch ${what}\\b|Approvals 1\\b[\\s\\S]*for ${what}\\b`),
        );
        // What comes up right after an answer is not answered with the same stroke.
        await look(LOOK_MS);
      },
    });
    for (const name of ['asker', 'denied']) await fleet.type(name, 'touch more\r');
    await until('two to ask', async () => (await fleet.approvals()).length >= 2);
    await terminal.expect(/Approvals [23]/);
    await answerFromAnywhere(new Tour(terminal, pressed));
  });
});

const two = (n: number): string => String(n).padStart(2, '0');
