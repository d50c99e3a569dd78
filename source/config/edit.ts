import {closeSync, openSync} from 'node:fs';
import {type Document, isMap, isScalar, parseDocument, stringify, visit, type YAMLMap} from 'yaml';
import {z} from 'zod';
import {AmuxError} from '../domain/errors.ts';
import {checkAgentId} from './agents.ts';
import {parseCommandLine} from './command-line.ts';
import {editFile} from './edit-file.ts';
import {mergeLines} from './merge-lines.ts';
import {projectSchema} from './profiles.ts';
import {findProject, initProject} from './project.ts';
import {inspectText, invalid, readBounded} from './yaml-file.ts';

/** What `agent config add|update` can set. */
export type AgentFields = {
  name?: string;
  type?: string;
  command?: string;
  model?: string;
  /** Seconds. */
  quiet?: number;
  /** Merged by key into what is there. */
  environment?: Record<string, string>;
};

/** The project's configuration, made when the repository has none yet. Throws `project.none`. */
export function configFileToEdit(dir: string): string {
  const project = findProject(dir);
  if (project === null) throw new AmuxError('project.none', {dir});
  if (project.configFile !== null) return project.configFile;
  try {
    return initProject(dir).configFile;
  } catch (error) {
    // Another command was faster.
    if (error instanceof AmuxError && error.code === 'project.exists') return String(error.facts['file']);
    throw error;
  }
}

/** The home's configuration, made when there is none yet: it may hold secrets. */
export function homeConfigToEdit(file: string): string {
  try {
    closeSync(openSync(file, 'ax', 0o600));
  } catch (error) {
    const {code, message} = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST') throw new AmuxError('store.write', {file, why: message}, error);
  }
  return file;
}

/** Throws `agent.exists`. */
export function addAgent(file: string, id: string, fields: AgentFields): void {
  checkFields(id, fields);
  edit(file, agents => {
    if (agents.has(id)) throw new AmuxError('agent.exists', {agent: id});
    agents.set(id, fields);
  });
}

/** Changes an entry, or writes one over an agent that is `known` from elsewhere. Throws `agent.unknown`. */
export function updateAgent(
  file: string,
  id: string,
  {fields, known}: {fields: AgentFields; known: readonly string[]},
): void {
  checkFields(id, fields);
  edit(file, agents => {
    if (!agents.has(id) && !known.includes(id)) throw unknown(id, [...agents.ids(), ...known]);
    agents.set(id, fields);
  });
}

/** Throws `agent.unknown` when the file has no such entry. */
export function removeAgent(file: string, id: string): void {
  edit(file, agents => {
    if (!agents.has(id)) throw unknown(id, agents.ids());
    agents.remove(id);
  });
}

function checkFields(id: string, fields: AgentFields): void {
  checkAgentId(id);
  if (fields.command !== undefined) parseCommandLine(fields.command);
}

function edit(file: string, change: (agents: Agents) => void): void {
  editFile(file, {
    read: () => {
      const text = readBounded(file);
      if (typeof text !== 'string') throw invalid(file, text);
      return text;
    },
    change: text => edited({file, text, change}),
  });
}

function edited({file, text, change}: {file: string; text: string; change: (agents: Agents) => void}): string {
  check(file, text);
  const mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '';
  const plain = text.slice(mark.length).replaceAll('\r\n', '\n');
  const document = parseDocument(plain);
  keepNumbers(document);
  const base = render(document, plain);
  const agents = new Agents(file, document);
  change(agents);
  const result =
    agents.appended === null
      ? likeBefore({text: plain, base, changed: render(document, plain)})
      : `${plain.trimEnd()}\n\n${agents.appended}`.trimStart();
  check(file, result);
  return mark + (text.includes('\r\n') ? result.replaceAll('\n', '\r\n') : result);
}

const BYTE_ORDER_MARK = '\ufeff';

/** What is not changed stays as it is written, where that does not change what is said. */
function likeBefore(texts: Record<'text' | 'base' | 'changed', string>): string {
  const merged = mergeLines(texts);
  return meaning(merged) === meaning(texts.changed) ? merged : texts.changed;
}

const meaning = (text: string): string =>
  JSON.stringify(inspectText({file: '', text, schema: z.unknown()}).value) ?? text;

/** Numbers and booleans that would be written anew in another way. */
const REWRITTEN = /^[-+]?0[0-9xXoO]|[eE]|^[-+]?\.|\.$|^\+|^(?:True|TRUE|False|FALSE)$/;

/** Variables are text: one that looks like such a number stays the text that it is. */
function keepNumbers(document: Document): void {
  visit(document, {
    Pair(_, {key, value: variables}) {
      if (!isScalar(key) || key.value !== 'environment' || !isMap(variables)) return;
      for (const {value} of variables.items) {
        if (!isScalar(value) || typeof value.value === 'string' || value.source === undefined) continue;
        if (value.value !== null && REWRITTEN.test(value.source)) value.value = value.source;
      }
    },
  });
}

function check(file: string, text: string): void {
  const [problem] = inspectText({file, text, schema: projectSchema}).problems;
  if (problem !== undefined) throw invalid(file, problem);
}

/** The mapping of agents in a document. */
class Agents {
  readonly #file: string;
  readonly #document: Document;
  /** Text for a file of nothing but comments, behind them: the library would put it before. */
  appended: string | null = null;

  constructor(file: string, document: Document) {
    this.#file = file;
    this.#document = document;
  }

  has(id: string): boolean {
    return this.#map()?.has(id) ?? false;
  }

  ids(): string[] {
    return (this.#map()?.items ?? []).map(({key}) => String(isScalar(key) ? key.value : key));
  }

  set(id: string, fields: AgentFields): void {
    const {environment, ...plain} = fields;
    const set = Object.entries(plain).filter(([, value]) => value !== undefined);
    if (this.#document.contents === null) {
      const entry = {...Object.fromEntries(set), ...(environment && {environment})};
      this.appended = stringify({agents: {[id]: entry}}, {lineWidth: 0});
      return;
    }
    this.#madeMap(['agents']);
    const entry = this.#madeMap(['agents', id]);
    for (const [key, value] of set) entry.set(key, value);
    if (environment === undefined) return;
    const variables = this.#madeMap(['agents', id, 'environment']);
    for (const [name, value] of Object.entries(environment)) variables.set(name, value);
  }

  remove(id: string): void {
    this.#map()?.delete(id);
  }

  #map(): YAMLMap | null {
    const found = this.#document.get('agents', true);
    return isMap(found) ? found : null;
  }

  #madeMap(path: string[]): YAMLMap {
    const found: unknown = this.#document.getIn(path, true);
    if (isMap(found)) return found;
    if (found !== undefined && !(isScalar(found) && found.value === null)) {
      const why = `${path.join('.')} in ${this.#file} is not a mapping that is written out there`;
      throw new AmuxError('input.invalid', {why, next: 'edit the file by hand'});
    }
    const made = this.#document.createNode({}) as YAMLMap;
    made.flow = false;
    if (isScalar(found)) made.commentBefore = found.commentBefore ?? found.comment;
    this.#document.setIn(path, made);
    return made;
  }
}

/** In the style of the text as it was: its indentation, its braces, no line broken. */
function render(document: Document, before: string): string {
  const indent = /^[^\s#-].*:[ \t]*(?:#.*)?\r?\n(?:[ \t]*(?:#.*)?\r?\n)*( +)[^\s#]/m.exec(before)?.[1]?.length ?? 2;
  return document.toString({lineWidth: 0, indent, flowCollectionPadding: !/\{\S/.test(before)});
}

function unknown(id: string, known: readonly string[]): AmuxError {
  return new AmuxError('agent.unknown', {agent: id.slice(0, 80), known: [...new Set(known)].join(', ') || 'none'});
}
