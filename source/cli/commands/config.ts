import {existsSync, writeFileSync} from 'node:fs';
import {basename, resolve} from 'node:path';
import {prepareHome} from '../../config/paths.ts';
import {findProject} from '../../config/project.ts';
import {dumpSettings, loadSettings, maskSettings} from '../../config/settings.ts';
import {said} from '../../config/yaml-file.ts';
import {AmuxError} from '../../domain/errors.ts';
import type {Context, Run} from '../command.ts';
import {editorOf, runEditor} from '../run-editor.ts';
import {validated} from '../validation.ts';

export const show: Run = async ({paths, output}) => {
  const {settings, notices} = loadSettings(paths.config);
  for (const notice of notices) output.notice(`amux: ${notice}`);
  if (output.json) output.value(maskSettings(settings));
  else output.raw(dumpSettings(settings));
  return 0;
};

export const edit: Run = async context => {
  const {paths, env, output} = context;
  prepareHome(paths);
  if (!existsSync(paths.config)) {
    const {settings} = loadSettings(paths.config);
    const defaults = dumpSettings(settings).replace(/^/gm, '# ').replace(/# $/, '');
    writeFileSync(paths.config, `# amux: settings of this home. These are the defaults.\n${defaults}`, {mode: 0o600});
  }
  const code = await runEditor(editorOf(env), paths.config);
  if (code !== 0) return 1;
  const {problems} = await validated(context, {file: paths.config, kind: 'home'});
  for (const problem of problems) output.notice(said(paths.config, problem));
  return problems.length === 0 ? 0 : 1;
};

export const schema: Run = async context => {
  const [kind = 'project'] = context.args;
  if (kind !== 'home' && kind !== 'project') {
    throw new AmuxError('input.invalid', {why: `no configuration "${kind}"`, next: 'amux config schema home|project'});
  }
  const {configSchema} = await import('../../config/json-schema.ts');
  context.output.value(configSchema(kind));
  return 0;
};

export const validate: Run = async context => {
  const {output} = context;
  let failed = false;
  const results = await Promise.all(
    files(context).map(async each => ({file: each.file, ...(await validated(context, each))})),
  );
  for (const {file, problems, notices} of results) {
    failed ||= problems.length > 0;
    if (output.json) continue;
    for (const notice of notices) output.notice(`amux: ${notice}`);
    for (const problem of problems) output.notice(said(file, problem));
    if (problems.length === 0) output.line(`${file}: ok`);
  }
  if (output.json) output.value(results);
  else if (results.length === 0) output.line('no configuration here: the defaults count');
  return failed ? 1 : 0;
};

function files({args, cwd, paths}: Context): {file: string; kind: 'home' | 'project'}[] {
  const [given] = args;
  if (given !== undefined) {
    const file = resolve(cwd, given);
    if (!existsSync(file))
      throw new AmuxError('input.invalid', {why: `no file ${basename(file)}`, next: 'name a configuration file'});
    return [{file, kind: file === paths.config ? 'home' : 'project'}];
  }
  const project = findProject(cwd)?.configFile ?? null;
  const found: {file: string; kind: 'home' | 'project'}[] = [];
  if (existsSync(paths.config)) found.push({file: paths.config, kind: 'home'});
  if (project !== null) found.push({file: project, kind: 'project'});
  return found;
}
