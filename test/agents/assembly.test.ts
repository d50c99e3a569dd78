import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {it} from 'node:test';

it('the compiled scanner is that of its source: `npm run wasm` makes it', async () => {
  const {origin, file} = (await import(new URL('../../.ci/wasm.mjs', import.meta.url).href)) as {
    origin: () => string;
    file: string;
  };
  assert.equal(readFileSync(file, 'utf8').split('\n')[0], origin());
});
