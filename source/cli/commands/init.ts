import {initProject} from '../../config/project.ts';
import {MAIN} from '../../domain/workspace.ts';
import {makeContextFiles} from '../../workspace/context-files.ts';
import type {Run} from '../command.ts';
import {boolFlag} from '../flags.ts';

export const init: Run = async context => {
  const {root, configFile} = initProject(context.cwd, {force: boolFlag(context, 'force')});
  makeContextFiles(root, {name: MAIN, branch: null, base: null, description: null});
  const {output} = context;
  if (output.json) output.value({root, config: configFile});
  else {
    output.line(`${root} is a project now · its agents stand in ${configFile}`);
    output.line('git does not see it · git add -f .amux/config.yaml shares it with the team');
  }
  return 0;
};
