import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, test} from 'node:test';
import {Ajv} from 'ajv';
import {stringify} from 'yaml';
import {fileOf, kinds, textOf} from '../../docs/schemas.ts';
import {configSchema} from '../../source/config/json-schema.ts';
import {keysAt, nearest} from '../../source/config/near-keys.ts';
import {validateFile} from '../../source/config/settings.ts';
import {temporaryDirectory, write} from './directories.ts';

const file = join(temporaryDirectory(), 'config.yaml');
const problems = (text: string, kind: 'home' | 'project' = 'project') => {
  write(file, text);
  return validateFile(file, kind).problems.map(({line, column, why}) => `${line}:${column}: ${why}`);
};

describe('validation tells each place', () => {
  const cases: [string, string, RegExp[]][] = [
    [
      'several at once',
      'defaultAgent: 1\nagents:\n  a:\n    quiet: -1\n    args: [x, 2]\n',
      [/^1:1: defaultAgent/, /^4:5: .*quiet/, /^5:15: .*args\.1/],
    ],
    ['a syntax error', 'agents:\n  a: {command: "x\n', [/^\d+:\d+: .*quot/i]],
    ['two syntax errors', 'a: [1\nb: {2\nc: 3\n', [/^2:1: /, /^3:1: /]],
    ['a key twice', 'agents:\n  a: {}\n  a: {}\n', [/^3:3: .*unique/]],
    ['a tab', 'agents:\n\ta: 1\n', [/^2:1: .*tab/i]],
    ['a slip', 'agent:\n  a: {}\n', [/^1:1: agent is not known .*did you mean agents\?/]],
    [
      'a swap in a list',
      'approvals:\n  - {decide: allow, tol: x}\n',
      [/^2:21: approvals\.0\.tol is .*did you mean tool\?/],
    ],
    [
      'what is near nothing',
      'agents: {a: {zebra: 1}}\n',
      [/^1:14: agents\.a\.zebra is not known here and has no effect$/],
    ],
    ['no choice', 'approvals:\n  - decide: perhaps\n', [/^2:5: .*expected one of "allow"\|"deny"\|"ask"/]],
    ['after characters of two units', 'agents: {"é日": {}}\n', [/^1:10: .*expected an agent id/]],
    ['windows line ends', 'agents:\r\n  a:\r\n    quiet: x\r\n', [/^3:5: /]],
  ];
  for (const [title, text, expected] of cases) {
    test(title, () => {
      const found = problems(text);
      for (const [i, pattern] of expected.entries()) assert.match(found[i] ?? 'nothing', pattern, found.join('\n'));
      if (title !== 'a syntax error') assert.equal(found.length, expected.length, found.join('\n'));
    });
  }
});

test('what was meant is the nearest key, and none that is far', () => {
  const known = keysAt(configSchema('home'), ['agents', 'any', 'x'].slice(0, 2));
  assert.ok(known.includes('permissionMode') && known.includes('command'));
  assert.deepEqual(
    ['comand', 'modle', 'Model', 'enviroment', 'm', 'xyz'].map(word => nearest(word, known)),
    ['command', 'model', 'model', 'environment', null, null],
  );
});

const MUTATIONS = 800;

describe('the published schemas', () => {
  for (const kind of kinds) {
    test(`of a ${kind} is the one that is checked`, () => {
      assert.equal(readFileSync(fileOf(kind), 'utf8'), textOf(kind), 'it is stale: npm run docs');
    });

    test(`of a ${kind} describes every key`, () => {
      const undescribed: string[] = [];
      const look = (schema: unknown, path: string): void => {
        if (typeof schema !== 'object' || schema === null) return;
        for (const [key, value] of Object.entries((schema as {properties?: object}).properties ?? {})) {
          if (typeof (value as {description?: unknown}).description !== 'string') undescribed.push(`${path}.${key}`);
        }
        for (const [key, value] of Object.entries(schema)) look(value, `${path}.${key}`);
      };
      look(configSchema(kind), '');
      assert.deepEqual(undescribed, []);
    });

    test(`of a ${kind} takes exactly what validation takes`, () => {
      const check = new Ajv({strict: false, allErrors: true}).compile(configSchema(kind));
      let good = 0;
      const random = seeded(7);
      for (let i = 0; i < MUTATIONS; i++) {
        const config = mutated(structuredClone(kind === 'home' ? {...project, ...home} : project), random);
        const found = problems(stringify(config), kind);
        if (found.length === 0) good++;
        assert.equal(
          check(config ?? {}),
          found.length === 0,
          `${stringify(config)}${found.join('\n')}\n${JSON.stringify(check.errors)}`,
        );
      }
      assert.ok(good > MUTATIONS / 10 && good < MUTATIONS * 0.9, `${good} of ${MUTATIONS} were good`);
    });
  }
});

const project = {
  defaultAgent: 'mine',
  agents: {
    mine: {
      name: 'Mine',
      type: 'generic',
      command: 'cat',
      args: ['-u'],
      environment: {A: '1'},
      model: 'm',
      quiet: 1.5,
      mcp: true,
    },
    claude: {permissionMode: 'manual', compactOnClaim: false},
    empty: null,
  },
  approvals: [
    {tool: 'Bash', pattern: 'npm *', decide: 'allow'},
    {decide: 'deny', message: 'no'},
  ],
  watchdog: {
    default: 'report',
    crash: 'off',
    limit: {mode: null},
    stuck: {mode: 'on', after: '20m', interrupt: true},
    envelope: {memory: '1.5GB', cpu: '200%', processes: 'none', action: 'stop', hard: false},
    'stale-claim': {reset: true},
  },
};
const home = {
  backend: 'auto',
  port: 9000,
  idleExit: 5,
  allowedHosts: ['build.example'],
  board: {columns: ['qa'], claimsPerSession: 2},
};

/** Values of every kind. No text is a broken command line or expression: schemas cannot say that. */
const VALUES: unknown[] = [
  'text',
  '',
  'a b',
  0,
  1,
  -1,
  2.5,
  99_999,
  true,
  null,
  [],
  ['x'],
  [1],
  {},
  {a: 'b'},
  {'a b': null},
  [{}],
  [null],
];
const KEYS = [
  'extra',
  'agents',
  'command',
  'quiet',
  'decide',
  'tool',
  'environment',
  'columns',
  'B-C',
  'workspace',
  'setup',
];

type Random = (below: number) => number;

/** The same numbers for the same seed. */
function seeded(seed: number): Random {
  let state = seed;
  return below => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * below);
  };
}

/** With one to three places put in, changed or taken out. */
function mutated(config: unknown, random: Random): unknown {
  for (let count = random(3); count >= 0; count--) {
    const places: {parent: Record<string, unknown>; key: string}[] = [];
    const walk = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      const parent = value as Record<string, unknown>;
      for (const key of Object.keys(parent)) {
        places.push({parent, key});
        walk(parent[key]);
      }
      if (!Array.isArray(value)) places.push({parent, key: KEYS[random(KEYS.length)]!});
    };
    walk(config);
    const {parent, key} = places[random(places.length)]!;
    if (random(4) === 0 && !Array.isArray(parent)) delete parent[key];
    else parent[key] = structuredClone(VALUES[random(VALUES.length)]);
  }
  return config;
}
