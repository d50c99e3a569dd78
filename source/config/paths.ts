import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  type Stats,
  statSync,
} from 'node:fs';
import {homedir, tmpdir, userInfo} from 'node:os';
import {dirname, join, resolve} from 'node:path';
import {AmuxError} from '../domain/errors.ts';

/** Among the generated files of a session: amux's own variables, for its MCP server. */
export const MCP_ENVIRONMENT = 'mcp-environment.json';

/** Every path that amux owns. All are absolute. */
export type Paths = {
  home: string;
  /** The home's global configuration. */
  config: string;
  database: string;
  /** Held open and locked by the one supervisor. */
  lock: string;
  /** Held by the one process that takes over from another supervisor. */
  succession: string;
  /** Directory of the journal's segments. */
  journal: string;
  /** Says who supervises this home, while somebody does. */
  supervisor: string;
  /** Held for a moment by a command that starts a supervisor. */
  autostartLock: string;
  /** Where the sockets are: the home, or a private directory when the home's path is too long for them. */
  sockets: string;
  socket: string;
  tmuxSocket: string;
  ptySocket: string;
  tmuxConf: string;
  /** Directory of the last screens of ended sessions. */
  screens: string;
  /** Directory of the home's own screen rules, a file per agent. */
  rules: string;
  /** Directory of the home's own themes of the cockpit. */
  themes: string;
  /** Directory of the files that are generated for each session. */
  sessions: string;
  /** Directory of the Markdown files that sessions share. */
  memory: string;
  /** The MCP servers that all sessions are given. */
  mcp: string;
  /** How far webhooks have been told of notices. */
  webhooks: string;
  /** The commands of projects that their user accepted, by hash. */
  trusted: string;
  /** Holds the port that agents post their hooks to. */
  hooksPort: string;
  /** The port of the API, where it is not the usual one. */
  port: string;
  /** Directory of the certificate that amux made, and the two files. */
  tls: string;
  certificate: string;
  certificateKey: string;
  log: string;
  /** What was counted of the tokens of all histories. */
  ledger: string;
  tmp: string;
};

/** A unix socket's path may have 107 bytes (macOS: 103), and one is bound as `NAME.PID.new` before it is renamed. */
const SOCKET_PATH_MAX = 88;

/** What marks a directory as a home, so that its rights may be tightened. */
const OWN_NAMES = new Set(['amux.db', 'lock.db', 'journal', 'supervisor.json', 'config.yaml', 'memory', 'mcp.json']);

/** The home: `--home`, else `AMUX_HOME`, else `~/.amux`. */
export function homeOf(env: Record<string, string | undefined>, flag?: string): string {
  const chosen = flag || env['AMUX_HOME'];
  return chosen ? resolve(chosen) : join(env['HOME'] || homedir(), '.amux');
}

export function pathsOf(home: string): Paths {
  const root = resolve(home);
  const fits = Buffer.byteLength(join(root, 'amux.sock')) <= SOCKET_PATH_MAX;
  const sockets = fits ? root : socketDirectory(root);
  return {
    home: root,
    config: join(root, 'config.yaml'),
    database: join(root, 'amux.db'),
    lock: join(root, 'lock.db'),
    succession: join(root, 'succession.db'),
    journal: join(root, 'journal'),
    supervisor: join(root, 'supervisor.json'),
    autostartLock: join(root, 'autostart.lock'),
    sockets,
    socket: join(sockets, 'amux.sock'),
    tmuxSocket: join(sockets, 'tmux.sock'),
    ptySocket: join(sockets, 'pty.sock'),
    tmuxConf: join(root, 'tmux.conf'),
    screens: join(root, 'screens'),
    rules: join(root, 'rules'),
    themes: join(root, 'themes'),
    sessions: join(root, 'sessions'),
    memory: join(root, 'memory'),
    mcp: join(root, 'mcp.json'),
    webhooks: join(root, 'webhooks.json'),
    trusted: join(root, 'trusted-commands.json'),
    hooksPort: join(root, 'hooks-port'),
    port: join(root, 'port'),
    tls: join(root, 'tls'),
    certificate: join(root, 'tls', 'cert.pem'),
    certificateKey: join(root, 'tls', 'key.pem'),
    log: join(root, 'log'),
    ledger: join(root, 'ledger.bin'),
    tmp: join(root, 'tmp'),
  };
}

/** Makes the home and its directories, private to this user (0700). Throws `home.rights` when it cannot be used. */
export function prepareHome(paths: Paths): void {
  const {home} = paths;
  try {
    makeDirectory(home);
    makePrivate(home);
    accessSync(home, constants.R_OK | constants.W_OK | constants.X_OK);
    for (const directory of [paths.journal, paths.screens, paths.sessions, paths.memory, paths.log, paths.tmp]) {
      makeDirectory(directory);
      accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    }
    if (paths.sockets !== home) {
      makeDirectory(paths.sockets);
      checkSocketDirectory(paths);
    }
  } catch (error) {
    if (error instanceof AmuxError) throw error;
    throw new AmuxError('home.rights', {act: 'write to', home, why: describe(error)}, error);
  }
}

/**
 * With those above it. Node's own `recursive` goes round for ever where nothing can be made in a directory that is
 * there, and the system says ENOENT to that, as below /proc.
 */
function makeDirectory(directory: string): void {
  const missing: string[] = [];
  for (let each = directory; !existsSync(each); each = dirname(each)) missing.unshift(each);
  for (const each of missing) {
    try {
      mkdirSync(each, {mode: 0o700});
    } catch (error) {
      // Somebody else made it meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/**
 * Throws `home.rights` when the sockets are in a shared place and their directory is not this user's alone: somebody
 * else could listen there. A missing directory is fine. To be called before connecting, too.
 */
export function checkSocketDirectory(paths: Paths): void {
  if (paths.sockets === paths.home) return;
  const found = lstatSync(paths.sockets, {throwIfNoEntry: false});
  if (found === undefined) return;
  if (found.isDirectory() && found.uid === uid() && (found.mode & 0o077) === 0) return;
  const why = `${paths.sockets}, where its sockets go, is not a private directory of this user`;
  throw new AmuxError('home.rights', {act: 'write to', home: paths.home, why});
}

/** Never depends on TMPDIR where /tmp exists: a shell and a service with different ones must meet on one socket. */
function socketDirectory(home: string): string {
  const shared = statSync('/tmp', {throwIfNoEntry: false})?.isDirectory() ? '/tmp' : tmpdir();
  // Not imported above: short commands would load it for nothing.
  const {createHash} = process.getBuiltinModule('node:crypto');
  const hash = createHash('sha256').update(home).digest('hex').slice(0, 16);
  return join(shared, `amux-${uid()}-${hash}`);
}

function makePrivate(home: string): void {
  const found = statSync(home);
  if ((found.mode & 0o077) === 0) return;
  const mode = (found.mode & 0o7777).toString(8);
  if (found.uid !== uid()) throw rights(home, `it belongs to another user (${owner(found)}) and has mode ${mode}`);
  const names = readdirSync(home);
  if (names.length > 0 && !names.some(name => OWN_NAMES.has(name))) {
    throw rights(home, `it holds files that are not amux's and is open to other users (mode ${mode})`);
  }
  chmodSync(home, 0o700);
}

const rights = (home: string, why: string) => new AmuxError('home.rights', {act: 'write to', home, why});
const uid = (): number => process.getuid?.() ?? userInfo().uid;
const owner = (found: Stats): string => `uid ${found.uid}`;
const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error));
