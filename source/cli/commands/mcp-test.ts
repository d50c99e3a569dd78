import {placeOf, readMcp} from '../../config/mcp.ts';
import {expandMcp} from '../../config/mcp-expand.ts';
import {parseAssignment} from '../../config/variables.ts';
import {AmuxError} from '../../domain/errors.ts';
import {oneLine, plainText} from '../../domain/names.ts';
import type {Context, Run} from '../command.ts';
import {listFlag} from '../flags.ts';
import {endTree} from '../programs.ts';
import {version} from '../self.ts';

/** From the start to the last tool, in ms. */
const BOUND_MS = 30_000;
const STDERR_LINES = 20;

/** Starts a server as a session would, in this environment, and shows its tools. */
export const test: Run = async context => {
  const {args, cwd, output, signal} = context;
  const [name = ''] = args;
  const entry = entryOf(context, name);
  const env = {...context.env, ...Object.fromEntries(listFlag(context, 'env').map(parseAssignment))};
  const target = expandMcp(entry, {name, env, cwd});
  const {probe} = await import('../../mcp/probe.ts');
  const start = performance.now();
  const result = await probe({target, version, boundMs: BOUND_MS, signal, end: pid => endTree(pid, {force: false})});
  const ms = Math.round(performance.now() - start);
  if (!result.ok) {
    const said = lastLines(result.stderr);
    if (!output.json) for (const line of said) output.notice(`  ${line}`);
    const [first = ''] = lastLines(result.garbage, 1);
    const plain = oneLine(result.why).slice(0, 300);
    const why = first === '' ? plain : `${plain}; it prints what is no message: ${first.slice(0, 120)}`;
    const next = said.length === 0 || output.json ? 'amux mcp list shows how it is started' : 'above is what it said';
    throw new AmuxError('mcp.silent', {name, why, next});
  }
  const {server, tools} = result;
  if (output.json) {
    output.value({name, server, ms, tools});
    return 0;
  }
  const who = server === null ? '' : ` (${oneLine(server.name)} ${oneLine(server.version)})`;
  output.line(
    `${name}${who} answered in ${(ms / 1000).toFixed(1)} s: ${tools.length} ${tools.length === 1 ? 'tool' : 'tools'}`,
  );
  if (result.garbage !== '') output.notice('amux: it also prints what is no message, which some agents do not take');
  if (tools.length > 0) {
    const rows = tools.map(tool => [oneLine(tool.name), oneLine(tool.description.split('\n')[0] ?? '')]);
    await output.table(['TOOL', 'WHAT IT DOES'], rows);
  }
  return 0;
};

function entryOf({paths}: Context, name: string) {
  const {servers, problems, file} = readMcp(paths.mcp);
  if (Object.hasOwn(servers, name)) return servers[name]!;
  const problem = problems.find(({server}) => server === null || server === name);
  if (problem === undefined) throw new AmuxError('mcp.unknown', {name: oneLine(name).slice(0, 80)});
  throw new AmuxError('mcp.invalid', {why: placeOf(file, problem), next: 'correct it there'});
}

const lastLines = (text: string, count = STDERR_LINES): string[] =>
  plainText(text)
    .split('\n')
    .filter(line => line.trim() !== '')
    .slice(-count);
