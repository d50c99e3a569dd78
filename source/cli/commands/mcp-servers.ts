import {isVariableName, parseAssignment} from '../../config/variables.ts';
import {AmuxError} from '../../domain/errors.ts';
import {kindOf, type McpEntry, type McpListing} from '../../domain/mcp.ts';
import type {Context, Run} from '../command.ts';
import {boolFlag, choiceFlag, listFlag, textFlag} from '../flags.ts';

const HEADER = ['NAME', 'RUNS', 'VARIABLES', 'GIVEN TO', 'NOT TO'];

export const list: Run = async context => {
  const {output, env} = context;
  const listing = withOwn(await (await context.fleet('read')).mcpServers(), env);
  if (output.json) output.value(listing);
  else {
    const rows = listing.servers.map(({name, variables, given, left_out}) => [
      name,
      shown(listing.mcpServers[name] ?? {}),
      variables.map(each => (each.set ? each.name : `${each.name} (not set)`)).join(', ') || '-',
      given.join(', ') || '-',
      left_out.map(({session, why}) => `${session} (${why})`).join(', ') || '-',
    ]);
    if (rows.length > 0) await output.table(HEADER, rows);
    else if (listing.problems.length === 0) output.line('none yet · amux mcp add NAME -- COMMAND…');
  }
  for (const {line, column, server, why} of listing.problems)
    output.notice(`${listing.file}:${line}:${column}: ${server === null ? '' : `${server}: `}${why}`);
  return listing.problems.length === 0 ? 0 : 1;
};

/** Who starts a session is asked for what its servers need: what is set here counts. */
function withOwn(listing: McpListing, env: NodeJS.ProcessEnv): McpListing {
  const servers = listing.servers.map(server => ({
    ...server,
    variables: server.variables.map(({name, set}) => ({name, set: set || env[name] !== undefined})),
  }));
  return {...listing, servers};
}

const shown = ({command = '', args = [], url, ...entry}: McpEntry): string =>
  kindOf({...entry, url}) === 'stdio' ? [command, ...args].map(word).join(' ') : (url ?? '');

const word = (text: string): string => (/^[\w@%+=:,./${}-]+$/.test(text) ? text : JSON.stringify(text));

export const add: Run = async context => {
  const [name = '', ...words] = context.args;
  const server = entryOf(context, name, words);
  const fleet = await context.fleet('write');
  const listing = await fleet.addMcpServer({name, server, replace: boolFlag(context, 'replace')});
  return done(context, listing, `${name} added`);
};

export const remove: Run = async context => {
  const [name = ''] = context.args;
  const listing = await (await context.fleet('write')).removeMcpServer(name);
  return done(context, listing, `${name} removed`);
};

/** Running sessions are told: nothing is restarted under them. */
function done({output}: Context, listing: McpListing, what: string): number {
  if (output.json) {
    output.value(listing);
    return 0;
  }
  const running = new Set(
    listing.servers.flatMap(({given, left_out}) => [...given, ...left_out.map(each => each.session)]),
  );
  const next = running.size === 0 ? '' : '; sessions that run take it up with their next start';
  output.line(`${what} (${listing.file})${next}`);
  return 0;
}

/** A program, or an address: that is not `--url`, which names a fleet. */
function entryOf(context: Context, name: string, words: string[]): McpEntry {
  const invalid = (why: string, next: string) => new AmuxError('input.invalid', {why, next});
  const env = pairs(context, 'env');
  const headers = pairs(context, 'header');
  const cwd = textFlag(context, 'cwd');
  const type = choiceFlag(context, 'type', ['http', 'sse']);
  const [first, ...rest] = words;
  if (first === undefined)
    throw invalid(`how is ${name} started?`, `amux mcp add ${name} -- COMMAND…, or amux mcp add ${name} https://…`);
  if (type === undefined && !/^https?:\/\//i.test(first)) {
    if (headers !== undefined) throw invalid('--header is for a server with a URL', 'a program takes --env');
    return {
      command: first,
      ...(rest.length === 0 ? {} : {args: rest}),
      ...(env && {env}),
      ...(cwd === undefined ? {} : {cwd}),
    };
  }
  if (rest.length > 0) throw invalid(`${name} has a URL and "${rest[0]}"`, 'a URL stands alone');
  if (env !== undefined || cwd !== undefined)
    throw invalid('--env and --cwd are for a server that is started', 'one with a URL takes --header');
  return {type: type ?? 'http', url: first, ...(headers && {headers})};
}

/** `--env NAME` stands for the variable of that name, so that its value is in no file and no history. */
function pairs(context: Context, flag: 'env' | 'header'): Record<string, string> | undefined {
  const given = listFlag(context, flag);
  if (given.length === 0) return undefined;
  return Object.fromEntries(given.map(text => (flag === 'env' ? variable(text) : header(text))));
}

const variable = (text: string): [string, string] =>
  isVariableName(text) ? [text, `\${${text}}`] : parseAssignment(text);

function header(text: string): [string, string] {
  const [, name, value] = /^([^\s:=]+)\s*[:=]\s*(.*)$/s.exec(text) ?? [];
  if (name !== undefined) return [name, value!];
  const next = `write NAME=VALUE, such as --header 'Authorization=Bearer \${TOKEN}'`;
  throw new AmuxError('input.invalid', {why: `--header "${text.slice(0, 60)}" has no "="`, next});
}
