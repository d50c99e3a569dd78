import {readFileSync, statSync} from 'node:fs';
import {type Document, isMap, isNode, isPair, isScalar, LineCounter, type Node, parseDocument, visit} from 'yaml';
import {toJSONSchema as schemaAsJson, type z} from 'zod';
import {AmuxError} from '../domain/errors.ts';
import {keysAt, nearest} from './near-keys.ts';

/** Larger configurations are refused, bytes. */
const MAX_BYTES = 1 << 20;

/** `line` and `column` count from 1. */
export type Problem = {line: number; column: number; why: string};
/** `unknown`: keys that have no effect. They are notices, too. */
export type Inspected<T> = {
  value: T | null;
  problems: Problem[];
  unknown: Problem[];
  notices: string[];
  /** Where something is written, by the keys to it. */
  placeOf: (path: PropertyKey[]) => Place;
};

/** Reads and checks a YAML file. A missing or empty one is an empty mapping. */
export function inspectYaml<T>(file: string, schema: z.ZodType<T>): Inspected<T> {
  const text = readBounded(file);
  if (typeof text !== 'string') return {value: null, problems: [text], unknown: [], notices: [], placeOf: () => START};
  return inspectText({file, text, schema});
}

/** The same for a text that is not written yet. */
export function inspectText<T>({file, text, schema}: {file: string; text: string; schema: z.ZodType<T>}): Inspected<T> {
  const lines = new LineCounter();
  const document = parseDocument(text, {lineCounter: lines, prettyErrors: false});
  const place = (offset: number): Place => {
    const {line, col} = lines.linePos(offset);
    return {line: Math.max(line, 1), column: Math.max(col, 1)};
  };
  const notices = document.warnings.map(({pos, message}) => said(file, {...place(pos[0]), why: message}));
  const problems = document.errors.map(({pos, message}) => ({...place(pos[0]), why: message}));
  const placeOf = (path: PropertyKey[]): Place => place(offsetOf(document, path));
  if (problems.length > 0) return {value: null, problems, unknown: [], notices, placeOf};

  let data: unknown;
  try {
    keepWrittenValues(document);
    data = document.toJS({maxAliasCount: 100}) ?? {};
  } catch (error) {
    return {value: null, problems: [{...START, why: (error as Error).message}], unknown: [], notices, placeOf};
  }
  const unknown: Problem[] = [];
  let result = schema.safeParse(data);
  if (!result.success) {
    for (const {path, known} of unknownKeys(result.error.issues, schema)) {
      const near = meant(path, known);
      if (isExact(path)) problems.push({...placeOf(path), why: `${dotted(path)} is not known here${near}`});
      else unknown.push({...placeOf(path), why: `${dotted(path)} is not known here and has no effect${near}`});
      remove(data, path);
    }
    if (problems.length > 0) return {value: null, problems: problems.sort(byPlace), unknown, notices, placeOf};
    notices.push(...unknown.sort(byPlace).map(problem => said(file, problem)));
    result = schema.safeParse(data);
  }
  if (result.success) return {value: result.data, problems, unknown, notices, placeOf};
  const found = result.error.issues.map(issue => ({...placeOf(issue.path), why: explain(issue)}));
  return {value: null, problems: found.sort(byPlace), unknown, notices, placeOf};
}

/** The same, but a problem is thrown: `config.invalid`. */
export function readYaml<T>(file: string, schema: z.ZodType<T>): {value: T; notices: string[]} {
  const {value, problems, notices} = inspectYaml(file, schema);
  const [problem] = problems;
  if (problem !== undefined) throw invalid(file, problem);
  return {value: value as T, notices};
}

/** Without one of its conditions a rule would decide about more than was written: these sections are taken as a whole. */
const isExact = ([section]: readonly PropertyKey[]): boolean => section === 'approvals';

type Place = Pick<Problem, 'line' | 'column'>;

const START: Place = {line: 1, column: 1};

const byPlace = (a: Place, b: Place): number => a.line - b.line || a.column - b.column;

export const said = (file: string, {line, column, why}: Problem): string => `${file}:${line}:${column}: ${why}`;

export const invalid = (file: string, {line, column, why}: Problem): AmuxError =>
  new AmuxError('config.invalid', {file, line, column, why});

/** The text, empty for a missing file; or why it cannot be used. */
export function readBounded(file: string): string | Problem {
  try {
    const {size} = statSync(file);
    if (size > MAX_BYTES)
      return {...START, why: `it is larger (${size} bytes) than a configuration may be (${MAX_BYTES})`};
    return readFileSync(file, 'utf8');
  } catch (error) {
    const {code, message} = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? '' : {...START, why: `it cannot be read: ${message}`};
  }
}

/** Variables are text: `1.10` stays `1.10`, `true` stays `true`, as they are written. */
function keepWrittenValues(document: Document): void {
  visit(document, {
    Pair(_, pair) {
      if (!isScalar(pair.key) || pair.key.value !== 'environment' || !isMap(pair.value)) return;
      for (const {value} of pair.value.items) {
        if (isScalar(value) && (typeof value.value === 'number' || typeof value.value === 'boolean') && value.source) {
          value.value = value.source;
        }
      }
    },
  });
}

/** Keys that the schema does not know, with those that it knows there. */
function unknownKeys(issues: readonly Issue[], schema: z.ZodType): {path: PropertyKey[]; known: string[]}[] {
  return issues.flatMap(issue => {
    if (issue.code !== 'unrecognized_keys') return [];
    const known = keysAt(schemaAsJson(schema, {io: 'input', unrepresentable: 'any'}), issue.path);
    return issue.keys.map(key => ({path: [...issue.path, key], known}));
  });
}

/** Where the deepest part of the path that is written down begins. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let offset = startOf(node);
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(item => isScalar(item.key) && String(item.key.value) === String(step));
      if (pair === undefined) return offset;
      offset = startOf(pair.key, offset);
      node = pair.value;
    } else {
      const item = (node as {items?: unknown[]} | null)?.items?.[Number(step)];
      if (item === undefined || isPair(item)) return offset;
      offset = startOf(item, offset);
      node = item;
    }
  }
  return offset;
}

const startOf = (node: unknown, otherwise = 0): number =>
  isNode(node) ? ((node as Node).range?.[0] ?? otherwise) : otherwise;

function remove(data: unknown, path: readonly PropertyKey[]): void {
  const parent = path.slice(0, -1).reduce<unknown>((at, step) => (at as Record<PropertyKey, unknown>)[step], data);
  delete (parent as Record<PropertyKey, unknown>)[path.at(-1)!];
}

type Issue = z.core.$ZodIssue;

function meant(path: readonly PropertyKey[], known: readonly string[]): string {
  const near = nearest(String(path.at(-1)), known);
  return near === null ? '' : `; did you mean ${near}?`;
}

function explain(issue: Issue): string {
  const where = dotted(issue.path);
  const what = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  const text = what.replace(/^Invalid (input|option): /, '');
  const quotes = /^expected string, received (number|boolean)$/.test(text) ? '; put it in quotes' : '';
  return `${where === '' ? 'the file' : where}: ${text}${quotes}`;
}

const dotted = (path: readonly PropertyKey[]): string => path.map(String).join('.');
