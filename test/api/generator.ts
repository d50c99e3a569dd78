import type {OpenApi, Operation, Schema} from '../../source/api/openapi.ts';

export type Generated = {
  method: string;
  /** As in the document. */
  path: string;
  url: string;
  operation: Operation;
  headers: Record<string, string>;
  raw: string | undefined;
};

/** What somebody might send, by mistake or on purpose. */
export const NASTY: readonly string[] = [
  '',
  ' ',
  '.',
  '..',
  '../../etc/passwd',
  '/etc/passwd',
  'a/b',
  'a\0b',
  '\u001b[31mred\u001b[0m',
  '\u001b]52;c;aGk=\u0007',
  '\r\nX-Injected: 1',
  '%00',
  '%2e%2e%2f',
  '%zz',
  '\ud800',
  '\u202egnirts',
  '🦀'.repeat(40),
  'ＡＢＣ',
  'x'.repeat(5000),
  '-rf',
  '--help',
  '$(true)',
  '`true`',
  "' OR 1=1 --",
  '<script>alert(1)</script>',
  '__proto__',
  'constructor',
  'null',
  'bulk',
  '0',
  '-1',
  '1e309',
  '99999999999999999999',
  'NaN',
];
const NUMBERS = [0, 1, -1, 1.5, 7, 100, 2 ** 31, 2 ** 53, -(2 ** 53), 1e308, Number.MAX_SAFE_INTEGER];
const HOW_DEEP = 4;

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Makes requests from a document: most of them as it says, the others wrong in one place or in all. */
export class Generator {
  readonly #operations: {method: string; path: string; operation: Operation}[];
  readonly #components: OpenApi['components'];
  readonly #random: () => number;
  /** Values that make sense, by the name of a field or parameter, if need be behind its route. */
  readonly #known: Record<string, readonly unknown[]>;

  constructor(document: OpenApi, random: () => number, known: Record<string, readonly unknown[]>) {
    this.#operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({method: method.toUpperCase(), path, operation})),
    );
    this.#components = document.components;
    this.#random = random;
    this.#known = known;
  }

  next(): Generated {
    const {method, path, operation} = this.#oneOf(this.#operations);
    const wrong = this.#chance(0.35);
    const query = new URLSearchParams();
    const headers: Record<string, string> = {};
    let url = path;
    for (const {name, in: where, required, schema} of operation.parameters) {
      if (where === 'path') {
        const value =
          wrong && this.#chance(0.6) ? this.#oneOf(NASTY) : String(this.#named(name, `${method} ${path}`, schema));
        url = url.replace(`{${name}}`, this.#chance(0.05) ? encodeURI(value.toWellFormed()) : encoded(value));
      } else if (required || this.#chance(0.4)) {
        const value = wrong && this.#chance(0.5) ? this.#oneOf(NASTY) : String(this.#value(schema, name, 0));
        if (where === 'query') query.append(name, value);
        // Node refuses to send these, whatever a server would say.
        else headers[name] = value.replace(/[^\t\x20-\x7e]/g, '?');
      }
    }
    if (wrong && this.#chance(0.1)) query.append(this.#oneOf(['unknown', '__proto__', '']), 'x');
    const search = query.toString();
    const raw = this.#body(operation, method, wrong);
    return {method, path, url: search === '' ? url : `${url}?${search}`, operation, headers, raw};
  }

  #body({requestBody}: Operation, method: string, wrong: boolean): string | undefined {
    const schema = requestBody?.content['application/json']?.schema;
    if (method === 'GET') return undefined;
    if (wrong && this.#chance(0.1))
      return this.#oneOf(['{', 'null', '[]', '""', '{"a":1}', '[['.repeat(500), '\0', '1']);
    if (schema === undefined) return this.#chance(0.5) ? undefined : '{}';
    const value = this.#value(schema, '', 0);
    return JSON.stringify(wrong ? this.#spoiled(value) : value);
  }

  #named(name: string, route: string, schema: Schema): unknown {
    return this.#oneOf(this.#known[`${route} ${name}`] ?? this.#known[name] ?? [this.#value(schema, name, 0)]);
  }

  #value(given: Schema, name: string, depth: number): unknown {
    const schema = this.#resolved(given);
    const known = this.#known[name];
    const {type, enum: values, const: only, anyOf} = schema;
    if (known !== undefined && type === 'string' && values === undefined && this.#chance(0.8))
      return this.#oneOf(known);
    if (only !== undefined) return only;
    if (Array.isArray(values)) return this.#oneOf(values as unknown[]);
    if (Array.isArray(anyOf)) return this.#value(this.#oneOf(anyOf as Schema[]), name, depth);
    switch (Array.isArray(type) ? this.#oneOf(type as string[]) : type) {
      case 'string':
        return this.#text(schema);
      case 'integer':
        return Math.floor(this.#number(schema));
      case 'number':
        return this.#number(schema);
      case 'boolean':
        return this.#chance(0.5);
      case 'null':
        return null;
      case 'array':
        return this.#list(schema, name, depth);
      case 'object':
        return this.#object(schema, depth);
      default:
        return depth > HOW_DEEP ? null : this.#oneOf<unknown>([null, 'x', 1, {a: [1]}, ['x']]);
    }
  }

  #object(
    {properties = {}, required = [], oneOf, additionalProperties, minProperties}: Schema,
    depth: number,
  ): unknown {
    const fields = Object.entries(properties as Record<string, Schema>);
    const one = Array.isArray(oneOf) ? this.#oneOf(oneOf as {required: string[]}[]).required : [];
    const others = Array.isArray(oneOf) ? (oneOf as {required: string[]}[]).flatMap(each => each.required) : [];
    const needed = new Set([...(required as string[]), ...one]);
    if (minProperties !== undefined) needed.add(this.#oneOf(fields)[0]);
    const made: Record<string, unknown> = {};
    for (const [name, field] of fields) {
      const wanted = needed.has(name) || (!others.includes(name) && this.#chance(0.3));
      if (wanted) made[name] = this.#value(field, name, depth + 1);
    }
    if (fields.length === 0 && typeof additionalProperties === 'object' && additionalProperties !== null) {
      made[this.#oneOf(['A', 'B_1', 'PATH_X'])] = this.#value(additionalProperties as Schema, '', depth + 1);
    }
    return made;
  }

  #list({items = {}, minItems = 0, maxItems = 4}: Schema, name: string, depth: number): unknown[] {
    const least = minItems as number;
    const length = least + Math.floor(this.#random() * Math.min(3, (maxItems as number) - least + 1));
    return Array.from({length}, () => this.#value(items as Schema, name, depth + 1));
  }

  #text({minLength = 0, maxLength = 200}: Schema): string {
    if (this.#chance(0.3)) return this.#oneOf(NASTY).slice(0, maxLength as number);
    const alphabet = 'abcXYZ019 ._-é漢🦀';
    const most = Math.min(20, maxLength as number);
    const length = Math.max(minLength as number, Math.floor(this.#random() * most) + 1);
    return Array.from({length}, () => this.#oneOf([...alphabet])).join('');
  }

  #number({minimum, maximum, exclusiveMinimum}: Schema): number {
    const least = (minimum ?? exclusiveMinimum ?? -1000) as number;
    const most = Math.min((maximum ?? least + 1000) as number, least + 100_000);
    return this.#chance(0.1) ? this.#oneOf(NUMBERS) : least + this.#random() * (most - least);
  }

  /** Wrong in one place: a field of another kind, a missing one, one too many. */
  #spoiled(value: unknown): unknown {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return this.#oneOf<unknown>([{}, [], null]);
    const spoiled: Record<string, unknown> = {...value};
    const keys = Object.keys(spoiled);
    const key = keys.length === 0 ? 'unknown' : this.#oneOf(keys);
    const kinds: unknown[] = [null, 1, -1, 1e300, true, '', [], {}, [[[[]]]], this.#oneOf(NASTY), this.#oneOf(NUMBERS)];
    const how = this.#random();
    if (how < 0.2) delete spoiled[key];
    else spoiled[how < 0.4 ? 'unknown' : key] = this.#oneOf(kinds);
    return spoiled;
  }

  #resolved(schema: Schema): Schema {
    const {$ref} = schema;
    if (typeof $ref !== 'string') return schema;
    return this.#resolved(this.#components.schemas[$ref.split('/').at(-1)!]!);
  }

  #chance(probability: number): boolean {
    return this.#random() < probability;
  }

  #oneOf<T>(items: readonly T[]): T {
    return items[Math.floor(this.#random() * items.length)]!;
  }
}

const encoded = (value: string): string => encodeURIComponent(value.toWellFormed());
