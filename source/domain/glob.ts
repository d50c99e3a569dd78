/** What joins commands in a shell: a pattern that allows `git status*` does not mean `git status; rm -rf .`. */
const ONE_COMMAND = '(?:(?![;&|<>`\\r\\n]|\\$\\()[\\s\\S])';
const ANYTHING = '[\\s\\S]';

/** Names: `*` is any text, `?` any character. */
export const matchesName = (glob: string, name: string): boolean => globOf(glob, {any: ANYTHING}).test(name);

/** A whole text; `oneCommand`: what `*` stands for does not go on to another command. */
export const matchesText = (glob: string, text: string, {oneCommand}: {oneCommand: boolean}): boolean =>
  globOf(glob, {any: oneCommand ? ONE_COMMAND : ANYTHING}).test(text);

/** Absolute paths: `*` stays within one name, `**` does not, and `/dir/**` holds the directory itself, too. */
export function matchesPath(glob: string, path: string): boolean {
  const whole = glob.endsWith('/**') ? `${glob.slice(0, -3)}{/**}` : glob;
  return globOf(whole, {any: '[^/]', deep: true}).test(path);
}

/** An absolute path without `.` and `..`; one that is relative begins at `dir`. */
export function resolvePath(dir: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${dir}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

function globOf(glob: string, {any, deep = false}: {any: string; deep?: boolean}): RegExp {
  let source = '';
  for (let i = 0; i < glob.length; i++) {
    const rest = glob.slice(i);
    if (deep && rest === '{/**}') {
      source += '(?:/.*)?';
      break;
    }
    if (deep && rest.startsWith('**/')) {
      source += '(?:.*/)?';
      i += 2;
    } else if (deep && rest.startsWith('**')) {
      source += '.*';
      i++;
    } else if (glob[i] === '*') source += `${any}*`;
    else if (glob[i] === '?') source += any;
    else source += glob[i]!.replace(/[\\^$.|+()[\]{}]/, '\\$&');
  }
  return new RegExp(`^${source}$`, 's');
}
