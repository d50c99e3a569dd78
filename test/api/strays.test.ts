import assert from 'node:assert/strict';
import {mkdtempSync, rmSync} from 'node:fs';
import {connect as connectTcp} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, describe, it} from 'node:test';
import {connect as connectTls} from 'node:tls';
import {homeCertificate} from '../../source/api/certificate.ts';
import {Served} from './served.ts';

/** Longest that a connection may stay, in ms. */
const BOUND_MS = 30_000;

for (const transport of ['HTTP', 'HTTPS']) {
  describe(`over ${transport}, what never reaches a route`, () => {
    let served: Served;
    const dir = mkdtempSync(join(tmpdir(), 'amux-strays-'));
    before(async () => {
      const files = {certificate: join(dir, 'cert.pem'), certificateKey: join(dir, 'key.pem')};
      const tls = transport === 'HTTP' ? null : (await homeCertificate(files, Date.now())).certificate;
      served = await Served.open({requestMs: 500, tls});
    });
    after(async () => {
      await served[Symbol.asyncDispose]();
      rmSync(dir, {recursive: true});
    });

    const head = () => `Host: localhost\r\nAuthorization: Bearer ${served.token('admin')}\r\n`;
    const json = 'Content-Type: application/json\r\n';
    const open = () =>
      transport === 'HTTP'
        ? connectTcp({port: served.port, host: '127.0.0.1'})
        : connectTls({port: served.port, host: '127.0.0.1', rejectUnauthorized: false});

    /** All that comes back until the server ends the connection; the second part is sent once an answer came. */
    const exchange = (first: string, second?: string): Promise<string> =>
      new Promise((resolve, reject) => {
        let text = '';
        let rest = second;
        const socket = open();
        socket.write(first);
        socket.setTimeout(BOUND_MS, () => socket.destroy(new Error(`no end after ${JSON.stringify(text)}`)));
        socket.on('data', chunk => {
          text += String(chunk);
          if (rest !== undefined) socket.write(rest);
          rest = undefined;
        });
        socket.on('error', error => (text === '' ? reject(error) : resolve(text)));
        socket.on('close', () => resolve(text));
      });

    const statuses = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));
    const code = (text: string) => /"code":"([^"]*)"/.exec(text)?.[1];

    it('is told in the form of all refusals what is wrong', async () => {
      const cases: [string, number, string][] = [
        ['nonsense\r\n\r\n', 400, 'input.invalid'],
        [
          `POST /api/run HTTP/1.1\r\n${head()}${json}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n`,
          400,
          'input.invalid',
        ],
        [
          `POST /api/run HTTP/1.1\r\n${head()}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`,
          400,
          'input.invalid',
        ],
        [`POST /api/run HTTP/1.1\r\n${head()}Expect: magic\r\n\r\n`, 400, 'input.invalid'],
        [`CONNECT localhost:80 HTTP/1.1\r\n${head()}\r\n`, 404, 'route.unknown'],
        [`GET /api/health HTTP/1.1\r\n${head()}`, 408, 'request.slow'],
        [`POST /api/run HTTP/1.1\r\n${head()}${json}Content-Length: 10\r\n\r\n{`, 408, 'request.slow'],
      ];
      for (const [bytes, status, refusal] of cases) {
        const text = await exchange(bytes);
        assert.deepEqual([statuses(text), code(text)], [[status], refusal], bytes.slice(0, 80));
      }
    });

    it('is told so as well on a connection that was fine before', async () => {
      const good = `GET /api/health HTTP/1.1\r\n${head()}\r\n`;
      assert.deepEqual(statuses(await exchange(good, 'nonsense\r\n\r\n')), [200, 400]);
      const slow = `POST /api/run HTTP/1.1\r\n${head()}${json}Content-Length: 10\r\n\r\n{`;
      assert.deepEqual(statuses(await exchange(good, slow)), [200, 408]);
    });

    it('is no body of a length that is not said before', async () => {
      const text = await exchange(
        `POST /api/run HTTP/1.1\r\n${head()}${json}Transfer-Encoding: chunked\r\n\r\n300000\r\n${'x'.repeat(0x300000)}\r\n0\r\n\r\n`,
      );
      assert.deepEqual([statuses(text), code(text)], [[413], 'body.large']);
    });

    it('is let go when it says nothing', async () => {
      await new Promise<void>((resolve, reject) => {
        const socket = connectTcp({port: served.port, host: '127.0.0.1'});
        socket.setTimeout(BOUND_MS, () => reject(new Error('it stays')));
        socket.on('error', () => {});
        socket.on('close', () => resolve());
        socket.resume();
      });
    });
  });
}
