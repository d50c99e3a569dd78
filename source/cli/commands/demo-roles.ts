import {MONITOR, MONITOR_TASK} from '../../config/monitor.ts';
import type {CardInput} from '../../domain/board.ts';

/** One step of a scripted agent. */
export type Step =
  | {do: 'say'; text: string}
  /** Prints lines one after the other, `ms` apart, while the program reports that it works. */
  | {do: 'work'; title: string; lines: string[]; ms: number}
  | {do: 'ask'; kind: 'permission' | 'question'; what: string; options: string[]}
  | {do: 'fail'; error: string};

export type Role = {
  name: string;
  branch: string;
  prompt: string;
  yolo?: boolean;
  /** What it does with its first prompt; later prompts get a short answer. */
  script: Step[];
};

/** What stands on its board; a claim goes to a session that is at work on just that. */
export const cards: readonly (CardInput & {claimedBy?: string})[] = [
  {title: 'Upgrade Node', status: 'done', tags: ['ci']},
  {title: 'Keep the test suite green', tags: ['auth'], claimedBy: 'api'},
  {title: 'Refund e-mail in six languages', tags: ['payments', 'i18n']},
  {title: 'Retry webhooks that were refused', desc: 'With a pause that grows, for a day at most.', tags: ['payments']},
  {title: 'Dark theme for the reference pages', tags: ['docs']},
];

const tests = Array.from({length: 400}, (_, i) => {
  const suite = ['auth/login', 'auth/token', 'auth/session', 'http/retry', 'http/limits'][i % 5]!;
  return `\u001b[32m✓\u001b[0m ${suite} › case ${i + 1} \u001b[2m${((i * 37) % 90) + 4} ms\u001b[0m`;
});

export const roles: readonly Role[] = [
  {
    name: 'payments',
    branch: 'feature/refunds',
    prompt: 'make refunds idempotent',
    script: [
      {do: 'say', text: 'I will add an idempotency key to the refund endpoint, then clean the build.'},
      {
        do: 'work',
        title: 'Update(src/refunds.ts)',
        lines: [
          '\u001b[2m  ⎿  Added 3 lines, removed 1\u001b[0m',
          '\u001b[31m     41 -  const seen = false;\u001b[0m',
          '\u001b[32m     41 +  const key = request.headers["idempotency-key"];\u001b[0m',
          '\u001b[32m     42 +  const seen = await refunds.byKey(key);\u001b[0m',
          '\u001b[32m     43 +  if (seen) return seen.response;\u001b[0m',
        ],
        ms: 250,
      },
      {do: 'ask', kind: 'permission', what: 'Bash: rm -rf dist', options: ['Yes', 'No']},
      {do: 'work', title: 'Bash(rm -rf dist)', lines: ['  removed 214 files'], ms: 600},
      {do: 'say', text: 'Refunds are idempotent now; the build output is clean.'},
    ],
  },
  {
    name: 'api',
    branch: 'feature/auth',
    prompt: 'run the whole test suite and keep it green',
    script: [
      {do: 'say', text: 'Running 400 tests…'},
      {do: 'work', title: 'Bash(npm test)', lines: tests, ms: 900},
      {do: 'say', text: 'All 400 tests pass.'},
    ],
  },
  {
    name: 'docs',
    branch: 'docs/api',
    prompt: 'choose an accent colour for the reference pages',
    script: [
      {do: 'work', title: 'Read(theme.css)', lines: ['\u001b[2m  ⎿  Read 88 lines\u001b[0m'], ms: 500},
      {do: 'ask', kind: 'question', what: 'Which colour? Red · Blue', options: ['Red', 'Blue']},
      {do: 'say', text: 'The reference pages use it now.'},
    ],
  },
  {
    name: 'infra',
    branch: 'chore/ci',
    prompt: 'cache the dependencies in CI',
    script: [
      {do: 'work', title: 'Update(.github/workflows/ci.yml)', lines: ['\u001b[2m  ⎿  Added 6 lines\u001b[0m'], ms: 500},
      {do: 'say', text: 'PR #247 is ready'},
    ],
  },
  {
    name: 'i18n',
    branch: 'feature/locales',
    prompt: 'translate the greeting',
    script: [
      {
        do: 'work',
        title: 'Write(locales/*.json)',
        lines: [
          '  \u001b[38;5;203mja\u001b[0m  こんにちは、世界！ 🌏',
          '  \u001b[38;5;215mzh\u001b[0m  你好，世界！',
          '  \u001b[38;5;228mko\u001b[0m  안녕하세요, 세계!',
          '  \u001b[38;5;120mhi\u001b[0m  नमस्ते दुनिया',
          '  \u001b[38;2;130;170;255mru\u001b[0m  Привет, мир!',
          '  \u001b[1;4;38;5;177mfr\u001b[0m  \u001b[3mBonjour tout le monde\u001b[0m 👩‍💻',
        ],
        ms: 300,
      },
      {do: 'say', text: 'Six locales are written: 日本語 中文 한국어 हिन्दी русский français'},
    ],
  },
  {
    name: 'batch',
    branch: 'fix/批量导入',
    prompt: 'import the backlog',
    script: [
      {do: 'work', title: 'Bash(./import.sh 批量)', lines: ['  1 204 rows read', '  批量导入 12 %'], ms: 700},
      {do: 'fail', error: 'Error: quota exceeded'},
    ],
  },
  {
    name: MONITOR,
    branch: 'main',
    prompt: MONITOR_TASK,
    script: [
      {do: 'work', title: 'Read(CLAUDE.md)', lines: ['\u001b[2m  ⎿  Read 60 lines\u001b[0m'], ms: 400},
      {do: 'work', title: 'Bash(amux board --status doing --older 2h)', lines: ['  no cards'], ms: 600},
      {do: 'say', text: 'Nothing is stuck: no card stood in doing for 2 hours.'},
    ],
  },
];
