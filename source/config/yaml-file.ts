import {readFileSync, statSync} from 'node:fs';
import {type Document, isMap, isNode, isPair, isScalar, LineCounter, type Node, parseDocument, visit} from 'yaml';
import type {z} from 'zod';
import {AmuxError} from '../domain/errors.ts';

/** Larger configurations are refused, bytes. */
const MAX_BYTES = 1 << 20;

/** `line` counts from 1. */
export type Problem = {line: number; why: string};
export type Inspected<T> = {value: T | null; problems: Problem[]; notices: string[]};

/** Reads and checks a YAML file. A missing or empty one is an empty mapping; unknown keys are notices. */
export function inspectYaml<T>(file: string, schema: z.ZodType<T>): Inspected<T> {
  const text = readBounded(file);
  if (typeof text !== 'string') return {value: null, problems: [text], notices: []};
  return inspectText({file, text, schema});
}

/** The same for a text that is not written yet. */
export function inspectText<T>({file, text, schema}: {file: string; text: string; schema: z.ZodType<T>}): Inspected<T> {
  const lines = new LineCounter();
  const document = parseDocument(text, {lineCounter: lines, prettyErrors: false});
  const place = (offset: number): number => Math.max(lines.linePos(offset).line, 1);
  const notices = document.warnings.map(({pos, message}) => `${file}:${place(pos[0])}: ${message}`);
  const problems = document.errors.map(({pos, message}) => ({line: place(pos[0]), why: message}));
  if (problems.length > 0) return {value: null, problems, notices};

  let data: unknown;
  try {
    keepWrittenValues(document);
    data = document.toJS({maxAliasCount: 100}) ?? {};
  } catch (error) {
    return {value: null, problems: [{line: 1, why: (error as Error).message}], notices};
  }
  const lineOf = (path: PropertyKey[]): number => place(offsetOf(document, path));
  let result = schema.safeParse(data);
  if (!result.success) {
    const ignored: Problem[] = [];
    for (const issue of result.error.issues) {
      if (issue.code !== 'unrecognized_keys') continue;
      for (const key of issue.keys) {
        const path = [...issue.path, key];
        ignored.push({line: lineOf(path), why: `${dotted(path)} is not known here and has no effect`});
        remove(data, path);
      }
    }
    notices.push(...ignored.sort(byLine).map(({line, why}) => `${file}:${line}: ${why}`));
    result = schema.safeParse(data);
  }
  if (result.success) return {value: result.data, problems, notices};
  const found = result.error.issues.map(issue => ({line: lineOf(issue.path), why: explain(issue)}));
  return {value: null, problems: found.sort(byLine), notices};
}

/** The same, but a problem is thrown: `config.invalid`. */
export function readYaml<T>(file: string, schema: z.ZodType<T>): {value: T; notices: string[]} {
  const {value, problems, notices} = inspectYaml(file, schema);
  const [problem] = problems;
  if (problem !== undefined) throw invalid(file, problem);
  return {value: value as T, notices};
}

const byLine = (a: Problem, b: Problem): number => a.line - b.line;

export const invalid = (file: string, {line, why}: Problem): AmuxError =>
  new AmuxError('config.invalid', {file, line, why});

/** The text, empty for a missing file; or why it cannot be used. */
export function readBounded(file: string): string | Problem {
  try {
    const {size} = statSync(file);
    if (size > MAX_BYTES)
      return {line: 1, why: `it is larger (${size} bytes) than a configuration may be (${MAX_BYTES})`};
    return readFileSync(file, 'utf8');
  } catch (error) {
    const {code, message} = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? '' : {line: 1, why: `it cannot be read: ${message}`};
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

function explain(issue: Issue): string {
  const where = dotted(issue.path);
  const what = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  const text = what.replace(/^Invalid (input|option): /, '');
  const quotes = /^expected string, received (number|boolean)$/.test(text) ? '; put it in quotes' : '';
  return `${where === '' ? 'the file' : where}: ${text}${quotes}`;
}

const dotted = (path: readonly PropertyKey[]): string => path.map(String).join('.');
