import {spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {AmuxError} from '../../domain/errors.ts';
import {type AttachPlan, type Fleet, leavesText} from '../../domain/fleet.ts';
import type {Context, Run} from '../command.ts';
import {lives} from '../programs.ts';
import type {Remote} from '../remote.ts';
import {selfArgv} from '../self.ts';

const LINE_BACK = '\u001b[1A\r\u001b[K';

export const attach: Run = async context => {
  const {args, output} = context;
  needTerminal(context);
  const fleet = await context.fleet('write');
  const {id} = await fleet.session(args[0]!);
  const plan = await fleet.attach(id);
  const {remote, signal} = context;
  const byScreens = remote !== null && !(await isReachable(plan, {fleet, remote}));
  // tmux has a line of its own that tells how to leave.
  if (byScreens || plan.via === 'pty') output.notice(`[${titleOf(plan)}]`);
  if (byScreens) {
    const {attachByScreens} = await import('../screen-attach.ts');
    const {stdin, stdout} = process;
    await attachByScreens({fleet, session: id, stdin, stdout, detachKey: plan.detachKey, title: titleOf(plan), signal});
  } else {
    await fleet.attached(id, 'on');
    try {
      await joinTerminal(plan, signal);
    } finally {
      await fleet.attached(id, 'off').catch(() => {}); // The supervisor may have ended meanwhile; sizes then stay.
    }
  }
  const session = await fleet.session(id).catch(() => null); // Only for the last line.
  const state = session === null ? '' : session.running ? ', which goes on' : `, which is ${session.status}`;
  output.notice(`[left ${plan.name}${state}]`);
  return 0;
};

/** Throws `terminal.none`. */
export function needTerminal({stdin}: Pick<Context, 'stdin'>): void {
  for (const [stream, name] of [
    [stdin, 'stdin'],
    [process.stdout, 'stdout'],
  ] as const) {
    if (!stream.isTTY) throw new AmuxError('terminal.none', {what: 'attach', stream: name});
  }
}

/** Whether the terminals of a fleet that answers over a URL are on this very machine. */
export async function isReachable(plan: AttachPlan, {fleet, remote}: {fleet: Fleet; remote: Remote}): Promise<boolean> {
  const socket = plan.via === 'pty' ? plan.socket : plan.argv[plan.argv.indexOf('-S') + 1];
  if (!remote.loopback || socket === undefined || !existsSync(socket)) return false;
  // A tunnel may end here, too: then its supervisor is no process of this machine.
  return lives((await fleet.health()).pid);
}

/** Gives this terminal to the session's until the person leaves or the session ends. */
async function joinTerminal(plan: AttachPlan, signal: AbortSignal): Promise<void> {
  if (plan.via === 'tmux') return lendTerminal(plan, signal);
  const {attachPty} = await import('../../backends/pty-attach.ts');
  const {socket, terminal, detachKey} = plan;
  const {stdin, stdout} = process;
  await attachPty({socket, terminal, title: titleOf(plan), stdin, stdout, detachKey, signal});
}

/** What tells how to leave where nothing on the screen does. */
const titleOf = ({name, detachKey}: AttachPlan): string => `${name} · ${leavesText(detachKey)}`;

/** The same by a child process: for a caller that reads stdin itself, and has to stop that meanwhile. */
export async function lendTerminal(plan: AttachPlan, signal: AbortSignal): Promise<void> {
  await lendTo(plan.via === 'tmux' ? plan.argv : ptyAttachArgv(plan), signal);
  // tmux leaves a line of its own behind on the screen that it came from.
  if (plan.via === 'tmux') process.stdout.write(LINE_BACK);
}

function ptyAttachArgv(plan: Extract<AttachPlan, {via: 'pty'}>): string[] {
  const {socket, terminal, detachKey} = plan;
  const about = ['--socket', socket, '--terminal', terminal, '--detach', detachKey, '--title', titleOf(plan)];
  return [...selfArgv(), 'pty-attach', ...about];
}

/** `amux attach` as a child process, which finds its fleet in its environment. */
export const attachArgv = (name: string): string[] => [...selfArgv(), 'attach', name];

/** Runs a child process with this terminal; the signal ends it. */
export async function lendTo(argv: string[], signal: AbortSignal, more: Record<string, string> = {}): Promise<void> {
  const [file, ...args] = argv;
  // Inside the user's own tmux the client would refuse to nest.
  const {TMUX: _, TMUX_PANE: __, ...env} = process.env;
  const child = spawn(file!, args, {stdio: 'inherit', env: {...env, ...more}});
  const end = () => child.kill('SIGTERM');
  signal.addEventListener('abort', end, {once: true});
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('error', cause =>
        reject(new AmuxError('backend.failed', {backend: 'attach', why: cause.message}, cause)),
      );
      child.once('close', () => resolve());
    });
  } finally {
    signal.removeEventListener('abort', end);
  }
}

/** The child of `lendTerminal` where terminals live in the pty host. */
export const ptyAttach: Run = async ({flags, stdin, signal}) => {
  const {attachPty} = await import('../../backends/pty-attach.ts');
  await attachPty({
    socket: String(flags['socket']),
    terminal: String(flags['terminal']),
    detachKey: String(flags['detach']),
    title: String(flags['title']),
    stdin,
    stdout: process.stdout,
    signal,
  });
  return 0;
};
