import {initProject} from '../../config/project.ts';
import {MAIN} from '../../domain/workspace.ts';
import {makeContextFiles} from '../../workspace/context-files.ts';
import type {Run} from '../command.ts';
import {boolFlag} from '../flags.ts';

export const init: Run = async context => {
  const {root, configFile} = initProject(context.cwd, {force: boolFlag(context, 'force')});
  makeContextFiles(root, {name: MAIN, branch: null, base: null, description: null});
  if (context.output.json) context.output.value({root, config: configFile});
  else context.output.line(`${root} is a project now · its agents stand in ${configFile}`);
  return 0;
};
