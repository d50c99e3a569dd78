import {initProject} from '../../config/project.ts';
import type {Run} from '../command.ts';
import {boolFlag} from '../flags.ts';

export const init: Run = async context => {
  const {root, configFile} = initProject(context.cwd, {force: boolFlag(context, 'force')});
  if (context.output.json) context.output.value({root, config: configFile});
  else context.output.line(`${root} is a project now · its agents stand in ${configFile}`);
  return 0;
};
