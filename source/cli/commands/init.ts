import {join} from 'node:path';
import {addAgent} from '../../config/edit.ts';
import {addMonitorRules, hideMonitor, MONITOR, writeMonitor} from '../../config/monitor.ts';
import {findProject, initProject, type Project} from '../../config/project.ts';
import {loadSettings} from '../../config/settings.ts';
import {AmuxError} from '../../domain/errors.ts';
import {MAIN} from '../../domain/workspace.ts';
import {profilesFor} from '../../supervisor/profiles.ts';
import {makeContextFiles} from '../../workspace/context-files.ts';
import type {Context, Run} from '../command.ts';
import {boolFlag, choiceFlag} from '../flags.ts';
import {addMonitor, monitorIn} from './monitor.ts';

export const init: Run = async context => {
  const {output} = context;
  const withMonitor = choiceFlag(context, 'with', [MONITOR] as const) !== undefined;
  const force = boolFlag(context, 'force');
  const known = withMonitor ? findProject(context.cwd) : null;
  // Nothing is made where it could not be finished.
  if (known !== null) await monitorIn(await context.fleet('write'), placeOf(known));
  const isNew = force || known?.configFile == null;
  const {root, configFile} = isNew
    ? initProject(context.cwd, {force})
    : {root: known.root, configFile: known.configFile!};
  makeContextFiles(root, {name: MAIN, branch: null, base: null, description: null});
  if (!output.json && isNew) {
    output.line(`${root} is a project now · its agents stand in ${configFile}`);
    output.line('git does not see it · git add -f .amux/config.yaml shares it with the team');
  }
  const monitor = withMonitor ? await installMonitor(context, {root, configFile}) : null;
  if (output.json) output.value({root, config: configFile, ...(monitor === null ? {} : {monitor})});
  return 0;
};

const placeOf = ({root}: Project): string => join(root, '.amux', MONITOR);

/** Profile, instructions, session and schedule of the agent that looks after stuck cards. */
async function installMonitor(context: Context, project: Project & {configFile: string}) {
  const {output, paths} = context;
  const dir = placeOf(project);
  const fleet = await context.fleet('write');
  const profiles = profilesFor(() => loadSettings(paths.config).settings);
  const {type, command} = profiles.resolve(profiles.defaultAgent(project), project);
  try {
    addAgent(project.configFile, MONITOR, {name: 'Health monitor', type, ...(command === null ? {} : {command})});
  } catch (error) {
    // What people made of it stays.
    if (!(error instanceof AmuxError) || error.code !== 'agent.exists') throw error;
  }
  const ruled = addMonitorRules(project.configFile);
  const instructions = writeMonitor(dir);
  hideMonitor(project.root);
  const {name, running} = await addMonitor(fleet, dir);
  if (!output.json) {
    output.line(`${name} looks after the board · what it does stands in ${instructions}`);
    output.line(`every 30 minutes it is told to do its round${running ? '' : ` · amux start ${name} begins it`}`);
    if (!ruled) output.notice(`amux: ${project.configFile} has approvals of its own: ${name} asks before it uses amux`);
  }
  return {session: name, instructions, schedule: MONITOR};
}
