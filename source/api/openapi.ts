import {z} from 'zod';
import {mayAct, type Role, roles} from '../domain/access.ts';
import type {Route, StreamRoute} from './route.ts';
import {failure} from './schemas/system.ts';

export type Schema = {[key: string]: unknown};
export type Parameter = {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  description?: string;
  schema: Schema;
};
type Content = {[type: string]: {schema: Schema}};
export type Answer = {description: string; content?: Content};
export type Operation = {
  operationId: string;
  summary: string;
  description: string;
  tags: string[];
  'x-role': Role;
  security: {[scheme: string]: string[]}[];
  parameters: Parameter[];
  requestBody?: {required: boolean; content: Content};
  responses: {[status: string]: Answer | {$ref: string}};
};
export type OpenApi = {
  openapi: '3.1.0';
  info: {title: string; version: string; summary: string};
  tags: {name: string}[];
  paths: {[path: string]: {[method: string]: Operation}};
  components: {
    schemas: {[name: string]: Schema};
    responses: {[name: string]: Answer};
    securitySchemes: {[name: string]: Schema};
  };
};

/** Version of the API itself: it grows when a client has to change. */
const API_VERSION = '1';
/** What may be refused anywhere. */
export const refusals: Readonly<Record<string, string>> = {
  400: 'Bad input',
  401: 'No valid token',
  403: 'The role may not do this, or the host or origin is refused',
  404: 'Not known',
  409: 'A conflict with the state of things',
  413: 'The body is too large',
  422: 'Understood, and impossible',
  429: 'Too many',
  501: 'Not built yet',
  503: 'Not able to now',
};

/** The document of all routes; made from the records that serve them. */
export function openApi(routes: readonly Route[], streams: readonly StreamRoute[]): OpenApi {
  const schemas: OpenApi['components']['schemas'] = {};
  const paths: OpenApi['paths'] = {};
  const add = (url: string, method: string, operation: Operation) => {
    const path = url.replace(/:(\w+)/g, '{$1}');
    paths[path] = {...paths[path], [method]: operation};
  };
  const failed = (description: string): Answer => ({
    description,
    content: {'application/json': {schema: schemaOf(failure, 'output', schemas)}},
  });
  const responses = Object.fromEntries(
    Object.entries(refusals).map(([status, description]) => [`Refused${status}`, failed(description)]),
  );
  for (const route of routes) add(route.url, route.method.toLowerCase(), operationOf(route, schemas));
  for (const stream of streams) add(stream.url, 'get', streamOf(stream, schemas));
  return {
    openapi: '3.1.0',
    info: {title: 'amux', version: API_VERSION, summary: 'A fleet of coding agents'},
    tags: [...new Set([...routes, ...streams].map(({url}) => groupOf(url)))].map(name => ({name})),
    paths,
    components: {
      schemas,
      responses,
      securitySchemes: {
        bearer: {type: 'http', scheme: 'bearer'},
        basic: {type: 'http', scheme: 'basic', description: 'The token is the password; the user is not looked at'},
      },
    },
  };
}

type Components = OpenApi['components']['schemas'];

function operationOf(route: Route, schemas: Components): Operation {
  const body = schemaOf(route.body, 'input', schemas);
  const takesBody = !isEmpty(body);
  const media = route.type === 'json' ? 'application/json' : route.type;
  const result = route.result === null ? null : schemaOf(route.result, 'output', schemas);
  const answer = result === null ? {} : {content: {[media]: {schema: result}}};
  return {
    ...common(route, route.method),
    parameters: [
      ...pathParameters(route.url),
      ...queryParameters(schemaOf(route.query, 'input', schemas)),
      ...Object.entries(route.headers).map(([name, description]) => header(name, description)),
    ],
    ...(takesBody ? {requestBody: {required: isRequired(body), content: {'application/json': {schema: body}}}} : {}),
    responses: {[route.status]: {description: 'Done', ...answer}, ...refused(route.planned)},
  };
}

function streamOf(stream: StreamRoute, schemas: Components): Operation {
  const value = schemaOf(stream.value, 'output', schemas);
  const resumes = 'The last cursor that the client has: the stream goes on behind it; 0: with the oldest that is kept';
  const since: Parameter = {
    name: 'since',
    in: 'query',
    required: false,
    description: resumes,
    schema: {type: 'integer', minimum: 0},
  };
  return {
    ...common(stream, 'GET'),
    parameters: [
      ...pathParameters(stream.url),
      ...(stream.resumes ? [since, header('Last-Event-ID', `${resumes}. It wins over \`since\``)] : []),
    ],
    responses: {
      200: {
        description: 'Server-sent events; each `data:` is one of these',
        content: {'text/event-stream': {schema: value}},
      },
      ...refused(null),
    },
  };
}

function refused(planned: string | null): Operation['responses'] {
  const all: Operation['responses'] = {};
  for (const status of Object.keys(refusals)) {
    if (status !== '501') all[status] = {$ref: `#/components/responses/Refused${status}`};
  }
  return planned === null ? all : {...all, 501: {$ref: '#/components/responses/Refused501'}};
}

function common(
  {url, summary, role}: {url: string; summary: string; role: Role},
  method: string,
): Omit<Operation, 'parameters' | 'responses'> {
  const allowed = roles.filter(each => mayAct(each, role));
  return {
    operationId: `${method.toLowerCase()}${url.replace(/[^A-Za-z0-9]+(.?)/g, (_, next: string) => next.toUpperCase())}`,
    summary,
    description: `For ${allowed.join(', ')}.`,
    tags: [groupOf(url)],
    'x-role': role,
    security: [{bearer: []}, {basic: []}],
  };
}

/** Paths that belong to a group of another name. */
const GROUPS: Readonly<Record<string, string>> = {
  health: 'supervisor',
  metrics: 'supervisor',
  shutdown: 'supervisor',
  'openapi.json': 'supervisor',
  events: 'supervisor',
  run: 'sessions',
  variables: 'sessions',
};

/** What a path is about: its first part that says it. */
function groupOf(url: string): string {
  const [part = ''] = url.replace(/^\/(api\/)?/, '').split('/');
  return GROUPS[part] ?? part;
}

function pathParameters(url: string): Parameter[] {
  return [...url.matchAll(/:(\w+)/g)].map(([, name]) => {
    const session = url.startsWith('/api/sessions/:')
      ? {description: 'Name, id, row of `ps` or unambiguous prefix'}
      : {};
    return {name: name!, in: 'path', required: true, ...session, schema: {type: 'string', minLength: 1}};
  });
}

function queryParameters({properties = {}, required = []}: Schema): Parameter[] {
  return Object.entries(properties as Record<string, Schema>).map(([name, {description, ...schema}]) => ({
    name,
    in: 'query',
    required: (required as string[]).includes(name),
    ...(description === undefined ? {} : {description: description as string}),
    schema,
  }));
}

const header = (name: string, description: string): Parameter => ({
  name,
  in: 'header',
  required: false,
  description,
  schema: {type: 'string'},
});

/** As JSON schema; what has a name of its own goes to the components. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', components: Components): Schema {
  const made = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io,
    override: ({jsonSchema}) => {
      delete jsonSchema.id;
      // A number in a query: it arrives as text, but what it says is a number.
      if (jsonSchema.type === 'integer' && jsonSchema.pattern !== undefined) delete jsonSchema.pattern;
    },
  });
  const {
    $schema: _,
    $defs = {},
    ...rest
  } = JSON.parse(JSON.stringify(made).replaceAll('"#/$defs/', '"#/components/schemas/')) as Schema;
  for (const [name, definition] of Object.entries($defs as Record<string, Schema>)) components[name] = definition;
  return rest;
}

const isEmpty = ({type, properties = {}}: Schema): boolean =>
  type === 'object' && Object.keys(properties as object).length === 0;

/** Without a body it is read as an empty object. */
const isRequired = ({required = [], anyOf}: Schema): boolean =>
  anyOf !== undefined || (required as string[]).length > 0;
