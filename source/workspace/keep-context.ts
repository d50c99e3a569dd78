import {existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {contextFileNames} from '../domain/workspace.ts';
import {type About, contextOf, textOf} from './context-files.ts';

/** Lines that amux wrote to the log by itself. */
const OWN_LINE = /^- \d{4}-\d\d-\d\d \d\d:\d\d:\d\d session \S+ .*$\n?/gm;

/**
 * Context files that somebody wrote to outlive their worktree: they are moved to the main working tree's
 * `.amux/context/removed/ID`. Returns where they are now; null when they hold nothing.
 */
export function keepContext({
  root,
  path,
  id,
  about,
}: {
  root: string;
  path: string;
  id: string;
  about: About;
}): string | null {
  const context = contextOf(path);
  if (lstatSync(context, {throwIfNoEntry: false})?.isDirectory() !== true || !holdsSomething(context, about))
    return null;
  const place = join(contextOf(root), 'removed');
  for (let i = 1; ; i++) {
    const kept = join(place, i === 1 ? id : `${id}-${i}`);
    if (existsSync(kept)) continue;
    mkdirSync(dirname(kept), {recursive: true});
    renameSync(context, kept);
    return kept;
  }
}

function holdsSomething(context: string, about: About): boolean {
  return readdirSync(context).some(name => {
    const file = contextFileNames.find(each => each === name);
    if (file === undefined) return true;
    const text = readFileSync(join(context, name), 'utf8');
    return text.replace(OWN_LINE, '').trim() !== textOf(file, about).trim();
  });
}
