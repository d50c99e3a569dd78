import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {homedir} from 'node:os';
import {dirname, join} from 'node:path';
import {prepareHome} from '../../config/paths.ts';
import {AmuxError} from '../../domain/errors.ts';
import type {Context, Run} from '../command.ts';
import {boolFlag} from '../flags.ts';
import {onPath} from '../programs.ts';
import {selfArgv} from '../self.ts';
import {LAUNCHD_LABEL, launchdPlist, type ServiceFacts, SYSTEMD_NAME, systemdUnit} from '../service-files.ts';

/** How long the service manager may take, in ms. */
const MANAGER_MS = 15_000;

/** What runs services here; each command is an argv. */
type Manager = {
  file: string;
  content: (facts: ServiceFacts) => string;
  install: string[][];
  /** Before and after the file goes. */
  stop: string[][];
  forget: string[][];
  isActive: string[];
  /** What a person may want to know. */
  hint: string | null;
};

export const install: Run = async context => {
  const manager = managerFor(context);
  const content = manager.content(factsOf(context));
  if (boolFlag(context, 'print')) {
    context.output.raw(content);
    return 0;
  }
  const {output, paths} = context;
  prepareHome(paths);
  write(manager.file, content);
  output.line(`wrote ${manager.file}`);
  const left = runAll(manager.install);
  if (left.length > 0) sayLeft(context, left);
  else output.line('the supervisor runs, now and after each login; amux service status looks at it');
  if (manager.hint !== null) output.notice(`amux: ${manager.hint}`);
  return 0;
};

export const uninstall: Run = async context => {
  const {output} = context;
  const {file, stop, forget} = managerFor(context);
  if (!existsSync(file)) {
    output.line('no service is installed');
    return 0;
  }
  const left = runAll(stop);
  rmSync(file, {force: true});
  output.line(`removed ${file}; sessions live on`);
  left.push(...runAll(forget));
  if (left.length > 0) sayLeft(context, left);
  return 0;
};

export const status: Run = async context => {
  const {output} = context;
  const {file, isActive} = managerFor(context);
  const installed = existsSync(file);
  const active = installed && runs(isActive);
  if (output.json) output.value({file, installed, active});
  else output.line(installed ? `${active ? 'active' : 'not active'}: ${file}` : 'no service is installed');
  return 0;
};

function managerFor({env}: Pick<Context, 'env'>): Manager {
  const user = env['HOME'] || homedir();
  if (process.platform === 'darwin') {
    const file = join(user, 'Library', 'LaunchAgents', `${LAUNCHD_LABEL}.plist`);
    const domain = `gui/${process.getuid?.() ?? 0}`;
    return {
      file,
      content: launchdPlist,
      install: [['launchctl', 'bootstrap', domain, file]],
      stop: [['launchctl', 'bootout', `${domain}/${LAUNCHD_LABEL}`]],
      forget: [],
      isActive: ['launchctl', 'print', `${domain}/${LAUNCHD_LABEL}`],
      hint: null,
    };
  }
  const systemctl = ['systemctl', '--user'];
  return {
    file: join(env['XDG_CONFIG_HOME'] || join(user, '.config'), 'systemd', 'user', SYSTEMD_NAME),
    content: systemdUnit,
    install: [
      [...systemctl, 'daemon-reload'],
      [...systemctl, 'enable', '--now', SYSTEMD_NAME],
    ],
    stop: [[...systemctl, 'disable', '--now', SYSTEMD_NAME]],
    forget: [[...systemctl, 'daemon-reload']],
    isActive: [...systemctl, 'is-active', '--quiet', SYSTEMD_NAME],
    hint: 'loginctl enable-linger lets it run without a login, from the start of the machine on',
  };
}

function factsOf({paths, env}: Context): ServiceFacts {
  const path = env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin';
  return {argv: selfArgv(), home: paths.home, path, log: join(paths.log, 'stderr.log')};
}

function write(file: string, content: string): void {
  try {
    mkdirSync(dirname(file), {recursive: true});
    writeFileSync(file, content, {mode: 0o644});
  } catch (error) {
    throw new AmuxError('store.write', {file, why: (error as Error).message}, error);
  }
}

/** The commands that are left from the first one on that did not work. */
function runAll(commands: string[][]): string[][] {
  const failed = commands.findIndex(command => !runs(command));
  return failed < 0 ? [] : commands.slice(failed);
}

function runs([program, ...args]: string[]): boolean {
  if (onPath(program!) === null) return false;
  try {
    execFileSync(program!, args, {stdio: 'ignore', timeout: MANAGER_MS});
    return true;
  } catch {
    return false; // No manager of this user runs, or it refuses: the person is told what to run.
  }
}

function sayLeft({output}: Pick<Context, 'output'>, commands: string[][]): void {
  output.line('the service manager cannot be reached from here; where it can, run');
  for (const command of commands) output.line(`  ${command.join(' ')}`);
}
