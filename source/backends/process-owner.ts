import {realpathSync} from 'node:fs';
import {environmentOf, OWNERS, type ProcessRow, processTable, readStat} from './process-tree.ts';

/** Processes that were started for this session, by whomever: what left its parent and its terminal still says so. */
export function processesOf(session: string, home: string): ProcessRow[] {
  return processTable().filter(
    ({pid}) => pid !== process.pid && ownerOf(pid, home) === session && !OWNERS.test(readStat(pid)?.name ?? ''),
  );
}

/**
 * Id of the session of this home that a process was started for, by its environment; null: none. The copy of a home has
 * the ids of that one, so that an id alone proves nothing.
 */
export function ownerOf(pid: number, home: string): string | null {
  const environment = environmentOf(pid);
  const session = variableIn(environment, 'AMUX_SESSION_ID');
  const named = session === null ? null : variableIn(environment, 'AMUX_HOME');
  return named !== null && isAnother(named, home) ? null : session;
}

/** A home that is no longer where it was may have been moved here while its sessions ran. */
function isAnother(named: string, home: string): boolean {
  if (named === home) return false;
  try {
    return realpathSync(named) !== realpathSync(home);
  } catch {
    return false;
  }
}

function variableIn(environment: string, name: string): string | null {
  const start = environment.indexOf(`\0${name}=`);
  if (start === -1) return null;
  const from = start + name.length + 2;
  return Buffer.from(environment.slice(from, environment.indexOf('\0', from)), 'latin1').toString();
}
