import type {SessionView} from '../../source/domain/fleet.ts';
import type {Row, Screen} from '../../source/domain/screen.ts';
import {sceneDiff} from './changes.ts';
import {FakeFleet, screenOf, sessionOf} from './fake-fleet.ts';
import {sceneSchedules} from './schedule-scene.ts';
import {sceneBudgets, sceneSpend} from './token-scene.ts';

/** The moment at which the scene plays: 14:32:08 here, 8 s after a minute began. */
export const SCENE_NOW = new Date(2026, 4, 4, 14, 32, 8).getTime();

const ago = (seconds: number): number => SCENE_NOW / 1000 - seconds;

/** `used`: tokens of its context, of 200,000. Thousands of tokens per minute. */
function spent(used: number | null, rate: readonly number[]) {
  const context = used === null ? null : {used, limit: 200_000, percent: Math.round(used / 2000)};
  return {token_count: 1_000_000, context, rate: rate.map(thousands => thousands * 1000)};
}

/** A small shop's fleet in the middle of an afternoon, nothing younger than a minute. */
export function sceneSessions(): SessionView[] {
  return [
    sessionOf({
      name: 'api',
      ...spent(96_000, [31, 52, 70, 58, 49, 61, 70, 52, 60, 71, 63]),
      model: 'opus',
      branch: 'feature/auth',
      activity: 'working',
      activity_since: ago(370),
      preview: 'Running 214 tests…',
      queue: 3,
    }),
    sessionOf({
      name: 'web',
      ...spent(24_000, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 33]),
      model: 'sonnet',
      branch: 'feature/cart',
      activity: 'working',
      activity_since: ago(75),
      preview: 'Reading src/app.tsx',
      yolo: true,
      queue: 1,
    }),
    sessionOf({
      name: 'payments',
      ...spent(142_000, [10, 21, 49, 70, 60, 28, 9, 8, 7, 19, 28]),
      model: 'opus',
      branch: 'feature/refunds',
      dirty: {files: 4},
      activity: 'waiting',
      activity_since: ago(130),
      waitingFor: {kind: 'permission', detail: 'Bash: rm -rf dist'},
      preview: 'Esc to cancel',
      queue: 1,
    }),
    sessionOf({
      name: 'docs',
      ...spent(44_000, [1, 2, 20, 28, 11, 3, 0, 0, 0, 0, 0]),
      agent: 'gemini',
      branch: 'docs/api',
      activity: 'waiting',
      activity_since: ago(100),
      waitingFor: {kind: 'question', detail: 'Which colour? Red · Blue'},
    }),
    sessionOf({
      name: 'batch',
      ...spent(null, []),
      agent: 'opencode',
      branch: 'fix/批量导入',
      status: 'failed',
      reason: 'exit code 1',
      ended_at: ago(3700),
      exit: {code: 1, signal: null, at: ago(3700)},
      preview: 'Error: quota exceeded',
    }),
    sessionOf({
      name: 'infra',
      ...spent(120_000, [18, 30, 31, 50, 19, 2, 0, 0, 0, 0, 0, 0]),
      model: 'sonnet',
      branch: 'chore/ci',
      activity: 'idle',
      activity_since: ago(560),
      preview: 'PR #247 is ready',
    }),
    sessionOf({
      name: 'search',
      agent: 'codex',
      branch: 'spike/vectors',
      activity: 'idle',
      activity_since: ago(5000),
      preview: '索引已重建 ✅ 12,400 条',
    }),
    sessionOf({
      name: 'notes',
      agent: 'shell',
      dir: '/home/ada/work/notes',
      status: 'stopped',
      ended_at: ago(90_000),
      exit: {code: 0, signal: null, at: ago(90_000)},
      preview: 'ada@box:~/work/notes$',
    }),
    sessionOf({
      name: 'mobile',
      agent: 'claude',
      model: 'haiku',
      branch: 'fix/scroll',
      activity: 'unknown',
      activity_since: ago(62),
      preview: 'Do you trust the files here',
    }),
  ];
}

const dim = {dim: true} as const;
const green = {fg: 2} as const;
const added = {bg: '#1f3326', fg: '#9fd3a8'} as const;

const payments: (string | Row)[] = [
  [
    {text: '❯ ', style: dim},
    {text: 'make refunds idempotent', style: {bold: true}},
  ],
  '',
  [
    {text: '● ', style: {}},
    {text: 'I will add an idempotency key to the refund endpoint, then clean the build.', style: {}},
  ],
  '',
  [
    {text: '● ', style: green},
    {text: 'Update', style: {bold: true}},
    {text: '(src/refunds.ts)', style: {}},
  ],
  [
    {text: '  ⎿  ', style: dim},
    {text: 'Added 14 lines, removed 2', style: {}},
  ],
  [
    {text: '     41 + ', style: added},
    {text: ' const key = request.headers["idempotency-key"];', style: added},
  ],
  [
    {text: '     42 + ', style: added},
    {text: ' const seen = await refunds.byKey(key);', style: added},
  ],
  '',
  [
    {text: '● ', style: {fg: 3}},
    {text: 'Bash', style: {bold: true}},
    {text: '(rm -rf dist)', style: {}},
  ],
  [{text: '  ⎿  waiting', style: dim}],
  '',
  [{text: '─'.repeat(80), style: {fg: '#b1b9f9'}}],
  [{text: ' Bash command', style: {bold: true, fg: '#b1b9f9'}}],
  '',
  '   rm -rf dist',
  [{text: '   Clean the build output 清理构建输出', style: dim}],
  '',
  ' Do you want to proceed?',
  [
    {text: ' ❯ ', style: {fg: '#b1b9f9'}},
    {text: '1. ', style: dim},
    {text: 'Yes', style: {fg: '#b1b9f9'}},
  ],
  '   2. Yes, and always allow access to dist/ from this project',
  '   3. No',
  '',
  [{text: ' Esc to cancel · Tab to amend', style: dim}],
];

export function sceneScreens(): Record<string, Screen> {
  return {
    payments: screenOf(payments, {cols: 82, rows: 28, cursor: {x: 1, y: 19}}),
    api: screenOf(
      [
        [
          {text: '✻ ', style: {fg: 208}},
          {text: 'Running 214 tests…', style: {}},
        ],
        '',
        [{text: '❯ ', style: {}}],
      ],
      {
        cols: 82,
        rows: 28,
        cursor: {x: 2, y: 2},
        modes: {alternate: false, bracketedPaste: true, applicationCursor: false},
      },
    ),
    batch: screenOf(['$ opencode', [{text: 'Error: quota exceeded', style: {fg: 1}}]], {cols: 82, rows: 28}),
  };
}

/** Two hundred lines before what stands on the screen; line 100 is what a hostile program would like to be. */
export function sceneHistory(): Row[] {
  const before = Array.from({length: 200}, (_, i): Row => {
    if (i === 99) return [{text: '\x1b]52;c;RVZJTA==\x07\x1b]0;owned\x07\x9b31mevil \x90q\x1b[?1000h', style: {fg: 1}}];
    const wide = i % 50 === 0 ? ' 批量导入 ✅' : '';
    return [
      {text: `${i + 1}`.padStart(4), style: dim},
      {text: ` Test refunds › case ${i + 1}${wide}`, style: {}},
      {text: ' ok', style: green},
    ];
  });
  return [...before, ...payments.map(row => (typeof row === 'string' ? [{text: row, style: {}}] : row))];
}

export function sceneFleet(): FakeFleet {
  const fleet = new FakeFleet(sceneSessions(), sceneScreens());
  fleet.diffView = sceneDiff();
  fleet.spendView = sceneSpend;
  fleet.budgetViews = structuredClone(sceneBudgets);
  fleet.scheduleViews = sceneSchedules();
  fleet.scrollbacks.set('payments', sceneHistory());
  return fleet;
}

export const sceneAgents = [
  {name: 'claude', version: '2.1.328'},
  {name: 'codex', version: '0.98.0'},
  {name: 'gemini', version: null},
] as const;
