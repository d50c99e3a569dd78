import {createHash} from 'node:crypto';
import {
  applyEdits,
  findNodeAtLocation,
  getNodeValue,
  type JSONPath,
  modify,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser/lib/esm/main.js';
import {AmuxError} from '../domain/errors.ts';
import {isRecord, MCP_SERVERS_MAX, type McpEntries, type McpEntry, type McpProblem, mcpFaults} from '../domain/mcp.ts';
import {oneLine} from '../domain/names.ts';
import {editFile} from './edit-file.ts';
import {readBounded} from './yaml-file.ts';

const KEY = 'mcpServers';
const FORMAT = {formattingOptions: {tabSize: 2, insertSpaces: true, eol: '\n', insertFinalNewline: true}};
/** Headers and variables may hold secrets: the file is its owner's alone. */
const MODE = 0o600;

/** The MCP servers of a fleet as their file has them. Comments and trailing commas are fine. */
export type McpFile = {
  file: string;
  /** Those without a problem, as they are written. */
  servers: McpEntries;
  problems: McpProblem[];
  /** What makes all of it useless; null: it can be read. */
  broken: McpProblem | null;
  /** Changes with each byte. */
  etag: string;
};

/** Never throws: whoever needs the servers says what is wrong with them. A missing file is an empty one. */
export function readMcp(file: string): McpFile {
  const text = readBounded(file);
  if (typeof text === 'string') return mcpIn(file, text);
  return useless(file, '', {server: null, ...text});
}

/** Changes servers and leaves all else as it is written. Throws `mcp.invalid` when the file cannot be read. */
export function editMcp(
  file: string,
  change: (before: McpFile & {all: Record<string, unknown>}) => Record<string, unknown>,
): McpFile {
  let written: McpFile | null = null;
  const read = (): string => {
    const text = readBounded(file);
    if (typeof text === 'string') return text;
    throw unreadable(file, {server: null, ...text});
  };
  editFile(file, {
    read,
    mode: MODE,
    change: text => {
      const before = mcpIn(file, text);
      if (before.broken !== null) throw unreadable(file, before.broken);
      const all = allIn(text);
      const after = replaced(text, all, change({...before, all}));
      written = mcpIn(file, after);
      return after;
    },
  });
  return written ?? readMcp(file);
}

/** What a server is like, whatever the order of its keys. */
export const hashOfMcp = (entry: McpEntry): string => hash(JSON.stringify(sorted(entry)));

export const placeOf = (file: string, {line, column, server, why}: McpProblem): string =>
  `${file}:${line}:${column}: ${server === null ? why : `${server}: ${why}`}`;

const useless = (file: string, text: string, broken: McpProblem): McpFile => ({
  file,
  servers: {},
  problems: [broken],
  broken,
  etag: hash(text),
});

function mcpIn(file: string, text: string): McpFile {
  try {
    return parsed(file, text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return useless(file, text, {server: null, line: 1, column: 1, why: 'it is nested too deep'});
  }
}

function parsed(file: string, text: string): McpFile {
  const at = placer(text);
  const errors: ParseError[] = [];
  const root = text.trim() === '' ? undefined : parseTree(text, errors, {allowTrailingComma: true});
  const fail = (offset: number, why: string) => useless(file, text, {server: null, ...at(offset), why});
  const [error] = errors;
  if (error !== undefined && text.trim() !== '') return fail(error.offset, syntax(error));
  if (root === undefined) return {file, servers: {}, problems: [], broken: null, etag: hash(text)};
  const section = findNodeAtLocation(root, [KEY]);
  if (root.type !== 'object') return fail(root.offset, `expected {"${KEY}": {…}}`);
  if (section !== undefined && section.type !== 'object')
    return fail(section.offset, `${KEY}: expected an object of servers`);
  const servers: [string, McpEntry][] = [];
  const problems: McpProblem[] = [];
  const properties = section?.children ?? [];
  const names = properties.map(nameOf);
  for (const [i, property] of properties.entries()) {
    const name = names[i]!;
    const value = property.children?.[1];
    const entry = value === undefined ? undefined : (getNodeValue(value) as unknown);
    const found = mcpFaults(name, entry).map(({path, why}) => ({
      server: shown(name),
      ...at((value && deepest(value, path))?.offset ?? property.offset),
      why: oneLine(why),
    }));
    if (names.indexOf(name) !== i) found.push({server: shown(name), ...at(property.offset), why: 'it is there twice'});
    if (i >= MCP_SERVERS_MAX)
      found.push({server: shown(name), ...at(property.offset), why: `more than ${MCP_SERVERS_MAX}`});
    problems.push(...found);
    if (found.length === 0) servers.push([name, entry as McpEntry]);
  }
  const bad = new Set(problems.map(({server}) => server));
  const usable = Object.fromEntries(servers.filter(([name]) => !bad.has(name)));
  return {file, servers: usable, problems, broken: null, etag: hash(text)};
}

/** Only what differs is written anew, so that comments stay where they are. */
function replaced(text: string, before: Record<string, unknown>, after: Record<string, unknown>): string {
  let now = text.trim() === '' ? `{\n  "${KEY}": {}\n}\n` : text;
  for (const [path, value] of changes([KEY], before, after)) now = applyEdits(now, modify(now, path, value, FORMAT));
  return now;
}

function changes(path: JSONPath, before: unknown, after: unknown): [JSONPath, unknown][] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (!isRecord(before) || !isRecord(after)) return [[path, after]];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap(key => changes([...path, key], own(before, key), own(after, key)));
}

const own = (of: Record<string, unknown>, key: string): unknown => (Object.hasOwn(of, key) ? of[key] : undefined);

/** Every server as it is written, whatever is wrong with it. */
function allIn(text: string): Record<string, unknown> {
  const root = parseTree(text, [], {allowTrailingComma: true});
  const section = root && findNodeAtLocation(root, [KEY]);
  const value: unknown = section && getNodeValue(section);
  return isRecord(value) ? value : {};
}

const shown = (name: string): string => oneLine(name).slice(0, 80);

const nameOf = (property: Node): string => String(property.children?.[0]?.value ?? '');

/** The node at the path, or the last one on the way to it. */
function deepest(node: Node, path: string[]): Node {
  for (let length = path.length; length > 0; length--) {
    const found = findNodeAtLocation(node, path.slice(0, length));
    if (found !== undefined) return found;
  }
  return node;
}

/** `CommaExpected` as `comma expected`. */
const syntax = ({error}: ParseError): string =>
  printParseErrorCode(error)
    .replace(/(?<=[a-z])[A-Z]/g, letter => ` ${letter}`)
    .toLowerCase();

/** Line and column, from 1. */
function placer(text: string): (offset: number) => {line: number; column: number} {
  return offset => {
    const before = text.slice(0, offset).split('\n');
    return {line: before.length, column: before.at(-1)!.length + 1};
  };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map(key => [key, sorted(value[key])]),
  );
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

const unreadable = (file: string, problem: McpProblem): AmuxError =>
  new AmuxError('mcp.invalid', {why: placeOf(file, problem), next: 'correct it there, or move the file away'});
