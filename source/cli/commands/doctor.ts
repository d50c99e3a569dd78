import {accessSync, constants, existsSync} from 'node:fs';
import {availableParallelism} from 'node:os';
import {covers, versionIn} from '../../agents/coverage.ts';
import {agents} from '../../agents/registry.ts';
import {parseCommandLine} from '../../config/command-line.ts';
import {placeOf, readMcp} from '../../config/mcp.ts';
import {findProject} from '../../config/project.ts';
import {readRules} from '../../config/screen-rules.ts';
import {loadSettings} from '../../config/settings.ts';
import {said} from '../../config/yaml-file.ts';
import {asAmuxError} from '../../domain/errors.ts';
import type {Context, Run} from '../command.ts';
import {faultBetween, otherBuild} from '../other-build.ts';
import {onPath, versionOf} from '../programs.ts';
import {version} from '../self.ts';
import {validated} from '../validation.ts';

type Finding = {what: string; state: 'ok' | 'note' | 'bad'; says: string};

const MARKS = {ok: '✓', note: '·', bad: '✗'};

export const doctor: Run = async context => {
  const {output} = context;
  const findings = [
    ...(await machine()),
    ...(await agentsFound()),
    ...(await home(context)),
    ...(await supervisor(context)),
  ];
  if (output.json) output.value({version, findings});
  else {
    for (const {what, state, says} of findings) output.line(`${MARKS[state]} ${what.padEnd(12)} ${says}`);
  }
  return findings.some(({state}) => state === 'bad') ? 1 : 0;
};

async function machine(): Promise<Finding[]> {
  const major = Number(process.versions.node.split('.')[0]);
  const tmux = onPath('tmux');
  const tmuxVersion = tmux === null ? null : await versionOf(tmux, ['-V']);
  const git = onPath('git');
  return [
    {what: 'amux', state: 'ok', says: version},
    {
      what: 'node',
      state: major >= 24 ? 'ok' : 'note',
      says: `${process.versions.node}${major >= 24 ? '' : ': the cockpit draws faster on 24'}`,
    },
    {
      what: 'tmux',
      state: tmux === null ? 'note' : 'ok',
      says: tmux === null ? 'not installed: terminals live in the pty host' : `${tmuxVersion ?? 'silent'} (${tmux})`,
    },
    {what: 'git', state: git === null ? 'bad' : 'ok', says: git ?? 'not installed'},
    {what: 'machine', state: 'ok', says: `${process.platform} ${process.arch}, ${availableParallelism()} cores`},
  ];
}

/** Every built-in agent, whether it is installed and what it calls itself. */
async function agentsFound(): Promise<Finding[]> {
  const programs = agents.filter(agent => agent.command !== null);
  return Promise.all(
    programs.map(async (agent): Promise<Finding> => {
      const {name} = agent;
      const [program = ''] = parseCommandLine(agent.command!);
      const file = onPath(program);
      if (file === null) return {what: name, state: 'note', says: 'not installed'};
      const said = agent.versionFlags === null ? null : await versionOf(file, agent.versionFlags);
      const version = said === null ? null : versionIn(said);
      if (version === null) return {what: name, state: 'note', says: `does not say its version (${file})`};
      const known = covers(agent, version);
      const rules = known
        ? 'its screens are known'
        : `its screens are known of ${agent.knownVersions?.join(', ')}: what it shows may count as unknown`;
      return {what: name, state: known ? 'ok' : 'note', says: `${version}, ${rules} (${file})`};
    }),
  );
}

async function home(context: Context): Promise<Finding[]> {
  const {paths, cwd} = context;
  const findings: Finding[] = [];
  if (!existsSync(paths.home)) findings.push({what: 'home', state: 'note', says: `${paths.home}: not made yet`});
  else {
    try {
      accessSync(paths.home, constants.R_OK | constants.W_OK | constants.X_OK);
      findings.push({what: 'home', state: 'ok', says: paths.home});
    } catch {
      findings.push({what: 'home', state: 'bad', says: `${paths.home}: no right to write`});
    }
  }
  for (const {file, rules, problems} of readRules(paths.rules)) {
    const says = problems.map(problem => said(file, problem)).join('; ');
    const state = problems.length === 0 ? 'ok' : 'bad';
    findings.push({what: 'rules', state, says: says === '' ? `${file}: ${rules.length} screen rules` : says});
  }
  if (existsSync(paths.mcp)) {
    const {servers, problems} = readMcp(paths.mcp);
    const count = Object.keys(servers).length;
    const says =
      problems.length === 0
        ? `${paths.mcp}: ${count} ${count === 1 ? 'server' : 'servers'} for all sessions`
        : problems.map(problem => placeOf(paths.mcp, problem)).join('; ');
    findings.push({what: 'mcp', state: problems.length === 0 ? 'ok' : 'bad', says});
  }
  const project = findProject(cwd)?.configFile ?? null;
  for (const [file, kind] of [
    [paths.config, 'home'],
    [project, 'project'],
  ] as const) {
    if (file === null || !existsSync(file)) continue;
    const {problems} = await validated(context, {file, kind});
    const says = problems.length === 0 ? file : problems.map(problem => said(file, problem)).join('; ');
    findings.push({what: 'config', state: problems.length === 0 ? 'ok' : 'bad', says});
  }
  return findings;
}

async function supervisor(context: Context): Promise<Finding[]> {
  try {
    loadSettings(context.paths.config);
    const fleet = await context.fleet('read');
    const {pid, hosted, backend, sessions, running, trouble, notices} = await fleet.health();
    const who = pid === 0 ? 'none runs' : `pid ${pid} (${hosted}), ${backend} backend`;
    const other = context.remote === null && pid !== 0 ? otherBuild(context.paths) : null;
    const where = context.remote === null ? '' : `${context.remote.target.url}: `;
    return [
      {
        what: whatOf(context),
        state: other === null ? 'ok' : 'note',
        says: `${where}${who}${other === null ? '' : `, of another amux (${other})`}; ${sessions === 1 ? '1 session' : `${sessions} sessions`}, ${running} running`,
      },
      ...(trouble === null ? [] : [{what: 'journal', state: 'bad', says: trouble} satisfies Finding]),
      ...notices.map((says): Finding => ({what: 'notice', state: 'note', says})),
    ];
  } catch (error) {
    const {message, hint} = asAmuxError(context.remote === null ? faultBetween(error, context.paths) : error);
    return [{what: whatOf(context), state: 'bad', says: context.remote === null ? message : `${message} · ${hint}`}];
  }
}

const whatOf = ({remote}: Context): string => (remote === null ? 'supervisor' : 'fleet');
