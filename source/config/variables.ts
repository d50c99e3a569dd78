import {AmuxError} from '../domain/errors.ts';
import {namesIn, replaceReferences} from '../domain/references.ts';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

const SECRET_WORD =
  /(KEY|KEYS|TOKEN|TOKENS|SECRET|SECRETS|PASSWORD|PASSWD|PASSPHRASE|PASS|PWD|CREDENTIAL|CREDENTIALS|CREDS|AUTH|AUTHORIZATION|BEARER|COOKIE|SIGNATURE|DSN)$|^(SECRET|PRIVATE|PASSWORD|CREDENTIAL)/;
/** Values that are secrets whatever they are called: keys of well-known services, a password in a URL. */
const SECRET_VALUE =
  /^(sk-|ghp_|gho_|ghs_|github_pat_|glpat-|xox[abprs]-|AKIA|AIza|eyJ[\w-]+\.)|:\/\/[^/@\s]*:[^/@\s]+@/;
/** A shorter secret would be told by its first three characters. */
const MASK_WHOLE_BELOW = 12;

/**
 * Expands the references in a profile's variables from `sources`, the first that has one wins. Throws `session.env`
 * with the name of a variable that is unset everywhere; `session` is who needs it.
 */
export function expandEnvironment(
  raw: Record<string, string>,
  sources: readonly Record<string, string | undefined>[],
  session = 'the session',
): Record<string, string> {
  const find = (name: string): string | undefined => {
    for (const source of sources) {
      if (Object.hasOwn(source, name) && source[name] !== undefined) return source[name];
    }
    return undefined;
  };
  const expanded: [string, string][] = Object.entries(raw).map(([key, value]) => [
    key,
    replaceReferences(value, ({name, fallback}) => {
      const found = find(name);
      if (fallback !== undefined) return found || fallback;
      if (found === undefined) throw new AmuxError('session.env', {name: session, variable: name});
      return found;
    }),
  ]);
  return Object.fromEntries(expanded);
}

/** The names of the variables that these values refer to. */
export const namedVariables = (raw: Record<string, string>): string[] => namesIn(Object.values(raw));

/** `K=V` of an `--env` flag. */
export function parseAssignment(text: string): [name: string, value: string] {
  const at = text.indexOf('=');
  const name = at === -1 ? text : text.slice(0, at);
  const next = 'write NAME=VALUE, such as --env LANG=C';
  if (at === -1) throw new AmuxError('input.invalid', {why: `--env "${show(name)}" has no "="`, next});
  if (!NAME.test(name)) {
    throw new AmuxError('input.invalid', {why: `"${show(name)}" is not a variable name`, next});
  }
  const value = text.slice(at + 1);
  if (value.includes('\0')) {
    throw new AmuxError('input.invalid', {why: `the value of ${name} holds a NUL character`, next});
  }
  return [name, value];
}

export const isVariableName = (name: string): boolean => NAME.test(name);

/** A variable's value as it may be shown. References are shown as they are written. */
export function maskSecret(name: string, value: string): string {
  if (!looksSecret(name, value)) return value;
  if (replaceReferences(value, () => '') === '') {
    return replaceReferences(value, ({name: variable, fallback}) =>
      fallback ? `\${${variable}:-***}` : `\${${variable}${fallback === undefined ? '' : ':-'}}`,
    );
  }
  return value.length < MASK_WHOLE_BELOW ? '***' : `${value.slice(0, 3)}…`;
}

function looksSecret(name: string, value: string): boolean {
  if (name === 'PWD' || name === 'OLDPWD') return false;
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toUpperCase()
    .split(/[^A-Z0-9]+/);
  return words.some(word => SECRET_WORD.test(word)) || SECRET_VALUE.test(value);
}

const show = (text: string): string => text.slice(0, 60);
