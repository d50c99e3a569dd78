import {spawn} from 'node:child_process';
import {stripVTControlCharacters} from 'node:util';
import {plainText} from '../domain/names.ts';

/** One command of a project may take so long, in ms; what it printed last is kept, in bytes. */
const COMMAND_MS = 10 * 60_000;
const TAIL = 4096;
/** Between the polite and the other end of one that takes too long, in ms. */
const GRACE_MS = 2000;
/** What it left in the background may hold its output open: the rest of it is waited for so long after its end, in ms. */
const REST_MS = 1000;

export type Ran = {command: string; ok: boolean; why: string};

/** One after the other, by a shell, in the worktree; the first that fails is the last. */
export async function runCommands(
  commands: readonly string[],
  where: {cwd: string; env: Record<string, string>; timeoutMs?: number},
): Promise<Ran | null> {
  for (const command of commands) {
    const ran = await runOne(command, where);
    if (!ran.ok) return ran;
  }
  return null;
}

function runOne(
  command: string,
  {cwd, env, timeoutMs = COMMAND_MS}: {cwd: string; env: Record<string, string>; timeoutMs?: number},
): Promise<Ran> {
  return new Promise(resolve => {
    // A group of its own, so that whatever it started ends with it.
    const child = spawn('/bin/sh', ['-c', command], {cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe']});
    let tail = '';
    let late = false;
    const listen = (chunk: Buffer): void => {
      tail = (tail + chunk.toString()).slice(-TAIL);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    const end = (signal: NodeJS.Signals): void => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, signal);
      } catch {
        // Gone already.
      }
    };
    const timers = [
      setTimeout(() => {
        late = true;
        end('SIGTERM');
      }, timeoutMs),
      setTimeout(() => {
        end('SIGKILL');
        child.stdout.destroy();
        child.stderr.destroy();
      }, timeoutMs + GRACE_MS),
    ];
    const done = (ok: boolean, why: string): void => {
      for (const timer of timers) clearTimeout(timer);
      resolve({command, ok, why});
    };
    child.once('error', error => done(false, error.message));
    child.once('exit', () => {
      timers.push(
        setTimeout(() => {
          child.stdout.destroy();
          child.stderr.destroy();
        }, REST_MS),
      );
    });
    // Only then all that it printed is here.
    child.once('close', (code, signal) => {
      const said = shownOf(tail).split('\n').slice(-3).join(' / ');
      const how = late ? `took longer than ${timeoutMs / 1000} s` : `ended with ${code ?? signal}`;
      done(code === 0 && !late, `${how}${said === '' ? '' : `: ${said}`}`);
    });
  });
}

/** What a program says to its terminal (colours, titles, progress) would act on that of whoever reads it here. */
const shownOf = (output: string): string => plainText(stripVTControlCharacters(output)).trim();
