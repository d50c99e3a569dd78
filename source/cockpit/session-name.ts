import {asAmuxError} from '../domain/errors.ts';
import {checkName} from '../domain/names.ts';

/** What is wrong with the name of a new session; null: nothing. `taken`: names that exist. */
export function nameFault(name: string, taken: readonly string[]): string | null {
  if (name === '') return 'a name is needed';
  if (taken.includes(name)) return 'a session has this name already';
  return isName(name) ? null : 'letters, digits, . - _ and a letter first';
}

function isName(name: string): boolean {
  try {
    checkName(name);
    return true;
  } catch (error) {
    if (asAmuxError(error).code === 'session.name') return false;
    throw error;
  }
}
