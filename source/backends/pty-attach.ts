import type {ReadStream, WriteStream} from 'node:tty';
import {AmuxError} from '../domain/errors.ts';
import {createDetachFilter} from '../terminal/detach-key.ts';
import {takeTerminal} from '../terminal/taken-terminal.ts';
import {HostConnection, HostLeft} from './pty-client.ts';

export type AttachOptions = {
  socket: string;
  terminal: string;
  /** Of the person's window meanwhile. */
  title: string;
  stdin: ReadStream;
  stdout: WriteStream;
  /** `C-b d`: prefix and key. */
  detachKey: string;
  /** Leaves, as the key does. */
  signal?: AbortSignal;
};

export type AttachEnd = 'detached' | 'ended' | 'lost';

/**
 * Gives a person's terminal to a terminal of the host until the person leaves, the program ends, or the host
 * is lost. However it ends, the person's terminal is as it was. Throws `backend.failed` when it cannot join.
 */
export async function attachPty(options: AttachOptions): Promise<AttachEnd> {
  const {socket, terminal, title, stdin, stdout, signal} = options;
  const filter = createDetachFilter(options.detachKey);
  const {promise: over, resolve: finish} = Promise.withResolvers<AttachEnd>();
  const host = await HostConnection.open(socket, {
    push: message => {
      if ('frame' in message) stdout.write(message.frame);
      if ('ended' in message) finish('ended');
    },
    end: () => finish('lost'),
  });
  if (host === null)
    throw new AmuxError('backend.failed', {backend: 'pty', why: `no terminal ${terminal}: no host runs`});

  const size = () => ({cols: stdout.columns || 80, rows: stdout.rows || 24});
  const typed = (chunk: Buffer | string) => {
    const {forward, detach} = filter.push(Buffer.from(chunk as string).toString('latin1'));
    if (forward !== '') host.send({input: forward});
    if (detach) finish('detached');
  };
  const resized = () => host.send({size: size()});
  const detach = () => finish('detached');

  const giveBack = takeTerminal({stdin, stdout, title});
  try {
    signal?.addEventListener('abort', detach, {once: true});
    stdout.on('resize', resized);
    await host.request('attach', {terminal, size: size()});
    // Not before: what is typed meanwhile waits in the person's terminal, as the host would not know whom it is for.
    stdin.on('data', typed);
    stdin.resume();
    if (signal?.aborted) detach();
    return await over;
  } catch (error) {
    if (error instanceof HostLeft) return 'lost';
    throw error;
  } finally {
    host.close();
    signal?.removeEventListener('abort', detach);
    stdin.off('data', typed);
    stdout.off('resize', resized);
    giveBack();
  }
}
