import {validateFile} from '../config/settings.ts';
import type {Problem} from '../config/yaml-file.ts';
import type {Context} from './command.ts';
import {themeFiles} from './theme-files.ts';

type Checked = {problems: Problem[]; notices: string[]};

/** Everything that is wrong with a configuration: also what the cockpit would not take. */
export async function validated(
  {paths, env}: Pick<Context, 'paths' | 'env'>,
  {file, kind}: {file: string; kind: 'home' | 'project'},
): Promise<Checked> {
  const {settingsFaults} = await import('../cockpit/settings-faults.ts');
  return validateFile(file, kind, settings => settingsFaults(settings, {files: themeFiles(paths.themes), env}));
}
