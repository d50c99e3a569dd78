import {readFileSync} from 'node:fs';
import {Client} from '../../source/api/client.ts';
import {certificates} from '../helpers/front.ts';
import {serveOverTls} from '../helpers/served.ts';
import {client, type Way, wholeContract} from './ways.ts';

const overTls: Way = async (supervised, undo) => {
  const served = await serveOverTls(supervised);
  undo.push(() => served[Symbol.asyncDispose]());
  const token = await served.token('admin');
  const trust = {kind: 'certificates' as const, pem: readFileSync(certificates.home, 'utf8'), advice: ''};
  return async () => client(new Client({url: served.url, token, trust}), undo);
};

wholeContract('the client over TLS with a token', overTls);
