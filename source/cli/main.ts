import meow, {type AnyFlags} from 'meow';
import {homeOf, pathsOf} from '../config/paths.ts';
import {AmuxError, asAmuxError} from '../domain/errors.ts';
import type {Command, Context, FlagSpec, Flags} from './command.ts';
import {flagWord, textFlag} from './flags.ts';
import {createFleets} from './fleets.ts';
import {givenEnvironment} from './given-environment.ts';
import {commandHelp, overview} from './help.ts';
import {endsInOrder} from './hold-signals.ts';
import {createOutput, type Output} from './output.ts';
import {commands, globalFlags} from './registry.ts';
import {masked, remoteFor} from './remote.ts';
import {version} from './self.ts';

const cockpit: Command = {
  path: '',
  usage: '',
  summary: 'the cockpit',
  args: [0, 0],
  load: async () => (await import('./commands/cockpit.ts')).cockpit,
};

/** Finds the command, parses its flags, runs it; resolves with the exit code. */
async function main(argv: string[]): Promise<number> {
  const plain = argv.includes('--json');
  const output = createOutput({
    stdout: process.stdout,
    stderr: process.stderr,
    json: plain,
    colour: !argv.includes('--no-color') && (process.env['NO_COLOR'] ?? '') === '',
  });
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (!endsInOrder()) process.exit(leftBehind(error, output));
  });
  try {
    const {command, rest} = findCommand(argv);
    const {flags, args} = parse(command, rest);
    if (flags['version'] === true) {
      output.line(version);
      return 0;
    }
    if (flags['help'] === true || args[0] === 'help') {
      output.line(command === cockpit ? overview() : commandHelp(command));
      return 0;
    }
    if (command === cockpit && args.length > 0) throw unknownCommand(args);
    checkCount(command, args);
    return await run(command, {flags, args, output});
  } catch (error) {
    const known = asAmuxError(error);
    output.error(known);
    if (known.code === 'unexpected' && process.env['AMUX_DEBUG'] !== undefined) console.error(error);
    return known.exit;
  }
}

/** The exit code once nothing more can be written: a reader that left early (`amux ps | head`) ends it quietly. */
function leftBehind(error: NodeJS.ErrnoException, {error: tell}: Output): number {
  if (error.code === 'EPIPE') return 0;
  const cause = new AmuxError('output.lost', {why: error.message}, error);
  tell(cause);
  return cause.exit;
}

async function run(command: Command, parsed: Pick<Context, 'flags' | 'args' | 'output'>): Promise<number> {
  const takesFile = command.flags?.['environment'] !== undefined;
  const env = takesFile ? givenEnvironment(process.env, textFlag(parsed, 'environment')) : process.env;
  const paths = pathsOf(homeOf(env, textFlag(parsed, 'home')));
  const remote = remoteFor(command, {flags: parsed.flags, env, paths});
  if (remote?.notice != null) parsed.output.notice(`amux: ${remote.notice}`);
  const note = (notice: string): void => parsed.output.notice(`amux: ${notice}`);
  await using fleets = createFleets({paths, remote, actor: command.actor, note});
  const context: Context = {
    ...parsed,
    paths,
    cwd: process.cwd(),
    env,
    stdin: process.stdin,
    remote,
    fleet: need => fleets.get(need),
    get signal() {
      return interrupted();
    },
  };
  const act = await command.load();
  try {
    return await act(context); // Awaited here: the fleet is closed when this function ends.
  } catch (error) {
    if (remote !== null) throw error;
    const {faultBetween} = await import('./other-build.ts');
    throw faultBetween(error, paths);
  }
}

/** Ctrl-C ends a command at once, but for those that ask for this: they end by themselves. */
function interrupted(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  return controller.signal;
}

/** The longest command whose words stand first; flags may stand between and around them. */
function findCommand(argv: string[]): {command: Command; rest: string[]} {
  const words: {word: string; index: number}[] = [];
  for (let i = 0; i < argv.length && argv[i] !== '--' && words.length < 3; i++) {
    const word = argv[i]!;
    if (!word.startsWith('-')) words.push({word, index: i});
    else if (takesValue(word)) i++;
    // A flag that is not global belongs to a command whose words are all before it.
    else if (!isGlobal(word)) break;
  }
  for (let count = words.length; count > 0; count--) {
    const taken = words.slice(0, count);
    const path = taken.map(({word}) => word).join(' ');
    const command = commands.find(each => each.path === path || each.aliases?.includes(path));
    if (command === undefined) continue;
    const used = new Set(taken.map(({index}) => index));
    return {command, rest: argv.filter((_, index) => !used.has(index))};
  }
  return {command: cockpit, rest: argv};
}

const flagName = (word: string): string => word.replace(/^--?/, '').replace(/=.*$/, '');

function isGlobal(word: string): boolean {
  const name = flagName(word).replace(/^no-/, '');
  return Object.entries(globalFlags).some(([key, {short}]) => key === name || short === name);
}

function takesValue(word: string): boolean {
  return globalFlags[flagName(word)]?.type === 'string' && !word.includes('=');
}

function parse(command: Command, argv: string[]): {flags: Flags; args: string[]} {
  const specs: Record<string, FlagSpec> = {...globalFlags, ...command.flags};
  const declared: Record<string, object> = {};
  for (const [name, {type, short, multiple, negative}] of Object.entries(specs)) {
    declared[name] = {
      type,
      ...(short === undefined ? {} : {shortFlag: short}),
      ...(multiple === true ? {isMultiple: true} : {}),
      ...(negative === true ? {default: true} : {}),
    };
  }
  // `-n` alone is a flag, but `-` is an argument that stands for stdin.
  const parsed = meow({
    importMeta: import.meta,
    argv: withDashes(argv, specs),
    flags: declared as AnyFlags,
    autoHelp: false,
    autoVersion: false,
    pkg: {},
    help: false,
  });
  checkPlain(command, {argv, specs});
  // meow names the process after its package; people look for commands in `ps`.
  process.title = ['amux', command.path, ...masked(argv)].join(' ').trim();
  const flags = parsed.flags as Flags;
  for (const name of Object.keys(flags)) {
    if (!(name in specs)) {
      const shown = flagWord(name);
      const words = command.path === '' ? 'amux' : `amux ${command.path}`;
      throw new AmuxError('input.invalid', {why: `${words} has no flag ${shown}`, next: `${words} --help`});
    }
    if (specs[name]!.type === 'string' && specs[name]!.optional !== true && flags[name] === '') {
      throw new AmuxError('input.invalid', {
        why: `${flagWord(name)} needs a value`,
        next: `amux ${command.path} --help`,
      });
    }
  }
  return {flags, args: parsed.input};
}

/** `--json=true` would be parsed and yet not be what everybody else looks for. */
function checkPlain({path}: Command, {argv, specs}: {argv: string[]; specs: Record<string, FlagSpec>}): void {
  const end = argv.indexOf('--');
  const known = new Map(Object.entries(specs).map(([name, {type, negative}]) => [flagWord(name, negative), type]));
  const given = argv.slice(0, end === -1 ? argv.length : end).map(word => /^(--[a-z-]+)=/.exec(word)?.[1] ?? '');
  const word = given.find(each => known.get(each) === 'boolean');
  if (word === undefined) return;
  throw new AmuxError('input.invalid', {
    why: `${word} takes no value`,
    next: `amux ${path} ${word}`.replace('  ', ' '),
  });
}

/** `--desc -` takes stdin: its parser would take a single dash for an argument, not for the flag's value. */
function withDashes(argv: string[], specs: Record<string, FlagSpec>): string[] {
  const end = argv.indexOf('--');
  const words: string[] = [];
  for (const [i, word] of argv.entries()) {
    const last = words.at(-1) ?? '';
    const isValue = word === '-' && (end === -1 || i < end) && last.startsWith('--') && !last.includes('=');
    if (isValue && specs[flagName(last)]?.type === 'string') words[words.length - 1] = `${last}=-`;
    else words.push(word);
  }
  return words;
}

function checkCount({path, args: [fewest, most], usage}: Command, args: string[]): void {
  if (args.length >= fewest && args.length <= most) return;
  const why = args.length < fewest ? `amux ${path} needs more` : `amux ${path} takes no "${args[most]}"`;
  throw new AmuxError('input.invalid', {why, next: `usage: amux ${path} ${usage}`.trim()});
}

function unknownCommand(args: string[]): AmuxError {
  const [word = ''] = args;
  const near = commands
    .filter(({path, hidden}) => hidden !== true && path.startsWith(word.slice(0, 2)))
    .map(({path}) => path);
  const next =
    near.length === 0
      ? 'amux --help lists the commands'
      : `did you mean ${near.slice(0, 3).join(', ')}? amux --help lists all`;
  return new AmuxError('input.invalid', {why: `no command "${args.slice(0, 3).join(' ')}"`, next});
}

process.exitCode = await main(process.argv.slice(2));
