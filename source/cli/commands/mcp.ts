import {AmuxError} from '../../domain/errors.ts';
import type {Run} from '../command.ts';
import {version} from '../self.ts';

/** Speaks MCP on stdin and stdout until stdin ends. */
export const serve: Run = async ({env, stdin, fleet}) => {
  if (stdin.isTTY) {
    const why = 'amux mcp serve speaks to a program on stdin, not to a person';
    throw new AmuxError('input.invalid', {why, next: 'name it as a command where an agent takes MCP servers'});
  }
  const [{serveMcp}, {stdio}] = await Promise.all([import('../../mcp/server.ts'), import('../../mcp/stdio.ts')]);
  const session = env['AMUX_SESSION_ID'] || env['AMUX_SESSION'] || null;
  await serveMcp({fleet: await fleet('write'), session, version, ...stdio()});
  return 0;
};
