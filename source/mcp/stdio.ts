import {StdioServerTransport} from '@modelcontextprotocol/sdk/server/stdio.js';
import type {Transport} from '@modelcontextprotocol/sdk/shared/transport.js';

/** This process's stdin and stdout. The SDK does not look whether whoever started it is still there: `ended` does. */
export function stdio(): {transport: Transport; ended: Promise<void>} {
  const ended = new Promise<void>(resolve => {
    process.stdin.once('end', resolve);
  });
  return {transport: new StdioServerTransport(), ended};
}
