import {isRecord, type McpEntries, type McpEntry} from '../domain/mcp.ts';
import {maskSecret} from './variables.ts';

/** Names of parameters that a URL may hold, and values that only a mask has. */
const MASKED = /^\*\*\*$|^.{3}…$|:\/\/\*\*\*@|=\*\*\*(&|$)/s;
const SCHEME = /^(Bearer|Basic|Token)\s+(?=\$\{)/i;

const ADDRESS = /^[a-z][a-z0-9+.-]*:\/\//i;

/** As they may be shown: what looks like a secret is masked; references are shown as they are written. */
export const maskMcp = (entries: McpEntries): McpEntries =>
  Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, mask('', entry) as McpEntry]));

/**
 * The servers with those values that are masks as `maskMcp` makes them put back from what is there. A mask that stands
 * for nothing is told by its path.
 */
export function unmaskMcp(
  given: Record<string, unknown>,
  present: Record<string, unknown>,
): {servers: Record<string, unknown>; lost: string[]} {
  const lost: string[] = [];
  const unmask = (value: unknown, before: unknown, shown: unknown, path: string): unknown => {
    if (typeof value === 'string') {
      if (typeof before === 'string' && value === shown) return before;
      if (MASKED.test(value)) lost.push(path);
      return value;
    }
    if (Array.isArray(value)) return value.map((each, i) => unmask(each, at(before, i), at(shown, i), `${path}[${i}]`));
    if (!isRecord(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [
        key,
        unmask(each, of(before, key), of(shown, key), `${path}.${key}`),
      ]),
    );
  };
  const servers = Object.fromEntries(
    Object.entries(given).map(([name, entry]) => {
      const before = of(present, name);
      return [name, unmask(entry, before, mask('', before), name)];
    }),
  );
  return {servers, lost};
}

/** `key`: under which it stands. */
function mask(key: string, value: unknown): unknown {
  if (typeof value === 'string') return maskText(key, value);
  if (Array.isArray(value))
    return value.map((each, i) => (typeof each === 'string' ? maskWord(value, i) : mask(key, each)));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, mask(name, each)]));
}

function maskText(key: string, text: string): string {
  if (ADDRESS.test(text) && maskSecret(key, '') === '') return maskAddress(text);
  const [scheme = ''] = SCHEME.exec(text) ?? [];
  return `${scheme}${maskSecret(key, text.slice(scheme.length))}`;
}

/** A word of a command line: `--token=VALUE`, or the value behind `--token`. */
function maskWord(words: unknown[], i: number): string {
  const word = words[i] as string;
  const [, flag, value] = /^(--?[\w-]+=|[A-Z_][A-Z0-9_]*=)(.*)$/s.exec(word) ?? [];
  if (flag !== undefined) return `${flag}${maskText(flag.replace(/^-+|=$/g, ''), value!)}`;
  const before = words[i - 1];
  const named = typeof before === 'string' && /^--?[\w-]+$/.test(before) && !word.startsWith('-');
  return maskText(named ? before.replace(/^-+/, '') : '', word);
}

/** Without the userinfo, and without the values of parameters that look like secrets. */
const maskAddress = (url: string): string =>
  url
    .replace(/^([a-z][a-z0-9+.-]*:\/\/)(?!\$\{[^}]*\}@)[^/\s@]*@/i, '$1***@')
    .replace(/([?&])([^=&#]+)=([^&#]*)/g, (whole, mark: string, name: string, value: string) =>
      maskSecret(name, value) === value ? whole : `${mark}${name}=***`,
    );

const at = (list: unknown, i: number): unknown => (Array.isArray(list) ? list[i] : undefined);
const of = (object: unknown, key: string): unknown =>
  isRecord(object) && Object.hasOwn(object, key) ? object[key] : undefined;
