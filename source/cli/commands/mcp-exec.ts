import {spawn} from 'node:child_process';
import {statSync} from 'node:fs';
import {constants} from 'node:os';
import {basename, dirname, resolve} from 'node:path';
import {readMcp} from '../../config/mcp.ts';
import {expandMcp} from '../../config/mcp-expand.ts';
import {AmuxError} from '../../domain/errors.ts';
import type {Run} from '../command.ts';
import {textFlag} from '../flags.ts';
import {onPath} from '../programs.ts';

const PASSED_ON = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * Becomes a server of the fleet, with the values of this environment. Agents start it that cannot expand what is written
 * there by themselves, or would have to be told in arguments, which every user can read.
 */
export const exec: Run = async context => {
  const {args, cwd, env} = context;
  const [name = ''] = args;
  const {servers} = readMcp(textFlag(context, 'file') ?? context.paths.mcp);
  const entry = Object.hasOwn(servers, name) ? servers[name]! : null;
  if (entry === null) throw new AmuxError('mcp.unknown', {name});
  const server = expandMcp(entry, {name, env, cwd});
  if (server.kind !== 'stdio')
    throw new AmuxError('input.invalid', {why: `${name} is no program`, next: 'its url is all that is needed'});
  const [command = '', ...rest] = server.argv;
  const silent = (why: string, next: string) => new AmuxError('mcp.silent', {name, why, next});
  if (statSync(server.cwd, {throwIfNoEntry: false})?.isDirectory() !== true)
    throw silent(`there is no directory ${server.cwd}`, 'make it, or correct its cwd');
  process.chdir(server.cwd);
  const file = command.includes('/') ? programAt(resolve(command)) : onPath(command, server.env['PATH']);
  if (file === null) throw silent(`there is no program ${command}`, 'install it');
  for (const stream of [process.stdin, process.stdout, process.stderr]) setBlocking(stream);
  // Not in every Node that can run amux. It leaves nothing of this process behind.
  process.execve?.(file, [command, ...rest], server.env);
  return followed(file, {argv: server.argv, env: server.env});
};

const programAt = (file: string): string | null => onPath(basename(file), dirname(file));

/** Node reads and writes pipes without waiting, and most other programs do not expect that. */
function setBlocking(stream: NodeJS.ReadStream | NodeJS.WriteStream): void {
  const {_handle: handle} = stream as {_handle?: {setBlocking?: (blocking: boolean) => void} | null};
  handle?.setBlocking?.(true);
}

function followed(file: string, {argv, env}: {argv: string[]; env: Record<string, string>}): Promise<number> {
  const [argv0 = '', ...args] = argv;
  const child = spawn(file, args, {argv0, env, stdio: 'inherit'});
  for (const signal of PASSED_ON) process.on(signal, () => child.kill(signal));
  return new Promise((done, failed) => {
    child.once('error', failed);
    child.once('exit', (code, signal) => done(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}
