import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {test} from 'node:test';
import {Ajv} from 'ajv';
import {fileOf, textOf} from '../../docs/schemas.ts';
import {lightBackground} from '../../source/cockpit/background.ts';
import {layoutOf} from '../../source/cockpit/layout.ts';
import {cardsLines, listLines} from '../../source/cockpit/panes/cards.ts';
import {headerLines} from '../../source/cockpit/panes/header.ts';
import {type Token, themeOf, tokens} from '../../source/cockpit/theme.ts';
import {themeSchema} from '../../source/cockpit/theme-schema.ts';
import {createThemes} from '../../source/cockpit/themes.ts';
import {colourBehind, colourOf, contrast} from './colours.ts';
import {openCockpit} from './open-cockpit.tsx';
import {builtIn, loadTheme, palette, themeFile} from './palettes.ts';
import {SCENE_NOW, sceneSessions} from './scene.ts';
import {distance, type Vision, visions} from './vision.ts';

const TRUE = {LANG: 'C.UTF-8', COLORTERM: 'truecolor', TERM: 'xterm-256color'};
const PALETTE = {LANG: 'C.UTF-8', TERM: 'xterm-256color'};
const states = ['attention', 'working', 'finished', 'idle', 'failed', 'stopped', 'starting'] as const;
/** Read only by who looks for it. The border is no text. */
const quiet: readonly Token[] = ['dim', 'faint', 'ended'];

test('the themes are the files of themes/, each has every token, and the schema takes them', () => {
  const files = readdirSync(new URL('../../themes', import.meta.url)).map(file => file.replace(/\.json$/, ''));
  assert.deepEqual(files.sort(), builtIn);
  assert.equal(readFileSync(fileOf('theme'), 'utf8'), textOf('theme'), 'it is stale: npm run docs');
  const check = new Ajv({strict: false}).compile(themeSchema());
  for (const name of builtIn) {
    const source = palette(name);
    assert.equal(source['name'], name);
    assert.deepEqual(Object.keys(source['tokens'] as object).sort(), [...tokens].sort(), name);
    assert.ok(check(source), `${name}: ${JSON.stringify(check.errors)}`);
    assert.equal(source['$schema'], '../docs/theme.schema.json');
  }
  for (const wrong of [{tokens: {dim: {fg: 'red'}}}, {tokens: {dims: {}}}, {colours: {}}, {tokens: {dim: {fg: 256}}}]) {
    assert.ok(!check(wrong), JSON.stringify(wrong));
    assert.throws(() => themeOf(wrong, TRUE), {code: 'input.invalid'});
  }
});

for (const name of builtIn) {
  const backgrounds = palette(name)['backgrounds'] as string[];
  const least = (token: Token): number => {
    if (token === 'border' || token === 'cursor') return 1.5;
    if (name === 'high-contrast') return 7;
    return quiet.includes(token) ? 3 : 4.5;
  };
  for (const [colours, env] of [
    ['true colour', TRUE],
    ['256 colours', PALETTE],
  ] as const) {
    test(`${name} is readable in ${colours} on ${backgrounds.join(', ') || 'its own palette'}`, () => {
      const theme = loadTheme(name, env);
      const low: string[] = [];
      for (const background of backgrounds) {
        for (const token of tokens) {
          const painted = theme.paint(token, 'x');
          const front = colourOf(painted) ?? (name === 'terminal' ? null : '#c0c0c0');
          if (front === null || token === 'cursor') continue;
          const ratio = contrast(front, colourBehind(painted) ?? background);
          if (ratio < least(token))
            low.push(`${token} ${front} on ${background}: ${ratio.toFixed(2)} < ${least(token)}`);
        }
      }
      assert.deepEqual(low, []);
    });
  }
}

test('contrast is measured as WCAG does', () => {
  assert.equal(contrast('#000000', '#ffffff'), 21);
  assert.equal(contrast('#777777', '#ffffff').toFixed(2), '4.48');
});

test('old terminals get sixteen colours and no faint text', () => {
  const theme = loadTheme('ansi-16', TRUE);
  for (const token of tokens) {
    assert.doesNotMatch(theme.paint(token, 'x'), /[34]8;[25];|\x1b\[(?:\d+;)*2[;m]/, token);
  }
});

test('who cannot tell red from green tells the states of the colour-blind theme apart', () => {
  const told = (name: string, vision: Vision): {pair: string; apart: number}[] => {
    const theme = loadTheme(name, TRUE);
    const colours = states.slice(0, 5).map(state => ({state, colour: colourOf(theme.paint(state, 'x'))!}));
    return colours.flatMap((a, i) =>
      colours.slice(i + 1).map(b => ({
        pair: `${a.state} and ${b.state}`,
        apart: distance(vision(a.colour), vision(b.colour)),
      })),
    );
  };
  for (const [name, vision] of Object.entries(visions)) {
    for (const {pair, apart} of told('colour-blind', vision)) {
      assert.ok(apart >= 18, `${pair} are ${apart.toFixed(1)} apart for ${name}`);
    }
  }
  // What the ordinary theme cannot promise: the measure tells a difference.
  assert.ok(told('dark', visions.deuteranopia).some(({apart}) => apart < 18));
});

test('without colours the text of a frame still names each state', () => {
  const theme = loadTheme('dark', {...TRUE, NO_COLOR: '1'});
  const sessions = sceneSessions();
  const {infra} = Object.fromEntries(sessions.map(session => [session.name, session]));
  const all = [...sessions, {...infra!, id: 'id-done', name: 'done', activity: 'finished' as const}];
  const props = {theme, sessions: all, top: 0, selected: null, marks: [], now: SCENE_NOW};
  const text = (lines: readonly string[]) => lines.join('\n').replaceAll(/\x1b\[[\d;]*m/g, '');
  const cards = text(cardsLines({...props, area: layoutOf({cols: 200, rows: 60}, 'grid', false).cards!}));
  const words = [/◆ permission/, /◆ question/, /▶ working/, /✓ finished/, /○ idle/, /✗ failed, exit 1/, /■ stopped/];
  for (const word of [...words, /◌ unknown/]) assert.match(cards, word);
  const list = text(listLines({...props, area: layoutOf({cols: 40, rows: 40}, 'cards', false).cards!}));
  for (const shape of '◆▶✓○✗■◌') assert.ok(list.includes(shape), `${shape} in the list`);
  const header = headerLines({
    ...{theme, columns: 120, rows: 1, sessions: all, now: SCENE_NOW, mode: 'hosted', connection: {kind: 'live'}},
    ...{tabs: [], place: 'fleet', narrowed: [], about: []},
  });
  assert.match(text(header), /◆ 2 need you {2}▶ 2 working {2}✓ 1 done {2}○ 2 idle {2}✗ 1 {2}◌ 1 {2}■ 1/);
  assert.doesNotMatch(header.join(''), /\x1b\[(?:\d+;)*[34]\d/);
});

test('themes are changed through in their order, and each change is told once', () => {
  const themes = createThemes({files: ['dark', 'light'].map(themeFile), chosen: 'light'}, TRUE);
  const seen: string[] = [];
  const leave = themes.subscribe(() => seen.push(themes.current().name));
  assert.equal(themes.current().name, 'light');
  themes.next();
  themes.next();
  assert.equal(themes.choose('nothing'), null);
  themes.choose('dark');
  leave();
  themes.next();
  assert.deepEqual(seen, ['dark', 'light', 'dark']);
});

test('without a choice the terminal’s background decides, until a person does', () => {
  const files = ['dark', 'light', 'terminal'].map(themeFile);
  const start = (env: Record<string, string>) => createThemes({files, chosen: 'auto'}, {...TRUE, ...env});
  assert.deepEqual(
    ['15;0', '0;15', '0;default;7', '0;default', ''].map(COLORFGBG => start({COLORFGBG}).current().name),
    ['dark', 'light', 'light', 'dark', 'dark'],
  );
  const themes = start({COLORFGBG: '0;15'});
  assert.deepEqual(themes.faults, []);
  const seen: string[] = [];
  themes.subscribe(() => seen.push(themes.current().name));
  for (const isLight of [true, false, false, true]) themes.background(isLight);
  assert.deepEqual(seen, ['dark', 'light'], 'each change once');
  themes.choose('terminal');
  themes.background(false);
  assert.equal(themes.current().name, 'terminal');
  const chosen = createThemes({files, chosen: 'dark'}, {...TRUE, COLORFGBG: '0;15'});
  chosen.background(true);
  assert.equal(chosen.current().name, 'dark');
});

test('a background is light when black stands out more on it than white', () => {
  const report = (colour: string) => lightBackground(`\x1b]11;${colour}\x1b\\`);
  for (const light of ['rgb:ffff/ffff/ffff', 'rgb:fd/f6/e3', 'rgba:f/f/f/8', 'rgb:8080/8080/8080']) {
    assert.equal(report(light), true, light);
  }
  for (const dark of ['rgb:0000/0000/0000', 'rgb:00/2b/36', 'RGB:1E/1E/1E', 'rgb:6060/6060/6060', 'rgb:0/0/f']) {
    assert.equal(report(dark), false, dark);
  }
  for (const other of ['?', 'red', 'rgb:ff/ff', 'rgb:fffff/0/0']) assert.equal(report(other), null, other);
  assert.equal(lightBackground('j'), null);
});

test('a theme that cannot be read is told with its file and the reason, and the cockpit starts with the default', () => {
  const own = (name: string, text: string) => ({name, file: `/home/ada/.amux/themes/${name}.json`, read: () => text});
  const files = [themeFile('dark'), themeFile('light')];
  const wrong = [
    own('broken', '{"tokens": '),
    own('list', '[]'),
    own('loud', '{"tokens": {"dim": {"fg": "red"}}}'),
    own('odd', '{"tokens": {"dimm": {}}}'),
    {...own('closed', ''), read: () => assert.fail('EACCES: permission denied')},
  ];
  const themes = createThemes({files: [...files, ...wrong], chosen: 'loud'}, TRUE);
  assert.equal(themes.current().name, 'dark');
  assert.deepEqual(themes.names, ['dark', 'light']);
  const told = themes.faults.map(({message}) => message);
  assert.match(told[0]!, /^\/home\/ada\/\.amux\/themes\/broken\.json: .*JSON/);
  assert.match(told[1]!, /list\.json: it is no JSON object/);
  assert.match(told[2]!, /loud\.json: "red" is no colour/);
  assert.match(told[3]!, /odd\.json: there is no token "dimm"/);
  assert.match(told[4]!, /closed\.json: EACCES/);
  const unknown = createThemes({files, chosen: 'dusk'}, TRUE);
  assert.equal(
    unknown.faults.map(({message, hint}) => `${message}; ${hint}`).join(),
    'there is no theme "dusk"; there are dark, light',
  );
  const mine = createThemes(
    {files: [...files, own('dark', '{"tokens": {"dim": {"underline": true}}}')], chosen: 'dark'},
    TRUE,
  );
  assert.equal(mine.current().paint('dim', 'x'), '\x1b[4mx\x1b[0m', 'the home’s own theme wins');
  assert.deepEqual(mine.names, ['dark', 'light']);
});

test('t changes the theme and says which one it is', async () => {
  using cockpit = openCockpit();
  await cockpit.see(/payments/);
  cockpit.press('t');
  await cockpit.see(/theme high-contrast {2}"theme: high-contrast" in config\.yaml keeps it/);
  cockpit.press('t');
  await cockpit.see(/theme light /);
});
