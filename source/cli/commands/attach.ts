import {spawn} from 'node:child_process';
import {AmuxError} from '../../domain/errors.ts';
import type {AttachPlan} from '../../domain/fleet.ts';
import type {Run} from '../command.ts';

export const attach: Run = async context => {
  const {args, output} = context;
  for (const [stream, name] of [
    [context.stdin, 'stdin'],
    [process.stdout, 'stdout'],
  ] as const) {
    if (!stream.isTTY) throw new AmuxError('terminal.none', {what: 'attach', stream: name});
  }
  const fleet = await context.fleet('write');
  const plan = await fleet.attach(args[0]!);
  const size = {cols: process.stdout.columns ?? 80, rows: process.stdout.rows ?? 24};
  await fleet.attached(args[0]!, 'on');
  try {
    await joinTerminal(plan, context.signal);
  } finally {
    await fleet.attached(args[0]!, 'off').catch(() => {}); // The supervisor may have ended meanwhile; sizes then stay.
  }
  const session = await fleet.session(args[0]!).catch(() => null); // Only for the last line.
  const state = session === null ? '' : session.running ? 'goes on' : session.status;
  output.notice(
    `[left ${plan.name}${state === '' ? '' : `, which ${session?.running === true ? state : `is ${state}`}`}] ${size.cols}×${size.rows}`,
  );
  return 0;
};

/** Gives this terminal to the session's until the person leaves or the session ends. */
export async function joinTerminal(plan: AttachPlan, signal: AbortSignal): Promise<void> {
  if (plan.via === 'pty') {
    const {attachPty} = await import('../../backends/pty-attach.ts');
    const {socket, terminal, detachKey} = plan;
    await attachPty({socket, terminal, stdin: process.stdin, stdout: process.stdout, detachKey});
    return;
  }
  const [file, ...args] = plan.argv;
  // Inside the user's own tmux the client would refuse to nest.
  const {TMUX: _, TMUX_PANE: __, ...env} = process.env;
  const child = spawn(file!, args, {stdio: 'inherit', env});
  const end = () => child.kill('SIGTERM');
  signal.addEventListener('abort', end, {once: true});
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('error', cause =>
        reject(new AmuxError('backend.failed', {backend: 'tmux', why: cause.message}, cause)),
      );
      child.once('close', () => resolve());
    });
  } finally {
    signal.removeEventListener('abort', end);
  }
}
