import {resolve} from 'node:path';
import {AmuxError} from '../domain/errors.ts';
import type {Context} from './command.ts';
import {textFlag} from './flags.ts';

/** Where and how the API is served over TCP; what is left out is the home's own choice. */
export type ListenWish = {
  port?: number;
  host?: string;
  /** False: plain HTTP. */
  tls?: boolean;
  /** Instead of the certificate that amux made. */
  certificate?: {certificate: string; certificateKey: string};
};

/** What the flags of `amux serve` say. */
export function listenWish(context: Pick<Context, 'flags' | 'cwd'>): ListenWish {
  const {flags, cwd} = context;
  const [cert, key, host] = ['cert', 'key', 'host'].map(name => textFlag(context, name));
  const tls = flags['tls'] !== false;
  const port = portFlag(textFlag(context, 'port'));
  if ((cert === undefined) !== (key === undefined)) throw wrong('--cert and --key belong together', 'give both');
  if (!tls && cert !== undefined) throw wrong('--no-tls uses no certificate', 'leave --cert and --key away');
  return {
    ...(port === undefined ? {} : {port}),
    ...(host === undefined ? {} : {host}),
    ...(tls ? {} : {tls}),
    ...(cert === undefined || key === undefined
      ? {}
      : {certificate: {certificate: resolve(cwd, cert), certificateKey: resolve(cwd, key)}}),
  };
}

/** The flags that say it again, to another process. */
export function listenFlags({port, host, tls, certificate}: ListenWish): string[] {
  return [
    ...(port === undefined ? [] : ['--port', String(port)]),
    ...(host === undefined ? [] : ['--host', host]),
    ...(tls === false ? ['--no-tls'] : []),
    ...(certificate === undefined ? [] : ['--cert', certificate.certificate, '--key', certificate.certificateKey]),
  ];
}

export function portOf(url: string | null): number | null {
  const parsed = url === null ? null : URL.parse(url);
  if (parsed === null) return null;
  if (parsed.port !== '') return Number(parsed.port);
  return parsed.protocol === 'https:' ? 443 : 80;
}

function portFlag(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) throw wrong(`--port cannot be "${text}"`, 'a number from 1 to 65535');
  return port;
}

const wrong = (why: string, next: string): AmuxError => new AmuxError('input.invalid', {why, next});
