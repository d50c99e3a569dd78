import {readFileSync} from 'node:fs';
import {basename, resolve} from 'node:path';
import type {RemoteTarget, Trust} from '../api/target.ts';
import type {Paths} from '../config/paths.ts';
import {AmuxError} from '../domain/errors.ts';
import type {Command, Flags} from './command.ts';
import {textFlag} from './flags.ts';

/** A fleet that is reached over a URL. */
export type Remote = {
  target: RemoteTarget;
  /** `HOST:PORT`, for people. */
  host: string;
  /** It answers on this machine (or through a tunnel that ends here). */
  loopback: boolean;
  /** As `--ca` or `AMUX_CA` gave it. */
  ca: string | null;
  /** What to warn of. */
  notice: string | null;
};

/** On another machine: no directory of this one is meant there. */
export const isElsewhere = (remote: Remote | null): remote is Remote => remote !== null && !remote.loopback;

type Given = {flags: Flags; env: Record<string, string | undefined>; paths: Pick<Paths, 'certificate'>};

/** A PEM file that is longer is none, in bytes. */
const PEM_MAX = 1024 * 1024;

/**
 * Where a command's fleet is: `--url`, else (unless `--home` says which home is meant) `AMUX_URL`; null: this home's.
 * Throws `input.invalid`, which never names a token.
 */
export function remoteFor(command: Pick<Command, 'here' | 'path'>, {flags, env, paths}: Given): Remote | null {
  const asked = textFlag({flags}, 'url');
  if (command.here === true) {
    if (asked === undefined) return null;
    throw invalid(`amux ${command.path} works on this machine, not over a URL`, 'leave --url out');
  }
  const given = asked ?? (textFlag({flags}, 'home') === undefined ? env['AMUX_URL'] || undefined : undefined);
  if (given === undefined) {
    for (const name of ['token', 'ca']) {
      if (textFlag({flags}, name) !== undefined)
        throw invalid(`--${name} is for a URL, and none is given`, '--url URL');
    }
    return null;
  }
  const url = parse(given, asked === undefined ? 'AMUX_URL' : '--url');
  const token = textFlag({flags}, 'token') ?? (decoded(url.password) || null);
  const loopback = isLoopback(url.hostname);
  const ca = textFlag({flags}, 'ca') ?? (env['AMUX_CA'] || undefined);
  return {
    target: {
      url: `${url.origin}${url.pathname.replace(/\/+$/, '')}`,
      token,
      trust: ca === undefined ? trustOf({loopback, file: paths.certificate}) : trustIn(ca),
    },
    host: url.host,
    loopback,
    ca: ca === undefined || /^sha256:/i.test(ca) ? (ca ?? null) : resolve(ca),
    notice: url.protocol === 'https:' || loopback ? null : `${url.host}: http is not encrypted, the token neither`,
  };
}

/** The environment in which a child process reaches the same fleet: no other user can read a token there. */
export function remoteEnv({paths}: {paths: Pick<Paths, 'home'>}, {target, ca}: Remote): Record<string, string> {
  const {url, token} = target;
  const withIt = token === null ? url : withToken(url, token);
  return {AMUX_HOME: paths.home, AMUX_URL: withIt, ...(ca === null ? {} : {AMUX_CA: ca})};
}

/** What stands in `AMUX_URL`. */
export const withToken = (url: string, token: string): string =>
  url.replace('://', `://amux:${encodeURIComponent(token)}@`);

/** Words of a command line as others may see them: without tokens, and without the values of variables and headers. */
export function masked(argv: readonly string[]): string[] {
  return argv.map((word, i) => {
    if (argv[i - 1] === '--token') return '***';
    if (/^(?:--env|-e|--header)$/.test(argv[i - 1] ?? '')) return withoutValue(word);
    if (/^--(?:env|header)=/.test(word)) return withoutValue(word);
    return word.replace(/^--token=.*/s, '--token=***').replace(/([a-z][a-z0-9+.-]*:\/\/)[^/\s]*@/gi, '$1***@');
  });
}

/** `K=V`, `--env=K=V` or `K: V`. */
const withoutValue = (word: string): string => word.replace(/^((?:--\w+=)?[^=:]*[=:]).*$/s, '$1***');

function parse(text: string, from: string): URL {
  const url = URL.parse(text);
  if (url !== null && ['https:', 'http:'].includes(url.protocol) && url.hostname !== '') return url;
  throw invalid(
    `${from} is not the URL of a fleet`,
    'like https://HOST:8822, or with the token: https://amux:TOKEN@HOST:8822',
  );
}

function decoded(password: string): string {
  try {
    return decodeURIComponent(password);
  } catch {
    return password; // A bare "%" stands for itself.
  }
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** Nobody but this user can have put the home's own certificate there; others are known to the system, or not at all. */
function trustOf({loopback, file}: {loopback: boolean; file: string}): Trust {
  const advice = 'give its certificate: --ca FILE, or its fingerprint: --ca sha256:HEX';
  if (!loopback) return {kind: 'system', advice};
  const pem = readPem(file);
  if (pem === null) return {kind: 'system', advice: `there is no ${file}; ${advice}`};
  return {kind: 'certificates', pem, advice: `it is not ${file}; ${advice}`};
}

function trustIn(ca: string): Trust {
  const advice = 'it is not what --ca (or AMUX_CA) gives';
  const [, hex] = /^sha256:(.*)$/is.exec(ca) ?? [];
  if (hex === undefined) {
    const pem = readPem(resolve(ca));
    if (pem !== null) return {kind: 'certificates', pem, advice};
    throw invalid(`no certificate in ${basename(ca)}`, '--ca takes a file with PEM certificates, or sha256:HEX');
  }
  const sha256 = hex.replaceAll(':', '').toLowerCase();
  if (/^[0-9a-f]{64}$/.test(sha256)) return {kind: 'fingerprint', sha256, advice};
  throw invalid(
    'the fingerprint of --ca has not 64 hexadecimal digits',
    'openssl x509 -noout -fingerprint -sha256 -in FILE',
  );
}

function readPem(file: string): string | null {
  try {
    const text = readFileSync(file, 'utf8').slice(0, PEM_MAX);
    return text.includes('-----BEGIN CERTIFICATE-----') ? text : null;
  } catch {
    return null;
  }
}

const invalid = (why: string, next: string) => new AmuxError('input.invalid', {why, next});
