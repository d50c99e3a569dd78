import type {Paths} from '../config/paths.ts';
import {readSupervisorFile} from '../store/supervisor-file.ts';
import type {Remote} from './remote.ts';

/** Where the API answers when nobody said another port. */
const DEFAULT_URL = 'https://localhost:8822';

/** What to put into `AMUX_URL` so that the same fleet is reached with this token. */
export function urlWithToken(token: string, {paths, remote}: {paths: Paths; remote: Remote | null}): string {
  const url = new URL(remote?.target.url ?? readSupervisorFile(paths)?.url ?? DEFAULT_URL);
  const path = url.pathname === '/' ? '' : url.pathname;
  return `${url.protocol}//amux:${token}@${url.host}${path}`;
}
