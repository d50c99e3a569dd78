import {spawn} from 'node:child_process';
import {closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync} from 'node:fs';
import {join} from 'node:path';
import type {Agent, Forked} from '../agents/agent.ts';
import {withArguments} from '../domain/argv.ts';
import {AmuxError, asAmuxError} from '../domain/errors.ts';
import type {Session} from '../domain/session.ts';

/** A program that copies a conversation may take so long, in ms, and print so much, in bytes. */
const RUN_MS = 60_000;
const PRINTED_MAX = 256 << 20;
const SHOWN_MAX = 300;

type Fork = {
  agent: Agent;
  conversation: string;
  dir: string;
  /** The command line of its program. */
  command: readonly string[];
  env: Record<string, string>;
  /** A private directory of the session, for files that are needed meanwhile. */
  files: string;
};

/** Begins a conversation with all of another, in the way of its agent. Throws `conversation.cannot` and `conversation.copy`. */
export async function forkConversation({agent, conversation, dir, command, env, files}: Fork): Promise<Forked> {
  if (agent.fork === null) throw new AmuxError('conversation.cannot', {agent: agent.title, what: 'fork'});
  mkdirSync(files, {recursive: true, mode: 0o700});
  const run = (args: readonly string[]): Promise<string> => runOf(withArguments(command, args), {cwd: dir, env, files});
  try {
    return await agent.fork({conversation, dir, files, run});
  } catch (error) {
    const why = asAmuxError(error).message;
    throw new AmuxError('conversation.copy', {agent: agent.title, conversation, why}, error);
  }
}

/**
 * A fork that never began, as its program ended before the first prompt or amux did, begins once more with what it was
 * forked from: the conversation that was chosen for it has no history yet.
 */
export function unbegun({transcript}: Pick<Agent, 'transcript'>, {origin, conversation}: Session) {
  const from = origin?.conversation ?? null;
  if (from === null || origin?.begun) return undefined;
  const begun = conversation !== null && (transcript === null || conversation.file !== null);
  return begun ? undefined : {id: from, fork: true};
}

type Running = {cwd: string; env: Record<string, string>; files: string};

/** Into a file: some programs end before a pipe has taken all that they print. */
function runOf([program = '', ...args]: readonly string[], {cwd, env, files}: Running): Promise<string> {
  const [printed, said] = [join(files, 'printed'), join(files, 'said')];
  const [out, err] = [openSync(printed, 'w', 0o600), openSync(said, 'w', 0o600)];
  return new Promise<string>((resolve, reject) => {
    const child = spawn(program, args, {cwd, env, stdio: ['ignore', out, err], timeout: RUN_MS, killSignal: 'SIGKILL'});
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0 && statSync(printed).size <= PRINTED_MAX) resolve(readFileSync(printed, 'utf8'));
      else if (code === 0) reject(new Error('it is too large'));
      else reject(new Error(lastLine(said) || `it ended with ${signal ?? code}`));
    });
  }).finally(() => {
    for (const fd of [out, err]) closeSync(fd);
    for (const file of [printed, said]) rmSync(file, {force: true});
  });
}

function lastLine(file: string): string {
  const lines = readFileSync(file, 'utf8').slice(-4096).split('\n');
  return (lines.findLast(line => line.trim() !== '') ?? '').trim().slice(0, SHOWN_MAX);
}
