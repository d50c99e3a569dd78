import assert from 'node:assert/strict';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, it} from 'node:test';
import {type Module, readModules} from './architecture.ts';

/** Which folders a folder may know, besides itself. */
const MAY_KNOW: Record<string, readonly string[]> = {
  domain: [],
  config: ['domain'],
  store: ['domain'],
  terminal: ['domain'],
  workspace: ['domain'],
  agents: ['domain', 'terminal'],
  ledger: ['domain'],
  backends: ['domain', 'terminal'],
  notices: ['domain'],
  supervisor: ['domain', 'config', 'store', 'terminal', 'agents', 'backends', 'workspace', 'ledger', 'notices'],
  api: ['domain'],
  mcp: ['domain'],
  cockpit: ['domain'],
  // Commands know the `Fleet` that they are given, and what people configure.
  'cli/commands': ['domain', 'config', 'agents'],
  // Only here the parts are put together.
  cli: ['domain', 'config', 'store', 'terminal', 'agents', 'backends', 'workspace', 'supervisor', 'api', 'cockpit'],
};

/** Modules through which a command opens another part, each with the reason why it has to be the command. */
const DOORS: Record<string, readonly string[]> = {
  // It is the program: the process turns into what it opens.
  'cli/commands/pty-host.ts': ['backends/pty-host.ts'],
  'cli/commands/cockpit.ts': ['cockpit/main.tsx', 'api/client.ts'],
  'cli/commands/mcp.ts': ['mcp/server.ts', 'mcp/stdio.ts'],
  // It speaks to the server itself, in this process's environment.
  'cli/commands/mcp-test.ts': ['mcp/probe.ts'],
  // It lends this process's own terminal, which no Fleet can reach.
  'cli/commands/attach.ts': ['backends/pty-attach.ts'],
  // A project is made on the spot, without a supervisor; its monitor is what its other sessions are.
  'cli/commands/init.ts': ['workspace/context-files.ts', 'supervisor/profiles.ts'],
  // It shows the profiles by the rule that a launch uses.
  'cli/commands/profiles.ts': ['supervisor/profiles.ts'],
  'cli/commands/capture.ts': ['supervisor/profiles.ts'],
};

/** The folders that may import a package. A package that is not here has no place yet. */
const PACKAGES: Record<string, readonly string[]> = {
  '@keyv/sqlite': ['store'],
  '@modelcontextprotocol/sdk': ['mcp'],
  '@xterm/headless': ['terminal'],
  blessed: ['cockpit'],
  'blessed-contrib': ['cockpit'],
  croner: ['supervisor'],
  fastify: ['api'],
  ink: ['cockpit'],
  'jsonc-parser': ['config', 'agents'],
  keyv: ['store'],
  meow: ['cli'],
  'node-pty': ['backends'],
  pino: ['cli'],
  react: ['cockpit'],
  selfsigned: ['api'],
  sqlite3: ['ledger'],
  'string-width': ['terminal', 'cockpit', 'cli'],
  yaml: ['config'],
  zod: ['config', 'api', 'mcp'],
};

const AGENT_NAMES = ['claude', 'codex', 'gemini', 'opencode', 'generic'];
/** Where an agent's name may stand as a string, outside agents/. */
const MAY_NAME_AGENTS: Record<string, readonly string[]> = {
  'config/profiles.ts': ['claude', 'generic'],
  // Its sessions run a command of amux's own.
  'cli/commands/demo.ts': ['generic'],
};

const modules = await readModules();

describe('architecture', () => {
  it('sees every kind of import, and no comment', async () => {
    const root = mkdtempSync(join(tmpdir(), 'amux-architecture-'));
    try {
      mkdirSync(join(root, 'domain'));
      const lines = [
        "import {readFileSync} from 'node:fs';",
        "import type {Store} from '../store/store.ts';",
        "import {type Paths, homeOf} from '../config/paths.ts';",
        "export type {Fleet} from '../api/client.ts';",
        "export * from '../cli/self.ts';",
        "import 'ink';",
        "// import {x} from '../comment.ts';",
        "export const load = async (): Promise<import('keyv').Keyv> => (await import('@keyv/sqlite/x')).y;",
        "export const name = 'claude', used = [readFileSync, homeOf] as Store[];",
      ];
      writeFileSync(join(root, 'domain', 'all.ts'), lines.join('\n'));
      const [found] = await readModules(root);
      const {local, builtin, packages, strings} = found!;
      assert.deepEqual(local, ['store/store.ts', 'config/paths.ts', 'api/client.ts', 'cli/self.ts']);
      assert.deepEqual(builtin, ['fs']);
      assert.deepEqual(packages, ['ink', '@keyv/sqlite', 'keyv']);
      assert.ok(strings.includes('claude'));
    } finally {
      rmSync(root, {recursive: true});
    }
  });

  it('reads every module of source/', () => {
    assert.ok(modules.length > 100, `only ${modules.length} modules were found`);
    const known = new Set(modules.map(({path}) => path));
    for (const {path, local} of modules) {
      const unknown = local.filter(target => !known.has(target) && !target.endsWith('.json'));
      assert.deepEqual(unknown, [], `${path} imports what is not there`);
    }
  });

  it('a folder knows only the folders below it', () => {
    const broken = modules.flatMap(module =>
      module.local
        .filter(target => !isAllowed(module, target))
        .map(target => `${module.path} imports ${target}: ${layerOf(module)} may know ${list(allowedFor(module))}`),
    );
    report(broken, 'move the code to the folder that may know both, or hand it in as an argument');
  });

  it('every folder of source/ has a direction', () => {
    const folders = [...new Set(modules.map(({folder}) => folder))];
    assert.deepEqual(
      folders.filter(folder => MAY_KNOW[folder] === undefined),
      [],
    );
  });

  it('the domain imports nothing but itself', () => {
    const broken = modules
      .filter(({folder}) => folder === 'domain')
      .flatMap(({path, builtin, packages}) =>
        [...builtin.map(name => `node:${name}`), ...packages].map(name => `${path} imports ${name}`),
      );
    report(broken, 'what it needs comes in as an argument');
  });

  it('the domain has no clock, no chance, no timers and no process', () => {
    const impure =
      /\b(?:Date\.now|new Date\(\)|performance\.now|Math\.random|crypto\.\w+|set(?:Timeout|Interval|Immediate)|queueMicrotask|process\.\w+|console\.\w+|fetch\()/g;
    const broken = modules
      .filter(({folder}) => folder === 'domain')
      .flatMap(({path, code}) => [...code.matchAll(impure)].map(([found]) => `${path} uses ${found}`));
    report(broken, 'times and ids come in as arguments');
  });

  it('the time of day is read only where processes are watched, and in the command line', () => {
    const broken = modules
      .filter(({folder, code}) => !['backends', 'cli'].includes(folder) && /\bDate\.now\(/.test(code))
      .map(({path}) => `${path} calls Date.now()`);
    report(broken, 'take the time as an argument, or a clock as an option');
  });

  it('a package is imported only in the folders that stand for it', () => {
    const broken = modules.flatMap(({path, folder, packages}) =>
      packages
        .filter(name => !(PACKAGES[name] ?? []).includes(folder))
        .map(name => `${path} imports ${name}: only ${list(PACKAGES[name] ?? [])} may`),
    );
    report(broken, 'ask the folder that wraps it; a new package gets its row in PACKAGES');
  });

  it('agents are named only in agents/ and in the defaults of the configuration', () => {
    const broken = modules
      .filter(({folder}) => folder !== 'agents')
      .flatMap(({path, strings}) =>
        AGENT_NAMES.filter(name => strings.includes(name) && !(MAY_NAME_AGENTS[path] ?? []).includes(name)).map(
          name => `${path} says "${name}"`,
        ),
      );
    report(broken, 'give the record in agents/ a field that says what is different about it');
  });

  it('panes do not know each other', () => {
    const broken = modules
      .filter(({path}) => path.startsWith('cockpit/panes/'))
      .flatMap(({path, local}) =>
        local.filter(target => target.startsWith('cockpit/panes/')).map(target => `${path} imports ${target}`),
      );
    report(broken, 'what two panes share belongs in cockpit/draw or in the state');
  });

  it('package.json names each package that is imported, and no other', () => {
    const {dependencies, devDependencies} = JSON.parse(
      readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
    ) as Record<'dependencies' | 'devDependencies', Record<string, string>>;
    const listed = {...dependencies, ...devDependencies};
    const imported = new Set(modules.flatMap(({packages}) => packages));
    const missing = [...imported].filter(name => listed[name] === undefined);
    assert.deepEqual(missing, [], 'imported, but not in package.json');
    const loose = Object.entries(listed).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
    assert.deepEqual(loose, [], 'versions are exact');
    const external = ['node-pty', 'sqlite3'];
    assert.deepEqual(Object.keys(dependencies).sort(), external, 'an install needs what the bundle leaves outside');
    // Tools, types, and what only tests import.
    const tools =
      /^(@biomejs\/biome|@seriousme\/openapi-schema-validator|@xterm\/addon-unicode11|@types\/.+|assemblyscript|esbuild|ink-testing-library|node|sqlite3|tsx|typescript)$/;
    const unused = Object.keys(listed).filter(name => !imported.has(name) && !tools.test(name));
    assert.deepEqual(unused, [], 'in package.json, but nothing in source/ imports it');
  });
});

function isAllowed(module: Module, target: string): boolean {
  const [folder = ''] = target.split('/');
  return folder === module.folder || allowedFor(module).includes(folder) || (DOORS[module.path] ?? []).includes(target);
}

function layerOf({path, folder}: Module): string {
  return path.startsWith('cli/commands/') ? 'cli/commands' : folder;
}

const allowedFor = (module: Module): readonly string[] => MAY_KNOW[layerOf(module)] ?? [];

const list = (names: readonly string[]): string => (names.length === 0 ? 'nothing' : names.join(', '));

function report(broken: string[], advice: string): void {
  assert.equal(broken.length, 0, `\n  ${broken.join('\n  ')}\n  → ${advice}`);
}
