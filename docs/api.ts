/** `npm run docs`: writes docs/api.md from the records of the routes, by way of the same OpenAPI document that is served. */
import {writeFileSync} from 'node:fs';
import {type Answer, type OpenApi, type Operation, openApi, refusals, type Schema} from '../source/api/openapi.ts';
import {routes, streamRoutes} from '../source/api/routes.ts';
import {type Role, roles} from '../source/domain/access.ts';
import {errorTable} from '../source/domain/errors.ts';

export const API_PAGE = new URL('api.md', import.meta.url);

/** What a role adds to the one before it. */
const ROLE_MAY: Record<Role, string> = {
  viewer: 'reads',
  agent: 'also sends messages, and uses board, notes and memory',
  operator: 'also runs sessions, answers requests and has the whole board',
  admin: 'also tokens, MCP servers and the end of the supervisor',
};

/** What is worth typing. */
const EXAMPLES: Record<string, string> = {
  'GET /api/health': 'curl -sk $AMUX_URL/api/health',
  'GET /metrics': 'curl -sk $AMUX_URL/metrics',
  'GET /api/sessions': 'curl -sk $AMUX_URL/api/sessions',
  'POST /api/sessions': `curl -sk -X POST -H 'Content-Type: application/json' \\
  -d '{"name":"api","dir":"/work/api","agent":"claude"}' $AMUX_URL/api/sessions`,
  'PATCH /api/sessions/{name}': `curl -sk -X PATCH -H 'Content-Type: application/json' \\
  -d '{"model":"opus","tags":["backend"]}' $AMUX_URL/api/sessions/api`,
  'POST /api/sessions/{name}/start': `curl -sk -X POST $AMUX_URL/api/sessions/api/start`,
  'POST /api/sessions/{name}/send': `curl -sk -X POST -H 'Content-Type: application/json' \\
  -H "Idempotency-Key: $(uuidgen)" -d '{"text":"run the tests"}' $AMUX_URL/api/sessions/api/send`,
  'POST /api/sessions/{name}/keys': `curl -sk -X POST -H 'Content-Type: application/json' \\
  -d '{"keys":["Escape"]}' $AMUX_URL/api/sessions/api/keys`,
  'POST /api/sessions/bulk/stop': `curl -sk -X POST -H 'Content-Type: application/json' \\
  -d '{"tag":"backend"}' $AMUX_URL/api/sessions/bulk/stop`,
  'GET /api/sessions/{name}/peek': 'curl -sk "$AMUX_URL/api/sessions/api/peek?lines=50"',
  'POST /api/approvals/{id}': `curl -sk -X POST -H 'Content-Type: application/json' \\
  -d '{"decision":"allow"}' $AMUX_URL/api/approvals/api`,
  'POST /api/access': `curl -sk -X POST -H 'Content-Type: application/json' \\
  -d '{"role":"viewer","name":"dashboard"}' $AMUX_URL/api/access`,
  'GET /api/events': 'curl -skN -H "Last-Event-ID: 120" $AMUX_URL/api/events',
};

const ORDER = ['get', 'post', 'put', 'patch', 'delete'];

export function apiPage(document: OpenApi = openApi(routes, streamRoutes)): string {
  const groups = document.tags.map(({name}) => group(document, name));
  const unused = Object.keys(EXAMPLES).filter(
    key => document.paths[key.split(' ')[1]!]?.[key.split(' ')[0]!.toLowerCase()] === undefined,
  );
  if (unused.length > 0) throw new Error(`examples of routes that are not there: ${unused.join(', ')}`);
  return `# The REST API

Written by \`npm run docs\` from the records that serve it; a running amux has the same as OpenAPI 3.1 under \`GET /api/openapi.json\`.

JSON over HTTPS with a certificate of the home's own, and without TLS and token over the home's unix socket:

\`\`\`sh
export AMUX_URL=https://amux:TOKEN@localhost:8822
curl -sk $AMUX_URL/api/sessions
curl -s --unix-socket ~/.amux/amux.sock http://localhost/api/sessions
\`\`\`

Inside a session \`AMUX_URL\` is set, with a token of its own. Elsewhere \`amux token create\` makes one. It is sent as \`Authorization: Bearer TOKEN\`, or as the password of Basic. Lists are bare arrays, times are unix seconds where nothing else is said, and every field is always there (null when empty). A field or parameter that is not known is refused.

## Roles

| role | may |
|---|---|
${roles.map(role => `| ${role} | ${ROLE_MAY[role]} |`).join('\n')}

Over the unix socket everybody is the home's user, who may do all of it. A session's own token has the role agent while it runs. A name that the server is not known by (\`Host\`) is refused, unless it is in \`allowedHosts\` of the configuration; so is a change that a page of another origin asks for. There are no CORS headers but for the origins in \`cors\`.

## Errors

\`\`\`json
{"error": {"code": "session.unknown", "message": "no session \\"x\\"", "hint": "amux ps lists the sessions", "facts": {"ref": "x"}}}
\`\`\`

| status | means | codes |
|---|---|---|
${errorRows()}

## Streams

\`GET /api/events\` and \`…/screens\` answer with server-sent events: \`data:\` is one JSON value, \`id:\` the cursor of a journal entry. A connection that broke is resumed with \`Last-Event-ID\` (or \`?since=\`), without gap and repeat. Entries that the journal no longer holds are a 409 (\`cursor.gone\`): read the lists anew, then follow from \`cursor\` of \`GET /api/health\`. A comment comes every 15 seconds. A client that is a megabyte behind and reads nothing for 30 seconds gets \`event: error\` with the code \`stream.slow\` and is let go; it may resume. One whose token was revoked or has expired, or whose session has ended, gets it with \`access.refused\`.

${groups.join('\n\n')}

## Shapes

${Object.entries(document.components.schemas)
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, schema]) => shape(name, schema))
  .join('\n\n')}
`;
}

function errorRows(): string {
  const known = Object.entries(errorTable).map(([code, {http}]) => ({code, http: String(http)}));
  const meanings: Record<string, string> = {...refusals, 405: 'The path does not take this method', 408: 'Too slow'};
  return Object.entries(meanings)
    .map(([status, meaning]) => {
      const codes = known.filter(({http}) => http === status).map(({code}) => `\`${code}\``);
      return `| ${status} | ${meaning} | ${codes.join(', ')} |`;
    })
    .join('\n');
}

function group({paths}: OpenApi, name: string): string {
  const own = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, {tags}]) => tags.includes(name))
      .sort(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b))
      .map(([method, operation]) => described(`${method.toUpperCase()} ${path}`, operation)),
  );
  return `## ${name}\n\n${own.join('\n\n')}`;
}

function described(title: string, operation: Operation): string {
  const {parameters, requestBody, responses} = operation;
  const body = requestBody?.content['application/json']?.schema;
  const rows = [
    ...parameters.map(({name, in: where, required, description, schema}) =>
      row(name, where, typeOf(schema), required, description),
    ),
    ...fields(body).map(({name, type, required, description}) => row(name, 'body', type, required, description)),
  ];
  const table = rows.length === 0 ? [] : [['| name | in | type | |', '|---|---|---|---|', ...rows].join('\n')];
  const alternatives = body?.['properties'] === undefined && body !== undefined ? [`Body: ${typeOf(body)}`] : [];
  const example = EXAMPLES[title];
  return [
    `### \`${title}\``,
    `${operation.summary}. From the role **${operation['x-role']}** up.${responses['501'] === undefined ? '' : ' *Not built yet: answers 501.*'}`,
    ...table,
    ...alternatives,
    answers(responses),
    ...(example === undefined ? [] : [`\`\`\`sh\n${example}\n\`\`\``]),
  ].join('\n\n');
}

function answers(responses: Operation['responses']): string {
  const [status, answer] = Object.entries(responses).find(([code]) => code.startsWith('2'))!;
  const [media] = Object.entries((answer as Answer).content ?? {});
  if (media === undefined) return `Answers ${status}.`;
  const [type, {schema}] = media;
  const shown = typeOf(schema);
  if (type === 'application/json') return `Answers ${status}: ${shown}`;
  return `Answers ${status} as \`${type.split(';')[0]}\`${type === 'text/event-stream' ? `: ${shown}` : ''}`;
}

type Field = {name: string; type: string; required: boolean; description: string | undefined};

function fields(schema: Schema | undefined): Field[] {
  const {properties = {}, required = []} = (schema ?? {}) as {properties?: Record<string, Schema>; required?: string[]};
  return Object.entries(properties).map(([name, property]) => ({
    name,
    type: typeOf(property),
    required: required.includes(name),
    description: property['description'] as string | undefined,
  }));
}

function row(name: string, where: string, type: string, required: boolean, description = ''): string {
  const said = [required && where !== 'path' ? 'required' : '', cell(description)].filter(text => text !== '');
  return `| \`${name}\` | ${where} | ${type} | ${said.join('. ')} |`;
}

function shape(name: string, schema: Schema): string {
  const own = fields(schema);
  if (own.length === 0) return `### ${name}\n\n${typeOf(schema)}`;
  const rows = own.map(({name: field, type, required, description}) => {
    const said = [required ? '' : 'may be missing', cell(description ?? '')].filter(text => text !== '');
    return `| \`${field}\` | ${type} | ${said.join('. ')} |`;
  });
  return `### ${name}\n\n${['| field | type | |', '|---|---|---|', ...rows].join('\n')}`;
}

/** As a person would write it, for a cell of a table. */
function typeOf(schema: Schema): string {
  const {$ref, type, enum: values, const: only, anyOf, items, properties, additionalProperties} = schema;
  if (typeof $ref === 'string') {
    const name = $ref.split('/').at(-1)!;
    return `[${name}](#${name.toLowerCase()})`;
  }
  if (only !== undefined) return `\`${JSON.stringify(only)}\``;
  if (Array.isArray(values)) return values.map(value => `\`${JSON.stringify(value)}\``).join(' \\| ');
  if (Array.isArray(anyOf)) return [...new Set((anyOf as Schema[]).map(typeOf))].join(' \\| ');
  if (Array.isArray(type)) return type.join(' \\| ');
  if (type === 'array') return `list of ${typeOf((items ?? {}) as Schema)}`;
  if (properties !== undefined) {
    const inner = fields(schema).map(({name, type: of, required}) => `${name}${required ? '' : '?'}: ${of}`);
    return `{${inner.join(', ')}}`;
  }
  if (type === 'object' && typeof additionalProperties === 'object') {
    return `{name: ${typeOf(additionalProperties as Schema)}}`;
  }
  return typeof type === 'string' ? type : 'anything';
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

if (import.meta.main) writeFileSync(API_PAGE, apiPage());
