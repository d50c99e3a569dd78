import assert from 'node:assert/strict';
import {test} from 'node:test';
import {stripVTControlCharacters} from 'node:util';
import stringWidth from 'string-width';
import {timeText} from '../../source/cockpit/ages.ts';
import {needsPerson} from '../../source/cockpit/attention.ts';
import {stepForm} from '../../source/cockpit/form.ts';
import {keymap} from '../../source/cockpit/keymap.ts';
import {layoutOf} from '../../source/cockpit/layout.ts';
import {newSessionFaults, newSessionForm} from '../../source/cockpit/new-session.ts';
import {listingOf} from '../../source/cockpit/palette/entries.ts';
import {cardLines, cardsLines, listLines} from '../../source/cockpit/panes/cards.ts';
import {eventsPaneLines} from '../../source/cockpit/panes/events.ts';
import {footerLine, footerLines} from '../../source/cockpit/panes/footer.ts';
import {formPane} from '../../source/cockpit/panes/form.ts';
import {type HeaderProps, headerLines} from '../../source/cockpit/panes/header.ts';
import {helpPane} from '../../source/cockpit/panes/help.ts';
import {messagePane} from '../../source/cockpit/panes/message.ts';
import {palettePane} from '../../source/cockpit/panes/palette.ts';
import {peekLines} from '../../source/cockpit/panes/peek.ts';
import {welcomeLines} from '../../source/cockpit/panes/welcome.ts';
import {firstState, reduce} from '../../source/cockpit/state.ts';
import {fieldOf} from '../../source/cockpit/text-field.ts';
import {type Budget, heldText} from '../../source/domain/budget.ts';
import type {SessionView} from '../../source/domain/fleet.ts';
import {screenOf, sessionOf} from './fake-fleet.ts';
import {loadTheme} from './palettes.ts';
import {SCENE_NOW, sceneAgents, sceneScreens, sceneSessions} from './scene.ts';

const UTF8 = {LANG: 'C.UTF-8', COLORTERM: 'truecolor', TERM: 'xterm-256color'};
const theme = loadTheme('dark', UTF8);
const nasty = sessionOf({
  name: '支付👨‍👩‍👧e\u0301\x1b[2Jx',
  branch: 'fix/批量导入\x07非常长的分支名称-שלום-مرحبا',
  agent: '❤️وكيل',
  model: '👍🏽',
  activity: 'waiting',
  activity_since: SCENE_NOW / 1000 - 50,
  waitingFor: {kind: 'permission', detail: '删除\u202e所有文件 👩‍🚀👩‍🚀👩‍🚀 \x1b]0;owned\x07'},
  yolo: true,
  queue: 12_345,
  notice: "held: 9999% is used; amux budget set --tag '批量导入' raises the 10 tokens of tag 批量导入",
  token_count: 1,
  context: {used: 199_999_999, limit: 200_000, percent: 100},
  rate: [0, 1, Number.MAX_SAFE_INTEGER, 3, 4, 5, 6, 7, 8, 9, 10, 11],
});
const sessions = [nasty, ...sceneSessions()];

const strip = (line: string): string => line.replace(/\x1b\[[\d;]*m/g, '');

function checkLines(
  lines: readonly string[],
  {columns, rows, what}: {columns: number; rows?: number; what: string},
): void {
  if (rows !== undefined) assert.equal(lines.length, rows, `${what}: rows`);
  for (const line of lines) {
    assert.equal(stringWidth(line), columns, `${what}: ${JSON.stringify(line)}`);
    assert.doesNotMatch(strip(line), /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/, `${what}: a control character`);
  }
}

test('every pane has exactly its width and height at every size, with CJK, emoji, joined and combining text', () => {
  for (const cols of [40, 41, 50, 63, 79, 80, 81, 100, 120, 199, 200, 250]) {
    for (const rows of [12, 20, 24, 50]) {
      for (const view of ['cards', 'grid', 'zoom'] as const) {
        const layout = layoutOf({cols, rows}, view, false);
        const what = `${view} ${cols}×${rows}`;
        for (const meters of [0, 1, sessions.length]) {
          const area = layoutOf({cols, rows}, view, false, meters).cards;
          if (area === null) continue;
          const props = {theme, area, sessions, top: 0, selected: nasty.id, marks: [nasty.id], now: SCENE_NOW};
          if (area.cardRows === 2) checkLines(listLines(props), {columns: area.cols, what});
          else checkLines(cardsLines(props), {columns: area.cols, rows: area.rows, what});
        }
        if (layout.peek !== null) {
          const size = layout.peek;
          const wide = screenOf(['批量👨‍👩‍👧导入'.repeat(40), '❤️'.repeat(90), 'x'.repeat(300)], {
            cols: 300,
            rows: 60,
            cursor: {x: 299, y: 2},
          });
          for (const screen of [null, wide, ...Object.values(sceneScreens())]) {
            for (const typing of [true, false]) {
              checkLines(peekLines({theme, size, session: nasty, screen, typing}), {
                columns: size.cols,
                rows: size.rows,
                what,
              });
            }
          }
        }
        const {body} = layout;
        checkLines(
          welcomeLines({
            theme,
            body,
            keys: {new: 'n', demo: 'd', help: '?'},
            agents: sceneAgents,
            demo: false,
            answered: true,
          }),
          {
            columns: cols,
            rows: body.rows,
            what,
          },
        );
        const lines = [
          {
            id: 'x',
            at: SCENE_NOW,
            session: nasty.name,
            type: 'session.activity',
            reason: nasty.waitingFor!.detail,
            actor: 'x',
            more: '',
            bad: true,
          },
        ];
        checkLines(eventsPaneLines({theme, body, lines, at: 0, follow: false, empty: ''}), {
          columns: cols,
          rows: body.rows,
          what,
        });
      }
    }
  }
});

const today = {since: new Date(SCENE_NOW).setHours(0, 0, 0, 0) / 1000, tokens: 1_240_000, cost: 8.41, read: null};
const headerProps: HeaderProps = {
  theme,
  columns: 120,
  rows: 2,
  sessions: sceneSessions().slice(0, 4),
  now: SCENE_NOW,
  mode: 'headless',
  connection: {kind: 'live'},
  tabs: [],
  place: 'fleet',
  narrowed: [],
  about: [],
};

test('what narrows the list is said in any width, above what is only good to know', () => {
  const tabs = ['Fleet', 'Board', 'Approvals', 'Tokens', 'Events'].map((title, i) => {
    return {key: `${i + 1}`, place: 'fleet' as const, title, count: 0};
  });
  const narrowed = [
    ['attention', '/ pay'],
    ['mark', '2 marked'],
  ] as const;
  const about = [
    ['finished', '60 of 60 delivered, verified'],
    ['dim', '1-4 of 60'],
  ] as const;
  for (let columns = 40; columns <= 200; columns++) {
    const rows = columns < 50 ? 1 : 2;
    const header = headerLines({...headerProps, columns, rows, tabs, narrowed, about});
    checkLines(header, {columns, rows, what: 'header'});
    assert.match(stripVTControlCharacters(header.join('\n')), /\/ pay +2 marked/, `${columns} columns`);
  }
  const below = (columns: number) =>
    stripVTControlCharacters(headerLines({...headerProps, columns, tabs, narrowed, about}).at(-1)!);
  assert.match(below(90), /5 Events\] +\/ pay {3}2 marked {3}1-4 of 60 $/);
  assert.match(below(120), /\/ pay {3}2 marked {3}60 of 60 delivered, verified {3}1-4 of 60 $/);
});

test('header, footer and dialogs are exactly as wide as they say', () => {
  const hints = [
    {id: 'send', key: 'space', label: 'send'},
    {id: 'help', key: '?', label: 'help'},
  ];
  const notice = {kind: 'error', message: '失败\x1b[31m', hint: 'h', at: 0} as const;
  let form = newSessionForm({agents: [{name: 'claude', version: null}], dir: '/work'});
  form = stepForm(form, {do: 'edit', edit: {do: 'insert', text: '批\u0301👨‍👩‍👧'.repeat(30)}});
  for (let cols = 40; cols <= 200; cols += 7) {
    const about = [['dim', '1-3 of 9']] as const;
    for (const connection of [{kind: 'lost', since: 0}, {kind: 'live'}] as const) {
      const props = {...headerProps, columns: cols, sessions, connection, about, spend: {...today, cost: 123_456.7}};
      checkLines(headerLines(props), {columns: cols, rows: 2, what: 'header'});
    }
    for (const writing of [null, {label: 'filter', field: fieldOf('批量\n导入'.repeat(60))}]) {
      for (const typingTo of [null, nasty.name]) {
        const props = {theme, columns: cols, hints, typingTo, leaveKey: 'ctrl+]', notice, writing};
        checkLines([footerLine(props)], {columns: cols, what: 'footer'});
        const long = {...props, writing: writing && {...writing, rows: 5}};
        checkLines(footerLines(long), {columns: cols, what: 'footer of several lines'});
      }
    }
    const body = {cols, rows: 17};
    const field = fieldOf('批量\u0301 x');
    const line = {keys: ['j', 'down'], help: 'one 批量 down', lit: [4, 5], whyNot: 'no 批量'.repeat(20)};
    for (const at of [0, 1]) {
      const help = helpPane({theme, body, field, lines: [line, line], at});
      checkLines(help.lines, {columns: help.columns, what: 'help'});
    }
    for (const text of ['', 'go 批', 'stop ', 'sto', 'send 批量 x']) {
      const fresh = firstState({size: {cols, rows: 20}, now: 0, demo: false});
      const state = reduce(fresh, {type: 'sessions', sessions, now: 0});
      const {entries, first, written} = listingOf(state, {keymap, text});
      for (const at of [first, entries.length - 1]) {
        const command = written?.command ?? null;
        const palette = palettePane({theme, body, field: fieldOf(text), entries, at, command});
        checkLines(palette.lines, {columns: palette.columns, what: `palette ${text}`});
      }
    }
    const made = formPane({theme, body, form, faults: newSessionFaults(form, [])});
    checkLines(made.lines, {columns: made.columns, what: 'new session'});
    const message = messagePane({theme, body, title: nasty.name, text: '批量 '.repeat(200), hints});
    checkLines(message.lines, {columns: message.columns, what: 'message'});
  }
});

test('what a key does stays readable: the reason why it cannot be used gives way', () => {
  const help = 'group the sessions by their project, agent, branch or tag';
  const line = {keys: ['pagedown', 'ctrl+d'], help, lit: [], whyNot: 'they have the same tag and the same project'};
  const shown = (cols: number) => {
    const lines = [{...line, whyNot: null}, line, {...line, help: 'short'}];
    return helpPane({theme, body: {cols, rows: 12}, field: fieldOf(''), lines, at: 0}).lines.map(strip);
  };
  assert.match(shown(60)[3]!, /^┃ pagedown ctrl\+d {2}group the sessions by their project, a… ┃$/);
  assert.match(shown(80)[3]!, /^┃ pagedown ctrl\+d {2}group the sessions by thei… they have the same tag and the… ┃$/);
  assert.match(shown(60)[4]!, /^┃ pagedown ctrl\+d {2}short +they have the same tag and… ┃$/);
});

test('the frame of the help is whole, whatever is searched for', () => {
  const line = {keys: ['y'], help: 'allow', lit: [], whyNot: null};
  const top = (lines: readonly (typeof line)[], at: number | null) =>
    strip(helpPane({theme, body: {cols: 40, rows: 12}, field: fieldOf('x'), lines, at}).lines[0]!);
  assert.equal(top([], null), `┏━ Keys ${'━'.repeat(31)}┓`);
  assert.equal(top([line], null), `┏━ Keys ${'━'.repeat(21)} 1 found ━┓`);
  assert.equal(top([line], 0), `┏━ Keys ${'━'.repeat(22)} 1 of 1 ━┓`);
});

test('a card says state, age, branch, queue, yolo and what it waits for', () => {
  const columns = 36;
  const [web] = sceneSessions().filter(session => session.name === 'web');
  const [payments] = sceneSessions().filter(session => session.name === 'payments');
  const look = (session: typeof web, selected: boolean) =>
    cardLines({theme, columns, session: session!, selected, marked: false, now: SCENE_NOW}).map(strip);
  assert.deepEqual(look(payments, true), [
    '┏━ payments ━━━━━━━━━ claude opus ━┓',
    '┃ ◆ permission                  2m ┃',
    '┃ feature/refunds ±4           ⏎ 1 ┃',
    '┃ Bash: rm -rf dist                ┃',
    '┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┛',
  ]);
  const long = {...payments!, branch: 'feature/a-name-that-is-much-too-long'};
  assert.match(look(long, false)[2]!, /^│ feature\/a-name-that-is-m… ±4 ⏎ 1 │$/);
  assert.deepEqual(look(web, false), [
    '╭─ web ──────────── claude sonnet ─╮',
    '│ ▶ working                     1m │',
    '│ feature/cart          ⚡yolo ⏎ 1 │',
    '│ Reading src/app.tsx              │',
    '╰──────────────────────────────────╯',
  ]);
});

test('a card with room says how full the context is and its tokens per minute; what is not told is not shown', () => {
  const meters = (change: Partial<SessionView>, {columns = 36, own = theme} = {}) => {
    const session = sessionOf({name: 'a', token_count: 1, ...change});
    const lines = cardLines({theme: own, columns, session, selected: false, marked: false, now: 0, metered: true});
    assert.equal(lines.length, 6);
    return strip(lines[3]!).slice(2, -2).trimEnd();
  };
  const context = {used: 96_000, limit: 200_000, percent: 48};
  const rate = [0, 0, 10, 20, 70, 0, 0, 0, 5, 1, 0, 35].map(thousands => thousands * 1_000_000);
  assert.equal(meters({context, rate}), 'ctx ▓▓▓▓░░░░ 48%    ▁▁▂▃█▁▁▁▂▂▁▅');
  assert.equal(meters({context, rate}, {columns: 28}), 'ctx ▓▓░░ 48%  ▂▃█▁▁▁▂▂▁▅');
  assert.equal(meters({context: {used: 96_000, limit: null, percent: null}, rate: []}), 'ctx 96.0k');
  assert.equal(meters({context: null, rate: [0, 0, 0, 0]}).trim(), '▁▁▁▁');
  assert.equal(meters({token_count: null}), '');
  const ascii = loadTheme('dark', {LANG: 'C', TERM: 'xterm'});
  assert.equal(meters({context, rate}, {own: ascii}), 'ctx ####.... 48%    __.:#___.._=');
});

test('cards get their sixth line where all of them fit with it, or many do', () => {
  const rows = (size: {cols: number; rows: number}, meters: number) =>
    layoutOf(size, 'cards', false, meters).cards!.cardRows;
  const low = {cols: 80, rows: 24};
  const high = {cols: 120, rows: 40};
  assert.deepEqual([rows(low, 3), rows(low, 4), rows(high, 40)], [6, 5, 6]);
  assert.deepEqual([rows(low, 0), rows(high, 0)], [5, 5], 'nothing tells of tokens');
  assert.equal(layoutOf({cols: 40, rows: 20}, 'cards', false, 3).cards!.cardRows, 2);
});

test('a session whose queue is held says so, by how much, and what raises it', () => {
  const notice = heldText(budgetOf({of: 'tag', name: 'night shift', per: 'total'}), 105);
  assert.equal(
    notice,
    "held: 105% is used; amux budget set --tag 'night shift' --per total raises the 10000 tokens of tag night shift",
  );
  assert.match(
    heldText(budgetOf({of: 'fleet', name: null, per: 'day'}), 100),
    /; amux budget set raises the 10000 tokens per day of the fleet$/,
  );
  const [web, infra] = sceneSessions().filter(({name}) => name === 'web' || name === 'infra');
  const look = (session: SessionView) =>
    cardLines({theme, columns: 36, session, selected: false, marked: false, now: SCENE_NOW}).map(strip);
  const held = look({...infra!, notice: `${notice}; something else`, queue: 2});
  assert.equal(held[2], '│ chore/ci           held 105% ⏎ 2 │');
  assert.equal(held[3], "│ amux budget set --tag 'night sh… │");
  assert.equal(look({...web!, notice})[3], '│ Reading src/app.tsx              │', 'a turn is not cut off');
});

function budgetOf(change: Pick<Budget, 'of' | 'name' | 'per'>): Budget {
  const told = {day: '', percent: 0} as const;
  return {id: 'x', tokens: 10_000, usd: null, setAt: 0, told, ...change} as Budget;
}

test('a card says what the watchdog found and what its processes take', () => {
  const calm = sessionOf({name: 'api'}).watchdog;
  const lines = (change: Partial<SessionView>): string[] =>
    cardLines({
      theme,
      columns: 40,
      session: sessionOf({name: 'api', activity: 'working', ...change}),
      selected: false,
      marked: false,
      now: SCENE_NOW,
    }).map(strip);
  const resources = {memory: 412.4 * 1024 ** 2, cpu: 12, processes: 9};
  assert.match(lines({resources}).at(-1)!, / 410 MB 10% ─╯$/);
  assert.doesNotMatch(lines({}).at(-1)!, /[a-z0-9]/i);
  const fired = {rule: 'stuck' as const, at: 1, verdict: 'stuck', reason: 'no evidence of progress', dry_run: false};
  const stuck = lines({watchdog: {...calm, stuck: true, fired}, preview: 'old'});
  assert.match(stuck[1]!, /stuck/);
  assert.match(stuck.at(-2)!, /no evidence of progress/);
  assert.equal(needsPerson(sessionOf({name: 'api', activity: 'working', watchdog: {...calm, stuck: true}})), true);
  const crashed = lines({status: 'starting', watchdog: {...calm, comeback: 7_384}, reason: 'killed by SIGKILL'});
  assert.ok(crashed[1]!.includes(`back at ${timeText(7_384_000)}`), crashed[1]);
  assert.match(crashed.at(-2)!, /killed by SIGKILL/);
});

test('the header says what was spent today, and gives it up first', () => {
  const first = (change: Partial<HeaderProps>) => strip(headerLines({...headerProps, ...change})[0]!);
  assert.match(first({spend: today}), / {2}1\.24M tok {2}\$8\.41 today {2}headless {2}14:32 $/);
  assert.match(first({spend: {...today, cost: null}}), / {2}1\.24M tok today {2}headless/);
  assert.match(first({spend: {...today, read: 34}}), / {2}reading histories 34% {2}headless/);
  assert.match(first({spend: today, columns: 70}), /need you .*working {2,}1\.24M tok {2}\$8\.41 {2}headless/);
  assert.match(first({spend: today, columns: 60}), /need you .*working {2,}headless/);
  for (const spend of [null, {...today, tokens: 0}, {...today, since: today.since - 86_400}])
    assert.doesNotMatch(first({spend}), /tok|\$/);
});

test('a peek that is too small keeps the last rows and the cursor, and says that it is cropped', () => {
  const session = sessionOf({name: 'a'});
  const screen = screenOf(
    Array.from({length: 30}, (_, i) => `row ${i}`),
    {cols: 100, rows: 30, cursor: {x: 6, y: 29}},
  );
  const lines = peekLines({theme, size: {cols: 44, rows: 8}, session, screen, typing: false});
  assert.match(strip(lines[0]!), /a · claude · 100×30 ▸ cropped/);
  assert.match(strip(lines[6]!), /^│row 29 /);
  assert.match(lines[6]!, /row 29\x1b\[7m \x1b\[0m/);
});

test('an empty lower half does not push the written part out of sight', () => {
  const session = sessionOf({name: 'a'});
  const screen = screenOf(['$ ls', 'notes.md'], {cols: 80, rows: 30, cursor: {x: 0, y: 2}});
  const lines = peekLines({theme, size: {cols: 44, rows: 8}, session, screen, typing: false});
  assert.match(strip(lines[1]!), /^│\$ ls /);
});

test('while typing, the peek follows a cursor that is right of the crop', () => {
  const session = sessionOf({name: 'a'});
  const screen = screenOf([`${'x'.repeat(70)}END`], {cols: 80, rows: 6, cursor: {x: 73, y: 0}});
  const still = peekLines({theme, size: {cols: 44, rows: 8}, session, screen, typing: false});
  const typing = peekLines({theme, size: {cols: 44, rows: 8}, session, screen, typing: true});
  assert.doesNotMatch(strip(still[1]!), /END/);
  assert.match(strip(typing[1]!), /END/);
});

test('the last screen of an ended session is faded and called so', () => {
  const session = sessionOf({name: 'batch', status: 'failed'});
  const screen = screenOf([[{text: 'Error', style: {fg: 1}}]], {cursor: {x: 0, y: 1}});
  const lines = peekLines({theme, size: {cols: 60, rows: 8}, session, screen, typing: false});
  assert.match(strip(lines[0]!), /batch · ended/);
  assert.match(lines[1]!, /\x1b\[2mError/);
  assert.doesNotMatch(lines.join(''), /\x1b\[7m/);
});

test('NO_COLOR leaves shape and weight only; no UTF-8 leaves ASCII', () => {
  const area = layoutOf({cols: 120, rows: 40}, 'cards', false).cards!;
  const draw = (env: Record<string, string>) => {
    const own = loadTheme('dark', env);
    const cards = cardsLines({
      theme: own,
      area,
      sessions: sceneSessions(),
      top: 0,
      selected: null,
      marks: [],
      now: SCENE_NOW,
    });
    const size = {cols: 80, rows: 30};
    const [payments] = sceneSessions().filter(session => session.name === 'payments');
    return [
      ...cards,
      ...peekLines({theme: own, size, session: payments!, screen: sceneScreens()['payments']!, typing: false}),
    ].join('\n');
  };
  const plainDrawing = draw({...UTF8, NO_COLOR: '1'});
  assert.match(plainDrawing, /\x1b\[1m◆ permission/);
  for (const [, codes] of plainDrawing.matchAll(/\x1b\[([\d;]*)m/g)) {
    assert.ok(
      codes!.split(';').every(code => Number(code) < 10),
      `colour in ${codes}`,
    );
  }
  const ascii = draw({LANG: 'C', TERM: 'xterm'});
  assert.match(strip(ascii), /! permission/);
  assert.doesNotMatch(strip(ascii), /[◆▶✓○✗╭┏│]/);
  const [notes] = sceneSessions().filter(session => session.name === 'notes');
  const own = loadTheme('dark', {LANG: 'C', TERM: 'xterm'});
  const card = cardsLines({theme: own, area, sessions: [notes!], top: 0, selected: null, marks: [], now: SCENE_NOW});
  assert.match(strip(card.join('\n')), / \.\.\.\/work\/notes/, 'with a ~ it would be another directory');
});

test('the terminal theme uses only the 16 colours of the terminal', () => {
  const own = loadTheme('terminal', UTF8);
  const area = layoutOf({cols: 120, rows: 40}, 'cards', false).cards!;
  const drawn = cardsLines({theme: own, area, sessions, top: 0, selected: nasty.id, marks: [], now: SCENE_NOW}).join(
    '',
  );
  assert.doesNotMatch(drawn, /[34]8;[25];/);
});
