import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {TmuxBackend} from '../../source/backends/tmux.ts';
import {contract} from './contract.ts';

contract('tmux', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'amux-tmux-'));
  const options = {socket: join(dir, 'tmux.sock'), conf: join(dir, 'tmux.conf'), detachKey: 'C-b d'};
  const made: TmuxBackend[] = [];
  const open = () => {
    const backend = new TmuxBackend(options);
    made.push(backend);
    return backend;
  };
  return {
    backend: open(),
    another: open,
    ownerPid: async () => made[0]!.serverPid,
    async dispose() {
      for (const backend of made) await backend[Symbol.asyncDispose]();
      const last = open();
      if (await last.open()) {
        for (const {terminal} of await last.list()) await last.close(terminal);
        await last.end();
      }
      await rm(dir, {recursive: true, force: true});
    },
  };
});
